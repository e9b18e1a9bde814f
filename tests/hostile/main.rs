//! Hostile inputs and failing machines: the real binary ends by itself, within bounds, with the right exit
//! code, and says neither a secret nor anything that drives a terminal.
//!
//! `cargo test --release --test hostile -- --ignored` writes the table of `docs/security.md`.

#![cfg(target_os = "linux")]
#![allow(clippy::print_stderr, reason = "what a machine cannot be asked for is said, not passed over")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]
#![allow(clippy::format_collect, reason = "inputs are made once; how fast is no matter")]

mod case;
mod child;
mod faults;
mod folding;
mod git;
mod packs;
mod shell;
mod table;
mod text;
mod tree;
mod yaml;

use case::hold;

#[test]
fn yaml_ends() {
    hold(yaml::CASES);
}

#[test]
fn texts_end() {
    hold(text::CASES);
}

#[test]
fn scripts_end() {
    hold(shell::CASES);
}

#[test]
fn trees_end() {
    hold(tree::CASES);
}

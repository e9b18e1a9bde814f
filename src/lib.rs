//! One gate between your configuration and production.
//!
//! The library behind the `envgate` command. Its floors, from the ground up: [`source`] (text and
//! positions), [`diagnostic`] (what a rule says), [`document`] (text understood), [`project`] (the
//! files together), [`rules`], then [`engine`] which runs them, [`render`] which writes the report,
//! and [`commands`] which puts the others together. Arrows go down only; `tests/architecture.rs`
//! holds the walls.
//!
//! Stability is promised for the command line, `envgate.yaml`, and the JSON and SARIF reports; not
//! yet for this library.

pub mod baseline;
pub mod cli;
pub mod commands;
pub mod config;
pub mod deploy;
pub mod diagnostic;
pub mod document;
pub mod engine;
pub mod files;
pub mod fix;
pub mod git;
pub mod lang;
pub mod packs;
pub mod project;
pub mod render;
pub mod rules;
pub mod secrets;
pub mod source;
pub mod suppress;

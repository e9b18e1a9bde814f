//! `envgate deploy` on a real bed: engines, a registry, sshd, PostgreSQL with 7,320 rows, and compose.
//!
//! It needs root and Debian; `ENVGATE_BED=required` brings the bed up, as `tests/run` does.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test may die, tell, and be told where its bed is"
)]

mod bed;
mod connection;
mod database;
mod faults;
mod files;
mod gate;
mod hooks;
mod images;
mod local;
mod mask;
mod report;
mod scripts;
mod shown;
mod stack;
mod two;
mod whole;

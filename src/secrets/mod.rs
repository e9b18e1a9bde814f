//! The pattern engine: a pure function from bytes to spans that may be secrets.
//!
//! Not here: files, git, how a finding is written.

pub mod weak;

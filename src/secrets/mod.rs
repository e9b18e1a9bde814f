//! The pattern engine: a pure function from text to spans that may be secrets.
//!
//! Not here: files, git, what is reported and how a finding is written.
//!
//! One pass over the bytes looks up every window of four in a constant table; only where a keyword of
//! a pattern really stands does that pattern look, within a window of bounded length. Nothing is built
//! at start-up, no line is copied, and a hostile text costs a constant factor of its length.

mod assignment;
mod checksum;
mod command;
mod decode;
mod filter;
mod glance;
mod neighbours;
pub mod own;
mod pairs;
mod pattern;
mod place;
mod positions;
mod private_key;
mod publishable;
mod repeats;
mod runs;
mod scan;
mod shape;
mod token;
mod triples;
pub mod url;
mod versions;
pub mod weak;
mod window;

pub use own::{Own, Places};
pub use pattern::{DIGEST, PATTERNS, Part, Pattern, Request};
pub use publishable::is_publishable;
pub use scan::{Candidate, Confidence, scan, scan_with, sensitive_spans, sensitive_spans_with};

#[cfg(test)]
mod formats;
#[cfg(test)]
mod tests;

//! What a variable's name says about its value; see [`crate::document::names`].
//!
//! Not here: what a value says about itself.

pub use crate::document::names::is_secret;

//! Resolution of small projects.

//! YAML as a tree of nodes with exact byte spans on keys and values.
//!
//! Not here: what the keys mean.

//! What make gives to the shells of its recipes: what a Makefile, and what it includes, assigns and exports.
//!
//! Not here: the recipes. Functions are not evaluated, but for `$(wildcard FILE)`; what hangs on one, or on what a
//! caller may set, is not known. Where that may be any variable, nothing is said of any.

use std::fmt;

use super::reading::{Reading, Variable};
use crate::source::Span;

/// What the recipes' shells get.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Exports {
    /// The exported variables, by name.
    pub variables: Vec<MakeVariable>,
    /// The files that were included, in order, each once.
    pub included: Vec<Included>,
}

/// A variable that make exports.
#[derive(Clone, PartialEq, Eq)]
pub struct MakeVariable {
    /// Its name.
    pub name: String,
    /// Its value; `None` where that is only known when make runs.
    pub value: Option<String>,
    /// The included file that it is assigned in, as written; `None` for the Makefile itself.
    pub path: Option<String>,
    /// The value there.
    pub span: Span,
    /// Where the Makefile assigns it, or includes the file that does.
    pub at: Span,
}

/// Values may be secret: only the length is ever shown.
impl fmt::Debug for MakeVariable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.value.as_ref().map(String::len);
        write!(formatter, "MakeVariable({}, {length:?} bytes, {:?})", self.name, self.path)
    }
}

/// A file that a Makefile includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    /// The file, as written.
    pub path: String,
    /// Where the Makefile includes it.
    pub at: Span,
    /// Whether some of what it assigns is plainly not exported.
    pub kept_back: bool,
}

/// The files around a Makefile, by their paths as written.
pub trait Around {
    /// The text of a file, where it has been read.
    fn text(&self, path: &str) -> Option<&str>;
    /// Whether there is anything at a path.
    fn is_there(&self, path: &str) -> bool;
}

/// Reads a Makefile as make does before it runs a recipe.
#[must_use]
pub fn exports(text: &str, around: &dyn Around) -> Exports {
    let mut reading = Reading::new(around);
    reading.file(None, text, None, 0);
    finish(reading)
}

fn finish(mut reading: Reading<'_>) -> Exports {
    let included = reading.included.iter();
    if reading.doubt {
        let perhaps =
            |(path, at): &(String, Span)| Included { path: path.clone(), at: *at, kept_back: false };
        return Exports { variables: Vec::new(), included: included.map(perhaps).collect() };
    }
    let exported = |(name, variable): &(&String, &Variable)| reading.exports(name, variable);
    let kept = |path: &String| {
        let of = |one: (&String, &Variable)| one.1.path.as_ref() == Some(path) && !exported(&one);
        !reading.more && reading.variables.iter().any(of)
    };
    let included =
        included.map(|(path, at)| Included { path: path.clone(), at: *at, kept_back: kept(path) }).collect();
    let names: Vec<String> =
        reading.variables.iter().filter(exported).map(|(name, _)| name.clone()).collect();
    // What is exported and never assigned is the caller's.
    let foreign =
        reading.flags.iter().filter(|(name, flag)| **flag && !reading.variables.contains_key(*name));
    let foreign = foreign.map(|(name, _)| MakeVariable {
        name: name.clone(),
        value: None,
        path: None,
        span: Span::default(),
        at: Span::default(),
    });
    let mut variables: Vec<MakeVariable> = foreign.collect();
    // A variable may stand in another: none goes before all values are known.
    let values: Vec<Option<String>> = names.iter().map(|name| reading.value(name, 0, false)).collect();
    for (name, value) in names.into_iter().zip(values) {
        if let Some(Variable { path, span, at, .. }) = reading.variables.remove(&name) {
            variables.push(MakeVariable { name, value, path, span, at });
        }
    }
    variables.sort_by(|one, other| one.name.cmp(&other.name));
    Exports { variables, included }
}

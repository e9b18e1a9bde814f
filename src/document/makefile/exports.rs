//! What make gives to the shells of its recipes: what a Makefile, and what it includes, assigns and exports.
//!
//! Not here: the recipes. Functions are not evaluated, but for `$(wildcard FILE)`; what hangs on one, or on what a
//! caller may set, is not known.

use std::collections::BTreeMap;
use std::fmt;

use super::conditions::{Branch, sides};
use super::lines::{How, assignment, joined, names_file};
use super::{Reference, logical_end, reference};
use crate::document::env::without_make_comment;
use crate::source::Span;

/// How deep files may include each other, and variables stand in each other.
const DEPTH: usize = 8;
/// How many files are included, and how many bytes are read and expanded in all.
const FILES: usize = 64;
const BYTES: usize = 4 << 20;

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
    /// Whether all that it assigns is exported.
    pub exported: bool,
}

/// The files around a Makefile, by their paths as written.
pub trait Around {
    /// The text of a file, where it has been read.
    fn text(&self, path: &str) -> Option<&str>;
    /// Whether there is such a file.
    fn is_there(&self, path: &str) -> bool;
}

/// Reads a Makefile as make does before it runs a recipe.
#[must_use]
pub fn exports(text: &str, around: &dyn Around) -> Exports {
    let mut reading = Reading {
        around,
        variables: BTreeMap::new(),
        flags: BTreeMap::new(),
        all: false,
        branches: Vec::new(),
        included: Vec::new(),
        left: BYTES,
    };
    reading.file(None, text, None, 0);
    reading.finish()
}

struct Reading<'a> {
    around: &'a dyn Around,
    variables: BTreeMap<String, Variable>,
    /// What `export NAME` and `unexport NAME` said last.
    flags: BTreeMap<String, bool>,
    all: bool,
    branches: Vec<Branch>,
    included: Vec<(String, Span)>,
    left: usize,
}

struct Variable {
    /// As written where it is recursive, else expanded; `None` where it is not known.
    text: Option<String>,
    recursive: bool,
    /// Assigned by `?=`: a caller may have set it.
    default: bool,
    path: Option<String>,
    span: Span,
    at: Span,
}

/// A line and where it stands.
#[derive(Clone, Copy)]
struct At<'t> {
    path: Option<&'t str>,
    raw: &'t str,
    start: usize,
    /// Where the Makefile includes the file that the line stands in.
    through: Option<Span>,
    depth: usize,
}

impl Reading<'_> {
    fn file(&mut self, path: Option<&str>, text: &str, through: Option<Span>, depth: usize) {
        self.left = self.left.saturating_sub(text.len());
        let (mut start, mut in_rule, mut in_define) = (0, false, false);
        while start < text.len() && self.left > 0 {
            let end = logical_end(text, start);
            let raw = text.get(start..end).unwrap_or_default();
            let (line, _) = without_make_comment(&joined(raw));
            let line = line.trim_start();
            let word = line.split([' ', '\t']).next().unwrap_or_default();
            if in_define {
                in_define = word != "endef";
            } else if !(line.is_empty() || raw.starts_with('\t') && in_rule) {
                in_define = word == "define";
                let is_rule = self.line(line, At { path, raw, start, through, depth });
                in_rule = is_rule || in_rule && is_condition(word);
            }
            start = end;
        }
    }

    /// Whether the line begins a rule.
    fn line(&mut self, line: &str, at: At<'_>) -> bool {
        let end = line.find([' ', '\t', '(', '"', '\'']).unwrap_or(line.len());
        let (word, rest) = line.split_at_checked(end).unwrap_or((line, ""));
        if self.branch(word, rest.trim()) || self.active() == Some(false) {
            return false;
        }
        match word {
            "include" | "-include" | "sinclude" => self.include(rest, at),
            "export" => self.export(rest.trim_start(), at),
            "unexport" => match (rest.trim().is_empty(), self.active()) {
                (true, Some(_)) => self.all = false,
                (false, Some(_)) => self.flag(rest, false),
                _ => {}
            },
            "define" | "undefine" => self.forget(rest.trim()),
            "override" => return self.assigned_or_rule(rest.trim_start(), at),
            _ => return self.assigned_or_rule(line, at),
        }
        false
    }

    /// Whether the line belongs to a condition.
    fn branch(&mut self, word: &str, rest: &str) -> bool {
        match word {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => {
                let holds = self.condition(word, rest);
                self.branches.push(Branch::new(holds));
            }
            "else" => {
                let (word, rest) = rest
                    .split_at_checked(rest.find([' ', '\t', '(']).unwrap_or(rest.len()))
                    .unwrap_or_default();
                let holds = if word.is_empty() { Some(true) } else { self.condition(word, rest.trim()) };
                if let Some(last) = self.branches.last_mut() {
                    last.otherwise(holds);
                }
            }
            "endif" => drop(self.branches.pop()),
            _ => return false,
        }
        true
    }

    /// Whether make reads the line here; `None` where that is not known.
    fn active(&self) -> Option<bool> {
        let mut known = Some(true);
        for branch in &self.branches {
            match branch.taken {
                Some(false) => return Some(false),
                None => known = None,
                Some(true) => {}
            }
        }
        known
    }

    fn condition(&mut self, word: &str, rest: &str) -> Option<bool> {
        match word {
            "ifeq" | "ifneq" => {
                let (one, other) = sides(rest)?;
                let same = self.expand(one, 0, true)?.trim() == self.expand(other, 0, true)?.trim();
                Some(same == (word == "ifeq"))
            }
            "ifdef" | "ifndef" => {
                let variable = self.variables.get(rest.trim()).filter(|variable| !variable.default)?;
                Some(variable.text.as_ref()?.is_empty() == (word == "ifndef"))
            }
            _ => None,
        }
    }

    fn include(&mut self, rest: &str, at: At<'_>) {
        if self.active().is_none() || at.depth >= DEPTH {
            return;
        }
        let Some(paths) = self.expand(rest.trim(), 0, false) else { return };
        for path in paths.split_whitespace() {
            let through = at.through.unwrap_or_else(|| at.span());
            if self.included.len() >= FILES {
                return;
            }
            if !self.included.iter().any(|(known, _)| known == path) && self.around.is_there(path) {
                self.included.push((path.to_owned(), through));
            }
            if let Some(text) = self.around.text(path) {
                // What is open at the end of a file ends there.
                let open = self.branches.len();
                self.file(Some(path), text, Some(through), at.depth + 1);
                self.branches.truncate(open);
            }
        }
    }

    fn export(&mut self, rest: &str, at: At<'_>) {
        if assignment(rest).is_some() {
            if let Some((name, ..)) = assignment(rest).filter(|_| self.active().is_some()) {
                self.flags.insert(name.to_owned(), true);
            }
            self.assigned_or_rule(rest, at);
        } else if self.active().is_none() {
        } else if rest.trim().is_empty() {
            self.all = true;
        } else if rest.contains("$(shell ") || rest.contains("${shell ") {
            // `export $(shell sed 's/=.*//' .env)`: the names of a file that is included.
            let named: Vec<&String> =
                self.included.iter().map(|(path, _)| path).filter(|path| names_file(rest, path)).collect();
            let of = |variable: &Variable| variable.path.as_ref().is_some_and(|path| named.contains(&path));
            let names =
                self.variables.iter().filter(|(_, variable)| of(variable)).map(|(name, _)| name.clone());
            let names: Vec<String> = names.collect();
            self.flags.extend(names.into_iter().map(|name| (name, true)));
        } else {
            self.flag(rest, true);
        }
    }

    fn flag(&mut self, names: &str, exported: bool) {
        if let Some(names) = self.expand(names, 0, false) {
            self.flags.extend(names.split_whitespace().map(|name| (name.to_owned(), exported)));
        }
    }

    fn forget(&mut self, name: &str) {
        if let Some(variable) = self.variables.get_mut(name.trim_end_matches(['=', ':', '?', '+', ' '])) {
            variable.text = None;
        }
    }

    /// Whether the line is none that assigns, and so begins a rule.
    fn assigned_or_rule(&mut self, line: &str, at: At<'_>) -> bool {
        let Some((name, how, value)) = assignment(line) else {
            self.all |= line.starts_with(".EXPORT_ALL_VARIABLES") && self.active().is_some();
            return line.contains(':');
        };
        let known = self.active().is_some();
        if how == How::Default && self.variables.contains_key(name) {
            return false;
        }
        let before = self.variables.remove(name);
        let variable = match (how, before) {
            (How::Append, Some(before)) => self.appended(before, value),
            (How::Simple, _) => at.variable(self.expand(value, 0, false), false),
            (How::Shell, _) => at.variable(None, false),
            (How::Recursive | How::Default | How::Append, _) => at.variable(Some(value.to_owned()), true),
        };
        let default = variable.default || how == How::Default;
        let text = variable.text.filter(|_| known);
        self.variables.insert(name.to_owned(), Variable { text, default, ..variable });
        false
    }

    fn appended(&mut self, before: Variable, value: &str) -> Variable {
        let more = if before.recursive { Some(value.to_owned()) } else { self.expand(value, 0, false) };
        let text = before.text.zip(more).map(|(text, more)| format!("{text} {more}"));
        Variable { text, ..before }
    }

    /// What make makes of a text; `strict` where what a caller may set is not known.
    fn expand(&mut self, text: &str, depth: usize, strict: bool) -> Option<String> {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            expanded.push_str(rest.get(..at)?);
            rest = rest.get(at..)?;
            let (length, reference) = reference(rest);
            match reference {
                Reference::Dollar => expanded.push('$'),
                // A variable of one letter, which nobody has.
                Reference::Automatic(letter) if letter.is_ascii_alphanumeric() && length > 1 => {
                    let name = letter.to_string();
                    if self.variables.contains_key(&name) {
                        expanded.push_str(&self.value(&name, depth, strict)?);
                    }
                }
                Reference::Automatic(_) => return None,
                Reference::Named(inner) => expanded.push_str(&self.named(inner, depth, strict)?),
            }
            rest = rest.get(length..)?;
        }
        expanded.push_str(rest);
        self.left = self.left.checked_sub(expanded.len())?;
        Some(expanded)
    }

    /// `$(NAME)` and `$(wildcard FILE)`.
    fn named(&mut self, inner: &str, depth: usize, strict: bool) -> Option<String> {
        let Some(path) = inner.strip_prefix("wildcard ") else { return self.value(inner, depth, strict) };
        let path = self.expand(path.trim(), depth + 1, strict)?;
        let plain = !path.contains(['*', '?', '[', ' ']);
        plain.then(|| if self.around.is_there(&path) { path } else { String::new() })
    }

    fn value(&mut self, name: &str, depth: usize, strict: bool) -> Option<String> {
        let variable = self.variables.get(name).filter(|variable| !(strict && variable.default))?;
        let text = variable.text.clone()?;
        if !variable.recursive {
            return Some(text);
        }
        if depth < DEPTH { self.expand(&text, depth + 1, strict) } else { None }
    }

    fn finish(mut self) -> Exports {
        let flagged = |name: &String| self.flags.get(name).copied();
        let usual = |name: &str| {
            name != "SHELL" && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let all = self.all;
        let exported = |name: &String| flagged(name).unwrap_or_else(|| all && usual(name));
        let kept = |path: &String| {
            let of = |(name, of): (&String, &Variable)| of.path.as_ref() == Some(path) && !exported(name);
            self.variables.iter().any(of)
        };
        let included = self.included.iter();
        let included =
            included.map(|(path, at)| Included { path: path.clone(), at: *at, exported: !kept(path) });
        let included = included.collect();
        let names: Vec<String> = self.variables.keys().filter(|name| exported(name)).cloned().collect();
        // A variable may stand in another: none goes before all values are known.
        let values: Vec<Option<String>> = names.iter().map(|name| self.value(name, 0, false)).collect();
        let variables = names.into_iter().zip(values).filter_map(|(name, value)| {
            let Variable { path, span, at, .. } = self.variables.remove(&name)?;
            Some(MakeVariable { name, value, path, span, at })
        });
        Exports { variables: variables.collect(), included }
    }
}

/// Whether the line belongs to a condition, which may stand in a rule.
fn is_condition(word: &str) -> bool {
    matches!(word, "ifeq" | "ifneq" | "ifdef" | "ifndef" | "else" | "endif")
}

impl At<'_> {
    fn span(&self) -> Span {
        Span::new(self.start, self.start + self.raw.trim_end().len())
    }

    fn variable(&self, text: Option<String>, recursive: bool) -> Variable {
        let written = self.raw.trim_end();
        let value = written.find('=').map_or(written.len(), |equals| {
            let value = written.get(equals + 1..).unwrap_or_default();
            written.len() - value.trim_start_matches([' ', '\t']).len()
        });
        Variable {
            text,
            recursive,
            default: false,
            path: self.path.map(ToOwned::to_owned),
            span: Span::new(self.start + value, self.start + written.len()),
            at: self.through.unwrap_or_else(|| self.span()),
        }
    }
}

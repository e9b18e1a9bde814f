//! Reading a Makefile and what it includes, line by line, as make does before it runs a recipe.
//!
//! Not here: what becomes of what was read; that is `exports`.

use std::collections::{BTreeMap, BTreeSet};

use super::conditions::{Branch, sides};
use super::exports::Around;
use super::lines::{How, Line, joined, lists_names_of, names_file};
use super::logical_end;
use crate::document::env::without_make_comment;
use crate::source::Span;

/// How deep files may include each other.
const DEPTH: usize = 8;
/// How many files are included, and how many bytes are read and expanded in all.
const FILES: usize = 64;
const BYTES: usize = 4 << 20;

pub(super) struct Reading<'a> {
    pub(super) around: &'a dyn Around,
    pub(super) variables: BTreeMap<String, Variable>,
    /// What `export NAME` and `unexport NAME` said last.
    pub(super) flags: BTreeMap<String, bool>,
    /// The files whose names a command lists for `export`.
    whole: BTreeSet<String>,
    /// The names that are something else for some targets or callers, whatever is assigned.
    pub(super) tainted: BTreeSet<String>,
    all: bool,
    /// More may be exported than is known.
    pub(super) more: bool,
    /// Any variable may be another than it seems.
    pub(super) doubt: bool,
    branches: Vec<Branch>,
    pub(super) included: Vec<(String, Span)>,
    pub(super) left: usize,
}

pub(super) struct Variable {
    /// As written where it is recursive, else expanded; `None` where it is not known.
    pub(super) text: Option<String>,
    pub(super) recursive: bool,
    /// Assigned by `?=`: a caller may have set it.
    pub(super) default: bool,
    pub(super) path: Option<String>,
    pub(super) span: Span,
    pub(super) at: Span,
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

impl<'a> Reading<'a> {
    pub(super) fn new(around: &'a dyn Around) -> Self {
        Self {
            around,
            variables: BTreeMap::new(),
            flags: BTreeMap::new(),
            whole: BTreeSet::new(),
            tainted: BTreeSet::new(),
            all: false,
            more: false,
            doubt: false,
            branches: Vec::new(),
            included: Vec::new(),
            left: BYTES,
        }
    }

    /// Whether a variable is exported, as far as is known.
    pub(super) fn exports(&self, name: &str, variable: &Variable) -> bool {
        let usual =
            || name != "SHELL" && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let listed = || variable.path.as_ref().is_some_and(|path| self.whole.contains(path));
        self.flags.get(name).copied().unwrap_or_else(|| listed() || self.all && usual())
    }

    /// Reads a file; `through` is where the Makefile includes it.
    pub(super) fn file(&mut self, path: Option<&str>, text: &str, through: Option<Span>, depth: usize) {
        self.left = self.left.saturating_sub(text.len());
        let (mut start, mut in_rule, mut defines) = (0, false, 0_usize);
        while start < text.len() {
            let end = logical_end(text, start);
            let raw = text.get(start..end).unwrap_or_default();
            let whole = joined(raw);
            let (uncut, (cut, _)) = (Line::new(&whole), without_make_comment(&whole));
            let line = Line::new(&cut);
            let at = At { path, raw, start, through, depth };
            if defines > 0 {
                defines = if uncut.word == "endef" {
                    defines - 1
                } else {
                    defines + usize::from(uncut.word == "define")
                };
            } else if raw.starts_with('\t') && in_rule {
                self.doubt |= raw.contains("$(eval") || raw.contains("${eval");
            } else if !line.is_empty() {
                if line.word == "define" {
                    defines = 1;
                    self.taint(line.rest.split(['=', ':', '?', '+', ' ']).next().unwrap_or_default());
                } else {
                    let is_rule = self.line(&line, &whole, at);
                    in_rule = is_rule || in_rule && line.is_condition();
                }
            }
            self.doubt |= self.left == 0;
            start = end;
        }
    }

    /// Whether the line begins a rule.
    fn line(&mut self, line: &Line<'_>, whole: &str, at: At<'_>) -> bool {
        if self.branch(line.word, line.rest) || self.active() == Some(false) {
            return false;
        }
        match line.word {
            "include" | "-include" | "sinclude" => self.include(line.rest, at),
            "export" | "unexport" if line.assigns().is_none() => {
                // What stands behind `#` may belong to a command.
                let rest =
                    if whole.contains("$(shell") || whole.contains("${shell") { whole } else { line.rest };
                self.export(rest, line.word == "export");
            }
            "undefine" => self.taint(line.rest),
            word if word.starts_with("$(") || word.starts_with("${") || word == "load" => self.doubt = true,
            _ => return self.assigned_or_rule(line, at),
        }
        false
    }

    /// Whether the line belongs to a condition.
    fn branch(&mut self, word: &str, rest: &str) -> bool {
        match word {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => {
                let holds = self.condition(word, rest);
                self.branches.push(Branch::new(self.active(), holds));
            }
            "else" => {
                let inner = Line::new(rest);
                let holds =
                    if inner.is_empty() { Some(true) } else { self.condition(inner.word, inner.rest) };
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
        self.branches.last().map_or(Some(true), |last| last.active())
    }

    fn condition(&mut self, word: &str, rest: &str) -> Option<bool> {
        match word {
            "ifeq" | "ifneq" => {
                let (one, other) = sides(rest)?;
                let same = self.expand(one, 0, true)? == self.expand(other, 0, true)?;
                Some(same == (word == "ifeq"))
            }
            "ifdef" | "ifndef" => {
                let name = rest.trim();
                let variable = self.variables.get(name).filter(|variable| !variable.default)?;
                let text = variable.text.as_ref().filter(|_| !self.tainted.contains(name))?;
                Some(text.is_empty() == (word == "ifndef"))
            }
            _ => None,
        }
    }

    fn include(&mut self, rest: &str, at: At<'_>) {
        // Make runs where the Makefile lies.
        let rest = rest.replace("$(CURDIR)", ".").replace("${CURDIR}", ".");
        let paths = self.expand(rest.trim(), 0, false).filter(|_| at.depth < DEPTH);
        let Some(paths) = paths.filter(|_| self.active().is_some()) else {
            self.doubt = true;
            return;
        };
        for path in paths.split_whitespace() {
            let through = at.through.unwrap_or_else(|| at.span());
            if path.contains(['*', '?', '[', '~', '%']) || self.included.len() >= FILES {
                self.doubt = true;
                return;
            }
            if !self.around.is_there(path) {
                continue;
            }
            if !self.included.iter().any(|(known, _)| known == path) {
                self.included.push((path.to_owned(), through));
            }
            let Some(text) = self.around.text(path) else {
                self.doubt = true;
                continue;
            };
            // What is open at the end of a file ends there.
            let open = self.branches.len();
            self.file(Some(path), text, Some(through), at.depth + 1);
            self.branches.truncate(open);
        }
    }

    /// `export …` and `unexport …` without a value.
    fn export(&mut self, rest: &str, exported: bool) {
        let known = self.active().is_some();
        if rest.contains("$(shell") || rest.contains("${shell") {
            let named = self.included.iter().map(|(path, _)| path);
            let expanded = self.filled(rest);
            let named: Vec<String> = named.filter(|path| names_file(&expanded, path)).cloned().collect();
            if named.is_empty() || !known || !exported || !lists_names_of(rest) {
                self.more = true;
            } else {
                self.whole.extend(named);
            }
        } else if rest.trim().is_empty() {
            self.more |= !known;
            self.all = if known { exported } else { self.all };
            self.doubt |= !known && !exported;
        } else {
            match self.expand(rest, 0, false) {
                Some(names) if known => {
                    self.flags.extend(names.split_whitespace().map(|name| (name.to_owned(), exported)));
                }
                Some(names) => names.split_whitespace().for_each(|name| {
                    self.flags.insert(name.to_owned(), true);
                    self.taint(name);
                }),
                None => self.more = true,
            }
        }
    }

    /// A command with the variables in it filled in that stand in no other one.
    fn filled(&self, command: &str) -> String {
        let mut filled = String::new();
        for (at, part) in command.split('$').enumerate() {
            let close = if part.starts_with('{') { '}' } else { ')' };
            let inner = part.strip_prefix(['(', '{']).filter(|_| at > 0);
            let named = inner.and_then(|inner| inner.split_once(close));
            match named.and_then(|(name, rest)| Some((self.variables.get(name)?.text.as_deref()?, rest))) {
                Some((text, rest)) if filled.len() < 1 << 16 => filled.extend([text, rest]),
                _ => filled.extend([if at > 0 { "$" } else { "" }, part]),
            }
        }
        filled
    }

    fn taint(&mut self, name: &str) {
        self.tainted.insert(name.trim().to_owned());
    }

    /// Whether the line is none that assigns, and so begins a rule.
    fn assigned_or_rule(&mut self, line: &Line<'_>, at: At<'_>) -> bool {
        let Some((name, how, value)) = line.assigns() else {
            self.all |= line.whole.starts_with(".EXPORT_ALL_VARIABLES") && self.active().is_some();
            // `target: export NAME = value`
            if let Some((name, ..)) =
                line.whole.split_once(':').and_then(|(_, rest)| Line::new(rest).assigns())
            {
                self.more = true;
                self.taint(name);
            }
            return line.whole.contains(':');
        };
        let known = self.active().is_some();
        if line.exports() {
            self.flags.insert(name.to_owned(), true);
        }
        if line.overrides() || (line.exports() && !known) {
            self.taint(name);
        }
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

//! Makefiles: their recipes as shell scripts, each with its place.
//!
//! Not here, but for [`exports()`]: make's own language beyond what recipes are made of: `$$`, automatic variables, and
//! `$(VAR)` where the file itself assigns it. Functions and conditionals are not evaluated; what they
//! would give is a parameter without a meaning to the shell.

mod conditions;
mod exports;
mod lines;
mod reading;
mod values;

use std::collections::BTreeMap;

pub use exports::{Around, Exports, Included, MakeVariable, exports};

use super::shell::{Mapped, Origin, Script, is_name, may_set_shell, secret_name, written_values};
use crate::source::{Span, Spanned};

/// How deep variables may stand inside each other.
const MAX_EXPANSION_DEPTH: usize = 8;
/// How many expansions one recipe may take, and how many bytes they may come to.
const MAX_EXPANSIONS: usize = 500;
const MAX_EXPANDED_BYTES: usize = 64 << 10;
/// What the shell reads where make's answer is not known.
const UNKNOWN: &str = "${_}";

/// A Makefile.
#[derive(Debug, Default)]
pub struct Makefile {
    /// The recipes in order, each a script whose spans are offsets into the Makefile. Without
    /// `.ONESHELL` every line is a script of its own: make gives each to a new shell.
    pub recipes: Vec<Script>,
    /// The targets in order.
    pub targets: Vec<Spanned<String>>,
    /// The variables that the file assigns: the last value, as written.
    pub variables: BTreeMap<String, Spanned<String>>,
    written: Vec<Span>,
    /// Whether a target of its own or an included file may set `SHELL`.
    other_shell: bool,
}

/// A recipe line before it is read as a script.
#[derive(Debug, Clone, Copy)]
struct Line {
    target: usize,
    span: Span,
}

impl Makefile {
    /// Reads the text of a Makefile.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut makefile = Self { written: written_values(text, &secret_name), ..Self::default() };
        let mut lines = Vec::new();
        let mut target = None;
        let mut start = 0;
        while start < text.len() {
            let end = logical_end(text, start);
            makefile.line(text, Span::new(start, end), &mut target, &mut lines);
            start = end;
        }
        makefile.read_recipes(text, &lines);
        makefile
    }

    /// The spans of values that may be secret.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = self.recipes.iter().flat_map(Script::value_spans).collect();
        let secrets = self.variables.iter().filter(|(name, _)| secret_name(name));
        spans.extend(secrets.filter(|(_, value)| !value.value.starts_with('$')).map(|(_, value)| value.span));
        spans.extend(&self.written);
        spans.retain(|span| !span.is_empty());
        spans.sort();
        spans.dedup();
        spans
    }

    /// The spans of what is assigned to names that `secret` says hold secrets.
    #[must_use]
    pub fn values_of(&self, secret: &dyn Fn(&str) -> bool) -> Vec<Span> {
        let variables = self.variables.iter().filter(|(name, _)| secret(name)).map(|(_, value)| value.span);
        self.recipes.iter().flat_map(|recipe| recipe.values_of(secret)).chain(variables).collect()
    }

    fn line(&mut self, text: &str, span: Span, target: &mut Option<usize>, lines: &mut Vec<Line>) {
        let line = text.get(span.start..span.end).unwrap_or("");
        if let (true, Some(target)) = (line.starts_with('\t'), *target) {
            lines.push(Line { target, span: Span::new(span.start + 1, span.end) });
            return;
        }
        let trimmed = line.trim();
        self.other_shell |= may_set_shell(trimmed);
        if trimmed.is_empty() || trimmed.starts_with('#') || is_directive(trimmed) {
            return;
        }
        if let Some((name, kind, value)) = assignment(line) {
            let value_start = span.start + (line.len() - value.len());
            let value = value.trim_end();
            let value_span = Span::new(value_start, value_start + value.len());
            self.assign(name, kind, Spanned::new(value.to_owned(), value_span));
            return;
        }
        let Some(colon) = line.find(':') else { return };
        let names = line.get(..colon).unwrap_or("");
        let first = self.targets.len();
        let mut at = span.start;
        for part in names.split_inclusive([' ', '\t', '\n', '\\']) {
            let name = part.trim_end_matches([' ', '\t', '\n', '\\']);
            if !name.is_empty() {
                self.targets.push(Spanned::new(name.to_owned(), Span::new(at, at + name.len())));
            }
            at += part.len();
        }
        *target = (self.targets.len() > first).then_some(first);
        let rest = line.get(colon + 1..).unwrap_or("");
        if let (Some(semicolon), Some(target)) = (rest.find(';'), *target) {
            let start = span.start + colon + 1 + semicolon + 1;
            lines.push(Line { target, span: Span::new(start, span.end) });
        }
    }

    /// `+=` adds to what is there, behind a blank, and `?=` leaves it alone.
    fn assign(&mut self, name: &str, kind: Kind, value: Spanned<String>) {
        match (self.variables.get_mut(name), kind) {
            (Some(_), Kind::Otherwise) => {}
            (Some(known), Kind::Append) => {
                known.value.push(' ');
                known.value.push_str(&value.value);
                known.span = value.span;
            }
            _ => drop(self.variables.insert(name.to_owned(), value)),
        }
    }

    fn read_recipes(&mut self, text: &str, lines: &[Line]) {
        let one_shell = self.targets.iter().any(|target| target.value == ".ONESHELL");
        let shell = match self.variables.get("SHELL").map(|value| value.value.as_str()) {
            Some(shell) if shell.contains('$') => {
                Some(String::from(if shell.contains("bash") { "bash" } else { "sh" }))
            }
            Some(shell) => Some(shell.to_owned()),
            None => self.other_shell.then(|| String::from("sh")),
        };
        let flags = self.variables.get(".SHELLFLAGS").map_or_else(String::new, |value| value.value.clone());
        let mut start = 0;
        while let Some(first) = lines.get(start) {
            let mut end = start + 1;
            while one_shell && lines.get(end).is_some_and(|line| line.target == first.target) {
                end += 1;
            }
            let group = lines.get(start..end).unwrap_or(&[]);
            let (recipe, ignored) = self.recipe(text, group);
            let target =
                self.targets.get(first.target).map_or_else(String::new, |target| target.value.clone());
            let origin = Origin::Recipe { target, shell: shell.clone(), flags: flags.clone(), ignored };
            if !recipe.text().trim().is_empty() {
                self.recipes.push(Script::parse_mapped(&recipe, origin, 0));
            }
            start = end;
        }
    }

    /// The text that make hands to the shell, and whether make ignores its status.
    fn recipe(&self, text: &str, lines: &[Line]) -> (Mapped, bool) {
        let mut recipe = Mapped::default();
        let mut ignored = false;
        let mut budget = Budget { expansions: MAX_EXPANSIONS, bytes: MAX_EXPANDED_BYTES };
        for line in lines {
            let whole = text.get(line.span.start..line.span.end).unwrap_or("");
            let body = whole.trim_start_matches(['@', '-', '+', ' ', '\t']);
            let prefix = whole.get(..whole.len() - body.len()).unwrap_or("");
            ignored |= prefix.contains('-');
            let start = line.span.start + prefix.len();
            let target = self.targets.get(line.target).map_or("", |target| target.value.as_str());
            self.expand(body, &Place::File(start), target, 0, &mut budget, &mut recipe);
        }
        (recipe, ignored)
    }

    fn expand(
        &self,
        text: &str,
        place: &Place,
        target: &str,
        depth: usize,
        budget: &mut Budget,
        into: &mut Mapped,
    ) {
        let mut run = 0;
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| rest.find(['$', '\n'])) {
            let start = at + found;
            if text.get(start..).is_some_and(|rest| rest.starts_with('\n')) {
                // The tab that make itself asks for at the head of a continued line is not the shell's.
                into.push(text.get(run..=start).unwrap_or(""), place.span(run, start + 1));
                run =
                    start + 1 + usize::from(text.get(start + 1..).is_some_and(|rest| rest.starts_with('\t')));
                at = run;
                continue;
            }
            into.push(text.get(run..start).unwrap_or(""), place.span(run, start));
            let (length, reference) = reference(text.get(start..).unwrap_or(""));
            let outer = place.span(start, start + length);
            at = start + length;
            run = at;
            budget.expansions = budget.expansions.saturating_sub(1);
            match reference {
                Reference::Dollar => into.push("$", outer),
                Reference::Automatic('@') if is_plain(target) => into.push(target, outer),
                Reference::Automatic(_) => into.push(UNKNOWN, outer),
                Reference::Named(name) => match self.variables.get(name) {
                    Some(value)
                        if depth < MAX_EXPANSION_DEPTH
                            && budget.expansions > 0
                            && budget.bytes >= value.value.len() =>
                    {
                        budget.bytes -= value.value.len();
                        self.expand(&value.value, &Place::Whole(outer), target, depth + 1, budget, into);
                    }
                    None if is_name(name) => into.push(&format!("${{{name}}}"), outer),
                    _ => into.push(UNKNOWN, outer),
                },
            }
        }
        into.push(text.get(run..).unwrap_or(""), place.span(run, text.len()));
    }
}

/// What is left to expand with.
#[derive(Debug)]
struct Budget {
    expansions: usize,
    bytes: usize,
}

/// Where a text stands that is being expanded.
#[derive(Debug)]
enum Place {
    /// In the file, from this offset.
    File(usize),
    /// In a variable that is used at this place of the recipe.
    Whole(Span),
}

impl Place {
    const fn span(&self, start: usize, end: usize) -> Span {
        match self {
            Self::File(offset) => Span::new(*offset + start, *offset + end),
            Self::Whole(span) => *span,
        }
    }
}

enum Reference<'a> {
    Dollar,
    Automatic(char),
    Named(&'a str),
}

/// What begins with the `$` at the head of `text`, and its length.
fn reference(text: &str) -> (usize, Reference<'_>) {
    let Some(next) = text.chars().nth(1) else { return (1, Reference::Dollar) };
    let close = match next {
        '$' => return (2, Reference::Dollar),
        '(' => ')',
        '{' => '}',
        _ => return (1 + next.len_utf8(), Reference::Automatic(next)),
    };
    let mut depth = 0_usize;
    for (at, character) in text.char_indices().skip(1).take(4096) {
        if character == next {
            depth += 1;
        } else if character == close {
            depth -= 1;
            if depth == 0 {
                return (at + 1, Reference::Named(text.get(2..at).unwrap_or("")));
            }
        }
    }
    (1, Reference::Automatic('$'))
}

/// Whether a target's name means itself to the shell.
fn is_plain(target: &str) -> bool {
    target.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'))
}

/// The end of the line at `start` with the lines that continue it.
fn logical_end(text: &str, start: usize) -> usize {
    let mut end = start;
    loop {
        let from = end;
        let rest = text.get(end..).unwrap_or("");
        end += memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |length| length + 1);
        let line = text.get(from..end).unwrap_or("").trim_end_matches(['\n', '\r']);
        let backslashes = line.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if backslashes % 2 == 0 || end >= text.len() {
            return end;
        }
    }
}

fn is_directive(line: &str) -> bool {
    let word = line.split([' ', '\t', '(']).next().unwrap_or("");
    matches!(
        word,
        "ifeq"
            | "ifneq"
            | "ifdef"
            | "ifndef"
            | "else"
            | "endif"
            | "include"
            | "-include"
            | "sinclude"
            | "define"
            | "endef"
            | "undefine"
            | "vpath"
            | "unexport"
    )
}

/// How a variable is assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `=`, `:=`, `!=`: what was there is gone.
    Replace,
    /// `+=`
    Append,
    /// `?=`: only where nothing is there.
    Otherwise,
}

/// The name, the way and the value (to the end of the line) of `NAME := value` and its kin.
fn assignment(line: &str) -> Option<(&str, Kind, &str)> {
    let equals = line.find('=')?;
    let before = line.get(..equals)?;
    let kind = match before.as_bytes().last() {
        Some(b'+') => Kind::Append,
        Some(b'?') => Kind::Otherwise,
        _ => Kind::Replace,
    };
    let name = before.trim_end_matches([':', '?', '+', '!']).trim();
    let name = name.strip_prefix("export ").or_else(|| name.strip_prefix("override ")).unwrap_or(name).trim();
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    if name.is_empty() || !plain {
        return None;
    }
    Some((name, kind, line.get(equals + 1..)?.trim_start_matches([' ', '\t'])))
}

#[cfg(test)]
mod tests;

//! HOK209: a pattern that does not mean what it says: `\s` in a bracket, or a leading `-`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Findings, Fix, Meta, Safety};
use crate::document::shell::{CommandKind, Looking, Script, Simple, Value, Word, is_grep_option};
use crate::project::{File, Project};
use crate::source::{Span, file_name};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct PatternFaults;

impl Rule for PatternFaults {
    fn meta(&self) -> &'static Meta {
        meta!("HOK209", "pattern", Error, Certain, "a pattern that `grep` reads otherwise than it is meant")
    }

    fn check_shell(&self, script: &Script, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        let dashed = dashed(script);
        let constants = constants(script);
        let mut told = BTreeSet::new();
        for simple in script.commands().into_iter().filter_map(|command| command.simple()) {
            let words = simple.unwrapped();
            let name = words.first().and_then(Word::literal).map_or("", file_name);
            if !matches!(name, "grep" | "egrep" | "zgrep") {
                continue;
            }
            if let Some(word) = taken_for_option(words, &dashed) {
                let message = "`grep` takes this pattern for an option and finds nothing, with an error that is easily missed";
                let finding = found.push(word.span, message);
                finding.help("put `-e` before it");
                let at = Span::new(word.span.start, word.span.start);
                if file.source.slice(word.span) == word.raw {
                    finding.fix(Fix::replace("put `-e` before the pattern", Safety::Safe, at, "-e "));
                }
            }
            if !perl(simple) {
                brackets(words, found);
                for (word, pattern) in words.iter().skip(1).filter_map(|word| held(word, &constants)) {
                    if told.insert(pattern.span)
                        && let Some(finding) = report(pattern, found)
                    {
                        finding.label(file.source.path(), word.span, "read here");
                    }
                }
            }
        }
    }
}

/// The pattern that `grep` takes for an option: a quoted word that begins with `-`, or a variable that holds such a text.
fn taken_for_option<'a>(words: &'a [Word], dashed: &BTreeSet<&str>) -> Option<&'a Word> {
    let looking = Looking::of(words).filter(|looking| !looking.protected)?;
    let pattern = looking.pattern?;
    if let Some(text) = pattern.literal() {
        let quoted = pattern.raw.starts_with(['"', '\'']);
        return (quoted && text.starts_with('-') && text.len() > 1).then_some(pattern);
    }
    let parameter = pattern.parameter().filter(|parameter| parameter.operation.is_empty())?;
    dashed.contains(parameter.name.as_str()).then_some(pattern)
}

/// The variables that are given a text which begins with `-` and is no option of `grep`: by an assignment, or by a loop
/// over words or over the elements of an array.
fn dashed(script: &Script) -> BTreeSet<&str> {
    let is_dashed = |word: &Word| {
        let first = word.literal().and_then(|text| text.split_ascii_whitespace().next());
        first.is_some_and(|text| text.len() > 1 && text.starts_with('-') && !is_grep_option(text))
    };
    let (mut found, mut arrays) = (BTreeSet::new(), BTreeSet::new());
    for assignment in script.assignments() {
        match &assignment.value {
            Value::Scalar(word) if !assignment.append && is_dashed(word) => {
                found.insert(assignment.name.value.as_str());
            }
            Value::Array(words) if words.iter().any(is_dashed) => {
                arrays.insert(assignment.name.value.as_str());
            }
            Value::Scalar(_) | Value::Array(_) => {}
        }
    }
    for command in script.commands() {
        let CommandKind::For { variable, words: Some(words), .. } = &command.kind else { continue };
        let all = |word: &Word| {
            let elements = word.parameter().filter(|parameter| parameter.operation == "[@]");
            elements.is_some_and(|elements| arrays.contains(elements.name.as_str()))
        };
        if words.iter().any(|word| is_dashed(word) || all(word)) {
            found.insert(variable.as_str());
        }
    }
    found
}

/// The variables that are given one text and never another.
fn constants(script: &Script) -> BTreeMap<&str, &Word> {
    let mut known: BTreeMap<&str, Option<&Word>> = BTreeMap::new();
    for assignment in script.assignments() {
        let word = assignment.value.scalar().filter(|word| word.literal().is_some() && !assignment.append);
        known.entry(&assignment.name.value).and_modify(|known| *known = None).or_insert(word);
    }
    for command in script.commands() {
        match &command.kind {
            CommandKind::For { variable, .. } => {
                known.remove(variable.as_str());
            }
            CommandKind::Simple(simple) if simple.name() == Some("read") => {
                for word in &simple.words {
                    known.remove(word.raw.as_str());
                }
            }
            _ => {}
        }
    }
    known.into_iter().filter_map(|(name, word)| Some((name, word?))).collect()
}

/// The text that a word is, where it is such a variable.
fn held<'a>(word: &'a Word, constants: &BTreeMap<&str, &'a Word>) -> Option<(&'a Word, &'a Word)> {
    let parameter = word.parameter().filter(|parameter| parameter.operation.is_empty())?;
    constants.get(parameter.name.as_str()).map(|pattern| (word, *pattern))
}

/// Whether `-P` makes `\s` what it is in Perl.
fn perl(simple: &Simple) -> bool {
    simple.words.iter().any(|word| {
        word.raw == "--perl-regexp"
            || (word.raw.starts_with('-') && !word.raw.starts_with("--") && word.raw.contains('P'))
    })
}

/// `[\s]` and its kin: within brackets a backslash is a backslash.
fn brackets(words: &[Word], found: &mut Findings<'_>) {
    for word in words.iter().skip(1) {
        report(word, found);
    }
}

fn report<'f>(word: &Word, found: &'f mut Findings<'_>) -> Option<&'f mut Diagnostic> {
    let (letter, instead) = match word.literal().filter(|text| text.contains('[')).and_then(escaped_class)? {
        's' => ("s", "[:space:]"),
        'd' => ("d", "0-9"),
        _ => ("w", "[:alnum:]_"),
    };
    let message =
        format!("within `[…]` a backslash is a backslash: `\\{letter}` is that and the letter `{letter}`");
    let finding = found.push(word.span, message);
    finding.help(format!("write `{instead}` within the brackets"));
    Some(finding)
}

/// The first of `\s`, `\d`, `\w` in a bracket expression.
fn escaped_class(pattern: &str) -> Option<char> {
    let bytes = pattern.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'[' => {
                at += 1;
                at += usize::from(bytes.get(at) == Some(&b'^'));
                at += usize::from(bytes.get(at) == Some(&b']'));
                let start = at;
                while bytes.get(at).is_some_and(|byte| *byte != b']') {
                    if bytes.get(at) == Some(&b'[') && matches!(bytes.get(at + 1), Some(b':' | b'.' | b'=')) {
                        at += 2;
                        while bytes.get(at).is_some_and(|byte| *byte != b']') {
                            at += 1;
                        }
                    }
                    at += 1;
                }
                // Without an end it is no bracket expression.
                bytes.get(at)?;
                let inner = pattern.get(start..at).unwrap_or("");
                let found = [("\\s", 's'), ("\\d", 'd'), ("\\w", 'w')];
                if let Some((_, class)) = found.into_iter().find(|(escape, _)| inner.contains(escape)) {
                    return Some(class);
                }
            }
            _ => at += 1,
        }
    }
    None
}

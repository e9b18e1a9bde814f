//! Which texts of a compose file may be secret and are never shown.
//!
//! Not here: whether they are. Too much is better than too little, but ports and hosts stay readable.

use super::ComposeFile;
use super::credentials::{arguments, is_secret_flag, passwords};
use super::template::{Operator, Piece, Template, Variable};
use super::values::Value;
use crate::document::yaml::{Node, Places};
use crate::source::Span;

/// Which names hold secrets.
type Secret<'a> = &'a dyn Fn(&str) -> bool;

/// The spans, sorted and not overlapping.
pub(super) fn masks(text: &str, file: &ComposeFile, is_secret: Secret<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    for root in &file.documents {
        walk(text, root, false, is_secret, &mut spans);
    }
    plain_lines(text, file.broken, is_secret, &mut spans);
    join(spans)
}

fn join(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

fn walk(text: &str, node: &Node, secret: bool, is_secret: Secret<'_>, spans: &mut Vec<Span>) {
    // What an alias stands for is walked where it is written.
    if matches!(node.kind, crate::document::yaml::Kind::Alias(_)) {
        return;
    }
    if let Some(items) = node.items() {
        let mut flagged = false;
        for item in items {
            walk(text, item, flagged, is_secret, spans);
            flagged = item.as_str().is_some_and(is_secret_flag);
        }
    } else if node.is_mapping() {
        for entry in node.raw_entries() {
            let direct = entry.value.as_str().is_some() && is_secret(entry.name());
            walk(text, &entry.value, direct || entry.name() == "content", is_secret, spans);
            listed(text, entry.name(), &entry.value, is_secret, spans);
        }
    } else {
        scalar(text, node, secret, is_secret, spans);
    }
}

/// A list where compose takes one value, such as `TOKEN: [a, b]`; `secrets:` lists names.
fn listed(text: &str, name: &str, value: &Node, is_secret: Secret<'_>, spans: &mut Vec<Span>) {
    if name != "secrets" && is_secret(name) {
        for item in value.items().into_iter().flatten().filter(|item| item.as_str().is_some()) {
            scalar(text, item, true, is_secret, spans);
        }
    }
}

fn scalar(source: &str, node: &Node, secret: bool, is_secret: Secret<'_>, spans: &mut Vec<Span>) {
    let Some(value) = Value::read(source, node) else { return };
    let text = value.text.as_str();
    if secret {
        literals(&value.template, spans);
        return;
    }
    for variable in value.template.variables() {
        if is_secret(&variable.name) {
            fallback(variable, spans);
        }
    }
    if !text.contains(['=', ' ', ':', '\n']) {
        return;
    }
    let places = Places::new(source, node);
    if let Some((name, _)) = text.split_once('=')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        && is_secret(name)
    {
        let whole = places.span(name.len() + 1, text.len());
        mask_literals_within(&value.template, whole, spans);
        return;
    }
    for (start, end) in passwords(text).into_iter().chain(arguments(text)) {
        mask_literals_within(&value.template, places.span(start, end), spans);
    }
}

fn literals(template: &Template, spans: &mut Vec<Span>) {
    for piece in &template.pieces {
        match piece {
            Piece::Literal { span, .. } => spans.push(*span),
            Piece::Variable(variable) => fallback(variable, spans),
        }
    }
    if let Some(error) = &template.error {
        spans.push(error.span);
    }
}

fn fallback(variable: &Variable, spans: &mut Vec<Span>) {
    if matches!(variable.operator, Some(Operator::Default { .. } | Operator::Alternative { .. })) {
        literals(&variable.word, spans);
    }
}

/// The literal text and the fallbacks that lie in `within`.
fn mask_literals_within(template: &Template, within: Span, spans: &mut Vec<Span>) {
    let mut found = Vec::new();
    literals(template, &mut found);
    for span in found.into_iter().filter(|span| span.overlaps(within)) {
        spans.push(Span::new(span.start.max(within.start), span.end.min(within.end)));
    }
}

/// Comments, and everything when the file is no YAML: lines that set a secret-named name.
fn plain_lines(text: &str, broken: bool, is_secret: Secret<'_>, spans: &mut Vec<Span>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let from = if broken { Some(0) } else { content.find('#') };
        if let Some(value) = from.and_then(|from| secret_line(content, from, is_secret)) {
            spans.push(Span::new(start + value, start + content.len()));
        }
        start += line.len();
    }
}

/// Where the first value starts in `NAME: value` or `NAME=value` that may be secret, read from byte `from` of the line on.
fn secret_line(line: &str, from: usize, is_secret: Secret<'_>) -> Option<usize> {
    let rest = line.get(from..)?;
    let blank = |character| matches!(character, ' ' | '\t');
    rest.match_indices([':', '=']).find_map(|(separator, _)| {
        let before = rest.get(..separator)?.trim_end_matches([' ', '\t', '"', '\'']);
        let name = before.rsplit([' ', '\t', '#', '"', '\'', '{', '[', ',', ':', '=']).next()?;
        let name = name.trim_matches('-');
        let value = rest.get(separator + 1..)?;
        let start = from + separator + 1 + value.len() - value.trim_start_matches(blank).len();
        (is_secret(name) && !value.trim().is_empty()).then_some(start)
    })
}

//! The reader of assignments that take one line each, the value being the rest of it.
//!
//! Not here: any loader by name; the rules come from [`super::dialect`].

use super::assignments::unescaped;
use super::dialect::Lines;
use super::loader::Sink;
use crate::source::Span;

/// Reads the whole text into the sink.
pub(super) fn read(sink: &mut Sink<'_>, rules: &Lines) {
    let text = sink.text();
    let mut start = 0;
    for line in text.split('\n') {
        let span = Span::new(start, start + line.len());
        start = span.end + 1;
        if !one(sink, rules, line, span) {
            return;
        }
    }
    if rules.proxies {
        sink.resolve_proxies();
    }
}

/// Reads one line; `false` where the loader stops.
fn one(sink: &mut Sink<'_>, rules: &Lines, line: &str, span: Span) -> bool {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let indent = if rules.indent { line.len() - line.trim_start().len() } else { 0 };
    let content = if rules.trims { line.trim() } else { &line[indent..] };
    let base = span.start + indent;
    if content.is_empty() || content.starts_with('#') {
        return true;
    }
    let exported = if rules.export { content.strip_prefix("export ") } else { None };
    let (from, body) = exported.map_or((base, content), |rest| (base + "export ".len(), rest));
    let Some((key, value)) = body.split_once('=') else {
        return without_equals(sink, rules, content, Span::new(base, base + content.len()));
    };
    let name = if rules.trims { key.trim() } else { key };
    let key_span = Span::new(from, from + name.len());
    let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if rules.word_keys && (name.is_empty() || !name.chars().all(word)) {
        sink.problem(Span::new(base, base + content.len()), "the line is skipped: it is no `KEY=value`");
        return true;
    }
    if rules.strict && (name.is_empty() || name.contains([' ', '\t'])) {
        sink.refuse(key_span, "the key has a blank in it, or there is none");
        return false;
    }
    let written = if rules.trims { value.trim() } else { value };
    let value_start =
        from + key.len() + 1 + if rules.trims { value.len() - value.trim_start().len() } else { 0 };
    let value_span = Span::new(value_start, value_start + written.len());
    let text = unquoted(rules, written);
    sink.set(name, key_span, Some(text), value_span);
    true
}

fn without_equals(sink: &mut Sink<'_>, rules: &Lines, content: &str, span: Span) -> bool {
    if !rules.strict {
        sink.problem(span, "the line is skipped: it has no `=`");
    } else if content.contains([' ', '\t']) {
        sink.refuse(span, "the key has a blank in it");
        return false;
    } else {
        sink.pass_on(content, span);
    }
    true
}

fn unquoted(rules: &Lines, value: &str) -> String {
    let Some(escapes) = rules.quotes else { return value.to_owned() };
    let inner = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(inner) = inner('\'') {
        inner.to_owned()
    } else if let Some(inner) = inner('"') {
        unescaped(escapes, inner)
    } else {
        value.to_owned()
    }
}

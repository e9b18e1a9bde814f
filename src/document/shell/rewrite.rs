//! Texts that say the same in another way, each read again before it is offered.
//!
//! Not here: whether they are safe to write where they stand.

use super::Script;
use super::tree::{CommandKind, Item, Operator};
use crate::source::Span;

/// What makes `test && command` an `if`: texts for places, in order. `text` is the file's.
#[must_use]
pub fn as_if(item: &Item, text: &str) -> Option<[(Span, &'static str); 3]> {
    let [(Operator::And, then)] = item.rest.as_slice() else { return None };
    let between = Span::new(item.first.span.end, then.span.start);
    let slice = |span: Span| text.get(span.start..span.end);
    if slice(between)?.trim() != "&&" {
        return None;
    }
    let script = Script::parse(&format!("if {}; then {}; fi", slice(item.first.span)?, slice(then.span)?));
    let single = script.body.items.first().and_then(Item::single)?;
    let reads = script.parsed && matches!(single.kind, CommandKind::If { .. });
    reads.then_some([
        (Span::new(item.span.start, item.span.start), "if "),
        (between, "; then "),
        (Span::new(then.span.end, then.span.end), "; fi"),
    ])
}

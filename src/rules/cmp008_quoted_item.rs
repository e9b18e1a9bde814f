//! CMP008: quotes inside of a list item (`- A="x"`), which become part of the value.
//!
//! Not here: quotes around the whole item, which YAML takes away.

use std::collections::HashSet;

use crate::diagnostic::{Edit, Findings, Fix, Meta, Safety};
use crate::document::compose::{ComposeFile, Setting, Value};
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct QuotedItem;

impl Rule for QuotedItem {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP008",
            "quoted-item",
            Error,
            Certain,
            "quotes inside of a list item become part of the value"
        )
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        _project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        // An anchor's list is read in every service that uses it.
        let mut seen = HashSet::new();
        for service in &compose.services {
            let args = service.build.iter().flat_map(|build| &build.args);
            let lists = service.environment.iter().chain(args).chain(&service.labels);
            for setting in lists.filter(|setting| setting.in_list) {
                if let Some((value, quote)) = quoted(setting).filter(|_| seen.insert(setting.span)) {
                    report(setting, value, quote, &service.name.value, file, found);
                }
            }
        }
    }
}

/// The value that begins and ends with the same quote, and which quote.
fn quoted(setting: &Setting) -> Option<(&Value, char)> {
    let value = setting.value.as_ref()?;
    let quote = value.text.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    (value.text.len() > 1 && value.text.ends_with(quote)).then_some((value, quote))
}

fn report(
    setting: &Setting,
    value: &Value,
    quote: char,
    service: &str,
    file: &File,
    found: &mut Findings<'_>,
) {
    let key = &setting.key;
    let finding =
        found.push(value.span, format!("the quotes around the value of `{key}` are part of the value"));
    finding.key(key.clone()).service(service);
    finding.help(format!(
        "write `- {key}=…` without them, or put the quotes around the whole item: `- {quote}{key}=…{quote}`"
    ));
    if let Some(fix) = fix(setting, value, file) {
        finding.fix(fix);
    }
}

/// Takes both quotes away where the item stays the scalar that it is.
fn fix(setting: &Setting, value: &Value, file: &File) -> Option<Fix> {
    let text = file.source.text();
    let inner = value.text.get(1..value.text.len() - 1)?;
    // Escapes and folds shift the places; such an item is for a person.
    let straight = file.source.slice(value.span) == value.text;
    let before = text.get(..setting.span.start)?.chars().next_back();
    let plain = !matches!(before, Some('"' | '\''));
    // A plain scalar is a key where it ends in a colon, and loses the blanks at its end.
    let breaks = inner.ends_with([':', ' ', '\t']);
    if !straight || (plain && breaks) {
        return None;
    }
    let edit = |at: usize| Edit { span: Span::new(at, at + 1), replacement: String::new() };
    let edits = vec![edit(value.span.start), edit(value.span.end - 1)];
    Some(Fix { title: "take the quotes away".to_owned(), safety: Safety::Safe, edits })
}

//! One variable's expectation, each part by the first who says it.
//!
//! Not here: who is asked.

use std::sync::Arc;

use super::{By, Expectation, Said, Voice, Voices};
use crate::document::env_schema::{Given, Item};
use crate::document::python_settings::{Field, Items, ListShape};
use crate::project::expectations::{Expected, Tier};
use crate::source::Span;

/// Merges all that is said of `name`.
pub(super) fn merge(voices: &Voices<'_>, name: &str) -> Expectation {
    let mut all = Expectation::default();
    if let Some(expected) = voices.expectations.variables.get(name) {
        configured(&mut all, expected);
    }
    let schemas: Vec<_> = voices.in_schemas(name).collect();
    for (path, item) in &schemas {
        schema_item(&mut all, path, item);
    }
    disagreeing_schemas(&mut all, &schemas);
    let settings: Vec<_> = voices.in_settings(name).collect();
    settings_fields(&mut all, &settings);
    for (path, item) in voices.in_examples(name) {
        example_item(&mut all, path, item);
    }
    all
}

/// Fills a part that nobody has spoken of yet.
fn put<T>(slot: &mut Option<Said<T>>, what: Option<T>, by: impl FnOnce() -> By) {
    if slot.is_none()
        && let Some(what) = what
    {
        *slot = Some(Said { what, by: by() });
    }
}

fn configured(all: &mut Expectation, expected: &Expected) {
    let (path, span) = expected.place.clone().unwrap_or_else(|| (Arc::from(""), Span::default()));
    let by = || By { voice: Voice::Configuration, path: Arc::clone(&path), span };
    all.first = Some(Voice::Configuration);
    put(&mut all.required, expected.required, by);
    put(&mut all.kind, expected.kind.clone(), by);
    put(&mut all.min_length, expected.min_length, by);
    put(&mut all.list, expected.list, by);
    put(&mut all.description, expected.description.clone(), by);
    // What is named and said to be nothing more is a developer's matter.
    let unsaid = if expected.required == Some(true) { Tier::Critical } else { Tier::Development };
    let silent = expected.required.is_none() && expected.tier.is_none();
    if !silent {
        put(&mut all.tier, expected.tier.or(Some(unsaid)), by);
    }
    all.limits.extend(expected.limits.iter().map(|limit| Said { what: limit.clone(), by: by() }));
}

fn schema_item(all: &mut Expectation, path: &Arc<str>, item: &Item) {
    let at = |span: Option<Span>| By {
        voice: Voice::Schema,
        path: Arc::clone(path),
        span: span.unwrap_or(item.key_span),
    };
    all.first.get_or_insert(Voice::Schema);
    all.has_default |= has_value(item);
    put(&mut all.required, item.required, || at(item.required_span));
    put(&mut all.kind, item.kind.clone(), || at(item.kind_span));
    put(&mut all.min_length, item.min_length, || at(item.kind_span));
    put(&mut all.list, item.list, || at(item.kind_span));
    put(&mut all.secret, item.sensitive, || at(None));
    put(&mut all.description, said(item), || at(None));
    if all.limits.iter().all(|limit| limit.by.voice == Voice::Schema && limit.by.path == *path) {
        let limits = item.limits.iter().filter(|limit| !all.limits.iter().any(|known| known.what == **limit));
        let limits: Vec<_> =
            limits.map(|limit| Said { what: limit.clone(), by: at(item.kind_span) }).collect();
        all.limits.extend(limits);
    }
}

/// Two schemas of one project that speak of one name may mean two variables.
fn disagreeing_schemas(all: &mut Expectation, items: &[(&Arc<str>, &Item)]) {
    let Some(((_, first), others)) = items.split_first() else { return };
    let by_schema = |by: &By| by.voice == Voice::Schema;
    if others.iter().any(|(_, other)| other.kind != first.kind)
        && all.kind.as_ref().is_some_and(|kind| by_schema(&kind.by))
    {
        all.kind = None;
    }
    if others.iter().any(|(_, other)| other.limits != first.limits) {
        all.limits.retain(|limit| !by_schema(&limit.by));
    }
}

fn settings_fields(all: &mut Expectation, fields: &[(&Arc<str>, &Field)]) {
    let Some(((path, first), _)) = fields.split_first() else { return };
    let by = || By { voice: Voice::Settings, path: Arc::clone(path), span: first.span };
    all.first.get_or_insert(Voice::Settings);
    all.has_default |= fields.iter().all(|(_, field)| !field.required);
    all.ignores_empty = fields.iter().any(|(_, field)| field.ignores_empty);
    let demanding = fields.iter().find(|(_, field)| field.required);
    put(&mut all.required, demanding.map(|_| true), || {
        let (path, span) = demanding.map_or((*path, first.span), |(path, field)| (*path, field.span));
        By { voice: Voice::Settings, path: Arc::clone(path), span }
    });
    let longest = fields.iter().max_by_key(|(_, field)| field.min_length);
    put(&mut all.min_length, longest.and_then(|(_, field)| field.min_length), || {
        let (path, span) = longest.map_or((*path, first.span), |(path, field)| (*path, field.span));
        By { voice: Voice::Settings, path: Arc::clone(path), span }
    });
    let agree = |same: fn(&Field, &Field) -> bool| fields.iter().all(|(_, field)| same(field, first));
    if agree(|one, other| one.kind == other.kind) {
        put(&mut all.kind, first.kind.clone(), by);
    }
    all.nones = fields.iter().flat_map(|(_, field)| field.nones.iter().cloned()).collect();
    all.brackets = fields.iter().all(|(_, field)| field.items != Items::Unknown);
    let list = if agree(|one, other| one.list == other.list) { first.list } else { Some(ListShape::Either) };
    put(&mut all.list, list.filter(|_| first.list.is_some()), by);
    if all.limits.is_empty() && agree(|one, other| one.limits == other.limits) {
        all.limits.extend(first.limits.iter().map(|limit| Said { what: limit.clone(), by: by() }));
    }
}

/// An example describes; what it demands depends on the file that is held against it.
fn example_item(all: &mut Expectation, path: &Arc<str>, item: &Item) {
    let at = |span: Option<Span>| By {
        voice: Voice::Example,
        path: Arc::clone(path),
        span: span.unwrap_or(item.key_span),
    };
    all.first.get_or_insert(Voice::Example);
    put(&mut all.description, said(item), || at(None));
    // The notation may stand in the comments of an example as well.
    let explicit = item.required.filter(|_| item.required_span.is_some());
    put(&mut all.required, explicit, || at(item.required_span));
    put(&mut all.kind, item.kind.clone(), || at(item.kind_span));
    put(&mut all.min_length, item.min_length, || at(item.kind_span));
    put(&mut all.list, item.list, || at(item.kind_span));
    put(&mut all.secret, item.sensitive, || at(None));
    if all.limits.is_empty() {
        all.limits
            .extend(item.limits.iter().map(|limit| Said { what: limit.clone(), by: at(item.kind_span) }));
    }
}

/// Whether a schema gives a variable a value itself.
pub(super) fn has_value(item: &Item) -> bool {
    match item.given {
        Given::Nothing => false,
        Given::Text(span) => !span.is_empty(),
        Given::Computed => true,
    }
}

fn said(item: &Item) -> Option<String> {
    (!item.description.is_empty()).then(|| item.description.clone())
}

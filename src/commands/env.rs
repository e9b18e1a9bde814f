//! `envgate env`: one env file as loaders read it, or two compared.
//!
//! Not here: reading as a loader does; `document::env` does that.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use crate::cli::{Env, EnvCommand, EnvDiff, EnvShow, TableFormat, When};
use crate::document::env::{Entry, EnvFile, Loaded, LoadedVariable, Loader, Quote, load};
use crate::document::names::is_usual;
use crate::files::{self, relative};
use crate::project::shape::{Kind, Shape};
use crate::render::{self, Differences, Differing, LoaderError, LoaderView, LoadersView, Shown};
use crate::source::{Source, Span};

use super::{Error, Status, terminal, working_directory};

pub(super) fn run(arguments: &Env, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    match &arguments.command {
        EnvCommand::Show(arguments) => show(arguments, color, out),
        EnvCommand::Diff(arguments) => diff(arguments, color, out),
    }
}

fn read(path: &Path) -> Result<Source, Error> {
    let here = working_directory()?;
    Ok(Source::from_bytes(relative(path, &here), files::read(path)?))
}

fn show(arguments: &EnvShow, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let loaders = loaders(&arguments.loaders)?;
    let source = read(&arguments.file)?;
    let mut view = LoadersView { path: source.path().to_owned(), ..LoadersView::default() };
    for loader in loaders {
        // The environment around the file differs from machine to machine; the file alone does not.
        let loaded = load(source.text(), loader, &|_| None);
        view.loaders.insert(loader.name(), loader_view(&loaded, &source, arguments.reveal));
    }
    for entry in EnvFile::parse(source.text()).entries {
        let quotes = entry.quote.map(|quote| match quote {
            Quote::Single => "single",
            Quote::Double => "double",
            Quote::Backtick => "backtick",
        });
        view.quotes.extend(quotes.map(|quotes| (entry.key, quotes)));
    }
    match arguments.format {
        TableFormat::Human => render::loaders(&view, &terminal::options(color), out)?,
        TableFormat::Json => render::loaders_json(&view, out)?,
    }
    Ok(Status::Clean)
}

fn loader_view(loaded: &Loaded, source: &Source, reveal: bool) -> LoaderView {
    let shown = |value: Option<&str>| Shown::new(value, |value| Shape::of(value).to_string(), reveal);
    // Where values are split at blanks, what is read as a name may be a part of a secret; so may a line
    // without `=`, as in a key that was pasted without quotes.
    let values = EnvFile::parse(source.text()).value_spans();
    let is_value = |variable: &LoadedVariable| {
        let inside = values.iter().any(|value| value.overlaps(variable.key_span));
        !reveal && (inside || (variable.value.is_none() && !is_usual(&variable.key)))
    };
    let (cut, named): (Vec<_>, Vec<_>) = loaded.variables.iter().partition(|one| is_value(one));
    let vars = named.iter().map(|variable| (variable.key.clone(), shown(variable.value.as_deref())));
    let error = |span: Span, message: &str| LoaderError {
        line: source.line(span.start),
        message: message.to_owned(),
    };
    let cut = cut.iter().map(|variable| error(variable.key_span, "a part of a value is read as a name"));
    let errors = loaded.problems.iter().map(|problem| error(problem.span, &problem.message)).chain(cut);
    LoaderView {
        ok: loaded.aborted.is_none(),
        vars: vars.collect(),
        errors: errors.collect(),
        executes: loaded.executes.iter().map(|span| source.line(span.start)).collect(),
    }
}

fn loaders(words: &[String]) -> Result<BTreeSet<Loader>, Error> {
    let mut loaders = BTreeSet::new();
    for word in words {
        if word == "all" {
            loaders.extend(Loader::ALL);
        } else {
            let loader = Loader::from_name(word).ok_or_else(|| Error::NoSuchLoader { word: word.clone() })?;
            loaders.insert(loader);
        }
    }
    Ok(loaders)
}

fn diff(arguments: &EnvDiff, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let (one, other) = (read(&arguments.one)?, read(&arguments.other)?);
    let differences = compare(&one, &other);
    match arguments.format {
        TableFormat::Human => render::differences(&differences, &terminal::options(color), out)?,
        TableFormat::Json => render::differences_json(&differences, out)?,
    }
    Ok(if differences.is_empty() { Status::Clean } else { Status::Findings })
}

fn shapes(source: &Source) -> BTreeMap<String, Shape> {
    let file = EnvFile::parse(source.text());
    let shape = |entry: &Entry| Shape::of(&entry.plain(source.text()));
    let named = |entry: &&Entry| entry.raw_span.is_some() || is_usual(&entry.key);
    file.entries.iter().filter(named).map(|entry| (entry.key.clone(), shape(entry))).collect()
}

fn compare(one: &Source, other: &Source) -> Differences {
    let (a, b) = (shapes(one), shapes(other));
    let alone = |these: &BTreeMap<String, Shape>, those: &BTreeMap<String, Shape>| {
        these.keys().filter(|key| !those.contains_key(*key)).cloned().collect()
    };
    let both: Vec<_> = a.iter().filter_map(|(key, shape)| Some((key, *shape, *b.get(key)?))).collect();
    let different: Vec<Differing> = both
        .iter()
        .filter(|(_, a, b)| differ(a.kind, b.kind))
        .map(|(key, a, b)| Differing { key: (*key).clone(), a: a.to_string(), b: b.to_string() })
        .collect();
    Differences {
        a: one.path().to_owned(),
        b: other.path().to_owned(),
        only_in_a: alone(&a, &b),
        only_in_b: alone(&b, &a),
        same: both.len() - different.len(),
        different,
    }
}

/// Whether two kinds cannot stand for one thing. What is left open in an example fits anything, and a text
/// may be an address or a number where the other file is more exact.
fn differ(a: Kind, b: Kind) -> bool {
    let open = |kind| matches!(kind, Kind::Empty | Kind::Blank);
    let plain = |kind| matches!(kind, Kind::Text | Kind::Url | Kind::Number | Kind::Lines);
    !(a == b || open(a) || open(b) || plain(a) && plain(b))
}

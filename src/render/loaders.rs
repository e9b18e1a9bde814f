//! An env file as loaders read it, as text for people and as JSON.
//!
//! Not here: reading it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::columns::{Column, row, width};
use super::json::object;
use super::paint::{Role, paint};
use super::visible::visible;
use super::{Options, Shown};
use crate::diagnostic::Severity;
use crate::lang::Lang;

/// Something that a loader stumbles over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoaderError {
    /// The 1-based line.
    pub line: usize,
    /// What it does about it.
    pub message: String,
}

/// What one loader makes of the file.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LoaderView {
    /// Whether it reads the file to its end.
    pub ok: bool,
    /// The variables that it sets; one that is only passed on has no value.
    pub vars: BTreeMap<String, Shown>,
    /// What it skips, warns about or stops at.
    pub errors: Vec<LoaderError>,
    /// The 1-based lines of what it would run, or ask its own process for.
    pub executes: Vec<usize>,
}

/// What several loaders make of one file.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LoadersView {
    /// The file.
    pub path: String,
    /// By the loader's name.
    pub loaders: BTreeMap<&'static str, LoaderView>,
    /// How each value is written: without quotes, `single`, `double`, `backtick`.
    #[serde(skip)]
    pub quotes: BTreeMap<String, &'static str>,
}

/// Writes one object.
///
/// # Errors
///
/// Those of `out`.
pub fn loaders_json(view: &LoadersView, out: &mut dyn Write) -> io::Result<()> {
    object(view, out)
}

/// Writes a row a key, and under it the loaders that differ.
///
/// # Errors
///
/// Those of `out`.
pub fn loaders(view: &LoadersView, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<&str> = view.loaders.keys().copied().collect();
    let by = if names.len() > 6 { format!("{} loaders", names.len()) } else { names.join(", ") };
    let heading = format!("{} as read by {by}", visible(&view.path));
    writeln!(out, "{}\n", paint(options.color, Role::Heading, options.lang.text(&heading)))?;
    let mut keys: Vec<&String> = view.loaders.values().flat_map(|loader| loader.vars.keys()).collect();
    keys.sort();
    keys.dedup();
    let at =
        Column { indent: 2, names: width(keys.iter().map(|key| key.as_str())), columns: options.columns() };
    for key in &keys {
        let painted = |name: &str| paint(options.color, Role::Code, name).to_string();
        row(out, at, &visible(key), painted, &readings(view, key, options.lang))?;
    }
    if keys.is_empty() {
        writeln!(out, "{}", options.lang.text("  no variables"))?;
    }
    stumbles(view, options, out)
}

/// What the loaders make of one key, those that agree together.
fn readings(view: &LoadersView, key: &str, lang: Lang) -> Vec<String> {
    let mut groups: Vec<(Option<&Shown>, Vec<&str>)> = Vec::new();
    for (name, loader) in &view.loaders {
        let value = loader.vars.get(key);
        match groups.iter_mut().find(|(known, _)| *known == value) {
            Some((_, names)) => names.push(name),
            None => groups.push((value, vec![name])),
        }
    }
    let words = |value: Option<&Shown>| match value {
        None => lang.text("not set").into_owned(),
        Some(Shown::Nothing) => lang.text("passed on from the environment").into_owned(),
        Some(value) => value.words(lang),
    };
    let quotes = view.quotes.get(key).map(|quotes| lang.text(&format!("({quotes} quotes)")).into_owned());
    let quotes = quotes.map(|quotes| format!(" {quotes}")).unwrap_or_default();
    if let [(value, _)] = groups.as_slice() {
        vec![format!("{}{quotes}", words(*value))]
    } else {
        groups.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
        let line =
            |(value, names): &(Option<&Shown>, Vec<&str>)| format!("{}: {}", words(*value), names.join(", "));
        std::iter::once(format!("{}{quotes}", lang.text("differs"))).chain(groups.iter().map(line)).collect()
    }
}

fn stumbles(view: &LoadersView, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut first = true;
    let at = Column { indent: 2, names: width(view.loaders.keys().copied()), columns: options.columns() };
    for (name, loader) in &view.loaders {
        let mut lines: Vec<String> = loader
            .errors
            .iter()
            .map(|error| format!("line {}: {}", error.line, visible(&error.message)))
            .collect();
        lines.extend(loader.executes.iter().map(|line| format!("line {line}: runs code, or asks its shell")));
        if !loader.ok {
            lines.push("stops there".to_owned());
        }
        if lines.is_empty() {
            continue;
        }
        if std::mem::take(&mut first) {
            writeln!(out)?;
        }
        let level = if loader.ok { Severity::Warning } else { Severity::Error };
        let painted = |name: &str| paint(options.color, Role::Level(level), name).to_string();
        let lines: Vec<String> = lines.iter().map(|line| options.lang.text(line).into_owned()).collect();
        row(out, at, name, painted, &lines)?;
    }
    Ok(())
}

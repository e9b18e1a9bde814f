//! `envgate fix --generate`: fresh secrets in an env file that git does not see.
//!
//! Not here: which secrets can be made up, and how. A value goes into the file's text and nowhere else.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::Fix;
use crate::document::env::{Entry, Loader, load};
use crate::files::{self, write_with_mode};
use crate::git;
use crate::project::env_check::{Fault, Row};
use crate::project::fresh::{Unmakeable, recipe};
use crate::render::visible;
use crate::secrets::weak::Weakness;

use super::super::env_check::{Held, Surroundings, env_file};
use super::super::inputs::work_tree;
use super::super::terminal::say;
use super::super::{Error, Status};

/// For its owner alone.
const PRIVATE: u32 = 0o600;

/// The loaders that have to read the new text as it is meant.
const LOADERS: [Loader; 5] =
    [Loader::Compose, Loader::ComposeEnvFile, Loader::PythonDotenv, Loader::NodeDotenv, Loader::Bash];

pub(super) fn run(arguments: &Fix, typed: Option<&Path>, out: &mut dyn Write) -> Result<Status, Error> {
    refuse_paths(arguments)?;
    let surroundings = Surroundings::look(arguments.scope.config.as_deref(), out)?;
    let named = match env_file(typed, &surroundings.loaded.config) {
        Ok(path) => path,
        Err(error) => surroundings.to_be_made().ok_or(error)?,
    };
    // A link is followed: the file that it leads to is the one that must be private.
    let path = files::real(&named).unwrap_or_else(|| named.clone());
    refuse_public(&path, &named)?;
    let bytes = match files::read(&path) {
        Err(files::Error::Missing { .. }) => Vec::new(),
        read => read?,
    };
    let held = surroundings.hold(&named, bytes)?;
    if held.source.invalid_utf8().is_some() {
        return Err(Error::NotWritable { path: held.source.path().to_owned() });
    }
    let shown = visible(held.source.path()).into_owned();
    let (mut made, mut left) = (Vec::new(), 0);
    let mut text = held.source.text().to_owned();
    // From the end of the file on, so that the places of what stands before stay right.
    let mut wanted: Vec<&Row> = held.rows.iter().filter(|row| is_open(row)).collect();
    wanted.sort_by_key(|row| std::cmp::Reverse(row.span.map_or(usize::MAX, |span| span.start)));
    for row in wanted {
        // It may be written in another case than it is asked for in.
        let written = held.file.entries.iter().find(|entry| Some(entry.key_span) == row.span);
        let name = written.map_or(&row.wanted.name, |entry| &entry.key);
        match place(&held, name).and_then(|place| Ok((place, value_for(row)?))) {
            Ok((place, value)) => {
                place.put(&mut text, name, &value);
                made.push((name.clone(), value));
            }
            Err(Trouble::Left(why)) => {
                left += 1;
                say!(out, "left {}: {why}", visible(name))?;
            }
            Err(Trouble::Chance(error)) => return Err(error),
        }
    }
    prove(&held, &text, &made)?;
    made.sort();
    let (verb, passive) = if arguments.diff { ("would make", "would be made") } else { ("made", "made") };
    if !arguments.diff && !made.is_empty() {
        write_with_mode(&path, text.as_bytes(), Some(PRIVATE))?;
    }
    for (name, value) in &made {
        say!(out, "{verb} {}: {} characters", visible(name), value.chars().count())?;
    }
    let plural = if made.len() == 1 { "" } else { "s" };
    let written = if made.is_empty() || arguments.diff { "" } else { ", readable by its owner alone" };
    say!(out, "{} secret{plural} {passive} in {shown}{written}; {left} left", made.len())?;
    out.flush()?;
    Ok(if left > 0 { Status::Findings } else { Status::Clean })
}

/// A path beside the option would be read by nobody: what is meant is another file than the one that is written.
fn refuse_paths(arguments: &Fix) -> Result<(), Error> {
    match arguments.scope.paths.iter().find(|path| path.as_os_str() != ".") {
        Some(path) => Err(Error::PathBesideGenerate { path: path.display().to_string() }),
        None => Ok(()),
    }
}

/// A file that git has, or would take with the next `git add`, gets no secret.
fn refuse_public(path: &Path, named: &Path) -> Result<(), Error> {
    let directory = path.parent().map(Path::to_owned).filter(|parent| !parent.as_os_str().is_empty());
    let directory = files::real(&directory.unwrap_or_else(|| PathBuf::from("."))).unwrap_or_default();
    let absolute = directory.join(path.file_name().unwrap_or_default());
    let Some(tree) = work_tree(&directory)? else { return Ok(()) };
    let shown = named.to_string_lossy().into_owned();
    if tree.tracked.mode(&absolute).is_some() {
        return Err(Error::TrackedByGit { path: shown });
    }
    if git::is_ignored(&absolute)? { Ok(()) } else { Err(Error::NotIgnored { path: shown }) }
}

/// Whether a secret is missing, empty, or known to everybody.
fn is_open(row: &Row) -> bool {
    let open = row.faults.iter().any(|fault| {
        matches!(
            fault,
            Fault::Missing | Fault::Empty | Fault::Weak(Weakness::Placeholder | Weakness::KnownDefault)
        )
    });
    open && row.wanted.is_secret()
}

/// Why a variable gets no value.
enum Trouble {
    Left(String),
    Chance(Error),
}

fn value_for(row: &Row) -> Result<String, Trouble> {
    let recipe = recipe(&row.wanted).map_err(|why| Trouble::Left(words(&why)))?;
    let made = recipe.make(&mut |bytes: &mut [u8]| getrandom::fill(bytes));
    let made = made.map_err(|error| Trouble::Chance(Error::Random(error.to_string())))?;
    made.map_err(|why| Trouble::Left(words(&why)))
}

fn words(why: &Unmakeable) -> String {
    match why {
        Unmakeable::GivenOut => "somebody else gives it out; put it in by hand".to_owned(),
        Unmakeable::Kind(kind) => format!("it has to be {kind}; put it in by hand"),
        Unmakeable::Limits => "no random text fits what is demanded of it; put it in by hand".to_owned(),
    }
}

/// Where a value goes.
enum Place {
    /// Instead of these bytes.
    At(usize, usize),
    /// Behind a bare key.
    Behind(usize),
    /// On a line of its own at the end.
    End,
}

fn place(held: &Held, name: &str) -> Result<Place, Trouble> {
    let Some(entry) = held.file.entry(name) else { return Ok(Place::End) };
    if entry.unterminated || entry.after_quote.is_some() {
        return Err(Trouble::Left("its line cannot be read; put it right first".to_owned()));
    }
    Ok(within(entry, held.source.text()))
}

fn within(entry: &Entry, text: &str) -> Place {
    match entry.raw_span {
        None => Place::Behind(entry.key_span.end),
        Some(span) if !span.is_empty() => Place::At(span.start, span.end),
        // Directly behind the `=`, so that a comment stays one.
        Some(span) => {
            let sign = text.get(entry.key_span.end..span.start).and_then(|between| between.find(['=', ':']));
            let at = sign.map_or(span.start, |sign| entry.key_span.end + sign + 1);
            Place::At(at, at)
        }
    }
}

impl Place {
    fn put(&self, text: &mut String, name: &str, value: &str) {
        match self {
            Self::At(start, end) => text.replace_range(*start..*end, value),
            Self::Behind(at) => text.insert_str(*at, &format!("={value}")),
            Self::End => {
                let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push_str(line_end);
                }
                text.push_str(&format!("{name}={value}{line_end}"));
            }
        }
    }
}

/// Reads the new text as loaders do: the new values as they were made, everything else as before. A loader
/// that did not read the old text has nothing to say.
fn prove(held: &Held, text: &str, made: &[(String, String)]) -> Result<(), Error> {
    let refused = || Error::NotWritable { path: held.source.path().to_owned() };
    let names: BTreeMap<&str, &str> =
        made.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for loader in LOADERS {
        let (before, after) = (load(held.source.text(), loader, &|_| None), load(text, loader, &|_| None));
        if before.aborted.is_some() || !before.executes.is_empty() {
            continue;
        }
        let as_made = names.iter().all(|(name, value)| {
            let read = after.variable(name).and_then(|variable| variable.value.as_deref());
            // Where lines end in CRLF a shell reads a carriage return into every value, old and new.
            read.map(|read| read.trim_end_matches('\r')) == Some(*value)
        });
        let as_before =
            before.variables.iter().filter(|one| !names.contains_key(one.key.as_str())).all(|one| {
                after.variable(&one.key).is_some_and(|other| {
                    other.value == before.variable(&one.key).and_then(|last| last.value.clone())
                })
            });
        if !as_made || !as_before {
            return Err(refused());
        }
    }
    Ok(())
}

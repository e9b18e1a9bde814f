//! `envgate hook migrate`: an old scanner read, and its replacement printed or written.
//!
//! Not here: what the script looks for and leaves out; `project::old_scanner` says that.

use std::io::Write;
use std::path::Path;

use crate::cli::HookMigrate;
use crate::config;
use crate::diagnostic::Severity;
use crate::document::shell::Script;
use crate::files::{self, DiskTree, relative, write_atomically};
use crate::project::old_scanner::{self, Detector, Fate, OldScanner};
use crate::source::{Source, file_name, join, parent};

use super::super::terminal::{self, say};
use super::super::{Error, catalog};
use super::install::read;

/// What stands in the script's place: whoever calls it by its name goes on doing so. A push is of commits, of which
/// nothing is staged any more.
fn replacement(source: &Source, scanner: &OldScanner) -> String {
    let (done, what, run) = match file_name(source.path()) {
        "commit-msg" => ("committed", "commit", "envgate hook run commit-msg \"$1\""),
        name if name == "pre-push" || scanner.reads_references => {
            ("pushed", "push", "envgate hook run pre-push \"$@\"")
        }
        _ => ("committed", "commit", "envgate check --staged"),
    };
    format!(
        r#"#!/bin/sh
# Looks for secrets in what is about to be {done}. `envgate rules` says what is looked for.
if ! command -v envgate >/dev/null 2>&1; then
    echo "envgate is not installed, so this {what} cannot be checked: cargo install envgate" >&2
    exit 1
fi
exec {run}
"#
    )
}

pub(super) fn run(arguments: &HookMigrate, here: &Path, out: &mut dyn Write) -> Result<(), Error> {
    let shown = relative(&arguments.script, here);
    let text = read(&arguments.script)?.ok_or_else(|| files::Error::Missing { path: shown.clone() })?;
    let text = String::from_utf8_lossy(&text);
    let source = Source::new(shown.as_str(), &*text);
    let scanner = old_scanner::read(&source, &Script::parse(&text));
    if scanner.detectors.is_empty() {
        return Err(Error::NotAScanner { path: shown });
    }
    detectors(&scanner, &source, out)?;
    exclusions(&scanner, &source, out)?;
    if !scanner.besides.is_empty() {
        besides(&scanner, &source, out)?;
        return if arguments.write { Err(Error::NotReplaced { path: shown }) } else { Ok(()) };
    }
    let replacement = replacement(&source, &scanner);
    let configuration = configuration(&scanner, &source);
    if arguments.write {
        // The script last: as long as it is the old one, this can be done again.
        writeln!(out)?;
        if !configuration.is_empty() {
            configure(&configuration, here, out)?;
        }
        write_atomically(&arguments.script, replacement.as_bytes())?;
        say!(out, "`{shown}` runs the check now")?;
        return Ok(());
    }
    say!(out, "\nthe replacement of `{shown}` (`--write` writes it):\n\n{replacement}")?;
    if !configuration.is_empty() {
        say!(out, "and in `envgate.yaml`:\n\n{configuration}")?;
    }
    Ok(())
}

fn detectors(scanner: &OldScanner, source: &Source, out: &mut dyn Write) -> Result<(), Error> {
    let catalog = catalog();
    let named = |detector: Detector| -> String {
        let rules = detector.rules().iter().map(|code| {
            let name = catalog.iter().find(|meta| meta.names(code)).map_or("", |meta| meta.name);
            format!("{code} {name}")
        });
        let more = if detector == Detector::Keys { " and the patterns of each provider" } else { "" };
        format!("{}{}", rules.collect::<Vec<_>>().join(", "), terminal::lang().text(more))
    };
    say!(out, "`{}` looked for:", source.path())?;
    for (detector, places) in &scanner.detectors {
        let lines: Vec<String> = places.iter().map(|span| source.line(span.start).to_string()).collect();
        row(detector.what(), &format!("line {}", lines.join(", ")), &named(*detector), out)?;
    }
    let missing =
        Detector::ALL.into_iter().filter(|one| scanner.detectors.iter().all(|(found, _)| found != one));
    for detector in missing {
        row(detector.what(), "not at all", &named(detector), out)?;
    }
    Ok(())
}

fn row(what: &str, lines: &str, rules: &str, out: &mut dyn Write) -> Result<(), Error> {
    let lang = terminal::lang();
    let (what, lines, rules) = (lang.text(what), lang.text(lines), lang.text(rules));
    writeln!(out, "  {what:<24} {lines:<16} {} {rules}", lang.word("now"))?;
    Ok(())
}

fn exclusions(scanner: &OldScanner, source: &Source, out: &mut dyn Write) -> Result<(), Error> {
    if !scanner.exclusions.is_empty() {
        say!(out, "\nit left out:")?;
    }
    for exclusion in &scanner.exclusions {
        let fate = match &exclusion.fate {
            Fate::Glob(glob) => format!("kept, as `{glob}` in `envgate.yaml`"),
            Fate::Needless(why) => format!("not needed: {why}"),
            Fate::NoGlob => {
                "not kept: its expression says what no glob can; write one under `exclude` in `envgate.yaml`"
                    .to_owned()
            }
            Fate::TooWide(why) => format!("too wide, and not kept: {why}"),
        };
        say!(out, "  line {}: `{}`: {fate}", source.line(exclusion.span.start), exclusion.pattern)?;
    }
    Ok(())
}

fn besides(scanner: &OldScanner, source: &Source, out: &mut dyn Write) -> Result<(), Error> {
    say!(out, "\nit does besides, and nothing replaces it:")?;
    for one in &scanner.besides {
        let line = source.line(one.span.start);
        match &one.program {
            Some(program) => say!(out, "  line {line}: runs `{program}`")?,
            None => say!(out, "  line {line}: asks something that is no secret, and stops by the answer")?,
        }
    }
    say!(
        out,
        "\nhelp: move these lines into a script of their own that the hook runs too, and migrate what is left; or leave the \
         script as it is, and let `envgate hook install` put the check in front of it"
    )?;
    Ok(())
}

/// What `envgate.yaml` has to say for the same things to stop a commit, and the same files to be left out.
fn configuration(scanner: &OldScanner, source: &Source) -> String {
    let catalog = catalog();
    let codes = scanner.detectors.iter().flat_map(|(detector, _)| detector.rules());
    let weak =
        codes.filter(|code| catalog.iter().any(|meta| meta.names(code) && meta.severity < Severity::Error));
    let rules: String = weak.map(|code| ["  ", code, ": error\n"].concat()).collect();
    let mut text = String::new();
    if !rules.is_empty() {
        text.push_str("rules:\n");
        text.push_str(&rules);
    }
    let mut ignored = String::new();
    for exclusion in &scanner.exclusions {
        if let Fate::Glob(glob) = &exclusion.fate {
            let line = source.line(exclusion.span.start);
            let quoted = format!("\"{}\"", glob.replace('\\', "\\\\").replace('"', "\\\""));
            ignored.push_str(&format!(
                "  - rule: SEC\n    path: {quoted}\n    reason: line {line} of {} left it out\n",
                source.path()
            ));
        }
    }
    if !ignored.is_empty() {
        text.push_str("ignore:\n");
        text.push_str(&ignored);
    }
    text
}

/// Writes a new `envgate.yaml`, or adds to the one that is there, where it then still says what it said.
fn configure(text: &str, here: &Path, out: &mut dyn Write) -> Result<(), Error> {
    let name = config::FILE_NAMES.iter().find(|name| files::stat(&here.join(name)).is_ok());
    let name = name.or(config::FILE_NAMES.first()).copied().unwrap_or_default();
    let path = here.join(name);
    files::stays_in(&path, &[here])?;
    let old = read(&path)?;
    let start = match old.as_deref().map(str::from_utf8) {
        None => String::from("version: 1\n"),
        Some(Ok(old)) if old.is_empty() || old.ends_with('\n') => old.to_owned(),
        Some(Ok(old)) => format!("{old}\n"),
        Some(Err(_)) => return Err(Error::NotExtended { path: name.to_owned() }),
    };
    let made = start + text;
    let tree = DiskTree::new([""])?;
    let (_, mistakes) = config::load(&Source::new(join(parent(""), name), made.as_str()), &catalog(), &tree);
    if mistakes.iter().any(|mistake| mistake.severity == Severity::Error) {
        say!(out, "`{name}` has keys of these names already; put this into it by hand:\n\n{text}")?;
        return Ok(());
    }
    write_atomically(&path, made.as_bytes())?;
    say!(out, "`{name}` says what is left out, and what stops a commit")?;
    Ok(())
}

//! `envgate fix`: the fixes that findings offer, applied and proved by reading the result again.
//!
//! Not here: what a fix is, and how bytes are spliced.

mod generate;
mod modes;
mod proof;

use std::collections::BTreeMap;
use std::io::Write;

use similar::TextDiff;

use crate::cli::{Fix, Scope, When};
use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::engine::{self, Outcome};
use crate::files::{self, write_atomically};
use crate::fix;
use crate::render::visible_lines;
use crate::source::Source;

use super::check::{self, Prepared};
use super::terminal::{lang, say};
use super::{Error, Status, working_directory};
use proof::Checked;
pub(super) use proof::Overlay;

/// How often a file may be fixed and looked at again: one fix can uncover another finding.
const ROUNDS: usize = 40;

pub(super) fn run(arguments: &Fix, _color: When, out: &mut dyn Write) -> Result<Status, Error> {
    if let Some(file) = &arguments.generate {
        return generate::run(arguments, file.as_deref(), out);
    }
    let here = working_directory()?;
    // Which rules a fix was asked for says nothing about which ones it must not anger.
    let scope = Scope { only: Vec::new(), ignore: Vec::new(), ..arguments.scope.clone() };
    let prepared = check::prepare(&scope, &here)?;
    check::known(&arguments.scope, &prepared.loaded.config)?;
    prepared.refuse_mistakes(out)?;
    let mut overlay = Overlay::new(&prepared.tree);
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    let mut state = look(&prepared, &overlay)?;
    let mut fixed = false;
    for _ in 0..ROUNDS {
        match step(arguments, &prepared, &mut overlay, &state, &mut refused)? {
            Some(next) => (state, fixed) = (next, true),
            // What was refused may come out as meant now that something else is right.
            None if fixed && !refused.is_empty() => (refused, fixed) = (BTreeMap::new(), false),
            None => break,
        }
    }
    for (path, text) in overlay.texts() {
        if arguments.diff {
            diff(path, &prepared, text, &state.outcome, out)?;
        } else {
            write_atomically(&prepared.disk_path(path), text.as_bytes())?;
        }
    }
    modes::settle(arguments, &prepared, &mut state.outcome.findings, out)?;
    conclude(arguments, &overlay, &refused, &state, out)?;
    out.flush()?;
    let threshold = check::threshold(arguments.scope.fail_on, &prepared.loaded.config);
    let left = state.outcome.findings.iter().any(|finding| finding.severity >= threshold);
    Ok(if left { Status::Findings } else { Status::Clean })
}

fn look(prepared: &Prepared, overlay: &Overlay<'_>) -> Result<Checked, Error> {
    let mut settings = prepared.settings();
    Ok(Checked { outcome: engine::check(&prepared.files, &mut settings, overlay)? })
}

/// Fixes one file further; `None` where nothing is left that comes out as meant.
fn step(
    arguments: &Fix,
    prepared: &Prepared,
    overlay: &mut Overlay<'_>,
    state: &Checked,
    refused: &mut BTreeMap<String, String>,
) -> Result<Option<Checked>, Error> {
    for (path, offered) in offers(arguments, state, refused) {
        let Some((source, _)) = state.outcome.sources.get(path) else { continue };
        // All at once where that holds; else one by one, so that a bad one does not keep the others back.
        let singles = offered.iter().map(std::slice::from_ref);
        for findings in std::iter::once(offered.as_slice()).chain(singles.filter(|_| offered.len() > 1)) {
            let fixes: Vec<_> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
            let Some(fixed) = fix::apply(source, &fixes) else { continue };
            let before = overlay.put(path, fixed.text.clone());
            let after = look(prepared, overlay)?;
            let meant: Vec<&Diagnostic> = findings
                .iter()
                .zip(&fixed.applied)
                .filter(|(_, applied)| **applied)
                .map(|(one, _)| *one)
                .collect();
            if proof::holds(state, &after, &meant, source, &fixed.text) {
                return Ok(Some(after));
            }
            overlay.restore(path, before);
            if let [finding] = findings {
                let title = finding.fix.as_ref().map(|fix| fix.title.clone()).unwrap_or_default();
                refused.insert(identity(finding, source), title);
            }
        }
    }
    Ok(None)
}

/// The findings that offer a fix that was asked for, by file.
fn offers<'a>(
    arguments: &Fix,
    state: &'a Checked,
    refused: &BTreeMap<String, String>,
) -> BTreeMap<&'a str, Vec<&'a Diagnostic>> {
    let mut offers: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for finding in &state.outcome.findings {
        let wanted = |fix: &crate::diagnostic::Fix| fix.safety == Safety::Safe || arguments.allow_unsafe;
        let known = state.outcome.sources.get(&finding.path).map(|(source, _)| identity(finding, source));
        let open = known.is_some_and(|known| !refused.contains_key(&known));
        if finding.fix.as_ref().is_some_and(wanted) && is_asked(arguments, finding) && open {
            offers.entry(&finding.path).or_default().push(finding);
        }
    }
    offers
}

/// Whether findings of this rule are to be fixed.
fn is_asked(arguments: &Fix, finding: &Diagnostic) -> bool {
    let named = |words: &[String]| words.iter().any(|word| finding.meta.answers_to(word));
    (arguments.scope.only.is_empty() || named(&arguments.scope.only)) && !named(&arguments.scope.ignore)
}

/// What tells one finding from another in what is printed: place and code.
fn identity(finding: &Diagnostic, source: &Source) -> String {
    format!("{}:{} {}", finding.path, source.line(finding.span.start), finding.meta.code)
}

/// The change as a unified diff over masked text.
fn diff(
    path: &str,
    prepared: &Prepared,
    text: &str,
    outcome: &Outcome,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let before = Source::from_bytes(path, files::read(&prepared.disk_path(path))?);
    let own = prepared.loaded.config.own.as_deref();
    let masked = |source: &Source| engine::masked(source, &outcome.document(source), own, &outcome.declared);
    let (before, after) = (masked(&before), masked(&Source::new(path, text)));
    let diff = TextDiff::from_lines(before.text(), after.text());
    let (from, to) = (format!("a/{path}"), format!("b/{path}"));
    let unified = diff.unified_diff().context_radius(1).header(&from, &to).to_string();
    out.write_all(visible_lines(&unified).as_bytes())?;
    Ok(())
}

fn conclude(
    arguments: &Fix,
    overlay: &Overlay<'_>,
    refused: &BTreeMap<String, String>,
    state: &Checked,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let verb = if arguments.diff { "would change" } else { "changed" };
    for path in overlay.texts().map(|(path, _)| path) {
        writeln!(out, "{} {}", lang().text(verb), visible_lines(path))?;
    }
    for (place, title) in refused {
        say!(out, "left {}: to {title} would not come out as meant", visible_lines(place))?;
    }
    let count = |severity| state.outcome.findings.iter().map(|one| one.count(severity)).sum::<usize>();
    let files = overlay.texts().count();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    say!(
        out,
        "{files} file{} {verb}; {errors} error{} and {warnings} warning{} left",
        plural(files),
        plural(errors),
        plural(warnings)
    )?;
    Ok(())
}

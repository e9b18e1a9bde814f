//! ENV102: a value is shorter than its variable needs, in an env file or where it arrives.
//!
//! Not here: what the value is made of.

use std::sync::Arc;

use super::{Rule, meta};
use crate::diagnostic::{Diagnostic, Findings, Meta, Severity};
use crate::document::env::EnvFile;
use crate::project::belonging::{speaks_for_file, speaks_for_services};
use crate::project::resolve::OriginKind;
use crate::project::schema::{By, Voice};
use crate::project::uses::{Arrival, Surroundings, arrivals, is_plainly_no_secret, min_length, surroundings};
use crate::project::{File, Project, Role};
use crate::secrets::weak::{Weakness, is_template, weakness};

pub(super) struct TooShort;

impl Rule for TooShort {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV102",
            "too-short",
            Error,
            Heuristic,
            "a secret has fewer characters than its variable needs"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let surroundings = surroundings(file.source.path());
        if file.role == Role::Example || surroundings == Surroundings::Test {
            return;
        }
        for entry in &env.entries {
            let counts = env.entry(&entry.key).is_some_and(|last| last.key_span == entry.key_span);
            let Some(span) = entry.inner_span.filter(|_| counts) else { continue };
            let value = entry.plain(file.source.text());
            let Some((length, needed)) = shortfall(project, &entry.key, &value) else { continue };
            // A length that somebody says is demanded everywhere; what a name promises is not, on one's own machine.
            let said = is_said(project, &entry.key);
            let lenient = surroundings == Surroundings::Development && !said;
            // What goes as a whole, however long it is, is another rule's.
            match weakness(&value) {
                Some(Weakness::Placeholder) => continue,
                Some(Weakness::KnownDefault) if !said && project.is_secret(&entry.key) => continue,
                _ => {}
            }
            let severity = if lenient { Severity::Warning } else { Severity::Error };
            let message = format!("`{}` has {length} characters, {needed} needed", entry.key);
            let diagnostic = found.push(span, message);
            diagnostic.key(&entry.key).severity(severity).help(help(needed, project.is_secret(&entry.key)));
            let speaks = || speaks_for_file(project, &entry.key, file.source.path());
            point(diagnostic, asking(project, &entry.key), &speaks);
        }
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        for arrival in arrivals(project) {
            if let Some((length, needed)) = shortfall(project, arrival.key, arrival.value) {
                let message = message(&arrival, length, needed);
                let diagnostic = found.push_in(arrival.path.clone(), arrival.span, message);
                diagnostic
                    .key(arrival.key)
                    .service(arrival.services.first().copied().unwrap_or_default())
                    .help(remedy(&arrival, needed, project.is_secret(arrival.key)));
                let speaks = || speaks_for_services(project, &arrival);
                point(diagnostic, asking(project, arrival.key), &speaks);
            }
        }
    }
}

/// Who asks for the length, where it is not built in by name.
fn asking<'a>(project: &'a Project<'_>, name: &str) -> Option<&'a By> {
    project.schema().get(name)?.min_length.as_ref().map(|said| &said.by)
}

/// Points at the line that asks; a settings class of another program asks for nothing here, as far as can be told.
fn point(diagnostic: &mut Diagnostic, by: Option<&By>, speaks: &dyn Fn() -> bool) {
    let Some(by) = by.filter(|by| !by.path.is_empty()) else { return };
    if by.voice == Voice::Settings && !speaks() {
        diagnostic.severity(Severity::Warning);
    }
    if diagnostic.path != by.path {
        diagnostic.label(Arc::clone(&by.path), by.span, "declared here");
    }
}

fn remedy(arrival: &Arrival<'_>, needed: usize, secret: bool) -> String {
    let key = arrival.key;
    match arrival.kind {
        OriginKind::Fallback => {
            format!(
                "write `${{{key}:?set {key}}}` here, and set `{key}` in an env file; {}",
                help(needed, secret)
            )
        }
        OriginKind::Environment => {
            format!(
                "take the value out of this file and set `{key}` in an env file; {}",
                help(needed, secret)
            )
        }
        _ => help(needed, secret),
    }
}

fn message(arrival: &Arrival<'_>, length: usize, needed: usize) -> String {
    let services = arrival.services_text();
    let key = arrival.key;
    if arrival.kind == OriginKind::Fallback {
        format!(
            "`{key}` has {length} characters, {needed} needed: the fallback is what arrives in {services}"
        )
    } else {
        format!("`{key}` has {length} characters, {needed} needed, and arrives in {services}")
    }
}

fn help(needed: usize, secret: bool) -> String {
    if !secret {
        return format!("write {needed} characters or more");
    }
    // Base64 makes four characters out of three bytes.
    let bytes = needed.div_ceil(4) * 3;
    format!("one of {needed} characters or more: `openssl rand -base64 {bytes}`")
}

/// Whether somebody says how long the variable has to be.
fn is_said(project: &Project<'_>, name: &str) -> bool {
    project.schema().get(name).is_some_and(|expectation| expectation.min_length.is_some())
}

/// How long the value is and how long it must be, where it is too short.
fn shortfall(project: &Project<'_>, name: &str, value: &str) -> Option<(usize, usize)> {
    let needed = min_length(project, name)?;
    let length = value.chars().count();
    // Where a length is asked for by name alone, a switch or a number is hardly what the name promises.
    let said = is_said(project, name);
    let judged = length > 0 && !is_template(value) && (said || !is_plainly_no_secret(value));
    (judged && length < needed).then_some((length, needed))
}

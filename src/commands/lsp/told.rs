//! Findings as the editor is told of them, and their fixes as actions.
//!
//! Not here: finding.

use std::collections::BTreeMap;
use std::str::FromStr;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeDescription, Diagnostic,
    DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Range, TextEdit, Uri,
    WorkspaceEdit,
};

use crate::diagnostic::{Finding, Safety, Severity};
use crate::lang::Lang;
use crate::render::page_address;

use super::place::{range, uri};
use super::world::{Seen, World};

/// The diagnostics of each file that has some.
pub(super) fn diagnostics(world: &World, seen: &Seen, lang: Lang) -> BTreeMap<String, Vec<Diagnostic>> {
    let mut told: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for finding in &seen.findings {
        if let Some(diagnostic) = diagnostic(finding, world, seen, lang) {
            told.entry(finding.diagnostic.path.to_string()).or_default().push(diagnostic);
        }
    }
    told
}

fn diagnostic(finding: &Finding, world: &World, seen: &Seen, lang: Lang) -> Option<Diagnostic> {
    let found = &finding.diagnostic;
    let source = seen.source(&found.path)?;
    let mut message = lang.text(&found.message).into_owned();
    if let Some(help) = &found.help {
        message.push('\n');
        message.push_str(&lang.text(help));
    }
    let related = found.labels.iter().filter_map(|label| {
        let source = seen.source(&label.path)?;
        let location = Location { uri: uri(&world.place(&label.path))?, range: range(source, label.span) };
        Some(DiagnosticRelatedInformation { location, message: lang.text(&label.message).into_owned() })
    });
    let related: Vec<_> = related.collect();
    let address = page_address(found.meta).and_then(|address| Uri::from_str(&address).ok());
    Some(Diagnostic {
        range: range(source, found.span),
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Info => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(found.meta.code.to_owned())),
        code_description: address.map(|href| CodeDescription { href }),
        source: Some("envgate".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        ..Diagnostic::default()
    })
}

/// The fixes of the findings in a part of a file. What is not proved says so.
pub(super) fn actions(
    path: &str,
    part: Range,
    world: &World,
    seen: &Seen,
    lang: Lang,
) -> Vec<CodeActionOrCommand> {
    let here = seen.findings.iter().filter(|finding| *finding.diagnostic.path == *path);
    let offered = here.filter_map(|finding| {
        let (found, source) = (&finding.diagnostic, seen.source(path)?);
        let fix = found.fix.as_ref()?;
        let place = range(source, found.span);
        if place.end < part.start || part.end < place.start {
            return None;
        }
        let edits = fix
            .edits
            .iter()
            .map(|edit| TextEdit { range: range(source, edit.span), new_text: edit.replacement.clone() });
        let safe = fix.safety == Safety::Safe;
        let doubt = if safe { "" } else { " (look at what it changes)" };
        let edit = WorkspaceEdit {
            changes: Some([(uri(&world.place(path))?, edits.collect())].into_iter().collect()),
            ..WorkspaceEdit::default()
        };
        Some(CodeActionOrCommand::CodeAction(CodeAction {
            title: format!("{}: {}{}", found.meta.code, lang.text(&fix.title), lang.text(doubt)),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: diagnostic(finding, world, seen, lang).map(|one| vec![one]),
            edit: Some(edit),
            is_preferred: Some(safe),
            ..CodeAction::default()
        }))
    });
    offered.collect()
}

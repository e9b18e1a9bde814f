//! CMP010: an unquoted number or boolean that YAML turns into another text (`1.10` becomes `1.1`).
//!
//! Not here: dates, which compose refuses (CMP107), and scalars that arrive as they are written.

use std::collections::HashSet;

use crate::diagnostic::{Edit, Findings, Fix, Meta, Safety};
use crate::document::compose::{ComposeFile, Setting, Value};
use crate::document::yaml::{Node, Style, Typed};
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct ChangedScalar;

impl Rule for ChangedScalar {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP010",
            "changed-scalar",
            Warning,
            Certain,
            "an unquoted value arrives as another text than the one that is written"
        )
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        _project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        // An anchor's mapping is read in every service that uses it.
        let mut seen = HashSet::new();
        for service in &compose.services {
            let environment = service.node.get("environment");
            let args = service.node.at(&["build", "args"]);
            let settings = service.environment.iter();
            let settings = settings.chain(service.build.iter().flat_map(|build| &build.args));
            let nodes: Vec<&Node> = environment.into_iter().chain(args).collect();
            for setting in settings.filter(|setting| !setting.in_list) {
                let Some(value) = &setting.value else { continue };
                let mut nodes = nodes.iter().filter_map(|node| node.get(&setting.key));
                let node = nodes.find(|node| node.target().span == value.span);
                if let Some(node) = node.filter(|_| seen.insert(value.span)) {
                    check(setting, value, node, &service.name.value, file, found);
                }
            }
        }
    }
}

fn check(
    setting: &Setting,
    value: &Value,
    node: &Node,
    service: &str,
    file: &File,
    found: &mut Findings<'_>,
) {
    let node = node.target();
    let what = match node.typed() {
        Some(Typed::Boolean(_)) => "a boolean",
        Some(Typed::Integer(_) | Typed::Float(_)) => "a number",
        _ => return,
    };
    let written = file.source.slice(node.span);
    if node.style() != Some(Style::Plain) || written == value.text {
        return;
    }
    let key = &setting.key;
    // The text itself may be a secret that looks like a number.
    let message = format!("`{key}` is read as {what} and arrives as another text than the one written here");
    let edits = [node.span.start, node.span.end]
        .map(|at| Edit { span: Span::new(at, at), replacement: "\"".to_owned() });
    found
        .push(node.span, message)
        .key(key.clone())
        .service(service)
        .help(format!("put the value of `{key}` in quotes"))
        .fix(Fix { title: "quote the value".to_owned(), safety: Safety::Safe, edits: edits.into() });
}

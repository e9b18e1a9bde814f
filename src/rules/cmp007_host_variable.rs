//! CMP007: a `$NAME` in a command or health check that compose fills in on the host, where nobody sets it,
//! though the container has it.
//!
//! Not here: variables that somebody sets for compose, and those that nobody has.

use std::collections::HashSet;

use crate::diagnostic::{Edit, Findings, Fix, Meta, Safety, Severity};
use crate::document::compose::ComposeFile;
use crate::document::compose::template::Variable;
use crate::project::container::{Run, Whose, is_of_machine, runs, whose};
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct HostVariable;

impl Rule for HostVariable {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP007",
            "host-variable",
            Error,
            Certain,
            "a container's variable is filled in on the host, with a blank"
        )
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        // An anchor's text is read in every service that uses it.
        let mut seen: HashSet<Span> = HashSet::new();
        for service in &compose.services {
            for run in runs(service, file) {
                for part in &run.parts {
                    for variable in part.template.value_variables() {
                        let whose = whose(project, file, &run, variable);
                        if let Some(whose) = whose.filter(|_| seen.insert(variable.span)) {
                            let machine = is_of_machine(project, file, variable);
                            report(variable, whose, machine, &run, found);
                        }
                    }
                }
            }
        }
    }
}

fn report(variable: &Variable, whose: Whose, machine: bool, run: &Run<'_>, found: &mut Findings<'_>) {
    let (name, service) = (&variable.name, &run.service.name.value);
    let has = match whose {
        Whose::Environment => format!("the environment of `{service}` has it"),
        Whose::Text => "this text sets it itself".to_owned(),
        Whose::Everywhere => "every container has it".to_owned(),
    };
    let message = if machine {
        format!("compose fills in `{name}` with the host's own; {has}")
    } else {
        format!("compose fills in `{name}` on the host, where nobody sets it; {has}")
    };
    let finding = found.push(variable.span, message);
    finding.key(name.clone()).service(service.clone());
    if whose == Whose::Everywhere {
        finding.severity(Severity::Warning);
    }
    let doubled = if variable.braced { format!("$${{{name}}}") } else { format!("$${name}") };
    if run.by_shell {
        let at = variable.span.start;
        let edits = vec![Edit { span: Span::new(at, at), replacement: "$".to_owned() }];
        finding
            .help(format!(
                "write `{doubled}`: compose hands on one `$`, and the container's shell fills it in"
            ))
            .fix(Fix { title: format!("leave `{name}` to the container"), safety: Safety::Safe, edits });
    } else {
        finding.help(format!(
            "no shell reads this text in the container: write `sh -c '… {doubled} …'`, or `${{{name}:?set {name}}}` where compose is to fill it in"
        ));
    }
}

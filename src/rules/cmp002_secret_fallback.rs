//! CMP002: a secret-named variable with a fallback that stands in the compose file.

use crate::diagnostic::{Findings, Fix, Meta, Safety};
use crate::document::compose::ComposeFile;
use crate::document::compose::template::{Operator, Template, Variable};
use crate::project::strength::{Strength, may_be_secret};
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct SecretFallback;

impl Rule for SecretFallback {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP002",
            "secret-fallback",
            Error,
            Certain,
            "a secret falls back to a text in the compose file"
        )
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        _file: &File,
        project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        for value in &compose.templates {
            for variable in value.template.value_variables() {
                if project.is_secret(&variable.name) && !said_further_in(project, &variable.word) {
                    report(&variable.name, variable, project, found);
                }
            }
        }
        let settings = compose.services.iter().flat_map(|service| {
            let args = service.build.iter().flat_map(|build| &build.args);
            service.environment.iter().chain(args)
        });
        for setting in settings {
            // A secret filled from a name that does not say so: `SECRET_KEY: ${APP_KEY:-…}`.
            let single = setting.value.as_ref().and_then(|value| value.template.single());
            let Some(variable) = single.filter(|_| project.is_secret(&setting.key)) else { continue };
            let named = !project.is_secret(&variable.name);
            let identifier = setting.key.to_ascii_uppercase().ends_with("ACCESS_KEY");
            if named && !identifier && !said_further_in(project, &variable.word) {
                report(&setting.key, variable, project, found);
            }
        }
    }
}

/// Whether the fallback is another secret's own, which is reported there.
fn said_further_in(project: &Project<'_>, word: &Template) -> bool {
    word.value_variables()
        .iter()
        .any(|inner| project.is_secret(&inner.name) && !inner.word.unset_text().is_empty())
}

fn report(name: &str, variable: &Variable, project: &Project<'_>, found: &mut Findings<'_>) {
    let fallback = variable.word.unset_text();
    let falls_back = matches!(variable.operator, Some(Operator::Default { .. }));
    if !falls_back || !may_be_secret(name, &fallback) {
        return;
    }
    let strength = Strength::of(&project.expectations, name, &fallback);
    let message = format!("`{name}` falls back to a text in this file ({})", strength.describe());
    let source = &variable.name;
    let edit = Span::new(variable.operator_span.start, variable.word_span.end);
    let replacement = format!(":?set {source}");
    found
        .push(variable.span, message)
        .key(name)
        .help(format!("write `${{{source}:?set {source}}}`: compose then stops where the secret is missing, instead of starting with one that everybody can read"))
        .fix(Fix::replace(format!("require `{source}`"), Safety::Unsafe, edit, replacement));
}

//! CMP201: a secret written into the compose file.

use std::collections::HashSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::{ComposeFile, Setting};
use crate::project::strength::{Strength, may_be_secret};
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct LiteralSecret;

impl Rule for LiteralSecret {
    fn meta(&self) -> &'static Meta {
        meta!("CMP201", "literal-secret", Error, Certain, "a secret is written into the compose file")
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        _file: &File,
        project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        // An anchor's mapping is read in every service that uses it.
        let mut seen: HashSet<Span> = HashSet::new();
        for service in &compose.services {
            let args = service.build.iter().flat_map(|build| &build.args);
            let settings = service.environment.iter().chain(args);
            for setting in settings.filter(|setting| seen.insert(setting.span)) {
                check_setting(setting, &setting.key, &service.name.value, project, found);
            }
            for label in service.labels.iter().filter(|label| seen.insert(label.span)) {
                // `traefik.http.routers.token-service.rule` is about something that is called so.
                let name = label.key.rsplit('.').next().unwrap_or_default();
                check_setting(label, name, &service.name.value, project, found);
            }
        }
        for credential in &compose.credentials {
            let Some(argument) = &credential.argument else { continue };
            let Some(text) = credential.template.as_literal().filter(|text| !text.is_empty()) else {
                continue;
            };
            let name = argument.trim_start_matches(['-', '"', '\'']);
            // `$$NAME` is the container's own variable.
            if text.starts_with(['$', '-', '"', '\'']) || !may_be_secret(name, text) {
                continue;
            }
            let strength = Strength::of(&project.expectations, name, text);
            found
                .push(
                    credential.span,
                    format!("the value of `{argument}` is written here ({})", strength.describe()),
                )
                .key(name)
                .help(format!(
                    "set it in an env file that is not in git, and write `${{{0}:?set {0}}}` here",
                    variable_name(name)
                ));
        }
    }
}

fn check_setting(
    setting: &Setting,
    name: &str,
    service: &str,
    project: &Project<'_>,
    found: &mut Findings<'_>,
) {
    let Some(value) = setting.value.as_ref().filter(|_| project.is_secret(name)) else { return };
    let Some(text) = value.template.as_literal().filter(|text| may_be_secret(&setting.key, text)) else {
        return;
    };
    // `$$NAME` is filled in by the container's shell.
    if text.starts_with('$') {
        return;
    }
    let key = &setting.key;
    let variable = variable_name(key);
    let strength = Strength::of(&project.expectations, key, text);
    found
        .push(value.span, format!("`{key}` is written into this file ({})", strength.describe()))
        .key(key.clone())
        .service(service)
        .help(format!("set `{variable}` in an env file that is not in git, and write `${{{variable}:?set {variable}}}` here; then change the secret, it is in git's history"));
}

/// A name that compose can fill in, for a label's or an argument's.
fn variable_name(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    upper.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '_' }).collect()
}

//! CMP203: a secret given to a build as an argument, where it stays in the image's history.
//!
//! Not here: the value that is written there (CMP201, CMP002).

use std::collections::HashSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::ComposeFile;
use crate::project::{File, Project};

use super::{Rule, meta};

/// Beginnings of names whose values are sent to browsers anyway (ENV108).
const PUBLIC: &[&str] =
    &["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "EXPO_PUBLIC_"];

/// The rule.
#[derive(Debug)]
pub(super) struct BuildSecret;

impl Rule for BuildSecret {
    fn meta(&self) -> &'static Meta {
        meta!("CMP203", "build-secret", Error, Certain, "a secret is given to a build as an argument")
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        _file: &File,
        project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        let mut seen = HashSet::new();
        for service in &compose.services {
            for arg in service.build.iter().flat_map(|build| &build.args) {
                let public = PUBLIC.iter().any(|beginning| arg.key.starts_with(beginning));
                let blank = arg.value.as_ref().is_some_and(|value| value.text.is_empty());
                if !project.is_secret(&arg.key) || public || blank || !seen.insert(arg.key_span) {
                    continue;
                }
                let key = &arg.key;
                let id = key.to_ascii_lowercase();
                found
                    .push(arg.key_span, format!("the build argument `{key}` stays readable in the image"))
                    .key(key.clone())
                    .service(service.name.value.clone())
                    .help(format!(
                        "give it as a build secret: `secrets: [{id}]` under `build`, `{id}: {{environment: {key}}}` under the top-level `secrets`, and `RUN --mount=type=secret,id={id}` in the Dockerfile"
                    ));
            }
        }
    }
}

//! ENV202: one secret in the env files of two stages.
//!
//! Not here: layers of one stage, such as `.env` and `.env.local`.

use std::collections::HashMap;

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::project::held::{Held, held};
use crate::project::stage::{self, Stage};
use crate::project::{File, Project, Role};

pub(super) struct SameSecret;

impl Rule for SameSecret {
    fn meta(&self) -> &'static Meta {
        meta!("ENV202", "same-secret", Error, Certain, "one secret stands in two environments")
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut files: Vec<(Stage, &File, Vec<Held<'_>>)> = Vec::new();
        for file in project.files.iter().filter(|file| file.checked && file.role != Role::Example) {
            let Document::Env(env) = &file.document else { continue };
            if let Some(stage) = stage::of(project, file, env) {
                files.push((stage, file, held(project, file, env)));
            }
        }
        // Production's first: the finding stands where its secret does not belong.
        files.sort_by(|one, two| (&one.0, one.1.source.path()).cmp(&(&two.0, two.1.source.path())));
        let mut known: HashMap<&str, (&Stage, &File, &Held<'_>)> = HashMap::new();
        for (stage, file, secrets) in &files {
            for secret in secrets.iter().filter(|secret| !is_for_everyone(&secret.entry.key)) {
                let Some((of, first, other)) = known.get(secret.value.as_ref()) else {
                    known.insert(secret.value.as_ref(), (stage, file, secret));
                    continue;
                };
                if *of == stage {
                    continue;
                }
                let key = &secret.entry.key;
                let (here, there) = (stage.name(), of.name());
                let message = if other.entry.key == *key {
                    format!("`{key}` has the same value in {here} as in {there}")
                } else {
                    format!("`{key}` in {here} has the value of `{}` in {there}", other.entry.key)
                };
                found
                    .push_in(
                        file.source.shared_path(),
                        secret.entry.raw_span.unwrap_or(secret.entry.key_span),
                        message,
                    )
                    .key(key)
                    .help(format!(
                        "make one for {here} alone: whoever reads this file has the one for {there} too"
                    ))
                    .label(first.source.shared_path(), other.entry.key_span, "the same secret");
            }
        }
    }
}

/// Whether the variable is shipped to browsers, so that nothing is lost by using it twice.
fn is_for_everyone(key: &str) -> bool {
    ["NEXT_PUBLIC_", "NUXT_PUBLIC_", "EXPO_PUBLIC_", "REACT_APP_", "GATSBY_", "VITE_", "PUBLIC_"]
        .iter()
        .any(|prefix| key.starts_with(prefix))
}

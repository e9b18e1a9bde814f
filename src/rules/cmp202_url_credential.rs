//! CMP202: a password in a URL, as written or as its fallback.

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::ComposeFile;
use crate::document::compose::template::Template;
use crate::project::names::is_secret;
use crate::project::strength::Strength;
use crate::project::{File, Project};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct UrlCredential;

impl Rule for UrlCredential {
    fn meta(&self) -> &'static Meta {
        meta!("CMP202", "url-credential", Error, Certain, "a URL in the compose file has a password in it")
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        _file: &File,
        project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        for credential in compose.credentials.iter().filter(|credential| credential.argument.is_none()) {
            let text = credential.template.unset_text();
            if text.is_empty() || said_elsewhere(&credential.template) {
                continue;
            }
            let strength = Strength::of(&project.expectations, "PASSWORD", &text);
            let literal = credential.template.as_literal().is_some();
            let what = if literal { "a password" } else { "a password as fallback" };
            found
                .push(credential.span, format!("this URL has {what} in it ({})", strength.describe()))
                .help("take it from a variable: `scheme://user:${DB_PASSWORD:?set DB_PASSWORD}@host/…`");
        }
    }
}

/// Fallbacks of secret-named variables are CMP002's.
fn said_elsewhere(template: &Template) -> bool {
    let literal = template
        .pieces
        .iter()
        .any(|piece| matches!(piece, crate::document::compose::template::Piece::Literal { .. }));
    !literal && template.value_variables().iter().any(|variable| is_secret(&variable.name))
}

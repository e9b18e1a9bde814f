//! `--verify`: what the vendors say of the tokens that were found, told with the findings.
//!
//! Not here: the requests. The token is in no text that is printed, and nothing is kept on the disk.

use std::collections::HashMap;
use std::ffi::OsString;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::secrets::{PATTERNS, Request};
use crate::verify::{Answer, Asker};

use super::Error;

/// The most tokens that one command asks about.
const MOST: usize = 100;

/// What tests put in the place of all vendors: an address of this machine, and nothing else.
const INSTEAD: &str = "ENVGATE_VERIFY_LOOPBACK";

/// What git, and what calls hooks for it, tell a hook in its environment.
const HOOKS: [&str; 3] = ["GIT_INDEX_FILE", "GIT_EXEC_PATH", "PRE_COMMIT"];

/// Refuses where a hook asks: a commit waits for nobody, and no hook sends secrets anywhere.
///
/// # Errors
///
/// In a hook.
pub(super) fn refuse_hooks() -> Result<(), Error> {
    if HOOKS.iter().any(|name| variable(name).is_some()) { Err(Error::VerifyInHook) } else { Ok(()) }
}

/// Asks about each token of the report once, and tells the answer with its finding; what lives is an error. `secret_of`
/// gives the text of a finding as it stands in the file.
///
/// # Errors
///
/// Where the address that stands for the vendors leads away from this machine.
pub(super) fn judge<'s>(
    report: &mut Report,
    secret_of: impl Fn(&Diagnostic) -> Option<&'s str>,
) -> Result<(), Error> {
    let instead = variable(INSTEAD).map(|value| value.to_string_lossy().into_owned());
    let mut asker = Asker::new(instead.as_deref())?;
    let mut known: HashMap<(&str, [u8; 32]), Answer> = HashMap::new();
    for finding in &mut report.findings {
        let diagnostic = &mut finding.diagnostic;
        let Some(request) = request_for(diagnostic) else { continue };
        let Some(secret) = secret_of(diagnostic) else { continue };
        let key = (diagnostic.meta.code, Sha256::digest(secret.as_bytes()).into());
        let answer = match known.get(&key) {
            Some(answer) => *answer,
            None if known.len() >= MOST => Answer::Unknown("enough was asked already"),
            None => asker.ask(request, secret),
        };
        known.insert(key, answer);
        diagnostic.message.push_str(&said(answer, request.host()));
        if answer == Answer::Live {
            diagnostic.severity = Severity::Error;
        }
    }
    Ok(())
}

/// The request of the kind that was found. What stands encoded in the file is not sent: it is not the token.
fn request_for(diagnostic: &Diagnostic) -> Option<&'static Request> {
    let pattern = PATTERNS.iter().find(|pattern| pattern.meta.code == diagnostic.meta.code)?;
    pattern.verify.as_ref().filter(|_| !diagnostic.message.contains(", encoded"))
}

fn said(answer: Answer, host: &str) -> String {
    match answer {
        Answer::Live => format!("; live: `{host}` accepts it"),
        Answer::Dead => format!("; dead: `{host}` refuses it"),
        Answer::Unknown(why) => format!("; unknown whether it lives, asked at `{host}`: {why}"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a hook is known by its environment; a test names its own server there"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

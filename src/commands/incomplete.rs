//! What a check did not look at: it is told beside what was found, and the check fails whatever that is.
//!
//! Not here: inputs that others hang on. Where one of those cannot be read nothing is told at all.

use std::io;

use super::Error;
use crate::cli::{Format, Look};
use crate::engine::{Outcome, Unreadable};

/// A report of a check that did not look at everything, where whole ones are joined.
#[derive(Debug, thiserror::Error)]
#[error("the report `{path}` is of a check that is not whole: {what}")]
pub struct Incomplete {
    /// The report.
    pub path: String,
    /// What that check said of it.
    pub what: String,
}

/// Whether each format that is asked for can say that a check is not whole. In the others a report would pass for one
/// of a whole check.
pub(super) fn is_sayable(look: &Look) -> bool {
    let sayable = |format| matches!(format, Format::Human | Format::Json | Format::Sarif);
    sayable(look.format) && look.output.iter().all(|output| sayable(output.format))
}

/// What was not looked at, a sentence each, in the words in which a command ends for it.
pub(super) fn told(outcome: &Outcome) -> Vec<String> {
    let unread = outcome.unread.iter().map(|one| unreadable([one]).to_string());
    let broken = outcome.broken.iter().map(|paths| Error::Broken { paths: paths.clone() }.to_string());
    unread.chain(broken).collect()
}

/// Why the command fails. What is broken has been printed as a finding, and is told again only where all else was read.
pub(super) fn error(outcome: &Outcome) -> Error {
    if outcome.unread.is_empty() {
        return Error::Broken { paths: outcome.broken.join("`, `") };
    }
    unreadable(&outcome.unread).into()
}

fn unreadable<'a>(files: impl IntoIterator<Item = &'a (String, &'static str)>) -> Unreadable {
    let files = files.into_iter().map(|(path, why)| (path.clone(), io::Error::other(*why)));
    Unreadable(files.collect())
}

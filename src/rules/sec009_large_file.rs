//! SEC009: a text file of more than a megabyte.
//!
//! Not here: files that are not text, which no rule sees; how the file came to be.

use crate::diagnostic::{Findings, Meta, Severity};
use crate::project::File;
use crate::rules::{Rule, meta};
use crate::source::{Span, file_name, is_lock_name};

/// The rule.
pub(super) struct LargeFile;

/// The largest size, in bytes, that nobody is told about.
const LIMIT: usize = 1_000_000;

impl Rule for LargeFile {
    fn meta(&self) -> &'static Meta {
        meta!("SEC009", "large-file", Info, Certain, "file is larger than a megabyte")
    }

    fn check_text(&self, file: &File, found: &mut Findings<'_>) {
        let size = file.source.text().len();
        // Lock files are meant to be committed, whatever their size.
        if size <= LIMIT || is_lock_name(file_name(file.source.path())) {
            return;
        }
        let message = format!("file has {size} bytes, more than {LIMIT}");
        let finding = found.push(Span::new(0, 0), message);
        finding.help(
            "dumps, logs and data sets stay in every clone for ever: keep them outside git (a release asset, object storage, git LFS) \
             and add the path to `.gitignore`",
        );
        if file.tracked == Some(true) {
            finding.severity(Severity::Warning);
        }
    }
}

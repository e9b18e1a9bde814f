//! SEC009: a text file of more than a megabyte.
//!
//! Not here: files that are not text, which no rule sees; how the file came to be.

use crate::diagnostic::{Findings, Meta, Severity};
use crate::project::File;
use crate::rules::{Rule, meta};
use crate::source::{Span, file_name};

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
        if size <= LIMIT || is_generated(file.source.path()) {
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

/// Lock files are meant to be committed, whatever their size.
fn is_generated(path: &str) -> bool {
    let name = file_name(path);
    name.ends_with(".lock")
        || matches!(name, "package-lock.json" | "npm-shrinkwrap.json" | "pnpm-lock.yaml" | "go.sum")
}

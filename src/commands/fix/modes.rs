//! Hooks that are not executable: made so on the disk, and in the index for whoever clones.
//!
//! Not here: which hooks have to be.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::Fix;
use crate::diagnostic::Diagnostic;
use crate::files;
use crate::git;
use crate::render::visible_lines;

use super::super::Error;
use super::super::check::Prepared;
use super::super::terminal::say;
use super::is_asked;

/// The rule whose findings are put right here: an edit of the text could not.
const CODE: &str = "HOK001";

/// Makes each hook executable that was found not to be, and takes its finding out of `findings`.
///
/// # Errors
///
/// Where a mode cannot be written.
pub(super) fn settle(
    arguments: &Fix,
    prepared: &Prepared,
    findings: &mut Vec<Diagnostic>,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let asked = |finding: &Diagnostic| finding.meta.code == CODE && is_asked(arguments, finding);
    let paths: Vec<_> =
        findings.iter().filter(|finding| asked(finding)).map(|one| one.path.clone()).collect();
    for path in paths {
        let shown = visible_lines(&path);
        if arguments.diff {
            say!(out, "{shown}: old mode 644, new mode 755")?;
        } else {
            let place = prepared.disk_path(&path);
            files::let_run(&place)?;
            let tracked = match inside(prepared, &place) {
                Some((top, inside)) => git::let_run(&top, &inside, &|file| files::read_whole(file).ok())?,
                None => false,
            };
            let index = if tracked { ", in the index too" } else { "" };
            say!(out, "changed {shown}: it is executable now{index}")?;
        }
        findings.retain(|finding| finding.path != path || !asked(finding));
    }
    Ok(())
}

/// The top of the work tree, and the path from there, links on the way to it resolved.
fn inside(prepared: &Prepared, path: &Path) -> Option<(PathBuf, PathBuf)> {
    let top = files::real(Path::new(prepared.work_tree()?))?;
    let directory = files::real(path.parent()?)?;
    let inside = directory.strip_prefix(&top).ok()?.join(path.file_name()?);
    Some((top, inside))
}

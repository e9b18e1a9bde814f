//! HOK004: hooks written for another version of husky than the project depends on.

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::shell::Script;
use crate::project::husky::{Husky, OLD_LINE};
use crate::project::{File, Project, Role};
use crate::source::{Span, file_name};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct HuskyFormat;

impl Rule for HuskyFormat {
    fn meta(&self) -> &'static Meta {
        meta!("HOK004", "husky-format", Error, Certain, "the hook is written for another version of husky")
    }

    /// Version 4's block beside a dependency on a later version.
    fn check_text(&self, file: &File, found: &mut Findings<'_>) {
        if file_name(file.source.path()) != "package.json" {
            return;
        }
        let Some(husky) = Husky::read(file.source.text()) else { return };
        if let (Some(block), Some(major @ 5..)) = (husky.block, husky.major) {
            found.push(block, format!("husky {major} does not read this block, so none of its hooks runs")).help(
                "write each hook into a file `.husky/NAME`, take the block away, and let the script `prepare` run husky",
            );
        }
    }

    fn check_shell(&self, _script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let path = file.source.path();
        let husky = Husky::of(path, project.tree).filter(|_| file.role == Role::Hook);
        let Some(major) = husky.and_then(|husky| husky.major) else { return };
        let old = old_line(file.source.text());
        match (major, old) {
            (..=4, _) => {
                let message =
                    format!("husky {major} reads its hooks from `package.json`, and never this file");
                found
                    .push(file.source.line_span(1), message)
                    .help("depend on husky 9: `npm install --save-dev husky`");
            }
            (9, Some(span)) => {
                found
                    .push(span, "husky 9 needs no line for `husky.sh`, and husky 10 fails at it")
                    .severity(Severity::Warning)
                    .help("take away the first line and this one");
            }
            (10.., Some(span)) => {
                let message =
                    format!("there is no `husky.sh` in husky {major}, so the hook fails at this line");
                found.push(span, message).help("take away the first line and this one");
            }
            _ => {}
        }
    }
}

/// The line that versions 5 to 8 begin a hook with.
fn old_line(text: &str) -> Option<Span> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let sources = line.trim_start().starts_with(". ") || line.trim_start().starts_with("source ");
        if sources && line.contains(OLD_LINE) {
            return Some(Span::new(at, at + line.trim_end().len()));
        }
        at += line.len();
    }
    None
}

//! HOK201: file names from git are taken apart at blanks, or used in the quoted form git prints.

use std::collections::BTreeSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Script, Simple};
use crate::project::staged::{Taking, uses};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct SplitNames;

impl Rule for SplitNames {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK201",
            "split-names",
            Error,
            Certain,
            "files with blanks or accents in their names are not looked at"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        if !hooks::is_hook(file) {
            return;
        }
        let mut seen: BTreeSet<Span> = BTreeSet::new();
        for used in uses(script) {
            let Some(span) = span_of(used.listing).filter(|span| !seen.contains(span)) else { continue };
            let quotes = !unquoted(used.listing);
            let fault = match used.taking {
                Taking::Split => "a name with a blank falls apart",
                Taking::Xargs => "a name with a blank or a quote falls apart",
                Taking::Lines if quotes => "the names cannot be opened",
                Taking::Lines => continue,
            };
            if used.listing.words.iter().any(|word| word.raw == "-z") {
                continue;
            }
            seen.insert(span);
            let accents = if quotes { ", and git writes `ñ` as `\\303\\261` in quotes" } else { "" };
            let finding = found.push(span, format!("{fault}{accents}: such files pass unseen"));
            finding.help("ask for `-z` and read with `while IFS= read -r -d '' name` (or `xargs -0`)");
        }
    }
}

/// Whether git is told not to quote.
fn unquoted(simple: &Simple) -> bool {
    simple.words.iter().any(|word| word.raw.eq_ignore_ascii_case("core.quotePath=false"))
}

fn span_of(simple: &Simple) -> Option<Span> {
    Some(Span::new(simple.words.first()?.span.start, simple.words.last()?.span.end))
}

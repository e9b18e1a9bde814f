//! A fix that calls itself safe is applied to its fixture, and what it mends is not found again.
//!
//! Not here: how fixes are written to disk.

use std::fs;

use crate::support::Case;
use envgate::diagnostic::{Edit, Safety};

/// The case with all safe fixes of `code` applied, and how many there were.
fn mended(case: &Case, code: &str) -> (Case, usize) {
    let outcome = case.check();
    let mut after = Case { files: case.files.clone() };
    let mut count = 0;
    let safe = outcome.findings.iter().filter(|finding| finding.meta.code == code);
    let mut edits: Vec<(String, Edit)> = Vec::new();
    for finding in safe {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safety == Safety::Safe) else { continue };
        count += 1;
        edits.extend(fix.edits.iter().map(|edit| (finding.path.to_string(), edit.clone())));
    }
    edits.sort_by_key(|(_, edit)| std::cmp::Reverse(edit.span.start));
    for (path, edit) in edits {
        let (bytes, _) = after.files.get_mut(&path).unwrap();
        bytes.splice(edit.span.start..edit.span.end, edit.replacement.into_bytes());
    }
    (after, count)
}

#[test]
fn safe_fixes_mend_what_they_are_for() {
    let mut applied = 0;
    for code in [
        "ENV008", "ENV009", "ENV012", "ENV015", "ENV104", "ENV105", "CMP008", "HOK006", "HOK101", "HOK103",
        "HOK108", "HOK201",
    ] {
        for entry in fs::read_dir(format!("fixtures/{code}/bad")).unwrap() {
            let path = entry.unwrap().path();
            let case = Case::read(&path);
            let before = case.check().findings.iter().filter(|finding| finding.meta.code == code).count();
            let (after, count) = mended(&case, code);
            let left: Vec<_> =
                after.check().findings.into_iter().filter(|finding| finding.meta.code == code).collect();
            assert_eq!(left.len(), before - count, "{}: {left:?}", path.display());
            applied += count;
        }
    }
    assert!(applied >= 12, "{applied} safe fixes are shown by fixtures");
}

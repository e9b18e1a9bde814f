//! The lines that run the check in a hook that is a shell script.
//!
//! They come first, so that nothing that ends the script early can keep the check from running; and what they
//! read of standard input they give back, since a hook behind them may want it.

use crate::cli::{HookManager, HookName};

use super::Change;
use super::marked::{self, Before, Place};

/// The first line of a hook that is made new.
pub(super) const SHEBANG: &str = "#!/bin/sh\n";

/// What cannot be checked does not pass: a missing command is said, and stops.
fn lines(hook: HookName, beside: Option<&str>) -> String {
    let what = if hook == HookName::PrePush { "push" } else { "commit" };
    let run = match hook {
        HookName::PreCommit | HookName::PreMergeCommit => "envgate check --staged || exit $?\n",
        HookName::CommitMsg => "envgate hook run commit-msg \"$1\" || exit $?\n",
        HookName::PrePush => PRE_PUSH,
    };
    // Last on the path: whoever installs another one later gets that one.
    let found = beside.map_or_else(String::new, |folder| {
        format!("command -v envgate >/dev/null 2>&1 || PATH=$PATH:'{folder}'\n")
    });
    format!(
        "{found}if ! command -v envgate >/dev/null 2>&1; then\n    \
         echo \"envgate is not installed, so this {what} cannot be checked: cargo install envgate\" >&2\n    \
         exit 1\nfi\n{run}"
    )
}

const PRE_PUSH: &str = r#"envgate_refs=$(cat)
printf '%s\n' "$envgate_refs" | envgate hook run pre-push "$@" || exit $?
if [ -n "$envgate_refs" ]; then
    exec <<ENVGATE_REFS
$envgate_refs
ENVGATE_REFS
else
    exec </dev/null
fi
"#;

/// Puts the lines in front of what a hook does.
pub(super) fn put(
    text: Option<&[u8]>,
    before: Before,
    hook: HookName,
    manager: HookManager,
    beside: Option<&str>,
) -> Change {
    // husky runs the file with `sh`, whatever its first line says.
    let husky = manager == HookManager::Husky;
    let text = text.unwrap_or(if husky { b"" } else { SHEBANG.as_bytes() });
    let first = first_line(text);
    let first = if first.starts_with(b"#!") { first } else { b"" };
    if !first.is_empty() && !runs_shell(&String::from_utf8_lossy(first)) {
        return Change::Impossible;
    }
    if !husky && is_unstartable(text) {
        return Change::Unstartable;
    }
    let place = Place { at: first.len(), hook: hook.as_str(), indent: "", before };
    Change::Text(marked::insert(text, &place, &lines(hook, beside)))
}

/// Whether the system would look for an interpreter whose name ends in a carriage return.
pub(in crate::commands::hook) fn is_unstartable(text: &[u8]) -> bool {
    let first = first_line(text);
    first.starts_with(b"#!") && first.ends_with(b"\r\n")
}

fn first_line(text: &[u8]) -> &[u8] {
    text.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default()
}

fn runs_shell(shebang: &str) -> bool {
    let shells = ["sh", "bash", "dash", "ksh", "zsh", "ash"];
    shebang.split(['/', ' ', '\t']).any(|word| shells.contains(&word.trim_end()))
}

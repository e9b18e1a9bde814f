//! The lines that run the check in a hook that is a shell script.
//!
//! They come first, so that nothing that ends the script early can keep the check from running; and what they
//! read of standard input they give back, since a hook behind them may want it.

use crate::cli::HookName;

use super::{Change, marked};

/// The first line of a hook that is made new.
pub(super) const SHEBANG: &str = "#!/bin/sh\n";

/// What cannot be checked does not pass: a missing command is said, and stops.
fn lines(hook: HookName) -> String {
    let what = if hook == HookName::PrePush { "push" } else { "commit" };
    let run = match hook {
        HookName::PreCommit | HookName::PreMergeCommit => "envgate check --staged || exit $?\n",
        HookName::CommitMsg => "envgate hook run commit-msg \"$1\" || exit $?\n",
        HookName::PrePush => PRE_PUSH,
    };
    format!(
        "if ! command -v envgate >/dev/null 2>&1; then\n    \
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
pub(super) fn put(text: Option<&str>, hook: HookName, husky: bool) -> Change {
    // husky runs the file with `sh`, whatever its first line says.
    let text = text.unwrap_or(if husky { "" } else { SHEBANG });
    let first = if text.starts_with("#!") { first_line(text) } else { "" };
    if !first.is_empty() && !runs_shell(first) {
        return Change::Impossible;
    }
    Change::Text(marked::insert(text, first.len(), hook.as_str(), "", &lines(hook)))
}

fn first_line(text: &str) -> &str {
    text.split_inclusive('\n').next().unwrap_or_default()
}

fn runs_shell(shebang: &str) -> bool {
    let shells = ["sh", "bash", "dash", "ksh", "zsh", "ash"];
    shebang.split(['/', ' ', '\t']).any(|word| shells.contains(&word.trim_end()))
}

//! The lines that run the check in a hook: put into a script, found in it, taken out again.
//!
//! Not here: where hooks lie, and writing them.

/// The first line of a hook that is made new.
const SHEBANG: &str = "#!/bin/sh\n";

const BEGIN: &str = "# envgate begin: `envgate hook uninstall` takes these lines out\n";
const END: &str = "# envgate end\n";

/// A commit that could not be checked is not made: a missing command is said, and stops.
const BODY: &str = r#"if ! command -v envgate >/dev/null 2>&1; then
    echo "envgate is not installed, so this commit cannot be checked: cargo install envgate" >&2
    exit 1
fi
envgate check --staged || exit $?
"#;

/// What becomes of a hook.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is as wanted already.
    Nothing,
    /// It has this text now.
    Text(String),
    /// It held nothing else, and goes.
    Gone,
    /// It is no shell script, so no lines can be put into it.
    OtherLanguage,
}

/// Whether a script runs the check through these lines.
pub(super) fn is_in(text: &str) -> bool {
    text.contains(BEGIN)
}

/// Puts the lines in front of what a hook does; `None` is a hook that is not there.
///
/// They come first so that nothing that ends the script early can keep the check from running.
pub(super) fn put(text: Option<&str>, husky: bool) -> Change {
    let Some(text) = text else {
        // husky runs the file with `sh`, whatever its first line says.
        let lead = if husky { "" } else { SHEBANG };
        return Change::Text([lead, BEGIN, BODY, END].concat());
    };
    if is_in(text) {
        return Change::Nothing;
    }
    let (first, rest) = if text.starts_with("#!") { split_line(text) } else { ("", text) };
    if !first.is_empty() && !runs_shell(first) {
        return Change::OtherLanguage;
    }
    let separator = if first.is_empty() || first.ends_with('\n') { "" } else { "\n" };
    Change::Text([first, separator, BEGIN, BODY, END, rest].concat())
}

/// Takes the lines out; what stood there before stands there again, byte for byte.
pub(super) fn take(text: &str) -> Change {
    let (Some(start), Some(end)) = (text.find(BEGIN), text.find(END)) else { return Change::Nothing };
    let (before, after) =
        (text.get(..start).unwrap_or_default(), text.get(end + END.len()..).unwrap_or_default());
    if after.is_empty() && (before.is_empty() || before == SHEBANG) {
        return Change::Gone;
    }
    Change::Text([before, after].concat())
}

fn split_line(text: &str) -> (&str, &str) {
    text.split_at(text.find('\n').map_or(text.len(), |at| at + 1))
}

fn runs_shell(shebang: &str) -> bool {
    let shells = ["sh", "bash", "dash", "ksh", "zsh", "ash"];
    shebang.split(['/', ' ', '\t']).any(|word| shells.contains(&word.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, Change, is_in, put, take};

    fn text(change: Change) -> String {
        match change {
            Change::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_new_hook_goes_as_it_came() {
        for husky in [false, true] {
            let made = text(put(None, husky));
            assert_eq!(made.starts_with("#!/bin/sh\n"), !husky);
            assert_eq!(put(Some(&made), husky), Change::Nothing, "twice is once");
            assert_eq!(take(&made), Change::Gone);
        }
    }

    #[test]
    fn an_old_hook_is_kept_behind_the_lines_and_restored() {
        for old in [
            "#!/bin/bash\nset -e\nexec npm test\n",
            "npm test",
            "#!/usr/bin/env bash\r\nx\r\n",
            "#!/bin/sh\n",
        ] {
            let chained = text(put(Some(old), false));
            assert!(is_in(&chained) && chained.ends_with(old.split_once('\n').map_or(old, |(_, rest)| rest)));
            assert!(!old.starts_with("#!") || chained.find(BEGIN) == old.find('\n').map(|at| at + 1));
            let restored = take(&chained);
            // A hook that was nothing but its first line did nothing, and is not kept for it.
            assert!(
                restored == Change::Text(old.to_owned())
                    || (old == "#!/bin/sh\n" && restored == Change::Gone)
            );
        }
    }

    #[test]
    fn other_languages_are_left_alone() {
        assert_eq!(put(Some("#!/usr/bin/env python3\nimport os\n"), false), Change::OtherLanguage);
        assert_eq!(take("#!/usr/bin/env python3\n"), Change::Nothing);
    }
}

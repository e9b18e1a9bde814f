//! The check as a command of `lefthook.yml`.
//!
//! Not here: letting git know of lefthook; `lefthook install` does that.

use crate::cli::HookName;
use crate::document::yaml;

use super::Change;
use super::marked::{self, Before, Place};

/// What cannot be checked does not pass: a missing command is said, and stops.
fn command(hook: HookName) -> (&'static str, &'static str) {
    match hook {
        HookName::PreCommit | HookName::PreMergeCommit => ("", "envgate check --staged"),
        HookName::CommitMsg => ("", "envgate hook run commit-msg {1}"),
        HookName::PrePush => ("use_stdin: true", "envgate hook run pre-push {1} {2}"),
    }
}

/// The keys of one command, each line behind `indent`.
fn body(hook: HookName, indent: &str) -> String {
    let (extra, run) = command(hook);
    let extra = if extra.is_empty() { String::new() } else { format!("{indent}{extra}\n") };
    format!(
        "{extra}{indent}run: |\n\
         {indent}  command -v envgate >/dev/null 2>&1 || {{\n\
         {indent}    echo \"envgate is not installed: cargo install envgate\" >&2; exit 1\n\
         {indent}  }}\n\
         {indent}  {run}\n"
    )
}

pub(super) fn put(text: Option<&[u8]>, before: Before, hook: HookName) -> Change {
    let Ok(text) = str::from_utf8(text.unwrap_or_default()) else { return Change::Impossible };
    let name = hook.as_str();
    let (at, indent, lines) = match section(text, name) {
        Section::Missing => {
            let lines = format!("{name}:\n  commands:\n    envgate:\n{}", body(hook, "      "));
            (text.len(), String::new(), lines)
        }
        Section::Bare { at, indent } => {
            let inner = indent.repeat(2);
            let body = body(hook, &indent.repeat(3));
            let lines = format!("{indent}commands:\n{inner}envgate:\n{body}");
            (at, indent, lines)
        }
        Section::Commands { at, indent } => {
            let lines = format!("{indent}envgate:\n{}", body(hook, &format!("{indent}  ")));
            (at, indent, lines)
        }
        Section::Jobs { at, indent } => {
            let inner = format!("{indent}  ");
            let lines = format!("{indent}- name: envgate\n{}", body(hook, &inner));
            (at, indent, lines)
        }
        Section::Other => return Change::Impossible,
    };
    let made = marked::insert(text.as_bytes(), &Place { at, hook: name, indent: &indent, before }, &lines);
    if runs(&String::from_utf8_lossy(&made), name) { Change::Text(made) } else { Change::Impossible }
}

/// Whether the text, read again, has the command where lefthook looks for it.
fn runs(text: &str, hook: &str) -> bool {
    let parsed = yaml::parse(text);
    let Some(section) = parsed.root().and_then(|root| root.get(hook)) else { return false };
    let command = section.at(&["commands", "envgate", "run"]).is_some();
    let named = |node: &yaml::Node| {
        node.get("name").and_then(yaml::Node::as_str).is_some_and(|name| name == "envgate")
    };
    let jobs = section.get("jobs").and_then(yaml::Node::items).unwrap_or_default();
    parsed.problems.is_empty()
        && parsed.duplicates.is_empty()
        && (command || jobs.iter().any(|job| named(job)))
}

/// What there is of a hook: where a command or job can be put, and how far its line is indented.
enum Section {
    Missing,
    /// The hook's key with neither commands nor jobs below it.
    Bare {
        at: usize,
        indent: String,
    },
    Commands {
        at: usize,
        indent: String,
    },
    Jobs {
        at: usize,
        indent: String,
    },
    Other,
}

fn section(text: &str, hook: &str) -> Section {
    let mut at = 0;
    let mut bare: Option<(usize, Option<usize>)> = None;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        at += line.len();
        let (content, indent) = (line.trim(), line.len() - line.trim_start().len());
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if indent == 0 {
            if bare.is_some() {
                break;
            }
            if content.split(" #").next().is_some_and(|key| key.trim_end() == format!("{hook}:")) {
                bare = Some((at, None));
            } else if content.starts_with(&format!("{hook}:")) {
                return Section::Other;
            }
            continue;
        }
        let Some((_, inner)) = &mut bare else { continue };
        let key = content.split(" #").next().unwrap_or_default().trim_end();
        if *inner.get_or_insert(indent) == indent && (key == "commands:" || key == "jobs:") {
            let next = lines.peek().copied().unwrap_or_default();
            let own = next.len() - next.trim_start().len();
            let jobs = key == "jobs:";
            let wide = if own > indent || (jobs && own == indent) { own } else { indent + 2 };
            let indent = " ".repeat(wide);
            return if jobs { Section::Jobs { at, indent } } else { Section::Commands { at, indent } };
        }
    }
    if let Some((at, inner)) = bare {
        return Section::Bare { at, indent: " ".repeat(inner.unwrap_or(2)) };
    }
    let parsed = yaml::parse(text);
    let known = parsed.root().is_some_and(|root| root.get(hook).is_some());
    if known { Section::Other } else { Section::Missing }
}

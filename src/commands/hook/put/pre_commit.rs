//! The check as a local hook of `.pre-commit-config.yaml`, which pre-commit and prek read.
//!
//! Not here: letting git know of them; `pre-commit install` does that.

use crate::cli::HookName;
use crate::document::yaml;

use super::Change;
use super::marked::{self, Before, Place};

/// A configuration that is made new.
pub(super) const HEAD: &str = "repos:\n";

/// What stands in the place of `[]` while there are lines of ours below.
const OPENED: &str = "# envgate: was `[]`";

fn entry(hook: HookName, indent: &str) -> String {
    let name = hook.as_str();
    let (command, names) = match hook {
        HookName::PreCommit | HookName::PreMergeCommit => ("envgate check --staged", "false"),
        HookName::CommitMsg => ("envgate hook run commit-msg", "true"),
        HookName::PrePush => ("envgate hook run pre-push", "false"),
    };
    format!(
        "{indent}- repo: local\n\
         {indent}  hooks:\n\
         {indent}    - id: envgate-{name}\n\
         {indent}      name: envgate\n\
         {indent}      entry: {command}\n\
         {indent}      language: system\n\
         {indent}      pass_filenames: {names}\n\
         {indent}      always_run: true\n\
         {indent}      stages: [{name}]\n"
    )
}

pub(super) fn put(text: Option<&[u8]>, before: Before, hook: HookName) -> Change {
    let Ok(text) = str::from_utf8(text.unwrap_or(HEAD.as_bytes())) else { return Change::Impossible };
    let text = opened(text);
    let Some((at, indent)) = place(&text) else { return Change::Impossible };
    let place = Place { at, hook: hook.as_str(), indent: &indent, before };
    let made = marked::insert(text.as_bytes(), &place, &entry(hook, &indent));
    if runs(&String::from_utf8_lossy(&made), hook) { Change::Text(made) } else { Change::Impossible }
}

/// An empty list in brackets, made one that lines can follow.
fn opened(text: &str) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(ToOwned::to_owned).collect();
    for line in &mut lines {
        let Some(rest) = line.strip_prefix("repos:") else { continue };
        let value = rest.split(" #").next().unwrap_or_default();
        if value.trim() == "[]" {
            *line = line.replacen("[]", OPENED, 1);
        }
    }
    lines.concat()
}

/// The brackets put back, once no lines of ours are left.
pub(super) fn restored(text: Vec<u8>) -> Vec<u8> {
    let Ok(known) = str::from_utf8(&text) else { return text };
    if known.contains("# envgate begin ") || !known.contains(OPENED) {
        return text;
    }
    known.replacen(OPENED, "[]", 1).into_bytes()
}

/// After the line `repos:`, with the indent of the list that follows it.
fn place(text: &str) -> Option<(usize, String)> {
    let mut at = 0;
    let mut found = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start();
        match found {
            None if line.split(" #").next().is_some_and(|key| key.trim_end() == "repos:") => {
                found = Some(at + line.len());
            }
            Some(place) if content.starts_with('-') => {
                return Some((place, " ".repeat(line.len() - content.len())));
            }
            Some(place) if !content.trim_end().is_empty() && !content.starts_with('#') => {
                return Some((place, String::from("  ")));
            }
            _ => {}
        }
        at += line.len();
    }
    found.map(|place| (place, String::from("  ")))
}

/// Whether the text, read again, has the hook where pre-commit looks for it.
fn runs(text: &str, hook: HookName) -> bool {
    let id = format!("envgate-{}", hook.as_str());
    let parsed = yaml::parse(text);
    let items =
        |node: &yaml::Node, key: &str| node.get(key).and_then(yaml::Node::items).unwrap_or_default().to_vec();
    let repositories = parsed.root().map(|root| items(root, "repos")).unwrap_or_default();
    let named =
        |node: &yaml::Node| node.get("id").and_then(yaml::Node::as_str).is_some_and(|word| word == id);
    let found = repositories.iter().flat_map(|one| items(one, "hooks")).any(|one| named(&one));
    parsed.problems.is_empty() && found
}

//! DEP004: a version is edited into a compose file with `sed`.

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Command, Script, Simple, Word};
use crate::project::{File, Project};
use crate::source::{Span, file_name};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct SedVersion;

impl Rule for SedVersion {
    fn meta(&self) -> &'static Meta {
        meta!("DEP004", "sed-version", Warning, Certain, "`sed` edits a version in a compose file")
    }

    fn check_shell(&self, script: &Script, _file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        for simple in script.commands().into_iter().filter_map(Command::simple) {
            let Some((span, name)) = edited(simple) else { continue };
            let message = format!(
                "`sed` edits a version in `{name}`: where the pattern does not match it changes nothing and succeeds, and the old version is deployed"
            );
            let finding = found.push(span, message);
            finding.help("write `image: name:${VERSION:?}` in the file and hand VERSION to compose");
        }
    }
}

fn edited(simple: &Simple) -> Option<(Span, &str)> {
    let words = simple.unwrapped();
    if words.first().and_then(Word::literal).map(file_name) != Some("sed") {
        return None;
    }
    let in_place = words.iter().any(|word| {
        word.raw.starts_with("--in-place")
            || (word.raw.starts_with('-') && !word.raw.starts_with("--") && word.raw.contains('i'))
    });
    let name = words.iter().skip(1).rev().find_map(|word| compose_name(&word.raw))?;
    let versioned = words.iter().skip(1).any(|word| is_versioned(&word.raw));
    let (first, last) = (words.first()?, words.last()?);
    (in_place && versioned).then(|| (Span::new(first.span.start, last.span.end), name))
}

fn compose_name(raw: &str) -> Option<&str> {
    let name = file_name(raw.trim_matches(['"', '\'']));
    let yaml = matches!(name.rsplit('.').next(), Some("yml" | "yaml"));
    (yaml && name.contains("compose")).then_some(name)
}

/// A substitution that speaks of an image's tag.
fn is_versioned(raw: &str) -> bool {
    let upper = raw.to_ascii_uppercase();
    let substitutes = raw.trim_start_matches(['"', '\'']).starts_with(['s', '/', '\\']) || raw.contains(";s");
    let speaks = ["VERSION", "TAG", "IMAGE", "RELEASE"].iter().any(|word| upper.contains(word));
    let digits = raw.contains("[0-9]") || raw.contains(":[") || raw.contains(":v") || has_tag(raw);
    substitutes && (speaks || digits)
}

/// `:` and a digit, as in `name:1.2`.
fn has_tag(raw: &str) -> bool {
    raw.as_bytes()
        .windows(2)
        .any(|pair| pair.first() == Some(&b':') && pair.get(1).is_some_and(u8::is_ascii_digit))
}

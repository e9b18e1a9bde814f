//! What a `package.json` says of husky, and what follows for the files in `.husky`.
//!
//! Versions differ in all that matters: 4 reads its hooks from `package.json`; 5 to 8 let git run
//! `.husky/NAME`, whose line for `_/husky.sh` starts it again with `sh -e`; from 9 on git runs `.husky/_/NAME`,
//! which hands `.husky/NAME` to `sh -e`, whatever its first line and its mode say.

use serde_json::Value;

use crate::source::{Span, Tree, file_name, join, parent};

/// The newest version known here: what `latest` means.
const NEWEST: u32 = 9;

/// The line of versions 5 to 8.
pub const OLD_LINE: &str = "/_/husky.sh";

/// What is said of husky.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Husky {
    /// Its major version, where the project depends on it.
    pub major: Option<u32>,
    /// Whether installing the packages sets it up: a script `prepare` or `postinstall` that calls it.
    pub prepared: bool,
    /// The key of the block with hooks that version 4 reads.
    pub block: Option<Span>,
}

impl Husky {
    /// Reads the text of a `package.json`; `None` where it does not speak of husky.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let manifest: Value = serde_json::from_str(text).ok()?;
        let version = ["devDependencies", "dependencies"]
            .iter()
            .find_map(|kind| manifest.get(kind)?.get("husky")?.as_str());
        let calls = |name: &str| {
            let script =
                manifest.get("scripts").and_then(|scripts| scripts.get(name)).and_then(Value::as_str);
            script.is_some_and(|script| {
                script.split(['&', ';', ' ', '/']).any(|word| word.starts_with("husky"))
            })
        };
        let has_block = manifest.get("husky").is_some_and(|block| block.get("hooks").is_some());
        let husky = Self {
            major: version.and_then(major),
            prepared: ["prepare", "postinstall", "install"].into_iter().any(calls),
            block: has_block.then(|| key(text)).flatten(),
        };
        (husky != Self::default()).then_some(husky)
    }

    /// What the `package.json` beside the `.husky` of the hook at `path` says; `None` for other files.
    #[must_use]
    pub fn of(path: &str, tree: &dyn Tree) -> Option<Self> {
        let directory = parent(path);
        if file_name(directory) != ".husky" {
            return None;
        }
        let bytes = tree.read(&join(parent(directory), "package.json")).ok()?;
        Self::read(&String::from_utf8(bytes).ok()?)
    }

    /// Whether it hands a hook of this text to `sh -e`.
    #[must_use]
    pub fn takes_sh(&self, text: &str) -> bool {
        self.major.is_some_and(|major| major >= 9 || (major >= 5 && text.contains(OLD_LINE)))
    }
}

/// The first number of a version or a range of versions.
fn major(version: &str) -> Option<u32> {
    if matches!(version, "latest" | "next" | "*") {
        return Some(NEWEST);
    }
    let digits = version.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The place of the key `"husky"` that has a block: dependencies and scripts have text there.
fn key(text: &str) -> Option<Span> {
    let found = text.match_indices("\"husky\"").find(|(at, key)| {
        let rest = text.get(at + key.len()..).unwrap_or_default().trim_start();
        rest.strip_prefix(':').is_some_and(|rest| rest.trim_start().starts_with('{'))
    });
    found.map(|(at, key)| Span::new(at, at + key.len()))
}

#[cfg(test)]
mod tests {
    use super::Husky;

    fn major(version: &str) -> Option<u32> {
        Husky::read(&format!("{{\n\t\"devDependencies\": {{\"husky\": \"{version}\"}}\n}}"))
            .and_then(|one| one.major)
    }

    #[test]
    fn the_version_is_the_first_number_of_the_range() {
        let table = [
            ("^9.1.7", 9),
            ("~8.0.0", 8),
            ("4", 4),
            (">=10.0.0-beta", 10),
            ("npm:husky@9", 9),
            ("latest", 9),
        ];
        for (version, expected) in table {
            assert_eq!(major(version), Some(expected), "{version}");
        }
        assert_eq!(major("workspace:"), None);
    }

    #[test]
    fn the_block_of_version_4_is_found_beside_the_dependency() {
        let text = r#"{"devDependencies": {"husky": "^9"}, "husky": {"hooks": {"pre-commit": "x"}}}"#;
        let husky = Husky::read(text).unwrap();
        let block = husky.block.unwrap();
        assert_eq!((husky.major, text.get(block.end..block.end + 11)), (Some(9), Some(": {\"hooks\":")));
        assert_eq!(Husky::read(r#"{"scripts": {"test": "x"}}"#), None);
        assert!(Husky::read(r#"{"scripts": {"prepare": "npx husky install"}}"#).unwrap().prepared);
        assert_eq!(Husky::read("{"), None);
    }
}

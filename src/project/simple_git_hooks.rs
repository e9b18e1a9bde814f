//! What simple-git-hooks is told to run: a command for each hook, in a `package.json` or in a file of its own.
//!
//! It writes each command into the directory that git runs hooks from, and takes every other hook there away, whenever it
//! runs: with the installation of the packages, or by a script `prepare`. Not here: reading files.

use serde_json::Value;

use super::hooks::GIT_HOOKS;

/// Its own files that are data, in the order in which it looks for them.
pub const FILES: &[&str] = &[".simple-git-hooks.json", "simple-git-hooks.json"];

/// Its own files that are programs, and are not read. They come before the others.
pub const PROGRAMS: &[&str] = &[
    ".simple-git-hooks.cjs",
    ".simple-git-hooks.js",
    ".simple-git-hooks.mjs",
    "simple-git-hooks.cjs",
    "simple-git-hooks.js",
    "simple-git-hooks.mjs",
];

const NAME: &str = "simple-git-hooks";

/// The hooks with their commands in the text of a file of its own.
#[must_use]
pub fn in_file(text: &[u8]) -> Option<Vec<(String, String)>> {
    commands(&serde_json::from_slice(text).ok()?)
}

/// The same in the text of a `package.json`; `None` where that does not speak of it.
#[must_use]
pub fn in_manifest(text: &[u8]) -> Option<Vec<(String, String)>> {
    let manifest: Value = serde_json::from_slice(text).ok()?;
    commands(manifest.get(NAME)?)
}

fn commands(block: &Value) -> Option<Vec<(String, String)>> {
    let known = block.as_object()?.iter().filter(|(hook, _)| GIT_HOOKS.contains(&hook.as_str()));
    Some(known.filter_map(|(hook, command)| Some((hook.clone(), command.as_str()?.to_owned()))).collect())
}

/// Whether installing the packages of this `package.json` sets it up: a script calls it, or the project depends on it, and
/// then it does so itself.
#[must_use]
pub fn is_prepared(manifest: &[u8]) -> bool {
    let Ok(manifest) = serde_json::from_slice::<Value>(manifest) else { return false };
    let says = |section: &str, keys: &[&str]| {
        let Some(section) = manifest.get(section) else { return false };
        keys.iter().filter_map(|key| section.get(key)?.as_str()).any(|script| script.contains(NAME))
    };
    let depends = |section: &str| manifest.get(section).is_some_and(|all| all.get(NAME).is_some());
    says("scripts", &["prepare", "postinstall", "install"])
        || depends("devDependencies")
        || depends("dependencies")
}

#[cfg(test)]
mod tests {
    use super::{in_file, in_manifest, is_prepared};

    #[test]
    fn each_hook_has_a_command() {
        let own = br#"{"pre-commit": "npx lint-staged", "preserveUnused": true, "precommit": "x"}"#;
        let hooks = vec![("pre-commit".to_owned(), "npx lint-staged".to_owned())];
        assert_eq!(in_file(own), Some(hooks.clone()));
        let manifest = br#"{"simple-git-hooks": {"pre-commit": "npx lint-staged"}}"#;
        assert_eq!((in_manifest(manifest), in_manifest(own)), (Some(hooks), None));
        assert!(!is_prepared(manifest) && !is_prepared(b"{"));
        assert!(is_prepared(br#"{"scripts": {"prepare": "npx simple-git-hooks"}}"#));
        assert!(is_prepared(br#"{"devDependencies": {"simple-git-hooks": "^2.11.1"}}"#));
    }
}

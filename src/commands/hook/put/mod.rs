//! How the check gets into a hook, a hook manager's file, and out of it again.
//!
//! Not here: where those files lie, and writing them.

mod lefthook;
pub(super) mod marked;
mod pre_commit;
mod script;

use crate::cli::{HookManager, HookName};

/// What becomes of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is as wanted already.
    Nothing,
    /// It has this text now.
    Text(String),
    /// It held nothing else, and goes.
    Gone,
    /// Nothing can be put into it: it is no shell script, or written in a way that cannot be extended.
    Impossible,
}

/// What puts the check of `hook` into a file that has this text; `None` is a file that is not there.
pub(super) fn put(manager: HookManager, text: Option<&str>, hook: HookName) -> Change {
    if text.is_some_and(|text| marked::is_in(text, hook.as_str())) {
        return Change::Nothing;
    }
    match manager {
        HookManager::Git => script::put(text, hook, false),
        HookManager::Husky => script::put(text, hook, true),
        HookManager::Lefthook => lefthook::put(text, hook),
        HookManager::PreCommit => pre_commit::put(text, hook),
    }
}

/// What takes it out again.
pub(super) fn take(manager: HookManager, text: &str, hook: HookName) -> Change {
    let Some(rest) = marked::remove(text, hook.as_str()) else { return Change::Nothing };
    let nothing = match manager {
        HookManager::Git => script::SHEBANG,
        HookManager::PreCommit => pre_commit::HEAD,
        HookManager::Husky | HookManager::Lefthook => "",
    };
    if rest.is_empty() || rest == nothing { Change::Gone } else { Change::Text(rest) }
}

#[cfg(test)]
mod tests;

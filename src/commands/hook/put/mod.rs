//! How the check gets into a hook, a hook manager's file, and out of it again.
//!
//! Not here: where those files lie, and writing them.

mod lefthook;
pub(super) mod marked;
mod pre_commit;
mod script;

pub(super) use script::is_unstartable;

use crate::cli::{HookManager, HookName};

use marked::Before;

/// What becomes of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is as wanted already.
    Nothing,
    /// It has this text now.
    Text(Vec<u8>),
    /// It held nothing else, and goes.
    Gone,
    /// Nothing can be put into it: it is no shell script, or written in a way that cannot be extended.
    Impossible,
    /// Nothing would run what is put into it: its first line ends in a carriage return.
    Unstartable,
}

/// What puts the check of `hook` into a file that has this text; `None` is a file that is not there. `mode` is
/// what the file's permission bits were, where they are changed; `beside` the folder in which a hook of this machine
/// alone finds envgate where it is not on the `PATH`.
pub(super) fn put(
    manager: HookManager,
    text: Option<&[u8]>,
    mode: Option<u32>,
    beside: Option<&str>,
    hook: HookName,
) -> Change {
    if text.is_some_and(|text| marked::is_in(text, hook.as_str())) {
        return Change::Nothing;
    }
    let before = Before { absent: text.is_none(), mode };
    match manager {
        HookManager::Git | HookManager::Husky => script::put(text, before, hook, manager, beside),
        HookManager::Lefthook => lefthook::put(text, before, hook),
        HookManager::PreCommit => pre_commit::put(text, before, hook),
    }
}

/// What takes it out again, and the mode that the file had.
pub(super) fn take(manager: HookManager, text: &[u8], hook: HookName) -> (Change, Option<u32>) {
    let Some((rest, before)) = marked::remove(text, hook.as_str()) else { return (Change::Nothing, None) };
    let rest = if manager == HookManager::PreCommit { pre_commit::restored(rest) } else { rest };
    let nothing = match manager {
        HookManager::Git => script::SHEBANG,
        HookManager::PreCommit => pre_commit::HEAD,
        HookManager::Husky | HookManager::Lefthook => "",
    };
    let gone = before.absent && (rest.is_empty() || rest == nothing.as_bytes());
    (if gone { Change::Gone } else { Change::Text(rest) }, before.mode)
}

#[cfg(test)]
mod tests;

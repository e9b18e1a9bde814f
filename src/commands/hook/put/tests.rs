//! Tables of what is put into files and taken out again.

use super::{Change, put, take};
use crate::cli::{HookManager, HookName};

const MANAGERS: [HookManager; 4] =
    [HookManager::Git, HookManager::Husky, HookManager::Lefthook, HookManager::PreCommit];

fn text(change: Change) -> String {
    match change {
        Change::Text(text) => String::from_utf8(text).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn put_into(manager: HookManager, text: Option<&str>, hook: HookName) -> Change {
    put(manager, text.map(str::as_bytes), None, None, hook)
}

fn take_from(manager: HookManager, text: &str, hook: HookName) -> Change {
    take(manager, text.as_bytes(), hook).0
}

fn is(text: &str) -> Change {
    Change::Text(text.as_bytes().to_vec())
}

#[test]
fn a_new_file_goes_as_it_came() {
    for manager in MANAGERS {
        for hook in HookName::ALL {
            let made = text(put_into(manager, None, hook));
            assert_eq!(made.starts_with("#!/bin/sh\n"), manager == HookManager::Git);
            assert_eq!(put_into(manager, Some(&made), hook), Change::Nothing, "twice is once");
            assert_eq!(take_from(manager, &made, hook), Change::Gone, "{manager:?} {hook:?}");
        }
    }
}

#[test]
fn all_hooks_go_into_one_file_and_out_again_in_any_order() {
    for manager in [HookManager::Lefthook, HookManager::PreCommit] {
        let mut made = text(put_into(manager, None, HookName::PreCommit));
        for hook in HookName::ALL.into_iter().skip(1) {
            made = text(put_into(manager, Some(&made), hook));
        }
        for hook in HookName::ALL.into_iter().take(3) {
            made = text(take_from(manager, &made, hook));
        }
        assert_eq!(take_from(manager, &made, HookName::PreMergeCommit), Change::Gone, "{made}");
    }
}

#[test]
fn an_old_script_is_kept_behind_the_lines_and_restored() {
    let old = ["#!/bin/bash\nset -e\nexec npm test\n", "npm test", "#!/bin/bash", "\n#!/bin/bash\nls\n"];
    for old in old {
        for hook in HookName::ALL {
            let chained = text(put_into(HookManager::Git, Some(old), hook));
            let rest =
                if old.starts_with("#!") { old.split_once('\n').map_or("", |(_, rest)| rest) } else { old };
            assert!(chained.ends_with(rest) && chained.len() > old.len() + 100);
            assert_eq!(take_from(HookManager::Git, &chained, hook), is(old));
        }
    }
}

#[test]
fn other_languages_are_left_alone() {
    let python = "#!/usr/bin/env python3\nimport os\n";
    assert_eq!(put_into(HookManager::Git, Some(python), HookName::PreCommit), Change::Impossible);
    assert_eq!(take_from(HookManager::Git, python, HookName::PreCommit), Change::Nothing);
}

#[test]
fn a_managers_file_is_extended_where_it_can_be_and_restored() {
    let extended = [
        (HookManager::Lefthook, "pre-push:\n  commands:\n    test:\n      run: npm test\n"),
        (HookManager::Lefthook, "pre-commit:\n  parallel: true\n  commands:\n      lint:\n          run: x"),
        (HookManager::Lefthook, "# ours\npre-commit: # here\n  jobs:\n    - name: lint\n      run: x\n"),
        (HookManager::Lefthook, "pre-commit:\n  jobs:\n  - run: x\n"),
        (HookManager::PreCommit, "repos:\n- repo: https://example.com/x\n  rev: v1\n  hooks:\n  - id: y\n"),
        (
            HookManager::PreCommit,
            "fail_fast: true\nrepos:\n    # first\n    - repo: local\n      hooks: []\n",
        ),
        (HookManager::PreCommit, "repos:\n\nfail_fast: true"),
        (HookManager::PreCommit, "repos: [] # none yet\nfail_fast: true"),
        (HookManager::PreCommit, "repos: []"),
        (HookManager::Lefthook, "pre-commit:\n  scripts:\n    x.sh:\n      runner: bash\n"),
        (HookManager::Lefthook, "pre-commit:\npre-push:\n    commands:\n        x:\n            run: x\n"),
        (HookManager::Lefthook, "pre-commit:"),
        (HookManager::Lefthook, ""),
        (HookManager::Lefthook, "# ours\n"),
    ];
    for (manager, old) in extended {
        let made = text(put_into(manager, Some(old), HookName::PreCommit));
        assert_eq!(take_from(manager, &made, HookName::PreCommit), is(old), "{made}");
        for first in [HookName::PreCommit, HookName::PrePush] {
            let both = text(put_into(manager, Some(&made), HookName::PrePush));
            let one = text(take_from(manager, &both, first));
            let other = if first == HookName::PrePush { HookName::PreCommit } else { HookName::PrePush };
            assert_eq!(take_from(manager, &one, other), is(old), "{both}");
        }
    }
    let refused = [
        (HookManager::Lefthook, "pre-commit: {commands: {lint: {run: x}}}\n"),
        (HookManager::Lefthook, "pre-commit: {}\n"),
        (HookManager::PreCommit, "hooks:\n"),
        (HookManager::PreCommit, "repos: [{repo: local, hooks: []}]\n"),
    ];
    for (manager, old) in refused {
        assert_eq!(put_into(manager, Some(old), HookName::PreCommit), Change::Impossible, "{old}");
    }
}

#[test]
fn a_file_that_was_there_stays_also_when_it_is_empty() {
    for (manager, old) in [
        (HookManager::Git, ""),
        (HookManager::Git, "#!/bin/sh\n"),
        (HookManager::Husky, ""),
        (HookManager::PreCommit, "repos:\n"),
    ] {
        let made = text(put_into(manager, Some(old), HookName::PreCommit));
        assert_eq!(take_from(manager, &made, HookName::PreCommit), is(old), "{manager:?}");
    }
}

#[test]
fn the_mode_that_was_changed_comes_back_with_the_text() {
    let Change::Text(made) = put(HookManager::Git, Some(b"ls\n"), Some(0o640), None, HookName::PrePush)
    else {
        panic!("no text")
    };
    assert_eq!(take(HookManager::Git, &made, HookName::PrePush), (is("ls\n"), Some(0o640)));
}

#[test]
fn any_encoding_is_kept() {
    let old = b"#!/bin/sh\n# a\xf1o\nls \xff\n";
    let Change::Text(made) = put(HookManager::Git, Some(old), None, None, HookName::CommitMsg) else {
        panic!("no text")
    };
    assert_eq!(take(HookManager::Git, &made, HookName::CommitMsg).0, Change::Text(old.to_vec()));
    assert_eq!(
        put(HookManager::Lefthook, Some(b"# \xf1\n"), None, None, HookName::PreCommit),
        Change::Impossible
    );
}

#[test]
fn what_cannot_be_started_is_not_extended() {
    let old = "#!/usr/bin/env bash\r\nx\r\n";
    assert_eq!(put_into(HookManager::Git, Some(old), HookName::PreCommit), Change::Unstartable);
    assert!(matches!(put_into(HookManager::Husky, Some(old), HookName::PreCommit), Change::Text(_)));
}

//! Tables of what is put into files and taken out again.

use super::{Change, put, take};
use crate::cli::{HookManager, HookName};

const MANAGERS: [HookManager; 4] =
    [HookManager::Git, HookManager::Husky, HookManager::Lefthook, HookManager::PreCommit];

fn text(change: Change) -> String {
    match change {
        Change::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_file_goes_as_it_came() {
    for manager in MANAGERS {
        for hook in HookName::ALL {
            let made = text(put(manager, None, hook));
            assert_eq!(made.starts_with("#!/bin/sh\n"), manager == HookManager::Git);
            assert_eq!(put(manager, Some(&made), hook), Change::Nothing, "twice is once");
            assert_eq!(take(manager, &made, hook), Change::Gone, "{manager:?} {hook:?}");
        }
    }
}

#[test]
fn all_hooks_go_into_one_file_and_out_again_in_any_order() {
    for manager in [HookManager::Lefthook, HookManager::PreCommit] {
        let mut made = text(put(manager, None, HookName::PreCommit));
        for hook in HookName::ALL.into_iter().skip(1) {
            made = text(put(manager, Some(&made), hook));
        }
        for hook in HookName::ALL.into_iter().take(3) {
            made = text(take(manager, &made, hook));
        }
        assert_eq!(take(manager, &made, HookName::PreMergeCommit), Change::Gone, "{made}");
    }
}

#[test]
fn an_old_script_is_kept_behind_the_lines_and_restored() {
    let old = [
        "#!/bin/bash\nset -e\nexec npm test\n",
        "npm test",
        "#!/usr/bin/env bash\r\nx\r\n",
        "#!/bin/bash",
        "\n#!/bin/bash\nls\n",
    ];
    for old in old {
        for hook in HookName::ALL {
            let chained = text(put(HookManager::Git, Some(old), hook));
            let rest =
                if old.starts_with("#!") { old.split_once('\n').map_or("", |(_, rest)| rest) } else { old };
            assert!(chained.ends_with(rest) && chained.len() > old.len() + 100);
            assert_eq!(take(HookManager::Git, &chained, hook), Change::Text(old.to_owned()));
        }
    }
}

#[test]
fn other_languages_are_left_alone() {
    let python = "#!/usr/bin/env python3\nimport os\n";
    assert_eq!(put(HookManager::Git, Some(python), HookName::PreCommit), Change::Impossible);
    assert_eq!(take(HookManager::Git, python, HookName::PreCommit), Change::Nothing);
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
    ];
    for (manager, old) in extended {
        let made = text(put(manager, Some(old), HookName::PreCommit));
        assert_eq!(take(manager, &made, HookName::PreCommit), Change::Text(old.to_owned()), "{made}");
    }
    let refused = [
        (HookManager::Lefthook, "pre-commit: {commands: {lint: {run: x}}}\n"),
        (HookManager::Lefthook, "pre-commit:\n  scripts:\n    x.sh:\n      runner: bash\n"),
        (HookManager::PreCommit, "repos: []\n"),
        (HookManager::PreCommit, "hooks:\n"),
    ];
    for (manager, old) in refused {
        assert_eq!(put(manager, Some(old), HookName::PreCommit), Change::Impossible, "{old}");
    }
}

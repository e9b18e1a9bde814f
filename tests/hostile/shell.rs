//! Scripts, hooks and Makefiles that sink, branch or call each other without end.

use std::path::Path;

use crate::case::{CANARY, Case, check, write};

pub(crate) const CASES: &[Case] = &[
    check("`(` 100,000 deep", |folder| deep(folder, "(", ")"), 0, ""),
    check("`$(` 100,000 deep", |folder| deep(folder, "echo $(", ")"), 0, ""),
    check("`$(` 100,000 deep in quotes", |folder| deep(folder, "echo \"$(", ")\""), 0, ""),
    check("`${A:-` 100,000 deep", |folder| deep(folder, "${A:-", "}"), 0, ""),
    check("`$((` 100,000 deep", |folder| deep(folder, "$((", "))"), 0, ""),
    check("backquotes, 100,000", |folder| deep(folder, "`", "`"), 0, ""),
    check("`if` 100,000 deep", |folder| deep(folder, "if true; then\n", "\nfi"), 0, ""),
    check("`case` 100,000 deep", |folder| deep(folder, "case a in a)\n", "\n;; esac"), 0, ""),
    check("`{` 100,000 deep", |folder| deep(folder, "{ ", "; }"), 0, ""),
    check("functions 100,000 deep", |folder| deep(folder, "a() { ", "; }"), 0, ""),
    check("`!` and `time`, 100,000", |folder| deep(folder, "! time ", ""), 0, ""),
    check("open `(` without an end, 1,000,000", |folder| open(folder, "("), 0, ""),
    check("open `$(` without an end, 1,000,000", |folder| open(folder, "$("), 0, ""),
    check("open quotes without an end, 1,000,000", |folder| open(folder, "\"$(\""), 0, ""),
    check("here-documents without an end, 100,000", heredocs, 0, ""),
    check("pipeline of 100,000 commands", |folder| open(folder, "a | "), 0, ""),
    check("`&&` list of 100,000 commands", |folder| open(folder, "a && "), 0, ""),
    check("`sh -c` in `sh -c`, 16 deep", nested_commands, 0, ""),
    check("hooks that call each other in a circle", hook_circle, 0, ""),
    check("hook that calls 2,000 scripts that call 2,000 scripts", hook_web, 0, ""),
    check("Makefile of 200,000 targets", makefile, 0, ""),
    check("Makefile of 200,000 continued lines", continued, 0, ""),
    check("patterns made for backtracking in a hook", patterns, 0, ""),
    check("script that is NULs, escapes and invalid UTF-8", garbage, 1, "SEC004"),
];

fn script(folder: &Path, text: &str) {
    write(folder, "deploy.sh", format!("#!/usr/bin/env bash\nset -euo pipefail\n{text}\n"));
}

fn deep(folder: &Path, before: &str, after: &str) {
    script(folder, &format!("{}true{}", before.repeat(100_000), after.repeat(100_000)));
}

fn open(folder: &Path, piece: &str) {
    script(folder, &piece.repeat(if piece.len() > 2 { 100_000 } else { 1_000_000 }));
}

fn heredocs(folder: &Path) {
    script(folder, &"cat <<A <<'B' <<-C\n$(\n".repeat(100_000));
}

fn nested_commands(folder: &Path) {
    let mut line = "true".to_owned();
    for _ in 0..16 {
        line = format!("sh -c '{}'", line.replace('\'', "'\\''"));
        line.truncate(2_000_000);
    }
    script(folder, &line);
}

fn hook_circle(folder: &Path) {
    write(folder, ".husky/pre-commit", "sh scripts/a.sh\n");
    write(folder, "scripts/a.sh", "sh scripts/b.sh\n");
    write(folder, "scripts/b.sh", "sh scripts/a.sh\nsh .husky/pre-commit\n");
}

fn hook_web(folder: &Path) {
    let calls: String = (0..2_000).map(|at| format!("sh scripts/{at}.sh\n")).collect();
    write(folder, ".husky/pre-commit", &calls);
    for at in 0..2_000 {
        let text = if at < 50 { calls.as_str() } else { "true\n" };
        write(folder, &format!("scripts/{at}.sh"), text);
    }
}

fn makefile(folder: &Path) {
    let mut text = String::new();
    for at in 0..200_000 {
        text.push_str(&format!("t{at}: t{}\n\t@echo $(shell echo $(A{at}))\n", at + 1));
    }
    write(folder, "Makefile", text);
}

fn continued(folder: &Path) {
    write(folder, "Makefile", format!("a:\n\techo {}\n", "a \\\n".repeat(200_000)));
}

fn patterns(folder: &Path) {
    let regex = format!("({}){}", "(a+)+".repeat(500), "\\1".repeat(50));
    let counted = "(((a{1,1000}){1,1000}){1,1000})";
    write(
        folder,
        ".husky/pre-commit",
        format!(
            "#!/bin/sh\ngit diff --cached | grep -E '{regex}' && exit 1\ngrep -P '{counted}' x || true\n"
        ),
    );
    write(folder, "a.txt", "a".repeat(200_000));
}

fn garbage(folder: &Path) {
    let mut bytes = b"#!/bin/bash\n\x1b]0;x\x07=\x00$(\xff\n\x1b[2J() { PASSWORD=".to_vec();
    bytes.extend_from_slice(CANARY.as_bytes());
    bytes.extend_from_slice(b"; }\n\xc3(\x9b31m");
    write(folder, "deploy.sh", bytes);
}

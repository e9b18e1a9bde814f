//! The `console` blocks of a page as one session of bash, each command in turn, and what it prints beside what the
//! page shows.
//!
//! `$ ` begins a command, `> ` goes on with it, and `? 1` is how it ended where that is not 0. A line `...` stands for
//! any lines, and `[..]` for any part of one. `<!-- setup … -->` above a block is run first and shown nowhere; a
//! block with `path=` is written before the commands below it. The session begins in an empty folder, with
//! `$REPOSITORY` as the top of this repository.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::page::Page;

/// Between what two commands print.
const MARK: &str = "\u{1}envgate-book ";

/// One command of a page.
struct Step {
    command: String,
    expected: String,
    code: i32,
    /// The lines of the page that what it prints stands on, from 0, `? 1` included.
    lines: std::ops::Range<usize>,
}

/// The page as it should read, and what was wrong with it.
pub(crate) fn run(page: &Page) -> (String, Vec<String>) {
    let mut script = String::new();
    let mut steps: Vec<Step> = Vec::new();
    let shown = page.blocks.iter().rposition(super::Block::runs).unwrap_or_default();
    for block in &page.blocks[..=shown] {
        for setup in &block.setup {
            write!(script, "{{\n{setup}\n}} >/dev/null 2>&1 || printf 'the set-up failed\\n'\n").unwrap();
        }
        if let Some(file) = &block.file {
            write!(
                script,
                "mkdir -p \"$(dirname '{file}')\"\ncat >'{file}' <<'END OF FILE'\n{}END OF FILE\n",
                block.text
            )
            .unwrap();
        }
        if block.runs() {
            for step in read(&block.text, block.line - 1) {
                write!(script, "printf '{MARK}\\n'\n{}\nprintf '\\n{MARK}%d\\n' $?\n", step.command).unwrap();
                steps.push(step);
            }
        }
    }
    compare(page, &steps, &printed(&script))
}

fn read(text: &str, first: usize) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, at) in text.lines().zip(first..) {
        if let Some(command) = line.strip_prefix("$ ") {
            let lines = at + 1..at + 1;
            steps.push(Step { command: command.to_owned(), expected: String::new(), code: 0, lines });
            continue;
        }
        let step =
            steps.last_mut().unwrap_or_else(|| panic!("line {}: a block begins with no command", at + 1));
        let fresh = step.lines.is_empty();
        if let Some(more) = line.strip_prefix("> ").filter(|_| fresh) {
            step.command += &format!("\n{more}");
            step.lines = at + 1..at + 1;
        } else if let Some(code) = line.strip_prefix("? ").filter(|_| fresh) {
            step.code = code.parse().unwrap();
            step.lines.end = at + 1;
        } else {
            step.expected += line;
            step.expected.push('\n');
            step.lines.end = at + 1;
        }
    }
    steps
}

/// Everything that the session prints, on one machine as on the other.
fn printed(script: &str) -> String {
    let place = tempfile::tempdir().unwrap();
    let (bin, home, work) = (place.path().join("bin"), place.path().join("home"), place.path().join("work"));
    for folder in [&bin, &home, &work] {
        fs::create_dir(folder).unwrap();
    }
    symlink(env!("CARGO_BIN_EXE_envgate"), bin.join("envgate")).unwrap();
    let config = home.join("gitconfig");
    fs::write(
        &config,
        "[user]\nname = Ana\nemail = ana@example.com\n[init]\ndefaultBranch = main\n[advice]\ndetachedHead = false\n",
    )
    .unwrap();
    let path = place.path().join("script");
    fs::write(&path, format!("exec 2>&1\n{script}")).unwrap();
    let output = Command::new("bash")
        .arg(&path)
        .current_dir(&work)
        .env_clear()
        .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()))
        .env("HOME", &home)
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", &config)
        .env("GIT_AUTHOR_DATE", "2026-01-15T10:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-01-15T10:00:00Z")
        .env("REPOSITORY", Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.replace(&format!("{}/", work.display()), "").replace(&work.display().to_string(), ".")
}

fn compare(page: &Page, steps: &[Step], printed: &str) -> (String, Vec<String>) {
    let mut rest = printed;
    let mut lines: Vec<String> = page.text.lines().map(str::to_owned).collect();
    let mut wrong = Vec::new();
    let mut fresh = Vec::new();
    for step in steps {
        let Some((before, behind)) = rest.split_once(&format!("{MARK}\n")) else { break };
        let Some((said, end)) = behind.split_once(&format!("\n{MARK}")) else { break };
        assert!(before.trim().is_empty(), "{}: in front of `{}`: {before}", page.path, step.command);
        let (code, after) = end.split_once('\n').unwrap_or((end, ""));
        let code: i32 = code.parse().unwrap();
        rest = after;
        let said: String = said.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        if code != step.code || !matches(step.expected.trim_end(), said.trim_end()) {
            wrong.push(format!(
                "{}:{}: `{}` ends with {code} and prints\n{said}",
                page.path, step.lines.start, step.command
            ));
            fresh.push((step, code, said));
        }
    }
    assert!(rest.matches(MARK).count() == 0, "{}: more is printed than the page has commands", page.path);
    for (step, code, said) in fresh.iter().rev() {
        let ended = (*code != 0).then(|| format!("? {code}"));
        let said = said.trim_end().lines().map(str::to_owned);
        // A blank line in front of the next command stays.
        let gap = step.expected.ends_with("\n\n").then(String::new);
        lines.splice(step.lines.clone(), ended.into_iter().chain(said).chain(gap));
    }
    (lines.join("\n") + "\n", wrong)
}

/// Whether `said` is what is expected, where `...` is any lines and `[..]` any part of a line.
fn matches(expected: &str, said: &str) -> bool {
    let expected: Vec<&str> = expected.lines().collect();
    let said: Vec<&str> = said.lines().collect();
    matches_lines(&expected, &said)
}

fn matches_lines(expected: &[&str], said: &[&str]) -> bool {
    match (expected.split_first(), said.split_first()) {
        (None, None) => true,
        (Some((&"...", more)), _) => (0..=said.len()).any(|skipped| matches_lines(more, &said[skipped..])),
        (Some((line, more)), Some((real, others))) => matches_line(line, real) && matches_lines(more, others),
        _ => false,
    }
}

fn matches_line(expected: &str, real: &str) -> bool {
    let mut parts = expected.split("[..]");
    let Some(mut rest) = real.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        (rest, last) = (behind, Some(part));
    }
    rest.is_empty() || last == Some("")
}

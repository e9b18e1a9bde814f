//! What a user sees of a plan, and of the refusals that matter most: the very text of `docs/deploy.md`.
//!
//! `ENVGATE_BLESS=1` writes what is said now into that page.

use std::path::{Path, PathBuf};

use super::bed::{Bed, bed};

/// Between what stands before and after `title` in the page: a block of a terminal.
struct Page {
    path: PathBuf,
    text: String,
}

impl Page {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/deploy.md");
        let text = std::fs::read_to_string(&path).unwrap();
        Self { path, text }
    }

    /// Requires the block under `title` to be `said`, or makes it so.
    fn holds(&mut self, title: &str, said: &str) {
        let lead = format!("**{title}**\n\n```console\n");
        let (before, rest) = self.text.split_once(&lead).unwrap_or_else(|| panic!("no block: {title}"));
        let (block, after) = rest.split_once("```\n").unwrap();
        if std::env::var_os("ENVGATE_BLESS").is_some() {
            self.text = format!("{before}{lead}{said}```\n{after}");
            std::fs::write(&self.path, &self.text).unwrap();
            return;
        }
        assert_eq!(block, said, "docs/deploy.md shows something else; ENVGATE_BLESS=1 writes it");
    }
}

/// Times are not the same twice, and neither are the names of runs.
fn without_times(text: &str) -> String {
    let line = |line: &str| match line.split_once("report: .envgate/reports/") {
        Some(("", _)) => "report: .envgate/reports/RUN.json\n".to_owned(),
        _ => without_time(line),
    };
    text.lines().map(line).collect()
}

fn without_time(line: &str) -> String {
    match line.trim_start().split_once("s ") {
        Some((number, rest)) if number.parse::<f32>().is_ok() => format!("   0.0s {rest}\n"),
        _ => format!("{}\n", line.trim_end()),
    }
}

/// Neither are hashes: a commit holds the time that it was made at.
fn without_hashes(text: &str) -> String {
    let (mut made, mut word) = (String::new(), String::new());
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_hexdigit() {
            word.push(c);
            continue;
        }
        let hash = word.len() >= 9 && word.contains(|c: char| c.is_ascii_digit());
        made.push_str(if hash { "…" } else { &word });
        word.clear();
        made.push(c);
    }
    made.pop();
    made
}

#[test]
fn the_plan_of_the_page_is_what_a_user_sees() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let told = bed.deploy(&["plan", "--version", "0.1.2"]);
    assert_eq!(told.code, 0, "{}", told.text);
    bed.untouched();
    let text = without_hashes(&without_times(&told.text));
    let said = format!("$ envgate deploy plan --version 0.1.2\n{text}");
    Page::read().holds("Another version of three services", &said);
}

fn refused(bed: &Bed, page: &mut Page, title: &str) {
    let told = bed.deploy(&["run", "--version", "0.1.2"]);
    assert_eq!(told.code, 1, "{}", told.text);
    bed.untouched();
    page.holds(title, &format!("$ envgate deploy run --version 0.1.2\n{}", without_times(&told.text)));
}

#[test]
fn the_refusals_of_the_page_are_what_a_user_sees() {
    let Some(bed) = bed() else { return };
    let mut page = Page::read();
    let seeded = bed.server("cp envs/.env envs/.seeded && pwd");
    let back = || bed.server(&format!("cp {seeded}/envs/.seeded envs/.env"));
    bed.word(&["fault", "env-short"]);
    refused(&bed, &mut page, "A short `SECRET_KEY` on the server");
    back();
    bed.word(&["fault", "env-json"]);
    refused(&bed, &mut page, "JSON hosts where the code wants CSV");
    back();
    bed.configure("ALLOWED_HOSTS: {expect: csv}", "ALLOWED_HOSTS: {expect: json}");
    refused(&bed, &mut page, "CSV hosts where the code wants JSON");
    bed.configure("ALLOWED_HOSTS: {expect: json}", "ALLOWED_HOSTS: {expect: csv}");
    let fallback = "sed -i 's/SECRET_KEY: ${SECRET_KEY:?}/SECRET_KEY: ${SECRET_KEY:-dev-secret-change-in-production}/' infra/docker-compose.yml";
    bed.commit(fallback);
    refused(&bed, &mut page, "A fallback that would shadow what is missing");
    bed.commit("git revert -n HEAD");
    bed.sh("echo x >notes.txt && git add notes.txt && git commit -qm 'not pushed' && echo y >>notes.txt");
    refused(&bed, &mut page, "A tree that is dirty, and a commit that is not pushed");
}

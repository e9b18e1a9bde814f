//! Files that a check writes beside what it prints, and the HTML page in a real browser.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may die, and says what it could not look at"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const FORMATS: [&str; 10] =
    ["human", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html"];

fn envgate(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_envgate")).args(arguments).current_dir(directory).output().unwrap()
}

fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("app")).unwrap();
    fs::write(directory.path().join("app/.env"), "A=1\nA=2\n").unwrap();
    directory
}

#[test]
fn each_file_holds_what_its_format_prints() {
    let directory = project();
    let outputs: Vec<String> = FORMATS.iter().map(|format| format!("{format}=../{format}.out")).collect();
    let here = directory.path().join("app");
    let mut arguments = vec!["check", "-q"];
    arguments.extend(outputs.iter().flat_map(|output| ["--output", output.as_str()]));
    let printed = envgate(&here, &arguments);
    assert_eq!(String::from_utf8_lossy(&printed.stdout), "1 error in 1 file\n");
    assert_eq!(printed.status.code(), Some(1));
    for format in FORMATS {
        let file = fs::read(directory.path().join(format!("{format}.out"))).unwrap();
        assert_eq!(file, envgate(&here, &["check", "--format", format]).stdout, "{format}");
        assert!(!file.is_empty(), "{format}");
    }
    let left: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
    assert_eq!(left.len(), FORMATS.len() + 1, "nothing else is left: {left:?}");
}

#[test]
fn a_clean_check_writes_its_files_too() {
    let directory = project();
    fs::write(directory.path().join("app/.env"), "A=1\n").unwrap();
    for arguments in [
        &["check", "app", "--output", "junit=one.xml"][..],
        &["check", "app/.env", "--output", "junit=two.xml", "--format", "markdown"],
    ] {
        let printed = envgate(directory.path(), arguments);
        assert_eq!(printed.status.code(), Some(0));
    }
    let one = fs::read_to_string(directory.path().join("one.xml")).unwrap();
    assert!(one.contains("no findings"));
    assert_eq!(one, fs::read_to_string(directory.path().join("two.xml")).unwrap());
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let directory = project();
    for (output, said) in [
        ("html=missing/r.html", "cannot write `missing/r.html`"),
        ("pdf=r.pdf", "`pdf` is no format; there are human, json"),
        ("r.html", "html=report.html"),
        ("html=", "no file behind"),
    ] {
        let printed = envgate(directory.path(), &["check", "app", "--output", output]);
        let error = String::from_utf8_lossy(&printed.stderr);
        assert!(printed.status.code() == Some(2) && error.contains(said), "{output}: {error}");
    }
}

/// Where there is a Chromium, else `None`, and then this says so.
fn chromium() -> Option<&'static str> {
    let found = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    });
    if found.is_none() {
        eprintln!("!!! NO CHROMIUM HERE: the HTML report was NOT looked at in a browser");
    }
    found
}

/// The page as the browser has it when its script has run, and what the browser complained of.
fn rendered(browser: &str, page: &Path) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    (String::from_utf8(output.stdout).unwrap(), log)
}

#[test]
fn the_page_works_in_a_browser_and_runs_nothing_that_stands_in_a_file() {
    let Some(browser) = chromium() else { return };
    let directory = tempfile::tempdir().unwrap();
    let name = "<img src=x onerror=\"document.title='pwned'\">.env";
    let text =
        "A=1\nA=2\nB=<script>document.title='pwned'</script>\nB=</pre><svg onload=document.title='pwned'>\n";
    fs::write(directory.path().join(name), text).unwrap();
    fs::write(directory.path().join("plain.env"), "C=1\nC=2\n").unwrap();
    let page = directory.path().join("r.html");
    let output = format!("html={}", page.display());
    assert_eq!(envgate(directory.path(), &["check", "-q", "--output", &output]).status.code(), Some(1));
    let (dom, log) = rendered(browser, &page);
    // The policy let its own script run, which shows the form and counts.
    assert!(dom.contains("3 of 3 shown"), "the script did not run:\n{log}\n{dom}");
    assert!(dom.contains("<form id=\"filters\" role=\"search\">"), "the form is still hidden");
    assert!(dom.contains("<title>envgate: 3 errors</title>"), "something else ran");
    assert!(!dom.contains("<img") && !dom.contains("onload=document.title='pwned'>\n"), "{dom}");
    assert_eq!(dom.matches("<script").count(), 1);
    assert!(!log.contains("Content Security Policy"), "the page breaks its own policy: {log}");
}

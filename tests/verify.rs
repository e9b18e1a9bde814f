//! `--verify` against a server on this machine: who is asked, how often, with what, and what is told.

#![allow(clippy::type_complexity, reason = "a table of cases is read in one place")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;

/// What stands for all vendors: it keeps what it was asked, line by line.
struct Vendors {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Vendors {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let head = head(&stream);
                stream.write_all(answer(&head).as_bytes()).unwrap();
                kept.lock().unwrap().push(head);
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn head(stream: &TcpStream) -> String {
    let lines = BufReader::new(stream).lines().map(Result::unwrap);
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn answer(head: &str) -> String {
    let said = |status: &str, more: &str, body: &str| {
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{more}\r\n{body}",
            body.len()
        )
    };
    if head.contains("/slack.com/") {
        return said("200 OK", "", "{\"ok\":false,\"error\":\"invalid_auth\"}");
    }
    if head.contains("/api.stripe.com/") {
        return said("302 Found", "Location: http://127.0.0.1:9/elsewhere\r\n", "");
    }
    if head.contains(&live()) { said("200 OK", "", "{}") } else { said("401 Unauthorized", "", "{}") }
}

fn live() -> String {
    ["gh", "p_cXj4sX4", "K9bgjTAyb", "Rnfrl8CuI", "FpSLJ0nqQ", "K8"].concat()
}

fn dead() -> String {
    ["gh", "s_uW7toZh", "UmUYqgCIN", "YtAv5BYF7", "3hi6L27UU", "ZS"].concat()
}

fn slack() -> String {
    ["xo", "xb-294857", "103847-58", "2047193846-", "kT7mQ2xV9bLw", "R4nZ8pJc6YdH"].concat()
}

fn stripe() -> String {
    ["sk", "_live_k3J5h", "2L1mQ9wX7vB", "4nR8pT6yZc"].concat()
}

fn tree() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| fs::write(place.path().join(name), text).unwrap();
    write("a.txt", format!("token {}\n", live()));
    write("b.txt", format!("token {}\nother {}\n", live(), dead()));
    write("c.txt", format!("slack {}\n", slack()));
    write("d.txt", format!("stripe {}\n", stripe()));
    place
}

fn run(place: &Path, at: &str, arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
    for name in ["GIT_INDEX_FILE", "GIT_EXEC_PATH", "PRE_COMMIT", "LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command.env("ENVGATE_VERIFY_LOOPBACK", at).envs(environment.iter().copied());
    let Output { status, stdout, stderr } = command.args(arguments).current_dir(place).output().unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    for token in [live(), dead(), slack(), stripe()] {
        assert!(!said.contains(&token), "a token is printed:\n{said}");
    }
    (status.code(), said)
}

fn messages(said: &str) -> Vec<(String, String)> {
    let report: serde_json::Value = serde_json::from_str(said).unwrap_or_else(|_| panic!("{said}"));
    let text = |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap().to_owned();
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(one, "path"), text(one, "message")))
        .collect()
}

#[test]
fn each_token_is_asked_about_once_and_the_answer_is_told() {
    let (place, vendors) = (tree(), Vendors::open());
    let (code, said) = run(place.path(), &vendors.address, &["check", "--verify", "--format", "json"], &[]);
    assert_eq!(code, Some(1), "{said}");
    let ends: Vec<(String, String)> = messages(&said)
        .into_iter()
        .map(|(path, message)| (path, message.split_once("; ").unwrap_or(("", "")).1.to_owned()))
        .collect();
    let expected = [
        ("a.txt", "live: `api.github.com` accepts it"),
        ("b.txt", "live: `api.github.com` accepts it"),
        ("b.txt", "dead: `api.github.com` refuses it"),
        ("c.txt", "dead: `slack.com` refuses it"),
        ("d.txt", "unknown whether it lives, asked at `api.stripe.com`: its answer says neither"),
    ];
    assert_eq!(ends, expected.map(|(path, end)| (path.to_owned(), end.to_owned())));
    let asked = vendors.asked();
    // No redirect is followed, no token is sent to another vendor, none is in an address.
    assert_eq!(asked.len(), 4, "{asked:?}");
    for head in &asked {
        let first = head.lines().next().unwrap();
        let theirs = [live(), dead(), slack(), stripe()].iter().filter(|token| head.contains(*token)).count();
        assert_eq!(theirs, 1, "{head}");
        assert!(![live(), dead(), slack(), stripe()].iter().any(|token| first.contains(token)), "{first}");
        assert!(first.starts_with("GET ") || first.starts_with("POST /slack.com/api/auth.test "), "{first}");
    }
    assert!(run(place.path(), &vendors.address, &["check", "-q"], &[]).1.contains("5 errors"));
    assert_eq!(vendors.asked().len(), 4, "asked without `--verify`");
}

#[test]
fn hooks_and_addresses_elsewhere_are_refused() {
    let (place, vendors) = (tree(), Vendors::open());
    let run = |at: &str, arguments: &[&str], environment: &[(&str, &str)]| {
        run(place.path(), at, arguments, environment)
    };
    let cases: [(&str, &[&str], &[(&str, &str)]); 6] = [
        (&*vendors.address, &["check", "--verify", "--staged"], &[]),
        (&vendors.address, &["check", "--verify", "--all-staged"], &[]),
        (&vendors.address, &["check", "--verify"], &[("GIT_INDEX_FILE", ".git/index")]),
        (&vendors.address, &["history", "--verify"], &[("PRE_COMMIT", "1")]),
        ("http://192.0.2.1:80", &["check", "--verify"], &[]),
        ("https://api.github.com", &["check", "--verify"], &[]),
    ];
    for (at, arguments, environment) in cases {
        let (code, said) = run(at, arguments, environment);
        assert_eq!(code, Some(2), "{at} {arguments:?}: {said}");
    }
    assert!(vendors.asked().is_empty());
}

#[test]
fn a_history_is_asked_about_too() {
    let (place, vendors) = (tree(), Vendors::open());
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(["-c", "user.name=Ana", "-c", "user.email=ana@shop.internal"])
            .args(arguments)
            .current_dir(place.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "all"]);
    let (code, said) = run(place.path(), &vendors.address, &["history", "--verify", "--format", "json"], &[]);
    assert_eq!(code, Some(1), "{said}");
    let told = messages(&said);
    assert_eq!(told.iter().filter(|(_, message)| message.contains("; live: ")).count(), 1, "{told:?}");
    assert_eq!(vendors.asked().len(), 4);
}

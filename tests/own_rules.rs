//! Kinds of secrets that a project declares: wherever they are looked for, tried, silenced and shown.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const CONFIGURATION: &str = "secrets:
  acme-key:
    description: an Acme key
    pattern: 'acme_(?:live|test)_[A-Za-z0-9]{24}'
    entropy: 3
    allow: [\"^acme_test_\"]
    rotate: https://acme.example/keys
    examples:
      - [\"acme_live_\", \"k3J5h2L1mQ9wX7vB4nR8pT6y\"]
    counter_examples:
      - acme_live_xxxxxxxxxxxxxxxxxxxxxxxx
  staff-id:
    description: a staff number
    pattern: 'staff[-_ ]id[ =:]{1,3}(?P<secret>[0-9]{8})'
    severity: warning
    paths: [src/**]
    examples: [staff_id=40718825]
    counter_examples: [staff_id=4071882]
";

fn key() -> String {
    ["acme_live", "_k3J5h2L1mQ", "9wX7vB4nR8pT6y"].concat()
}

fn project(configuration: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("src")).unwrap();
    let text = format!("key = \"{}\"\nstaff_id=40718825\n", key());
    fs::write(place.path().join("src/a.py"), &text).unwrap();
    fs::write(place.path().join("b.py"), format!("key = \"{}\"\n", key())).unwrap();
    fs::write(place.path().join("envgate.yaml"), configuration).unwrap();
    place
}

fn envgate(place: &Path, arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .current_dir(place)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    assert!(!said.contains("k3J5h2L1mQ9wX7vB4nR8pT6y"), "the secret is printed:\n{said}");
    (status.code(), said)
}

fn git(place: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=Ana", "-c", "user.email=ana@shop.internal"])
        .args(arguments)
        .current_dir(place)
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
}

/// The rule and the path of each finding.
fn found(said: &str) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(said).unwrap_or_else(|_| panic!("{said}"));
    let text = |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let path = |one: &serde_json::Value| text(one, "path").rsplit(':').next().unwrap().to_owned();
    report["findings"].as_array().unwrap().iter().map(|one| text(one, "code") + " " + &path(one)).collect()
}

#[test]
fn they_are_found_wherever_the_built_in_ones_are() {
    let place = project(CONFIGURATION);
    let here = place.path();
    let json = ["check", "--format", "json"];
    let all = ["acme-key b.py", "acme-key src/a.py", "staff-id src/a.py"];
    assert_eq!(found(&envgate(here, &json, "").1), all);
    let only = |word: &str| found(&envgate(here, &[&json[..], &["--only", word]].concat(), "").1);
    assert_eq!(only("staff-id"), ["staff-id src/a.py"]);
    assert_eq!(only("OWN"), all);
    assert_eq!(envgate(here, &["check", "--only", "acme-keys"], "").0, Some(2));
    let piped = ["check", "--stdin", "--path", "notes.txt", "--format", "json"];
    assert_eq!(found(&envgate(here, &piped, &key()).1), ["acme-key notes.txt"]);
    git(here, &["init", "--quiet"]);
    git(here, &["add", "--all"]);
    let staged = ["check", "--staged", "--format", "json"];
    assert_eq!(found(&envgate(here, &staged, "").1), all);
    git(here, &["commit", "--quiet", "--message", "all"]);
    for directory in [here.to_owned(), here.join("src")] {
        let history = found(&envgate(&directory, &["history", "--format", "json"], "").1);
        // One secret is told once, under the path that brought it.
        assert_eq!(history, ["acme-key b.py", "staff-id src/a.py"], "{}", directory.display());
    }
    let tried = envgate(&here.join("src"), &["rules", "test"], "").1;
    assert!(tried.starts_with("rules: 2, texts: 4"), "{tried}");
}

/// A history has one content once, however many paths it stands at: a kind that looks at one of them looks at it.
#[test]
fn a_content_of_a_history_is_looked_at_for_each_of_its_paths() {
    let place = project(CONFIGURATION);
    let here = place.path();
    fs::copy(here.join("src/a.py"), here.join("b.py")).unwrap();
    git(here, &["init", "--quiet"]);
    git(here, &["add", "--all"]);
    git(here, &["commit", "--quiet", "--message", "all"]);
    let history = || found(&envgate(here, &["history", "--format", "json"], "").1);
    assert_eq!(history(), ["acme-key b.py", "staff-id b.py"]);
    git(here, &["rm", "--quiet", "-r", "src"]);
    git(here, &["commit", "--quiet", "--amend", "--message", "one"]);
    assert_eq!(history(), ["acme-key b.py"], "it never stood below src");
}

/// What a fix would change is shown with the lines around it.
#[test]
fn a_diff_masks_them() {
    let place = project(CONFIGURATION);
    let script = format!("#!/bin/bash\nset -e\nerrors=0\n: {}\n((errors++))\n", key());
    fs::create_dir(place.path().join("scripts")).unwrap();
    fs::write(place.path().join("scripts/a.sh"), script).unwrap();
    let (_, said) = envgate(place.path(), &["fix", "--diff", "scripts/a.sh"], "");
    assert!(said.contains("-((errors++))") && said.contains(" : ****"), "{said}");
}

#[test]
fn they_are_shown_and_silenced_as_the_built_in_ones_are() {
    let ignored = format!(
        "{CONFIGURATION}ignore:\n  - {{rule: acme-key, path: b.py, reason: of a demo}}\nrules: {{staff-id: off}}\n"
    );
    let place = project(&ignored);
    let json = ["check", "--format", "json"];
    assert_eq!(found(&envgate(place.path(), &json, "").1), ["acme-key src/a.py"]);
    let silenced = format!("# envgate: allow acme-key: of a demo\nkey = \"{}\"\n", key());
    fs::write(place.path().join("src/a.py"), silenced).unwrap();
    assert_eq!(envgate(place.path(), &["check"], "").0, Some(0));

    let place = project(CONFIGURATION);
    let sarif = envgate(place.path(), &["check", "--format", "sarif"], "").1;
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["id"] == "acme-key"), "{sarif}");
    let (code, page) = envgate(place.path(), &["explain", "acme-key"], "");
    assert!(code == Some(0) && page.contains("`acme_`"), "{page}");
    let (_, list) = envgate(place.path(), &["rules", "--format", "json"], "");
    assert!(list.contains("\"family\": \"OWN\""), "{list}");
    assert_eq!(envgate(place.path(), &["explain", "nobody"], "").0, Some(2));
}

#[test]
fn their_texts_are_tried() {
    let place = project(CONFIGURATION);
    let (code, said) = envgate(place.path(), &["rules", "test"], "");
    assert_eq!((code, said.as_str()), (Some(0), "rules: 2, texts: 4, not as they say: 0\n"));
    let wrong = CONFIGURATION
        .replace("[staff_id=4071882]", "[\"staff id 40718825\"]")
        .replace("entropy: 3", "entropy: 7");
    fs::write(place.path().join("other.yaml"), wrong).unwrap();
    let (code, said) = envgate(place.path(), &["rules", "test", "other.yaml"], "");
    assert_eq!(code, Some(1), "{said}");
    for line in [
        "other.yaml:9:9: example 1 of `acme-key` is not found: it has less entropy than the rule asks for",
        "other.yaml:18:24: counter-example 1 of `staff-id` is found: the pattern matches it",
        "rules: 2, texts: 4, not as they say: 2",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    let none = envgate(place.path(), &["rules", "test", "--format", "json"], "").1;
    assert!(none.contains("\"failed\": []"), "{none}");
}

#[test]
fn mistakes_in_them_have_their_place() {
    for (from, to, place, message) in [
        ("{24}'", "+'", "4:14", "the pattern has no longest match"),
        ("(?:live|test)_[", "(?:live|test_[", "4:", "the pattern cannot be used"),
        ("acme-key:", "Acme Key:", "2:3", "cannot be the name of a rule"),
        ("acme-key:", "weak-secret:", "2:3", "a built-in rule is called `weak-secret` already"),
        ("[staff_id=4071882]", "[]", "12:3", "`staff-id` has no counter-example"),
        ("    description: an Acme key\n", "", "3:5", "`description` is missing"),
        ("entropy:", "entropie:", "5:5", "unknown key `entropie`"),
    ] {
        let text = CONFIGURATION.replacen(from, to, 1);
        assert_ne!(text, CONFIGURATION, "{from}");
        let (code, said) = envgate(project(&text).path(), &["rules", "test"], "");
        assert_eq!(code, Some(2), "{said}");
        let said = said.replace("\n  │ ", " ");
        assert!(
            said.contains(&format!("envgate.yaml:{place}")) && said.contains(message),
            "{message}: {said}"
        );
    }
}

/// What accepts a secret, and what one of its kinds looks like, is none for the built-in kinds either.
#[test]
fn what_the_configuration_says_of_secrets_is_no_secret() {
    let digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
    let configuration = format!(
        "ignore:\n  - {{rule: gitlab-token, value: {digest}, reason: revoked}}\nsecrets:\n  shop-partner-key:\n    \
         description: a partner key\n    pattern: 'shp-[a-z0-9]{{20}}'\n    examples: [\"key: shp-k3v9x2m8q1z7w5n4r6t0\"]\n    \
         counter_examples: [shp-short]\n"
    );
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("envgate.yaml"), &configuration).unwrap();
    let (code, said) = envgate(place.path(), &["check", "--only", "SEC,OWN", "--format", "json"], "");
    assert_eq!((code, found(&said).len()), (Some(0), 0), "{said}");
    // Elsewhere they are what they look like.
    fs::write(place.path().join("other.yaml"), &configuration).unwrap();
    let (code, said) = envgate(place.path(), &["check", "--only", "SEC,OWN", "--format", "json"], "");
    assert!(code == Some(1) && said.contains("other.yaml"), "{said}");
}

//! A project that comes from gitleaks or detect-secrets: what they were told to leave alone stays alone.
//!
//! What is expected of gitleaks was measured with gitleaks 8.30.1 on the same files, of detect-secrets with
//! detect-secrets 1.5.0.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn says(&self, arguments: &str) -> (i32, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_envgate"))
            .args(arguments.split(' '))
            .current_dir(self.0.path())
            .output()
            .unwrap();
        (status.code().unwrap(), String::from_utf8([stdout, stderr].concat()).unwrap())
    }

    /// `path:line` of everything that is found.
    fn found(&self) -> BTreeSet<String> {
        let (_, text) = self.says("check --format jsonl");
        let places = text.lines().map(|line| {
            let found: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
            format!("{}:{}", found["path"].as_str().unwrap(), found["line"])
        });
        places.collect()
    }
}

/// A token in pieces, so that no scanner of this repository finds it whole.
fn token(tail: &str) -> String {
    ["gh", "p_", "Zq8vKmP2xLs9RtB4nWc7YdF1hJ6g", tail].concat()
}

fn project() -> Place {
    let place = Place::new();
    let [one, two, three, four, five] =
        ["aA11bB22", "cC33dD44", "eE55fF66", "gG77hH88", "iI99jJ00"].map(token);
    place.write(
        "src/a.py",
        &format!("one = \"{one}\"\ntwo = \"{two}\"  # gitleaks:allow\nthree = \"{three}\"  # pragma: allowlist secret\n"),
    );
    place.write("src/b.py", &format!("four = \"{four}\"  # for tests only\n"));
    place.write("src/c.env", "PORT=1 # gitleaks:allow\nPORT=2\n");
    place.write("tests/t.py", &format!("five = \"{five}\"\n"));
    place
}

fn places(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|place| (*place).to_owned()).collect()
}

#[test]
fn comments_of_other_scanners_speak_of_secrets_alone() {
    assert_eq!(project().found(), places(&["src/a.py:1", "src/b.py:1", "src/c.env:1", "tests/t.py:1"]));
}

#[test]
fn allowlists_of_gitleaks_count_for_secrets_from_any_folder() {
    let place = project();
    place.write(".gitleaks.toml", "[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['''^tests/''']\n[[allowlists]]\nregexTarget = 'line'\nregexes = ['''for tests only''']\n");
    assert_eq!(place.found(), places(&["src/a.py:1", "src/c.env:1"]));
    place.write(".gitleaksignore", "src/a.py:github-pat:1\n");
    assert_eq!(place.found(), places(&["src/c.env:1"]));
    let below = place.says("check src -q");
    assert!(below.1.contains("1 error in 3 files (4 suppressed)"), "{below:?}");
}

#[test]
fn lists_for_one_rule_of_gitleaks_count_for_ours_of_the_same_vendor() {
    let place = project();
    place.write(".gitleaks.toml", "[extend]\nuseDefault = true\n[[rules]]\nid = 'github-pat'\n[[rules.allowlists]]\nregexes = ['''aA11bB22''']\n[[allowlists]]\ntargetRules = ['gitlab-pat']\npaths = ['''^src/''']\n");
    assert_eq!(place.found(), places(&["src/b.py:1", "src/c.env:1", "tests/t.py:1"]));
    place.write(".gitleaks.toml", "[extend]\nuseDefault = true\ndisabledRules = ['github-pat']\n");
    assert_eq!(place.found(), places(&["src/c.env:1"]));
}

#[test]
fn comments_for_trufflehog_and_dotenv_linter_are_heard() {
    let place = Place::new();
    place.write("src/a.py", &format!("one = \"{}\"  # trufflehog:ignore\n", token("aA11bB22")));
    place.write("a.env", "# dotenv-linter:off DuplicatedKey\nPORT=1\nPORT=2\n# dotenv-linter:on DuplicatedKey\nHOST=a\nHOST=b\n");
    assert_eq!(place.found(), places(&["a.env:5"]));
}

#[test]
fn init_says_what_becomes_of_their_files() {
    let place = project();
    place.write(".gitleaks.toml", "[extend]\nuseDefault = true\n");
    place.write(".secrets.baseline", KNOWN);
    let (code, said) = place.says("init --dry-run");
    assert_eq!(code, 0, "{said}");
    for part in [".gitleaks.toml: its allowlists count here too", "baseline create --from .secrets.baseline"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains(".gitleaksignore"), "{said}");
}

#[test]
fn a_list_that_cannot_be_read_is_said_and_silences_nothing() {
    let place = project();
    place.write(".gitleaks.toml", "[allowlist]\npaths = ['(?=tests)']\n");
    let found = place.found();
    assert!(found.contains(".gitleaks.toml:2") && found.contains("tests/t.py:1"), "{found:?}");
    let (_, text) = place.says("check");
    assert!(text.contains("warning CFG105 unreadable-allowlist"), "{text}");
    place.write("envgate.yaml", "rules: {CFG105: off}\n");
    assert!(!place.found().contains(".gitleaks.toml:2"));
}

/// Made by `detect-secrets scan` of the two tokens; the first one's hash is that of its prefix too.
const KNOWN: &str = r#"{"version": "1.5.0", "plugins_used": [], "filters_used": [], "generated_at": "2026-01-31T00:00:00Z",
  "results": {
    "src/a.py": [
      {"type": "GitHub Token", "filename": "src/a.py", "hashed_secret": "e175c6f5f2a92e8623bd9a4820edb4e8c1b0fd10", "is_verified": false, "line_number": 1},
      {"type": "Base64 High Entropy String", "filename": "src/a.py", "hashed_secret": "HASH", "is_verified": false, "line_number": 1, "is_secret": true}
    ]}}"#;

#[test]
fn a_baseline_is_made_from_that_of_detect_secrets() {
    let place = project();
    let hash = sha1(&token("aA11bB22"));
    place.write(".secrets.baseline", &KNOWN.replace("HASH", &hash));
    let (code, said) = place.says("baseline create --from .secrets.baseline");
    assert_eq!(code, 0, "{said}");
    for part in [
        "still reported: 3 findings that `.secrets.baseline` does not know",
        "1 of its entries are gone, or are no secrets here",
        "warning: 1 of those accepted were audited as real secrets",
        "wrote `.envgate-baseline.json`: 1 finding accepted",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains(&token("aA11bB22")) && !said.contains(&hash), "{said}");
    assert_eq!(place.found(), places(&["src/b.py:1", "src/c.env:1", "tests/t.py:1"]));
    place.write("broken", "{\"results\": []}");
    fs::remove_file(place.0.path().join(".envgate-baseline.json")).unwrap();
    let (code, said) = place.says("baseline create --from broken");
    assert!(code == 2 && said.contains("`broken:1:"), "{said}");
    assert!(!Path::new(&place.0.path().join(".envgate-baseline.json")).exists());
}

fn sha1(text: &str) -> String {
    use sha1::{Digest, Sha1};
    Sha1::digest(text.as_bytes()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

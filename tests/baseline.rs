//! `envgate baseline` and the check that honours it, as a team uses them: accept, move, rename, put right,
//! let days pass.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const FILE: &str = ".envgate-baseline.json";
const CANARY: &str = "c4n4ry-Wq8ZpR7tYb2M";

struct Place(TempDir);

impl Place {
    /// Two files, each with a key that is set twice: two findings.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("envs/.env", &format!("LOG_LEVEL=info\nAPI_TOKEN={CANARY}\nLOG_LEVEL=debug\n"));
        place.write("app/.env", "WORKERS=1\nWORKERS=2\n");
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        // Who else may read it is another rule's matter.
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn baseline(&self) -> String {
        fs::read_to_string(self.path().join(FILE)).unwrap()
    }

    fn run(&self, directory: &str, arguments: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_envgate"))
            .args(arguments.split(' '))
            .current_dir(self.path().join(directory))
            .output()
            .unwrap()
    }

    /// The exit code and what was printed, on both ways.
    fn says(&self, directory: &str, arguments: &str) -> (i32, String) {
        let output = self.run(directory, arguments);
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(text).unwrap())
    }

    fn expect(&self, arguments: &str, code: i32, text: &str) {
        let said = self.says("", arguments);
        assert!(said.0 == code && said.1.contains(text), "{arguments}: {code} with {text:?}, not {said:?}");
    }
}

#[test]
fn what_was_there_is_accepted_and_what_is_new_counts() {
    let place = Place::new();
    place.expect("check -q", 1, "2 errors in 2 files");
    place.expect("baseline create", 0, "wrote `.envgate-baseline.json`: 2 findings accepted (errors: 2");
    place.expect("check -q", 0, "no findings in 2 files (2 suppressed)");
    place.expect("check -q --no-baseline", 1, "2 errors in 2 files");
    place.expect("baseline status", 0, "2 findings accepted, 0 gone, 0 expired, 0 new");
    place.write("app/new.env", "PORT=1\nPORT=2\n");
    place.expect("check -q", 1, "1 error in 3 files (2 suppressed)");
    place.expect("baseline status", 0, "2 findings accepted, 0 gone, 0 expired, 1 new");
    // A second one would forget what the first one knew.
    place.expect("baseline create", 2, "there is a baseline already");
}

#[test]
fn it_outlives_moves_renames_and_other_directories() {
    let place = Place::new();
    place.expect("baseline create", 0, "2 findings");
    place.write("envs/.env", "# one\n# two\n\nLOG_LEVEL=warning\nLOG_LEVEL=debug\n");
    fs::rename(place.path().join("app"), place.path().join("backend")).unwrap();
    place.expect("check -q --fail-on-stale", 0, "no findings in 2 files (2 suppressed)");
    for (directory, arguments) in
        [("envs", "check -q .."), ("", "check -q envs/.env"), ("", "check -q backend --only ENV")]
    {
        let said = place.says(directory, arguments);
        let file = format!("--baseline {}", place.path().join(FILE).display());
        let told = place.says(directory, &format!("{arguments} {file}"));
        assert!(said.0 == 0 && said.1.contains("no findings"), "{directory} {arguments}: {said:?}");
        assert_eq!(told, said, "{directory} {arguments}");
    }
}

/// A secret that was accepted is not leave for the next one in its line.
#[test]
fn another_secret_in_the_same_line_is_new() {
    let place = Place::new();
    let token =
        |tail: &str| format!("token = \"{}\"\n", ["gh", "p_", "Zq8vKmP2xLs9RtB4nWc7YdF1hJ6g", tail].concat());
    place.write("src/a.py", &token("aA11bB22"));
    place.expect("baseline create", 0, "3 findings accepted");
    assert!(place.baseline().contains("\"value\":\"") && !place.baseline().contains("aA11"));
    place.write("src/a.py", &format!("# moved\n\n{}", token("aA11bB22")));
    place.expect("check -q", 0, "3 suppressed");
    fs::rename(place.path().join("src/a.py"), place.path().join("src/b.py")).unwrap();
    place.expect("check -q --fail-on-stale", 0, "3 suppressed");
    place.write("src/b.py", &token("cC33dD44"));
    place.expect("check --fail-on warning", 1, "github-token");
    place.expect("baseline status", 0, "2 findings accepted, 1 gone, 0 expired, 1 new");
}

#[test]
fn what_is_put_right_is_said_dropped_and_may_fail() {
    let place = Place::new();
    place.expect("baseline create", 0, "2 findings");
    place.write("app/.env", "WORKERS=2\n");
    place.expect("check", 0, "`ENV008` in `app/.env` is gone");
    place.expect("check --fail-on-stale", 1, "warning CFG103 stale-baseline");
    place.expect("check --fail-on warning", 1, "CFG103");
    // Who looks at a part cannot say what is gone.
    for part in [
        "check envs --fail-on-stale",
        "check --only ENV --fail-on-stale",
        "check --exclude x --fail-on-stale",
    ] {
        place.expect(part, 0, "no findings");
    }
    place.expect("baseline update envs", 2, "do not cover the folder");
    let before = place.baseline();
    place.expect("baseline update", 0, "gone, dropped: ENV008 in app/.env\n");
    let after = place.baseline();
    assert!(before.lines().count() == after.lines().count() + 1, "one line went:\n{before}{after}");
    assert!(after.lines().all(|line| before.contains(line.trim_end_matches(','))), "and no other changed");
    place.expect("check --fail-on-stale", 0, "no findings");
    place.expect("baseline update", 0, "1 finding accepted, 0 added, 0 dropped");
    assert_eq!(place.baseline(), after, "nothing to do changes nothing");
}

#[test]
fn days_pass() {
    let place = Place::new();
    place.expect("baseline create --expires 2001-02-30", 2, "`2001-02-30` is no day");
    place.expect("baseline create --expires 2001-02-03", 0, "accepted until 2001-02-03");
    place.expect("check", 1, "`ENV008` in `app/.env` was accepted until 2001-02-03 and counts again");
    place.expect("baseline status", 0, "0 findings accepted, 0 gone, 2 expired, 0 new");
    place.expect("baseline update", 0, "2 findings accepted, 0 added, 0 dropped");
    place.expect("check -q", 1, "2 errors");
    place.expect("baseline update --add --expires 9999-12-31", 0, "2 findings accepted, 2 added, 0 dropped");
    place.expect("check -q", 0, "no findings");
}

#[test]
fn the_configuration_decides_where_it_lies_and_what_it_may_say() {
    let place = Place::new();
    place.write("app/envgate.yaml", "rules:\n  CFG103: error\n");
    let said = place.says("", "baseline create app");
    assert!(said.1.contains("wrote `app/.envgate-baseline.json`: 1 finding"), "{said:?}");
    place.expect("check -q app", 0, "no findings in 2 files (1 suppressed)");
    place.write("app/.env", "WORKERS=2\n");
    place.expect("check app", 1, "error CFG103 stale-baseline");
    place.write("app/envgate.yaml", "rules:\n  CFG103: off\n");
    place.expect("check app", 0, "no findings");
}

#[test]
fn a_broken_file_ends_the_check_with_its_place() {
    let place = Place::new();
    place.expect("baseline create", 0, "2 findings");
    let whole = place.baseline();
    let conflict = whole.replace("  \"findings\"", "<<<<<<< ours\n  \"findings\"");
    place.write(FILE, &conflict);
    place.expect("check", 2, "`.envgate-baseline.json:4:1`: it is not JSON");
    place.expect("baseline update", 2, "`.envgate-baseline.json:4:1`");
    assert_eq!(place.baseline(), conflict, "and is left alone");
    place.expect("check --no-baseline -q", 1, "2 errors");
    place.expect("check --baseline missing.json", 2, "`missing.json` does not exist");
    place.write("other.json", &format!("{{\"schema\": \"{CANARY}\"}}"));
    let (code, text) = place.says("", "check --baseline other.json");
    assert!(code == 2 && text.contains("other.json:1:") && !text.contains(CANARY), "{text}");
}

/// A commit is refused for what is new in it, not for what the team has accepted.
#[test]
fn the_hook_honours_it() {
    let place = Place::new();
    let git = |arguments: &[&str]| {
        let status = Command::new("git").args(arguments).current_dir(place.path()).status().unwrap();
        assert!(status.success(), "git {arguments:?}");
    };
    git(&["init", "--quiet"]);
    // A secret that git tracks would be one more finding.
    place.write("envs/.env", "LOG_LEVEL=info\nLOG_LEVEL=debug\n");
    place.expect("baseline create", 0, "2 findings");
    git(&["add", "."]);
    let said = place.says("", "check --staged");
    assert_eq!(said, (0, String::new()), "what is accepted is silence");
    place.write("app/new.env", "PORT=1\nPORT=2\n");
    git(&["add", "."]);
    place.expect("check --staged", 1, "ENV008");
}

#[test]
fn no_value_is_in_it_and_two_are_never_alike() {
    let place = Place::new();
    place.expect("baseline create", 0, "2 findings");
    let first = place.baseline();
    fs::remove_file(place.path().join(FILE)).unwrap();
    place.expect("baseline create", 0, "2 findings");
    let second = place.baseline();
    let hashes = |text: &str| -> Vec<String> {
        text.split("\"hash\":\"").skip(1).map(|rest| rest[..64].to_owned()).collect()
    };
    let (one, two) = (hashes(&first), hashes(&second));
    assert!(one.len() == 2 && one.iter().all(|hash| !two.contains(hash)), "{first}{second}");
    for text in [&first, &second] {
        assert!(!text.contains(CANARY) && !text.contains("LOG_LEVEL"), "{text}");
    }
    fs::remove_file(place.path().join(FILE)).unwrap();
    place.write("envs/.env", "LOG_LEVEL=info\n");
    place.write("app/.env", "WORKERS=2\n");
    place.expect("baseline create", 0, "there is nothing to accept");
    assert!(!place.path().join(FILE).exists());
}

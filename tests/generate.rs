//! `envgate fix --generate`: secrets where nobody sees them but the file, and never where git would take them.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Project(tempfile::TempDir);

impl Project {
    /// A repository that ignores `.env` and `envs/`, with these files.
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        project.git(&["init", "-q"]);
        project.write(".gitignore", ".env\n/envs/\n");
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn git(&self, arguments: &[&str]) {
        let run = Command::new("git").args(arguments).current_dir(self.0.path()).output().unwrap();
        assert!(run.status.success(), "git {arguments:?}");
    }

    fn fix(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output: Output = Command::new(env!("CARGO_BIN_EXE_envgate"))
            .arg("fix")
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("GIT_DIR")
            .output()
            .unwrap();
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said)
    }

    fn value(&self, file: &str, name: &str) -> String {
        let text = self.read(file);
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}="))).unwrap();
        line.split(" #").next().unwrap().to_owned()
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Not a piece of a value is in what was printed.
fn is_silent_about(said: &str, value: &str) {
    let pieces: Vec<&[u8]> = value.as_bytes().windows(6).collect();
    for piece in pieces {
        assert!(!said.contains(std::str::from_utf8(piece).unwrap()), "a piece of a secret in: {said}");
    }
}

const EXAMPLE: &str = "# signs sessions\nSECRET_KEY=\nJWT_SECRET_KEY=\nPOSTGRES_PASSWORD=\nREGION=eu\n";

#[test]
fn missing_empty_and_placeholder_secrets_get_values_that_are_printed_nowhere() {
    let project = Project::new(&[
        (".env.example", EXAMPLE),
        (
            ".env",
            "# mine\nREGION=us\nSECRET_KEY=changeme # keep\nPOSTGRES_PASSWORD= # empty\nAPI_TOKEN=Zq8vN2xW7rK4mT9pL3cB6yH1\n",
        ),
    ]);
    let (code, said) = project.fix(&["--generate"]);
    assert_eq!(code, Some(0), "{said}");
    let names = ["SECRET_KEY", "POSTGRES_PASSWORD", "JWT_SECRET_KEY"];
    let values = names.map(|name| project.value(".env", name));
    for (name, value) in names.iter().zip(&values) {
        assert!(value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}");
        assert!(said.contains(&format!("made {name}: 32 characters")), "{said}");
        is_silent_about(&said, value);
    }
    assert!(values[0] != values[1] && values[1] != values[2], "each has its own");
    let expected = format!(
        "# mine\nREGION=us\nSECRET_KEY={} # keep\nPOSTGRES_PASSWORD={} # empty\nAPI_TOKEN=Zq8vN2xW7rK4mT9pL3cB6yH1\n\
         JWT_SECRET_KEY={}\n",
        values[0], values[1], values[2]
    );
    assert!(project.read(".env") == expected, "nothing else changes");
    assert_eq!(mode(&project.path(".env")), 0o600);
    let left = fs::read_dir(project.0.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(
        left.into_iter().all(|name| !name.to_string_lossy().contains("envgate-")),
        "no half-written file stays"
    );

    let (code, said) = project.fix(&["--generate"]);
    assert_eq!(code, Some(0));
    assert!(said.starts_with("0 secrets made in .env; 0 left"), "{said}");
    assert!(project.read(".env") == expected, "what is there is kept");
}

#[test]
fn a_file_that_is_not_there_is_made_from_its_example() {
    let project = Project::new(&[("envs/.env.example", EXAMPLE)]);
    let (code, said) = project.fix(&["--generate"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(project.read("envs/.env").lines().count(), 3);
    assert_eq!(mode(&project.path("envs/.env")), 0o600);
    is_silent_about(&said, &project.value("envs/.env", "SECRET_KEY"));
}

#[test]
fn what_is_demanded_is_met() {
    let project = Project::new(&[
        (
            ".env.schema",
            "# @required @sensitive @type=string(minLength=64)\nROOT=\n# @required @type=string(startsWith=app_, maxLength=24)\n\
             CACHE_PASSWORD=\n# @required @type=string(matches=regex(\"^[0-9a-f]+$\"))\nHEX_SECRET=\n\
             # @sensitive=false\nPUBLIC_PASSWORD=changeme\n",
        ),
        ("envgate.yaml", "variables:\n  SECRET_KEY: {required: true, min_length: 50}\n"),
        (".env", "REGION=us\r\n"),
    ]);
    let (code, said) = project.fix(&["--generate=.env"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(project.value(".env", "ROOT").len(), 64);
    assert_eq!(project.value(".env", "SECRET_KEY").len(), 50);
    let password = project.value(".env", "CACHE_PASSWORD");
    assert!(password.starts_with("app_") && password.len() == 24);
    assert!(project.value(".env", "HEX_SECRET").bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(!project.read(".env").contains("PUBLIC_PASSWORD"), "no secret, none made");
    let text = project.read(".env");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "line ends stay as they are");
}

#[test]
fn what_others_give_out_is_left_and_named() {
    let project =
        Project::new(&[(".env.example", "OPENAI_API_KEY=\nSECRET_KEY=\n"), (".env", "OPENAI_API_KEY=\n")]);
    let (code, said) = project.fix(&["--generate"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("left OPENAI_API_KEY: somebody else gives it out"), "{said}");
    assert_eq!(project.value(".env", "OPENAI_API_KEY"), "");
    assert_eq!(project.value(".env", "SECRET_KEY").len(), 32);
}

#[test]
fn a_file_that_git_has_or_would_take_gets_nothing() {
    let project = Project::new(&[("app.env", "SECRET_KEY=changeme\n"), (".env", "SECRET_KEY=changeme\n")]);
    let (code, said) = project.fix(&["--generate=app.env"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("`app.env` is not ignored by git") && said.contains(".gitignore"), "{said}");
    project.git(&["add", "-f", ".env", "app.env"]);
    for name in [".env", "app.env"] {
        let (code, said) = project.fix(&[&format!("--generate={name}")]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(&format!("`{name}` is tracked by git")), "{said}");
        assert_eq!(project.read(name), "SECRET_KEY=changeme\n");
    }
    // Wherever it lies.
    project.write("envs/web.env", "SECRET_KEY=changeme\n");
    project.git(&["add", "-f", "envs/web.env"]);
    let (code, said) = project.fix(&["--generate=envs/web.env"]);
    assert!(code == Some(2) && said.contains("`envs/web.env` is tracked by git"), "{said}");
    // A link that is ignored does not hide a file that is not.
    fs::remove_file(project.path(".env")).unwrap();
    project.git(&["rm", "-q", "--cached", ".env"]);
    symlink("app.env", project.path(".env")).unwrap();
    let (code, said) = project.fix(&["--generate"]);
    assert_eq!(code, Some(2), "{said}");
    assert_eq!(project.read("app.env"), "SECRET_KEY=changeme\n");
}

#[test]
fn what_would_be_read_by_nobody_is_refused() {
    let project = Project::new(&[(".env", "SECRET_KEY=changeme\n"), ("envs/.env.staging", "SECRET_KEY=\n")]);
    let (code, said) = project.fix(&["--generate", "envs/.env.staging"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("`envs/.env.staging`") && said.contains("--generate="), "{said}");
    for option in [&["--only", "NOPE"][..], &["--exclude", ".env"], &["--include", "x"], &["--ignore", "ENV"]]
    {
        let (code, said) = project.fix(&[&["--generate"], option].concat());
        assert_eq!(code, Some(2), "{said}");
    }
    assert_eq!(project.read(".env"), "SECRET_KEY=changeme\n");
    assert_eq!(project.read("envs/.env.staging"), "SECRET_KEY=\n");
}

#[test]
fn a_look_first_writes_nothing() {
    let project = Project::new(&[(".env", "SECRET_KEY=changeme\n")]);
    let (code, said) = project.fix(&["--generate", "--diff"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("would make SECRET_KEY: 32 characters"), "{said}");
    assert!(said.contains("1 secret would be made in .env"), "{said}");
    assert_eq!(project.read(".env"), "SECRET_KEY=changeme\n");
}

#[test]
fn lines_that_loaders_do_not_agree_on_are_not_touched() {
    let before = "SECRET_KEY=\"changeme\" x\nJWT_SECRET_KEY='open\n";
    let project = Project::new(&[(".env.example", EXAMPLE), (".env", before)]);
    let (code, said) = project.fix(&["--generate"]);
    assert!(code != Some(0), "{said}");
    assert!(project.read(".env").starts_with(before), "{said}");
}

/// A line that readers do not agree on takes no value.
#[test]
fn a_line_that_cannot_be_read_takes_no_value() {
    let before = "SECRET_KEY='' x\n";
    let project =
        Project::new(&[(".env.example", "# @required @sensitive\nSECRET_KEY=\n"), (".env", before)]);
    let (code, said) = project.fix(&["--generate"]);
    assert!(code != Some(0) && said.contains("left SECRET_KEY: its line cannot be read"), "{said}");
    assert_eq!(project.read(".env"), before, "{said}");
}

#[test]
fn outside_of_a_repository_there_is_nobody_to_hide_from() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "SECRET_KEY=\n").unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["fix", "--generate"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(mode(&folder.path().join(".env")), 0o600);
}

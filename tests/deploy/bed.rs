//! The bed as tests use it: one for all of them, brought up by the first, used by one at a time.
//!
//! Not here: what is tested. The bed itself is `tests/bed/bed`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock};

use serde_json::Value;

static TURN: Mutex<()> = Mutex::new(());
static UP: OnceLock<Option<Vec<(String, String)>>> = OnceLock::new();

/// The bed, seeded.
pub(crate) struct Bed {
    variables: Vec<(String, String)>,
    _turn: MutexGuard<'static, ()>,
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bed/bed")
}

/// The program under test: another one than the one built beside the tests where `ENVGATE_PROGRAM` names it.
fn program() -> String {
    std::env::var("ENVGATE_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_envgate").to_owned())
}

/// Whether a bed that does not come up is a failure: so in CI.
fn required() -> bool {
    std::env::var_os("ENVGATE_BED").is_some_and(|word| word == "required")
}

fn come_up() -> Option<Vec<(String, String)>> {
    if std::env::var_os("ENVGATE_BED").is_none() {
        eprintln!(
            "!!! NOT RUN: the deploy tests need root and Debian; ENVGATE_BED=required brings their bed up"
        );
        return None;
    }
    let up = Command::new("bash").arg(script()).arg("up").status().unwrap();
    if !up.success() {
        assert!(!required(), "the deploy bed did not come up; see the lines above");
        eprintln!("!!! NOT RUN: the deploy bed did not come up");
        return None;
    }
    let output = Command::new("bash").arg(script()).arg("env").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let words = text.split_whitespace().filter_map(|word| word.split_once('='));
    Some(words.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// The seeded bed, or `None` where there is none and none is required.
pub(crate) fn bed() -> Option<Bed> {
    let turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let variables = UP.get_or_init(come_up).clone()?;
    let bed = Bed { variables, _turn: turn };
    bed.word(&["reset"]);
    assert_eq!(bed.state()["seed"], true, "the bed is not as it was seeded");
    Some(bed)
}

impl Bed {
    /// A word to the bed; what it prints.
    pub(crate) fn word(&self, words: &[&str]) -> String {
        let mut command = Command::new("bash");
        command.env("BED_DIR", self.variable("BED_DIR")).arg(script()).args(words);
        let output = command.output().unwrap();
        assert!(output.status.success(), "bed {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A word to the bed with a second server: another user, engine, sshd and database on the same machine.
    pub(crate) fn two(&self, words: &[&str]) -> String {
        let mut command = Command::new("bash");
        command.env("BED_DIR", self.variable("BED_DIR")).env("BED_SERVERS", "2").arg(script()).args(words);
        let output = command.output().unwrap();
        assert!(output.status.success(), "bed {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// What server 1 really is.
    pub(crate) fn state(&self) -> Value {
        serde_json::from_str(&self.word(&["state"])).unwrap()
    }

    pub(crate) fn variable(&self, name: &str) -> &str {
        &self.variables.iter().find(|(known, _)| known == name).unwrap().1
    }

    /// The operator's working copy.
    pub(crate) fn work(&self) -> PathBuf {
        PathBuf::from(self.variable("BED_WORK"))
    }

    /// A shell in the working copy, with the operator's Docker.
    pub(crate) fn sh(&self, script: &str) -> String {
        let output = self.command("sh").args(["-euc", script]).output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A shell on server 1, in the project's folder.
    pub(crate) fn server(&self, script: &str) -> String {
        self.word(&["ssh", "1", &format!("cd octavios-chat && {script}")])
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.work()).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// `envgate deploy`, to its end.
    pub(crate) fn deploy(&self, words: &[&str]) -> Told {
        Told::new(&self.command(&program()).arg("deploy").args(words).output().unwrap())
    }

    /// `envgate deploy` as a person at a terminal sees it.
    pub(crate) fn on_terminal(&self, words: &str) -> Told {
        let line = format!("{} deploy {words}", program());
        Told::new(&self.command("script").args(["-qec", &line, "/dev/null"]).output().unwrap())
    }

    /// `envgate deploy`, begun; its events can be waited for.
    pub(crate) fn begin(&self, words: &[&str]) -> Running {
        let mut command = self.command(&program());
        command
            .arg("deploy")
            .args(words)
            .args(["--format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Running { child, lines }
    }

    /// A change, committed and pushed.
    pub(crate) fn commit(&self, script: &str) {
        self.sh(&format!("{script}\ngit add -A && git commit -qm change && git push -q"));
    }

    /// The configuration with `from` replaced by `to`, committed and pushed.
    pub(crate) fn configure(&self, from: &str, to: &str) {
        let path = self.work().join("envgate.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "the configuration does not hold {from}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
        self.commit(":");
    }

    /// The names of all files in the backup folder that are backups themselves.
    pub(crate) fn backups(&self) -> Vec<String> {
        let state = self.state();
        let names = state["backups"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
        names.filter(|name| name.ends_with(".sql.gz")).collect()
    }

    /// Nothing of what counts is other than it was seeded.
    pub(crate) fn untouched(&self) {
        let state = self.state();
        assert_eq!(state["rows"], 7320, "{state:#}");
        assert_eq!(state["columns"], "id,institucion_id,mes,kpi,valor", "{state:#}");
        assert_eq!(state["databases"], "bankadvisor,postgres", "{state:#}");
        self.serves("0.1.1");
    }

    /// This version answers, and everything runs.
    pub(crate) fn serves(&self, version: &str) {
        let state = self.state();
        assert_eq!(
            state["http"],
            format!("{{\"status\":\"healthy\",\"version\":\"{version}\"}}"),
            "{state:#}"
        );
        let containers = state["containers"].as_array().unwrap();
        let running = containers.iter().filter(|container| container["status"] == "running").count();
        assert_eq!(running, 5, "{state:#}");
        assert!(containers.iter().all(|container| container["health"] != "unhealthy"), "{state:#}");
    }
}

/// What a command said, and how it ended.
pub(crate) struct Told {
    pub(crate) code: i32,
    pub(crate) text: String,
}

impl Told {
    fn new(output: &Output) -> Self {
        let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        Self { code: output.status.code().unwrap_or(-1), text: text.into_owned() }
    }

    /// It ended like this, and said all of that.
    pub(crate) fn is(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}", self.text);
        for word in words {
            assert!(self.text.contains(word), "not said: {word}\n{}", self.text);
        }
    }
}

/// A command at work.
pub(crate) struct Running {
    pub(crate) child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Running {
    /// Waits for a line of the server's journal.
    pub(crate) fn until(&mut self, step: &str, state: &str) {
        let mut said = String::new();
        loop {
            let mut line = String::new();
            assert!(
                self.lines.read_line(&mut line).unwrap() > 0,
                "it ended before {step} was {state}:\n{said}"
            );
            said.push_str(&line);
            let json: Value = serde_json::from_str(&line).unwrap_or_default();
            if json["line"]["step"] == step && json["line"]["state"] == state {
                return;
            }
        }
    }

    /// Its end.
    pub(crate) fn end(mut self) -> Told {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut self.lines, &mut text).unwrap();
        let output = self.child.wait_with_output().unwrap();
        let mut told = Told::new(&output);
        told.text = text + &told.text;
        told
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

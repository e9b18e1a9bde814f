//! The loaders of those who start containers and services: docker compose, docker's client, systemd.
//!
//! Not here: loaders that a program links.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use serde_json::Value;

use super::KEYS;
use super::run::{Outcome, Real};

/// systemd's reader of `environment.d`: that of `EnvironmentFile=`, which afterwards fills in variables.
const SYSTEMD: &str = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator";

fn outcome(values: impl Iterator<Item = (String, String)>) -> Outcome {
    Outcome { refused: false, values: values.filter(|(key, _)| KEYS.contains(&key.as_str())).collect() }
}

fn refused() -> Outcome {
    Outcome { refused: true, values: BTreeMap::new() }
}

/// Which of compose's readers.
#[derive(Clone, Copy)]
pub(crate) enum Compose {
    /// `--env-file`.
    Command,
    /// `env_file:`.
    Service,
    /// `env_file:` with `format: raw`.
    Raw,
}

impl Real {
    /// Compose's reading of a file, through a service that gets it.
    pub(crate) fn compose(&self, file: &str, reader: Compose) -> Outcome {
        let service = match reader {
            Compose::Command => format!("environment: {}", serde_json::to_string(KEYS).unwrap()),
            Compose::Service => format!("env_file: {file}"),
            Compose::Raw => format!("env_file: [{{path: {file}, format: raw}}]"),
        };
        let project = self.folder.join(format!("{file}.yaml"));
        fs::write(&project, format!("name: p\nservices:\n  a:\n    image: x\n    {service}\n")).unwrap();
        let binary = std::env::var_os("ENVGATE_COMPOSE");
        let binary =
            binary.expect("ENVGATE_COMPOSE is not set: tests/run fetches docker compose and sets it");
        let mut command = self.command(Path::new(&binary));
        command.arg("-f").arg(&project);
        if matches!(reader, Compose::Command) {
            command.args(["--env-file", file]);
        }
        let output = command.args(["config", "--format", "json"]).output().unwrap();
        if !output.status.success() {
            return refused();
        }
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let environment = told["services"]["a"]["environment"].as_object().cloned().unwrap_or_default();
        // What compose prints could be read again: a `$` is doubled.
        let values = environment.into_iter();
        outcome(values.filter_map(|(key, value)| Some((key, value.as_str()?.replace("$$", "$")))))
    }

    /// What systemd makes of a file.
    pub(crate) fn systemd(&self, file: &str) -> Outcome {
        let home = self.folder.join(format!("{file}.d"));
        fs::create_dir_all(home.join("environment.d")).unwrap();
        fs::copy(self.folder.join(file), home.join("environment.d/a.conf")).unwrap();
        let output = self.command(Path::new(SYSTEMD)).env("XDG_CONFIG_HOME", &home).output();
        let output = output.unwrap_or_else(|error| panic!("{SYSTEMD}: {error}: install the package systemd"));
        outcome(quoted(&String::from_utf8(output.stdout).unwrap()).into_iter())
    }
}

/// `KEY=value` lines whose values may stand in double quotes, with escapes.
fn quoted(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| {
            let (key, value) = line.split_once('=')?;
            let Some(inner) = value.strip_prefix('"') else {
                return Some((key.to_owned(), value.to_owned()));
            };
            let (mut plain, mut rest) = (String::new(), inner.strip_suffix('"').unwrap().chars());
            while let Some(next) = rest.next() {
                plain.push(match next {
                    '\\' => match rest.next().unwrap() {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        other => other,
                    },
                    other => other,
                });
            }
            Some((key.to_owned(), plain))
        })
        .collect()
}

/// A docker engine that takes down what it is asked to create, and creates nothing.
pub(crate) struct Engine {
    created: Receiver<Value>,
}

impl Engine {
    pub(crate) fn new(real: &Real) -> Self {
        let listener = UnixListener::bind(real.folder.join("engine")).unwrap();
        let (send, created) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that hangs up has nothing more to ask.
                let _ = answer(&stream.unwrap(), &send);
            }
        });
        Self { created }
    }

    /// The environment that docker's client asks for.
    pub(crate) fn docker(&self, real: &Real, file: &str) -> Outcome {
        let mut command = real.command(Path::new("/usr/bin/docker"));
        let mut host = OsStr::new("unix://").to_owned();
        host.push(real.folder.join("engine"));
        let output = command.arg("-H").arg(host).args(["create", "--env-file", file, "image"]).output();
        let output = output.unwrap_or_else(|error| panic!("docker: {error}: install the package docker.io"));
        if !output.status.success() {
            return refused();
        }
        let asked = self.created.recv().unwrap();
        let variables = asked["Env"].as_array().cloned().unwrap_or_default();
        // Of equal names the engine takes the last one.
        outcome(variables.iter().filter_map(|one| {
            let (key, value) = one.as_str()?.split_once('=')?;
            Some((key.to_owned(), value.to_owned()))
        }))
    }
}

fn answer(stream: &UnixStream, created: &Sender<Value>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut first, mut line, mut length) = (String::new(), String::new(), 0);
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        while line.trim() != "" || line.is_empty() {
            line.clear();
            reader.read_line(&mut line)?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let (status, text) = if first.contains("/containers/create") {
            created.send(serde_json::from_slice(&body).unwrap()).unwrap();
            ("201 Created", "{\"Id\":\"abc\",\"Warnings\":[]}")
        } else {
            ("200 OK", if first.starts_with("HEAD") { "" } else { "OK" })
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            text.len()
        );
        let mut stream = stream;
        stream.write_all(format!("{head}{text}").as_bytes())?;
    }
}

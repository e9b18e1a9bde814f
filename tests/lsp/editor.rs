//! An editor with one project open, as a test drives it: messages framed by their length, requests answered by their
//! number. It holds what the server told; what that must be is for the tests to say.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::{CANARY, COMPOSE};

/// An editor with one project open.
pub(crate) struct Editor {
    pub(crate) place: tempfile::TempDir,
    pub(crate) server: Child,
    pub(crate) input: ChildStdin,
    pub(crate) messages: Receiver<Value>,
    pub(crate) asked: u64,
    /// Everything that the server said, for what must not be in it.
    pub(crate) heard: String,
    /// The last diagnostics of each file, by its path in the project.
    pub(crate) told: std::collections::BTreeMap<String, Vec<Value>>,
}

impl Editor {
    /// With the project of most tests.
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("envs")).unwrap();
        fs::write(place.path().join("compose.yaml"), COMPOSE).unwrap();
        fs::write(place.path().join(".env"), format!("API_TOKEN={CANARY}\nREGION=mx\n")).unwrap();
        fs::write(place.path().join("envs/web.env"), "LOG_LEVEL=info\nLOG_LEVEL=debug\n").unwrap();
        fs::write(place.path().join(".env.example"), "API_TOKEN=\nREGION=\nSMTP_HOST=\n").unwrap();
        Self::on(place)
    }

    /// With the project in a folder.
    pub(crate) fn on(place: tempfile::TempDir) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_envgate"))
            .arg("lsp")
            .current_dir(std::env::temp_dir())
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (server.stdin.take().unwrap(), server.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = receive(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let told = std::collections::BTreeMap::new();
        let mut editor = Self { place, server, input, messages, asked: 0, heard: String::new(), told };
        let root = editor.uri("");
        let answer = editor.ask(
            "initialize",
            &json!({"processId": null, "capabilities": {}, "workspaceFolders": [{"uri": root, "name": "p"}]}),
        );
        for served in [
            "hoverProvider",
            "definitionProvider",
            "completionProvider",
            "codeActionProvider",
            "renameProvider",
        ] {
            assert!(!answer["capabilities"][served].is_null(), "{served}: {answer}");
        }
        editor.send(&json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}));
        editor
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("file://{}", fs::canonicalize(self.place.path()).unwrap().join(path).display())
    }

    pub(crate) fn send(&mut self, message: &Value) {
        self.input.write_all(framed(message).as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    pub(crate) fn next(&mut self) -> Value {
        let message = self.messages.recv_timeout(Duration::from_mins(1)).unwrap();
        self.heard.push_str(&message.to_string());
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap();
            let path = uri.strip_prefix(&self.uri("")).unwrap_or(uri).trim_start_matches('/').to_owned();
            self.told.insert(path, message["params"]["diagnostics"].as_array().unwrap().clone());
        }
        message
    }

    pub(crate) fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}));
        loop {
            let message = self.next();
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{message}");
                return message["result"].clone();
            }
        }
    }

    /// The error that a request is answered with.
    pub(crate) fn refused(&mut self, method: &str, parameters: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}));
        loop {
            let message = self.next();
            if message["id"] == id {
                return message["error"].clone();
            }
        }
    }

    pub(crate) fn note(&mut self, method: &str, parameters: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": parameters}));
    }

    pub(crate) fn at(&self, path: &str, line: usize, column: usize) -> Value {
        json!({"textDocument": {"uri": self.uri(path)}, "position": {"line": line, "character": column}})
    }

    /// The codes that are told of a file, once they are as expected.
    pub(crate) fn expect(&mut self, path: &str, codes: &[&str]) {
        for _ in 0..50 {
            let told: Vec<&str> =
                self.told.get(path).into_iter().flatten().filter_map(|one| one["code"].as_str()).collect();
            if self.told.contains_key(path) && told == codes {
                return;
            }
            self.next();
        }
        panic!("{path}: {:?}", self.told);
    }

    pub(crate) fn end(mut self) {
        self.ask("shutdown", &Value::Null);
        self.note("exit", &Value::Null);
        assert!(self.server.wait().unwrap().success());
        assert!(!self.heard.contains(&CANARY[..8]), "a value was sent");
    }
}

pub(crate) fn framed(message: &Value) -> String {
    let text = message.to_string();
    format!("Content-Length: {}\r\n\r\n{text}", text.len())
}

fn receive(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            header => length = header.strip_prefix("Content-Length: ").map_or(length, |n| n.parse().unwrap()),
        }
    }
    let mut bytes = vec![0; length];
    output.read_exact(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

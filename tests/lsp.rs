//! `envgate lsp` spoken to as an editor speaks: messages framed by their length, requests answered by their number.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

const CANARY: &str = "c4n4ryWq8ZpR7tYb2MxK5vL9sD3fG6hJ";

const COMPOSE: &str = "services:\n  web:\n    image: nginx:1.27\n    env_file: envs/web.env\n    environment:\n      API_TOKEN: ${API_TOKEN:?set it}\n      ñ: \"🚀 ${REGION}\"\n";

/// An editor with one project open.
struct Editor {
    place: tempfile::TempDir,
    server: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    asked: u64,
    /// Everything that the server said, for what must not be in it.
    heard: String,
    /// The last diagnostics of each file, by its path in the project.
    told: std::collections::BTreeMap<String, Vec<Value>>,
}

impl Editor {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("envs")).unwrap();
        fs::write(place.path().join("compose.yaml"), COMPOSE).unwrap();
        fs::write(place.path().join(".env"), format!("API_TOKEN={CANARY}\nREGION=mx\n")).unwrap();
        fs::write(place.path().join("envs/web.env"), "LOG_LEVEL=info\nLOG_LEVEL=debug\n").unwrap();
        fs::write(place.path().join(".env.example"), "API_TOKEN=\nREGION=\nSMTP_HOST=\n").unwrap();
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
        for served in ["hoverProvider", "definitionProvider", "completionProvider", "codeActionProvider"] {
            assert!(!answer["capabilities"][served].is_null(), "{served}: {answer}");
        }
        editor.send(&json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}));
        editor
    }

    fn uri(&self, path: &str) -> String {
        format!("file://{}", fs::canonicalize(self.place.path()).unwrap().join(path).display())
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.input.flush().unwrap();
    }

    fn next(&mut self) -> Value {
        let message = self.messages.recv_timeout(Duration::from_mins(1)).unwrap();
        self.heard.push_str(&message.to_string());
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap();
            let path = uri.strip_prefix(&self.uri("")).unwrap_or(uri).trim_start_matches('/').to_owned();
            self.told.insert(path, message["params"]["diagnostics"].as_array().unwrap().clone());
        }
        message
    }

    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
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

    fn note(&mut self, method: &str, parameters: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": parameters}));
    }

    fn at(&self, path: &str, line: usize, column: usize) -> Value {
        json!({"textDocument": {"uri": self.uri(path)}, "position": {"line": line, "character": column}})
    }

    /// The codes that are told of a file, once they are as expected.
    fn expect(&mut self, path: &str, codes: &[&str]) {
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

    fn end(mut self) {
        self.ask("shutdown", &Value::Null);
        self.note("exit", &Value::Null);
        assert!(self.server.wait().unwrap().success());
        assert!(!self.heard.contains(&CANARY[..8]), "a value was sent");
    }
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

#[test]
fn findings_come_with_their_places_and_go_when_they_are_mended() {
    let mut editor = Editor::new();
    editor.expect("envs/web.env", &["ENV008"]);
    let told = editor.told["envs/web.env"][0].clone();
    assert_eq!(told["range"]["start"], json!({"line": 0, "character": 0}));
    assert_eq!((&told["severity"], &told["source"]), (&json!(1), &json!("envgate")));
    assert!(told["message"].as_str().unwrap().starts_with("`LOG_LEVEL` is set again on line 2"), "{told}");
    let uri = editor.uri("envs/web.env");
    let document = |version: u32| json!({"uri": uri, "version": version});
    editor.note("textDocument/didOpen", &json!({"textDocument": {"uri": uri, "languageId": "dotenv", "version": 1, "text": "LOG_LEVEL=info\n"}}));
    editor.expect("envs/web.env", &[]);
    editor.note(
        "textDocument/didChange",
        &json!({"textDocument": document(2), "contentChanges": [{"text": "A=1\nA=2\nB=1\nB=2\n"}]}),
    );
    editor.expect("envs/web.env", &["ENV008", "ENV008"]);
    // What was not saved is gone with the editor's window; the file still has its fault.
    editor.note("textDocument/didClose", &json!({"textDocument": {"uri": uri}}));
    editor.expect("envs/web.env", &["ENV008"]);
    editor.end();
}

#[test]
fn fixes_are_offered_where_the_finding_stands() {
    let mut editor = Editor::new();
    editor.expect("envs/web.env", &["ENV008"]);
    let uri = editor.uri("envs/web.env");
    let part = |line: usize| json!({"textDocument": {"uri": uri}, "range": {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 1}}, "context": {"diagnostics": []}});
    let offered = editor.ask("textDocument/codeAction", &part(0));
    let [action] = &offered.as_array().unwrap()[..] else { panic!("{offered}") };
    assert!(action["title"].as_str().unwrap().starts_with("ENV008: "), "{action}");
    assert_eq!(action["kind"], "quickfix");
    let edits = action["edit"]["changes"][&uri].as_array().unwrap();
    assert!(!edits.is_empty() && edits.iter().all(|edit| edit["newText"] == ""), "{edits:?}");
    assert_eq!(editor.ask("textDocument/codeAction", &part(2)), json!([]));
    editor.end();
}

#[test]
fn names_say_what_they_resolve_to_and_never_their_value() {
    let mut editor = Editor::new();
    let asked = editor.at("compose.yaml", 5, 20);
    let hover = editor.ask("textDocument/hover", &asked);
    let text = hover["contents"]["value"].as_str().unwrap();
    for part in [
        "**API_TOKEN**",
        "- `${API_TOKEN}`: 32 characters, from `.env`",
        "`.env` line 1",
        "- in `web`: 32 characters",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Behind a character of two units and one of two bytes.
    let asked = editor.at("compose.yaml", 6, 16);
    let hover = editor.ask("textDocument/hover", &asked);
    assert!(hover["contents"]["value"].as_str().unwrap().starts_with("**REGION**"), "{hover}");
    assert_eq!(hover["range"]["start"], json!({"line": 6, "character": 15}));
    let asked = editor.at("compose.yaml", 1, 3);
    assert_eq!(editor.ask("textDocument/hover", &asked), Value::Null);
    let asked = editor.at("compose.yaml", 5, 20);
    let places = editor.ask("textDocument/definition", &asked);
    let place = places.as_array().unwrap().iter().find(|place| place["uri"] == editor.uri(".env"));
    assert_eq!(place.unwrap()["range"]["start"]["line"], 0, "{places}");
    editor.end();
}

#[test]
fn names_that_are_known_are_offered() {
    let mut editor = Editor::new();
    let uri = editor.uri(".env");
    editor.note("textDocument/didOpen", &json!({"textDocument": {"uri": uri, "languageId": "dotenv", "version": 1, "text": "REGION=mx\nSM\nX=SM\n"}}));
    let labels = |answer: &Value| -> Vec<String> {
        answer
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["insertText"].as_str().unwrap().to_owned())
            .collect()
    };
    let asked = editor.at(".env", 1, 2);
    let offered = editor.ask("textDocument/completion", &asked);
    let offered = labels(&offered);
    assert!(
        offered.contains(&"SMTP_HOST=".to_owned()) && !offered.contains(&"REGION=".to_owned()),
        "{offered:?}"
    );
    let asked = editor.at(".env", 2, 4);
    assert_eq!(editor.ask("textDocument/completion", &asked), json!([]), "no names in a value");
    let asked = editor.at("compose.yaml", 5, 19);
    let offered = editor.ask("textDocument/completion", &asked);
    assert!(labels(&offered).contains(&"SMTP_HOST".to_owned()), "{offered}");
    editor.end();
}

/// What no editor says must not end the server, nor be said back.
#[test]
fn nonsense_is_answered_and_survived() {
    let mut editor = Editor::new();
    for (method, parameters) in [
        ("textDocument/hover", json!({"textDocument": {"uri": CANARY}})),
        ("textDocument/definition", json!([CANARY])),
        ("unknown/request", Value::Null),
    ] {
        editor.asked += 1;
        let id = editor.asked;
        editor.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}));
        let answer = loop {
            let message = editor.next();
            if message["id"] == id {
                break message;
            }
        };
        assert!(answer["error"]["code"].is_i64(), "{answer}");
    }
    editor.note("textDocument/didOpen", &json!({"textDocument": 7}));
    editor.note("textDocument/didChange", &json!(null));
    let far = editor.at("compose.yaml", 4_000_000, 4_000_000_000);
    assert_eq!(editor.ask("textDocument/hover", &far), Value::Null);
    let other = json!({"textDocument": {"uri": "untitled:1"}, "position": {"line": 0, "character": 0}});
    assert_eq!(editor.ask("textDocument/hover", &other), Value::Null);
    editor.expect("envs/web.env", &["ENV008"]);
    editor.end();
}

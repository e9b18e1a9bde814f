//! `envgate lsp` spoken to as an editor speaks: messages framed by their length, requests answered by their number.

#![allow(clippy::too_many_lines, reason = "a session with an editor is told from its beginning to its end")]
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

    fn uri(&self, path: &str) -> String {
        format!("file://{}", fs::canonicalize(self.place.path()).unwrap().join(path).display())
    }

    fn send(&mut self, message: &Value) {
        self.input.write_all(framed(message).as_bytes()).unwrap();
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

    /// The error that a request is answered with.
    fn refused(&mut self, method: &str, parameters: &Value) -> Value {
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

fn framed(message: &Value) -> String {
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

/// Each kind of file as somebody types in it: a fault that is not saved is found, and goes when it is mended.
#[test]
fn every_kind_of_file_is_checked_as_it_is_typed() {
    let mut editor = Editor::new();
    fs::create_dir(editor.place.path().join(".husky")).unwrap();
    let good = [
        ("compose.yaml", COMPOSE),
        (".husky/pre-commit", "#!/bin/sh\nset -e\nnpm test\n"),
        (".env.schema", "# @required\n# @type=port\nPORT=\n"),
        ("envgate.yaml", "fail_on: warning\n"),
        (".env.example", "API_TOKEN=\nREGION=\nSMTP_HOST=\n"),
    ];
    for (path, text) in good {
        fs::write(editor.place.path().join(path), text).unwrap();
    }
    let bad = [
        ("compose.yaml", COMPOSE.replace("${REGION}", "${REGION"), "CMP001"),
        (".husky/pre-commit", "#!/bin/sh\nset -e\nnpm test || true\n".to_owned(), "HOK207"),
        (".env.schema", "# @required\n# @type=prot\nPORT=\n".to_owned(), "ENV204"),
        ("envgate.yaml", "\n\n\nfail_on: sometimes\n".to_owned(), "CFG001"),
        (".env.example", "API_TOKEN=\nREGION=\nREGION=\n".to_owned(), "ENV008"),
    ];
    for ((path, text), (_, broken, code)) in good.iter().zip(&bad) {
        let uri = editor.uri(path);
        let codes = |editor: &Editor| -> Vec<String> {
            let told = editor.told.get(*path).into_iter().flatten();
            told.filter_map(|one| one["code"].as_str().map(str::to_owned)).collect()
        };
        editor.note(
            "textDocument/didOpen",
            &json!({"textDocument": {"uri": uri, "languageId": "x", "version": 1, "text": text}}),
        );
        // Several keys one after the other, as fast as they come.
        for (version, text) in [(2, "x"), (3, ""), (4, broken.as_str())] {
            editor.note("textDocument/didChange", &json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]}));
        }
        while !codes(&editor).iter().any(|found| found == code) {
            editor.next();
        }
        if *path == "envgate.yaml" {
            assert_eq!(editor.told[*path][0]["range"]["start"]["line"], 3, "the place in the open text");
        }
        editor.note(
            "textDocument/didChange",
            &json!({"textDocument": {"uri": uri, "version": 5}, "contentChanges": [{"text": text}]}),
        );
        while codes(&editor).iter().any(|found| found == code) {
            editor.next();
        }
    }
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

const SETTINGS: &str = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    api_token: str\n    region: str = \"mx\"\n\n    def header(self) -> str:\n        return self.api_token\n";

/// Every text that a renaming leaves behind, by path; what it does not touch is as it was.
fn renamed(editor: &mut Editor, paths: &[&str], at: &Value, new: &str) -> Vec<String> {
    let mut asked = at.clone();
    asked["newName"] = json!(new);
    let edit = editor.ask("textDocument/rename", &asked);
    let changes = edit["changes"].as_object().unwrap();
    let known: Vec<String> = paths.iter().map(|path| editor.uri(path)).collect();
    assert!(changes.keys().all(|uri| known.contains(uri)), "{changes:?}");
    let apply = |(path, uri): (&&str, &String)| {
        let text = fs::read_to_string(editor.place.path().join(path)).unwrap();
        let mut lines: Vec<Vec<u16>> = text.split('\n').map(|line| line.encode_utf16().collect()).collect();
        let mut edits: Vec<&Value> =
            changes.get(uri).and_then(Value::as_array).into_iter().flatten().collect();
        edits.sort_by_key(|edit| {
            std::cmp::Reverse((
                edit["range"]["start"]["line"].as_u64(),
                edit["range"]["start"]["character"].as_u64(),
            ))
        });
        for edit in edits {
            let number = |place: &str, what: &str| {
                usize::try_from(edit["range"][place][what].as_u64().unwrap()).unwrap()
            };
            assert_eq!(number("start", "line"), number("end", "line"));
            let line = &mut lines[number("start", "line")];
            let new = edit["newText"].as_str().unwrap().encode_utf16();
            line.splice(number("start", "character")..number("end", "character"), new);
        }
        lines.iter().map(|line| String::from_utf16(line).unwrap()).collect::<Vec<_>>().join("\n")
    };
    paths.iter().zip(&known).map(apply).collect()
}

#[test]
fn a_variable_is_renamed_in_every_file_that_names_it() {
    let mut editor = Editor::new();
    let write = |path: &str, text: &str| fs::write(editor.place.path().join(path), text).unwrap();
    write("app.py", SETTINGS);
    write("envgate.yaml", "# API_TOKEN\nvariables:\n  API_TOKEN: {required: true}\n");
    write(
        ".env",
        &format!(
            "# API_TOKEN is told by the team\nAPI_TOKEN={CANARY}\nREGION=mx\nURL=\"ñ🚀/${API_TOKEN}\"\nMY_API_TOKEN='$API_TOKEN'\n",
            API_TOKEN = "{API_TOKEN}"
        ),
    );
    write(
        "compose.yaml",
        &format!(
            "{COMPOSE}    build:\n      context: .\n      args:\n        - API_TOKEN\n    command: sh -c 'echo $${{API_TOKEN}}'\n"
        ),
    );
    write(
        "deploy.sh",
        "#!/bin/sh\nset -a; . ./.env # API_TOKEN\necho \"${API_TOKEN:?}\" $MY_API_TOKEN\ngrep -q '^API_TOKEN=' .env\n",
    );
    let paths = [".env", ".env.example", "compose.yaml", "app.py", "envgate.yaml", "deploy.sh"];
    let at = editor.at("compose.yaml", 5, 8);
    let prepared = editor.ask("textDocument/prepareRename", &at);
    assert_eq!(prepared["placeholder"], "API_TOKEN");
    assert_eq!(
        prepared["range"],
        json!({"start": {"line": 5, "character": 6}, "end": {"line": 5, "character": 15}})
    );
    let texts = renamed(&mut editor, &paths, &at, "TOKEN_2");
    let expected = [
        format!("# API_TOKEN is told by the team\nTOKEN_2={CANARY}\nREGION=mx\nURL=\"ñ🚀/${{TOKEN_2}}\"\nMY_API_TOKEN='$API_TOKEN'\n"),
        "TOKEN_2=\nREGION=\nSMTP_HOST=\n".to_owned(),
        format!("{}    build:\n      context: .\n      args:\n        - API_TOKEN=${{TOKEN_2}}\n    command: sh -c 'echo $${{TOKEN_2}}'\n", COMPOSE.replace("API_TOKEN", "TOKEN_2")),
        SETTINGS.replace("api_token", "token_2"),
        "# API_TOKEN\nvariables:\n  TOKEN_2: {required: true}\n".to_owned(),
        "#!/bin/sh\nset -a; . ./.env # API_TOKEN\necho \"${TOKEN_2:?}\" $MY_API_TOKEN\ngrep -q '^TOKEN_2=' .env\n".to_owned(),
    ];
    for (text, expected) in texts.iter().zip(&expected) {
        assert_eq!(text.replace(CANARY, "V"), expected.replace(CANARY, "V"));
    }
    assert!(editor.heard.contains("look for code that reads it"), "a field is read elsewhere");
    // A place behind characters of two units, in a text that is not saved.
    let uri = editor.uri("compose.yaml");
    editor.note("textDocument/didOpen", &json!({"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": "services:\n  a:\n    image: x:1\n    environment:\n      ñ: \"🚀 ${REGION} ${REGION}\"\n"}}));
    let at = editor.at("compose.yaml", 4, 17);
    let mut asked = at.clone();
    asked["newName"] = json!("ZONE");
    let edit = editor.ask("textDocument/rename", &asked);
    let starts: Vec<&Value> = edit["changes"][&uri]
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| &edit["range"]["start"]["character"])
        .collect();
    assert_eq!(starts, [15, 25], "{edit}");
    editor.end();
}

#[test]
fn a_renaming_that_cannot_be_is_refused_with_its_reason() {
    let mut editor = Editor::new();
    fs::write(editor.place.path().join("app.py"), "from pydantic_settings import BaseSettings, SettingsConfigDict\n\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=\"SMTP_\")\n    host: str\n").unwrap();
    let (token, host, image) =
        (editor.at(".env", 0, 2), editor.at(".env.example", 2, 0), editor.at("compose.yaml", 2, 6));
    for (place, new, why) in [
        (&token, "2ND", "`2ND` is no name that every loader takes"),
        (&token, "A-B", "`A-B` is no name that every loader takes"),
        (&token, "", "`` is no name that every loader takes"),
        (&token, "LOG_LEVEL", "`LOG_LEVEL` is taken: it stands in `"),
        (&host, "HOST", "read names that begin with `SMTP_`, and `HOST` does not"),
        (&image, "X", "`image` is no variable of this project"),
    ] {
        let mut asked = place.clone();
        asked["newName"] = json!(new);
        let error = editor.refused("textDocument/rename", &asked);
        assert!(error["message"].as_str().unwrap().contains(why), "{new}: {error}");
        assert_eq!(error["code"], -32803);
    }
    let error = editor.refused("textDocument/prepareRename", &image);
    assert!(error["message"].as_str().unwrap().contains("is no variable"), "{error}");
    editor.end();
}

#[test]
fn a_question_that_is_taken_back_is_not_answered() {
    let mut editor = Editor::new();
    editor.expect("envs/web.env", &["ENV008"]);
    let mut text = String::new();
    for id in 100..103 {
        let at = editor.at("compose.yaml", 5, 20);
        text.push_str(&framed(
            &json!({"jsonrpc": "2.0", "id": id, "method": "textDocument/hover", "params": at}),
        ));
    }
    text.push_str(&framed(&json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 101}})));
    editor.input.write_all(text.as_bytes()).unwrap();
    editor.input.flush().unwrap();
    let mut answers = Vec::new();
    while answers.len() < 3 {
        let message = editor.next();
        answers.extend(message["id"].as_u64().map(|id| (id, message["error"]["code"].as_i64())));
    }
    // The pipe may hand the first one over before the rest.
    assert_eq!(answers[0].0, 100);
    assert_eq!(answers[1..], [(101, Some(-32800)), (102, None)]);
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

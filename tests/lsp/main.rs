//! `envgate lsp` spoken to as an editor speaks: messages framed by their length, requests answered by their number.

#![allow(clippy::too_many_lines, reason = "a session with an editor is told from its beginning to its end")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

mod declared;
mod editor;
#[path = "../canary/project.rs"]
mod project;
mod renaming;

use std::fs;
use std::io::Write;

use serde_json::{Value, json};

use crate::editor::{Editor, framed};

const CANARY: &str = "c4n4ryWq8ZpR7tYb2MxK5vL9sD3fG6hJ";

const COMPOSE: &str = "services:\n  web:\n    image: nginx:1.27\n    env_file: envs/web.env\n    environment:\n      API_TOKEN: ${API_TOKEN:?set it}\n      ñ: \"🚀 ${REGION}\"\n";

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

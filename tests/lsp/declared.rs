//! No piece of a value that a schema or the configuration declares secret in what the server says: findings and what
//! stands beside them, titles of fixes, what names resolve to, names that are offered.
//!
//! Not here: the texts that a fix puts into the file that has them already.

use std::fs;

use serde_json::{Value, json};

use crate::editor::Editor;
use crate::project::{FILES, Files, WHOLE, declared, named, plant};

#[test]
fn no_piece_of_what_is_declared_secret_is_sent() {
    for files in [declared(WHOLE), declared(FILES), named(FILES)] {
        everything_asked_of(&files);
    }
}

fn everything_asked_of(files: &Files) {
    let place = tempfile::tempdir().unwrap();
    let pieces = plant(place.path(), files);
    let mut editor = Editor::on(place);
    let quiet = |said: &str, of: &str| {
        let told: Vec<&String> = pieces
            .iter()
            .filter(|(piece, _)| said.contains(piece.as_str()))
            .map(|(_, place)| place)
            .collect();
        assert!(told.is_empty(), "{of} tells of {told:?}: {said}");
    };
    let (mut actions, mut hovers) = (0, 0);
    for (path, _) in files {
        let text = fs::read_to_string(editor.place.path().join(path)).unwrap();
        let uri = editor.uri(path);
        let whole = json!({"textDocument": {"uri": uri}, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 99_999, "character": 0}}, "context": {"diagnostics": []}});
        let mut offered = editor.ask("textDocument/codeAction", &whole);
        for action in offered.as_array_mut().into_iter().flatten() {
            action.as_object_mut().unwrap().remove("edit");
            actions += 1;
            quiet(&action.to_string(), path);
        }
        for (number, line) in text.lines().enumerate() {
            for (column, _) in line.match_indices("PLACE_").chain(line.match_indices("${")) {
                let column = line[..column].encode_utf16().count() + 2;
                let at = editor.at(path, number, column);
                for method in ["hover", "completion", "definition"] {
                    let answer = editor.ask(&format!("textDocument/{method}"), &at);
                    hovers += usize::from(method == "hover" && answer != Value::Null);
                    quiet(&answer.to_string(), path);
                }
            }
        }
    }
    quiet(&json!(editor.told).to_string(), "a finding");
    let told: usize = editor.told.values().map(Vec::len).sum();
    assert!(told > 5 && actions > 0 && hovers > 0, "{told} findings, {actions} fixes, {hovers} hovers");
}

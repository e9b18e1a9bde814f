//! Renaming a variable wherever the project names it, and the renamings that are refused.

use std::fs;

use serde_json::{Value, json};

use crate::editor::Editor;
use crate::{CANARY, COMPOSE};

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

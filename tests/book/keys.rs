//! The tables of `docs/configuration.md` are those of the schema: every key in its order, every word that it takes, every
//! key below it, and what counts where it is left out.
//!
//! Not here: whether the words around them are good; `docs/keys.md`, which is made.

use serde_json::Value;

use super::page::Page;

/// The head of each table, and the part of the schema that it is about; the first is the whole.
const TABLES: [(&str, &str); 6] = [
    ("## The keys", ""),
    ("### An environment", "Environment"),
    ("### A variable", "Variable"),
    ("### A secret of your own", "Secret"),
    ("### An ignored finding", "Ignore"),
    ("### A deploy", "Deploy"),
];

/// The section of a head, up to the next one.
fn section<'p>(page: &'p str, head: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("\n{head}\n")).unwrap_or_else(|| panic!("no head {head}"));
    rest.split("\n#").next().unwrap()
}

/// The rows of its table: the keys, and what is said of them.
fn rows(section: &str) -> Vec<(Vec<String>, String)> {
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let (keys, said) = line.trim_matches(['|', ' ']).split_once(" | ").unwrap();
        let keys = keys.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        (keys, said.to_owned())
    })
    .collect()
}

/// What a row has to say: the words that a key takes, the keys below it, and what counts without it.
fn demanded(schema: &Value, whole: &Value, wanted: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        // Said once, below the table.
        if !["Postgres", "Mongo", "Rule", "Secret", "Text", "Environment", "Variable", "Ignore", "Deploy"]
            .contains(&name)
        {
            demanded(&whole["$defs"][name], whole, wanted);
        }
    }
    for several in ["anyOf", "oneOf"] {
        schema[several].as_array().into_iter().flatten().for_each(|part| demanded(part, whole, wanted));
    }
    if let Some(word) = schema["const"].as_str() {
        wanted.push(word.to_owned());
    }
    for below in ["items", "additionalProperties"] {
        if schema[below].is_object() {
            demanded(&schema[below], whole, wanted);
        }
    }
    for (key, part) in schema["properties"].as_object().into_iter().flatten() {
        wanted.push(key.clone());
        demanded(part, whole, wanted);
        match &part["default"] {
            Value::Bool(default) => wanted.push(default.to_string()),
            Value::Number(default) => wanted.push(default.to_string()),
            Value::String(default) => wanted.push(default.clone()),
            _ => {}
        }
    }
}

/// Whether a word stands there by itself.
fn stands(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[test]
fn the_tables_of_the_configuration_are_those_of_the_schema() {
    let page = Page::read("docs/configuration.md").text;
    let schema = envgate::config::schema();
    let mut wrong = Vec::new();
    for (head, name) in TABLES {
        let part = if name.is_empty() { &schema } else { &schema["$defs"][name] };
        let section = section(&page, head);
        let rows = rows(section);
        let written: Vec<&String> = rows.iter().flat_map(|(keys, _)| keys).collect();
        let keys: Vec<&String> = part["properties"].as_object().unwrap().keys().collect();
        assert_eq!(written, keys, "{head}: the keys of the table, and those of the schema");
        for (keys, said) in &rows {
            for key in keys {
                let mut wanted = Vec::new();
                demanded(&part["properties"][key], &schema, &mut wanted);
                let missing = wanted.iter().filter(|word| !stands(said, word));
                wrong.extend(missing.map(|word| format!("{head}: `{key}` does not say `{word}`")));
            }
        }
    }
    for (name, words) in [("Postgres", "A `postgres` is"), ("Mongo", "a `mongo` is")] {
        let (_, said) = page.split_once(words).unwrap();
        let said = said.split("; a ").next().unwrap();
        for key in schema["$defs"][name]["properties"].as_object().unwrap().keys() {
            assert!(stands(said, key), "{words}: {key}");
        }
    }
    assert!(wrong.is_empty(), "docs/configuration.md:\n  {}", wrong.join("\n  "));
}

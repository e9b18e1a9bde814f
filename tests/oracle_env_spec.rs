//! Env schemas as the notation's own parser reads them: 250 texts through @env-spec/parser 0.0.8, measured; what
//! follows from its decorators and values is as its reference says.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use envgate::document::env_schema::{Given, Item, SchemaFile};
use envgate::document::kinds::ValueKind;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    text: String,
    items: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    key: String,
    given: String,
    required: Option<bool>,
    sensitive: Option<bool>,
    r#type: Option<String>,
}

/// The kind that a type comes to, where it comes to one.
fn kind(name: Option<&str>) -> Option<ValueKind> {
    Some(match name? {
        "port" => ValueKind::Port,
        "boolean" => ValueKind::Boolean,
        "url" => ValueKind::Url,
        "number" => ValueKind::Number,
        "enum" => ValueKind::Enumeration(["a", "b c", "d"].map(str::to_owned).to_vec()),
        _ => return None,
    })
}

fn differences(expected: &Expected, item: &Item) -> Vec<String> {
    let given = match item.given {
        Given::Nothing => "nothing",
        Given::Text(_) => "text",
        Given::Computed => "computed",
    };
    let mut wrong = Vec::new();
    if given != expected.given {
        wrong.push(format!("{} is {given}, not {}", expected.key, expected.given));
    }
    if item.required != expected.required {
        wrong.push(format!("{} required is {:?}, not {:?}", expected.key, item.required, expected.required));
    }
    if item.sensitive != expected.sensitive {
        wrong.push(format!(
            "{} sensitive is {:?}, not {:?}",
            expected.key, item.sensitive, expected.sensitive
        ));
    }
    if item.kind != kind(expected.r#type.as_deref()) {
        wrong.push(format!("{} kind is {:?}, not {:?}", expected.key, item.kind, expected.r#type));
    }
    wrong
}

#[test]
fn schemas_are_read_as_the_notations_own_parser_reads_them() {
    let text = std::fs::read_to_string("tests/oracles/env_spec.jsonl").unwrap();
    let rows: Vec<Row> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 250);
    let mut wrong = String::new();
    for row in &rows {
        let schema = SchemaFile::parse(&row.text);
        let keys = |items: &[Item]| items.iter().map(|item| item.key.clone()).collect::<Vec<_>>();
        let expected: Vec<String> = row.items.iter().map(|item| item.key.clone()).collect();
        if keys(&schema.items) != expected {
            wrong += &format!("{}\n    keys {:?}\n", row.text, keys(&schema.items));
            continue;
        }
        for (expected, item) in row.items.iter().zip(&schema.items) {
            for difference in differences(expected, item) {
                wrong += &format!("{}\n    {difference}\n", row.text);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

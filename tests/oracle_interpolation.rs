//! The interpolation grammar against 71 templates measured through docker compose v2.40.3.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::use_debug,
    clippy::disallowed_methods,
    reason = "a test may die, and says how"
)]

use std::collections::BTreeMap;

use envgate::document::compose::template::{self, Refusal};
use envgate::document::yaml::Places;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    input: Input,
    expect: Expect,
}

#[derive(Deserialize)]
struct Input {
    template: String,
    env: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Expect {
    raw: String,
}

/// What was measured stands as a quoted text with backslash escapes, warnings behind it, or `ERR …`.
fn expected(raw: &str) -> Result<String, bool> {
    if let Some(error) = raw.strip_prefix("ERR ") {
        return Err(error.contains("required variable"));
    }
    let quote = raw.chars().next().expect("a quote");
    let mut text = String::new();
    let mut characters = raw.chars().skip(1);
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            _ if character == quote => break,
            _ => text.push(character),
        }
    }
    Ok(text)
}

#[test]
fn templates_fill_in_as_measured() {
    let rows = include_str!("oracles/compose_interpolation.jsonl");
    let mut count = 0;
    for line in rows.lines() {
        let row: Row = serde_json::from_str(line).expect("a row");
        let template = template::parse(&row.input.template, &Places::Straight(0));
        let filled = template.fill(&|name| row.input.env.get(name).cloned());
        let got = match filled {
            Ok(filled) => Ok(filled.text),
            Err(Refusal::Missing { .. }) => Err(true),
            Err(_) => Err(false),
        };
        assert_eq!(got, expected(&row.expect.raw), "{}", row.input.template);
        count += 1;
    }
    assert_eq!(count, 71);
}

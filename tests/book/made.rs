//! The chapters that are made from the program: the list of the rules in the summary, every key of `envgate.yaml`,
//! and every command.
//!
//! Not here: `docs/rules.md`; `tests/completeness.rs` makes it.

use std::fmt::Write as _;

use clap::CommandFactory;
use envgate::cli::Cli;
use envgate::commands::catalog;
use serde_json::Value;

use super::page::Page;
use super::{holds, root};

const BEGIN: &str = "  <!-- the rules: made by tests/book -->\n";
const END: &str = "  <!-- end of the rules -->\n";

#[test]
fn the_summary_has_every_page_of_a_rule() {
    let summary = Page::read("docs/SUMMARY.md").text;
    let (before, rest) = summary.split_once(BEGIN).unwrap();
    let (_, behind) = rest.split_once(END).unwrap();
    let mut list = String::new();
    for meta in catalog() {
        let path = format!("rules/{}.md", meta.code);
        if root(&path).is_file() {
            writeln!(list, "  - [{} {}](../{path})", meta.code, meta.name).unwrap();
        }
    }
    holds("docs/SUMMARY.md", &format!("{before}{BEGIN}{list}{END}{behind}"));
}

/// What a part of the schema takes, in one word or a few, with links to the parts that have a head of their own.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("[{}](#{})", name, name.to_lowercase());
    }
    if let Some(word) = schema["const"].as_str() {
        return format!("`{word}`");
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> =
            words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return words.join(", ");
    }
    for several in ["anyOf", "oneOf"] {
        if let Some(parts) = schema[several].as_array() {
            let parts: Vec<String> = parts
                .iter()
                .filter(|part| part["type"] != "null")
                .map(kind)
                .filter(|part| !part.is_empty())
                .collect();
            return parts.join(" or ");
        }
    }
    let word = match &schema["type"] {
        Value::String(word) => word.as_str(),
        Value::Array(words) => {
            words.iter().filter_map(Value::as_str).find(|word| *word != "null").unwrap_or_default()
        }
        _ => return "anything".to_owned(),
    };
    match word {
        "array" if schema["items"].is_object() => format!("list of {}", kind(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!("by name: {}", kind(&schema["additionalProperties"]))
        }
        "object" => "map".to_owned(),
        "integer" => "whole number".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "string" => "text".to_owned(),
        other => other.to_owned(),
    }
}

/// One line of text for a cell.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn description(schema: &Value) -> String {
    cell(schema["description"].as_str().unwrap_or_default())
}

fn table(text: &mut String, schema: &Value) {
    let Some(properties) = schema["properties"].as_object() else { return };
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    text.push_str("\n| key | takes | what it is |\n| --- | --- | --- |\n");
    for (key, part) in properties {
        let must = if required.contains(&key.as_str()) { " **Required.**" } else { "" };
        let default = match &part["default"] {
            Value::Null => String::new(),
            Value::Array(all) if all.is_empty() => String::new(),
            Value::Object(all) if all.is_empty() => String::new(),
            Value::String(word) => format!(" Without it: `{word}`."),
            other => format!(" Without it: `{other}`."),
        };
        writeln!(text, "| `{key}` | {} | {}{default}{must} |", kind(part), description(part)).unwrap();
    }
}

#[test]
fn every_key_of_the_configuration_has_its_row() {
    let schema = envgate::config::schema();
    let mut text = "# Every key of envgate.yaml\n\nMade from [the JSON Schema](envgate.schema.json), which is made from the \
                    program. [envgate.yaml](configuration.md) has an example of everything, and says more about what \
                    needs more.\n"
        .to_owned();
    table(&mut text, &schema);
    for (name, part) in schema["$defs"].as_object().unwrap() {
        write!(text, "\n## {name}\n\n{}\n", description(part)).unwrap();
        if part["properties"].is_object() {
            table(&mut text, part);
        } else {
            write!(text, "\nTakes {}.\n", kind(part)).unwrap();
        }
    }
    holds("docs/keys.md", &text);
}

#[test]
fn every_command_has_its_part() {
    let mut command = Cli::command().term_width(100).disable_help_subcommand(true);
    command.build();
    let mut text = "# Every command\n\nMade from the program: what `--help` says. `--color` and `--lang` are taken by every \
                    command, and are said once, here.\n"
        .to_owned();
    part(&mut text, &command, 2);
    holds("docs/commands.md", &text);
}

fn part(text: &mut String, command: &clap::Command, depth: usize) {
    let name = command.get_bin_name().unwrap_or("envgate").to_owned();
    let mut shown = command.clone();
    if depth > 2 {
        shown = shown.mut_args(|argument| {
            let everywhere = ["color", "lang", "help"].contains(&argument.get_id().as_str());
            if everywhere { argument.hide(true) } else { argument }
        });
    }
    let help: String =
        shown.render_long_help().to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    write!(text, "\n{} {name}\n\n```text\n{}\n```\n", "#".repeat(depth.min(4)), help.trim()).unwrap();
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        part(text, below, depth + 1);
    }
}

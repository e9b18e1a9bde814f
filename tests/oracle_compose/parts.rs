//! The parts of generated projects that hold values: templates, `environment`, env files.
//!
//! Not here: how the parts are put together.

use std::fmt::Write as _;

use crate::generate::Dice;

const NAMES: &[&str] = &["A", "B", "C", "SECRET_KEY", "DB_PASSWORD", "lower", "COMPOSE_PROJECT_NAME"];

/// A text for a compose value.
pub(crate) fn template(dice: &mut Dice, depth: usize) -> String {
    let name = dice.pick(NAMES);
    let word = |dice: &mut Dice| if depth > 2 { "deep".to_owned() } else { template(dice, depth + 1) };
    match dice.roll(16) {
        0 => "plain".to_owned(),
        1 => format!("${name}"),
        2 | 3 => format!("${{{name}}}"),
        4 | 5 => format!("${{{name}:-{}}}", word(dice)),
        6 => format!("${{{name}-{}}}", word(dice)),
        7 => format!("${{{name}:+{}}}", word(dice)),
        8 => format!("${{{name}+{}}}", word(dice)),
        9 if dice.one_in(12) => format!("${{{name}:?{}}}", word(dice)),
        9 if dice.one_in(12) => format!("${{{name}?{}}}", word(dice)),
        10 => format!("{}{}", word(dice), word(dice)),
        11 => format!("http://u:${{{name}:-pw}}@h/{}", word(dice)),
        12 => dice.pick(&["$$X", "$$", "a$", "$1", "$(x)", "", "{}", "[\"a\",\"b\"]", "a=b", "}"]).to_owned(),
        13 if dice.one_in(30) => dice.pick(&["${", "${1}", "${A.B}", "${A:=x}", "${A"]).to_owned(),
        14 => format!("${{{name}:-}}"),
        _ => dice.pick(&["x y", "ñ", "#no", "tail ", "{\"a\":1}", "it's"]).to_owned(),
    }
}

/// A text as YAML writes it.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A service's `environment`.
pub(crate) fn environment(dice: &mut Dice, out: &mut String, overlay: bool) {
    if dice.one_in(6) {
        return;
    }
    let tag = if overlay { dice.pick(&["", "", "", "", "", " !override", " !reset"]) } else { "" };
    let list = dice.one_in(2);
    if tag.is_empty() && dice.one_in(20) {
        let _ = writeln!(out, "    environment: {}", dice.pick(&["[]", "{}", ""]));
        return;
    }
    let _ = writeln!(out, "    environment:{tag}");
    if tag == " !reset" {
        let _ = writeln!(out, "      {{}}");
        return;
    }
    let mut used = Vec::new();
    for _ in 0..=dice.roll(4) {
        let name = dice.pick(&["A", "B", "SECRET_KEY", "DB_PASSWORD", "URL", "K", "COMPOSE_PROJECT_NAME"]);
        if used.contains(&name) && !list {
            continue;
        }
        used.push(name);
        let value = template(dice, 0);
        if list {
            let item = match dice.roll(9) {
                0 => name.to_owned(),
                1 => format!("${{C:-{name}}}={value}"),
                _ => format!("{name}={value}"),
            };
            let _ = writeln!(out, "      - {}", quoted(&item));
        } else {
            let value = match dice.roll(12) {
                0 => String::new(),
                1 => {
                    dice.pick(&["012", "1e3", "0x1F", "yes", "1.50", "true", "~", "1_000", "0o17"]).to_owned()
                }
                // Below an `!override` compose does not look for tags, and takes this for a text.
                2 if overlay && tag.is_empty() => "!reset null".to_owned(),
                3 => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
                _ => quoted(&value),
            };
            let _ = writeln!(out, "      {name}: {value}");
        }
    }
}

/// An env file.
pub(crate) fn env_file(dice: &mut Dice) -> String {
    let mut out = String::new();
    for _ in 0..dice.roll(6) {
        let name = dice.pick(NAMES);
        let value = match dice.roll(9) {
            0 => "\"quoted ${A} text\"".to_owned(),
            1 => "'single ${A}'".to_owned(),
            2 => format!("${{{}:-file}}", dice.pick(NAMES)),
            3 => "value # comment".to_owned(),
            4 => "[\"a\",\"b\"]".to_owned(),
            5 => String::new(),
            6 => format!("pa${}", dice.pick(NAMES)),
            _ => format!("value{}", dice.roll(100)),
        };
        if dice.one_in(12) {
            let _ = writeln!(out, "{name}");
        } else {
            let _ = writeln!(out, "{name}={value}");
        }
    }
    out
}

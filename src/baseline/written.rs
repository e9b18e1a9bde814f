//! A baseline as it is written: JSON with an entry a line, so that a change of one finding changes one line.
//!
//! Not here: what an entry is held against.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::{Deserialize as Read, Serialize};
use serde_json::error::Category;

use super::{Baseline, Date, Entry, SALT_BYTES, VALUE_DIGITS};

const SCHEMA: &str = "envgate/baseline/v1";

/// A file that is no baseline, and where that shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The 1-based line.
    pub line: usize,
    /// The 1-based column.
    pub column: usize,
    /// What is wrong, never with a text from the file.
    pub what: &'static str,
}

impl Broken {
    /// What a reader of JSON says of a text; `other` where it is JSON, but something else.
    pub(super) fn of(error: &serde_json::Error, other: &'static str) -> Self {
        let what = match error.classify() {
            Category::Syntax | Category::Io => "it is not JSON",
            Category::Eof => "it ends too early",
            Category::Data => other,
        };
        Self { line: error.line().max(1), column: error.column().max(1), what }
    }
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "schema")]
    _schema: Schema,
    salt: Salt,
    findings: Vec<Line>,
}

#[derive(Read)]
#[serde(deny_unknown_fields)]
struct Line {
    rule: String,
    path: String,
    hash: Hash,
    #[serde(default)]
    value: Option<Value>,
    #[serde(default)]
    expires: Option<Day>,
}

#[derive(Serialize)]
struct Shown<'a> {
    rule: &'a str,
    path: &'a str,
    hash: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

struct Schema;
struct Salt([u8; SALT_BYTES]);
struct Hash(String);
struct Value(String);
struct Day(Date);

/// Reads a text as what `read` makes of it.
fn word<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    read(&text).ok_or_else(|| de::Error::custom("unfit"))
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word(deserializer, |text| (text == SCHEMA).then_some(Self))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word(deserializer, |text| bytes(text)?.try_into().ok().map(Self))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word(deserializer, |text| {
            bytes(text).filter(|bytes| bytes.len() == 32).map(|bytes| Self(hexadecimal(&bytes)))
        })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word(deserializer, |text| {
            bytes(text).filter(|_| text.len() == VALUE_DIGITS).map(|bytes| Self(hexadecimal(&bytes)))
        })
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word(deserializer, |text| Date::parse(text).map(Self))
    }
}

/// The key and the entries.
pub(super) fn read(text: &str) -> Result<([u8; SALT_BYTES], Vec<Entry>), Broken> {
    let file: File = serde_json::from_str(text)
        .map_err(|error| Broken::of(&error, "this is not what `envgate baseline` writes"))?;
    let entries = file.findings.into_iter().map(|line| Entry {
        rule: line.rule,
        path: line.path,
        expires: line.expires.map(|day| day.0),
        hash: line.hash.0,
        value: line.value.map(|value| value.0),
    });
    Ok((file.salt.0, entries.collect()))
}

pub(super) fn write(baseline: &Baseline) -> String {
    let lines: Vec<String> = baseline
        .entries
        .iter()
        .map(|entry| {
            let shown = Shown {
                rule: &entry.rule,
                path: &entry.path,
                hash: &entry.hash,
                value: entry.value.as_deref(),
                expires: entry.expires.map(|day| day.to_string()),
            };
            // Texts always become JSON.
            format!("    {}", serde_json::to_string(&shown).unwrap_or_default())
        })
        .collect();
    let salt = hexadecimal(&baseline.salt);
    let findings = if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", lines.join(",\n")) };
    format!("{{\n  \"schema\": \"{SCHEMA}\",\n  \"salt\": \"{salt}\",\n  \"findings\": {findings}\n}}\n")
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|character| character.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high << 4 | low).ok(),
            _ => None,
        })
        .collect()
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.what)
    }
}

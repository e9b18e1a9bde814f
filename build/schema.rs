//! The shape of a file in `rules/secrets/`, and what it must not leave out.
//!
//! Not here: what becomes of it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// One provider's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    #[serde(skip)]
    pub path: PathBuf,
    pub provider: String,
    pub url: String,
    #[serde(default)]
    pub rotate: Option<String>,
    pub patterns: Vec<Pattern>,
}

/// One kind of credential.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    pub code: String,
    pub name: String,
    pub summary: String,
    #[serde(default)]
    pub severity: Severity,
    #[serde(default)]
    pub certainty: Certainty,
    #[serde(default)]
    pub detector: Detector,
    #[serde(default)]
    pub pattern: String,
    pub keywords: Vec<String>,
    #[serde(default)]
    pub fold: bool,
    #[serde(default)]
    pub group: u8,
    #[serde(default)]
    pub before: u16,
    #[serde(default = "default_after")]
    pub after: u16,
    #[serde(default)]
    pub entropy: f32,
    #[serde(default)]
    pub checksum: Checksum,
    pub examples: Vec<Text>,
    pub counter_examples: Vec<Text>,
}

const fn default_after() -> u16 {
    256
}

/// A text, whole or in pieces: a token in pieces is no token to a scanner that reads this repository.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Text {
    Whole(String),
    Pieces(Vec<String>),
}

impl Text {
    /// The text itself.
    pub fn joined(&self) -> String {
        match self {
            Self::Whole(text) => text.clone(),
            Self::Pieces(pieces) => pieces.concat(),
        }
    }
}

macro_rules! words {
    ($name:ident { $first:ident $(, $other:ident)* }) => {
        #[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { #[default] $first $(, $other)* }

        impl $name {
            /// The variant as the generated code names it.
            pub const fn as_rust(self) -> &'static str {
                match self { Self::$first => stringify!($first) $(, Self::$other => stringify!($other))* }
            }
        }
    };
}

words!(Severity { Error, Warning });
words!(Certainty { Certain, Heuristic });
words!(Detector { Regex, PrivateKey, Jwt, UrlCredential, Assignment });
words!(Checksum { None, Base62Crc32, Bech32 });

/// Reads and checks one file.
pub fn read(path: &Path) -> Result<Pack, String> {
    let at = |message: &str| format!("{}: {message}", path.display());
    let text = fs::read_to_string(path).map_err(|error| at(&error.to_string()))?;
    let mut pack: Pack = serde_yaml::from_str(&text).map_err(|error| at(&error.to_string()))?;
    pack.path = path.to_owned();
    for pattern in &pack.patterns {
        complete(pattern).map_err(|field| at(&format!("{}: {field}", pattern.code)))?;
    }
    Ok(pack)
}

fn complete(pattern: &Pattern) -> Result<(), &'static str> {
    let number = pattern.code.strip_prefix("SEC").unwrap_or_default();
    if number.len() != 3 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("field `code` is not SEC and three digits");
    }
    if (pattern.detector == Detector::Regex) == pattern.pattern.is_empty() {
        return Err("exactly one of the fields `pattern` and `detector` is needed");
    }
    if pattern.keywords.is_empty() || pattern.keywords.iter().any(|keyword| keyword.len() < 3) {
        return Err("field `keywords` needs at least one keyword, each of three bytes or more");
    }
    if pattern.examples.is_empty() {
        return Err("field `examples` is empty");
    }
    if pattern.counter_examples.is_empty() {
        return Err("field `counter_examples` is empty");
    }
    Ok(())
}

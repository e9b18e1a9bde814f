//! The shape of a file in `rules/secrets/`, and what it must not leave out.
//!
//! Not here: what becomes of it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::sample;
use crate::verify::Verify;

/// One provider's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pack {
    #[serde(skip)]
    pub(crate) path: PathBuf,
    pub(crate) provider: String,
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) rotate: Option<String>,
    #[serde(default)]
    pub(crate) opens: Option<String>,
    #[serde(default)]
    pub(crate) form: Form,
    pub(crate) patterns: Vec<Pattern>,
}

/// Where the form of a credential is known from.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Form {
    #[default]
    Documented,
    Observed,
}

/// One kind of credential.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pattern {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) summary: String,
    #[serde(default)]
    pub(crate) severity: Severity,
    #[serde(default)]
    pub(crate) certainty: Certainty,
    #[serde(default)]
    pub(crate) detector: Detector,
    #[serde(default, rename = "pattern")]
    pub(crate) regex: String,
    #[serde(default)]
    pub(crate) names: Vec<String>,
    #[serde(default)]
    pub(crate) value: String,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    #[serde(default)]
    pub(crate) fold: bool,
    #[serde(default)]
    pub(crate) group: u8,
    #[serde(default)]
    pub(crate) before: u16,
    #[serde(default = "default_after")]
    pub(crate) after: u16,
    #[serde(default)]
    pub(crate) entropy: f32,
    #[serde(default)]
    pub(crate) checksum: Checksum,
    #[serde(default)]
    pub(crate) verify: Option<Verify>,
    #[serde(default)]
    pub(crate) beside: Option<Beside>,
    #[serde(default)]
    pub(crate) examples: Vec<Text>,
    #[serde(default)]
    pub(crate) counter_examples: Vec<Text>,
}

/// What belongs to a secret and stands near it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Beside {
    pub(crate) part: Part,
    pub(crate) pattern: String,
}

const fn default_after() -> u16 {
    256
}

/// A text, whole or in pieces: a token in pieces is no token to a scanner that reads this repository.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Text {
    Whole(String),
    Pieces(Vec<String>),
}

impl Text {
    /// The text itself.
    pub(crate) fn joined(&self) -> String {
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
        pub(crate) enum $name { #[default] $first $(, $other)* }

        impl $name {
            /// The variant as the generated code names it.
            pub(crate) const fn as_rust(self) -> &'static str {
                match self { Self::$first => stringify!($first) $(, Self::$other => stringify!($other))* }
            }
        }
    };
}

words!(Severity { Error, Warning });
words!(Certainty { Certain, Heuristic });
words!(Detector { Regex, PrivateKey, Jwt, UrlCredential, Assignment, Command });
words!(Checksum { None, Base62Crc32, Bech32 });
words!(Part { Id, Host });

/// Reads and checks one file.
pub(crate) fn read(path: &Path) -> Result<Pack, String> {
    let at = |message: &str| format!("{}: {message}", path.display());
    let text = fs::read_to_string(path).map_err(|error| at(&error.to_string()))?;
    let mut pack: Pack = serde_yaml::from_str(&text).map_err(|error| at(&error.to_string()))?;
    path.clone_into(&mut pack.path);
    for pattern in &mut pack.patterns {
        name(pattern).map_err(|field| at(&format!("{}: {field}", pattern.code)))?;
        if pattern.detector == Detector::Regex {
            made_up(pattern).map_err(|error| at(&error))?;
        }
        complete(pattern).map_err(|field| at(&format!("{}: {field}", pattern.code)))?;
    }
    Ok(pack)
}

/// Writes the expression of a kind that is known by the name that it is assigned to.
fn name(pattern: &mut Pattern) -> Result<(), &'static str> {
    if pattern.names.is_empty() != pattern.value.is_empty() {
        return Err("the fields `names` and `value` need each other");
    }
    if pattern.names.is_empty() {
        return Ok(());
    }
    if !pattern.regex.is_empty() || !pattern.keywords.is_empty() {
        return Err("the fields `names` and `value` stand for `pattern` and `keywords`");
    }
    let names = pattern.names.iter().map(|name| name.replace(['_', '-', ' '], "[_.-]?")).collect::<Vec<_>>();
    pattern.regex = format!(
        r#"(?P<name>(?i:(?:{})[A-Za-z0-9_.-]{{0,24}}(?:key|token|secret|pat(?:[_.-]|s?\b)|password|pwd|auth|api))[A-Za-z0-9_.-]{{0,12}})["\x27]?\]?\s{{0,5}}(?:=|:=|=>|:|,)\s{{0,5}}["\x27]?({})"#,
        names.join("|"),
        pattern.value,
    );
    pattern.keywords = pattern.names.iter().map(|name| name.replace([' ', '-'], "_")).collect();
    let joined = |name: &String| name.contains('_').then(|| name.replace('_', ""));
    let more: Vec<String> = pattern.keywords.iter().filter_map(joined).collect();
    pattern.keywords.extend(more);
    (pattern.fold, pattern.group) = (true, 2);
    Ok(())
}

/// Examples where nobody wrote any.
fn made_up(pattern: &mut Pattern) -> Result<(), String> {
    if pattern.examples.is_empty() {
        pattern.examples = sample::examples(pattern)?.into_iter().map(Text::Whole).collect();
    }
    if pattern.counter_examples.is_empty() {
        pattern.counter_examples = sample::counter_examples(pattern)?.into_iter().map(Text::Whole).collect();
    }
    Ok(())
}

fn complete(pattern: &Pattern) -> Result<(), &'static str> {
    let number = pattern.code.strip_prefix("SEC").unwrap_or_default();
    if number.len() != 3 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("field `code` is not SEC and three digits");
    }
    if (pattern.detector == Detector::Regex) == pattern.regex.is_empty() {
        return Err("exactly one of the fields `pattern` and `detector` is needed");
    }
    if pattern.keywords.is_empty() || pattern.keywords.iter().any(|keyword| keyword.len() < 3) {
        return Err("field `keywords` needs at least one keyword, each of three bytes or more");
    }
    if let Some(verify) = &pattern.verify {
        verify.check()?;
    }
    if pattern.examples.is_empty() {
        return Err("field `examples` is empty");
    }
    if pattern.counter_examples.is_empty() {
        return Err("field `counter_examples` is empty");
    }
    Ok(())
}

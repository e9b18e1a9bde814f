//! A kind of secrets as `envgate.yaml` writes it. The JSON Schema is made from these types and their comments.
//!
//! Not here: whether it makes sense; see [`super::own`].

use std::fmt;

use schemars::JsonSchema;
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use super::located::Located;
use super::raw::list;

/// A kind of secrets: what it looks like, and texts that prove it.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "a map of `description`, `pattern`, `keywords`, `entropy`, `severity`, `paths`, `exclude`, `allow`, \
                 `rotate`, `examples`, `counter_examples`"
)]
pub(super) struct Secret {
    /// What it is, as it stands in a sentence: `an Acme key`.
    pub(super) description: Located<String>,
    /// The regular expression of it, without look-ahead and back references, every repetition with its most: at
    /// most 4096 bytes in all. A group `(?P<secret>…)` says which part is the secret; the whole is, without it.
    pub(super) pattern: Located<String>,
    /// Texts of which every match contains one, of 3 bytes or more; letter case does not matter. Worked out from the
    /// pattern without it.
    #[serde(default, deserialize_with = "list")]
    pub(super) keywords: Vec<Located<String>>,
    /// The fewest bits of entropy a byte, from 0 to 8; with it placeholders such as `xxxx` are told apart too.
    #[serde(default)]
    #[schemars(range(min = 0, max = 8))]
    pub(super) entropy: Option<f32>,
    /// How bad a finding is: `error` by default.
    #[serde(default)]
    pub(super) severity: Option<SecretSeverity>,
    /// Only these files, as globs.
    #[serde(default, deserialize_with = "list")]
    pub(super) paths: Vec<Located<String>>,
    /// Not these files, as globs.
    #[serde(default, deserialize_with = "list")]
    pub(super) exclude: Vec<Located<String>>,
    /// Regular expressions of secrets that are none.
    #[serde(default, deserialize_with = "list")]
    pub(super) allow: Vec<Located<String>>,
    /// Where it is revoked: an address, or a few words.
    #[serde(default)]
    pub(super) rotate: Option<String>,
    /// Made-up texts that must be found.
    #[serde(default, deserialize_with = "list")]
    pub(super) examples: Vec<Located<Text>>,
    /// Texts that look like it and must not be found.
    #[serde(default, deserialize_with = "list")]
    pub(super) counter_examples: Vec<Located<Text>>,
}

/// How bad a secret of somebody's own is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum SecretSeverity {
    /// A guess.
    Warning,
    /// A secret wherever it is found.
    Error,
}

/// A text, whole or in pieces: in pieces it is no secret to a scanner that reads this file.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Text {
    /// The text.
    Whole(String),
    /// Its pieces, in order.
    Pieces(Vec<String>),
}

impl Text {
    /// The text itself.
    pub(super) fn joined(&self) -> String {
        match self {
            Self::Whole(text) => text.clone(),
            Self::Pieces(pieces) => pieces.concat(),
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Text;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a list of its pieces")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text::Whole(text.to_owned()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Text, E> {
                Ok(Text::Whole(number.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Text, A::Error> {
                let mut pieces = Vec::new();
                while let Some(piece) = items.next_element()? {
                    pieces.push(piece);
                }
                Ok(Text::Pieces(pieces))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

//! A value as it may be shown: itself where that was asked for, else its length.
//!
//! Not here: who may ask for it.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::lang::Lang;

/// A value, masked or not. A masked one does not hold the text.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// There is none.
    Nothing,
    /// There is one that is not known.
    Unknown,
    /// Its length in characters, and its shape in words.
    Masked {
        /// In characters.
        length: usize,
        /// In words, such as `JSON list, 12 characters`.
        shape: String,
    },
    /// The value itself.
    Revealed(String),
}

impl Shown {
    /// Keeps the value only where it is to be revealed.
    #[must_use]
    pub fn new(value: Option<&str>, shape: impl FnOnce(&str) -> String, reveal: bool) -> Self {
        match value {
            None => Self::Nothing,
            Some(value) if reveal => Self::Revealed(value.to_owned()),
            Some(value) => Self::Masked { length: value.chars().count(), shape: shape(value) },
        }
    }

    /// It in words, for a line of text. A value is never read as a text of ours.
    pub(super) fn words(&self, lang: Lang) -> String {
        match self {
            Self::Nothing => lang.text("no value").into_owned(),
            Self::Unknown => lang.text("not known here").into_owned(),
            Self::Masked { shape, .. } => lang.text(shape).into_owned(),
            Self::Revealed(value) => format!("\"{}\"", super::visible::visible(value)),
        }
    }
}

/// The length alone, whatever it holds.
impl std::fmt::Debug for Shown {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => formatter.write_str("Nothing"),
            Self::Unknown => formatter.write_str("Unknown"),
            Self::Masked { length, .. } => write!(formatter, "Masked({length})"),
            Self::Revealed(value) => write!(formatter, "Revealed({})", value.len()),
        }
    }
}

/// `null`, `{"length":n}`, or the text. Of a value that is not known the origin tells that there is one.
impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing | Self::Unknown => serializer.serialize_none(),
            Self::Masked { length, .. } => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("length", length)?;
                map.end()
            }
            Self::Revealed(value) => serializer.serialize_str(value),
        }
    }
}

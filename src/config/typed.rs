//! serde over the [`tree`](super::tree): what derives read, and mistakes with their place and their way.
//!
//! Not here: which types a configuration has. A serde read stops at its first mistake; [`read`] takes the
//! faulty part out and reads again, so that one run names them all. Errors never quote a value.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Expected, IntoDeserializer, Unexpected, Visitor};

use super::located::LOCATED;
use super::tree::{Data, Node, Pair, shown};
use crate::document::yaml::Typed;
use crate::source::Span;

/// More mistakes than anyone reads at once.
const MOST: usize = 64;

/// A mistake of type or name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Error {
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) span: Span,
    /// The places in maps and lists that lead to it, the innermost first.
    path: Vec<usize>,
    placed: bool,
    lacks: bool,
}

/// Reads `root` as a `T`; parts that are wrong are left out, each with its mistake.
///
/// `None` only where the root itself is wrong, or too much is.
pub(super) fn read<T: DeserializeOwned>(mut root: Node) -> (Option<T>, Vec<Error>) {
    let mut errors = Vec::new();
    for _ in 0..MOST {
        match T::deserialize(&root) {
            Ok(value) => return (Some(value), errors),
            Err(mut error) => {
                error.path.reverse();
                let path = error.path.clone();
                // What is missing where something was taken out has been reported already.
                let known = error.lacks && root.at(&path).is_some_and(|node| node.damaged);
                if !known {
                    errors.push(error.at(root.span));
                }
                if path.is_empty() {
                    return (None, errors);
                }
                root.remove(&path);
            }
        }
    }
    (None, errors)
}

impl Error {
    fn new(message: String) -> Self {
        Self { message, help: None, span: Span::default(), path: Vec::new(), placed: false, lacks: false }
    }

    fn at(mut self, span: Span) -> Self {
        if !self.placed {
            self.span = span;
            self.placed = true;
        }
        self
    }

    fn below(mut self, place: usize) -> Self {
        self.path.push(place);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Bool(_) => "a boolean",
            Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
            Unexpected::Float(_) => "a number",
            Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => "text",
            Unexpected::Unit | Unexpected::Option => "nothing",
            Unexpected::Seq => "a list",
            Unexpected::Map => "a map",
            _ => "something else",
        };
        Self::new(format!("expected {}, found {found}", wanted(expected)))
    }

    fn invalid_value(_found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {}", wanted(expected)))
    }

    fn invalid_length(_length: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {}", wanted(expected)))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let words = listed(expected, "or");
        let near = nearest(variant, expected.iter().copied()).map(|word| format!("did you mean `{word}`?"));
        Self { help: near, ..Self::new(format!("expected {words}")) }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let help = nearest(field, expected.iter().copied()).map_or_else(
            || format!("the keys here are {}", listed(expected, "and")),
            |word| format!("did you mean `{word}`?"),
        );
        Self { help: Some(help), ..Self::new(format!("unknown key `{}`", shown(field))) }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { lacks: true, ..Self::new(format!("`{field}` is missing")) }
    }
}

/// serde's names of types in words for people.
fn wanted(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "a string" => "text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "a list".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0".to_owned(),
        _ => text,
    }
}

/// The word nearest to what was written, if one is near enough to have been meant.
pub(super) fn nearest<'words>(
    written: &str,
    words: impl Iterator<Item = &'words str>,
) -> Option<&'words str> {
    const LONGEST: usize = 60;
    if written.len() > LONGEST {
        return None;
    }
    let lower = written.to_lowercase();
    let distance = |word: &str| strsim::damerau_levenshtein(&lower, &word.to_lowercase());
    let allowed = (written.chars().count() / 3).max(1);
    words.map(|word| (distance(word), word)).min().filter(|(far, _)| *far <= allowed).map(|(_, word)| word)
}

fn listed(words: &[&str], joint: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {joint} {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

impl<'de> de::Deserializer<'de> for &Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let read = match &self.data {
            Data::Scalar(text, typed) => match typed {
                Typed::Null => visitor.visit_unit(),
                Typed::Boolean(value) => visitor.visit_bool(*value),
                Typed::Integer(value) => match (u64::try_from(*value), i64::try_from(*value)) {
                    (Ok(value), _) => visitor.visit_u64(value),
                    (_, Ok(value)) => visitor.visit_i64(value),
                    _ => visitor.visit_str(text),
                },
                Typed::Float(value) => visitor.visit_f64(*value),
                Typed::Timestamp | Typed::Text => visitor.visit_str(text),
            },
            Data::List(items) => visitor.visit_seq(Items { items, at: 0 }),
            Data::Map(pairs) => visitor.visit_map(Pairs { pairs, at: 0 }),
        };
        read.map_err(|error| error.at(self.span))
    }

    /// Text is wanted: whatever the scalar could also be, its text is taken.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.data {
            Data::Scalar(_, Typed::Null) => self.deserialize_any(visitor),
            Data::Scalar(text, _) => visitor.visit_str(text).map_err(|error: Error| error.at(self.span)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.data {
            Data::Scalar(_, Typed::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == LOCATED {
            return visitor.visit_seq(Located { node: self, step: 0 });
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Data::Scalar(text, _) = &self.data else {
            return Err(Error::new(format!("expected {}", listed(variants, "or"))).at(self.span));
        };
        let word: StrDeserializer<'_, Error> = text.as_str().into_deserializer();
        visitor.visit_enum(word).map_err(|error| error.at(self.span))
    }

    /// A map; nothing at all is an empty one, and a list is none although derives would take it.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.data {
            Data::Scalar(_, Typed::Null) => visitor.visit_map(Pairs { pairs: &[], at: 0 }),
            Data::List(_) => Err(de::Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => return self.deserialize_any(visitor),
        }
        .map_err(|error: Error| error.at(self.span))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map
    }
}

struct Items<'tree> {
    items: &'tree [Node],
    at: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(item) = self.items.get(self.at) else { return Ok(None) };
        let place = self.at;
        self.at += 1;
        seed.deserialize(item).map(Some).map_err(|error| error.at(item.span).below(place))
    }
}

struct Pairs<'tree> {
    pairs: &'tree [Pair],
    at: usize,
}

impl<'de> de::MapAccess<'de> for Pairs<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(pair) = self.pairs.get(self.at) else { return Ok(None) };
        let place = self.at;
        seed.deserialize(&pair.key).map(Some).map_err(|error| error.at(pair.key.span).below(place))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let place = self.at;
        self.at += 1;
        let Some(pair) = self.pairs.get(place) else {
            return Err(Error::new("a key without a value".to_owned()));
        };
        // What lacks a part is named by its key: its own span may be many lines.
        seed.deserialize(&pair.value).map_err(|error| {
            let place_of = if error.lacks { pair.key.span } else { pair.value.span };
            error.at(place_of).below(place)
        })
    }
}

/// A node as start, end and value, for [`super::located::Located`].
struct Located<'tree> {
    node: &'tree Node,
    step: u8,
}

impl<'de> de::SeqAccess<'de> for Located<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.step += 1;
        let number = |offset: usize| (offset as u64).into_deserializer();
        match self.step {
            1 => seed.deserialize(number(self.node.span.start)).map(Some),
            2 => seed.deserialize(number(self.node.span.end)).map(Some),
            3 => seed.deserialize(self.node).map(Some),
            _ => Ok(None),
        }
    }
}

//! `envgate.yaml` as it is written. The JSON Schema is made from these types and their comments.
//!
//! Not here: whether what is written makes sense together; see [`super::valid`].

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::located::{Located, Table};
use super::secret::Secret;

/// What envgate checks, and how strictly. Paths are relative to the folder of this file.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a map of keys such as `environments` and `variables`")]
#[schemars(title = "envgate.yaml", rename = "envgate.yaml")]
pub(super) struct File {
    /// The version of this format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub(super) version: Option<Located<u32>>,
    /// The environments that are deployed, by name: the compose files and env file that make each.
    pub(super) environments: Table<Environment>,
    /// What is expected of variables, by name.
    pub(super) variables: Table<Variable>,
    /// Values that must fit together, each as `MAX_FILE_SIZE <= MAX_FILE_SIZE_MB * 1MB`: names of variables,
    /// numbers (with `kb`, `mb`, `gb`, `ms`, `s`, `min`, `h`, `d`), or `path:name` for a setting of a file, with
    /// `+ - * /` between them, compared by `=`, `<`, `<=`, `>`, `>=`. Blanks stand between the words.
    #[serde(deserialize_with = "list")]
    pub(super) agree: Vec<Located<String>>,
    /// Kinds of secrets of your own, by the name that their rule gets.
    pub(super) secrets: Table<Secret>,
    /// Severities and options of rules, by code, name, or family.
    pub(super) rules: Table<Rule>,
    /// Findings that are known and accepted, each with its reason.
    #[serde(deserialize_with = "list")]
    pub(super) ignore: Vec<Ignore>,
    /// The files to check, as globs. Everything by default.
    #[serde(deserialize_with = "list")]
    pub(super) include: Vec<Located<String>>,
    /// Files that are not checked, as globs.
    #[serde(deserialize_with = "list")]
    pub(super) exclude: Vec<Located<String>>,
    /// The lowest severity that makes `envgate check` fail: `error` by default.
    pub(super) fail_on: Option<FailOn>,
    /// How the project is deployed: `envgate deploy`.
    pub(super) deploy: Option<super::deploy::Deploy>,
}

/// One environment: how its stack is started.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a map of `kind`, `compose`, `env_file`, `profiles`, `directory`"
)]
pub(super) struct Environment {
    /// Whether real users depend on it: rules about production apply to `production` only.
    pub(super) kind: Option<EnvironmentKind>,
    /// The compose files (`-f`), in order. Compose's own choice by default.
    #[serde(deserialize_with = "list")]
    pub(super) compose: Vec<Located<String>>,
    /// The file given to `--env-file`.
    pub(super) env_file: Option<Located<String>>,
    /// The profiles that are switched on.
    #[serde(deserialize_with = "list")]
    pub(super) profiles: Vec<String>,
    /// The folder in which `docker compose` runs: the folder of this file by default.
    pub(super) directory: Option<Located<String>>,
}

/// What an environment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum EnvironmentKind {
    /// For developers.
    Development,
    /// For users.
    Production,
}

/// What is expected of one variable.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a map of `required`, `kind`, `min_length`, `max_length`, `pattern`, `minimum`, `maximum`, `expect`, \
                 `description`, `tier`"
)]
pub(super) struct Variable {
    /// It must be set, and not be empty. `false` says that it may be left out, whoever else demands it.
    pub(super) required: Option<bool>,
    /// What its value must look like; a list of words allows just these.
    pub(super) kind: Option<Kind>,
    /// The fewest characters of its value.
    pub(super) min_length: Option<usize>,
    /// The most characters of its value.
    pub(super) max_length: Option<usize>,
    /// A regular expression that its value matches somewhere; `^` and `$` tie it to the ends.
    pub(super) pattern: Option<Located<String>>,
    /// The least number.
    pub(super) minimum: Option<f64>,
    /// The greatest number.
    pub(super) maximum: Option<f64>,
    /// How a list is written: as a JSON array, separated by commas, or either.
    pub(super) expect: Option<Expect>,
    /// What it is for, in a few words.
    pub(super) description: Option<String>,
    /// How much it matters that it is there: `development` by default, `critical` where it is required.
    pub(super) tier: Option<Tier>,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Expect {
    /// `["a","b"]`
    Json,
    /// `a,b`
    Csv,
    /// Both are read.
    Either,
}

/// How much a variable matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tier {
    /// Nothing starts without it.
    Critical,
    /// Things run, but worse.
    Important,
    /// Only developers need it.
    Development,
}

/// The lowest severity that fails a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum FailOn {
    /// Errors only.
    Error,
    /// Warnings too.
    Warning,
}

/// What a value must look like.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Kind {
    /// One of the kinds that envgate knows.
    Named(NamedKind),
    /// One of these words.
    OneOf(Vec<String>),
}

/// The kinds that envgate knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum NamedKind {
    /// Any text.
    Text,
    /// Something that must not be known.
    Secret,
    /// `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off`.
    Boolean,
    /// A whole number.
    Integer,
    /// 1 to 65535.
    Port,
    /// An absolute URL.
    Url,
    /// An e-mail address.
    Email,
    /// A number.
    Number,
    /// An IP address.
    Ip,
    /// A host's name, without scheme, port and path.
    Domain,
    /// A UUID.
    Uuid,
    /// A number, or numbers with units: `30s`, `1h30m`.
    Duration,
    /// A semantic version.
    Version,
    /// A date, or a date with a time, as ISO 8601 writes them.
    Date,
    /// A JSON object.
    Json,
    /// A list; `expect` says how it is written.
    List,
}

/// Whether and how severely a rule reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// Not at all.
    Off,
    /// Worth knowing.
    Info,
    /// A guess, or a thing that works by luck.
    Warning,
    /// Certain to go wrong, or certain to be unsafe.
    Error,
}

/// A rule's severity, or a map of `severity` and the rule's own options.
#[derive(Debug, Clone, Default)]
pub(super) struct Rule {
    pub(super) severity: Option<Level>,
    pub(super) digest: Option<Located<bool>>,
}

/// A rule's severity, and its own options.
#[derive(Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct RuleOptions {
    /// How it is reported.
    severity: Option<Level>,
    /// CMP301: whether an image must be pinned by its digest, `image@sha256:…`. No by default.
    digest: Option<Located<bool>>,
}

/// A finding that is known and accepted.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "a map of `rule`, `path`, `key`, `fingerprint`, `value`, `expires`, `reason`"
)]
pub(super) struct Ignore {
    /// The rule's code, name, or family.
    pub(super) rule: Located<String>,
    /// The files, as a glob. Every file by default.
    #[serde(default)]
    pub(super) path: Option<Located<String>>,
    /// The variable. Every variable by default.
    #[serde(default)]
    pub(super) key: Option<String>,
    /// The finding, as reports call it.
    #[serde(default)]
    pub(super) fingerprint: Option<String>,
    /// The secret, by the SHA-256 of its text in hexadecimal digits.
    #[serde(default)]
    pub(super) value: Option<Located<String>>,
    /// The last day on which it is accepted, as `2027-01-31`. For ever by default.
    #[serde(default)]
    pub(super) expires: Option<Located<String>>,
    /// Why it is accepted.
    #[serde(default)]
    pub(super) reason: Option<String>,
}

/// A list; nothing behind the key is an empty one.
pub(super) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Kind;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the name of a kind or a list of words")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Kind, E> {
                NamedKind::deserialize(word.into_deserializer()).map(Kind::Named)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Kind, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = items.next_element()? {
                    words.push(word);
                }
                Ok(Kind::OneOf(words))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Rule;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("`off`, `info`, `warning`, `error`, or a map with `severity`")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Rule, E> {
                let severity = Level::deserialize(word.into_deserializer())?;
                Ok(Rule { severity: Some(severity), digest: None })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rule, A::Error> {
                let options = RuleOptions::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Rule { severity: options.severity, digest: options.digest })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Rule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rule".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let level = generator.subschema_for::<Level>();
        let options = generator.subschema_for::<RuleOptions>();
        schemars::json_schema!({
            "description": "A rule's severity, or a map of `severity` and the rule's own options.",
            "anyOf": [level, options]
        })
    }
}

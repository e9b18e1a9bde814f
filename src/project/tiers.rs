//! Which variables an env file has to have, and how much each matters: from the configuration, the
//! settings class, and the example file, in this order.
//!
//! Not here: whether the values are good; see [`super::env_check`].

use std::collections::BTreeSet;

use crate::document::env::EnvFile;
use crate::document::python_settings::{Field, ListShape};

use super::expectations::{Expectations, Tier, ValueKind};
use super::names::{is_comma_list, is_secret};
use crate::source::{file_name, parent};

/// The longest description that is taken from a comment, in characters.
const LONGEST: usize = 80;

/// What speaks about the variables of a project.
#[derive(Debug, Clone, Copy)]
pub struct Witnesses<'a> {
    /// The configuration.
    pub expectations: &'a Expectations,
    /// The declarations of the settings classes.
    pub settings: &'a [Field],
    /// The example files that people copy, with their texts.
    pub examples: &'a [(EnvFile, &'a str)],
    /// The variables that compose files write into a service's `environment`: an env file need not have
    /// them.
    pub given: &'a BTreeSet<String>,
}

/// Who asks for a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// `envgate.yaml`.
    Configuration,
    /// A settings class that declares it.
    Settings,
    /// An example file that has it.
    Example,
    /// Nobody: it only stands in the env file.
    Nobody,
}

/// A variable that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// How much it matters.
    pub tier: Tier,
    /// Whether a file without it, or with nothing in it, is wrong whatever the tier.
    pub required: bool,
    /// Who asks first: the configuration, the settings, an example.
    pub asked: Asked,
    /// What it is for.
    pub description: Option<String>,
    /// What its value must look like.
    pub kind: Option<ValueKind>,
    /// The shape of a list, where the configuration or the declaration says one.
    pub list: Option<ListShape>,
    /// The fewest characters of its value.
    pub min_length: Option<usize>,
}

impl Witnesses<'_> {
    /// Every variable that is asked for, ordered by name.
    #[must_use]
    pub fn wanted(&self) -> Vec<Wanted> {
        let configured = self.expectations.variables.keys().map(String::as_str);
        let declared = self.settings.iter().map(|field| field.variable.as_str());
        let entries = self.examples.iter().flat_map(|(file, _)| &file.entries);
        let names: BTreeSet<&str> =
            configured.chain(declared).chain(entries.map(|entry| entry.key.as_str())).collect();
        let needed =
            |name: &&str| !self.given.contains(*name) || self.expectations.variables.contains_key(*name);
        names.into_iter().filter(needed).map(|name| self.variable(name)).collect()
    }

    /// What is known of the variable `name`, asked for or not.
    #[must_use]
    pub fn variable(&self, name: &str) -> Wanted {
        let configured = self.expectations.variables.get(name);
        // Settings read their names without regard to case.
        let field = self.settings.iter().find(|field| field.variable.eq_ignore_ascii_case(name));
        let example = self.example(name);
        let asked = if configured.is_some() {
            Asked::Configuration
        } else if field.is_some() {
            Asked::Settings
        } else if example.is_some() {
            Asked::Example
        } else {
            Asked::Nobody
        };
        let declared_length = field.and_then(|field| field.min_length);
        let configured_length = configured.and_then(|expected| expected.min_length);
        Wanted {
            name: name.to_owned(),
            tier: configured.map_or_else(|| self.guess(name, field, example.is_some()), |known| known.tier),
            required: configured.map_or(field.is_some_and(|field| field.required), |known| known.required),
            asked,
            description: configured.and_then(|known| known.description.clone()).or(example.flatten()),
            kind: configured.and_then(|known| known.kind.clone()),
            list: configured.and_then(|known| known.list).or(field.and_then(|field| field.list)),
            min_length: configured_length.or(declared_length).or(self.expectations.min_length(name)),
        }
    }

    /// The tier of a variable that the configuration does not name.
    fn guess(&self, name: &str, field: Option<&Field>, in_example: bool) -> Tier {
        match field {
            // Without a default the service does not start.
            Some(field) if field.required => Tier::Critical,
            Some(_) if in_example || is_secret(name) => Tier::Important,
            Some(_) => Tier::Development,
            None if is_secret(name) && (in_example || self.expectations.min_length(name) >= Some(32)) => {
                Tier::Critical
            }
            // A list in the wrong shape stops a service as surely as a missing one.
            None if in_example || is_secret(name) || is_comma_list(name) => Tier::Important,
            None => Tier::Development,
        }
    }

    /// Whether an example has the variable, and how it describes it.
    fn example(&self, name: &str) -> Option<Option<String>> {
        self.examples.iter().find_map(|(file, text)| {
            let entry = file.entries.iter().find(|entry| entry.key == name)?;
            let trailing = entry.comment_span.and_then(|span| text.get(span.start..span.end));
            // What leads the file speaks of the file.
            let before = text.get(..entry.line_span.start).unwrap_or_default();
            let heads = before.lines().count() > 1 && before.lines().all(|line| line.starts_with('#'));
            let above = before.lines().next_back().filter(|_| !heads);
            Some(trailing.and_then(description).or_else(|| above.and_then(description)))
        })
    }
}

/// The example that the env file at `path` is copied from: its namesake with one more part, such as
/// `.env.example` or `.env.sample.prod`, in the same directory; else the only example in that directory.
///
/// ```
/// use envgate::project::tiers::example_of;
/// let examples = ["envs/.env.example", "envs/.env.prod.example", ".env.example"];
/// assert_eq!(example_of("envs/.env.prod", &examples), Some("envs/.env.prod.example"));
/// assert_eq!(example_of("envs/.env.dev", &examples), None);
/// ```
#[must_use]
pub fn example_of<'paths>(path: &str, examples: &[&'paths str]) -> Option<&'paths str> {
    let beside: Vec<&str> =
        examples.iter().copied().filter(|example| parent(example) == parent(path)).collect();
    let namesake = |example: &&&str| {
        let parts: Vec<&str> = file_name(example).split('.').collect();
        (0..parts.len()).any(|at| {
            let others = parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| *part);
            others.eq(file_name(path).split('.'))
        })
    };
    match beside.as_slice() {
        [only] => Some(only),
        several => several.iter().find(namesake).copied(),
    }
}

/// What a comment says in words; `None` for rulers and for settings that are commented out, whose values
/// nobody should see.
fn description(line: &str) -> Option<String> {
    let words = line
        .trim()
        .strip_prefix('#')?
        .trim_matches(|c: char| matches!(c, '#' | '-' | '=' | '*') || c.is_whitespace());
    if words.contains('=') || !words.chars().any(char::is_alphabetic) {
        return None;
    }
    let short: String = words.chars().filter(|character| !character.is_control()).take(LONGEST).collect();
    Some(short)
}

#[cfg(test)]
mod tests {
    use super::super::expectations::{Expected, Tier, ValueKind};
    use std::collections::BTreeSet;

    use super::{Asked, Expectations, Wanted, Witnesses, description};
    use crate::document::env::EnvFile;
    use crate::document::python_settings::{Field, ListShape};
    use crate::source::Span;

    fn field(variable: &str, required: bool) -> Field {
        let (list, min_length) = ((variable == "HOSTS").then_some(ListShape::Json), None);
        Field { variable: variable.to_owned(), span: Span::default(), required, list, min_length }
    }

    fn wanted(expectations: &Expectations, settings: &[Field], example: &str) -> Vec<Wanted> {
        let examples = [(EnvFile::parse(example), example)];
        Witnesses { expectations, settings, examples: &examples, given: &BTreeSet::new() }.wanted()
    }

    #[test]
    fn tiers_follow_from_who_asks() {
        let mut expectations = Expectations::default();
        let known =
            Expected { tier: Tier::Important, description: Some("mail".to_owned()), ..Expected::default() };
        expectations.variables.insert("SMTP_PASSWORD".to_owned(), known);
        let settings = [
            field("DATABASE_URL", true),
            field("OPTIONAL_TOKEN", false),
            field("DEBUG", false),
            field("HOSTS", false),
        ];
        let example = "# ---- Main ----\n\n# signs sessions\nSECRET_KEY=\nSMTP_PASSWORD= # other\nREGION=mx # where\nHOSTS=[]\n";
        let found = wanted(&expectations, &settings, example);
        let short: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), one.tier, one.asked, one.description.as_deref()))
            .collect();
        assert_eq!(
            short,
            [
                ("DATABASE_URL", Tier::Critical, Asked::Settings, None),
                ("DEBUG", Tier::Development, Asked::Settings, None),
                ("HOSTS", Tier::Important, Asked::Settings, None),
                ("OPTIONAL_TOKEN", Tier::Important, Asked::Settings, None),
                ("REGION", Tier::Important, Asked::Example, Some("where")),
                ("SECRET_KEY", Tier::Critical, Asked::Example, Some("signs sessions")),
                ("SMTP_PASSWORD", Tier::Important, Asked::Configuration, Some("mail")),
            ]
        );
        assert_eq!(found[2].list, Some(ListShape::Json));
        assert_eq!((found[5].min_length, found[6].min_length), (Some(32), Some(12)));
    }

    #[test]
    fn a_name_alone_is_enough_for_what_has_to_be_long() {
        let expectations = Expectations::default();
        let witnesses =
            Witnesses { expectations: &expectations, settings: &[], examples: &[], given: &BTreeSet::new() };
        for (name, tier) in [
            ("SECRET_KEY", Tier::Critical),
            ("JWT_SECRET_KEY", Tier::Critical),
            ("MONGO_PASSWORD", Tier::Important),
            ("GITHUB_TOKEN", Tier::Important),
            ("LOG_LEVEL", Tier::Development),
        ] {
            assert_eq!(witnesses.variable(name).tier, tier, "{name}");
        }
        assert!(witnesses.wanted().is_empty());
    }

    #[test]
    fn the_configuration_decides_alone() {
        let mut expectations = Expectations::default();
        let known = Expected { kind: Some(ValueKind::Secret), min_length: Some(8), ..Expected::default() };
        expectations.variables.insert("SECRET_KEY".to_owned(), known);
        let found = wanted(&expectations, &[field("SECRET_KEY", true)], "SECRET_KEY=x\n");
        let [one] = found.as_slice() else { panic!("one variable") };
        assert_eq!((one.tier, one.required, one.min_length), (Tier::Development, false, Some(8)));
    }

    #[test]
    fn descriptions_are_words_and_never_settings() {
        for (line, expected) in [
            ("# what it is", Some("what it is")),
            ("### Part ###", Some("Part")),
            ("# TOKEN=sk_live", None),
            ("# ------", None),
            ("KEY=value", None),
            ("", None),
        ] {
            assert_eq!(description(line).as_deref(), expected, "{line}");
        }
    }
}

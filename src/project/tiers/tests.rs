//! Who asks for a variable, and how much it matters.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Voice, Voices, Wanted, Witnesses};
use crate::document::env_schema::SchemaFile;
use crate::document::python_settings::{Field, ListShape};
use crate::project::expectations::{Expectations, Expected, Tier, ValueKind};

fn field(variable: &str, required: bool) -> Field {
    let list = (variable == "HOSTS").then_some(ListShape::Json);
    Field { variable: variable.to_owned(), required, list, ..Field::default() }
}

fn wanted(expectations: &Expectations, settings: &[Field], example: &str, schema: &str) -> Vec<Wanted> {
    let path = |name: &str| -> Arc<str> { Arc::from(name) };
    let (example, schema) = (SchemaFile::parse(example), SchemaFile::parse(schema));
    let voices = Voices {
        expectations,
        schemas: vec![(path(".env.schema"), &schema)],
        settings: settings.iter().map(|field| (path("config.py"), field)).collect(),
        examples: vec![(path(".env.example"), &example)],
    };
    Witnesses { voices, given: &BTreeSet::new() }.wanted()
}

fn short(found: &[Wanted]) -> Vec<(&str, Tier, Option<Voice>, Option<&str>)> {
    found.iter().map(|one| (one.name.as_str(), one.tier, one.asked, one.description.as_deref())).collect()
}

#[test]
fn tiers_follow_from_who_asks() {
    let mut expectations = Expectations::default();
    let known =
        Expected { tier: Some(Tier::Important), description: Some("mail".to_owned()), ..Expected::default() };
    expectations.variables.insert("SMTP_PASSWORD".to_owned(), known);
    let settings = [
        field("DATABASE_URL", true),
        field("OPTIONAL_TOKEN", false),
        field("DEBUG", false),
        field("HOSTS", false),
    ];
    let example = "# ---- Main ----\n\n# signs sessions\nSECRET_KEY=\nSMTP_PASSWORD= # other\nREGION=mx # where\nHOSTS=[]\n";
    let found = wanted(&expectations, &settings, example, "");
    assert_eq!(
        short(&found),
        [
            ("DATABASE_URL", Tier::Critical, Some(Voice::Settings), None),
            ("DEBUG", Tier::Development, Some(Voice::Settings), None),
            ("HOSTS", Tier::Important, Some(Voice::Settings), None),
            ("OPTIONAL_TOKEN", Tier::Important, Some(Voice::Settings), None),
            ("REGION", Tier::Important, Some(Voice::Example), Some("where")),
            ("SECRET_KEY", Tier::Critical, Some(Voice::Example), Some("signs sessions")),
            ("SMTP_PASSWORD", Tier::Important, Some(Voice::Configuration), Some("mail")),
        ]
    );
    assert_eq!(found[2].list, Some(ListShape::Json));
    assert_eq!((found[5].min_length, found[6].min_length), (Some(32), Some(12)));
}

#[test]
fn a_schema_says_what_matters() {
    let schema = "# @required\n# where it listens\nPORT=\n# @sensitive @type=string(minLength=20)\nPLAIN=\n\
                  # @public @optional\nPUBLIC_TOKEN=\nREGION=mx\n";
    let found = wanted(&Expectations::default(), &[field("REGION", false)], "", schema);
    assert_eq!(
        short(&found),
        [
            ("PLAIN", Tier::Important, Some(Voice::Schema), None),
            ("PORT", Tier::Critical, Some(Voice::Schema), Some("where it listens")),
            ("PUBLIC_TOKEN", Tier::Development, Some(Voice::Schema), None),
            ("REGION", Tier::Development, Some(Voice::Schema), None),
        ]
    );
    assert_eq!((found[0].is_secret(), found[0].min_length), (true, Some(20)));
    assert!(!found[2].is_secret(), "the schema beats the name");
    assert!(!found[3].required && found[3].has_default);
}

#[test]
fn a_name_alone_is_enough_for_what_has_to_be_long() {
    let expectations = Expectations::default();
    let voices = Voices {
        expectations: &expectations,
        schemas: Vec::new(),
        settings: Vec::new(),
        examples: Vec::new(),
    };
    let witnesses = Witnesses { voices, given: &BTreeSet::new() };
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
fn what_the_configuration_says_beats_the_rest_and_what_it_leaves_out_is_for_others_to_say() {
    let mut expectations = Expectations::default();
    let known = Expected { kind: Some(ValueKind::Secret), min_length: Some(8), ..Expected::default() };
    expectations.variables.insert("SECRET_KEY".to_owned(), known);
    let found = wanted(&expectations, &[field("SECRET_KEY", true)], "SECRET_KEY=x\n", "");
    let [one] = found.as_slice() else { panic!("one variable") };
    assert_eq!((one.tier, one.required, one.min_length), (Tier::Critical, true, Some(8)));

    expectations.variables.entry("SECRET_KEY".to_owned()).or_default().required = Some(false);
    let found = wanted(&expectations, &[field("SECRET_KEY", true)], "SECRET_KEY=x\n", "");
    let [one] = found.as_slice() else { panic!("one variable") };
    assert_eq!((one.tier, one.required), (Tier::Development, false));
}

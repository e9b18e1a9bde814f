//! Faults of values, one by one, and what fails in which mode.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::expectations::{Expectations, Expected};
use super::{EnvFile, Fault, Mode, Row, Tier, ValueKind, Weakness, Witnesses, evaluate};
use crate::document::env_schema::SchemaFile;
use crate::document::python_settings::{Field, Items, ListShape};
use crate::project::schema::Voices;

/// A value of 64 characters that nobody guesses.
const STRONG: &str = "9fK2xQ7mZ4vB8nR1sT6wY3cH5jL0pD9gA2eU7iO4kXqM8zV1bN6rS3tW5yC0hJfG";

fn check(expectations: &Expectations, settings: &[Field], example: &str, text: &str) -> Vec<Row> {
    let example = SchemaFile::parse(example);
    let voices = Voices::new(
        expectations,
        Vec::new(),
        settings.iter().map(|field| (Arc::from("config.py"), field)).collect(),
        vec![(Arc::from(".env.example"), &example)],
    );
    evaluate(&EnvFile::parse(text), text, &Witnesses { voices, given: &BTreeSet::new() })
}

fn faults_of(expected: Expected, name: &str, text: &str) -> Vec<Fault> {
    let mut expectations = Expectations::default();
    expectations.variables.insert(name.to_owned(), expected);
    let rows = check(&expectations, &[], "", text);
    rows.into_iter().find(|row| row.wanted.name == name).unwrap().faults
}

fn kind(kind: ValueKind) -> Expected {
    Expected { kind: Some(kind), ..Expected::default() }
}

#[test]
fn each_kind_takes_its_own() {
    let words = ValueKind::Enumeration(vec!["dev".to_owned(), "prod".to_owned()]);
    for (kind_, good, bad) in [
        (ValueKind::Boolean, vec!["true", "OFF", "1"], vec!["2", "ja"]),
        (ValueKind::Integer, vec!["0", "-12"], vec!["1.5", "x"]),
        (ValueKind::Port, vec!["1", "65535"], vec!["0", "65536", "80a"]),
        (ValueKind::Url, vec!["https://a.mx", "redis://:p@h/0"], vec!["a.mx", "://x", "http://"]),
        (ValueKind::Email, vec!["a@b.mx"], vec!["a", "a@b", "@b.mx", "a@.mx"]),
        (words, vec!["dev"], vec!["DEV", "devprod"]),
        (ValueKind::Text, vec!["anything at all"], vec![]),
    ] {
        for value in good {
            assert_eq!(faults_of(kind(kind_.clone()), "V", &format!("V=\"{value}\"\n")), [], "{value}");
        }
        for value in bad {
            let expected = [Fault::Kind(kind_.clone())];
            assert_eq!(faults_of(kind(kind_.clone()), "V", &format!("V={value}\n")), expected, "{value}");
        }
    }
}

#[test]
fn lists_are_held_against_what_reads_them() {
    let list = |list| Expected { list: Some(list), ..Expected::default() };
    for (shape, value, expected) in [
        (ListShape::Json, r#"["a","b"]"#, None),
        (ListShape::Json, "a,b", Some(Fault::Shape(ListShape::Json))),
        (ListShape::Json, "[a,b]", Some(Fault::LostQuotes)),
        (ListShape::Json, "", Some(Fault::Empty)),
        (ListShape::Csv, "", None),
        (ListShape::Csv, "a,b", None),
        (ListShape::Csv, r#"["a","b"]"#, Some(Fault::Shape(ListShape::Csv))),
        (ListShape::Csv, "[a,b]", Some(Fault::LostQuotes)),
        (ListShape::Either, r#"["a"]"#, None),
        (ListShape::Either, "a", None),
        (ListShape::Either, "[a]", Some(Fault::LostQuotes)),
    ] {
        let found = faults_of(list(shape), "ITEMS", &format!("ITEMS={value}\n"));
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{value} as {shape:?}");
    }
    // Where nothing says how: hosts and origins are separated by commas, unless the settings say otherwise.
    let nothing = Expectations::default();
    let text = "ALLOWED_HOSTS=[\"a\"]\n";
    assert_eq!(check(&nothing, &[], "", text)[0].faults, [Fault::Shape(ListShape::Csv)]);
    let variable = "ALLOWED_HOSTS".to_owned();
    let field = Field { variable, required: true, list: Some(ListShape::Json), ..Field::default() };
    assert_eq!(check(&nothing, &[field], "", text)[0].faults, []);
}

#[test]
fn secrets_are_long_and_not_guessable() {
    let nothing = Expectations::default();
    let faults = |text: &str| check(&nothing, &[], "", text).remove(0).faults;
    let short = faults("SECRET_KEY=short\n");
    assert!(short.contains(&Fault::TooShort { length: 5, needed: 32 }), "{short:?}");
    assert_eq!(faults(&format!("SECRET_KEY={STRONG}\n")), []);
    assert_eq!(faults("SECRET_KEY=\n"), [Fault::Empty]);
    assert_eq!(faults("SECRET_KEY=''\n"), [Fault::Empty]);
    assert_eq!(faults("SECRET_KEY=${FROM_ELSEWHERE}\n"), []);
    let placeholder = faults("SECRET_KEY=CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME\n");
    assert_eq!(placeholder, [Fault::Weak(Weakness::Placeholder)]);
    assert_eq!(faults("GREETING=CHANGE_ME\n"), [Fault::Weak(Weakness::Placeholder)]);
    assert_eq!(faults("DATABASE=postgres\n"), []);
    // A switch, a number, a path: called like a secret, and none.
    assert_eq!(faults("REQUIRE_PASSWORD=true\n"), []);
    assert_eq!(faults("DB_PASSWORD=/run/secrets/db\n"), []);
    // Characters count, not bytes; quotes do not.
    let eñes = "ñ".repeat(11);
    assert!(faults(&format!("X_PASSWORD='{eñes}'\n")).contains(&Fault::TooShort { length: 11, needed: 12 }));
}

#[test]
fn what_is_asked_for_is_missed() {
    let mut expectations = Expectations::default();
    let required = Expected { required: Some(true), tier: Some(Tier::Development), ..Expected::default() };
    expectations.variables.insert("WANTED".to_owned(), required);
    expectations.variables.insert("OPTIONAL".to_owned(), Expected::default());
    let rows = check(&expectations, &[], "REGION=mx\n", "OTHER=1\n");
    let short: Vec<_> = rows.iter().map(|row| (row.wanted.name.as_str(), row.faults.as_slice())).collect();
    let missing = [Fault::Missing].as_slice();
    let expected = [("REGION", missing), ("OPTIONAL", [].as_slice()), ("OTHER", &[]), ("WANTED", missing)];
    assert_eq!(short, expected);
}

#[test]
fn a_default_of_the_class_does_not_help_what_is_set() {
    let field = |variable: &str, may_be_none| Field {
        variable: variable.to_owned(),
        may_be_none,
        ..Field::default()
    };
    let none = Expectations::default();
    let key = [field("SECRET_KEY", false)];
    let rows = check(&none, &key, "", "SECRET_KEY=changethis\n");
    assert_eq!((rows[0].wanted.tier, rows[0].faults.is_empty()), (Tier::Critical, false));
    assert_eq!(check(&none, &key, "", "")[0].wanted.tier, Tier::Important);
    let mail = [field("SMTP_PASSWORD", true)];
    for text in ["", "SMTP_PASSWORD=\n"] {
        assert_eq!(check(&none, &mail, "", text)[0].faults, [], "{text}");
    }
    let mail = [field("SMTP_PASSWORD", false)];
    assert_eq!(check(&none, &mail, "", "")[0].faults, [Fault::Missing]);
}

#[test]
fn names_are_found_as_their_reader_finds_them() {
    let nothing = Expectations::default();
    let field = |variable: &str, alternatives: &[&str]| Field {
        variable: variable.to_owned(),
        required: true,
        alternatives: alternatives.iter().map(|name| (*name).to_owned()).collect(),
        ..Field::default()
    };
    let missing = |fields: &[Field], text: &str| -> Vec<String> {
        let rows = check(&nothing, fields, "", text).into_iter();
        rows.filter(|row| row.faults == [Fault::Missing]).map(|row| row.wanted.name).collect()
    };
    let url = [field("DATABASE_URL", &[])];
    assert_eq!(missing(&url, "database_url=postgres://db/app\n"), [""; 0]);
    assert_eq!(check(&nothing, &url, "", "database_url=postgres://db/app\n").len(), 1);
    let exact = [Field { exact: true, ..field("DATABASE_URL", &[]) }];
    assert_eq!(missing(&exact, "database_url=postgres://db/app\n"), ["DATABASE_URL"]);
    let either = [field("APP_NAME", &["OLD_NAME"])];
    assert_eq!(missing(&either, "OLD_NAME=shop\n"), [""; 0]);
    assert_eq!(missing(&either, "OLD_NAME=\n"), ["APP_NAME"]);
    assert_eq!(missing(&either, "OTHER=shop\n"), ["APP_NAME"]);
}

#[test]
fn what_an_example_calls_optional_may_be_left_out() {
    let nothing = Expectations::default();
    let example = "# optional: error reports\nSENTRY_DSN=\n# the region\nREGION=\n";
    for text in ["SENTRY_DSN=\nREGION=mx\n", "REGION=mx\n"] {
        let rows = check(&nothing, &[], example, text);
        assert!(rows.iter().all(|row| row.faults.is_empty()), "{text}: {rows:?}");
    }
    let rows = check(&nothing, &[], example, "");
    let faulty: Vec<_> =
        rows.iter().filter(|row| !row.faults.is_empty()).map(|row| &row.wanted.name).collect();
    assert_eq!(faulty, ["REGION"]);
}

#[test]
fn words_that_stand_for_themselves_are_no_placeholders() {
    let nothing = Expectations::default();
    for line in [
        "SAMESITE=none",
        "HOST=[::1]",
        "PREFIX=[app]",
        "RUN_MODE=sample",
        "FIRST_SUPERUSER=admin@shop.example",
        "REDIS_PASSWORD=null",
    ] {
        assert_eq!(check(&nothing, &[], "", &format!("{line}\n"))[0].faults, [], "{line}");
    }
    assert!(
        check(&nothing, &[], "", "SECRET_KEY=none\n")[0].faults.contains(&Fault::Weak(Weakness::Placeholder))
    );
    for line in ["REGION=<region>", "BUCKET=your-bucket", "ACCOUNT=CHANGE_ME", "DB_PASSWORD=sample"] {
        let faults = check(&nothing, &[], "", &format!("{line}\n")).remove(0).faults;
        assert!(faults.contains(&Fault::Weak(Weakness::Placeholder)), "{line}: {faults:?}");
    }
}

#[test]
fn json_is_held_against_what_is_read_from_it() {
    let nothing = Expectations::default();
    let list = |items, nones: &[&str], ignores_empty| Field {
        variable: "ITEMS".to_owned(),
        list: Some(ListShape::Json),
        items,
        nones: nones.iter().map(|none| (*none).to_owned()).collect(),
        ignores_empty,
        ..Field::default()
    };
    let shape = || vec![Fault::Shape(ListShape::Json)];
    for (field, value, expected) in [
        (list(Items::Unknown, &[], false), r#"{"a": 1}"#, vec![]),
        (list(Items::Scalars, &[], false), r#"{"a": 1}"#, shape()),
        (list(Items::Scalars, &["null"], false), "null", vec![]),
        (list(Items::Scalars, &[], false), "null", shape()),
        (list(Items::Scalars, &[], true), "", vec![]),
        (list(Items::Scalars, &[], false), "", vec![Fault::Empty]),
    ] {
        let rows = check(&nothing, std::slice::from_ref(&field), "", &format!("ITEMS={value}\n"));
        assert_eq!(rows[0].faults, expected, "{value} as {field:?}");
    }
}

#[test]
fn of_a_key_set_twice_the_last_one_counts() {
    let rows = check(&Expectations::default(), &[], "", &format!("SECRET_KEY=x\nSECRET_KEY={STRONG}\n"));
    let [row] = rows.as_slice() else { panic!("one row") };
    assert_eq!((row.length, row.faults.len()), (Some(64), 0));
}

#[test]
fn what_fails_depends_on_the_mode() {
    for (tier, warn, strict) in
        [(Tier::Critical, true, true), (Tier::Important, false, true), (Tier::Development, false, false)]
    {
        assert_eq!((Mode::Warn.fails(tier), Mode::Strict.fails(tier)), (warn, strict), "{tier:?}");
        assert!(!Mode::Info.fails(tier));
    }
}

#[test]
fn no_value_is_kept() {
    let rows = check(&Expectations::default(), &[], "", "API_TOKEN=hunter2hunter2\n");
    assert!(!format!("{rows:?}").contains("hunter2"));
}

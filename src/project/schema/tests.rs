//! Who is heard, who beats whom, and who demands what.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Demand, Expectation, Voice, Voices, demands};
use crate::document::env_schema::SchemaFile;
use crate::document::kinds::ValueKind;
use crate::document::python_settings::{Field, ListShape, SettingsFile};
use crate::project::expectations::{Expectations, Expected, Limit};

#[derive(Default)]
struct Scene {
    configured: Vec<(&'static str, Expected)>,
    schemas: Vec<&'static str>,
    settings: Vec<&'static str>,
    example: &'static str,
}

impl Scene {
    fn with<T>(&self, look: impl Fn(&Voices<'_>) -> T) -> T {
        let mut expectations = Expectations::default();
        for (name, expected) in &self.configured {
            expectations.variables.insert((*name).to_owned(), expected.clone());
        }
        let schemas: Vec<SchemaFile> = self.schemas.iter().map(|text| SchemaFile::parse(text)).collect();
        let settings: Vec<Field> =
            self.settings.iter().flat_map(|text| SettingsFile::parse(text).fields).collect();
        let example = SchemaFile::parse(self.example);
        let path = |name: &str| -> Arc<str> { Arc::from(name) };
        look(&Voices {
            expectations: &expectations,
            schemas: schemas
                .iter()
                .enumerate()
                .map(|(at, file)| (path(&format!("{at}/.env.schema")), file))
                .collect(),
            settings: settings.iter().map(|field| (path("config.py"), field)).collect(),
            examples: vec![(path(".env.example"), &example)],
        })
    }

    fn of(&self, name: &str) -> Expectation {
        self.with(|voices| voices.of(name))
    }

    fn demands(&self) -> Vec<Demand> {
        self.with(|voices| {
            let variables: BTreeMap<String, Expectation> =
                voices.names().into_iter().map(|name| (name.clone(), voices.of(&name))).collect();
            demands::demands(voices, &variables)
        })
    }
}

const CLASS: &str =
    "class S(BaseSettings):\n    port: int\n    hosts: list[str] = []\n    key: str = Field(min_length=40)\n";

#[test]
fn each_part_is_said_by_the_first_who_says_it() {
    let mut scene = Scene {
        schemas: vec![
            "# the port\n# @type=port(min=1024)\nPORT=\n# @type=array\nHOSTS=\n# @type=string(minLength=36)\nKEY=\n",
        ],
        settings: vec![CLASS],
        example: "# from the example\nPORT=1\n# lists\nHOSTS=\n",
        ..Scene::default()
    };
    let port = scene.of("PORT");
    let (kind, required) = (port.kind.unwrap(), port.required.unwrap());
    assert_eq!((kind.what, kind.by.voice), (ValueKind::Port, Voice::Schema));
    // The schema leaves a blank variable optional without saying a word; its own silence is the first word.
    assert_eq!((required.what, required.by.voice), (false, Voice::Schema));
    assert_eq!(port.description.unwrap().what, "the port");
    let hosts = scene.of("HOSTS");
    assert_eq!(hosts.list.unwrap().what, ListShape::Either);
    assert_eq!((hosts.description.unwrap().by.voice, hosts.first), (Voice::Example, Some(Voice::Schema)));
    assert_eq!(scene.of("KEY").min_length.unwrap().what, 36);

    let expected = Expected {
        kind: Some(ValueKind::Integer),
        min_length: Some(8),
        limits: vec![Limit::AtMost(9.0)],
        ..Expected::default()
    };
    scene.configured = vec![("PORT", expected.clone()), ("KEY", expected)];
    let port = scene.of("PORT");
    assert_eq!(port.kind.unwrap().by.voice, Voice::Configuration);
    assert_eq!(port.limits.iter().map(|said| &said.what).collect::<Vec<_>>(), [&Limit::AtMost(9.0)]);
    assert_eq!(scene.of("KEY").min_length.unwrap().what, 8);
    assert_eq!(scene.of("NOBODY"), Expectation::default());
}

#[test]
fn two_schemas_that_disagree_say_nothing() {
    let scene = Scene { schemas: vec!["# @type=port\nA=\n", "# @type=url\nA=\n"], ..Scene::default() };
    assert_eq!(scene.of("A").kind, None);
    let scene = Scene { schemas: vec!["# @type=port\nA=\n", "# @type=port\nA=\n"], ..Scene::default() };
    assert_eq!(scene.of("A").kind.unwrap().what, ValueKind::Port);
}

#[test]
fn settings_are_read_without_regard_to_case() {
    let scene = Scene { settings: vec![CLASS], ..Scene::default() };
    assert!(scene.of("port").required.unwrap().what && scene.of("PORT").required.is_some());
}

#[test]
fn demands_come_from_all_and_are_silenced_by_a_word_of_who_comes_first() {
    let names = |scene: &Scene| {
        let demands = scene.demands().into_iter();
        demands.map(|demand| (demand.variable, demand.by.voice)).collect::<Vec<_>>()
    };
    let expected = |required| Expected { required: Some(required), ..Expected::default() };
    let mut scene = Scene {
        configured: vec![("TOKEN", expected(true))],
        schemas: vec!["# @required\nSMTP=\n# @required\nREGION=eu\nPORT=\n"],
        settings: vec![CLASS],
        ..Scene::default()
    };
    assert_eq!(
        names(&scene),
        [
            ("TOKEN".to_owned(), Voice::Configuration),
            ("SMTP".to_owned(), Voice::Schema),
            ("PORT".to_owned(), Voice::Settings),
            ("KEY".to_owned(), Voice::Settings),
        ]
    );
    scene.schemas = vec!["# @optional\nPORT=\n"];
    scene.configured = vec![("KEY", expected(false))];
    assert_eq!(names(&scene), []);
}

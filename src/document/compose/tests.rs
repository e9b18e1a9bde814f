//! One file understood, and what of it is masked.

use super::{ComposeFile, ResourceKind, looks_like_compose};
use crate::document::yaml;

fn cut(text: &str, spans: &[crate::source::Span]) -> Vec<String> {
    spans.iter().map(|span| text[span.start..span.end].to_owned()).collect()
}

#[test]
fn both_forms_of_environment_have_spans() {
    let text = "services:\n  a:\n    environment:\n      - \"K=v ${X:-d}\"\n      - BARE\n      - E=\n  b:\n    environment:\n      K: 012\n      N:\n      Q: 'x=y'\n";
    let file = ComposeFile::parse(text);
    assert!(file.problems.is_empty());
    let show = |name: &str| {
        file.service(name)
            .unwrap()
            .environment
            .iter()
            .map(|setting| {
                let value = setting.value.as_ref();
                let written = value.map(|value| text[value.span.start..value.span.end].to_owned());
                (
                    text[setting.key_span.start..setting.key_span.end].to_owned(),
                    written,
                    value.map(|value| value.text.clone()),
                )
            })
            .collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        show("a"),
        [
            ("K".to_owned(), some("v ${X:-d}"), some("v ${X:-d}")),
            ("BARE".to_owned(), None, None),
            ("E".to_owned(), some(""), some(""))
        ]
    );
    assert_eq!(
        show("b"),
        [
            ("K".to_owned(), some("012"), some("10")),
            ("N".to_owned(), None, None),
            ("Q".to_owned(), some("x=y"), some("x=y"))
        ]
    );
}

#[test]
fn services_are_understood() {
    let text = "name: ${P:-x}\nservices:\n  web:\n    build: {context: ., args: [A=1]}\n    env_file: [a.env, {path: b.env, required: false, format: raw}]\n    depends_on: {db: {condition: service_healthy}}\n    volumes: ['data:/d', './x:/y', {type: volume, source: other, target: /z}]\n    networks: [n]\n    secrets: [s]\n    extends: {service: base, file: c.yml}\n  db:\n    build: null\n    depends_on: [web]\nvolumes: {data: , other: {external: true}}\nsecrets: {s: {file: ./s.txt}}\ninclude: [x.yml, {path: [y.yml], env_file: e.env}]\n";
    let file = ComposeFile::parse(text);
    assert!(file.problems.is_empty(), "{:?}", file.problems);
    let web = file.service("web").unwrap();
    assert_eq!(web.env_files.len(), 2);
    assert!(web.env_files[0].required && !web.env_files[1].required);
    assert_eq!(web.env_files[1].format.as_deref(), Some("raw"));
    assert_eq!(web.build.as_ref().unwrap().args[0].key, "A");
    assert_eq!(web.build.as_ref().unwrap().context.as_ref().unwrap().text, ".");
    assert_eq!(
        web.uses.iter().map(|used| used.name.value.as_str()).collect::<Vec<_>>(),
        ["n", "data", "other", "s"]
    );
    assert_eq!(web.extends.as_ref().unwrap().service.value, "base");
    assert!(file.service("db").unwrap().build.as_ref().unwrap().null);
    assert!(file.resource(ResourceKind::Volume, "other").unwrap().external);
    assert_eq!(file.resource(ResourceKind::Secret, "s").unwrap().file.as_ref().unwrap().text, "./s.txt");
    assert_eq!(file.includes.len(), 2);
    assert_eq!(file.includes[1].env_files.len(), 1);
    assert_eq!(file.templates.len(), 1);
}

#[test]
fn secrets_are_masked_and_the_rest_is_not() {
    let text = "services:\n  a:\n    environment:\n      - SECRET_KEY=${SECRET_KEY:-canary1}\n      - PORT=8000\n      - URL=postgres://u:canary2@db/x\n      - URL2=redis://:${REDIS_PASSWORD:-canary3}@redis:6379/0\n      - URL3=mongodb://${U:-user}:${PW_X:-canary4}@h/db\n    command: redis-server --requirepass canary5 --port 6379\n    entrypoint: [run, --api-key, canary6, --token=canary7]\n    build: {args: {NPM_TOKEN: canary8}}\n    labels: {app.password: \"canary9\"}\n    # DB_PASSWORD: canary10\nx-a: {DB_PASSWORD: canary11}\n";
    let file = ComposeFile::parse(text);
    let masked = cut(text, &file.value_spans());
    let wanted: Vec<String> = (1..=11).map(|number| format!("canary{number}")).collect();
    assert_eq!(masked, wanted);
}

#[test]
fn a_file_that_is_no_yaml_is_masked_by_its_lines() {
    let text = "services:\n  a: [\n    SECRET_KEY: canary\n  b: }\n   - DB_PASSWORD=canary2\n";
    let file = ComposeFile::parse(text);
    assert!(file.broken);
    assert_eq!(cut(text, &file.value_spans()), ["canary\n  b", "canary2"]);
}

#[test]
fn other_yaml_is_no_compose() {
    let looks = |text: &str| looks_like_compose(yaml::parse(text).root().unwrap());
    assert!(looks("services:\n  web:\n    image: nginx\n"));
    assert!(looks("services:\n  web:\n    build: null\n"));
    assert!(!looks("services:\n  App\\Foo:\n    class: X\n    arguments: [1]\n"));
    assert!(!looks("services: [postgres]\n"));
    assert!(!looks("jobs: {}\n"));
    assert!(!looks("services:\n  - a\n"));
}

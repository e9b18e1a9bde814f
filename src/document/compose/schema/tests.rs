//! What the schema refuses, as compose was seen to refuse it, and that all of it is understood.

use serde_json::Value as Json;

use super::{SCHEMA, misfits};
use crate::document::yaml;

fn said(text: &str) -> Vec<String> {
    let parsed = yaml::parse(text);
    assert!(parsed.problems.is_empty(), "{text}");
    let found = misfits(text, &parsed.documents);
    found.iter().map(|one| format!("{}: {}", &text[one.span.start..one.span.end], one.message)).collect()
}

#[test]
fn keys_and_kinds_are_refused_where_they_stand() {
    for (service, expected) in [
        ("{image: a, foo: 1}", "foo: compose knows no `foo` in the service `a`"),
        ("{image: 5}", "5: `image` is a number, and compose wants a text"),
        ("{image: a, restart: false}", "false: `restart` is a boolean, and compose wants a text"),
        ("{image: a, ports: '80:80'}", "'80:80': `ports` is a text, and compose wants a list"),
        ("{image: a, command: [sleep, 5]}", "5: an item of `command` is a number, and compose wants a text"),
        ("{image: a, volumes: {a: b}}", "{a: b}: `volumes` is a mapping, and compose wants a list"),
        ("{image: a, init: 1}", "1: `init` is a number, and compose wants a boolean or a text"),
        ("{image: a, healthcheck: {interval: 30}}", "30: `interval` is a number, and compose wants a text"),
        (
            "{image: a, deploy: {resources: {limits: {memory: 1}}}}",
            "1: `memory` is a number, and compose wants a text",
        ),
        (
            "{image: a, depends_on: {b: {condition: healthy}}}",
            "healthy: `condition` has a value that compose does not know",
        ),
        ("{image: a, depends_on: {b: {}}}", "{: `b` of `depends_on` has no `condition`"),
    ] {
        assert_eq!(said(&format!("services:\n  a: {service}\n")), [expected], "{service}");
    }
    assert_eq!(said("foo: 1\n"), ["foo: compose knows no `foo` in the file"]);
    assert_eq!(said("version: 3\n"), ["3: `version` is a number, and compose wants a text"]);
    assert_eq!(said("services: {'a b': {image: a}}\n"), ["'a b': compose knows no `a b` in `services`"]);
}

#[test]
fn what_compose_accepts_is_left_alone() {
    for service in [
        "{image: a, privileged: 'yes', user: '1000'}",
        "{image: a, privileged: \"${X:-true}\", cpus: $CPUS, ports: [$PORT]}",
        "{image: a, ports: [80, '80:80', {target: 80, published: 8080}]}",
        "{image: a, mem_limit: 5, x-own: [1], labels: [a=b], expose: [80]}",
        "{build: null, ports: !reset null, command: null, environment: {A: 1, B: true, C: }}",
        "{image: a, healthcheck: {interval: 30s, retries: '3', test: x}}",
        "{image: a, deploy: {replicas: 2, resources: {limits: {cpus: 0.5}}}}",
    ] {
        assert_eq!(said(&format!("services:\n  a: {service}\n")), Vec::<String>::new(), "{service}");
    }
    assert!(said("version: '3'\nname: x\nx-a: {b: 1}\nnetworks: {a: }\nvolumes: {b: {}}\n").is_empty());
}

#[test]
fn every_word_of_the_schema_is_understood() {
    const KNOWN: &[&str] = &[
        "$comment",
        "type",
        "properties",
        "patternProperties",
        "additionalProperties",
        "items",
        "oneOf",
        "$ref",
        "required",
        "enum",
        "definitions",
        // Compose makes lists unique before it looks, and numbers out of bounds are rare.
        "uniqueItems",
        "minimum",
        "maximum",
        "pattern",
    ];
    fn walk(schema: &Json, names: bool) {
        match schema {
            Json::Object(map) => {
                for (key, value) in map {
                    assert!(names || KNOWN.contains(&key.as_str()), "{key}");
                    let inner = matches!(key.as_str(), "properties" | "patternProperties" | "definitions");
                    if key == "patternProperties" && !names {
                        for pattern in value.as_object().unwrap().keys() {
                            let all = ["^x-", ".+", "^.+$", "^[a-z]+$", "^[a-zA-Z0-9._-]+$"];
                            assert!(all.contains(&pattern.as_str()), "{pattern}");
                        }
                    }
                    walk(value, inner && !names);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| walk(item, false)),
            _ => {}
        }
    }
    assert!(SCHEMA.is_object());
    walk(&SCHEMA, false);
}

#[test]
fn one_mistake_in_an_anchor_is_said_once_and_many_are_not_all_listed() {
    let text = "x-a: &a {foo: 1}\nservices:\n  a: *a\n  b: *a\n  c: {<<: *a}\n";
    assert_eq!(said(text), ["foo: compose knows no `foo` in the service `a`"]);
    let many =
        format!("services:\n  a: {{{}}}\n", (0..5000).map(|n| format!("k{n}: 1, ")).collect::<String>());
    assert_eq!(said(&many).len(), 100);
}

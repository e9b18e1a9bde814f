//! Schemas and what they come to.

use super::{Given, Item, SchemaFile};
use crate::document::kinds::ValueKind;
use crate::document::python_settings::ListShape;

fn items(text: &str) -> Vec<Item> {
    SchemaFile::parse(text).items
}

fn one(text: &str) -> Item {
    let schema = SchemaFile::parse(text);
    assert!(schema.problems.is_empty(), "{text}: {:?}", schema.problems);
    let [item] = schema.items.as_slice() else { panic!("one item in {text:?}") };
    item.clone()
}

fn problems(text: &str) -> Vec<(String, String)> {
    let schema = SchemaFile::parse(text);
    let slice = |span: crate::source::Span| text[span.start..span.end].to_owned();
    schema.problems.iter().map(|problem| (slice(problem.span), problem.message.clone())).collect()
}

#[test]
fn comments_belong_to_the_variable_that_follows_at_once() {
    let text = "# the header\n# @defaultRequired=false\n# ---\n\n# lost\n\n# where it listens\n# @required @type=port\n\
                # and why\nPORT=8000 # @example=9000\n# --- more ---\nOTHER=\n";
    let items = items(text);
    let shown: Vec<_> = items
        .iter()
        .map(|item| (item.key.as_str(), item.description.as_str(), item.required, item.kind.clone()))
        .collect();
    assert_eq!(
        shown,
        [
            ("PORT", "where it listens and why", Some(true), Some(ValueKind::Port)),
            ("OTHER", "", Some(false), None)
        ]
    );
    let span = items[0].kind_span.unwrap();
    assert_eq!(&text[span.start..span.end], "@type=port");
}

#[test]
fn required_is_said_by_the_variable_the_header_or_the_value() {
    for (text, expected) in [
        ("A=\n", Some(false)),
        ("A=x\n", Some(true)),
        ("A=''\n", Some(false)),
        ("A=undefined\n", Some(false)),
        ("A=fn(x)\n", Some(true)),
        ("# @required\nA=\n", Some(true)),
        ("# @required=false\nA=x\n", Some(false)),
        ("# @optional\nA=x\n", Some(false)),
        ("# @optional=false\nA=\n", Some(true)),
        ("# @required=forEnv(prod)\nA=\n", None),
        ("# @required=$X\nA=\n", None),
        ("# @defaultRequired=true\n# ---\nA=\n", Some(true)),
        ("# @defaultRequired=true\n\nA=\n", Some(true)),
        ("# @defaultRequired\n# ---\nA=\n", Some(true)),
        ("# @defaultRequired=false\n# ---\nA=x\n", Some(false)),
        ("# @defaultRequired=infer\n# ---\nA=x\n", Some(true)),
        ("# @defaultRequired=eq($A, b)\n# ---\nA=x\n", None),
        ("A= # @required\n", Some(true)),
        ("# a word first @required\nA=\n", Some(false)),
        ("# @docs(a) # @required\nA=\n", Some(false)),
    ] {
        assert_eq!(one(text).required, expected, "{text:?}");
    }
}

#[test]
fn sensitive_is_what_the_variable_itself_says() {
    for (text, expected) in [
        ("# @defaultSensitive=true\n# ---\nA=\n", None),
        ("# @sensitive\nA=\n", Some(true)),
        ("# @sensitive=false\nA=\n", Some(false)),
        ("# @public\nA=\n", Some(false)),
        ("# @sensitive={preventLeaks=false}\nA=\n", Some(true)),
        ("# @sensitive={enabled=false}\nA=\n", Some(false)),
        ("# @sensitive={enabled=forEnv(x)}\nA=\n", None),
    ] {
        assert_eq!(one(text).sensitive, expected, "{text:?}");
    }
}

#[test]
fn types_become_kinds_and_limits() {
    let cases: &[(&str, Option<ValueKind>, &[&str], &[&str])] = &[
        (
            "string(startsWith=\"sk_\", endsWith='z', maxLength=5)",
            None,
            &["sk_z"],
            &["pk_z", "sk_a", "sk_aaz"],
        ),
        ("string(matches=regex(\"^[a-z]+, [0-9]$\"))", None, &["a, 1"], &["a"]),
        ("string(matches=/^a\\/b$/)", None, &["a/b"], &["a"]),
        ("string(matches=\"^x$\", toUpperCase=true)", None, &["y"], &[]),
        ("number(min=0, max=1.5)", Some(ValueKind::Number), &["1"], &["-1", "2"]),
        ("number(isInt=true)", Some(ValueKind::Integer), &[], &[]),
        ("number(max=1, coerceToMinMaxRange=true)", Some(ValueKind::Number), &["9"], &[]),
        ("port(min=1024)", Some(ValueKind::Port), &["1024"], &["80"]),
        ("boolean", Some(ValueKind::Boolean), &[], &[]),
        ("url(prependHttps=true)", None, &[], &[]),
        ("url", Some(ValueKind::Url), &[], &[]),
        (
            "url(allowedProtocols=[postgres, \"redis:\"])",
            Some(ValueKind::Url),
            &["postgres://h/d", "redis://h"],
            &["https://h", "postgresql://h"],
        ),
        ("md5", None, &["d41d8cd98f00b204e9800998ecf8427e"], &["x"]),
        ("semver", Some(ValueKind::Version), &[], &[]),
        ("enum(dev, \"pro d\", 1)", Some(words(&["dev", "pro d", "1"])), &[], &[]),
        ("enum(dev, $OTHERS)", None, &[], &[]),
        ("if(eq($A, b), url, string)", None, &[], &[]),
        ("string(minLength=if(eq($A, b), 32, 8))", None, &[], &[]),
        ("simple-object", None, &[], &[]),
    ];
    for (written, kind, good, bad) in cases {
        let item = one(&format!("# @type={written}\nA=\n"));
        assert_eq!(item.kind, *kind, "{written}");
        let fault = |value: &str| item.limits.iter().find_map(|limit| limit.fault(value));
        for value in *good {
            assert_eq!(fault(value), None, "{written}: {value}");
        }
        for value in *bad {
            assert!(fault(value).is_some(), "{written}: {value}");
        }
    }
    assert_eq!(one("# @type=string(minLength=32)\nA=\n").min_length, Some(32));
    assert_eq!(one("# @type=string(isLength=4)\nA=\n").min_length, Some(4));
    assert_eq!(one("# @type=array(email, minLength=0)\nA=\n").list, Some(ListShape::Either));
}

fn words(words: &[&str]) -> ValueKind {
    ValueKind::Enumeration(words.iter().map(|word| (*word).to_owned()).collect())
}

#[test]
fn values_have_their_places() {
    for (text, expected) in [
        ("A=b # c\n", Some("b")),
        ("A=b#c\n", Some("b#c")),
        ("A=\"b # c\" # d\n", Some("b # c")),
        ("A='$x'\n", Some("$x")),
        ("A=\"\"\"\nb\n\"\"\"\n", Some("\nb\n")),
        ("A=```\nb=1\n```\n", Some("\nb=1\n")),
        ("A=\"b\\\"c\"\n", Some("b\\\"c")),
        ("export A=b\n", Some("b")),
        ("A=$B\n", None),
        ("A=\"x${B}\"\n", None),
        ("A=op(\"op://x/y\")\n", None),
        ("A=fn([\n  b,\n  c, # d\n])\n", None),
        ("A=[b, c]\n", None),
        ("A={\"json\": 1}\n", Some("{\"json\": 1}")),
        ("A=f(x\n", Some("f(x")),
    ] {
        let given = match one(text).given {
            Given::Text(span) => Some(text[span.start..span.end].to_owned()),
            Given::Nothing | Given::Computed => None,
        };
        assert_eq!(given.as_deref(), expected, "{text:?}");
    }
    let text = "A=fn([\n  b,\n])\n# @required\nB=\n";
    let names: Vec<String> = items(text).into_iter().map(|item| item.key).collect();
    assert_eq!(names, ["A", "B"], "what goes on over lines is one value");
}

#[test]
fn decorators_go_on_over_comment_lines_while_a_bracket_is_open() {
    let text = "# @type=enum(\n#   dev, # for us\n#   # test,\n#   prod,\n# ) @required\nA=\n";
    let item = one(text);
    assert_eq!((item.kind, item.required), (Some(words(&["dev", "prod"])), Some(true)));
    let open = "# @type=enum(dev,\nA=1\nB=2\n";
    assert_eq!(
        problems(open),
        [("@type=enum(dev,".to_owned(), "what follows `@type` cannot be read".to_owned())]
    );
    assert_eq!(items(open).len(), 2);
}

#[test]
fn what_cannot_be_read_is_said_where_it_stands() {
    for (text, place, message) in [
        ("# @requird\nA=\n", "@requird", "no decorator is called `requird`; `required` is"),
        ("# @type=strng\nA=\n", "@type=strng", "no type is called `strng`; `string` is"),
        ("# @type=colour\nA=\n", "@type=colour", "no type is called `colour`"),
        (
            "# @type=string(minLen=3)\nA=\n",
            "@type=string(minLen=3)",
            "no option of `string` is called `minLen`",
        ),
        ("# @type=port(min=low)\nA=\n", "@type=port(min=low)", "`min` takes a number"),
        ("# @type=enum\nA=\n", "@type=enum", "`enum` needs its words: `@type=enum(one, other)`"),
        ("# @required @optional\nA=\n", "@optional", "`@optional` and `@required` contradict each other"),
        ("# @type=url @type=port\nA=\n", "@type=port", "`@type` stands here twice"),
        ("BAD-KEY=1\n", "BAD-KEY", "a name has letters, digits and `_`, and begins with no digit"),
        ("some words\n", "some words", "the line is no `KEY=value` and no comment"),
        ("A=\"x\n", "\"x", "the quote of this value is never closed"),
    ] {
        assert_eq!(problems(text), [(place.to_owned(), message.to_owned())], "{text:?}");
    }
    for text in [
        "# @plugin(@x/y)\n# ---\n# @requird @type=opToken\nA=\n",
        "# @myOwn\nA=\n",
        "# @docs(a) @docs(b)\nA=\n",
        "# mail me @home\nA=\n",
        "# @\nA=\n",
    ] {
        assert_eq!(problems(text), [], "{text:?}");
    }
}

#[test]
fn a_disabled_schema_says_nothing() {
    assert!(items("# @disable\n# ---\n# @required\nA=\n").is_empty());
    assert_eq!(items("# @disable=false\n# ---\nA=\n").len(), 1);
}

#[test]
fn settings_in_comments_are_no_description() {
    assert_eq!(items("B=\n# a key\n# TOKEN=sk_live_x\n# *****\nA=\n")[1].description, "a key");
    let head = "# Copy this file\n# and fill it in.\nA=\n";
    assert_eq!(one(head).description, "", "what leads the file speaks of the file");
    assert!(one("# (optional) mail\nA=\n").said_optional && !one("# mail\nA=\n").said_optional);
}

#[test]
fn hostile_text_is_read_in_reasonable_time() {
    for text in [
        "# @a=[".repeat(100_000),
        format!("# @a={}\nA=\n", "[".repeat(200_000)),
        format!("# @a={}\nA=\n", "f(".repeat(100_000)),
        "# @a=[\n".repeat(100_000),
        "A=f([\n".repeat(100_000),
        "A=\"\\\"\n".repeat(100_000),
        "A=\"\"\"\\\n".repeat(80_000),
        "# @a @a @a @a @a @a @a @a ".repeat(20_000) + "\nA=\n",
        "# @required\n".repeat(60_000) + "A=\n",
        "A='\u{feff}\0ñ\r".repeat(50_000),
        format!("# @type=string(matches=\"{}\")\nA=\n", "(a*)*".repeat(50_000)),
    ] {
        let schema = SchemaFile::parse(&text);
        for span in schema.value_spans() {
            assert!(text.get(span.start..span.end).is_some(), "spans lie in the text");
        }
    }
}

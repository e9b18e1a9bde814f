//! Spans, styles, aliases and limits of the tree.

use super::{Kind, Node, Places, Style, Typed, parse};

fn at<'a>(parsed: &'a super::Parsed, path: &[&str]) -> &'a Node {
    parsed.root().and_then(|root| root.at(path)).unwrap_or_else(|| panic!("nothing at {path:?}"))
}

#[test]
fn spans_are_bytes_of_what_is_written() {
    let text = "ñ: \"á1\"   # trailing\nlist:\n  - 'it''s' # x\n  - {a: b}\nnext: plain words  # c\n";
    let parsed = parse(text);
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    let cut = |node: &Node| &text[node.span.start..node.span.end];
    assert_eq!(cut(at(&parsed, &["ñ"])), "\"á1\"");
    assert_eq!(cut(at(&parsed, &["next"])), "plain words");
    let items = at(&parsed, &["list"]).items().unwrap();
    assert_eq!(cut(&items[0]), "'it''s'");
    assert_eq!(cut(&items[1]), "{a: b}");
    let entry = parsed.root().unwrap().entry("list").unwrap();
    assert_eq!(cut(&entry.key), "list");
}

#[test]
fn block_scalars_end_with_their_text() {
    let text = "a: |\n  one\n\n  two\n\n# comment\nb: >-\n    folded\n    more\n\nc: 1\n";
    let parsed = parse(text);
    let cut = |path: &str| {
        let node = at(&parsed, &[path]);
        &text[node.span.start..node.span.end]
    };
    assert_eq!(cut("a"), "one\n\n  two");
    assert_eq!(cut("b"), "folded\n    more");
    assert_eq!(at(&parsed, &["a"]).as_str(), Some("one\n\ntwo\n"));
    assert_eq!(at(&parsed, &["b"]).style(), Some(Style::Folded));
    for text in [
        "a: |\nb: 1\n",
        "a: |\n\n\n  one\nb: 1\n",
        "a: |2\n    deep\n  one\n#c\nb: 1\n",
        "a: |\n  one",
        "a:\n- |\n one\n# c\n- b\n",
    ] {
        let parsed = parse(text);
        parsed.root().unwrap().each_scalar(&mut |node| {
            let cut = &text[node.span.start..node.span.end];
            let blank = node.as_str().unwrap().is_empty();
            assert_eq!(cut.is_empty(), blank, "{text:?}");
            assert!(blank || cut.ends_with("one") || cut == "1" || cut == "b", "{text:?} {cut:?}");
        });
    }
}

#[test]
fn places_find_every_style_back() {
    for text in [
        "k: a${X}b\n",
        "k: 'it''s ${X} here'\n",
        "k: \"t\\tab \\u00e9 ${X}\"\n",
        "k: |\n  first\n  and ${X} last\n",
        "k: >\n  first\n  and ${X} last\n",
        "k: plain over\n  two ${X} lines\n",
        "k: \"folded \\\n   on ${X}\"\n",
        "k: \"ñ \\\\ ${X}\"\n",
    ] {
        let parsed = parse(text);
        let node = at(&parsed, &["k"]);
        let value = node.as_str().unwrap();
        let found = value.find("${X}").unwrap();
        let span = Places::new(text, node).span(found, found + 4);
        assert_eq!(&text[span.start..span.end], "${X}", "{text:?}");
    }
}

#[test]
fn merges_and_aliases_are_followed_not_copied() {
    let text = "base: &b {a: 1, b: 2}\nother: &o {b: 3, c: 4}\nx:\n  <<: [*b, *o]\n  a: 9\ny: *b\n";
    let parsed = parse(text);
    let names = |path: &str| {
        let node = at(&parsed, &[path]);
        node.entries()
            .iter()
            .map(|entry| format!("{}={}", entry.name(), entry.value.as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names("x"), ["a=9", "b=2", "c=4"]);
    assert_eq!(names("y"), ["a=1", "b=2"]);
    assert_eq!(at(&parsed, &["base"]).anchor.as_ref().unwrap().value, "b");
    assert_eq!(&text[at(&parsed, &["y"]).span.start..][..2], "*b");
}

#[test]
fn duplicates_keep_both_places() {
    let text = "a: 1\nb: 2\na: 3\n";
    let parsed = parse(text);
    assert_eq!(parsed.duplicates.len(), 1);
    assert_eq!((parsed.duplicates[0].first.start, parsed.duplicates[0].second.start), (0, 10));
    assert_eq!(at(&parsed, &["a"]).as_str(), Some("3"));
}

#[test]
fn what_is_merged_twice_is_a_duplicate() {
    let parsed = parse("a: &a {x: 1}\nb: &b {y: 2}\nc:\n  <<: *a\n  <<: *b\n  z: 3\n");
    assert_eq!(parsed.duplicates.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["<<"]);
    assert_eq!(parse("a: &a {x: 1}\nc:\n  <<: *a\nd:\n  <<: *a\n").duplicates, []);
}

#[test]
fn alias_bombs_end_in_a_problem() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..40 {
        let before = level - 1;
        let items = vec![format!("*a{before}"); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let parsed = parse(&text);
    assert!(!parsed.problems.is_empty());
    let mut scalars = 0_usize;
    parsed.root().unwrap().each_scalar(&mut |_| scalars += 1);
    assert!(scalars < 2_000_000, "{scalars}");
}

#[test]
fn deep_chains_and_own_anchors_end_in_a_problem() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..2000 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert!(!parse(&text).problems.is_empty());
    let parsed = parse("a: &a [*a]\n");
    assert_eq!(parsed.problems.len(), 1);
    assert!(matches!(at(&parsed, &["a"]).items().unwrap()[0].kind, Kind::BrokenAlias));
    assert_eq!(parse(&"[".repeat(100_000)).problems.len(), 1);
    assert_eq!(parse(&"- ".repeat(100_000)).problems.len(), 1);
    assert_eq!(parse("a: *nowhere\nb: 1\n").problems.len(), 1);
}

#[test]
fn mistakes_keep_what_stood_before() {
    let parsed = parse("a: 1\nb: [1, 2\nc: }\n");
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(at(&parsed, &["a"]).as_str(), Some("1"));
}

#[test]
fn documents_are_many() {
    assert_eq!(parse("a: 1\n---\nb: 2\n...\n---\n- c\n").documents.len(), 3);
}

#[test]
fn plain_scalars_have_go_types() {
    for (text, rendered) in [
        ("012", "10"),
        ("1e3", "1000"),
        ("0x1F", "31"),
        ("yes", "yes"),
        ("1.0", "1"),
        ("1_000", "1000"),
        ("true", "true"),
        ("'012'", "012"),
        ("1.10", "1.1"),
        ("1e30", "1e+30"),
        ("999999.5", "999999.5"),
        ("1000000.0", "1e+06"),
        ("1234567.5", "1.2345675e+06"),
        ("-5", "-5"),
        ("09", "9"),
        ("1.2.3", "1.2.3"),
        (".5", "0.5"),
    ] {
        let source = format!("k: {text}\n");
        let parsed = parse(&source);
        let node = at(&parsed, &["k"]);
        assert_eq!(node.typed().unwrap().render(node.as_str().unwrap()), rendered, "{text}");
    }
    let parsed = parse("a: 2024-01-02\nb:\nc: ~\nd: ''\n");
    assert_eq!(at(&parsed, &["a"]).typed(), Some(Typed::Timestamp));
    assert!(at(&parsed, &["b"]).is_null() && at(&parsed, &["c"]).is_null() && !at(&parsed, &["d"]).is_null());
}

#[test]
fn tags_are_kept_as_written() {
    let text = "a: !reset null\nb: !override\n  - 1\nc: !!str 5\n";
    let parsed = parse(text);
    assert_eq!(at(&parsed, &["a"]).tag_name(), Some("!reset"));
    assert_eq!(at(&parsed, &["b"]).tag_name(), Some("!override"));
    assert_eq!(at(&parsed, &["c"]).typed(), Some(Typed::Text));
    let tag = at(&parsed, &["b"]).tag.clone().unwrap();
    assert_eq!(&text[tag.span.start..tag.span.end], "!override");
}

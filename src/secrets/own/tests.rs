//! What kinds of somebody's own find, and what a hostile text costs.

use super::{Definition, Kind, Own, Part, Places, Verdict};
use crate::diagnostic::Severity;
use crate::secrets::scan_with;

fn definition(name: &str, pattern: &str) -> Definition {
    Definition {
        name: name.to_owned(),
        description: "an Acme key".to_owned(),
        pattern: pattern.to_owned(),
        keywords: Vec::new(),
        entropy: None,
        allow: Vec::new(),
        severity: Severity::Error,
        rotate: String::new(),
        paths: None,
    }
}

fn kind(pattern: &str) -> Kind {
    definition("acme-key", pattern).into_kind().unwrap()
}

fn found(own: &Own, path: &str, text: &str) -> Vec<String> {
    let candidates = scan_with(path, text, Some(own));
    candidates
        .iter()
        .map(|one| format!("{} {}", one.pattern.meta.code, &text[one.span.start..one.span.end]))
        .collect()
}

#[test]
fn verdicts_say_why() {
    let plain = kind("acme_[a-z0-9]{8}");
    let strict = Definition {
        entropy: Some(2.5),
        allow: vec!["^acme_test".to_owned()],
        ..definition("acme-strict", "acme_[a-z0-9]{8}")
    }
    .into_kind()
    .unwrap();
    let named = kind("acme_id=(?P<secret>[0-9]{10})");
    for (kind, text, expected) in [
        (&plain, "x = acme_k3j5h2l1;", Verdict::Found),
        (&plain, "ACME_k3j5h2l1", Verdict::NoMatch),
        (&plain, "acme_k3j5h2", Verdict::NoMatch),
        (&plain, "acme_k3j5h2l1q", Verdict::PieceOfAWord),
        (&plain, "xacme_k3j5h2l1", Verdict::PieceOfAWord),
        (&plain, r"\nacme_k3j5h2l1", Verdict::Found),
        (&plain, "nothing", Verdict::NoKeyword),
        (&plain, "acme_xxxxxxxx", Verdict::Found),
        (&strict, "acme_xxxxxxxx", Verdict::Entropy),
        (&strict, "acme_testk3j5", Verdict::Allowed),
        (&strict, "acme_k3j5h2l1", Verdict::Found),
        (&named, "acme_id=0123456789", Verdict::Found),
        (&named, "acme_id=01234567890", Verdict::PieceOfAWord),
    ] {
        assert_eq!(kind.verdict(text), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let wrong = Definition {
        keywords: vec!["acme".to_owned(), "ac".to_owned()],
        allow: vec!["[".to_owned()],
        ..definition("acme-key", "acme_.*")
    };
    let parts: Vec<Part> = wrong.into_kind().unwrap_err().into_iter().map(|(part, _)| part).collect();
    assert_eq!(parts, [Part::Pattern, Part::Allow(0), Part::Keyword(1)]);
    let bare = definition("hex", "[0-9a-f]{32}").into_kind().unwrap_err();
    assert_eq!(bare[0].1.message, "no text of 3 bytes stands in all that the pattern matches");
}

#[test]
fn own_kinds_win_over_the_built_in_ones_and_are_found_encoded_too() {
    let only_source = Definition {
        paths: Some(Box::new(|path| path.starts_with("src/"))),
        ..definition("acme-id", "acme-[0-9]{9}")
    };
    let kinds = vec![kind("acme_[A-Za-z0-9]{20}"), only_source.into_kind().unwrap()];
    let token = ["acme_", "k3J5h2L1mQ9wX7vB4nR8"].concat();
    let own = Own::new(kinds, "envgate.yaml", vec![token.clone()]).unwrap();
    let text = format!("api_key = \"{token}\"\nother = acme-123456789\n");
    let key = format!("acme-key {token}");
    assert_eq!(found(&own, "a.py", &text), std::slice::from_ref(&key));
    assert_eq!(found(&own, "src/a.py", &text), [key.clone(), "acme-id acme-123456789".to_owned()]);
    // In a history a content stands under the name of its commit, and at more than one path.
    let places = |more| {
        move |name: &str| {
            let path = name.split_once('/').map_or("", |(_, path)| path);
            Places { paths: vec!["docs/a.py".to_owned(), path.to_owned()], more }
        }
    };
    assert_eq!(found(&own.told_by(places(false)), "0123abc/src/a.py", &text).len(), 2);
    assert_eq!(found(&own.told_by(places(false)), "0123abc/lib/a.py", &text).len(), 1);
    assert_eq!(found(&own.told_by(places(true)), "0123abc/lib/a.py", &text).len(), 2);
    // Two in a row, and one behind the other: neither hides the next.
    assert_eq!(found(&own, "a.py", &format!("{token},{token} {token}")).len(), 3);
    // The file that declares them shows them.
    assert!(found(&own, "ops/envgate.yaml", &format!("examples: [{token}]")).is_empty());
    // Base64 of `acme_k3J5h2L1mQ9wX7vB4nR8`.
    let encoded = "data: YWNtZV9rM0o1aDJMMW1ROXdYN3ZCNG5SOA==\n";
    let inside = scan_with("a.py", encoded, Some(&own));
    assert_eq!(
        inside.iter().map(|one| (one.pattern.meta.code, one.encoded)).collect::<Vec<_>>(),
        [("acme-key", true)]
    );
}

#[test]
fn the_same_declaration_has_the_same_identity() {
    let (one, two) = (kind("acme_[a-z]{8}"), kind("acme_[a-z]{8}"));
    assert!(std::ptr::eq(one.meta(), two.meta()));
    assert!(!std::ptr::eq(one.meta(), kind("acme_[a-z]{9}").meta()));
    assert_eq!((one.meta().family(), one.meta().code), ("OWN", "acme-key"));
}

/// However often a keyword stands in a text, no byte is searched twice.
#[test]
fn windows_never_overlap() {
    let own = Own::new(vec![kind("acme_[a-z0-9]{1000}")], "envgate.yaml", Vec::new()).unwrap();
    let text = "acme_".repeat(20_000) + &" ".repeat(10_000) + "acme_";
    let windows = own.windows(text.as_bytes());
    let (_, windows) = &windows[0];
    assert_eq!(windows.len(), 2);
    assert!(windows.iter().map(|window| window.len()).sum::<usize>() <= text.len());
}

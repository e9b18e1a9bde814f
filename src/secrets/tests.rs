//! Every declared example and counter-example through the real engine, and what hostile text costs.

use super::glance::looked_at;
use super::{PATTERNS, scan, sensitive_spans};

struct Examples {
    code: &'static str,
    good: &'static [&'static str],
    bad: &'static [&'static str],
    /// What belongs to it, where anything does.
    beside: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/secret_examples.rs"));

/// The kinds that are found, without the parts of others.
fn codes(text: &str) -> Vec<&'static str> {
    let found = scan("", text);
    let parts: Vec<_> = found.iter().filter_map(|one| Some(one.beside?.1)).collect();
    let own = found.iter().filter(|one| !parts.contains(&one.span));
    own.map(|candidate| candidate.pattern.meta.code).collect()
}

#[test]
fn every_expression_compiles() {
    for pattern in &PATTERNS {
        assert!(pattern.regex().is_some(), "{}: {}", pattern.meta.code, pattern.meta.name);
    }
}

#[test]
fn every_example_is_found_and_no_counter_example_is() {
    let mut wrong = Vec::new();
    for examples in EXAMPLES {
        for text in examples.bad {
            for around in [(*text).to_owned(), format!("x: \"{text}\",\n"), format!("{text}\n\n")] {
                if codes(&around) != [examples.code] {
                    wrong.push(format!("{} gives {:?}: {}", examples.code, codes(&around), around.len()));
                }
            }
        }
        for (index, text) in examples.good.iter().enumerate() {
            if codes(text).contains(&examples.code) {
                wrong.push(format!("{} is found in counter-example {index}", examples.code));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In front of the secret and behind it, and never where it is missing.
#[test]
fn what_belongs_to_a_secret_is_told_with_it() {
    let mut wrong = Vec::new();
    for examples in EXAMPLES.iter().filter(|examples| !examples.beside.is_empty()) {
        let Some(secret) = examples.bad.first() else { continue };
        let part = examples.beside;
        let beside = |text: &str| {
            let found = scan("", text);
            let found = found.iter().find(|one| one.pattern.meta.code == examples.code);
            let span = found.and_then(|one| one.beside).map(|(_, span)| span);
            span.and_then(|span| text.get(span.start..span.end)).map(str::to_owned)
        };
        // Some forms hold their part themselves.
        let own = beside(secret);
        for text in [format!("{part}\n{secret}\n"), format!("{secret}\n\n{part}\n")] {
            let found = beside(&text);
            if !found
                .as_ref()
                .is_some_and(|found| part.contains(found.as_str()) || own.as_ref() == Some(found))
            {
                wrong.push(format!("{}: {} bytes give {}", examples.code, text.len(), found.is_some()));
            }
            if found.is_some_and(|found| !sensitive(&text).contains(&found)) {
                wrong.push(format!("{}: the part is shown", examples.code));
            }
        }
        if own.is_some_and(|own| !secret.contains(&own)) {
            wrong.push(format!("{}: a part from nowhere", examples.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sensitive(text: &str) -> Vec<String> {
    sensitive_spans("", text)
        .iter()
        .filter_map(|span| text.get(span.start..span.end))
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_secret_has_the_id_in_front_of_it() {
    let id = |nth: u8| format!("aws_access_key_id = {}{nth}\n", ["AK", "IAVQJXXVBOTHD2WTF"].concat());
    let secret = |nth: u8| {
        ["aws_secr", &format!("et_access_key = f0UccrpQxlqV7XlZmTRJs7m3gpkCrug7EN7bfQ1{nth}\n")].concat()
    };
    let text = [id(2), secret(2), id(3), secret(3), secret(4)].concat();
    let pairs: Vec<_> = scan("", &text)
        .iter()
        .filter(|one| one.pattern.meta.code == "SEC102")
        .map(|one| one.beside.and_then(|(_, span)| text.get(span.end - 1..span.end)))
        .collect();
    assert_eq!(pairs, [Some("2"), Some("3"), None]);
}

#[test]
fn overlaps_leave_the_more_specific() {
    let token = ["ht", "tps://x:gl", "pat-", "xK9fQ2mZ7rT4", "wVbN8cLp@git.shop.internal/a.git"].concat();
    assert_eq!(codes(&token), ["SEC117"]);
    assert_eq!(codes(&format!("token = \"{token}\"")), ["SEC117"]);
}

#[test]
fn a_checksum_that_does_not_hold_makes_a_guess() {
    use super::Confidence;
    let token = ["gh", "p_xK9fQ2mZ7rT4wV", "bN8cLp3HsYd6Jg1AqE5uRi"].concat();
    let found = scan("", &token);
    assert_eq!(found.iter().map(|candidate| candidate.confidence).collect::<Vec<_>>(), [Confidence::Medium]);
}

#[test]
fn spans_cover_the_secret_alone() {
    let text = "häuser = 1\nclient_secret: 'mV9xQ2rT8kLp4ZwN7bJc3HsY' # ü\n";
    let found = scan("", text);
    let slices: Vec<&str> =
        found.iter().filter_map(|found| text.get(found.span.start..found.span.end)).collect();
    assert_eq!(slices, ["mV9xQ2rT8kLp4ZwN7bJc3HsY"]);
}

#[test]
fn weak_ones_are_hidden_too() {
    for text in [
        "password = \"changeme12345\"",
        "postgres://shop:password@db/shop",
        "api_key = \"your-api-key-1234\"",
    ] {
        assert!(scan("", text).is_empty(), "{text}");
        assert_eq!(sensitive_spans("", text).len(), 1, "{text}");
    }
    assert!(sensitive_spans("", "password: ${PASSWORD}\nport = 8080\n").is_empty());
}

/// Texts made of one keyword, or of what makes a detector look far, must cost their length only. What is counted is
/// the bytes that detectors look at beside the one pass of the filter.
#[test]
fn hostile_texts_cost_their_length() {
    let pieces = [
        "ghp_",
        "://",
        "://a:",
        "-----BEGIN PRIVATE KEY-----\n",
        "eyJhbGciOiJ",
        "password=",
        "key='",
        "token:\"",
        "secret,",
        "\"password\", ",
        "AAAA",
        "sk-proj-",
        "\"key",
        "Bearer ",
        "<password>",
        "discord",
        "-----BEGIN RSA PRIVATE KEY-----AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "heroku=",
        "T3BlbkFJ",
        "http://a:b@",
        "key=\\\"",
        "ü",
        "\0",
    ];
    for piece in pieces {
        assert!(costs_its_length(piece, 64_000), "{piece:?}");
    }
}

/// The same for every kind: its own example, which its keyword and the beginning of its expression fit, begun again and
/// again and never ended.
#[test]
fn no_kind_looks_at_a_text_twice_over() {
    for examples in EXAMPLES {
        // A key is looked for to its end over 32 KiB, which takes the longer texts above.
        let plain = |example: &&&str| example.is_ascii() && !example.contains("PRIVATE KEY");
        let Some(example) = examples.bad.first().filter(plain) else { continue };
        let half = &example[..example.len().div_ceil(2)];
        // What may be long is looked for over a stretch that a short text does not fill.
        let holds = costs_its_length(half, 600) || costs_its_length(half, 64_000);
        assert!(holds, "{}: {half:?}", examples.code);
    }
}

/// Sixteen times the text is 16 times the work, a little more since fewer stretches are cut off by its end, and 256 times
/// where something grows with the text.
fn costs_its_length(piece: &str, size: usize) -> bool {
    let cost = |size: usize| {
        looked_at();
        std::hint::black_box(scan("", &piece.repeat(size.div_ceil(piece.len()))));
        looked_at()
    };
    let (short, long) = (cost(size), cost(16 * size));
    long <= 24 * short + 4096
}

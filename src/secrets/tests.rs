//! Every declared example and counter-example through the real engine, and what hostile text costs.

use super::glance::looked_at;
use super::{PATTERNS, scan, sensitive_spans};

struct Examples {
    code: &'static str,
    good: &'static [&'static str],
    bad: &'static [&'static str],
}

include!(concat!(env!("OUT_DIR"), "/secret_examples.rs"));

fn codes(text: &str) -> Vec<&'static str> {
    scan("", text).iter().map(|candidate| candidate.pattern.meta.code).collect()
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

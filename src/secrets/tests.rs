//! Every declared example and counter-example through the real engine, and what hostile text costs.

use std::time::{Duration, Instant};

use super::{PATTERNS, scan, sensitive_spans};

struct Examples {
    code: &'static str,
    good: &'static [&'static str],
    bad: &'static [&'static str],
}

include!(concat!(env!("OUT_DIR"), "/secret_examples.rs"));

fn codes(text: &str) -> Vec<&'static str> {
    scan(text).iter().map(|candidate| candidate.pattern.meta.code).collect()
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

//! Any text at all: no loader panics, spans are those of the text, and dotenvy's dialect is what the crate does.
//!
//! Not here: what the values are; the measured matrix holds that.

#![allow(clippy::expect_used, reason = "a test may die")]

use envgate::document::env::{EnvFile, Loader, load};
use envgate::document::python_settings::SettingsFile;
use envgate::secrets::weak::{is_template, weakness};
use envgate::source::Span;
use proptest::collection::vec as many;
use proptest::sample::select;
use proptest::strategy::Strategy;
use proptest::test_runner::Config;
use proptest::{prop_assert, prop_assert_eq, proptest};

/// Pieces that loaders trip over.
const PIECES: &[&str] = &[
    "K", "L", "=", "=", "'", "\"", "`", "\\", "\n", "\n", "\r\n", "\r", " ", "\t", "#", "$", "${", "}", "{",
    "(", ")", "$(", ":-", ":", "?", "+", "-", "export ", "export", ";", "&", "|", "<", ">", "a", "b1", "ñ",
    "\u{a0}", "\u{feff}", "\0", "\u{fffd}", "[", "]", ",", "~", "*", "!", ".", "%", "n", "\u{2028}", "🚀",
];

fn text() -> impl Strategy<Value = String> {
    many(select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

/// Texts that once had a span which cut a character.
#[test]
fn what_was_cut_once_is_whole() {
    for text in ["ñ|=\r''|"] {
        for &loader in Loader::ALL {
            let outcome = load(text, loader, &|_| None);
            let places = outcome
                .problems
                .iter()
                .map(|problem| problem.span)
                .chain(outcome.executes)
                .chain(outcome.aborted);
            for span in places {
                assert!(lies_in(text, span), "{} {span:?}", loader.name());
            }
        }
    }
}

fn lies_in(text: &str, span: Span) -> bool {
    span.start <= span.end && text.get(span.start..span.end).is_some()
}

proptest! {
    #![proptest_config(Config { cases: 1000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn every_loader_reads_any_text(text in text()) {
        for &loader in Loader::ALL {
            let outcome = load(&text, loader, &|name| (name == "L").then(|| "around ${K} $K".to_owned()));
            for variable in &outcome.variables {
                prop_assert!(lies_in(&text, variable.key_span), "{} key {:?}", loader.name(), variable.key_span);
                prop_assert!(lies_in(&text, variable.value_span), "{} value {:?}", loader.name(), variable.value_span);
            }
            let places = outcome.problems.iter().map(|problem| problem.span).chain(outcome.executes).chain(outcome.aborted);
            for span in places {
                prop_assert!(lies_in(&text, span), "{} {span:?}", loader.name());
            }
        }
    }

    #[test]
    fn the_neutral_reading_and_the_probes_take_any_text(text in text()) {
        let file = EnvFile::parse(&text);
        for entry in &file.entries {
            let spans = [Some(entry.key_span), entry.raw_span, entry.inner_span, entry.after_quote, entry.comment_span];
            for span in spans.into_iter().flatten().chain([entry.line_span]) {
                prop_assert!(lies_in(&text, span), "{span:?}");
            }
            let _ = (weakness(&entry.plain(&text)), is_template(&entry.plain(&text)));
        }
        prop_assert!(file.value_spans().into_iter().all(|span| lies_in(&text, span)));
        let python = format!("import environ\nenv = environ.Env()\nclass A(BaseSettings):\n    {text}\n    b: list[str] = env.list({text})\n");
        prop_assert!(SettingsFile::parse(&python).fields.iter().all(|field| lies_in(&python, field.span)));
    }

    #[test]
    fn dotenvy_is_read_as_the_crate_reads_it(text in text()) {
        // The crate takes U+FFFD for any character; the file that had other bytes there it would refuse.
        let text = text.replace('\u{fffd}', "");
        let mut theirs = Vec::new();
        for item in dotenvy::from_read_iter(text.as_bytes()) {
            match item {
                Ok(pair) => theirs.push(pair),
                Err(_) => break,
            }
        }
        let outcome = load(&text, Loader::Dotenvy, &|_| None);
        let ours: Vec<_> =
            outcome.variables.iter().map(|one| (one.key.clone(), one.value.clone().unwrap_or_default())).collect();
        prop_assert_eq!(ours, theirs);
    }
}

#[test]
fn long_and_deep_texts_take_little_time() {
    let texts = [
        "K=${L:-".repeat(50_000),
        "K=\"".repeat(100_000),
        "K='\n".repeat(100_000),
        "K=$K$K\n".repeat(2_000),
        "K=${K}${K}\n".repeat(2_000),
        "$(".repeat(100_000),
        "K=$($(".repeat(20_000),
        "export ".repeat(100_000),
        "K=a\\\n".repeat(50_000),
        "K=`".repeat(100_000),
        "K=\\'".repeat(100_000),
        format!("K={}", "a".repeat(1_000_000)),
        format!("K='{}", "\\'".repeat(300_000)),
        "#\n".repeat(200_000),
        "K:".repeat(200_000),
    ];
    let start = std::time::Instant::now();
    for text in &texts {
        let _ = EnvFile::parse(text);
        for &loader in Loader::ALL {
            let before = std::time::Instant::now();
            let _ = load(text, loader, &|_| None);
            let took = before.elapsed().as_secs();
            assert!(
                took < 10,
                "{} takes {took} s for {:?}…",
                loader.name(),
                text.chars().take(8).collect::<String>()
            );
        }
    }
    assert!(start.elapsed().as_secs() < 60);
}

//! `envgate rules test`: every example of the project's own kinds must be found, no counter-example may be.
//!
//! Not here: what is wrong with the configuration itself; that is reported as everywhere, and stops the trial.

use std::io::{self, Write};

use serde::Serialize;

use crate::cli::{RulesTest, TableFormat};
use crate::config::{Config, Example};
use crate::diagnostic::{Report, Severity};
use crate::engine;
use crate::lang::Lang;
use crate::render;
use crate::secrets::own::Verdict;
use crate::secrets::{Own, scan_with};
use crate::source::Source;

use super::super::{Error, Status, configuration, terminal};

pub(super) fn run(arguments: &RulesTest, out: &mut dyn Write) -> Result<Status, Error> {
    let loaded = configuration::around(arguments.config.as_deref())?;
    let source = loaded.source.unwrap_or_else(|| Source::new("envgate.yaml", ""));
    if loaded.mistakes.iter().any(|mistake| mistake.severity == Severity::Error) {
        let masks = engine::masks(&source, loaded.config.own.as_deref());
        let report = Report::new(loaded.mistakes, [(&source, masks)], 1, 0);
        render::write(&report, render::Format::Human, &render::Options::default(), out)?;
        return Err(Error::Config { path: source.path().to_owned() });
    }
    let failed = trial(&loaded.config, &source);
    match arguments.format {
        TableFormat::Human => tell(&loaded.config, &failed, out)?,
        TableFormat::Json => {
            let (rules, texts) = counted(&loaded.config);
            let trial = Trial { schema: "envgate/rules-test/v1", rules, texts, failed: &failed };
            render::report_json(&serde_json::to_value(&trial).map_err(io::Error::other)?, out)?;
        }
    }
    Ok(if failed.is_empty() { Status::Clean } else { Status::Findings })
}

#[derive(Serialize)]
struct Trial<'a> {
    schema: &'static str,
    rules: usize,
    texts: usize,
    failed: &'a [Failed],
}

/// A text that is not what it says. The text itself is not told: it may be a secret after all.
#[derive(Serialize)]
struct Failed {
    rule: String,
    /// Which of the rule's texts of its sort.
    nth: usize,
    /// Whether it is an example; else it is a counter-example.
    example: bool,
    path: String,
    line: usize,
    column: usize,
    reason: &'static str,
}

fn counted(config: &Config) -> (usize, usize) {
    (config.own.as_ref().map_or(0, |own| own.kinds().len()), config.examples.len())
}

fn trial(config: &Config, source: &Source) -> Vec<Failed> {
    let Some(own) = &config.own else { return Vec::new() };
    let everywhere = own.everywhere();
    let wrong = config.examples.iter().filter(|example| is_found(example, &everywhere) != example.found);
    wrong.map(|example| failed(example, &everywhere, source)).collect()
}

/// Whether a check would report the text under the example's own kind.
fn is_found(example: &Example, own: &Own) -> bool {
    scan_with("", &example.text, Some(own)).iter().any(|one| one.pattern.meta.code == example.kind)
}

fn failed(example: &Example, own: &Own, source: &Source) -> Failed {
    let kind = own.kinds().iter().find(|kind| kind.meta().code == example.kind);
    let verdict = kind.map_or(Verdict::NoMatch, |kind| kind.verdict(&example.text));
    let place = source.position(example.span.start);
    Failed {
        rule: example.kind.clone(),
        nth: example.nth,
        example: example.found,
        path: source.path().to_owned(),
        line: place.line,
        column: place.column,
        reason: reason(example.found, verdict),
    }
}

const fn reason(example: bool, verdict: Verdict) -> &'static str {
    match verdict {
        _ if !example => "the pattern matches it",
        Verdict::NoKeyword => "no keyword of the rule stands in it",
        Verdict::NoMatch => "the pattern matches nothing in it",
        Verdict::PieceOfAWord => "what the pattern matches is a piece of a longer word",
        Verdict::KeywordElsewhere => "no keyword of the rule stands in what the pattern matches",
        Verdict::Entropy => "it has less entropy than the rule asks for",
        Verdict::Placeholder => "it reads like a placeholder, and the rule asks for entropy",
        Verdict::Allowed => "the rule allows it",
        Verdict::Found => "another rule of this file finds it first",
    }
}

fn tell(config: &Config, failed: &[Failed], out: &mut dyn Write) -> Result<(), Error> {
    let lang = terminal::lang();
    for one in failed {
        writeln!(out, "{}", line(one, lang))?;
    }
    let (rules, texts) = counted(config);
    let last = if rules == 0 {
        "there are no secrets of your own: write them below `secrets` in `envgate.yaml`".to_owned()
    } else {
        format!("rules: {rules}, texts: {texts}, not as they say: {}", failed.len())
    };
    writeln!(out, "{}", lang.text(&last))?;
    Ok(())
}

fn line(one: &Failed, lang: Lang) -> String {
    let Failed { rule, nth, path, line, column, reason, .. } = one;
    let what = if one.example {
        format!("example {nth} of `{rule}` is not found")
    } else {
        format!("counter-example {nth} of `{rule}` is found")
    };
    format!("{}:{line}:{column}: {}: {}", render::visible(path), lang.text(&what), lang.text(reason))
}

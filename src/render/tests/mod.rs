//! Every format over one report that holds what is hard: masked values, many findings of one rule, second
//! places, long lines, control characters, text outside ASCII.

mod consumers;
mod html;
mod human;
mod machine;

use super::{Format, Options, rules_json, write};
use crate::diagnostic::{Certainty, Diagnostic, Findings, Fix, Meta, Report, Safety, Severity};
use crate::source::{Source, Span};

const CANARY: &str = "c4n4ry-Wq8ZpR7tYb2M";

static FALLBACK: Meta = Meta {
    code: "CMP002",
    name: "secret-fallback",
    severity: Severity::Error,
    certainty: Certainty::Certain,
    summary: "a secret falls back to a text that stands in the file, where everyone can read it",
    page: "# CMP002 secret-fallback\n\nA fallback.\n\n## Why it matters\n\nText.\n",
};

static SHADOWED: Meta = Meta {
    code: "CMP004",
    name: "shadowed-value",
    severity: Severity::Error,
    certainty: Certainty::Certain,
    summary: "a value of `env_file` is hidden by `environment`",
    page: "# CMP004 shadowed-value\n",
};

static NO_VERIFY: Meta = Meta {
    code: "HOK212",
    name: "no-verify",
    severity: Severity::Warning,
    certainty: Certainty::Heuristic,
    summary: "hooks are told to be skipped",
    page: "# HOK212 no-verify\n",
};

fn span(source: &Source, needle: &str) -> Span {
    let start = source.text().find(needle).unwrap_or_else(|| panic!("{needle:?} is not there"));
    Span::new(start, start + needle.len())
}

fn compose() -> Source {
    let mut text = String::from("services:\n  backend:\n    environment:\n");
    text.push_str("      SECRET_KEY: ${SECRET_KEY:-");
    text.push_str(CANARY);
    text.push_str("}\n      SALUDO: ñandú\n");
    for name in ["JWT_SECRET_KEY", "MONGODB_PASSWORD", "REDIS_PASSWORD"] {
        text.extend(["      ", name, ": ${", name, ":-", CANARY, "}\n"]);
    }
    Source::new("infra/docker-compose.yml", text)
}

fn fallbacks(compose: &Source) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut findings = Findings::new(&FALLBACK, compose.shared_path(), &mut found);
    for (start, _) in compose.text().match_indices("${") {
        let rest = &compose.text()[start..];
        let end = start + rest.find('}').map_or(0, |at| at + 1);
        let name = &rest[2..rest.find(':').unwrap_or(2)];
        findings
            .push(
                Span::new(start, end),
                format!("`{name}` falls back to 19 characters that everyone can read"),
            )
            .key(name)
            .service("backend")
            .help(format!("write `${{{name}:?set {name} in envs/.env}}`, so that compose stops without it"))
            .fix(Fix::replace("demand the variable", Safety::Unsafe, Span::new(start, end), CANARY));
    }
    found
}

/// The report, and the sources as they are.
fn report() -> (Report, Vec<Source>) {
    let compose = compose();
    let env = Source::new("envs/.env", format!("# ñ\nSECRET_KEY={CANARY}{CANARY}\n"));
    let docs = Source::new(
        "docs/DEPLOY \u{1b}[31m.md",
        format!("x{}git commit --no-verify\u{7}\n", "\t".repeat(60)),
    );
    let mut found = fallbacks(&compose);
    Findings::new(&SHADOWED, compose.shared_path(), &mut found)
        .push(span(&compose, "SECRET_KEY"), "`SECRET_KEY` of `envs/.env` never arrives in `backend`")
        .key("SECRET_KEY")
        .service("backend")
        .label(env.shared_path(), span(&env, "SECRET_KEY="), "the value here, 38 characters, is hidden")
        .label(compose.shared_path(), span(&compose, "environment"), "`environment` wins")
        .label(compose.shared_path(), span(&compose, "SECRET_KEY:"), "by this line")
        .label("gone/.env", Span::new(3, 9), "and this file is not there");
    Findings::new(&NO_VERIFY, docs.shared_path(), &mut found)
        .push(span(&docs, "--no-verify"), "`--no-verify` skips every \u{1b}[2Jhook");
    let values = |source: &Source| -> Vec<Span> {
        source.text().match_indices(CANARY).map(|(start, _)| Span::new(start, start + CANARY.len())).collect()
    };
    let sources = vec![compose, env, docs];
    let report = Report::new(found, sources.iter().map(|source| (source, values(source))), 12, 2);
    (report, sources)
}

fn written(report: &Report, format: Format, options: &Options) -> String {
    let mut out = Vec::new();
    write(report, format, options, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("what is written is UTF-8")
}

/// The report whose canary must never come out, in every format and look.
#[test]
fn no_format_lets_a_value_out() {
    let (report, sources) = report();
    assert!(sources.iter().any(|source| source.text().contains(CANARY)), "the canary is in its cage");
    for format in Format::ALL {
        for full in [false, true] {
            for color in [false, true] {
                let text = written(&report, format, &Options { color, full, ..Options::default() });
                let finding = text.contains("SECRET_KEY") || text.contains("SECRET&#95;KEY");
                assert!(finding, "{format:?} shows the finding");
                for part in [CANARY, &CANARY[..6], &CANARY[8..]] {
                    assert!(!text.contains(part), "{format:?} full={full} color={color}:\n{text}");
                }
            }
        }
    }
    assert!(!format!("{:?}", report.source("envs/.env")).contains(CANARY));
}

/// What could drive a terminal comes out spelled, whatever the format.
#[test]
fn no_format_lets_a_control_character_out() {
    let (report, _) = report();
    for format in Format::ALL {
        let text = written(&report, format, &Options::default());
        let loose: Vec<char> = text.chars().filter(|&c| c != '\n' && c.is_control()).collect();
        assert!(loose.is_empty(), "{format:?}: {loose:?}");
        assert!(text.contains("DEPLOY"), "{format:?} shows the path");
    }
}

#[test]
fn a_writer_that_fails_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (report, _) = report();
    for format in Format::ALL {
        let error = write(&report, format, &Options::default(), &mut Full).expect_err("it cannot be written");
        assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe, "{format:?}");
    }
}

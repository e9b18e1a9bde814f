//! What people see.

use super::{CANARY, FALLBACK, NO_VERIFY, SHADOWED, fallbacks, report, written};
use crate::diagnostic::{Findings, Report};
use crate::render::width::width;
use crate::render::{Format, Options, page, rules_table};
use crate::source::{Source, Span};
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};

fn shown(report: &Report) -> String {
    written(report, Format::Human, &Options::default())
}

/// A report on one finding of `needle` in a file of `text`.
fn single(text: &str, needle: &str) -> String {
    let source = Source::new("a.env", text);
    let start = text.find(needle).expect("the needle is there");
    let mut found = Vec::new();
    Findings::new(&NO_VERIFY, "a.env", &mut found).push(Span::new(start, start + needle.len()), "here");
    shown(&Report::new(found, [(&source, Vec::new())], 1, 0))
}

#[test]
fn the_whole_report() {
    let (report, _) = report();
    insta::assert_snapshot!(shown(&report), @r#"
    ━━ docs/DEPLOY \u{1b}[31m.md ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 1 warning

    warning HOK212 no-verify
      ⚠ `--no-verify` skips every \u{1b}[2Jhook
       ╭─[docs/DEPLOY \u{1b}[31m.md:1:73]
     1 │ …    git commit --no-verify\u{7}
       ·                 ───────────
       ╰────

    ━━ infra/docker-compose.yml ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 5 errors

    error CMP004 shadowed-value
      × `SECRET_KEY` of `envs/.env` never arrives in `backend`
       ╭─[infra/docker-compose.yml:4:7]
     3 │     environment:
       ·     ─────┬─────
       ·          ╰── `environment` wins
     4 │       SECRET_KEY: ${SECRET_KEY:-*******************}
       ·       ─────┬────
       ·            ╰── by this line
       ╰────
       ╭─[envs/.env:2:1]
     2 │ SECRET_KEY=**************************************
       · ─────┬─────
       ·      ╰── the value here, 38 characters, is hidden
       ╰────
      note: gone/.env: and this file is not there

    error CMP002 secret-fallback
      × `SECRET_KEY` falls back to 19 characters that everyone can read
       ╭─[infra/docker-compose.yml:4:19]
     4 │       SECRET_KEY: ${SECRET_KEY:-*******************}
       ·                   ──────────────────────────────────
       ╰────
      help: write `${SECRET_KEY:?set SECRET_KEY in envs/.env}`, so that compose
            stops without it

      also: 6:23  `JWT_SECRET_KEY` falls back to 19 characters that everyone can
                  read
            7:25  `MONGODB_PASSWORD` falls back to 19 characters that everyone can
                  read
            8:23  `REDIS_PASSWORD` falls back to 19 characters that everyone can
                  read

    5 errors, 1 warning in 12 files (2 suppressed)
    "#);
}

#[test]
fn in_ascii_only() {
    let (report, _) = report();
    let text = written(&report, Format::Human, &Options { unicode: false, full: true, ..Options::default() });
    assert!(text.is_ascii(), "{text}");
    assert_eq!(text.matches("error CMP002").count(), 4, "each one is shown");
}

#[test]
fn colour_comes_only_when_asked_for() {
    let (report, _) = report();
    let plain = shown(&report);
    assert!(!plain.contains('\u{1b}'));
    let colored = written(&report, Format::Human, &Options { color: true, ..Options::default() });
    assert!(colored.contains("\u{1b}[1;31merror\u{1b}[0m"));
    let mut stripped = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        stripped.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    assert_eq!(stripped + rest, plain, "colour changes nothing else");
}

#[test]
fn lines_keep_to_the_width() {
    let (report, _) = report();
    for width in [60, 80, 132] {
        let text = written(&report, Format::Human, &Options { width, full: true, ..Options::default() });
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn the_last_line_sums_up() {
    let source = Source::new("a", "x");
    let of = |count: usize, meta| {
        let mut found = Vec::new();
        for _ in 0..count {
            Findings::new(meta, "a", &mut found).push(Span::new(0, 1), "m");
        }
        found
    };
    let cases = [
        (Vec::new(), 12, 0, "no findings in 12 files"),
        (Vec::new(), 1, 3, "no findings in 1 file (3 suppressed)"),
        (of(1, &FALLBACK), 1, 0, "1 error in 1 file"),
        (of(2, &NO_VERIFY), 0, 0, "2 warnings in 0 files"),
        (
            [of(3, &FALLBACK), of(1, &NO_VERIFY)].concat(),
            12,
            2,
            "3 errors, 1 warning in 12 files (2 suppressed)",
        ),
    ];
    for (found, files, suppressed, expected) in cases {
        let report = Report::new(found, [(&source, Vec::new())], files, suppressed);
        assert_eq!(shown(&report).lines().last(), Some(expected));
    }
    assert_eq!(shown(&Report::default()), "no findings in 0 files\n", "nothing but the summary");
}

#[test]
fn many_of_one_rule_stay_short() {
    let compose = super::compose();
    let one = fallbacks(&compose);
    let many: Vec<_> = std::iter::repeat_n(one, 40).flatten().collect();
    let text = shown(&Report::new(many, [(&compose, Vec::new())], 1, 0));
    assert_eq!(text.matches("error CMP002").count(), 1);
    assert!(text.contains("and 139 more"), "{text}");
    assert!(text.lines().count() < 45, "{text}");
}

#[test]
fn two_of_one_rule_are_both_shown() {
    let compose = super::compose();
    let two = fallbacks(&compose).into_iter().take(2).collect();
    let text = shown(&Report::new(two, [(&compose, Vec::new())], 1, 0));
    assert_eq!(text.matches("error CMP002").count(), 2);
    assert_eq!(text.matches("help: write").count(), 2);
}

#[test]
fn the_underline_is_under_what_it_means() {
    let long = format!("{}=x KEY y{}", "k".repeat(3000), "z".repeat(3000));
    let cases = [
        ("KEY=1\n", "KEY"),
        ("\t\tKEY", "KEY"),
        ("ñandú KEY 漢字", "KEY"),
        ("a\u{1b}[2J KEY", "KEY"),
        ("first\n  KEY\r\nlast", "KEY"),
        (long.as_str(), "KEY"),
    ];
    for (text, needle) in cases {
        let shown = single(text, needle);
        let lines: Vec<Vec<char>> = shown.lines().map(|line| line.chars().collect()).collect();
        let under = lines
            .iter()
            .position(|line| line.contains(&'·'))
            .unwrap_or_else(|| panic!("no underline:\n{shown}"));
        let (above, below) = (&lines[under - 1], &lines[under]);
        let drawn: String =
            above.iter().zip(below).filter(|(_, under)| **under == '─').map(|(above, _)| above).collect();
        assert_eq!(drawn, needle, "\n{shown}");
    }
}

#[test]
fn a_place_without_text_is_still_reported() {
    let mut found = Vec::new();
    Findings::new(&SHADOWED, "gone.yml", &mut found).push(Span::new(50, 60), "`gone.yml` is not there");
    let text = shown(&Report::new(found, [], 0, 0));
    assert!(text.contains("`gone.yml` is not there") && text.contains("CMP004"), "{text}");
}

#[test]
fn a_line_of_megabytes_costs_little_and_shows_little() {
    let text = format!("{}KEY{}", "a ".repeat(1_000_000), " b".repeat(1_000_000));
    let started = std::time::Instant::now();
    let shown = single(&text, "KEY");
    assert!(shown.len() < 2000, "{}", shown.len());
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn pages_and_tables() {
    let markdown = "# CMP002 secret-fallback\n\nA secret that `falls back` to a **known** text, in a sentence that is long \
        enough to wrap.\n\n## Bad\n\n```yaml path=compose.yml\nservices:\n  a: {}\n```\n\n- one\n- two, which\n  goes on\n";
    let mut out = Vec::new();
    page(markdown, &Options { width: 50, ..Options::default() }, &mut out)
        .expect("a vector takes everything");
    rules_table(&[&FALLBACK, &NO_VERIFY], &Options { width: 70, ..Options::default() }, &mut out)
        .expect("a vector takes everything");
    insta::assert_snapshot!(String::from_utf8(out).expect("UTF-8"), @r#"
    CMP002 secret-fallback

    A secret that `falls back` to a known text, in a
    sentence that is long enough to wrap.

    Bad

      compose.yml:
        services:
          a: {}

      • one
      • two, which goes on
    code    name             severity  certainty
            summary
    CMP002  secret-fallback  error     certain
            a secret falls back to a text that stands in the file, where
            everyone can read it
    HOK212  no-verify        warning   heuristic
            hooks are told to be skipped
    "#);

    let mut out = Vec::new();
    rules_table(&[&FALLBACK, &NO_VERIFY], &Options { width: 100, ..Options::default() }, &mut out)
        .expect("a vector takes everything");
    insta::assert_snapshot!(String::from_utf8(out).expect("UTF-8"), @r#"
    code    name             severity  certainty  summary
    CMP002  secret-fallback  error     certain    a secret falls back to a text that stands in the file,
                                                  where everyone can read it
    HOK212  no-verify        warning   heuristic  hooks are told to be skipped
    "#);

    let mut out = Vec::new();
    page("# T\n\na `code\nb` c", &Options { color: true, ..Options::default() }, &mut out)
        .expect("a vector takes everything");
    let text = String::from_utf8(out).expect("UTF-8");
    assert_eq!(text, "\u{1b}[1mT\u{1b}[0m\n\na \u{1b}[36mcode b\u{1b}[0m c\n");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Whatever the text and the spans, a report comes out, and a masked value does not.
    #[test]
    fn any_text_and_any_spans(
        before in "(?s).{0,60}",
        after in "(?s).{0,60}",
        start in any::<u8>(),
        length in any::<u8>(),
        second in any::<u8>(),
    ) {
        let text = format!("{before}{CANARY}{after}");
        let value = Span::new(before.len(), before.len() + CANARY.len());
        let source = Source::new("a", text);
        let mut found = Vec::new();
        let start = usize::from(start);
        Findings::new(&SHADOWED, "a", &mut found)
            .push(Span::new(start, start + usize::from(length)), "m")
            .label("a", Span::new(usize::from(second), usize::from(second) + 3), "l");
        let report = Report::new(found, [(&source, vec![value])], 1, 0);
        for format in [Format::Human, Format::Json, Format::Sarif] {
            let text = written(&report, format, &Options { width: 44, ..Options::default() });
            prop_assert!(!text.contains(CANARY), "{}", text);
            prop_assert!(text.contains("CMP004"), "{}", text);
        }
    }
}

#[test]
fn lists_and_tables_of_a_page() {
    let markdown = "1. first, which\n   goes on\n2. second\n\n* `a` and b\n\n| x | y |\n|---|---|\n\nIn 2024. Not a list.\n";
    let mut out = Vec::new();
    page(markdown, &Options { unicode: false, ..Options::default() }, &mut out)
        .expect("a vector takes everything");
    let expected = "  1. first, which goes on\n  2. second\n\n  - `a` and b\n\n  | x | y |\n  |---|---|\n\nIn 2024. Not a list.\n";
    assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
}

/// Wide characters take two columns, combining ones none: the line under a place still stands under it.
#[test]
fn places_are_underlined_by_columns() {
    for text in
        ["KEY=1 # 🚀 漢字 HERE\n", "KEY=1 # ñandú n\u{303} HERE\n", "\tKEY=漢 HERE\n", "ｆｕｌｌ HERE\n"]
    {
        let shown = single(text, "HERE");
        let lines: Vec<&str> = shown.lines().collect();
        let at = lines.iter().position(|line| line.contains("HERE")).expect("the line is shown");
        let before = |line: &str, mark: char| line.find(mark).map(|end| width(&line[..end]));
        assert_eq!(before(lines[at], 'H'), before(lines[at + 1], '─'), "{shown}");
        assert_eq!(lines[at + 1].matches('─').count(), 4, "{shown}");
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let text = format!("KEY=1 # {} HERE {}\n", "漢".repeat(200), "🚀".repeat(200));
    let source = Source::new("envs/ｆｕｌｌ/.env", text.as_str());
    let start = text.find("HERE").expect("the needle is there");
    let message = format!("`{}` is wide, {}", "漢".repeat(8), "漢字 ".repeat(60));
    let mut found = Vec::new();
    Findings::new(&NO_VERIFY, source.shared_path(), &mut found).push(Span::new(start, start + 4), message);
    let shown = shown(&Report::new(found, [(&source, Vec::new())], 1, 0));
    for line in shown.lines() {
        assert!(width(line) <= 80, "{} columns: {line}", width(line));
    }
    assert!(shown.contains("HERE"), "{shown}");
}

#[test]
fn codes_lead_to_pages_where_the_terminal_knows_links() {
    let (report, _) = report();
    let options = Options { links: Some("https://pages.example/v1"), ..Options::default() };
    let linked = written(&report, Format::Human, &options);
    let link = |code: &str| {
        format!("\u{1b}]8;;https://pages.example/v1/rules/{code}.md\u{1b}\\{code}\u{1b}]8;;\u{1b}\\")
    };
    for code in ["CMP002", "CMP004", "HOK212"] {
        assert!(linked.contains(&link(code)), "{code}: {linked:?}");
    }
    let plain =
        ["CMP002", "CMP004", "HOK212"].iter().fold(linked, |text, code| text.replace(&link(code), code));
    assert_eq!(plain, shown(&report), "nothing else differs");
    let mut table = Vec::new();
    rules_table(&[&NO_VERIFY], &options, &mut table).expect("a vector takes everything");
    assert!(String::from_utf8_lossy(&table).contains(&link("HOK212")));
}

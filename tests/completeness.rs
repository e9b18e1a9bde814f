//! What belongs to a rule is there, for every rule: identity, page, fixtures, its row in the table of rules.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use envgate::commands::catalog;
use envgate::diagnostic::Meta;
use envgate::{baseline, config, engine, rules, suppress};

const FAMILIES: [(&str, &str); 6] = [
    ("ENV", "Env files and what arrives from them"),
    ("CMP", "Compose files"),
    ("HOK", "Hook scripts"),
    ("DEP", "Deploy scripts and Makefiles"),
    ("SEC", "Secrets anywhere"),
    ("CFG", "envgate.yaml itself"),
];

const HEADS: [&str; 4] = ["## Why it matters", "## Bad", "## Good", "## Silence it"];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The names in a folder; none where it is missing.
fn names_in(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeSet::new() };
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The rules that have a struct in `rules::ALL`: those of declared patterns have YAML examples instead.
fn coded() -> BTreeSet<&'static str> {
    rules::ALL.iter().map(|rule| rule.meta().code).collect()
}

/// The rules that have a page of their own in `rules/`.
fn paged() -> Vec<&'static Meta> {
    let own = config::rules().into_iter().chain(engine::METAS.iter().copied());
    let own = own.chain(baseline::rules()).chain(suppress::rules());
    // Patterns below SEC100 are judged in code, and explained by hand.
    let by_hand = rules::catalog().into_iter().filter(|meta| meta.family() == "SEC" && meta.code < "SEC100");
    let others = rules::ALL.iter().map(|rule| rule.meta()).filter(|meta| meta.family() != "SEC");
    others.chain(by_hand).chain(own).collect()
}

#[test]
fn codes_and_names_are_unique_and_well_formed() {
    let mut seen = BTreeMap::new();
    for meta in catalog() {
        let code = meta.code.as_bytes();
        let family = FAMILIES.iter().any(|(family, _)| *family == meta.family());
        assert!(
            family && code.len() == 6 && code[3..].iter().all(u8::is_ascii_digit),
            "code `{}`",
            meta.code
        );
        let kebab = |part: &str| {
            part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) && !part.is_empty()
        };
        assert!(meta.name.split('-').all(kebab), "{}: name `{}`", meta.code, meta.name);
        for word in [meta.code.to_lowercase(), meta.name.to_lowercase()] {
            let first = seen.insert(word.clone(), meta.code);
            assert!(first.is_none(), "`{word}` is {} and {}", first.unwrap_or_default(), meta.code);
        }
    }
    for (family, _) in FAMILIES {
        assert!(!seen.contains_key(&family.to_lowercase()), "a rule is called like the family {family}");
    }
}

#[test]
fn the_list_is_in_the_order_of_the_codes_of_each_family() {
    let mut last: BTreeMap<&str, &str> = BTreeMap::new();
    for rule in rules::ALL {
        let meta = rule.meta();
        if let Some(before) = last.insert(meta.family(), meta.code) {
            assert!(before < meta.code, "{} stands after {before} in ALL", meta.code);
        }
    }
}

#[test]
fn summaries_are_one_lower_case_line_without_a_full_stop() {
    for meta in catalog() {
        let summary = meta.summary;
        let first = summary.chars().next();
        // A line may begin with a name in backticks, or with an abbreviation.
        let begins = first.is_some_and(|character| !character.is_uppercase())
            || summary.chars().nth(1).is_some_and(char::is_uppercase);
        let shape =
            !summary.contains('\n') && !summary.ends_with(['.', '!', '…']) && summary.trim() == summary;
        assert!(begins && shape && summary.len() <= 100, "{}: summary `{summary}`", meta.code);
    }
}

#[test]
fn every_page_has_its_heads_in_order_and_something_under_each() {
    for meta in paged() {
        let page = meta.page;
        let title = format!("# {} {}\n", meta.code, meta.name);
        assert!(page.starts_with(&title), "rules/{}.md does not open with `{}`", meta.code, title.trim());
        let mut inside = false;
        let heads: Vec<&str> = page
            .lines()
            .filter(|line| {
                inside ^= line.starts_with("```");
                !inside && line.starts_with("## ")
            })
            .collect();
        let options = heads.last() == Some(&"## Options");
        let expected = &heads[..heads.len() - usize::from(options)];
        assert_eq!(expected, HEADS, "rules/{}.md", meta.code);
        for (at, head) in heads.iter().enumerate() {
            let (_, body) = page.split_once(&format!("\n{head}\n")).unwrap();
            let body =
                heads.get(at + 1).map_or(body, |next| body.split_once(&format!("\n{next}\n")).unwrap().0);
            assert!(!body.trim().is_empty(), "rules/{}.md: nothing under `{head}`", meta.code);
            if matches!(*head, "## Bad" | "## Good") {
                assert!(body.contains(" path="), "rules/{}.md: no file under `{head}`", meta.code);
            }
        }
        let what = page[title.len()..].split("\n## ").next().unwrap_or_default();
        assert!(
            !what.trim().is_empty() && !what.trim().contains("\n\n"),
            "rules/{}.md: one paragraph first",
            meta.code
        );
        // What is wrong with silencing itself is not silenced by a comment.
        assert!(
            meta.family() == "CFG"
                || ["allow", "allow-file"]
                    .iter()
                    .any(|word| page.contains(&format!("envgate: {word} {}", meta.code))),
            "rules/{}.md: no allow line",
            meta.code
        );
    }
}

#[test]
fn no_page_is_without_a_rule_and_none_lies_elsewhere() {
    let pages: BTreeSet<String> =
        names_in(&root("rules")).into_iter().filter(|name| Path::new(name).extension().is_some()).collect();
    let rules: BTreeSet<String> = paged().iter().map(|meta| format!("{}.md", meta.code)).collect();
    assert_eq!(pages, rules);
}

#[test]
fn every_rule_has_fixtures_and_every_fixture_folder_a_rule() {
    let all: BTreeSet<&str> = catalog().iter().map(|meta| meta.code).collect();
    for name in names_in(&root("fixtures")) {
        let looks_like_code = name.len() == 6 && name.bytes().all(|byte| !byte.is_ascii_lowercase());
        assert!(!looks_like_code || all.contains(name.as_str()), "fixtures/{name} belongs to no rule");
    }
    let mut lacking = Vec::new();
    for code in coded() {
        for half in ["bad", "good"] {
            if names_in(&root(&format!("fixtures/{code}/{half}"))).is_empty() {
                lacking.push(format!("fixtures/{code}/{half}"));
            }
        }
    }
    assert!(lacking.is_empty(), "no fixtures in {}", lacking.join(", "));
}

/// `docs/rules.md`, made from the catalog.
fn table() -> String {
    let mut text = "# Rules\n\nMade from the rules themselves; `envgate explain CODE` shows a rule's page. \
                    A rule is *certain* where it follows from the text, the git index or the resolved project, and \
                    *heuristic* where names, shapes or the configuration decide. Rules of severity info report only \
                    when they are asked for.\n"
        .to_owned();
    let paged: BTreeSet<&str> = paged().iter().map(|meta| meta.code).collect();
    for (family, title) in FAMILIES {
        let metas: Vec<_> = catalog().into_iter().filter(|meta| meta.family() == family).collect();
        if metas.is_empty() {
            continue;
        }
        writeln!(
            text,
            "\n## {family}: {title}\n\n| code | name | severity | | what |\n| --- | --- | --- | --- | --- |"
        )
        .unwrap();
        for meta in metas {
            let code = meta.code;
            let link =
                if paged.contains(code) { format!("[{code}](../rules/{code}.md)") } else { code.to_owned() };
            let (name, severity, certainty) = (meta.name, meta.severity, meta.certainty.as_str());
            let summary = meta.summary.replace('|', "\\|");
            writeln!(text, "| {link} | `{name}` | {severity} | {certainty} | {summary} |").unwrap();
        }
    }
    text
}

/// `ENVGATE_BLESS=1` writes the table.
#[test]
#[expect(clippy::disallowed_methods, reason = "blessing is asked for by the environment")]
fn the_table_of_rules_is_that_of_the_catalog() {
    let path = root("docs/rules.md");
    let made = table();
    if std::env::var_os("ENVGATE_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap();
    assert!(written == made, "docs/rules.md is stale: ENVGATE_BLESS=1 cargo test writes it");
}

/// The README says of how many kinds the vendor tells the form.
#[test]
fn the_readme_counts_the_kinds_of_secrets() {
    let (mut all, mut documented) = (0, 0);
    for name in names_in(&root("rules/secrets")).iter().filter(|name| name.ends_with(".yaml")) {
        let text = fs::read_to_string(root("rules/secrets").join(name)).unwrap();
        let kinds = text.lines().filter(|line| line.trim_start().starts_with("- code:")).count();
        all += kinds;
        documented += if text.contains("\nform: observed\n") { 0 } else { kinds };
    }
    let said = format!("Of the {all} kinds of credentials {documented} have their form from the vendor's");
    assert!(fs::read_to_string(root("README.md")).unwrap().contains(&said), "not in README.md: {said}");
}

//! What is found does not depend on the order of the files, the number of threads, or line ends that mean nothing.
//!
//! Not here: what is found. Env files and scripts keep their line ends: to a shell and to half of the loaders a carriage
//! return is text, and envgate says so.

use std::path::PathBuf;

use envgate::engine::{self, Outcome};
use envgate::source::{Source, file_name, is_env_name};
use rayon::ThreadPoolBuilder;

use crate::support::{Case, places, wording};
use crate::{cases, codes_with_fixtures};

fn all() -> Vec<PathBuf> {
    let kinds = ["bad", "good"];
    codes_with_fixtures()
        .iter()
        .flat_map(|code| kinds.into_iter().flat_map(|kind| cases(code, kind)))
        .collect()
}

/// Places, words, and what is hidden of the files that are pointed into.
fn said(outcome: &Outcome) -> String {
    let mut text = wording(outcome);
    for (path, (_, masks)) in &outcome.sources {
        text += &format!("{path} {masks:?}\n");
    }
    text
}

#[test]
fn the_order_of_the_files_changes_nothing() {
    for path in all() {
        let case = Case::read(&path);
        let mut inputs = case.inputs();
        inputs.reverse();
        assert_eq!(said(&case.check()), said(&case.check_inputs(&inputs)), "{}", path.display());
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let (one, many) = (pool(1), pool(7));
    for path in all() {
        let case = Case::read(&path);
        let alone = said(&one.install(|| case.check()));
        assert_eq!(alone, said(&many.install(|| case.check())), "{}", path.display());
    }
}

/// Whether what reads this file takes a carriage return before a line end as part of it.
fn ends_lines_either_way(path: &str) -> bool {
    let name = file_name(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    !is_env_name(name) && ["yml", "yaml", "py", "ts", "js", "json", "md", "toml"].contains(&ending)
}

#[test]
fn line_ends_of_yaml_and_code_change_nothing() {
    let mut changed = 0;
    for path in all() {
        let case = Case::read(&path);
        let mut other = Case { files: case.files.clone() };
        for (name, (bytes, _)) in &mut other.files {
            let readable = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\r'));
            if let Some(text) = readable.filter(|_| ends_lines_either_way(name) && name != "promises.txt") {
                *bytes = text.replace('\n', "\r\n").into_bytes();
                changed += 1;
            }
        }
        assert_eq!(places(&case.check()), places(&other.check()), "{}", path.display());
    }
    assert!(changed > 100, "{changed} files of the fixtures were given other line ends");
}

/// A value that its name does not give away, and that a schema calls sensitive, is in no excerpt.
#[test]
fn what_a_schema_declares_is_hidden_in_compose_files_and_scripts() {
    const VALUE: &str = "Zq7canary9Xw2Lk5Vt8";
    let files = [
        (".env.schema", "# @sensitive\nCITY=\n# @sensitive=false\nTOWN=\n".to_owned()),
        (
            "compose.yml",
            format!(
                "services:\n  web:\n    image: example/web:1.2\n    environment:\n      CITY: {VALUE}\n      TOWN: lugo\n  \
                 api:\n    image: example/api:1.2\n    environment: [\"CITY=${{CITY:-{VALUE}}}\"]\n"
            ),
        ),
        (
            "deploy.sh",
            format!(
                "#!/bin/bash\nCITY='{VALUE}' docker compose up -d; docker compose restart web\n# CITY={VALUE}\n"
            ),
        ),
        ("Makefile", format!("CITY = {VALUE}\nup:\n\tCITY={VALUE} docker compose up -d\n")),
        ("notes.md", format!("Start it with `CITY={VALUE} make up`.\n")),
    ];
    let mut case = Case::default();
    for (name, text) in files {
        case.files.insert(name.to_owned(), (text.into_bytes(), Some(0o644)));
    }
    let outcome = case.check();
    let (compose, masks) = &outcome.sources["compose.yml"];
    let shown = compose.masked(masks);
    assert!(compose.text().contains(VALUE) && !shown.text().contains(VALUE), "{}", shown.text());
    assert!(shown.text().contains("TOWN: lugo"), "what is public stays readable: {}", shown.text());
    let city = |name: &str| name == "CITY";
    for (name, (bytes, _)) in &case.files {
        let source = Source::from_bytes(name.as_str(), bytes.clone());
        let document = engine::document(&source).0;
        let mut spans = document.value_spans();
        spans.extend(document.values_of(source.text(), &city));
        spans.sort_unstable();
        assert!(!source.masked(&spans).text().contains(VALUE), "{}", source.masked(&spans).text());
    }
}

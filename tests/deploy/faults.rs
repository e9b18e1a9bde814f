//! The faults that deploys die of: each stands in `docs/deploy.md` with the test that injects it.
//!
//! Not here: the faults. This needs no bed.

use std::collections::BTreeSet;
use std::path::Path;

/// How many there are.
const FAULTS: usize = 30;

/// The tests of this folder, by module and name.
fn tests() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        for block in text.split("#[test]\n").skip(1) {
            let name = block.trim_start().strip_prefix("fn ").unwrap().split('(').next().unwrap();
            found.insert(format!("{module}::{name}"));
        }
    }
    found
}

#[test]
fn each_fault_has_its_test_and_its_outcome() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/deploy.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, table) = page.split_once("\n## The thirty faults\n").unwrap();
    let known = tests();
    assert!(known.len() > 50, "{known:?}");
    let mut numbers = Vec::new();
    for row in
        table.lines().skip_while(|line| !line.starts_with("| 1 |")).take_while(|line| line.starts_with('|'))
    {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [number, fault, outcome, named] = cells[..] else { panic!("{row}") };
        numbers.push(number.parse::<usize>().unwrap());
        assert!(!fault.is_empty() && !outcome.is_empty(), "{row}");
        assert!(
            ["0", "1", "3", "4", "5"].iter().any(|code| outcome.starts_with(code)),
            "no exit code: {row}"
        );
        let tests: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "no test: {row}");
        for test in tests {
            assert!(known.contains(test), "there is no test {test}: {row}");
        }
    }
    assert_eq!(numbers, (1..=FAULTS).collect::<Vec<_>>());
}

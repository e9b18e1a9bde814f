//! The table of `docs/security.md`: what was tried, how it ended, what it took.
//!
//! Not here: what must hold; the cases say it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::case::{Case, run};
use crate::{shell, text, tree, yaml};

const BEGIN: &str = "<!-- figures: begin -->\n";
const END: &str = "<!-- figures: end -->\n";

const PARTS: [(&str, &[Case]); 4] = [
    ("YAML and JSON", yaml::CASES),
    ("Texts and env files", text::CASES),
    ("Scripts, hooks, Makefiles", shell::CASES),
    ("Trees, names, links", tree::CASES),
];

fn rows() -> String {
    let mut table = String::new();
    for (title, cases) in PARTS {
        write!(
            table,
            "\n### {title}\n\n| input | exit code | peak memory, MiB | time, s |\n| --- | --- | --- | --- |\n"
        )
        .unwrap();
        for case in cases {
            let ran = match run(case) {
                Ok(ran) => ran,
                Err(why) => {
                    let why = why.split(';').next().unwrap_or_default().replace(case.name, "");
                    writeln!(table, "| {} | **fails{why}** | | |", case.name).unwrap();
                    continue;
                }
            };
            let (peak, took) = (ran.peak.div_ceil(1024), ran.took.as_secs_f64());
            writeln!(table, "| {} | {} | {peak} | {took:.2} |", case.name.replace('|', "\\|"), case.code)
                .unwrap();
        }
    }
    table + "\n"
}

/// The figures are those of the machine that runs this, so nothing compares them.
#[test]
#[ignore = "writes docs/security.md"]
#[expect(clippy::assertions_on_constants, reason = "it is the build that is asked about")]
fn write_the_figures() {
    assert!(!cfg!(debug_assertions), "the figures are those of a release build: add --release");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    fs::write(&path, format!("{before}{BEGIN}{}{END}{after}", rows())).unwrap();
}

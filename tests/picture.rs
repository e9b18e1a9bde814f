//! The README's picture is what the command prints today: `docs/incident.svg`, written under `ENVGATE_BLESS=1`
//! and compared otherwise.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may die, and reads how it was started"
)]

use std::fs;
use std::process::Command;

use anstyle_svg::Term;

/// The command of the picture: the findings that tell the story of the incident, in as few lines as they have.
const ARGUMENTS: &[&str] = &["check", ".", "--only", "CMP004,CMP101,ENV102,HOK101"];

/// The library's VGA colours are too dark to read on a page.
fn recolored(svg: &str) -> String {
    let colors = [
        ("#000000", "#16181d"),
        (".fg { fill: #AAAAAA }", ".fg { fill: #d7dae0 }"),
        ("#AA0000", "#ff6b68"),
        ("#00AAAA", "#5fc9d8"),
        ("#AA5500", "#e5b567"),
        ("opacity: 0.4", "opacity: 0.55"),
    ];
    colors.iter().fold(svg.to_owned(), |svg, (from, to)| svg.replace(from, to))
}

#[test]
fn the_picture_is_true() {
    let output = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(ARGUMENTS)
        .args(["--color", "always"])
        .current_dir("fixtures/incident")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let prompt = format!("\u{1b}[1m$ envgate {}\u{1b}[0m\n\n", ARGUMENTS.join(" "));
    let svg = recolored(&Term::new().min_width_px(690).render_svg(&(prompt + &printed)));
    let path = "docs/incident.svg";
    if std::env::var_os("ENVGATE_BLESS").is_some() {
        fs::write(path, &svg).unwrap();
    }
    let drawn = fs::read_to_string(path).unwrap_or_default();
    assert!(
        drawn == svg,
        "{path} is not what is printed now; ENVGATE_BLESS=1 cargo test --test picture draws it anew"
    );
}

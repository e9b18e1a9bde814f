//! The README's moving picture is what happens today: `docs/recording` is played, and drawn as `docs/recording.svg`
//! under `ENVGATE_BLESS=1`, compared otherwise.
//!
//! It installs the wheel in the folder `ENVGATE_WHEELS`, as `tests/packages` does; without one, a wheel with the binary under
//! test is packed here. Not here: whether maturin builds it.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may die, and reads how it was started"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anstyle_svg::Term;

/// How long each scene stays, in seconds.
const SECONDS: usize = 7;
/// How many characters stand in one line.
const COLUMNS: usize = 84;
const LINE: usize = 18;

/// The library's VGA colours are too dark to read on a page.
fn recolored(svg: &str) -> String {
    let colors = [
        ("#000000", "#16181d"),
        (".fg { fill: #AAAAAA }", ".fg { fill: #d7dae0 }"),
        ("#AA0000", "#ff6b68"),
        ("#00AA00", "#7fc97f"),
        ("#00AAAA", "#5fc9d8"),
        ("#AA5500", "#e5b567"),
        ("opacity: 0.4", "opacity: 0.55"),
    ];
    colors.iter().fold(svg.to_owned(), |svg, (from, to)| svg.replace(from, to))
}

/// Packs the file at argv 1 as the wheel of version argv 2 into the folder argv 3.
const PACK: &str = r#"
import sys, zipfile
binary, version, folder = sys.argv[1:]
info = f"envgate_cli-{version}.dist-info"
texts = {
    f"{info}/METADATA": f"Metadata-Version: 2.1\nName: envgate-cli\nVersion: {version}\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
}
script = f"envgate_cli-{version}.data/scripts/envgate"
with zipfile.ZipFile(f"{folder}/envgate_cli-{version}-py3-none-any.whl", "w") as wheel:
    wheel.write(binary, script)
    for name, text in texts.items():
        wheel.writestr(name, text)
    wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [script, *texts, f"{info}/RECORD"]))
"#;

/// The folder with the wheel that is installed.
fn wheels(made: &Path) -> PathBuf {
    if let Some(folder) = std::env::var_os("ENVGATE_WHEELS") {
        return PathBuf::from(folder);
    }
    let mut python = Command::new("python3");
    python.args(["-c", PACK, env!("CARGO_BIN_EXE_envgate"), env!("CARGO_PKG_VERSION")]).arg(made);
    assert!(python.status().unwrap().success(), "the wheel is not packed");
    made.to_owned()
}

/// What the script prints, by scenes, with lines broken where a terminal breaks them.
fn played() -> Vec<String> {
    let kept = tempfile::tempdir().unwrap();
    let output = Command::new("docs/recording")
        .arg(wheels(kept.path()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.split('\u{c}').map(|scene| scene.trim_end().lines().map(broken).collect()).collect()
}

fn broken(line: &str) -> String {
    if line.contains('\u{1b}') {
        return format!("{line}\n");
    }
    let letters: Vec<char> = line.chars().collect();
    let parts: Vec<String> = letters.chunks(COLUMNS).map(|part| part.iter().collect()).collect();
    parts.join("\n") + "\n"
}

/// The rules of the style and the text of one drawn scene.
fn parts(svg: &str) -> (BTreeSet<String>, String) {
    let (_, rest) = svg.split_once("<style>\n").unwrap();
    let (style, rest) = rest.split_once("  </style>").unwrap();
    let colours = style.lines().filter(|line| line.starts_with("    .") && line.contains(" { "));
    let start = rest.find("  <text").unwrap();
    let end = rest.find("</text>").unwrap() + "</text>\n".len();
    (colours.map(|line| format!("{line}\n")).collect(), rest[start..end].to_owned())
}

fn drawn(scenes: &[String]) -> String {
    let mut rules = BTreeSet::new();
    let mut groups = String::new();
    for (at, scene) in scenes.iter().enumerate() {
        let (colours, text) = parts(&Term::new().render_svg(scene));
        rules.extend(colours);
        writeln!(groups, "  <g class=\"scene\" style=\"animation-delay: {}s\">\n{text}  </g>", at * SECONDS)
            .unwrap();
    }
    let rules: String = rules.into_iter().collect();
    let height = scenes.iter().map(|scene| scene.lines().count()).max().unwrap() * LINE + 30;
    // As exact as that no scene is gone before the next one comes.
    let (whole, share) = (scenes.len() * SECONDS, 100_000_000 / scenes.len());
    let share = format!("{}.{:06}", share / 1_000_000, share % 1_000_000);
    recolored(&format!(
        "<svg width=\"740px\" height=\"{height}px\" xmlns=\"http://www.w3.org/2000/svg\">\n  \
         <title>envgate: install, the first check, why, a fix, a baseline, a commit that is stopped, the plan of a deploy</title>\n  <style>\n{rules}    \
         .container {{ padding: 0 10px; line-height: {LINE}px; }}\n    \
         tspan {{ font: 14px SFMono-Regular, Consolas, Liberation Mono, Menlo, monospace; white-space: pre; }}\n    \
         .scene {{ visibility: hidden; animation: turn {whole}s step-end infinite; }}\n    \
         @keyframes turn {{ 0% {{ visibility: visible; }} {share}%, 100% {{ visibility: hidden; }} }}\n  </style>\n  \
         <rect width=\"100%\" height=\"100%\" rx=\"4.5\" class=\"bg\" />\n{groups}</svg>\n"
    ))
}

#[test]
fn the_picture_is_true() {
    let svg = drawn(&played());
    is_alone(&svg);
    let path = "docs/recording.svg";
    if std::env::var_os("ENVGATE_BLESS").is_some() {
        fs::write(path, &svg).unwrap();
    }
    let there = fs::read_to_string(path).unwrap_or_default();
    assert!(
        there == svg,
        "{path} is not what happens now; ENVGATE_BLESS=1 cargo test --test picture draws it anew"
    );
}

/// A browser and a code host take it, and nothing in it comes from elsewhere or runs.
fn is_alone(svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    for node in document.descendants() {
        let name = node.tag_name().name();
        assert!(!["script", "image", "use", "a", "foreignObject"].contains(&name), "<{name}>");
    }
    assert!(!svg.contains("url(") && !svg.contains("@import"));
}

//! Turns `rules/secrets/*.yaml` into constant tables (the patterns, their pages, and the keyword filter), and
//! `src/lang/es/*.yaml` into those of what is said in Spanish.
//!
//! Not here: how a text is scanned. A file that says something unknown, or too little, stops the build
//! with its path and the field.

#![allow(clippy::use_debug, reason = "the debug form of a text is its literal in Rust")]
#![allow(clippy::print_stderr, clippy::exit, reason = "that is how a build script fails")]
#![allow(clippy::disallowed_methods, reason = "cargo speaks to a build script through the environment")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "build/filter.rs"]
mod filter;
#[path = "build/page.rs"]
mod page;
#[path = "build/sample.rs"]
mod sample;
#[path = "build/schema.rs"]
mod schema;
#[path = "build/spanish.rs"]
mod spanish;
#[path = "build/verify.rs"]
mod verify;
#[path = "src/secrets/window.rs"]
mod window;

use schema::{Pack, Pattern};

type Outcome<T> = Result<T, String>;

fn main() {
    if let Err(message) = generate() {
        eprintln!("error: {message}");
        std::process::exit(1);
    }
}

fn generate() -> Outcome<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|error| error.to_string())?);
    for watched in ["build.rs", "build", "rules/secrets", "src/secrets/window.rs", "src/lang/es"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let packs = read_packs(&root.join("rules/secrets"))?;
    let mut patterns: Vec<(&Pack, &Pattern)> =
        packs.iter().flat_map(|pack| pack.patterns.iter().map(move |pattern| (pack, pattern))).collect();
    patterns.sort_by(|one, two| one.1.code.cmp(&two.1.code));
    refuse_repeats(&patterns)?;

    let mut code = String::new();
    write_patterns(&mut code, &patterns, &root)?;
    write_parts(&mut code, &patterns)?;
    filter::write(&mut code, patterns.iter().map(|(_, pattern)| *pattern))?;
    code.push_str(&format!(
        "\n/// Changes with the patterns.\npub static DIGEST: u64 = {};\n",
        digest(&code)
    ));
    store(&out.join("spanish.rs"), &spanish::tables(&root.join("src/lang/es"))?)?;
    store(&out.join("secret_patterns.rs"), &code)?;
    store(&out.join("secret_examples.rs"), &examples(&patterns)?)
}

/// FNV-1a.
fn digest(text: &str) -> u64 {
    text.bytes()
        .fold(0xCBF2_9CE4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

fn store(path: &Path, text: &str) -> Outcome<()> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_packs(directory: &Path) -> Outcome<Vec<Pack>> {
    let entries = fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    paths.iter().map(|path| schema::read(path)).collect()
}

fn refuse_repeats(patterns: &[(&Pack, &Pattern)]) -> Outcome<()> {
    let mut seen: BTreeMap<&str, &Path> = BTreeMap::new();
    for (pack, pattern) in patterns {
        for word in [pattern.code.as_str(), pattern.name.as_str()] {
            if let Some(other) = seen.insert(word, &pack.path) {
                return Err(format!(
                    "{}: `{word}` is already used in {}",
                    pack.path.display(),
                    other.display()
                ));
            }
        }
    }
    Ok(())
}

fn write_patterns(code: &mut String, patterns: &[(&Pack, &Pattern)], root: &Path) -> Outcome<()> {
    let mut write = |text: String| code.push_str(&text);
    write(format!(
        "/// Every declared pattern, in the order of the codes.\npub static PATTERNS: [Pattern; {}] = [\n",
        patterns.len()
    ));
    for (pack, pattern) in patterns {
        let page = page::of(pack, pattern, root)?;
        write(format!(
            "Pattern {{ meta: Meta {{ code: {:?}, name: {:?}, severity: Severity::{}, certainty: Certainty::{}, summary: {:?}, page: {page:?} }}, ",
            pattern.code,
            pattern.name,
            pattern.severity.as_rust(),
            pattern.certainty.as_rust(),
            pattern.summary,
        ));
        write(format!(
            "provider: {:?}, url: {:?}, rotate: {:?}, detector: Detector::{}, regex: {:?}, group: {}, before: {}, after: {}, entropy: {:.2}, checksum: Checksum::{}, verify: {}, compiled: OnceLock::new() }},\n",
            pack.provider,
            pack.url,
            pack.rotate.as_deref().unwrap_or(&pack.url),
            pattern.detector.as_rust(),
            pattern.regex,
            pattern.group,
            pattern.before,
            pattern.after,
            pattern.entropy,
            pattern.checksum.as_rust(),
            pattern
                .verify
                .as_ref()
                .map_or_else(|| "None".to_owned(), |verify| format!("Some({})", verify.as_rust())),
        ));
    }
    write("];\n".to_owned());
    Ok(())
}

/// What belongs to the secrets of some patterns: a table of its own, since most have nothing.
fn write_parts(code: &mut String, patterns: &[(&Pack, &Pattern)]) -> Outcome<()> {
    let parts = patterns.iter().filter_map(|(_, pattern)| Some((&pattern.code, pattern.beside.as_ref()?)));
    let lines: Vec<String> = parts
        .map(|(code, beside)| {
            let (part, regex) = (beside.part.as_rust(), &beside.pattern);
            format!("Beside {{ code: {code:?}, part: Part::{part}, regex: {regex:?}, compiled: OnceLock::new() }},\n")
        })
        .collect();
    let (count, lines) = (lines.len(), lines.concat());
    writeln!(
        code,
        "/// What belongs to secrets, in the order of the codes.\npub(in crate::secrets) static BESIDES: [Beside; {count}] = [\n{lines}];",
    )
    .map_err(|error| error.to_string())
}

fn examples(patterns: &[(&Pack, &Pattern)]) -> Outcome<String> {
    let mut code = String::from("static EXAMPLES: &[Examples] = &[\n");
    for (_, pattern) in patterns {
        let list = |texts: &[schema::Text]| texts.iter().map(schema::Text::joined).collect::<Vec<_>>();
        writeln!(
            code,
            "Examples {{ code: {:?}, good: &{:?}, bad: &{:?}, beside: {:?} }},",
            pattern.code,
            list(&pattern.counter_examples),
            list(&pattern.examples),
            sample::beside(pattern)?.unwrap_or_default(),
        )
        .map_err(|error| error.to_string())?;
    }
    code.push_str("];\n");
    Ok(code)
}

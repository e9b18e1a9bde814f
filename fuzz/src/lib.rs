//! What must hold of every input, one function a target. Each takes any bytes and panics where something does not hold.
//!
//! Not here: where inputs come from. `cargo test --test fuzz` changes the fixtures a little; libFuzzer looks for more.

#![allow(missing_docs, unreachable_pub, reason = "it is a module of a test too")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a harness that panics is its purpose")]

mod accepted;
mod archives;
mod git;
mod reports;

use std::collections::BTreeMap;
use std::io;

use envgate::config;
use envgate::diagnostic::{Diagnostic, Safety, Severity};
use envgate::document::compose::ComposeFile;
use envgate::document::compose::template;
use envgate::document::env::{EnvFile, Loader, load};
use envgate::document::env_schema::SchemaFile;
use envgate::document::makefile::Makefile;
use envgate::document::python_settings::SettingsFile;
use envgate::document::shell::Script;
use envgate::document::yaml::{self, Places};
use envgate::engine::{self, Declared, Input, Outcome, Settings};
use envgate::secrets;
use envgate::source::{PathKind, Source, Span, Tree};
use envgate::{commands, fix, suppress};

pub use accepted::accepted;
pub use archives::archives;
pub use git::{index, packs, repository};
pub use reports::reports;
use reports::written_in_every_format;

/// More than this tells nothing new.
const LONGEST: usize = 64 * 1024;

/// A value that stands where secrets stand; no output may hold it.
pub const CANARY: &str = "Zq7canary9Xw2Lk5Vt8";

/// The files that a project of the target may have; a byte chooses one.
pub const NAMES: [&str; 16] = [
    ".env",
    ".env.example",
    "docker-compose.yml",
    "docker-compose.prod.yml",
    "deploy.sh",
    ".husky/pre-commit",
    "Makefile",
    "app/settings.py",
    "app/config.ts",
    "notes.md",
    "package.json",
    ".env.schema",
    "scripts/check.sh",
    "app.service",
    ".github/workflows/ci.yml",
    "envs/production.env",
];

/// What begins the next file of a project.
pub const NEXT_FILE: u8 = 0x1e;

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data.get(..LONGEST).unwrap_or(data)).into_owned()
}

/// Every span lies in the text and cuts no character.
fn inside(text: &str, what: &str, spans: impl IntoIterator<Item = Span>) {
    for span in spans {
        assert!(
            span.start <= span.end && text.get(span.start..span.end).is_some(),
            "{what}: {span:?} is no part of a text of {} bytes",
            text.len()
        );
    }
}

/// The neutral lexer and all loaders.
pub fn env(data: &[u8]) {
    let text = text(data);
    let file = EnvFile::parse(&text);
    inside(&text, "values", file.value_spans());
    for entry in &file.entries {
        let spans = [Some(entry.key_span), entry.raw_span, entry.inner_span, entry.after_quote];
        inside(
            &text,
            "entry",
            spans.into_iter().flatten().chain([entry.line_span]).chain(entry.comment_span),
        );
        assert!(entry.line_span.contains(entry.key_span), "a key lies outside of its line");
        let _ = entry.plain(&text);
    }
    inside(
        &text,
        "marks",
        file.carriage_returns.iter().chain(&file.nuls).chain(&file.no_break_spaces).copied(),
    );
    for &loader in Loader::ALL {
        let loaded = load(&text, loader, &|_| None);
        let again = load(&text, loader, &|_| None);
        assert!(loaded.variables == again.variables, "{} reads one text in two ways", loader.name());
        inside(&text, loader.name(), loaded.executes.iter().copied().chain(loaded.aborted));
        inside(&text, loader.name(), loaded.problems.iter().map(|problem| problem.span));
        let places = loaded.variables.iter().flat_map(|one| [one.key_span, one.value_span]);
        inside(&text, loader.name(), places);
    }
    written(&file, &text);
}

/// What is read, written plainly, is read as the same again.
fn written(file: &EnvFile, text: &str) {
    // Where an open quote ends is for the lines behind it to say, whatever they are.
    let whole = || file.entries.iter().filter(|entry| !entry.unterminated);
    let lines =
        whole().filter_map(|entry| Some((entry, text.get(entry.line_span.start..entry.line_span.end)?)));
    // Behind a comment, since a mark of the byte order means something at the beginning alone; and each behind one, since
    // what looks like base64 right behind the beginning of a key is part of that.
    let copy: String = lines.fold(String::from("#\n"), |copy, (_, line)| copy + line + "\n#\n");
    let again = EnvFile::parse(&copy);
    let keys: Vec<_> = whole().map(|entry| &entry.key).collect();
    let values: Vec<_> = whole().map(|entry| entry.plain(text)).collect();
    let keys_again: Vec<_> = again.entries.iter().map(|entry| &entry.key).collect();
    let values_again: Vec<_> = again.entries.iter().map(|entry| entry.plain(&copy)).collect();
    assert_eq!(keys, keys_again, "keys change when their lines are written again");
    assert!(values == values_again, "values change when their lines are written again");
}

/// YAML and what compose makes of it.
pub fn compose(data: &[u8]) {
    let text = text(data);
    let parsed = yaml::parse(&text);
    if let Some(root) = parsed.root() {
        root.each_scalar(&mut |node| {
            inside(&text, "scalar", [node.span]);
            let places = Places::new(&text, node);
            let value = node.as_str().unwrap_or_default();
            for offset in (0..=value.len()).filter(|offset| value.is_char_boundary(*offset)) {
                let at = places.offset(offset);
                assert!(
                    text.is_char_boundary(at),
                    "{offset} of a value stands at {at}, which is no character"
                );
            }
        });
    }
    let file = ComposeFile::parse(&text);
    inside(&text, "values", file.value_spans());
    inside(&text, "problem", file.problems.iter().map(|problem| problem.span));
    inside(&text, "misfit", file.misfits.iter().map(|misfit| misfit.span));
    inside(&text, "empty", file.empty.iter().map(|empty| empty.span));
    inside(&text, "duplicate", file.duplicates.iter().flat_map(|twice| [twice.first, twice.second]));
}

/// `${…}`.
pub fn template(data: &[u8]) {
    let text = text(data);
    let value = |name: &str| name.len().is_multiple_of(2).then(|| name.to_owned());
    let template = template::parse(&text, &Places::Straight(0));
    if let Some(error) = &template.error {
        inside(&text, "mistake", [error.span]);
    }
    for variable in template.variables() {
        inside(
            &text,
            "variable",
            [variable.span, variable.name_span, variable.operator_span, variable.word_span],
        );
    }
    let _ = template.fill(&value).map(|filled| filled.text.len());
    let _ = template.unset_text();
}

/// Scripts and Makefiles.
pub fn shell(data: &[u8]) {
    let text = text(data);
    inside(&text, "script", Script::parse(&text).value_spans());
    inside(&text, "Makefile", Makefile::parse(&text).value_spans());
}

/// Secrets in any text, and Python settings.
pub fn texts(data: &[u8]) {
    let text = text(data);
    for path in ["a.py", "a.md", "a.ts", "a.yml", "a.sh", ".npmrc", ".pgpass"] {
        inside(&text, "candidate", secrets::scan(path, &text).iter().flat_map(|one| [one.span, one.context]));
        inside(&text, "sensitive", secrets::sensitive_spans(path, &text));
    }
    inside(&text, "settings", SettingsFile::parse(&text).value_spans());
    // It may stand in the input too, as a word of its own: what a longer word has in common with a secret is not hidden.
    let text = text.replace(CANARY, &format!(" {CANARY} "));
    let source = Source::new("a.py", format!("password = \"{CANARY}\"\n{text}"));
    let (document, _) = engine::document(&source);
    let masked = engine::masked(&source, &document, None, &Declared::default());
    assert!(!masked.text().contains(CANARY), "a password is not masked");
    assert_eq!(masked.text().len(), source.text().len());
}

/// `envgate.yaml`.
pub fn configuration(data: &[u8]) {
    let source = Source::from_bytes("envgate.yaml", data.get(..LONGEST).unwrap_or(data).to_vec());
    let (_, mistakes) = config::load(&source, &commands::catalog(), &Files::default());
    inside(source.text(), "mistake", mistakes.iter().map(|mistake| mistake.span));
    written_in_every_format(mistakes, &[(source, Vec::new())], 1);
}

/// `.env.schema`.
pub fn schema(data: &[u8]) {
    let text = text(data);
    let file = SchemaFile::parse(&text);
    inside(&text, "problem", file.problems.iter().map(|problem| problem.span));
}

/// Comments that silence.
pub fn silencing(data: &[u8]) {
    let source = Source::new("a.txt", text(data));
    for allow in suppress::allows(&source) {
        inside(source.text(), "comment", [allow.span]);
        let lines = allow.lines.unwrap_or((1, 1));
        assert!(1 <= lines.0 && lines.0 <= lines.1 && lines.0 <= source.line_count(), "{lines:?}");
    }
}

/// A project as a tree.
#[derive(Default)]
struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    fn of(data: &[u8]) -> Self {
        let data = data.get(..LONGEST).unwrap_or(data);
        let files = data.split(|byte| *byte == NEXT_FILE).filter_map(|part| part.split_first());
        Self(
            files
                .map(|(name, bytes)| (NAMES[usize::from(*name) % NAMES.len()].to_owned(), bytes.to_vec()))
                .collect(),
        )
    }

    fn inputs(&self) -> Vec<Input> {
        let input = |path: &String| Input {
            path: path.clone(),
            tracked: Some(true),
            mode: Some(0o100_755),
            hook: false,
            checked: true,
            lines: None,
        };
        self.0.keys().map(input).collect()
    }

    fn check(&self, inputs: &[Input]) -> Outcome {
        let mut settings = Settings::default();
        settings.selection.info = true;
        engine::check(inputs, &mut settings, self).unwrap()
    }
}

impl Tree for Files {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.0.contains_key(path).then_some(PathKind::File)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn lines(outcome: &Outcome) -> Vec<String> {
    let line = |one: &Diagnostic| {
        format!("{} {} {:?} {} {}", one.path, one.meta.code, one.span, one.severity, one.message)
    };
    outcome.findings.iter().map(line).collect()
}

/// The input without the canary: as the name of a file, or in a sentence, nobody takes it for a secret.
fn without_canary(data: &[u8]) -> Vec<u8> {
    let mut kept = data.to_vec();
    while let Some(at) = kept.windows(CANARY.len()).position(|bytes| bytes == CANARY.as_bytes()) {
        kept.remove(at);
    }
    kept
}

/// The whole check: places, every format, no value told, the same whatever the order of the files.
pub fn project(data: &[u8]) {
    let mut files = Files::of(&without_canary(data));
    let planted = format!("\nFUZZ_PASSWORD={CANARY}\n");
    for (path, bytes) in &mut files.0 {
        if path.ends_with(".env") || path.starts_with(".env.example") {
            bytes.extend_from_slice(planted.as_bytes());
        }
    }
    let mut inputs = files.inputs();
    let outcome = files.check(&inputs);
    for finding in &outcome.findings {
        let places = finding
            .labels
            .iter()
            .map(|label| (&label.path, label.span))
            .chain([(&finding.path, finding.span)]);
        for (path, span) in places {
            if let Some((source, _)) = outcome.sources.get(path) {
                inside(source.text(), finding.meta.code, [span]);
            }
        }
    }
    let sources: Vec<(Source, Vec<Span>)> = outcome.sources.values().cloned().collect();
    let said = written_in_every_format(outcome.findings.clone(), &sources, outcome.files);
    assert!(!said.contains(CANARY), "a value of an env file is told");
    inputs.reverse();
    let backwards = files.check(&inputs);
    assert_eq!(lines(&outcome), lines(&backwards), "the order of the files changes what is found");
}

/// The findings that do not stand in the file of `like`, or stand before its last `end` bytes. A reader that stops at one
/// line stops at the next bad one instead, so what lies behind a fix is not told before it.
fn judged<'o>(
    outcome: &'o Outcome,
    like: &'o Diagnostic,
    end: usize,
) -> impl Iterator<Item = &'o Diagnostic> {
    let length = outcome.sources.get(&like.path).map_or(0, |(source, _)| source.text().len());
    outcome.findings.iter().filter(move |one| one.path != like.path || length - one.span.start >= end)
}

/// How many of them are the finding, as far as can be told.
fn alike(outcome: &Outcome, like: &Diagnostic, end: usize) -> usize {
    let what = |one: &Diagnostic| (one.path.clone(), one.meta.code, one.key.clone());
    judged(outcome, like, end).filter(|one| what(one) == what(like)).count()
}

/// The errors among them, but for keys that are set twice: a line counts as long as another takes up its value, which
/// the fixed one may have done.
fn errors(outcome: &Outcome, like: &Diagnostic, end: usize) -> Vec<&'static str> {
    judged(outcome, like, end)
        .filter(|one| one.severity == Severity::Error && one.meta.code != "ENV008")
        .map(|one| one.meta.code)
        .collect()
}

/// A fix that is called safe takes its finding away, brings no new error, and has nothing left to do.
pub fn fixes(data: &[u8]) {
    let mut files = Files::of(data);
    let before = files.check(&files.inputs());
    let safe = before
        .findings
        .iter()
        .filter_map(|one| Some((one, one.fix.as_ref().filter(|fix| fix.safety == Safety::Safe)?)));
    for (finding, offered) in safe.take(8) {
        let path = finding.path.to_string();
        let Some(bytes) = files.0.get(&path).cloned() else { continue };
        let source = Source::from_bytes(path.as_str(), bytes.clone());
        let Some(fixed) = fix::apply(&source, &[offered]) else { continue };
        inside(source.text(), "edit", offered.edits.iter().map(|edit| edit.span));
        files.0.insert(path.clone(), fixed.text.into_bytes());
        let after = files.check(&files.inputs());
        let (code, title) = (finding.meta.code, &offered.title);
        let end =
            offered.edits.iter().map(|edit| source.text().len() - edit.span.end).min().unwrap_or_default();
        let (old, new) = (alike(&before, finding, end), alike(&after, finding, end));
        assert!(new < old, "{code}, {title}: {old} findings before, {new} after");
        // Of a reader that lost the whole file nothing was told before, wherever it stands.
        let end = if finding.message.contains("before and behind") { usize::MAX } else { end };
        let (old, new) = (errors(&before, finding, end), errors(&after, finding, end));
        assert!(new.len() <= old.len(), "{code}, {title}: {old:?} before, {new:?} after");
        files.0.insert(path, bytes);
    }
}

//! Python: python-dotenv, pydantic's `env_file`, django-environ and environs, decouple.
//!
//! Not here: which variables are read.

use super::EnvUse;
use crate::document::env::Loader;
use crate::document::python_settings::Python;
use crate::source::Span;

/// How many calls of one name are looked at.
const MOST: usize = 100;

pub(super) fn uses(text: &str) -> Vec<EnvUse> {
    const LARGEST: usize = 1 << 20;
    if text.len() > LARGEST {
        return Vec::new();
    }
    let python = Python::new(text);
    let mut uses = Vec::new();
    for name in ["load_dotenv", "dotenv_values"] {
        calls(&python, name, Loader::PythonDotenv, &mut uses);
    }
    // environs hands the file to python-dotenv; django-environ reads it itself.
    let environs = text.contains("environs");
    let loader = if environs { Loader::PythonDotenv } else { Loader::DjangoEnviron };
    calls(&python, "read_env", loader, &mut uses);
    pydantic(&python, &mut uses);
    decouple(&python, &mut uses);
    uses
}

/// Calls; their strings that name env files are the paths, and without arguments it is `.env`.
fn calls(python: &Python<'_>, name: &str, loader: Loader, uses: &mut Vec<EnvUse>) {
    for (at, _) in python.mask.match_indices(name).take(MOST) {
        let open = at + name.len();
        let before = python.mask.get(..at).and_then(|before| before.chars().next_back());
        let defined = python.mask.get(..at).is_some_and(|before| before.ends_with("def "));
        let inside = before.is_some_and(|character| character.is_alphanumeric() || character == '_');
        if inside || defined || python.mask.as_bytes().get(open) != Some(&b'(') {
            continue;
        }
        let Some(close) = python.closing(open) else { continue };
        let span = Span::new(at, close + 1);
        let paths = env_files(python, Span::new(open + 1, close));
        if !paths.is_empty() {
            uses.extend(paths.into_iter().map(|path| EnvUse { loader, path, span }));
        } else if !names_a_path(python, open) {
            uses.push(EnvUse { loader, path: ".env".to_owned(), span });
        }
    }
}

/// Whether a call is given a path that is no literal.
fn names_a_path(python: &Python<'_>, open: usize) -> bool {
    let paths = ["", "dotenv_path", "env_file", "path", "stream"];
    python.arguments(open).iter().any(|(name, _)| paths.contains(&name.as_str()))
}

fn env_files(python: &Python<'_>, span: Span) -> Vec<String> {
    let strings = python.strings(span).into_iter();
    strings.filter(|path| super::names_env_file(path)).map(str::to_owned).collect()
}

/// `env_file=…` in a `model_config`, or a line of a `class Config`.
fn pydantic(python: &Python<'_>, uses: &mut Vec<EnvUse>) {
    if !python.text.contains("BaseSettings") && !python.text.contains("SettingsConfigDict") {
        return;
    }
    for (at, word) in python.text.match_indices("env_file").take(MOST) {
        let end = at + word.len();
        let rest = python.mask.get(end..).unwrap_or_default();
        // `"env_file": ".env"` is masked but for its quotes.
        let after = rest.trim_start_matches(['"', '\'', ' ']);
        let Some(value) = after.strip_prefix(['=', ':']) else { continue };
        let start = python.mask.len() - value.len();
        let stop = end_of_value(python, start);
        let span = Span::new(at, stop);
        let paths = env_files(python, Span::new(start, stop));
        uses.extend(paths.into_iter().map(|path| EnvUse { loader: Loader::PythonDotenv, path, span }));
    }
}

/// Where the value that begins at `start` ends: at a comma or bracket of the level above, or at the line end.
fn end_of_value(python: &Python<'_>, start: usize) -> usize {
    const WIDEST: usize = 2000;
    let mut depth = 0_usize;
    let bytes = python.mask.as_bytes().get(start..).unwrap_or_default();
    for (offset, byte) in bytes.iter().enumerate().take(WIDEST) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return start + offset,
            b')' | b']' | b'}' => depth -= 1,
            b',' | b'\n' if depth == 0 => return start + offset,
            _ => {}
        }
    }
    start
}

/// decouple's `config` looks for `.env` from the caller's directory upwards.
fn decouple(python: &Python<'_>, uses: &mut Vec<EnvUse>) {
    let import = python.statements.iter().find(|statement| {
        let code = python.code(statement.span);
        code.starts_with("from decouple import") || code.starts_with("import decouple")
    });
    let Some(import) = import else { return };
    let mut paths = Vec::new();
    for (at, name) in python.mask.match_indices("RepositoryEnv").take(MOST) {
        let open = at + name.len();
        if python.mask.as_bytes().get(open) == Some(&b'(')
            && let Some(close) = python.closing(open)
        {
            paths.extend(env_files(python, Span::new(open + 1, close)));
        }
    }
    if paths.is_empty() {
        paths.push(".env".to_owned());
    }
    let loader = Loader::Decouple;
    uses.extend(paths.into_iter().map(|path| EnvUse { loader, path, span: import.span }));
}

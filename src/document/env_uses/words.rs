//! Commands that read an env file, by their words.
//!
//! Not here: finding the words, and `source`, which is the shell's own.

use super::{EnvUse, names_env_file};
use crate::document::env::Loader;
use crate::source::{Span, file_name};

/// Commands that only run another one.
const WRAPPERS: &[&str] = &[
    "npx",
    "pnpm",
    "pnpx",
    "yarn",
    "bunx",
    "exec",
    "dlx",
    "cross-env",
    "cross-env-shell",
    "run",
    "poetry",
    "uv",
];

/// The env files that a command of these words reads; `None` for a word that is not known.
///
/// ```
/// use envgate::document::env::Loader;
/// use envgate::document::env_uses::of_words;
/// use envgate::source::Span;
/// let words: Vec<_> = ["docker", "run", "--env-file", ".env", "nginx"].map(|word| Some(word.to_owned())).into();
/// let uses = of_words(&words, Span::default());
/// assert_eq!((uses[0].loader, uses[0].path.as_str()), (Loader::Docker, ".env"));
/// ```
#[must_use]
pub fn of_words(words: &[Option<String>], span: Span) -> Vec<EnvUse> {
    let known: Vec<&str> = words.iter().map(|word| word.as_deref().unwrap_or("")).collect();
    let mut words = known.as_slice();
    while let Some(first) = words.first() {
        let assigned = first.split_once('=').is_some_and(|(name, _)| crate::document::shell::is_name(name));
        if !(assigned || WRAPPERS.contains(first)) {
            break;
        }
        words = words.get(1..).unwrap_or_default();
    }
    let Some(name) = words.first().map(|name| file_name(name)) else { return Vec::new() };
    let rest = words.get(1..).unwrap_or_default();
    let found = match name {
        "docker" | "podman" | "nerdctl" => docker(rest),
        "node" | "nodejs" | "tsx" | "bun" => node(rest),
        "ts-node" | "nodemon" | "mocha" => preloaded(rest),
        "dotenvx" if rest.contains(&"run") => {
            or_default(Loader::Dotenvx, options(rest, &["-f", "--env-file"]))
        }
        "dotenv" => dotenv(rest),
        "uvicorn" | "hypercorn" => with(Loader::PythonDotenv, options(rest, &["--env-file"])),
        "flask" => with(Loader::PythonDotenv, options(rest, &["-e", "--env-file"])),
        _ => Vec::new(),
    };
    found.into_iter().map(|(loader, path)| EnvUse { loader, path, span }).collect()
}

type Found = Vec<(Loader, String)>;

fn with(loader: Loader, paths: Vec<String>) -> Found {
    paths.into_iter().map(|path| (loader, path)).collect()
}

fn or_default(loader: Loader, paths: Vec<String>) -> Found {
    if paths.is_empty() { vec![(loader, ".env".to_owned())] } else { with(loader, paths) }
}

/// The values of options, attached by `=` or behind.
fn options(words: &[&str], names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if *word == "--" {
            break;
        }
        let value = match word.split_once('=') {
            Some((option, value)) if names.contains(&option) => Some(value),
            _ if names.contains(word) => words.get(at + 1).copied(),
            _ => None,
        };
        found.extend(value.filter(|path| names_env_file(path)).map(str::to_owned));
    }
    found
}

/// `docker run --env-file`; compose's own option is another loader's.
fn docker(words: &[&str]) -> Found {
    let runs = words.iter().take(4).any(|word| matches!(*word, "run" | "create" | "exec"));
    if !runs || words.iter().take(4).any(|word| matches!(*word, "compose" | "stack" | "service")) {
        return Vec::new();
    }
    with(Loader::Docker, options(words, &["--env-file"]))
}

fn node(words: &[&str]) -> Found {
    let mut found = with(Loader::Node24, options(words, &["--env-file", "--env-file-if-exists"]));
    found.extend(preloaded(words));
    found
}

/// `-r dotenv/config`.
fn preloaded(words: &[&str]) -> Found {
    if !words.iter().any(|word| *word == "dotenv/config" || word.ends_with("=dotenv/config")) {
        return Vec::new();
    }
    or_default(Loader::NodeDotenv, options(words, &["dotenv_config_path"]))
}

/// `dotenv` is a command of dotenv-cli for Node, and of python-dotenv.
fn dotenv(words: &[&str]) -> Found {
    let before: Vec<&str> = words.iter().copied().take_while(|word| *word != "--").collect();
    if before.len() == words.len() && before.contains(&"run") {
        return or_default(Loader::PythonDotenv, options(&before, &["-f", "--file"]));
    }
    or_default(Loader::DotenvExpand, options(&before, &["-e"]))
}

//! SEC008: an absolute path of one server or one person's machine in a script or in configuration.
//!
//! Not here: whether the path exists; paths inside containers (compose files, Dockerfiles).

use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::project::File;
use crate::rules::{Rule, meta};
use crate::source::{Span, file_name};

/// The rule.
pub(super) struct ServerPath;

/// Homes that containers and hosted builders have, and names that stand for anyone's.
const SHARED_HOMES: [&str; 27] = [
    "user",
    "username",
    "you",
    "me",
    "name",
    "runner",
    "node",
    "app",
    "appuser",
    "vscode",
    "coder",
    "jovyan",
    "airflow",
    "nonroot",
    "circleci",
    "gitpod",
    "deno",
    "bun",
    "linuxbrew",
    "docker",
    "vsts",
    "travis",
    "jenkins",
    "nobody",
    "someone",
    "developer",
    "Shared",
];

/// What packages install under `/opt`.
const PACKAGES: [&str; 34] = [
    "homebrew",
    "hostedtoolcache",
    "venv",
    "conda",
    "miniconda",
    "miniconda3",
    "anaconda",
    "anaconda3",
    "java",
    "google",
    "gitlab",
    "cni",
    "nvidia",
    "rocm",
    "intel",
    "python",
    "node",
    "local",
    "containerd",
    "aws",
    "az",
    "bitnami",
    "kafka",
    "keycloak",
    "elasticsearch",
    "microsoft",
    "vc",
    "poetry",
    "pipx",
    "bin",
    "lib",
    "etc",
    "rust",
    "android",
];

impl Rule for ServerPath {
    fn meta(&self) -> &'static Meta {
        meta!(
            "SEC008",
            "server-path",
            Info,
            Heuristic,
            "a path of one machine is written into a script or configuration"
        )
    }

    fn check_text(&self, file: &File, found: &mut Findings<'_>) {
        if !is_operational(file) {
            return;
        }
        let text = file.source.text();
        for at in memchr::memchr_iter(b'/', text.as_bytes()) {
            let Some(span) = server_path(text, at) else { continue };
            found.push(span, "absolute path of one machine is written into the file").help(
                "take it from the script's own place, `$(dirname \"$0\")`, or from a variable with a name, such as `${APP_DIR:?}`",
            );
        }
    }
}

fn is_operational(file: &File) -> bool {
    match file.document {
        Document::Shell(_) | Document::Makefile(_) => true,
        Document::Env(_) | Document::EnvSchema(_) | Document::Compose(_) | Document::PythonSettings(_) => {
            false
        }
        Document::Text => {
            let lower = file.source.path().to_ascii_lowercase();
            let extension = file_name(&lower).rsplit_once('.').map_or("", |(_, extension)| extension);
            matches!(
                extension,
                "sh" | "bash" | "zsh" | "mk" | "service" | "conf" | "cfg" | "ini" | "yml" | "yaml" | "toml"
            )
        }
    }
}

/// The path that starts at the `/` at `at`, if it is one machine's.
fn server_path(text: &str, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    if before.is_ascii_alphanumeric() || b"/.$}_-~)*".contains(&before) {
        return None;
    }
    let window = bytes.get(at..(at + 256).min(bytes.len()))?;
    let length =
        window.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"/._-+@".contains(byte)).count();
    let path = text.get(at..at + length)?.trim_end_matches(['.', '/']);
    let mut parts = path.split('/').skip(1);
    let (first, second) = (parts.next()?, parts.next()?);
    let third = parts.next();
    let one_machine = match first {
        "home" | "Users" => !second.is_empty() && !SHARED_HOMES.contains(&second),
        "opt" => second.len() > 1 && !PACKAGES.contains(&second),
        "var" | "srv" => second == "www" && third.is_some_and(|third| third != "html"),
        _ => false,
    };
    one_machine.then(|| Span::new(at, at + path.len()))
}

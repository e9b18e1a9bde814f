//! Env files of the commit that services name under `env_file:`: they travel with the release.
//!
//! Not here: the server's own env file, which never leaves it, and env files that the commit does not hold, which are
//! the server's as well.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::mounted::Held;
use super::release::Shipped;
use crate::document::compose::ComposeFile;
use crate::source::{join, parent};

/// The folder of a release that they lie in.
const FOLDER: &str = "env_files";

/// The env files of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvFiles {
    /// The files, with their paths in the release's folder.
    pub files: Vec<Shipped>,
    /// What each service names, in order, where one of them is a file of the release.
    services: BTreeMap<String, Vec<Named>>,
}

/// One entry of `env_file:`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    /// Below the project's folder where the release has it, else as written.
    path: String,
    shipped: bool,
    required: bool,
    format: Option<String>,
}

/// Finds them in the compose files `compose`, whose paths start in the folder of the first of them. `own` is the
/// server's env file.
#[must_use]
pub fn env_files(compose: &[Shipped], own: &str, held: &Held<'_>) -> EnvFiles {
    let top = compose.first().map(|file| parent(&file.path)).unwrap_or_default();
    let mut found = EnvFiles::default();
    for file in compose {
        let text = String::from_utf8_lossy(&file.bytes);
        for service in &ComposeFile::parse(&text).services {
            let over =
                matches!(service.tag_of("env_file"), Some("reset" | "override" | "!reset" | "!override"));
            let named = found.services.entry(service.name.value.clone()).or_default();
            if over {
                named.clear();
            }
            for one in &service.env_files {
                named.push(Named {
                    path: one.path.text.clone(),
                    shipped: false,
                    required: one.required,
                    format: one.format.clone(),
                });
            }
        }
    }
    found.take(top, own, held);
    found
}

impl EnvFiles {
    fn take(&mut self, top: &str, own: &str, held: &Held<'_>) {
        for named in self.services.values_mut().flatten() {
            let path = join(top, &named.path);
            let outside = path.starts_with('/') || path.starts_with("..") || named.path.contains('$');
            if outside || path == own {
                continue;
            }
            let (false, files) = held(&path) else { continue };
            let Some(file) = files.into_iter().next() else { continue };
            let shipped = Shipped::new(format!("{FOLDER}/{path}"), file.bytes);
            if !self.files.contains(&shipped) {
                self.files.push(shipped);
            }
            (named.path, named.shipped) = (path, true);
        }
        self.services.retain(|_, named| named.iter().any(|one| one.shipped));
    }

    /// The services that name one.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }

    /// The path of a file of the release from the top of the project.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let path = |file: &'_ Shipped| file.path.len().min(FOLDER.len() + 1);
        self.files
            .iter()
            .map(move |file| (file.path.get(path(file)..).unwrap_or_default(), file.bytes.as_slice()))
    }

    /// The lines of `service` in a compose file, where the release lies in `folder` and paths start in `project`,
    /// both below the same one.
    #[must_use]
    pub fn lines(&self, service: &str, folder: &str, project: &str) -> String {
        let Some(named) = self.services.get(service) else { return String::new() };
        let up = "../".repeat(project.split('/').filter(|part| !part.is_empty() && *part != ".").count());
        let mut text = "    env_file: !override\n".to_owned();
        for one in named {
            let path =
                if one.shipped { format!("{up}{folder}/{FOLDER}/{}", one.path) } else { one.path.clone() };
            // JSON's strings are YAML's.
            let string = |text: &str| serde_json::Value::from(text).to_string();
            let format = one.format.as_deref().map(|format| format!(", format: {}", string(format)));
            let (path, format) = (string(&path), format.unwrap_or_default());
            let _ = writeln!(text, "      - {{path: {path}, required: {}{format}}}", one.required);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::env_files;
    use crate::deploy::release::Shipped;

    #[test]
    fn files_of_the_commit_travel_and_the_servers_stay() {
        let first = Shipped::new(
            "infra/docker-compose.yml",
            "services:\n  web:\n    env_file: [../envs/.env, web.env, ../../out.env, $X/a.env]\n  db:\n    env_file: ../envs/.env\n  old:\n    env_file: a.env\n",
        );
        let second = Shipped::new(
            "infra/more.yml",
            "services:\n  web:\n    env_file: [{path: local.env, required: false, format: raw}]\n  old:\n    env_file: !reset []\n",
        );
        let held = |path: &str| match path {
            "infra/web.env" | "envs/.env" | "infra/a.env" => (false, vec![Shipped::new("x", "A=1\n")]),
            _ => (false, Vec::new()),
        };
        let found = env_files(&[first, second], "envs/.env", &held);
        let paths: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["env_files/infra/web.env"]);
        assert_eq!(found.sources().next(), Some(("infra/web.env", &b"A=1\n"[..])));
        assert_eq!(found.services().collect::<Vec<_>>(), ["web"]);
        assert_eq!(
            found.lines("web", ".envgate/releases/r", "infra"),
            "    env_file: !override\n      - {path: \"../envs/.env\", required: true}\n      \
             - {path: \"../.envgate/releases/r/env_files/infra/web.env\", required: true}\n      \
             - {path: \"../../out.env\", required: true}\n      - {path: \"$X/a.env\", required: true}\n      \
             - {path: \"local.env\", required: false, format: \"raw\"}\n"
        );
        assert_eq!(found.lines("db", "", ""), "");
        assert!(found.lines("web", "r", ".").contains("path: \"r/env_files"));
    }
}

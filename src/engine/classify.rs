//! Which kind of document a file is, and what it is for, by its name and its first bytes.
//!
//! Not here: finding files, and anything that needs two files to know (which scripts hooks call).

use memchr::memmem;

use crate::document::Document;
use crate::document::compose::{self, ComposeFile};
use crate::document::env::EnvFile;
use crate::document::env_schema::SchemaFile;
use crate::document::makefile::Makefile;
use crate::document::python_settings::SettingsFile;
use crate::document::shell::Script;
use crate::document::yaml;
use crate::project::hooks::{DIRECTORIES, GIT_HOOKS, meant};
use crate::project::{EXAMPLE_WORDS, Role};
use crate::source::{Source, file_name, parent};

/// What env files end in that are not called so.
const PLAIN_ENDINGS: &[&str] = &[
    "env",
    "envs",
    "conf",
    "config",
    "cfg",
    "ini",
    "txt",
    "properties",
    "vars",
    "variables",
    "list",
    "secret",
    "secrets",
    "settings",
    "local",
    "dev",
    "development",
    "stage",
    "staging",
    "test",
    "prod",
    "production",
];

/// Files without an ending that most repositories have, and that are something else.
const OTHERS: &[&str] = &[
    "dockerfile",
    "license",
    "licence",
    "copying",
    "notice",
    "authors",
    "codeowners",
    "readme",
    "changelog",
    "procfile",
    "gemfile",
    "rakefile",
    "jenkinsfile",
    "justfile",
    ".gitattributes",
    ".gitmodules",
    ".editorconfig",
    "robots.txt",
    "requirements.txt",
    "cmakelists.txt",
    "gradlew",
];

/// What a Python file mentions when it declares settings.
const SETTINGS_MARKS: &[&str] = &["BaseSettings", "environ.Env", "environs", "decouple"];

/// Whether bytes look binary, as git tells: a NUL in the first 8 KiB.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(8 * 1024)]).is_some()
}

/// Whether a path names an env file, by its own name or by the directory that it lies in.
pub(super) fn is_env_path(path: &str) -> bool {
    let name = file_name(path);
    let bare = !name.contains('.');
    crate::source::is_env_name(name)
        || (bare && ["envs", ".envs"].contains(&file_name(parent(path))) && name != "README")
}

/// Whether a path names an env schema: `.env.schema`, `api.env.schema`.
fn is_schema_path(path: &str) -> bool {
    file_name(path).ends_with(".env.schema")
}

/// Whether a file of this path may mean something to others, or others to it, by its name alone: env and
/// compose files, scripts, Makefiles, settings.
#[must_use]
pub fn has_neighbours(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let settings =
        ["settings", "config", "conf", "env"].iter().any(|word| path.to_ascii_lowercase().contains(word));
    is_env_path(path)
        || is_schema_path(path)
        || (yaml && name.contains("compose"))
        || name == "makefile"
        || name == "gnumakefile"
        || [".sh", ".bash", ".mk"].iter().any(|ending| name.ends_with(ending))
        || (name.ends_with(".py") && settings)
        || is_hook(path, &name)
}

/// Whether a file of this path may be an env file by the word of another one: its name tells of no other kind.
#[must_use]
pub fn may_be_named(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    let stem = name.trim_start_matches('.');
    let plain = stem.rsplit_once('.').is_none_or(|(_, extension)| PLAIN_ENDINGS.contains(&extension));
    plain && !OTHERS.contains(&name.as_str()) && !name.ends_with("ignore") && !name.ends_with("rc")
}

/// Reads a file that lies where git looks for its hooks: the name decides, whatever the directory is called.
pub(super) fn hook(source: &Source) -> (Document, Role) {
    let known = GIT_HOOKS.contains(&file_name(source.path()));
    match document(source) {
        (document, Role::Hook) => (document, Role::Hook),
        (_, _) if known && !has_other_shebang(source.text()) => {
            (Document::Shell(Script::parse(source.text())), Role::Hook)
        }
        (document, role) => (document, if known { Role::Hook } else { role }),
    }
}

/// Reads a text as the kind of document that its path and content say it is, with what it is for.
#[must_use]
pub fn document(source: &Source) -> (Document, Role) {
    let (path, text) = (source.path(), source.text());
    let name = file_name(path);
    let lower = name.to_ascii_lowercase();
    if is_env_path(path) {
        return env(source);
    }
    if is_schema_path(path) {
        return (Document::EnvSchema(SchemaFile::parse(text)), Role::Plain);
    }
    if lower == "makefile" || lower == "gnumakefile" || lower.ends_with(".mk") {
        return (Document::Makefile(Makefile::parse(text)), Role::Plain);
    }
    if (lower.ends_with(".yml") || lower.ends_with(".yaml")) && is_compose(&lower, text) {
        return (Document::Compose(ComposeFile::parse(text)), Role::Plain);
    }
    if lower.ends_with(".py") {
        let marked = |mark: &&str| memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
        let declares = SETTINGS_MARKS.iter().any(marked) || derives_settings(text);
        let document =
            if declares { Document::PythonSettings(SettingsFile::parse(text)) } else { Document::Text };
        return (document, Role::Plain);
    }
    shell(source, &lower)
}

/// Reads a text as an env file.
pub(super) fn env(source: &Source) -> (Document, Role) {
    let name = file_name(source.path()).to_ascii_lowercase();
    let example = name.split(['.', '-', '_']).any(|word| EXAMPLE_WORDS.contains(&word));
    (Document::Env(EnvFile::parse(source.text())), if example { Role::Example } else { Role::Plain })
}

/// Whether a Python file has a class that is a settings class by its name or by the name of a base, which may
/// come from another file.
fn derives_settings(text: &str) -> bool {
    memmem::find(text.as_bytes(), b"Settings").is_some()
        && text.lines().any(|line| line.starts_with("class ") && line.contains("Settings"))
}

fn shell(source: &Source, name: &str) -> (Document, Role) {
    let text = source.text();
    let hook = is_hook(source.path(), name);
    let misnamed = DIRECTORIES.contains(&file_name(parent(source.path()))) && meant(name).is_some();
    let extension = [".sh", ".bash", ".ksh", ".envrc"].iter().any(|ending| name.ends_with(ending));
    if misnamed && !extension && !has_other_shebang(text) && !name.contains('.') {
        return (Document::Shell(Script::parse(text)), Role::Plain);
    }
    if !(hook || extension || has_shell_shebang(text)) {
        return (Document::Text, Role::Plain);
    }
    if hook && has_other_shebang(text) {
        return (Document::Text, Role::Hook);
    }
    let deploys = name.split(['.', '-', '_']).any(|word| ["deploy", "deployment", "release"].contains(&word));
    let role = match (hook, deploys) {
        (true, _) => Role::Hook,
        (false, true) => Role::Deploy,
        (false, false) => Role::Plain,
    };
    (Document::Shell(Script::parse(text)), role)
}

fn is_compose(name: &str, text: &str) -> bool {
    if name.starts_with("compose") || name.contains("docker-compose") {
        return true;
    }
    let has_services =
        text.starts_with("services:") || memmem::find(text.as_bytes(), b"\nservices:").is_some();
    has_services && yaml::parse(text).root().is_some_and(compose::looks_like_compose)
}

fn is_hook(path: &str, name: &str) -> bool {
    let directory = parent(path);
    let known = GIT_HOOKS.contains(&name);
    known && (DIRECTORIES.contains(&file_name(directory)) || directory.ends_with(".git/hooks"))
}

fn shebang(text: &str) -> Option<&str> {
    text.trim_start_matches('\u{feff}').lines().next().and_then(|line| line.strip_prefix("#!"))
}

fn is_shell(interpreter: &str) -> bool {
    let shells = ["sh", "bash", "dash", "ksh", "ash"];
    interpreter.split([' ', '\t', '/']).any(|word| shells.contains(&word.trim_end_matches('\r')))
}

fn has_shell_shebang(text: &str) -> bool {
    shebang(text).is_some_and(is_shell)
}

fn has_other_shebang(text: &str) -> bool {
    shebang(text).is_some_and(|interpreter| !is_shell(interpreter))
}

#[cfg(test)]
mod tests {
    use super::{document, is_env_path};
    use crate::document::Document;
    use crate::project::Role;
    use crate::source::Source;

    fn kind(path: &str, text: &str) -> (&'static str, Role) {
        let (document, role) = document(&Source::new(path, text));
        let kind = match document {
            Document::Env(_) => "env",
            Document::Compose(_) => "compose",
            Document::Shell(_) => "shell",
            Document::Makefile(_) => "makefile",
            Document::EnvSchema(_) => "schema",
            Document::PythonSettings(_) => "settings",
            Document::Text => "text",
        };
        (kind, role)
    }

    #[test]
    fn names_tell_the_kind() {
        assert_eq!(kind("envs/.env", "A=1"), ("env", Role::Plain));
        assert_eq!(kind("envs/.env.prod.example", "A=1"), ("env", Role::Example));
        assert_eq!(kind(".env.secrets.template", "A=1"), ("env", Role::Example));
        assert_eq!(kind("src/env.ts", "A=1"), ("text", Role::Plain));
        assert_eq!(kind("apps/web/.env.schema", "A=1"), ("schema", Role::Plain));
        assert_eq!(kind("infra/docker-compose.yml", "services: {}"), ("compose", Role::Plain));
        assert_eq!(kind(".husky/pre-commit", "npm test"), ("shell", Role::Hook));
        assert_eq!(kind("src/hooks/useThing.sh.ts", ""), ("text", Role::Plain));
        assert_eq!(kind("scripts/deploy-to-production.sh", "ls"), ("shell", Role::Deploy));
        assert_eq!(kind("bin/tool", "#!/usr/bin/env bash\nls"), ("shell", Role::Plain));
        assert_eq!(kind(".githooks/pre-commit", "#!/usr/bin/env python3\nimport os"), ("text", Role::Hook));
        assert_eq!(kind("Makefile", "a:\n\tls"), ("makefile", Role::Plain));
    }

    #[test]
    fn directories_for_env_files_hold_env_files() {
        assert!(
            is_env_path("envs/production") && !is_env_path("envs/README") && !is_env_path("bin/production")
        );
    }
}

//! Readers in words, and values written so that all of them read them.
//!
//! Not here: what they make of a file as it is.

use crate::document::env::{Loader, line_reads_as};
use crate::project::{File, Project};

/// A loader as the subject or object of a sentence.
///
/// ```
/// use envgate::document::env::Loader;
/// use envgate::project::loading::who;
/// assert_eq!(who(Loader::Docker), "`docker run --env-file`");
/// ```
#[must_use]
pub const fn who(loader: Loader) -> &'static str {
    match loader {
        Loader::PythonDotenv => "python-dotenv",
        Loader::DjangoEnviron => "django-environ",
        Loader::Decouple => "python-decouple",
        Loader::NodeDotenv => "dotenv for Node",
        Loader::DotenvExpand => "dotenv-expand",
        Loader::Dotenvx => "dotenvx",
        Loader::Node20 | Loader::Node24 => "`node --env-file`",
        Loader::Dotenvy => "dotenvy",
        Loader::Godotenv => "godotenv",
        Loader::Bash => "bash",
        Loader::Dash => "`sh`",
        Loader::Xargs => "`export $(… | xargs)`",
        Loader::Compose => "compose",
        Loader::ComposeEnvFile => "compose's `env_file`",
        Loader::ComposeRaw => "compose's `env_file` with `format: raw`",
        Loader::Docker => "`docker run --env-file`",
        Loader::Systemd => "systemd",
        Loader::Make => "make",
    }
}

/// The loaders that a way of writing is proved with where nobody is known to read the file.
const USUAL: &[Loader] = &[
    Loader::PythonDotenv,
    Loader::Compose,
    Loader::ComposeEnvFile,
    Loader::NodeDotenv,
    Loader::Bash,
    Loader::Dash,
];

/// `value` as it can be written behind `key=` in this file so that everyone who reads the file gets exactly it;
/// `None` where there is no such way.
#[must_use]
pub fn rewritten(project: &Project<'_>, file: &File, key: &str, value: &str) -> Option<String> {
    let loaders = loaders(project, file);
    let ways = [value.to_owned(), format!("'{value}'"), format!("\"{value}\"")];
    ways.into_iter().find(|way| line_reads_as(key, way, value, &loaders))
}

/// Whether everyone who reads the file would take `key=written` for exactly `value`.
#[must_use]
pub fn all_read(project: &Project<'_>, file: &File, key: &str, written: &str, value: &str) -> bool {
    line_reads_as(key, written, value, &loaders(project, file))
}

/// Whether JSON has to stand in the file without quotes around it: some who read it keep them, and all read
/// it without.
#[must_use]
pub fn json_is_bare(project: &Project<'_>, file: &File, key: &str) -> bool {
    let read = |written: &str| all_read(project, file, key, written, r#"["a"]"#);
    !read(r#"'["a"]'"#) && read(r#"["a"]"#)
}

/// Those who read the file, else the usual ones.
fn loaders(project: &Project<'_>, file: &File) -> Vec<Loader> {
    let readers = project.readers(file.source.path());
    if readers.is_empty() { USUAL.to_vec() } else { readers.iter().map(|reader| reader.loader).collect() }
}

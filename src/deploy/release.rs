//! The files of a release, and compose's words for them.
//!
//! Not here: sending them.

use std::fmt::Write as _;

use super::facts::sha256;
use super::settings::Settings;
use super::transport::{Call, quoted};
use crate::source::parent;

/// One file of a release, with its path in the release's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipped {
    /// The path, relative and without `..`.
    pub path: String,
    /// The content, from the commit.
    pub bytes: Vec<u8>,
}

/// The compose file that names each image by its digest. `images` are services and images.
#[must_use]
pub fn pins(images: &[(String, String)]) -> String {
    let mut text = "services:\n".to_owned();
    for (service, image) in images {
        let _ = write!(text, "  {service}:\n    image: \"{image}\"\n");
    }
    text
}

/// Compose's words for a release that lies in `folder`, one each. Paths in compose files stay relative to
/// the project's own folder, so that data and env files are where they always were.
#[must_use]
pub fn words(settings: &Settings, folder: &str) -> Vec<String> {
    let compose = &settings.deploy.compose;
    let project = compose.files.first().map_or("", |file| parent(file));
    let mut words = vec!["-p".to_owned(), settings.deploy.project.clone(), "--project-directory".to_owned()];
    words.push(if project.is_empty() { ".".to_owned() } else { project.to_owned() });
    words.extend(["--env-file".to_owned(), compose.env_file.clone()]);
    let files = compose.files.iter().map(String::as_str).chain(["pins.yml"]);
    words.extend(files.flat_map(|file| ["-f".to_owned(), format!("{folder}/{file}")]));
    words
}

/// A call that puts `files` into `folder` on the server; each is compared with its hash there.
#[must_use]
pub fn put(settings: &Settings, host: &str, folder: &str, files: &[Shipped]) -> Call {
    let mut list = String::new();
    let mut input = Vec::new();
    for file in files {
        let _ = writeln!(list, "{} {} {}", file.bytes.len(), sha256(&file.bytes), file.path);
        input.extend_from_slice(&file.bytes);
    }
    let script = format!(
        "ROOT={}\nD={}\nFILES={}\n{}",
        quoted(&settings.path),
        quoted(folder),
        quoted(list.trim_end()),
        include_str!("server/put.sh")
    );
    Call::server(host, script, 300).reading(input)
}

#[cfg(test)]
mod tests {
    use super::pins;

    #[test]
    fn images_are_named() {
        let images = [("web".to_owned(), "reg/web:1@sha256:0".to_owned())];
        assert_eq!(pins(&images), "services:\n  web:\n    image: \"reg/web:1@sha256:0\"\n");
    }
}

//! The files of a release, and compose's words for them.
//!
//! Not here: sending them.

use std::fmt::Write as _;

use super::facts::sha256;
use super::mounted::Mounted;
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
    /// Its permission bits: what services mount has those of git, all else is its owner's alone.
    pub mode: u32,
}

impl Shipped {
    /// A file for nobody but its owner.
    #[must_use]
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into(), mode: 0o600 }
    }
}

/// The compose file that names each image by its digest, and each mounted file by its content. `images` are
/// services and images; `root` is the project's folder on the server, absolute.
#[must_use]
pub fn pins(images: &[(String, String)], mounted: &[Mounted], root: &str) -> String {
    // JSON's strings are YAML's.
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let mut file = "services:\n".to_owned();
    for (service, image) in images {
        let _ = write!(file, "  {service}:\n    image: {}\n", text(image));
        let mut mounts = mounted.iter().filter(|mounted| mounted.bind.service == *service).peekable();
        if mounts.peek().is_some() {
            file.push_str("    volumes:\n");
        }
        for one in mounts {
            let source = text(&format!("{root}/{}/{}", one.folder, one.name));
            let target = text(&one.bind.target);
            let read_only = one.bind.read_only;
            let _ = writeln!(
                file,
                "      - {{type: bind, source: {source}, target: {target}, read_only: {read_only}}}"
            );
        }
    }
    file
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

/// A call that puts `files` into `folder` on the server; each is compared with its hash there. A folder that is
/// named after what it holds is left alone where it is there: services may be reading from it.
#[must_use]
pub fn put(settings: &Settings, host: &str, folder: &str, files: &[Shipped], named: bool) -> Call {
    let mut list = String::new();
    let mut input = Vec::new();
    for file in files {
        let _ = writeln!(list, "{} {} {:o} {}", file.bytes.len(), sha256(&file.bytes), file.mode, file.path);
        input.extend_from_slice(&file.bytes);
    }
    let script = format!(
        "ROOT={}\nNAMED={named}\nD={}\nFILES={}\n{}",
        quoted(&settings.path),
        quoted(folder),
        quoted(list.trim_end()),
        include_str!("server/put.sh")
    );
    Call::server(host, script, 300).reading(input)
}

#[cfg(test)]
mod tests {
    use super::{Shipped, pins};
    use crate::deploy::mounted::{Bind, Mounted};

    #[test]
    fn images_and_files_are_named() {
        let images = [("web".to_owned(), "reg/web:1@sha256:0".to_owned())];
        assert_eq!(pins(&images, &[], "/srv"), "services:\n  web:\n    image: \"reg/web:1@sha256:0\"\n");
        let bind = Bind {
            service: "web".to_owned(),
            source: "infra/nginx.conf".to_owned(),
            target: "/etc/nginx.conf".to_owned(),
            read_only: true,
        };
        let files = vec![Shipped::new("nginx.conf", "x")];
        let one =
            Mounted { bind, folder: ".envgate/files/0".to_owned(), name: "nginx.conf".to_owned(), files };
        let text = pins(&images, &[one], "/srv");
        assert!(text.ends_with("    volumes:\n      - {type: bind, source: \"/srv/.envgate/files/0/nginx.conf\", target: \"/etc/nginx.conf\", read_only: true}\n"));
    }
}

//! The files of a release, and compose's words for them.
//!
//! Not here: sending them.

use std::fmt::Write as _;

use super::env_files::EnvFiles;
use super::facts::sha256;
use super::mounted::{Mounted, Mounts};
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

/// The name of an entry at the top of a compose file.
type NameOf = fn(&Mounts) -> Option<&String>;

/// What a release brings besides its compose files.
#[derive(Debug, Clone, Copy)]
pub struct Brought<'a> {
    /// Services and their images.
    pub images: &'a [(String, String)],
    /// Files that are mounted.
    pub mounted: &'a [Mounted],
    /// Env files.
    pub env: &'a EnvFiles,
    /// The project's folder on the server, absolute.
    pub root: &'a str,
}

/// The folder, below the target's, that paths in compose files start from.
#[must_use]
pub fn project_folder(settings: &Settings) -> &str {
    let folder = settings.deploy.compose.files.first().map_or("", |file| parent(file));
    if folder.is_empty() { "." } else { folder }
}

/// The compose file that names each image by its digest, and each file by its content. The release lies in `folder`,
/// and paths start in `project`, both below the target's folder.
#[must_use]
pub fn pins(brought: &Brought<'_>, folder: &str, project: &str) -> String {
    let mut file = "services:\n".to_owned();
    let others =
        brought.env.services().filter(|name| brought.images.iter().all(|(service, _)| service != name));
    let images = brought.images.iter().map(|(service, image)| (service.as_str(), Some(image)));
    for (service, image) in images.chain(others.map(|name| (name, None))) {
        let _ = writeln!(file, "  {service}:");
        if let Some(image) = image {
            let _ = writeln!(file, "    image: {}", text(image));
        }
        file.push_str(&brought.env.lines(service, folder, project));
        volumes(brought, service, &mut file);
    }
    let config: NameOf = |by| if let Mounts::Config(name) = by { Some(name) } else { None };
    let secret: NameOf = |by| if let Mounts::Secret(name) = by { Some(name) } else { None };
    for (key, name_of) in [("configs", config), ("secrets", secret)] {
        let mut all = brought.mounted.iter().filter_map(|one| Some((one, name_of(&one.bind.by)?))).peekable();
        if all.peek().is_some() {
            let _ = writeln!(file, "{key}:");
        }
        for (one, name) in all {
            let _ = writeln!(file, "  {}: {{file: {}}}", text(name), source(brought, one));
        }
    }
    file
}

/// JSON's strings are YAML's.
fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn source(brought: &Brought<'_>, one: &Mounted) -> String {
    text(&format!("{}/{}/{}", brought.root, one.folder, one.name))
}

fn volumes(brought: &Brought<'_>, service: &str, file: &mut String) {
    let by = |mounted: &&Mounted| mounted.bind.by == Mounts::Volume(service.to_owned());
    let mut mounts = brought.mounted.iter().filter(by).peekable();
    if mounts.peek().is_some() {
        file.push_str("    volumes:\n");
    }
    for one in mounts {
        let (source, target, read_only) = (source(brought, one), text(&one.bind.target), one.bind.read_only);
        let _ = writeln!(
            file,
            "      - {{type: bind, source: {source}, target: {target}, read_only: {read_only}}}"
        );
    }
}

/// Compose's words for a release that lies in `folder`, one each. Paths in compose files stay relative to
/// the project's own folder, so that data and env files are where they always were.
#[must_use]
pub fn words(settings: &Settings, folder: &str) -> Vec<String> {
    let compose = &settings.deploy.compose;
    let mut words = vec!["-p".to_owned(), settings.deploy.project.clone(), "--project-directory".to_owned()];
    words.push(project_folder(settings).to_owned());
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
    for file in files {
        let _ = writeln!(list, "{} {} {:o} {}", file.bytes.len(), sha256(&file.bytes), file.mode, file.path);
    }
    let script = format!(
        "ROOT={}\nNAMED={named}\nD={}\nLIST={}\n{}",
        quoted(&settings.path),
        quoted(folder),
        list.len(),
        include_str!("server/put.sh")
    );
    let mut input = list.into_bytes();
    for file in files {
        input.extend_from_slice(&file.bytes);
    }
    Call::server(host, script, 300).reading(input)
}

#[cfg(test)]
mod tests {
    use super::{Brought, Shipped, pins};
    use crate::deploy::env_files::EnvFiles;
    use crate::deploy::mounted::{Bind, Mounted, Mounts};

    #[test]
    fn images_and_files_are_named() {
        let images = [("web".to_owned(), "reg/web:1@sha256:0".to_owned())];
        let env = EnvFiles::default();
        let none = Brought { images: &images, mounted: &[], env: &env, root: "/srv" };
        assert_eq!(pins(&none, "r", "."), "services:\n  web:\n    image: \"reg/web:1@sha256:0\"\n");
        let one = |by, name: &str, target: &str| Mounted {
            bind: Bind { by, source: format!("infra/{name}"), target: target.to_owned(), read_only: true },
            folder: ".envgate/files/0".to_owned(),
            name: name.to_owned(),
            files: vec![Shipped::new(name, "x")],
        };
        let mounted = [
            one(Mounts::Secret("key".to_owned()), "key.pem", ""),
            one(Mounts::Volume("web".to_owned()), "nginx.conf", "/etc/nginx.conf"),
            one(Mounts::Config("motd".to_owned()), "motd", ""),
        ];
        let text = pins(&Brought { mounted: &mounted, ..none }, "r", ".");
        assert!(text.ends_with("    volumes:\n      - {type: bind, source: \"/srv/.envgate/files/0/nginx.conf\", target: \"/etc/nginx.conf\", read_only: true}\n\
            configs:\n  \"motd\": {file: \"/srv/.envgate/files/0/motd\"}\nsecrets:\n  \"key\": {file: \"/srv/.envgate/files/0/key.pem\"}\n"), "{text}");
    }
}

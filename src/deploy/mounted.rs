//! Files of the commit that services mount, as volumes, configs and secrets: they travel with the release, in a
//! folder named after what they hold.
//!
//! Not here: what the server's own folders hold. A folder that a service may write to is the server's, whatever
//! the commit has in it.

use std::fmt::Write as _;

use super::facts::sha256;
use super::release::Shipped;

/// What mounts a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mounts {
    /// A service, under `volumes:`.
    Volume(String),
    /// Whoever uses this entry of `configs:`.
    Config(String),
    /// Whoever uses this entry of `secrets:`.
    Secret(String),
}

/// A path below the project's folder that is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    /// By what.
    pub by: Mounts,
    /// The path on the server, below the project's folder.
    pub source: String,
    /// The path in the container; empty where the services that use it say so.
    pub target: String,
    /// Whether the service can only read it.
    pub read_only: bool,
}

/// A mount that the release brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mounted {
    /// What it takes the place of.
    pub bind: Bind,
    /// The folder, below the project's one.
    pub folder: String,
    /// What is mounted from that folder.
    pub name: String,
    /// The files, with their paths in the folder.
    pub files: Vec<Shipped>,
}

/// What the commit has at a path: one file under its own name, or the files of a folder under the folder's name.
pub type Held<'a> = dyn Fn(&str) -> (bool, Vec<Shipped>) + 'a;

/// The mounts that the release brings: of single files, and of folders that are only read.
#[must_use]
pub fn mounted(binds: &[Bind], held: &Held<'_>) -> Vec<Mounted> {
    let mut all = Vec::new();
    for bind in binds {
        let (folder, files) = held(&bind.source);
        if files.is_empty() || (folder && !bind.read_only) {
            continue;
        }
        let mut list = String::new();
        for file in &files {
            let _ = writeln!(list, "{} {:o} {}", sha256(&file.bytes), file.mode, file.path);
        }
        let name = bind.source.rsplit('/').next().unwrap_or_default().to_owned();
        let folder = format!(".envgate/files/{}", sha256(list.as_bytes()));
        all.push(Mounted { bind: bind.clone(), folder, name, files });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Bind, Mounts, mounted};
    use crate::deploy::release::Shipped;

    #[test]
    fn what_services_write_to_stays_the_servers() {
        let bind = |source: &str, read_only| Bind {
            by: Mounts::Volume("web".to_owned()),
            source: source.to_owned(),
            target: "/x".to_owned(),
            read_only,
        };
        let held = |path: &str| match path {
            "nginx.conf" => (false, vec![Shipped::new("nginx.conf", "a")]),
            "site" => (true, vec![Shipped::new("site/index.html", "b")]),
            _ => (false, Vec::new()),
        };
        let binds = [bind("nginx.conf", false), bind("site", true), bind("site", false), bind("data", true)];
        let found = mounted(&binds, &held);
        let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["nginx.conf", "site"]);
        let other = |path: &str| (false, vec![Shipped::new(path, "other")]);
        assert_ne!(mounted(&binds[..1], &other)[0].folder, found[0].folder);
    }
}

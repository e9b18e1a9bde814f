//! A tree with the server's env file laid over it, so that the very check that runs here runs on what the
//! server has.
//!
//! Not here: reading the env file from the server.

use std::fmt;
use std::io;

use crate::source::{PathKind, Tree};

/// A tree with nothing in it: what a commit does not hold is not deployed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Tree for Nothing {
    fn kind(&self, _path: &str) -> Option<PathKind> {
        None
    }
}

/// A tree in which one file is another one.
pub struct Overlay<'a> {
    beneath: &'a dyn Tree,
    path: String,
    bytes: Option<Vec<u8>>,
}

/// The bytes are secrets.
impl fmt::Debug for Overlay<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Overlay").field("path", &self.path).finish_non_exhaustive()
    }
}

impl<'a> Overlay<'a> {
    /// Lays `bytes` over what `beneath` has at `path`; `None` takes it away.
    #[must_use]
    pub fn new(beneath: &'a dyn Tree, path: impl Into<String>, bytes: Option<Vec<u8>>) -> Self {
        Self { beneath, path: path.into(), bytes }
    }
}

impl Tree for Overlay<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        if path == self.path {
            return self.bytes.as_ref().map(|_| PathKind::File);
        }
        self.beneath.kind(path)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match &self.bytes {
            Some(bytes) if path == self.path => Ok(bytes.clone()),
            None if path == self.path => Err(io::Error::from(io::ErrorKind::NotFound)),
            _ => self.beneath.read(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Nothing, Overlay};
    use crate::source::{PathKind, Tree};

    #[test]
    fn one_file_is_another_one() {
        let over = Overlay::new(&Nothing, "envs/.env", Some(b"A=secret".to_vec()));
        assert_eq!(over.kind("envs/.env"), Some(PathKind::File));
        assert_eq!(over.read("envs/.env").unwrap(), b"A=secret");
        assert!(over.read(".env").is_err() && over.kind(".env").is_none());
        assert!(!format!("{over:?}").contains("secret"));
        let gone = Overlay::new(&over, "envs/.env", None);
        assert!(gone.read("envs/.env").is_err() && gone.kind("envs/.env").is_none());
    }
}

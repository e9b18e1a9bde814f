//! What no output may show of a file: its document's values, what looks like a secret, and the values of variables that
//! a schema or the configuration declares secret, whatever their names.
//!
//! Not here: blotting out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::Document;
use crate::document::env_schema::SchemaFile;
use crate::project::{File, Project};
use crate::secrets::{self, Own};
use crate::source::{PathKind, Source, Span, is_top, join, parent};

use super::{Unreadable, classify};

/// The names of variables that are declared secret, in upper case: code writes those of its settings as it likes.
#[derive(Debug, Default, Clone)]
pub struct Declared(BTreeSet<String>);

/// A schema that speaks for its folder and what lies below it, wherever a check was told to look.
const SCHEMA: &str = ".env.schema";

impl Declared {
    /// Listens to all who speak in a project, and to the schemas above the files at `paths`: a check of some files, or of
    /// what is staged, need not have read them.
    ///
    /// # Errors
    ///
    /// Where one of these schemas cannot be read: nobody knows then what must not be shown.
    pub(super) fn around<'p>(
        project: &Project<'_>,
        paths: impl Iterator<Item = &'p str>,
    ) -> Result<Self, Unreadable> {
        let mut folders = BTreeSet::new();
        for path in paths {
            let mut folder = parent(path);
            while folders.insert(folder) && !is_top(folder) {
                folder = parent(folder);
            }
        }
        let top = project.repository.as_ref().map(|repository| repository.root.as_str());
        folders.extend(top.filter(|_| !folders.is_empty()));
        let mut declared = Self::in_project(project);
        let mut unreadable = Vec::new();
        for path in folders.into_iter().map(|folder| join(folder, SCHEMA)) {
            if project.file(&path).is_some() || project.tree.kind(&path) != Some(PathKind::File) {
                continue;
            }
            match project.tree.read(&path) {
                Ok(bytes) => declared.listen(&Source::from_bytes(path, bytes)),
                Err(error) => unreadable.push((path, error)),
            }
        }
        if unreadable.is_empty() { Ok(declared) } else { Err(Unreadable(unreadable)) }
    }

    /// Listens to one schema.
    fn listen(&mut self, source: &Source) {
        let items = SchemaFile::parse(source.text()).items.into_iter();
        let secret = items.filter(|item| item.sensitive == Some(true));
        self.0.extend(secret.map(|item| item.key.to_ascii_uppercase()));
    }

    /// Listens to all who speak in a project.
    fn in_project(project: &Project<'_>) -> Self {
        let variables = project.schema().variables().iter();
        let secret = variables.filter(|(_, expected)| expected.says_secret() == Some(true));
        Self(secret.map(|(name, _)| name.to_ascii_uppercase()).collect())
    }

    /// The spans of what is written under these names.
    fn spans(&self, document: &Document, text: &str) -> Vec<Span> {
        if self.0.is_empty() {
            return Vec::new();
        }
        document.values_of(text, &|name| self.0.contains(&name.to_ascii_uppercase()))
    }
}

/// What no output of a check may show.
pub(super) struct Masks<'a> {
    /// Of the files that were cut down.
    pub(super) known: &'a BTreeMap<Arc<str>, Vec<Span>>,
    /// What finds it elsewhere, besides the built-in patterns.
    pub(super) own: Option<&'a Own>,
    /// Whether the files were taken for texts, whatever they are.
    pub(super) texts: bool,
}

impl Masks<'_> {
    /// The spans of one file.
    pub(super) fn of(&self, file: &File, declared: &Declared) -> Vec<Span> {
        let read = self.texts.then(|| classify::document(&file.source).0);
        let document = read.as_ref().unwrap_or(&file.document);
        let mut spans = spans(document, &file.source, self.own, declared);
        spans.extend(self.known.get(file.source.path()).into_iter().flatten());
        spans.sort_unstable();
        spans
    }
}

/// A file as it may be shown, read as the document that a check took it for.
#[must_use]
pub fn masked(source: &Source, document: &Document, own: Option<&Own>, declared: &Declared) -> Source {
    source.masked(&spans(document, source, own, declared))
}

/// The spans of a text that no output may show, read as the document that its path says it is, where nothing is declared.
#[must_use]
pub fn masks(source: &Source, own: Option<&Own>) -> Vec<Span> {
    spans(&classify::document(source).0, source, own, &Declared::default())
}

fn spans(document: &Document, source: &Source, own: Option<&Own>, declared: &Declared) -> Vec<Span> {
    let mut spans = document.value_spans();
    spans.extend(document.comment_spans(source.text()));
    spans.extend(secrets::sensitive_spans_with(source.path(), source.text(), own));
    spans.extend(declared.spans(document, source.text()));
    spans.sort_unstable();
    spans
}

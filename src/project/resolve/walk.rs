//! One command's files in compose's own order: a service is whole with what it extends before it is laid over
//! the files before, and an included project is whole before it joins the file that includes it.
//!
//! Not here: what is made of a service on the way ([`Laid`]), and what is said about it ([`Watch`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::Document;
use crate::document::compose::{ComposeFile, Include, Service};
use crate::project::layers::Part;
use crate::project::{File, Project};
use crate::source::{Span, is_further_up, join, parent};

use super::draft::{Place, fill_path};
use super::names::presence;
use super::{Environment, Names, Presence, TroubleKind};

/// How deep files may include and services extend.
const DEPTH_LIMIT: usize = 16;
/// How many files one command may load, each inclusion anew.
const FILE_LIMIT: usize = 300;
/// How many services, each file's and each extension counted, are laid over one another for one command.
const PART_LIMIT: usize = 50_000;

/// What is made of a service while it is laid together.
pub(in crate::project) trait Laid<'a>: Sized {
    /// What one file says by itself, without what its tags take away from others.
    fn written(part: Part<'a>, names: &Names) -> Self;

    /// Takes away what the tags of a service that is laid over this one name.
    fn take_away(&mut self, above: &'a Service);

    /// Lays another one over this one.
    fn lay(&mut self, above: Self);

    /// Something that it extends is not known.
    fn lacks(&mut self) {}

    /// A whole file was laid over the files before: compose looks for mistakes now.
    fn checked(&mut self) {}
}

/// Hears of what the walk meets.
pub(in crate::project) trait Watch<'a> {
    /// A file is read: one of the command, an included one, or (`extended`) one that a service extends.
    fn file(&mut self, _compose: &'a ComposeFile, _place: Place<'_>, _extended: bool) {}

    /// A file is there and was not read.
    fn unread(&mut self, _path: &str) {}

    /// Something is not there, or is not worked out; an empty path stands for the command itself.
    fn trouble(&mut self, _kind: TroubleKind, _path: &str, _span: Span, _about: &str) {}

    /// The names of an included project: those around it, with more env files below them.
    fn included(&mut self, project: &Project<'_>, names: &Arc<Names>, files: &[String]) -> Arc<Names>;
}

/// A service on its way, with the file's text that has the last word on it.
struct One<'a, L> {
    laid: L,
    last: &'a Service,
    file: &'a File,
}

type Services<'a, L> = BTreeMap<&'a str, One<'a, L>>;

/// Lays the services of `files` together.
pub(in crate::project) fn walk<'a, L: Laid<'a>>(
    project: &'a Project<'_>,
    files: &[String],
    directory: &str,
    names: &Arc<Names>,
    watch: &mut dyn Watch<'a>,
) -> BTreeMap<&'a str, L> {
    let mut walk = Walk { project, watch, files: 0, parts: 0 };
    let services = walk.files::<L>(files, directory, names, 0);
    services.into_iter().map(|(name, one)| (name, one.laid)).collect()
}

/// A file on the walk.
#[derive(Clone, Copy)]
struct At<'a, 'w> {
    file: &'a File,
    compose: &'a ComposeFile,
    directory: &'w str,
    names: &'w Arc<Names>,
}

impl<'a> At<'a, '_> {
    fn place(&self) -> Place<'_> {
        Place { path: self.file.source.path(), directory: self.directory, names: self.names }
    }

    fn part(&self, service: &'a Service, extended: bool) -> Part<'a> {
        Part::new(self.file, service, self.directory, extended)
    }
}

struct Walk<'a, 'project, 'w> {
    project: &'a Project<'project>,
    watch: &'w mut dyn Watch<'a>,
    files: usize,
    parts: usize,
}

impl<'a> Walk<'a, '_, '_> {
    fn compose(&self, path: &str) -> Option<(&'a File, &'a ComposeFile)> {
        let file = self.project.file(path)?;
        match &file.document {
            Document::Compose(compose) => Some((file, compose)),
            _ => None,
        }
    }

    fn note_unread(&mut self, path: &str) {
        if presence(self.project, path) == Presence::Unread {
            self.watch.unread(path);
        }
    }

    /// Whether a path that is named `at` a place of this project leads to nothing; what lies outside of it is not known.
    fn is_missing(&self, path: &str, at: At<'_, '_>) -> bool {
        !is_further_up(path, at.file.source.path()) && presence(self.project, path) == Presence::Missing
    }

    fn files<L: Laid<'a>>(
        &mut self,
        paths: &[String],
        directory: &str,
        names: &Arc<Names>,
        depth: usize,
    ) -> Services<'a, L> {
        let mut laid = Services::new();
        for path in paths {
            let Some((file, compose)) = self.compose(path) else {
                self.note_unread(path);
                self.watch.trouble(TroubleKind::NoFile, "", Span::default(), path);
                continue;
            };
            self.file(At { file, compose, directory, names }, depth, &mut laid);
        }
        laid
    }

    /// Lays one file over those before: its tags take away from them first, and what it includes joins its own
    /// services, from which they take nothing.
    fn file<L: Laid<'a>>(&mut self, at: At<'a, '_>, depth: usize, laid: &mut Services<'a, L>) {
        self.watch.file(at.compose, at.place(), false);
        let mut own = Services::new();
        for service in &at.compose.services {
            let name = service.name.value.as_str();
            for services in [&mut *laid, &mut own] {
                if matches!(service.tag.as_deref(), Some("!reset" | "!override")) {
                    services.remove(name);
                } else if let Some(below) = services.get_mut(name) {
                    below.laid.take_away(service);
                }
            }
            if service.tag.as_deref() == Some("!reset") {
                continue;
            }
            if let Some(whole) = self.whole(at, service, false, 0) {
                lay(&mut own, name, One { laid: whole, last: service, file: at.file });
            }
        }
        for include in &at.compose.includes {
            for (name, one) in self.include(include, at, depth) {
                match own.get(name) {
                    Some(other) if !same(other, &one) => self.conflict(include, at, name),
                    Some(_) => {}
                    None => drop(own.insert(name, one)),
                }
            }
        }
        for (name, one) in own {
            lay(laid, name, one);
            if let Some(one) = laid.get_mut(name) {
                one.laid.checked();
            }
        }
    }

    fn conflict(&mut self, include: &Include, at: At<'a, '_>, name: &str) {
        let about = format!(
            "`{name}` is a service of this file and of one that it includes, and compose refuses the project"
        );
        self.watch.trouble(TroubleKind::Refused, at.file.source.path(), include.span, &about);
    }

    /// A service of one file over what it extends; `None` where that goes too deep.
    fn whole<L: Laid<'a>>(
        &mut self,
        at: At<'a, '_>,
        service: &'a Service,
        extended: bool,
        depth: usize,
    ) -> Option<L> {
        self.parts += 1;
        let own = L::written(at.part(service, extended), at.names);
        let Some(extends) = &service.extends else { return Some(own) };
        if depth >= DEPTH_LIMIT || self.parts > PART_LIMIT {
            self.watch.trouble(TroubleKind::NotResolved, at.file.source.path(), extends.span, "extends");
            return None;
        }
        let name = extends.service.value.as_str();
        let path = match &extends.file {
            None => Some(at.file.source.path().to_owned()),
            Some(file) => fill_path(file, at.place()),
        };
        let other = path.as_deref().and_then(|path| self.compose(path));
        let base = other.and_then(|(file, compose)| Some((file, compose, compose.service(name)?)));
        let Some((file, compose, base)) = base else {
            let named = extends.file.as_ref().and(path);
            self.missing_part(named.as_deref(), at, extends.span, name);
            let mut own = own;
            own.lacks();
            return Some(own);
        };
        let beside = parent(file.source.path());
        let directory = if extends.file.is_some() { beside } else { at.directory };
        let other = At { file, compose, directory, names: at.names };
        self.watch.file(compose, other.place(), true);
        let mut laid: L = if let Some(laid) = self.whole(other, base, true, depth + 1) {
            laid
        } else {
            let mut own = own;
            own.lacks();
            return Some(own);
        };
        // Below an `!override` compose does not look for tags, and it extends all the same.
        laid.take_away(service);
        laid.lay(own);
        Some(laid)
    }

    /// Says that what `extends` names is not there: the file, or the service in it.
    fn missing_part(&mut self, path: Option<&str>, at: At<'a, '_>, span: Span, service: &str) {
        let own = at.file.source.path();
        if let Some(path) = path {
            self.note_unread(path);
        }
        let read = path.is_none_or(|path| self.compose(path).is_some());
        match path {
            Some(path) if !read && self.is_missing(path, at) => {
                let about = format!("`extends` names `{path}`, which is not there");
                self.watch.trouble(TroubleKind::MissingPart, own, span, &about);
            }
            _ if read => {
                let about = format!("`extends` names the service `{service}`, which is not there");
                self.watch.trouble(TroubleKind::MissingPart, own, span, &about);
            }
            _ => self.watch.trouble(TroubleKind::NotResolved, own, span, "extends"),
        }
    }

    fn include<L: Laid<'a>>(&mut self, include: &Include, at: At<'a, '_>, depth: usize) -> Services<'a, L> {
        let (own, place) = (at.file.source.path(), at.place());
        let paths: Option<Vec<String>> = include.paths.iter().map(|path| fill_path(path, place)).collect();
        let paths = paths.unwrap_or_default();
        for path in &paths {
            self.note_unread(path);
        }
        if let Some(path) = paths.iter().find(|path| self.is_missing(path, at)) {
            let about = format!("`include` names `{path}`, which is not there");
            self.watch.trouble(TroubleKind::MissingPart, own, include.span, &about);
            return Services::new();
        }
        self.files += paths.len();
        let readable = paths.iter().all(|path| self.compose(path).is_some());
        if depth >= DEPTH_LIMIT || self.files > FILE_LIMIT || paths.is_empty() || !readable {
            self.watch.trouble(TroubleKind::NotResolved, own, include.span, "include");
            return Services::new();
        }
        let given = include.project_directory.as_ref().and_then(|value| fill_path(value, place));
        let first = paths.first().map_or("", |path| parent(path));
        let directory = given.unwrap_or_else(|| first.to_owned());
        let mut files: Vec<String> =
            include.env_files.iter().filter_map(|file| fill_path(file, place)).collect();
        if files.is_empty() {
            files.push(join(&directory, ".env"));
            files.retain(|file| presence(self.project, file) != Presence::Missing);
        }
        let names = self.watch.included(self.project, at.names, &files);
        self.files(&paths, &directory, &names, depth + 1)
    }
}

/// Lays a service over the one of the same name.
fn lay<'a, L: Laid<'a>>(services: &mut Services<'a, L>, name: &'a str, above: One<'a, L>) {
    match services.get_mut(name) {
        Some(below) => {
            below.laid.lay(above.laid);
            (below.last, below.file) = (above.last, above.file);
        }
        None => drop(services.insert(name, above)),
    }
}

/// Whether two services are one and the same, as far as their texts tell: compose takes equal ones for one.
fn same<L>(one: &One<'_, L>, other: &One<'_, L>) -> bool {
    let text = |one: &One<'_, L>| {
        let span = one.last.node.span;
        one.file.source.text().get(span.start..span.end).map(|text| text.trim().to_owned())
    };
    std::ptr::eq(one.last, other.last) || text(one) == text(other)
}

/// Names that are known from an earlier walk over the same files, in its order.
struct Again<'e> {
    included: std::slice::Iter<'e, Arc<Names>>,
}

/// Walks once more over a command's files, with what the first walk found.
pub(in crate::project) fn again<'a, L: Laid<'a>>(
    project: &'a Project<'_>,
    environment: &Environment,
) -> BTreeMap<&'a str, L> {
    let mut known = Again { included: environment.included.iter() };
    walk(project, &environment.files, &environment.project_directory, &environment.names, &mut known)
}

impl Watch<'_> for Again<'_> {
    fn included(&mut self, project: &Project<'_>, names: &Arc<Names>, files: &[String]) -> Arc<Names> {
        self.included
            .next()
            .cloned()
            .unwrap_or_else(|| names.with_files(project, files, &mut Environment::default()))
    }
}

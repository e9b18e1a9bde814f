//! One Python file as others see it: its classes, and what it imports.
//!
//! Not here: where imported files lie.

use std::collections::{BTreeSet, HashMap};

use super::class::{Class, classes};
use super::instances::instances;
use super::python::{Python, is_name};
use crate::source::Span;

/// A Python file.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) classes: Vec<Class>,
    /// The last class of each name.
    by_name: HashMap<String, usize>,
    pub(super) imports: Vec<Import>,
    /// The classes that it makes instances of, by their names here, with the arguments that each of these gives
    /// by name.
    pub(super) instances: HashMap<String, BTreeSet<String>>,
    /// Whether `BaseSettings` is that of pydantic 1.
    pub(super) version_one: bool,
    /// Whether it takes JSON apart itself.
    pub(super) decodes_json: bool,
    /// Whether it says of a class from outside how that one is read: other env files, or none, other options.
    pub(super) meddles: bool,
    /// Whether it has an alias that no declaration of a class has.
    pub(super) stray_alias: bool,
}

/// `from module import name as local`.
#[derive(Debug)]
pub(super) struct Import {
    /// The module with its leading dots.
    pub(super) module: String,
    pub(super) name: String,
    pub(super) local: String,
}

/// The most imports that are kept.
const MOST: usize = 500;

impl Module {
    /// Reads a file.
    pub(super) fn new(python: &Python<'_>) -> Self {
        let mut module = Self { classes: classes(python), ..Self::default() };
        let names = module.classes.iter().enumerate().map(|(at, class)| (class.name.clone(), at));
        module.by_name = names.collect();
        module.decodes_json =
            ["json.loads", "from_json", "validate_json"].iter().any(|call| python.mask.contains(call));
        for statement in &python.statements {
            let code = python.code(statement.span);
            let Some(rest) = code.strip_prefix("from ") else { continue };
            let Some((from, names)) = rest.split_once(" import ") else { continue };
            let from = from.trim();
            let start = statement.span.start + code.len() - names.len();
            let names = names.trim_start_matches(['(', ' ']).trim_end_matches([')', ' ']);
            let one =
                from == "pydantic" || from.starts_with("pydantic.v1") || from == "pydantic.env_settings";
            module.version_one |= one && names.split(',').any(|name| name.trim() == "BaseSettings");
            for part in python.parts(Span::new(start, start + names.len() + 1), b',').into_iter().take(MOST) {
                module.imports.extend(import(from, python.code(part).trim_matches(['(', ')', ' ', ','])));
            }
        }
        module.imports.truncate(MOST);
        module.instances = instances(python, |name| {
            module.by_name.contains_key(name) || module.imports.iter().any(|import| import.local == name)
        });
        module.meddles = ["_env_file", "model_config["].iter().any(|word| python.mask.contains(word));
        let known = |at: usize| {
            let declarations = module.classes.iter().flat_map(|class| &class.declarations);
            let mut around = declarations.filter(|one| one.span.start <= at && at < one.span.end);
            around.any(|one| !one.options.aliases.is_empty())
        };
        module.stray_alias = python.mask.match_indices("alias").any(|(at, _)| !known(at));
        module.version_one &= !python.mask.contains("pydantic_settings");
        module.version_one |= python.mask.contains("pydantic.BaseSettings");
        module
    }

    /// The class of this name; the last one where there are several.
    pub(super) fn class(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// What is imported under this name.
    pub(super) fn import(&self, name: &str) -> Option<&Import> {
        self.imports.iter().rev().find(|import| import.local == name)
    }
}

fn import(module: &str, part: &str) -> Option<Import> {
    let mut words = part.split_whitespace();
    let name = words.next().filter(|name| is_name(name))?;
    let local = match (words.next(), words.next()) {
        (Some("as"), Some(local)) => local,
        _ => name,
    };
    Some(Import { module: module.to_owned(), name: name.to_owned(), local: local.to_owned() })
}

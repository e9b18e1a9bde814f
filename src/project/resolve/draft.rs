//! Services on their way: each file's values filled in, then laid over those of the files before.
//!
//! Not here: env files' contents.

use std::collections::{BTreeMap, HashMap};

use crate::document::compose::template::{Piece, Template, Variable};
use crate::document::compose::{Service, Setting, Value};
use crate::source::{Span, join};

use super::{Input, Layer, Names, Origin, OriginKind};

/// A service, as far as files were laid over each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) path: String,
    pub(super) span: Span,
    pub(super) settings: BTreeMap<String, Placed>,
    pub(super) env_files: Vec<DraftEnvFile>,
    pub(super) profiles: Vec<String>,
    /// Whether the settings still are one file's mapping; only there a `!reset` finds a name.
    named: bool,
}

/// One setting of `environment`.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// The value; `None` for a bare name, `Some(None)` where compose refuses to make it.
    pub(super) value: Option<Option<Layer>>,
    pub(super) set_at: Origin,
    pub(super) inputs: Vec<Input>,
}

/// One `env_file`.
#[derive(Debug, Clone)]
pub(super) struct DraftEnvFile {
    pub(super) path: String,
    pub(super) required: bool,
    pub(super) format: Option<String>,
    pub(super) named_in: String,
    pub(super) span: Span,
}

/// Where one file's texts stand, and what fills them.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) path: &'a str,
    /// The directory that its relative paths start from.
    pub(super) directory: &'a str,
    pub(super) names: &'a Names,
}

impl Draft {
    /// Lays one file's service over what the files before made of it.
    pub(super) fn lay(&mut self, service: &Service, place: Place<'_>) {
        place.path.clone_into(&mut self.path);
        self.span = service.name.span;
        self.lay_settings(service, place);
        // Below an `!override` compose does not look for tags.
        let tag_of = |key: &str| service.tag_of(key).filter(|_| service.tag.as_deref() != Some("!override"));
        match tag_of("env_file") {
            Some("!reset") => self.env_files.clear(),
            tag => {
                if tag == Some("!override") {
                    self.env_files.clear();
                }
                self.lay_env_files(service, place);
            }
        }
        match tag_of("profiles") {
            Some("!reset") => self.profiles.clear(),
            tag => {
                if tag == Some("!override") {
                    self.profiles.clear();
                }
                self.profiles.extend(service.profiles.iter().filter_map(|text| fill_text(text, place)));
            }
        }
    }

    fn lay_settings(&mut self, service: &Service, place: Place<'_>) {
        let tag = service.tag_of("environment").filter(|_| service.tag.as_deref() != Some("!override"));
        if matches!(tag, Some("!reset" | "!override")) {
            self.settings.clear();
            self.named = false;
        }
        if tag == Some("!reset") || service.node.get("environment").is_none() {
            return;
        }
        for setting in service.environment.iter().filter(|setting| setting.tag.is_some()) {
            // `!override` takes the name away first, which a later value does as well.
            if self.named && setting.tag.as_deref() == Some("!reset") {
                self.settings.remove(&setting.key);
            }
        }
        let first = self.settings.is_empty();
        for setting in service.environment.iter().filter(|setting| setting.tag.as_deref() != Some("!reset")) {
            if let Some((key, placed)) = place_setting(setting, place) {
                self.settings.insert(key, placed);
            }
        }
        self.named = first && service.environment.iter().all(|setting| !setting.in_list);
    }

    fn lay_env_files(&mut self, service: &Service, place: Place<'_>) {
        let paths = self.env_files.iter().enumerate().map(|(index, file)| (file.path.clone(), index));
        let mut known: HashMap<String, usize> = paths.collect();
        for file in &service.env_files {
            let Some(path) = fill_text(&file.path, place) else { continue };
            let laid = DraftEnvFile {
                path: join(place.directory, &path),
                required: file.required,
                format: file.format.clone(),
                named_in: place.path.to_owned(),
                span: file.path.span,
            };
            if let Some(place) = known.get(&laid.path).and_then(|index| self.env_files.get_mut(*index)) {
                *place = laid;
            } else {
                known.insert(laid.path.clone(), self.env_files.len());
                self.env_files.push(laid);
            }
        }
    }
}

/// A text with its variables filled in; `None` where compose refuses to.
pub(super) fn fill_text(value: &Value, place: Place<'_>) -> Option<String> {
    value.template.fill(&|name| place.names.value(name)).ok().map(|filled| filled.text)
}

fn place_setting(setting: &Setting, place: Place<'_>) -> Option<(String, Placed)> {
    let key = setting.name.fill(&|name| place.names.value(name)).ok()?.text;
    let origin = |kind, span| Origin { kind, path: place.path.to_owned(), span };
    let Some(value) = &setting.value else {
        // A variable in the name may bring the `=` along.
        if let Some((name, text)) = key.split_once('=').filter(|_| setting.in_list) {
            let layer =
                Layer { value: Some(text.to_owned()), origin: origin(OriginKind::Environment, setting.span) };
            let set_at = origin(OriginKind::Environment, setting.span);
            return Some((name.to_owned(), Placed { value: Some(Some(layer)), set_at, inputs: Vec::new() }));
        }
        let set_at = origin(OriginKind::Environment, setting.key_span);
        // An included file's own env files count for its bare names.
        let value = place.names.get(&key).cloned().map(Some);
        return Some((key, Placed { value, set_at, inputs: Vec::new() }));
    };
    let set_at = origin(OriginKind::Environment, value.span);
    let Ok(filled) = value.template.fill(&|name| place.names.value(name)) else {
        return Some((key, Placed { value: Some(None), set_at, inputs: Vec::new() }));
    };
    let inputs = filled.looked_at.iter().map(|variable| Input {
        name: variable.name.clone(),
        span: variable.span,
        layer: place.names.get(&variable.name).cloned(),
    });
    let inputs = inputs.collect();
    let origin = whole_origin(&value.template, &filled.made_of, value.span, place);
    let layer = Layer { value: Some(filled.text), origin };
    Some((key, Placed { value: Some(Some(layer)), set_at, inputs }))
}

/// Where a filled-in value comes from: from one variable, one fallback, or (mixed) from its own place.
fn whole_origin(template: &Template, made_of: &[(&Piece, usize)], span: Span, place: Place<'_>) -> Origin {
    let here = |kind, span| Origin { kind, path: place.path.to_owned(), span };
    let Some(variable) = template.single() else { return here(OriginKind::Environment, span) };
    match made_of {
        [(Piece::Variable(taken), _)] => place
            .names
            .get(&taken.name)
            .map_or_else(|| here(OriginKind::None, taken.span), |layer| layer.origin.clone()),
        _ => here(OriginKind::Fallback, innermost(variable).word_span),
    }
}

/// The variable whose fallback is the text: `${A:-${B:-text}}` is `B`'s.
fn innermost(variable: &Variable) -> &Variable {
    let mut inner = variable;
    while let Some(next) = inner.word.single() {
        inner = next;
    }
    inner
}

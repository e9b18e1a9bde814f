//! Services on their way: each file's values filled in, then laid over those of the files before.
//!
//! Not here: env files' contents.

use std::collections::{BTreeMap, HashMap};

use crate::document::compose::template::{Held, Piece, Template, Variable};
use crate::document::compose::{EnvFileUse, Service, Setting, Value};
use crate::project::layers::Part;
use crate::source::{Span, join};

use super::walk::Laid;
use super::{Input, Layer, Names, Origin, OriginKind};

/// A service, as far as files were laid over each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) path: String,
    pub(super) span: Span,
    pub(super) settings: BTreeMap<String, Placed>,
    pub(super) env_files: Vec<DraftEnvFile>,
    pub(super) profiles: Vec<String>,
    form: Form,
}

/// What compose has of `environment`: two laid over each other are a list, in which a `!reset` of one name finds
/// nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Absent,
    Mapping,
    List,
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
pub(in crate::project) struct Place<'a> {
    pub(super) path: &'a str,
    /// The directory that its relative paths start from.
    pub(super) directory: &'a str,
    pub(super) names: &'a Names,
}

impl<'a> Laid<'a> for Draft {
    fn written(part: Part<'a>, names: &Names) -> Self {
        let service = part.service;
        let place = Place { path: part.file.source.path(), directory: &part.directory, names };
        let mut draft = Self { path: place.path.to_owned(), span: service.name.span, ..Self::default() };
        let reset = |key: &str| tag_of(service, key) == Some("!reset");
        if service.node.get("environment").is_some() && !reset("environment") {
            let list = service.environment.iter().any(|setting| setting.in_list);
            draft.form = if list { Form::List } else { Form::Mapping };
            let kept = service.environment.iter().filter(|setting| setting.tag.as_deref() != Some("!reset"));
            draft.settings.extend(kept.filter_map(|setting| place_setting(setting, place)));
        }
        if !reset("env_file") {
            draft.lay_env_files(env_files(service, place));
        }
        if !reset("profiles") {
            draft.profiles.extend(service.profiles.iter().filter_map(|text| fill_text(text, place)));
        }
        draft
    }

    fn take_away(&mut self, above: &'a Service) {
        let gone = |key: &str| matches!(tag_of(above, key), Some("!reset" | "!override"));
        if gone("environment") {
            self.settings.clear();
            self.form = Form::Absent;
        } else if self.form == Form::Mapping && above.tag.as_deref() != Some("!override") {
            for setting in &above.environment {
                if matches!(setting.tag.as_deref(), Some("!reset" | "!override")) {
                    self.settings.remove(&setting.key);
                }
            }
        }
        if gone("env_file") {
            self.env_files.clear();
        }
        if gone("profiles") {
            self.profiles.clear();
        }
    }

    fn lay(&mut self, above: Self) {
        (self.path, self.span) = (above.path, above.span);
        self.form = match (self.form, above.form) {
            (one, Form::Absent) | (Form::Absent, one) => one,
            _ => Form::List,
        };
        self.settings.extend(above.settings);
        self.lay_env_files(above.env_files);
        self.profiles.extend(above.profiles);
    }
}

impl Draft {
    fn lay_env_files(&mut self, above: Vec<DraftEnvFile>) {
        let paths = self.env_files.iter().enumerate().map(|(index, file)| (file.path.clone(), index));
        let mut known: HashMap<String, usize> = paths.collect();
        for laid in above {
            if let Some(place) = known.get(&laid.path).and_then(|index| self.env_files.get_mut(*index)) {
                *place = laid;
            } else {
                known.insert(laid.path.clone(), self.env_files.len());
                self.env_files.push(laid);
            }
        }
    }
}

/// The tag of a key; below an `!override` compose does not look for tags.
fn tag_of<'a>(service: &'a Service, key: &str) -> Option<&'a str> {
    service.tag_of(key).filter(|_| service.tag.as_deref() != Some("!override"))
}

fn env_files(service: &Service, place: Place<'_>) -> Vec<DraftEnvFile> {
    let one = |file: &EnvFileUse| {
        Some(DraftEnvFile {
            path: fill_path(&file.path, place)?,
            required: file.required,
            format: file.format.clone(),
            named_in: place.path.to_owned(),
            span: file.path.span,
        })
    };
    service.env_files.iter().filter_map(one).collect()
}

/// A text with its variables filled in; `None` where compose refuses to, or their values are not known.
pub(super) fn fill_text(value: &Value, place: Place<'_>) -> Option<String> {
    value.template.fill(&|name| place.names.held(name)).ok().map(|filled| filled.text)
}

/// A path with its variables filled in, from the working directory; `None` where it is not known.
pub(super) fn fill_path(value: &Value, place: Place<'_>) -> Option<String> {
    const HERE: &str = "\0";
    let held = |name: &str| match &place.names.here {
        Some(_) if name == "PWD" => Held::Value(HERE.to_owned()),
        _ => place.names.held(name),
    };
    let path = value.template.fill(&held).ok()?.text;
    match (path.strip_prefix(HERE), &place.names.here) {
        (Some(rest), Some(here)) => Some(join(here, rest.trim_start_matches('/'))),
        _ => (!path.contains(HERE)).then(|| join(place.directory, &path)),
    }
}

fn place_setting(setting: &Setting, place: Place<'_>) -> Option<(String, Placed)> {
    let key = setting.name.fill(&|name| place.names.held(name)).ok()?.text;
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
    let Ok(filled) = value.template.fill_known(&|name| place.names.held(name)) else {
        return Some((key, Placed { value: Some(None), set_at, inputs: Vec::new() }));
    };
    let inputs = filled.looked_at.iter().map(|variable| Input {
        name: variable.name.clone(),
        span: variable.span,
        layer: place.names.get(&variable.name).cloned(),
    });
    let inputs = inputs.collect();
    let origin = whole_origin(&value.template, &filled.made_of, value.span, place);
    let layer = Layer { value: (!filled.unknown).then_some(filled.text), origin };
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

//! A variable called otherwise, in every file that names it.
//!
//! Not here: where a name stands; `project` knows.

use std::collections::BTreeMap;

use lsp_types::{PrepareRenameResponse, TextEdit, Uri, WorkspaceEdit};

use super::place;
use super::world::World;
use crate::project::Project;
use crate::project::occurrences::{Form, Occurrence, Stuck, configured, is_name, occurrences, renamed};
use crate::render::visible;
use crate::source::{Source, Span};

/// What a renaming gives.
pub(super) struct Renamed {
    /// What is written where.
    pub(super) edit: WorkspaceEdit,
    /// What a person has to look at then.
    pub(super) note: Option<String>,
}

/// What stands at an offset, if it is a name that can be replaced.
///
/// # Errors
///
/// Where it is none: the text says why.
pub(super) fn prepare(
    world: &World,
    source: &Source,
    offset: usize,
) -> Result<PrepareRenameResponse, String> {
    let (name, span) = name_at(source, offset)?;
    let configuration = world.configuration();
    let places = world
        .look(|project| all(project, configuration.as_ref(), &name))
        .map_err(|error| error.to_string())?;
    let here = places.map_err(|stuck| told(&stuck))?.into_iter().any(|one| stands(&one, source, offset));
    if !here {
        return Err(no_key(&name));
    }
    let range = place::range(source, span);
    Ok(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder: name })
}

/// The edits by which the variable at an offset is called `new` everywhere.
///
/// # Errors
///
/// Where that cannot be: the text says why.
pub(super) fn rename(world: &World, source: &Source, offset: usize, new: &str) -> Result<Renamed, String> {
    let (name, _) = name_at(source, offset)?;
    if !is_name(new) {
        return Err(told(&Stuck::NoName(new.to_owned())));
    }
    let configuration = world.configuration();
    let renamed = world.look(|project| {
        let places = all(project, configuration.as_ref(), &name)?;
        if !places.iter().any(|one| stands(one, source, offset)) {
            return Ok(None);
        }
        let taken = if new == name { Vec::new() } else { all(project, configuration.as_ref(), new)? };
        match taken.first() {
            Some(one) => Err(Stuck::Taken {
                name: new.to_owned(),
                path: one.path.to_string(),
                line: world.source(&one.path).map_or(1, |source| source.line(one.span.start)),
            }),
            None => written(world, &places, new).map(Some),
        }
    });
    renamed.map_err(|error| error.to_string())?.map_err(|stuck| told(&stuck))?.ok_or_else(|| no_key(&name))
}

fn name_at(source: &Source, offset: usize) -> Result<(String, Span), String> {
    super::ask::name_at(source, offset).ok_or_else(|| "no name of a variable stands here".to_owned())
}

fn no_key(name: &str) -> String {
    format!("`{}` is no variable of this project", visible(name))
}

fn told(stuck: &Stuck) -> String {
    visible(&stuck.to_string()).into_owned()
}

/// Whether the name that is asked about is this one.
fn stands(one: &Occurrence, source: &Source, offset: usize) -> bool {
    *one.path == *source.path() && one.span.start <= offset && offset <= one.span.end
}

/// The places in the project's files and in its configuration.
fn all(project: &Project<'_>, configuration: Option<&Source>, name: &str) -> Result<Vec<Occurrence>, Stuck> {
    let mut places = occurrences(project, name)?;
    if let Some(source) = configuration {
        let spans = configured(source, name).into_iter();
        let path = source.shared_path();
        places.extend(spans.map(|span| Occurrence { path: path.clone(), span, form: Form::Name }));
    }
    Ok(places)
}

fn written(world: &World, places: &[Occurrence], new: &str) -> Result<Renamed, Stuck> {
    let mut changes: Vec<(Uri, Vec<TextEdit>)> = Vec::new();
    let mut sources: BTreeMap<&str, Source> = BTreeMap::new();
    let mut note = None;
    for one in places {
        if !sources.contains_key(&*one.path) {
            let Some(source) = world.source(&one.path) else { continue };
            sources.insert(&one.path, source);
        }
        let Some(source) = sources.get(&*one.path) else { continue };
        let Some(uri) = place::uri(&world.place(&one.path)) else { continue };
        let was = source.slice(one.span);
        let new_text = renamed(one, was, new)?;
        let quoted = source.text().get(..one.span.start).is_some_and(|before| before.ends_with(['"', '\'']));
        if note.is_none() && matches!(one.form, Form::Field { .. }) && !quoted {
            note = Some(format!(
                "the field `{}` in `{}` is `{}` now: look for code that reads it",
                visible(was),
                visible(&one.path),
                visible(&new_text)
            ));
        }
        let edit = TextEdit { range: place::range(source, one.span), new_text };
        match changes.iter_mut().find(|(known, _)| *known == uri) {
            Some((_, edits)) => edits.push(edit),
            None => changes.push((uri, vec![edit])),
        }
    }
    let edit = WorkspaceEdit { changes: Some(changes.into_iter().collect()), ..WorkspaceEdit::default() };
    Ok(Renamed { edit, note })
}

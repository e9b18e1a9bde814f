//! Every place where the project writes the name of a variable, and what stands there once it is called otherwise.
//!
//! Not here: code that reads variables by itself. In a file of settings a field is renamed with its variable, and
//! whoever reads that field from elsewhere is not known here.

use std::collections::BTreeMap;
use std::sync::Arc;

use memchr::memmem;

use super::{File, Project};
use crate::document::Document;
use crate::document::compose::{ComposeFile, Setting};
use crate::document::env::{EnvFile, Quote};
use crate::document::python_settings::Field;
use crate::document::shell::Script;
use crate::source::{Source, Span};

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The file.
    pub path: Arc<str>,
    /// The place: the name alone, or for [`Form::Argument`] an empty one behind it.
    pub span: Span,
    /// How the name is written there.
    pub form: Form,
}

/// How a name is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// As it is.
    Name,
    /// As a field or text of a settings class: this is in front of it in the variable's name, and the case counts for
    /// nothing.
    Field {
        /// What the class puts in front.
        prefix: String,
    },
    /// As a build argument that is passed on: its own name stays, since a Dockerfile declares it.
    Argument {
        /// Whether it is an item of a list, `- NAME`.
        in_list: bool,
    },
}

/// Why a variable cannot be called otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// The new name is no name for one who reads it.
    #[error("`{0}` is no name that every loader takes: letters, digits and `_`, with no digit first")]
    NoName(String),
    /// Another variable is called so.
    #[error("`{name}` is taken: it stands in `{path}` line {line}")]
    Taken {
        /// The new name.
        name: String,
        /// Where it stands.
        path: String,
        /// The 1-based line.
        line: usize,
    },
    /// The name stands somewhere in a way that cannot be replaced.
    #[error("`{name}` cannot be replaced in `{path}` line {line}: it is written there in another way")]
    Hidden {
        /// The old name.
        name: String,
        /// The file.
        path: String,
        /// The 1-based line.
        line: usize,
    },
    /// A settings class puts something in front of its fields that the new name does not have.
    #[error("the settings in `{path}` read names that begin with `{prefix}`, and `{name}` does not")]
    Prefix {
        /// The file.
        path: String,
        /// What it puts in front.
        prefix: String,
        /// The new name.
        name: String,
    },
}

/// The places of `name`, ordered by path and place, each once.
///
/// # Errors
///
/// Where it stands in a place that cannot be told exactly.
pub fn occurrences(project: &Project<'_>, name: &str) -> Result<Vec<Occurrence>, Stuck> {
    let mut found: BTreeMap<(Arc<str>, Span), Form> = BTreeMap::new();
    for file in &project.files {
        for (span, form) in of_file(file, name)? {
            found.entry((file.source.shared_path(), span)).or_insert(form);
        }
    }
    let found = found.into_iter().map(|((path, span), form)| Occurrence { path, span, form });
    Ok(found.collect())
}

/// The places of `name` in the configuration, comments left out.
#[must_use]
pub fn configured(source: &Source, name: &str) -> Vec<Span> {
    let text = source.text();
    let places = whole_words(text, name).map(|at| Span::new(at, at + name.len()));
    let places = places.filter(|span| {
        let line = source.line_span(source.line(span.start));
        let before = source.slice(Span::new(line.start, span.start));
        !before.trim_start().starts_with('#') && !before.contains(" #")
    });
    places.collect()
}

/// Whether every loader takes `name` as the name of a variable.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What stands at `occurrence`, where `was` is written now, once the variable is called `name`.
///
/// # Errors
///
/// Where a settings class cannot read it.
pub fn renamed(occurrence: &Occurrence, was: &str, name: &str) -> Result<String, Stuck> {
    match &occurrence.form {
        Form::Name => Ok(name.to_owned()),
        Form::Argument { in_list: true } => Ok(format!("=${{{name}}}")),
        Form::Argument { in_list: false } => Ok(format!(" ${{{name}}}")),
        Form::Field { prefix } => {
            let front = name.get(..prefix.len()).filter(|front| front.eq_ignore_ascii_case(prefix));
            let rest = front.and_then(|_| name.get(prefix.len()..)).filter(|rest| is_name(rest));
            let Some(rest) = rest else {
                let (path, prefix, name) = (occurrence.path.to_string(), prefix.clone(), name.to_owned());
                return Err(Stuck::Prefix { path, prefix, name });
            };
            let upper = was.bytes().any(|byte| byte.is_ascii_uppercase());
            Ok(if upper { rest.to_owned() } else { rest.to_ascii_lowercase() })
        }
    }
}

type Place = (Span, Form);

fn of_file(file: &File, name: &str) -> Result<Vec<Place>, Stuck> {
    let source = &file.source;
    let named = |spans: Vec<Span>| spans.into_iter().map(|span| (span, Form::Name)).collect();
    match &file.document {
        Document::Env(env) => exact(named(of_env(env, source, name)), source, name),
        Document::EnvSchema(schema) => {
            let keys = schema.items.iter().filter(|item| item.key == name).map(|item| item.key_span);
            let read = schema.items.iter().flat_map(|item| references(source, item.value_span, name));
            exact(named(keys.chain(read).collect()), source, name)
        }
        Document::Compose(compose) => exact(of_compose(compose, source, name), source, name),
        Document::Shell(script) => Ok(named(of_script(script, source, name))),
        Document::Makefile(_) => Ok(named(of_commands(source, &[], name))),
        Document::PythonSettings(settings) => {
            let mut found = Vec::new();
            for field in &settings.fields {
                let also = field.alternatives.iter().any(|other| other == name);
                if field.answers_to(name) || also {
                    of_field(field, source, name, &mut found)?;
                }
            }
            Ok(found)
        }
        Document::Text => Ok(Vec::new()),
    }
}

/// The places, none of which holds anything but the name.
fn exact(found: Vec<Place>, source: &Source, name: &str) -> Result<Vec<Place>, Stuck> {
    let narrowed = found.into_iter().map(|(span, form)| {
        let text = source.slice(span);
        if text == name || matches!(form, Form::Argument { .. }) {
            return Ok((span, form));
        }
        // Quotes belong to a key.
        match whole_words(text, name).next() {
            Some(at) => Ok((Span::new(at, at + name.len()).shifted(span.start), form)),
            None => Err(hidden(source, span, name)),
        }
    });
    narrowed.collect()
}

fn hidden(source: &Source, span: Span, name: &str) -> Stuck {
    let (path, line) = (source.path().to_owned(), source.line(span.start));
    Stuck::Hidden { name: name.to_owned(), path, line }
}

fn of_env(env: &EnvFile, source: &Source, name: &str) -> Vec<Span> {
    let mut found = Vec::new();
    for entry in &env.entries {
        if entry.key == name {
            found.push(entry.key_span);
        }
        let read = entry.raw_span.filter(|_| entry.quote != Some(Quote::Single));
        found.extend(read.into_iter().flat_map(|span| references(source, span, name)));
    }
    found
}

fn of_compose(compose: &ComposeFile, source: &Source, name: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let read = compose.templates.iter().flat_map(|value| value.template.variables());
    found.extend(read.filter(|variable| variable.name == name).map(|one| (one.name_span, Form::Name)));
    for service in &compose.services {
        let own = service.environment.iter().filter(|setting| setting.key == name);
        found.extend(own.map(|setting| (setting.key_span, Form::Name)));
        let arguments = service.build.iter().flat_map(|build| &build.args);
        let passed = arguments.filter(|setting| setting.key == name && setting.value.is_none());
        found.extend(passed.filter_map(|setting| argument(setting, source)));
    }
    let held = compose.resources.iter().filter_map(|resource| resource.environment.as_ref());
    found.extend(held.filter(|held| held.value == name).map(|held| (held.span, Form::Name)));
    // `$$NAME` is what a shell in the container reads.
    let text = source.text();
    let escaped = whole_words(text, name).filter(|at| {
        let before = text.get(..*at).unwrap_or_default();
        before.ends_with("$$") || before.ends_with("$${")
    });
    found.extend(escaped.map(|at| (Span::new(at, at + name.len()), Form::Name)));
    found
}

/// The place behind a build argument without a value, where its value is written from now on.
fn argument(setting: &Setting, source: &Source) -> Option<Place> {
    let in_list = setting.in_list;
    let mut end = setting.key_span.end;
    if !in_list {
        let line = source.line_span(source.line(end));
        let rest = source.slice(Span::new(end, line.end));
        end += rest.find(':')? + 1;
    }
    Some((Span::new(end, end), Form::Argument { in_list }))
}

fn of_script(script: &Script, source: &Source, name: &str) -> Vec<Span> {
    of_commands(source, &script.comments, name)
}

/// The words before names in commands.
const BEFORE: &[&str] =
    &["export", "unset", "readonly", "declare", "typeset", "local", "read", "printenv", "-e", "--env", "-v"];

/// The names in commands: read, assigned, exported, or looked for in an env file.
fn of_commands(source: &Source, comments: &[Span], name: &str) -> Vec<Span> {
    let text = source.text();
    let places = whole_words(text, name).map(|at| Span::new(at, at + name.len()));
    let places = places.filter(|span| {
        let line = source.line_span(source.line(span.start));
        let before = source.slice(Span::new(line.start, span.start));
        let after = source.slice(Span::new(span.end, line.end));
        let read = is_read(before) || before.ends_with("$(") && after.starts_with(')');
        let assigned = after.trim_start_matches(['+', ' ', ':', '?']).starts_with('=')
            && !after.trim_start().starts_with("==")
            && (!after.starts_with(' ') || before.trim().is_empty() || before.trim() == "export");
        let told = before.split_ascii_whitespace().any(|word| BEFORE.contains(&word));
        read || assigned || told
    });
    let mut places: Vec<Span> = places.collect();
    // Both are in order.
    let mut comments = comments.iter().peekable();
    places.retain(|span| {
        while comments.next_if(|comment| comment.end <= span.start).is_some() {}
        comments.peek().is_none_or(|comment| !comment.overlaps(*span))
    });
    places
}

/// Whether what stands before a name has it read: `$`, `${`, `${#` or `${!`.
fn is_read(before: &str) -> bool {
    before.ends_with('$') || before.trim_end_matches(['#', '!']).ends_with("${")
}

/// The places in `within` where a `$` has the name read.
fn references<'a>(source: &'a Source, within: Span, name: &'a str) -> impl Iterator<Item = Span> + 'a {
    let text = source.slice(within);
    let read = whole_words(text, name).filter(|at| is_read(text.get(..*at).unwrap_or_default()));
    read.map(move |at| Span::new(at, at + name.len()).shifted(within.start))
}

/// The place of a field: the name in quotes where there is one, else the field itself with all that speaks of it in its
/// file.
fn of_field(field: &Field, source: &Source, name: &str, found: &mut Vec<Place>) -> Result<(), Stuck> {
    let text = source.slice(field.span);
    let lower = text.to_ascii_lowercase();
    let plain = || Form::Field { prefix: String::new() };
    let quoted =
        whole_words(&lower, &name.to_ascii_lowercase()).find(|at| in_quotes(&lower, *at, name.len()));
    if let Some(at) = quoted {
        found.push((Span::new(at, at + name.len()).shifted(field.span.start), plain()));
        return Ok(());
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    let word = text.get(..end).unwrap_or_default();
    let front = name.len().checked_sub(word.len()).filter(|_| is_name(word));
    let prefix = front.and_then(|front| {
        name.get(front..).filter(|rest| rest.eq_ignore_ascii_case(word)).and_then(|_| name.get(..front))
    });
    let Some(prefix) = prefix else { return Err(hidden(source, field.span, name)) };
    let form = Form::Field { prefix: prefix.to_owned() };
    found.push((Span::new(0, word.len()).shifted(field.span.start), form.clone()));
    let whole = source.text();
    let spoken_of = whole_words(whole, word).filter(|at| {
        let before = whole.get(..*at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        ["self.", "cls."].iter().any(|owner| line.ends_with(owner))
            || line.contains("validator(") && in_quotes(whole, *at, word.len())
    });
    found.extend(spoken_of.map(|at| (Span::new(at, at + word.len()), form.clone())));
    Ok(())
}

fn in_quotes(text: &str, at: usize, length: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let after = text.get(at + length..).and_then(|after| after.chars().next());
    before.is_some_and(|quote| (quote == '"' || quote == '\'') && after == Some(quote))
}

/// Where `name` stands as a whole word.
fn whole_words<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let inside = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    memmem::find_iter(bytes, name.as_bytes()).filter(move |at| {
        !inside(at.checked_sub(1).and_then(|before| bytes.get(before))) && !inside(bytes.get(at + name.len()))
    })
}

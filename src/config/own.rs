//! The kinds of secrets that a project declares: from what is written to what can be looked for.
//!
//! Not here: the search, and whether the examples are found; `envgate rules test` asks that.

use std::sync::Arc;

use super::glob::Glob;
use super::located::{Located, Table};
use super::mistakes::{Mistakes, invalid};
use super::secret::{Secret, SecretSeverity, Text};
use super::valid::World;
use crate::diagnostic::Severity;
use crate::secrets::Own;
use crate::secrets::own::{Definition, Fault, Kind, Part};
use crate::source::{Span, file_name};

/// More kinds than any project has.
const MOST: usize = 500;

/// More texts than anyone writes for one kind, and longer ones.
const MOST_TEXTS: usize = 100;

/// A text that a kind must find, or must not.
#[derive(Debug, Clone)]
pub struct Example {
    /// The name of the kind.
    pub kind: String,
    /// Whether it must be found.
    pub found: bool,
    /// Which of the kind's texts of that sort it is, from 1 on.
    pub nth: usize,
    /// The text, put together.
    pub text: String,
    /// Where it stands in the configuration.
    pub span: Span,
}

/// What a configuration declares of its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Declared {
    pub(super) own: Option<Arc<Own>>,
    pub(super) examples: Vec<Example>,
}

/// Makes kinds of what is written, and names what does not make sense. `text` is the whole configuration.
pub(super) fn declared(
    table: Table<Secret>,
    world: &World<'_>,
    text: &str,
    mistakes: &mut Mistakes,
) -> Declared {
    let mut kinds: Vec<Kind> = Vec::new();
    let mut examples = Vec::new();
    for (nth, (name, secret)) in table.0.into_iter().enumerate() {
        if nth == MOST {
            mistakes.push(invalid(), name.span, format!("there are more than {MOST} kinds of secrets"));
            break;
        }
        let named = check_name(&name, world, mistakes);
        let written = [(true, &secret.examples), (false, &secret.counter_examples)];
        let texts = written.map(|(found, list)| texts(&name, found, list, mistakes));
        let kind = kind(&name.value, secret, world, text, mistakes);
        if let (true, Some(kind)) = (named, kind) {
            kinds.push(kind);
            examples.extend(texts.into_iter().flatten());
        }
    }
    let shown = examples.iter().map(|example| example.text.clone()).collect();
    let home = file_name(world.path);
    // A configuration of a commit has the commit in its name.
    let home = home.split_once('@').map_or(home, |(home, _)| home);
    Declared { own: Own::new(kinds, home, shown).map(Arc::new), examples }
}

/// A name is a word that no built-in rule answers to, and that no shell, glob or comment takes apart.
fn check_name(name: &Located<String>, world: &World<'_>, mistakes: &mut Mistakes) -> bool {
    let word = name.value.as_str();
    let shown = Mistakes::name(word);
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if word.len() > 60
        || !word.starts_with(|first: char| first.is_ascii_lowercase())
        || !word.bytes().all(good)
    {
        mistakes
            .push(invalid(), name.span, format!("`{shown}` cannot be the name of a rule"))
            .help("write lower-case letters, digits and `-`, a letter first: `acme-key`");
        return false;
    }
    if word == "own" || world.known.iter().any(|meta| !meta.is_own() && meta.answers_to(word)) {
        mistakes
            .push(invalid(), name.span, format!("a built-in rule is called `{shown}` already"))
            .help("give it the name of your own service: `acme-key`");
        return false;
    }
    true
}

fn texts(
    name: &Located<String>,
    found: bool,
    list: &[Located<Text>],
    mistakes: &mut Mistakes,
) -> Vec<Example> {
    let sort = if found { "example" } else { "counter-example" };
    if list.is_empty() {
        let message = format!("`{}` has no {sort}", Mistakes::name(&name.value));
        mistakes.push(invalid(), name.span, message).help(if found {
            "write a made-up secret below `examples`, in pieces: `[\"acme_\", \"…\"]`"
        } else {
            "write a text that looks like one and is none below `counter_examples`"
        });
    }
    let mut examples = Vec::new();
    for (nth, text) in list.iter().enumerate().take(MOST_TEXTS) {
        examples.push(Example {
            kind: name.value.clone(),
            found,
            nth: nth + 1,
            text: text.value.joined(),
            span: text.span,
        });
    }
    examples
}

fn kind(name: &str, secret: Secret, world: &World<'_>, text: &str, mistakes: &mut Mistakes) -> Option<Kind> {
    let summary = secret.description.value.trim();
    if summary.is_empty() || summary.chars().count() > 100 || summary.contains('\n') || summary.contains('`')
    {
        mistakes
            .push(invalid(), secret.description.span, "the description is not one short line")
            .help("write what it is, as it stands in a sentence: `an Acme key`");
    }
    let (only, never) = (world.globs(&secret.paths, mistakes), world.globs(&secret.exclude, mistakes));
    let definition = Definition {
        name: name.to_owned(),
        description: summary.to_owned(),
        pattern: secret.pattern.value.clone(),
        keywords: secret.keywords.iter().map(|keyword| keyword.value.clone()).collect(),
        entropy: secret.entropy,
        allow: secret.allow.iter().map(|allow| allow.value.clone()).collect(),
        severity: match secret.severity {
            Some(SecretSeverity::Warning) => Severity::Warning,
            Some(SecretSeverity::Error) | None => Severity::Error,
        },
        rotate: secret.rotate.unwrap_or_default(),
        paths: (secret.paths.len() + secret.exclude.len() > 0).then(|| of_paths(only, never)),
    };
    let wrong = match definition.into_kind() {
        Ok(kind) => return Some(kind),
        Err(wrong) => wrong,
    };
    for (part, fault) in wrong {
        let written = match part {
            Part::Pattern => Some(&secret.pattern),
            Part::Keyword(nth) => secret.keywords.get(nth),
            Part::Allow(nth) => secret.allow.get(nth),
        };
        let span = written.map(|written| place(written, &fault, text)).unwrap_or_default();
        mistakes.push(invalid(), span, fault.message).help(fault.help);
    }
    None
}

fn of_paths(only: Vec<Glob>, never: Vec<Glob>) -> Box<dyn Fn(&str) -> bool + Send + Sync> {
    Box::new(move |path| {
        (only.is_empty() || only.iter().any(|glob| glob.matches(path)))
            && !never.iter().any(|glob| glob.matches(path))
    })
}

/// The place of the fault in the expression, where the file has it letter by letter; else the whole expression.
fn place(written: &Located<String>, fault: &Fault, text: &str) -> Span {
    let whole = text.get(written.span.start..written.span.end).unwrap_or_default();
    let (Some(start), Some(at)) = (whole.find(&written.value), fault.at) else { return written.span };
    let at = at.min(written.value.len().saturating_sub(1));
    let start = written.span.start + start + at;
    let width = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(start, start + width)
}

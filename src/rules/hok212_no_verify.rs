//! HOK212: a way around the hooks, written down where people and machines pick it up.

use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::document::shell::{Command, Script, Simple, Word, git_subcommand};
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// Words that turn a mention into a warning against it, in the languages of the projects at hand.
const AGAINST: &[&str] = &[
    "never",
    "don't",
    "do not",
    "avoid",
    "not allowed",
    "forbidden",
    "must not",
    "should not",
    "shouldn't",
    "bad",
    "nunca",
    "evita",
    "evitar",
    "no uses",
    "no usar",
    "prohibido",
    "mal",
    "wrong",
    "instead of",
    "❌",
    "🚫",
    "without",
];

/// The git commands that `--no-verify` disarms.
const GUARDED: &[&str] = &["commit", "push", "merge", "rebase", "am", "cherry-pick"];

/// How many lines above an example may speak against it.
const LINES_ABOVE: usize = 4;

/// The rule.
#[derive(Debug)]
pub(super) struct NoVerify;

impl Rule for NoVerify {
    fn meta(&self) -> &'static Meta {
        meta!("HOK212", "no-verify", Warning, Heuristic, "`--no-verify` is advertised")
    }

    fn check_text(&self, file: &File, found: &mut Findings<'_>) {
        let path = file.source.path().to_ascii_lowercase();
        let markdown = matches!(path.rsplit('.').next(), Some("md" | "markdown"));
        if markdown && matches!(file.document, Document::Text) && file.source.text().contains("--no-verify") {
            in_markdown(file, found);
        }
    }

    fn check_shell(&self, script: &Script, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        for simple in script.commands().into_iter().filter_map(Command::simple) {
            let span = disarming(simple).or_else(|| advertising(simple, file));
            if let Some(span) = span {
                report(span, found);
            }
        }
    }
}

/// The option that switches the hooks off.
fn disarming(simple: &Simple) -> Option<Span> {
    let words = simple.unwrapped();
    if words.first().and_then(Word::literal) != Some("git") {
        return None;
    }
    let subcommand = git_subcommand(words).filter(|name| GUARDED.contains(name))?;
    let short = |raw: &str| {
        let flags = raw.strip_prefix('-').unwrap_or("");
        // In `-m` and after it comes text, so `n` counts only before.
        let flags = flags.split(['m', 'F', 'C', 'c', 'S', 'u']).next().unwrap_or("");
        subcommand == "commit" && !raw.starts_with("--") && flags.contains('n')
    };
    words.iter().skip(1).find(|word| word.raw == "--no-verify" || short(&word.raw)).map(|word| word.span)
}

/// A line that is printed and tells people how.
fn advertising(simple: &Simple, file: &File) -> Option<Span> {
    if !matches!(simple.name(), Some("echo" | "printf")) {
        return None;
    }
    let word = simple.words.iter().skip(1).find(|word| word.raw.contains("--no-verify"))?;
    let number = file.source.line(word.span.start);
    let close =
        (number.saturating_sub(1)..=number + 1).map(|line| file.source.slice(file.source.line_span(line)));
    let against = close.into_iter().any(speaks_against);
    let at = file.source.slice(word.span).find("--no-verify")? + word.span.start;
    (!against).then(|| Span::new(at, at + "--no-verify".len()))
}

fn speaks_against(line: &str) -> bool {
    let lower = line.to_lowercase();
    let bare = |word: &str| {
        lower.match_indices(word).any(|(at, _)| {
            let before = lower.get(..at).and_then(|text| text.chars().last());
            let after = lower.get(at + word.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    };
    AGAINST.iter().any(|word| bare(word))
}

/// Commands in code blocks and code spans.
fn in_markdown(file: &File, found: &mut Findings<'_>) {
    let source = &file.source;
    let mut fence: Option<&str> = None;
    for number in 1..=source.line_count() {
        let span = source.line_span(number);
        let line = source.slice(span);
        let trimmed = line.trim_start();
        match fence {
            Some(mark) if trimmed.starts_with(mark) => fence = None,
            None if trimmed.starts_with("```") => fence = Some("```"),
            None if trimmed.starts_with("~~~") => fence = Some("~~~"),
            _ => {}
        }
        let Some(at) = line.find("--no-verify") else { continue };
        if !is_command(line, at, fence.is_some()) {
            continue;
        }
        let above =
            (number.saturating_sub(LINES_ABOVE)..=number).map(|line| source.slice(source.line_span(line)));
        if !above.into_iter().any(speaks_against) {
            report(Span::new(span.start + at, span.start + at + "--no-verify".len()), found);
        }
    }
}

/// Whether a git command stands before the option, within the code.
fn is_command(line: &str, at: usize, fenced: bool) -> bool {
    let before = line.get(..at).unwrap_or("");
    let inside = fenced || before.matches('`').count() % 2 == 1;
    let code = if fenced { before } else { before.rsplit('`').next().unwrap_or("") };
    let Some(git) = code.rfind("git ") else { return false };
    let command = code.get(git..).unwrap_or("");
    inside && command.split_whitespace().any(|word| GUARDED.contains(&word))
}

fn report(span: Span, found: &mut Findings<'_>) {
    let finding = found.push(span, "this switches off every check that the hooks make");
    finding.help("mend the hook that is in the way, and leave the option out");
}

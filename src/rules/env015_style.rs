//! ENV015: how an env file is written, where nothing hangs on it.
//!
//! Not here: anything that a loader minds. The order of keys is nobody's business.

use super::{Rule, meta};
use crate::diagnostic::{Findings, Fix, Meta, Safety};
use crate::document::env::{Entry, EnvFile};
use crate::document::shell::is_name;
use crate::project::loading::{all_read, lines, rewritten};
use crate::project::uses::settings_fields;
use crate::project::{File, Project};
use crate::source::Span;

pub(super) struct Style;

/// More of one kind than anybody reads.
const MOST: usize = 200;

impl Rule for Style {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV015",
            "style",
            Info,
            Certain,
            "small letters in a name, blanks at line ends, needless blank lines or quotes"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        small_letters(env, project, found);
        blanks(env, file, project, found);
        quotes(env, file, project, found);
    }
}

/// Names that are written in small letters by custom.
fn is_small_by_custom(key: &str) -> bool {
    let proxy = key.to_ascii_lowercase().ends_with("_proxy");
    let tool = ["npm_config_", "npm_package_", "TF_VAR_"].iter().any(|prefix| key.starts_with(prefix));
    proxy || tool
}

fn small_letters(env: &EnvFile, project: &Project<'_>, found: &mut Findings<'_>) {
    let small = |entry: &&Entry| {
        // A word without `=` may be a line of a secret.
        entry.raw_span.is_some()
            && is_name(&entry.key)
            && entry.key.contains(|c: char| c.is_ascii_lowercase())
            && !is_small_by_custom(&entry.key)
    };
    for entry in env.entries.iter().filter(small).take(MOST) {
        let upper = entry.key.to_ascii_uppercase();
        // A settings class that does not mind takes either.
        if [&entry.key, &upper].iter().any(|name| settings_fields(project, name).next().is_some()) {
            continue;
        }
        found
            .push(entry.key_span, format!("`{}` is written in small letters", entry.key))
            .key(&entry.key)
            .help(format!("write `{upper}`, here and where it is read: on Linux the two are two variables"));
    }
}

/// Blanks at the ends of lines, more than one blank line in a row, and a last line without an end.
fn blanks(env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
    let text = file.source.text();
    let (mut start, mut count) = (0, 0);
    let mut run = BlankLines::default();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\r', '\n']);
        let end = start + bare.len();
        let inside = lies_inside(env, end);
        let blank = bare.trim_matches([' ', '\t', '\r']).is_empty();
        let trimmed = if blank { "" } else { bare.trim_end_matches([' ', '\t']) };
        if trimmed.len() < bare.len() && !inside && count < MOST && !is_judged(project, file, start, end) {
            count += 1;
            let span = Span::new(start + trimmed.len(), end);
            let safety = if all_cut_blanks(env, file, project, span) { Safety::Safe } else { Safety::Unsafe };
            found
                .push(span, "the line ends in blanks")
                .help("delete them: some loaders take them for a part of the value")
                .fix(Fix::replace("delete the blanks", safety, span, ""));
        }
        if !trimmed.is_empty() || inside {
            std::mem::take(&mut run).report(false, found, &mut count);
        } else {
            run.add(Span::new(start, start + line.len()));
        }
        start += line.len();
    }
    run.report(true, found, &mut count);
    // Of a last line of blanks the blanks are said.
    let last = text.rsplit('\n').next().unwrap_or_default();
    if !last.trim_matches([' ', '\t', '\r']).is_empty() {
        let at = text.len();
        // What cannot be read may be read as something else when it ends.
        let open = env.entries.last().is_some_and(|entry| entry.unterminated && entry.line_span.end == at);
        let unread = env.problems.iter().any(|problem| problem.span.end > at - last.len());
        let safety = if open || unread { Safety::Unsafe } else { Safety::Safe };
        found
            .push(Span::new(at, at), "the last line has no end")
            .help("end it with a newline: a shell's `while read` passes over such a line")
            .fix(Fix::replace("end the line", safety, Span::new(at, at), "\n"));
    }
}

/// Blank lines that follow each other.
#[derive(Default)]
struct BlankLines {
    count: usize,
    whole: Span,
    behind_first: usize,
}

impl BlankLines {
    fn add(&mut self, line: Span) {
        match self.count {
            0 => (self.whole, self.behind_first) = (line, line.end),
            _ => self.whole.end = line.end,
        }
        self.count += 1;
    }

    /// One is enough within a file, and none at its end. The fix takes all of the others, so that nothing is left to
    /// say.
    fn report(self, at_end: bool, found: &mut Findings<'_>, count: &mut usize) {
        let needless = if at_end { self.whole.start > 0 } else { self.count > 1 };
        if !needless || *count >= MOST {
            return;
        }
        *count += 1;
        let start = if at_end { self.whole.start } else { self.behind_first };
        let span = Span::new(start, self.whole.end);
        let message = match (at_end, self.count) {
            (true, 1) => "the file ends in a blank line",
            (true, _) => "the file ends in blank lines",
            (false, _) => "more than one blank line in a row",
        };
        let title = if span.len() > 2 { "delete the blank lines" } else { "delete the blank line" };
        found.push(span, message).help("one is enough").fix(Fix::replace(title, Safety::Safe, span, ""));
    }
}

/// The entry that the line ending at `end` belongs to.
fn entry_at(env: &EnvFile, end: usize) -> Option<&Entry> {
    let at = env.entries.partition_point(|entry| entry.line_span.end < end);
    env.entries.get(at).filter(|entry| entry.line_span.start <= end)
}

/// Whether the end of a line lies within a value of several lines.
fn lies_inside(env: &EnvFile, end: usize) -> bool {
    entry_at(env, end)
        .filter(|entry| entry.quote.is_some())
        .is_some_and(|entry| entry.inner_span.is_some_and(|inner| inner.contains(Span::new(end, end))))
}

fn is_judged(project: &Project<'_>, file: &File, start: usize, end: usize) -> bool {
    let lines = lines(project, file.source.path());
    let at = lines.partition_point(|line| line.span.end < start);
    lines.get(at).is_some_and(|line| line.span.start <= end)
}

/// Whether all who read the file leave off these blanks at the end of a line.
fn all_cut_blanks(env: &EnvFile, file: &File, project: &Project<'_>, blanks: Span) -> bool {
    let Some(entry) = entry_at(env, blanks.end) else { return true };
    let Some(raw) = entry.raw_span else { return false };
    let text = file.source.text();
    // A value of nothing but blanks is taken for an empty one that stands behind them.
    let written = text.get(raw.start.min(blanks.start)..blanks.end).unwrap_or_default();
    all_read(project, file, &entry.key, written, &entry.plain(text))
}

/// Quotes around a value that needs none, where nearly all such values of the file have none.
fn quotes(env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
    let text = file.source.text();
    let plain = |entry: &&Entry| {
        let value = entry.plain(text);
        !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "_./:@%+,=-".contains(c))
    };
    let (quoted, bare): (Vec<&Entry>, Vec<&Entry>) =
        env.entries.iter().filter(plain).partition(|entry| entry.quote.is_some());
    if bare.len() < 12 || quoted.len() * 8 > bare.len() {
        return;
    }
    for entry in quoted.into_iter().take(MOST) {
        let Some(raw) = entry.raw_span else { continue };
        if is_judged(project, file, entry.line_span.start, entry.line_span.end) {
            continue;
        }
        let diagnostic = found
            .push(raw, format!("`{}` has quotes that it does not need, unlike the other lines", entry.key))
            .key(&entry.key)
            .help("write the value as it is");
        let value = entry.plain(text);
        if rewritten(project, file, &entry.key, &value).as_deref() == Some(&*value) {
            diagnostic.fix(Fix::replace("take the quotes off", Safety::Safe, raw, value.into_owned()));
        }
    }
}

//! ENV009: bytes that a person does not see and a loader does.
//!
//! Not here: what stands in the values.

use super::read_by::read_here;
use super::{Rule, meta};
use crate::diagnostic::{Edit, Findings, Fix, Meta, Safety, Severity};
use crate::document::env::{Entry, EnvFile, Loader};
use crate::project::{File, Project};
use crate::source::Span;

pub(super) struct UncleanBytes;

impl Rule for UncleanBytes {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV009",
            "unclean-bytes",
            Error,
            Certain,
            "a byte order mark, CRLF, NUL, no-break space or byte that is not UTF-8"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        if let Some(span) = env.mark {
            let fix = Fix::replace("delete the byte order mark", Safety::Safe, span, "");
            found
                .push(span, "the file begins with a byte order mark")
                .help("save the file as UTF-8 without a mark; bash, node --env-file and systemd lose the first key")
                .fix(fix);
        }
        carriage_returns(env, file, project, found);
        if let Some(&span) = env.nuls.first() {
            found
                .push(
                    span,
                    format!("the file has {} in it", counted(env.nuls.len(), "NUL byte", "NUL bytes")),
                )
                .help("delete the NUL: no process can hold one in its environment");
        }
        if let Some(at) = file.source.invalid_utf8() {
            found
                .push(Span::new(at, at + '\u{fffd}'.len_utf8()), "the file is not UTF-8 from here on")
                .help("save the file as UTF-8; Python and Docker refuse it as it is");
        }
        no_break_spaces(env, file, found);
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn carriage_returns(env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
    let Some(&first) = env.carriage_returns.first() else { return };
    let keeps = |loader| matches!(loader, Loader::Bash | Loader::Dash | Loader::Xargs);
    let shell = project.readers(file.source.path()).iter().find(|reader| keeps(reader.loader));
    let severity = if shell.is_some() { Severity::Error } else { Severity::Warning };
    let count = env.carriage_returns.len();
    let (message, all_known) = match count {
        1 => ("1 line ends in CRLF".to_owned(), true),
        2..1000 => (format!("{count} lines end in CRLF"), true),
        _ => (format!("{count} lines or more end in CRLF"), false),
    };
    let edit = |span: &Span| Edit { span: with_those_before(*span, file), replacement: String::new() };
    let edits = env.carriage_returns.iter().map(edit).collect();
    let fix = Fix { title: "end lines in LF".to_owned(), safety: Safety::Safe, edits };
    let diagnostic = found.push(first, message).severity(severity).help(
        "save the file with LF line ends, and keep it so with `*.env text eol=lf` in .gitattributes; a shell that \
         sources the file keeps the carriage return at the end of every value",
    );
    if let Some(shell) = shell {
        read_here(diagnostic, shell);
    }
    if all_known {
        diagnostic.fix(fix);
    }
}

/// All of the carriage returns that stand in front of one line end: a file that was converted twice has two.
fn with_those_before(last: Span, file: &File) -> Span {
    let before = file.source.slice(Span::new(0, last.start));
    Span::new(before.trim_end_matches('\r').len(), last.end)
}

fn no_break_spaces(env: &EnvFile, file: &File, found: &mut Findings<'_>) {
    let is_zero_width = |span: Span| ["\u{200b}", "\u{2060}"].contains(&file.source.slice(span));
    // In the middle of a quoted text a no-break space is typography; one without width is never meant.
    let inside = |entry: &Entry, span: Span| {
        let inner = entry.inner_span.filter(|_| entry.quote.is_some());
        inner.is_some_and(|inner| inner.start < span.start && span.end < inner.end)
    };
    let (zero_width, wide): (Vec<Span>, Vec<Span>) =
        env.no_break_spaces.iter().copied().partition(|&span| is_zero_width(span));
    let stray: Vec<Span> =
        wide.into_iter().filter(|&span| !env.entries.iter().any(|entry| inside(entry, span))).collect();
    report_spaces(&stray, ["no-break space", "no-break spaces"], found);
    report_spaces(&zero_width, ["zero-width space", "zero-width spaces"], found);
}

fn report_spaces(spans: &[Span], [one, many]: [&str; 2], found: &mut Findings<'_>) {
    let Some(&first) = spans.first() else { return };
    let edits = spans.iter().map(|&span| Edit { span, replacement: String::new() }).collect();
    found
        .push(first, format!("the file has {} where an ordinary one or none is meant", counted(spans.len(), one, many)))
        .help("type an ordinary space, or none; some loaders keep this one as part of the value, others cut it off")
        .fix(Fix { title: format!("delete each {one}"), safety: Safety::Unsafe, edits });
}

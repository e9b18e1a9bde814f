//! HOK006: the `#!` line is missing, not first, or cannot be run; or line ends break the script.

use crate::diagnostic::{Edit, Findings, Fix, Meta, Safety, Severity};
use crate::document::shell::{Launch, Origin, Script, Shebang};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// The byte order mark's length in UTF-8.
const MARK: usize = 3;

/// The rule.
#[derive(Debug)]
pub(super) struct ShebangFaults;

impl Rule for ShebangFaults {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK006",
            "shebang",
            Error,
            Certain,
            "the first line or the line ends keep the script from running"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        if script.origin != Origin::File {
            return;
        }
        let direct = hooks::launch(file, project) == Launch::Direct;
        if direct && script.byte_order_mark {
            let finding = found.push(
                Span::new(0, MARK),
                "a byte order mark stands before `#!`: the kernel does not see the line, and `sh` runs the file",
            );
            finding.help("save the file as UTF-8 without a byte order mark");
            finding.fix(Fix::replace("remove the byte order mark", Safety::Safe, Span::new(0, MARK), ""));
        } else if direct {
            match &script.shebang {
                Some(shebang) if !shebang.first => misplaced(shebang, file, found),
                Some(shebang) => arguments(shebang, found),
                None if hooks::is_run_by_git(file) => missing(file, found),
                None => {}
            }
        }
        if let Some(place) = script.carriage_return {
            carriage_returns(place, file, found);
        }
    }
}

fn misplaced(shebang: &Shebang, file: &File, found: &mut Findings<'_>) {
    let before = Span::new(0, shebang.span.start);
    let finding = found.push(
        shebang.span,
        "`#!` works in the first two bytes of a file only: here it is a comment, and `sh` runs the file",
    );
    finding.help("make it the first line");
    if file.source.slice(before).trim().is_empty() {
        finding.fix(Fix::replace("move `#!` to the top", Safety::Safe, before, ""));
    }
}

fn arguments(shebang: &Shebang, found: &mut Findings<'_>) {
    let Some(name) = shebang.through_env.as_deref().filter(|_| !shebang.split) else { return };
    if shebang.arguments.is_empty() || name.is_empty() {
        return;
    }
    let wanted = format!("{name} {}", shebang.arguments);
    let message = format!("Linux hands `env` one argument: it looks for a program called `{wanted}`");
    let finding = found.push(shebang.span, message);
    finding.help(format!("write `#!/bin/{name}` and put the options into the script with `set`"));
    let replacement = format!("#!{} -S {wanted}", shebang.program);
    finding.fix(Fix::replace("let `env -S` take it apart", Safety::Unsafe, shebang.span, replacement));
}

fn missing(file: &File, found: &mut Findings<'_>) {
    let first = file.source.line_span(1);
    let finding = found.push(first, "no `#!` line: git leaves the hook to `sh`, whatever it was written for");
    finding.severity(Severity::Warning);
    finding.help("begin with `#!/bin/sh`, or with `#!/bin/bash` where it needs bash");
}

fn carriage_returns(place: Span, file: &File, found: &mut Findings<'_>) {
    let text = file.source.text();
    let edits: Vec<Edit> = text
        .match_indices("\r\n")
        .map(|(at, _)| {
            // All of several in a row: one that is left would end the line anew.
            let before = text.get(..at).unwrap_or_default();
            Edit { span: Span::new(before.trim_end_matches('\r').len(), at + 1), replacement: String::new() }
        })
        .collect();
    let what = if file.source.line(place.start) == 1 && text.starts_with("#!") {
        "the kernel looks for an interpreter whose name ends in a carriage return"
    } else {
        "the shell takes the carriage returns for part of its words"
    };
    let finding = found.push(place, format!("lines end in CRLF: {what}"));
    finding.help("store the file with LF, and keep it so: `*.sh text eol=lf` in .gitattributes");
    let title = String::from("write LF line ends");
    finding.fix(Fix { title, safety: Safety::Safe, edits });
}

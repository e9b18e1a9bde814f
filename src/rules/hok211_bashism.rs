//! HOK211: bash's own language in a script that `sh` runs.

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::shell::{Command, Interpreter, Launch, Origin, Script, bashisms};
use crate::project::{File, Project, Role, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// How many scripts inside the script are passed over: each is compared with every command.
const MAX_NESTED: usize = 400;

/// The rule.
#[derive(Debug)]
pub(super) struct Bashism;

impl Rule for Bashism {
    fn meta(&self) -> &'static Meta {
        meta!("HOK211", "bashism", Error, Certain, "bash's language in a script that `sh` runs")
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let launch = hooks::launch(file, project);
        let Some(why) = runs_under_sh(script, file, launch) else { return };
        let recipe = matches!(script.origin, Origin::Recipe { .. });
        let others = nested_spans(script);
        for command in script.local_commands() {
            if others.iter().any(|span| span.contains(command.span)) {
                continue;
            }
            for (span, what) in bashisms(command) {
                let finding = found.push(span, format!("{what} is bash's, and {why}"));
                finding.help("write it for `sh`, or let bash run the script");
                if recipe {
                    finding.severity(Severity::Warning);
                }
            }
        }
    }
}

/// Why `sh` runs it, where that is certain: scripts that others call may be handed to bash.
fn runs_under_sh(script: &Script, file: &File, launch: Launch) -> Option<&'static str> {
    match &script.origin {
        Origin::Recipe { shell: None, .. } => Some("make takes `sh` unless SHELL says otherwise"),
        Origin::File if launch == Launch::Husky => {
            Some("husky runs the hook with `sh -e`, whatever its first line says")
        }
        Origin::File if script.interpreter(false) == Interpreter::Sh => {
            let first = script.shebang.as_ref().is_some_and(|shebang| shebang.first);
            match file.role {
                Role::Hook | Role::LinkedHook(_) if !first => {
                    Some("git runs a file without `#!` in its first bytes with `sh`")
                }
                Role::CalledByHook(_) => None,
                _ if first => Some("the first line says `sh`"),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Scripts inside the script have shells of their own.
fn nested_spans(script: &Script) -> Vec<Span> {
    let simple = script.local_commands().into_iter().filter_map(Command::simple);
    simple.flat_map(|simple| &simple.scripts).take(MAX_NESTED).map(|nested| nested.script.span).collect()
}

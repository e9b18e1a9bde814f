//! HOK211: bash's own language in a script that `sh` runs.

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::shell::{
    Command, CommandKind, Interpreter, Launch, Origin, Parameter, Script, Simple, SubstitutionKind, Value,
    Word,
};
use crate::project::{File, Project, Role, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// Signs after a parameter's name that only bash knows.
const OPERATIONS: &[&str] = &[",", "^", "/", "[", "@", ":0", ":1", ":2", ":3", ":$", ": -"];

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
                Role::Hook if !first => Some("git runs a file without `#!` in its first bytes with `sh`"),
                Role::CalledByHook => None,
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

fn bashisms(command: &Command) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    let start = command.span.start;
    match &command.kind {
        CommandKind::Test(_) => found.push((Span::new(start, start + 2), String::from("`[[`"))),
        CommandKind::Arithmetic(_) => found.push((Span::new(start, start + 2), String::from("`((`"))),
        CommandKind::ArithmeticFor { expression, .. } => {
            found.push((expression.span, String::from("`for ((…))`")));
        }
        CommandKind::Function { keyword: Some(keyword), .. } => {
            found.push((*keyword, String::from("the word `function`")));
        }
        CommandKind::Simple(simple) => of_simple(simple, &mut found),
        _ => {}
    }
    for redirect in &command.redirects {
        if matches!(redirect.operator.as_str(), "<<<" | "&>" | "&>>") {
            found.push((redirect.span, format!("`{}`", redirect.operator)));
        }
    }
    let targets = command.redirects.iter().map(|redirect| &redirect.target);
    for word in command.kind.words().into_iter().chain(targets) {
        of_word(word, &mut found);
    }
    found
}

fn of_simple(simple: &Simple, found: &mut Vec<(Span, String)>) {
    for assignment in &simple.assignments {
        if matches!(assignment.value, Value::Array(_)) {
            found.push((assignment.span, String::from("an array")));
        } else if assignment.append {
            found.push((assignment.span, String::from("`+=`")));
        }
    }
    let Some(first) = simple.words.first() else { return };
    let raw = |wanted: &str| simple.words.iter().find(|word| word.raw == wanted);
    match simple.name() {
        Some(
            name @ ("source" | "declare" | "typeset" | "let" | "shopt" | "pushd" | "popd" | "mapfile"
            | "readarray"),
        ) => {
            found.push((first.span, format!("`{name}`")));
        }
        Some("[" | "test") => {
            found.extend(raw("==").map(|word| (word.span, String::from("`==` in `[`"))));
        }
        Some("set") => {
            found.extend(raw("pipefail").map(|word| (word.span, String::from("`set -o pipefail`"))));
        }
        Some("read") => {
            let options = simple.words.iter().skip(1).filter(|word| word.raw.starts_with('-'));
            let own = options.filter(|word| word.raw.contains(['p', 'a', 'd', 'n', 't', 's', 'e', 'i']));
            found.extend(own.take(1).map(|word| (word.span, format!("`read {}`", word.raw))));
        }
        _ => {}
    }
}

fn of_word(word: &Word, found: &mut Vec<(Span, String)>) {
    for substitution in word.substitutions() {
        if matches!(substitution.kind, SubstitutionKind::ProcessIn | SubstitutionKind::ProcessOut) {
            found.push((substitution.span, String::from("`<(…)`")));
        }
    }
    let parameters = word.parameters().into_iter();
    found.extend(
        parameters
            .filter(|parameter| is_bash(parameter))
            .map(|parameter| (parameter.span, String::from("this form of `${…}`"))),
    );
}

fn is_bash(parameter: &Parameter) -> bool {
    let operation = parameter.operation.as_str();
    OPERATIONS.iter().any(|start| operation.starts_with(start)) || parameter.raw.starts_with("${!")
}

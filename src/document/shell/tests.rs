//! Scripts as people write them, and as they should not.

use proptest::prelude::{ProptestConfig, any, proptest};
use proptest::strategy::Strategy;

use super::{Command, Context, Inside, Launch, Runner, Script, Step, SubstitutionKind};
use crate::source::Span;

fn at(text: &str, span: Span) -> &str {
    &text[span.start..span.end]
}

/// The commands of a script as they are written.
fn written(text: &str) -> Vec<&str> {
    let script = Script::parse(text);
    assert!(script.parsed, "{text:?}: {:?}", script.problems);
    script.commands().into_iter().map(|command| at(text, command.span)).collect()
}

/// The context of the command that begins with `head`.
fn context(text: &str, head: &str, check: impl Fn(Context<'_>)) {
    let script = Script::parse(text);
    assert!(script.parsed, "{text:?}: {:?}", script.problems);
    let flow = script.flow(Launch::Direct);
    let starts = |step: &&Step<'_>| {
        step.command.simple().is_some_and(|simple| {
            at(
                text,
                simple
                    .words
                    .first()
                    .map_or(step.command.span, |word| Span::new(word.span.start, step.command.span.end)),
            )
            .starts_with(head)
        })
    };
    let step = flow.steps.iter().find(starts).unwrap_or_else(|| panic!("{head:?} in {text:?}"));
    check(step.context);
}

fn fatal(text: &str, head: &str) -> bool {
    let mut outcome = false;
    let found = std::cell::Cell::new(false);
    context(text, head, |context| found.set(context.fatal()));
    outcome |= found.get();
    outcome
}

#[test]
fn commands_keep_their_places() {
    assert_eq!(written("a; b && c | d &\ne"), ["a", "b", "c", "d", "e"]);
    assert_eq!(written("ñ=1 é 'ü' # ö\nß"), ["ñ=1 é 'ü'", "ß"]);
    assert_eq!(written("x=$(a \"$(b `c`)\")"), ["x=$(a \"$(b `c`)\")", "a \"$(b `c`)\"", "b `c`", "c"]);
    assert_eq!(
        written("if a; then b; elif c; then d; else e; fi > f")[0],
        "if a; then b; elif c; then d; else e; fi > f"
    );
    assert_eq!(written("for i in 1 2; do a; done"), ["for i in 1 2; do a; done", "a"]);
    assert_eq!(
        written("case $x in a|b) c ;; (*) d ;& esac"),
        ["case $x in a|b) c ;; (*) d ;& esac", "c", "d"]
    );
    assert_eq!(
        written("f() { a; }\nfunction g { b; }"),
        ["f() { a; }", "{ a; }", "a", "function g { b; }", "{ b; }", "b"]
    );
    assert_eq!(written("[[ $a =~ ^(x|y)$ && -n $(b) ]]"), ["[[ $a =~ ^(x|y)$ && -n $(b) ]]", "b"]);
    assert_eq!(written("exec &> >(tee log)"), ["exec &> >(tee log)", "tee log"]);
    assert_eq!(written("! a\r\nb\r\n"), ["a", "b"]);
    assert_eq!(written("a \\\n  b\nc"), ["a \\\n  b", "c"]);
    assert_eq!(written("((x++)); ((a) ; b)"), ["((x++))", "((a) ; b)", "(a)", "a", "b"]);
    assert_eq!(
        written("echo ${x:-$(a)} $((1 + 2)) @(a|b) !(c)"),
        ["echo ${x:-$(a)} $((1 + 2)) @(a|b) !(c)", "a"]
    );
}

#[test]
fn here_documents_are_not_commands() {
    assert_eq!(written("cat <<A <<-'B' | c\n$(d)\nA\n\t$(no)\n\tB\ne"), ["cat <<A <<-'B'", "d", "c", "e"]);
    assert_eq!(
        written("x=$(cat <<EOF\nit's \" here\nEOF\n)\na"),
        ["x=$(cat <<EOF\nit's \" here\nEOF\n)", "cat <<EOF", "a"]
    );
    assert_eq!(written("cat <<EOF\nnever closed"), ["cat <<EOF"]);
}

#[test]
fn words_know_what_they_are() {
    let script = Script::parse("a 'b c'\"d\"\\e \"$x\" ${y%.*} `z` \"\" f*");
    let simple = script.body.items[0].single().and_then(Command::simple).expect("a simple command");
    let literal: Vec<_> = simple.words.iter().map(super::Word::literal).collect();
    assert_eq!(literal, [Some("a"), Some("b cde"), None, None, None, Some(""), Some("f*")]);
    let parameter = simple.words[3].parameter().expect("a parameter");
    assert_eq!((parameter.name.as_str(), parameter.operation.as_str()), ("y", "%.*"));
    assert_eq!(simple.words[4].substitutions()[0].kind, SubstitutionKind::Backquote);
    assert!(simple.words[6].has_glob() && !simple.words[1].has_glob());
}

#[test]
fn scripts_inside_scripts_are_read_in_place() {
    let text = "ssh -p 22 -i key u@h \"cd \\$HOME && \\\n  \\\"x y\\\" $(local)\"; bash -ec 'a; b'; eval \"c $D\"\nssh h <<'E'\nset -e\nd\nE\n";
    let script = Script::parse(text);
    let flow = script.flow(Launch::Direct);
    let found: Vec<_> = flow
        .steps
        .iter()
        .filter(|step| step.context.nested)
        .map(|step| (at(text, step.command.span), step.context.remote, step.context.options.errexit))
        .collect();
    assert_eq!(
        found,
        [
            ("cd \\$HOME", true, false),
            ("\\\"x y\\\" $(local)", true, false),
            ("a", false, true),
            ("b", false, true),
            ("c $D", false, false),
            ("set -e", true, false),
            ("d", true, true),
        ]
    );
    let runners: Vec<_> = script
        .commands()
        .into_iter()
        .filter_map(Command::simple)
        .flat_map(|simple| simple.scripts.iter().map(|nested| nested.runner))
        .collect();
    assert_eq!(runners, [Runner::Remote, Runner::Shell, Runner::Eval, Runner::Remote]);
}

#[test]
fn errexit_follows_the_shell() {
    let rows: &[(&str, bool)] = &[
        ("set -e; X", true),
        ("X", false),
        ("#!/bin/sh -e\nX", true),
        ("#!/usr/bin/env -S bash -eu\nX", true),
        ("set -euo pipefail; X | b", true),
        ("set -e; X | b", false),
        ("set -e; b | X", true),
        ("set -e; set +e; X", false),
        ("set -e; (set +e; X)", false),
        ("(set -e); X", false),
        ("set -e; if X; then a; fi", false),
        ("set -e; if a; then X; fi", true),
        ("set -e; while X; do a; done", false),
        ("set -e; X && a", false),
        ("set -e; a && X", true),
        ("set -e; X || a", false),
        ("set -e; ! X", false),
        ("set -e; X &", false),
        ("set -e; { X; } || a", false),
        ("set -e; a=$(X)", false),
        ("#!/bin/sh\nset -e; a=$(X)", true),
        ("set -e; shopt -s inherit_errexit; a=$(X)", true),
        ("set -e; f() { X; }; f", true),
        ("set -e; f() { X; }; if f; then a; fi", false),
        ("set -e; f() { X; }; if f; then a; fi; f", true),
        ("set -e; f() { X; }", false),
        ("g() { f; }; f() { X; }; set -e; g", true),
        ("if a; then set -e; fi; X", false),
        ("set -e; bash -c 'X'", false),
        ("set -e; eval 'X'", true),
    ];
    for (text, expected) in rows {
        let text = if text.starts_with("#!") { (*text).to_owned() } else { format!("#!/bin/bash\n{text}") };
        assert_eq!(fatal(&text, "X"), *expected, "{text}");
    }
    let script = Script::parse("a");
    assert!(script.flow(Launch::Husky).steps[0].context.fatal());
}

#[test]
fn contexts_say_where_a_command_stands() {
    let inside = |text: &str| {
        let found = std::cell::Cell::new(None);
        context(text, "X", |context| found.set(context.inside));
        found.get()
    };
    assert_eq!(inside("a=$(X)"), Some(Inside::Assignment));
    assert_eq!(inside("local a=$(X)"), Some(Inside::Declaration));
    assert_eq!(inside("for a in $(X); do b; done"), Some(Inside::ForWords));
    assert_eq!(inside("[[ -n $(X) ]]"), Some(Inside::Test));
    assert_eq!(inside("a < <(X)"), Some(Inside::Process));
    assert_eq!(inside("a \"$(X)\""), Some(Inside::Argument));
    context("a; if b; then X; fi", "X", |context| assert!(context.last));
    context("X; a", "X", |context| assert!(!context.last));
    context("f() { a; X; }\nb", "X", |context| assert!(context.last && context.function == Some("f")));
}

#[test]
fn values_of_secrets_are_known_and_others_shown() {
    let text = "DB_PASSWORD=hunter2\nexport API_TOKEN=\"abc$x\"\nNAME=shop\nmysql -phunter3 --user=me\nx --password hunter4\n# OLD_SECRET=hunter5\ncat <<E\nJWT_SECRET='hunter 6'\nE\nK=${SECRET_KEY:-dev}\nY_KEY=${Y:-dev2}\nmkdir -p dir\n";
    let values: Vec<_> = Script::parse(text).value_spans().into_iter().map(|span| at(text, span)).collect();
    assert_eq!(values, ["hunter2", "abc", "abc$x", "hunter3", "hunter4", "hunter5", "hunter 6", "dev2"]);
}

#[test]
fn texts_that_are_compared_with_are_not_shown_where_they_may_be_secret() {
    let text = "[[ $1 == hunter2secret ]]\n[ \"$x\" = \"correct horse\" ] || [ \"$MODE\" != start ]\n[[ supersecret != \"$2\" ]]\ncase $3 in letmein99|--help|*.md) ;; esac\n[ \"$PASSWORD\" = abc ]\n[ $n -eq 1234567890 ]\n[[ $b =~ ^refs/heads/main ]]\n";
    let values: Vec<_> = Script::parse(text).value_spans().into_iter().map(|span| at(text, span)).collect();
    assert_eq!(values, ["hunter2secret", "correct horse", "supersecret", "letmein99", "abc"]);
}

#[test]
fn calls_are_found() {
    let text = "bash scripts/a.sh\n./b.sh\n. ./c.sh\nsh -c 'bash d.sh'\n\"$ROOT/e.sh\"\nssh h 'bash no.sh'\nsudo -E bash f.sh x\nls g.sh\n";
    let paths: Vec<_> = Script::parse(text).called_scripts().into_iter().map(|path| path.value).collect();
    assert_eq!(paths, ["scripts/a.sh", "./b.sh", "./c.sh", "d.sh", "e.sh", "f.sh"]);
}

#[test]
fn what_does_not_parse_is_read_line_by_line() {
    let text = "if a; then\n  git commit --no-verify\n";
    let script = Script::parse(text);
    assert!(!script.parsed && script.problems.len() == 1);
    let commands: Vec<_> = script.commands().into_iter().map(|command| at(text, command.span)).collect();
    assert_eq!(commands, ["a", "git commit --no-verify"]);
    assert!(!script.flow(Launch::Husky).steps.is_empty());
}

#[test]
fn hostile_texts_end_soon() {
    let long = 20_000;
    let texts = [
        "(".repeat(long),
        "if a; then ".repeat(long),
        "x=\"$(echo ".repeat(long),
        "$((".repeat(long),
        "${a:-".repeat(long),
        "cat <<A <<A ".repeat(long),
        "case x in a) ".repeat(long),
        "eval \"".repeat(long),
        "`".repeat(long + 1),
        "((a); ".repeat(long),
        "echo 99999999999>x".to_owned(),
        "bash -c \"bash -c 'bash -c \\\"x\\\"'\"\n".repeat(500),
        "a()".repeat(long),
        "\\".repeat(long + 1),
        "@(".repeat(long),
    ];
    let started = std::time::Instant::now();
    for text in texts {
        let script = Script::parse(&text);
        assert!(script.flow(Launch::Direct).steps.len() + script.value_spans().len() <= 20 * text.len());
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

fn shell_like() -> impl Strategy<Value = String> {
    let parts = [
        "a", " ", "\n", "\"", "'", "$(", ")", "`", "${x", "}", "<<E\n", "E\n", "if ", "then ", "fi", "do ",
        "done", "((", "))", "\\", "|", "&&", ";", ";;", "case ", "in ", "esac", "ñ", "#", "{ ", "[[ ", " ]]",
        "ssh h ", "eval ", "=", ">", "<(", "\r\n",
    ];
    proptest::collection::vec(0..parts.len(), 0..40)
        .prop_map(move |picked| picked.into_iter().map(|at| parts[at]).collect())
}

/// No text makes reading fail, and every place lies within the text, between characters.
fn holds(text: &str) {
    let script = Script::parse(text);
    let mut spans = script.value_spans();
    for command in script.commands() {
        spans.push(command.span);
        spans.extend(command.kind.words().iter().map(|word| word.span));
    }
    spans.extend(script.called_scripts().iter().map(|path| path.span));
    spans.extend(script.flow(Launch::Husky).steps.iter().map(|step| step.item.span));
    for span in spans {
        assert!(text.get(span.start..span.end).is_some(), "{span:?} in {text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_script_is_read(text in shell_like()) {
        holds(&text);
    }

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        holds(&text);
    }
}

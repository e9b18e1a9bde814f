//! Scripts in the arguments of other commands: `ssh host "…"`, `bash -c "…"`, `eval "…"`, and
//! here-documents to a shell.
//!
//! Not here: what they do.

use super::lexer::MAX_DEPTH;
use super::text::Mapped;
use super::tree::{Nested, Redirect, Runner, Simple};
use super::word::{Piece, Word};
use super::{Origin, Script};
use crate::source::file_name;

/// The options of `ssh` that take an argument.
const SSH_WITH_ARGUMENT: &str = "BbcDEeFIiJLlmOoPpQRSWw";

/// A script inside a script costs a copy of its text, so it counts for more than a command in a command.
const SCRIPT_DEPTH: usize = 10;

/// Finds the scripts that a command is given and keeps them with it.
pub(super) fn find(simple: &mut Simple, redirects: &[Redirect], depth: usize) {
    let words = remote_login(simple.unwrapped());
    let Some(name) = words.first().and_then(Word::literal).map(file_name) else { return };
    let mut found = None;
    match name {
        "ssh" => {
            let command = ssh_command(words);
            found = Some((Runner::Remote, String::from("sh"), String::new(), joined(command)));
            if command.is_empty() || reads_script(command) {
                let shell = command.first().and_then(Word::literal).map_or("sh", file_name);
                found =
                    heredoc(redirects).map(|text| (Runner::Remote, shell.to_owned(), String::new(), text));
            }
        }
        "eval" => {
            found = Some((Runner::Eval, String::new(), String::new(), joined(words.get(1..).unwrap_or(&[]))));
        }
        "bash" | "sh" | "dash" | "zsh" | "ksh" | "ash" => {
            found =
                shell(words, redirects).map(|(flags, text)| (Runner::Shell, name.to_owned(), flags, text));
        }
        _ => {}
    }
    let Some((runner, shell, flags, text)) = found else { return };
    if text.text().trim().is_empty() || depth + SCRIPT_DEPTH >= MAX_DEPTH {
        return;
    }
    let origin = Origin::Nested { runner, shell, flags };
    simple.scripts.push(Nested { runner, script: Script::parse_mapped(&text, origin, depth + SCRIPT_DEPTH) });
}

/// `sshpass -p … ssh …` is an `ssh`.
fn remote_login(words: &[Word]) -> &[Word] {
    if words.first().and_then(Word::literal) != Some("sshpass") {
        return words;
    }
    let at = words.iter().position(|word| word.literal() == Some("ssh"));
    at.and_then(|at| words.get(at..)).unwrap_or(words)
}

/// The words after the host.
fn ssh_command(words: &[Word]) -> &[Word] {
    let mut at = 1;
    while let Some(word) = words.get(at) {
        let Some(option) = word.raw.strip_prefix('-') else { break };
        let last = option.chars().last().unwrap_or(' ');
        let first = option.chars().next().unwrap_or(' ');
        let separate = SSH_WITH_ARGUMENT.contains(last)
            && (option.chars().count() == 1 || !SSH_WITH_ARGUMENT.contains(first));
        at += if separate { 2 } else { 1 };
    }
    words.get(at + 1..).unwrap_or(&[])
}

/// `bash`, `bash -s`, `sh -e -s -- args`: the script comes on standard input.
fn reads_script(command: &[Word]) -> bool {
    let name = command.first().and_then(Word::literal).map(file_name);
    if !matches!(name, Some("bash" | "sh" | "dash" | "zsh")) {
        return false;
    }
    let mut options = command.iter().skip(1).map(|word| word.raw.as_str());
    options.next().is_none_or(|first| first.starts_with('-') && !first.contains('c'))
}

fn shell(words: &[Word], redirects: &[Redirect]) -> Option<(String, Mapped)> {
    let mut flags = String::new();
    let mut index = 1;
    while let Some(word) = words.get(index) {
        let Some(option) = word.raw.strip_prefix('-') else { break };
        index += 1;
        flags.push_str(word.raw.as_str());
        flags.push(' ');
        if option == "-" {
            break;
        }
        if !option.starts_with('-') && option.ends_with('o') {
            flags.push_str(words.get(index).map_or("", |word| word.raw.as_str()));
            flags.push(' ');
            index += 1;
        }
        if !option.starts_with('-') && option.contains('c') {
            let script = words.get(index)?;
            return Some((flags, text_of(script)));
        }
    }
    let stdin = words.get(index).is_none() || flags.contains('s');
    if stdin { heredoc(redirects).map(|text| (flags, text)) } else { None }
}

fn heredoc(redirects: &[Redirect]) -> Option<Mapped> {
    let body = redirects.iter().rev().find_map(|redirect| redirect.heredoc.as_ref());
    body.map(|body| text_of(&body.word)).or_else(|| {
        let line = redirects.iter().rev().find(|redirect| redirect.operator == "<<<")?;
        Some(text_of(&line.target))
    })
}

fn joined(words: &[Word]) -> Mapped {
    let mut text = Mapped::default();
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            let gap = crate::source::Span::new(word.span.start, word.span.start);
            text.push(" ", gap);
        }
        append(word, &mut text);
    }
    text
}

fn text_of(word: &Word) -> Mapped {
    let mut text = Mapped::default();
    append(word, &mut text);
    text
}

/// What the inner shell gets to read. What the outer shell fills in stays as the parameter it was;
/// commands that the outer shell runs are a parameter without a meaning.
fn append(word: &Word, text: &mut Mapped) {
    for piece in &word.pieces {
        match piece {
            Piece::Literal { text: literal, span, .. } => text.push(literal, *span),
            Piece::Parameter(parameter) => text.push(&parameter.raw, parameter.span),
            Piece::Substitution(substitution) => text.push("${_}", substitution.span),
            Piece::Arithmetic { span, .. } => text.push("${_}", *span),
        }
    }
}

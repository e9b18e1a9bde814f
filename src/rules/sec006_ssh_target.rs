//! SEC006: a login on a server, `user@host`, written into a script.
//!
//! Not here: addresses without a user, which SEC005 speaks about.

use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::project::{File, Role};
use crate::rules::{Rule, meta};
use crate::source::{Span, file_name};

/// The rule.
pub(super) struct SshTarget;

const COMMANDS: [&str; 5] = ["ssh", "scp", "rsync", "sftp", "ssh-copy-id"];

impl Rule for SshTarget {
    fn meta(&self) -> &'static Meta {
        meta!("SEC006", "ssh-target", Warning, Heuristic, "a user and server are written into a script")
    }

    fn check_text(&self, file: &File, found: &mut Findings<'_>) {
        if !is_script(file) {
            return;
        }
        let text = file.source.text();
        for at in memchr::memchr_iter(b'@', text.as_bytes()) {
            // A window behind the `@` and before it is looked at, never the whole line.
            let Some(target) = target(text, at) else { continue };
            if is_command(text, target.span, target.copies) {
                found.push(target.span, "user and server are written into the script").help(
                    "name the server once in `~/.ssh/config` and use that name, or read it from a variable: `ssh \"$DEPLOY_TARGET\"`",
                );
            }
        }
    }
}

fn is_script(file: &File) -> bool {
    match file.document {
        Document::Shell(_) | Document::Makefile(_) => true,
        Document::Env(_) | Document::EnvSchema(_) | Document::Compose(_) | Document::PythonSettings(_) => {
            false
        }
        Document::Text => {
            let lower = file.source.path().to_ascii_lowercase();
            let name = file_name(&lower);
            let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
            let runbook = matches!(extension, "md" | "txt" | "rst")
                && (name.contains("deploy") || name.contains("runbook"));
            let script = matches!(
                extension,
                "sh" | "bash" | "zsh" | "yml" | "yaml" | "mk" | "ps1" | "service" | "json" | "toml"
            );
            script || runbook || name.starts_with("jenkinsfile") || file.role == Role::Deploy
        }
    }
}

struct Target {
    span: Span,
    /// Whether a `:` follows, as in `host:path`.
    copies: bool,
}

/// `user@host` around the `@`, both of them literal.
fn target(text: &str, at: usize) -> Option<Target> {
    let bytes = text.as_bytes();
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let user = bytes.get(at.saturating_sub(32)..at)?.iter().rev().take_while(|byte| word(byte)).count();
    let host = bytes.iter().skip(at + 1).take(253).take_while(|byte| word(byte)).count();
    let span = Span::new(at - user, at + 1 + host);
    let before = span.start.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let after = bytes.get(span.end).copied().unwrap_or(b' ');
    let name = text.get(at + 1..span.end)?;
    let literal = user > 0 && name.contains('.') && !b"$}/:{%".contains(&before) && !b"${%<".contains(&after);
    let known = text.get(span.start..at) == Some("git") || is_sample_host(name);
    (literal && !known).then_some(Target { span, copies: after == b':' })
}

fn is_sample_host(host: &str) -> bool {
    let lower = host.to_ascii_lowercase();
    ["example.com", "example.org", "example.net", ".example", ".test", ".invalid", ".localhost"]
        .iter()
        .any(|end| lower.ends_with(end))
        || ["192.0.2.", "198.51.100.", "203.0.113.", "127."].iter().any(|start| lower.starts_with(start))
}

/// Whether a command that logs in stands before the target on its line.
fn is_command(text: &str, span: Span, copies: bool) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.char_indices().rev().take(300).take_while(|(_, character)| *character != '\n');
    let from = line.last().map_or(span.start, |(at, _)| at);
    let line = text.get(from..span.start).unwrap_or_default();
    line.split(|character: char| character.is_whitespace() || "\"'`(;|&=".contains(character))
        .any(|word| COMMANDS.contains(&word.rsplit('/').next().unwrap_or_default()))
        || copies && line.contains("rsync")
}

//! SEC005: a public IP address in a script or in configuration.
//!
//! Not here: addresses behind `ssh user@`, which SEC006 speaks about; IPv6.

use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::project::{File, Role};
use crate::rules::sample::is_sample;
use crate::rules::{Rule, meta};
use crate::source::{Span, file_name, is_lock_name};

/// The rule.
pub(super) struct PublicIp;

impl Rule for PublicIp {
    fn meta(&self) -> &'static Meta {
        meta!(
            "SEC005",
            "public-ip",
            Warning,
            Heuristic,
            "a public IP address is written into a script or configuration"
        )
    }

    fn check_text(&self, file: &File, found: &mut Findings<'_>) {
        if !is_operational(file) {
            return;
        }
        let text = file.source.text();
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(offset) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
            let start = at + offset;
            let number = bytes.get(start..).unwrap_or_default();
            let length = number.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
            at = start + length;
            let Some(octets) = octets(number.get(..length).unwrap_or_default()) else { continue };
            let span = Span::new(start, start + length);
            if is_public(octets)
                && !is_part_of_more(bytes, span)
                && !is_version(text, span, octets)
                && !is_login(text, span)
            {
                found.push(span, "public IP address is written into the file").help(
                    "give the server a name in DNS or read its address from a variable, such as `$DEPLOY_HOST`, so that the \
                     address is not published and can change",
                );
            }
        }
    }
}

/// Whether the file runs or configures something, and is not a place for the values of one machine.
fn is_operational(file: &File) -> bool {
    match file.document {
        Document::Shell(_) | Document::Makefile(_) | Document::Compose(_) | Document::EnvSchema(_) => {
            return true;
        }
        Document::Env(_) => return file.role == Role::Example || file.tracked == Some(true),
        Document::PythonSettings(_) | Document::Text => {}
    }
    let lower = file.source.path().to_ascii_lowercase();
    let name = file_name(&lower);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let named = ["dockerfile", "caddyfile", "jenkinsfile", "procfile", "vagrantfile", "hosts", "inventory"]
        .iter()
        .any(|start| name.starts_with(start));
    let configuration = matches!(
        extension,
        "sh" | "bash"
            | "zsh"
            | "ps1"
            | "bat"
            | "cmd"
            | "yml"
            | "yaml"
            | "toml"
            | "ini"
            | "cfg"
            | "conf"
            | "properties"
            | "json"
            | "tf"
            | "tfvars"
            | "hcl"
            | "service"
            | "mk"
            | "nginx"
            | "xml"
    );
    let runbook =
        matches!(extension, "md" | "txt" | "rst") && (name.contains("deploy") || name.contains("runbook"));
    let sample = is_sample(file.source.path()) && !runbook;
    !is_lock_name(name) && !sample && (named || configuration || runbook)
}

/// The four numbers of a dotted address, without leading zeros; a full stop behind it is prose.
fn octets(text: &[u8]) -> Option<[u8; 4]> {
    let text = text.strip_suffix(b".").unwrap_or(text);
    let mut octets = [0; 4];
    let mut parts = text.split(|&byte| byte == b'.');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.len() > 1 && part.starts_with(b"0") {
            return None;
        }
        *octet = std::str::from_utf8(part).ok()?.parse().ok()?;
    }
    parts.next().is_none().then_some(octets)
}

/// Whether anyone can reach the address, and it is not one that everyone knows.
fn is_public(octets: [u8; 4]) -> bool {
    let reserved = matches!(
        octets,
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [198, 18..=19, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    );
    // Resolvers that anyone may use, and a cloud's own.
    let known = matches!(
        octets,
        [8, 8, 8, 8]
            | [8, 8, 4, 4]
            | [1, 1, 1, 1..=3]
            | [1, 0, 0, 1..=3]
            | [9, 9, 9, 9..=12]
            | [149, 112, 112, _]
            | [208, 67, 220 | 222, _]
            | [4, 2, 2, 1..=6]
            | [94, 140, 14 | 15, _]
            | [77, 88, 8, _]
            | [168, 63, 129, 16]
    );
    let network = matches!(octets, [_, _, _, 0]);
    !reserved && !known && !network
}

/// Whether the digits belong to a longer word, a range or a network.
fn is_part_of_more(bytes: &[u8], span: Span) -> bool {
    let before = span.start.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let after = bytes.get(span.end).copied().unwrap_or(b' ');
    let network = after == b'/'
        && bytes.get(span.end + 1).is_some_and(u8::is_ascii_digit)
        && bytes.get(span.end..span.end + 3) != Some(b"/32");
    before.is_ascii_alphanumeric()
        || b"._-~^".contains(&before)
        || after.is_ascii_alphanumeric()
        || b"_-+".contains(&after)
        || network
}

/// Whether four numbers are more likely a version: all small, or the line says so.
fn is_version(text: &str, span: Span, octets: [u8; 4]) -> bool {
    let line = line_before(text, span).to_ascii_lowercase();
    let addressed = line.ends_with('@') || line.ends_with("//");
    if addressed {
        return false;
    }
    octets.iter().all(|&octet| octet < 40)
        || line.contains("version")
        || ENGINES.iter().any(|engine| names_before(&line, engine))
        || line.ends_with("==")
        || line.ends_with(">=")
        || line.contains("user-agent")
}

/// Programs whose versions have four numbers.
const ENGINES: &[&str] =
    &["v8", "chrome", "chromium", "edge", "electron", "webkit", "ghc", "nuget", "assembly"];

/// Whether the line ends with that name, an operator and at most a quote: `"v8": "`.
fn names_before(line: &str, name: &str) -> bool {
    let mark = |character: char| character.is_whitespace() || matches!(character, '"' | '\'' | ':' | '=');
    let before = line.trim_end_matches(mark).strip_suffix(name);
    before.is_some_and(|rest| !rest.ends_with(|one: char| one.is_alphanumeric()))
}

/// Whether the address stands behind `user@` in a command that logs in there.
fn is_login(text: &str, span: Span) -> bool {
    let line = line_before(text, span);
    line.ends_with('@')
        && line
            .split(|character: char| !character.is_ascii_alphanumeric())
            .any(|word| matches!(word, "ssh" | "scp" | "rsync" | "sftp"))
}

/// The line up to the span, at most 200 bytes of it.
fn line_before(text: &str, span: Span) -> &str {
    let from = text.ceil_char_boundary(span.start.saturating_sub(200));
    let before = text.get(from..span.start).unwrap_or_default();
    before.rsplit('\n').next().unwrap_or_default()
}

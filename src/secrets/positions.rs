//! Files whose lines give a password by its position: `.pgpass`, `.htpasswd`, `shadow`.
//!
//! Not here: files with names for their fields.

use super::pattern::{Detector, PATTERNS};
use super::place::Logins;
use super::scan::{Candidate, Confidence};
use super::shape;
use crate::source::Span;

/// Where a password begins and ends in its line, and how sure it is that it is one.
type Place = (usize, usize, Confidence);

/// The longest line that is read; no login is longer.
const LINE: usize = 1024;

/// Adds what the lines of such a file hold.
pub(super) fn find(bytes: &[u8], logins: Logins, candidates: &mut Vec<Candidate>) {
    let read: fn(&[u8]) -> Option<Place> = match logins {
        Logins::None | Logins::Fields => return,
        Logins::Pgpass => pgpass,
        Logins::Hashes => hash,
    };
    let Some(pattern) = PATTERNS.iter().find(|pattern| pattern.detector == Detector::Assignment) else {
        return;
    };
    let mut at = 0;
    for line in bytes.split(|&byte| byte == b'\n') {
        let text = line.strip_suffix(b"\r").unwrap_or(line);
        if text.len() <= LINE
            && !text.starts_with(b"#")
            && let Some((start, end, confidence)) = read(text)
        {
            let span = Span::new(at + start, at + end);
            candidates.push(Candidate::new(pattern, span, span, confidence));
        }
        at += line.len() + 1;
    }
}

/// `host:port:database:user:password`; a backslash escapes a colon.
fn pgpass(line: &[u8]) -> Option<Place> {
    let mut colons = line
        .iter()
        .enumerate()
        .filter(|&(at, byte)| *byte == b':' && (at == 0 || line.get(at - 1) != Some(&b'\\')));
    let start = colons.nth(3)?.0 + 1;
    let value = line.get(start..)?;
    if value.len() < 2 || shape::is_template(value) || value == b"*" {
        return None;
    }
    let known = shape::stands_for_another(&String::from_utf8_lossy(value));
    Some((start, line.len(), if known { Confidence::Low } else { Confidence::High }))
}

/// `user:hash`, up to the next colon: a hash can be tried out at leisure by whoever reads it.
fn hash(line: &[u8]) -> Option<Place> {
    let start = line.iter().position(|&byte| byte == b':')? + 1;
    let rest = line.get(start..)?;
    let length = rest.iter().position(|&byte| byte == b':').unwrap_or(rest.len());
    let value = rest.get(..length)?;
    let plain = value.iter().all(u8::is_ascii_graphic);
    let crypted = value.starts_with(b"$") && value.len() > 12
        || value.starts_with(b"{SHA}")
        || value.starts_with(b"{SSHA}")
        || value.len() == 13
            && value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/'));
    (start > 1 && plain && crypted).then_some((start, start + length, Confidence::Medium))
}

#[cfg(test)]
mod tests {
    use super::super::scan;

    fn found<'t>(path: &str, text: &'t str) -> Vec<&'t str> {
        scan(path, text).iter().filter_map(|one| text.get(one.span.start..one.span.end)).collect()
    }

    #[test]
    fn the_fifth_column_is_the_password() {
        let text = "# host:port:database:user:password\ndb:5432:shop:shop:kelpbarn\n*:*:*:admin:a\\:b7\r\n*:*:*:x:\n";
        assert_eq!(found("home/.pgpass", text), ["kelpbarn", "a\\:b7"]);
        assert!(found("notes.txt", text).is_empty());
    }

    #[test]
    fn hashes_of_logins_are_found_and_locked_accounts_are_not() {
        let hashes = [
            ["anna:$apr", "1$Zx8kQ2vB$abcdEFGHijklMNOPqrst01"].concat(),
            "bob:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=".to_owned(),
            "carl:rl5kNnLq2ZxYw".to_owned(),
            ["root:$6", "$Zx8kQ2vB$J8mN0abcdEFGHijklMNOP:18000:0:99999:7:::"].concat(),
        ];
        for line in &hashes {
            assert_eq!(found("etc/shadow", line).len(), 1, "{line}");
        }
        for line in [
            "bin:*:18000:0:99999:7:::",
            "x:!:1:::::",
            "daemon:!!:1::::",
            "root:x:0:0:root:/root:/bin/bash",
            "y::1",
        ] {
            assert!(found("etc/shadow", line).is_empty(), "{line}");
        }
    }
}

//! Files whose lines give a password by its position: `.pgpass`, `.htpasswd`, `shadow`, `redis.conf`,
//! `.lftprc`.
//!
//! Not here: files with names for their fields.

use super::pattern::{Detector, PATTERNS};
use super::place::Logins;
use super::scan::{Candidate, Confidence};
use super::shape;
use super::weak;
use crate::source::Span;

/// The longest line that is read; no login is longer.
const LINE: usize = 1024;

/// Where a login starts and ends in its line, and how sure that is.
type Login = (usize, usize, Confidence);

/// Adds what the lines of such a file hold.
pub(super) fn find(bytes: &[u8], logins: Logins, candidates: &mut Vec<Candidate>) {
    let read: fn(&[u8]) -> Option<Login> = match logins {
        Logins::None | Logins::Fields => return,
        Logins::Pgpass => pgpass,
        Logins::Hashes => hash,
        Logins::Redis => redis,
        Logins::Lftp => lftp,
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
fn pgpass(line: &[u8]) -> Option<Login> {
    let mut colons = line
        .iter()
        .enumerate()
        .filter(|&(at, byte)| *byte == b':' && (at == 0 || line.get(at - 1) != Some(&b'\\')));
    let start = colons.nth(3)?.0 + 1;
    let value = line.get(start..)?;
    if value == b"*" { None } else { whole(value, start) }
}

/// `requirepass PASSWORD`, `masterauth PASSWORD`; quotes may stand around it.
fn redis(line: &[u8]) -> Option<Login> {
    let (directive, rest) = line.split_at_checked(line.iter().position(u8::is_ascii_whitespace)?)?;
    let known = [&b"requirepass"[..], b"masterauth", b"sentinel-pass"];
    if !known.iter().any(|one| directive.eq_ignore_ascii_case(one)) {
        return None;
    }
    let value = rest.trim_ascii();
    let value = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
    let start = line.len() - rest.len() + rest.windows(value.len().max(1)).position(|part| part == value)?;
    whole(value, start)
}

/// `open -u user,password host` and `set` lines that give a login so; up to the next blank.
fn lftp(line: &[u8]) -> Option<Login> {
    let flag = line.windows(4).position(|part| part == b" -u ")? + 4;
    let login = line.get(flag..)?;
    let end = login.iter().position(u8::is_ascii_whitespace).unwrap_or(login.len());
    let comma = login.get(..end)?.iter().position(|&byte| byte == b',')? + 1;
    whole(login.get(comma..end)?, flag + comma)
}

/// The value that begins at `start`, where it is a password and stands for none.
fn whole(value: &[u8], start: usize) -> Option<Login> {
    if value.len() < 2 || shape::is_template(value) {
        return None;
    }
    let known = weak::stands_for_another(&String::from_utf8_lossy(value));
    Some((start, start + value.len(), if known { Confidence::Low } else { Confidence::High }))
}

/// `user:hash`, up to the next colon: a hash can be tried out at leisure by whoever reads it.
fn hash(line: &[u8]) -> Option<Login> {
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
    fn a_directive_or_a_flag_goes_before_the_password() {
        let redis = "# requirepass foobared\nrequirepass kelpbarn7\nmasterauth \"kelp barn7\"\nrequirepass ${PASS}\nport 6379\n";
        assert_eq!(found("infra/redis.conf", redis), ["kelpbarn7", "kelp barn7"]);
        let lftp = "set ftp:ssl-allow no\nopen -u anna,kelpbarn7 ftp.shop.internal\nopen -u anna ftp.shop.internal\nopen -u anna,$PASS x\n";
        assert_eq!(found("home/.lftprc", lftp), ["kelpbarn7"]);
        assert!(found("notes.txt", lftp).is_empty());
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

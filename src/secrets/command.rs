//! Passwords in the arguments of commands: `curl -u user:password`, `docker login -p …`, `sshpass -p …`.
//!
//! Not here: flags that say themselves that they take a password; they are assignments like any other.

use super::assignment::weighed;
use super::glance::ahead;
use super::pattern::Pattern;
use super::scan::{Candidate, Confidence};
use super::shape;
use crate::source::Span;

/// How far the arguments of a command are read.
const ARGUMENTS: usize = 400;

/// How many arguments are read.
const WORDS: usize = 24;

/// How a flag holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// The whole argument.
    Password,
    /// What follows the colon in `user:password`.
    Login,
    /// What follows `pass:`.
    Source,
}

/// A command and the flags that it takes passwords by.
struct Command {
    name: &'static [u8],
    flags: &'static [&'static [u8]],
    /// Whether the value may stand right behind a flag of one letter, and whether it must.
    attached: bool,
    apart: bool,
    /// The flags of one letter without an argument, in front of which others are joined to one word.
    bare: &'static [u8],
    holds: Holds,
}

const COMMANDS: &[Command] = &[
    Command {
        name: b"curl ",
        flags: &[b"-u", b"--user", b"-U", b"--proxy-user"],
        attached: true,
        apart: true,
        bare: b"#0146afgGiIjJklLnNOpqRsSvZ",
        holds: Holds::Login,
    },
    Command {
        name: b"wget ",
        flags: &[b"--password", b"--http-password", b"--ftp-password", b"--proxy-password"],
        attached: false,
        apart: true,
        bare: b"",
        holds: Holds::Password,
    },
    Command {
        name: b" login ",
        flags: &[b"-p", b"--password"],
        attached: false,
        apart: true,
        bare: b"",
        holds: Holds::Password,
    },
    Command {
        name: b"sshpass ",
        flags: &[b"-p"],
        attached: true,
        apart: true,
        bare: b"",
        holds: Holds::Password,
    },
    Command {
        name: b"mysql",
        flags: &[b"-p", b"--password"],
        attached: true,
        apart: false,
        bare: b"",
        holds: Holds::Password,
    },
    Command {
        name: b"mariadb",
        flags: &[b"-p", b"--password"],
        attached: true,
        apart: false,
        bare: b"",
        holds: Holds::Password,
    },
    Command {
        name: b"mongo",
        flags: &[b"-p", b"--password"],
        attached: false,
        apart: true,
        bare: b"",
        holds: Holds::Password,
    },
    Command {
        name: b"redis-cli ",
        flags: &[b"-a", b"--pass"],
        attached: false,
        apart: true,
        bare: b"",
        holds: Holds::Password,
    },
    Command {
        name: b"ldapsearch ",
        flags: &[b"-w"],
        attached: false,
        apart: true,
        bare: b"",
        holds: Holds::Password,
    },
    Command {
        name: b"keytool ",
        flags: &[b"-storepass", b"-keypass"],
        attached: false,
        apart: true,
        bare: b"",
        holds: Holds::Password,
    },
    Command {
        name: b"openssl ",
        flags: &[b"-pass", b"-passin", b"-passout"],
        attached: false,
        apart: true,
        bare: b"",
        holds: Holds::Source,
    },
];

/// Who logs in with `login`: a word in front of it that is a command's name.
const LOGIN_OF: &[&[u8]] = &[
    b"docker",
    b"podman",
    b"buildah",
    b"nerdctl",
    b"skopeo",
    b"helm registry",
    b"az",
    b"oc",
    b"cf",
    b"oras",
];

/// Reads the arguments of the command whose name of `length` bytes stands at `at`, and adds each password among them.
pub(super) fn find(
    pattern: &'static Pattern,
    bytes: &[u8],
    (at, length): (usize, usize),
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let name = bytes.get(at..at + length)?;
    let command = COMMANDS.iter().find(|command| command.name == name)?;
    let before = bytes.get(at.saturating_sub(16)..at)?;
    if name == b" login " {
        LOGIN_OF.iter().find(|tool| before.ends_with(tool))?;
    } else if before
        .last()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    {
        return None;
    }
    let window = ahead(bytes, at + length, ARGUMENTS)?;
    let rest = if name.ends_with(b" ") {
        0
    } else {
        window.iter().take_while(|byte| byte.is_ascii_lowercase()).count()
    };
    let words = words(window, rest);
    let nexts = words.iter().skip(1).copied().map(Some).chain([None]);
    let values = words.iter().zip(nexts).filter_map(|(word, next)| taken(command, window, *word, next));
    candidates.extend(values.filter_map(|value| {
        let (span, confidence) = password(command, window, value)?;
        let place = span.shifted(at + length);
        Some(Candidate::new(pattern, place, Span::new(at, place.end), confidence))
    }));
    Some(())
}

/// The password in the value of a flag.
fn password(command: &Command, window: &[u8], value: Span) -> Option<(Span, Confidence)> {
    let (user, span) = match command.holds {
        Holds::Password => (Span::default(), value),
        Holds::Login => split(window, value)?,
        Holds::Source => {
            window.get(value.start..value.end)?.strip_prefix(b"pass:")?;
            (Span::default(), Span::new(value.start + 5, value.end))
        }
    };
    let text = |span: Span| window.get(span.start..span.end).unwrap_or_default();
    Some((span, judge(text(user), text(span))?))
}

/// The value that a word brings as a flag: behind it, after its `=`, or as the next word.
fn taken(command: &Command, window: &[u8], word: Span, next: Option<Span>) -> Option<Span> {
    let text = window.get(word.start..word.end)?;
    let joined = joined(command, text);
    command.flags.iter().find_map(|flag| {
        let (word, text) = (Span::new(word.start + joined, word.end), text.get(joined..)?);
        let rest = match flag.strip_prefix(b"-") {
            Some(letter) if joined > 0 && letter.len() == 1 => text.strip_prefix(letter)?,
            _ if joined > 0 => return None,
            _ => text.strip_prefix(*flag)?,
        };
        let flag = if joined > 0 { flag.get(1..)? } else { *flag };
        if rest.is_empty() {
            return next.filter(|_| command.apart);
        }
        let long = flag.starts_with(b"--");
        let skip = usize::from(rest.first() == Some(&b'='));
        let fits = if long { skip == 1 } else { command.attached || skip == 1 };
        let quote = rest.get(skip).is_some_and(|byte| matches!(byte, b'"' | b'\''));
        let start = word.start + flag.len() + skip + usize::from(quote);
        let end = word.end - usize::from(quote && matches!(text.last(), Some(b'"' | b'\'')));
        (fits && start < end).then(|| Span::new(start, end))
    })
}

/// How many bytes stand in front of the last letter of flags of one letter that are written as one, as in `-su`: a dash
/// and letters that take no argument. Zero where it is one flag.
fn joined(command: &Command, text: &[u8]) -> usize {
    let letters = text.strip_prefix(b"-").unwrap_or_default();
    let bare = letters.iter().take_while(|byte| command.bare.contains(byte)).count();
    if bare == 0 { 0 } else { bare + 1 }
}

/// The arguments from `from` on, up to the end of the command.
fn words(window: &[u8], from: usize) -> Vec<Span> {
    let mut words = Vec::new();
    let mut at = from;
    while words.len() < WORDS {
        let blank = |at: usize| match window.get(at) {
            Some(b' ' | b'\t') => 1,
            Some(b'\\') if window.get(at + 1) == Some(&b'\n') => 2,
            _ => 0,
        };
        while blank(at) > 0 {
            at += blank(at);
        }
        let Some(&first) = window.get(at) else { break };
        if matches!(first, b'\n' | b'|' | b';' | b'&' | b'`' | b')' | b'>' | b'<') {
            break;
        }
        let quoted = matches!(first, b'"' | b'\'');
        let start = at + usize::from(quoted);
        let ends = |byte: &u8| {
            if quoted {
                *byte == first || *byte == b'\n'
            } else {
                byte.is_ascii_whitespace() || b"|;`".contains(byte)
            }
        };
        let length = window.get(start..).and_then(|rest| rest.iter().position(ends));
        let end = length.map_or(window.len(), |length| start + length);
        words.push(Span::new(start, end));
        at = end + usize::from(quoted);
    }
    words
}

/// The user and the password of `user:password`.
fn split(window: &[u8], value: Span) -> Option<(Span, Span)> {
    let colon = window.get(value.start..value.end)?.iter().position(|&byte| byte == b':')?;
    let at = value.start + colon;
    Some((Span::new(value.start, at), Span::new(at + 1, value.end)))
}

fn judge(user: &[u8], value: &[u8]) -> Option<Confidence> {
    let odd = |byte: &u8| !byte.is_ascii_graphic() || b"${}<>()[]\"'`,".contains(byte);
    if value.len() < 3 || value.iter().any(odd) || shape::is_template(value) || value.starts_with(b"-") {
        return None;
    }
    Some(if value.eq_ignore_ascii_case(user) { Confidence::Low } else { weighed(value) })
}

#[cfg(test)]
mod tests {
    use super::super::scan;

    fn found(line: &str) -> Vec<&str> {
        let found = scan("deploy.sh", line);
        found.iter().filter_map(|one| line.get(one.span.start..one.span.end)).collect()
    }

    #[test]
    fn passwords_behind_flags_are_found() {
        for line in [
            "curl -u deploy:kelpbarn7 https://api.shop.internal/\n",
            "curl -s --user \"deploy:kelpbarn7\" https://api.shop.internal/\n",
            "curl -sS \\\n  -udeploy:kelpbarn7 https://api.shop.internal/\n",
            "docker login -u deploy -p kelpbarn7 r.shop.internal\n",
            "podman login --username=d --password=kelpbarn7 r\n",
            "mysql -u root -pkelpbarn7 shop\n",
            "mysqldump -u root --password=kelpbarn7 shop > x\n",
            "sshpass -p 'kelpbarn7' ssh x\n",
            "redis-cli -a kelpbarn7 ping\n",
            "openssl enc -aes-256-cbc -pass pass:kelpbarn7 -in x\n",
            "mongodump -u x -p kelpbarn7\n",
            "RUN wget --http-password=kelpbarn7 x\n",
            "curl -su deploy:kelpbarn7 https://x\n",
            "curl -sSfku deploy:kelpbarn7 https://x\n",
            "curl -kudeploy:kelpbarn7 https://x\n",
        ] {
            assert_eq!(found(line), ["kelpbarn7"], "{line}");
        }
    }

    #[test]
    fn each_flag_of_a_command_is_read() {
        let line = "keytool -genkey -storepass kelpbarn7 -keypass saltfern8\n";
        assert_eq!(found(line), ["kelpbarn7", "saltfern8"]);
        assert_eq!(found("curl -u a:kelpbarn7 -U b:saltfern8 https://x\n"), ["kelpbarn7", "saltfern8"]);
    }

    #[test]
    fn variables_placeholders_and_other_flags_are_left() {
        for line in [
            "curl -u deploy:$PASSWORD https://x\n",
            "curl -u \"$USER:$PASSWORD\" https://x\n",
            "curl -u user:password https://x\n",
            "curl -u deploy https://x\n",
            "curl --upload-file a:b https://x\n",
            "curl -so u:kelpbarn7 https://x\n",
            "curl -Hu:kelpbarn7 https://x\n",
            "docker login -u deploy --password-stdin r\n",
            "docker run -p 8080:80 shop\n",
            "mysql -u root -p shop\n",
            "mysql -p$PW shop\n",
            "mkdir -p kelpbarn7\n",
            "npm login -p kelpbarn7\n",
            "redis-cli -a \"${REDIS_PASSWORD}\" ping\n",
            "sshpass -e ssh x\n",
            "openssl req -passout env:PW\n",
            "libcurl -u a:kelpbarn7\n",
            "curl -u <user>:<password> https://x\n",
        ] {
            assert!(found(line).is_empty(), "{line}: {:?}", found(line));
        }
    }
}

//! The things that hand-written scanners look for, by what their patterns contain, and the rules that answer them.
//!
//! Not here: which lines of a script count as code.

/// Something that such scripts look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detector {
    /// Public IP addresses.
    PublicIp,
    /// API keys, tokens, passwords.
    Keys,
    /// `ssh user@host`.
    SshTarget,
    /// URLs of databases with a password.
    DatabaseUrl,
    /// Private keys.
    PrivateKey,
    /// Env files.
    EnvFile,
    /// Absolute paths of a server.
    ServerPath,
    /// Files above a size.
    LargeFile,
}

impl Detector {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::PublicIp,
        Self::Keys,
        Self::SshTarget,
        Self::DatabaseUrl,
        Self::PrivateKey,
        Self::EnvFile,
        Self::ServerPath,
        Self::LargeFile,
    ];

    /// What it is after, in a few words.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::PublicIp => "public IP addresses",
            Self::Keys => "keys, tokens, passwords",
            Self::SshTarget => "ssh user@host",
            Self::DatabaseUrl => "database URLs",
            Self::PrivateKey => "private keys",
            Self::EnvFile => ".env files",
            Self::ServerPath => "paths of a server",
            Self::LargeFile => "large files",
        }
    }

    /// The codes of the rules that answer it.
    #[must_use]
    pub const fn rules(self) -> &'static [&'static str] {
        match self {
            Self::PublicIp => &["SEC005"],
            Self::Keys => &["SEC002", "SEC004"],
            Self::SshTarget => &["SEC006"],
            Self::DatabaseUrl => &["SEC003"],
            Self::PrivateKey => &["SEC001"],
            Self::EnvFile => &["ENV109"],
            Self::ServerPath => &["SEC008"],
            Self::LargeFile => &["SEC009"],
        }
    }

    /// Whether a line of a script, or a command, has what looks for it.
    pub(super) fn is_in(self, line: &str) -> bool {
        let lower = line.to_lowercase();
        let any = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
        let looks = any(&["grep", "=~", "rg ", "pattern", "awk", "regex"])
            || lower.trim_start().starts_with(['"', '\'']);
        match self {
            Self::PublicIp => {
                looks && any(&["{1,3}\\.", "{1,3}[.]", "{1,3}\\\\.", "[0-9]+\\.[0-9]+\\.", "{3}[0-9]"])
            }
            Self::Keys => {
                looks
                    && any(&[
                        "akia", "sk-", "ghp_", "xox", "api_key", "api[_", "apikey", "token", "secret",
                        "passw",
                    ])
            }
            Self::SshTarget => looks && lower.contains('@') && any(&["ssh", "scp", "@[0-9", "@([0-9"]),
            Self::DatabaseUrl => {
                looks && lower.contains("://") && any(&["postgres", "mysql", "mongo", "redis"])
            }
            Self::PrivateKey => looks && any(&["private key", "private[ ", "rsa private"]),
            Self::EnvFile => any(&["\\.env", "/.env", "\".env", "'.env", "*.env", ".env)", ".env*"]),
            Self::ServerPath => looks && any(&["/home/", "/opt/", "/root", "/var/www", "/srv/"]),
            Self::LargeFile => {
                any(&["1048576", "1000000", "1024 * 1024", "1024*1024", "1000 * 1000"])
                    && any(&["size", "-gt", "du ", "wc ", "stat ", "=", ">"])
            }
        }
    }
}

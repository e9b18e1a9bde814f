//! What the name of a file says about its text: whether a word without quotes is a value or a name, and whether
//! the file is one that a program keeps its logins in.
//!
//! Not here: what a value is worth.

use crate::source::file_name;

/// What is known of a text beside its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    /// What a word without quotes is.
    pub(super) language: Language,
    /// How the file keeps logins.
    pub(super) logins: Logins,
    /// Whether what is looked for is what to hide, not what to report.
    pub(super) hides: bool,
}

/// What kind of language a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Language {
    /// Configuration, data and prose: a word without quotes is a value.
    #[default]
    Data,
    /// A shell: a word right after `NAME=` is a value.
    Shell,
    /// A programming language: a word without quotes is a name.
    Code,
}

/// How a file keeps logins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Logins {
    /// It is not known for keeping any.
    #[default]
    None,
    /// In fields with names: whatever a field for a password holds is one.
    Fields,
    /// `host:port:database:user:password` lines.
    Pgpass,
    /// `user:hash` lines.
    Hashes,
    /// `requirepass PASSWORD` lines.
    Redis,
    /// `open -u user,password` lines.
    Lftp,
}

impl Place {
    /// Of the file at `path`, by its name.
    pub(super) fn of(path: &str) -> Self {
        let name = file_name(path).to_ascii_lowercase();
        Self { language: language(&name), logins: logins(&name), hides: false }
    }
}

fn language(name: &str) -> Language {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    if CODE.contains(&extension) {
        Language::Code
    } else if SHELL.contains(&extension) || SHELL_NAMES.contains(&stem) || SHELL_NAMES.contains(&name) {
        Language::Shell
    } else {
        Language::Data
    }
}

fn logins(name: &str) -> Logins {
    match name {
        ".pgpass" | "pgpass.conf" => Logins::Pgpass,
        ".htpasswd" | "htpasswd" | ".htdigest" | "shadow" | "shadow-" | "gshadow" | "master.passwd"
        | "ftpasswd" | "proftpdpasswd" => Logins::Hashes,
        "redis.conf" | "sentinel.conf" | "valkey.conf" => Logins::Redis,
        ".lftprc" | "lftprc" => Logins::Lftp,
        _ if FIELDS.contains(&name) => Logins::Fields,
        _ => Logins::None,
    }
}

/// The files of FTP and mail clients, registries, database clients and content management systems.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    ".netrc", "_netrc", ".npmrc", ".pypirc", ".dockercfg", ".dockerconfigjson", ".s3cfg", ".my.cnf", ".mylogin.cnf",
    ".esmtprc", ".msmtprc", "msmtprc", ".fetchmailrc", "fetchmailrc", ".muttrc", ".mailrc", ".offlineimaprc",
    ".mbsyncrc", ".getmailrc", ".ftpconfig", "sftp.json", "sftp-config.json", ".sftp-config.json",
    ".remote-sync.json", ".ftppass", ".ftpaccess", "filezilla.xml", "recentservers.xml", "sitemanager.xml",
    "webservers.xml", "winscp.ini", "rclone.conf", "robomongo.json", "credentials-config.json", "data-sources.json",
    "wp-config.php", "configuration.php", "localsettings.php", "config.inc.php", "parameters.yml", "ventrilo_srv.ini",
    ".git-credentials", "credentials.xml", "wpa_supplicant.conf", ".irbrc", ".cifs", "smbcredentials",
    ".smbcredentials", "settings-security.xml", ".m2/settings.xml", ".credentials", "nuget.config", ".curlrc",
    ".wgetrc", "accounts.xml", "tomcat-users.xml", ".tugboat", "freshclam.conf", "ddclient.conf", "chap-secrets",
    "pap-secrets", "jenkins.plugins.publish_over_ssh.bapsshpublisherplugin.xml",
];

#[rustfmt::skip]
const CODE: &[&str] = &[
    "py", "pyi", "pyx", "rs", "go", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "astro",
    "java", "kt", "kts", "scala", "sc", "groovy", "gradle", "clj", "cljs", "cs", "fs", "vb", "c", "h", "cc", "cpp",
    "cxx", "hh", "hpp", "hxx", "ino", "m", "mm", "swift", "dart", "rb", "erb", "rake", "gemspec", "php", "phtml",
    "pl", "pm", "lua", "r", "jl", "hs", "elm", "ex", "exs", "erl", "hrl", "ml", "mli", "nim", "zig", "d", "pas",
    "sql", "tf", "hcl", "tfvars", "nix", "proto", "graphql", "gql", "sol", "vy", "css", "scss", "less", "ipynb",
    "ps1", "psm1", "psd1", "cr", "v", "sv", "vhd", "asm", "s", "cu", "bicep", "jsonnet", "libsonnet", "cue", "rego",
    "def",
];

const SHELL: &[&str] = &["sh", "bash", "zsh", "ksh", "fish", "bat", "cmd", "mk", "dockerfile"];

const SHELL_NAMES: &[&str] = &["dockerfile", "containerfile", "makefile", "justfile", "procfile"];

#[cfg(test)]
mod tests {
    use super::{Language, Logins, Place};

    #[test]
    fn a_file_is_known_by_its_name() {
        for (path, language) in [
            ("a.py", Language::Code),
            ("src/Main.JAVA", Language::Code),
            ("Dockerfile", Language::Shell),
            ("Dockerfile.prod", Language::Shell),
            ("build/app.dockerfile", Language::Shell),
            ("deploy.sh", Language::Shell),
            ("Makefile", Language::Shell),
            ("a.yml", Language::Data),
            ("notes", Language::Data),
            ("", Language::Data),
        ] {
            assert_eq!(Place::of(path).language, language, "{path}");
        }
        assert_eq!(Place::of("home/.pgpass").logins, Logins::Pgpass);
        assert_eq!(Place::of("ftp/recentServers.xml").logins, Logins::Fields);
        assert_eq!(Place::of("a.xml").logins, Logins::None);
    }
}

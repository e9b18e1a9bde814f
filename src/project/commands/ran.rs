//! The commands that a script runs, each with its words as far as they are known and the machine that it runs on.
//!
//! Not here: what a command means.

use crate::document::shell::Redirect;

/// ssh's options that take a value of their own.
const WITH_VALUE: &str = "BbcDEeFIiJLlmOoPpQRSWw";

/// One command that a script runs.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Ran {
    /// Its words after expansion; `None` for one that is only known when the script runs.
    pub words: Vec<Option<String>>,
    /// The server that it runs on, as `ssh` is told; `None` here, and where that is not known.
    pub host: Option<String>,
    /// Whether it runs on another machine.
    pub remote: bool,
    /// The path that its output is written to, as far as its beginning is known.
    pub writes: Option<String>,
}

/// A word may be a password: only how many there are is ever shown.
impl std::fmt::Debug for Ran {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Ran({} words, remote: {})", self.words.len(), self.remote)
    }
}

/// The host among the words of an `ssh` command.
pub(super) fn host(words: &[Option<String>]) -> Option<String> {
    let mut rest = words.iter().skip_while(|word| word.as_deref() != Some("ssh")).skip(1);
    while let Some(word) = rest.next() {
        let word = word.as_deref()?;
        let Some(options) = word.strip_prefix('-') else { return Some(word.to_owned()) };
        if options.ends_with(|last| WITH_VALUE.contains(last)) && options.chars().count() == 1 {
            rest.next();
        }
    }
    None
}

/// The redirection that sends a command's output to a file.
pub(super) fn output(redirects: &[Redirect]) -> Option<&Redirect> {
    let to_file = |redirect: &&Redirect| {
        matches!(redirect.operator.as_str(), ">" | ">>" | ">|")
            && redirect.descriptor.is_none_or(|fd| fd == 1)
    };
    redirects.iter().find(to_file)
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn hosts_are_told_from_options() {
        for (line, found) in [
            ("ssh srv uptime", Some("srv")),
            ("ssh -p 22 -tt -o BatchMode=yes -i key me@srv x", Some("me@srv")),
            ("timeout 5 ssh -A srv", Some("srv")),
            ("ssh -p ? srv", Some("srv")),
            ("ssh ? uptime", None),
            ("ssh", None),
        ] {
            let words: Vec<Option<String>> =
                line.split(' ').map(|word| (word != "?").then(|| word.to_owned())).collect();
            assert_eq!(host(&words).as_deref(), found, "{line}");
        }
    }
}

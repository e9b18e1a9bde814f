//! What gitleaks is told to leave alone: the allowlists of `.gitleaks.toml`, and the lines that `.gitleaksignore`
//! names. A list that speaks of some of its rules speaks of ours for the same vendor.
//!
//! Not here: its rules. Nor commits, since a check looks at files.

use std::collections::BTreeSet;

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use toml::Spanned;

use crate::diagnostic::{Certainty, Diagnostic, Findings, Meta, Severity};
use crate::source::{Folder, Source, Span, join, parent};

/// The configuration of gitleaks.
pub const CONFIGURATION: &str = ".gitleaks.toml";

/// Its list of lines.
pub const IGNORED: &str = ".gitleaksignore";

/// The most bytes that are read of either.
const LARGEST: usize = 1 << 20;

static UNREADABLE: Meta = Meta {
    code: "CFG105",
    name: "unreadable-allowlist",
    severity: Severity::Warning,
    certainty: Certainty::Certain,
    summary: "the allowlist of another scanner cannot be read",
    page: include_str!("../../rules/CFG105.md"),
};

/// The identity of what is said of these files.
#[must_use]
pub fn rules() -> [&'static Meta; 1] {
    [&UNREADABLE]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    allowlist: Option<Written>,
    allowlists: Vec<Written>,
    extend: Extend,
    rules: Vec<Rule>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Extend {
    disabled_rules: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Rule {
    id: String,
    allowlist: Option<Written>,
    allowlists: Vec<Written>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Written {
    condition: String,
    commits: Vec<String>,
    paths: Vec<Spanned<String>>,
    regexes: Vec<Spanned<String>>,
    regex_target: String,
    stopwords: Vec<String>,
    target_rules: Vec<String>,
}

/// What a regular expression is held against.
#[derive(Debug, Clone, Copy)]
enum Target {
    Secret,
    Line,
}

/// One allowlist.
#[derive(Debug)]
struct Allowlist {
    /// Whether everything that it names must hold, not just one thing.
    all: bool,
    paths: Vec<Regex>,
    regexes: Vec<Regex>,
    target: Target,
    stopwords: Vec<String>,
    /// Its rules that this speaks of; none for all.
    rules: Vec<String>,
}

/// All that gitleaks is told to leave alone.
#[derive(Debug, Default)]
pub struct Gitleaks {
    /// The folder that the configuration tells paths from.
    folder: Folder,
    lists: Vec<Allowlist>,
    /// Paths, with a 1-based line, and the folder that they are told from.
    lines: (Folder, BTreeSet<(String, usize)>),
}

impl Gitleaks {
    /// Reads both files, where they are there. What cannot be read silences nothing, and is a finding.
    #[must_use]
    pub fn read(configuration: Option<&Source>, ignored: Option<&Source>) -> (Self, Vec<Diagnostic>) {
        Self::read_from("", configuration, ignored)
    }

    /// The same, seen from the working directory `here`, where that may lie in the folder of the files.
    #[must_use]
    pub fn read_from(
        here: &str,
        configuration: Option<&Source>,
        ignored: Option<&Source>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut found = Vec::new();
        let mut read = Self::default();
        if let Some(source) = configuration {
            read.folder = Folder::new(parent(source.path()), here);
            let mut findings = Findings::new(&UNREADABLE, source.shared_path(), &mut found);
            read.lists = lists(source, &mut findings);
        }
        if let Some(source) = ignored.filter(|source| source.text().len() <= LARGEST) {
            let lines = source.text().lines().filter_map(line);
            let lines = lines.map(|(path, line)| (join("", &path), line)).collect();
            read.lines = (Folder::new(parent(source.path()), here), lines);
        }
        (read, found)
    }

    /// Whether gitleaks would leave the secret alone that stands at `finding`.
    #[must_use]
    pub fn covers(&self, finding: &Diagnostic, source: &Source) -> bool {
        let line = source.line(finding.span.start);
        let (folder, lines) = &self.lines;
        let told = || folder.told(&finding.path).map(|path| (path.into_owned(), line));
        (!lines.is_empty() && told().is_some_and(|place| lines.contains(&place)))
            || self
                .folder
                .told(&finding.path)
                .is_some_and(|path| self.lists.iter().any(|list| list.covers(&path, source, finding)))
    }
}

impl Allowlist {
    fn covers(&self, path: &str, source: &Source, finding: &Diagnostic) -> bool {
        if !self.rules.is_empty() && !self.rules.iter().any(|rule| is_like(rule, finding.meta)) {
            return false;
        }
        let span = finding.span;
        let secret = source.slice(span);
        let looked_at = match self.target {
            Target::Secret => secret,
            Target::Line => source.slice(source.line_span(source.line(span.start))),
        };
        let any = |regexes: &[Regex], text: &str| regexes.iter().any(|regex| regex.is_match(text.as_bytes()));
        let lower = secret.to_ascii_lowercase();
        let named = |word: &String| lower.contains(&word.to_ascii_lowercase());
        let asked = [
            (!self.paths.is_empty()).then(|| any(&self.paths, path)),
            (!self.regexes.is_empty()).then(|| any(&self.regexes, looked_at)),
            (!self.stopwords.is_empty()).then(|| self.stopwords.iter().any(named)),
        ];
        let mut answers = asked.into_iter().flatten().peekable();
        // A rule that is disabled.
        if answers.peek().is_none() {
            return true;
        }
        if self.all { answers.all(|holds| holds) } else { answers.any(|holds| holds) }
    }
}

/// Whether one of our rules looks for what gitleaks' rule `id` does.
fn is_like(id: &str, meta: &Meta) -> bool {
    let vendor = |name: &str| name.split('-').next().unwrap_or_default().to_owned();
    match id {
        // Whatever is assigned to a name that tells of a secret.
        "generic-api-key" => ["SEC004", "ENV109", "CMP201"].contains(&meta.code),
        "jwt" | "jwt-base64" => meta.code == "SEC002",
        _ => id == meta.name || meta.family() == "SEC" && vendor(id) == vendor(meta.name),
    }
}

/// The allowlists that can be held against files.
fn lists(source: &Source, found: &mut Findings<'_>) -> Vec<Allowlist> {
    if source.text().len() > LARGEST {
        found
            .push(Span::new(0, 0), format!("the file has more than {LARGEST} bytes, so it silences nothing"))
            .help("gitleaks reads it, and nothing here does: shorten its lists");
        return Vec::new();
    }
    let file: File = match toml::from_str(source.text()) {
        Ok(file) => file,
        Err(error) => {
            let span = error.span().unwrap_or_default();
            found
                .push(
                    Span::new(span.start, span.end),
                    "this is no configuration of gitleaks, so it silences nothing",
                )
                .help("`gitleaks dir .` says what is wrong with it");
            return Vec::new();
        }
    };
    let written = file.allowlist.into_iter().chain(file.allowlists);
    let mut lists: Vec<Allowlist> = written.filter_map(|list| list.made(found)).collect();
    for rule in file.rules {
        let written = rule.allowlist.into_iter().chain(rule.allowlists);
        let of_rule = |list: Written| Written { target_rules: vec![rule.id.clone()], ..list }.made(found);
        lists.extend(written.filter_map(of_rule));
    }
    let disabled = file.extend.disabled_rules.into_iter().map(|rule| Allowlist {
        all: false,
        paths: Vec::new(),
        regexes: Vec::new(),
        target: Target::Secret,
        stopwords: Vec::new(),
        rules: vec![rule],
    });
    lists.extend(disabled);
    lists
}

impl Written {
    fn made(self, found: &mut Findings<'_>) -> Option<Allowlist> {
        let all = self.condition.eq_ignore_ascii_case("and");
        let wanted = self.paths.len() + self.regexes.len();
        let paths: Vec<Regex> = self.paths.iter().filter_map(|text| regex(text, found)).collect();
        let regexes: Vec<Regex> = self.regexes.iter().filter_map(|text| regex(text, found)).collect();
        let broken = paths.len() + regexes.len() < wanted;
        let nothing = paths.is_empty() && regexes.is_empty() && self.stopwords.is_empty();
        // A commit is never looked at, so a list that also wants one never holds.
        let never = all && (broken || !self.commits.is_empty());
        if nothing || never {
            return None;
        }
        let target = if self.regex_target == "line" { Target::Line } else { Target::Secret };
        Some(Allowlist { all, paths, regexes, target, stopwords: self.stopwords, rules: self.target_rules })
    }
}

/// A regular expression as Go reads it: bytes, and classes of ASCII.
fn regex(text: &Spanned<String>, found: &mut Findings<'_>) -> Option<Regex> {
    let made = RegexBuilder::new(text.get_ref()).unicode(false).size_limit(LARGEST).build();
    if made.is_err() {
        found
            .push(
                Span::new(text.span().start, text.span().end),
                "this is no regular expression that can be used here, so it silences nothing",
            )
            .help("write it without look-around and back-references, as Go wants it too");
    }
    made.ok()
}

/// `path:rule:line`. A line that begins with a commit speaks of history.
fn line(written: &str) -> Option<(String, usize)> {
    let written = written.trim();
    let (rest, number) = written.rsplit_once(':').filter(|_| !written.starts_with('#'))?;
    let (path, _rule) = rest.rsplit_once(':')?;
    let commit = path
        .split_once(':')
        .is_some_and(|(first, _)| first.len() == 40 && first.bytes().all(|byte| byte.is_ascii_hexdigit()));
    (!commit).then_some((path.to_owned(), number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Gitleaks, UNREADABLE as META_OF_TESTS};
    use crate::diagnostic::{Certainty, Diagnostic, Findings, Meta, Severity};
    use crate::source::{Source, Span};

    const SECRET: &str = "Zq8ExamplevKmP2x";

    fn at(path: &str) -> (Source, Diagnostic) {
        let source = Source::new(path, format!("# one\ntoken = \"{SECRET}\" # for tests\n"));
        let start = source.text().find(SECRET).expect("it is there");
        let mut found = Vec::new();
        Findings::new(&META_OF_TESTS, path, &mut found).push(Span::new(start, start + SECRET.len()), "m");
        (source, found.remove(0))
    }

    fn covers(toml: &str, ignored: &str, path: &str) -> bool {
        let (list, mistakes) = Gitleaks::read(
            Some(&Source::new("app/.gitleaks.toml", toml)),
            Some(&Source::new("app/.gitleaksignore", ignored)),
        );
        assert!(mistakes.is_empty(), "{toml}: {mistakes:?}");
        let (source, finding) = at(path);
        list.covers(&finding, &source)
    }

    #[test]
    fn global_allowlists() {
        let path = "app/src/a.py";
        for (toml, expected) in [
            ("title = \"x\"\n[extend]\nuseDefault = true\n", false),
            ("[allowlist]\npaths = ['''^src/.*\\.py$''']\n", true),
            ("[allowlist]\npaths = ['''^app/src/''']\n", false),
            ("[allowlist]\nregexes = ['''(?i)zq8example''']\n", true),
            ("[allowlist]\nregexes = ['''for tests''']\n", false),
            ("[allowlist]\nregexTarget = 'line'\nregexes = ['''for tests''']\n", true),
            ("[allowlist]\nstopwords = ['EXAMPLE']\n", true),
            ("[allowlist]\nstopwords = ['sample']\npaths = ['\\.py$']\n", true),
            ("[[allowlists]]\npaths = ['nope']\n[[allowlists]]\nstopwords = ['example']\n", true),
            ("[[allowlists]]\ncondition = 'AND'\npaths = ['nope']\nstopwords = ['example']\n", false),
            ("[[allowlists]]\ncondition = 'AND'\npaths = ['src']\nstopwords = ['example']\n", true),
            ("[[allowlists]]\ncondition = 'AND'\npaths = ['src']\ncommits = ['abc']\n", false),
            ("[[allowlists]]\ntargetRules = ['jwt']\npaths = ['src']\n", false),
            ("[[rules]]\nid = 'x'\n[[rules.allowlists]]\npaths = ['src']\n", false),
            ("[allowlist]\ncommits = ['abc']\n", false),
        ] {
            assert_eq!(covers(toml, "", path), expected, "{toml}");
        }
        assert!(!covers("[allowlist]\npaths = ['a']\n", "", "other/src/a.py"), "beyond its folder");
    }

    /// A list that wants all of its conditions holds nothing where one of them cannot be read.
    #[test]
    fn a_condition_that_cannot_be_read_never_holds() {
        for (toml, expected) in [
            ("[[allowlists]]\ncondition = 'AND'\nregexes = ['(?=x)']\nstopwords = ['example']\n", false),
            ("[[allowlists]]\ncondition = 'AND'\npaths = ['(?=x)']\nstopwords = ['example']\n", false),
            ("[[allowlists]]\ncondition = 'OR'\npaths = ['(?=x)']\nstopwords = ['example']\n", true),
        ] {
            let (list, mistakes) = Gitleaks::read(Some(&Source::new("app/.gitleaks.toml", toml)), None);
            assert_eq!(mistakes.len(), 1, "{toml}: {mistakes:?}");
            let (source, finding) = at("app/src/a.py");
            assert_eq!(list.covers(&finding, &source), expected, "{toml}");
        }
    }

    #[test]
    fn a_line_that_begins_with_a_commit_speaks_of_history() {
        let (hex, word) =
            ("0123456789abcdef0123456789abcdef01234567", "a-folder-whose-name-has-forty-letters-it");
        assert_eq!((hex.len(), word.len()), (40, 40));
        for (written, expected) in [
            (format!("{hex}:a.py:jwt:2"), None),
            (format!("{word}:a.py:jwt:2"), Some((format!("{word}:a.py"), 2))),
            (format!("{}:a.py:jwt:2", &hex[1..]), Some((format!("{}:a.py", &hex[1..]), 2))),
            ("a.py:jwt:2".to_owned(), Some(("a.py".to_owned(), 2))),
            ("# a.py:jwt:2".to_owned(), None),
        ] {
            assert_eq!(super::line(&written), expected, "{written}");
        }
    }

    /// What is too long to be read silences nothing, and what is exactly as long as that does.
    #[test]
    fn a_list_of_the_greatest_length_is_read() {
        let list = "[allowlist]\nstopwords = ['example']\n";
        for (length, mistakes) in [(super::LARGEST, 0), (super::LARGEST + 1, 1)] {
            let text = format!("{list}{}", "#".repeat(length - list.len()));
            let (read, told) = Gitleaks::read(Some(&Source::new("app/.gitleaks.toml", text)), None);
            let (source, finding) = at("app/src/a.py");
            assert_eq!((told.len(), read.covers(&finding, &source)), (mistakes, mistakes == 0));
        }
    }

    /// What speaks of one rule of gitleaks speaks of ours for the same thing.
    #[test]
    fn lists_of_a_rule() {
        let meta = |code, name| Meta {
            code,
            name,
            severity: Severity::Error,
            certainty: Certainty::Certain,
            summary: "",
            page: "",
        };
        for (id, meta, expected) in [
            ("github-pat", meta("SEC115", "github-token"), true),
            ("github-fine-grained-pat", meta("SEC115", "github-token"), true),
            ("gitlab-pat", meta("SEC115", "github-token"), false),
            ("aws-access-token", meta("SEC110", "aws-access-key-id"), true),
            ("private-key", meta("SEC001", "private-key"), true),
            ("jwt", meta("SEC002", "json-web-token"), true),
            ("generic-api-key", meta("SEC004", "hardcoded-secret"), true),
            ("generic-api-key", meta("SEC115", "github-token"), false),
            ("duplicate-x", meta("ENV008", "duplicate-key"), false),
        ] {
            assert_eq!(super::is_like(id, &meta), expected, "{id} {}", meta.name);
        }
    }

    #[test]
    fn lines_that_are_named() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for (ignored, expected) in [
            ("src/a.py:generic-api-key:2\n".to_owned(), true),
            ("# src/a.py:generic-api-key:2\n".to_owned(), false),
            ("src/a.py:generic-api-key:1\n".to_owned(), false),
            (format!("{commit}:src/a.py:generic-api-key:2\n"), false),
            ("nonsense\n:::\n".to_owned(), false),
        ] {
            assert_eq!(covers("", &ignored, "app/src/a.py"), expected, "{ignored}");
        }
    }

    #[test]
    fn what_cannot_be_read_silences_nothing_and_is_said_in_its_place() {
        let deep = format!("a = {}", "[".repeat(100_000));
        for (toml, place) in [
            ("[allowlist\npaths = []\n", 10),
            ("[allowlist]\npaths = ['(?=x)', 'src']\n", 21),
            ("[allowlist]\nregexes = ['''[''']\n", 23),
            (&deep, 84),
        ] {
            let source = Source::new(".gitleaks.toml", toml);
            let (_, mistakes) = Gitleaks::read(Some(&source), None);
            let [mistake] = mistakes.as_slice() else { panic!("{toml:.40}: {mistakes:?}") };
            assert_eq!(mistake.meta.code, "CFG105");
            assert_eq!(mistake.span.start, place, "{toml:.40}");
        }
    }
}

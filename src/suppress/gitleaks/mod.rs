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
    page: include_str!("../../../rules/CFG105.md"),
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
mod tests;

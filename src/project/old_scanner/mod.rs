//! What a hand-written script that looks for secrets looks for, and what it leaves out.
//!
//! A reading by features, for a person who moves away from the script: what a line's patterns contain says what
//! the line is after. Not here: what is wrong with the script; rules say that.

mod besides;
mod detector;
mod expressions;

pub use besides::Besides;
pub use detector::Detector;

use crate::document::shell::{Command, CommandKind, List, Script, Simple, Word};
use crate::project::staged::{SEARCH, run_by_xargs};
use crate::source::{Source, Span, file_name};

/// What becomes of something that the script left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A glob for `envgate.yaml`.
    Glob(String),
    /// It is not needed any more, and why.
    Needless(&'static str),
    /// It leaves out more than was meant, and how.
    TooWide(&'static str),
    /// Its expression says what no glob can.
    NoGlob,
}

/// Something that the script leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// One alternative of the pattern, as written.
    pub pattern: String,
    /// Where the pattern stands.
    pub span: Span,
    /// Whether it chooses among names of files rather than among lines.
    pub names: bool,
    /// What becomes of it.
    pub fate: Fate,
}

/// What such a script does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OldScanner {
    /// What it looks for, each with the places of the first lines that say so.
    pub detectors: Vec<(Detector, Vec<Span>)>,
    /// What it leaves out.
    pub exclusions: Vec<Exclusion>,
    /// What it does besides.
    pub besides: Vec<Besides>,
    /// Whether it reads what git tells a pre-push hook.
    pub reads_references: bool,
}

/// Reads the script.
#[must_use]
pub fn read(source: &Source, script: &Script) -> OldScanner {
    let mut found = OldScanner::default();
    for detector in Detector::ALL {
        let lines = (1..=source.line_count()).map(|line| source.line_span(line));
        let places: Vec<Span> = lines
            .filter(|span| code(source.slice(*span), detector).is_some_and(|code| detector.is_in(code)))
            .take(3)
            .collect();
        if !places.is_empty() {
            found.detectors.push((detector, places));
        }
    }
    let own = file_name(source.path());
    let lists = lists(script);
    found.besides = besides::besides(script, &lists);
    found.reads_references =
        script.local_commands().iter().filter_map(|command| command.simple()).any(|simple| {
            let names = simple.words.iter().skip(1).filter(|word| !word.raw.starts_with('-'));
            simple.name() == Some("read") && names.count() == 4
        });
    for list in lists {
        for pipeline in list.items.iter().flat_map(crate::document::shell::Item::pipelines) {
            let mut names = pipeline.commands.first().is_some_and(lists_names);
            for simple in pipeline.commands.iter().filter_map(Command::simple) {
                for (pattern, span, grammar) in left_out(simple, source) {
                    let fate = match grammar {
                        Grammar::Pathspec if file_name(&pattern) != own => Fate::Glob(of_pathspec(&pattern)),
                        _ if takes_headers_away(&pattern) => Fate::Needless(HEADERS),
                        _ => fate(&pattern, own, names),
                    };
                    found.exclusions.push(Exclusion { pattern, span, names, fate });
                }
                names &= !reads_files(simple);
            }
        }
    }
    found
}

/// What of a line may say what is looked for: nothing of a comment, of a line that prints, or of one that lists files,
/// unless files are what is looked for.
fn code(line: &str, detector: Detector) -> Option<&str> {
    let line = line.trim_start();
    // Names of scripts that look for secrets have the words in them that such scripts look for.
    let lists = line.contains("--name-only") || line.contains("ls-files");
    let lists = lists && (detector != Detector::EnvFile || line.contains("grep -v"));
    if line.starts_with('#') || line.starts_with("echo ") || line.starts_with("printf ") {
        return None;
    }
    if lists { line.split_once("xargs ").map(|(_, run)| run) } else { Some(line) }
}

/// Whether `xargs` has the files searched whose names it reads, so that lines come behind it.
fn reads_files(simple: &Simple) -> bool {
    let run = run_by_xargs(&simple.words).filter(|_| simple.name() == Some("xargs")).unwrap_or_default();
    let names = |text: &str| text.starts_with('-') && !text.starts_with("--") && text.contains(['l', 'L']);
    run.first().and_then(Word::literal).is_some_and(|name| SEARCH.contains(&file_name(name)))
        && !run.iter().any(|word| names(&word.raw) || word.raw.starts_with("--files-with"))
}

/// What is said of lines that are none of a file.
const HEADERS: &str = "it takes the header lines of a diff away, and envgate reads the files";

/// `^+++`, `^\+\+\+ `, `^---`, `^@@`, `^diff --git`: lines that a diff begins a file or a part of it with.
fn takes_headers_away(pattern: &str) -> bool {
    let Some(rest) = pattern.strip_prefix('^') else { return false };
    let plain = rest.replace("\\s", " ").replace(['\\', '(', ')', '[', ']', '{', '}'], "");
    let plain = plain.trim_end_matches('$');
    let signs = plain.trim_end_matches([' ', '/', 'a', 'b']);
    // `^-----BEGIN` would be a line of a key.
    matches!(signs, "+++" | "---" | "++" | "--" | "+3" | "-3" | "@@")
        || [
            "diff --git",
            "diff ",
            "index ",
            "rename ",
            "similarity index",
            "new file mode",
            "deleted file mode",
        ]
        .iter()
        .any(|start| plain == start.trim_end() || plain.starts_with(start))
}

/// Every list of commands, those in substitutions included.
fn lists(script: &Script) -> Vec<&List> {
    let mut found = vec![&script.body];
    for command in script.local_commands() {
        found.extend(command.kind.lists());
        let targets = command.redirects.iter().map(|redirect| &redirect.target);
        for word in command.kind.words().into_iter().chain(targets) {
            found.extend(word.substitutions().into_iter().map(|substitution| &*substitution.body));
        }
        if let CommandKind::Simple(simple) = &command.kind {
            let values =
                simple.assignments.iter().chain(&simple.declared).filter_map(|one| one.value.scalar());
            found.extend(values.flat_map(Word::substitutions).map(|substitution| &*substitution.body));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|list| list.items.first().is_some_and(|item| seen.insert(item.span)));
    found
}

/// Whether a command lists names of files rather than lines.
fn lists_names(command: &Command) -> bool {
    let Some(simple) = command.simple() else { return false };
    let names = simple
        .words
        .iter()
        .any(|word| matches!(word.raw.as_str(), "--name-only" | "ls-files" | "--name-status"));
    names || matches!(simple.name(), Some("find" | "ls"))
}

/// How a pattern is written.
#[derive(Debug, Clone, Copy)]
enum Grammar {
    /// As for `grep`.
    Expression,
    /// As for git, from the top of the work tree.
    Pathspec,
}

/// The alternatives of a `grep -v`, and of git's own `:(exclude)`.
fn left_out(simple: &Simple, source: &Source) -> Vec<(String, Span, Grammar)> {
    let words = simple.unwrapped();
    let name = words.first().and_then(Word::literal).map(file_name);
    let mut found = Vec::new();
    if name == Some("git") {
        for word in words.iter().skip(1) {
            let text = word.literal().unwrap_or_default();
            let path = [":!", ":^", ":(exclude)"].iter().find_map(|lead| text.strip_prefix(lead));
            found.extend(path.map(|path| (path.to_owned(), word.span, Grammar::Pathspec)));
        }
    }
    if is_inverted(words) {
        for word in patterns(words) {
            let text = word.literal().unwrap_or_else(|| source.slice(word.span));
            let alternatives = expressions::alternatives(&text.replace("\\|", "|"));
            found.extend(alternatives.into_iter().map(|one| (one, word.span, Grammar::Expression)));
        }
    }
    found
}

fn is_short(word: &Word) -> bool {
    word.raw.starts_with('-') && !word.raw.starts_with("--")
}

/// Whether a search keeps the lines that do not match.
fn is_inverted(words: &[Word]) -> bool {
    words.iter().any(|word| (is_short(word) && word.raw.contains('v')) || word.raw == "--invert-match")
}

/// The patterns of a `grep`; none where it is another program.
fn patterns(words: &[Word]) -> Vec<&Word> {
    let name = words.first().and_then(Word::literal).map(file_name);
    if !matches!(name, Some("grep" | "egrep" | "fgrep" | "rg")) {
        return Vec::new();
    }
    let given = words
        .iter()
        .zip(words.iter().skip(1))
        .filter(|(option, _)| is_short(option) && option.raw.ends_with('e'));
    let mut patterns: Vec<&Word> = given.map(|(_, pattern)| pattern).collect();
    if patterns.is_empty() {
        patterns.extend(words.iter().skip(1).find(|word| !word.raw.starts_with('-')));
    }
    patterns
}

/// What git leaves out, as a glob: a path starts at the top, and a `*` stands for directories too.
fn of_pathspec(path: &str) -> String {
    let path = path.strip_prefix('/').unwrap_or(path);
    match path.rsplit_once('/') {
        Some((_, "")) => format!("{path}**"),
        _ if path.starts_with('*') => format!("**/{path}"),
        Some((directory, name)) if name.contains('*') => format!("{directory}/**/{name}"),
        _ if file_name(path).contains(['.', '*']) => path.to_owned(),
        _ => format!("{path}/**"),
    }
}

fn fate(pattern: &str, own: &str, names: bool) -> Fate {
    let plain = pattern.replace('\\', "");
    let bare = plain.trim_start_matches('^').trim_end_matches('$');
    let private = ["127.", "0.0.0.0", "localhost", "192.168", "10.", "172.1", "172.(", "169.254", "::1"];
    if file_name(bare) == own {
        return Fate::Needless("the script itself, which goes");
    }
    if private.iter().any(|start| bare.trim_start_matches('(').starts_with(start)) {
        return Fate::Needless("SEC005 reports public addresses alone");
    }
    if bare.trim_start_matches(['s', '*', ' ', '[', ':']).starts_with('#') || bare.starts_with("//") {
        return Fate::TooWide("a secret in a comment is in the repository all the same");
    }
    let path = names
        || bare.contains('/')
        || bare.starts_with('.')
        || bare.ends_with(".md")
        || bare.ends_with(".lock");
    if !path {
        return Fate::TooWide(
            "it drops every line that has the word anywhere, with the secret beside it; envgate tells placeholders \
             by the value",
        );
    }
    if !expressions::is_plain(pattern) {
        return Fate::NoGlob;
    }
    let glob = glob(bare, plain.starts_with('^'), plain.ends_with('$'));
    let letters = glob.chars().filter(char::is_ascii_alphanumeric).count();
    let wide = letters < 2 || (names && !bare.contains(['/', '.']) && !plain.starts_with('^'));
    if wide {
        return Fate::TooWide("it leaves out every file that has the word anywhere in its path");
    }
    Fate::Glob(glob)
}

/// A pattern over paths as a glob: what is anchored stays at the top, everything else may lie anywhere.
fn glob(bare: &str, starts: bool, ends: bool) -> String {
    let path = bare.replace(".*", "*").replace('+', "");
    let lead = if starts || path.starts_with('*') {
        ""
    } else if path.starts_with('.') {
        "**/*"
    } else {
        "**/"
    };
    let tail = match () {
        () if path.ends_with('/') => "**",
        () if ends || path.contains('.') || path.ends_with('*') => "",
        () => "/**",
    };
    format!("{lead}{path}{tail}")
}

#[cfg(test)]
mod tests;

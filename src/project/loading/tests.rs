//! Tables of lines and verdicts.

use super::{Harm, Hash, Line, Spacing, Verdict, judge};
use crate::document::Document;
use crate::document::env::{EnvFile, Loader};
use crate::project::expectations::Expectations;
use crate::project::loaders::{Read, Reader};
use crate::project::{File, Project, Role};
use crate::source::{PathKind, Source, Span, Tree};

struct Nothing;

impl Tree for Nothing {
    fn kind(&self, _path: &str) -> Option<PathKind> {
        None
    }
    fn read(&self, _path: &str) -> std::io::Result<Vec<u8>> {
        Err(std::io::ErrorKind::NotFound.into())
    }
}

fn judged(text: &str, loaders: &[Loader]) -> Vec<Line> {
    let file = File {
        source: Source::new(".env", text),
        document: Document::Env(EnvFile::parse(text)),
        role: Role::Plain,
        env_uses: Vec::new(),
        tracked: None,
        mode: None,
        checked: true,
    };
    let mut project = Project::new(vec![file], Expectations::default(), &Nothing);
    let read = |&loader: &Loader| {
        let reader = Reader { loader, path: "app".to_owned(), span: Span::default() };
        Read { env_file: ".env".to_owned(), reader }
    };
    project.reads = loaders.iter().map(read).collect();
    judge(&project).remove(".env").unwrap_or_default()
}

/// The verdict in a word.
fn word(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Stops { dropped, whole, .. } => {
            format!("stops {dropped}{}", if *whole { " of all" } else { "" })
        }
        Verdict::Shell { harm, .. } => match harm {
            Harm::Runs => "runs",
            Harm::Substitutes => "substitutes",
            Harm::Redirects => "redirects",
            Harm::Quotes => "eats quotes",
            Harm::Backslashes => "eats backslashes",
        }
        .to_owned(),
        Verdict::Refused { .. } => "refused".to_owned(),
        Verdict::Split { all, .. } => if *all { "loses all" } else { "splits" }.to_owned(),
        Verdict::Expanded { .. } => "expands".to_owned(),
        Verdict::QuotesKept { .. } => "keeps quotes".to_owned(),
        Verdict::Hash { hash, .. } => match hash {
            Hash::Glued => "glued hash",
            Hash::Tab => "tab hash",
            Hash::First => "first hash",
            Hash::Comment => "comment",
            Hash::Alone => "lone comment",
        }
        .to_owned(),
        Verdict::Differs { .. } => "differs".to_owned(),
        Verdict::Unportable => "unportable".to_owned(),
        Verdict::Spacing(Spacing::Blanks) => "blanks".to_owned(),
        Verdict::Spacing(Spacing::Bare) => "bare".to_owned(),
        Verdict::Spacing(Spacing::Colon) => "colon".to_owned(),
        Verdict::Reference { later, .. } => if later.is_some() { "later" } else { "nowhere" }.to_owned(),
    }
}

fn check(loaders: &[Loader], cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let lines = judged(text, loaders);
        let words: Vec<String> = lines.iter().map(|line| word(&line.verdict)).collect();
        assert_eq!(words.join(", "), *expected, "{text:?} with {loaders:?}");
    }
}

#[test]
fn a_shell_that_sources() {
    check(
        &[Loader::Bash],
        &[
            ("K=abc\n", ""),
            ("K='a b; c'\n", ""),
            ("K=\"a b\"\n", ""),
            ("K=a b\n", "runs"),
            ("K=a&b\n", "runs"),
            ("K=$(id)\n", "substitutes"),
            ("K=`id`\n", "substitutes"),
            ("K='$(id)'\n", ""),
            ("K=a>b\n", "redirects"),
            ("K=C:\\path\n", "eats backslashes"),
            ("K=ab\"cd\"ef\n", "eats quotes"),
            ("A=1\nK=it's\nB=2\n", "stops 1"),
            ("K=Ab1&x?y!)z\nB=2\n", "stops 1"),
            ("DB_PASSWORD=pa$word9\n", "expands"),
            ("K = abc\n", "refused"),
            ("export K=abc\n", ""),
            ("export K\n", ""),
            ("K=abc # note\n", ""),
        ],
    );
}

#[test]
fn the_command_line_of_xargs() {
    check(
        &[Loader::Xargs],
        &[
            ("K=abc\n", ""),
            ("K='a b'\n", "splits"),
            ("K=a\\b\n", "splits"),
            ("A=1 # it's\nK=abc\n", "loses all"),
            ("# it's\nK=abc\n", ""),
        ],
    );
}

#[test]
fn those_that_keep_every_character() {
    check(
        &[Loader::Docker],
        &[
            ("K=abc\n", ""),
            ("K=a b\n", ""),
            ("K=\"abc\"\n", "keeps quotes"),
            ("K=abc # note\n", "comment"),
            ("K= # note\n", "lone comment"),
            ("K\n", ""),
            ("K =abc\nB=1\n", "stops 1"),
        ],
    );
}

#[test]
fn nobody_known_leaves_what_no_loader_likes() {
    check(
        &[],
        &[
            ("K=abc\n", ""),
            ("K=\"a b\"\n", ""),
            ("K=a#b\n", "glued hash"),
            ("K=abc # note\n", ""),
            ("K= # note\n", ""),
            ("K=<your-key-here>\n", ""),
            ("K=$(id)\n", ""),
            ("K-X=abc\n", "unportable"),
            ("K = abc\n", "blanks"),
            ("K: abc\n", "colon"),
            ("K\n", "bare"),
            ("K=${B}/x\nB=1\n", "later"),
            ("B=1\nK=${B}/x\n", ""),
            ("K=${K}\nK=2\n", ""),
            ("K=${B}/x\n", ""),
            ("no assignment here\n", "refused"),
            ("one\ntwo words\nthree words\n", "bare, refused"),
        ],
    );
}

#[test]
fn two_readers_are_held_against_each_other() {
    check(
        &[Loader::NodeDotenv, Loader::ComposeEnvFile],
        &[
            ("K=abc\n", ""),
            ("K=abc#def\n", "glued hash"),
            ("K='abc#def'\n", ""),
            ("K=a$b\n", "differs"),
            ("API_TOKEN=a$bcdefgh\n", "expands"),
            ("K=\"a\\nb\"\n", ""),
            ("K=\"a\\tb\"\n", "differs"),
            ("K: abc\n", "colon"),
        ],
    );
}

#[test]
fn the_stories_of_a_hostile_file_are_bounded() {
    let many = "K=a b\n".repeat(20_000) + &"no assignment\n\n".repeat(20_000);
    let loaders = Loader::ALL;
    assert!(judged(&many, loaders).len() <= 1000);
    let wide = format!("K={}\nB=${{K}}\n", "a b'\"$ #".repeat(40_000));
    assert!(judged(&wide, loaders).len() <= 2);
    assert!(judged("K=\0\nB=a b\n", loaders).is_empty(), "another rule speaks of such bytes");
}

//! The dialects as data: what tells one loader of env files from another.
//!
//! Not here: reading. The readers ask the table and know no loader by name.

use super::expand::Expansion;
use super::loader::Loader;
use super::normal::{Carriage, FirstPass};

/// One loader's ways.
#[derive(Debug)]
pub(super) struct Dialect {
    pub(super) first_pass: FirstPass,
    pub(super) nul: Nul,
    pub(super) not_utf8: NotUtf8,
    pub(super) grammar: Grammar,
    pub(super) expansion: Expansion,
    /// What `${X}` asks.
    pub(super) lookup: Lookup,
    /// Whether a refused line takes the keys before it along.
    pub(super) refuses_whole: bool,
}

/// Whom a reference to a variable asks, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    EnvironmentFirst,
    FileFirst,
    FileOnly,
}

/// What a NUL does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nul {
    Kept,
    EndsValue,
    RefusesFile,
}

/// What bytes that are not UTF-8 do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotUtf8 {
    Kept,
    RefusesFile,
    SkipsKey,
}

/// Which reader reads it.
#[derive(Debug)]
pub(super) enum Grammar {
    /// Assignments with quoted values.
    Assignments(Assignments),
    /// One assignment a line, the value is the rest of it.
    Lines(Lines),
    /// Shell commands.
    Shell { bash: bool },
    /// `export $(grep -v '^#' file | xargs)`.
    Xargs,
    /// The word grammar of dotenvy.
    Words,
    /// systemd's states.
    Unit,
    /// Make's variables.
    Make,
}

/// How a key is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyRule {
    /// Everything up to a blank, `#` or `=`; a line that goes on otherwise is skipped.
    Blankless,
    /// `[A-Za-z0-9_.-]+`, then `=` or `: `; a line that is not so is skipped.
    Word,
    /// Everything up to `=`, on this line or the next ones.
    UpToEquals { one_line: bool },
    /// Letters and digits up to `=`, `:` or the line end; anything else refuses the file.
    Letters { more: &'static str, bare: bool, bytes: bool },
}

/// Which quote ends a quoted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    /// The first one without a backslash; failing that, the last one with.
    Searching,
    /// The first one that an unescaped backslash does not stand before.
    Unescaped,
    /// The first one without a backslash just before.
    NotAfterBackslash,
    /// The first one.
    First,
}

/// What happens with text between the closing quote and the line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterQuote {
    /// The line is skipped.
    SkipsLine,
    /// The whole is read as an unquoted value.
    Unquotes,
    /// It is ignored.
    Ignored,
    /// It is read as the next assignment.
    NextStatement,
}

/// What a quote without an end does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unterminated {
    SkipsLine,
    Unquotes,
    Refuses,
}

/// Where a comment starts in an unquoted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comment {
    /// At the first `#` after a space.
    AfterSpace,
    /// At the first `#` after a blank, the blanks before the value included.
    AfterBlank,
    /// At the last `#` after a blank.
    AfterLastBlank,
    /// At the first `#`.
    Anywhere,
}

/// What backslashes mean between quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Escapes {
    /// Pairs of the character after the backslash and what the two stand for.
    pub(super) known: &'static [(char, &'static str)],
    /// Whether the backslash goes before any other character; those in `kept` excepted.
    pub(super) drops_others: bool,
    /// Characters before which the backslash stays although it goes before others.
    pub(super) kept: &'static str,
    /// Whether `\0` and up to three octal digits stand for a character.
    pub(super) octal: bool,
}

/// The rules of the reader of assignments.
#[derive(Debug)]
pub(super) struct Assignments {
    pub(super) key: KeyRule,
    /// Whether blanks after `export` may be several, and tabs; `None` for one space only.
    pub(super) export_blanks: bool,
    pub(super) quotes: &'static str,
    pub(super) close: Close,
    pub(super) after: AfterQuote,
    pub(super) unterminated: Unterminated,
    pub(super) double: Escapes,
    pub(super) single: Escapes,
    pub(super) comment: Comment,
    /// The blanks around a value; `None` for all that Unicode calls white.
    pub(super) blanks: Option<&'static str>,
    /// Whether an unquoted value that begins and ends with the same quote loses both.
    pub(super) strips_outer: bool,
    /// Which quotes keep `$` as it is.
    pub(super) literal_quotes: &'static str,
    /// Whether `$(…)` is run.
    pub(super) runs_commands: bool,
    /// Whether the escapes for a line end are seen in unquoted values that begin with a double quote.
    pub(super) escapes_expand_first: bool,
}

/// The rules of the reader of whole lines.
#[derive(Debug)]
pub(super) struct Lines {
    /// Whether a line may be indented.
    pub(super) indent: bool,
    /// Whether `export ` before the key is taken off.
    pub(super) export: bool,
    /// Whether a key that is not `[A-Za-z0-9_]+` skips its line.
    pub(super) word_keys: bool,
    /// Whether a key with a blank, or no key, refuses the file, and a bare key is inherited.
    pub(super) strict: bool,
    /// Whether key and value are trimmed.
    pub(super) trims: bool,
    /// What backslashes mean in a value in double quotes; `None` where quotes are characters.
    pub(super) quotes: Option<Escapes>,
    /// Whether a value that begins with `$` names another variable.
    pub(super) proxies: bool,
}

const NO_ESCAPES: Escapes = Escapes { known: &[], drops_others: false, kept: "", octal: false };
const QUOTE_ONLY: Escapes = Escapes { known: &[('\\', "\\"), ('\'', "'")], ..NO_ESCAPES };
const APOSTROPHE: Escapes = Escapes { known: &[('\'', "'")], ..NO_ESCAPES };
const COMPOSE_SINGLE: Escapes = Escapes { known: &[('\\', "\\\\"), ('\'', "'")], ..NO_ESCAPES };
const NEWLINE: Escapes = Escapes { known: &[('n', "\n")], ..NO_ESCAPES };
const NEWLINES: Escapes = Escapes { known: &[('n', "\n"), ('r', "\r")], ..NO_ESCAPES };
const NEWLINES_TAB: Escapes = Escapes { known: &[('n', "\n"), ('r', "\r"), ('t', "\t")], ..NO_ESCAPES };
const PYTHON: Escapes = Escapes {
    known: &[
        ('\\', "\\"),
        ('\'', "'"),
        ('"', "\""),
        ('a', "\u{7}"),
        ('b', "\u{8}"),
        ('f', "\u{c}"),
        ('n', "\n"),
        ('r', "\r"),
        ('t', "\t"),
        ('v', "\u{b}"),
    ],
    ..NO_ESCAPES
};
const COMPOSE: Escapes = Escapes {
    known: &[
        ('\\', "\\"),
        ('"', "\""),
        ('$', "$$"),
        ('a', "\u{7}"),
        ('b', "\u{8}"),
        ('f', "\u{c}"),
        ('n', "\n"),
        ('r', "\r"),
        ('t', "\t"),
        ('v', "\u{b}"),
    ],
    octal: true,
    ..NO_ESCAPES
};
const GODOTENV: Escapes =
    Escapes { known: &[('n', "\n"), ('r', "\r")], drops_others: true, kept: "$", octal: false };
const DJANGO: Escapes = Escapes { known: &[], drops_others: true, kept: "rnt", octal: false };

const GO_BLANKS: &str = "\t\u{b}\u{c}\r \u{85}\u{a0}";

const fn pass(skips_mark: bool, carriage: Carriage) -> FirstPass {
    FirstPass { skips_mark, carriage, drops_nul: false, separators_end_lines: false }
}

const PYTHON_DOTENV: Dialect = Dialect {
    first_pass: pass(true, Carriage::EndsLine),
    nul: Nul::Kept,
    not_utf8: NotUtf8::RefusesFile,
    grammar: Grammar::Assignments(Assignments {
        key: KeyRule::Blankless,
        export_blanks: true,
        quotes: "'\"",
        close: Close::Searching,
        after: AfterQuote::SkipsLine,
        unterminated: Unterminated::SkipsLine,
        double: PYTHON,
        single: QUOTE_ONLY,
        comment: Comment::AfterBlank,
        blanks: None,
        strips_outer: false,
        literal_quotes: "",
        runs_commands: false,
        escapes_expand_first: false,
    }),
    expansion: Expansion::Python,
    lookup: Lookup::FileFirst,
    refuses_whole: true,
};

const COMPOSE_FILE: Dialect = Dialect {
    first_pass: pass(true, Carriage::BeforeNewline),
    nul: Nul::Kept,
    not_utf8: NotUtf8::Kept,
    grammar: Grammar::Assignments(Assignments {
        key: KeyRule::Letters { more: "_.-[]", bare: true, bytes: false },
        export_blanks: true,
        quotes: "'\"",
        close: Close::Unescaped,
        after: AfterQuote::NextStatement,
        unterminated: Unterminated::Refuses,
        double: COMPOSE,
        single: COMPOSE_SINGLE,
        comment: Comment::AfterSpace,
        blanks: Some(GO_BLANKS),
        strips_outer: false,
        literal_quotes: "'",
        runs_commands: false,
        escapes_expand_first: false,
    }),
    expansion: Expansion::Template,
    lookup: Lookup::EnvironmentFirst,
    refuses_whole: true,
};

const fn javascript(
    expansion: Expansion,
    single: Escapes,
    double: Escapes,
    literal: &'static str,
) -> Dialect {
    Dialect {
        first_pass: pass(true, Carriage::EndsLine),
        nul: Nul::Kept,
        not_utf8: NotUtf8::Kept,
        grammar: Grammar::Assignments(Assignments {
            key: KeyRule::Word,
            export_blanks: true,
            quotes: "'\"`",
            close: Close::Searching,
            after: AfterQuote::Unquotes,
            unterminated: Unterminated::Unquotes,
            double,
            single,
            comment: Comment::Anywhere,
            blanks: None,
            strips_outer: true,
            literal_quotes: literal,
            runs_commands: matches!(expansion, Expansion::Rereading),
            escapes_expand_first: true,
        }),
        expansion,
        lookup: Lookup::EnvironmentFirst,
        refuses_whole: true,
    }
}

const NODE_DOTENV: Dialect = javascript(Expansion::None, NO_ESCAPES, NEWLINES, "");
const DOTENV_EXPAND: Dialect = javascript(Expansion::Rereading, NO_ESCAPES, NEWLINES, "");
const DOTENVX: Dialect = javascript(Expansion::Rereading, APOSTROPHE, NEWLINES_TAB, "'");

const fn node(one_line: bool, blanks: &'static str) -> Dialect {
    Dialect {
        first_pass: pass(false, Carriage::Vanishes),
        nul: Nul::EndsValue,
        not_utf8: NotUtf8::Kept,
        grammar: Grammar::Assignments(Assignments {
            key: KeyRule::UpToEquals { one_line },
            export_blanks: one_line,
            quotes: "'\"`",
            close: Close::First,
            after: AfterQuote::Ignored,
            unterminated: Unterminated::Unquotes,
            double: NEWLINE,
            single: NO_ESCAPES,
            comment: Comment::Anywhere,
            blanks: Some(blanks),
            strips_outer: false,
            literal_quotes: "",
            runs_commands: false,
            escapes_expand_first: false,
        }),
        expansion: Expansion::None,
        lookup: Lookup::EnvironmentFirst,
        refuses_whole: false,
    }
}

const NODE_20: Dialect = node(false, " ");
const NODE_24: Dialect = node(true, " \t");

const GODOTENV_FILE: Dialect = Dialect {
    first_pass: pass(false, Carriage::EndsLine),
    nul: Nul::Kept,
    not_utf8: NotUtf8::Kept,
    grammar: Grammar::Assignments(Assignments {
        key: KeyRule::Letters { more: "_.", bare: false, bytes: true },
        export_blanks: true,
        quotes: "'\"",
        close: Close::NotAfterBackslash,
        after: AfterQuote::NextStatement,
        unterminated: Unterminated::Refuses,
        double: GODOTENV,
        single: NO_ESCAPES,
        comment: Comment::AfterLastBlank,
        blanks: Some(GO_BLANKS),
        strips_outer: false,
        literal_quotes: "'",
        runs_commands: false,
        escapes_expand_first: false,
    }),
    expansion: Expansion::Capitals,
    lookup: Lookup::FileOnly,
    refuses_whole: true,
};

const DJANGO_ENVIRON: Dialect = Dialect {
    first_pass: FirstPass {
        skips_mark: false,
        carriage: Carriage::EndsLine,
        drops_nul: false,
        separators_end_lines: true,
    },
    nul: Nul::RefusesFile,
    not_utf8: NotUtf8::RefusesFile,
    grammar: Grammar::Lines(Lines {
        indent: false,
        export: true,
        word_keys: true,
        strict: false,
        trims: false,
        quotes: Some(DJANGO),
        proxies: true,
    }),
    expansion: Expansion::None,
    lookup: Lookup::EnvironmentFirst,
    refuses_whole: true,
};

const DECOUPLE: Dialect = Dialect {
    first_pass: pass(false, Carriage::EndsLine),
    nul: Nul::Kept,
    not_utf8: NotUtf8::RefusesFile,
    grammar: Grammar::Lines(Lines {
        indent: true,
        export: false,
        word_keys: false,
        strict: false,
        trims: true,
        quotes: Some(NO_ESCAPES),
        proxies: false,
    }),
    expansion: Expansion::None,
    lookup: Lookup::EnvironmentFirst,
    refuses_whole: true,
};

const DOCKER: Dialect = Dialect {
    first_pass: pass(true, Carriage::BeforeNewline),
    nul: Nul::Kept,
    not_utf8: NotUtf8::RefusesFile,
    grammar: Grammar::Lines(Lines {
        indent: true,
        export: false,
        word_keys: false,
        strict: true,
        trims: false,
        quotes: None,
        proxies: false,
    }),
    expansion: Expansion::None,
    lookup: Lookup::EnvironmentFirst,
    refuses_whole: true,
};

const fn other(grammar: Grammar, first_pass: FirstPass, nul: Nul, not_utf8: NotUtf8) -> Dialect {
    Dialect {
        first_pass,
        nul,
        not_utf8,
        grammar,
        expansion: Expansion::None,
        lookup: Lookup::FileFirst,
        refuses_whole: true,
    }
}

const fn shell(bash: bool) -> Dialect {
    let first_pass = FirstPass {
        skips_mark: false,
        carriage: Carriage::Kept,
        drops_nul: true,
        separators_end_lines: false,
    };
    let dialect = other(Grammar::Shell { bash }, first_pass, Nul::Kept, NotUtf8::Kept);
    Dialect { refuses_whole: !bash, ..dialect }
}

const BASH: Dialect = shell(true);
const DASH: Dialect = shell(false);
const XARGS: Dialect = other(Grammar::Xargs, pass(false, Carriage::Kept), Nul::RefusesFile, NotUtf8::Kept);
const DOTENVY: Dialect = Dialect {
    lookup: Lookup::EnvironmentFirst,
    refuses_whole: false,
    ..other(Grammar::Words, pass(false, Carriage::Kept), Nul::Kept, NotUtf8::RefusesFile)
};
const SYSTEMD: Dialect =
    other(Grammar::Unit, pass(false, Carriage::EndsLine), Nul::RefusesFile, NotUtf8::SkipsKey);
const MAKE: Dialect =
    other(Grammar::Make, pass(true, Carriage::BeforeNewline), Nul::EndsValue, NotUtf8::Kept);

/// The row of a loader.
pub(super) const fn of(loader: Loader) -> &'static Dialect {
    match loader {
        Loader::PythonDotenv => &PYTHON_DOTENV,
        Loader::DjangoEnviron => &DJANGO_ENVIRON,
        Loader::Decouple => &DECOUPLE,
        Loader::NodeDotenv => &NODE_DOTENV,
        Loader::DotenvExpand => &DOTENV_EXPAND,
        Loader::Dotenvx => &DOTENVX,
        Loader::Node20 => &NODE_20,
        Loader::Node24 => &NODE_24,
        Loader::Dotenvy => &DOTENVY,
        Loader::Godotenv => &GODOTENV_FILE,
        Loader::Bash => &BASH,
        Loader::Dash => &DASH,
        Loader::Xargs => &XARGS,
        Loader::Compose | Loader::ComposeEnvFile => &COMPOSE_FILE,
        Loader::ComposeRaw | Loader::Docker => &DOCKER,
        Loader::Systemd => &SYSTEMD,
        Loader::Make => &MAKE,
    }
}

//! The dialects as data: one row for each loader of env files.
//!
//! Not here: reading. The readers ask a row and know no loader by name.

use super::dialect::{
    AfterQuote, Assignments, Close, Comment, Dialect, Escapes, Grammar, KeyRule, Lines, Lookup, NotUtf8, Nul,
    Unterminated,
};
use super::expand::Expansion;
use super::loader::Loader;
use super::normal::{Carriage, FirstPass};

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
        quotes: "'\"",
        close: Close::Unescaped,
        after: AfterQuote::SkipsLine,
        unterminated: Unterminated::SkipsLine,
        double: PYTHON,
        single: QUOTE_ONLY,
        comment: Comment::AfterBlank,
        blanks: None,
        strips_outer: false,
        literal_quotes: "",
        runs_commands: false,
        collapses: false,
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
        collapses: false,
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
    collapses: bool,
) -> Dialect {
    Dialect {
        first_pass: pass(true, Carriage::EndsLine),
        nul: Nul::Kept,
        not_utf8: NotUtf8::Kept,
        grammar: Grammar::Assignments(Assignments {
            key: KeyRule::Word,
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
            collapses,
        }),
        expansion,
        lookup: Lookup::EnvironmentFirst,
        refuses_whole: true,
    }
}

const NODE_DOTENV: Dialect = javascript(Expansion::None, NO_ESCAPES, NEWLINES, "", false);
const DOTENV_EXPAND: Dialect = javascript(Expansion::Rereading, NO_ESCAPES, NEWLINES, "", true);
const DOTENVX: Dialect = javascript(Expansion::Rereading, APOSTROPHE, NEWLINES_TAB, "'", false);

const fn node(one_line: bool, blanks: &'static str) -> Dialect {
    Dialect {
        first_pass: pass(false, Carriage::Vanishes),
        nul: Nul::EndsValue,
        not_utf8: NotUtf8::Kept,
        grammar: Grammar::Assignments(Assignments {
            key: KeyRule::UpToEquals { one_line },
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
            collapses: false,
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
        collapses: false,
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
const XARGS: Dialect = Dialect {
    refuses_whole: false,
    ..other(Grammar::Xargs, pass(false, Carriage::Kept), Nul::RefusesFile, NotUtf8::Kept)
};
const DOTENVY: Dialect = Dialect {
    lookup: Lookup::EnvironmentFirst,
    refuses_whole: false,
    ..other(Grammar::Words, pass(false, Carriage::Kept), Nul::Kept, NotUtf8::RefusesFile)
};
const SYSTEMD: Dialect =
    other(Grammar::Unit, pass(false, Carriage::Kept), Nul::RefusesFile, NotUtf8::SkipsKey);
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

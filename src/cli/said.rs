//! What is printed instead of running a command: help, the version, and mistakes in what was typed, in the reader's
//! language.
//!
//! In English clap says it. In Spanish clap lays out a command whose texts are those of the catalogue, and says what is
//! left of its own line by line; not here: those texts, which are [`crate::lang`]'s.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind::BrokenPipe;
use std::io::{Write, stdout};
use std::process::ExitCode;

use anstream::adapter::strip_str;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory, Parser};

use super::Cli;
use crate::lang::Lang;

/// What stands at the beginning of a line of help.
const HEADS: [&str; 5] = ["Usage:", "Commands:", "Arguments:", "Options:", "Possible values:"];

/// What a usage line calls the options and a command.
const PLACES: [&str; 3] = ["[OPTIONS]", "[COMMAND]", "<COMMAND>"];

/// What is printed instead of running a command.
#[derive(Debug)]
pub struct Said {
    error: clap::Error,
    typed: Vec<OsString>,
    lang: Lang,
}

impl Cli {
    /// Reads what was typed, the program's name first; `environment` is the language where none is asked for.
    ///
    /// # Errors
    ///
    /// Where there is something to print instead of a command to run.
    pub fn typed(typed: Vec<OsString>, environment: Lang) -> Result<Self, Box<Said>> {
        Self::try_parse_from(&typed).map_err(|error| {
            let lang = asked(&typed).unwrap_or(environment);
            Box::new(Said { error, typed, lang })
        })
    }
}

/// The language that was asked for, wherever the rest of what was typed is wrong.
fn asked(typed: &[OsString]) -> Option<Lang> {
    let mut words = typed.iter().filter_map(|word| word.to_str()).take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        let name = match word.strip_prefix("--lang") {
            Some("") => words.next()?,
            Some(rest) => rest.strip_prefix('=').unwrap_or_default(),
            None => continue,
        };
        match name {
            "en" => return Some(Lang::English),
            "es" => return Some(Lang::Spanish),
            _ => {}
        }
    }
    None
}

impl Said {
    /// Prints it, mistakes on standard error, and gives the exit code. A reader that went away is no failure.
    #[must_use]
    pub fn print(&self) -> ExitCode {
        let printed = match self.lang {
            Lang::English => self.error.print(),
            Lang::Spanish if self.error.use_stderr() => {
                anstream::stderr().write_all(self.mistake().as_bytes())
            }
            Lang::Spanish => anstream::stdout().write_all(self.help().as_bytes()),
        };
        if printed.and_then(|()| stdout().flush()).is_err_and(|error| error.kind() != BrokenPipe) {
            return ExitCode::from(2);
        }
        u8::try_from(self.error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
    }

    fn help(&self) -> String {
        let help = [ErrorKind::DisplayHelp, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand];
        if !help.contains(&self.error.kind()) {
            return self.error.render().ansi().to_string();
        }
        let whole =
            ["--help", "help"].iter().any(|word| self.typed.iter().any(|typed| typed == OsStr::new(word)));
        let mut command = Cli::command();
        command.build();
        let said = translated(command, self.lang, whole).try_get_matches_from(&self.typed);
        let error = said.err();
        let text = error.as_ref().unwrap_or(&self.error).render().ansi().to_string();
        text.split_inclusive('\n').map(|line| self.headed(line)).collect()
    }

    /// A line of help with its head in the language.
    fn headed(&self, line: &str) -> String {
        let plain = strip_str(line).to_string();
        if plain.trim().is_empty() {
            return plain.trim_start_matches(' ').to_owned();
        }
        let mut line = line.to_owned();
        if let Some(head) = HEADS.iter().find(|head| plain.trim_start().starts_with(**head)) {
            line = line.replacen(head, self.lang.word(head), 1);
        }
        if plain.starts_with(HEADS[0]) {
            line = PLACES.iter().fold(line, |line, place| line.replace(place, self.lang.word(place)));
        }
        line
    }

    /// A mistake, or help that is printed because too little was typed.
    fn mistake(&self) -> String {
        if self.error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            return self.help();
        }
        let text = self.error.render().ansi().to_string();
        text.split_inclusive('\n').map(|line| self.told(line)).collect()
    }

    /// One line of a mistake. What it is headed with keeps its colour.
    fn told(&self, line: &str) -> String {
        let plain = strip_str(line).to_string();
        let Some(said) = self.lang.typed(plain.trim()) else { return self.headed(line) };
        let indent = plain.get(..plain.len() - plain.trim_start().len()).unwrap_or_default();
        let end = if plain.ends_with('\n') { "\n" } else { "" };
        let head =
            line.trim_start().split_once(' ').map(|(head, _)| head).filter(|head| head.contains('\u{1b}'));
        match (head, said.split_once(' ')) {
            (Some(head), Some((word, rest))) if word.ends_with(':') => {
                let bare = strip_str(head).to_string();
                format!("{indent}{} {rest}{end}", head.replacen(&bare, word, 1))
            }
            _ => format!("{indent}{said}{end}"),
        }
    }
}

/// The command with the catalogue's texts. `whole` is for `--help`, where clap lists the values below an option.
pub(super) fn translated(mut command: Command, lang: Lang, whole: bool) -> Command {
    if let Some(text) = command.get_about().map(|text| lang.help(&text.to_string())) {
        command = command.about(text);
    }
    if let Some(text) = command.get_long_about().map(|text| lang.help(&text.to_string())) {
        command = command.long_about(text);
    }
    command
        .mut_args(|argument| explained(argument, lang, whole))
        .mut_subcommands(|below| translated(below, lang, whole))
}

fn explained(argument: Arg, lang: Lang, whole: bool) -> Arg {
    let said = |text: Option<&clap::builder::StyledStr>| text.map(|text| lang.help(&text.to_string()));
    let (mut short, mut long) =
        (said(argument.get_help()).unwrap_or_default(), said(argument.get_long_help()));
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let mut argument = argument;
    if argument.get_action().takes_values() && !defaults.is_empty() && !argument.is_hide_default_value_set() {
        let text = lang.with("[default: {}]", &[&defaults.join(" ")]);
        long = Some(format!("{}\n\n{text}", long.unwrap_or_else(|| short.clone())));
        short = format!("{short} {text}");
        argument = argument.hide_default_value(true);
    }
    let values = argument.get_possible_values();
    if argument.get_action().takes_values() && !values.is_empty() && !argument.is_hide_possible_values_set() {
        if whole && values.iter().any(|value| value.get_help().is_some()) {
            argument = argument
                .value_parser(PossibleValuesParser::new(values.into_iter().map(|value| worded(value, lang))));
        } else {
            let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
            let text = lang.with("[possible values: {}]", &[&names.join(", ")]);
            long = Some(format!("{}\n\n{text}", long.unwrap_or_else(|| short.clone())));
            short = format!("{short} {text}");
            argument = argument.hide_possible_values(true);
        }
    }
    let argument = argument.help(short);
    match long {
        Some(text) => argument.long_help(text),
        None => argument,
    }
}

fn worded(value: PossibleValue, lang: Lang) -> PossibleValue {
    match value.get_help().map(|text| lang.help(&text.to_string())) {
        Some(text) => value.help(text),
        None => value,
    }
}

//! One file a command; each puts the other modules together and does no work of its own.

mod base;
mod baseline;
mod check;
mod clean;
mod completions;
mod configuration;
mod deploy;
mod env;
mod env_check;
mod explain;
mod fix;
mod history;
mod hook;
mod init;
mod inputs;
mod merge;
mod opened;
mod output;
mod progress;
mod resolve;
mod rules;
mod staged;
mod stdin;
mod terminal;
mod why;

use std::error::Error as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::diagnostic::Meta;
use crate::render::visible;
use crate::{
    baseline as known, config, deploy as deploy_parts, engine, files, git, rules as rule_list, suppress,
};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing at or above the severity that fails.
    Clean,
    /// Something at or above it; a deploy that its gate refused.
    Findings,
    /// A deploy that failed before it changed anything.
    Unchanged,
    /// A deploy that failed, was rolled back, and was verified.
    RolledBack,
    /// A deploy that failed and needs a person.
    Broken,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Clean => Self::SUCCESS,
            Status::Findings => Self::from(1),
            Status::Unchanged => Self::from(3),
            Status::RolledBack => Self::from(4),
            Status::Broken => Self::from(5),
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk.
    #[error(transparent)]
    Files(#[from] files::Error),
    /// Git.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// Unreadable inputs.
    #[error(transparent)]
    Unreadable(#[from] engine::Unreadable),
    /// Nothing to look at.
    #[error("nothing to check in `{path}`")]
    NothingToCheck {
        /// The paths, as typed.
        path: String,
    },
    /// No such rule.
    #[error("no rule is called `{word}`")]
    NoSuchRule {
        /// As typed.
        word: String,
    },
    /// No env file to check.
    #[error("there is no env file `{tried}`")]
    NoEnvFile {
        /// The paths that were tried.
        tried: String,
    },
    /// A file that is no report.
    #[error("`{path}` is no report that `--format json` wrote")]
    NoReport {
        /// The file.
        path: String,
    },
    /// The configuration has mistakes; they have been printed as findings.
    #[error("the configuration `{path}` cannot be used")]
    Config {
        /// The file.
        path: String,
    },
    /// The commit that the configuration is taken from has no such file.
    #[error("`{path}` is not in the commit `{reference}`")]
    NotInCommit {
        /// The file.
        path: String,
        /// The commit, as typed.
        reference: String,
    },
    /// More findings than are listed, and a baseline accepts what is listed.
    #[error("{count} findings are only counted, so they cannot be accepted one by one")]
    TooManyToAccept {
        /// How many.
        count: usize,
    },
    /// There is no working directory any more.
    #[error("cannot tell the working directory")]
    WorkingDirectory(#[source] io::Error),
    /// There is no repository to put hooks into.
    #[error("this is not inside a git work tree, so there are no hooks")]
    NoRepository,
    /// A hook that no shell lines can be put into.
    #[error("`{path}` is no shell script, so the check cannot be put in front of it")]
    OtherLanguage {
        /// The hook.
        path: String,
    },
    /// A hook that the system cannot start.
    #[error("the first line of `{path}` ends in a carriage return: the system finds no such interpreter")]
    Unstartable {
        /// The hook.
        path: String,
    },
    /// No hook runs, by configuration.
    #[error("`core.hooksPath` makes git look for hooks in `{path}`, so no hook of this repository runs")]
    HooksOff {
        /// Where git looks.
        path: String,
    },
    /// A manager's file that is written in a way that nothing can be put into.
    #[error("`{path}` is written in a way that the check cannot be put into")]
    NotExtended {
        /// The file.
        path: String,
    },
    /// A commit-msg hook without a message.
    #[error("git gives a commit-msg hook the file with the message")]
    NoMessage,
    /// A script that is none.
    #[error("`{path}` is no shell script that looks for secrets")]
    NotAScanner {
        /// The script.
        path: String,
    },
    /// No service has the variable.
    #[error("no service gets `{key}`")]
    NobodyGets {
        /// The variable.
        key: String,
    },
    /// Files that could not be parsed to their end; what is wrong has been printed as a finding.
    #[error("`{paths}` cannot be parsed, so the check is not whole")]
    Broken {
        /// The paths.
        paths: String,
    },
    /// A file that git has gets no secret.
    #[error("`{path}` is tracked by git, so no secret is written into it")]
    TrackedByGit {
        /// The file.
        path: String,
    },
    /// A file that git would take gets no secret.
    #[error("`{path}` is not ignored by git, so no secret is written into it")]
    NotIgnored {
        /// The file.
        path: String,
    },
    /// A file whose text cannot take a secret so that all loaders read it.
    #[error("`{path}` is written in a way that no secret can be put into it")]
    NotWritable {
        /// The file.
        path: String,
    },
    /// No such loader of env files.
    #[error("no loader is called `{word}`")]
    NoSuchLoader {
        /// As typed.
        word: String,
    },
    /// No such service in any compose file of the command.
    #[error("no service is called `{name}`")]
    NoSuchService {
        /// As typed.
        name: String,
    },
    /// No compose file, and no command that names one.
    #[error("there is no compose file here, and no Makefile or script below names one")]
    NoComposeFile,
    /// `--set` without a `=`. What was typed may be a secret.
    #[error("`--set` takes NAME=VALUE")]
    NotAnAssignment,
    /// Compose would refuse; that is an answer, not a failure.
    #[error("compose refuses this project: {}", .reasons.join("; "))]
    Refused {
        /// Why, a line each.
        reasons: Vec<String>,
    },
    /// Files that are there, are needed, and cannot be read.
    #[error("cannot read `{paths}`, so what variables hold is not known")]
    NotRead {
        /// The paths.
        paths: String,
    },
    /// Something that is not worked out.
    #[error("{place}: what is written here cannot be followed")]
    NotResolved {
        /// Where.
        place: String,
    },
    /// The baseline cannot be read.
    #[error("the baseline cannot be used: `{place}`: {what}")]
    Baseline {
        /// The file, line and column.
        place: String,
        /// What is wrong there.
        what: &'static str,
    },
    /// There is a baseline already.
    #[error("there is a baseline already: `{path}`")]
    BaselineExists {
        /// The file.
        path: String,
    },
    /// What was looked at is not all that the baseline knows of.
    #[error("the paths do not cover the folder of `{path}`, so what is gone cannot be told")]
    BaselineNotWhole {
        /// The file.
        path: String,
    },
    /// A text that is no day.
    #[error("`{typed}` is no day")]
    NoDay {
        /// As typed.
        typed: String,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
    /// There is nothing to deploy by.
    #[error("there is no `deploy:` section in `{path}`")]
    NoDeploy {
        /// The configuration.
        path: String,
    },
    /// A file that a deploy needs and that the commit does not have.
    #[error("the commit does not have `{path}`, and what is deployed is what it has")]
    NotCommitted {
        /// The file.
        path: String,
    },
    /// A deploy that makes no sense as it was asked for.
    #[error(transparent)]
    Deploy(#[from] deploy_parts::settings::Mistake),
    /// A server could not be looked at.
    #[error(transparent)]
    Survey(#[from] deploy_parts::survey::Failure),
    /// A server could not be reached.
    #[error(transparent)]
    Call(#[from] deploy_parts::transport::Error),
    /// A run could not be started.
    #[error(transparent)]
    Start(#[from] deploy_parts::execute::Failure),
    /// There is no such backup in the configuration.
    #[error("no entry of `deploy.backups` is meant")]
    NoBackups,
    /// A plan or report that is none.
    #[error("`{path}` is no {what}")]
    NotADocument {
        /// The file.
        path: String,
        /// What it should be.
        what: &'static str,
    },
    /// The output could not be written.
    #[error("cannot write the output")]
    Output(#[from] io::Error),
}

/// What `--as` takes; a test holds it to the loaders that there are.
const LOADERS: &str = "the loaders are python-dotenv, django-environ, decouple, node-dotenv, dotenv-expand, \
    dotenvx, node20, node24, dotenvy, godotenv, bash, dash, xargs, compose, compose-env-file, compose-raw, \
    docker, systemd, make; `all` stands for all of them";

impl Error {
    /// The exit code that belongs to it.
    const fn code(&self) -> u8 {
        match self {
            Self::Refused { .. } => 1,
            _ => 2,
        }
    }

    fn help(&self) -> Option<&'static str> {
        match self {
            Self::NothingToCheck { .. } => Some(
                "name a directory with env files, compose files, hooks or any text; `.gitignore` and `.envgateignore` are honoured",
            ),
            Self::TrackedByGit { .. } => {
                Some("take it out of git with `git rm --cached`, and put it into `.gitignore`")
            }
            Self::NotIgnored { .. } => Some("put it into `.gitignore`, or name a file that is ignored"),
            Self::NotWritable { .. } => {
                Some("`envgate check` says which lines of it loaders do not agree on")
            }
            Self::NoEnvFile { .. } => Some("name one, or set `env_file` of an environment in `envgate.yaml`"),
            Self::NoSuchLoader { .. } => Some(LOADERS),
            Self::NoComposeFile => Some("name one with `-f`"),
            Self::OtherLanguage { .. } => {
                Some("call `envgate check --staged` from it, and pass on its exit code")
            }
            Self::Unstartable { .. } => Some("`envgate fix` gives the file the line ends that it needs"),
            Self::HooksOff { .. } => Some("`git config --unset core.hooksPath` lets them run again"),
            Self::NotExtended { .. } => {
                Some("add a command that runs `envgate check --staged` to it by hand")
            }
            Self::Baseline { .. } => Some(
                "mend that line, or take the file away and run `envgate baseline create`; `--no-baseline` checks without it",
            ),
            Self::BaselineExists { .. } => {
                Some("`envgate baseline update` drops what is gone, with `--add` it accepts what is new")
            }
            Self::BaselineNotWhole { .. } => Some("name that folder, or run it there without a path"),
            Self::NoDay { .. } => Some("write it as YYYY-MM-DD, such as 2027-01-31"),
            Self::Git(git::Error::Revision { .. }) => Some(
                "a shallow clone does not have the history: fetch it (`fetch-depth: 0`, `GIT_DEPTH: 0`), and name `origin/main` rather than `main`",
            ),
            Self::NoSuchRule { .. } => Some("`envgate rules` lists the codes and names"),
            Self::Files(files::Error::TooLarge { .. }) => {
                Some("leave it out with `--exclude` or in `.envgateignore`")
            }
            Self::Git(git::Error::Sha256 { .. }) => Some(
                "check a copy of its files without `.git`; a hook that is installed here would stop every commit",
            ),
            Self::TooManyToAccept { .. } => {
                Some("leave out the files, or accept the rule in them under `ignore` in `envgate.yaml`")
            }
            Self::Git(git::Error::NoCommit { .. }) => Some(
                "a shallow clone has few commits: fetch the branch first, as with `git fetch origin main`, and name `origin/main`",
            ),
            Self::Git(git::Error::Open { .. }) => Some(
                "git refuses repositories of other users; `git config --global --add safe.directory PATH` allows one",
            ),
            _ => None,
        }
    }
}

fn working_directory() -> Result<PathBuf, Error> {
    std::env::current_dir().map_err(Error::WorkingDirectory)
}

/// The identity of everything that can be reported, in the order of the codes of each family.
#[must_use]
pub fn catalog() -> Vec<&'static Meta> {
    let mut all = rule_list::catalog();
    all.extend(config::rules());
    all.extend(engine::METAS);
    all.extend(known::rules());
    all.extend(suppress::rules());
    all
}

/// Runs the command that was typed.
///
/// # Errors
///
/// Where it could not do its work; the exit code is then 2.
pub fn run(cli: &Cli, out: &mut dyn Write) -> Result<Status, Error> {
    terminal::speak(cli.lang);
    match &cli.command {
        Command::Check(arguments) => check::run(arguments, cli.color, out),
        Command::Baseline(arguments) => baseline::run(arguments, out),
        Command::Explain(arguments) => explain::run(arguments, cli.color, out),
        Command::Rules(arguments) => rules::run(arguments, cli.color, out),
        Command::Resolve(arguments) => resolve::run(arguments, cli.color, out),
        Command::Why(arguments) => why::run(arguments, cli.color, out),
        Command::Fix(arguments) => fix::run(arguments, cli.color, out),
        Command::History(arguments) => history::run(arguments, cli.color, out),
        Command::Merge(arguments) => merge::run(arguments, out),
        Command::Hook(arguments) => hook::run(arguments, cli.color, out),
        Command::Completions(arguments) => completions::completions(arguments, out),
        Command::Manual(arguments) => completions::manual(arguments, out),
        Command::Init(arguments) => init::run(arguments, out),
        Command::Env(arguments) => env::run(arguments, cli.color, out),
        Command::EnvCheck(arguments) => env_check::run(arguments, out),
        Command::Deploy(arguments) => deploy::run(arguments, cli.color, out),
    }
}

/// Prints why a command could not do its work and gives the exit code. A reader that went away is no
/// failure.
pub fn fail(error: &Error, out: &mut dyn Write) -> ExitCode {
    if let Error::Output(source) = error
        && source.kind() == io::ErrorKind::BrokenPipe
    {
        return ExitCode::SUCCESS;
    }
    // Nowhere is left to say that this cannot be said.
    let _ = report(error, out);
    ExitCode::from(error.code())
}

fn report(error: &Error, out: &mut dyn Write) -> io::Result<()> {
    let lang = terminal::lang();
    let headed = lang.word("error");
    match error {
        Error::Unreadable(files) => {
            for (path, why) in &files.0 {
                let text = format!("cannot read `{path}`: {why}");
                writeln!(out, "{headed}: {}", visible(&lang.text(&text)))?;
            }
        }
        other => writeln!(out, "{headed}: {}", visible(&lang.text(&other.to_string())))?,
    }
    let mut cause = error.source();
    while let Some(source) = cause {
        // What others say may have several lines.
        let text = source.to_string();
        let text = lang.text(&text);
        let lines: Vec<_> = text.lines().map(|line| visible(line).into_owned()).collect();
        writeln!(out, "{}: {}", lang.word("caused by"), lines.join("\n"))?;
        cause = source.source();
    }
    match error.help() {
        Some(help) => writeln!(out, "{}: {}", lang.word("help"), lang.text(help)),
        None => Ok(()),
    }
}

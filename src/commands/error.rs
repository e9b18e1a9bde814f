//! Why a command could not do its work, in words for whoever typed it, with what helps.
//!
//! Not here: printing it.

use std::borrow::Cow;
use std::io;

use super::git_help;
use crate::{deploy as deploy_parts, engine, files, git, verify};

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
    /// Vendors are asked by people and by CI, not by hooks.
    #[error("a hook asks no vendor: `--verify` is refused here")]
    VerifyInHook,
    /// An address that must not stand for a vendor.
    #[error(transparent)]
    Verify(#[from] verify::NotLoopback),
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
    /// Parts of a search without one of them are not the whole.
    #[error("the part {part} is not among the reports")]
    PartMissing {
        /// Such as `2/3`.
        part: String,
    },
    /// A part that is there twice counts twice.
    #[error("the part {part} is among the reports more than once")]
    PartTwice {
        /// Such as `2/3`.
        part: String,
    },
    /// A part of a whole that is none.
    #[error(transparent)]
    Incomplete(#[from] super::incomplete::Incomplete),
    /// What is piped in cannot be read.
    #[error("cannot read what is piped in")]
    Piped(#[source] io::Error),
    /// A baseline that was asked for is not there.
    #[error("`{path}` does not exist")]
    NoBaseline {
        /// The file.
        path: String,
    },
    /// Paths that one configuration must not judge together.
    #[error("`{one}` and `{other}` are not judged by the same configuration")]
    SeveralConfigurations {
        /// A folder.
        one: String,
        /// One that another configuration is the nearest to, or none.
        other: String,
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
    /// A scanner that does more than look for secrets.
    #[error("`{path}` does more than look for secrets, and nothing would do it any more")]
    NotReplaced {
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
    /// A path where none is read: a secret would go into another file than the one that is meant.
    #[error("`--generate` reads no path, and `{path}` is one")]
    PathBesideGenerate {
        /// As typed.
        path: String,
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
    #[error("`{path}` is written in a way that no secret can be put into it; `envgate check` says why")]
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
        /// Those that there are.
        known: Vec<String>,
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
    /// Values that a script takes from a command: the variables, with the places where they are set.
    #[error("a value is only known when it is set: {0}")]
    NotKnown(String),
    /// Something that is not worked out, and where.
    #[error("{0}: what is written here cannot be followed")]
    NotResolved(String),
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
    /// A section would not be read where it can be put.
    #[error(
        "a `deploy:` section at the end of `{path}` would not be read: write that file as a block of `key: value` lines, and without a second document"
    )]
    NoPlace {
        /// The configuration.
        path: String,
    },
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

/// How many names a remedy lists.
const NAMED: usize = 20;

impl Error {
    /// The exit code that belongs to it.
    pub(super) const fn code(&self) -> u8 {
        match self {
            Self::Refused { .. } => 1,
            _ => 2,
        }
    }

    pub(super) fn help(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::NoSuchService { known, .. } if !known.is_empty() => {
                let some: Vec<&str> = known.iter().take(NAMED).map(String::as_str).collect();
                let more = if known.len() > NAMED { ", …" } else { "" };
                Some(Cow::Owned(format!("the services are {}{more}", some.join(", "))))
            }
            _ => self.remedy().map(Cow::Borrowed),
        }
    }

    fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::NothingToCheck { .. } => Some(
                "name a directory with env files, compose files, hooks or any text; `.gitignore`, `.envgateignore` and `exclude` in `envgate.yaml` are honoured",
            ),
            Self::TrackedByGit { .. } => {
                Some("take it out of git with `git rm --cached`, and put it into `.gitignore`")
            }
            Self::SeveralConfigurations { .. } => {
                Some("check them one by one, or name one configuration with `--config`")
            }
            Self::PathBesideGenerate { .. } => {
                Some("name the env file behind a `=`: `--generate=.env.staging`")
            }
            Self::NotIgnored { .. } => Some("put it into `.gitignore`, or name a file that is ignored"),
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
            Self::PartMissing { .. } | Self::PartTwice { .. } => {
                Some("name the report of each part of one search once")
            }
            Self::NoDeploy { .. } => Some("`envgate init --deploy` writes one"),
            Self::NoBaseline { .. } => Some("`envgate baseline create` makes one"),
            Self::BaselineExists { .. } => {
                Some("`envgate baseline update` drops what is gone, with `--add` it accepts what is new")
            }
            Self::BaselineNotWhole { .. } => Some("name that folder, or run it there without a path"),
            Self::VerifyInHook => Some("run `envgate check --verify` by hand, or in CI"),
            Self::NoDay { .. } => Some("write it as YYYY-MM-DD, such as 2027-01-31"),
            Self::NoSuchRule { .. } => Some("`envgate rules` lists the codes and names"),
            Self::Files(files::Error::TooLarge { .. }) => {
                Some("leave it out with `--exclude` or in `.envgateignore`")
            }
            Self::TooManyToAccept { .. } => {
                Some("leave out the files, or accept the rule in them under `ignore` in `envgate.yaml`")
            }
            Self::Git(error) => git_help::of(error),
            _ => None,
        }
    }
}

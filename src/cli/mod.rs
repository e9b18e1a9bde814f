//! The command line as typed; what it means is for [`crate::commands`] to say.
//!
//! Not here: anything but clap.

mod baseline;
mod deploy;
mod fix;
mod history;
mod hook;
mod init;
mod look;
mod resolve;
mod rules;
mod said;
mod written;

use std::path::PathBuf;

pub use baseline::{
    Baseline, BaselineCommand, BaselineCreate, BaselinePlace, BaselineStatus, BaselineUpdate,
};
pub use deploy::{
    Deploy, DeployAttach, DeployAudit, DeployCommand, DeployFormat, DeployPlan, DeployRestore,
    DeployRollback, DeployRun, DeployUnlock, DeployWhat, Into,
};
pub use fix::Fix;
pub use history::{History, Merge, Shard};
pub use hook::{Hook, HookCommand, HookManager, HookMigrate, HookName, HookPlace, HookRun, HookStatus};
pub use init::{CiHost, Init};
pub use look::{Format, Look, OutputFile};
pub use resolve::{Env, EnvCommand, EnvDiff, EnvShow, Resolve, Where, Why};
pub use rules::{Rules, RulesCommand, RulesTest};
pub use said::Said;
pub use written::{Completions, Manual};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// One gate between your configuration and production.
#[derive(Debug, Parser)]
#[command(name = "envgate", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// When to colour the output.
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub color: When,

    /// The language of reports for people [default: that of `LC_ALL`, `LC_MESSAGES` or `LANG`, else English]
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    pub lang: Option<Language>,
}

/// The languages that reports for people are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English
    En,
    /// Spanish
    Es,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check env files, compose files, hooks, scripts and text; exit 1 when something is wrong
    Check(Check),
    /// Show a rule's page: what it reports, why it matters, what to write instead
    Explain(Explain),
    /// List the rules; test those of the project
    Rules(Rules),
    /// Check one env file's variables: critical, important, development
    EnvCheck(EnvCheck),
    /// Show what each service of a compose project really gets, and where every value comes from
    ///
    /// Shows the environment of every service as `docker compose` would make it, each value with the place it
    /// comes from and what it hides. Nothing is run.
    ///
    /// With any of the options that describe a command (`-f`, `--env-file`, `--project-directory`, `--profile`,
    /// `--set`, `--shell`) that command is resolved; without `-f` compose's own choice of files counts. With
    /// none of them: the environments of `envgate.yaml`; else compose's own choice of files from here; else the
    /// compose commands found in the Makefiles and scripts below the working directory.
    ///
    /// The shell's own variables count only with `--shell`, so that the answer is the same for everybody.
    ///
    /// Exit codes: 0 resolved; 1 compose would refuse, the reason is on stderr and in the JSON; 2 something
    /// could not be read, or is only known when a script runs.
    Resolve(Resolve),
    /// Tell the story of one variable: looked for, found, hidden, and what arrives
    ///
    /// Tells, for every service that gets KEY: where it was looked for, what was found, what won, what was
    /// hidden, what arrives, and who else reads the same file differently. Ends with one line of advice where
    /// something is wrong.
    ///
    /// Which compose commands: as for `resolve`; without options all that are configured, found in Makefiles
    /// and scripts below the working directory, or suggested by the compose files there.
    ///
    /// Exit codes: 0 nothing is wrong; 1 something is; 2 something could not be read, or is only known when
    /// a script runs.
    Why(Why),
    /// Show an env file as loaders read it, or compare two
    Env(Env),
    /// Put right what can be put right, byte by byte, each change proved by reading it again
    ///
    /// Applies the fixes that findings offer. A fix is bytes replaced in place: comments, order, line ends and
    /// every other byte stay. Each result is read again before it is written: the finding must be gone, no new
    /// error may appear, and the loaders that read env files must read every other key as before. What does not come out so is refused, and said.
    ///
    /// With `--generate` nothing else is fixed: each secret that the env file lacks, has empty, or has a
    /// placeholder for gets a fresh random value of the length that is demanded. The file must not be tracked
    /// and, inside a repository, must be ignored by git; it is written whole, for its owner alone (0600), and
    /// the values are printed nowhere. Secrets that a provider gives out are left, and named; exit code 1 then.
    ///
    /// Exit codes: 0 nothing is left at or above `--fail-on`; 1 findings are left; 2 it could not be done.
    Fix(Fix),
    /// Search every commit for secrets, and tell who brought each one and whether it still stands
    History(History),
    /// Join the JSON reports of several parts of one search
    Merge(Merge),
    /// Put the check in front of a commit, or take it away
    Hook(Hook),
    /// Look at a project, and write the first configuration and baseline for it
    ///
    /// Looks at the project in the working directory, shows what it found, and writes what the check needs to
    /// start from: `envgate.yaml`, and a baseline that accepts what is wrong today, so that only what is new
    /// counts. What is there already stays as it is; a second run changes nothing.
    ///
    /// On a terminal it asks before it writes. Elsewhere it writes with `--yes` alone.
    Init(Init),
    /// Accept what is found today, so that only what is new counts
    Baseline(Baseline),
    /// Deploy behind a gate: plan, check, execute, verify, roll back
    Deploy(Deploy),
    /// Be the language server that an editor starts, over standard input and output
    Lsp,
    /// Print what makes a shell complete the command line
    Completions(Completions),
    /// Write the manual pages
    #[command(hide = true)]
    Manual(Manual),
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How to write a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// For people
    Human,
    /// One JSON array
    Json,
}

/// From which severity on the exit code is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors alone
    Error,
    /// Errors and warnings
    Warning,
}

/// Which files a command looks at, by which rules, and from when on that fails it.
#[derive(Debug, Clone, Default, Args)]
pub struct Scope {
    /// Files and directories
    #[arg(default_value = ".", value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// These rules alone: codes, names or families, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub only: Vec<String>,

    /// Not these rules: codes, names or families, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub ignore: Vec<String>,

    /// From which severity on the exit code is 1 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,

    /// Only files that match these globs
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,

    /// No files and directories that match these globs
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,

    /// Read this configuration instead of the nearest `envgate.yaml`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Take the configuration, `.envgateignore` and silencing comments from this commit, branch or tag alone
    #[arg(long, value_name = "REF")]
    pub config_from: Option<String>,
}

/// `envgate check`
#[derive(Debug, Args)]
pub struct Check {
    /// Which files, by which rules
    #[command(flatten)]
    pub scope: Scope,

    /// What is written where, and how it looks
    #[command(flatten)]
    pub look: Look,

    /// Check what is staged for the next commit, and report what the commit adds
    #[arg(long, conflicts_with = "paths")]
    pub staged: bool,

    /// Check what is piped in
    #[arg(long, conflicts_with_all = ["paths", "staged", "all_staged"])]
    pub stdin: bool,

    /// What the piped text is, by a file's path
    #[arg(long, value_name = "PATH", requires = "stdin", default_value = "stdin")]
    pub path: String,

    /// Check the staged files whole, not only the lines that the commit adds
    #[arg(long, conflicts_with = "paths")]
    pub all_staged: bool,

    /// Report only what was added since this commit, branch or tag parted from what is checked out
    #[arg(long, value_name = "REF", conflicts_with_all = ["staged", "all_staged"])]
    pub since: Option<String>,
    /// Look into archives too: zip, jar, wheel, tar, gz, and those in each other
    #[arg(long, conflicts_with_all = ["staged", "all_staged", "stdin"])]
    pub archives: bool,

    /// Check the I-th of N parts of the files, by their paths; `envgate merge` joins the reports
    #[arg(long, value_name = "I/N", conflicts_with_all = ["staged", "all_staged", "stdin"])]
    pub shard: Option<Shard>,

    /// Ask vendors whether the tokens that are found still live: sends each to its own vendor, over TLS
    #[arg(long, conflicts_with_all = ["staged", "all_staged"])]
    pub verify: bool,

    /// Show findings of severity info too
    #[arg(long)]
    pub info: bool,

    /// Accept the findings of this baseline instead of the nearest `.envgate-baseline.json`
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Accept the findings of no baseline
    #[arg(long, conflicts_with = "baseline")]
    pub no_baseline: bool,

    /// Exit with 1 where the baseline accepts a finding that is gone
    #[arg(long)]
    pub fail_on_stale: bool,
}

impl Check {
    /// What a pre-commit hook asks for.
    #[must_use]
    pub fn of_index() -> Self {
        Self {
            scope: Scope::default(),
            look: Look::default(),
            staged: true,
            stdin: false,
            path: String::new(),
            all_staged: false,
            since: None,
            archives: false,
            verify: false,
            shard: None,
            info: false,
            baseline: None,
            no_baseline: false,
            fail_on_stale: false,
        }
    }
}

/// `envgate explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// The rule's code or name
    pub rule: String,
}

/// What `envgate env-check` is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EnvCheckMode {
    /// Print what is wrong; exit 1 for critical variables alone
    Warn,
    /// Print a masked table of all variables; exit 0
    Info,
    /// Print what is wrong; exit 1 for critical and important variables
    Strict,
}

/// `envgate env-check`
#[derive(Debug, Args)]
pub struct EnvCheck {
    /// The env file [default: the configured one, else `envs/.env`, else `.env`]
    #[arg(value_name = "ENV_FILE")]
    pub env_file: Option<PathBuf>,

    /// What to do
    #[arg(long, value_enum, default_value_t = EnvCheckMode::Warn)]
    pub mode: EnvCheckMode,

    /// Read this configuration instead of the nearest `envgate.yaml`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

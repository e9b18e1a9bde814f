//! `envgate deploy` as typed.
//!
//! Not here: what it does.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `envgate deploy`
#[derive(Debug, Args)]
pub struct Deploy {
    /// What to do
    #[command(subcommand)]
    pub command: DeployCommand,

    /// The target in the configuration [default: the only one]
    #[arg(long, short, global = true, value_name = "TARGET")]
    pub target: Option<String>,

    /// How to tell what happens
    #[arg(long, global = true, value_enum, default_value_t = DeployFormat::Human)]
    pub format: DeployFormat,

    /// Read this configuration instead of the nearest `envgate.yaml`
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How a deploy tells what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeployFormat {
    /// For people
    Human,
    /// One JSON object a line
    Json,
}

/// The commands of a deploy.
#[derive(Debug, Subcommand)]
pub enum DeployCommand {
    /// Say what would be done and whether the gate lets it through; change nothing
    Plan(DeployPlan),
    /// Deploy, after the gate
    Run(DeployRun),
    /// Go back to a good release
    Rollback(DeployRollback),
    /// Check health and data now
    Verify,
    /// Say what runs on the server, and how the last run stands
    Status,
    /// List all runs
    History,
    /// Follow a run that is at work
    Attach(DeployAttach),
    /// Ask the run that is at work to end at its next safe point
    Abort,
    /// Say who holds the lock; it is freed when its holder dies
    Unlock(DeployUnlock),
    /// Take a backup, and prove it
    Backup,
    /// Put a backup into a copy, or in the place of the database
    Restore(DeployRestore),
    /// Check a report's hash, its chain and its signature
    Audit(DeployAudit),
}

/// What is deployed.
#[derive(Debug, Clone, Args)]
pub struct DeployWhat {
    /// The version [default: `deploy.version`]
    #[arg(long, value_name = "VERSION")]
    pub version: Option<String>,

    /// Some of the services, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "SERVICE")]
    pub services: Vec<String>,

    /// Leave the images as they are: the server's env file alone is new
    #[arg(long, conflicts_with = "version")]
    pub env_only: bool,
}

/// `envgate deploy plan`
#[derive(Debug, Args)]
pub struct DeployPlan {
    /// The target
    #[arg(value_name = "TARGET")]
    pub name: Option<String>,

    /// What
    #[command(flatten)]
    pub what: DeployWhat,

    /// Write the plan here
    #[arg(long, default_value = ".envgate/plan.json", value_name = "FILE")]
    pub out: PathBuf,
}

/// `envgate deploy run`
#[derive(Debug, Args)]
pub struct DeployRun {
    /// A plan that was written by `envgate deploy plan`: nothing else than it is deployed
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,

    /// What
    #[command(flatten)]
    pub what: DeployWhat,
}

/// `envgate deploy rollback`
#[derive(Debug, Args)]
pub struct DeployRollback {
    /// The release [default: the one before the last good one; the last good one where the last run failed]
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
}

/// `envgate deploy attach`
#[derive(Debug, Args)]
pub struct DeployAttach {
    /// The run [default: the last one]
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
}

/// `envgate deploy unlock`
#[derive(Debug, Args)]
pub struct DeployUnlock {
    /// End the run that holds it, whatever it is doing
    #[arg(long)]
    pub kill: bool,
}

/// `envgate deploy restore`
#[derive(Debug, Args)]
pub struct DeployRestore {
    /// The backup, a path on the server below the target's `path`
    #[arg(value_name = "BACKUP")]
    pub backup: String,

    /// Where it goes
    #[arg(long, value_enum)]
    pub into: Into,

    /// The entry of `deploy.backups` that it belongs to [default: by its name]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Take the place of the database although it has been written to since
    #[arg(long)]
    pub discard_writes: bool,
}

/// Where a backup goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Into {
    /// A copy beside the database
    Scratch,
    /// A copy that then takes the database's place; the database is kept under another name
    Live,
}

/// `envgate deploy audit`
#[derive(Debug, Args)]
pub struct DeployAudit {
    /// The report
    #[arg(value_name = "REPORT")]
    pub report: PathBuf,

    /// Who may sign, as `ssh-keygen` wants it; then a report without a good signature is wrong
    #[arg(long, value_name = "ALLOWED_SIGNERS", requires = "signer")]
    pub signers: Option<PathBuf>,

    /// Who must have signed
    #[arg(long, value_name = "WHO", requires = "signers")]
    pub signer: Option<String>,
}

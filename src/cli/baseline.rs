//! `envgate baseline` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `envgate baseline`
#[derive(Debug, Args)]
pub struct Baseline {
    /// What to do with it.
    #[command(subcommand)]
    pub command: BaselineCommand,
}

/// What there is to do with a baseline.
#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Write one that accepts everything that is found now
    Create(BaselineCreate),
    /// Drop what is not found any more
    Update(BaselineUpdate),
    /// Say how much of it still holds; exit 0
    Status(BaselineStatus),
}

/// Which files, and which baseline.
#[derive(Debug, Clone, Args)]
pub struct BaselinePlace {
    /// Files and directories
    #[arg(default_value = ".", value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// The file [default: `.envgate-baseline.json` beside `envgate.yaml`, else in the first directory]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Read this configuration instead of the nearest `envgate.yaml`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `envgate baseline create`
#[derive(Debug, Args)]
pub struct BaselineCreate {
    /// Where
    #[command(flatten)]
    pub place: BaselinePlace,

    /// Accept only the secrets that this `.secrets.baseline` of detect-secrets knows
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,

    /// The last day on which the findings are accepted
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub expires: Option<String>,
}

/// `envgate baseline update`
#[derive(Debug, Args)]
pub struct BaselineUpdate {
    /// Where
    #[command(flatten)]
    pub place: BaselinePlace,

    /// Accept what is found and not in it yet, and what had expired
    #[arg(long)]
    pub add: bool,

    /// The last day on which what is added is accepted
    #[arg(long, value_name = "YYYY-MM-DD", requires = "add")]
    pub expires: Option<String>,
}

/// `envgate baseline status`
#[derive(Debug, Args)]
pub struct BaselineStatus {
    /// Where
    #[command(flatten)]
    pub place: BaselinePlace,
}

//! The arguments of `resolve`, `why` and `env`.
//!
//! Not here: anything but clap.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::TableFormat;

/// Which compose command is meant; shared by `resolve` and `why`.
#[derive(Debug, Clone, Default, Args)]
pub struct Where {
    /// A compose file, as for `docker compose -f`; may be given several times
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// An env file that fills `${…}`, as for `docker compose --env-file`; may be given several times
    #[arg(long = "env-file", value_name = "FILE")]
    pub env_files: Vec<PathBuf>,

    /// The directory that relative paths and `.env` are looked for in
    #[arg(long, value_name = "DIRECTORY")]
    pub project_directory: Option<PathBuf>,

    /// A profile to switch on; may be given several times
    #[arg(long = "profile", value_name = "PROFILE")]
    pub profiles: Vec<String>,

    /// A variable of the shell that the command runs in; may be given several times
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,

    /// Let the environment of this shell count too, `COMPOSE_FILE` and its like included
    #[arg(long)]
    pub shell: bool,

    /// One service only
    #[arg(long, value_name = "SERVICE")]
    pub service: Option<String>,

    /// Show values; without it only lengths and shapes are shown
    #[arg(long)]
    pub reveal: bool,
}

/// `envgate resolve`
#[derive(Debug, Args)]
pub struct Resolve {
    /// Which compose command
    #[command(flatten)]
    pub command: Where,

    /// How to write it
    #[arg(long, value_enum, default_value_t = TableFormat::Human)]
    pub format: TableFormat,
}

/// `envgate why`
#[derive(Debug, Args)]
pub struct Why {
    /// The variable
    pub key: String,

    /// Which compose command
    #[command(flatten)]
    pub command: Where,
}

/// `envgate env`
#[derive(Debug, Args)]
pub struct Env {
    /// What to do
    #[command(subcommand)]
    pub command: EnvCommand,
}

/// What there is to do with an env file.
#[derive(Debug, Subcommand)]
pub enum EnvCommand {
    /// Show what loaders make of a file: shapes, and where the loaders differ
    Show(EnvShow),
    /// Compare the keys and shapes of two files; exit 1 where they differ
    Diff(EnvDiff),
}

/// `envgate env show`
#[derive(Debug, Args)]
pub struct EnvShow {
    /// The env file
    pub file: PathBuf,

    /// The loaders, by name, separated by commas or blanks; `all` for all
    #[arg(long = "as", value_name = "LOADER", num_args = 1.., value_delimiter = ',', default_value = "compose")]
    pub loaders: Vec<String>,

    /// Show values; without it only lengths and shapes are shown
    #[arg(long)]
    pub reveal: bool,

    /// How to write it
    #[arg(long, value_enum, default_value_t = TableFormat::Human)]
    pub format: TableFormat,
}

/// `envgate env diff`
#[derive(Debug, Args)]
pub struct EnvDiff {
    /// One env file
    pub one: PathBuf,

    /// The other
    pub other: PathBuf,

    /// How to write it
    #[arg(long, value_enum, default_value_t = TableFormat::Human)]
    pub format: TableFormat,
}

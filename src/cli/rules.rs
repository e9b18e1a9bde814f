//! `envgate rules` as typed.
//!
//! Not here: which rules there are.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::TableFormat;

/// `envgate rules`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Rules {
    /// How to write the table
    #[arg(long, value_enum, default_value_t = TableFormat::Human)]
    pub format: TableFormat,

    /// What else to do.
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
}

/// What there is to do with rules, besides listing them.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Try the examples and counter-examples of the project's own secrets; exit 1 when one is not as it says
    Test(RulesTest),
}

/// `envgate rules test`
#[derive(Debug, Args)]
pub struct RulesTest {
    /// The configuration [default: the nearest `envgate.yaml`]
    #[arg(value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// How to write what is wrong
    #[arg(long, value_enum, default_value_t = TableFormat::Human)]
    pub format: TableFormat,
}

//! The arguments of `envgate hook`.
//!
//! Not here: anything but clap.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::TableFormat;

/// `envgate hook`
#[derive(Debug, Args)]
pub struct Hook {
    /// What to do
    #[command(subcommand)]
    pub command: HookCommand,
}

/// What there is to do with hooks.
#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Put the check in front of a commit; a hook that is there already is kept and runs afterwards
    Install(HookPlace),
    /// Take it away again, and leave the hook as it was
    Uninstall(HookPlace),
    /// Say which hooks run on a commit and a push, here and in a fresh clone, and which are dead
    Status(HookStatus),
    /// Be the hook: what git calls, with git's arguments
    Run(HookRun),
    /// Read an old script that looks for secrets, say what replaces each part of it, and make the replacement
    Migrate(HookMigrate),
}

/// Where hooks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookManager {
    /// The directory that git runs hooks from
    Git,
    /// `.husky`
    Husky,
    /// `lefthook.yml`
    Lefthook,
    /// `.pre-commit-config.yaml`
    PreCommit,
}

/// The hooks that the check can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum HookName {
    /// Check what is staged
    PreCommit,
    /// Check the commits that a push would publish for secrets
    PrePush,
    /// Check the message for secrets
    CommitMsg,
    /// Check what a merge commits
    PreMergeCommit,
}

impl HookName {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::PreCommit, Self::PrePush, Self::CommitMsg, Self::PreMergeCommit];

    /// As git calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PrePush => "pre-push",
            Self::CommitMsg => "commit-msg",
            Self::PreMergeCommit => "pre-merge-commit",
        }
    }
}

/// Which hooks, and where.
#[derive(Debug, Args)]
pub struct HookPlace {
    /// The hooks
    #[arg(value_enum, default_value = "pre-commit", value_name = "HOOK")]
    pub hooks: Vec<HookName>,

    /// Write into the directory that git runs hooks from [default: what the project uses]
    #[arg(long, group = "manager")]
    pub git: bool,

    /// Write into `.husky`
    #[arg(long, group = "manager")]
    pub husky: bool,

    /// Write into `lefthook.yml`
    #[arg(long, group = "manager")]
    pub lefthook: bool,

    /// Write into `.pre-commit-config.yaml`, which pre-commit and prek read
    #[arg(long, group = "manager")]
    pub pre_commit: bool,
}

impl HookPlace {
    /// The one that was asked for.
    #[must_use]
    pub const fn manager(&self) -> Option<HookManager> {
        match (self.git, self.husky, self.lefthook, self.pre_commit) {
            (true, ..) => Some(HookManager::Git),
            (_, true, ..) => Some(HookManager::Husky),
            (_, _, true, _) => Some(HookManager::Lefthook),
            (.., true) => Some(HookManager::PreCommit),
            _ => None,
        }
    }
}

/// `envgate hook status`
#[derive(Debug, Args)]
pub struct HookStatus {
    /// How to write it
    #[arg(long, value_enum, default_value_t = TableFormat::Human)]
    pub format: TableFormat,
}

/// `envgate hook run`
#[derive(Debug, Args)]
pub struct HookRun {
    /// The hook that git calls
    #[arg(value_enum, value_name = "HOOK")]
    pub hook: HookName,

    /// What git gives it: the message's file for commit-msg, the remote's name and address for pre-push
    #[arg(value_name = "ARGUMENT", allow_hyphen_values = true, trailing_var_arg = true)]
    pub arguments: Vec<PathBuf>,
}

/// `envgate hook migrate`
#[derive(Debug, Args)]
pub struct HookMigrate {
    /// The old script
    #[arg(value_name = "SCRIPT")]
    pub script: PathBuf,

    /// Write the replacement in place of the script, and the exclusions into `envgate.yaml`; else they are
    /// only printed
    #[arg(long)]
    pub write: bool,
}

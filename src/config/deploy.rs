//! The `deploy:` section of `envgate.yaml`: what is deployed, to where, and what has to hold before and after.
//!
//! Not here: doing any of it. The JSON Schema is made from these types and their comments.

use std::collections::BTreeMap;

use schemars::JsonSchema;

pub use super::measure::{Size, Wait};

/// A deploy of compose services by images from a registry. Names in braces (`{version}`, `{service}`) are
/// filled in; there are no others.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `project`, `compose`, `services`, `images`, `targets`, …")]
pub struct Deploy {
    /// The name of the compose project.
    pub project: String,
    /// The version to deploy, where the command line names none.
    #[serde(default)]
    pub version: Option<String>,
    /// What git must look like.
    #[serde(default)]
    pub require: Require,
    /// The compose files, and the server's env file.
    pub compose: Compose,
    /// The services that a deploy may recreate.
    pub services: Vec<String>,
    /// The services that a deploy must never recreate.
    #[serde(default)]
    pub protect: Vec<String>,
    /// Where images come from.
    pub images: Images,
    /// The servers, by name.
    pub targets: BTreeMap<String, Target>,
    /// The databases that are backed up before anything changes.
    #[serde(default)]
    pub backups: Vec<Backup>,
    /// What changes the schema, run with the new image.
    #[serde(default)]
    pub migrations: Vec<Migration>,
    /// What must answer after the deploy.
    #[serde(default)]
    pub health: Vec<Health>,
    /// What must still be there after the deploy.
    #[serde(default)]
    pub data: Vec<DataCheck>,
    /// What happens when the checks fail.
    #[serde(default)]
    pub rollback: Rollback,
    /// How many releases a server keeps; what runs and what a rollback would go to always stay.
    #[serde(default = "ten")]
    pub keep: u32,
    /// Programs that run here.
    #[serde(default)]
    pub hooks: Hooks,
    /// The folder for reports: `.envgate/reports` by default.
    #[serde(default)]
    pub reports: Option<String>,
    /// The ssh key that reports are signed with, private, or public where an agent has the other half.
    #[serde(default)]
    pub sign: Option<String>,
}

/// What git must look like; everything by default.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a map of `branch`, `clean`, `pushed`")]
pub struct Require {
    /// The branch that is deployed: any by default.
    pub branch: Option<String>,
    /// Nothing is uncommitted.
    pub clean: bool,
    /// The commit is on the remote.
    pub pushed: bool,
}

impl Default for Require {
    fn default() -> Self {
        Self { branch: None, clean: true, pushed: true }
    }
}

/// The compose files, relative to the folder of `envgate.yaml`, and the env file on the server.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `files`, `env_file`")]
pub struct Compose {
    /// The compose files (`-f`), in order.
    pub files: Vec<String>,
    /// The server's env file (`--env-file`), relative to the target's `path`.
    pub env_file: String,
}

/// How an image is called, and whether it is built here.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `registry`, `name`, `tag`, `build`, …")]
pub struct Images {
    /// The registry, and the folder in it.
    pub registry: String,
    /// The image of a service: `{service}` by default.
    #[serde(default = "service")]
    pub name: String,
    /// The tag: `{version}` by default.
    #[serde(default = "version")]
    pub tag: String,
    /// The services whose images are built and pushed from here, where a version is not in the registry yet.
    #[serde(default)]
    pub build: BTreeMap<String, Build>,
    /// The longest that building one image may take.
    #[serde(default = "hour")]
    pub build_timeout: Wait,
    /// The longest that pushing one image may take.
    #[serde(default = "half_hour")]
    pub push_timeout: Wait,
}

fn hour() -> Wait {
    Wait(3600)
}

fn half_hour() -> Wait {
    Wait(1800)
}

fn service() -> String {
    "{service}".to_owned()
}

fn version() -> String {
    "{version}".to_owned()
}

/// How one image is built.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `context`, `dockerfile`, `target`, `args`")]
pub struct Build {
    /// The folder that is sent to the builder: the one of `envgate.yaml` by default.
    #[serde(default = "here")]
    pub context: String,
    /// The Dockerfile.
    #[serde(default = "dockerfile")]
    pub dockerfile: String,
    /// The stage of the Dockerfile: the last one by default.
    #[serde(default)]
    pub target: Option<String>,
    /// Build arguments.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
}

fn here() -> String {
    ".".to_owned()
}

fn dockerfile() -> String {
    "Dockerfile".to_owned()
}

/// Where a deploy goes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `hosts`, `path`, …")]
pub struct Target {
    /// The servers, as `ssh` knows them.
    pub hosts: Vec<String>,
    /// The project's folder on the server, from the home directory.
    pub path: String,
    /// An ssh configuration other than the user's own.
    #[serde(default)]
    pub ssh_config: Option<String>,
    /// The least free disk, such as `20GiB`.
    #[serde(default = "gibibyte")]
    pub min_disk: Size,
    /// The largest difference between the clocks.
    #[serde(default = "half_minute")]
    pub max_clock_skew: Wait,
    /// How many servers are deployed to at once: one after the other by default.
    #[serde(default = "one")]
    pub max_parallel: u32,
}

fn one() -> u32 {
    1
}

fn gibibyte() -> Size {
    Size(1 << 30)
}

fn half_minute() -> Wait {
    Wait(30)
}

/// A PostgreSQL database in a service.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `service`, `user`, `database`")]
pub struct Postgres {
    /// The service.
    pub service: String,
    /// The user that may read and restore all of it.
    pub user: String,
    /// The database.
    pub database: String,
}

/// A backup, taken and proved before anything changes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `name`, `postgres`, …")]
pub struct Backup {
    /// What it is called.
    pub name: String,
    /// The database.
    pub postgres: Postgres,
    /// The folder, relative to the target's `path`.
    #[serde(default = "backups")]
    pub dir: String,
    /// How many are kept.
    #[serde(default = "ten")]
    pub keep: u32,
    /// The fewest bytes of a good one.
    #[serde(default)]
    pub min_size: Size,
    /// How much smaller than the one before it may be, in percent.
    #[serde(default = "fifth")]
    pub max_shrink: u32,
}

fn backups() -> String {
    "backups".to_owned()
}

fn ten() -> u32 {
    10
}

fn fifth() -> u32 {
    20
}

/// A command that changes the schema.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `service`, `command`, `rehearse`, `timeout`")]
pub struct Migration {
    /// The service whose new image runs it.
    pub service: String,
    /// The command.
    pub command: Vec<String>,
    /// Runs it first on a copy that is restored from the backup.
    #[serde(default)]
    pub rehearse: Option<Rehearsal>,
    /// The longest that it may take.
    #[serde(default = "ten_minutes")]
    pub timeout: Wait,
}

fn ten_minutes() -> Wait {
    Wait(600)
}

/// How the command is told of the copy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `backup`, and `variable` or `url_variable`")]
pub struct Rehearsal {
    /// The backup that the copy is restored from.
    pub backup: String,
    /// The variable that holds the name of the database.
    #[serde(default)]
    pub variable: Option<String>,
    /// The variable that holds a URL that ends in the name of the database.
    #[serde(default)]
    pub url_variable: Option<String>,
}

/// Something that must answer: a container or a URL.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `service` or `url`, …")]
pub struct Health {
    /// A service that must run, be healthy, and not restart.
    #[serde(default)]
    pub service: Option<String>,
    /// How long it must stay so.
    #[serde(default = "settled")]
    pub settle: Wait,
    /// A URL.
    #[serde(default)]
    pub url: Option<String>,
    /// Where the URL is asked from.
    #[serde(default)]
    pub from: From,
    /// The status of a good answer: 200 by default.
    #[serde(default = "ok")]
    pub status: u16,
    /// What must stand in the answer's JSON, by JSON pointer.
    #[serde(default)]
    pub json: BTreeMap<String, String>,
    /// How long until it must answer.
    #[serde(default = "two_minutes")]
    pub timeout: Wait,
}

fn settled() -> Wait {
    Wait(5)
}

fn ok() -> u16 {
    200
}

fn two_minutes() -> Wait {
    Wait(120)
}

/// Where a URL is asked from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// From the server itself, so that it can be rolled back without anyone watching.
    #[default]
    Server,
    /// From where the command runs, as users reach it.
    Here,
}

/// A number that must not become less.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "a map of `name`, `postgres` and `query` or `mongo`, `min`, `never_less`"
)]
pub struct DataCheck {
    /// What it is called.
    pub name: String,
    /// The database to ask.
    #[serde(default)]
    pub postgres: Option<Postgres>,
    /// A query that gives one whole number.
    #[serde(default)]
    pub query: Option<String>,
    /// A `MongoDB` to ask.
    #[serde(default)]
    pub mongo: Option<Mongo>,
    /// The fewest.
    #[serde(default)]
    pub min: Option<u64>,
    /// It may not be less than before the deploy: so by default.
    #[serde(default = "yes")]
    pub never_less: bool,
}

fn yes() -> bool {
    true
}

/// A `MongoDB` in a service, asked through its own `mongosh`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of `service`, `database`, `eval`")]
pub struct Mongo {
    /// The service.
    pub service: String,
    /// The database.
    pub database: String,
    /// An expression that gives one whole number, such as `db.users.countDocuments()`.
    pub eval: String,
}

/// What happens when health or data fail.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a map of `database`")]
pub struct Rollback {
    /// Whether the database goes back as well.
    pub database: RollbackDatabase,
}

/// Whether the database goes back as well. It always goes into a copy first, and both are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RollbackDatabase {
    /// Never.
    Never,
    /// Only by a person, with `envgate deploy restore`.
    #[default]
    Ask,
    /// By itself where nobody but the migration has written since the backup.
    IfUnchanged,
}

/// Programs that run here; one that fails stops the deploy.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a map of `pre_build`, `post_deploy`")]
pub struct Hooks {
    /// Before anything is built.
    pub pre_build: Vec<String>,
    /// After the report is written; it gets the report's path as its last argument.
    pub post_deploy: Vec<String>,
}

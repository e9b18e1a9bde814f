//! What a deploy stands on: the commit, its configuration, and the user's `ssh`.
//!
//! Not here: looking at servers.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::cli::{Deploy, DeployWhat};
use crate::config::{self, Config};
use crate::deploy::overlay::Nothing;
use crate::deploy::release::Shipped;
use crate::deploy::settings::{Asked, Settings};
use crate::deploy::transport::Ssh;
use crate::diagnostic::{Report, Severity};
use crate::files::{self, relative};
use crate::git::{self, BlobTree, Committed, Standing};
use crate::render;
use crate::source::{Source, Tree, file_name, join, parent};

use super::super::configuration;
use super::super::pack_files::PackFiles;
use super::super::{Error, catalog, working_directory};

/// The commit and what it says.
pub(super) struct Context {
    pub(super) here: PathBuf,
    pub(super) committed: Committed,
    pub(super) config: Config,
    /// The configuration's path.
    pub(super) path: String,
}

/// Reads the configuration that the commit holds; the work tree's only says where it is.
///
/// # Errors
///
/// Where there is no repository, no configuration in the commit, or it has mistakes.
pub(super) fn context(arguments: &Deploy, out: &mut dyn std::io::Write) -> Result<Context, Error> {
    let here = working_directory()?;
    let mut committed = git::committed(&here, Box::new(PackFiles))?;
    // Our own plans and reports are no change of the project, also where git does not ignore them.
    committed.changed.retain(|path| !path.split('/').any(|part| part == ".envgate"));
    let top = relative(&committed.root, &here);
    let loaded = configuration::load(arguments.config.as_deref(), "", Some(&top), &here, &Nothing)?;
    let path = loaded.source.map(|source| source.path().to_owned());
    let path = path.ok_or_else(|| Error::NoDeploy { path: config::FILE_NAMES[0].to_owned() })?;
    let tree = tree(&committed, &here)?;
    let bytes = tree.read(&path).map_err(|_| Error::NotCommitted { path: path.clone() })?;
    let source = Source::from_bytes(path.as_str(), bytes);
    let (config, mistakes) = config::load(&source, &catalog(), &tree);
    if mistakes.iter().any(|mistake| mistake.severity == Severity::Error) {
        let report = Report::new(mistakes, [(&source, Vec::new())], 1, 0);
        render::write(&report, render::Format::Human, &render::Options::default(), out)?;
        return Err(Error::Config { path });
    }
    Ok(Context { here, committed, config, path })
}

/// The commit's files, seen from `here`; nothing of the work tree shines through.
pub(super) fn tree<'a>(committed: &'a Committed, here: &Path) -> Result<BlobTree<'a>, Error> {
    let top = relative(&committed.root, here);
    let standing = Standing { inside: relative(here, &committed.root), top };
    Ok(committed.tree(here, standing, &Nothing)?)
}

impl Context {
    /// The folder of the configuration, from which its paths start.
    pub(super) fn folder(&self) -> &str {
        parent(&self.path)
    }

    /// What was asked for.
    ///
    /// # Errors
    ///
    /// Where the configuration has no `deploy:`, or that and the command line make no sense together.
    pub(super) fn settings(
        &self,
        arguments: &Deploy,
        target: Option<&str>,
        what: Option<&DeployWhat>,
    ) -> Result<Settings, Error> {
        let Some(deploy) = &self.config.deploy else {
            return Err(Error::NoDeploy { path: self.path.clone() });
        };
        let asked = Asked {
            target: target.map(ToOwned::to_owned).or_else(|| arguments.target.clone()),
            version: what.and_then(|what| what.version.clone()),
            services: what.map(|what| what.services.clone()).unwrap_or_default(),
            // A command that deploys nothing needs no version.
            env_only: what.is_none_or(|what| what.env_only),
        };
        Ok(Settings::new(deploy, &asked)?)
    }

    /// The compose files as the commit has them.
    ///
    /// # Errors
    ///
    /// Where the commit does not have one of them.
    pub(super) fn compose_files(&self, settings: &Settings) -> Result<Vec<Shipped>, Error> {
        let tree = tree(&self.committed, &self.here)?;
        let read = |file: &String| {
            let path = join(self.folder(), file);
            let bytes = tree.read(&path).map_err(|_| Error::NotCommitted { path })?;
            Ok(Shipped::new(file.clone(), bytes))
        };
        settings.deploy.compose.files.iter().map(read).collect()
    }
}

/// What the commit has at `path` from the folder of the configuration: whether that is a folder, and its files.
pub(super) fn held(context: &Context, tree: &dyn Tree, path: &str) -> (bool, Vec<Shipped>) {
    let from_here = join(context.folder(), path);
    let mode_of = |mode: u32| if mode & 0o111 == 0 { 0o644 } else { 0o755 };
    let mut found = Vec::new();
    for (name, mode) in context.committed.files() {
        let shown = relative(&context.committed.root.join(git::path_of(name)), &context.here);
        let below = shown.strip_prefix(from_here.as_str());
        let Some(rest) = below.filter(|rest| rest.is_empty() || rest.starts_with('/')) else { continue };
        let Ok(bytes) = tree.read(&shown) else { continue };
        let whole = format!("{}{rest}", file_name(path));
        found.push(Shipped { path: whole, bytes, mode: mode_of(mode) });
    }
    (found.first().is_some_and(|file| file.path.contains('/')), found)
}

/// The user's `ssh`, with a folder for the connection that all calls share.
///
/// # Errors
///
/// Where that folder cannot be made.
pub(super) fn ssh(settings: &Settings) -> Result<Ssh, Error> {
    // Not the temporary folder of the environment: a socket's path has about a hundred bytes.
    let folder = files::working_folder(Path::new("/tmp"), "envgate-")?;
    Ok(Ssh::new(settings.ssh_config.clone(), folder.to_string_lossy().into_owned()))
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Our clock in seconds.
pub(super) fn now() -> i64 {
    i64::try_from(since_1970().as_secs()).unwrap_or(i64::MAX)
}

/// A name for a run that sorts by time and that no other run has.
pub(super) fn run_name() -> String {
    let time = jiff::Timestamp::from_second(now()).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string();
    let unique = crate::deploy::facts::sha256(format!("{:?}{}", since_1970(), std::process::id()).as_bytes());
    format!("{time}-{}", unique.chars().take(6).collect::<String>())
}

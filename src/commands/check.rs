//! `envgate check`: files in, report out.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::baseline::FILE_NAME;
use sha2::{Digest, Sha256};

use crate::cli::{Check, FailOn, Format, Scope, Shard, When};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::engine::{self, Below, Input, Outcome, Settings};
use crate::files::{self, DiskTree, Walk, relative};
use crate::git;
use crate::project::Repository;
use crate::render::{self, visible};
use crate::source::{Folder, Tree, file_name, parent};

use super::base::Base;
use super::configuration::{self, Loaded};

use super::baseline::{self, Honoured};
use super::inputs::{self, Inputs, is_ignored};
use super::opened::Opened;
use super::pack_files::PackFiles;
use super::progress::Watched;
use super::stdin::StdinTree;
use super::terminal::say;
use super::{Error, Status, incomplete, namers, output, staged, verify, working_directory};

/// The last line of a refusal.
const SILENCING: &str =
    "a false alarm is silenced where it stands, with its reason: `# envgate: allow CODE: reason`";

pub(super) fn run(arguments: &Check, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    if arguments.verify {
        verify::refuse_hooks()?;
    }
    let here = working_directory()?;
    if arguments.stdin {
        return piped(arguments, color, &here, out);
    }
    if arguments.staged || arguments.all_staged {
        staged(arguments, color, &here, out)
    } else {
        tree(arguments, color, &here, out)
    }
}

/// What a check of files and directories stands on.
pub(super) struct Prepared {
    base: Option<Base>,
    scope: Scope,
    repository: Option<Repository>,
    names: BTreeMap<String, PathBuf>,
    pub(super) loaded: Loaded,
    pub(super) files: Vec<Input>,
    pub(super) tree: DiskTree,
    below: Option<Below>,
    /// Links that are called as env files are.
    links: BTreeSet<String>,
}

/// Lists the files and reads the configuration.
///
/// # Errors
///
/// Where a path or the configuration cannot be read, or there is nothing to check.
pub(super) fn prepare(scope: &Scope, here: &Path) -> Result<Prepared, Error> {
    let walk = Walk { include: scope.include.clone(), exclude: scope.exclude.clone() };
    let base = Base::of(scope, here)?;
    let listed = inputs::list_by(base.as_ref().map(Base::patterns), &scope.paths, &walk, here)?;
    let listed = listed.with_namers(scope.paths.len(), here);
    let tree = DiskTree::new(listed.reach())?.with_names(listed.names.clone()).with_ignored(is_ignored);
    one_configuration(base.as_ref(), scope, &listed)?;
    let start = listed.roots.first().map(String::as_str).unwrap_or_default();
    let loaded = configured_by(base.as_ref(), scope, start, listed.repository.as_ref(), here, &tree)?;
    known(scope, &loaded.config)?;
    let below = Below::new(listed.top(), &here.to_string_lossy());
    let files = wanted(listed.files, &loaded.config);
    let prepared = Prepared {
        base,
        scope: scope.clone(),
        repository: listed.repository,
        names: listed.names,
        loaded,
        files,
        tree,
        below,
        links: listed.links,
    };
    if prepared.files.is_empty() { Err(prepared.nothing()) } else { Ok(prepared) }
}

impl Prepared {
    /// Fresh settings: a check consumes them.
    pub(super) fn settings(&self) -> Settings {
        let mut settings = settings(&self.scope, &self.loaded);
        settings.repository.clone_from(&self.repository);
        settings.vouching = self.base.as_ref().map(Base::vouching);
        settings.below.clone_from(&self.below);
        settings
    }

    /// Leaves only the lines that are `added`; files that are not among them have none.
    fn narrow(&mut self, added: &git::Added, here: &Path) {
        let added: BTreeMap<String, _> =
            added.iter().map(|(path, lines)| (relative(path, here), lines)).collect();
        for file in &mut self.files {
            file.lines = match added.get(&file.path) {
                Some(lines) => (*lines).clone(),
                None => Some(BTreeSet::new()),
            };
        }
    }

    /// Leaves the files of one part. Of the others only those stay that give it meaning, and they are not reported.
    fn keep(&mut self, shard: Shard) {
        for file in &mut self.files {
            file.checked &= shard.holds(&Sha256::digest(file.path.as_bytes()));
        }
        self.files.retain(|file| file.checked || engine::has_neighbours(&file.path));
    }

    /// The top of the work tree, as shown.
    pub(super) fn work_tree(&self) -> Option<&str> {
        self.repository.as_ref().map(|repository| repository.root.as_str())
    }

    /// Where the file shown as `path` lies.
    pub(super) fn disk_path(&self, path: &str) -> PathBuf {
        self.names.get(path).cloned().unwrap_or_else(|| PathBuf::from(path))
    }

    /// Prints the mistakes of the configuration, and stops where there are any.
    ///
    /// # Errors
    ///
    /// Where the configuration has a mistake.
    pub(super) fn refuse_mistakes(&self, out: &mut dyn Write) -> Result<(), Error> {
        let Some(source) = &self.loaded.source else { return Ok(()) };
        if self.loaded.mistakes.iter().all(|mistake| mistake.severity < Severity::Error) {
            return Ok(());
        }
        let report = Report::new(self.loaded.mistakes.clone(), [(source, Vec::new())], 1, 0);
        render::write(&report, render::Format::Human, &render::Options::default(), out)?;
        Err(Error::Config { path: source.path().to_owned() })
    }

    /// Says which env files nobody has looked at, since links to them lead out of what is checked.
    fn tell_links(&self) -> Result<(), Error> {
        for link in &self.links {
            let Some(target) = self.tree.leads_out(link) else { continue };
            let (link, target) = (visible(link), visible(&target));
            say!(
                &mut stderr(),
                "note: `{link}` is a link to `{target}`, outside of what is checked; name that file to check it"
            )?;
        }
        Ok(())
    }

    fn nothing(&self) -> Error {
        let paths: Vec<String> = self.scope.paths.iter().map(|path| path.display().to_string()).collect();
        Error::NothingToCheck { path: paths.join("`, `") }
    }
}

/// Files and directories.
fn tree(arguments: &Check, color: When, here: &Path, out: &mut dyn Write) -> Result<Status, Error> {
    let mut prepared = prepare(&arguments.scope, here)?;
    if !arguments.look.quiet {
        prepared.tell_links()?;
    }
    let mut settings = prepared.settings();
    settings.selection.info = arguments.info;
    if let Some(revision) = &arguments.since {
        let added = git::since(here, revision, Box::new(PackFiles))?;
        prepared.narrow(&added, here);
    }
    if let Some(shard) = arguments.shard {
        prepared.keep(shard);
    }
    let opened = arguments.archives.then(|| Opened::new(&mut prepared.files, &prepared.tree)).transpose()?;
    let tree: &dyn Tree = opened.as_ref().map_or(&prepared.tree, |opened| opened);
    let watched = Watched::new(tree, prepared.files.len(), "files");
    let mut outcome = engine::check(&prepared.files, &mut settings, &watched)?;
    drop(watched);
    outcome.unread = opened.map(|opened| opened.unread).unwrap_or_default();
    if outcome.files == 0 && outcome.unread.is_empty() && arguments.shard.is_none() {
        return Err(prepared.nothing());
    }
    report(arguments, color, &prepared.loaded, &outcome, false, out)
}

/// What was piped in, with the disk around it.
fn piped(arguments: &Check, color: When, here: &Path, out: &mut dyn Write) -> Result<Status, Error> {
    let path = relative(Path::new(&arguments.path), here);
    let top = configuration::top(here)?;
    let disk = DiskTree::new([top.as_str()])?.with_ignored(is_ignored);
    let tree = StdinTree::read(&path, &disk).map_err(Error::Piped)?;
    let start = parent(&path);
    let loaded = configuration::load(arguments.scope.config.as_deref(), start, Some(&top), here, &tree)?;
    let mut settings = settings(&arguments.scope, &loaded);
    settings.selection.info = arguments.info;
    settings.below = Below::new(&top, &here.to_string_lossy());
    let input = Input { path, tracked: None, mode: None, hook: false, checked: true, lines: None };
    let inputs = namers::beside(vec![input], [top.as_str()], here);
    let outcome = engine::check(&wanted(inputs, &loaded.config), &mut settings, &tree)?;
    report(arguments, color, &loaded, &outcome, false, out)
}

/// The index. A commit that adds nothing has nothing wrong with it, and needs no word.
fn staged(arguments: &Check, color: When, here: &Path, out: &mut dyn Write) -> Result<Status, Error> {
    files::openable_repository(here)?;
    let read = |path: &Path| files::read_whole(path).ok();
    let outside = git::Outside { read: &read, variable: &variable, packs: || Box::new(PackFiles) };
    let index = git::staged(here, outside)?;
    let reach = if index.claimed { String::new() } else { relative(&index.root, here) };
    let disk = DiskTree::new([reach.as_str()])?.with_ignored(is_ignored);
    let listed = staged::list(&index, arguments.all_staged, here, &disk);
    let root = listed.repository.root.clone();
    let base = Base::of(&arguments.scope, here)?;
    let (scope, repository) = (&arguments.scope, Some(&listed.repository));
    let loaded = configured_by(base.as_ref(), scope, &root, repository, here, &listed.tree)?;
    known(scope, &loaded.config)?;
    let files = wanted(listed.files, &loaded.config);
    let mut settings = settings(&arguments.scope, &loaded);
    settings.selection.info = arguments.info;
    settings.repository = Some(listed.repository);
    settings.vouching = base.as_ref().map(Base::vouching);
    settings.below = Below::new(&root, &here.to_string_lossy());
    let outcome = engine::check(&files, &mut settings, &listed.tree)?;
    report_or_silence(arguments, color, &loaded, &outcome, out)
}

#[expect(clippy::disallowed_methods, reason = "git tells its hooks in the environment what it works on")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Reports what a hook found; nothing is silence, and a refusal says how one false alarm is silenced.
pub(super) fn report_or_silence(
    arguments: &Check,
    color: When,
    loaded: &Loaded,
    outcome: &Outcome,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    report(arguments, color, loaded, outcome, true, out)
}

/// A word that names no rule would leave out, or look for, nothing: the check would not be the one asked for.
pub(super) fn known(scope: &Scope, config: &Config) -> Result<(), Error> {
    if scope.only.is_empty() && scope.ignore.is_empty() {
        return Ok(());
    }
    let catalog = configuration::catalog_with(config);
    let mut words = scope.only.iter().chain(&scope.ignore);
    match words.find(|word| !catalog.iter().any(|meta| meta.answers_to(word))) {
        Some(word) => Err(Error::NoSuchRule { word: word.clone() }),
        None => Ok(()),
    }
}

/// Refuses paths that have configurations of their own, unless one is named.
fn one_configuration(base: Option<&Base>, scope: &Scope, listed: &Inputs) -> Result<(), Error> {
    if scope.config.is_some() {
        return Ok(());
    }
    let top = listed.repository.as_ref().map(|repository| repository.root.as_str());
    match base {
        Some(base) => configuration::refuse_several(&listed.roots, top, |path| base.has(path)),
        None => configuration::refuse_several(&listed.roots, top, configuration::on_disk),
    }
}

/// The configuration of the disk, or that of the commit which it is to be taken from.
fn configured_by(
    base: Option<&Base>,
    scope: &Scope,
    start: &str,
    repository: Option<&Repository>,
    here: &Path,
    tree: &dyn Tree,
) -> Result<Loaded, Error> {
    let Some(base) = base else { return configured(scope, start, repository, here, tree) };
    let top = repository.map(|repository| repository.root.as_str());
    base.configuration(scope, start, top, here, tree)
}

pub(super) fn configured(
    scope: &Scope,
    start: &str,
    repository: Option<&Repository>,
    here: &Path,
    tree: &dyn Tree,
) -> Result<Loaded, Error> {
    let top = repository.map(|repository| repository.root.as_str());
    configuration::load(scope.config.as_deref(), start, top, here, tree)
}

/// The inputs that the configuration does not leave out; a baseline is no input but a word about others.
pub(super) fn wanted(inputs: Vec<Input>, config: &Config) -> Vec<Input> {
    let included =
        |path: &str| config.include.is_empty() || config.include.iter().any(|glob| glob.matches(path));
    let excluded = |path: &str| config.exclude.iter().any(|glob| glob.matches(path));
    let own = |path: &str| file_name(path) == FILE_NAME;
    inputs
        .into_iter()
        .filter(|input| included(&input.path) && !excluded(&input.path) && !own(&input.path))
        .collect()
}

pub(super) fn settings(scope: &Scope, loaded: &Loaded) -> Settings {
    let config = &loaded.config;
    let mut selection = configuration::selection(config);
    selection.only.clone_from(&scope.only);
    selection.ignore.clone_from(&scope.ignore);
    Settings {
        selection,
        expectations: config.expectations.clone(),
        environments: config.commands.clone(),
        repository: None,
        gitleaks: Arc::clone(&loaded.gitleaks),
        own: config.own.clone(),
        today: Some(baseline::today().to_string()),
        vouching: None,
        below: None,
    }
}

/// Reports what was found. For a hook nothing is silence, and a refusal says how a false alarm is silenced.
fn report(
    arguments: &Check,
    color: When,
    loaded: &Loaded,
    outcome: &Outcome,
    hook: bool,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    let here = working_directory()?;
    let (mut report, mistaken) = collected(loaded, outcome);
    report.silence(&configuration::accepted(&loaded.config, &report));
    let honoured = baseline::honour(&mut report, arguments, loaded, &here)?;
    if arguments.verify {
        let text = |of: &Diagnostic| outcome.sources.get(&of.path).map(|(source, _)| source.slice(of.span));
        verify::judge(&mut report, text)?;
    }
    report.shard = arguments.shard.map(|shard| shard.to_string());
    report.top =
        loaded.top.as_deref().map(|top| Folder::new(top, &here.to_string_lossy())).unwrap_or_default();
    if !outcome.unread.is_empty() && !incomplete::is_sayable(&arguments.look) {
        return Err(incomplete::error(outcome));
    }
    report.incomplete = incomplete::told(outcome);
    output::files(&report, &arguments.look)?;
    let human = arguments.look.format == Format::Human;
    if !(hook && human && report.findings.is_empty()) {
        output::print(&report, &arguments.look, color, out)?;
    }
    if let (true, Some(source)) = (mistaken, &loaded.source) {
        return Err(Error::Config { path: source.path().to_owned() });
    }
    if !report.incomplete.is_empty() {
        return Err(incomplete::error(outcome));
    }
    let threshold = threshold(arguments.scope.fail_on, &loaded.config);
    let failed = report.findings.iter().any(|finding| finding.diagnostic.severity >= threshold);
    if failed && hook && human && !arguments.look.quiet {
        say!(out, "{SILENCING}")?;
    }
    let stale = arguments.fail_on_stale && honoured == Honoured::Stale;
    Ok(if failed || stale { Status::Findings } else { Status::Clean })
}

/// The report of a check and of the configuration, and whether that has a mistake.
pub(super) fn collected(loaded: &Loaded, outcome: &Outcome) -> (Report, bool) {
    let mistaken = loaded.is_mistaken();
    let findings = loaded.mistakes.iter().chain(&loaded.warned).chain(&outcome.findings).cloned().collect();
    let sources = outcome.sources.values().map(|(source, masks)| (source, masks.clone()));
    let read = loaded.source.iter().chain(&loaded.others);
    let sources =
        sources.chain(read.map(|source| (source, engine::masks(source, loaded.config.own.as_deref()))));
    (Report::new(findings, sources, outcome.files, outcome.suppressed), mistaken)
}

/// The severity from which on a finding fails the command.
pub(super) fn threshold(typed: Option<FailOn>, config: &Config) -> Severity {
    match typed {
        Some(FailOn::Error) => Severity::Error,
        Some(FailOn::Warning) => Severity::Warning,
        None => config.fail_on,
    }
}

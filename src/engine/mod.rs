//! Files in, findings out: read, parse, resolve, run the rules, silence what is silenced.
//!
//! Parallel here and nowhere else. Not here: the command line, the disk, git, how a report looks.

mod below;
mod classify;
mod gather;
mod load;
mod masks;
mod mentions;
mod named;
mod pairs;
mod select;
mod silence;
mod texts;
mod threads;
mod vouch;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Findings, Gathered};
use crate::document::Document;
use crate::document::env::Loader;
use crate::project::commands::ComposeCommand;
use crate::project::expectations::Expectations;
use crate::project::{File, Project, Repository, commands, loaders, loading, resolve};
use crate::rules::{self, ALL, Rule};
use crate::secrets::Own;
use crate::source::{Source, Span, Tree};
use crate::suppress::Gitleaks;

use masks::Masks;
use threads::Threads;

pub use below::Below;
pub use classify::document;
pub use classify::{has_neighbours, may_be_named};
pub use gather::{gather, resolve_command};
pub use masks::{Declared, masked, masks};
pub use select::{Ignored, Selection};
pub use silence::{METAS, Silencing, is_secret};
pub use texts::{Told, secrets_in};
pub use vouch::Vouching;

/// One file to be checked.
#[derive(Debug, Clone)]
pub struct Input {
    /// Relative to the working directory, with `/` separators.
    pub path: String,
    /// Whether git tracks it; `None` outside a repository.
    pub tracked: Option<bool>,
    /// Its permission bits, where known.
    pub mode: Option<u32>,
    /// Whether it lies in the directory that git runs hooks from.
    pub hook: bool,
    /// Whether it is checked itself; else it is only read for what it means to others.
    pub checked: bool,
    /// The 1-based lines that findings may start on; `None` for all.
    pub lines: Option<BTreeSet<usize>>,
}

/// What the configuration and the command line ask for.
#[derive(Debug, Default)]
pub struct Settings {
    /// Which rules run, and how bad their findings are.
    pub selection: Selection,
    /// What is expected of variables.
    pub expectations: Expectations,
    /// The configured environments as commands.
    pub environments: Vec<ComposeCommand>,
    /// What git knows; `None` outside a repository.
    pub repository: Option<Repository>,
    /// What gitleaks is told to leave alone.
    pub gitleaks: Arc<Gitleaks>,
    /// The secrets that the project declares for itself.
    pub own: Option<Arc<Own>>,
    /// Today as `YYYY-MM-DD`, for silencings that say until when they hold; without it all hold.
    pub today: Option<String>,
    /// Whose silencing comments count; `None` for those of the checked files themselves.
    pub vouching: Option<Vouching>,
    /// Where the working directory lies below the top of what is checked; `None` where it is the top.
    pub below: Option<Below>,
}

/// What a check found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings, ordered by path, place and code.
    pub findings: Vec<Diagnostic>,
    /// The files that findings point into, each with the spans that must be masked.
    pub sources: BTreeMap<Arc<str>, (Source, Vec<Span>)>,
    /// The names that a schema or the configuration declares secret: their values are shown nowhere.
    pub declared: Declared,
    /// How many files were looked at.
    pub files: usize,
    /// How many findings were silenced.
    pub suppressed: usize,
    /// The comments that silence findings.
    pub silencings: Vec<Silencing>,
    /// The checked files that could not be parsed to their end: the check is not whole.
    pub broken: Vec<String>,
    /// The inputs that could not be read and that no other hangs on, with why: the check is not whole either.
    pub unread: Vec<(String, &'static str)>,
    /// The loaders that read each checked env file, where any are known.
    pub loaders: BTreeMap<String, Vec<Loader>>,
}

/// Files that could not be read; a check that could not look is no check.
#[derive(Debug, thiserror::Error)]
#[error("{}", unreadable(.0))]
pub struct Unreadable(pub Vec<(String, std::io::Error)>);

fn unreadable(files: &[(String, std::io::Error)]) -> String {
    let lines: Vec<String> =
        files.iter().map(|(path, error)| format!("cannot read `{path}`: {error}")).collect();
    lines.join("\n")
}

/// Checks `inputs`, reading them and whatever they refer to from `tree`.
///
/// # Errors
///
/// Where one of `inputs` cannot be read, or a schema that says what of a reported file is secret.
pub fn check(inputs: &[Input], settings: &mut Settings, tree: &dyn Tree) -> Result<Outcome, Unreadable> {
    match settings.below.take() {
        Some(below) => below::check(&below, inputs, settings, tree),
        None => check_whole(inputs, settings, tree),
    }
}

fn check_whole(inputs: &[Input], settings: &mut Settings, tree: &dyn Tree) -> Result<Outcome, Unreadable> {
    let own = settings.own.clone();
    let rule = own.clone().map(rules::with_own);
    let running = settings.selection.running(ALL, rule.as_deref());
    let wanted = |finding: &_| settings.selection.reports(finding);
    let asked =
        load::Asked { rules: &running, own: own.as_deref(), wanted: &wanted, texts: false, env: false };
    let mut loaded = load::load(inputs, &asked, tree)?;
    let mut project = Project::new(std::mem::take(&mut loaded.files), settings.expectations.clone(), tree);
    project.repository = settings.repository.take();
    load::assign_hook_roles(&mut project);
    resolve_commands(&mut project, &settings.environments, tree);
    if named::take_up(inputs, &asked, tree, &mut project, &mut loaded)? {
        resolve_commands(&mut project, &settings.environments, tree);
    }
    project.loading = loading::judge(&project);
    if settings.selection.info {
        project.mentions = Some(mentions::find(inputs, &project, tree));
    }

    let mut found = loaded.found;
    run(&project, &running, &mut found);
    let lines =
        inputs.iter().filter_map(|input| Some((input.path.as_str(), input.lines.as_ref()?))).collect();
    let vouching = settings.vouching.take();
    let strangers = vouching.map(|vouching| vouching.take_strangers(&mut loaded.allows, &project));
    let mut silencer = silence::Silencer::new(settings, loaded.allows, lines);
    if let Some(strangers) = strangers {
        silencer = silencer.passing_over(strangers);
    }
    let report = silencer.apply(found.into_findings(), &project);
    let masks = Masks { known: &loaded.masks, own: own.as_deref(), texts: false };
    let broken = project.files.iter().filter(|file| is_broken(file)).map(load::path_of).collect();
    let loaders = in_use(&project);
    Ok(Outcome { broken, loaders, ..outcome(report, &project, loaded.count, &masks)? })
}

/// What is reported, with the files that it points into.
fn outcome(
    report: silence::Reported,
    project: &Project<'_>,
    files: usize,
    masks: &Masks<'_>,
) -> Result<Outcome, Unreadable> {
    let mut sources: BTreeMap<Arc<str>, (Source, Vec<Span>)> = BTreeMap::new();
    let declared = Declared::around(project, report.findings.iter().flat_map(paths).map(|path| &**path))?;
    for finding in &report.findings {
        for path in paths(finding) {
            if let Some(file) = project.file(path).filter(|_| !sources.contains_key(path)) {
                sources.insert(Arc::clone(path), (file.source.clone(), masks.of(file, &declared)));
            }
        }
    }
    let silence::Reported { findings, suppressed, silencings } = report;
    Ok(Outcome { findings, sources, declared, files, suppressed, silencings, ..Outcome::default() })
}

/// The files that a finding points into.
fn paths(finding: &Diagnostic) -> impl Iterator<Item = &Arc<str>> {
    std::iter::once(&finding.path).chain(finding.labels.iter().map(|label| &label.path))
}

/// Who reads which of the checked env files.
fn in_use(project: &Project<'_>) -> BTreeMap<String, Vec<Loader>> {
    let env = project.files.iter().filter(|file| file.checked && matches!(file.document, Document::Env(_)));
    let of = |file: &File| {
        let readers = project.readers(file.source.path());
        let loaders: Vec<Loader> = readers.iter().map(|reader| reader.loader).collect();
        (!loaders.is_empty()).then(|| (load::path_of(file), loaders))
    };
    env.filter_map(of).collect()
}

/// Finds the compose commands, and reads the files that they need and nobody listed, until nothing new
/// is asked for.
fn resolve_commands(project: &mut Project<'_>, configured: &[ComposeCommand], tree: &dyn Tree) {
    // A file that is read can name another one; three rounds reach everything that compose itself
    // would read, and bound what a hostile project can ask for.
    for _ in 0..3 {
        project.commands = configured.to_vec();
        project.commands.extend(commands::find(project));
        project.environments = resolve::resolve(project);
        let wanted = resolve::wanted(project);
        let more: Vec<File> =
            wanted.iter().filter_map(|path| load::referenced(path, project, tree)).collect();
        if more.is_empty() {
            break;
        }
        project.add(more);
    }
    project.reads = loaders::find(project);
}

fn run(project: &Project<'_>, running: &[&dyn Rule], found: &mut Gathered) {
    let checked: Vec<&File> = project.files.iter().filter(|file| file.checked).collect();
    let threads = Threads::to_judge(project);
    for some in checked.chunks(load::AT_ONCE) {
        let one = threads.map(some, |file| run_on(file, project, running));
        found.extend(one.into_iter().flatten());
    }
    let across = threads.map(running, |rule| {
        let mut found = Vec::new();
        rule.check_project(project, &mut Findings::new(rule.meta(), "", &mut found));
        once(&mut found);
        found
    });
    found.extend(across.into_iter().flatten());
}

fn run_on(file: &File, project: &Project<'_>, running: &[&dyn Rule]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in running {
        let mut findings = Findings::new(rule.meta(), file.source.shared_path(), &mut found);
        match &file.document {
            Document::Env(env) => rule.check_env(env, file, project, &mut findings),
            Document::Compose(compose) => rule.check_compose(compose, file, project, &mut findings),
            Document::Shell(script) => rule.check_shell(script, file, project, &mut findings),
            Document::Makefile(makefile) => {
                for recipe in &makefile.recipes {
                    rule.check_shell(recipe, file, project, &mut findings);
                }
            }
            Document::EnvSchema(_) | Document::PythonSettings(_) | Document::Text => {}
        }
    }
    if matches!(file.document, Document::Shell(_) | Document::Makefile(_)) {
        once(&mut found);
    }
    found
}

/// What several commands say of one place in the same words is told once.
fn once(found: &mut Vec<Diagnostic>) {
    let mut known: HashSet<(Arc<str>, Span, String)> = HashSet::new();
    found.retain(|one| known.insert((Arc::clone(&one.path), one.span, one.message.clone())));
}

fn is_broken(file: &File) -> bool {
    file.checked && matches!(&file.document, Document::Compose(compose) if compose.broken)
}

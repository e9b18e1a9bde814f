//! The way to the gate: servers are surveyed, the commit is checked with each server's env file, a plan is made.
//!
//! Not here: judging. Nothing is changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::deploy::effect;
use crate::deploy::facts::sha256;
use crate::deploy::gate::Verdict;
use crate::deploy::overlay::Overlay;
use crate::deploy::plan::{Inputs, Plan};
use crate::deploy::report::{Check, Silenced};
use crate::deploy::settings::Settings;
use crate::deploy::survey::{self, Survey};
use crate::deploy::transport::Transport;
use crate::diagnostic::{Diagnostic, Report};
use crate::engine::{self, Input, Silencing};
use crate::files::{Walk, relative};
use crate::git;
use crate::project::commands::ComposeCommand;
use crate::project::expectations::Expectations;
use crate::project::resolve::Caller;
use crate::project::{Project, Repository};
use crate::source::{Source, Span, Tree, join, parent};

use super::super::check::{threshold, wanted};
use super::super::{Error, catalog, configuration, inputs};
use super::context::{Context, held, now, tree};

/// All that the gate is asked about.
pub(super) struct Assessment {
    pub(super) surveys: Vec<Survey>,
    pub(super) verdict: Verdict,
    pub(super) plan: Plan,
    pub(super) report: Report,
    pub(super) check: Check,
}

/// Looks at everything. `run` is a name that nothing else has.
///
/// # Errors
///
/// Where a server, the commit or a file of it cannot be read.
pub(super) fn assess(
    context: &Context,
    settings: &Settings,
    run: &str,
    transport: &dyn Transport,
) -> Result<Assessment, Error> {
    let files = context.compose_files(settings)?;
    let commit = tree(&context.committed, &context.here)?;
    let held = |path: &str| held(context, &commit, path);
    let commit = survey::Commit { files: &files, held: &held };
    let mut surveys = Vec::new();
    for host in &settings.hosts {
        surveys.push(survey::survey(settings, host, run, &commit, now(), transport)?);
    }
    let mut checked = Checked::default();
    for survey in &surveys {
        one(context, settings, survey, &mut checked)?;
    }
    let failing = threshold(None, &context.config);
    let sources = checked.sources.values().map(|(source, masks)| (source, masks.clone()));
    let report = Report::new(checked.findings, sources, checked.files, checked.silenced);
    let bad = report.findings.iter().filter(|finding| finding.diagnostic.severity >= failing).count();
    let verdict =
        Verdict { files: checked.files, failing: bad, broken: checked.broken, otherwise: checked.otherwise };
    let told = |diagnostic: &Diagnostic| {
        (diagnostic.meta.code.to_owned(), diagnostic.path.to_string(), diagnostic.message.clone())
    };
    let check = Check {
        files: report.files,
        silenced: report.suppressed,
        findings: report.findings.iter().map(|finding| told(&finding.diagnostic)).collect(),
        ignored: context
            .config
            .ignores
            .iter()
            .filter_map(|ignore| Some((ignore.rule.clone(), ignore.reason.clone()?)))
            .collect(),
        silencings: checked.silencings,
    };
    let plan = Plan::new(settings, inputs_of(context, settings, &surveys)?, &surveys);
    Ok(Assessment { surveys, verdict, plan, report, check })
}

#[derive(Default)]
struct Checked {
    findings: Vec<Diagnostic>,
    sources: BTreeMap<Arc<str>, (Source, Vec<Span>)>,
    files: usize,
    silenced: usize,
    silencings: Vec<Silenced>,
    broken: Vec<String>,
    otherwise: Vec<(String, String, String)>,
}

impl Checked {
    /// Takes over what silences findings. A reason may stand in a server's env file, where nothing may be told of it that
    /// is a value there.
    fn silencings(&mut self, silencings: Vec<Silencing>, survey: &Survey) {
        let mask = survey.mask();
        for one in silencings {
            let at = format!("{}:{}", one.path, one.line);
            let (rules, reason, findings) = (one.rules, mask.over(&one.reason), one.findings);
            let silenced = Silenced { at, rules, reason, findings };
            if !self.silencings.contains(&silenced) {
                self.silencings.push(silenced);
            }
        }
    }
}

/// Whether two servers brought the same finding.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    (one.meta.code, &one.path, one.span, &one.message)
        == (other.meta.code, &other.path, other.span, &other.message)
}

/// Checks the commit with one server's env file in its place.
fn one(context: &Context, settings: &Settings, survey: &Survey, checked: &mut Checked) -> Result<(), Error> {
    let commit = tree(&context.committed, &context.here)?;
    let env_path = join(context.folder(), &settings.deploy.compose.env_file);
    let there = survey.env.is_some();
    let overlay = Overlay::new(&commit, env_path.clone(), survey.env.clone());
    let mut files = wanted(committed(context)?, &context.config);
    files.retain(|input| input.path != env_path);
    if there {
        let tracked = Some(false);
        files.push(Input {
            path: env_path.clone(),
            tracked,
            mode: None,
            hook: false,
            checked: true,
            lines: None,
        });
    }
    let commands = commands(context, settings, env_path);
    let root = relative(&context.committed.root, &context.here);
    let mut asked = engine::Settings {
        selection: configuration::selection(&context.config),
        expectations: context.config.expectations.clone(),
        environments: commands.clone(),
        below: engine::Below::new(&root, &context.here.to_string_lossy()),
        repository: Some(Repository { root, ..Repository::default() }),
        // What another scanner is told to leave alone is no word to this gate.
        gitleaks: Arc::default(),
        own: context.config.own.clone(),
        today: Some(super::super::baseline::today().to_string()),
        vouching: None,
    };
    if let Some(command) = commands.last() {
        let nothing = Project::new(Vec::new(), Expectations::default(), &overlay);
        let environment = engine::resolve_command(&mut { nothing }, command, &Caller::default());
        let others = effect::differences(&environment, &survey.preview).into_iter();
        checked.otherwise.extend(others.map(|(service, name)| (survey.facts.host.clone(), service, name)));
    }
    let outcome = engine::check(&files, &mut asked, &overlay as &dyn Tree)?;
    for finding in outcome.findings {
        if !checked.findings.iter().any(|other| is_same(other, &finding)) {
            checked.findings.push(finding);
        }
    }
    checked.silencings(outcome.silencings, survey);
    checked.sources.extend(outcome.sources);
    checked.files = outcome.files;
    checked.silenced = outcome.suppressed;
    checked.broken = outcome.broken;
    Ok(())
}

/// The command that the deploy runs, beside those of the configuration that are not the same one.
fn commands(context: &Context, settings: &Settings, env_path: String) -> Vec<ComposeCommand> {
    let at = |file: &String| join(context.folder(), file);
    let files: Vec<String> = settings.deploy.compose.files.iter().map(at).collect();
    let mut all = context.config.commands.clone();
    all.retain(|command| command.files != files);
    all.push(ComposeCommand {
        path: context.path.clone(),
        name: Some(settings.target.clone()),
        files,
        env_files: vec![env_path],
        directory: context.folder().to_owned(),
        subcommand: Some("up".to_owned()),
        production: Some(true),
        ..ComposeCommand::default()
    });
    all
}

/// The commit's files as inputs. Where the work tree is the commit, its ignore files count as they do for
/// `envgate check`; else every file of the commit is looked at.
fn committed(context: &Context) -> Result<Vec<Input>, Error> {
    let committed = &context.committed;
    let here = &context.here;
    let top = relative(&committed.root, here);
    let listed: Option<BTreeSet<String>> = if committed.changed.is_empty() {
        let start = if top.is_empty() { ".".into() } else { top.into() };
        let found = inputs::list(&[start], &Walk::default(), here)?;
        Some(found.files.into_iter().map(|input| input.path).collect())
    } else {
        None
    };
    let all = committed.files().map(|(path, mode)| Input {
        path: relative(&committed.root.join(git::path_of(path)), here),
        tracked: Some(true),
        mode: Some(mode),
        hook: false,
        checked: true,
        lines: None,
    });
    Ok(all.filter(|input| listed.as_ref().is_none_or(|listed| listed.contains(&input.path))).collect())
}

fn inputs_of(context: &Context, settings: &Settings, surveys: &[Survey]) -> Result<Inputs, Error> {
    let tree = tree(&context.committed, &context.here)?;
    let names = settings.deploy.compose.files.iter().map(|file| join(context.folder(), file));
    let mut files = BTreeMap::new();
    for path in names.chain([context.path.clone()]) {
        let bytes = tree.read(&path).map_err(|_| Error::NotCommitted { path: path.clone() })?;
        files.insert(path, sha256(&bytes));
    }
    for mounted in surveys.iter().flat_map(|survey| &survey.mounted) {
        let folder = join(context.folder(), parent(&mounted.bind.source));
        files.extend(mounted.files.iter().map(|file| (join(&folder, &file.path), sha256(&file.bytes))));
    }
    for (path, bytes) in surveys.iter().flat_map(|survey| survey.env_files.sources()) {
        files.insert(join(context.folder(), path), sha256(bytes));
    }
    let rules: Vec<String> = catalog().iter().map(|meta| format!("{} {}", meta.code, meta.name)).collect();
    Ok(Inputs {
        commit: context.committed.id.clone(),
        branch: context.committed.branch.clone(),
        dirty: !context.committed.changed.is_empty(),
        rules: format!("{} {}", env!("CARGO_PKG_VERSION"), sha256(rules.join("\n").as_bytes())),
        files,
    })
}

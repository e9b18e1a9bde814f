//! Texts without a project: the patterns of secrets over contents that stand in no tree together.
//!
//! Not here: documents, compose projects, hooks. What a content means to others is not asked.

use crate::project::Project;
use crate::rules::{self, ALL};
use crate::source::Tree;

use super::masks::Masks;
use super::{Input, Outcome, Settings, Unreadable, load, outcome, silence};

/// How the path of an input is told to those who know it by another.
pub type Told = dyn Fn(&str) -> String + Send + Sync;

/// Looks for secrets in `inputs`, each a text and nothing else, whatever its name, on `jobs` threads or on one
/// a core. The configuration, and what other scanners are told, know an input by what `told` makes of its path.
///
/// # Errors
///
/// Where one of `inputs` cannot be read.
pub fn secrets_in(
    inputs: &[Input],
    settings: &Settings,
    tree: &dyn Tree,
    jobs: Option<usize>,
    told: &Told,
) -> Result<Outcome, Unreadable> {
    let search = || search(inputs, settings, tree, told);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or_default()).build();
    // A system that gives no more threads still has this one.
    pool.map_or_else(|_| search(), |pool| pool.install(search))
}

fn search(
    inputs: &[Input],
    settings: &Settings,
    tree: &dyn Tree,
    told: &Told,
) -> Result<Outcome, Unreadable> {
    let selection = &settings.selection;
    let own = settings.own.as_deref();
    let rule = settings.own.clone().map(rules::with_own);
    let mut running = selection.running(ALL, rule.as_deref());
    running.retain(|rule| rule.stands_for_patterns());
    let wanted = |finding: &_| selection.reports(finding);
    let asked = load::Asked { rules: &running, own, wanted: &wanted, texts: true, env: false };
    let loaded = load::load(inputs, &asked, tree)?;
    let project = Project::new(loaded.files, settings.expectations.clone(), tree);
    let silencer = silence::Silencer::new(settings, loaded.allows, std::collections::HashMap::new());
    let silencer = silencer.told_by(told);
    let mut report = silencer.apply(loaded.found.into_findings(), &project);
    // An old version's comment may be about any rule; nobody can mend it.
    report.findings.retain(|finding| !super::METAS.iter().any(|meta| meta.code == finding.meta.code));
    let masks = Masks { known: &loaded.masks, own, texts: true };
    outcome(report, &project, loaded.count, &masks)
}

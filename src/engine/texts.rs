//! Texts without a project: the patterns of secrets over contents that stand in no tree together.
//!
//! Not here: documents, compose projects, hooks. What a content means to others is not asked.

use crate::project::Project;
use crate::project::expectations::Expectations;
use crate::rules::ALL;
use crate::source::Tree;

use super::{Input, Outcome, Settings, Unreadable, load, outcome, silence};

/// Looks for secrets in `inputs`, each a text and nothing else, whatever its name, on `jobs` threads or on one
/// a core.
///
/// # Errors
///
/// Where one of `inputs` cannot be read.
pub fn secrets_in(
    inputs: &[Input],
    settings: &Settings,
    tree: &dyn Tree,
    jobs: Option<usize>,
) -> Result<Outcome, Unreadable> {
    let search = || search(inputs, settings, tree);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or_default()).build();
    // A system that gives no more threads still has this one.
    pool.map_or_else(|_| search(), |pool| pool.install(search))
}

fn search(inputs: &[Input], settings: &Settings, tree: &dyn Tree) -> Result<Outcome, Unreadable> {
    let selection = &settings.selection;
    let mut running = selection.running(ALL);
    running.retain(|rule| rule.stands_for_patterns());
    let wanted = |finding: &_| selection.reports(finding);
    let loaded = load::load(inputs, &load::Asked { rules: &running, wanted: &wanted, texts: true }, tree)?;
    let project = Project::new(loaded.files, Expectations::default(), tree);
    let silencer = silence::Silencer::new(settings, loaded.allows, std::collections::HashMap::new());
    let mut report = silencer.apply(loaded.found.into_findings(), &project);
    // An old version's comment may be about any rule; nobody can mend it.
    report.findings.retain(|finding| !super::METAS.iter().any(|meta| meta.code == finding.meta.code));
    Ok(outcome(report, &project, loaded.count, &loaded.masks))
}

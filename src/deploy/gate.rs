//! The gate: what must hold before anything changes. It alone makes the [`Permit`] that a deploy consumes.
//!
//! Not here: how findings are made, and the work after it. Nothing skips it, and nothing else can make a
//! permit:
//!
//! ```compile_fail
//! let permit = envgate::deploy::gate::Permit { plan: String::new() };
//! ```
//!
//! It is consumed, so that it is good for one deploy:
//!
//! ```compile_fail
//! fn twice(plan: &envgate::deploy::plan::Plan, permit: envgate::deploy::gate::Permit) {
//!     let _ = (permit.covers(plan), permit.covers(plan));
//! }
//! ```

use serde::{Deserialize, Serialize};

use super::plan::Plan;
use super::settings::Settings;
use super::survey::{Survey, Wanted};
use crate::git::Committed;

/// The oldest compose that a run is made for.
const COMPOSE: [u32; 3] = [2, 24, 4];

/// Leave to deploy one plan, once.
#[derive(Debug)]
pub struct Permit {
    plan: String,
}

impl Permit {
    /// Whether it was made for this plan.
    #[must_use]
    pub fn covers(self, plan: &Plan) -> bool {
        self.plan == plan.seal()
    }
}

/// One reason why nothing is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub help: String,
}

/// What the check of the very files that would be deployed came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many files were looked at.
    pub files: usize,
    /// How many findings are bad enough.
    pub failing: usize,
    /// The files that could not be parsed.
    pub broken: Vec<String>,
    /// What would arrive on a server otherwise than its files say: host, service, variable.
    pub otherwise: Vec<(String, String, String)>,
}

/// Lets the plan through, or says why not; everything that is wrong is said at once.
///
/// # Errors
///
/// Where anything speaks against it.
pub fn judge(
    settings: &Settings,
    verdict: &Verdict,
    commit: &Committed,
    surveys: &[Survey],
    plan: &Plan,
) -> Result<Permit, Vec<Refusal>> {
    let mut refusals = Vec::new();
    of_check(verdict, &mut refusals);
    of_commit(settings, commit, &mut refusals);
    if surveys.is_empty() || surveys.len() != settings.hosts.len() {
        refuse(
            &mut refusals,
            "not every server has been looked at",
            "name servers that can be reached under `hosts`",
        );
    }
    if surveys.windows(2).any(|pair| matches!(pair, [one, two] if one.images != two.images)) {
        refuse(
            &mut refusals,
            "the servers would get different images",
            "bring them to one version first, one target each",
        );
    }
    for survey in surveys {
        of_server(settings, survey, &mut refusals);
        if survey.facts.root && survey.facts.lacks.is_empty() {
            of_images(survey, &mut refusals);
            of_preview(settings, survey, &mut refusals);
        }
    }
    if refusals.is_empty() { Ok(Permit { plan: plan.seal() }) } else { Err(refusals) }
}

fn refuse(refusals: &mut Vec<Refusal>, what: impl Into<String>, help: impl Into<String>) {
    refusals.push(Refusal { what: what.into(), help: help.into() });
}

fn of_check(verdict: &Verdict, refusals: &mut Vec<Refusal>) {
    if verdict.files == 0 {
        refuse(refusals, "the check has looked at nothing", "deploy from the folder that holds the project");
    }
    if !verdict.broken.is_empty() {
        let what = format!("`{}` cannot be parsed, so the check is not whole", verdict.broken.join("`, `"));
        refuse(refusals, what, "put it right and commit it");
    }
    for (host, service, name) in &verdict.otherwise {
        let what = format!("{host}: `{service}` would get another `{name}` than its files say");
        refuse(refusals, what, "take the variable out of the server's login shell: it beats `--env-file`");
    }
    if verdict.failing > 0 {
        let what = match verdict.failing {
            1 => "the check has a finding that fails".to_owned(),
            more => format!("the check has {more} findings that fail"),
        };
        refuse(refusals, what, "put right what is reported above; on the server what stands in its env file");
    }
}

fn of_commit(settings: &Settings, commit: &Committed, refusals: &mut Vec<Refusal>) {
    let require = &settings.deploy.require;
    if let Some(branch) = require.branch.as_ref().filter(|branch| commit.branch.as_ref() != Some(branch)) {
        let found = commit.branch.as_deref().unwrap_or("no branch");
        refuse(
            refusals,
            format!("`{found}` is checked out, and `{branch}` is deployed"),
            format!("git switch {branch}"),
        );
    }
    if require.clean && !commit.changed.is_empty() {
        let shown: Vec<&str> = commit.changed.iter().take(5).map(String::as_str).collect();
        let count = match commit.changed.len() {
            1 => "a file differs".to_owned(),
            more => format!("{more} files differ"),
        };
        let what = format!("{count} from the commit: `{}`", shown.join("`, `"));
        refuse(refusals, what, "commit them, or put them away: what is deployed is what the commit holds");
    }
    if require.pushed && !commit.pushed {
        refuse(refusals, "the commit is on no branch of the remote", "git push");
    }
}

fn of_server(settings: &Settings, survey: &Survey, refusals: &mut Vec<Refusal>) {
    let facts = &survey.facts;
    let host = &facts.host;
    if !facts.root {
        let what = format!("{host}: there is no folder `{}`", settings.path);
        refuse(refusals, what, "make it, with the env file in it, or set the target's `path`");
        return;
    }
    if !facts.lacks.is_empty() {
        refuse(
            refusals,
            format!("{host}: lacks `{}`", facts.lacks.join("`, `")),
            "install them on the server",
        );
        return;
    }
    if facts.engine.is_empty() {
        refuse(refusals, format!("{host}: the engine does not answer"), "start it, and let the user use it");
    }
    if !recent(&facts.compose) {
        let oldest = COMPOSE.map(|number| number.to_string()).join(".");
        let what = format!("{host}: compose `{}` is older than {oldest}", facts.compose);
        refuse(refusals, what, "install compose version 2 as a plugin of `docker`");
    }
    if facts.disk < settings.min_disk.0 {
        let mib = |bytes: u64| bytes >> 20;
        let what = format!(
            "{host}: {} MiB of disk are free, and {} are needed",
            mib(facts.disk),
            mib(settings.min_disk.0)
        );
        refuse(refusals, what, "docker image prune, or set `min_disk`");
    }
    if facts.skew.unsigned_abs() > settings.max_clock_skew.0 {
        let what = format!("{host}: its clock differs from ours by {} seconds", facts.skew);
        refuse(refusals, what, "set both clocks by the same server");
    }
    if let Some((run, _)) = &facts.lock {
        let what = format!("{host}: the run `{run}` is at work");
        refuse(refusals, what, "envgate deploy attach, or envgate deploy status");
    }
    if survey.env.is_none() {
        let what = format!("{host}: there is no env file `{}`", settings.deploy.compose.env_file);
        refuse(refusals, what, "put it there, or set `compose.env_file`; it is never sent from here");
    }
    for (service, image, state) in facts.good.iter().flat_map(|good| &good.images) {
        if state == "gone" {
            let what = format!("{host}: `{image}` of `{service}` is gone, so there would be no way back");
            refuse(refusals, what, "push it again, or pull it on the server from where it still is");
        }
    }
}

/// Whether compose's version is new enough; what cannot be read is not.
fn recent(version: &str) -> bool {
    let mut numbers =
        version.trim_start_matches('v').split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    let Some(major) = numbers.next() else { return false };
    [major, numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default()] >= COMPOSE
}

fn of_images(survey: &Survey, refusals: &mut Vec<Refusal>) {
    for (service, wanted) in &survey.images {
        if let Wanted::Missing(said) = wanted {
            let what = format!("{}: there is no image for `{service}`: {said}", survey.facts.host);
            refuse(refusals, what, "push it, or say under `images.build` how it is built");
        }
    }
}

fn of_preview(settings: &Settings, survey: &Survey, refusals: &mut Vec<Refusal>) {
    let host = &survey.facts.host;
    for said in &survey.preview.refused {
        refuse(
            refusals,
            format!("{host}: compose refuses: {said}"),
            "put the compose files or the server's env file right",
        );
    }
    for service in &settings.deploy.protect {
        let would = survey.preview.would.get(service).map(String::as_str);
        if would == Some("Recreate") {
            let what = format!("{host}: `{service}` would be recreated, and it is protected");
            refuse(refusals, what, "take the change of it out of the commit, or make it by hand");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::recent;

    #[test]
    fn versions_are_numbers() {
        assert!(recent("2.24.4") && recent("v2.40.3") && recent("5.1") && recent("2.100.0-desktop.1"));
        assert!(!recent("2.24.3") && !recent("2.3.3") && !recent("1.29.2") && !recent("") && !recent("dev"));
    }
}

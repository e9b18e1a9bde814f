//! The steps of a run, in order: each a function of the script on the server with its words.
//!
//! Not here: what the functions do; see `server/*.sh`.

use super::settings::Settings;
use crate::config::deploy::{Backup, DataCheck, Deploy, From, Health, Migration, Postgres, RollbackDatabase};

/// Where a step stands in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before and while something changes.
    Work,
    /// Health, after a deploy and after the way back.
    Watch,
    /// Data, after a deploy and after the way back.
    Data,
    /// The very end of a good run.
    End,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name, in the journal.
    pub name: String,
    /// The function and its words.
    pub words: Vec<String>,
    /// What it does, for people.
    pub shown: String,
    /// Where it stands.
    pub phase: Phase,
}

fn step(name: &str, words: &[&str], shown: impl Into<String>) -> Step {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Step { name: name.to_owned(), words, shown: shown.into(), phase: Phase::Work }
}

/// The steps of a deploy. `images` are services and the images that they shall have.
#[must_use]
pub fn steps(settings: &Settings, images: &[(String, String)]) -> Vec<Step> {
    let deploy = &settings.deploy;
    let built = |service: &String| {
        let ours = !settings.env_only && deploy.images.build.contains_key(service);
        if ours { "built" } else { "given" }
    };
    let mut all = vec![
        step(
            "recheck",
            &["recheck"],
            "look again, under the lock, whether env file and containers are those of this plan",
        ),
        step("adopt", &["adopt"], "keep what runs now as a release, where none is kept yet"),
    ];
    all.extend(images.iter().map(|(service, image)| {
        step("pull", &["pull", service, image, built(service)], format!("docker pull {image}"))
    }));
    all.extend(deploy.data.iter().map(before));
    all.extend(deploy.backups.iter().map(backup));
    if !settings.env_only {
        all.extend(migrations(settings));
    }
    all.push(up(settings));
    all.extend(watch(settings));
    all.push(Step { phase: Phase::End, ..step("finish", &["finish"], "make it the release to go back to") });
    all
}

/// The checks of health and data alone.
#[must_use]
pub fn watch(settings: &Settings) -> Vec<Step> {
    let data = settings.deploy.data.iter().map(after);
    settings.deploy.health.iter().filter_map(|health| healthy(settings, health)).chain(data).collect()
}

fn asks(check: &DataCheck) -> Vec<&str> {
    match (&check.postgres, &check.query, &check.mongo) {
        (Some(postgres), Some(query), _) => {
            vec!["pg", &postgres.service, &postgres.user, &postgres.database, query]
        }
        (_, _, Some(mongo)) => vec!["mongo", &mongo.service, &mongo.database, &mongo.eval],
        _ => Vec::new(),
    }
}

/// Counting before anything changes.
fn before(check: &DataCheck) -> Step {
    let mut words = vec!["before", check.name.as_str()];
    words.extend(asks(check));
    step("count", &words, format!("count {}", check.name))
}

fn after(check: &DataCheck) -> Step {
    let min = check.min.unwrap_or_default().to_string();
    let never = if check.never_less { "yes" } else { "no" };
    let mut words = vec!["after", check.name.as_str(), &min, never];
    words.extend(asks(check));
    let mut shown = format!("count {} again: at least {min}", check.name);
    if check.never_less {
        shown.push_str(", and not less than before");
    }
    Step { phase: Phase::Data, ..step("data", &words, shown) }
}

/// The step that takes a backup and proves it.
#[must_use]
pub fn backup(backup: &Backup) -> Step {
    let Postgres { service, user, database } = &backup.postgres;
    let (keep, min, shrink) =
        (backup.keep.to_string(), backup.min_size.0.to_string(), backup.max_shrink.min(100).to_string());
    let words = ["backup", &backup.name, service, user, database, &backup.dir, &keep, &min, &shrink];
    step(
        "backup",
        &words,
        format!(
            "pg_dump of {database} into {}, read to its end, its rows compared with those of its snapshot",
            backup.dir
        ),
    )
}

/// The migration on a copy that is restored from the backup.
fn rehearse(deploy: &Deploy, migration: &Migration) -> Option<Step> {
    let rehearsal = migration.rehearse.as_ref()?;
    let backup = deploy.backups.iter().find(|backup| backup.name == rehearsal.backup)?;
    let Postgres { service, user, database } = &backup.postgres;
    let (kind, variable) = match (&rehearsal.variable, &rehearsal.url_variable) {
        (Some(variable), _) => ("name", variable),
        (None, Some(variable)) => ("url", variable),
        (None, None) => return None,
    };
    let limit = migration.timeout.0.to_string();
    let mut words =
        vec!["rehearse", &migration.service, &limit, &backup.name, service, user, database, kind, variable];
    words.extend(migration.command.iter().map(String::as_str));
    Some(step(
        "rehearse",
        &words,
        format!("restore the backup into a copy and run `{}` on it", migration.command.join(" ")),
    ))
}

fn migrations(settings: &Settings) -> Vec<Step> {
    let deploy = &settings.deploy;
    let wanted: Vec<&Migration> =
        deploy.migrations.iter().filter(|migration| settings.services.contains(&migration.service)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<Step> = wanted.iter().filter_map(|migration| rehearse(deploy, migration)).collect();
    all.push(step("recheck", &["same_env"], "look again whether the env file is the one that was checked"));
    let guarded = deploy.rollback.database == RollbackDatabase::IfUnchanged;
    if guarded {
        all.push(step(
            "writes",
            &["counters", "start", "11"],
            "count writes, eleven seconds after the backup",
        ));
    }
    for migration in wanted {
        let limit = migration.timeout.0.to_string();
        let mut words = vec!["migrate", &migration.service, &limit];
        words.extend(migration.command.iter().map(String::as_str));
        let shown = format!("docker compose run --rm {} {}", migration.service, migration.command.join(" "));
        all.push(step("migrate", &words, shown));
    }
    if guarded {
        all.push(step("writes", &["counters", "end", "0"], "count writes again"));
    }
    all
}

fn up(settings: &Settings) -> Step {
    let longest =
        settings.deploy.health.iter().map(|health| health.timeout.0).max().unwrap_or(120).to_string();
    let mut words = vec!["up", longest.as_str()];
    words.extend(settings.services.iter().map(String::as_str));
    let shown = format!("docker compose up -d --no-build --no-deps --wait {}", settings.services.join(" "));
    step("up", &words, shown)
}

fn healthy(settings: &Settings, health: &Health) -> Option<Step> {
    let timeout = health.timeout.0.to_string();
    if let Some(service) = &health.service {
        if !settings.services.contains(service) {
            return None;
        }
        let settle = health.settle.0.to_string();
        let shown = format!("{service} is healthy, and does not restart for {settle} s");
        return Some(Step {
            phase: Phase::Watch,
            ..step("health", &["health_service", service, &timeout, &settle], shown)
        });
    }
    let url = health.url.as_ref().filter(|_| health.from == From::Server)?;
    let status = health.status.to_string();
    let fields: Vec<String> =
        health.json.iter().map(|(pointer, value)| format!("{pointer}={value}")).collect();
    let mut words = vec!["health_url", url.as_str(), &status, &timeout];
    words.extend(fields.iter().map(String::as_str));
    Some(Step { phase: Phase::Watch, ..step("health", &words, format!("{url} answers {status}")) })
}

/// What a person restores.
#[derive(Debug)]
pub struct Restoring<'a> {
    /// The database, as it is backed up.
    pub backup: &'a Backup,
    /// The file, relative to the target's folder.
    pub file: &'a str,
    /// Whether the copy takes the database's place.
    pub live: bool,
    /// Whether it does so although the database was written to since.
    pub discard_writes: bool,
}

/// The steps of a restore: a copy whose rows are counted, and only then its place.
#[must_use]
pub fn restore(settings: &Settings, restoring: &Restoring<'_>) -> Vec<Step> {
    let postgres = &restoring.backup.postgres;
    let Postgres { service, user, database } = postgres;
    let mut all = vec![step(
        "copy",
        &["copy", service, user, database, restoring.file],
        "restore into a copy, and count its rows",
    )];
    for check in settings.deploy.data.iter().filter(|check| check.postgres.as_ref() == Some(postgres)) {
        let Some(query) = &check.query else { continue };
        let min = check.min.unwrap_or_default().to_string();
        all.push(step(
            "data",
            &["copied", &check.name, &min, service, user, query],
            format!("count {} in the copy", check.name),
        ));
    }
    if restoring.live {
        let discard = if restoring.discard_writes { "yes" } else { "no" };
        let words = ["replace", service, user, database, restoring.file, discard];
        all.push(step("replace", &words, "rename the copy into the place of the database, which is kept"));
    }
    all
}

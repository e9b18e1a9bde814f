//! `envgate deploy backup` and `envgate deploy restore`.
//!
//! Not here: how a backup is proved, and how a copy takes a database's place.

use std::io::Write;

use crate::cli::{Deploy, DeployRestore, Into};
use crate::deploy::execute::{PATIENCE, start};
use crate::deploy::follow::{End, follow};
use crate::deploy::report::code;
use crate::deploy::script::{Run, Tail, script};
use crate::deploy::settings::Settings;
use crate::deploy::steps::{Restoring, Step, backup as backup_step, restore as restore_step};
use crate::source::file_name;

use super::super::{Error, Status};
use super::context::{context, run_name, ssh};
use super::tell::Teller;

pub(super) fn backup(arguments: &Deploy, out: &mut dyn Write) -> Result<Status, Error> {
    let settings = context(arguments, out)?.settings(arguments, None, None)?;
    if settings.deploy.backups.is_empty() {
        return Err(Error::NoBackups);
    }
    let steps: Vec<Step> = settings.deploy.backups.iter().map(backup_step).collect();
    job(arguments, &settings, "backup", &steps, out)
}

pub(super) fn restore(
    arguments: &Deploy,
    asked: &DeployRestore,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    let settings = context(arguments, out)?.settings(arguments, None, None)?;
    let names = settings.deploy.backups.iter().map(|backup| backup.name.as_str());
    let name = asked.name.as_deref().or_else(|| database_of(file_name(&asked.backup), names));
    let found = settings.deploy.backups.iter().find(|backup| Some(backup.name.as_str()) == name);
    let backup = found.ok_or(Error::NoBackups)?;
    let restoring = Restoring {
        backup,
        file: &asked.backup,
        live: asked.into == Into::Live,
        discard_writes: asked.discard_writes,
    };
    job(arguments, &settings, "restore", &restore_step(&settings, &restoring), out)
}

/// Whose backup a file is, by its name: `shop-audit-RUN.sql.gz` is none of `shop`. A file that a person named otherwise is
/// that of the longest name that it begins with.
fn database_of<'a>(file: &'a str, mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = |text: &str| {
        let parts = text.strip_suffix('Z').and_then(|text| text.split_once('T'));
        parts.is_some_and(|(day, time)| digits(day, 8) && digits(time, 6))
    };
    let whole = file.strip_suffix(".sql.gz").and_then(|stem| stem.rsplit_once('-'));
    if let Some((name, _)) =
        whole.and_then(|(rest, _)| rest.rsplit_once('-')).filter(|(_, time)| is_time(time))
    {
        return names.find(|known| *known == name);
    }
    let begins = |name: &&str| file.strip_prefix(*name).is_some_and(|rest| rest.starts_with('-'));
    names.filter(begins).max_by_key(|name| name.len())
}

/// A run that touches no service.
fn job(
    arguments: &Deploy,
    settings: &Settings,
    kind: &str,
    steps: &[Step],
    out: &mut dyn Write,
) -> Result<Status, Error> {
    let ssh = ssh(settings)?;
    let mut tell = Teller::new(arguments.format, std::time::Instant::now(), out);
    let mut ended = Vec::new();
    for host in &settings.hosts {
        let run = Run { id: run_name(), kind: kind.to_owned(), ..Run::default() };
        start(settings, host, &run.id, &script(settings, &run, steps, &Tail::Nothing), &ssh)?;
        let followed =
            follow(settings, host, &run.id, PATIENCE, &ssh, &mut |host, line| tell.line(host, line));
        let good = followed.end == End::Code(0);
        ended.push((host.clone(), followed));
        if !good {
            break;
        }
    }
    Ok(super::status(code(&ended, settings.hosts.len())))
}

#[cfg(test)]
mod tests {
    use super::database_of;

    #[test]
    fn names_that_begin_alike_are_other_databases() {
        let names = ["shop", "shop-audit"];
        let of = |file| database_of(file, names.into_iter());
        assert_eq!(of("shop-20261130T072213Z-e58d44.sql.gz"), Some("shop"));
        assert_eq!(of("shop-audit-20261130T072213Z-e58d44.sql.gz"), Some("shop-audit"));
        assert_eq!(of("shop-audit-by-hand.dump"), Some("shop-audit"));
        assert_eq!(of("shop-by-hand.dump"), Some("shop"));
        assert_eq!(database_of("shop-audit-20261130T072213Z-e58d44.sql.gz", ["shop"].into_iter()), None);
        assert_eq!(of("other.sql.gz"), None);
    }
}

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
    let named = |name: &str| match &asked.name {
        Some(wanted) => wanted == name,
        None => file_name(&asked.backup).starts_with(&format!("{name}-")),
    };
    let backup = settings.deploy.backups.iter().find(|backup| named(&backup.name)).ok_or(Error::NoBackups)?;
    let restoring = Restoring {
        backup,
        file: &asked.backup,
        live: asked.into == Into::Live,
        discard_writes: asked.discard_writes,
    };
    job(arguments, &settings, "restore", &restore_step(&settings, &restoring), out)
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

//! `envgate deploy rollback`: back to a good release, by its digests and files, and verified.
//!
//! Not here: the way back that a failing run takes by itself.

use std::io::Write;

use crate::cli::{Deploy, DeployRollback};
use crate::config::deploy::{From, RollbackDatabase};
use crate::deploy::execute::{Failure, PATIENCE, not_begun, start};
use crate::deploy::facts::{self, Facts};
use crate::deploy::follow::{End, Followed, follow};
use crate::deploy::here;
use crate::deploy::report::code;
use crate::deploy::script::{Run, Tail, script};
use crate::deploy::settings::Settings;
use crate::deploy::steps::watch;
use crate::deploy::transport::{Ssh, Transport};

use super::super::{Error, Status};
use super::context::{context, now, run_name, ssh};
use super::tell::Teller;

pub(super) fn run(arguments: &Deploy, asked: &DeployRollback, out: &mut dyn Write) -> Result<Status, Error> {
    let settings = context(arguments, out)?.settings(arguments, None, None)?;
    let ssh = ssh(&settings)?;
    let mut tell = Teller::new(arguments.format, std::time::Instant::now(), out);
    let mut wanted = Vec::new();
    // All of them are looked at before one is changed.
    for host in &settings.hosts {
        let facts = facts::ask(&settings, host, now(), &ssh)?;
        if let Some((run, _)) = &facts.lock {
            tell.say(
                "refused",
                &format!("{host}: the run {run} is at work; end it with `envgate deploy abort`"),
            )?;
            return Ok(Status::Findings);
        }
        let Some(release) = asked.run.clone().or_else(|| before(&facts)) else {
            tell.say("refused", &format!("{host}: there is no release to go back to"))?;
            return Ok(Status::Findings);
        };
        wanted.push((host, release));
    }
    let mut ended = Vec::new();
    for (host, release) in wanted {
        let followed = match roll(&settings, host, &release, &ssh, &mut tell) {
            Ok(followed) => followed,
            Err(why) if ended.is_empty() => return Err(why.into()),
            Err(why) => told(host, not_begun(&why), &mut tell),
        };
        let good = followed.end == End::Code(0);
        ended.push((host.clone(), followed));
        if !good {
            break;
        }
    }
    Ok(super::status(code(&ended, settings.hosts.len())))
}

fn told(host: &str, followed: Followed, tell: &mut Teller<'_>) -> Followed {
    followed.lines.iter().for_each(|line| tell.line(host, line));
    followed
}

/// The release that is meant where none is named: what was good before, or what is good where the last run did
/// not leave it running.
fn before(facts: &Facts) -> Option<String> {
    let good = facts.good.as_ref()?;
    let runs = facts.moved.as_ref().is_none_or(|(_, code)| matches!(code, Some(0 | 3 | 4)));
    if runs { Some(good.before.clone()).filter(|before| !before.is_empty()) } else { Some(good.id.clone()) }
}

/// After a deploy whose users' view is not what it should be: every server goes back, and the users' view is looked at
/// again. What a migration did stays, so where the configuration does not say that it may, a person is needed.
pub(super) fn after(
    settings: &Settings,
    ssh: &Ssh,
    ended: &mut Vec<(String, Followed)>,
    tell: &mut Teller<'_>,
) -> u8 {
    let mut whole = true;
    for (host, followed) in ended {
        let migrated = followed.lines.iter().any(|line| line.step == "migrate");
        whole &= back(settings, host, followed, ssh, tell);
        if migrated && settings.deploy.rollback.database != RollbackDatabase::Never {
            tell.tell("back", "the old version runs; the database is as the migration left it");
            whole = false;
        }
    }
    if whole && seen_again(settings, ssh, tell) { 4 } else { 5 }
}

/// Whether a server is back at the release before.
fn back(settings: &Settings, host: &str, followed: &mut Followed, ssh: &Ssh, tell: &mut Teller<'_>) -> bool {
    let release = match facts::ask(settings, host, now(), ssh) {
        Ok(facts) => before(&facts),
        Err(why) => {
            tell.tell("back", &why.to_string());
            return false;
        }
    };
    let Some(release) = release else {
        tell.tell("back", &format!("{host}: there is no release to go back to"));
        return false;
    };
    let back =
        roll(settings, host, &release, ssh, tell).unwrap_or_else(|why| told(host, not_begun(&why), tell));
    followed.lines.extend(back.lines);
    back.end == End::Code(0)
}

/// Whether users see the release before as it should be.
fn seen_again(settings: &Settings, ssh: &Ssh, tell: &mut Teller<'_>) -> bool {
    let facts = settings.hosts.first().and_then(|host| facts::ask(settings, host, now(), ssh).ok());
    let version = facts.and_then(|facts| facts.good).map(|good| good.version).unwrap_or_default();
    settings.deploy.health.iter().filter(|health| health.from == From::Here).all(|health| {
        let answer = here::ask(settings, health, &version, ssh);
        tell.tell("health", answer.as_ref().unwrap_or_else(|why| why));
        answer.is_ok()
    })
}

fn roll(
    settings: &Settings,
    host: &str,
    release: &str,
    transport: &dyn Transport,
    tell: &mut Teller<'_>,
) -> Result<Followed, Failure> {
    let run = Run { id: run_name(), kind: "rollback".to_owned(), ..Run::default() };
    let text = script(settings, &run, &watch(settings), &Tail::Back(release.to_owned()));
    start(settings, host, &run.id, &text, transport)?;
    Ok(follow(settings, host, &run.id, PATIENCE, transport, &mut |host, line| tell.line(host, line)))
}

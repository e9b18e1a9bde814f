//! `envgate deploy rollback`: back to a good release, by its digests and files, and verified.
//!
//! Not here: the way back that a failing run takes by itself.

use std::io::Write;

use crate::cli::{Deploy, DeployRollback};
use crate::deploy::execute::{PATIENCE, start};
use crate::deploy::facts::{self, Facts};
use crate::deploy::follow::{End, Followed, follow};
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
    let mut ended = Vec::new();
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
        let followed = roll(&settings, host, &release, &ssh, &mut tell)?;
        let good = followed.end == End::Code(0);
        ended.push((host.clone(), followed));
        if !good {
            break;
        }
    }
    Ok(super::status(code(&ended, settings.hosts.len())))
}

/// The release that is meant where none is named: what was good before, or what is good where the last run
/// did not end well.
fn before(facts: &Facts) -> Option<String> {
    let good = facts.good.as_ref()?;
    let well = facts.last.as_ref().is_some_and(|(run, code, _)| *code == Some(0) && *run == good.id);
    if well { Some(good.before.clone()).filter(|before| !before.is_empty()) } else { Some(good.id.clone()) }
}

/// After a deploy whose users' view is not what it should be: every server goes back.
pub(super) fn after(
    settings: &Settings,
    ssh: &Ssh,
    ended: &mut Vec<(String, Followed)>,
    tell: &mut Teller<'_>,
) -> Result<u8, Error> {
    let mut worst = 4;
    for (host, followed) in ended {
        let facts = facts::ask(settings, host, now(), ssh)?;
        let Some(release) = before(&facts) else {
            tell.say("back", &format!("{host}: there is no release to go back to"))?;
            return Ok(5);
        };
        let back = roll(settings, host, &release, ssh, tell)?;
        if back.end != End::Code(0) {
            worst = 5;
        }
        followed.lines.extend(back.lines);
    }
    Ok(worst)
}

fn roll(
    settings: &Settings,
    host: &str,
    release: &str,
    transport: &dyn Transport,
    tell: &mut Teller<'_>,
) -> Result<Followed, Error> {
    let run = Run { id: run_name(), kind: "rollback".to_owned(), ..Run::default() };
    let text = script(settings, &run, &watch(settings), &Tail::Back(release.to_owned()));
    start(settings, host, &run.id, &text, transport)?;
    Ok(follow(settings, host, &run.id, PATIENCE, transport, &mut |host, line| tell.line(host, line)))
}

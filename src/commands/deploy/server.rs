//! The commands that ask a server, or a run on it, and deploy nothing.
//!
//! Not here: what they ask.

use std::io::Write;

use crate::cli::{Deploy, DeployAttach, DeployFormat, DeployUnlock, When};
use crate::deploy::execute::PATIENCE;
use crate::deploy::facts::{self, Facts};
use crate::deploy::follow::{End, Followed, ask_to_end, end_by_force, follow};
use crate::deploy::here;
use crate::deploy::journal::Line;
use crate::deploy::report::{code, ended, outcome};
use crate::deploy::script::{Run, look};
use crate::deploy::settings::Settings;
use crate::deploy::steps::watch;
use crate::deploy::transport::{Call, Ssh, Transport, quoted};
use crate::render::visible;

use super::super::terminal::{lang, say};
use super::super::{Error, Status};
use super::context::{context, now, ssh};
use super::tell::Teller;

/// The deploy and the connection that each of these commands needs.
fn connected(arguments: &Deploy, out: &mut dyn Write) -> Result<(Settings, Ssh), Error> {
    let settings = context(arguments, out)?.settings(arguments, None, None)?;
    let ssh = ssh(&settings)?;
    Ok((settings, ssh))
}

/// `envgate deploy verify`
pub(super) fn verify(arguments: &Deploy, out: &mut dyn Write) -> Result<Status, Error> {
    let (settings, ssh) = connected(arguments, out)?;
    let mut tell = Teller::new(arguments.format, std::time::Instant::now(), out);
    let mut bad = false;
    for host in &settings.hosts {
        let run = Run { id: "verify".to_owned(), kind: "verify".to_owned(), ..Run::default() };
        let text = look(&settings, &run, &watch(&settings));
        tell.awaits(host, "health");
        // The script is longer than an argument may be on some systems, so it comes on standard input.
        let output = ssh.run(&Call::server(host, "sh -s", 900).reading(text.into_bytes()))?;
        let lines: Vec<Line> = output.text().lines().filter_map(Line::parse).collect();
        for line in &lines {
            tell.line(host, line);
        }
        bad |= output.code != 0 || lines.is_empty();
    }
    // The version that runs is the server's to say: none was named here.
    let facts = settings.hosts.first().map(|host| facts::ask(&settings, host, now(), &ssh)).transpose()?;
    let version = facts.and_then(|facts| facts.good).map(|good| good.version).unwrap_or_default();
    for health in
        settings.deploy.health.iter().filter(|health| health.from == crate::config::deploy::From::Here)
    {
        let answer = here::ask(&settings, health, &version, &ssh);
        bad |= answer.is_err();
        tell.say("health", answer.as_ref().unwrap_or_else(|why| why))?;
    }
    Ok(if bad { Status::Findings } else { Status::Clean })
}

/// `envgate deploy status`
pub(super) fn status(arguments: &Deploy, out: &mut dyn Write) -> Result<Status, Error> {
    let (settings, ssh) = connected(arguments, out)?;
    let mut bad = false;
    for host in &settings.hosts {
        let facts = facts::ask(&settings, host, now(), &ssh)?;
        bad |= facts.lock.is_none() && facts.last.as_ref().is_some_and(|(_, code, _)| *code != Some(0));
        match arguments.format {
            DeployFormat::Json => writeln!(out, "{}", described(&facts))?,
            DeployFormat::Human => say(&facts, out)?,
        }
    }
    Ok(if bad { Status::Findings } else { Status::Clean })
}

/// How the last run stands, in words.
fn standing(facts: &Facts) -> String {
    let Some((run, code, last)) = &facts.last else { return "no run yet".to_owned() };
    let line = Line::parse(last).unwrap_or_default();
    let step =
        if line.step == "end" { String::new() } else { format!(" in step `{}` ({})", line.step, line.state) };
    match code {
        Some(75) => format!("{run} was refused: another run held the lock"),
        Some(0) if line.note.is_empty() => format!("{run} ended well"),
        Some(0) => format!("{run} ended well: {}", line.note),
        Some(code) => {
            let code = u8::try_from(*code).unwrap_or(5);
            format!(
                "{run} {}{}",
                lang().text(outcome(code)),
                if line.note.is_empty() { String::new() } else { format!(": {}", line.note) }
            )
        }
        None if facts.lock.is_some() => format!("{run} is at work{step}"),
        None => format!(
            "{run} died{step}; `envgate deploy run` goes on from what is there, `envgate deploy rollback` goes back"
        ),
    }
}

fn described(facts: &Facts) -> serde_json::Value {
    let last = facts.last.as_ref().map(|(run, code, line)| {
        let line = Line::parse(line).unwrap_or_default();
        serde_json::json!({ "run": run, "code": code, "line": line, "died": code.is_none() && facts.lock.is_none() })
    });
    let good =
        facts.good.as_ref().map(|good| serde_json::json!({ "release": good.id, "version": good.version }));
    let running: Vec<_> = facts
        .running
        .iter()
        .map(|(name, running)| {
            serde_json::json!({ "service": name, "status": running.status, "health": running.health, "restarts": running.restarts, "image": running.image })
        })
        .collect();
    serde_json::json!({ "host": facts.host, "lock": facts.lock.as_ref().map(|(run, _)| run), "last": last, "good": good, "services": running })
}

fn say(facts: &Facts, out: &mut dyn Write) -> Result<(), Error> {
    writeln!(out, "{}", facts.host)?;
    say!(out, "  last run: {}", visible(&standing(facts)))?;
    if let Some(good) = &facts.good {
        say!(out, "  good release: {} ({})", visible(&good.version), visible(&good.id))?;
    }
    for (name, running) in &facts.running {
        let health = if running.health.is_empty() { String::new() } else { format!(", {}", running.health) };
        let restarts =
            if running.restarts == 0 { String::new() } else { format!(", {} restarts", running.restarts) };
        let restarts = lang().text(&restarts).into_owned();
        writeln!(out, "  {name:<16} {}{health}{restarts}  {}", running.status, visible(&running.image))?;
    }
    Ok(())
}

/// `envgate deploy history`
pub(super) fn history(arguments: &Deploy, out: &mut dyn Write) -> Result<Status, Error> {
    let (settings, ssh) = connected(arguments, out)?;
    let mut broken = false;
    for host in &settings.hosts {
        let script =
            format!("cd \"$HOME\" && cd {} && cat .envgate/history 2>/dev/null || :", quoted(&settings.path));
        let text = ssh.run(&Call::server(host, script, 30))?.text();
        let mut before = facts::sha256(b"");
        for line in text.lines() {
            let json: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            let of = |name: &str| json.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
            let chained = of("before") == before;
            broken |= !chained;
            before = facts::sha256(format!("{line}\n").as_bytes());
            if arguments.format == DeployFormat::Json {
                writeln!(out, "{}", serde_json::json!({ "host": host, "run": json, "chained": chained }))?;
                continue;
            }
            let code = json
                .get("code")
                .and_then(serde_json::Value::as_u64)
                .and_then(|code| u8::try_from(code).ok())
                .unwrap_or(5);
            let mark = if chained { "" } else { "  (the journal was changed before this line)" };
            let text = format!(
                "{host}  {}  {:<8} {:<10} {}",
                of("run"),
                of("kind"),
                of("version"),
                lang().text(ended(of("kind"), code))
            );
            writeln!(out, "{}{}", visible(&text), lang().text(mark))?;
        }
    }
    Ok(if broken { Status::Findings } else { Status::Clean })
}

/// `envgate deploy attach`
pub(super) fn attach(arguments: &Deploy, asked: &DeployAttach, out: &mut dyn Write) -> Result<Status, Error> {
    let (settings, ssh) = connected(arguments, out)?;
    let mut tell = Teller::new(arguments.format, std::time::Instant::now(), out);
    let mut all: Vec<(String, Followed)> = Vec::new();
    for host in &settings.hosts {
        let facts = facts::ask(&settings, host, now(), &ssh)?;
        let Some(run) = asked.run.clone().or_else(|| facts.last.map(|(run, _, _)| run)) else { continue };
        let followed = follow(&settings, host, &run, PATIENCE, &ssh, &mut |host, line| tell.line(host, line));
        if followed.end == End::Died {
            tell.say("died", &format!("{host}: nobody works at {run} any more"))?;
        }
        all.push((host.clone(), followed));
    }
    let code = code(&all, all.len());
    // The first line of a journal says what kind of a run it is of.
    let first = all.iter().find_map(|(_, followed)| followed.lines.first());
    tell.say("end", ended(first.map_or("deploy", |line| &line.note), code))?;
    Ok(super::status(code))
}

/// `envgate deploy abort`
pub(super) fn abort(arguments: &Deploy, out: &mut dyn Write) -> Result<Status, Error> {
    let (settings, ssh) = connected(arguments, out)?;
    for host in &settings.hosts {
        let facts = facts::ask(&settings, host, now(), &ssh)?;
        let Some((run, _)) = facts.lock else {
            say!(out, "{host}: nothing is at work")?;
            continue;
        };
        ask_to_end(&settings, host, &run, &ssh)?;
        say!(
            out,
            "{host}: {run} ends before its next step; where services have been replaced already, it goes on"
        )?;
    }
    Ok(Status::Clean)
}

/// `envgate deploy unlock`
pub(super) fn unlock(
    arguments: &Deploy,
    asked: &DeployUnlock,
    _color: When,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    let (settings, ssh) = connected(arguments, out)?;
    let mut held = false;
    for host in &settings.hosts {
        let facts = facts::ask(&settings, host, now(), &ssh)?;
        let Some((run, process)) = facts.lock else {
            say!(out, "{host}: the lock is free")?;
            continue;
        };
        if !asked.kill {
            held = true;
            say!(out, "{host}: {run} holds the lock, process {process}; `--kill` ends it")?;
            continue;
        }
        end_by_force(&settings, host, process.parse().unwrap_or_default(), &ssh)?;
        let left = facts::ask(&settings, host, now(), &ssh)?;
        if left.lock.as_ref().is_some_and(|(holder, _)| *holder == run) {
            held = true;
            say!(out, "{host}: {run} holds the lock, process {process}; it could not be ended")?;
            continue;
        }
        say!(out, "{host}: {run} was ended; see `envgate deploy status`")?;
    }
    Ok(if held { Status::Findings } else { Status::Clean })
}

//! Doing what the gate has let through: the files go to the server, the script is started there, and followed.
//!
//! Not here: whether it may be done. Without a [`Permit`] for this very plan nothing is sent.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::env_files::EnvFiles;
use super::follow::{End, Followed, follow};
use super::gate::Permit;
use super::journal::Line;
use super::plan::{Plan, Server};
use super::release::{Brought, Shipped, pins, project_folder, put, words};
use super::script::{Run, Tail, script};
use super::settings::Settings;
use super::steps::steps;
use super::survey::Survey;
use super::transport::{Call, Error, Transport, quoted};

/// How long a server may be out of reach before following it is given up.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// A run that could not be started; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The permit is for another plan.
    #[error("the gate let another plan through than this one")]
    Permit,
    /// The server cannot be reached.
    #[error(transparent)]
    Call(#[from] Error),
    /// The files did not arrive, or the script did not start.
    #[error("{host}: the run could not be started: {said}")]
    Start {
        /// The host.
        host: String,
        /// Why.
        said: String,
    },
}

/// What is to be executed.
#[derive(Debug)]
pub struct Order<'a> {
    /// The deploy.
    pub settings: &'a Settings,
    /// The run's name.
    pub run: String,
    /// The commit's files.
    pub files: Vec<Shipped>,
    /// Each service's image by digest.
    pub images: Vec<(String, String)>,
    /// What is known of each server.
    pub surveys: &'a [Survey],
}

/// Executes the plan, on as many servers at once as the target allows, and goes no further where one of them does
/// not end well.
///
/// # Errors
///
/// Where the permit is for another plan, or a run could not be started.
pub fn execute(
    order: &Order<'_>,
    plan: &Plan,
    permit: Permit,
    transport: &dyn Transport,
    tell: &mut dyn FnMut(&str, &Line),
) -> Result<Vec<(String, Followed)>, Failure> {
    if !permit.covers(plan) {
        return Err(Failure::Permit);
    }
    let mut ended = Vec::new();
    for batch in plan.servers.chunks(order.settings.max_parallel.max(1)) {
        let results = together(order, plan, batch, transport, tell);
        // What has begun anywhere is reported, whatever came of another server.
        let begun = !ended.is_empty() || results.iter().any(Result::is_ok);
        for (server, result) in batch.iter().zip(results) {
            match result {
                Ok(one) => ended.push(one),
                Err(why) if begun => {
                    let followed = not_begun(&why);
                    followed.lines.iter().for_each(|line| tell(&server.host, line));
                    ended.push((server.host.clone(), followed));
                }
                Err(why) => return Err(why),
            }
        }
        if ended.iter().any(|(_, followed)| followed.end != End::Code(0)) {
            break;
        }
    }
    Ok(ended)
}

/// A server whose run could not be started, beside others whose run was.
#[must_use]
pub fn not_begun(why: &Failure) -> Followed {
    let (step, state) = ("start".to_owned(), "failed".to_owned());
    let line = Line { step, state, note: why.to_string(), ..Line::default() };
    Followed { lines: vec![line], end: End::Open }
}

/// A thread a server; what they tell is told by this one.
fn together(
    order: &Order<'_>,
    plan: &Plan,
    batch: &[Server],
    transport: &dyn Transport,
    tell: &mut dyn FnMut(&str, &Line),
) -> Vec<Result<(String, Followed), Failure>> {
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let work = |server, sender: mpsc::Sender<(String, Line)>| {
            scope.spawn(move || {
                // Nobody who listens is no reason to stop.
                let mut tell = |host: &str, line: &Line| drop(sender.send((host.to_owned(), line.clone())));
                one(order, plan, server, transport, &mut tell)
            })
        };
        let workers: Vec<_> = batch.iter().map(|server| (server, work(server, sender.clone()))).collect();
        drop(sender);
        for (host, line) in receiver {
            tell(&host, &line);
        }
        let lost = |server: &Server| Failure::Start {
            host: server.host.clone(),
            said: "its thread failed".to_owned(),
        };
        let join = |(server, worker): (&Server, thread::ScopedJoinHandle<'_, _>)| {
            worker.join().unwrap_or_else(|_| Err(lost(server)))
        };
        workers.into_iter().map(join).collect()
    })
}

/// One server, to the end.
fn one(
    order: &Order<'_>,
    plan: &Plan,
    server: &Server,
    transport: &dyn Transport,
    tell: &mut dyn FnMut(&str, &Line),
) -> Result<(String, Followed), Failure> {
    let run = Run {
        id: order.run.clone(),
        kind: "deploy".to_owned(),
        commit: plan.inputs.commit.clone(),
        env: server.env.clone(),
        containers: server.containers.clone(),
    };
    ship(order, plan, &run, &server.host, transport)?;
    let text = script(order.settings, &run, &steps(order.settings, &order.images), &Tail::Deploy);
    start(order.settings, &server.host, &run.id, &text, transport)?;
    Ok((server.host.clone(), follow(order.settings, &server.host, &run.id, PATIENCE, transport, tell)))
}

fn ship(
    order: &Order<'_>,
    plan: &Plan,
    run: &Run,
    host: &str,
    transport: &dyn Transport,
) -> Result<(), Failure> {
    let folder = format!(".envgate/releases/{}", run.id);
    let survey = order.surveys.iter().find(|survey| survey.facts.host == host);
    let nothing = EnvFiles::default();
    let brought = Brought {
        images: &order.images,
        mounted: survey.map_or(&[], |survey| &survey.mounted),
        env: survey.map_or(&nothing, |survey| &survey.env_files),
        root: survey.map_or("", |survey| &survey.preview.root),
    };
    for one in brought.mounted {
        arrived(host, &transport.run(&put(order.settings, host, &one.folder, &one.files, true))?)?;
    }
    let mut files: Vec<Shipped> = order.files.iter().chain(&brought.env.files).cloned().collect();
    let mut add = |path: &str, text: String| files.push(Shipped::new(path, text));
    let lines = |lines: Vec<String>| lines.iter().fold(String::new(), |text, line| text + line + "\n");
    add("pins.yml", pins(&brought, &folder, project_folder(order.settings)));
    add("pins", lines(order.images.iter().map(|(service, image)| format!("{service} {image}")).collect()));
    add("args", lines(words(order.settings, &folder)));
    add("version", format!("{}\n", order.settings.version));
    add("commit", format!("{}\n", run.commit));
    add("plan.json", serde_json::to_string_pretty(plan).unwrap_or_default());
    arrived(host, &transport.run(&put(order.settings, host, &folder, &files, false))?)
}

/// Puts a run's script on the server and starts it there, away from this connection.
///
/// # Errors
///
/// Where it did not arrive, or did not start. Where the connection is lost while it starts, that is no error.
pub fn start(
    settings: &Settings,
    host: &str,
    run: &str,
    text: &str,
    transport: &dyn Transport,
) -> Result<(), Failure> {
    let folder = format!(".envgate/runs/{run}");
    let file = Shipped::new("run.sh", text);
    arrived(host, &transport.run(&put(settings, host, &folder, &[file], false))?)?;
    let begin =
        format!("ROOT={}\nRUN={}\n{}", quoted(&settings.path), quoted(run), include_str!("server/start.sh"));
    match transport.run(&Call::server(host, begin, 30)) {
        Ok(output) => arrived(host, &output),
        Err(why @ Error::Start { .. }) => Err(why.into()),
        // It may have begun: whoever follows it will see.
        Err(Error::Late { .. } | Error::Unreachable { .. }) => Ok(()),
    }
}

/// Leaves the report of a run beside its journal.
///
/// # Errors
///
/// Where it did not arrive.
pub fn leave(
    settings: &Settings,
    host: &str,
    run: &str,
    report: Vec<u8>,
    transport: &dyn Transport,
) -> Result<(), Failure> {
    let file = Shipped::new("report.json", report);
    let folder = format!(".envgate/runs/{run}");
    arrived(host, &transport.run(&put(settings, host, &folder, &[file], false))?)
}

fn arrived(host: &str, output: &super::transport::Output) -> Result<(), Failure> {
    if output.code == 0 {
        return Ok(());
    }
    Err(Failure::Start { host: host.to_owned(), said: output.complaint() })
}

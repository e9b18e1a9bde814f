//! Doing what the gate has let through: the files go to the server, the script is started there, and followed.
//!
//! Not here: whether it may be done. Without a [`Permit`] for this very plan nothing is sent.

use std::time::Duration;

use super::follow::{Followed, follow};
use super::gate::Permit;
use super::journal::Line;
use super::plan::Plan;
use super::release::{Shipped, pins, put, words};
use super::script::{Run, Tail, script};
use super::settings::Settings;
use super::steps::steps;
use super::transport::{Call, Error, Transport, quoted};

/// How long a server may be out of reach before following it is given up.
pub const PATIENCE: Duration = Duration::from_secs(120);

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
}

/// Executes the plan on each server in its turn, and stops at the first one that does not end well.
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
    for server in &plan.servers {
        let run = Run {
            id: order.run.clone(),
            kind: "deploy".to_owned(),
            commit: plan.inputs.commit.clone(),
            env: server.env.clone(),
            containers: server.containers.clone(),
        };
        ship(order, &run, &server.host, transport)?;
        let text = script(order.settings, &run, &steps(order.settings, &order.images), &Tail::Deploy);
        start(order.settings, &server.host, &run.id, &text, transport)?;
        let followed = follow(order.settings, &server.host, &run.id, PATIENCE, transport, tell);
        let good = followed.end == super::follow::End::Code(0);
        ended.push((server.host.clone(), followed));
        if !good {
            break;
        }
    }
    Ok(ended)
}

fn ship(order: &Order<'_>, run: &Run, host: &str, transport: &dyn Transport) -> Result<(), Failure> {
    let folder = format!(".envgate/releases/{}", run.id);
    let mut files = order.files.clone();
    let mut add =
        |path: &str, text: String| files.push(Shipped { path: path.to_owned(), bytes: text.into_bytes() });
    let lines = |lines: Vec<String>| lines.iter().fold(String::new(), |text, line| text + line + "\n");
    add("pins.yml", pins(&order.images));
    add("pins", lines(order.images.iter().map(|(service, image)| format!("{service} {image}")).collect()));
    add("args", lines(words(order.settings, &folder)));
    add("version", format!("{}\n", order.settings.version));
    add("commit", format!("{}\n", run.commit));
    arrived(host, transport.run(&put(order.settings, host, &folder, &files))?)
}

/// Puts a run's script on the server and starts it there, away from this connection.
///
/// # Errors
///
/// Where it did not arrive, or did not start.
pub fn start(
    settings: &Settings,
    host: &str,
    run: &str,
    text: &str,
    transport: &dyn Transport,
) -> Result<(), Failure> {
    let folder = format!(".envgate/runs/{run}");
    let file = Shipped { path: "run.sh".to_owned(), bytes: text.as_bytes().to_vec() };
    arrived(host, transport.run(&put(settings, host, &folder, &[file]))?)?;
    let begin =
        format!("ROOT={}\nRUN={}\n{}", quoted(&settings.path), quoted(run), include_str!("server/start.sh"));
    arrived(host, transport.run(&Call::server(host, begin, 30))?)
}

fn arrived(host: &str, output: super::transport::Output) -> Result<(), Failure> {
    if output.code == 0 {
        return Ok(());
    }
    Err(Failure::Start { host: host.to_owned(), said: output.complaint() })
}

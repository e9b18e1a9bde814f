//! Following a run until it ends, across lost connections.
//!
//! Not here: starting it. The run does not need to be followed: it goes on by itself.

use std::thread;
use std::time::{Duration, Instant};

use super::journal::Line;
use super::settings::Settings;
use super::transport::{Call, Error, Transport, quoted};

/// How a run stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followed {
    /// Its journal so far.
    pub lines: Vec<Line>,
    /// How it ended.
    pub end: End,
}

/// The end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum End {
    /// It has none yet, or nobody could see it.
    #[default]
    Open,
    /// With this code.
    Code(i32),
    /// Its process is gone, and it left no code.
    Died,
    /// There is no such run.
    Unknown,
}

/// Looks once, or waits some seconds for news.
///
/// # Errors
///
/// Where the server cannot be reached.
pub fn look(
    settings: &Settings,
    host: &str,
    run: &str,
    seen: &mut Followed,
    transport: &dyn Transport,
) -> Result<usize, Error> {
    let known = seen.lines.len();
    let script = format!(
        "ROOT={}\nRUN={}\nSEEN={known}\n{}",
        quoted(&settings.path),
        quoted(run),
        include_str!("server/follow.sh")
    );
    let output = transport.run(&Call::server(host, script, 40))?;
    for line in output.text().lines() {
        let (kind, rest) = line.split_once('\t').unwrap_or((line, ""));
        match kind {
            "line" => seen.lines.extend(Line::parse(rest)),
            "code" => seen.end = rest.trim().parse().map_or(End::Open, End::Code),
            "gone" => seen.end = End::Died,
            "nothing" => seen.end = End::Unknown,
            _ => {}
        }
    }
    Ok(known)
}

/// Follows `run` on `host` to its end, and tells each new line. Where the server cannot be reached for as
/// long as `patience`, the end stays [`End::Open`] and the run goes on.
pub fn follow(
    settings: &Settings,
    host: &str,
    run: &str,
    patience: Duration,
    transport: &dyn Transport,
    tell: &mut dyn FnMut(&str, &Line),
) -> Followed {
    let mut followed = Followed::default();
    let mut heard = Instant::now();
    loop {
        match look(settings, host, run, &mut followed, transport) {
            Ok(known) => {
                heard = Instant::now();
                followed.lines.iter().skip(known).for_each(|line| tell(host, line));
                if followed.end != End::Open {
                    return followed;
                }
            }
            Err(_) if heard.elapsed() < patience => thread::sleep(Duration::from_millis(500)),
            Err(_) => return followed,
        }
    }
}

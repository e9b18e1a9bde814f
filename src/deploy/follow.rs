//! Following a run until it ends, across lost connections.
//!
//! Not here: starting it. The run does not need to be followed: it goes on by itself.

use std::thread;
use std::time::{Duration, Instant};

use super::interrupt::{self, Wish};
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
    /// It goes on, and the person left it alone.
    Left,
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
    interrupt::watch();
    let mut followed = Followed::default();
    let mut heard = Instant::now();
    let mut last = Wish::Nothing;
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
        let wish = interrupt::wish();
        if wish != last {
            tell(host, &answered(wish));
            last = wish;
        }
        match wish {
            Wish::Leave => return Followed { end: End::Left, ..followed },
            // Asked for again until it is heard: the server may be out of reach just now.
            Wish::End => drop(ask_to_end(settings, host, run, transport)),
            Wish::Nothing | Wish::Asked => {}
        }
    }
}

/// What is said to a person who pressed Ctrl-C.
fn answered(wish: Wish) -> Line {
    let note = match wish {
        Wish::Nothing => "",
        Wish::Asked => {
            "the run goes on by itself; press again within five seconds to end it before its next step"
        }
        Wish::Leave => "left alone: it goes on; `envgate deploy attach` follows it again",
        Wish::End => "it ends before its next step, unless services have been replaced already",
    };
    let (step, state) = ("ctrl-c".to_owned(), "done".to_owned());
    Line { step, state, note: note.to_owned(), ..Line::default() }
}

/// Asks a run to end before its next step.
///
/// # Errors
///
/// Where the server cannot be reached.
pub fn ask_to_end(
    settings: &Settings,
    host: &str,
    run: &str,
    transport: &dyn Transport,
) -> Result<(), Error> {
    let path = quoted(&settings.path);
    let script = format!("cd \"$HOME\" && cd {path} && : >.envgate/runs/{}/abort", quoted(run));
    transport.run(&Call::server(host, script, 30)).map(|_| ())
}

/// Ends the run whose session `process` leads, whatever it is doing.
///
/// # Errors
///
/// Where the server cannot be reached.
pub fn end_by_force(
    settings: &Settings,
    host: &str,
    process: u32,
    transport: &dyn Transport,
) -> Result<(), Error> {
    let project = quoted(&settings.deploy.project);
    let script = format!("PROCESS={process}\nPROJECT={project}\n{}", include_str!("server/end.sh"));
    transport.run(&Call::server(host, script, 60)).map(|_| ())
}

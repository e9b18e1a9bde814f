//! What happens, told line by line: for people, or one JSON object a line.
//!
//! Not here: what happens.

use std::io::{self, Write};
use std::time::Instant;

use crate::cli::DeployFormat;
use crate::deploy::journal::Line;
use crate::deploy::report::outcome;
use crate::render::visible;

use super::super::terminal::{lang, say};
use super::live::Live;

/// Tells.
pub(super) struct Teller<'a> {
    format: DeployFormat,
    out: &'a mut dyn Write,
    start: Instant,
    live: Option<Live>,
}

impl<'a> Teller<'a> {
    /// Times count from `start`.
    pub(super) fn new(format: DeployFormat, start: Instant, out: &'a mut dyn Write) -> Self {
        let live = if format == DeployFormat::Human { Live::for_people() } else { None };
        Self { format, out, start, live }
    }

    /// Something that begins here, and goes on until the next thing is told.
    pub(super) fn begin(&mut self, what: &str, text: &str) -> io::Result<()> {
        self.say(what, text)?;
        self.awaits("", what);
        Ok(())
    }

    /// Something begins of which nothing is told before it has ended: only a terminal shows it.
    pub(super) fn awaits(&mut self, host: &str, what: &str) {
        if let Some(live) = &mut self.live {
            live.begins(host, lang().word(what));
        }
    }

    /// Something that happens here.
    pub(super) fn say(&mut self, what: &str, text: &str) -> io::Result<()> {
        self.over("");
        match self.format {
            DeployFormat::Human => {
                let (what, text) = (lang().word(what), lang().text(text));
                writeln!(self.out, "{:>6.1}s {what:<10} {}", self.seconds(), visible(&text))?;
            }
            DeployFormat::Json => {
                writeln!(self.out, "{}", serde_json::json!({ "event": what, "text": text }))?;
            }
        }
        self.out.flush()
    }

    /// Something that happens here after a server was changed: that nobody reads it does not stop it.
    pub(super) fn tell(&mut self, what: &str, text: &str) {
        drop(self.say(what, text));
    }

    /// A line of a server's journal. A reader that went away does not stop what is being told of.
    pub(super) fn line(&mut self, host: &str, line: &Line) {
        self.over("");
        self.over(host);
        let _ = match self.format {
            DeployFormat::Human if line.state == "begun" => {
                if let Some(live) = &mut self.live {
                    live.begins(host, &visible(&line.step));
                }
                Ok(())
            }
            DeployFormat::Human => {
                let state = if line.state == "done" { "" } else { &line.state };
                let gap = if state.is_empty() || line.note.is_empty() { "" } else { ": " };
                let text = format!("{state}{gap}{}", line.note);
                let (seconds, step) = (self.seconds(), visible(&line.step));
                writeln!(self.out, "{seconds:>6.1}s {host} {step:<9} {}", visible(&lang().text(&text)))
            }
            DeployFormat::Json => {
                writeln!(self.out, "{}", serde_json::json!({ "event": "step", "host": host, "line": line }))
            }
        };
        let _ = self.out.flush();
    }

    /// What was at work there is over. The line that is drawn over goes before anything is written that stays.
    fn over(&mut self, host: &str) {
        if let Some(live) = &mut self.live {
            live.is_over(host);
        }
    }

    /// The end.
    pub(super) fn end(&mut self, code: u8, run: &str, report: &str) -> io::Result<()> {
        match self.format {
            DeployFormat::Human => {
                let seconds = self.seconds();
                say!(self.out, "{seconds:>6.1}s {} (run {run})\nreport: {report}", outcome(code))?;
            }
            DeployFormat::Json => {
                let object = serde_json::json!({ "event": "end", "code": code, "outcome": outcome(code), "run": run, "report": report });
                writeln!(self.out, "{object}")?;
            }
        }
        self.out.flush()
    }

    fn seconds(&self) -> f32 {
        self.start.elapsed().as_secs_f32()
    }
}

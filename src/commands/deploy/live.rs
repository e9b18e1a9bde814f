//! What is at work right now, on a terminal: one line that is drawn over, with the time that it has taken so far.
//!
//! Not here: what has ended; those lines stay, and are all that there is where nobody looks.

use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr, stdout};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often it is drawn, a second.
const DRAWN: u8 = 8;

/// The line.
pub(super) struct Live {
    /// What is at work, by server; here under an empty name.
    at_work: BTreeMap<String, String>,
    bar: Option<ProgressBar>,
}

impl Live {
    /// `None` where no person sees both outputs.
    pub(super) fn for_people() -> Option<Self> {
        let seen = stdout().is_terminal() && stderr().is_terminal();
        seen.then(|| Self { at_work: BTreeMap::new(), bar: None })
    }

    /// Something begins.
    pub(super) fn begins(&mut self, host: &str, what: &str) {
        self.at_work.insert(host.to_owned(), what.to_owned());
        self.draw();
    }

    /// What was at work on `host` is over, and the line is taken away until something begins; so that a line that stays can
    /// be written in its place.
    pub(super) fn is_over(&mut self, host: &str) {
        self.at_work.remove(host);
        self.clear();
    }

    fn draw(&mut self) {
        let one = |(host, what): (&String, &String)| format!("{host} {what}").trim().to_owned();
        let all: Vec<String> = self.at_work.iter().map(one).collect();
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(DRAWN));
            let style = ProgressStyle::with_template("{elapsed:>7} {msg} {spinner}");
            bar.set_style(
                style
                    .unwrap_or_else(|_| ProgressStyle::default_spinner())
                    .tick_strings(&[".  ", ".. ", "...", "   "]),
            );
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        });
        bar.set_message(all.join(", "));
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.clear();
    }
}

//! How far a long check is, on a terminal, and gone when it ends.
//!
//! Not here: the reading; this stands between the check and the files.

use std::io::{self, IsTerminal, stderr};
use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::source::{PathKind, Tree};

/// What takes less needs no bar.
const LONG: Duration = Duration::from_secs(1);

/// How often it is drawn, a second.
const DRAWN: u8 = 8;

/// A tree that counts what is read from it.
pub(super) struct Watched<'a> {
    tree: &'a dyn Tree,
    started: Instant,
    shown: Once,
    bar: Option<ProgressBar>,
}

impl<'a> Watched<'a> {
    /// Watches the reading of `count` things, called `what`, from `tree`; only where a person sees the error output.
    pub(super) fn new(tree: &'a dyn Tree, count: usize, what: &str) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let length = u64::try_from(count).unwrap_or(u64::MAX);
            let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::hidden());
            let template = format!("checking {{human_pos}} of {{human_len}} {what} {{bar:30}}");
            let style = ProgressStyle::with_template(&template);
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "))
        });
        Self { tree, started: Instant::now(), shown: Once::new(), bar }
    }

    fn count(&self) {
        let Some(bar) = &self.bar else { return };
        bar.inc(1);
        if self.started.elapsed() > LONG {
            self.shown.call_once(|| bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWN)));
        }
    }
}

impl Tree for Watched<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.tree.kind(path)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let read = self.tree.read(path);
        self.count();
        read
    }

    fn read_into(&self, path: &str, buffer: &mut Vec<u8>) -> io::Result<()> {
        let read = self.tree.read_into(path, buffer);
        self.count();
        read
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.tree.is_ignored(path)
    }

    fn length(&self, path: &str) -> Option<u64> {
        self.tree.length(path)
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

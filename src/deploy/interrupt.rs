//! Ctrl-C while a run is followed: once is a question, twice is an end before the run's next step.
//!
//! Not here: ending it. The run does not need to be followed, so leaving it alone is always safe.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;

/// How long the question stands.
const QUESTION: Duration = Duration::from_secs(5);

static PRESSED: AtomicUsize = AtomicUsize::new(0);
static WATCHED: OnceLock<bool> = OnceLock::new();
static FIRST: OnceLock<Instant> = OnceLock::new();

/// What the person at the keyboard wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    Nothing,
    /// Something; what, is not clear yet.
    Asked,
    /// To leave the run alone.
    Leave,
    /// To end it.
    End,
}

/// From now on Ctrl-C no longer ends this process. Where that cannot be had, it still does.
pub fn watch() {
    WATCHED.get_or_init(|| {
        let Ok(mut signals) = Signals::new([SIGINT]) else { return false };
        thread::spawn(move || {
            for _ in signals.forever() {
                FIRST.get_or_init(Instant::now);
                PRESSED.fetch_add(1, Ordering::Relaxed);
            }
        });
        true
    });
}

/// What is wanted now.
#[must_use]
pub fn wish() -> Wish {
    let waited = FIRST.get().map(Instant::elapsed).unwrap_or_default();
    judged(PRESSED.load(Ordering::Relaxed), waited)
}

const fn judged(pressed: usize, waited: Duration) -> Wish {
    match pressed {
        0 => Wish::Nothing,
        1 if waited.as_secs() < QUESTION.as_secs() => Wish::Asked,
        1 => Wish::Leave,
        _ => Wish::End,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Wish, judged};

    #[test]
    fn once_is_a_question_and_twice_is_an_end() {
        let at = Duration::from_secs;
        let cases = [
            (0, 9, Wish::Nothing),
            (1, 1, Wish::Asked),
            (1, 6, Wish::Leave),
            (2, 1, Wish::End),
            (3, 9, Wish::End),
        ];
        for (pressed, waited, wanted) in cases {
            assert_eq!(judged(pressed, at(waited)), wanted);
        }
    }
}

//! The keywords of a text that is much like the one before it, as the versions of a file are: looked for only where the
//! two differ.
//!
//! Not here: what the keywords stand for. Whether a keyword stands at a place is told by its own bytes alone, so the
//! keywords of two texts are the same where the texts are; the detectors look at each anew.

use std::cell::RefCell;

use super::filter::{Hit, each_keyword};

/// The longest text that is remembered.
const LONGEST: usize = 256 * 1024;

/// No keyword is longer.
const KEYWORD: usize = 128;

/// How many bytes are compared at once.
const STRIDE: usize = 64;

/// A text and the keywords in it, in the order of their windows.
#[derive(Default)]
struct Remembered {
    text: Vec<u8>,
    hits: Vec<Hit>,
}

thread_local! {
    static LAST: RefCell<Remembered> = RefCell::default();
}

/// Calls `found` with every keyword, in the order of the windows.
pub(super) fn each_hit(bytes: &[u8], mut found: impl FnMut(Hit)) {
    if bytes.len() > LONGEST {
        return each_keyword(bytes, 0..bytes.len(), found);
    }
    // Taken out: what `found` calls may come here again.
    let mut last = LAST.with(RefCell::take);
    last.turn_to(bytes);
    last.hits.iter().for_each(|hit| found(*hit));
    LAST.with(|place| place.replace(last));
}

impl Remembered {
    fn turn_to(&mut self, bytes: &[u8]) {
        let before = common(self.text.chunks(STRIDE), bytes.chunks(STRIDE), |one, other| {
            one.iter().zip(other).take_while(|(one, other)| one == other).count()
        });
        let (old, new) =
            (self.text.get(before..).unwrap_or_default(), bytes.get(before..).unwrap_or_default());
        let behind = common(old.rchunks(STRIDE), new.rchunks(STRIDE), |one, other| {
            one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count()
        });
        let (old_end, new_end) = (self.text.len() - behind, bytes.len() - behind);
        let stays = |hit: &Hit| hit.end <= before;
        let moves = |hit: &Hit, end: usize| hit.start >= end;
        self.hits.retain_mut(|hit| {
            let stays = stays(hit);
            let moves = !stays && moves(hit, old_end);
            if moves {
                *hit = hit.moved(old_end, new_end);
            }
            stays || moves
        });
        let kept = self.hits.len();
        let changed = before.saturating_sub(KEYWORD)..(new_end + KEYWORD).min(bytes.len());
        each_keyword(bytes, changed, |hit| {
            if !stays(&hit) && !moves(&hit, new_end) {
                self.hits.push(hit);
            }
        });
        if kept > 0 && kept < self.hits.len() {
            self.hits.sort_unstable();
        }
        self.text.clear();
        self.text.extend_from_slice(bytes);
    }
}

/// How many bytes two texts, cut into pieces, have in common from the first one on.
fn common<'a>(
    mut one: impl Iterator<Item = &'a [u8]>,
    mut other: impl Iterator<Item = &'a [u8]>,
    within: impl Fn(&[u8], &[u8]) -> usize,
) -> usize {
    let mut length = 0;
    while let (Some(one), Some(other)) = (one.next(), other.next()) {
        if one == other {
            length += one.len();
        } else {
            return length + within(one, other);
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::super::filter::{Hit, each_keyword};
    use super::super::pattern::tables::KEYWORDS;
    use super::{KEYWORD, each_hit};

    #[test]
    fn no_keyword_is_longer_than_said() {
        assert!(KEYWORDS.iter().all(|keyword| keyword.text.len() + 4 <= KEYWORD));
    }

    /// Pieces of keywords put together by chance, so that every change may make or break one.
    #[test]
    fn versions_have_the_keywords_that_they_have_alone() {
        let pieces =
            ["pass", "word", "tok", "en", "api_", "key", "=", "\n", "ghp_", "s", "PRIVATE ", "KEY", "-----"];
        let mut seed = 7u64;
        let mut draw = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below
        };
        let mut text: Vec<&str> = (0..60).map(|_| pieces[draw(pieces.len())]).collect();
        for version in 0..3000 {
            match draw(4) {
                0 => text.insert(draw(text.len()), pieces[draw(pieces.len())]),
                1 if text.len() > 20 => _ = text.remove(draw(text.len())),
                2 => {
                    let at = draw(text.len());
                    text[at] = pieces[draw(pieces.len())];
                }
                _ => text.truncate(20 + draw(60)),
            }
            let bytes = text.concat().into_bytes();
            let (mut alone, mut after): (Vec<Hit>, Vec<Hit>) = (Vec::new(), Vec::new());
            each_keyword(&bytes, 0..bytes.len(), |hit| alone.push(hit));
            each_hit(&bytes, |hit| after.push(hit));
            assert_eq!(after, alone, "version {version}");
        }
    }
}

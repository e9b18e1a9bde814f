//! Commits and what leads to them: those that some reach and others do not, in order, and where two part.
//!
//! Not here: what they hold. libgit2 does the same, but unpacks every commit on its way whatever it says of its size.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use git2::{Commit, Oid};

use super::ids::{Map, name};
use super::objects::Objects;

/// How many hidden commits more are looked at once there are no others: dates need not be in order.
const SLOP: usize = 5;

/// What is known of a commit; several may hold.
type Marks = u8;
const SHOWN: Marks = 1;
const HIDDEN: Marks = 2;
const STALE: Marks = 4;

/// Commits by date, the newest first; of those of one date the one that was met first.
type Queue = BinaryHeap<(i64, Reverse<usize>)>;

struct Node {
    id: Oid,
    seconds: i64,
    parents: Range<usize>,
    marks: Marks,
    queued: bool,
}

/// What a walk found.
#[derive(Default)]
pub(super) struct Walked {
    /// The commits that are shown.
    pub(super) commits: Vec<Oid>,
    /// Their parents that are hidden: what those hold is not new.
    pub(super) before: Vec<Oid>,
}

/// The commits that were met.
pub(super) struct Walk {
    nodes: Vec<Node>,
    places: Map<usize>,
    parents: Vec<Oid>,
    queue: Queue,
    // How many of the queue have none of the marks that `closing` has.
    open: usize,
    closing: Marks,
}

impl Walk {
    /// A walk for as long as there are commits without one of these marks.
    fn until(closing: Marks) -> Self {
        let (nodes, places, parents, queue) = (Vec::new(), Map::default(), Vec::new(), Queue::new());
        Self { nodes, places, parents, queue, open: 0, closing }
    }

    /// A walk through commits that are shown and not hidden; none are, yet.
    pub(super) fn new() -> Self {
        Self::until(HIDDEN)
    }

    /// Shows a commit and all that leads to it.
    pub(super) fn show(&mut self, commit: &Commit<'_>) {
        let at = self.node(commit);
        self.mark(at, SHOWN);
    }

    /// Leaves out a commit and all that leads to it.
    pub(super) fn hide(&mut self, commit: &Commit<'_>) {
        let at = self.node(commit);
        self.mark(at, HIDDEN);
    }

    /// Whether nothing is shown.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.iter().all(|node| node.marks & SHOWN == 0)
    }

    /// The commits, parents before their children, and otherwise the older ones first; with what they stand on.
    ///
    /// # Errors
    ///
    /// Where one cannot be read, or leads back to itself.
    pub(super) fn oldest_first(mut self, objects: &mut Objects<'_>) -> Result<Walked, git2::Error> {
        self.spread(objects)?;
        let is_shown = |node: &Node| node.marks == SHOWN;
        let (mut children, mut found) = (vec![0_usize; self.nodes.len()], Walked::default());
        for node in self.nodes.iter().filter(|node| is_shown(node)) {
            for parent in self.known_parents(node) {
                children[parent] += 1;
                if children[parent] == 1 && !is_shown(&self.nodes[parent]) {
                    found.before.push(self.nodes[parent].id);
                }
            }
        }
        let mut ready = Queue::new();
        for (at, node) in self.nodes.iter().enumerate().filter(|(_, node)| is_shown(node)) {
            if children[at] == 0 {
                ready.push((node.seconds, Reverse(at)));
            }
        }
        while let Some((_, Reverse(at))) = ready.pop() {
            let node = &self.nodes[at];
            found.commits.push(node.id);
            for parent in self.known_parents(node) {
                children[parent] -= 1;
                if children[parent] == 0 && is_shown(&self.nodes[parent]) {
                    ready.push((self.nodes[parent].seconds, Reverse(parent)));
                }
            }
        }
        if found.commits.len() < self.nodes.iter().filter(|node| is_shown(node)).count() {
            return Err(git2::Error::from_str("a commit leads back to itself"));
        }
        found.commits.reverse();
        Ok(found)
    }

    /// Marks what leads to the marked commits, until nothing is to be found any more.
    fn spread(&mut self, objects: &mut Objects<'_>) -> Result<(), git2::Error> {
        let (mut oldest, mut slop) = (i64::MAX, SLOP);
        while let Some((seconds, at)) = self.next() {
            if self.nodes[at].marks == SHOWN {
                oldest = oldest.min(seconds);
            }
            self.spread_from(at, self.nodes[at].marks, objects)?;
            if self.open > 0 {
                continue;
            }
            match self.queue.peek() {
                Some((next, _)) if *next >= oldest => slop = SLOP,
                Some(_) if slop > 0 => slop -= 1,
                _ => break,
            }
        }
        Ok(())
    }

    fn spread_from(&mut self, at: usize, marks: Marks, objects: &mut Objects<'_>) -> Result<(), git2::Error> {
        for nth in self.nodes[at].parents.clone() {
            let id = self.parents[nth];
            let parent = match self.places.get(&name(id)) {
                Some(known) => *known,
                None => self.node(&objects.commit(id)?),
            };
            self.mark(parent, marks);
        }
        Ok(())
    }

    fn next(&mut self) -> Option<(i64, usize)> {
        let (seconds, Reverse(at)) = self.queue.pop()?;
        let node = self.nodes.get_mut(at)?;
        node.queued = false;
        self.open -= usize::from(node.marks & self.closing == 0);
        Some((seconds, at))
    }

    fn node(&mut self, commit: &Commit<'_>) -> usize {
        *self.places.entry(name(commit.id())).or_insert_with(|| {
            let start = self.parents.len();
            self.parents.extend(commit.parent_ids());
            self.nodes.push(Node {
                id: commit.id(),
                seconds: commit.time().seconds(),
                parents: start..self.parents.len(),
                marks: 0,
                queued: false,
            });
            self.nodes.len() - 1
        })
    }

    /// Queues the commit where that says something new of it.
    fn mark(&mut self, at: usize, marks: Marks) {
        let Some(node) = self.nodes.get_mut(at) else { return };
        let before = node.marks;
        node.marks |= marks;
        if node.marks == before {
            return;
        }
        self.open -= usize::from(node.queued && before & self.closing == 0);
        self.open += usize::from(node.marks & self.closing == 0);
        if !node.queued {
            node.queued = true;
            self.queue.push((node.seconds, Reverse(at)));
        }
    }

    fn known_parents<'w>(&'w self, node: &Node) -> impl Iterator<Item = usize> + use<'w> {
        let ids = self.parents.get(node.parents.clone()).unwrap_or_default();
        ids.iter().filter_map(|id| self.places.get(&name(*id)).copied())
    }
}

/// The newest commit that leads to both; `None` where none does.
///
/// # Errors
///
/// Where one cannot be read.
pub(super) fn common(
    one: &Commit<'_>,
    two: &Commit<'_>,
    objects: &mut Objects<'_>,
) -> Result<Option<Oid>, git2::Error> {
    const BOTH: Marks = SHOWN | HIDDEN;
    let mut walk = Walk::until(STALE);
    walk.show(one);
    walk.hide(two);
    let mut found: Vec<usize> = Vec::new();
    // What leads to a commit of both sides is looked at no longer than something else is.
    while walk.open > 0 {
        let Some((_, at)) = walk.next() else { break };
        let mut marks = walk.nodes[at].marks;
        if marks & BOTH == BOTH && marks & STALE == 0 {
            if !found.contains(&at) {
                found.push(at);
            }
            marks |= STALE;
        }
        walk.spread_from(at, marks, objects)?;
    }
    let best = found.into_iter().filter(|at| walk.nodes[*at].marks & STALE == 0);
    Ok(best.max_by_key(|at| walk.nodes[*at].seconds).map(|at| walk.nodes[at].id))
}

#[cfg(test)]
mod tests;

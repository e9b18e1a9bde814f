//! Walks through histories made at random, held against what leads to what, and against libgit2's own walk.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use git2::{Oid, Repository, Signature, Sort, Time};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any};
use proptest::{prop_assert, prop_assert_eq, proptest};
use tempfile::TempDir;

use super::{Walk, common};
use crate::git::objects::Objects;
use crate::packs::{Disk, ReadAt};

/// Of each commit, which ones before it are its parents, and how much later it was made.
type Drawn = Vec<(Vec<usize>, i64)>;

/// A disk without packs.
struct Nowhere;

impl Disk for Nowhere {
    fn names(&self, _: &Path) -> Vec<PathBuf> {
        Vec::new()
    }

    fn whole(&self, _: &Path) -> Option<Vec<u8>> {
        None
    }

    fn open(&self, _: &Path) -> Option<Box<dyn ReadAt>> {
        None
    }
}

struct History {
    repository: Repository,
    commits: Vec<Oid>,
    parents: Vec<BTreeSet<usize>>,
    _folder: TempDir,
}

impl History {
    fn new(drawn: &Drawn) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path()).unwrap();
        let tree = repository.treebuilder(None).unwrap().write().unwrap();
        let (mut commits, mut parents, mut seconds) = (Vec::new(), Vec::new(), 1_700_000_000);
        for (nth, (before, later)) in drawn.iter().enumerate() {
            let before: BTreeSet<usize> =
                before.iter().filter(|_| nth > 0).map(|at| at % nth.max(1)).collect();
            seconds += later;
            let who = Signature::new("Ana", "ana@example.com", &Time::new(seconds, 0)).unwrap();
            let tree = repository.find_tree(tree).unwrap();
            let of: Vec<_> = before.iter().map(|at| repository.find_commit(commits[*at]).unwrap()).collect();
            let id =
                repository.commit(None, &who, &who, &nth.to_string(), &tree, &of.iter().collect::<Vec<_>>());
            commits.push(id.unwrap());
            parents.push(before);
        }
        Self { repository, commits, parents, _folder: folder }
    }

    fn at(&self, id: Oid) -> usize {
        self.commits.iter().position(|commit| *commit == id).unwrap()
    }

    /// What leads to one of these, and they themselves.
    fn reach(&self, from: &[usize]) -> BTreeSet<usize> {
        let (mut found, mut waiting) = (BTreeSet::new(), from.to_vec());
        while let Some(at) = waiting.pop() {
            if found.insert(at) {
                waiting.extend(&self.parents[at]);
            }
        }
        found
    }

    fn walked(&self, shown: &[usize], hidden: &[usize]) -> Vec<usize> {
        let mut objects = Objects::few(&self.repository, Box::new(Nowhere)).unwrap();
        let mut walk = Walk::new();
        for at in shown {
            walk.show(&objects.commit(self.commits[*at]).unwrap());
        }
        for at in hidden {
            walk.hide(&objects.commit(self.commits[*at]).unwrap());
        }
        let found = walk.oldest_first(&mut objects).unwrap();
        let before: BTreeSet<usize> = found.before.iter().map(|id| self.at(*id)).collect();
        let shown: BTreeSet<usize> = found.commits.iter().map(|id| self.at(*id)).collect();
        let parents = shown.iter().flat_map(|at| &self.parents[*at]).copied().collect::<BTreeSet<_>>();
        assert_eq!(before, &parents - &shown);
        let found = found.commits;
        found.iter().map(|id| self.at(*id)).collect()
    }

    fn walked_by_libgit2(&self, shown: &[usize], hidden: &[usize]) -> Vec<usize> {
        let mut walk = self.repository.revwalk().unwrap();
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME | Sort::REVERSE).unwrap();
        for at in shown {
            walk.push(self.commits[*at]).unwrap();
        }
        for at in hidden {
            walk.hide(self.commits[*at]).unwrap();
        }
        let found: Vec<Oid> = walk.map(Result::unwrap).collect();
        found.iter().map(|id| self.at(*id)).collect()
    }
}

fn histories(later: impl Strategy<Value = i64>) -> impl Strategy<Value = Drawn> {
    vec((vec(any::<usize>(), 0..3), later), 1..25)
}

fn places(drawn: &[usize], count: usize) -> Vec<usize> {
    drawn.iter().map(|at| at % count).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_walk_shows_what_libgit2_shows(
        drawn in histories(1..1000_i64),
        shown in vec(any::<usize>(), 1..4),
        hidden in vec(any::<usize>(), 0..3),
    ) {
        let history = History::new(&drawn);
        let (shown, hidden) = (places(&shown, drawn.len()), places(&hidden, drawn.len()));
        prop_assert_eq!(history.walked(&shown, &hidden), history.walked_by_libgit2(&shown, &hidden));
    }

    /// Where the clocks of those who made them differ, a hidden one may be shown, but never the other way round.
    #[test]
    fn nothing_is_lost_where_dates_are_not_in_order(
        drawn in histories(-5000..5000_i64),
        shown in vec(any::<usize>(), 1..4),
        hidden in vec(any::<usize>(), 0..3),
    ) {
        let history = History::new(&drawn);
        let (shown, hidden) = (places(&shown, drawn.len()), places(&hidden, drawn.len()));
        let found = history.walked(&shown, &hidden);
        let known: BTreeSet<usize> = found.iter().copied().collect();
        let wanted: BTreeSet<usize> = &history.reach(&shown) - &history.reach(&hidden);
        prop_assert!(wanted.is_subset(&known) && known.is_subset(&history.reach(&shown)));
        prop_assert_eq!(known.len(), found.len());
        for (nth, at) in found.iter().enumerate() {
            prop_assert!(found[nth..].iter().all(|later| !history.parents[*at].contains(later)));
        }
        if hidden.is_empty() {
            prop_assert_eq!(wanted, known);
        }
    }

    #[test]
    fn two_have_in_common_what_libgit2_says(drawn in histories(1..1000_i64), one: usize, two: usize) {
        let history = History::new(&drawn);
        let [one, two] = [one, two].map(|at| at % drawn.len());
        let mut objects = Objects::few(&history.repository, Box::new(Nowhere)).unwrap();
        let [first, second] = [one, two].map(|at| objects.commit(history.commits[at]).unwrap());
        let found = common(&first, &second, &mut objects).unwrap();
        let bases = history.repository.merge_bases(first.id(), second.id());
        let bases: Vec<Oid> = bases.map(|all| all.iter().copied().collect()).unwrap_or_default();
        prop_assert_eq!(found.is_some(), !bases.is_empty());
        prop_assert!(found.is_none_or(|found| bases.contains(&found)));
        let leads = history.reach(&[two]).contains(&one);
        prop_assert_eq!(found == Some(first.id()), leads);
    }
}

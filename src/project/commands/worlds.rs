//! What a shell may know at a place of a script, where that hangs on the branches that were taken.
//!
//! Not here: one of them alone; that is [`State`].

use super::state::{State, forget};

/// Each way to a place with what is known on it.
pub(super) type Worlds = Vec<State>;

/// How many are told apart: what differs between more is not known.
const MOST: usize = 6;

/// What may be known behind several branches. One that adds nothing to another is left out: a condition mostly asks
/// whether something is there, and what people want is what is done then.
pub(super) fn merged(branches: Vec<Worlds>) -> Worlds {
    let mut all: Worlds = branches.into_iter().flatten().collect();
    if all.iter().any(|state| !state.ended) {
        all.retain(|state| !state.ended);
    }
    let mut kept = Worlds::new();
    for state in all {
        if !kept.iter().any(|known| adds_nothing(&state, known)) {
            kept.retain(|known| !adds_nothing(known, &state));
            kept.push(state);
        }
    }
    if kept.len() > MOST { vec![common(kept)] } else { kept }
}

/// Whether all that is known in `one` is known in `other` as well.
fn adds_nothing(one: &State, other: &State) -> bool {
    one.variables.iter().all(|(name, value)| other.variables.get(name) == Some(value))
        && one.unknown.is_subset(&other.unknown)
        && one.exported.iter().all(|exported| other.exported.contains(exported))
        && one.sourced.iter().all(|loaded| other.sourced.contains(loaded))
        && (one.directory.is_none() || one.directory == other.directory)
        && (!one.export_all || other.export_all)
        && (one.remote, &one.host) == (other.remote, &other.host)
}

/// The last one, with the values unknown that are not the same in all.
fn common(mut worlds: Worlds) -> State {
    let Some(mut state) = worlds.pop() else { return State::default() };
    let differs =
        |name: &String| worlds.iter().any(|one| one.variables.get(name) != state.variables.get(name));
    let all = worlds.iter().chain([&state]).flat_map(|one| one.variables.keys());
    let open: Vec<String> = all.filter(|name| differs(name)).cloned().collect();
    for name in &open {
        forget(name, &mut state);
    }
    for exported in state.exported.iter_mut().filter(|exported| open.contains(&exported.name)) {
        exported.value = None;
    }
    state
}

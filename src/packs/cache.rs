//! Objects that others are made of, the ones that were asked for last.
//!
//! Not here: reading them. What is asked for stays for as long as half of the room again is filled: two halves take
//! turns, and nothing is counted or linked an object.

use std::collections::HashMap;

use super::Object;

/// How many bytes one half holds.
const HALF: usize = 4 * 1024 * 1024;

/// A larger object is not remembered.
const LARGEST: usize = HALF / 4;

/// What an object costs beside its bytes.
const EACH: usize = 96;

/// The objects, by pack and place.
#[derive(Default)]
pub(super) struct Cache {
    young: HashMap<(usize, u64), Object>,
    old: HashMap<(usize, u64), Object>,
    bytes: usize,
}

impl Cache {
    pub(super) fn get(&mut self, pack: usize, at: u64) -> Option<Object> {
        let key = (pack, at);
        if let Some(object) = self.young.get(&key) {
            return Some(object.clone());
        }
        let object = self.old.remove(&key)?;
        self.put(pack, at, object.clone());
        Some(object)
    }

    pub(super) fn put(&mut self, pack: usize, at: u64, object: Object) {
        let size = object.1.len() + EACH;
        if size > LARGEST {
            return;
        }
        if self.bytes + size > HALF {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += size;
        self.young.insert((pack, at), object);
    }
}

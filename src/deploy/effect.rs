//! What services would really get on the server, held against what the files say that they get.
//!
//! Not here: asking the server. A difference means that something besides the files has a say there: a
//! variable of the login shell beats `--env-file`.

use super::preview::Preview;
use crate::project::resolve::{Environment, TroubleKind};

/// The variables that would arrive otherwise than the files say: services and names.
#[must_use]
pub fn differences(environment: &Environment, preview: &Preview) -> Vec<(String, String)> {
    let known = environment.unread.is_empty()
        && environment.troubles.iter().all(|trouble| trouble.kind != TroubleKind::NotResolved);
    if !known {
        return Vec::new();
    }
    let mut found = Vec::new();
    for service in &environment.services {
        let Some(gets) = preview.gets.get(&service.name) else { continue };
        for variable in &service.variables {
            let (Some(said), Some(gotten)) = (&variable.arrives.value, gets.get(&variable.key)) else {
                continue;
            };
            if said != gotten {
                found.push((service.name.clone(), variable.key.clone()));
            }
        }
    }
    found
}

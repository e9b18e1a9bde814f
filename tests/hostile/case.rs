//! One hostile input: how it is made, what is asked of it, and what must hold of every run.
//!
//! Not here: the inputs themselves.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use crate::child::{self, Ran};

/// A value that stands where secrets stand; none of it may come out.
pub(crate) const CANARY: &str = "Zq7canary9Xw2Lk5Vt8";

/// One hostile input.
pub(crate) struct Case {
    /// What it is, for people.
    pub(crate) name: &'static str,
    /// Makes it in an empty folder.
    pub(crate) make: fn(&Path),
    /// What envgate is asked.
    pub(crate) arguments: &'static [&'static str],
    /// The exit code.
    pub(crate) code: i32,
    /// What it must say, on either output.
    pub(crate) says: &'static str,
}

/// A case that `envgate check` is asked about.
pub(crate) const fn check(name: &'static str, make: fn(&Path), code: i32, says: &'static str) -> Case {
    Case { name, make, arguments: &["check", "."], code, says }
}

/// A case that any other command is asked about.
pub(crate) const fn asks(
    name: &'static str,
    make: fn(&Path),
    arguments: &'static [&'static str],
    code: i32,
    says: &'static str,
) -> Case {
    Case { name, make, arguments, code, says }
}

/// An empty folder that whoever runs envgate may enter.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Writes a file, with the directories above it.
pub(crate) fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Makes the input, runs the command, and holds the run against the case.
pub(crate) fn run(case: &Case) -> Result<Ran, String> {
    let folder = folder();
    (case.make)(folder.path());
    let ran = child::envgate(folder.path(), case.arguments, &[]);
    let judged = sound(&ran).and_then(|()| {
        let said = ran.text();
        if ran.status.code() != Some(case.code) {
            return Err(format!("it ends with {} instead of {}", ran.status, case.code));
        }
        if said.contains(case.says) { Ok(()) } else { Err(format!("it does not say `{}`", case.says)) }
    });
    // What cannot be entered cannot be removed.
    let _ = fs::set_permissions(folder.path().join("closed"), Permissions::from_mode(0o755));
    match judged {
        Ok(()) => Ok(ran),
        Err(why) => Err(format!("{}: {why}; it said: {}", case.name, beginning(&ran))),
    }
}

/// What holds of every run, whatever the input: it ends by itself and within its bounds, it does not crash,
/// it says no secret and sends nothing to the terminal that could drive it.
pub(crate) fn sound(ran: &Ran) -> Result<(), String> {
    if let Some(why) = ran.killed {
        return Err(format!("killed: {why}"));
    }
    if !matches!(ran.status.code(), Some(0..=2)) {
        return Err(format!("it ends with {}", ran.status));
    }
    let said = ran.text();
    for word in ["panicked", "RUST_BACKTRACE", "stack overflow", "memory allocation of", CANARY] {
        if said.contains(word) {
            return Err(format!("it says `{word}`"));
        }
    }
    match said.chars().find(|&character| character.is_control() && character != '\n') {
        Some(character) => Err(format!("it writes a raw {character:?}")),
        None => Ok(()),
    }
}

/// The first lines of what was said, made harmless.
pub(crate) fn beginning(ran: &Ran) -> String {
    ran.text().chars().take(1500).collect::<String>().escape_debug().to_string().replace("\\n", "\n")
}

/// Runs all `cases` and says which of them fail.
pub(crate) fn hold(cases: &[Case]) {
    let failed: Vec<String> = cases.iter().filter_map(|case| run(case).err()).collect();
    assert!(failed.is_empty(), "{} of {} fail:\n\n{}", failed.len(), cases.len(), failed.join("\n\n"));
}

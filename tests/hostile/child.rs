//! The real binary under a watchdog: it is killed when it runs too long, holds too much or says too much.
//!
//! Not here: what it is given. The bounds keep a test run from hanging; they are no measure of speed.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long one run may take.
const LONGEST: Duration = Duration::from_mins(2);
/// How much memory one run may hold, in KiB.
pub(crate) const LARGEST: u64 = 2 * 1024 * 1024;
/// How many bytes one run may write.
const LOUDEST: u64 = 256 * 1024 * 1024;

/// The variables that a child sees.
type Environment<'a> = &'a [(&'a str, &'a str)];

/// How a run ended.
pub(crate) struct Ran {
    /// How the process ended.
    pub(crate) status: ExitStatus,
    /// Both outputs, standard output first.
    pub(crate) said: Vec<u8>,
    /// The most memory that was seen in use, in KiB.
    pub(crate) peak: u64,
    /// How long it took.
    pub(crate) took: Duration,
    /// Why the watchdog killed it.
    pub(crate) killed: Option<&'static str>,
}

impl Ran {
    /// The outputs as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.said).into_owned()
    }
}

/// Runs envgate in `folder`. Where the tests run as root it runs as nobody, whom permissions bind.
pub(crate) fn envgate(folder: &Path, arguments: &[&str], environment: Environment<'_>) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
    command.args(arguments);
    watched(command, folder, environment)
}

/// Runs a line of shell in which `$ENVGATE` is the binary.
pub(crate) fn shell(folder: &Path, line: &str) -> Ran {
    let mut command = Command::new("/bin/bash");
    command.args(["-c", line]).env("ENVGATE", env!("CARGO_BIN_EXE_envgate"));
    watched(command, folder, &[])
}

fn watched(mut command: Command, folder: &Path, environment: Environment<'_>) -> Ran {
    // Beside the folder, so that it is no part of what is checked.
    let outputs = tempfile::tempdir().unwrap();
    let (out, error) = (outputs.path().join("out"), outputs.path().join("error"));
    command.current_dir(folder).stdin(Stdio::null());
    command.stdout(File::create(&out).unwrap()).stderr(File::create(&error).unwrap());
    command.env("HOME", "/nonexistent").env("XDG_CONFIG_HOME", "/nonexistent");
    command.envs(environment.iter().copied());
    if fs::metadata(&out).unwrap().uid() == 0 {
        command.uid(65_534).gid(65_534);
    }
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let (mut peak, mut killed) = (0, None);
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        peak = peak.max(high_water(&status));
        let size = |path: &Path| fs::metadata(path).map_or(0, |data| data.len());
        let why = match () {
            () if start.elapsed() > LONGEST => Some("it runs on"),
            () if peak > LARGEST => Some("it holds too much memory"),
            () if size(&out) + size(&error) > LOUDEST => Some("it says too much"),
            () => None,
        };
        if why.is_some() && killed.is_none() {
            killed = why;
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let took = start.elapsed();
    let said = [fs::read(&out).unwrap(), fs::read(&error).unwrap()].concat();
    Ran { status: ended, said, peak, took, killed }
}

/// What the kernel says the process has held at most, in KiB; 0 where it has ended.
fn high_water(status: &str) -> u64 {
    let status = fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

//! Every call to the outside: a script on a server through the user's own `ssh`, or a program here.
//!
//! Not here: what is called. Nothing secret may stand in an argument, since any user of a machine can read
//! those; secrets travel on standard input and output alone.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

/// Where something runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the working directory here.
    Here,
    /// On this host, as `ssh` knows it.
    Server(String),
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Where.
    pub place: Place,
    /// The words of the command; on a server, one script for its `sh`.
    pub words: Vec<String>,
    /// What it reads.
    pub input: Vec<u8>,
    /// When it is given up.
    pub limit: Duration,
}

impl Call {
    /// A script on a server.
    #[must_use]
    pub fn server(host: &str, script: impl Into<String>, limit: u64) -> Self {
        let place = Place::Server(host.to_owned());
        Self { place, words: vec![script.into()], input: Vec::new(), limit: Duration::from_secs(limit) }
    }

    /// A program here.
    #[must_use]
    pub fn here(words: Vec<String>, limit: u64) -> Self {
        Self { place: Place::Here, words, input: Vec::new(), limit: Duration::from_secs(limit) }
    }

    /// With something to read.
    #[must_use]
    pub fn reading(mut self, input: Vec<u8>) -> Self {
        self.input = input;
        self
    }
}

/// How a call ended.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// The exit code; 128 and the signal where one ended it.
    pub code: i32,
    /// What it printed.
    pub out: Vec<u8>,
    /// What it complained of.
    pub err: Vec<u8>,
}

impl Output {
    /// What it printed, as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// The last line that it complained of.
    #[must_use]
    pub fn complaint(&self) -> String {
        let text = String::from_utf8_lossy(&self.err);
        text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
    }
}

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program could not be started.
    #[error("`{program}` cannot be run")]
    Start {
        /// Its name.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It took too long.
    #[error("`{program}` gave no answer within {seconds} seconds")]
    Late {
        /// Its name, or the host.
        program: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The server cannot be reached.
    #[error("the server `{host}` cannot be reached: {said}")]
    Unreachable {
        /// The host.
        host: String,
        /// What `ssh` said.
        said: String,
    },
}

/// Whoever makes calls.
pub trait Transport: Sync {
    /// Makes the call and waits for its end.
    ///
    /// # Errors
    ///
    /// Where it could not be made, or gave no answer; a command that fails is an answer.
    fn run(&self, call: &Call) -> Result<Output, Error>;
}

/// The user's own `ssh`: its configuration, agents, keys and jump hosts all hold.
#[derive(Debug)]
pub struct Ssh {
    config: Option<String>,
    control: String,
    shared: Mutex<BTreeSet<String>>,
}

impl Ssh {
    /// `config` is a configuration other than the user's own; `control` a folder that only the user can
    /// enter, for the connection that all calls share.
    #[must_use]
    pub fn new(config: Option<String>, control: String) -> Self {
        Self { config, control, shared: Mutex::default() }
    }

    /// For calls here alone.
    #[must_use]
    pub fn local() -> Self {
        Self::new(None, "/nonexistent/envgate".to_owned())
    }

    /// Opens the connection that the calls to `host` share. Where that fails each call has its own, and says
    /// what is wrong. It is opened apart from any call, since it would hold the call's pipes open.
    fn share(&self, host: &str) {
        let fresh = self.shared.lock().is_ok_and(|mut shared| shared.insert(host.to_owned()));
        if !fresh {
            return;
        }
        let mut words = self.words(host, "");
        words.truncate(words.len() - 3);
        words.extend(
            ["-o", "ControlMaster=yes", "-o", "ControlPersist=60", "-fN", "--", host].map(str::to_owned),
        );
        let mut command = Command::new("ssh");
        apart(&mut command);
        let program = command
            .args(words.iter().skip(1))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        if let Ok(mut child) = program {
            let _ = waited(&mut child, Duration::from_secs(15));
        }
    }

    fn words(&self, host: &str, script: &str) -> Vec<String> {
        let mut words = vec!["ssh".to_owned()];
        if let Some(config) = &self.config {
            words.extend(["-F".to_owned(), config.clone()]);
        }
        let control = format!("ControlPath={}/%C", self.control);
        let options = [
            "BatchMode=yes",
            "ConnectTimeout=10",
            "ServerAliveInterval=2",
            "ServerAliveCountMax=3",
            &control,
        ];
        words.extend(options.iter().flat_map(|option| ["-o".to_owned(), (*option).to_owned()]));
        words.extend(["-T".to_owned(), "--".to_owned(), host.to_owned()]);
        words.push(format!("sh -c {}", quoted(script)));
        words
    }
}

impl Transport for Ssh {
    fn run(&self, call: &Call) -> Result<Output, Error> {
        match &call.place {
            Place::Here => run(&call.words, call, None),
            Place::Server(host) => {
                self.share(host);
                let script = call.words.first().map(String::as_str).unwrap_or_default();
                let output = run(&self.words(host, script), call, Some(host))?;
                if output.code == 255 {
                    // The shared connection may be what is broken: the next call opens another one.
                    let _ = self.shared.lock().map(|mut shared| shared.remove(host));
                    let said = match output.complaint() {
                        nothing if nothing.is_empty() => "the connection was lost".to_owned(),
                        said => said,
                    };
                    return Err(Error::Unreachable { host: host.clone(), said });
                }
                Ok(output)
            }
        }
    }
}

/// Ends the shared connections, and takes their folder away.
impl Drop for Ssh {
    fn drop(&mut self) {
        let hosts = self.shared.lock().map(|shared| shared.clone()).unwrap_or_default();
        for host in hosts {
            let mut words = self.words(&host, "");
            words.truncate(words.len() - 3);
            words.extend(["-O", "exit", "--", &host].map(str::to_owned));
            let _ = run(&words, &Call::here(words.clone(), 5), None);
        }
        let _ = crate::files::remove_folder(std::path::Path::new(&self.control));
    }
}

/// A word for a POSIX shell, whatever it holds.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=@,+%".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn run(words: &[String], call: &Call, host: Option<&str>) -> Result<Output, Error> {
    let program = words.first().cloned().unwrap_or_default();
    let failed = |source| Error::Start { program: program.clone(), source };
    let mut command = Command::new(&program);
    if host.is_some() {
        apart(&mut command);
    }
    let mut child = command
        .args(words.iter().skip(1))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let (input, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let bytes = call.input.clone();
    let writer = thread::spawn(move || {
        // A child that does not read to the end has its reasons; its exit code says them.
        let _ = input.map(|mut pipe| pipe.write_all(&bytes));
    });
    let (out, err) = (collected(out), collected(err));
    let code = waited(&mut child, call.limit).map_err(failed)?;
    let Some(code) = code else {
        let program = host.map_or(program, ToOwned::to_owned);
        return Err(Error::Late { program, seconds: call.limit.as_secs() });
    };
    let _ = writer.join();
    Ok(Output { code, out: out.join().unwrap_or_default(), err: err.join().unwrap_or_default() })
}

/// Ctrl-C is for us to answer, and not for the connection to die of.
#[cfg(unix)]
fn apart(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn apart(_command: &mut Command) {}

fn collected<R: Read + Send + 'static>(pipe: Option<R>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read until the pipe broke is what there is.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        bytes
    })
}

/// The exit code, or `None` where the child was ended because it took too long.
fn waited(child: &mut Child, limit: Duration) -> io::Result<Option<i32>> {
    let end = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(code_of(status)));
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

#[cfg(unix)]
fn code_of(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
}

#[cfg(not(unix))]
fn code_of(status: std::process::ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::{Call, Error, Ssh, Transport, quoted};

    #[test]
    fn words_reach_the_shell_as_they_are() {
        let ssh = Ssh::local();
        for word in ["plain", "", "two words", "it's", "$(id)", "a\"b", "new\nline", "*", "~"] {
            let call = Call::here(vec!["sh".into(), "-c".into(), format!("printf %s {}", quoted(word))], 5);
            assert_eq!(ssh.run(&call).unwrap().text(), word);
        }
    }

    #[test]
    fn what_takes_too_long_is_ended() {
        let ssh = Ssh::local();
        let call = Call {
            limit: std::time::Duration::from_millis(50),
            ..Call::here(vec!["sleep".into(), "5".into()], 0)
        };
        assert!(matches!(ssh.run(&call), Err(Error::Late { .. })));
    }

    #[test]
    fn input_is_read_and_codes_are_told() {
        let ssh = Ssh::local();
        let call =
            Call::here(vec!["sh".into(), "-c".into(), "cat; exit 3".into()], 5).reading(b"abc".to_vec());
        let output = ssh.run(&call).unwrap();
        assert_eq!((output.code, output.text().as_str()), (3, "abc"));
    }
}

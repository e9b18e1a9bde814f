//! What a server is right now: clock, disk, programs, lock, env file, and what runs there by digest.
//!
//! Not here: whether that is good enough; the gate says so.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::settings::Settings;
use super::transport::{Call, Error, Transport, quoted};

/// The programs that a run needs on the server, besides `docker`.
const TOOLS: &str = "docker flock setsid timeout gzip gunzip sha256sum awk df date";

/// One container of the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Running {
    /// Its id.
    pub id: String,
    /// `running`, `exited`, `created`, …
    pub status: String,
    /// `healthy`, `unhealthy`, `starting`; empty where nothing asks.
    pub health: String,
    /// How often the engine restarted it.
    pub restarts: u64,
    /// Its image as compose was told.
    pub image: String,
    /// The id of its image.
    pub image_id: String,
    /// The names by digest under which registries know its image.
    pub digests: Vec<String>,
}

impl Running {
    /// The digest of its image in `repository`; `None` where it never came from there.
    #[must_use]
    pub fn digest_in(&self, repository: &str) -> Option<&str> {
        self.digests.iter().find_map(|name| name.strip_prefix(repository)?.strip_prefix('@'))
    }
}

/// The release that is gone back to where a deploy fails.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Good {
    /// Its run.
    pub id: String,
    /// Its version; empty where it is not known.
    pub version: String,
    /// The good release before it; empty where there is none.
    pub before: String,
    /// Its services, each with its image by digest and whether that is `here`, in the `registry`, or `gone`.
    pub images: Vec<(String, String, String)>,
}

/// What a server said of itself.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The host, as `ssh` knows it.
    pub host: String,
    /// Whether the project's folder is there.
    pub root: bool,
    /// Its clock less ours, in seconds.
    pub skew: i64,
    /// Free disk in bytes.
    pub disk: u64,
    /// The engine's version; empty where none answers.
    pub engine: String,
    /// Compose's version; empty where there is none.
    pub compose: String,
    /// The programs that are not there.
    pub lacks: Vec<String>,
    /// The run that holds the lock, and its process.
    pub lock: Option<(String, String)>,
    /// The last release that ended well.
    pub good: Option<Good>,
    /// The last run, its exit code and its last journal line.
    pub last: Option<(String, Option<i32>, String)>,
    /// Stands for which containers there are, and whether they run.
    pub fingerprint: String,
    /// The containers, by service.
    pub running: BTreeMap<String, Running>,
    /// The SHA-256 of the env file.
    pub env_sha: Option<String>,
}

/// Asks `host` what it is. `now` is our clock in seconds since 1970.
///
/// # Errors
///
/// Where it cannot be reached.
pub fn ask(settings: &Settings, host: &str, now: i64, transport: &dyn Transport) -> Result<Facts, Error> {
    let mut script = String::new();
    let tools = if settings.asks_from_server() { format!("{TOOLS} curl") } else { TOOLS.to_owned() };
    let words = [
        ("ROOT", settings.path.as_str()),
        ("PROJECT", &settings.deploy.project),
        ("ENV_FILE", &settings.deploy.compose.env_file),
        ("TOOLS", &tools),
    ];
    for (name, value) in words {
        let _ = writeln!(script, "{name}={}", quoted(value));
    }
    script.push_str(include_str!("server/facts.sh"));
    let output = transport.run(&Call::server(host, script, 60))?;
    let mut facts = parse(&output.text(), now);
    host.clone_into(&mut facts.host);
    Ok(facts)
}

fn parse(text: &str, now: i64) -> Facts {
    let mut facts = Facts { root: true, ..Facts::default() };
    for line in text.lines() {
        let mut words = line.split('\t');
        let mut next = || words.next().unwrap_or_default().to_owned();
        match next().as_str() {
            "time" => facts.skew = next().parse::<i64>().unwrap_or_default().saturating_sub(now),
            "no-root" => facts.root = false,
            "lacks" => facts.lacks.push(next()),
            "disk" => facts.disk = next().parse::<u64>().unwrap_or_default().saturating_mul(1024),
            "engine" => facts.engine = next(),
            "compose" => facts.compose = next(),
            "env" => facts.env_sha = Some(next()).filter(|sha| sha.len() == 64),
            "lock" => facts.lock = (next() == "held").then(|| (next(), next())),
            "good" => {
                let (id, version, before) = (next(), next(), next());
                facts.good = Some(Good { id, version, before, images: Vec::new() });
            }
            "target" => {
                let image = (next(), next(), next());
                facts.good.get_or_insert_default().images.push(image);
            }
            "last" => facts.last = Some((next(), next().parse().ok(), next())),
            "fingerprint" => facts.fingerprint = next(),
            "container" => {
                let service = next();
                let running = Running {
                    id: next(),
                    status: next(),
                    health: next(),
                    restarts: next().parse().unwrap_or_default(),
                    image: next(),
                    image_id: next(),
                    digests: next().split_whitespace().map(ToOwned::to_owned).collect(),
                };
                facts.running.insert(service, running);
            }
            _ => {}
        }
    }
    facts
}

/// Reads the server's env file into memory; `None` where there is none.
///
/// # Errors
///
/// Where the server cannot be reached.
pub fn env_file(
    settings: &Settings,
    host: &str,
    transport: &dyn Transport,
) -> Result<Option<Vec<u8>>, Error> {
    let script = format!(
        "cd \"$HOME\" && cd {} && cat {}",
        quoted(&settings.path),
        quoted(&settings.deploy.compose.env_file)
    );
    let output = transport.run(&Call::server(host, script, 30))?;
    Ok((output.code == 0).then_some(output.out))
}

/// The SHA-256 in hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{parse, sha256};

    #[test]
    fn lines_become_facts() {
        let text = "time\t1010\nlacks\tcurl\ndisk\t2048\nengine\t20.10\ncompose\t2.40.3\nenv\tshort\nlock\theld\tr1\t7\n\
            good\tr0\t0.1\t\ntarget\tweb\treg/web@sha256:1\there\n\
            container\tweb\tabc\trunning\thealthy\t2\treg/web:1\tsha256:1\treg/other@sha256:9 reg/web@sha256:1 \n";
        let facts = parse(text, 1000);
        assert_eq!(
            (facts.skew, facts.disk, facts.lock),
            (10, 2_097_152, Some(("r1".to_owned(), "7".to_owned())))
        );
        assert_eq!(facts.good.map(|good| (good.id, good.images.len())), Some(("r0".to_owned(), 1)));
        assert_eq!((facts.lacks.len(), facts.env_sha), (1, None));
        let web = &facts.running["web"];
        assert_eq!((web.restarts, web.digest_in("reg/web")), (2, Some("sha256:1")));
        assert!(!parse("time\t1\nno-root\n", 1).root);
        assert_eq!(parse("lock\tfree\n", 0).lock, None);
    }

    #[test]
    fn a_hash_is_written_whole() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}

//! Images by digest: what the registry has, as the server sees it; and building and pushing from here.
//!
//! Not here: pulling, which is the server's.

use std::collections::BTreeMap;
use std::path::Path;

use super::mask::Mask;
use super::settings::{Mistake, Settings};
use super::transport::{Call, Error, Transport, quoted};

/// What there is of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is there under this digest.
    Digest(String),
    /// It is not there; what the registry said.
    Nothing(String),
}

/// Asks the server's registry for `images` by service.
///
/// # Errors
///
/// Where the server cannot be reached.
pub fn digests(
    host: &str,
    images: &BTreeMap<String, String>,
    transport: &dyn Transport,
) -> Result<BTreeMap<String, Found>, Error> {
    if images.is_empty() {
        return Ok(BTreeMap::new());
    }
    let lines: Vec<String> = images.iter().map(|(service, image)| format!("{service} {image}")).collect();
    let script = format!("IMAGES={}\n{}", quoted(&lines.join("\n")), include_str!("server/digests.sh"));
    let output = transport.run(&Call::server(host, script, 120))?;
    let mut found = BTreeMap::new();
    for line in output.text().lines() {
        let mut words = line.splitn(3, '\t');
        let (kind, service, said) =
            (words.next(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let answer = match kind {
            Some("digest") => Found::Digest(said.to_owned()),
            Some("none") => Found::Nothing(said.to_owned()),
            _ => continue,
        };
        found.insert(service.to_owned(), answer);
    }
    Ok(found)
}

/// An image could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration.
    #[error(transparent)]
    Mistake(#[from] Mistake),
    /// The call.
    #[error(transparent)]
    Call(#[from] Error),
    /// The commit's files cannot be had.
    #[error("the files of the commit cannot be unpacked: {said}")]
    Unpack {
        /// What `git` or `tar` said.
        said: String,
    },
    /// `docker` failed.
    #[error("{what} the image of `{service}` failed: {said}")]
    Docker {
        /// Building or pushing.
        what: &'static str,
        /// The service.
        service: String,
        /// Its last words, masked.
        said: String,
    },
    /// The registry does not have what was pushed.
    #[error("the image of `{service}` was pushed, and the registry does not have it: {said}")]
    NotThere {
        /// The service.
        service: String,
        /// What the registry said.
        said: String,
    },
}

/// Unpacks the files of `commit` of the repository at `root` into the folder `to`, as `git archive` gives them.
///
/// # Errors
///
/// Where `git` or `tar` fails.
pub fn unpack(root: &Path, commit: &str, to: &Path, transport: &dyn Transport) -> Result<(), Failure> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    // A name that no commit has: nothing that is unpacked takes its place.
    let archive = text(&to.join(".git.tar"));
    let calls = [
        ["git", "-C", &text(root), "-c", "tar.umask=0022"].map(str::to_owned).to_vec(),
        vec!["tar".to_owned(), "-xf".to_owned(), archive.clone(), "-C".to_owned(), text(to)],
        vec!["rm".to_owned(), "--".to_owned(), archive.clone()],
    ];
    for mut words in calls {
        if words.first().is_some_and(|word| word == "git") {
            words.extend(["archive", "--format=tar", "-o", &archive, commit].map(str::to_owned));
        }
        let output = transport.run(&Call::here(words, 600))?;
        if output.code != 0 {
            return Err(Failure::Unpack { said: output.complaint() });
        }
    }
    Ok(())
}

/// Builds the image of `service` here, from `folder` at `commit`, and pushes it. It bears the commit as a label,
/// so that a version that is there already is not taken for one of another commit.
///
/// # Errors
///
/// Where the service is not one that is built here, or `docker` fails or takes too long.
pub fn build_and_push(
    settings: &Settings,
    service: &str,
    (folder, commit): (&str, &str),
    mask: &Mask,
    transport: &dyn Transport,
    tell: &mut dyn FnMut(&str),
) -> Result<(), Failure> {
    let Some(build) = settings.deploy.images.build.get(service) else { return Ok(()) };
    let image = settings.image(service)?;
    let at = |path: &str| if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
    let context = at(&build.context);
    let mut words: Vec<String> =
        ["docker", "build", "-f", &at(&build.dockerfile), "-t", &image].map(str::to_owned).to_vec();
    if let Some(target) = &build.target {
        words.push(format!("--target={target}"));
    }
    for (name, value) in &build.args {
        words.extend(["--build-arg".to_owned(), format!("{name}={}", settings.filled(value, service)?)]);
    }
    words.extend(["--label".to_owned(), format!("org.opencontainers.image.revision={commit}")]);
    words.push(context);
    let pushing = ["docker", "push", &image].map(str::to_owned).to_vec();
    let limits = &settings.deploy.images;
    for (what, words, limit) in
        [("building", words, limits.build_timeout.0), ("pushing", pushing, limits.push_timeout.0)]
    {
        tell(&format!("{what} {image}"));
        let output = transport.run(&Call::here(words, limit))?;
        if output.code != 0 {
            let said = mask.over(&output.complaint());
            return Err(Failure::Docker { what, service: service.to_owned(), said });
        }
    }
    Ok(())
}

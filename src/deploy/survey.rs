//! All that is known of one server before a deploy: its facts, its env file, compose's preview, the images.
//!
//! Not here: judging it.

use std::collections::BTreeMap;
use std::fmt;

use super::env_files::{EnvFiles, env_files};
use super::facts::{self, Facts};
use super::images::{self, Found};
use super::mask::Mask;
use super::mounted::{Held, Mounted, mounted};
use super::preview::{self, Preview};
use super::release::{Brought, Shipped, pins, project_folder};
use super::settings::{Mistake, Settings};
use super::transport::{Error, Transport};
use crate::engine;
use crate::source::Source;

/// What is known of one server.
#[derive(Default)]
pub struct Survey {
    /// What it said of itself.
    pub facts: Facts,
    /// Its env file; `None` where there is none.
    pub env: Option<Vec<u8>>,
    /// What compose would do there.
    pub preview: Preview,
    /// The image that each deployed service shall have: by digest, or still to be built.
    pub images: BTreeMap<String, Wanted>,
    /// The files that services mount and that the release brings.
    pub mounted: Vec<Mounted>,
    /// The env files that the release brings.
    pub env_files: EnvFiles,
}

/// The files of the commit that a survey needs.
pub struct Commit<'a> {
    /// The compose files.
    pub files: &'a [Shipped],
    /// What it has at a path from the folder of the configuration.
    pub held: &'a Held<'a>,
}

/// The env file is secret.
impl fmt::Debug for Survey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Survey")
            .field("facts", &self.facts)
            .field("images", &self.images)
            .finish_non_exhaustive()
    }
}

/// The image that a service shall have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// This one, with its digest.
    Pinned(String),
    /// It is built from the commit first.
    Built(String),
    /// There is none; what the registry said.
    Missing(String),
}

impl Wanted {
    /// The image as compose is told.
    #[must_use]
    pub fn image(&self) -> Option<&str> {
        match self {
            Self::Pinned(image) | Self::Built(image) => Some(image),
            Self::Missing(_) => None,
        }
    }
}

/// A server could not be surveyed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It cannot be reached, or gives no answer.
    #[error(transparent)]
    Call(#[from] Error),
    /// The configuration.
    #[error(transparent)]
    Mistake(#[from] Mistake),
}

/// Surveys `host`. `now` is our clock in seconds since 1970, and `run`
/// is a name that nothing else has.
///
/// # Errors
///
/// Where it cannot be reached.
pub fn survey(
    settings: &Settings,
    host: &str,
    run: &str,
    commit: &Commit<'_>,
    now: i64,
    transport: &dyn Transport,
) -> Result<Survey, Failure> {
    let facts = facts::ask(settings, host, now, transport)?;
    let mut survey = Survey { facts, ..Survey::default() };
    if !survey.facts.root || !survey.facts.lacks.is_empty() {
        return Ok(survey);
    }
    survey.env = facts::env_file(settings, host, transport)?;
    // The hash of what is checked, and not of what was there a moment before.
    if let Some(bytes) = &survey.env {
        survey.facts.env_sha = Some(facts::sha256(bytes));
    }
    survey.images = wanted(settings, host, &survey.facts, transport)?;
    if survey.env.is_some() {
        let images: Vec<(String, String)> = survey
            .images
            .iter()
            .filter_map(|(service, wanted)| Some((service.clone(), wanted.image()?.to_owned())))
            .collect();
        survey.env_files = env_files(commit.files, &settings.deploy.compose.env_file, commit.held);
        let env = &survey.env_files;
        let files: Vec<Shipped> = commit.files.iter().chain(&env.files).cloned().collect();
        let ask = |mounted: &[Mounted], root: &str| {
            let brought = Brought { images: &images, mounted, env, root };
            let pins = |folder: &str| pins(&brought, folder, project_folder(settings));
            preview::ask(settings, host, run, &files, &pins, transport)
        };
        survey.preview = ask(&[], "")?;
        survey.mounted = mounted(&survey.preview.binds, commit.held);
        if !survey.mounted.is_empty() {
            survey.preview = ask(&survey.mounted, &survey.preview.root)?;
        }
        let mask = survey.mask();
        for line in &mut survey.preview.refused {
            *line = mask.over(line);
        }
    }
    Ok(survey)
}

/// What each service shall have: with a new env file alone, what it has.
fn wanted(
    settings: &Settings,
    host: &str,
    facts: &Facts,
    transport: &dyn Transport,
) -> Result<BTreeMap<String, Wanted>, Failure> {
    let mut wanted = BTreeMap::new();
    let mut asked = BTreeMap::new();
    for service in &settings.services {
        if settings.env_only {
            wanted.insert(service.clone(), kept(settings, service, facts)?);
        } else {
            asked.insert(service.clone(), settings.image(service)?);
        }
    }
    for (service, found) in images::digests(host, &asked, transport)? {
        let image = asked.get(&service).cloned().unwrap_or_default();
        let one = match found {
            Found::Digest(digest) => Wanted::Pinned(format!("{image}@{digest}")),
            Found::Nothing(_) if settings.deploy.images.build.contains_key(&service) => Wanted::Built(image),
            Found::Nothing(said) => Wanted::Missing(said),
        };
        wanted.insert(service, one);
    }
    Ok(wanted)
}

fn kept(settings: &Settings, service: &str, facts: &Facts) -> Result<Wanted, Mistake> {
    let Some(running) = facts.running.get(service) else {
        return Ok(Wanted::Missing("the service does not run, so it has no image to keep".to_owned()));
    };
    if running.image.contains('@') {
        return Ok(Wanted::Pinned(running.image.clone()));
    }
    let digest = running.digest_in(&settings.repository(service)?);
    Ok(digest.map_or_else(
        || Wanted::Missing("its image has no digest in the registry".to_owned()),
        |digest| Wanted::Pinned(format!("{}@{digest}", running.image)),
    ))
}

impl Survey {
    /// A mask over the values of the env file.
    #[must_use]
    pub fn mask(&self) -> Mask {
        Mask::new(self.values())
    }

    /// The values of the env file.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        let bytes = self.env.clone().unwrap_or_default();
        let source = Source::from_bytes(".env", bytes);
        let (document, _) = engine::document(&source);
        let values = document.value_spans().into_iter().map(|span| source.slice(span));
        values.map(|value| value.trim_matches(['"', '\'', ' ']).to_owned()).collect()
    }
}

//! What would be done, to what, and on the strength of which bytes.
//!
//! Not here: whether it may be done. A plan holds no secret and nothing that changes by itself, so that one
//! that was saved can be held against one that is made anew.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::facts::sha256;
use super::settings::Settings;
use super::steps::steps;
use super::survey::{Survey, Wanted};

/// The format's name, in every plan.
pub const FORMAT: &str = "envgate/deploy-plan/v1";

/// A deploy, planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// [`FORMAT`].
    pub format: String,
    /// The compose project.
    pub project: String,
    /// The target's name.
    pub target: String,
    /// The version.
    pub version: String,
    /// Whether images stay as they are.
    pub env_only: bool,
    /// What it is made of.
    pub inputs: Inputs,
    /// Each server in its turn.
    pub servers: Vec<Server>,
}

/// What a plan is made of, by hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The commit.
    pub commit: String,
    /// Its branch.
    pub branch: Option<String>,
    /// Whether the work tree differed from it, which the configuration then allows.
    pub dirty: bool,
    /// The program's version and the SHA-256 of its rules' identities.
    pub rules: String,
    /// The SHA-256 of each file that is deployed or decides about it, by path from the top of the work tree.
    pub files: BTreeMap<String, String>,
}

/// What would be done on one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// The host.
    pub host: String,
    /// The SHA-256 of its env file.
    pub env: String,
    /// Stands for the containers that the plan is made for.
    pub containers: String,
    /// What happens to each service.
    pub services: Vec<Service>,
    /// The services that are left alone.
    pub protected: Vec<String>,
    /// The release that is gone back to; `None` where there was none before.
    pub back: Option<Back>,
    /// The steps, for people.
    pub steps: Vec<String>,
}

/// What happens to one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// What happens.
    pub action: Action,
    /// Why, in words.
    pub why: Vec<String>,
    /// The image that it has, by digest where it has one.
    pub from: Option<String>,
    /// The image that it gets.
    pub to: String,
}

/// What happens to a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Nothing.
    Unchanged,
    /// It is replaced.
    Recreated,
    /// There is none yet.
    Created,
}

/// Where a deploy that fails goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// The release; empty where it is what runs now, which becomes one.
    pub release: String,
    /// Its version.
    pub version: String,
    /// The services whose images can be had nowhere any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<String>,
}

impl Plan {
    /// Makes a plan of what has been seen.
    #[must_use]
    pub fn new(settings: &Settings, inputs: Inputs, surveys: &[Survey]) -> Self {
        Self {
            format: FORMAT.to_owned(),
            project: settings.deploy.project.clone(),
            target: settings.target.clone(),
            version: settings.version.clone(),
            env_only: settings.env_only,
            inputs,
            servers: surveys.iter().map(|survey| server(settings, survey)).collect(),
        }
    }

    /// The SHA-256 of the whole plan.
    #[must_use]
    pub fn seal(&self) -> String {
        sha256(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Where this plan is another one than `other`, in words; empty where they are the same.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut differ = |what: &str, same: bool| {
            if !same {
                found.push(what.to_owned());
            }
        };
        differ("the commit", self.inputs.commit == other.inputs.commit);
        differ("the rules", self.inputs.rules == other.inputs.rules);
        differ("the work tree", self.inputs.dirty == other.inputs.dirty);
        differ("the deployed files", self.inputs.files == other.inputs.files);
        let of = |plan: &Self, take: fn(&Server) -> &String| -> Vec<String> {
            plan.servers.iter().map(|server| take(server).clone()).collect()
        };
        differ("the servers", of(self, |server| &server.host) == of(other, |server| &server.host));
        differ(
            "the env file on the server",
            of(self, |server| &server.env) == of(other, |server| &server.env),
        );
        let containers: fn(&Server) -> &String = |server| &server.containers;
        differ("the containers", of(self, containers) == of(other, containers));
        if found.is_empty() && self != other {
            found.push("the images or steps".to_owned());
        }
        found
    }
}

fn server(settings: &Settings, survey: &Survey) -> Server {
    let facts = &survey.facts;
    let services = settings.services.iter().map(|name| service(settings, survey, name)).collect();
    let back = match &facts.good {
        Some(good) => {
            let gone = good.images.iter().filter(|(_, _, state)| state == "gone");
            let gone = gone.map(|(service, ..)| service.clone()).collect();
            Some(Back { release: good.id.clone(), version: good.version.clone(), gone })
        }
        None if settings.services.iter().any(|name| facts.running.contains_key(name)) => {
            Some(Back { release: String::new(), version: "what runs now".to_owned(), gone: Vec::new() })
        }
        None => None,
    };
    let images: Vec<(String, String)> = survey
        .images
        .iter()
        .filter_map(|(name, wanted)| Some((name.clone(), wanted.image()?.to_owned())))
        .collect();
    Server {
        host: facts.host.clone(),
        env: facts.env_sha.clone().unwrap_or_default(),
        containers: facts.fingerprint.clone(),
        services,
        protected: settings.deploy.protect.clone(),
        back,
        steps: steps(settings, &images).into_iter().map(|step| step.shown).collect(),
    }
}

fn service(settings: &Settings, survey: &Survey, name: &str) -> Service {
    let running = survey.facts.running.get(name);
    let wanted = survey.images.get(name);
    let to = wanted.and_then(Wanted::image).unwrap_or_default().to_owned();
    let repository = settings.repository(name).unwrap_or_default();
    let digest = running.and_then(|running| running.digest_in(&repository));
    let from = running.map(|running| match digest {
        Some(digest) if !running.image.contains('@') => format!("{}@{digest}", running.image),
        _ => running.image.clone(),
    });
    let would = survey.preview.would.get(name).map(String::as_str).unwrap_or_default();
    let mut why = Vec::new();
    let action = match running {
        None => Action::Created,
        Some(_) if would == "Running" => Action::Unchanged,
        Some(_) => Action::Recreated,
    };
    if action == Action::Recreated {
        let same = digest.is_some_and(|digest| to.ends_with(digest));
        match wanted {
            Some(Wanted::Built(_)) => why.push("a new image is built".to_owned()),
            _ if !same => why.push("another image".to_owned()),
            _ if running.is_some_and(|running| running.image != to) => {
                why.push("the same image under another name".to_owned());
            }
            _ => {}
        }
        let names = survey.preview.changed(name);
        if !names.is_empty() {
            why.push(format!("other values of {}", names.join(", ")));
        }
        if why.is_empty() {
            let stopped = running.is_some_and(|running| running.status != "running");
            why.push(if stopped { "it does not run" } else { "its definition" }.to_owned());
        }
    }
    Service { name: name.to_owned(), action, why, from, to }
}

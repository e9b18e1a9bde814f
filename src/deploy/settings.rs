//! What a deploy was asked for: the configuration's `deploy:` section, one target of it, a version, services.
//!
//! Not here: reading the configuration.

use crate::config::deploy::{Deploy, From, Size, Target, Wait};

/// What the configuration says where it cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// No such target.
    #[error("there is no target `{name}`: the targets are `{known}`")]
    NoTarget {
        /// As typed.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// Nobody said which version.
    #[error("no version: name one with `--version`, or set `deploy.version`")]
    NoVersion,
    /// No such service in `deploy.services`.
    #[error("`{name}` is not one of `deploy.services`")]
    NoService {
        /// As typed.
        name: String,
    },
    /// A word that a shell or compose would take for something else.
    #[error("`{what}` may hold letters, digits, `.`, `_` and `-` only")]
    Odd {
        /// The key.
        what: String,
    },
    /// A name in braces that is none.
    #[error("`{text}` holds a name in braces that is neither `version` nor `service`")]
    Braces {
        /// The text.
        text: String,
    },
}

/// A deploy that makes sense.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The whole section.
    pub deploy: Deploy,
    /// The target's name.
    pub target: String,
    /// Its hosts.
    pub hosts: Vec<String>,
    /// The project's folder on them.
    pub path: String,
    /// An ssh configuration other than the user's own.
    pub ssh_config: Option<String>,
    /// The least free disk.
    pub min_disk: Size,
    /// The largest difference of clocks.
    pub max_clock_skew: Wait,
    /// How many servers at once.
    pub max_parallel: usize,
    /// The version.
    pub version: String,
    /// The services that are deployed.
    pub services: Vec<String>,
    /// Whether the env file alone is new: images stay as they are.
    pub env_only: bool,
}

/// What the command line asks for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The target; the only one there is by default.
    pub target: Option<String>,
    /// The version.
    pub version: Option<String>,
    /// Some of the services.
    pub services: Vec<String>,
    /// The env file alone.
    pub env_only: bool,
}

impl Settings {
    /// Puts the section and the command line together.
    ///
    /// # Errors
    ///
    /// Where they make no sense.
    pub fn new(deploy: &Deploy, asked: &Asked) -> Result<Self, Mistake> {
        let (name, target) = target(deploy, asked.target.as_deref())?;
        for service in &asked.services {
            if !deploy.services.contains(service) {
                return Err(Mistake::NoService { name: service.clone() });
            }
        }
        let services =
            if asked.services.is_empty() { deploy.services.clone() } else { asked.services.clone() };
        let version = match asked.version.clone().or_else(|| deploy.version.clone()) {
            Some(version) => version,
            None if asked.env_only => "unchanged".to_owned(),
            None => return Err(Mistake::NoVersion),
        };
        let settings = Self {
            deploy: deploy.clone(),
            target: name.clone(),
            hosts: target.hosts.clone(),
            path: target.path.clone(),
            ssh_config: target.ssh_config.clone(),
            min_disk: target.min_disk,
            max_clock_skew: target.max_clock_skew,
            max_parallel: usize::try_from(target.max_parallel).unwrap_or(1),
            version,
            services,
            env_only: asked.env_only,
        };
        plain("version", &settings.version)?;
        Ok(settings)
    }

    /// The text with its names in braces filled in.
    ///
    /// # Errors
    ///
    /// Where there is any other name.
    pub fn filled(&self, text: &str, service: &str) -> Result<String, Mistake> {
        let filled = text.replace("{version}", &self.version).replace("{service}", service);
        if filled.contains(['{', '}']) { Err(Mistake::Braces { text: text.to_owned() }) } else { Ok(filled) }
    }

    /// The repository of a service's image, without its tag.
    ///
    /// # Errors
    ///
    /// Where the configured name cannot be filled in.
    pub fn repository(&self, service: &str) -> Result<String, Mistake> {
        Ok(format!("{}/{}", self.deploy.images.registry, self.filled(&self.deploy.images.name, service)?))
    }

    /// The image of a service, with its tag.
    ///
    /// # Errors
    ///
    /// Where the configured name cannot be filled in.
    pub fn image(&self, service: &str) -> Result<String, Mistake> {
        Ok(format!("{}:{}", self.repository(service)?, self.filled(&self.deploy.images.tag, service)?))
    }

    /// Whether a URL is asked from the server.
    #[must_use]
    pub fn asks_from_server(&self) -> bool {
        self.deploy.health.iter().any(|health| health.url.is_some() && health.from == From::Server)
    }
}

fn target<'a>(deploy: &'a Deploy, name: Option<&str>) -> Result<(&'a String, &'a Target), Mistake> {
    let known = || deploy.targets.keys().cloned().collect::<Vec<_>>().join("`, `");
    match name {
        Some(name) => deploy
            .targets
            .get_key_value(name)
            .ok_or_else(|| Mistake::NoTarget { name: name.to_owned(), known: known() }),
        None if deploy.targets.len() == 1 => {
            deploy.targets.iter().next().ok_or(Mistake::NoTarget { name: String::new(), known: known() })
        }
        None => Err(Mistake::NoTarget { name: String::new(), known: known() }),
    }
}

/// A name that means the same to a shell, to compose and to a file system.
fn plain(what: &str, word: &str) -> Result<(), Mistake> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let fine = !word.is_empty() && !word.starts_with(['.', '-']) && word.bytes().all(good);
    if fine { Ok(()) } else { Err(Mistake::Odd { what: what.to_owned() }) }
}

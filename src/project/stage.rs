//! Which stage an env file is for: production, staging, development, tests.
//!
//! Not here: whether its values are good for that stage.

use super::{File, Project};
use crate::document::env::EnvFile;
use crate::source::{file_name, parent};

/// What an env file is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Real users depend on it.
    Production,
    /// As production is, without its users.
    Staging,
    /// A developer's machine.
    Development,
    /// Automatic tests.
    Test,
    /// An environment of the configuration that is neither production nor named like another stage.
    Named(String),
}

impl Stage {
    /// The stage in a message: `production`, or the name that the configuration gives it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
            Self::Development => "development",
            Self::Test => "tests",
            Self::Named(name) => name,
        }
    }

    /// The stage that a word speaks of.
    ///
    /// ```
    /// use envgate::project::stage::Stage;
    /// assert_eq!(Stage::of_word("PROD"), Some(Stage::Production));
    /// assert_eq!(Stage::of_word("uat"), Some(Stage::Staging));
    /// assert_eq!(Stage::of_word("backend"), None);
    /// ```
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let lower = word.to_ascii_lowercase();
        WORDS.iter().find(|(words, _)| words.contains(&lower.as_str())).map(|(_, stage)| stage.clone())
    }

    /// The stage that the last two parts of a path speak of: the file's name first, then its directory's.
    ///
    /// ```
    /// use envgate::project::stage::Stage;
    /// assert_eq!(Stage::of_path("envs/.env.prod.example"), Some(Stage::Production));
    /// assert_eq!(Stage::of_path("deploy/staging/.env"), Some(Stage::Staging));
    /// assert_eq!(Stage::of_path(".env"), None);
    /// ```
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        [path, parent(path)]
            .into_iter()
            .find_map(|path| file_name(path).split(['.', '-', '_']).find_map(Self::of_word))
    }
}

const WORDS: &[(&[&str], Stage)] = &[
    (&["prod", "production", "prd", "live"], Stage::Production),
    (&["staging", "stage", "stg", "preprod", "preproduction", "uat", "qa", "preview"], Stage::Staging),
    (&["dev", "devel", "develop", "development", "local"], Stage::Development),
    (&["test", "tests", "testing", "ci", "e2e"], Stage::Test),
];

/// Variables in which a file says itself what it is for, the plainest first.
const OWN_WORDS: &[&str] = &[
    "ENVIRONMENT",
    "APP_ENV",
    "APP_ENVIRONMENT",
    "DEPLOY_ENV",
    "DEPLOYMENT_ENVIRONMENT",
    "DJANGO_ENV",
    "FLASK_ENV",
    "RAILS_ENV",
    "ASPNETCORE_ENVIRONMENT",
    "SENTRY_ENVIRONMENT",
];

/// What the file says itself, with the variable that says it. `NODE_ENV` is not asked: it is about how a
/// program is built.
#[must_use]
pub fn said<'env>(env: &'env EnvFile, text: &str) -> Option<(&'env str, Stage)> {
    OWN_WORDS.iter().find_map(|name| {
        let entry = env.entry(name)?;
        Some((entry.key.as_str(), Stage::of_word(entry.plain(text).trim())?))
    })
}

/// What others say of the env file `file`: the configuration, else its own path, else the commands that
/// hand it to compose where they agree.
#[must_use]
pub fn assigned(project: &Project<'_>, file: &File) -> Option<Stage> {
    let path = file.source.path();
    let copied = super::loaders::stands_for(file);
    let path = copied.as_deref().unwrap_or(path);
    let handed = |command: &&super::commands::ComposeCommand| command.env_files.iter().any(|one| one == path);
    let mut commands = project.commands.iter().filter(handed);
    let is_configured = |path: &str| path.ends_with(".yaml") || path.ends_with(".yml");
    if let Some(command) = commands.clone().find(|command| is_configured(&command.path)) {
        let name = command.name.as_deref().unwrap_or_default();
        return match command.production {
            Some(true) => Some(Stage::Production),
            _ if name.is_empty() => None,
            _ => Some(Stage::of_word(name).unwrap_or_else(|| Stage::Named(name.to_owned()))),
        };
    }
    Stage::of_path(path).or_else(|| {
        let first = commands.next()?.production?;
        let agree = first && commands.all(|command| command.production == Some(true));
        agree.then_some(Stage::Production)
    })
}

/// What the env file is for: what is [`assigned`] to it, else what it says itself.
#[must_use]
pub fn of(project: &Project<'_>, file: &File, env: &EnvFile) -> Option<Stage> {
    assigned(project, file).or_else(|| said(env, file.source.text()).map(|(_, stage)| stage))
}

#[cfg(test)]
mod tests {
    use super::{Stage, said};
    use crate::document::env::EnvFile;

    #[test]
    fn a_file_says_what_it_is_for() {
        let cases = [
            ("ENVIRONMENT=production\nAPP_ENV=dev\n", Some(("ENVIRONMENT", Stage::Production))),
            ("APP_ENV='staging'\n", Some(("APP_ENV", Stage::Staging))),
            ("ENVIRONMENT=blue\nRAILS_ENV=test\n", Some(("RAILS_ENV", Stage::Test))),
            ("NODE_ENV=production\n", None),
            ("ENVIRONMENT=\n", None),
        ];
        for (text, expected) in cases {
            assert_eq!(said(&EnvFile::parse(text), text), expected, "{text:?}");
        }
    }

    #[test]
    fn paths_speak_by_whole_words() {
        for path in [".env.product", "products/.env", "reproduction.env", "alive/.env", ".env"] {
            assert_eq!(Stage::of_path(path), None, "{path}");
        }
        assert_eq!(
            Stage::of_path("envs/production/.env.local"),
            Some(Stage::Development),
            "the name counts first"
        );
        assert_eq!(Stage::of_path("prod.env"), Some(Stage::Production));
    }
}

//! From what is written to what is meant: names resolved, paths joined, files sought.
//!
//! Not here: types and unknown keys, which reading has already found.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::glob::Glob;
use super::located::{Located, Table};
use super::mistakes::{Mistakes, invalid, missing_file, no_reason, unknown_rule};
use super::own;
use super::raw;
use super::typed::nearest;
use super::{Config, Ignore, RuleSetting};
use crate::baseline::Date;
use crate::diagnostic::{Meta, Severity};
use crate::document::python_settings::ListShape;
use crate::project::commands::ComposeCommand;
use crate::project::expectations::{Expectations, Expected, Limit, Pattern, Tier, ValueKind};
use crate::project::relations::Relation;
use crate::source::{Folder, PathKind, Span, Tree, join, parent};

/// What the words and paths of a configuration are held against.
pub(super) struct World<'a> {
    /// The path of the configuration itself.
    pub(super) path: &'a str,
    /// The working directory, which may lie in the folder of that one.
    pub(super) here: &'a str,
    /// Its text.
    pub(super) text: &'a str,
    /// The rules there are.
    pub(super) known: &'a [&'static Meta],
    /// What exists.
    pub(super) tree: &'a dyn Tree,
}

/// Makes a [`Config`] of what was read, and names what does not make sense.
pub(super) fn validate(file: raw::File, world: &World<'_>, mistakes: &mut Mistakes) -> Config {
    if let Some(version) = file.version.filter(|version| version.value != 1) {
        mistakes
            .push(invalid(), version.span, "this version of the format is not known")
            .help("write `version: 1`");
    }
    let digests = file.rules.0.iter().filter(|(word, _)| floating_image(&word.value));
    let digests =
        digests.filter_map(|(_, rule)| rule.digest.as_ref()).next_back().is_some_and(|said| said.value);
    let declared = own::declared(file.secrets, world, world.text, mistakes);
    let known: Vec<&'static Meta> =
        world.known.iter().copied().chain(declared.own.iter().flat_map(|own| own.metas())).collect();
    let world = &World { known: &known, ..*world };
    Config {
        commands: world.environments(file.environments, mistakes),
        expectations: Expectations {
            relations: world.relations(file.agree, mistakes),
            digests,
            ..expectations(file.variables, world.path, mistakes)
        },
        rules: world.rules(file.rules, mistakes),
        ignores: world.ignores(file.ignore, mistakes),
        include: world.globs(&file.include, mistakes),
        exclude: world.globs(&file.exclude, mistakes),
        own: declared.own,
        examples: declared.examples,
        deploy: file.deploy,
        fail_on: match file.fail_on {
            Some(raw::FailOn::Warning) => Severity::Warning,
            Some(raw::FailOn::Error) | None => Severity::Error,
        },
    }
}

/// Whether a word of `rules` means the rule that has the option `digest`.
fn floating_image(word: &str) -> bool {
    word.eq_ignore_ascii_case("CMP301") || word.eq_ignore_ascii_case("floating-image")
}

impl World<'_> {
    fn folder(&self) -> &str {
        parent(self.path)
    }

    fn environments(&self, table: Table<raw::Environment>, mistakes: &mut Mistakes) -> Vec<ComposeCommand> {
        let mut commands = Vec::new();
        for (name, environment) in table.0 {
            for file in &environment.compose {
                self.require(file, PathKind::File, mistakes);
            }
            if let Some(directory) = &environment.directory {
                self.require(directory, PathKind::Directory, mistakes);
            }
            if let Some(file) = &environment.env_file {
                self.expect_env_file(file, mistakes);
            }
            let joined = |path: &Located<String>| join(self.folder(), &path.value);
            commands.push(ComposeCommand {
                path: self.path.to_owned(),
                span: name.span,
                name: Some(name.value),
                files: environment.compose.iter().map(joined).collect(),
                env_files: environment.env_file.iter().map(joined).collect(),
                profiles: environment.profiles,
                directory: environment.directory.as_ref().map_or_else(|| self.folder().to_owned(), joined),
                subcommand: Some("up".to_owned()),
                production: environment.kind.map(|kind| kind == raw::EnvironmentKind::Production),
                ..ComposeCommand::default()
            });
        }
        commands
    }

    fn relations(&self, list: Vec<Located<String>>, mistakes: &mut Mistakes) -> Vec<Relation> {
        let mut relations = Vec::new();
        for written in list {
            match Relation::parse(&written.value) {
                Ok(mut relation) => {
                    relation.paths_mut().for_each(|path| *path = join(self.folder(), path));
                    relations.push(relation);
                }
                Err(message) => {
                    mistakes
                        .push(invalid(), written.span, message)
                        .help("write one like `MAX_FILE_SIZE = MAX_FILE_SIZE_MB * 1MB <= nginx.conf:client_max_body_size`");
                }
            }
        }
        relations
    }

    /// A compose file or a folder belongs to the project and has to be there.
    fn require(&self, path: &Located<String>, kind: PathKind, mistakes: &mut Mistakes) {
        let joined = join(self.folder(), &path.value);
        let word = if kind == PathKind::Directory { "directory" } else { "file" };
        let shown = Mistakes::name(&path.value);
        match self.tree.kind(&joined) {
            // The working directory itself is always there.
            None if joined.is_empty() && kind == PathKind::Directory => {}
            None => {
                let message = format!("{word} `{shown}` does not exist");
                mistakes.push(missing_file(), path.span, message).help(self.whence());
            }
            Some(found) if found != kind => {
                mistakes.push(missing_file(), path.span, format!("`{shown}` is not a {word}"));
            }
            Some(_) => {}
        }
    }

    /// Env files are seldom in git, so one that is not there may well be where it is needed.
    fn expect_env_file(&self, path: &Located<String>, mistakes: &mut Mistakes) {
        if self.tree.kind(&join(self.folder(), &path.value)).is_none() {
            let message = format!("env file `{}` does not exist here", Mistakes::name(&path.value));
            mistakes.push(missing_file(), path.span, message).severity(Severity::Info).help(self.whence());
        }
    }

    fn whence(&self) -> String {
        match self.folder() {
            "" => "paths are relative to the folder of this file".to_owned(),
            folder => format!("paths are relative to the folder of this file, `{folder}`"),
        }
    }

    fn rules(&self, table: Table<raw::Rule>, mistakes: &mut Mistakes) -> Vec<RuleSetting> {
        let mut settings = Vec::new();
        for (word, rule) in table.0 {
            self.check_rule(&word.value, word.span, mistakes);
            if let Some(digest) = &rule.digest
                && !floating_image(&word.value)
            {
                mistakes
                    .push(
                        invalid(),
                        digest.span,
                        format!("`{}` has no `digest`", Mistakes::name(&word.value)),
                    )
                    .help("`digest` is an option of `CMP301`");
            }
            let level = rule.severity.map(|level| match level {
                raw::Level::Off => None,
                raw::Level::Info => Some(Severity::Info),
                raw::Level::Warning => Some(Severity::Warning),
                raw::Level::Error => Some(Severity::Error),
            });
            settings.push(RuleSetting { word: word.value, span: word.span, level });
        }
        settings
    }

    fn check_rule(&self, word: &str, span: Span, mistakes: &mut Mistakes) {
        if self.known.iter().any(|meta| meta.answers_to(word)) {
            return;
        }
        let words = self.known.iter().flat_map(|meta| [meta.code, meta.name]);
        let help = nearest(word, words).map_or_else(
            || "`envgate rules` lists the rules".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("no rule answers to `{}`", Mistakes::name(word));
        mistakes.push(unknown_rule(), span, message).help(help);
    }

    fn ignores(&self, list: Vec<raw::Ignore>, mistakes: &mut Mistakes) -> Vec<Ignore> {
        let mut ignores = Vec::new();
        for ignore in list {
            let rule = ignore.rule;
            self.check_rule(&rule.value, rule.span, mistakes);
            let reason = ignore.reason.filter(|reason| !reason.trim().is_empty());
            if reason.is_none() {
                let message = format!("`{}` is ignored without a reason", Mistakes::name(&rule.value));
                mistakes.push(no_reason(), rule.span, message).help("say why it is accepted: `reason: …`");
            }
            let path = match ignore.path {
                None => None,
                // A glob that is none must not silence every file.
                Some(path) => match self.glob(&path, mistakes) {
                    None => continue,
                    glob => glob,
                },
            };
            let (Ok(value), Ok(expires)) =
                (formed(ignore.value, is_hash, mistakes), formed(ignore.expires, is_day, mistakes))
            else {
                continue;
            };
            let (key, fingerprint) = (ignore.key, ignore.fingerprint);
            ignores.push(Ignore {
                rule: rule.value,
                span: rule.span,
                path,
                key,
                fingerprint,
                value,
                expires,
                reason,
            });
        }
        ignores
    }

    pub(super) fn globs(&self, globs: &[Located<String>], mistakes: &mut Mistakes) -> Vec<Glob> {
        globs.iter().filter_map(|glob| self.glob(glob, mistakes)).collect()
    }

    fn glob(&self, glob: &Located<String>, mistakes: &mut Mistakes) -> Option<Glob> {
        let made = Glob::new(&Folder::new(self.folder(), self.here), &glob.value);
        if made.is_none() {
            let message = format!("`{}` is not a glob", Mistakes::name(&glob.value));
            mistakes.push(invalid(), glob.span, message).help("write one like `envs/*.env` or `vendor/**`");
        }
        made
    }
}

/// The text, where it has its form; else the mistake is named, and the entry must not silence more than it says.
fn formed(
    written: Option<Located<String>>,
    fits: fn(&str) -> bool,
    mistakes: &mut Mistakes,
) -> Result<Option<String>, ()> {
    match written {
        Some(written) if !fits(&written.value) => {
            mistakes
                .push(invalid(), written.span, "this is neither a day nor the SHA-256 of a value")
                .help("write a day as `2027-01-31`, and 64 hexadecimal digits for a value: `printf %s \"$VALUE\" | sha256sum`");
            Err(())
        }
        written => Ok(written.map(|written| written.value)),
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_day(text: &str) -> bool {
    Date::parse(text).is_some()
}

fn expectations(table: Table<raw::Variable>, path: &str, mistakes: &mut Mistakes) -> Expectations {
    let path: Arc<str> = Arc::from(path);
    let mut variables = BTreeMap::new();
    for (name, variable) in table.0 {
        let mut expected = expected(variable, mistakes);
        expected.place = Some((Arc::clone(&path), name.span));
        variables.insert(name.value, expected);
    }
    Expectations { variables, ..Expectations::default() }
}

fn expected(variable: raw::Variable, mistakes: &mut Mistakes) -> Expected {
    Expected {
        required: variable.required,
        limits: limits(&variable, mistakes),
        kind: variable.kind.map(kind),
        min_length: variable.min_length,
        list: variable.expect.map(|expect| match expect {
            raw::Expect::Json => ListShape::Json,
            raw::Expect::Csv => ListShape::Csv,
            raw::Expect::Either => ListShape::Either,
        }),
        description: variable.description,
        tier: variable.tier.map(|tier| match tier {
            raw::Tier::Critical => Tier::Critical,
            raw::Tier::Important => Tier::Important,
            raw::Tier::Development => Tier::Development,
        }),
        place: None,
    }
}

fn limits(variable: &raw::Variable, mistakes: &mut Mistakes) -> Vec<Limit> {
    let mut limits: Vec<Limit> = variable.max_length.map(Limit::MaxLength).into_iter().collect();
    limits.extend(variable.minimum.map(Limit::AtLeast));
    limits.extend(variable.maximum.map(Limit::AtMost));
    if let Some(written) = &variable.pattern {
        match Pattern::new(&written.value) {
            Some(pattern) => limits.push(Limit::Matches(pattern)),
            None => {
                mistakes
                    .push(invalid(), written.span, "the pattern cannot be used")
                    .help("write a regular expression without look-ahead and back references");
            }
        }
    }
    limits
}

fn kind(kind: raw::Kind) -> ValueKind {
    match kind {
        raw::Kind::OneOf(words) => ValueKind::Enumeration(words),
        raw::Kind::Named(named) => match named {
            raw::NamedKind::Text => ValueKind::Text,
            raw::NamedKind::Secret => ValueKind::Secret,
            raw::NamedKind::Boolean => ValueKind::Boolean,
            raw::NamedKind::Integer => ValueKind::Integer,
            raw::NamedKind::Port => ValueKind::Port,
            raw::NamedKind::Url => ValueKind::Url,
            raw::NamedKind::Email => ValueKind::Email,
            raw::NamedKind::Number => ValueKind::Number,
            raw::NamedKind::Ip => ValueKind::Ip,
            raw::NamedKind::Domain => ValueKind::Domain,
            raw::NamedKind::Uuid => ValueKind::Uuid,
            raw::NamedKind::Duration => ValueKind::Duration,
            raw::NamedKind::Version => ValueKind::Version,
            raw::NamedKind::Date => ValueKind::Date,
            raw::NamedKind::Json => ValueKind::Json,
            raw::NamedKind::List => ValueKind::List,
        },
    }
}

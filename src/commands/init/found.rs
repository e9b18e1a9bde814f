//! What a project has that the check is about, and how that is told.
//!
//! Not here: what is wrong with it.

use std::io::{self, Write};
use std::path::Path;

use crate::document::Document;
use crate::files;
use crate::project::commands::ComposeCommand;
use crate::project::{File, Project, Role};
use crate::render::visible;

use super::super::terminal::{lang, line, say};

/// How many paths of a kind are named.
const NAMED: usize = 6;

/// Where CI servers look for what they run, with what the server is called.
const SERVERS: &[(&str, &str)] = &[
    (".github/workflows", "GitHub Actions"),
    (".gitlab-ci.yml", "GitLab CI"),
    (".circleci/config.yml", "CircleCI"),
    (".woodpecker.yml", "Woodpecker"),
    ("Jenkinsfile", "Jenkins"),
    ("azure-pipelines.yml", "Azure Pipelines"),
    ("bitbucket-pipelines.yml", "Bitbucket Pipelines"),
];

/// What other scanners leave behind, and what becomes of it here.
const OTHERS: &[(&str, &str)] = &[
    (".gitleaks.toml", "its allowlists count here too"),
    (".gitleaksignore", "its lines count here too"),
    (
        ".secrets.baseline",
        "`envgate baseline create --from .secrets.baseline` accepts what it knows and nothing else",
    ),
];

/// What was found, paths relative to the working directory.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) compose: Vec<String>,
    pub(super) env: Vec<String>,
    pub(super) examples: Vec<String>,
    /// Files with settings classes, each with how many variables it declares.
    pub(super) settings: Vec<(String, usize)>,
    /// Hooks, and the scripts that they call.
    pub(super) hooks: Vec<String>,
    /// Other scripts, and Makefiles.
    pub(super) scripts: Vec<String>,
    /// The compose commands that scripts and Makefiles run here, each once.
    pub(super) commands: Vec<ComposeCommand>,
    /// Those that load an env file into their shell before, which a configuration cannot say.
    pub(super) loading: Vec<ComposeCommand>,
    /// The variables that must be there, by name.
    pub(super) required: Vec<String>,
    /// The files of other scanners, by their place in [`OTHERS`].
    pub(super) others: Vec<usize>,
    /// The CI servers that are set up.
    pub(super) servers: Vec<&'static str>,
}

impl Found {
    /// Sorts a project into its kinds. `here` is where CI servers are looked for.
    pub(super) fn of(project: &Project<'_>, here: &Path) -> Self {
        let mut found = Self::default();
        for file in project.files.iter().filter(|file| file.checked) {
            found.sort(file);
        }
        found.required.sort();
        found.required.dedup();
        for environment in project.environments.iter().filter(|one| !one.assumed()) {
            let command = &environment.command;
            let into = if command.sourced.is_empty() { &mut found.commands } else { &mut found.loading };
            if is_writable(command, project) && !into.iter().any(|known| same(known, command)) {
                into.push(command.clone());
            }
        }
        let others = OTHERS.iter().enumerate();
        let others = others.filter(|(_, (path, _))| files::stat(&here.join(path)).is_ok());
        found.others = others.map(|(nth, _)| nth).collect();
        let there = |(path, _): &&(&str, &str)| files::stat(&here.join(path)).is_ok();
        found.servers = SERVERS.iter().filter(there).map(|(_, name)| *name).collect();
        found
    }

    fn sort(&mut self, file: &File) {
        let path = file.source.path().to_owned();
        match (&file.document, file.role) {
            (Document::Compose(_), _) => self.compose.push(path),
            (Document::Env(_), Role::Example) => self.examples.push(path),
            (Document::Env(_), _) => self.env.push(path),
            (Document::PythonSettings(settings), _) if !settings.fields.is_empty() => {
                let required = settings.fields.iter().filter(|field| field.required);
                self.required.extend(required.map(|field| field.variable.clone()));
                self.settings.push((path, settings.fields.len()));
            }
            (_, Role::Hook | Role::LinkedHook(_) | Role::CalledByHook(_)) => self.hooks.push(path),
            (Document::Shell(_) | Document::Makefile(_), _) => self.scripts.push(path),
            _ => {}
        }
    }

    /// Tells what there is, a kind a line; kinds that there are none of go unsaid.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub(super) fn tell(&self, out: &mut dyn Write) -> io::Result<()> {
        let settings: Vec<String> =
            self.settings.iter().map(|(path, count)| format!("{path} ({count} variables)")).collect();
        let commands = self.commands.iter().chain(&self.loading);
        let commands: Vec<String> = commands.map(|command| command.path.clone()).collect();
        let servers: Vec<String> = self.servers.iter().map(|name| (*name).to_owned()).collect();
        let rows = [
            ("compose files", &self.compose),
            ("compose commands", &commands),
            ("env files", &self.env),
            ("examples", &self.examples),
            ("settings classes", &settings),
            ("hooks", &self.hooks),
            ("scripts", &self.scripts),
            ("CI", &servers),
        ];
        say!(out, "found:")?;
        for (what, all) in rows.into_iter().filter(|(_, all)| !all.is_empty()) {
            line(out, &format!("  {:<16}  {}", lang().text(what), named(all)))?;
        }
        if rows.iter().all(|(_, all)| all.is_empty()) {
            say!(out, "  nothing but text, which is checked for secrets")?;
        }
        for (path, meaning) in self.others.iter().filter_map(|nth| OTHERS.get(*nth)) {
            let (what, meaning) = (lang().text("other scanners"), lang().text(meaning));
            line(out, &format!("  {what:<16}  {path}: {meaning}"))?;
        }
        Ok(())
    }
}

/// Whether a configuration beside the project can say what the command says.
fn is_writable(command: &ComposeCommand, project: &Project<'_>) -> bool {
    let inside = |path: &String| !path.starts_with("../") && !path.starts_with('/') && path != "..";
    let paths = [&command.files, &command.env_files];
    !command.remote
        && command.project_directory.is_none()
        && command.env_files.len() < 2
        && !command.files.is_empty()
        && command.files.iter().all(|path| project.file(path).is_some())
        && paths.into_iter().flatten().chain([&command.directory]).all(inside)
}

fn same(one: &ComposeCommand, other: &ComposeCommand) -> bool {
    (&one.files, &one.env_files, &one.profiles) == (&other.files, &other.env_files, &other.profiles)
}

fn named(all: &[String]) -> String {
    let mut told: Vec<String> = Vec::new();
    for one in all {
        let one = visible(one).into_owned();
        if !told.contains(&one) {
            told.push(one);
        }
    }
    let more = told.len().saturating_sub(NAMED);
    told.truncate(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{}", told.join(", "), lang().text(&more))
}

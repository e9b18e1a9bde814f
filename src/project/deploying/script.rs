//! What a deploy script says: where it goes, what it saves, what it changes, and what it looks at afterwards.
//!
//! Not here: the words of single commands.

use super::calls::{Words, counted, documents, inside, migrates, postgres};
use crate::project::File;
use crate::project::commands::{Ran, ran};
use crate::source::{file_name, parent};

/// A deploy script, understood.
#[derive(Debug, Default)]
pub struct Story {
    /// The script; empty where there is none.
    pub path: String,
    /// The servers, as `ssh` is told.
    pub hosts: Vec<String>,
    /// The project's folder on them.
    pub folder: Option<String>,
    /// The branch that is checked out.
    pub branch: Option<String>,
    /// The dumps that it takes.
    pub dumps: Vec<Dump>,
    /// The commands that change a schema.
    pub migrations: Vec<Migration>,
    /// The URLs that it asks, each with whether from the server.
    pub urls: Vec<(String, bool)>,
    /// The rows that it counts.
    pub counts: Vec<Count>,
    /// The documents that it counts.
    pub documents: Vec<Documents>,
    /// The env file that it loads into the server's shell.
    pub sourced: Option<String>,
    /// What it does that has no place in a gated deploy, in words.
    pub otherwise: Vec<&'static str>,
}

/// A dump of a PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dump {
    /// The container or service.
    pub container: String,
    /// The user.
    pub user: Option<String>,
    /// The database.
    pub database: String,
    /// The folder that it goes to.
    pub folder: Option<String>,
}

/// A command that changes a schema, in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The container or service.
    pub container: String,
    /// Its words.
    pub command: Vec<String>,
}

/// Rows that are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The table.
    pub name: String,
    /// The container or service.
    pub container: String,
    /// The user.
    pub user: Option<String>,
    /// The database.
    pub database: Option<String>,
    /// The query.
    pub query: String,
}

/// Documents of a `MongoDB` that are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documents {
    /// The collection.
    pub name: String,
    /// The container or service.
    pub container: String,
    /// The database.
    pub database: Option<String>,
    /// The expression.
    pub eval: String,
    /// Whether it logs in.
    pub login: bool,
}

/// Reads a script.
pub(super) fn read(file: &File) -> Story {
    let mut story = Story { path: file.source.path().to_owned(), ..Story::default() };
    let all = ran(file);
    let mut dumped = false;
    for one in &all {
        story.place(one);
        story.git(&one.words);
        story.asked(one);
        story.inside(&one.words);
        // The dump's own redirection, or that of what it is piped into.
        dumped |= story.dumps.last().is_some_and(|dump| dump.folder.is_none());
        if let (true, Some(writes)) = (dumped, &one.writes)
            && let Some(dump) = story.dumps.last_mut()
        {
            dump.folder = Some(parent(writes).to_owned()).filter(|folder| !folder.is_empty());
            dumped = false;
        }
        story.strange(&one.words);
    }
    story
}

fn push<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

fn word(words: Words<'_>, at: usize) -> Option<&str> {
    words.get(at)?.as_deref()
}

impl Story {
    fn place(&mut self, one: &Ran) {
        if let Some(host) = &one.host {
            push(&mut self.hosts, host.clone());
        }
        match (word(&one.words, 0), word(&one.words, 1)) {
            (Some("cd"), Some(path)) if one.remote && self.folder.is_none() => {
                let path = path.strip_prefix("~/").unwrap_or(path).trim_end_matches('/');
                self.folder = Some(path.to_owned()).filter(|path| !path.is_empty() && !path.starts_with('~'));
            }
            (Some("source" | "."), Some(path)) if one.remote && self.sourced.is_none() => {
                self.sourced = Some(path.strip_prefix("./").unwrap_or(path).to_owned());
            }
            _ => {}
        }
    }

    fn git(&mut self, words: Words<'_>) {
        if word(words, 0) != Some("git") {
            return;
        }
        let named = match word(words, 1) {
            Some("checkout" | "switch") => word(words, 2),
            Some("pull") => word(words, 3),
            _ => None,
        };
        if let Some(branch) = named.filter(|branch| !branch.starts_with('-')) {
            self.branch = Some(branch.to_owned());
        }
    }

    fn asked(&mut self, one: &Ran) {
        if !matches!(word(&one.words, 0), Some("curl" | "wget")) {
            return;
        }
        let sends = |word: &String| matches!(word.as_str(), "-X" | "--request" | "-d" | "--data" | "-T");
        if one.words.iter().flatten().any(sends) {
            return;
        }
        let is_url = |word: &&String| word.starts_with("http://") || word.starts_with("https://");
        for url in one.words.iter().flatten().filter(is_url).filter(|url| !url.contains(['@', '?'])) {
            push(&mut self.urls, (url.clone(), one.remote));
        }
    }

    fn inside(&mut self, words: Words<'_>) {
        let Some((container, command)) = inside(words) else { return };
        let container = container.to_owned();
        match word(command, 0).map(file_name) {
            Some("pg_dump") => {
                let asked = postgres(command);
                let Some(database) = asked.database else { return };
                push(&mut self.dumps, Dump { container, user: asked.user, database, folder: None });
            }
            Some("psql") => {
                let asked = postgres(command);
                let Some((name, query)) = asked.query.as_deref().and_then(counted) else { return };
                let (user, database) = (asked.user, asked.database);
                push(&mut self.counts, Count { name, container, user, database, query });
            }
            Some("mongosh" | "mongo") => self.mongo(container, command),
            _ if migrates(command) => {
                let known: Option<Vec<String>> = command.iter().cloned().collect();
                let Some(command) = known else { return };
                push(&mut self.migrations, Migration { container, command });
            }
            _ => {}
        }
    }

    fn mongo(&mut self, container: String, command: Words<'_>) {
        let mut rest = command.iter().skip(1);
        let (mut database, mut found, mut login) = (None, None, false);
        while let Some(word) = rest.next() {
            match word.as_deref() {
                Some("--eval") => found = rest.next().cloned().flatten().as_deref().and_then(documents),
                Some("-u" | "--username" | "-p" | "--password") => {
                    login = true;
                    rest.next();
                }
                Some("--authenticationDatabase" | "--host" | "--port") => drop(rest.next()),
                Some(word) if !word.starts_with('-') && !word.contains("://") => {
                    database = Some(word.to_owned());
                }
                _ => {}
            }
        }
        if let Some((name, eval)) = found {
            push(&mut self.documents, Documents { name, container, database, eval, login });
        }
    }

    fn strange(&mut self, words: Words<'_>) {
        let (first, second) = (word(words, 0), word(words, 1));
        let said = match (first, second) {
            (Some("git"), Some("pull")) => "`git pull` on the server: the files travel with the release",
            (Some("sed"), Some(_)) if words.iter().flatten().any(|word| word == "-i") => {
                "`sed` on the server's files: the version is in the images' names, by digest"
            }
            (Some("source" | "."), _) => "an env file loaded into the shell: compose is told of it",
            (Some("sleep"), _) => "`sleep`: health is waited for",
            (Some("mysqldump" | "mongodump"), _) => {
                "a dump of another database than PostgreSQL: `hooks.pre_build` can run it"
            }
            _ => return,
        };
        push(&mut self.otherwise, said);
    }
}

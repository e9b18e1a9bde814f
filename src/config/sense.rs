//! What a `deploy:` section says where it cannot hold, each mistake with the keys that lead to it.
//!
//! Not here: types and unknown keys, which reading has found; whether a server agrees, which the gate asks.

use super::deploy::{Backup, DataCheck, Deploy, Health, Migration, Postgres};
use super::tree::{Data, Node};
use crate::source::Span;

/// A mistake: the keys and places that lead to it, what is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) way: Vec<String>,
    pub(super) message: String,
    pub(super) help: &'static str,
}

const NAME: &str = "letters, digits, `.`, `_` and `-`, and neither `.` nor `-` first";

#[derive(Default)]
struct Found(Vec<Mistake>);

impl Found {
    fn push(&mut self, way: &[&str], message: impl Into<String>, help: &'static str) {
        let way = way.iter().map(|key| (*key).to_owned()).collect();
        self.0.push(Mistake { way, message: message.into(), help });
    }

    /// A name that means the same to a shell, to compose and to a file system.
    fn name(&mut self, way: &[&str], word: &str) {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if word.is_empty() || word.starts_with(['.', '-']) || !word.bytes().all(good) {
            self.push(way, "this cannot be a name here", NAME);
        }
    }

    /// A path below a folder that is not ours to leave.
    fn below(&mut self, way: &[&str], path: &str) {
        if path.is_empty() || path.starts_with(['/', '-', '~']) || path.split('/').any(|part| part == "..") {
            self.push(way, "the path leads out of its folder", "write it relative, and without `..`");
        }
    }

    /// A service that is deployed.
    fn service(&mut self, way: &[&str], name: &str, deploy: &Deploy) {
        if !deploy.services.iter().any(|service| service == name) {
            self.push(
                way,
                format!("`{}` is not one of `services`", shown(name)),
                "name one that is deployed",
            );
        }
    }

    /// A text with names in braces.
    fn template(&mut self, way: &[&str], text: &str) {
        if text.replace("{version}", "").replace("{service}", "").contains(['{', '}']) {
            self.push(way, "a name in braces is neither `{version}` nor `{service}`", "there are no others");
        }
    }
}

fn shown(name: &str) -> String {
    super::tree::shown(name)
}

/// All that makes no sense.
pub(super) fn mistakes(deploy: &Deploy) -> Vec<Mistake> {
    let mut found = Found::default();
    found.name(&["project"], &deploy.project);
    if let Some(version) = &deploy.version {
        found.name(&["version"], version);
    }
    services(deploy, &mut found);
    targets(deploy, &mut found);
    for (at, one) in deploy.backups.iter().enumerate() {
        backup(&at.to_string(), one, &mut found);
    }
    for (at, one) in deploy.migrations.iter().enumerate() {
        migration(&at.to_string(), one, deploy, &mut found);
    }
    for (at, one) in deploy.health.iter().enumerate() {
        health(&at.to_string(), one, deploy, &mut found);
    }
    for (at, one) in deploy.data.iter().enumerate() {
        data(&at.to_string(), one, &mut found);
    }
    found.0
}

fn services(deploy: &Deploy, found: &mut Found) {
    if deploy.services.is_empty() {
        found.push(&["services"], "nothing is deployed", "name the services that a deploy may recreate");
    }
    for (at, service) in deploy.services.iter().enumerate() {
        found.name(&["services", &at.to_string()], service);
        if deploy.protect.contains(service) {
            let message = format!("`{}` is deployed and protected at once", shown(service));
            found.push(&["services", &at.to_string()], message, "take it out of `services` or of `protect`");
        }
    }
    for (at, service) in deploy.protect.iter().enumerate() {
        found.name(&["protect", &at.to_string()], service);
    }
    if deploy.compose.files.is_empty() {
        found.push(&["compose", "files"], "there are no compose files", "name them in order");
    }
    for (at, file) in deploy.compose.files.iter().enumerate() {
        found.below(&["compose", "files", &at.to_string()], file);
    }
    found.template(&["images", "name"], &deploy.images.name);
    found.template(&["images", "tag"], &deploy.images.tag);
    for service in deploy.images.build.keys() {
        found.service(&["images", "build", service], service, deploy);
    }
}

fn targets(deploy: &Deploy, found: &mut Found) {
    if deploy.targets.is_empty() {
        found.push(&["targets"], "there is no target", "name one with its `hosts` and `path`");
    }
    for (name, target) in &deploy.targets {
        if target.hosts.is_empty() {
            found.push(
                &["targets", name, "hosts"],
                "the target has no hosts",
                "name them as `ssh` knows them",
            );
        }
        for (at, host) in target.hosts.iter().enumerate() {
            if host.is_empty() || host.starts_with('-') {
                found.push(
                    &["targets", name, "hosts", &at.to_string()],
                    "this cannot be a host",
                    "it would be an option of `ssh`",
                );
            }
        }
        if target.path.is_empty() || target.path.starts_with('-') {
            found.push(
                &["targets", name, "path"],
                "this cannot be a folder",
                "write it from the home directory",
            );
        }
    }
}

fn postgres(way: &[&str], postgres: &Postgres, found: &mut Found) {
    for (key, word) in
        [("service", &postgres.service), ("user", &postgres.user), ("database", &postgres.database)]
    {
        let way: Vec<&str> = way.iter().copied().chain(["postgres", key]).collect();
        found.name(&way, word);
    }
}

fn backup(at: &str, backup: &Backup, found: &mut Found) {
    found.name(&["backups", at, "name"], &backup.name);
    found.below(&["backups", at, "dir"], &backup.dir);
    postgres(&["backups", at], &backup.postgres, found);
    if backup.keep == 0 {
        found.push(&["backups", at, "keep"], "no backup would be kept", "keep at least one");
    }
}

fn migration(at: &str, migration: &Migration, deploy: &Deploy, found: &mut Found) {
    found.service(&["migrations", at, "service"], &migration.service, deploy);
    if migration.command.is_empty() {
        found.push(&["migrations", at, "command"], "there is no command", "write it as a list of words");
    }
    let Some(rehearsal) = &migration.rehearse else { return };
    let way = ["migrations", at, "rehearse"];
    if !deploy.backups.iter().any(|backup| backup.name == rehearsal.backup) {
        found.push(
            &["migrations", at, "rehearse", "backup"],
            "there is no such backup",
            "name one of `backups`",
        );
    }
    match (&rehearsal.variable, &rehearsal.url_variable) {
        (Some(variable), None) | (None, Some(variable)) => {
            let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if variable.is_empty()
                || variable.starts_with(|first: char| first.is_ascii_digit())
                || !variable.bytes().all(good)
            {
                found.push(&way, "this cannot be a variable", "write its name alone");
            }
        }
        _ => found.push(
            &way,
            "the command cannot be told of the copy",
            "set `variable` or `url_variable`, and one only",
        ),
    }
}

fn health(at: &str, health: &Health, deploy: &Deploy, found: &mut Found) {
    match (&health.service, &health.url) {
        (Some(service), None) => found.service(&["health", at, "service"], service, deploy),
        (None, Some(url)) => {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                found.push(&["health", at, "url"], "this is no URL", "write it with `http://` or `https://`");
            }
            for (pointer, value) in &health.json {
                let way = ["health", at, "json", pointer.as_str()];
                if !pointer.starts_with('/') || pointer.contains('=') {
                    found.push(&way, "this is no JSON pointer", "write it as in `/status`");
                }
                found.template(&way, value);
            }
        }
        _ => found.push(&["health", at], "nothing is asked, or two things at once", "set `service` or `url`"),
    }
}

fn data(at: &str, check: &DataCheck, found: &mut Found) {
    found.name(&["data", at, "name"], &check.name);
    match (&check.postgres, &check.query, &check.mongo) {
        (Some(database), Some(_), None) => postgres(&["data", at], database, found),
        (None, None, Some(mongo)) => {
            found.name(&["data", at, "mongo", "service"], &mongo.service);
            found.name(&["data", at, "mongo", "database"], &mongo.database);
        }
        _ => found.push(
            &["data", at],
            "nothing is counted, or two things at once",
            "set `postgres` and `query`, or `mongo`",
        ),
    }
}

/// The value of `key` at the top.
pub(super) fn place_of(root: &Node, key: &str) -> Option<Node> {
    let Data::Map(pairs) = &root.data else { return None };
    let found = pairs.iter().find(|pair| matches!(&pair.key.data, Data::Scalar(name, _) if name == key));
    found.map(|pair| pair.value.clone())
}

/// The place that `way` leads to in `root`; as far as it can be followed.
pub(super) fn place(root: &Node, way: &[String]) -> Span {
    let mut node = root;
    let mut span = root.span;
    for key in way {
        let next = match &node.data {
            Data::Map(pairs) => {
                pairs.iter().find(|pair| matches!(&pair.key.data, Data::Scalar(name, _) if name == key))
            }
            Data::List(items) => {
                let item = key.parse::<usize>().ok().and_then(|at| items.get(at));
                let Some(item) = item else { return span };
                (node, span) = (item, item.span);
                continue;
            }
            Data::Scalar(..) => None,
        };
        let Some(pair) = next else { return span };
        node = &pair.value;
        // A map or list may be many lines; its key names it as well.
        span = if matches!(node.data, Data::Scalar(..)) { node.span } else { pair.key.span };
    }
    span
}

#[cfg(test)]
mod tests {
    use crate::config::load;
    use crate::source::{PathKind, Source, Tree};

    struct Empty;
    impl Tree for Empty {
        fn kind(&self, _path: &str) -> Option<PathKind> {
            None
        }
    }

    const GOOD: &str = "deploy:
  project: shop
  compose: {files: [docker-compose.yml], env_file: .env}
  services: [web]
  protect: [db]
  images: {registry: reg.example.com/shop}
  targets: {production: {hosts: [srv], path: shop}}
  backups: [{name: main, postgres: {service: db, user: shop, database: shop}}]
  migrations: [{service: web, command: [migrate], rehearse: {backup: main, variable: PGDATABASE}}]
  health: [{service: web}, {url: 'https://shop.example.com/health', from: here, json: {/version: '{version}'}}]
  data: [{name: users, postgres: {service: db, user: shop, database: shop}, query: 'SELECT 1', min: 1}]
";

    fn found(text: &str) -> Vec<(String, String)> {
        let source = Source::from_bytes("envgate.yaml", text.as_bytes().to_vec());
        let (_, found) = load(&source, &[], &Empty);
        found.into_iter().map(|one| (source.slice(one.span).to_owned(), one.message)).collect()
    }

    #[test]
    fn what_makes_no_sense_is_named_where_it_stands() {
        assert_eq!(found(GOOD), []);
        let cases = [
            ("project: shop", "project: 'a b'", "'a b'", "this cannot be a name here"),
            ("services: [web]", "services: [web, db]", "db", "`db` is deployed and protected at once"),
            ("services: [web]", "services: [wob]", "web", "`web` is not one of `services`"),
            (
                "files: [docker-compose.yml]",
                "files: [../docker-compose.yml]",
                "../docker-compose.yml",
                "the path leads out of its folder",
            ),
            ("hosts: [srv]", "hosts: [-oProxyCommand=x]", "-oProxyCommand=x", "this cannot be a host"),
            ("backup: main,", "backup: other,", "other", "there is no such backup"),
            (", variable: PGDATABASE", "", "rehearse", "the command cannot be told of the copy"),
            (
                "{service: web}, {url",
                "{settle: 3s}, {url",
                "{settle: 3s}",
                "nothing is asked, or two things at once",
            ),
            (
                "'{version}'",
                "'{commit}'",
                "'{commit}'",
                "a name in braces is neither `{version}` nor `{service}`",
            ),
            (", query: 'SELECT 1'", "", "{name: users", "nothing is counted, or two things at once"),
            ("database: shop}}]", "database: 'shop\"; x'}}]", "'shop\"; x'", "this cannot be a name here"),
            ("min: 1", "min: -1", "-1", "expected a whole number from 0"),
        ];
        for (from, to, place, message) in cases {
            assert!(GOOD.contains(from), "{from}");
            let found = found(&GOOD.replacen(from, to, 1));
            let hit = found.iter().any(|(at, said)| at.starts_with(place) && said == message);
            assert!(hit, "{to}: {found:?}");
        }
    }
}

//! The text of a first `deploy:` section: what the compose files and the deploy script of today say, and comments
//! where they say nothing.
//!
//! Not here: the disk, and reading any of it.

use std::fmt::Write as _;

use crate::project::deploying::{Deploying, Naming, Running, naming};
use crate::source::parent;

use super::written::{comment, list, quoted};

/// What stands where nothing says it; whoever reads the section fills it in.
const UNKNOWN_HOST: &str = "server";

/// The section, and what is left to fill in.
pub(super) fn section(found: &Deploying) -> (String, Vec<&'static str>) {
    let mut writer = Writer { found, text: String::new(), left: Vec::new(), deployed: Vec::new() };
    writer.head();
    writer.services();
    writer.target();
    writer.backups();
    writer.migrations();
    writer.health();
    writer.data();
    writer.tail();
    (writer.text, writer.left)
}

struct Writer<'a> {
    found: &'a Deploying,
    text: String,
    left: Vec<&'static str>,
    /// The services that are deployed.
    deployed: Vec<String>,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    fn missing(&mut self, what: &'static str) {
        if !self.left.contains(&what) {
            self.left.push(what);
        }
    }

    fn head(&mut self) {
        let story = &self.found.story;
        let from =
            if story.path.is_empty() { String::new() } else { format!("{} and ", comment(&story.path)) };
        let branch = story.branch.as_deref().map(|branch| format!("branch: {}, ", quoted(branch)));
        let stack = &self.found.stack;
        let project = match (&stack.name, &story.folder) {
            (Some(name), _) => (name.clone(), ""),
            (None, _) if stack.files.first().is_some_and(|file| !parent(file).is_empty()) => {
                let folder = stack.files.first().map(|file| parent(file)).unwrap_or_default();
                (project_name(folder), " # compose's own choice: the folder of the first file")
            }
            (None, folder) => {
                let folder = folder.as_deref().unwrap_or("app");
                (project_name(folder), " # compose's own choice: the folder on the server")
            }
        };
        self.line("");
        self.line("# A deploy behind a gate. `envgate deploy plan` looks at everything and changes nothing.");
        self.line(&format!("# Written from {from}the compose files: read it before you trust it."));
        self.line("deploy:");
        self.line(&format!("  project: {}{}", quoted(&project.0), project.1));
        self.line("  # What git must look like: what is deployed is what the commit holds.");
        self.line(&format!("  require: {{{}clean: true, pushed: true}}", branch.unwrap_or_default()));
        let files = if stack.files.is_empty() {
            self.missing("the compose files (`compose.files`)");
            "docker-compose.yml".to_owned()
        } else {
            list(&self.found.stack.files)
        };
        let env = self.found.stack.env_file.clone().or_else(|| self.found.story.sourced.clone());
        let env = env.unwrap_or_else(|| ".env".to_owned());
        self.line("  compose:");
        self.line(&format!("    files: [{files}]"));
        self.line(&format!("    env_file: {} # on the server; it is never sent from here", quoted(&env)));
    }

    /// The services that are deployed, those that are left alone, and the images.
    fn services(&mut self) {
        let all = &self.found.stack.services;
        let own: Vec<&Running> = all.iter().filter(|one| one.build.is_some()).collect();
        let images: Vec<(String, String)> =
            own.iter().filter_map(|one| Some((one.name.clone(), one.image.clone()?))).collect();
        let (way, called) = naming(&images).unzip();
        let (deployed, other): (Vec<&Running>, Vec<&Running>) = match &called {
            Some(called) => own.into_iter().partition(|one| called.contains(&one.name)),
            None => (own, Vec::new()),
        };
        let names = |of: &[&Running]| list(&of.iter().map(|one| one.name.clone()).collect::<Vec<_>>());
        self.line("  # The services that a deploy may recreate: those that are built.");
        if deployed.is_empty() {
            self.missing("the services (`services`)");
            self.line("  services: [app]");
            self.deployed.push("app".to_owned());
        } else {
            self.deployed = deployed.iter().map(|one| one.name.clone()).collect();
            self.line(&format!("  services: [{}]", names(&deployed)));
        }
        for one in &other {
            let name = comment(&one.name);
            self.line(&format!(
                "  # {name} has an image that is called otherwise than theirs; it is not deployed."
            ));
        }
        let protected: Vec<&Running> = all.iter().filter(|one| one.build.is_none()).collect();
        if !protected.is_empty() {
            self.line("  # Those that it must never recreate.");
            self.line(&format!("  protect: [{}]", names(&protected)));
        }
        self.images(way, &deployed);
    }

    fn images(&mut self, way: Option<Naming>, deployed: &[&Running]) {
        self.line("  images:");
        if let Some(way) = way {
            self.line(&format!("    registry: {}", quoted(&way.registry)));
            self.line(&format!("    name: {}", quoted(&way.name)));
        } else {
            self.missing("the registry (`images.registry`)");
            self.line("    registry: registry.example.com/app # no image here says which");
            self.line("    name: \"{service}\"");
        }
        self.line("    tag: \"{version}\"");
        let built = deployed.iter().filter_map(|one| Some((&one.name, one.build.as_ref()?)));
        let built: Vec<String> = built
            .map(|(name, build)| {
                let target = build.target.as_deref().map(|target| format!(", target: {}", quoted(target)));
                let (context, dockerfile) = (folder(&build.context), quoted(&build.dockerfile));
                let target = target.unwrap_or_default();
                format!("      {}: {{context: {context}, dockerfile: {dockerfile}{target}}}", quoted(name))
            })
            .collect();
        if !built.is_empty() {
            self.line("    # Built and pushed from here where the registry does not have the version yet.");
            self.line("    build:");
            for line in &built {
                self.line(line);
            }
        }
    }

    fn target(&mut self) {
        let story = &self.found.story;
        let (hosts, note) = if story.hosts.is_empty() {
            self.missing("the server (`hosts`), as `ssh` knows it");
            (UNKNOWN_HOST.to_owned(), " # nothing here says which: as `ssh` knows it")
        } else {
            (list(&story.hosts), "")
        };
        let path = story.folder.clone().unwrap_or_else(|| {
            self.missing("the project's folder on the server (`path`)");
            "app".to_owned()
        });
        self.line("  targets:");
        self.line("    production:");
        self.line(&format!("      hosts: [{hosts}]{note}"));
        self.line(&format!("      path: {} # from the home directory there", quoted(&path)));
        self.line("      min_disk: 2GiB");
    }

    /// The service that a script calls by this name, by name; the name itself where there is none.
    fn service_of(&self, container: &str) -> String {
        self.found.stack.service(container).map_or(container, |one| &one.name).to_owned()
    }

    fn postgres(&mut self, container: &str, user: Option<&str>, database: &str) -> String {
        let user = user.map_or_else(
            || {
                self.missing("the user of the database (`postgres.user`)");
                "postgres".to_owned()
            },
            str::to_owned,
        );
        let service = self.service_of(container);
        format!("{{service: {}, user: {}, database: {}}}", quoted(&service), quoted(&user), quoted(database))
    }

    fn backups(&mut self) {
        let dumps = &self.found.story.dumps;
        self.line(
            "  # Taken before anything changes, and read to the end: it must hold the rows that were there.",
        );
        if dumps.is_empty() {
            self.line("  # backups:");
            self.line("  #   - name: app");
            self.line("  #     postgres: {service: postgres, user: app, database: app}");
            return;
        }
        self.line("  backups:");
        for dump in dumps {
            let postgres = self.postgres(&dump.container, dump.user.as_deref(), &dump.database);
            let inside = |folder: &&str| !folder.starts_with(['/', '~', '-']) && !folder.contains("..");
            let dir = dump.folder.as_deref().filter(inside).unwrap_or("backups");
            self.line(&format!("    - name: {}", quoted(&dump.database)));
            self.line(&format!("      postgres: {postgres}"));
            self.line(&format!("      dir: {}", quoted(dir)));
        }
    }

    fn migrations(&mut self) {
        let story = &self.found.story;
        self.line("  # Run with the new image, before the services are replaced.");
        if story.migrations.is_empty() {
            self.line("  # migrations:");
            self.line("  #   - service: app");
            self.line("  #     command: [alembic, upgrade, head]");
            self.line("  #     rehearse: {backup: app, url_variable: DATABASE_URL} # first on a copy");
            return;
        }
        self.line("  migrations:");
        for migration in &story.migrations {
            let service = self.service_of(&migration.container);
            self.line(&format!("    - service: {}", quoted(&service)));
            self.line(&format!("      command: [{}]", list(&migration.command)));
            let dump = story.dumps.first().filter(|_| story.dumps.len() == 1);
            let said = dump.and_then(|dump| {
                let running = self.found.stack.service(&migration.container)?;
                let (name, url) = running.says_database(&dump.database)?;
                let key = if url { "url_variable" } else { "variable" };
                Some(format!("{{backup: {}, {key}: {}}}", quoted(&dump.database), quoted(name)))
            });
            match said {
                Some(said) => self.line(&format!("      rehearse: {said} # first on a copy")),
                None => self.line(
                    "      # rehearse: {backup: NAME, url_variable: DATABASE_URL} runs it on a copy first",
                ),
            }
        }
    }

    fn health(&mut self) {
        self.line("  # What must answer afterwards; where it does not, the deploy goes back by itself.");
        self.line("  health:");
        let deployed = self.deployed.clone();
        for service in &deployed {
            self.line(&format!("    - service: {}", quoted(service)));
        }
        for (url, remote) in &self.found.story.urls {
            let from = if *remote { "server" } else { "here" };
            self.line(&format!("    - url: {}", quoted(url)));
            self.line(&format!("      from: {from}"));
        }
    }

    fn data(&mut self) {
        let story = &self.found.story;
        self.line(
            "  # Numbers that may not be less afterwards than before; `min` says the fewest at any time.",
        );
        if story.counts.is_empty() && story.documents.is_empty() {
            self.line("  # data:");
            self.line("  #   - name: users");
            self.line("  #     postgres: {service: postgres, user: app, database: app}");
            self.line("  #     query: SELECT count(*) FROM users");
            self.line("  #     min: 1");
            return;
        }
        self.line("  data:");
        for count in &story.counts {
            let database =
                count.database.clone().or_else(|| story.dumps.first().map(|dump| dump.database.clone()));
            let database = database.unwrap_or_else(|| "postgres".to_owned());
            let postgres = self.postgres(&count.container, count.user.as_deref(), &database);
            self.line(&format!("    - name: {}", quoted(&count.name)));
            self.line(&format!("      postgres: {postgres}"));
            self.line(&format!("      query: {}", quoted(&count.query)));
        }
        for one in &story.documents {
            let (service, database) =
                (self.service_of(&one.container), one.database.as_deref().unwrap_or("test"));
            self.line(&format!("    - name: {}", quoted(&one.name)));
            let (service, database) = (quoted(&service), quoted(database));
            // The password stays in the container: what runs there reads it from its own environment.
            let login = "db.getSiblingDB('admin').auth(process.env.MONGO_INITDB_ROOT_USERNAME, process.env.MONGO_INITDB_ROOT_PASSWORD); ";
            let eval = if one.login { format!("{login}{}", one.eval) } else { one.eval.clone() };
            self.line(&format!(
                "      mongo: {{service: {service}, database: {database}, eval: {}}}",
                quoted(&eval)
            ));
        }
    }

    fn tail(&mut self) {
        self.line("  # Whether the database goes back as well where a deploy fails after its migration: never, ask, if-unchanged.");
        self.line("  rollback: {database: ask}");
        self.line("  # Programs that run here.");
        self.line("  # hooks: {pre_build: [make, test], post_deploy: [scripts/notify.sh]}");
        if !self.found.story.otherwise.is_empty() {
            self.line(&format!("  # Of {}, this has no place any more:", comment(&self.found.story.path)));
            for what in &self.found.story.otherwise {
                self.line(&format!("  # - {what}"));
            }
        }
    }
}

fn folder(path: &str) -> String {
    if path.is_empty() { ".".to_owned() } else { quoted(path) }
}

/// What compose calls a project by its folder.
fn project_name(folder: &str) -> String {
    let name = folder.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let name: String =
        name.chars().filter(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '-')).collect();
    let name = name.trim_start_matches(['_', '-']);
    if name.is_empty() { "app".to_owned() } else { name.to_owned() }
}

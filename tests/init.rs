//! `envgate init`: what it writes makes the check pass, a second run changes nothing, and nothing is written
//! that was not agreed to.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Place(tempfile::TempDir);

impl Place {
    /// A copy of the incident's project, in a repository of its own.
    fn incident() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/incident"), place.0.path());
        place.git(&["init", "--quiet"]);
        place
    }

    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join(path)).unwrap()
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args(arguments)
            .current_dir(self.0.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .status();
        assert!(status.unwrap().success());
    }

    fn says(&self, arguments: &str) -> (i32, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_envgate"))
            .args(arguments.split(' '))
            .current_dir(self.0.path())
            .output()
            .unwrap();
        (status.code().unwrap(), String::from_utf8([stdout, stderr].concat()).unwrap())
    }

    /// Every file outside `.git`, and the hooks inside.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(self.0.path(), &mut files);
        files.retain(|path, _| !path.starts_with(self.0.path().join(".git")) || path.ends_with("pre-commit"));
        files
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

#[test]
fn after_it_the_check_passes_and_a_second_run_changes_nothing() {
    for more in ["", " --hook --ci github", " --hook --ci gitlab", " --ci github --hook"] {
        let place = Place::incident();
        let before = place.says("check -q");
        assert_eq!(before.0, 1, "{before:?}");
        let said = place.says(&format!("init --yes{more}"));
        assert_eq!(said.0, 0, "{said:?}");
        let check = place.says("check --fail-on warning --fail-on-stale");
        assert!(check.0 == 0 && check.1.starts_with("no findings in "), "{more}: {check:?}");
        let written = place.files();
        let again = place.says(&format!("init --yes{more}"));
        assert!(again.0 == 0 && !again.1.contains("wrote"), "{more}: {again:?}");
        assert!(place.files() == written, "{more}: a second run changed something");
    }
}

#[test]
fn nothing_is_written_that_nobody_agreed_to() {
    let place = Place::incident();
    let before = place.files();
    for arguments in
        ["init", "init --dry-run", "init --dry-run --hook --ci github", "init --hook --ci gitlab"]
    {
        let said = place.says(arguments);
        assert_eq!(said.0, 0, "{said:?}");
        assert!(place.files() == before, "{arguments} wrote something");
    }
    let (_, shown) = place.says("init --dry-run --ci github");
    for part in [
        "  settings classes  apps/backend/src/core/config.py (13 variables)",
        "    environments:\n      dev: # Makefile\n        kind: development",
        "would write `.envgate-baseline.json`: accepts ",
        "          - run: envgate check --format github",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("\"hash\""), "{shown}");
}

#[test]
fn what_is_there_stays() {
    let place = Place::incident();
    place.write("envgate.yaml", "version: 1\nrules: {SEC: off}\n");
    place.write(".gitlab-ci.yml", "test:\n  script: [make test]\n");
    let said = place.says("init --yes --ci gitlab");
    assert_eq!(said.0, 0, "{said:?}");
    assert_eq!(place.read("envgate.yaml"), "version: 1\nrules: {SEC: off}\n");
    assert_eq!(place.read(".gitlab-ci.yml"), "test:\n  script: [make test]\n");
    assert!(place.read(".gitlab/envgate.yml").contains("- envgate check --output gitlab="));
    assert!(said.1.contains("help: add `include: /.gitlab/envgate.yml` to `.gitlab-ci.yml`"), "{said:?}");
    place.write("envgate.yaml", "versoin: 1\n");
    assert_eq!(place.says("init --yes").0, 2, "a configuration with a mistake is not built upon");
}

#[test]
fn a_clean_project_needs_no_baseline_and_no_repository_has_no_hook() {
    let place = Place::empty();
    place.write("compose.yaml", "services:\n  web:\n    image: nginx:1.27\n");
    let said = place.says("init --yes --hook");
    assert!(said.0 == 2 && said.1.contains("not inside a git work tree"), "{said:?}");
    assert_eq!(place.files().len(), 1);
    let said = place.says("init --yes");
    assert!(said.0 == 0 && said.1.contains("no baseline is needed"), "{said:?}");
    assert!(place.read("envgate.yaml").contains("#     compose: [compose.yaml]"));
    assert!(!place.0.path().join(".envgate-baseline.json").exists());
    assert_eq!(place.says("check").0, 0);
}

/// What it writes is there to be read by others too: nothing of a value may stand in it.
#[test]
fn no_value_is_written_or_shown() {
    const CANARY: &str = "c4n4ryWq8ZpR7tYb2MxK5vL9sD3fG6hJ";
    let place = Place::empty();
    place.write(".env", &format!("API_TOKEN={CANARY}\nAPI_TOKEN={CANARY}\n"));
    place.write(
        "compose.yaml",
        &format!("services:\n  web:\n    image: a:1\n    environment: {{TOKEN: {CANARY}}}\n"),
    );
    place.write("Makefile", &format!("up:\n\tTOKEN={CANARY} docker compose -f compose.yaml up -d\n"));
    for arguments in ["init --dry-run --ci github", "init --yes --ci github"] {
        let (code, said) = place.says(arguments);
        assert!(code == 0 && !said.contains(&CANARY[..8]), "{said}");
    }
    for path in ["envgate.yaml", ".envgate-baseline.json", ".github/workflows/envgate.yml"] {
        assert!(!place.read(path).contains(&CANARY[..8]), "{path}");
    }
}

/// A script as people write it: what it knows goes into the section, and nothing is made up.
const SCRIPT: &str = r#"#!/bin/bash
set -e
SERVER="deploy@shop.invalid"
PROJECT_DIR="apps/shop"
VERSION="${1:?which version}"
ssh -p 2222 $SERVER "cd $PROJECT_DIR && mkdir -p dumps && \
    docker exec postgres pg_dump -U shop -d orders --no-owner | gzip > dumps/before_$(date +%s).sql.gz"
ssh $SERVER "cd $PROJECT_DIR && git checkout main && git pull origin main && \
    docker compose -f compose.yaml -f compose.prod.yaml --env-file envs/.env pull && \
    docker compose -f compose.yaml -f compose.prod.yaml --env-file envs/.env run --rm api alembic upgrade head && \
    docker compose -f compose.yaml -f compose.prod.yaml --env-file envs/.env up -d"
sleep 60
curl -sf https://shop.example.com/health
ssh $SERVER "docker exec postgres psql -U shop -d orders -tAc 'SELECT COUNT(*) FROM invoices;' && \
    docker exec mongodb mongosh -u root -p \$MONGO_PASSWORD --authenticationDatabase admin crm --quiet \
    --eval 'print(\"users:\", db.users.countDocuments())'"
"#;

fn shop() -> Place {
    let place = Place::empty();
    place.git(&["init", "--quiet"]);
    place.write("scripts/release.sh", SCRIPT);
    place.write(
        "compose.yaml",
        "name: shop\nservices:\n  postgres:\n    image: postgres:16\n  mongo:\n    image: mongo:7\n    container_name: mongodb\n  \
         api:\n    build:\n      context: api\n      dockerfile: docker/Dockerfile\n    environment:\n      DATABASE_URL: postgresql://shop:${DB_PASSWORD:?}@postgres/orders\n",
    );
    place.write("compose.prod.yaml", "services:\n  api:\n    image: ghcr.io/acme/shop-api:1.4.0\n");
    place
}

#[test]
fn a_deploy_section_says_what_the_old_script_says() {
    let place = shop();
    let (code, said) = place.says("init --deploy --yes --no-baseline");
    assert!(code == 0 && said.contains("a `deploy:` section\n"), "{said}");
    let written = place.read("envgate.yaml");
    for line in [
        "  project: shop\n",
        "  require: {branch: main, clean: true, pushed: true}\n",
        "    files: [compose.yaml, compose.prod.yaml]\n",
        "    env_file: envs/.env # on the server",
        "  services: [api]\n",
        "  protect: [postgres, mongo]\n",
        "    registry: ghcr.io/acme\n    name: \"shop-{service}\"\n",
        "      api: {context: api, dockerfile: api/docker/Dockerfile}\n",
        "      hosts: [\"deploy@shop.invalid\"]\n      path: apps/shop ",
        "    - name: orders\n      postgres: {service: postgres, user: shop, database: orders}\n      dir: dumps\n",
        "      command: [alembic, upgrade, head]\n      rehearse: {backup: orders, url_variable: DATABASE_URL}",
        "    - url: \"https://shop.example.com/health\"\n      from: here\n",
        "      query: \"SELECT COUNT(*) FROM invoices\"\n",
        "mongo: {service: mongo, database: crm, eval: \"db.getSiblingDB('admin').auth(",
        "; db.users.countDocuments()\"}\n",
    ] {
        assert!(written.contains(line), "not there: {line}\n{written}");
    }
    let (code, said) = place.says("init --deploy --yes --no-baseline");
    assert!(code == 0 && said.contains("`envgate.yaml` is there and stays as it is"), "{said}");
    assert_eq!(place.read("envgate.yaml"), written);
    // It is good enough for the command: what stops it is the server, which there is not.
    place.git(&["add", "-A"]);
    place.git(&["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "a", "--no-verify"]);
    let (code, said) = place.says("deploy verify");
    assert!(code == 2 && !said.contains("envgate.yaml"), "{said}");
}

#[test]
fn a_deploy_section_goes_to_the_end_of_what_is_there() {
    let place = shop();
    place.write("envgate.yaml", "version: 1\n# mine\nfail_on: error");
    let before = place.files();
    let (code, said) = place.says("init --deploy --dry-run --no-baseline");
    assert!(code == 0 && said.contains("would write `envgate.yaml`: a `deploy:` section"), "{said}");
    assert!(place.files() == before, "a dry run wrote something");
    assert_eq!(place.says("init --deploy --yes --no-baseline").0, 0);
    let written = place.read("envgate.yaml");
    assert!(
        written.starts_with("version: 1\n# mine\nfail_on: error\n\n# A deploy behind a gate."),
        "{written}"
    );
    place.write("envgate.yaml", "{version: 1}\n");
    let (code, said) = place.says("init --deploy --yes --no-baseline");
    assert!(code == 2 && said.contains("would not be read"), "{said}");
    assert_eq!(place.read("envgate.yaml"), "{version: 1}\n");
}

#[test]
fn what_nothing_says_is_left_to_fill_in() {
    let place = Place::empty();
    place.write("compose.yaml", "services:\n  web:\n    image: nginx:1.27\n");
    let (code, said) = place.says("init --deploy --yes");
    assert_eq!(code, 0, "{said}");
    for what in ["the services (`services`)", "the registry", "(`hosts`)", "folder on the server"] {
        assert!(said.contains(what), "{said}");
    }
    assert_eq!(place.says("check").0, 0, "what is written has a mistake");
    let incident = Place::incident();
    assert_eq!(incident.says("init --deploy --yes").0, 0);
    let check = incident.says("check --fail-on warning --fail-on-stale");
    assert_eq!(check.0, 0, "{check:?}");
    assert!(incident.read("envgate.yaml").contains("      hosts: [\"deploy@"));
}

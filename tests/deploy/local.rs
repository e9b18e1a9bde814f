//! What is asked of a server and what is made of its answer, with this machine's `sh` as the server.
//!
//! Not here: `ssh`, engines and databases; see the tests on the bed.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use envgate::config;
use envgate::deploy::execute::{Failure, start};
use envgate::deploy::release::{Shipped, put};
use envgate::deploy::settings::{Asked, Settings};
use envgate::deploy::transport::{Call, Error, Output, Place, Transport};
use envgate::deploy::{facts, here};
use envgate::files::DiskTree;
use envgate::rules;
use envgate::source::Source;

const CONFIGURATION: &str = "\
deploy:
  project: shop
  compose: {files: [compose.yml], env_file: .env}
  services: [web]
  images: {registry: registry.example.com/shop}
  targets:
    live: {hosts: [one], path: shop}
  health:
    - {url: 'https://shop.example.com/', from: here, timeout: 0s, json: {/version: '{version}'}}
";

fn settings() -> Settings {
    let tree = DiskTree::new(["."]).unwrap();
    let (config, mistakes) =
        config::load(&Source::new("envgate.yaml", CONFIGURATION), &rules::catalog(), &tree);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let asked = Asked { env_only: true, ..Asked::default() };
    Settings::new(&config.deploy.unwrap(), &asked).unwrap()
}

/// The server is a folder; here, every program prints the same. Scripts with this word get no answer.
struct Local<'a> {
    home: &'a Path,
    prints: &'a str,
    lost: &'a str,
}

impl Transport for Local<'_> {
    fn run(&self, call: &Call) -> Result<Output, Error> {
        let Place::Server(host) = &call.place else {
            return Ok(Output { out: self.prints.as_bytes().to_vec(), ..Output::default() });
        };
        if !self.lost.is_empty() && call.words[0].contains(self.lost) {
            return Err(Error::Unreachable { host: host.clone(), said: "lost".to_owned() });
        }
        let mut command = Command::new("sh");
        command.args(["-c", &call.words[0]]).env("HOME", self.home);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(&call.input);
        let output = child.wait_with_output().unwrap();
        Ok(Output { code: output.status.code().unwrap_or(-1), out: output.stdout, err: output.stderr })
    }
}

#[test]
fn a_url_is_held_against_the_version_that_runs() {
    let settings = settings();
    let asked = |prints: &str, version: &str| {
        let server = Local { home: Path::new("/"), prints, lost: "" };
        here::ask(&settings, &settings.deploy.health[0], version, &server).is_ok()
    };
    let answer = "{\"version\": \"0.1.2\"}\n200";
    assert!(asked(answer, "0.1.2"));
    assert!(!asked(answer, "0.1.1"));
    assert!(asked(answer, ""), "nobody knows which version runs");
    assert!(!asked("{}\n500", ""));
}

#[test]
fn a_connection_that_is_lost_while_a_run_starts_is_no_end() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("shop")).unwrap();
    let begun = |lost| {
        let server = Local { home: home.path(), prints: "", lost };
        start(&settings(), "one", "run", "exit 1", &server)
    };
    assert!(begun("setsid").is_ok());
    assert!(matches!(begun("sha256sum"), Err(Failure::Call(_))), "nothing was sent");
}

#[test]
fn a_run_of_which_nothing_came_has_not_moved_the_server() {
    let home = tempfile::tempdir().unwrap();
    let runs = home.path().join("shop/.envgate/runs");
    for (run, code) in [("1", "5"), ("2", "3"), ("3", "75")] {
        std::fs::create_dir_all(runs.join(run)).unwrap();
        std::fs::write(runs.join(run).join("rc"), code).unwrap();
        std::fs::write(runs.join(run).join("journal"), "{\"note\":\"deploy\"}\n").unwrap();
    }
    let facts =
        facts::ask(&settings(), "one", 0, &Local { home: home.path(), prints: "", lost: "" }).unwrap();
    assert_eq!(facts.moved, Some(("1".to_owned(), Some(5))));
    assert_eq!(facts.last.unwrap().1, Some(3), "what came last is told all the same");
}

#[test]
fn many_files_are_no_longer_than_an_argument_may_be() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("shop")).unwrap();
    let files: Vec<Shipped> =
        (0..1500).map(|n| Shipped::new(format!("{}/file-{n}.conf", "folder".repeat(6)), "x")).collect();
    let call = put(&settings(), "one", ".envgate/files/1", &files, true);
    assert!(call.words[0].len() < 100_000);
    let few = put(&settings(), "one", ".envgate/files/2", &files[..3], true);
    let output = Local { home: home.path(), prints: "", lost: "" }.run(&few).unwrap();
    assert_eq!(output.code, 0, "{}", output.complaint());
    let folder = home.path().join("shop/.envgate/files");
    assert!(folder.join("2.whole").exists());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "the list was left");
}

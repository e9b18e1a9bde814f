//! The deploy's gate by itself: each thing that speaks against a deploy, alone, is refused in its own words, and what is
//! exactly good enough is let through.
//!
//! Not here: how these things are found out; tests/deploy does that on real servers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may die")]

use std::path::Path;
use std::process::Command;

use envgate::commands::PackFiles;
use envgate::config;
use envgate::deploy::execute::{Order, execute};
use envgate::deploy::facts::{Facts, Good};
use envgate::deploy::follow::{End, Followed};
use envgate::deploy::gate::{Refusal, Verdict, judge};
use envgate::deploy::plan::{Inputs, Plan};
use envgate::deploy::settings::{Asked, Settings};
use envgate::deploy::survey::{Survey, Wanted};
use envgate::deploy::transport::{Call, Error, Output, Place, Transport};
use envgate::files::DiskTree;
use envgate::git::{Committed, committed};
use envgate::rules;
use envgate::source::Source;

const CONFIGURATION: &str = "\
deploy:
  project: shop
  require: {branch: main}
  compose: {files: [compose.yml], env_file: envs/.env}
  services: [web]
  protect: [db]
  images: {registry: registry.example.com/shop, name: \"{service}\", tag: \"{version}\"}
  targets:
    live: {hosts: [one, two], path: shop, min_disk: 2MiB, max_clock_skew: 30s}
";

/// A deploy that nothing speaks against.
struct Deploy {
    settings: Settings,
    verdict: Verdict,
    commit: Committed,
    surveys: Vec<Survey>,
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Ana", "-c", "user.email=ana@example.com"]).args(arguments);
    let done = git.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn survey(host: &str) -> Survey {
    let facts = Facts {
        host: host.to_owned(),
        root: true,
        disk: 2 << 20,
        skew: -30,
        engine: "27.0".to_owned(),
        compose: "2.24.4".to_owned(),
        good: Some(Good { images: vec![image("here"), image("registry")], ..Good::default() }),
        ..Facts::default()
    };
    let images = [("web".to_owned(), Wanted::Pinned("web@sha256:1".to_owned()))];
    let mut survey = Survey { facts, env: Some(Vec::new()), images: images.into(), ..Survey::default() };
    for (service, what) in [("web", "Recreate"), ("db", "Running")] {
        survey.preview.would.insert(service.to_owned(), what.to_owned());
    }
    survey
}

fn image(state: &str) -> (String, String, String) {
    ("web".to_owned(), "web@sha256:0".to_owned(), state.to_owned())
}

impl Deploy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
        git(folder.path(), &["commit", "--quiet", "--allow-empty", "-m", "One"]);
        let mut commit = committed(folder.path(), Box::new(PackFiles)).unwrap();
        commit.pushed = true;
        let tree = DiskTree::new(["."]).unwrap();
        let (config, mistakes) =
            config::load(&Source::new("envgate.yaml", CONFIGURATION), &rules::catalog(), &tree);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let asked = Asked { version: Some("1".to_owned()), ..Asked::default() };
        let settings = Settings::new(&config.deploy.unwrap(), &asked).unwrap();
        let verdict = Verdict { files: 1, ..Verdict::default() };
        Self { settings, verdict, commit, surveys: vec![survey("one"), survey("two")] }
    }

    fn refusals(&self) -> Vec<Refusal> {
        let plan = Plan::new(&self.settings, Inputs::default(), &self.surveys);
        match judge(&self.settings, &self.verdict, &self.commit, &self.surveys, &plan) {
            Ok(permit) => {
                assert!(permit.covers(&plan));
                Vec::new()
            }
            Err(refusals) => refusals,
        }
    }

    /// The second server.
    fn second(&mut self) -> &mut Survey {
        &mut self.surveys[1]
    }
}

/// What is refused after `change`: one thing, with something to do about it.
fn refused(change: impl FnOnce(&mut Deploy), what: &str, help: &str) {
    let mut deploy = Deploy::new();
    change(&mut deploy);
    let [refusal] = &deploy.refusals()[..] else { panic!("{what}: {:?}", deploy.refusals()) };
    assert_eq!(refusal.what, what);
    assert!(refusal.help.contains(help) && !help.is_empty(), "{what}: {}", refusal.help);
}

fn let_through(change: impl FnOnce(&mut Deploy), what: &str) {
    let mut deploy = Deploy::new();
    change(&mut deploy);
    assert_eq!(deploy.refusals(), [], "{what}");
}

#[test]
fn what_is_good_enough_is_let_through() {
    let_through(|_| {}, "as it is");
    let_through(|deploy| deploy.second().facts.skew = 30, "the other way");
    let_through(|deploy| deploy.second().facts.good = None, "a first deploy has no way back");
    let_through(
        |deploy| {
            deploy.settings.deploy.require.pushed = false;
            deploy.commit.pushed = false;
        },
        "nobody asks for a remote",
    );
    let_through(
        |deploy| {
            deploy.settings.deploy.require.branch = None;
            deploy.commit.branch = Some("other".to_owned());
        },
        "nobody asks for a branch",
    );
    let_through(
        |deploy| {
            deploy.settings.deploy.require.clean = false;
            deploy.commit.changed.push("a".to_owned());
        },
        "nobody asks for a clean tree",
    );
}

#[test]
fn a_permit_is_for_its_own_plan() {
    let mut deploy = Deploy::new();
    let plan = |deploy: &Deploy| Plan::new(&deploy.settings, Inputs::default(), &deploy.surveys);
    let own = plan(&deploy);
    let permit = judge(&deploy.settings, &deploy.verdict, &deploy.commit, &deploy.surveys, &own).unwrap();
    "2".clone_into(&mut deploy.settings.version);
    assert!(!permit.covers(&plan(&deploy)));
}

#[test]
fn a_check_that_fails_or_is_not_whole() {
    refused(|deploy| deploy.verdict.files = 0, "the check has looked at nothing", "the folder that holds");
    refused(|deploy| deploy.verdict.failing = 1, "the check has a finding that fails", "put right");
    refused(|deploy| deploy.verdict.failing = 2, "the check has 2 findings that fail", "put right");
    refused(
        |deploy| deploy.verdict.broken = vec!["a".to_owned(), "b".to_owned()],
        "`a`, `b` cannot be parsed, so the check is not whole",
        "commit it",
    );
    refused(
        |deploy| deploy.verdict.otherwise.push(("one".to_owned(), "web".to_owned(), "CITY".to_owned())),
        "one: `web` would get another `CITY` than its files say",
        "login shell",
    );
}

#[test]
fn a_commit_that_is_not_the_one_to_deploy() {
    refused(
        |deploy| deploy.commit.branch = Some("other".to_owned()),
        "`other` is checked out, and `main` is deployed",
        "git switch main",
    );
    refused(
        |deploy| deploy.commit.branch = None,
        "`no branch` is checked out, and `main` is deployed",
        "git switch main",
    );
    refused(
        |deploy| deploy.commit.changed.push("a".to_owned()),
        "a file differs from the commit: `a`",
        "what the commit holds",
    );
    refused(
        |deploy| deploy.commit.changed = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).to_vec(),
        "6 files differ from the commit: `a`, `b`, `c`, `d`, `e`",
        "what the commit holds",
    );
    refused(|deploy| deploy.commit.pushed = false, "the commit is on no branch of the remote", "git push");
}

#[test]
fn servers_that_were_not_looked_at_or_differ() {
    let unseen = "not every server has been looked at";
    refused(|deploy| drop(deploy.surveys.pop()), unseen, "`hosts`");
    refused(
        |deploy| {
            deploy.surveys.clear();
            deploy.settings.hosts.clear();
        },
        unseen,
        "`hosts`",
    );
    refused(
        |deploy| {
            let other = Wanted::Pinned("web@sha256:2".to_owned());
            deploy.second().images.insert("web".to_owned(), other);
        },
        "the servers would get different images",
        "one target each",
    );
}

#[test]
fn a_server_that_is_not_ready() {
    // Nothing else of it was looked at then.
    refused(
        |deploy| {
            let images = deploy.second().images.clone();
            let facts = Facts { host: "two".to_owned(), ..Facts::default() };
            *deploy.second() = Survey { facts, images, ..Survey::default() };
            deploy.second().preview.refused.push("no".to_owned());
        },
        "two: there is no folder `shop`",
        "`path`",
    );
    refused(
        |deploy| {
            deploy.second().facts.lacks = vec!["awk".to_owned(), "df".to_owned()];
            deploy.second().facts.engine.clear();
            deploy.second().preview.refused.push("no".to_owned());
        },
        "two: lacks `awk`, `df`",
        "install",
    );
    refused(|deploy| deploy.second().facts.engine.clear(), "two: the engine does not answer", "start it");
    refused(
        |deploy| "2.24.3".clone_into(&mut deploy.second().facts.compose),
        "two: compose `2.24.3` is older than 2.24.4",
        "version 2",
    );
    refused(
        |deploy| deploy.second().facts.disk -= 1,
        "two: 1 MiB of disk are free, and 2 are needed",
        "docker image prune",
    );
    for skew in [31, -31] {
        let what = format!("two: its clock differs from ours by {skew} seconds");
        refused(|deploy| deploy.second().facts.skew = skew, &what, "same server");
    }
    refused(
        |deploy| deploy.second().facts.lock = Some(("r1".to_owned(), "7".to_owned())),
        "two: the run `r1` is at work",
        "attach",
    );
    refused(|deploy| deploy.second().env = None, "two: there is no env file `envs/.env`", "never sent");
    refused(
        |deploy| deploy.second().facts.good.as_mut().unwrap().images.push(image("gone")),
        "two: `web@sha256:0` of `web` is gone, so there would be no way back",
        "push it again",
    );
}

#[test]
fn images_and_what_compose_would_do() {
    refused(
        |deploy| {
            for survey in &mut deploy.surveys {
                survey.images.insert("web".to_owned(), Wanted::Pinned("web@sha256:1".to_owned()));
            }
            deploy.second().preview.refused.push("no such file".to_owned());
        },
        "two: compose refuses: no such file",
        "env file right",
    );
    refused(
        |deploy| {
            let recreated = "Recreate".to_owned();
            deploy.second().preview.would.insert("db".to_owned(), recreated);
        },
        "two: `db` would be recreated, and it is protected",
        "by hand",
    );
    let mut deploy = Deploy::new();
    for survey in &mut deploy.surveys {
        survey.images.insert("web".to_owned(), Wanted::Missing("404".to_owned()));
    }
    let said: Vec<String> = deploy.refusals().into_iter().map(|refusal| refusal.what).collect();
    assert_eq!(said, ["one: there is no image for `web`: 404", "two: there is no image for `web`: 404"]);
}

/// Server `one` does all that it is told; the others are out of reach.
struct One;

impl Transport for One {
    fn run(&self, call: &Call) -> Result<Output, Error> {
        match &call.place {
            Place::Server(host) if host != "one" => {
                Err(Error::Unreachable { host: host.clone(), said: "refused".to_owned() })
            }
            _ => Ok(Output { out: b"code\t0\n".to_vec(), ..Output::default() }),
        }
    }
}

fn executed(deploy: &Deploy) -> Result<Vec<(String, Followed)>, String> {
    let plan = Plan::new(&deploy.settings, Inputs::default(), &deploy.surveys);
    let permit = judge(&deploy.settings, &deploy.verdict, &deploy.commit, &deploy.surveys, &plan).unwrap();
    let order = Order {
        settings: &deploy.settings,
        run: "run".to_owned(),
        files: Vec::new(),
        images: Vec::new(),
        surveys: &deploy.surveys,
    };
    execute(&order, &plan, permit, &One, &mut |_, _| ()).map_err(|why| why.to_string())
}

#[test]
fn a_server_out_of_reach_does_not_hide_what_was_done_on_another() {
    let mut deploy = Deploy::new();
    for at_once in [1, 2] {
        deploy.settings.max_parallel = at_once;
        let ended = executed(&deploy).unwrap();
        let ends: Vec<_> = ended.iter().map(|(host, followed)| (host.as_str(), followed.end)).collect();
        assert_eq!(ends, [("one", End::Code(0)), ("two", End::Open)], "{at_once}");
        assert!(ended[1].1.lines[0].note.contains("cannot be reached"), "{:?}", ended[1].1);
    }
    deploy.surveys.remove(0);
    deploy.settings.hosts.remove(0);
    assert!(executed(&deploy).unwrap_err().contains("cannot be reached"), "nothing was begun anywhere");
}

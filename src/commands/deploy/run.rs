//! `envgate deploy run`: the gate, images, and the run on the servers, told while it goes.
//!
//! Not here: what happens on a server.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::cli::{Deploy, DeployFormat, DeployRun, DeployWhat, When};
use crate::config::deploy::From;
use crate::deploy::execute::{Order, execute, leave};
use crate::deploy::follow::Followed;
use crate::deploy::gate::Permit;
use crate::deploy::here;
use crate::deploy::images::{self, Found};
use crate::deploy::mask::Mask;
use crate::deploy::plan::Plan;
use crate::deploy::report::code;
use crate::deploy::settings::Settings;
use crate::deploy::survey::Wanted;
use crate::deploy::transport::{Call, Ssh, Transport};
use crate::files;
use crate::source::join;

use super::super::terminal::say;
use super::super::{Error, Status};
use super::assess::{Assessment, assess};
use super::context::{Context, context, run_name, ssh};
use super::plan::{findings, json, judge, refused};
use super::report;
use super::tell::Teller;

pub(super) fn run(
    arguments: &Deploy,
    asked: &DeployRun,
    color: When,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    let context = context(arguments, out)?;
    let saved = asked.plan.as_deref().map(read_plan).transpose()?;
    let (what, target) = wanted(asked, saved.as_ref());
    let settings = context.settings(arguments, target.as_deref(), Some(&what))?;
    let ssh = ssh(&settings)?;
    let run = run_name();
    let start = Instant::now();
    let mut tell = Teller::new(arguments.format, start, out);
    tell.say("gate", "looking at servers, commit and env file")?;
    let assessment = assess(&context, &settings, &run, &ssh)?;
    if let Some(saved) = &saved {
        let other = saved.differences(&assessment.plan);
        if !other.is_empty() {
            return stale(&other, arguments.format, out);
        }
    }
    let permit = match judge(&context, &settings, &assessment) {
        Ok(permit) => permit,
        Err(refusals) => {
            if arguments.format == DeployFormat::Json {
                let refusals: Vec<_> = refusals.iter().map(json).collect();
                writeln!(out, "{}", serde_json::json!({ "event": "refused", "refusals": refusals }))?;
            } else {
                findings(&assessment, color, out)?;
                refused(&refusals, out)?;
            }
            return Ok(Status::Findings);
        }
    };
    let through = assessment.check.findings.len();
    tell.say(
        "gate",
        &if through == 0 {
            "open".to_owned()
        } else {
            format!("open; {through} findings are let through, see the report")
        },
    )?;
    let deploying =
        Deploying { context: &context, settings: &settings, ssh: &ssh, run, assessment: &assessment, start };
    deploying.go(permit, arguments.format, out)
}

/// What the command line asks for; a saved plan says it all.
fn wanted(asked: &DeployRun, saved: Option<&Plan>) -> (DeployWhat, Option<String>) {
    let Some(plan) = saved else { return (asked.what.clone(), None) };
    let services = plan
        .servers
        .first()
        .map(|server| server.services.iter().map(|service| service.name.clone()).collect());
    let version = (!plan.env_only).then(|| plan.version.clone());
    let what = DeployWhat { version, services: services.unwrap_or_default(), env_only: plan.env_only };
    (what, Some(plan.target.clone()))
}

fn read_plan(path: &Path) -> Result<Plan, Error> {
    let bytes = files::read(path)?;
    serde_json::from_slice(&bytes)
        .map_err(|_| Error::NotADocument { path: path.display().to_string(), what: "plan" })
}

fn stale(what: &[String], format: DeployFormat, out: &mut dyn Write) -> Result<Status, Error> {
    if format == DeployFormat::Json {
        writeln!(out, "{}", serde_json::json!({ "event": "refused", "stale": what }))?;
    } else {
        say!(out, "gate: shut; nothing was changed")?;
        say!(out, "  - {} changed after the plan was made", what.join(", "))?;
        say!(out, "    help: make a new one with `envgate deploy plan`, and read it")?;
    }
    Ok(Status::Findings)
}

/// A new folder that nobody else can look into.
fn unpacked() -> Result<PathBuf, Error> {
    let path = std::env::temp_dir().join(format!("envgate-tree-{}", run_name()));
    files::private_folder(&path)?;
    Ok(path)
}

/// A deploy that the gate has let through.
struct Deploying<'a> {
    context: &'a Context,
    settings: &'a Settings,
    ssh: &'a Ssh,
    run: String,
    assessment: &'a Assessment,
    start: Instant,
}

impl Deploying<'_> {
    fn go(&self, permit: Permit, format: DeployFormat, out: &mut dyn Write) -> Result<Status, Error> {
        let images = match self.images(&mut Teller::new(format, self.start, out)) {
            Ok(images) => images,
            Err(why) => {
                Teller::new(format, self.start, out).say("failed", &format!("{why}; nothing was changed"))?;
                return Ok(Status::Unchanged);
            }
        };
        let files = self.context.compose_files(self.settings)?;
        let order = Order {
            settings: self.settings,
            run: self.run.clone(),
            files,
            images,
            surveys: &self.assessment.surveys,
        };
        let mut teller = Teller::new(format, self.start, out);
        let mut ended = execute(&order, &self.assessment.plan, permit, self.ssh, &mut |host, line| {
            teller.line(host, line);
        })?;
        let mut code = code(&ended, self.settings.hosts.len());
        if code == 0 {
            code = self.seen_from_here(&mut ended, &mut teller)?;
        }
        let report = report::write(self.context, self.settings, self.assessment, &order, &ended, code)?;
        let bytes = files::read(Path::new(&report))?;
        for (host, _) in &ended {
            if let Err(why) = leave(self.settings, host, &self.run, bytes.clone(), self.ssh) {
                teller.say("report", &format!("it could not be left on the server: {why}"))?;
            }
        }
        if let Some(key) = &self.settings.deploy.sign
            && let Err(why) = report::sign(&report, key, self.ssh)
        {
            teller.say("report", &format!("it could not be signed: {why}"))?;
        }
        teller.end(code, &self.run, &report)?;
        if let Some(words) = self.settings.deploy.hooks.post_deploy.split_first() {
            // The exit code says what runs on the servers, and a hook changes nothing about that; but nobody else
            // would say that it failed.
            let wrong = match self.hook(words, &report) {
                Ok(0) => None,
                Ok(said) => Some(format!("ended with {said}")),
                Err(why) => Some(format!("did not run: {why}")),
            };
            if let Some(wrong) = wrong {
                let stands = if code == 0 { "; the deploy stands" } else { "" };
                teller.say("hook", &format!("`post_deploy` {wrong}{stands}"))?;
            }
        }
        Ok(super::status(code))
    }

    fn hook(&self, (program, rest): (&String, &[String]), report: &str) -> Result<i32, Error> {
        let words = std::iter::once(program).chain(rest).cloned().chain([report.to_owned()]).collect();
        Ok(self.ssh.run(&Call::here(words, 600))?.code)
    }

    /// Each service's image by digest, those that are built here built and pushed first.
    fn images(&self, tell: &mut Teller<'_>) -> Result<Vec<(String, String)>, String> {
        let text = |error: &dyn std::error::Error| error.to_string();
        let Some(first) = self.assessment.surveys.first() else {
            return Err("there is no server".to_owned());
        };
        let built: BTreeMap<&String, &String> = first
            .images
            .iter()
            .filter_map(|(service, wanted)| match wanted {
                Wanted::Built(image) => Some((service, image)),
                _ => None,
            })
            .collect();
        if !built.is_empty() {
            self.before_building(tell)?;
            let tree = unpacked().map_err(|error| text(&error))?;
            let ended = self.build(&built, &tree, &first.mask(), tell);
            files::remove_folder(&tree).map_err(|error| text(&error))?;
            ended.map_err(|error| text(&error))?;
        }
        let asked: BTreeMap<String, String> =
            built.into_iter().map(|(service, image)| (service.clone(), image.clone())).collect();
        let found = images::digests(&first.facts.host, &asked, self.ssh).map_err(|error| text(&error))?;
        let mut images = Vec::new();
        for (service, wanted) in &first.images {
            let image = match (wanted, found.get(service)) {
                (Wanted::Pinned(image), _) => image.clone(),
                (Wanted::Built(image), Some(Found::Digest(digest))) => format!("{image}@{digest}"),
                _ => {
                    return Err(format!(
                        "the registry does not have the image of `{service}` that was pushed"
                    ));
                }
            };
            images.push((service.clone(), image));
        }
        Ok(images)
    }

    /// Builds and pushes from the commit's files, unpacked into `tree`: what lies in the work tree beside them must
    /// not get into an image.
    fn build(
        &self,
        built: &BTreeMap<&String, &String>,
        tree: &Path,
        mask: &Mask,
        tell: &mut Teller<'_>,
    ) -> Result<(), images::Failure> {
        let Context { here, committed, .. } = self.context;
        let mut say = |what: &str| drop(tell.say("image", what));
        say(&format!("unpacking commit {}", committed.id.get(..9).unwrap_or_default()));
        images::unpack(&committed.root, &committed.id, tree, self.ssh)?;
        let folder = join(&files::relative(here, &committed.root), self.context.folder());
        let folder = tree.join(folder).to_string_lossy().into_owned();
        for service in built.keys() {
            let source = (folder.as_str(), committed.id.as_str());
            images::build_and_push(self.settings, service, source, mask, self.ssh, &mut say)?;
        }
        Ok(())
    }

    fn before_building(&self, tell: &mut Teller<'_>) -> Result<(), String> {
        let words = &self.settings.deploy.hooks.pre_build;
        if words.is_empty() {
            return Ok(());
        }
        drop(tell.say("hook", &words.join(" ")));
        let output = self.ssh.run(&Call::here(words.clone(), 3600)).map_err(|error| error.to_string())?;
        if output.code == 0 {
            Ok(())
        } else {
            Err(format!("`{}` failed: {}", words.join(" "), Mask::default().over(&output.complaint())))
        }
    }

    /// The URLs that users reach, asked from here; where one does not answer, the servers go back.
    fn seen_from_here(
        &self,
        ended: &mut Vec<(String, Followed)>,
        tell: &mut Teller<'_>,
    ) -> Result<u8, Error> {
        let outside = self.settings.deploy.health.iter().filter(|health| health.from == From::Here);
        for health in outside {
            let answer = here::ask(self.settings, health, self.ssh);
            tell.say("health", answer.as_ref().unwrap_or_else(|why| why))?;
            if answer.is_err() {
                return super::rollback::after(self.settings, self.ssh, ended, tell);
            }
        }
        Ok(0)
    }
}

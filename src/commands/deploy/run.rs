//! `envgate deploy run`: the gate, and the run on the servers, told while it goes and reported at its end.
//!
//! Not here: building images, and what happens on a server.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use crate::cli::{Deploy, DeployFormat, DeployRun, DeployWhat, When};
use crate::config::deploy::From;
use crate::deploy::execute::{Order, execute, leave};
use crate::deploy::follow::Followed;
use crate::deploy::gate::{Permit, Refusal};
use crate::deploy::here;
use crate::deploy::plan::Plan;
use crate::deploy::report::code;
use crate::deploy::settings::Settings;
use crate::deploy::transport::{Call, Ssh, Transport};
use crate::files;

use super::super::terminal::say;
use super::super::{Error, Status};
use super::assess::{Assessment, assess};
use super::context::{Context, context, run_name, ssh};
use super::plan::{findings, judge, refused};
use super::report::{self, Written};
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
    let (run, start, format) = (run_name(), Instant::now(), arguments.format);
    let mut tell = Teller::new(format, start, out);
    tell.begin("gate", "looking at servers, commit and env file")?;
    let assessment = assess(&context, &settings, &run, &ssh)?;
    drop(tell);
    let (context, settings, ssh, assessment) = (&context, &settings, &ssh, &assessment);
    let deploying = Deploying { context, settings, ssh, run, assessment, start, format };
    match deploying.judged(saved.as_ref()) {
        Ok(permit) => deploying.go(permit, out),
        Err(refusals) => deploying.refuse(&refusals, color, out),
    }
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

/// A deploy that has been looked at.
pub(super) struct Deploying<'a> {
    pub(super) context: &'a Context,
    pub(super) settings: &'a Settings,
    pub(super) ssh: &'a Ssh,
    run: String,
    pub(super) assessment: &'a Assessment,
    start: Instant,
    format: DeployFormat,
}

impl Deploying<'_> {
    fn teller<'a>(&self, out: &'a mut dyn Write) -> Teller<'a> {
        Teller::new(self.format, self.start, out)
    }

    /// Asks the gate; a plan that was saved binds.
    fn judged(&self, saved: Option<&Plan>) -> Result<Permit, Vec<Refusal>> {
        let other = saved.map(|saved| saved.differences(&self.assessment.plan)).unwrap_or_default();
        if other.is_empty() {
            return judge(self.context, self.settings, self.assessment);
        }
        Err(vec![Refusal {
            what: format!("{} changed after the plan was made", other.join(", ")),
            help: "make a new one with `envgate deploy plan`, and read it".to_owned(),
        }])
    }

    fn report(
        &self,
        code: u8,
        images: &[(String, String)],
        reasons: &[Refusal],
        ended: &[(String, Followed)],
    ) -> Result<String, Error> {
        let (context, settings, assessment) = (self.context, self.settings, self.assessment);
        let written = Written { context, settings, assessment, run: &self.run, images, reasons, ended, code };
        report::write(&written)
    }

    fn refuse(&self, refusals: &[Refusal], color: When, out: &mut dyn Write) -> Result<Status, Error> {
        let report = self.report(1, &[], refusals, &[])?;
        if self.format == DeployFormat::Json {
            let event = serde_json::json!({ "event": "refused", "refusals": refusals, "report": report });
            writeln!(out, "{event}")?;
        } else {
            findings(self.assessment, color, out)?;
            refused(refusals, out)?;
            say!(out, "report: {report}")?;
        }
        self.sign(&report, &mut self.teller(out));
        Ok(Status::Findings)
    }

    fn go(&self, permit: Permit, out: &mut dyn Write) -> Result<Status, Error> {
        let mut teller = self.teller(out);
        let through = self.assessment.check.findings.len();
        teller.say(
            "gate",
            &if through == 0 {
                "open".to_owned()
            } else {
                format!("open; {through} findings are let through, see the report")
            },
        )?;
        let images = match self.images(&mut teller) {
            Ok(images) => images,
            Err(why) => return self.not_begun(why, &mut teller),
        };
        let order = Order {
            settings: self.settings,
            run: self.run.clone(),
            files: self.context.compose_files(self.settings)?,
            images,
            surveys: &self.assessment.surveys,
        };
        let mut ended = execute(&order, &self.assessment.plan, permit, self.ssh, &mut |host, line| {
            teller.line(host, line);
        })?;
        let mut code = code(&ended, self.settings.hosts.len());
        if code == 0 {
            code = self.seen_from_here(&mut ended, &mut teller);
        }
        let report = self.report(code, &order.images, &[], &ended)?;
        self.leave(&ended, &report, &mut teller)?;
        self.sign(&report, &mut teller);
        // The servers are changed: that nobody reads on is no other end.
        drop(teller.end(code, &self.run, &report));
        self.last_hook(code, &report, &mut teller);
        Ok(super::status(code))
    }

    /// An image could not be had: no server was touched.
    fn not_begun(&self, why: String, teller: &mut Teller<'_>) -> Result<Status, Error> {
        teller.say("failed", &format!("{why}; nothing was changed"))?;
        let report = self.report(3, &[], &[Refusal { what: why, help: String::new() }], &[])?;
        self.sign(&report, teller);
        teller.end(3, &self.run, &report)?;
        Ok(Status::Unchanged)
    }

    fn leave(
        &self,
        ended: &[(String, Followed)],
        report: &str,
        teller: &mut Teller<'_>,
    ) -> Result<(), Error> {
        let bytes = files::read(Path::new(report))?;
        for (host, _) in ended {
            if let Err(why) = leave(self.settings, host, &self.run, bytes.clone(), self.ssh) {
                teller.tell("report", &format!("it could not be left on the server: {why}"));
            }
        }
        Ok(())
    }

    fn sign(&self, report: &str, teller: &mut Teller<'_>) {
        if let Some(key) = &self.settings.deploy.sign
            && let Err(why) = report::sign(report, key, self.ssh)
        {
            teller.tell("report", &format!("it could not be signed: {why}"));
        }
    }

    /// The exit code says what runs on the servers, and a hook changes nothing about that; but nobody else would say that it
    /// failed.
    fn last_hook(&self, code: u8, report: &str, teller: &mut Teller<'_>) {
        let Some(words) = self.settings.deploy.hooks.post_deploy.split_first() else { return };
        let wrong = match self.hook(words, report) {
            Ok(0) => return,
            Ok(said) => format!("ended with {said}"),
            Err(why) => format!("did not run: {why}"),
        };
        let stands = if code == 0 { "; the deploy stands" } else { "" };
        teller.tell("hook", &format!("`post_deploy` {wrong}{stands}"));
    }

    fn hook(&self, (program, rest): (&String, &[String]), report: &str) -> Result<i32, Error> {
        let words = std::iter::once(program).chain(rest).cloned().chain([report.to_owned()]).collect();
        Ok(self.ssh.run(&Call::here(words, 600))?.code)
    }

    /// The URLs that users reach, asked from here; where one does not answer, the servers go back.
    fn seen_from_here(&self, ended: &mut Vec<(String, Followed)>, tell: &mut Teller<'_>) -> u8 {
        // With a new env file alone it is the version of the release whose images stay, which nobody named here.
        let good = self.assessment.surveys.iter().find_map(|survey| survey.facts.good.as_ref());
        let version = match good {
            Some(good) if self.settings.env_only => good.version.as_str(),
            None if self.settings.env_only => "",
            _ => self.settings.version.as_str(),
        };
        let outside = self.settings.deploy.health.iter().filter(|health| health.from == From::Here);
        for health in outside {
            let answer = here::ask(self.settings, health, version, self.ssh);
            tell.tell("health", answer.as_ref().unwrap_or_else(|why| why));
            if answer.is_err() {
                return super::rollback::after(self.settings, self.ssh, ended, tell);
            }
        }
        0
    }
}

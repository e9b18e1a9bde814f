//! `envgate deploy plan`: everything is looked at and said, and nothing is changed.
//!
//! Not here: making the plan.

use std::io::Write;

use crate::cli::{Deploy, DeployFormat, DeployPlan, When};
use crate::deploy::gate::{self, Permit, Refusal};
use crate::deploy::plan::{Action, Plan, Server};
use crate::deploy::settings::Settings;
use crate::files;
use crate::render;

use super::super::terminal::say;
use super::super::{Error, Status, terminal};
use super::assess::{Assessment, assess};
use super::context::{Context, context, run_name, ssh};

pub(super) fn run(
    arguments: &Deploy,
    asked: &DeployPlan,
    color: When,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    let context = context(arguments, out)?;
    let settings = context.settings(arguments, asked.name.as_deref(), Some(&asked.what))?;
    let ssh = ssh(&settings)?;
    let assessment = assess(&context, &settings, &run_name(), &ssh)?;
    let verdict = judge(&context, &settings, &assessment);
    if let Some(folder) = asked.out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        files::make_folder(folder)?;
    }
    let mut bytes = serde_json::to_vec_pretty(&assessment.plan).unwrap_or_default();
    bytes.push(b'\n');
    files::write_atomically(&asked.out, &bytes)?;
    let refusals = verdict.err().unwrap_or_default();
    if arguments.format == DeployFormat::Json {
        let object = serde_json::json!({ "plan": assessment.plan, "refusals": refusals });
        writeln!(out, "{object}")?;
        return Ok(if refusals.is_empty() { Status::Clean } else { Status::Findings });
    }
    say(&assessment.plan, out)?;
    findings(&assessment, color, out)?;
    if refusals.is_empty() {
        say!(out, "gate: open\nplan: {} (deploy it with `envgate deploy run {0}`)", asked.out.display())?;
        return Ok(Status::Clean);
    }
    refused(&refusals, out)?;
    Ok(Status::Findings)
}

/// Asks the gate.
pub(super) fn judge(
    context: &Context,
    settings: &Settings,
    assessment: &Assessment,
) -> Result<Permit, Vec<Refusal>> {
    gate::judge(settings, &assessment.verdict, &context.committed, &assessment.surveys, &assessment.plan)
}

/// What the check found, where it found anything.
pub(super) fn findings(assessment: &Assessment, color: When, out: &mut dyn Write) -> Result<(), Error> {
    if !assessment.report.findings.is_empty() {
        say!(out, "the check of the commit with the server's env file:\n")?;
        render::write(&assessment.report, render::Format::Human, &terminal::options(color), out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Why nothing is deployed, and what to do.
pub(super) fn refused(refusals: &[Refusal], out: &mut dyn Write) -> Result<(), Error> {
    say!(out, "gate: shut; nothing was changed")?;
    for refusal in refusals {
        let lang = terminal::lang();
        let (what, help) = (lang.text(&refusal.what), lang.text(&refusal.help));
        say!(out, "  - {}\n    help: {}", render::visible(&what), render::visible(&help))?;
    }
    Ok(())
}

fn say(plan: &Plan, out: &mut dyn Write) -> Result<(), Error> {
    let what = if plan.env_only { "the env file alone" } else { &plan.version };
    let lang = terminal::lang();
    let short: String = plan.inputs.commit.chars().take(9).collect();
    say!(out, "deploy {} to {}: {what}, commit {short}\n", plan.project, plan.target)?;
    for server in &plan.servers {
        writeln!(out, "{}", server.host)?;
        for service in &server.services {
            let action = match service.action {
                Action::Unchanged => "unchanged",
                Action::Recreated => "recreated",
                Action::Created => "created",
            };
            let action = lang.word(action);
            writeln!(out, "  {:<16} {action}{}", service.name, lang.text(&because(&service.why)))?;
            if service.from.as_deref() != Some(service.to.as_str()) {
                let from = service.from.as_deref().unwrap_or(lang.word("nothing"));
                writeln!(
                    out,
                    "  {:<16}   {}\n  {:<16}   -> {}",
                    "",
                    render::visible(from),
                    "",
                    render::visible(&service.to)
                )?;
            }
        }
        for name in &server.protected {
            say!(out, "  {name:<16} protected")?;
        }
        way_back(server, out)?;
        say!(out, "  steps:")?;
        for (at, step) in server.steps.iter().enumerate() {
            writeln!(out, "  {:>3}. {}", at + 1, render::visible(&lang.text(step)))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn way_back(server: &Server, out: &mut dyn Write) -> Result<(), Error> {
    match &server.back {
        Some(back) if back.release.is_empty() => say!(out, "  way back: what runs now")?,
        Some(back) if back.gone.is_empty() => {
            say!(out, "  way back: {} ({}), its images are there", back.version, back.release)?;
        }
        Some(back) => {
            let gone = back.gone.join("`, `");
            say!(out, "  way back: {} ({}), the images of `{gone}` are gone", back.version, back.release)?;
        }
        None => say!(out, "  way back: none, nothing runs yet")?,
    }
    Ok(())
}

fn because(why: &[String]) -> String {
    if why.is_empty() { String::new() } else { format!(": {}", why.join("; ")) }
}

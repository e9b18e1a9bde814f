//! Reports kept: written beside each other, each naming the one before it by hash; and audited.
//!
//! Not here: what stands in one.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::DeployAudit;
use crate::deploy::facts::sha256;
use crate::deploy::follow::Followed;
use crate::deploy::gate::Refusal;
use crate::deploy::journal::Line;
use crate::deploy::markdown::markdown;
use crate::deploy::report::{FORMAT, Report, rows};
use crate::deploy::settings::Settings;
use crate::deploy::transport::{Call, Ssh, Transport};
use crate::files;
use crate::source::join;

use super::super::terminal::{lang, say};
use super::super::{Error, Status};
use super::assess::Assessment;
use super::context::Context;

/// The folder for reports where the configuration names none.
const FOLDER: &str = ".envgate/reports";

/// What is signed: a signature made for anything else is none here.
const NAMESPACE: &str = "envgate-deploy";

/// Signs a report with the user's key. What went wrong is a sentence.
pub(super) fn sign(report: &str, key: &str, transport: &dyn Transport) -> Result<(), String> {
    let words = ["ssh-keygen", "-Y", "sign", "-q", "-f", key, "-n", NAMESPACE, report].map(str::to_owned);
    let output = transport.run(&Call::here(words.to_vec(), 120)).map_err(|error| error.to_string())?;
    if output.code == 0 { Ok(()) } else { Err(output.complaint()) }
}

/// What is wrong with the signature of a report; none is wrong only where one is asked for.
fn signature(
    asked: &DeployAudit,
    bytes: Vec<u8>,
    transport: &dyn Transport,
) -> Result<Option<String>, Error> {
    let file = format!("{}.sig", asked.report.display());
    let there = files::stat(Path::new(&file)).is_ok();
    let mut words = vec!["ssh-keygen".to_owned(), "-Y".to_owned()];
    match (&asked.signers, &asked.signer) {
        (Some(_), _) if !there => return Ok(Some("it is not signed".to_owned())),
        (Some(signers), Some(signer)) => {
            words.extend(["verify".to_owned(), "-f".to_owned(), signers.display().to_string()]);
            words.extend(["-I".to_owned(), signer.clone()]);
        }
        _ if there => words.push("check-novalidate".to_owned()),
        _ => return Ok(None),
    }
    words.extend(["-n", NAMESPACE, "-s", &file].map(str::to_owned));
    let output = transport.run(&Call::here(words, 60).reading(bytes))?;
    Ok((output.code != 0).then(|| "its signature is not good".to_owned()))
}

/// What a report is written of.
pub(super) struct Written<'a> {
    pub(super) context: &'a Context,
    pub(super) settings: &'a Settings,
    pub(super) assessment: &'a Assessment,
    pub(super) run: &'a str,
    pub(super) images: &'a [(String, String)],
    pub(super) reasons: &'a [Refusal],
    pub(super) ended: &'a [(String, Followed)],
    pub(super) code: u8,
}

/// Writes the report of a run, and says where it is.
///
/// # Errors
///
/// Where it cannot be written.
pub(super) fn write(written: &Written<'_>) -> Result<String, Error> {
    let Written { context, settings, assessment, ended, .. } = written;
    let folder = join(context.folder(), settings.deploy.reports.as_deref().unwrap_or(FOLDER));
    let folder = PathBuf::from(folder);
    files::make_folder(&folder)?;
    let last = reports(&folder)?.pop();
    let before = match last {
        Some(path) => sha256(&files::read(&path)?),
        None => String::new(),
    };
    let servers: Vec<(String, Vec<Line>)> =
        ended.iter().map(|(host, followed)| (host.clone(), followed.lines.clone())).collect();
    let report = Report {
        format: FORMAT.to_owned(),
        run: written.run.to_owned(),
        code: written.code,
        plan: assessment.plan.clone(),
        check: assessment.check.clone(),
        images: written.images.to_vec(),
        reasons: written.reasons.to_vec(),
        rows: rows(&servers),
        servers,
        before,
        seal: String::new(),
    };
    let report = report.sealed();
    let path = folder.join(format!("{}.json", written.run));
    files::write_atomically(&path, &report.bytes())?;
    files::write_atomically(&path.with_extension("md"), markdown(&report, lang()).as_bytes())?;
    Ok(path.display().to_string())
}

/// The reports of a folder, the oldest first: a run's name begins with its time.
fn reports(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = files::files_in(folder)?;
    found.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    found.sort();
    Ok(found)
}

/// `envgate deploy audit`: a report's hash, and whether those around it agree.
///
/// # Errors
///
/// Where it cannot be read, or is no report.
pub(super) fn audit(asked: &DeployAudit, out: &mut dyn Write) -> Result<Status, Error> {
    let bytes = files::read(&asked.report)?;
    let not = || Error::NotADocument { path: asked.report.display().to_string(), what: "report" };
    let report: Report = serde_json::from_slice(&bytes).map_err(|_| not())?;
    if report.format != FORMAT {
        return Err(not());
    }
    let mut wrong: Vec<String> = Vec::new();
    if report.bytes() != bytes || !report.is_whole() {
        wrong.push("it is not as it was written".to_owned());
    }
    let folder = asked.report.parent().unwrap_or(Path::new("")).to_owned();
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    let all = reports(&folder)?;
    let at = all.iter().position(|path| path.file_name() == asked.report.file_name());
    let hash = sha256(&bytes);
    let before = match at.and_then(|at| at.checked_sub(1)).and_then(|at| all.get(at)) {
        Some(path) => sha256(&files::read(path)?),
        None => String::new(),
    };
    if before != report.before {
        wrong.push("the report before it is not the one that it names".to_owned());
    }
    if let Some(next) = at.and_then(|at| all.get(at + 1)) {
        let named =
            serde_json::from_slice::<Report>(&files::read(next)?).is_ok_and(|next| next.before == hash);
        if !named {
            wrong.push("the report after it names another one".to_owned());
        }
    }
    wrong.extend(signature(asked, bytes, &Ssh::local())?);
    writeln!(out, "{hash}  {}", asked.report.display())?;
    for what in &wrong {
        say!(out, "wrong: {what}")?;
    }
    Ok(if wrong.is_empty() { Status::Clean } else { Status::Findings })
}

//! `envgate init`: a look at the project, and the first configuration and baseline for it.
//!
//! Not here: what is found and written; the modules below know.

mod ci;
mod deploy;
mod found;
mod written;

use std::io::{BufRead, IsTerminal, Write, stdin, stdout};
use std::path::{Path, PathBuf};

use crate::baseline::FILE_NAME;
use crate::cli::{CiHost, HookName, HookPlace, Init, Scope};
use crate::config;
use crate::diagnostic::{Report, Severity};
use crate::engine;
use crate::files;
use crate::git::WorkTree;
use crate::project::Project;
use crate::project::deploying;
use crate::source::Source;

use super::check::{self, Prepared};
use super::inputs::work_tree;
use super::terminal::{self, say};
use super::{Error, Status, baseline, catalog, hook, working_directory};
use found::Found;

/// A file that is to be written.
#[derive(Debug)]
struct File {
    path: PathBuf,
    text: String,
    /// What is said of it.
    told: String,
    /// What is left to do by hand.
    next: Option<&'static str>,
}

impl File {
    fn is_baseline(&self) -> bool {
        self.path.as_os_str() == FILE_NAME
    }
}

pub(super) fn run(arguments: &Init, out: &mut dyn Write) -> Result<Status, Error> {
    let here = working_directory()?;
    let mut prepared = check::prepare(&scope(), &here)?;
    prepared.refuse_mistakes(out)?;
    let project = engine::gather(&prepared.files, &mut prepared.settings(), &prepared.tree)?;
    let found = Found::of(&project, &here);
    let section = arguments.deploy.then(|| section(&project));
    drop(project);
    found.tell(out)?;
    writeln!(out)?;
    let tree = if arguments.hook { work_tree(&here)? } else { None };
    if arguments.hook && tree.is_none() {
        return Err(Error::NoRepository);
    }
    let files = files(arguments, &found, section, &mut prepared, out)?;
    if arguments.dry_run {
        return shown(arguments, &files, out);
    }
    if (!files.is_empty() || arguments.hook) && !(arguments.yes || agreed(&files, arguments, out)?) {
        say!(out, "nothing is written; `envgate init --yes` writes it, `--dry-run` shows it")?;
        return Ok(Status::Clean);
    }
    write(arguments, &files, tree.as_ref(), &here, out)
}

/// Everything, as `envgate check` without an argument takes it.
fn scope() -> Scope {
    Scope {
        paths: vec![PathBuf::from(".")],
        only: Vec::new(),
        ignore: Vec::new(),
        fail_on: None,
        include: Vec::new(),
        exclude: Vec::new(),
        config: None,
        config_from: None,
    }
}

/// What is missing. What is there is named, and stays.
fn files(
    arguments: &Init,
    found: &Found,
    section: Option<Section>,
    prepared: &mut Prepared,
    out: &mut dyn Write,
) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    match (&prepared.loaded.source, section) {
        (Some(source), Some(section)) if prepared.loaded.config.deploy.is_none() => {
            files.push(section.after(source, prepared)?);
        }
        (Some(source), _) => say!(out, "`{}` is there and stays as it is", source.path())?,
        (None, section) => files.push(configuration(found, section, prepared)?),
    }
    if let Some(path) = &prepared.loaded.baseline {
        say!(out, "`{}` is there and stays as it is", path.display())?;
    } else if !arguments.no_baseline {
        files.extend(accepted(prepared, out)?);
    }
    if let Some(host) = arguments.ci {
        files.extend(step(host, out)?);
    }
    Ok(files)
}

/// A `deploy:` section, and what is left to fill in.
#[derive(Debug)]
struct Section {
    text: String,
    left: Vec<&'static str>,
}

fn section(project: &Project<'_>) -> Section {
    let (text, left) = deploy::section(&deploying::find(project));
    Section { text, left }
}

impl Section {
    /// What is said of it.
    fn told(&self) -> String {
        if self.left.is_empty() {
            return String::from("a `deploy:` section");
        }
        format!("a `deploy:` section; fill in {}", self.left.join(", "))
    }

    /// A configuration that is there, with the section at its end.
    fn after(&self, source: &Source, prepared: &Prepared) -> Result<File, Error> {
        let old = source.text();
        let gap = if old.is_empty() || old.ends_with('\n') { "" } else { "\n" };
        let text = [old, gap, &self.text].concat();
        let path = source.path().to_owned();
        let new = Source::new(path.as_str(), text.as_str());
        let (config, mistakes) = config::load(&new, &catalog(), &prepared.tree);
        let wrong = mistakes.iter().any(|mistake| mistake.severity == Severity::Error);
        if wrong || config.deploy.is_none() {
            return Err(Error::NoPlace { path });
        }
        Ok(File { path: PathBuf::from(path), text, told: self.told(), next: None })
    }
}

/// The first `envgate.yaml`; the check that follows goes by it.
fn configuration(found: &Found, section: Option<Section>, prepared: &mut Prepared) -> Result<File, Error> {
    let path = config::FILE_NAMES[0];
    let mut text = written::configuration(found);
    let first = Source::new(path, text.as_str());
    let (config, _) = config::load(&first, &catalog(), &prepared.tree);
    prepared.loaded.config = config;
    let mut also = String::new();
    if let Some(section) = section {
        text = section.after(&first, prepared)?.text;
        also = format!("; {}", section.told());
    }
    let count = found.commands.len();
    let told = match count {
        0 => String::from("no compose command was found, so `environments` is a comment to fill in"),
        1 => String::from("1 environment"),
        more => format!("{more} environments"),
    };
    Ok(File { path: PathBuf::from(path), text, told: told + &also, next: None })
}

/// The baseline of what is wrong today; `None` where nothing is.
fn accepted(prepared: &Prepared, out: &mut dyn Write) -> Result<Option<File>, Error> {
    let (report, _) = baseline::found(prepared)?;
    if report.findings.is_empty() {
        say!(out, "nothing is found, so no baseline is needed")?;
        return Ok(None);
    }
    let accepted = baseline::accepting(&report, "", None)?;
    Ok(Some(File {
        path: PathBuf::from(FILE_NAME),
        text: accepted.to_text(),
        told: format!("accepts {}", counted(&report)),
        next: Some("`envgate check --no-baseline` shows what the baseline accepts"),
    }))
}

fn counted(report: &Report) -> String {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let (errors, warnings) = (report.count(Severity::Error), report.count(Severity::Warning));
    format!("{errors} error{} and {warnings} warning{}", plural(errors), plural(warnings))
}

/// The step of a CI server, where it is not there already.
fn step(host: CiHost, out: &mut dyn Write) -> Result<Option<File>, Error> {
    let text = |path: &str| match files::read(Path::new(path)) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(files::Error::Missing { .. }) => Ok(None),
        Err(error) => Err(Error::from(error)),
    };
    let pipeline = text(".gitlab-ci.yml")?;
    let step = ci::step(host, pipeline.as_deref());
    if text(step.path)?.is_some() {
        say!(out, "`{}` is there and stays as it is", step.path)?;
        return Ok(None);
    }
    Ok(Some(File {
        path: PathBuf::from(step.path),
        text: step.text,
        told: String::from("runs the check"),
        next: step.next,
    }))
}

/// What would be written, whole. A baseline is hashes: its summary says more.
fn shown(arguments: &Init, files: &[File], out: &mut dyn Write) -> Result<Status, Error> {
    for file in files {
        say!(out, "would write `{}`: {}", file.path.display(), file.told)?;
        if !file.is_baseline() {
            let lines = file.text.lines();
            let lines: String =
                lines.map(|line| ["    ", line].concat().trim_end().to_owned() + "\n").collect();
            writeln!(out, "\n{lines}")?;
        }
    }
    if arguments.hook {
        say!(out, "would put the check in front of every commit")?;
    }
    Ok(Status::Clean)
}

/// Whether whoever sits at the terminal wants it; where nobody does, nobody agreed.
fn agreed(files: &[File], arguments: &Init, out: &mut dyn Write) -> Result<bool, Error> {
    for file in files {
        say!(out, "to write: `{}`: {}", file.path.display(), file.told)?;
    }
    if arguments.hook {
        say!(out, "to do: put the check in front of every commit")?;
    }
    if !(stdin().is_terminal() && stdout().is_terminal()) {
        return Ok(false);
    }
    write!(out, "{}", terminal::lang().text("write it? [y/N] "))?;
    out.flush()?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    Ok(["y", "yes", "s", "si", "sí"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}

fn write(
    arguments: &Init,
    files: &[File],
    tree: Option<&WorkTree>,
    here: &Path,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    // The baseline comes last: a hook that is put in moves what is found in the hook that was there.
    let (last, first): (Vec<&File>, Vec<&File>) = files.iter().partition(|file| file.is_baseline());
    for file in first {
        put(file, out)?;
    }
    if let Some(tree) = tree.filter(|_| arguments.hook) {
        hook::install::install(&pre_commit(), tree, here, out)?;
    }
    if !last.is_empty() {
        let prepared = check::prepare(&scope(), here)?;
        if let Some(file) = accepted(&prepared, out)? {
            put(&file, out)?;
        }
    }
    for next in files.iter().filter_map(|file| file.next) {
        say!(out, "help: {next}")?;
    }
    if files.is_empty() && !arguments.hook {
        say!(out, "nothing is left to do")?;
    }
    Ok(Status::Clean)
}

fn put(file: &File, out: &mut dyn Write) -> Result<(), Error> {
    files::write_new(&file.path, file.text.as_bytes())?;
    say!(out, "wrote `{}`: {}", file.path.display(), file.told)?;
    Ok(())
}

fn pre_commit() -> HookPlace {
    let hooks = vec![HookName::PreCommit];
    HookPlace { hooks, git: false, husky: false, lefthook: false, pre_commit: false }
}

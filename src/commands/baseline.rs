//! `envgate baseline`, and the baseline that a check honours: found, read, held against what is found.
//!
//! Not here: what it holds; `baseline` knows.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::baseline::{Baseline, Comparison, Date, DetectSecrets, Entry, FILE_NAME, SALT_BYTES, told_from};
use crate::cli::{self, BaselineCommand, BaselinePlace, Check, Scope};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Meta, Report, Severity};
use crate::engine;
use crate::files::{self, relative};
use crate::render::visible;
use crate::source::{Folder, Source, join, parent};

use super::check::{self, Prepared};
use super::configuration::{Loaded, Trusted};
use super::terminal::{self, say};
use super::{Error, Status, working_directory};

/// A baseline that was read, with its text.
struct Known {
    baseline: Baseline,
    source: Source,
}

/// What honouring a baseline gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Honoured {
    /// Everything that it accepts is still there, or there is none.
    Whole,
    /// It accepts something that is gone.
    Stale,
}

/// Takes the findings that a baseline accepts out of `report`, and adds what there is to say of it.
///
/// # Errors
///
/// Where the baseline cannot be read.
pub(super) fn honour(
    report: &mut Report,
    arguments: &Check,
    loaded: &Loaded,
    here: &Path,
) -> Result<Honoured, Error> {
    let path = match &arguments.baseline {
        Some(path) => Some(path.clone()),
        None if arguments.no_baseline => None,
        None => loaded.baseline.clone(),
    };
    let Some(path) = path else { return Ok(Honoured::Whole) };
    let known = read(&path, here, loaded.trusted.as_ref())?;
    let comparison = known.baseline.compare(&report.findings, today());
    let whole = is_whole(arguments, parent(known.source.path()), here);
    let complaints = known.baseline.complaints(&comparison, &report.findings, whole, &known.source);
    let complaints = judged(complaints, &arguments.scope, &loaded.config);
    report.silence(&comparison.accepted);
    report.add(Report::new(complaints, [(&known.source, Vec::new())], 0, 0));
    Ok(if whole && !comparison.gone.is_empty() { Honoured::Stale } else { Honoured::Whole })
}

fn read(path: &Path, here: &Path, trusted: Option<&Trusted>) -> Result<Known, Error> {
    let name = relative(path, here);
    let bytes = match trusted {
        Some(commit) => commit.read(&name)?,
        None => files::read(path).map_err(|error| match error {
            files::Error::Missing { path } => Error::NoBaseline { path },
            other => other.into(),
        })?,
    };
    let source = Source::from_bytes(name, bytes);
    match Baseline::parse(source.text(), engine::is_secret) {
        Ok(baseline) => Ok(Known { baseline, source }),
        Err(broken) => {
            let place = format!("{}:{}:{}", visible(source.path()), broken.line, broken.column);
            Err(Error::Baseline { place, what: broken.what })
        }
    }
}

/// Whether the check looks at all that the baseline in `folder` may know of: else nothing can be called gone.
fn is_whole(arguments: &Check, folder: &str, here: &Path) -> bool {
    let scope = &arguments.scope;
    let part = arguments.since.is_some() || arguments.shard.is_some();
    let narrowed = arguments.staged || arguments.all_staged || part;
    let chosen = [&scope.only, &scope.ignore, &scope.include, &scope.exclude];
    !narrowed && chosen.iter().all(|words| words.is_empty()) && covers(&scope.paths, folder, here)
}

fn covers(paths: &[PathBuf], folder: &str, here: &Path) -> bool {
    let inside = |outer: &str| {
        // What lies above is never all below.
        (outer.is_empty() && !folder.starts_with(".."))
            || outer == folder
            || folder.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
    };
    paths.iter().any(|path| inside(&relative(path, here)))
}

/// The complaints as the configuration and the command line want them.
fn judged(found: Vec<Diagnostic>, scope: &Scope, config: &Config) -> Vec<Diagnostic> {
    let named = |words: &[String], meta: &Meta| words.iter().any(|word| meta.answers_to(word));
    let wanted =
        |meta: &Meta| (scope.only.is_empty() || named(&scope.only, meta)) && !named(&scope.ignore, meta);
    found
        .into_iter()
        .filter(|one| wanted(one.meta))
        .filter_map(|mut one| {
            one.severity = config.severity(one.meta, one.severity)?;
            Some(one)
        })
        .collect()
}

/// The day in UTC.
pub(in crate::commands) fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
    Date::of_unix_seconds(seconds)
}

/// Runs `envgate baseline`.
pub(super) fn run(arguments: &cli::Baseline, out: &mut dyn Write) -> Result<Status, Error> {
    let here = working_directory()?;
    match &arguments.command {
        BaselineCommand::Create(create) => {
            let expires = day(create.expires.as_deref())?;
            let mut now = Now::look(&create.place, &here, out)?;
            if let Some(from) = &create.from {
                now.narrow(from, &here, out)?;
            }
            now.create(expires, out)?;
        }
        BaselineCommand::Update(update) => {
            let expires = day(update.expires.as_deref())?;
            let now = Now::look(&update.place, &here, out)?;
            now.update(update.add, expires, &here, out)?;
        }
        BaselineCommand::Status(status) => Now::look(&status.place, &here, out)?.status(&here, out)?,
    }
    Ok(Status::Clean)
}

fn day(typed: Option<&str>) -> Result<Option<Date>, Error> {
    let Some(typed) = typed else { return Ok(None) };
    match Date::parse(typed) {
        Some(day) => Ok(Some(day)),
        None => Err(Error::NoDay { typed: typed.to_owned() }),
    }
}

/// Unmasked texts by path.
type Texts = BTreeMap<Arc<str>, Source>;

/// What is found now, and where the baseline lies.
struct Now {
    report: Report,
    /// The unmasked texts; nothing of them is written.
    sources: Texts,
    path: PathBuf,
    folder: Folder,
    whole: bool,
}

impl Now {
    fn look(typed: &BaselinePlace, here: &Path, out: &mut dyn Write) -> Result<Self, Error> {
        let scope = Scope {
            paths: typed.paths.clone(),
            only: Vec::new(),
            ignore: Vec::new(),
            fail_on: None,
            include: Vec::new(),
            exclude: Vec::new(),
            config: typed.config.clone(),
            config_from: None,
        };
        let prepared = check::prepare(&scope, here)?;
        prepared.refuse_mistakes(out)?;
        let path = typed.baseline.clone().or_else(|| prepared.loaded.baseline.clone());
        let path = path.unwrap_or_else(|| PathBuf::from(join(&prepared.loaded.folder, FILE_NAME)));
        let folder = parent(&relative(&path, here)).to_owned();
        let whole = covers(&typed.paths, &folder, here);
        let folder = Folder::new(&folder, &here.to_string_lossy());
        let (report, sources) = found(&prepared)?;
        Ok(Self { report, sources, path, folder, whole })
    }

    /// Leaves the secrets that the `.secrets.baseline` at `from` knows.
    fn narrow(&mut self, from: &Path, here: &Path, out: &mut dyn Write) -> Result<(), Error> {
        let list = Source::from_bytes(relative(from, here), files::read(from)?);
        let shown = visible(list.path());
        let mut known = DetectSecrets::parse(list.text()).map_err(|broken| Error::Baseline {
            place: format!("{shown}:{}:{}", broken.line, broken.column),
            what: broken.what,
        })?;
        let folder = Folder::new(parent(list.path()), &here.to_string_lossy());
        let before = self.report.findings.len();
        let sources = &self.sources;
        self.report.findings.retain(|finding| {
            let diagnostic = &finding.diagnostic;
            let source = sources.get(&diagnostic.path);
            let path = told_from(&folder, &diagnostic.path);
            engine::is_secret(diagnostic.meta)
                && source.is_some_and(|source| known.knows(&path, source, diagnostic.span))
        });
        let left = before - self.report.findings.len();
        say!(out, "still reported: {} that `{shown}` does not know", findings(left))?;
        match known.unmet() {
            0 => {}
            unmet => say!(out, "{unmet} of its entries are gone, or are no secrets here")?,
        }
        match known.real() {
            0 => {}
            real => say!(out, "warning: {real} of those accepted were audited as real secrets")?,
        }
        Ok(())
    }

    fn shown(&self) -> String {
        visible(&self.path.display().to_string()).into_owned()
    }

    fn create(&self, expires: Option<Date>, out: &mut dyn Write) -> Result<(), Error> {
        let shown = self.shown();
        if files::stat(&self.path).is_ok() {
            return Err(Error::BaselineExists { path: shown });
        }
        if self.report.findings.is_empty() {
            say!(out, "nothing is found, so there is nothing to accept; `{shown}` is not written")?;
            return Ok(());
        }
        let baseline = accepting(&self.report, self.folder.clone(), expires)?;
        files::write_atomically(&self.path, baseline.to_text().as_bytes())?;
        let until = expires.map(|day| format!(" until {day}")).unwrap_or_default();
        let (errors, warnings) = (self.report.count(Severity::Error), self.report.count(Severity::Warning));
        say!(
            out,
            "wrote `{shown}`: {} accepted{until} (errors: {errors}, warnings: {warnings})",
            findings(baseline.entries().len())
        )?;
        say!(out, "help: commit it; `envgate check` now reports what is new, and says what is gone")?;
        Ok(())
    }

    fn update(
        &self,
        add: bool,
        expires: Option<Date>,
        here: &Path,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        let shown = self.shown();
        if !self.whole {
            return Err(Error::BaselineNotWhole { path: shown });
        }
        let known = read(&self.path, here, None)?;
        let (mut baseline, comparison) = (known.baseline.clone(), self.compare(&known));
        baseline.update(&self.report.findings, self.folder.clone());
        if add {
            acceptable(&self.report)?;
        }
        let new = self.report.findings.iter().enumerate();
        let new: Vec<_> =
            new.filter(|(nth, _)| add && !comparison.accepted.contains(nth)).map(|(_, one)| one).collect();
        let added = new.len();
        if add {
            baseline.accept(new, self.folder.clone(), expires);
        }
        let text = baseline.to_text();
        if text != known.source.text() {
            files::write_atomically(&self.path, text.as_bytes())?;
        }
        list("gone, dropped", gone(&known, &comparison), out)?;
        let accepted = findings(baseline.entries().len());
        let dropped = comparison.gone.len();
        say!(out, "`{shown}`: {accepted} accepted, {added} added, {dropped} dropped")?;
        Ok(())
    }

    fn status(&self, here: &Path, out: &mut dyn Write) -> Result<(), Error> {
        let shown = self.shown();
        if !self.whole {
            return Err(Error::BaselineNotWhole { path: shown });
        }
        let known = read(&self.path, here, None)?;
        let comparison = self.compare(&known);
        list("gone", gone(&known, &comparison), out)?;
        let accepted = comparison.accepted.len();
        let expired = comparison.expired.len();
        let new = self.report.findings.len() - accepted - expired;
        say!(
            out,
            "`{shown}`: {} accepted, {} gone, {expired} expired, {new} new",
            findings(accepted),
            comparison.gone.len()
        )?;
        Ok(())
    }

    fn compare(&self, known: &Known) -> Comparison {
        known.baseline.compare(&self.report.findings, today())
    }
}

/// Refuses a report with findings that are only counted: a baseline knows each of those that it accepts.
fn acceptable(report: &Report) -> Result<(), Error> {
    match report.only_counted() {
        0 => Ok(()),
        count => Err(Error::TooManyToAccept { count }),
    }
}

/// A new baseline in `folder` that accepts everything in `report`.
///
/// # Errors
///
/// Where the system gives no random bytes, or there are more findings than are listed.
pub(super) fn accepting(
    report: &Report,
    folder: impl Into<Folder>,
    expires: Option<Date>,
) -> Result<Baseline, Error> {
    acceptable(report)?;
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|error| Error::Random(error.to_string()))?;
    let mut baseline = Baseline::new(salt, engine::is_secret);
    baseline.accept(&report.findings, folder, expires);
    Ok(baseline)
}

/// All that a check without a baseline reports, but for the mistakes of the configuration; and the unmasked
/// texts of the files that it points into.
pub(super) fn found(prepared: &Prepared) -> Result<(Report, Texts), Error> {
    let outcome = engine::check(&prepared.files, &mut prepared.settings(), &prepared.tree)?;
    if !outcome.broken.is_empty() {
        return Err(Error::Broken { paths: outcome.broken.join("`, `") });
    }
    let sources = outcome.sources.values().map(|(source, masks)| (source, masks.clone()));
    // Findings about configured commands stand in the configuration, and are known by its lines.
    let sources = sources.chain(prepared.loaded.source.iter().map(|source| (source, Vec::new())));
    let report = Report::new(outcome.findings, sources, outcome.files, outcome.suppressed);
    Ok((report, outcome.sources.into_iter().map(|(path, (source, _))| (path, source)).collect()))
}

fn gone<'a>(known: &'a Known, comparison: &Comparison) -> Vec<&'a Entry> {
    comparison.gone.iter().filter_map(|at| known.baseline.entries().get(*at)).collect()
}

fn list(lead: &str, entries: Vec<&Entry>, out: &mut dyn Write) -> Result<(), Error> {
    for entry in entries {
        let lang = terminal::lang();
        let (lead, within) = (lang.text(lead), lang.word("in"));
        writeln!(out, "{lead}: {} {within} {}", visible(&entry.rule), visible(&entry.path))?;
    }
    Ok(())
}

fn findings(count: usize) -> String {
    format!("{count} finding{}", if count == 1 { "" } else { "s" })
}

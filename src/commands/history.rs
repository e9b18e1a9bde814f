//! `envgate history`: each content that commits ever brought, searched once; each secret told once.
//!
//! Not here: walking commits, looking for secrets.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::cli::{self, Scope, When};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Report};
use crate::engine::{self, Input, Outcome};
use crate::files::{self, DiskTree, relative};
use crate::git::{self, Blob, BlobId, Commit, ContentKind, ContentTree, History, Starts};
use crate::secrets::Places;
use crate::source::{Source, Span, join};

use super::clean::Clean;
use super::pack_files::PackFiles;
use super::progress::Watched;
use super::{Error, Status, check, configuration, output, verify, working_directory};

/// How many digits of a commit's id are shown, as in `git log --abbrev=12`.
const SHORT: usize = 12;

pub(super) fn run(arguments: &cli::History, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    if arguments.verify {
        verify::refuse_hooks()?;
    }
    let here = working_directory()?;
    let directory = here.join(&arguments.repository);
    let mut history = walked(arguments, &directory)?;
    let top = relative(&history.root, &here);
    let disk = DiskTree::new([top.as_str()])?;
    let loaded = configuration::load(arguments.config.as_deref(), &top, Some(&top), &here, &disk)?;
    let mut settings = check::settings(&Scope::default(), &loaded);
    let told = {
        let top = top.clone();
        move |name: &str| join(&top, name.split_once('/').map_or(name, |(_, path)| path))
    };
    // What silences a finding decides what is clean.
    let texts: String = loaded.source.iter().chain(&loaded.others).map(Source::text).collect();
    let mut clean = arguments.cache.as_deref().map(|path| Clean::read(path, &texts)).transpose()?;
    if let Some(clean) = &clean {
        history.blobs.retain(|blob| !clean.has(&blob.id));
    }
    let contents = Contents::new(&history, &top, &loaded.config);
    settings.own = settings.own.map(|own| Arc::new(own.told_by(contents.places(&top))));
    let tree = ContentTree::new(&directory, contents.ids(), Arc::clone(&history.packs));
    let watched = Watched::new(&tree, contents.inputs.len(), "contents");
    let outcome = engine::secrets_in(&contents.inputs, &settings, &watched, arguments.jobs, &told)?;
    drop(watched);
    if let Some(clean) = &mut clean {
        let found: HashSet<&str> = outcome.findings.iter().map(|finding| &*finding.path).collect();
        let others = contents.blobs.iter().filter(|(name, _)| !found.contains(name.as_str()));
        clean.add(others.map(|(_, blob)| blob.id));
        clean.write()?;
    }
    let (mut report, sources) = tell(outcome, &contents);
    if arguments.verify {
        let text = |of: &Diagnostic| sources.get(&of.path).map(|(source, _)| source.slice(of.span));
        verify::judge(&mut report, text)?;
    }
    report.shard = arguments.shard.map(|shard| shard.to_string());
    output::files(&report, &arguments.look)?;
    output::print(&report, &arguments.look, color, out)?;
    if loaded.is_mistaken() {
        let path = loaded.source.map(|source| source.path().to_owned()).unwrap_or_default();
        return Err(Error::Config { path });
    }
    let threshold = check::threshold(arguments.fail_on, &loaded.config);
    let failed = report.findings.iter().any(|finding| finding.diagnostic.severity >= threshold);
    Ok(if failed { Status::Findings } else { Status::Clean })
}

/// The commits and contents that were asked for, of this shard.
fn walked(arguments: &cli::History, directory: &Path) -> Result<History, Error> {
    files::openable_repository(directory)?;
    let starts =
        Starts { revisions: &arguments.revisions, all: arguments.all, unreachable: arguments.unreachable };
    let mut history = git::history(directory, &starts, Box::new(PackFiles))?;
    if let Some(shard) = arguments.shard {
        history.blobs.retain(|blob| shard.holds(blob.id.as_bytes()));
    }
    Ok(history)
}

/// The contents of a history under names of their own: `COMMIT/PATH`.
struct Contents<'h> {
    history: &'h History,
    inputs: Vec<Input>,
    blobs: HashMap<String, &'h Blob>,
}

impl<'h> Contents<'h> {
    fn new(history: &'h History, top: &str, config: &Config) -> Self {
        let wanted = |blob: &&Blob| !config.exclude.iter().any(|glob| glob.matches(&join(top, &blob.path)));
        let mut blobs: Vec<&Blob> = history.blobs.iter().filter(wanted).collect();
        // The versions of one file lie together in a pack and are made of each other: read in a row, git
        // unpacks their common base once.
        blobs.sort_by(|one, two| (&one.path, one.commit).cmp(&(&two.path, two.commit)));
        let name = |blob: &Blob| format!("{}/{}", short(history, blob), blob.path);
        let inputs = blobs.iter().map(|blob| Input {
            path: name(blob),
            tracked: Some(true),
            mode: None,
            hook: false,
            checked: true,
            lines: None,
        });
        Self {
            history,
            inputs: inputs.collect(),
            blobs: blobs.iter().map(|blob| (name(blob), *blob)).collect(),
        }
    }

    fn ids(&self) -> BTreeMap<String, BlobId> {
        self.blobs.iter().map(|(name, blob)| (name.clone(), blob.id)).collect()
    }

    /// Where each content stands, by its name here.
    fn places(&self, top: &str) -> impl Fn(&str) -> Places + Send + Sync + use<> {
        let below = |path: &String| join(top, path);
        let elsewhere = self.blobs.iter().filter(|(_, blob)| !blob.others.is_empty());
        let elsewhere: HashMap<String, Places> = elsewhere
            .map(|(name, blob)| {
                let paths = std::iter::once(&blob.path).chain(&blob.others).map(below).collect();
                (name.clone(), Places { paths, more: blob.others.len() >= git::MAX_PATHS })
            })
            .collect();
        let top = top.to_owned();
        move |name| {
            let path = || join(&top, name.split_once('/').map_or(name, |(_, path)| path));
            elsewhere.get(name).cloned().unwrap_or_else(|| Places { paths: vec![path()], more: false })
        }
    }

    fn commit(&self, blob: &Blob) -> Option<&Commit> {
        self.history.commits.get(blob.commit)
    }
}

fn short<'h>(history: &'h History, blob: &Blob) -> &'h str {
    let id = history.commits.get(blob.commit).map_or("", |commit| &commit.id);
    id.get(..SHORT).unwrap_or(id)
}

/// One secret, wherever and however often it was committed.
struct Secret<'h> {
    first: Diagnostic,
    blob: &'h Blob,
    at_head: bool,
    contents: usize,
    paths: HashSet<&'h str>,
}

/// The texts that findings point into, by the paths that they are told by, with what no output may show.
type Sources = BTreeMap<Arc<str>, (Source, Vec<Span>)>;

/// Each secret once, under the first commit that brought it.
fn tell(outcome: Outcome, contents: &Contents<'_>) -> (Report, Sources) {
    let mut secrets: HashMap<(&str, [u8; 32]), Secret<'_>> = HashMap::new();
    for finding in outcome.findings.into_iter().flat_map(Diagnostic::each) {
        let Some(blob) = contents.blobs.get(&*finding.path).copied() else { continue };
        let source = outcome.sources.get(&finding.path).map(|(source, _)| source);
        let value = source.map_or("", |source| source.slice(finding.span));
        let key = (finding.meta.code, Sha256::digest(value.as_bytes()).into());
        let secret = secrets.entry(key).or_insert_with(|| Secret {
            first: finding.clone(),
            blob,
            at_head: false,
            contents: 0,
            paths: HashSet::new(),
        });
        secret.contents += 1;
        secret.at_head |= contents.history.at_head.contains(&blob.id);
        secret.paths.insert(&blob.path);
        secret.paths.extend(blob.others.iter().map(String::as_str));
        if (blob.commit, &blob.path) < (secret.blob.commit, &secret.blob.path) {
            (secret.first, secret.blob) = (finding, blob);
        }
    }
    let mut findings = Vec::new();
    let mut sources = Sources::new();
    for secret in secrets.into_values() {
        let path: Arc<str> = format!("{}:{}", short(contents.history, secret.blob), secret.blob.path).into();
        if let Some((source, masks)) = outcome.sources.get(&secret.first.path) {
            sources.insert(Arc::clone(&path), (source.renamed(Arc::clone(&path)), masks.clone()));
        }
        findings.push(told(secret, path, contents));
    }
    let shown = sources.values().map(|(source, masks)| (source, masks.clone()));
    let report = Report::new(findings, shown, outcome.files, outcome.suppressed);
    (report, sources)
}

/// The finding with its story: who brought it and when, how far it went, whether it still stands.
fn told(secret: Secret<'_>, path: Arc<str>, contents: &Contents<'_>) -> Diagnostic {
    let Secret { first, blob, at_head, contents: count, paths } = secret;
    let by = match contents.commit(blob) {
        Some(commit) if !commit.id.is_empty() => {
            format!(", brought by {} on {}", commit.author, date(commit.seconds))
        }
        _ => ", in what no commit reaches".to_owned(),
    };
    let versions = if count > 1 { format!(", in {count} contents") } else { String::new() };
    let mut elsewhere: Vec<&str> = paths.into_iter().filter(|path| *path != blob.path).collect();
    elsewhere.sort_unstable();
    let also = match elsewhere.as_slice() {
        [] => String::new(),
        [one] => format!(", also in `{one}`"),
        [one, rest @ ..] => format!(", also in `{one}` and {} more", rest.len()),
    };
    let stands = match blob.kind {
        ContentKind::Message => "in a message, which no later commit takes back",
        ContentKind::File if at_head => "still at HEAD",
        ContentKind::File => "gone from HEAD, not from history",
    };
    let message = format!("{}{by}{versions}{also}; {stands}", first.message);
    let mut labels = first.labels.clone();
    for label in labels.iter_mut().filter(|label| label.path == first.path) {
        label.path = Arc::clone(&path);
    }
    Diagnostic { message, path, labels, ..first }
}

/// The day, in UTC, as `2026-01-31`; a commit may say any number of seconds.
fn date(seconds: i64) -> String {
    let end = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds).unwrap_or(end).strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_have_their_dates() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_709_164_800, "2024-02-29"),
            (1_735_689_599, "2024-12-31"),
            (-86_400, "1969-12-31"),
            (i64::MAX, "9999-12-30"),
        ] {
            assert_eq!(date(seconds), day);
        }
    }
}

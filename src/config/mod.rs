//! `envgate.yaml`: read, made valid, and its own mistakes reported as findings with places.
//!
//! Not here: rules and what they do with their options, the engine, the disk. Without a file the
//! defaults hold: [`Config::default`].

pub mod deploy;
mod glob;
mod located;
mod measure;
mod mistakes;
mod own;
mod raw;
mod secret;
mod sense;
mod tree;
mod typed;
mod valid;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Meta, Severity};
use crate::project::commands::ComposeCommand;
use crate::project::expectations::Expectations;
use crate::secrets::Own;
use crate::source::{Source, Span, Tree};

pub use glob::Glob;
pub use mistakes::rules;
pub use own::Example;

use mistakes::{Mistakes, invalid};
use valid::World;

/// The names a configuration may have, in the order in which they are sought.
pub const FILE_NAMES: [&str; 2] = ["envgate.yaml", ".envgate.yaml"];

/// The most bytes that are read as a configuration.
const LARGEST: usize = 1 << 20;

/// What a valid configuration says. Paths are relative to the working directory.
#[derive(Debug, Clone)]
pub struct Config {
    /// The compose command of each environment, in the order of the file.
    pub commands: Vec<ComposeCommand>,
    /// What is expected of variables.
    pub expectations: Expectations,
    /// Settings of rules, in the order of the file.
    pub rules: Vec<RuleSetting>,
    /// Findings that are known and accepted.
    pub ignores: Vec<Ignore>,
    /// The files to check; empty for all.
    pub include: Vec<Glob>,
    /// Files that are not checked.
    pub exclude: Vec<Glob>,
    /// The lowest severity that makes a check fail.
    pub fail_on: Severity,
    /// The kinds of secrets that the project declares for itself; `None` where there are none.
    pub own: Option<Arc<Own>>,
    /// The texts that these kinds must find, and those that they must not.
    pub examples: Vec<Example>,
    /// How the project is deployed; `None` where it is not.
    pub deploy: Option<deploy::Deploy>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            commands: Vec::new(),
            expectations: Expectations::default(),
            rules: Vec::new(),
            ignores: Vec::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            fail_on: Severity::Error,
            own: None,
            examples: Vec::new(),
            deploy: None,
        }
    }
}

/// What the configuration says of a rule or a family of rules.
#[derive(Debug, Clone)]
pub struct RuleSetting {
    /// The code, name or family, as written.
    pub word: String,
    /// Its place.
    pub span: Span,
    /// The severity: `Some(None)` is off, `None` leaves it as it is.
    pub level: Option<Option<Severity>>,
}

/// A finding that is known and accepted.
#[derive(Debug, Clone)]
pub struct Ignore {
    /// The code, name or family, as written.
    pub rule: String,
    /// The place of that word, for saying that nothing is silenced any more.
    pub span: Span,
    /// The files; `None` is all.
    pub path: Option<Glob>,
    /// The variable; `None` is all.
    pub key: Option<String>,
    /// The finding's fingerprint; `None` is any.
    pub fingerprint: Option<String>,
    /// The SHA-256 of the text that the finding points at, 64 hexadecimal digits; `None` is any.
    pub value: Option<String>,
    /// The last day on which it holds, as `YYYY-MM-DD`; `None` is for ever.
    pub expires: Option<String>,
    /// Why; without a reason it silences nothing.
    pub reason: Option<String>,
}

impl Config {
    /// How severely a rule reports: configured, else `by_default`; `None` where it is off.
    ///
    /// A code or name says more than a family; among equals the last one holds.
    #[must_use]
    pub fn severity(&self, meta: &Meta, by_default: Severity) -> Option<Severity> {
        let said = self.settings(meta).filter_map(|setting| setting.level).last();
        said.unwrap_or(Some(by_default))
    }

    /// Whether a setting of its own, not of its family, gives the rule a severity: then a rule that is
    /// otherwise only on when asked for is asked for.
    #[must_use]
    pub fn names(&self, meta: &Meta) -> bool {
        self.settings(meta).any(|setting| setting.level.is_some() && !setting.is_family(meta))
    }

    /// A finding about the configuration as the configuration itself wants it. What cannot be read cannot
    /// be asked, so such findings stay.
    fn judge(&self, mut found: Diagnostic) -> Option<Diagnostic> {
        if found.meta.code != invalid().code {
            found.severity = self.severity(found.meta, found.severity)?;
            let plain = |ignore: &&Ignore| ignore.fingerprint.is_none() && ignore.value.is_none();
            if self.ignores.iter().filter(plain).any(|ignore| ignore.silences(&found)) {
                return None;
            }
        }
        Some(found)
    }

    /// The settings that apply to a rule, families first.
    fn settings<'a>(&'a self, meta: &'a Meta) -> impl Iterator<Item = &'a RuleSetting> {
        let of = |family| {
            self.rules
                .iter()
                .filter(move |setting| meta.answers_to(&setting.word) && setting.is_family(meta) == family)
        };
        of(true).chain(of(false))
    }
}

impl RuleSetting {
    fn is_family(&self, meta: &Meta) -> bool {
        self.word.eq_ignore_ascii_case(meta.family())
    }
}

impl Ignore {
    /// Whether it still holds on the day `today`, `YYYY-MM-DD`.
    #[must_use]
    pub fn holds(&self, today: &str) -> bool {
        self.expires.as_ref().is_none_or(|last| last.as_str() >= today)
    }

    /// Whether it means findings that point at this text.
    #[must_use]
    pub fn means(&self, text: &str) -> bool {
        let hash = || format!("{:x}", Sha256::digest(text.as_bytes()));
        self.value.as_ref().is_none_or(|value| value.eq_ignore_ascii_case(&hash()))
    }

    /// Whether it gives a reason and means this finding, by whatever else than its fingerprint and its text.
    #[must_use]
    pub fn silences(&self, diagnostic: &Diagnostic) -> bool {
        self.reason.is_some()
            && diagnostic.meta.answers_to(&self.rule)
            && self.path.as_ref().is_none_or(|glob| glob.matches(&diagnostic.path))
            && self.key.as_ref().is_none_or(|key| diagnostic.key.as_ref() == Some(key))
    }
}

/// Reads `source` as a configuration.
///
/// All its mistakes are findings, in the order of the file; the parts that are right are in force, also
/// over these findings. `known` are the rules that settings may name; `tree` says which files exist.
#[must_use]
pub fn load(source: &Source, known: &[&'static Meta], tree: &dyn Tree) -> (Config, Vec<Diagnostic>) {
    load_from("", source, known, tree)
}

/// The same, seen from the working directory `here`, where that may lie in the folder of the configuration.
#[must_use]
pub fn load_from(
    here: &str,
    source: &Source,
    known: &[&'static Meta],
    tree: &dyn Tree,
) -> (Config, Vec<Diagnostic>) {
    let mut mistakes = Mistakes::new(source.shared_path(), source.text().len());
    let config = read(source, &mut mistakes).map(|file| {
        let world = World { path: source.path(), here, text: source.text(), known, tree };
        valid::validate(file, &world, &mut mistakes)
    });
    let config = config.unwrap_or_default();
    let found = mistakes.into_found().into_iter().filter_map(|found| config.judge(found)).collect();
    (config, found)
}

fn read(source: &Source, mistakes: &mut Mistakes) -> Option<raw::File> {
    if source.text().len() > LARGEST {
        mistakes.push(invalid(), Span::new(0, 0), format!("the file has more than {LARGEST} bytes"));
        return None;
    }
    if let Some(at) = source.invalid_utf8() {
        mistakes.push(invalid(), Span::new(at, at), "the file is not UTF-8");
    }
    let (root, flaws) = tree::read(source.text());
    for flaw in flaws {
        let diagnostic = mistakes.push(invalid(), flaw.span, flaw.message);
        if let Some(first) = flaw.first {
            diagnostic.label(source.shared_path(), first, "it stands here first");
        }
    }
    let Some(root) = root else { return Some(raw::File::default()) };
    let deploy = sense::place_of(&root, "deploy");
    let (file, errors) = typed::read::<raw::File>(root);
    if let Some((file, node)) = file.as_ref().zip(deploy) {
        for mistake in file.deploy.iter().flat_map(sense::mistakes) {
            let span = sense::place(&node, &mistake.way);
            mistakes.push(invalid(), span, mistake.message).help(mistake.help);
        }
    }
    for error in errors {
        let diagnostic = mistakes.push(invalid(), error.span, error.message);
        if let Some(help) = error.help {
            diagnostic.help(help);
        }
    }
    file
}

/// The JSON Schema of `envgate.yaml`.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(raw::File).to_value()
}

#[cfg(test)]
mod tests;

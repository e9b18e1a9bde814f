//! A small project held in memory, checked through the library exactly as the command checks a directory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use envgate::config;
use envgate::diagnostic::Severity;
use envgate::engine::{self, Input, Outcome, Selection, Settings};
use envgate::project::Repository;
use envgate::rules;
use envgate::source::{PathKind, Source, Tree, file_name, is_env_name};

/// The files of one case: path → (bytes, mode).
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub files: BTreeMap<String, (Vec<u8>, Option<u32>)>,
}

/// A finding as tests compare it.
pub(crate) type Place = (String, usize, String);

impl Case {
    /// All files under `path`; a single file is a case by itself.
    pub(crate) fn read(path: &Path) -> Self {
        let mut case = Self::default();
        if path.is_file() {
            case.add(path, path.file_name().unwrap().to_string_lossy().into_owned());
        } else {
            case.add_directory(path, path);
        }
        case.change_modes();
        case
    }

    /// Env files are for their owner alone, as they should be; git keeps no such modes, so a case says in
    /// `modes.txt` where it wants others, as `path 644`.
    fn change_modes(&mut self) {
        for (path, (_, mode)) in &mut self.files {
            if is_env_name(file_name(path)) {
                *mode = Some(0o600);
            }
        }
        let Some((bytes, _)) = self.files.remove("modes.txt") else { return };
        for line in String::from_utf8(bytes).unwrap().lines() {
            let (path, mode) = line.split_once(' ').expect("`path mode`");
            let (_, old) = self.files.get_mut(path).expect("a file of the case");
            *old = Some(u32::from_str_radix(mode, 8).expect("an octal mode"));
        }
    }

    fn add_directory(&mut self, directory: &Path, top: &Path) {
        let mut entries: Vec<_> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                self.add_directory(&entry, top);
            } else {
                let shown = entry.strip_prefix(top).unwrap().to_string_lossy().into_owned();
                self.add(&entry, shown);
            }
        }
    }

    fn add(&mut self, path: &Path, shown: String) {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).unwrap().permissions().mode();
        self.files.insert(shown, (fs::read(path).unwrap(), Some(mode)));
    }

    /// What the case promises: `#~ CODE…` speaks of the next line, `promises.txt` of any.
    pub(crate) fn promises(&self) -> Vec<Place> {
        let mut promises = Vec::new();
        for (path, (bytes, _)) in &self.files {
            let text = String::from_utf8_lossy(bytes);
            for (index, line) in text.lines().enumerate() {
                if path == "promises.txt" {
                    let (place, codes) = line.split_once(' ').expect("`path:line CODE`");
                    let (file, number) = place.rsplit_once(':').expect("`path:line CODE`");
                    let number = number.parse().expect("a line number");
                    promises.extend(
                        codes.split_whitespace().map(|code| (file.to_owned(), number, code.to_owned())),
                    );
                } else if let Some(codes) = line.trim_start().strip_prefix("#~ ") {
                    promises.extend(
                        codes.split_whitespace().map(|code| (path.clone(), index + 2, code.to_owned())),
                    );
                }
            }
        }
        promises.sort();
        promises.dedup();
        promises
    }

    /// The clone that the case stands for, if it has a `clone.txt`: `core.hooksPath=DIRECTORY`, as
    /// `git config --list` prints it.
    fn repository(&self) -> Option<Repository> {
        let (bytes, _) = self.files.get("clone.txt")?;
        let text = String::from_utf8(bytes.clone()).unwrap();
        let directory = text.trim_end().strip_prefix("core.hooksPath=").expect("where git looks for hooks");
        Some(Repository {
            hooks_path: Some(directory.to_owned()),
            hooks_directory: directory.to_owned(),
            ..Repository::default()
        })
    }

    /// Everything at its default but for what an `envgate.yaml` says; findings of severity info are kept.
    fn settings(&self) -> Settings {
        let selection = Selection { info: true, ..Selection::default() };
        let repository = self.repository();
        let Some((bytes, _)) = self.files.get("envgate.yaml") else {
            return Settings { selection, repository, ..Settings::default() };
        };
        let source = Source::from_bytes("envgate.yaml", bytes.clone());
        let (config, mistakes) = config::load(&source, &rules::catalog(), self);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        Settings {
            selection,
            expectations: config.expectations,
            environments: config.commands,
            own: config.own,
            repository,
            ..Settings::default()
        }
    }

    /// Checks the case, which is about the rule `code`. What rules of severity info have to say is their own
    /// cases' matter.
    pub(crate) fn check_for(&self, code: &str) -> Outcome {
        let promised = self.promises();
        let mut outcome = self.check();
        outcome.findings.retain(|finding| {
            let other = finding.severity == Severity::Info && finding.meta.code != code;
            !other || promised.iter().any(|(_, _, promised)| promised == finding.meta.code)
        });
        outcome
    }

    /// Checks the case.
    pub(crate) fn check(&self) -> Outcome {
        self.check_inputs(&self.inputs())
    }

    /// Checks these files of the case, in this order.
    pub(crate) fn check_inputs(&self, inputs: &[Input]) -> Outcome {
        let mut settings = self.settings();
        engine::check(inputs, &mut settings, self).expect("all files are in memory")
    }

    /// The files as they are handed over, in the order of their names.
    pub(crate) fn inputs(&self) -> Vec<Input> {
        self.files
            .iter()
            .filter(|(path, _)| !matches!(path.as_str(), "promises.txt" | "clone.txt"))
            .map(|(path, (_, mode))| Input {
                path: path.clone(),
                tracked: None,
                mode: *mode,
                hook: false,
                checked: true,
                lines: None,
            })
            .collect()
    }
}

/// The places of all findings.
pub(crate) fn places(outcome: &Outcome) -> Vec<Place> {
    let mut places: Vec<Place> = outcome
        .findings
        .iter()
        .map(|finding| {
            let (source, _) = &outcome.sources[&finding.path];
            (finding.path.to_string(), source.line(finding.span.start), finding.meta.code.to_owned())
        })
        .collect();
    places.sort();
    places.dedup();
    places
}

/// The wording of all findings, for a person to read in a snapshot.
pub(crate) fn wording(outcome: &Outcome) -> String {
    let mut text = String::new();
    for finding in &outcome.findings {
        let (source, _) = &outcome.sources[&finding.path];
        let (start, end) = (source.position(finding.span.start), source.position(finding.span.end));
        text += &format!(
            "{}:{}:{}-{}:{} {} {}: {}\n",
            finding.path,
            start.line,
            start.column,
            end.line,
            end.column,
            finding.severity,
            finding.meta.code,
            finding.message
        );
        for label in &finding.labels {
            text += &format!("    see {}: {}\n", label.path, label.message);
        }
        if let Some(help) = &finding.help {
            text += &format!("    help: {help}\n");
        }
        if let Some(fix) = &finding.fix {
            text += &format!("    fix ({:?}): {}\n", fix.safety, fix.title);
        }
    }
    text
}

impl Tree for Case {
    fn kind(&self, path: &str) -> Option<PathKind> {
        if self.files.contains_key(path) {
            return Some(PathKind::File);
        }
        let inside = |name: &String| {
            path.is_empty() || name.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
        };
        self.files.keys().any(inside).then_some(PathKind::Directory)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.files.get(path).map(|(bytes, _)| bytes.clone()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

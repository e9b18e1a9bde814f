//! A working directory that lies in what is checked: while the files are put together all paths lead over the top, so
//! that a file has one path whoever names it; what is found is told from the working directory again.
//!
//! Not here: which folder is the top, and reading.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::project::commands::ComposeCommand;
use crate::project::relations::Relation;
use crate::source::{Folder, PathKind, Tree, ascent, folded};

use super::{Input, Outcome, Settings, Unreadable};

/// Where the working directory lies below the top.
#[derive(Debug, Clone)]
pub struct Below {
    top: String,
    folder: Folder,
    here: String,
}

impl Below {
    /// The working directory `here`, of which `top`, as seen from it, is the top; `None` where it does not lie below it.
    #[must_use]
    pub fn new(top: &str, here: &str) -> Option<Self> {
        let above = !top.is_empty() && top == ascent(top);
        above.then(|| Self { top: top.to_owned(), folder: Folder::new(top, here), here: here.to_owned() })
    }

    /// A path from the working directory, over the top; what lies elsewhere stays as it is.
    fn up(&self, path: &str) -> String {
        match self.folder.told(path) {
            Some(told) if told.is_empty() => self.top.clone(),
            Some(told) => format!("{}/{told}", self.top),
            None => path.to_owned(),
        }
    }

    fn lift(&self, path: &mut String) {
        *path = self.up(path);
    }

    fn lift_command(&self, command: &mut ComposeCommand) {
        let ComposeCommand { path, files, env_files, project_directory, directory, sourced, .. } = command;
        let sourced = sourced.iter_mut().map(|sourced| &mut sourced.path);
        let all = files.iter_mut().chain(env_files).chain(project_directory).chain([path, directory]);
        all.chain(sourced).for_each(|path| self.lift(path));
    }

    fn lift_settings(&self, settings: &mut Settings) {
        settings.environments.iter_mut().for_each(|command| self.lift_command(command));
        let relations = settings.expectations.relations.iter_mut();
        relations.flat_map(Relation::paths_mut).for_each(|path| self.lift(path));
        if let Some(repository) = &mut settings.repository {
            self.lift(&mut repository.root);
            self.lift(&mut repository.hooks_directory);
            let linked = std::mem::take(&mut repository.linked).into_iter();
            repository.linked = linked.map(|(path, callers)| (self.up(&path), callers)).collect();
        }
    }
}

/// Checks with all paths over the top.
pub(super) fn check(
    below: &Below,
    inputs: &[Input],
    settings: &mut Settings,
    tree: &dyn Tree,
) -> Result<Outcome, Unreadable> {
    let mut told = Told { below, tree, known: BTreeMap::new() };
    let inputs: Vec<Input> = inputs.iter().map(|input| told.lifted(input)).collect();
    below.lift_settings(settings);
    match super::check_whole(&inputs, settings, &told) {
        Ok(outcome) => Ok(told.outcome(outcome)),
        Err(Unreadable(files)) => {
            Err(Unreadable(files.into_iter().map(|(path, error)| (told.down(&path), error)).collect()))
        }
    }
}

/// The tree under its paths over the top.
struct Told<'a> {
    below: &'a Below,
    tree: &'a dyn Tree,
    /// The inputs' paths as they were given, by the path over the top: what stands in archives has names of any form.
    known: BTreeMap<String, String>,
}

impl Told<'_> {
    fn lifted(&mut self, input: &Input) -> Input {
        let mut path = self.below.up(&input.path);
        if self.known.contains_key(&path) {
            path.clone_from(&input.path);
        }
        self.known.insert(path.clone(), input.path.clone());
        Input { path, ..input.clone() }
    }

    /// A path from the working directory.
    fn down(&self, path: &str) -> String {
        self.known.get(path).cloned().unwrap_or_else(|| folded(path, &self.below.here).into_owned())
    }

    fn shared(&self, path: &Arc<str>) -> Arc<str> {
        let told = self.down(path);
        if *told == **path { Arc::clone(path) } else { Arc::from(told) }
    }

    /// A sentence with the paths in it.
    fn text(&self, text: &mut String) {
        let lead = format!("{}/", self.below.top);
        if !text.contains(&lead) {
            return;
        }
        let is_inside = |character: char| {
            character.is_alphanumeric() || matches!(character, '.' | '_' | '-' | '/' | '~' | '$' | '}')
        };
        let ends = |character: char| character.is_whitespace() || "`\"',;:()".contains(character);
        let (mut told, mut rest) = (String::with_capacity(text.len()), text.as_str());
        while let Some((before, behind)) = rest.split_once(&lead) {
            told.push_str(before);
            let end = behind.find(ends).unwrap_or(behind.len());
            let (path, after) = behind.split_at_checked(end).unwrap_or((behind, ""));
            let whole = format!("{lead}{path}");
            let begins = !told.ends_with(is_inside);
            told.push_str(&if begins { self.down(&whole) } else { whole });
            rest = after;
        }
        told.push_str(rest);
        *text = told;
    }

    fn finding(&self, finding: &mut Diagnostic) {
        finding.path = self.shared(&finding.path);
        self.text(&mut finding.message);
        finding.help.iter_mut().for_each(|help| self.text(help));
        finding.fix.iter_mut().for_each(|fix| self.text(&mut fix.title));
        for label in &mut finding.labels {
            label.path = self.shared(&label.path);
            self.text(&mut label.message);
        }
    }

    fn outcome(&self, outcome: Outcome) -> Outcome {
        let Outcome { mut findings, sources, mut silencings, broken, loaders, .. } = outcome;
        for finding in &mut findings {
            self.finding(finding);
        }
        for silencing in &mut silencings {
            silencing.path = self.down(&silencing.path);
        }
        let sources = sources.into_iter().map(|(path, (source, masks))| {
            let path = self.shared(&path);
            (Arc::clone(&path), (source.renamed(path), masks))
        });
        let loaders = loaders.into_iter().map(|(path, loaders)| (self.down(&path), loaders));
        Outcome {
            findings,
            sources: sources.collect(),
            silencings,
            broken: broken.iter().map(|path| self.down(path)).collect(),
            unread: outcome.unread,
            loaders: loaders.collect(),
            declared: outcome.declared,
            files: outcome.files,
            suppressed: outcome.suppressed,
        }
    }
}

impl Tree for Told<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.tree.kind(&self.down(path))
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.tree.read(&self.down(path))
    }

    fn read_into(&self, path: &str, buffer: &mut Vec<u8>) -> io::Result<()> {
        self.tree.read_into(&self.down(path), buffer)
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.tree.is_ignored(&self.down(path))
    }

    fn length(&self, path: &str) -> Option<u64> {
        self.tree.length(&self.down(path))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Below, Told};
    use crate::source::{PathKind, Tree};

    struct Nothing;

    impl Tree for Nothing {
        fn kind(&self, _: &str) -> Option<PathKind> {
            None
        }
    }

    #[test]
    fn paths_lead_over_the_top_and_back() {
        let below = Below::new("../..", "/srv/shop/apps/web").unwrap();
        let told = Told { below: &below, tree: &Nothing, known: BTreeMap::new() };
        for (path, over) in [
            ("", "../../apps/web"),
            ("a/.env", "../../apps/web/a/.env"),
            ("../api/.env", "../../apps/api/.env"),
            ("../..", "../.."),
            ("../../.env", "../../.env"),
            ("../../../.env", "../../../.env"),
            ("/etc/a", "/etc/a"),
        ] {
            assert_eq!(below.up(path), over, "{path}");
            assert_eq!(below.up(over), over, "{over}");
            assert_eq!(told.down(over), path, "{over}");
        }
        assert!(Below::new("", "/srv").is_none() && Below::new("a", "/srv").is_none());
    }

    #[test]
    fn sentences_are_told_from_the_working_directory() {
        let below = Below::new("..", "/srv/shop/web").unwrap();
        let told = Told { below: &below, tree: &Nothing, known: BTreeMap::new() };
        for (text, expected) in [
            ("`../web/.env` and `../api/.env`, ../web/a", "`.env` and `../api/.env`, a"),
            ("`../../web/.env`", "`../../web/.env`"),
            ("cp ../web/é ../web/", "cp é "),
            ("nothing", "nothing"),
        ] {
            let mut text = text.to_owned();
            told.text(&mut text);
            assert_eq!(text, expected);
        }
    }
}

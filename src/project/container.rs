//! Variables in commands and health checks that are the container's, though compose fills them in on the
//! host.
//!
//! Not here: variables that compose fills in and that are meant so.

use crate::document::compose::template::Variable;
use crate::document::compose::{Service, Value};
use crate::document::yaml::Node;

use super::resolve::Environment;
use super::{File, Project};

/// The places of a service whose texts run in the container.
const PLACES: &[&[&str]] = &[&["command"], &["entrypoint"], &["healthcheck", "test"]];

/// The shells that images have.
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "zsh", "ksh"];

/// A text of a service that runs in its container.
#[derive(Debug)]
pub struct Run<'a> {
    /// Its parts: one for a text, the items of a list.
    pub parts: Vec<Value>,
    /// Whether a shell of the container reads it.
    pub by_shell: bool,
    /// The service.
    pub service: &'a Service,
}

/// Why a variable is the container's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The service's environment has it.
    Environment,
    /// The text itself sets it.
    Text,
    /// Every container has it, and no host exports it.
    Everywhere,
}

/// The texts of a service that run in its container.
#[must_use]
pub fn runs<'a>(service: &'a Service, file: &File) -> Vec<Run<'a>> {
    let source = file.source.text();
    let shell_entry = service.node.get("entrypoint").is_some_and(is_shell);
    let one = |place: &&[&str]| {
        let node = service.node.at(place)?;
        let parts: Vec<Value> = match node.items() {
            Some(items) => items.iter().filter_map(|item| Value::read(source, item)).collect(),
            None => Value::read(source, node).into_iter().collect(),
        };
        let check = place.len() > 1;
        let by_shell = if check {
            let first = node.items().and_then(|items| items.first()).and_then(|item| item.as_str());
            node.items().is_none() || first == Some("CMD-SHELL") || is_shell(node)
        } else {
            is_shell(node) || (*place == ["command"] && shell_entry)
        };
        Some(Run { parts, by_shell, service })
    };
    PLACES.iter().filter_map(one).collect()
}

/// Whether a command begins with a shell that is given a text (`sh -c`).
fn is_shell(node: &Node) -> bool {
    let words: Vec<&str> = match node.items() {
        Some(items) => items.iter().take(6).filter_map(|item| item.as_str()).collect(),
        None => node.as_str().unwrap_or_default().split_whitespace().take(6).collect(),
    };
    let mut words = words.into_iter().skip_while(|word| *word == "CMD");
    let shell = words.next().is_some_and(|word| SHELLS.contains(&crate::source::file_name(word)));
    shell && words.take_while(|word| word.starts_with('-')).any(|word| word.ends_with('c'))
}

/// Whether `variable` of a text that runs in the container is meant to be filled in there, and why: nobody
/// sets it where compose would take it from, and the container has it.
#[must_use]
pub fn whose(project: &Project<'_>, file: &File, run: &Run<'_>, variable: &Variable) -> Option<Whose> {
    let path = file.source.path();
    let mut known = project.environments.iter().filter(|one| one.files.iter().any(|used| used == path));
    let name = variable.name.as_str();
    let given = |one: &Environment| one.sets(name) && !one.names.is_of_machine(name);
    if variable.operator.is_some() || known.clone().any(given) {
        return None;
    }
    let service = &run.service.name.value;
    let has = |environment: &Environment| {
        let variable = environment.service(service).and_then(|service| service.variable(name));
        variable.is_some_and(|variable| {
            variable.arrives.value.is_some()
                || variable.arrives.is_unknown() && !variable.arrives.is_of_machine()
        })
    };
    let written =
        run.service.environment.iter().any(|setting| setting.key == name && setting.value.is_some());
    if written || known.any(has) {
        Some(Whose::Environment)
    } else if run.by_shell && run.parts.iter().any(|part| sets(&part.text, name)) {
        Some(Whose::Text)
    } else {
        (name == "HOSTNAME").then_some(Whose::Everywhere)
    }
}

/// Whether compose fills it in with what the machine has, for one of the commands that use the file.
#[must_use]
pub fn is_of_machine(project: &Project<'_>, file: &File, variable: &Variable) -> bool {
    let mut environments = project.environments.iter();
    environments.any(|one| one.uses(file.source.path()) && one.names.is_of_machine(&variable.name))
}

/// Whether a shell text sets a variable: `NAME=`, `for NAME in`, `read NAME`.
fn sets(text: &str, name: &str) -> bool {
    let mut before = "";
    for word in
        text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '(' | '{' | '&' | '|' | '\'' | '"' | '`'))
    {
        let assigned = word.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
        if assigned || (word == name && matches!(before, "for" | "read" | "-r")) {
            return true;
        }
        if !word.is_empty() {
            before = word;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::sets;

    #[test]
    fn a_shell_text_sets_what_it_assigns_loops_over_and_reads() {
        for (text, sets_it) in [
            ("for i in 1 2; do echo $i; done", true),
            ("i=1; echo $i", true),
            ("sh -c 'for i in 1 2; do echo $i; done'", true),
            ("while read -r i; do echo $i; done", true),
            ("echo $i", false),
            ("ii=1; echo $i", false),
            ("echo i=", true),
        ] {
            assert_eq!(sets(text, "i"), sets_it, "{text}");
        }
    }
}

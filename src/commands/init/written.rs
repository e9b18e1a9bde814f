//! The text of a first `envgate.yaml`: what was found, and comments that show what else can be said.
//!
//! Not here: the disk. What can be worked out from the project at every check is not written down, since it
//! would only grow old: variables that a settings class declares stand in a comment.

use std::collections::BTreeSet;

use crate::project::commands::ComposeCommand;
use crate::project::names::is_secret;
use crate::render::folded;
use crate::source::{file_name, parent};

use super::found::Found;

/// How wide a comment may be: `init --dry-run` shows it four columns further in, and marks it with `# `.
const COLUMNS: usize = 74;

const HEAD: &str = "\
# What envgate checks here. Nothing in this file is needed: without it
# everything is checked, by the rules' own severities. Paths are relative to
# this folder.
version: 1
";

const TAIL: &str = "
# off, info, warning or error for a rule or a family; `envgate rules` lists
# them.
# rules:
#   ENV103: error

# What is known and accepted. Without a reason an entry counts for nothing.
# ignore:
#   - rule: weak-secret
#     path: envs/.env.ci*
#     reason: the database of a CI run holds nothing

# Files that are not checked, besides those of .gitignore, .envgateignore.
# exclude: [vendor/]

# From which severity on `envgate check` fails: error or warning.
fail_on: error
";

/// The text for what was found.
pub(super) fn configuration(found: &Found) -> String {
    [HEAD, &environments(found), &variables(found), TAIL].concat()
}

fn environments(found: &Found) -> String {
    let lead =
        "\n# How each stack is started. What a service really gets is worked out from\n# these files.\n";
    if found.commands.is_empty() {
        let files: Vec<String> = found.compose.iter().take(3).map(|path| quoted(path)).collect();
        let files = if files.is_empty() { String::from("docker-compose.yml") } else { files.join(", ") };
        return format!(
            "{lead}# environments:\n#   production:\n#     kind: production\n#     compose: [{files}]\n#     env_file: {}\n",
            quoted(found.env.first().map_or(".env", String::as_str))
        );
    }
    let mut names = BTreeSet::new();
    let mut text = format!("{lead}environments:\n");
    for command in &found.commands {
        text.push_str(&environment(command, &name(command, &mut names)));
    }
    for command in &found.loading {
        let path = comment(&command.path);
        text.push_str(&said(
            &format!("{path} loads its env file by itself, and is read as it stands."),
            "  ",
        ));
    }
    text
}

fn environment(command: &ComposeCommand, name: &str) -> String {
    let mut text = format!("  {}: # {}\n", quoted(name), comment(&command.path));
    match command.production {
        Some(true) => text.push_str("    kind: production\n"),
        Some(false) => text.push_str("    kind: development\n"),
        None => text.push_str("    # kind: production or development; nothing here says which\n"),
    }
    text.push_str(&format!("    compose: [{}]\n", list(&command.files)));
    if let Some(file) = command.env_files.first() {
        text.push_str(&format!("    env_file: {}\n", quoted(file)));
    }
    if !command.profiles.is_empty() {
        text.push_str(&format!("    profiles: [{}]\n", list(&command.profiles)));
    }
    if !command.directory.is_empty() {
        text.push_str(&format!("    directory: {}\n", quoted(&command.directory)));
    }
    text
}

/// What the command is called: production, else the Makefile's target, else the script. Each name once.
fn name(command: &ComposeCommand, taken: &mut BTreeSet<String>) -> String {
    let script = file_name(&command.path).split('.').next().unwrap_or_default().to_owned();
    let base = match (command.production, &command.name) {
        (Some(true), _) => String::from("production"),
        (_, Some(target)) => target.clone(),
        (_, None) if script.is_empty() => file_name(parent(&command.path)).to_owned(),
        (_, None) => script,
    };
    let numbered = (2..).map(|nth| format!("{base}-{nth}"));
    let free = std::iter::once(base.clone()).chain(numbered).find(|name| taken.insert(name.clone()));
    free.unwrap_or(base)
}

fn variables(found: &Found) -> String {
    let lead = "\n# What variables must look like, in every file and in what arrives in a\n# service.\n";
    let known = match found.settings.as_slice() {
        [] => String::new(),
        all => {
            let paths: Vec<String> = all.iter().map(|(path, _)| comment(path)).collect();
            said(&format!("What is declared in {} counts without a word here.", paths.join(", ")), "")
        }
    };
    let secret = found.required.iter().find(|name| is_secret(name)).map_or("SECRET_KEY", String::as_str);
    format!(
        "{lead}{known}# variables:\n\
         #   {}: {{required: true, kind: secret, min_length: 32}}\n\
         #   CORS_ORIGINS: {{kind: list, expect: json}}\n\
         #   LOG_LEVEL: {{kind: [debug, info, warning, error]}}\n",
        quoted(secret)
    )
}

/// Lines of comment that have room in a terminal, where `init --dry-run` shows them indented.
fn said(text: &str, indent: &str) -> String {
    let mut lines = String::new();
    for line in folded(text, COLUMNS - indent.len()).lines() {
        lines.push_str(&format!("{indent}# {}\n", line.trim_start()));
    }
    lines
}

/// A word of YAML: plain where that is safe, else in quotes.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '_' | '-');
    let starts = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.' || c == '_' || c == '/');
    let keyword = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "."]
        .contains(&word.to_ascii_lowercase().as_str());
    if starts && word.chars().all(plain) && !keyword {
        return word.to_owned();
    }
    // What JSON writes is a double-quoted scalar of YAML too, but for the escaped slash that it never writes.
    serde_json::to_string(word).unwrap_or_default()
}

/// Words of a YAML list.
pub(super) fn list(all: &[String]) -> String {
    all.iter().map(|one| quoted(one)).collect::<Vec<_>>().join(", ")
}

/// A word that cannot end a comment.
pub(super) fn comment(word: &str) -> String {
    word.chars().filter(|character| !character.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::{configuration, quoted};
    use crate::commands::init::found::Found;
    use crate::config;
    use crate::project::commands::ComposeCommand;
    use crate::source::{PathKind, Source, Tree};

    struct Everything;

    impl Tree for Everything {
        fn kind(&self, _: &str) -> Option<PathKind> {
            Some(PathKind::File)
        }
    }

    fn command(path: &str, name: Option<&str>, production: Option<bool>, files: &[&str]) -> ComposeCommand {
        ComposeCommand {
            path: path.to_owned(),
            name: name.map(str::to_owned),
            production,
            files: files.iter().map(|file| (*file).to_owned()).collect(),
            ..ComposeCommand::default()
        }
    }

    /// Whatever is found, what is written says it back, with no mistake.
    #[test]
    fn what_is_written_can_be_read_and_says_the_same() {
        let found = Found {
            commands: vec![
                command("Makefile", Some("dev"), Some(false), &["a.yml", "dev dir/b: #.yml"]),
                command("deploy.sh", None, Some(true), &["a.yml"]),
                command("x/deploy.sh", None, Some(true), &["true", "- b.yml", "\"'\u{1b}\n.yml"]),
                command("run\nme", None, None, &["*c.yml"]),
            ],
            required: vec!["JWT_SECRET_KEY".to_owned()],
            settings: vec![("app/config.py".to_owned(), 3)],
            ..Found::default()
        };
        let text = configuration(&found);
        let (read, mistakes) = config::load(&Source::new("envgate.yaml", text.as_str()), &[], &Everything);
        assert!(mistakes.is_empty(), "{text}\n{mistakes:?}");
        let names: Vec<&str> = read.commands.iter().filter_map(|one| one.name.as_deref()).collect();
        assert_eq!(names, ["dev", "production", "production-2", "run\nme"]);
        for (read, found) in read.commands.iter().zip(&found.commands) {
            assert_eq!((&read.files, read.production), (&found.files, found.production));
        }
        assert!(text.contains("#   JWT_SECRET_KEY: {required"), "{text}");
        let empty = configuration(&Found::default());
        let (_, mistakes) = config::load(&Source::new("envgate.yaml", empty.as_str()), &[], &Everything);
        assert!(mistakes.is_empty(), "{empty}");
        let shown: String =
            empty.lines().map(|line| line.trim_start_matches("# ").to_owned() + "\n").collect();
        assert!(
            shown.contains("  production:\n    kind: production\n    compose: [docker-compose.yml]"),
            "{shown}"
        );
    }

    #[test]
    fn words_are_quoted_where_yaml_would_read_something_else() {
        for (word, written) in [
            ("envs/.env", "envs/.env"),
            ("true", "\"true\""),
            ("1", "\"1\""),
            ("a b", "\"a b\""),
            ("*x", "\"*x\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(word), written);
        }
    }
}

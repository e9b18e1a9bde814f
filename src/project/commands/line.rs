//! The words of a `docker compose` command line.
//!
//! Not here: where its paths lead.

/// A compose command line; paths as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Line {
    pub(super) files: Vec<String>,
    pub(super) env_files: Vec<String>,
    pub(super) project_directory: Option<String>,
    pub(super) profiles: Vec<String>,
    pub(super) subcommand: Option<String>,
    /// Whether a word is not known that could name a file.
    pub(super) unknown: bool,
}

/// compose's own options that take a value and are not looked at here.
const WITH_VALUE: &[&str] =
    &["-p", "--project-name", "--ansi", "--parallel", "--progress", "-H", "--context", "-c", "--host"];

/// Reads the words of a command, `None` for those that are not known. Gives nothing where it is no
/// compose command.
pub(super) fn read(words: &[Option<String>], environment: impl Fn(&str) -> Option<String>) -> Option<Line> {
    let mut rest = compose(words)?;
    let mut line = Line::default();
    while let Some(first) = rest.first() {
        let Some(word) = first.as_deref() else {
            // A variable could hold any option, and even the subcommand.
            line.unknown = true;
            line.subcommand = rest.iter().flatten().find(|word| !word.starts_with('-')).cloned();
            break;
        };
        if !word.starts_with('-') {
            line.subcommand = Some(word.to_owned());
            break;
        }
        let (option, attached) =
            word.split_once('=').map_or((word, None), |(option, value)| (option, Some(value)));
        rest = rest.get(1..)?;
        let takes_value = WITH_VALUE.contains(&option);
        let known = matches!(option, "-f" | "--file" | "--env-file" | "--project-directory" | "--profile");
        if !takes_value && !known {
            continue;
        }
        let value = if let Some(value) = attached {
            Some(value.to_owned())
        } else {
            let value = rest.first()?.clone();
            rest = rest.get(1..)?;
            value
        };
        let Some(value) = value else {
            line.unknown |= known;
            continue;
        };
        match option {
            "-f" | "--file" => line.files.push(value),
            "--env-file" => line.env_files.push(value),
            "--project-directory" => line.project_directory = Some(value),
            "--profile" => line.profiles.push(value),
            _ => {}
        }
    }
    from_environment(&mut line, environment);
    Some(line)
}

/// What compose takes from variables where the line does not say.
fn from_environment(line: &mut Line, environment: impl Fn(&str) -> Option<String>) {
    if line.files.is_empty()
        && let Some(files) = environment("COMPOSE_FILE")
    {
        line.files = files.split(':').filter(|file| !file.is_empty()).map(str::to_owned).collect();
    }
    if line.profiles.is_empty()
        && let Some(profiles) = environment("COMPOSE_PROFILES")
    {
        line.profiles =
            profiles.split(',').filter(|profile| !profile.is_empty()).map(str::to_owned).collect();
    }
}

/// The words after `docker compose` or `docker-compose`.
fn compose(words: &[Option<String>]) -> Option<&[Option<String>]> {
    let name = words.first()?.as_deref()?;
    match crate::source::file_name(name) {
        "docker-compose" => words.get(1..),
        "docker" => {
            let mut at = 1;
            loop {
                match words.get(at)?.as_deref()? {
                    "compose" => return words.get(at + 1..),
                    option if WITH_VALUE.contains(&option) => at += 2,
                    option if option.starts_with('-') => at += 1,
                    _ => return None,
                }
            }
        }
        _ => None,
    }
}

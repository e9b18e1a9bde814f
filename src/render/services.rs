//! What services get, as text for people and as JSON, `envgate/resolve/v1`.
//!
//! Not here: working it out.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::columns::{Column, row, width};
use super::json::object;
use super::paint::{Role, paint};
use super::visible::visible;
use super::wrap::wrap;
use super::{Options, Shown};
use crate::lang::Lang;

/// Where a value was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OriginView {
    /// `fallback`, `environment`, `env_file`, `shell`, `dotenv` or `none`.
    pub kind: &'static str,
    /// The file; `None` for what was handed in.
    pub path: Option<String>,
    /// The 1-based line in it.
    pub line: Option<usize>,
}

impl OriginView {
    /// `path:line`, or what else there is to say.
    pub(super) fn place(&self) -> String {
        match (&self.path, self.line) {
            (Some(path), Some(line)) => format!("{}:{line}", visible(path)),
            (Some(path), None) => visible(path).into_owned(),
            (None, _) => self.kind.to_owned(),
        }
    }
}

/// One value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayerView {
    /// The value.
    pub value: Shown,
    /// Its place.
    pub origin: OriginView,
}

/// One variable of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VariableView {
    /// What arrives.
    #[serde(flatten)]
    pub arrives: LayerView,
    /// What it hides, the next in line first.
    pub shadows: Vec<LayerView>,
}

/// One service.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ServiceView {
    /// Its variables by name.
    pub environment: BTreeMap<String, VariableView>,
}

/// Why compose would refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusalView {
    /// The file.
    pub path: String,
    /// The 1-based line; `None` where the command itself is at fault.
    pub line: Option<usize>,
    /// The 1-based column.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// A variable that nobody sets and that becomes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlankView {
    /// The variable.
    pub name: String,
    /// The compose file.
    pub path: String,
    /// The 1-based line.
    pub line: usize,
}

/// What one command makes of the files.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EnvironmentView {
    /// The command as one would type it.
    pub command: String,
    /// Where it is written, as `path:line`; `None` for one that was not found anywhere.
    pub written: Option<String>,
    /// The project directory; `.` for the working directory.
    pub project_directory: String,
    /// The compose files.
    pub files: Vec<String>,
    /// The files that `${…}` is filled from, the one that wins first.
    pub interpolation: Vec<String>,
    /// Whether compose is told to read no `.env` by itself.
    #[serde(skip)]
    pub no_dotenv: bool,
    /// The services by name; empty where compose would refuse.
    pub services: BTreeMap<String, ServiceView>,
    /// The services that no profile switches on.
    pub disabled: Vec<String>,
    /// What silently becomes nothing.
    pub blanks: Vec<BlankView>,
    /// Why compose would refuse.
    pub refusals: Vec<RefusalView>,
}

#[derive(Serialize)]
struct One<'a> {
    schema: &'static str,
    #[serde(flatten)]
    environment: &'a EnvironmentView,
}

#[derive(Serialize)]
struct Several<'a> {
    schema: &'static str,
    environments: &'a [EnvironmentView],
}

/// Writes one object; of several commands a list of them under `environments`.
///
/// # Errors
///
/// Those of `out`.
pub fn environments_json(environments: &[EnvironmentView], out: &mut dyn Write) -> io::Result<()> {
    let schema = "envgate/resolve/v1";
    match environments {
        [environment] => object(&One { schema, environment }, out),
        environments => object(&Several { schema, environments }, out),
    }
}

/// Writes it for people.
///
/// # Errors
///
/// Those of `out`.
pub fn environments(
    environments: &[EnvironmentView],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (nth, environment) in environments.iter().enumerate() {
        if nth > 0 {
            writeln!(out)?;
        }
        one(environment, options, out)?;
    }
    Ok(())
}

fn one(environment: &EnvironmentView, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    head(environment, options, out)?;
    for (name, service) in &environment.services {
        writeln!(out, "\n{}", paint(options.color, Role::Heading, visible(name)))?;
        if service.environment.is_empty() {
            writeln!(out, "{}", options.lang.text("  gets no variables"))?;
        }
        let names = width(service.environment.keys().map(String::as_str));
        let at = Column { indent: 2, names, columns: options.columns() };
        for (key, variable) in &service.environment {
            let lines = lines(variable, options.lang);
            let painted = |name: &str| paint(options.color, Role::Code, name).to_string();
            row(out, at, &visible(key), painted, &lines)?;
        }
    }
    if !environment.disabled.is_empty() {
        let names = environment.disabled.join(", ");
        let text = format!("switched off, since no profile names them: {}", visible(&names));
        writeln!(out, "\n{}", paint(options.color, Role::Faint, options.lang.text(&text)))?;
    }
    Ok(())
}

fn head(environment: &EnvironmentView, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for line in wrap(&visible(&environment.command), options.columns()) {
        writeln!(out, "{}", paint(options.color, Role::Heading, line))?;
    }
    let lang = options.lang;
    let [written, directory, files, filled_from, blank_word] =
        ["written in", "project directory", "files", "${…} filled from", "becomes blank"]
            .map(|head| lang.word(head));
    let names = width([&written, &directory, &files, &filled_from, &blank_word].into_iter().copied());
    let at = Column { indent: 2, names, columns: options.columns() };
    let plain = |name: &str| name.to_owned();
    if let Some(place) = &environment.written {
        row(out, at, written, plain, &[visible(place).into_owned()])?;
    }
    row(out, at, directory, plain, &[visible(&environment.project_directory).into_owned()])?;
    row(out, at, files, plain, &[visible(&environment.files.join(", ")).into_owned()])?;
    let filled = if environment.no_dotenv {
        lang.text("no file: `COMPOSE_DISABLE_ENV_FILE` is set").into_owned()
    } else if environment.interpolation.is_empty() {
        lang.text("no file: there is no `.env` there and no `--env-file` is given").into_owned()
    } else {
        visible(&environment.interpolation.join(", ")).into_owned()
    };
    row(out, at, filled_from, plain, &[filled])?;
    for blank in &environment.blanks {
        let text =
            format!("`{}` is set nowhere ({}:{})", visible(&blank.name), visible(&blank.path), blank.line);
        row(
            out,
            at,
            blank_word,
            |name| paint(options.color, Role::Level(crate::diagnostic::Severity::Warning), name).to_string(),
            &[lang.text(&text).into_owned()],
        )?;
    }
    Ok(())
}

/// What arrives and from where, then what it hides.
fn lines(variable: &VariableView, lang: Lang) -> Vec<String> {
    let arrives = &variable.arrives;
    let (value, unknown) = (arrives.value.words(lang), arrives.value == Shown::Unknown);
    let from = if unknown { set(&arrives.origin) } else { from(&arrives.origin) };
    let mut lines = vec![format!("{value}, {}", lang.text(&from))];
    for hidden in &variable.shadows {
        let (value, place) = (hidden.value.words(lang), hidden.origin.place());
        lines.push(lang.with("hides {value} in {place}", &[&value, &place]));
    }
    lines
}

/// Where that is set which is not known.
fn set(origin: &OriginView) -> String {
    match &origin.path {
        Some(_) => format!("set in {}", origin.place()),
        None => "set on every machine".to_owned(),
    }
}

fn from(origin: &OriginView) -> String {
    let place = origin.place();
    match (origin.kind, &origin.path) {
        ("fallback", _) => format!("the fallback in {place}"),
        ("shell", Some(_)) => format!("from the shell, which loaded {place}"),
        ("shell", None) => "from the shell".to_owned(),
        ("none", _) => format!("set nowhere, wanted in {place}"),
        _ => format!("from {place}"),
    }
}

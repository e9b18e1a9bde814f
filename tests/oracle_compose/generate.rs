//! Small projects made by dice: compose files with all that decides about variables, env files, and the command
//! that runs them. A case can be made again by its number.
//!
//! Not here: the comparison.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use envgate::project::commands::{ComposeCommand, Sourced};
use envgate::source::Span;

use crate::parts::{env_file, environment, quoted, template};

/// A project and how it is run.
pub(crate) struct Case {
    /// The files by their paths.
    pub files: BTreeMap<String, String>,
    /// The command.
    pub command: ComposeCommand,
    /// The shell's variables.
    pub shell: BTreeMap<String, String>,
}

/// A small generator with a seed.
pub(crate) struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            dice.roll(2);
        }
        dice
    }

    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    pub(crate) fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    pub(crate) fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }
}

/// Where a compose file stands, and what it may refer to.
struct Place<'a> {
    /// The way from the directory that its paths start from to the top.
    up: &'a str,
    /// Whether it is laid over another one.
    overlay: bool,
    /// The services it may have.
    services: &'a [&'a str],
    /// Whether it may extend and include other files.
    refers: bool,
}

fn env_files(dice: &mut Dice, out: &mut String, place: &Place<'_>) {
    let up = place.up;
    let one = |dice: &mut Dice| format!("{up}{}", dice.pick(&["envs/.env", "envs/more.env", "envs/raw.env"]));
    let tag = if place.overlay && dice.one_in(6) { dice.pick(&[" !override", " !reset"]) } else { "" };
    match dice.roll(7) {
        0 => {
            let _ = writeln!(out, "    env_file:{tag} {}", one(dice));
        }
        1 | 2 => {
            let (first, second) = (one(dice), one(dice));
            let _ = writeln!(out, "    env_file:{tag} [{first}, {second}]");
        }
        3 => {
            let missing = if dice.one_in(8) { "" } else { ", required: false" };
            let format = if dice.one_in(2) { ", format: raw" } else { "" };
            let _ = writeln!(out, "    env_file:{tag}\n      - {{path: {}{format}}}", one(dice));
            let _ = writeln!(out, "      - {{path: {up}envs/nothing.env{missing}}}");
        }
        4 => {
            let _ = writeln!(out, "    env_file:{tag} ['{up}envs/${{FILE:-more}}.env']");
        }
        _ => {}
    }
}

/// Anchors at the top, and the names that they have.
fn anchors(dice: &mut Dice, out: &mut String) -> bool {
    let some = dice.one_in(3);
    if some {
        let (one, two) = (quoted(&template(dice, 1)), quoted(&template(dice, 1)));
        let _ = writeln!(out, "x-one: &one\n  A: {one}\n  URL: '${{B:-x}}'");
        let _ = writeln!(out, "x-two: &two\n  <<: *one\n  A: {two}\n  K: two");
        let _ = writeln!(out, "x-list: &list [A=list, B]");
    }
    some
}

fn merged(dice: &mut Dice, out: &mut String) {
    let way = dice.pick(&["<<: *one", "<<: [*two, *one]", "<<: [*one, *two]"]);
    match dice.roll(4) {
        0 => {
            let _ = writeln!(out, "    environment: *list");
        }
        1 => {
            let _ = writeln!(out, "    environment: *two");
        }
        _ => {
            let _ = writeln!(out, "    environment:\n      {way}\n      K: k");
        }
    }
}

fn service(dice: &mut Dice, out: &mut String, name: &str, place: &Place<'_>, anchored: bool) {
    let tag = if place.overlay && dice.one_in(25) { " !override" } else { "" };
    let _ = writeln!(out, "  {name}:{tag}\n    image: i");
    if !place.overlay && name == "db" && out.contains("\n  web:") && dice.one_in(3) {
        out.push_str("    extends: web\n");
    } else if place.refers && dice.one_in(6) {
        out.push_str("    extends: {file: common/base.yml, service: base}\n");
    }
    if anchored && dice.one_in(3) {
        merged(dice, out);
    } else {
        // Below an `!override` compose does not look for tags, and takes `!reset null` for a text.
        environment(dice, out, place.overlay && tag.is_empty());
    }
    env_files(dice, out, place);
    if name == "job" && dice.one_in(3) {
        let _ =
            writeln!(out, "    profiles: [{}]", dice.pick(&["extra", "extra, other", "'${PROFILE:-other}'"]));
    }
    if name == "job" && !place.overlay && dice.one_in(4) && out.contains("\n  db:") {
        out.push_str("    depends_on: [db]\n");
    }
    if name == "web" && !place.overlay && dice.one_in(6) {
        out.push_str("    secrets: [token]\n    configs: [{source: words, target: /words}]\n");
    }
}

fn compose_file(dice: &mut Dice, place: &Place<'_>) -> String {
    let mut out = String::new();
    if !dice.one_in(3) {
        let _ = writeln!(out, "name: {}", dice.pick(&["test", "Test App.1", "_test", "'${NAME:-named}'"]));
    }
    if dice.one_in(8) {
        let _ = writeln!(out, "x-note: {}", quoted(&template(dice, 0)));
    }
    if place.refers && !place.overlay && dice.one_in(5) {
        let include = dice.pick(&[
            "[part/part.yml]",
            "[{path: part/part.yml, env_file: part/own.env}]",
            "[{path: [part/part.yml], project_directory: part}]",
            "[{path: part/part.yml, project_directory: ., env_file: [part/own.env]}]",
        ]);
        let _ = writeln!(out, "include: {include}");
    }
    let anchored = anchors(dice, &mut out);
    out += "services:\n";
    for name in place.services {
        if (place.overlay || *name != "web") && dice.one_in(3) {
            continue;
        }
        if place.overlay && dice.one_in(25) {
            let _ = writeln!(out, "  {name}: !reset null");
            continue;
        }
        service(dice, &mut out, name, place, anchored);
    }
    if out.ends_with("services:\n") {
        out += "  web: {image: i}\n";
    }
    if out.contains("secrets: [token]") {
        out += "secrets: {token: {environment: SECRET_KEY}}\n";
        out += "configs: {words: {content: 'text ${A:-none}'}}\n";
    }
    out
}

/// A project and the command that runs it.
pub(crate) fn generate(seed: u64) -> Case {
    let mut dice = Dice::new(seed);
    let mut case = Case {
        files: BTreeMap::new(),
        command: ComposeCommand { path: "run.sh".to_owned(), ..ComposeCommand::default() },
        shell: BTreeMap::new(),
    };
    let nested = !dice.one_in(4);
    let directory = if nested { "infra/" } else { "" };
    compose_files(&mut dice, &mut case, nested);
    case.files.insert(format!("{directory}common/x.env"), env_file(&mut dice));
    for path in ["envs/.env", "envs/more.env", "envs/raw.env"] {
        case.files.insert(path.to_owned(), env_file(&mut dice));
    }
    for path in [".env", "infra/.env"] {
        if dice.one_in(2) && (nested || path == ".env") {
            case.files.insert(path.to_owned(), env_file(&mut dice));
        }
    }
    if dice.one_in(3) {
        case.command.env_files.push("envs/.env".to_owned());
        if dice.one_in(2) {
            case.command.env_files.push("envs/more.env".to_owned());
        }
    }
    if dice.one_in(3) {
        case.command.profiles.push(dice.pick(&["extra", "extra", "*", "none"]).to_owned());
    }
    if nested && dice.one_in(8) {
        case.command.project_directory = Some(dice.pick(&["infra", "."]).replace('.', ""));
    }
    shell(&mut dice, &mut case, nested);
    case
}

fn compose_files(dice: &mut Dice, case: &mut Case, nested: bool) {
    let (directory, up) = if nested { ("infra/", "../") } else { ("", "") };
    let names = if nested {
        ["docker-compose.yml", "docker-compose.production.yml", "docker-compose.more.yml"]
    } else {
        ["compose.yaml", "compose.override.yaml", "other.yml"]
    };
    let all = &["web", "db", "job"];
    for (index, name) in names.iter().enumerate().take(1 + dice.roll(3)) {
        let place = Place { up, overlay: index > 0, services: all, refers: true };
        // A later file of another directory; its paths start from the first one's all the same.
        let elsewhere = nested && index == 2 && dice.one_in(2);
        let path = format!("{}{name}", if elsewhere { "else/" } else { directory });
        case.files.insert(path.clone(), compose_file(dice, &place));
        if nested {
            case.command.files.push(path);
        }
    }
    let inner = Place { up: "", overlay: false, services: &["part"], refers: false };
    let mut part = compose_file(dice, &inner).replace("  web:", "  part:");
    part = part.lines().filter(|line| !line.starts_with("name:") && !line.contains("env_file")).fold(
        String::new(),
        |mut text, line| {
            text.push_str(line);
            text.push('\n');
            text
        },
    );
    case.files.insert(format!("{directory}part/part.yml"), part);
    case.files.insert(format!("{directory}part/own.env"), env_file(dice));
    if dice.one_in(2) {
        case.files.insert(format!("{directory}part/.env"), env_file(dice));
    }
    let mut base = "services:\n  base:\n    image: b\n".to_owned();
    environment(dice, &mut base, false);
    if dice.one_in(2) {
        base += "    env_file: x.env\n";
    }
    case.files.insert(format!("{directory}common/base.yml"), base);
}

/// The shell's variables, sourced from a file or simply there, and compose's own among them.
fn shell(dice: &mut Dice, case: &mut Case, nested: bool) {
    let mut variables = BTreeMap::new();
    if dice.one_in(2) {
        for name in ["A", "B", "SECRET_KEY", "K"] {
            if dice.one_in(2) {
                variables.insert(name.to_owned(), format!("shell{name}"));
            }
        }
    }
    if dice.one_in(2) {
        let lines = variables.iter().map(|(name, value)| format!("{name}={value}\n"));
        case.files.insert("shell.env".to_owned(), lines.collect());
        case.command.sourced.push(Sourced {
            path: "shell.env".to_owned(),
            span: Span::default(),
            by_source: true,
            whole_lines: false,
            exported: None,
        });
        return;
    }
    if dice.one_in(6) {
        variables.insert("COMPOSE_PROFILES".to_owned(), dice.pick(&["extra", "other,extra", ""]).to_owned());
    }
    if dice.one_in(8) {
        variables.insert("COMPOSE_PROJECT_NAME".to_owned(), "byshell".to_owned());
    }
    let other = !nested && case.files.contains_key("other.yml");
    match dice.roll(8) {
        0 if other => {
            variables.insert("COMPOSE_FILE".to_owned(), "compose.yaml:other.yml".to_owned());
        }
        1 if other => {
            variables.insert("COMPOSE_FILE".to_owned(), "compose.yaml,other.yml".to_owned());
            variables.insert("COMPOSE_PATH_SEPARATOR".to_owned(), ",".to_owned());
        }
        2 | 3 if other => {
            let file = case.files.entry(".env".to_owned()).or_default();
            file.push_str("COMPOSE_FILE=compose.yaml:other.yml\n");
        }
        _ => {}
    }
    if dice.one_in(8) {
        let file = case.files.entry(if nested { "infra/.env" } else { ".env" }.to_owned()).or_default();
        file.push_str("COMPOSE_PROFILES=extra\nCOMPOSE_PROJECT_NAME=byfile\n");
    }
    case.shell = variables;
}

//! The command line in Spanish: every paragraph of `--help`, and every mistake that clap tells.
//!
//! Not here: what commands print once they run.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use clap::CommandFactory;
use clap::builder::StyledStr;
use envgate::cli::Cli;
use envgate::lang::{Lang, helps};

use crate::fixtures::english;

/// What stands in the same letters in both languages.
const SAME: &[&str] = &["SARIF 2.1.0", "JUnit XML", "Checkstyle XML"];

fn paragraphs(command: &clap::Command, found: &mut BTreeSet<String>) {
    let mut add = |text: Option<&StyledStr>| {
        let Some(text) = text.map(ToString::to_string) else { return };
        found.extend(text.split("\n\n").map(|part| part.strip_suffix('.').unwrap_or(part).to_owned()));
    };
    add(command.get_about());
    add(command.get_long_about());
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
        add(argument.get_help());
        add(argument.get_long_help());
        if argument.get_action().takes_values() {
            for value in argument.get_possible_values() {
                add(value.get_help());
            }
        }
    }
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        paragraphs(below, found);
    }
}

#[test]
fn every_paragraph_of_the_help_is_in_the_catalogue_and_no_other() {
    let mut command = Cli::command();
    command.build();
    let mut said = BTreeSet::new();
    paragraphs(&command, &mut said);
    said.remove("");
    assert!(said.len() > 150, "{}", said.len());
    let missing: Vec<&String> = said
        .iter()
        .filter(|text| Lang::Spanish.help(text) == **text && !SAME.contains(&text.as_str()))
        .collect();
    assert!(missing.is_empty(), "src/lang/es/help.yaml has no text for {missing:#?}");
    let stale: Vec<&str> =
        helps()[0].iter().map(|(english, _)| *english).filter(|text| !said.contains(*text)).collect();
    assert!(stale.is_empty(), "src/lang/es/help.yaml has texts that no help says: {stale:#?}");
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    let place = tempfile::tempdir().unwrap();
    let Output { status, stdout, stderr } =
        command.args(arguments).current_dir(place.path()).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// A command as it is typed, and what counts in it where nothing is said.
struct Named {
    typed: Vec<String>,
    defaults: Vec<String>,
}

fn names(command: &clap::Command, before: &[String], all: &mut Vec<Named>) {
    let taking = command.get_arguments().filter(|argument| argument.get_action().takes_values());
    let defaults = taking.filter(|argument| !argument.is_hide_set()).flat_map(clap::Arg::get_default_values);
    let defaults = defaults.map(|value| value.to_str().unwrap().to_owned()).collect();
    all.push(Named { typed: before.to_vec(), defaults });
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        names(below, &[before, &[below.get_name().to_owned()]].concat(), all);
    }
}

/// In each command's help, short and whole, stands nothing English, and all that stands in the English one: options,
/// values and defaults.
#[test]
fn the_help_of_every_command() {
    let mut all = Vec::new();
    names(&Cli::command(), &[], &mut all);
    assert!(all.len() > 35, "{}", all.len());
    let mut wrong = Vec::new();
    for (named, flag) in all.iter().flat_map(|named| [(named, "-h"), (named, "--help")]) {
        let typed: Vec<&str> = named.typed.iter().map(String::as_str).chain([flag]).collect();
        let (code, spanish, complaint) = run(&[&["--lang", "es"][..], &typed].concat());
        assert_eq!((code, complaint.as_str()), (Some(0), ""), "{typed:?}");
        let (_, english_text, _) = run(&typed);
        assert!(spanish.contains("Uso: ") && english_text.contains("Usage: "), "{typed:?}: {spanish}");
        let found = spanish.lines().filter(|line| !line.starts_with("Uso: ")).flat_map(english);
        // The name of a command, and a value.
        let found = found.filter(|word| !["help", "warning"].contains(word));
        wrong.extend(found.map(|word| format!("{typed:?}: {word}: {spanish}")));
        for head in ["Commands:", "Arguments:", "Options:", "Possible values", "possible values", "[default:"]
        {
            assert!(!spanish.contains(head), "{typed:?}: {spanish}");
        }
        let options = |text: &str| -> BTreeSet<String> {
            let words = text.split([' ', '\n', ',', '[', ']', '\'', ';', '.', '`', ')', '(', '=']);
            words.filter(|word| word.starts_with("--")).map(ToOwned::to_owned).collect()
        };
        assert_eq!(options(&spanish), options(&english_text), "{typed:?}: {spanish}");
        let flat = spanish.split_whitespace().collect::<Vec<_>>().join(" ");
        for default in &named.defaults {
            assert!(flat.contains(&format!("[por defecto: {default}]")), "{typed:?}: {default}: {spanish}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(run(&["--lang=es", "help", "check"]).1, run(&["check", "--help", "--lang", "es"]).1);
    let nothing = crate::says(&[("LANG", "es_MX.UTF-8")], &[]);
    assert!(nothing.contains("Uso: envgate [OPCIONES] <ORDEN>") && nothing.contains("Órdenes:"), "{nothing}");
}

/// What is typed, and a line that has to be among what is said.
const MISTAKES: &[(&[&str], &str)] = &[
    (&["check", "--nope"], "error: no se esperaba el argumento '--nope'"),
    (&["check", "--stage"], "  consejo: existe un argumento parecido: '--staged'"),
    (&["check", "--zzz"], "  consejo: para dar '--zzz' como valor, escriba '-- --zzz'"),
    (&["chekc"], "error: no existe la orden 'chekc'"),
    (&["chec"], "  consejo: existe una orden parecida: 'check'"),
    (&["ba"], "error: no existe la orden 'ba'"),
    (&["deploy"], "error: a 'envgate deploy' le falta una orden"),
    (&["why"], "error: faltan estos argumentos:"),
    (&["check", "--format", "yaml"], "error: el valor 'yaml' no vale para '--format <FORMAT>'"),
    (
        &["check", "--format", "yaml"],
        "  [valores posibles: human, json, jsonl, sarif, github, gitlab, junit, checkstyle, markdown, html]",
    ),
    (&["check", "--format", "sari"], "  consejo: existe un valor parecido: 'sarif'"),
    (&["check", "--width", "2"], "error: el valor '2' no vale para '--width <N>': 2 is not in 40..=500"),
    (
        &["check", "--output", "a.xml"],
        "error: el valor 'a.xml' no vale para '--output <FORMAT=FILE>': escriba el formato, `=` y el archivo: html=report.html",
    ),
    (&["check", "--config"], "error: a '--config <FILE>' le falta un valor"),
    (&["check", "--quiet", "--verbose"], "error: el argumento '--quiet' no puede usarse con '--verbose'"),
    (&["check", "--quiet", "--verbose", "--explain"], "error: el argumento '--quiet' no puede usarse con:"),
    (&["hook", "st"], "  consejo: existen órdenes parecidas: 'install', 'status'"),
    (&["check", "--quiet", "--quiet"], "error: el argumento '--quiet' no puede darse más de una vez"),
    (&["check", "--quiet=x"], "error: sobra el valor 'x' de '--quiet'"),
    (&["chekc"], "Más información con '--help'."),
    (&["chekc"], "Uso: envgate [OPCIONES] <ORDEN>"),
];

#[test]
fn mistakes_in_what_was_typed() {
    let mut used = BTreeSet::new();
    for (typed, wanted) in MISTAKES {
        let (code, out, told) = run(&[*typed, &["--lang", "es"]].concat());
        assert_eq!((code, out.as_str()), (Some(2), ""), "{typed:?}");
        assert!(told.lines().any(|line| line == *wanted), "{typed:?}: {wanted}\n{told}");
        let (code, _, english_text) = run(&[*typed, &["--lang", "en"]].concat());
        assert_eq!(code, Some(2));
        assert_eq!(english_text.lines().count(), told.lines().count(), "{typed:?}: {told}");
        for line in english_text.lines() {
            used.extend(helps()[1].iter().map(|(known, _)| *known).filter(|known| is_of(line.trim(), known)));
        }
    }
    // What is typed stays as it is, whatever it looks like.
    let (_, _, told) = run(&["check", "--format", "error: is not of the file", "--lang", "es"]);
    assert!(told.starts_with("error: el valor 'error: is not of the file' no vale"), "{told}");
    let of_help = ["Commands:", "Arguments:", "Options:", "Possible values:", "[default: {}]", "[COMMAND]"];
    let stale: Vec<&str> = helps()[1]
        .iter()
        .map(|(known, _)| *known)
        .filter(|known| !used.contains(known) && !of_help.contains(known))
        .collect();
    assert!(stale.is_empty(), "no mistake of the list is told so: {stale:#?}");
}

/// Whether a line is of a form with places.
fn is_of(line: &str, form: &str) -> bool {
    let mut rest = line;
    for (nth, piece) in form.split("{}").enumerate() {
        let Some(at) = rest.find(piece) else { return false };
        if nth == 0 && at > 0 && form.contains("{}") {
            return false;
        }
        rest = &rest[at + piece.len()..];
    }
    true
}

#[test]
fn the_language_is_known_before_the_rest_is_right() {
    for (typed, spanish) in [
        (&["--lang", "es", "check", "--nope"][..], true),
        (&["check", "--nope", "--lang=es"], true),
        (&["check", "--nope", "--lang", "en"], false),
        (&["check", "--nope", "--", "--lang", "es"], false),
        (&["check", "--nope", "--lang"], false),
    ] {
        let (code, _, told) = run(typed);
        assert_eq!(code, Some(2));
        assert_eq!(told.starts_with("error: no se"), spanish, "{typed:?}: {told}");
    }
}

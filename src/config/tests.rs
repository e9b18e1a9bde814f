//! What a configuration means, what is said of its mistakes, and that no text does harm.

use std::collections::BTreeMap;

use proptest::collection::vec as many;
use proptest::sample::select;
use proptest::strategy::Strategy;
use proptest::{prop_oneof, proptest};

use super::{Config, load};
use crate::diagnostic::{Certainty, Diagnostic, Meta, Severity};
use crate::document::python_settings::ListShape;
use crate::project::expectations::{Tier, ValueKind};
use crate::project::relations::Term;
use crate::source::{PathKind, Source, Tree};

struct Paths(BTreeMap<String, PathKind>);

impl Tree for Paths {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.0.get(path).copied()
    }
}

fn tree() -> Paths {
    let file = |path: &str| (path.to_owned(), PathKind::File);
    let mut paths: BTreeMap<_, _> =
        ["infra/compose.yml", "infra/prod.yml", "envs/.env", "ops/compose.yml"].map(file).into();
    paths.insert("infra".to_owned(), PathKind::Directory);
    Paths(paths)
}

const fn known(code: &'static str, name: &'static str) -> Meta {
    Meta {
        code,
        name,
        severity: Severity::Error,
        certainty: Certainty::Certain,
        summary: "something is wrong",
        page: "",
    }
}

static SHORT: Meta = known("ENV102", "short-secret");
static FALLBACK: Meta = known("CMP002", "secret-fallback");
static POLICY: Meta = known("CMP305", "no-restart-policy");

fn read_at(path: &str, text: &str) -> (Config, Vec<Diagnostic>) {
    load(&Source::new(path, text), &[&SHORT, &FALLBACK, &POLICY], &tree())
}

/// Each finding as `code line:column-width message (help)`.
fn told(text: &str) -> Vec<String> {
    let source = Source::new("envgate.yaml", text);
    let (_, found) = read_at("envgate.yaml", text);
    let line = |diagnostic: &Diagnostic| {
        let at = source.position(diagnostic.span.start);
        let help = diagnostic.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
        format!(
            "{} {}:{}-{} {}{help}",
            diagnostic.meta.code,
            at.line,
            at.column,
            diagnostic.span.len(),
            diagnostic.message
        )
    };
    found.iter().map(line).collect()
}

#[test]
fn nothing_is_the_default() {
    for text in ["", "# nothing\n", "---\n", "{}", "rules:\n", "environments:\nignore:\nversion: 1\n"] {
        let (config, found) = read_at("envgate.yaml", text);
        assert!(found.is_empty(), "{text:?}: {found:?}");
        assert_eq!(config.fail_on, Severity::Error);
        assert!(config.rules.is_empty() && config.commands.is_empty() && config.ignores.is_empty());
    }
}

#[test]
fn environments_become_commands_relative_to_the_file() {
    let text = "environments:\n  production:\n    kind: production\n    compose: [compose.yml, ../infra/prod.yml]\n    \
                env_file: ../envs/.env\n    profiles: [web]\n    directory: ../infra\n";
    let (config, found) = read_at("ops/envgate.yaml", text);
    assert!(found.is_empty(), "{found:?}");
    let [command] = config.commands.as_slice() else { panic!("one command") };
    assert_eq!(command.name.as_deref(), Some("production"));
    assert_eq!(command.files, ["ops/compose.yml", "infra/prod.yml"]);
    assert_eq!(command.env_files, ["envs/.env"]);
    assert_eq!(command.profiles, ["web"]);
    assert_eq!(command.directory, "infra");
    assert_eq!(command.production, Some(true));
    assert_eq!(command.path, "ops/envgate.yaml");
    assert_eq!(&text[command.span.start..command.span.end], "production");
}

#[test]
fn variables_become_expectations() {
    let text = "variables:\n  JWT:\n    required: true\n    kind: secret\n    min_length: 48\n    description: signs\n  \
                HOSTS: {kind: list, expect: json, tier: important}\n  MODE: {kind: [dev, \"prod\", 1]}\n";
    let (config, found) = read_at("envgate.yaml", text);
    assert!(found.is_empty(), "{found:?}");
    let variables = &config.expectations.variables;
    assert_eq!(variables["JWT"].tier, None, "what is required is critical without being told");
    assert_eq!(variables["JWT"].min_length, Some(48));
    assert_eq!(variables["HOSTS"].list, Some(ListShape::Json));
    assert_eq!(variables["HOSTS"].tier, Some(Tier::Important));
    let words = ["dev", "prod", "1"].map(str::to_owned).to_vec();
    assert_eq!(variables["MODE"].kind, Some(ValueKind::Enumeration(words)));
}

#[test]
fn a_rule_beats_its_family() {
    let text = "rules:\n  secret-fallback: warning\n  CMP: off\n  env102: {severity: info}\n";
    let (config, found) = read_at("envgate.yaml", text);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(config.severity(&FALLBACK, Severity::Error), Some(Severity::Warning));
    assert_eq!(config.severity(&POLICY, Severity::Error), None);
    assert_eq!(config.severity(&SHORT, Severity::Error), Some(Severity::Info));
    assert!(config.names(&SHORT) && !config.names(&POLICY));
    assert_eq!(Config::default().severity(&POLICY, Severity::Warning), Some(Severity::Warning));
}

#[test]
fn an_option_belongs_to_its_rule() {
    let digests = |text: &str| {
        let (config, found) = read_at("envgate.yaml", text);
        let mistakes = found.iter().filter(|one| one.meta.code == "CFG001").map(|one| one.message.clone());
        (config.expectations.digests, mistakes.collect::<Vec<_>>())
    };
    assert_eq!(digests("rules:\n  CMP301: {digest: true}\n"), (true, Vec::new()));
    assert_eq!(digests("rules:\n  floating-image: {severity: error, digest: false}\n"), (false, Vec::new()));
    assert_eq!(digests("rules:\n  CMP302: {digest: true}\n").1, ["`CMP302` has no `digest`"]);
    assert_eq!(digests("rules:\n  CMP301: {digests: true}\n").1, ["unknown key `digests`"]);
    assert_eq!(
        digests("rules:\n  CMP301: {digest: 3}\n").1,
        ["expected `true` or `false`, found a whole number"]
    );
}

#[test]
fn an_ignore_means_its_rule_path_and_key() {
    let text = "ignore:\n  - {rule: ENV102, path: 'envs/*', key: DEMO, reason: a demo}\n";
    let (config, found) = read_at("envgate.yaml", text);
    assert!(found.is_empty(), "{found:?}");
    let (_, mut sample) = read_at("envgate.yaml", "x: 1");
    let mut sample = sample.remove(0);
    sample.meta = &SHORT;
    for (path, key, silenced) in [
        ("envs/a", Some("DEMO"), true),
        ("b", Some("DEMO"), false),
        ("envs/a", Some("X"), false),
        ("envs/a", None, false),
    ] {
        sample.path = path.into();
        sample.key = key.map(str::to_owned);
        assert_eq!(config.ignores[0].silences(&sample), silenced, "{path} {key:?}");
    }
    sample.meta = &FALLBACK;
    sample.key = Some("DEMO".to_owned());
    assert!(!config.ignores[0].silences(&sample));
}

#[test]
fn every_mistake_is_told_with_its_place() {
    #[rustfmt::skip]
    let cases: &[(&str, &[&str])] = &[
        ("- a\n", &["CFG001 1:1-3 expected a map of keys such as `environments` and `variables`, found a list"]),
        ("hello", &["CFG001 1:1-5 expected a map of keys such as `environments` and `variables`, found text"]),
        ("enviroments: {}\n", &["CFG001 1:1-11 unknown key `enviroments` (did you mean `environments`?)"]),
        ("zzz: {}\n", &["CFG001 1:1-3 unknown key `zzz` (the keys here are `version`, `environments`, `variables`, `agree`, `secrets`, `rules`, `ignore`, `include`, `exclude`, `fail_on` and `deploy`)"]),
        ("version: 2\n", &["CFG001 1:10-1 this version of the format is not known (write `version: 1`)"]),
        ("fail_on: eror\n", &["CFG001 1:10-4 expected `error` or `warning` (did you mean `error`?)"]),
        ("fail_on: {a: 1}\n", &["CFG001 1:10-6 expected `error` or `warning`"]),
        ("include: '*.env'\n", &["CFG001 1:10-7 expected a list, found text"]),
        ("include: ['a[', b]\n", &["CFG001 1:11-4 `a[` is not a glob (write one like `envs/*.env` or `vendor/**`)"]),
        ("variables:\n  A: {min_length: many, required: maybe, tier: important}\n", &[
            "CFG001 2:19-4 expected a whole number from 0, found text",
            "CFG001 2:35-5 expected `true` or `false`, found text",
        ]),
        ("variables:\n  A: {min_length: -1}\n  B: {kind: secrte}\n", &[
            "CFG001 2:19-2 expected a whole number from 0",
            "CFG001 3:13-6 expected `text`, `secret`, `boolean`, `integer`, `port`, `url`, `email`, `number`, `ip`, `domain`, `uuid`, `duration`, `version`, `date`, `json` or `list` (did you mean `secret`?)",
        ]),
        ("rules: {ENV102: loud, SEC: off, CMP02: error, secret-fallbak: off}\n", &[
            "CFG001 1:17-4 expected `off`, `info`, `warning` or `error`",
            "CFG002 1:23-3 no rule answers to `SEC` (`envgate rules` lists the rules)",
            "CFG002 1:33-5 no rule answers to `CMP02` (did you mean `CMP002`?)",
            "CFG002 1:47-14 no rule answers to `secret-fallbak` (did you mean `secret-fallback`?)",
        ]),
        ("rules: {ENV102: [off]}\n", &[
            "CFG001 1:17-5 expected `off`, `info`, `warning`, `error`, or a map with `severity`, found a list",
        ]),
        ("environments:\n  prod: {compose: [infra/compose.yml, infra/gone.yml, infra], directory: away, env_file: .env}\n", &[
            "CFG003 2:39-14 file `infra/gone.yml` does not exist (paths are relative to the folder of this file)",
            "CFG003 2:55-5 `infra` is not a file",
            "CFG003 2:74-4 directory `away` does not exist (paths are relative to the folder of this file)",
            "CFG003 2:90-4 env file `.env` does not exist here (paths are relative to the folder of this file)",
        ]),
        ("ignore:\n  - rule: ENV102\n  - {rule: nope, reason: ' '}\n  - {path: x, reason: y}\n", &[
            "CFG004 2:11-6 `ENV102` is ignored without a reason (say why it is accepted: `reason: …`)",
            "CFG002 3:12-4 no rule answers to `nope` (`envgate rules` lists the rules)",
            "CFG004 3:12-4 `nope` is ignored without a reason (say why it is accepted: `reason: …`)",
            "CFG001 4:5-20 `rule` is missing",
        ]),
        // What lacks a part because the part was wrong is told once.
        ("ignore: [{rule: [], reason: x}]\n", &["CFG001 1:17-2 expected text, found a list"]),
        ("version: 1\nversion: 1\n", &["CFG001 2:1-7 key `version` is set more than once"]),
        ("{}\n---\n{}\n", &["CFG001 3:1-1 a second document is not read"]),
        ("? [a]\n: b\n", &["CFG001 1:3-3 a key is a list or a map"]),
    ];
    let wrong: Vec<_> = cases.iter().filter(|(text, expected)| told(text) != *expected).collect();
    let found: Vec<_> = wrong.iter().map(|(text, _)| told(text)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\nbut found {found:#?}");
}

#[test]
fn what_is_right_stays_in_force_beside_what_is_wrong() {
    let (config, found) =
        read_at("envgate.yaml", "nope: 1\nfail_on: warning\nrules: {ENV102: off, CMP002: 7}\n");
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(config.fail_on, Severity::Warning);
    assert_eq!(config.severity(&SHORT, Severity::Error), None);
}

#[test]
fn its_own_findings_obey_it_too() {
    let own = super::rules();
    let judged = |settings: &str| {
        let text = format!("nope: 1\nenvironments: {{a: {{compose: [gone.yml]}}}}\n{settings}\n");
        let (_, found) = load(&Source::new("envgate.yaml", text), &own, &tree());
        found.iter().map(|found| (found.meta.code, found.severity)).collect::<Vec<_>>()
    };
    let invalid = ("CFG001", Severity::Error);
    assert_eq!(judged(""), [invalid, ("CFG003", Severity::Error)]);
    assert_eq!(judged("rules: {CFG: off}"), [invalid]);
    assert_eq!(judged("rules: {CFG001: off, missing-file: info}"), [invalid, ("CFG003", Severity::Info)]);
    assert_eq!(judged("ignore: [{rule: CFG003, reason: built later}, {rule: CFG001, reason: x}]"), [invalid]);
    let unreasoned = ("CFG004", Severity::Error);
    assert_eq!(judged("ignore: [{rule: CFG003}]"), [invalid, ("CFG003", Severity::Error), unreasoned]);
}

#[test]
fn a_broken_glob_silences_nothing() {
    let (config, found) = read_at("envgate.yaml", "ignore: [{rule: ENV102, path: 'a[', reason: x}]\n");
    assert_eq!(found.len(), 1);
    assert!(config.ignores.is_empty());
}

#[test]
fn broken_yaml_and_bombs_are_findings() {
    let bomb = (0..12).fold("a: &a0 [x,x,x,x,x,x,x,x]\n".to_owned(), |text, level| {
        let next = level + 1;
        let stars = vec![format!("*a{level}"); 8].join(",");
        format!("{text}b{next}: &a{next} [{stars}]\n")
    });
    let deep = format!("rules: {}", "[".repeat(50_000));
    let wide = format!("include: [{}]", "x,".repeat(30_000));
    let large = format!("# {}\n", "x".repeat(super::LARGEST));
    let loops = "rules: &a {x: *a}\n";
    for text in
        ["a: [", "a: 'x", "\ta: b", "%x\n", "a: *nobody", &bomb, &deep, &wide, &large, loops, "a: !!binary x"]
    {
        let (_, found) = read_at("envgate.yaml", text);
        assert!(!found.is_empty(), "{}", text.get(..60).unwrap_or(text));
        assert!(found.iter().all(|diagnostic| diagnostic.span.end <= text.len()));
    }
    let (_, found) = load(&Source::from_bytes("envgate.yaml", b"# \xff\n".to_vec()), &[], &tree());
    assert_eq!(found.len(), 1);
}

#[test]
fn messages_hold_no_values_and_no_control_characters() {
    let text = "fail_on: hunter2hunter2\n\"ver\\e[31msion\": 1\nvariables: {A: {kind: hunter2hunter2, tier: [hunter2]}}\n";
    for line in told(text) {
        assert!(!line.contains("hunter2") && !line.contains('\u{1b}'), "{line}");
    }
    assert_eq!(told(text).len(), 4);
}

const WORDS: &str = "version|environments|variables|rules|ignore|include|fail_on|kind|compose|env_file|profiles|\
    directory|required|min_length|expect|tier|severity|rule|path|key|reason|ENV102|CMP|off|\
    error|secret|true|1|-1|1.5|~|é|'a['|\"\\e\"|*a|&a x|!t x|<<|2024-01-01|a/../..|infra";

/// A YAML text of the configuration's own words in any arrangement.
fn wild() -> impl Strategy<Value = String> {
    let words = select(WORDS.split('|').collect::<Vec<_>>());
    let leaf = words.clone().prop_map(str::to_owned);
    leaf.prop_recursive(5, 48, 4, move |inner| {
        prop_oneof![
            many(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            many((words.clone(), inner), 0..4).prop_map(|pairs| {
                let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key}: {value}")).collect();
                format!("{{{}}}", pairs.join(", "))
            }),
        ]
    })
}

fn unharmed(text: &str) {
    let (_, found) = read_at("ops/envgate.yaml", text);
    for diagnostic in found {
        let span = diagnostic.span;
        assert!(text.get(span.start..span.end).is_some(), "{span:?} in {text:?}");
    }
}

proptest! {
    #[test]
    fn wild_configurations_do_no_harm(text in wild()) {
        unharmed(&text);
    }

    #[test]
    fn wild_sections_do_no_harm(section in "(environments|variables|rules|ignore|include)", text in wild()) {
        unharmed(&format!("{section}: {text}"));
        unharmed(&format!("{section}: {{a: {text}}}"));
        unharmed(&format!("{section}: [{text}]"));
    }

    #[test]
    fn any_text_does_no_harm(text in "(?s).{0,200}") {
        unharmed(&text);
    }
}

#[test]
fn relations_are_read_and_their_paths_joined() {
    let text = "agree:\n  - A <= ../nginx.conf:limit\n  - A=B\n";
    let (config, found) = read_at("ops/envgate.yaml", text);
    assert_eq!(config.expectations.relations.len(), 1);
    let term = &config.expectations.relations[0].others[0].1.first;
    assert!(matches!(term, Term::Setting { path, .. } if path == "nginx.conf"), "{term:?}");
    assert_eq!(found.len(), 1);
    assert_eq!(&text[found[0].span.start..found[0].span.end], "A=B");
}

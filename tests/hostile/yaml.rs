//! YAML and JSON that mean to grow, to sink or to go round.

use std::path::Path;

use crate::case::{CANARY, Case, asks, check, write};

pub(crate) const CASES: &[Case] = &[
    check("alias bomb in a compose file", bomb, 2, "docker-compose.yml"),
    check("alias bomb in `envgate.yaml`", bomb_in_configuration, 2, "envgate.yaml"),
    asks("alias bomb in `envgate.yaml`, env-check", bomb_in_configuration, &["env-check"], 2, "envgate.yaml"),
    check("merge-key bomb in a compose file", merge_bomb, 2, "docker-compose.yml"),
    check("block sequence 100,000 deep in a compose file", deep_block, 2, "docker-compose.yml"),
    check("flow sequence 100,000 deep in a compose file", deep_flow, 2, "docker-compose.yml"),
    check("flow mapping 100,000 deep in a compose file", deep_mapping, 2, "docker-compose.yml"),
    check("100,000 levels in `envgate.yaml`", deep_configuration, 2, "envgate.yaml"),
    check("JSON 100,000 deep in a text and in `package.json` beside `.husky`", deep_json, 0, ""),
    check("compose file that includes itself", self_include, 0, ""),
    check("`extends` in a circle, within a file and across files", extends_cycle, 0, ""),
    check("compose chain of 2,000 includes", include_chain, 0, ""),
    check("`${${${…` 100,000 deep in a compose file", deep_template, 1, "CMP001"),
    check("100,000 services with 100,000 keys", many_services, 0, ""),
    check("20,000 secrets that may be blank in a compose file", many_secrets, 1, "CMP003"),
    check("`envgate.yaml` of 20 MB", large_configuration, 2, "envgate.yaml"),
    check("`envgate.yaml` with 1,000 globs of stars against 1,000 files", star_globs, 0, ""),
    check("`envgate.yaml` that is NULs and invalid UTF-8", garbage_configuration, 2, "envgate.yaml"),
    check("compose file with a NUL beside other files", nul_compose, 2, "docker-compose.yml"),
    check("compose file that is escapes and invalid UTF-8", garbage_compose, 2, "docker-compose.yml"),
];

fn aliases(levels: usize) -> String {
    let mut text = format!("x-a0: &a0 [{CANARY}, b, c, d, e, f, g, h, i]\n");
    for level in 1..levels {
        let item = format!("*a{}, ", level - 1).repeat(9);
        text.push_str(&format!("x-a{level}: &a{level} [{item}]\n"));
    }
    text
}

fn bomb(folder: &Path) {
    let text = format!("{}services:\n  web:\n    image: nginx\n    command: *a39\n", aliases(40));
    write(folder, "docker-compose.yml", text);
}

fn bomb_in_configuration(folder: &Path) {
    write(folder, "envgate.yaml", format!("{}exclude: *a39\n", aliases(40).replace(CANARY, "a")));
    write(folder, ".env", "A=1\n");
}

fn merge_bomb(folder: &Path) {
    let mut text = format!("x-a0: &a0 {{environment: {{PASSWORD: {CANARY}}}}}\n");
    for level in 1..40 {
        let before = level - 1;
        let merged = format!("*a{before}, ").repeat(9);
        text.push_str(&format!("x-a{level}: &a{level}\n  <<: [{merged}]\n  k{level}: v\n"));
    }
    write(folder, "docker-compose.yml", text + "services:\n  web:\n    <<: *a39\n    image: nginx\n");
}

fn deep_block(folder: &Path) {
    write(
        folder,
        "docker-compose.yml",
        format!("services:\n  web:\n    command: {}a\n", "- ".repeat(100_000)),
    );
}

fn deep_flow(folder: &Path) {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    write(folder, "docker-compose.yml", format!("services:\n  web:\n    command: {open}{close}\n"));
}

fn deep_mapping(folder: &Path) {
    let (open, close) = ("{a: ".repeat(100_000), "}".repeat(100_000));
    write(folder, "docker-compose.yml", format!("services:\n  web:\n    labels: {open}1{close}\n"));
}

fn deep_configuration(folder: &Path) {
    write(folder, "envgate.yaml", format!("rules: {}", "[".repeat(100_000)));
    write(folder, ".env", "A=1\n");
}

fn deep_json(folder: &Path) {
    let json = format!("{{\"a\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    write(folder, "data.json", &json);
    write(folder, "package.json", &json);
    write(folder, ".husky/readme", "hooks\n");
}

fn self_include(folder: &Path) {
    let service = "services:\n  web:\n    image: nginx:1.27\n";
    write(
        folder,
        "docker-compose.yml",
        format!("include:\n  - docker-compose.yml\n  - other.yml\n{service}"),
    );
    write(
        folder,
        "other.yml",
        "include: [docker-compose.yml, ./other.yml]\nservices:\n  db:\n    image: redis:7\n",
    );
    write(folder, "deploy.sh", "docker compose -f docker-compose.yml -f other.yml up -d\n");
}

fn extends_cycle(folder: &Path) {
    let text = "services:\n  a:\n    extends: b\n  b:\n    extends: {service: a}\n  c:\n    extends: c\n  \
                d:\n    extends: {file: other.yml, service: e}\n";
    write(folder, "docker-compose.yml", text);
    write(folder, "other.yml", "services:\n  e:\n    extends: {file: docker-compose.yml, service: d}\n");
}

fn include_chain(folder: &Path) {
    for at in 0..2_000 {
        let next = at + 1;
        let text = format!("include: [compose.{next}.yml]\nservices:\n  s{at}:\n    image: nginx:1.27\n");
        write(folder, &format!("compose.{at}.yml"), text);
    }
    write(folder, "compose.2000.yml", "services: {}\n");
}

fn deep_template(folder: &Path) {
    let text = format!("services:\n  web:\n    image: \"{}\"\n", "${A:-".repeat(100_000));
    write(folder, "docker-compose.yml", text);
}

fn many_services(folder: &Path) {
    let mut text = String::from("services:\n");
    for at in 0..100_000 {
        text.push_str(&format!("  s{at}:\n    image: nginx:1.27\n    environment:\n      K{at}: v\n"));
    }
    write(folder, "docker-compose.yml", text);
}

fn many_secrets(folder: &Path) {
    let mut text = String::from("services:\n  web:\n    image: nginx:1.27\n    environment:\n");
    for at in 0..20_000 {
        text.push_str(&format!("      K{at}_SECRET: ${{K{at}_SECRET}}\n"));
    }
    write(folder, "docker-compose.yml", text);
}

fn large_configuration(folder: &Path) {
    write(folder, "envgate.yaml", "a: b\n".repeat(4_000_000));
    write(folder, ".env", "A=1\n");
}

fn star_globs(folder: &Path) {
    let glob = format!("  - '{}b{}'\n", "**/*a".repeat(20), "*a".repeat(20));
    write(folder, "envgate.yaml", format!("exclude:\n{}", glob.repeat(1_000)));
    for at in 0..1_000 {
        write(folder, &format!("{}/{at}.txt", "a".repeat(200)), "a\n");
    }
}

fn garbage_configuration(folder: &Path) {
    write(folder, "envgate.yaml", b"rules:\0\xff\xfe\x1b[31m: [\x00\n\t- \xc3(");
    write(folder, ".env", "A=1\n");
}

fn nul_compose(folder: &Path) {
    write(folder, "docker-compose.yml", "services:\n  web:\n    image: \"a\0\"\n");
    write(folder, ".env", "A=1\n");
}

fn garbage_compose(folder: &Path) {
    let mut bytes = b"services:\n  \xff\xfe\x1b[31m\x07: {environment: {PASSWORD: ".to_vec();
    bytes.extend_from_slice(CANARY.as_bytes());
    bytes.extend_from_slice(b"}}\n\t\x1b]0;x\x07\n\xc3(: [");
    write(folder, "docker-compose.yml", bytes);
}

//! The deploy of the incident from its first to its last step, its way back, and its time beside a script's.

use std::time::Instant;

use super::bed::bed;

/// The parts of a gated deploy that take time, by the words that its lines begin with.
const PARTS: [(&str, &[&str]); 7] = [
    ("looking at server, commit, env file and images", &["gate"]),
    ("building and pushing three images", &["image"]),
    ("looking again, keeping what runs, pulling", &["recheck", "adopt", "pull"]),
    ("the dump, and reading it to its end", &["backup"]),
    ("the migration on a copy of the database", &["rehearse"]),
    ("the migration, and replacing the services", &["migrate", "up"]),
    ("health and rows, before and after", &["health", "count", "data", "finish", "end"]),
];

/// How long each part took: the time until each line is that of its word.
fn parts(text: &str) -> [f32; 7] {
    let mut all = [0.0; 7];
    let mut last = 0.0;
    for line in text.lines() {
        let Some((number, rest)) = line.trim_start().split_once("s ") else { continue };
        let Ok(at) = number.parse::<f32>() else { continue };
        let word = rest.strip_prefix("srv1 ").unwrap_or(rest).split(' ').next().unwrap();
        if let Some(part) = PARTS.iter().position(|(_, words)| words.contains(&word)) {
            all[part] += at - last;
        }
        last = at;
    }
    all
}

/// Prints both times, and writes them into the page with `ENVGATE_BLESS`.
fn tell_times(by_hand: f32, gated: f32, text: &str) {
    let mut table = format!(
        "| | seconds |\n| --- | --- |\n| the script by hand | {by_hand:.1} |\n| behind the gate | {gated:.1} |\n"
    );
    for ((name, _), seconds) in PARTS.iter().zip(parts(text)) {
        table.push_str(&format!("| of these: {name} | {seconds:.1} |\n"));
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap();
    let cores = std::thread::available_parallelism().unwrap();
    let load = load.split(' ').next().unwrap();
    table.push_str(&format!("\nThe machine had {cores} cores and a load of {load} then.\n"));
    eprintln!("{table}");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/deploy.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("<!-- times -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of times -->").unwrap();
    if std::env::var_os("ENVGATE_BLESS").is_some() {
        let page = format!("{before}<!-- times -->\n{table}<!-- end of times -->{after}");
        std::fs::write(path, page).unwrap();
    }
}

#[test]
fn the_incidents_deploy_end_to_end() {
    let Some(bed) = bed() else { return };
    let start = Instant::now();
    let script = std::process::Command::new("bash")
        .arg(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bed/by-hand"))
        .arg("0.1.2")
        .status()
        .unwrap();
    let by_hand = start.elapsed();
    assert!(script.success());
    bed.serves("0.1.2");
    bed.word(&["reset", "hard"]);

    let start = Instant::now();
    let told = bed.deploy(&["run", "--version", "0.1.4"]);
    let gated = start.elapsed();
    told.is(0, &["rehearse", "monthly_kpis 7320 -> 7320", "deployed"]);
    tell_times(by_hand.as_secs_f32(), gated.as_secs_f32(), &told.text);
    bed.serves("0.1.4");
    let state = bed.state();
    assert_eq!(state["rows"], 7320);
    assert_eq!(state["migrations"], "001_index");
    assert_eq!(state["databases"], "bankadvisor,postgres", "the copy of the rehearsal is gone");
    assert_eq!(bed.backups().len(), 1);
    let protected = |name: &str| {
        state["containers"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone()
    };
    let postgres = protected("postgres");

    bed.deploy(&["verify"]).is(0, &["monthly_kpis 7320"]);
    bed.deploy(&["status"]).is(0, &["ended well", "good release: 0.1.4"]);
    let report = bed.sh("ls .envgate/reports/*.json | tail -n 1");
    bed.deploy(&["audit", &report]).is(0, &[]);
    bed.sh(&format!("sed -i 's/0\\.1\\.4/0.1.5/' {report}"));
    bed.deploy(&["audit", &report]).is(1, &["it is not as it was written"]);

    // What comes between touches no release, so it does not change what a rollback means.
    bed.deploy(&["backup"]).is(0, &["read to the end"]);
    bed.deploy(&["rollback"]).is(0, &["is the last good release"]);
    bed.serves("0.1.1");
    let state = bed.state();
    assert_eq!(state["rows"], 7320);
    let same = state["containers"].as_array().unwrap().iter().any(|one| one["id"] == postgres);
    assert!(same, "a protected service was recreated");
    bed.deploy(&["history"]).is(0, &["deploy", "rollback"]);
    let kept =
        bed.server("cat .envgate/history | sed -n '1s/0.1.4/0.1.9/;p' >h && cat h >.envgate/history && rm h");
    assert_eq!(kept, "");
    bed.deploy(&["history"]).is(1, &["the journal was changed before this line"]);
}

#[test]
fn nothing_secret_is_left_behind() {
    let Some(bed) = bed() else { return };
    let secret = bed.server("sed -n 's/^SECRET_KEY=//p' envs/.env");
    assert!(secret.len() >= 32);
    let told = bed.deploy(&["run", "--version", "0.1.2"]);
    told.is(0, &[]);
    assert!(!told.text.contains(&secret));
    let found = bed.sh(&format!("grep -rlF '{secret}' .envgate || :"));
    assert_eq!(found, "", "a secret lies on the operator's disk");
    let found = bed.server(&format!("grep -rlF '{secret}' .envgate --exclude=env || :"));
    assert_eq!(found, "", "a secret lies in a journal, a log or a script on the server");
    let open = bed.server("find .envgate -name env -perm /077");
    assert_eq!(open, "", "the env file of a release can be read by others");
}

#[test]
fn a_plan_changes_nothing_and_binds() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let before = bed.state();
    bed.deploy(&["plan", "production", "--version", "0.1.2"]).is(
        0,
        &[
            "backend          recreated: another image",
            "mongodb          protected",
            "way back: what runs now",
            "gate: open",
        ],
    );
    let after = bed.state();
    assert_eq!(before["containers"], after["containers"]);
    assert_eq!(
        bed.server("ls -A .envgate | grep -v '^lock' | wc -l"),
        "0",
        "a plan left files on the server"
    );
    bed.commit("echo '# nothing' >>infra/docker-compose.production.yml");
    bed.deploy(&["run", ".envgate/plan.json"])
        .is(1, &["the commit, the deployed files changed after the plan was made"]);
    bed.untouched();
    bed.deploy(&["plan", "--version", "0.1.2"]).is(0, &[]);
    bed.deploy(&["run", ".envgate/plan.json"]).is(0, &["deployed"]);
    bed.serves("0.1.2");
}

#[test]
fn the_env_file_alone() {
    let Some(bed) = bed() else { return };
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &[]);
    bed.server("sed -i 's#^CORS_ORIGINS=.*#CORS_ORIGINS=https://new.example.com#' envs/.env");
    bed.deploy(&["plan", "--env-only"])
        .is(0, &["backend          recreated: other values of CORS_ORIGINS", "web              unchanged"]);
    bed.deploy(&["run", "--env-only"]).is(0, &["deployed"]);
    bed.serves("0.1.2");
    let arrived = bed.word(&["docker", "srv1", "exec", "backend", "sh", "-c", "echo $CORS_ORIGINS"]);
    assert_eq!(arrived, "https://new.example.com");
}

#[test]
fn a_mounted_file_of_the_commit_travels_with_the_release() {
    let Some(bed) = bed() else { return };
    let banner = |said: &str| {
        let port = bed.server("sed -n 's/^WEB_PORT=//p' envs/.env");
        assert_eq!(bed.sh(&format!("curl -fsS http://127.0.0.1:{port}/banner.txt")), said);
    };
    banner("the first banner");
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &["deployed"]);
    banner("the first banner");
    bed.commit("echo 'the second banner' >infra/banner.txt");
    bed.deploy(&["run", "--version", "0.1.3"]).is(0, &["deployed"]);
    banner("the second banner");
    assert_eq!(bed.server("cat infra/banner.txt"), "the first banner", "files outside .envgate were touched");
    bed.deploy(&["rollback"]).is(0, &[]);
    banner("the first banner");
}

#[test]
fn a_signed_report_is_known_by_its_signature() {
    let Some(bed) = bed() else { return };
    let key = format!("{}/ssh/id", bed.variable("BED_DIR"));
    bed.configure("  project: octavios\n", &format!("  project: octavios\n  sign: {key}\n"));
    bed.word(&["build", "0.1.2", "ok", "backend"]);
    bed.deploy(&["run", "--version", "0.1.2", "--services", "backend"]).is(0, &[]);
    let report = bed.sh("ls .envgate/reports/*.json | tail -n 1");
    bed.sh(&format!("printf 'me %s\\n' \"$(cut -d' ' -f1,2 {key}.pub)\" >.envgate/signers"));
    let signed = ["audit", &report, "--signers", ".envgate/signers", "--signer", "me"];
    bed.deploy(&signed).is(0, &[]);
    bed.deploy(&["audit", &report, "--signers", ".envgate/signers", "--signer", "other"])
        .is(1, &["its signature is not good"]);
    bed.sh(&format!("echo >>{report}"));
    bed.deploy(&signed).is(1, &["it is not as it was written", "its signature is not good"]);
    bed.sh(&format!("rm {report}.sig"));
    bed.deploy(&signed).is(1, &["it is not signed"]);
}

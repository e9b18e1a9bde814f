//! Two servers: one after the other, both at once, and what is told where they do not end alike.
//!
//! Both stand on one machine: each has its own user, sshd, engine, containers, database and env file, and they share
//! the kernel, the clock, the disk and the loopback. What two machines would add (a network between them, clocks of
//! their own) is not tested here.

use serde_json::Value;

use super::bed::{Bed, bed};

/// With the second server, deployed to `at once`; the URL is left out, since both share the loopback.
fn both(bed: &Bed, at_once: u32) {
    bed.two(&["up"]);
    bed.two(&["reset"]);
    bed.configure("hosts: [srv1]", &format!("hosts: [srv1, srv2]\n      max_parallel: {at_once}"));
    let path = bed.work().join("envgate.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (start, rest) = text.split_once("    - url:").unwrap();
    let (_, data) = rest.split_once("  data:").unwrap();
    std::fs::write(&path, format!("{start}  data:{data}")).unwrap();
    bed.commit(":");
}

fn serves(bed: &Bed, server: &str, version: &str) {
    let state: Value = serde_json::from_str(&bed.two(&["state", server])).unwrap();
    assert_eq!(state["http"], format!("{{\"status\":\"healthy\",\"version\":\"{version}\"}}"), "{state:#}");
    assert_eq!(state["rows"], 7320, "{state:#}");
}

/// The backend's port is one that its own web service has: nothing that a rule could know.
fn break_it(bed: &Bed, server: &str) {
    let script = "cd octavios-chat && sed -i \"s/^BACKEND_PORT=.*/BACKEND_PORT=$(sed -n 's/^WEB_PORT=//p' envs/.env)/\" envs/.env";
    bed.two(&["ssh", server, script]);
}

fn report(bed: &Bed) -> Value {
    let path = bed.sh("ls .envgate/reports/*.json | tail -n 1");
    serde_json::from_str(&bed.sh(&format!("cat {path}"))).unwrap()
}

fn hosts(report: &Value) -> Vec<&str> {
    report["servers"].as_array().unwrap().iter().map(|server| server[0].as_str().unwrap()).collect()
}

fn begun(report: &Value, server: usize, step: &str) -> i64 {
    let lines = report["servers"][server][1].as_array().unwrap();
    lines.iter().find(|line| line["step"] == step).unwrap()["epoch"].as_i64().unwrap()
}

#[test]
fn two_servers_at_once_and_one_after_the_other() {
    let Some(bed) = bed() else { return };
    both(&bed, 2);
    bed.deploy(&["plan", "--version", "0.1.2"]).is(0, &["srv1\n", "srv2\n", "gate: open"]);
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &["srv1 up", "srv2 up", "deployed"]);
    for server in ["1", "2"] {
        serves(&bed, server, "0.1.2");
    }
    let first = report(&bed);
    assert_eq!(hosts(&first), ["srv1", "srv2"]);
    assert!(begun(&first, 1, "recheck") < begun(&first, 0, "finish"), "they did not run at once");

    bed.configure("max_parallel: 2", "max_parallel: 1");
    bed.deploy(&["run", "--version", "0.1.3"]).is(0, &["deployed"]);
    let second = report(&bed);
    assert!(begun(&second, 1, "recheck") >= begun(&second, 0, "finish"), "they ran at once");
    bed.deploy(&["status"]).is(0, &["srv1\n", "srv2\n", "good release: 0.1.3"]);
    bed.deploy(&["rollback"]).is(0, &["srv1 end", "srv2 end"]);
    for server in ["1", "2"] {
        serves(&bed, server, "0.1.2");
    }
    bed.two(&["stop", "2"]);
}

#[test]
fn the_first_server_that_fails_is_the_last_that_is_touched() {
    let Some(bed) = bed() else { return };
    both(&bed, 1);
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &["deployed"]);
    break_it(&bed, "1");
    bed.deploy(&["run", "--version", "0.1.3"]).is(4, &["srv1 back", "failed: rolled back, and verified"]);
    for server in ["1", "2"] {
        serves(&bed, server, "0.1.2");
    }
    assert_eq!(hosts(&report(&bed)), ["srv1"]);
    assert_eq!(
        bed.two(&["ssh", "2", "ls octavios-chat/.envgate/runs | wc -l"]),
        "1",
        "it was begun on srv2 too"
    );

    // The other way round they do not end alike: that needs a person, and the report says who is where.
    break_it(&bed, "2");
    bed.deploy(&["run", "--version", "0.1.3"]).is(5, &["srv1 finish", "srv2 back", "a person is needed"]);
    serves(&bed, "1", "0.1.3");
    serves(&bed, "2", "0.1.2");
    let report = report(&bed);
    assert_eq!((hosts(&report), &report["code"]), (vec!["srv1", "srv2"], &5.into()));
    bed.two(&["stop", "2"]);
}

//! Connections that break, operators and runners that are killed, and two of them at once.

use std::time::Instant;

use super::bed::bed;

#[test]
fn ssh_is_reset_in_mid_up() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("up", "begun");
    bed.word(&["fault", "ssh-kill"]);
    running.end().is(0, &["deployed"]);
    bed.serves("0.1.2");
}

#[test]
fn the_network_hangs() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("backup", "begun");
    let start = Instant::now();
    bed.word(&["fault", "ssh-freeze"]);
    running.end().is(0, &["deployed"]);
    assert!(start.elapsed().as_secs() < 60, "the loss was not noticed");
    bed.word(&["unfault"]);
    bed.serves("0.1.2");
}

#[test]
fn the_operator_is_killed_in_mid_up() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("up", "begun");
    running.kill();
    bed.deploy(&["attach"]).is(0, &["0.1.2 is the last good release", "deployed"]);
    bed.serves("0.1.2");
    assert_eq!(bed.state()["rows"], 7320);
    // The folder of its connection, which it could not take away, went with the next one's start.
    let left = bed.sh("for f in /tmp/envgate-[0-9]*; do n=${f#*envgate-}; [ ! -d $f ] || [ -d /proc/${n%%-*} ] || echo $f; done");
    assert_eq!(left, "");
}

#[test]
fn a_lock_that_is_taken_by_force() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    // A migration that would go on for a minute: `timeout` is its parent, with a process group of its own.
    bed.configure(
        "      command: [alembic, upgrade, head]\n      rehearse: {backup: bankadvisor, variable: PGDATABASE}\n",
        "      command: [sh, -c, 'sleep 55; alembic upgrade head']\n",
    );
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("migrate", "begun");
    bed.server("n=0; until docker inspect octavios-envgate-job >/dev/null 2>&1; do sleep 0.3; n=$((n + 1)); [ $n -lt 100 ]; done");
    let start = Instant::now();
    bed.deploy(&["unlock", "--kill"]).is(0, &["was ended"]);
    bed.deploy(&["unlock"]).is(0, &["the lock is free"]);
    assert_eq!(bed.server("docker ps -aq --filter name=envgate-job"), "", "its migration goes on");
    running.end().is(5, &["a person is needed"]);
    assert!(start.elapsed().as_secs() < 50, "it went on to its end");
    bed.deploy(&["status"]).is(1, &["died in step `migrate`"]);
    bed.untouched();
    bed.configure("[sh, -c, 'sleep 55; alembic upgrade head']", "[alembic, upgrade, head]");
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &["deployed"]);
    bed.serves("0.1.2");
}

#[test]
fn a_second_deploy_at_once() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("recheck", "done");
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["is at work", "envgate deploy attach"]);
    bed.deploy(&["rollback"]).is(1, &["is at work"]);
    bed.deploy(&["unlock"]).is(1, &["holds the lock"]);
    running.end().is(0, &[]);
    bed.serves("0.1.2");
    bed.deploy(&["unlock"]).is(0, &["the lock is free"]);
}

#[test]
fn an_end_that_was_asked_for() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("recheck", "done");
    bed.deploy(&["abort"]).is(0, &["ends before its next step"]);
    running.end().is(3, &["a person asked for an end"]);
    bed.untouched();
}

#[test]
fn a_run_holds_nothing_of_the_connection_that_started_it() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("recheck", "done");
    let script = "p=$(cut -d' ' -f2 .envgate/lock.by); ps -o sid= -p $p | tr -d ' '; echo $p; readlink /proc/$p/fd/0 /proc/$p/fd/1 /proc/$p/fd/2";
    let told = bed.server(script);
    let lines: Vec<&str> = told.lines().collect();
    let [session, process, input, output, errors] = lines[..] else { panic!("{told}") };
    assert_eq!((session, input), (process, "/dev/null"), "{told}");
    for file in [output, errors] {
        assert!(file.contains("/.envgate/runs/") && file.ends_with("/out"), "{told}");
    }
    running.end().is(0, &["deployed"]);
}

/// The steps of a run, each once, in order.
const STEPS: [&str; 12] = [
    "begin", "recheck", "adopt", "pull", "count", "backup", "rehearse", "migrate", "up", "health", "data",
    "finish",
];

#[test]
fn the_operator_is_killed_at_every_step() {
    let Some(bed) = bed() else { return };
    for (at, step) in STEPS.iter().enumerate() {
        let version = format!("0.2.{at}");
        bed.word(&["build", &version]);
        let mut running = bed.begin(&["run", "--version", &version]);
        running.until(step, "begun");
        running.kill();
        bed.deploy(&["attach"]).is(0, &["deployed"]);
        bed.serves(&version);
        assert_eq!(bed.state()["rows"], 7320);
    }
}

#[test]
fn the_runner_is_killed_at_every_step() {
    let Some(bed) = bed() else { return };
    for (at, step) in STEPS.iter().enumerate() {
        let version = format!("0.3.{at}");
        bed.word(&["build", &version]);
        let mut running = bed.begin(&["run", "--version", &version]);
        running.until(step, "begun");
        // -9, and whoever leads the session leaves nobody behind to clear up.
        bed.server("kill -9 -- -$(cut -d' ' -f2 .envgate/lock.by) 2>/dev/null || :");
        let told = running.end();
        let finished = told.code == 0;
        assert!(finished || told.code == 5, "{step}: {}", told.text);
        assert_eq!(bed.state()["rows"], 7320, "{step}");
        if !finished {
            // By the time that it is killed it may have gone on to a later one.
            let status = bed.deploy(&["status"]);
            status.is(1, &["died in step `", "envgate deploy rollback"]);
            let named = status.text.split("died in step `").nth(1).and_then(|rest| rest.split('`').next());
            let named = named.and_then(|named| STEPS.iter().position(|known| *known == named));
            assert!(named.is_some_and(|named| named >= at), "{step}: {}", status.text);
        }
        bed.deploy(&["run", "--version", &version]).is(0, &["deployed"]);
        bed.serves(&version);
        let state = bed.state();
        assert_eq!(
            (&state["rows"], &state["databases"]),
            (&7320.into(), &"bankadvisor,postgres".into()),
            "{step}"
        );
    }
}

#[test]
fn ctrl_c_once_leaves_the_run_alone() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("recheck", "done");
    bed.sh(&format!("kill -INT {}", running.child.id()));
    running.end().is(5, &["press again within five seconds", "left alone: it goes on"]);
    bed.deploy(&["attach"]).is(0, &["deployed"]);
    bed.serves("0.1.2");
}

#[test]
fn ctrl_c_twice_ends_it_before_its_next_step() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("recheck", "done");
    for _ in 0..2 {
        bed.sh(&format!("kill -INT {}", running.child.id()));
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    running.end().is(3, &["it ends before its next step", "a person asked for an end"]);
    bed.untouched();
}

//! Images that do not reach the registry: exit 3, nothing changed, and the next run converges.

use std::time::Instant;

use super::bed::{Bed, bed};

/// The registry behind a proxy that fails.
fn behind(bed: &Bed, mode: &str) {
    let port: u16 = bed.variable("BED_REGISTRY").rsplit(':').next().unwrap().parse().unwrap();
    bed.word(&["fault", "proxy", "5169", &port.to_string(), mode, "3000000"]);
    bed.commit("head -c 8000000 /dev/urandom >app/payload");
    bed.configure(
        &format!("registry: \"127.0.0.1:{port}\""),
        "registry: \"127.0.0.1:5169\"\n    push_timeout: 4s",
    );
}

fn not_pushed(mode: &str) {
    let Some(bed) = bed() else { return };
    behind(&bed, mode);
    let start = Instant::now();
    bed.deploy(&["run", "--version", "0.1.6", "--services", "backend"]).is(3, &["nothing was changed"]);
    assert!(start.elapsed().as_secs() < 30, "it hung");
    bed.untouched();
    assert_eq!(bed.server("ls .envgate/runs 2>/dev/null | wc -l"), "0");
    bed.word(&["unfault"]);
    let port = bed.variable("BED_REGISTRY").to_owned();
    bed.configure("127.0.0.1:5169", &port);
    bed.deploy(&["run", "--version", "0.1.6", "--services", "backend"]).is(0, &["deployed"]);
    bed.serves("0.1.6");
}

#[test]
fn a_push_that_is_cut() {
    not_pushed("cut");
}

#[test]
fn a_push_that_hangs() {
    not_pushed("hang");
}

#[test]
fn a_registry_whose_disk_is_full() {
    let Some(bed) = bed() else { return };
    bed.word(&["fault", "registry-disk-full", "64", "backend"]);
    bed.commit("head -c 4000000 /dev/urandom >app/payload");
    bed.configure(
        "    name: octavios-invex-{service}",
        "    push_timeout: 6s\n    name: octavios-invex-{service}",
    );
    bed.deploy(&["run", "--version", "0.1.7", "--services", "backend"]).is(3, &["nothing was changed"]);
    bed.untouched();
    bed.word(&["unfault"]);
    bed.deploy(&["run", "--version", "0.1.7", "--services", "backend"]).is(0, &["deployed"]);
    bed.serves("0.1.7");
}

#[test]
fn a_tag_that_moves_in_mid_run() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.8"]);
    let checked = bed.word(&["digest", "backend", "0.1.8"]);
    let mut running = bed.begin(&["run", "--version", "0.1.8"]);
    running.until("recheck", "done");
    bed.word(&["fault", "tag-moved", "backend", "0.1.8", "broken-health"]);
    running.end().is(0, &[]);
    assert_ne!(bed.word(&["digest", "backend", "0.1.8"]), checked);
    bed.serves("0.1.8");
    let image = bed.state()["containers"].to_string();
    assert!(image.contains(&checked), "{image}");
}

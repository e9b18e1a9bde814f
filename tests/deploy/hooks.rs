//! The programs that run here before and after: a deploy that stands is told as one, whatever its last hook does.

use super::bed::{Bed, bed};

fn with_hooks(bed: &Bed, hooks: &str) {
    bed.word(&["build", "0.1.2"]);
    bed.configure(
        "  rollback: {database: never}\n",
        &format!("  rollback: {{database: never}}\n  hooks: {hooks}\n"),
    );
}

#[test]
fn a_last_hook_that_cannot_start_is_told_and_the_deploy_stands() {
    let Some(bed) = bed() else { return };
    with_hooks(&bed, "{post_deploy: [./not-there]}");
    bed.deploy(&["run", "--version", "0.1.2"])
        .is(0, &["deployed", "`post_deploy` did not run: `./not-there` cannot be run; the deploy stands"]);
    bed.serves("0.1.2");
    bed.deploy(&["status"]).is(0, &["ended well"]);
}

#[test]
fn a_last_hook_that_fails_is_told_and_gets_the_report() {
    let Some(bed) = bed() else { return };
    with_hooks(&bed, "{post_deploy: [sh, -c, 'grep -q 0.1.2 \"$0\" && exit 7']}");
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &["`post_deploy` ended with 7; the deploy stands"]);
    bed.serves("0.1.2");
}

#[test]
fn a_first_hook_that_fails_stops_everything() {
    let Some(bed) = bed() else { return };
    with_hooks(&bed, "{pre_build: [sh, -c, 'echo tests are red >&2; exit 1']}");
    bed.deploy(&["run", "--version", "0.1.3"]).is(3, &["failed: tests are red; nothing was changed"]);
    bed.untouched();
    assert_eq!(bed.server("ls .envgate/runs 2>/dev/null | wc -l"), "0");
}

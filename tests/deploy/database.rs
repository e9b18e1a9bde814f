//! Dumps that are none, migrations that fail, and rows that must not become less.

use super::bed::{Bed, bed};

#[test]
fn a_disk_that_is_full_of_backups() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.word(&["fault", "backup-disk-full", "32"]);
    bed.deploy(&["run", "--version", "0.1.2"]).is(3, &["the disk has", "KiB for backups"]);
    bed.untouched();
    assert_eq!(bed.server("ls backups | wc -l"), "0", "half a backup was left");
    bed.word(&["unfault"]);
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &["deployed"]);
}

#[test]
fn a_database_that_does_not_run() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.word(&["fault", "postgres-stop"]);
    bed.deploy(&["run", "--version", "0.1.2"])
        .is(3, &["service postgres does not run", "nothing was changed"]);
    assert_eq!(bed.server("ls backups 2>/dev/null | wc -l"), "0");
    assert_eq!(bed.state()["http"], "{\"status\":\"healthy\",\"version\":\"0.1.1\"}");
}

#[test]
fn a_dump_that_dies_on_its_way() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("count", "done");
    // The database goes between the count and the end of the dump.
    bed.word(&["docker", "srv1", "kill", "postgres"]);
    let told = running.end();
    assert_eq!(told.code, 3, "{}", told.text);
    assert_eq!(bed.server("ls backups | wc -l"), "0", "half a backup was left");
    assert_eq!(bed.state()["http"], "{\"status\":\"healthy\",\"version\":\"0.1.1\"}");
}

fn damaged(how: &str, said: &str) {
    let Some(bed) = bed() else { return };
    bed.deploy(&["backup"]).is(0, &["7374 rows", "read to the end"]);
    let name = bed.backups().pop().unwrap();
    let path = format!("{}/backups/{name}", bed.variable("BED_ROOT"));
    bed.word(&["fault", "dump", &path, how]);
    for into in ["scratch", "live"] {
        bed.deploy(&["restore", &format!("backups/{name}"), "--into", into]).is(3, &[said]);
        bed.untouched();
    }
    // Without the counts that were taken with it, the configured minimum still knows.
    bed.server(&format!("rm backups/{name}.counts"));
    bed.deploy(&["restore", &format!("backups/{name}"), "--into", "live", "--discard-writes"]).is(3, &[]);
    bed.word(&["sql", "1", "DROP DATABASE IF EXISTS envgate_restored", "postgres"]);
    bed.untouched();
}

#[test]
fn a_truncated_dump_is_not_restored() {
    damaged("truncated", "the backup is not a whole gzip file");
}

#[test]
fn a_partial_dump_is_not_restored() {
    damaged("partial", "the backup holds other rows than the database");
}

#[test]
fn an_empty_dump_is_not_restored() {
    damaged("empty", "the backup does not reach its end");
}

#[test]
fn a_garbage_dump_is_not_restored() {
    damaged("garbage", "the backup is not a whole gzip file");
}

#[test]
fn a_custom_format_dump_is_not_taken_for_one_of_ours() {
    let Some(bed) = bed() else { return };
    bed.server("mkdir -p backups && docker exec postgres pg_dump -Fc -U octavios bankadvisor | head -c 9000 >backups/bankadvisor-half.dump");
    bed.deploy(&["restore", "backups/bankadvisor-half.dump", "--into", "live"]).is(3, &["the backup"]);
    bed.untouched();
}

#[test]
fn rows_that_were_lost_come_back_by_a_swap() {
    let Some(bed) = bed() else { return };
    bed.deploy(&["backup"]).is(0, &[]);
    let name = bed.backups().pop().unwrap();
    bed.word(&["fault", "rows", "206"]);
    assert_eq!(bed.state()["rows"], 206);
    bed.deploy(&["verify"]).is(1, &["206, and 7320 are needed"]);
    let backup = format!("backups/{name}");
    bed.server("sleep 11");
    bed.deploy(&["restore", &backup, "--into", "live"]).is(3, &["was written to after this backup"]);
    assert_eq!(bed.state()["rows"], 206);
    bed.deploy(&["restore", &backup, "--into", "live", "--discard-writes"])
        .is(0, &["is kept as bankadvisor_before_"]);
    let state = bed.state();
    assert_eq!(state["rows"], 7320);
    let kept = state["databases"]
        .as_str()
        .unwrap()
        .split(',')
        .find(|name| name.contains("_before_"))
        .unwrap()
        .to_owned();
    assert_eq!(
        bed.word(&["sql", "1", "SELECT count(*) FROM monthly_kpis", &kept]),
        "206",
        "what was there is not kept"
    );
    bed.deploy(&["verify"]).is(0, &[]);
    bed.word(&["sql", "1", &format!("DROP DATABASE {kept}"), "postgres"]);
}

/// Against a stand-in for `mongosh`, which prints what stands in a file.
#[test]
fn users_that_a_mongo_has_lost() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let users = |count: &str| bed.server(&format!("docker exec mongodb sh -c 'echo {count} >/data/users'"));
    users("7");
    bed.deploy(&["verify"]).is(1, &["users: 7, and 8 are needed"]);
    users("8");
    bed.deploy(&["verify"]).is(0, &["users 8"]);
    // Enough for `min`, and less than before: that needs a person, since no release brings them back.
    bed.configure("      min: 8", "      min: 5");
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("backup", "begun");
    users("7");
    running.end().is(5, &["users: 7, and it was 8", "its checks fail"]);
    bed.serves("0.1.1");
    users("what?");
    bed.deploy(&["run", "--version", "0.1.2"]).is(3, &["users: no number came back", "nothing was changed"]);
    users("7");
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &["users 7 -> 7", "deployed"]);
}

#[test]
fn a_backup_that_shrinks_is_none() {
    let Some(bed) = bed() else { return };
    bed.deploy(&["backup"]).is(0, &[]);
    bed.word(&["fault", "rows", "206"]);
    bed.deploy(&["backup"]).is(3, &["bytes, and "]);
    assert_eq!(bed.backups().len(), 1, "a good backup was lost, or a bad one kept");
}

#[test]
fn a_migration_that_fails_is_stopped_by_its_rehearsal() {
    let Some(bed) = bed() else { return };
    bed.word(&["fault", "migration-fails"]);
    bed.commit(":");
    bed.deploy(&["run", "--version", "0.1.2"])
        .is(3, &["rehearsal", "division by zero", "nothing was changed"]);
    bed.untouched();
    assert_eq!(bed.state()["migrations"], "");
    bed.commit("rm migrations/900_fails.sql");
    bed.deploy(&["run", "--version", "0.1.3"]).is(0, &["deployed"]);
    bed.serves("0.1.3");
}

/// A migration that fails on the real database: its rehearsal is switched off.
fn unrehearsed(bed: &Bed, database: &str) {
    bed.configure("      rehearse: {backup: bankadvisor, variable: PGDATABASE}\n", "");
    bed.configure("{database: never}", &format!("{{database: {database}}}"));
}

#[test]
fn a_migration_that_fails_half_way_needs_a_person() {
    let Some(bed) = bed() else { return };
    bed.word(&["fault", "migration-fails"]);
    unrehearsed(&bed, "ask");
    bed.deploy(&["run", "--version", "0.1.2"]).is(5, &["the migration has changed the database"]);
    bed.serves("0.1.1");
    assert_eq!(bed.state()["rows"], 7320);
    bed.deploy(&["status"]).is(1, &["a person is needed"]);
}

#[test]
fn a_migration_that_fails_half_way_is_taken_back_where_that_is_allowed() {
    let Some(bed) = bed() else { return };
    bed.word(&["fault", "migration-fails"]);
    unrehearsed(&bed, "if-unchanged");
    bed.deploy(&["run", "--version", "0.1.2"]).is(4, &["bankadvisor is as in the backup"]);
    bed.serves("0.1.1");
    let state = bed.state();
    assert_eq!((&state["rows"], &state["migrations"]), (&7320.into(), &"".into()));
}

#[test]
fn a_migration_that_loses_rows() {
    let Some(bed) = bed() else { return };
    bed.word(&["fault", "migration-loses"]);
    unrehearsed(&bed, "if-unchanged");
    bed.deploy(&["run", "--version", "0.1.2"])
        .is(4, &["206, and 7320 are needed", "bankadvisor is as in the backup"]);
    bed.serves("0.1.1");
    assert_eq!(bed.state()["rows"], 7320);
}

#[test]
fn rows_written_after_the_backup_are_not_thrown_away() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2", "broken-health", "backend"]);
    bed.word(&["build", "0.1.2", "ok", "web", "bank-advisor"]);
    unrehearsed(&bed, "if-unchanged");
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("up", "begun");
    bed.word(&["fault", "insert"]);
    running.end().is(5, &["was written to after its migration", "the old version runs"]);
    bed.serves("0.1.1");
    assert_eq!(bed.state()["rows"], 7321, "a row that somebody wrote is lost");
}

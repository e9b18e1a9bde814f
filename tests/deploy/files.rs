//! Files: those of the commit that travel with a release, those that get into an image, and those that are old.

use super::bed::{Bed, bed};

fn in_web(bed: &Bed, script: &str) -> String {
    bed.word(&["docker", "srv1", "exec", "web", "sh", "-c", script])
}

#[test]
fn configs_secrets_and_env_files_of_the_commit_travel() {
    let Some(bed) = bed() else { return };
    // The server's own tree never gets them: nothing is pulled there.
    bed.commit(
        "cat >>infra/docker-compose.production.yml <<END
  web:
    env_file: [web.env, {path: ../envs/more.env, required: false}]
    configs: [{source: motd, target: /www/motd.txt}]
    secrets: [token]
configs: {motd: {file: ./motd.txt}}
secrets: {token: {file: ./token.txt}}
END
echo 'COLOUR=blue' >infra/web.env; echo first >infra/motd.txt; echo one >infra/token.txt",
    );
    bed.deploy(&["plan", "--version", "0.1.2"])
        .is(0, &["web              recreated", "COLOUR", "gate: open"]);
    bed.deploy(&["run", ".envgate/plan.json"]).is(0, &["deployed"]);
    assert_eq!(in_web(&bed, "echo $COLOUR; cat /www/motd.txt /run/secrets/token"), "blue\nfirst\none");
    assert_eq!(bed.server("ls infra | grep -c -e web.env -e motd -e token || :"), "0");

    bed.commit("echo 'COLOUR=red' >infra/web.env; echo second >infra/motd.txt");
    bed.deploy(&["run", "--version", "0.1.3"]).is(0, &["deployed"]);
    assert_eq!(in_web(&bed, "echo $COLOUR; cat /www/motd.txt /run/secrets/token"), "red\nsecond\none");
    // A commit that changes none of them changes no service.
    bed.commit("echo x >notes.txt");
    bed.deploy(&["plan", "--version", "0.1.3"])
        .is(0, &["web              unchanged", "backend          unchanged"]);
    bed.deploy(&["rollback"]).is(0, &[]);
    assert_eq!(in_web(&bed, "echo $COLOUR; cat /www/motd.txt /run/secrets/token"), "blue\nfirst\none");
    bed.serves("0.1.2");
}

#[test]
fn an_image_holds_what_the_commit_holds() {
    let Some(bed) = bed() else { return };
    bed.commit("echo app/payload >>.gitignore");
    bed.sh("echo 'from the work tree' >app/payload");
    bed.deploy(&["run", "--version", "0.1.2", "--services", "backend"])
        .is(0, &["unpacking commit", "deployed"]);
    assert_eq!(bed.word(&["docker", "srv1", "exec", "backend", "ls", "/app"]), "run.sh");
    let left = bed.sh("ls -d ${TMPDIR:-/tmp}/envgate-tree-* 2>/dev/null || :");
    assert_eq!(left, "", "the unpacked commit was left");
}

#[test]
fn what_is_old_goes_and_the_way_back_stays() {
    let Some(bed) = bed() else { return };
    bed.configure("  rollback: {database: never}\n", "  rollback: {database: never}\n  keep: 1\n");
    bed.configure("      min_size: 20KiB\n", "      min_size: 20KiB\n      keep: 1\n");
    let only = ["--services", "backend,web"];
    for version in ["0.1.2", "0.1.3", "0.1.4"] {
        bed.commit(&format!("echo {version} >infra/banner.txt"));
        bed.deploy(&[&["run", "--version", version], &only[..]].concat()).is(0, &["deployed"]);
    }
    let kept = |what: &str| bed.server(&format!("ls -d {what} | wc -l"));
    // The one that runs, and the one before it.
    assert_eq!(kept(".envgate/releases/*"), "2");
    assert_eq!(kept(".envgate/files/*/"), "2");
    // That of the last run, and the two that were the way back when it was taken.
    assert_eq!(bed.backups().len(), 3, "{:?}", bed.backups());
    for _ in 0..2 {
        bed.deploy(&["backup"]).is(0, &[]);
    }
    let names = bed.backups();
    assert_eq!(names.len(), 3, "the newest, and those that this release and the one before it began with");
    let begun = bed.server("cat .envgate/good .envgate/releases/$(cat .envgate/good)/before");
    assert!(begun.lines().all(|run| names.iter().any(|name| name.contains(run))), "{names:?} {begun}");
    bed.deploy(&["rollback"]).is(0, &["is the last good release"]);
    assert_eq!(in_web(&bed, "cat /www/banner.txt"), "0.1.3");
    assert_eq!(bed.state()["rows"], 7320);
}

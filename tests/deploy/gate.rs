//! What the gate refuses: exit 1, nothing changed, and what to do.

use super::bed::bed;

#[test]
fn a_short_secret_on_the_server() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.word(&["fault", "env-short"]);
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["ENV102", "gate: shut; nothing was changed"]);
    bed.untouched();
    assert_eq!(bed.server("ls .envgate/runs 2>/dev/null | wc -l"), "0");
}

#[test]
fn json_hosts_where_the_code_wants_csv() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.word(&["fault", "env-json"]);
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["ENV104", "ALLOWED_HOSTS", "gate: shut"]);
    bed.untouched();
}

#[test]
fn csv_hosts_where_the_code_wants_json() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.configure("ALLOWED_HOSTS: {expect: csv}", "ALLOWED_HOSTS: {expect: json}");
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["ENV104", "ALLOWED_HOSTS", "gate: shut"]);
    bed.untouched();
}

#[test]
fn a_fallback_that_shadows() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.commit("sed -i 's/SECRET_KEY: ${SECRET_KEY:?}/SECRET_KEY: ${SECRET_KEY:-dev-secret-change-in-production}/' infra/docker-compose.yml");
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["CMP002", "gate: shut"]);
    bed.untouched();
}

#[test]
fn a_tree_that_is_dirty_or_unpushed() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.sh("echo '# dirty' >>infra/docker-compose.yml");
    bed.deploy(&["run", "--version", "0.1.2"])
        .is(1, &["a file differs from the commit", "infra/docker-compose.yml"]);
    bed.sh("git commit -qam 'not pushed'");
    bed.deploy(&["run", "--version", "0.1.2"])
        .is(1, &["the commit is on no branch of the remote", "help: git push"]);
    bed.sh("git checkout -qb other");
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["`other` is checked out, and `main` is deployed"]);
    bed.untouched();
}

#[test]
fn an_env_file_that_is_not_there() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.word(&["fault", "env-missing"]);
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["there is no env file `envs/.env`"]);
    assert_eq!(bed.state()["rows"], 7320);
    bed.serves("0.1.1");
}

#[test]
fn an_image_that_is_not_there() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.word(&["fault", "image-gone", "web", "0.1.2"]);
    bed.configure("      web: {dockerfile: app/Dockerfile, args: {VERSION: \"{version}\"}}\n", "");
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["there is no image for `web`", "gate: shut"]);
    bed.untouched();
}

#[test]
fn a_tag_that_moved_after_the_plan() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.deploy(&["plan", "--version", "0.1.2"]).is(0, &[]);
    bed.word(&["fault", "tag-moved", "backend", "0.1.2"]);
    bed.deploy(&["run", ".envgate/plan.json"]).is(1, &["changed after the plan was made"]);
    bed.untouched();
}

#[test]
fn a_protected_service_that_would_be_recreated() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.commit("sed -i 's/TZ: UTC/TZ: Etc\\/UTC/' infra/docker-compose.yml");
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["`postgres` would be recreated, and it is protected"]);
    bed.untouched();
}

#[test]
fn a_way_back_that_is_gone() {
    let Some(bed) = bed() else { return };
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &[]);
    bed.word(&["build", "0.1.3"]);
    bed.word(&["fault", "image-gone", "backend", "0.1.2"]);
    // The container still has the bytes, and nobody could start them by their digest any more.
    bed.server("docker rmi -f $(docker image inspect --format '{{join .RepoDigests \" \"}}' $(docker inspect --format '{{.Image}}' backend)) >/dev/null");
    bed.deploy(&["run", "--version", "0.1.3"])
        .is(1, &["of `backend` is gone, so there would be no way back"]);
    bed.deploy(&["plan", "--version", "0.1.3"])
        .is(1, &["way back: 0.1.2 (", "the images of `backend` are gone"]);
    bed.serves("0.1.2");
}

#[test]
fn clocks_that_differ() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.server("mkdir -p ~/shim && printf '#!/bin/sh\\nexec /bin/date -d \"1 hour\" \"$@\"\\n' >~/shim/date && chmod +x ~/shim/date && echo 'PATH=$HOME/shim:$PATH' >~/.bashrc");
    let told = bed.deploy(&["run", "--version", "0.1.2"]);
    bed.server("rm -r ~/shim ~/.bashrc");
    told.is(1, &["its clock differs from ours by 36", "set both clocks by the same server"]);
    bed.untouched();
}

#[test]
fn a_server_that_lacks_what_is_needed() {
    let Some(bed) = bed() else { return };
    bed.configure("min_disk: 100MiB", "min_disk: 900TiB");
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["MiB of disk are free"]);
    bed.configure("path: octavios-chat", "path: nowhere");
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["there is no folder `nowhere`"]);
    bed.untouched();
}

#[test]
fn a_shell_on_the_server_that_beats_the_env_file() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    bed.server("echo 'export CORS_ORIGINS=https://other.example.com' >~/.bashrc");
    let told = bed.deploy(&["run", "--version", "0.1.2"]);
    bed.server("rm ~/.bashrc");
    told.is(1, &["`backend` would get another `CORS_ORIGINS` than its files say"]);
    bed.untouched();
}

//! Services that do not become healthy, and engines that die.

use super::bed::bed;

fn comes_back(mode: &str, services: &[&str], said: &str) {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.3"]);
    let mut words = vec!["build", "0.1.3", mode];
    words.extend(services);
    bed.word(&words);
    bed.deploy(&["run", "--version", "0.1.3"]).is(4, &[said, "failed: rolled back, and verified"]);
    bed.serves("0.1.1");
    assert_eq!(bed.state()["rows"], 7320);
    bed.deploy(&["status"]).is(1, &["failed: rolled back, and verified", "good release: 0.1.1"]);
    // A second run of a good version converges.
    bed.deploy(&["run", "--version", "0.1.4"]).is(0, &["deployed"]);
    bed.serves("0.1.4");
}

#[test]
fn health_that_is_never_green() {
    comes_back("broken-health", &["backend"], "not all services became healthy: backend running unhealthy");
}

#[test]
fn a_new_schema_under_the_old_version_needs_a_person_unless_said_otherwise() {
    let Some(bed) = bed() else { return };
    bed.configure("  rollback: {database: never}\n", "");
    bed.word(&["build", "0.1.3"]);
    bed.word(&["build", "0.1.3", "broken-health", "backend"]);
    bed.deploy(&["run", "--version", "0.1.3"])
        .is(5, &["the old version runs; the database is as the migration left it"]);
    bed.serves("0.1.1");
    assert_eq!(bed.state()["rows"], 7320);
}

#[test]
fn a_crash_loop_without_a_healthcheck() {
    comes_back("crash", &["bank-advisor"], "bank-advisor");
}

#[test]
fn a_start_that_takes_too_long() {
    comes_back("slow", &["backend"], "not all services became healthy");
}

#[test]
fn an_answer_that_is_the_wrong_version() {
    let Some(bed) = bed() else { return };
    // The image calls itself 0.1.2 and was pushed as 0.1.3.
    bed.word(&["build", "0.1.3"]);
    bed.sh("docker build -q --network none -f app/Dockerfile --build-arg VERSION=0.1.2 -t $BED_REGISTRY/octavios-invex-backend:0.1.3 . && docker push -q $BED_REGISTRY/octavios-invex-backend:0.1.3");
    bed.deploy(&["run", "--version", "0.1.3"]).is(4, &["/version is not what is wanted"]);
    bed.serves("0.1.1");
}

#[test]
fn an_env_file_that_breaks_the_service() {
    let Some(bed) = bed() else { return };
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &[]);
    let good = bed.state()["env"].clone();
    // Nothing that a rule could know: the port is taken by the web service.
    bed.server("sed -i \"s/^BACKEND_PORT=.*/BACKEND_PORT=$(sed -n 's/^WEB_PORT=//p' envs/.env)/\" envs/.env");
    bed.deploy(&["run", "--env-only"]).is(4, &["the env file of", "is back"]);
    bed.serves("0.1.2");
    assert_eq!(bed.state()["env"], good);
    assert_eq!(bed.server("ls .envgate/runs/*/env.failed | wc -l"), "1");
}

#[test]
fn an_env_file_edited_after_the_check() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("backup", "begun");
    bed.word(&["fault", "env-touch"]);
    running.end().is(3, &["the env file was changed after it had been checked"]);
    bed.serves("0.1.1");
    assert_eq!(bed.state()["migrations"], "");
}

#[test]
fn a_server_tree_that_git_could_not_pull_into() {
    let Some(bed) = bed() else { return };
    bed.server("sed -i 's/0\\.1\\.1/0.0.9/' infra/docker-compose.registry.yml");
    bed.commit("sed -i 's/:0.1.1/:0.1.0/' infra/docker-compose.registry.yml");
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &["deployed"]);
    bed.serves("0.1.2");
    assert_eq!(
        bed.server("grep -c 0.0.9 infra/docker-compose.registry.yml"),
        "3",
        "files outside .envgate were touched"
    );
}

#[test]
fn an_engine_that_dies_in_mid_up() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let mut running = bed.begin(&["run", "--version", "0.1.2"]);
    running.until("up", "begun");
    bed.word(&["fault", "engine-kill"]);
    running.end().is(5, &["a person is needed"]);
    bed.word(&["up"]);
    bed.deploy(&["status"]).is(1, &["a person is needed"]);
    bed.sh("docker -H unix://$BED_DIR/srv1/docker.sock start postgres mongodb >/dev/null");
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &["deployed"]);
    bed.serves("0.1.2");
    assert_eq!(bed.state()["rows"], 7320);
}

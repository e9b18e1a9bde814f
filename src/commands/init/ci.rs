//! What lets a CI server run the check.
//!
//! Not here: the disk.

use crate::cli::CiHost;

/// Where it goes, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// The file, relative to the top of the project.
    pub(super) path: &'static str,
    /// Its text.
    pub(super) text: String,
    /// What is left to do by hand.
    pub(super) next: Option<&'static str>,
}

const GITHUB: &str = "\
# Checks env files, compose files, hooks and scripts, and looks for secrets.
name: envgate
on: [push, pull_request]
permissions:
  contents: read
jobs:
  envgate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          persist-credentials: false
      - run: pipx install envgate-cli==VERSION
      - run: envgate check --format github
";

const GITLAB: &str = "\
# Checks env files, compose files, hooks and scripts, and looks for secrets.
envgate:
  image: python:3.13-slim
  script:
    - pip install --quiet envgate-cli==VERSION
    - envgate check --output gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
";

/// The step for `host`; `pipeline` is the text of the `.gitlab-ci.yml` that is there.
pub(super) fn step(host: CiHost, pipeline: Option<&str>) -> Step {
    let (path, text, next) = match (host, pipeline) {
        (CiHost::Github, _) => (".github/workflows/envgate.yml", GITHUB, None),
        (CiHost::Gitlab, None) => (".gitlab-ci.yml", GITLAB, None),
        (CiHost::Gitlab, Some(text)) if runs(text) => (".gitlab-ci.yml", GITLAB, None),
        (CiHost::Gitlab, Some(_)) => {
            (".gitlab/envgate.yml", GITLAB, Some("add `include: /.gitlab/envgate.yml` to `.gitlab-ci.yml`"))
        }
    };
    Step { path, text: text.replace("VERSION", env!("CARGO_PKG_VERSION")), next }
}

/// Whether a pipeline runs the check already.
pub(super) fn runs(text: &str) -> bool {
    text.contains("envgate check")
}

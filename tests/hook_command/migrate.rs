//! What `hook migrate` leaves alone, and what it writes for pushes and messages.

use crate::project::Project;

#[test]
fn a_scanner_that_does_more_is_not_taken_away() {
    let project = Project::new();
    let table = [
        ("sh ./tests.sh || exit 1", "line 3: runs `sh`"),
        ("git ls-files '*.py' | xargs -n 1 ruff check", "line 3: runs `ruff`"),
        ("git add -u", "line 3: runs `git add`"),
        ("eval \"$CHECKS\"", "line 3: runs `$…`"),
        (
            "if ! git show :vault.yml | head -1 | grep -q '^$ANSIBLE_VAULT'; then exit 1; fi",
            "line 3: asks something",
        ),
        ("grep -q 'Signed-off-by' notes && exit 1", "line 3: asks something"),
        ("if [ \"$(git branch --show-current)\" = main ]; then exit 1; fi", "line 3: asks something"),
        ("LEFT=$(git diff --cached | grep -c 'console.log')", "line 3: asks something"),
        ("case \"$1\" in *.pem) exit 1 ;; esac", "line 3: asks something"),
    ];
    for (line, said) in table {
        let old = format!(
            "#!/bin/bash\nif git diff --cached | grep -qE 'AKIA[0-9A-Z]{{16}}'; then exit 1; fi\n{line}\n"
        );
        project.write("check.sh", &old);
        let told = project.run("envgate", &["hook", "migrate", "check.sh"]);
        assert!(told.contains(said) && !told.contains("the replacement"), "{line}: {told}");
        assert_eq!(
            project.try_run("envgate", &["hook", "migrate", "--write", "check.sh"]).status.code(),
            Some(2)
        );
        assert_eq!(project.read("check.sh"), old);
    }
}

#[test]
fn parts_of_a_scanner_are_nothing_besides() {
    let project = Project::new();
    let table = [
        "for f in $(git diff --cached --name-only | grep -E '\\.(py|env)$'); do [ -f \"$f\" ] || continue; done",
        "if [[ \"$f\" =~ \\.(png|jpeg)$ ]]; then continue; fi",
        "if git diff --cached --name-only | grep -qE '(^|/)\\.env$'; then FOUND=1; fi",
        "echo \"$f\" | grep -q 'fixtures' && exit 0",
        "fail() { echo \"$1\" >&2; exit 1; }; [ \"$FOUND\" = 0 ] || fail 'a secret'",
        "git diff --cached -U0 | grep '^+' | grep -v '^+++' | grep -iE 'passwd|api_key' && exit 1",
        ". \"$(dirname -- \"$0\")/_/husky.sh\"",
    ];
    for line in table {
        project.write(
            "check.sh",
            &format!("#!/bin/bash\nif git diff --cached | grep -q 'AKIA'; then exit 1; fi\n{line}\n"),
        );
        let told = project.run("envgate", &["hook", "migrate", "check.sh"]);
        assert!(told.contains("the replacement of") && !told.contains("besides"), "{line}: {told}");
    }
}

#[test]
fn a_scanner_of_pushes_goes_on_looking_at_them() {
    let project = Project::new();
    let old = "#!/bin/sh\nwhile read -r lref lsha rref rsha; do\n  if git log -p \"$lsha\" | grep -qE 'client_secret *= '; then exit 1; fi\ndone\n";
    for (path, run) in [(".githooks/pre-push", "pre-push \"$@\""), ("push.sh", "pre-push \"$@\"")] {
        project.write(path, old);
        project.run("envgate", &["hook", "migrate", "--write", path]);
        let made = project.read(path);
        assert!(
            made.ends_with(&format!("exec envgate hook run {run}\n")) && made.contains("this push"),
            "{made}"
        );
    }
    project
        .write(".githooks/commit-msg", "#!/bin/sh\ngrep -qE 'AKIA[0-9A-Z]{16}' \"$1\" && exit 1\nexit 0\n");
    project.run("envgate", &["hook", "migrate", "--write", ".githooks/commit-msg"]);
    assert!(project.read(".githooks/commit-msg").ends_with("exec envgate hook run commit-msg \"$1\"\n"));
}

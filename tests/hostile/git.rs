//! Repositories whose configuration, attributes and hooks would run something, or lead elsewhere.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use crate::case::{folder, sound, write};
use crate::child;

/// What would prove that something ran: every program leaves it beside the repository.
const MARK: &str = "ran";

/// A repository in `folder/work` with everything in it that git would run, and programs in `folder/bin` that
/// leave a mark.
fn trap(folder: &Path) {
    let (work, bin) = (folder.join("work"), folder.join("bin"));
    fs::create_dir_all(&bin).unwrap();
    fs::set_permissions(folder, Permissions::from_mode(0o777)).unwrap();
    let script = format!("#!/bin/sh\necho \"$0 $*\" >>'{}'\n", folder.join(MARK).display());
    for program in
        ["trap", "git", "sh", "bash", "docker", "docker-compose", "make", "npx", "ssh", "less", "python3"]
    {
        program_at(&bin.join(program), &script);
    }
    fs::create_dir(&work).unwrap();
    git(&work, &["init", "--quiet", "--initial-branch=main"]);
    write(&work, ".env", "A=1\n");
    write(&work, "a.txt", "one\n");
    git(&work, &["add", "--force", "."]);
    git(
        &work,
        &["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "--quiet", "-m", "one"],
    );
    write(&work, "a.txt", "one\ntwo\n");
    write(&work, "b.txt", "a\n");
    write(&work, ".gitattributes", "* filter=trap diff=trap merge=trap text\n");
    git(&work, &["add", "--force", "."]);
    for hook in
        ["pre-commit", "post-checkout", "fsmonitor-watchman", "post-index-change", "reference-transaction"]
    {
        program_at(&work.join(".git/hooks").join(hook), &script);
        program_at(&work.join("traps").join(hook), &script);
    }
    configure(folder, &work, &bin.join("trap").display().to_string());
}

fn configure(folder: &Path, work: &Path, trap: &str) {
    write(folder, "included", format!("[core]\n\tfsmonitor = {trap}\n"));
    let core = ["fsmonitor", "editor", "pager", "sshCommand", "askPass", "gitProxy", "alternateRefsCommand"];
    let core: String = core.iter().map(|key| format!("\t{key} = {trap}\n")).collect();
    let more = format!(
        "[core]\n{core}\thooksPath = traps\n\tattributesFile = ../work/.gitattributes\n\
         [include]\n\tpath = {included}\n[includeIf \"gitdir:**\"]\n\tpath = {included}\n\
         [alias]\n\tstatus = !{trap}\n\tls-files = !{trap}\n[diff]\n\texternal = {trap}\n\
         [diff \"trap\"]\n\tcommand = {trap}\n\ttextconv = {trap}\n[merge \"trap\"]\n\tdriver = {trap}\n\
         [filter \"trap\"]\n\tclean = {trap}\n\tsmudge = {trap}\n\tprocess = {trap}\n\trequired = true\n\
         [credential]\n\thelper = !{trap}\n[gpg]\n\tprogram = {trap}\n[uploadpack]\n\tpackObjectsHook = {trap}\n\
         [extensions]\n\tpartialClone = origin\n[remote \"origin\"]\n\turl = ext::{trap}\n\tpromisor = true\n",
        included = folder.join("included").display(),
    );
    let path = work.join(".git/config");
    let config = fs::read_to_string(&path).unwrap();
    fs::write(path, config + &more).unwrap();
}

fn program_at(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, script).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
}

fn git(work: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(work);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    assert!(command.status().unwrap().success(), "{arguments:?}");
}

/// Whoever runs envgate owns the repository: git refuses others' before it looks at anything.
fn give(folder: &Path) {
    let me = fs::metadata(folder).unwrap();
    if std::os::unix::fs::MetadataExt::uid(&me) == 0 {
        assert!(Command::new("chown").args(["-R", "65534:65534"]).arg(folder).status().unwrap().success());
    }
}

#[test]
fn nothing_of_a_repository_is_ever_run() {
    let folder = folder();
    trap(folder.path());
    give(folder.path());
    let work = folder.path().join("work");
    let bin = folder.path().join("bin").display().to_string();
    let environment =
        [("PATH", bin.as_str()), ("GIT_EXTERNAL_DIFF", "trap"), ("PAGER", "trap"), ("EDITOR", "trap")];
    for arguments in [
        &["check"][..],
        &["check", "--staged"],
        &["check", "--all-staged", "--format", "json"],
        &["check", ".git/hooks"],
        &["env-check"],
        &["explain", "ENV008"],
        &["rules"],
    ] {
        let ran = child::envgate(&work, arguments, &environment);
        sound(&ran).unwrap_or_else(|why| panic!("{arguments:?}: {why}"));
        assert!(ran.status.code() < Some(2), "{arguments:?}: {}", ran.text());
        let mark = fs::read_to_string(folder.path().join(MARK)).unwrap_or_default();
        assert!(mark.is_empty(), "{arguments:?} ran {mark}");
    }
    // The trap itself works: what git runs there leaves the mark.
    let mut status = Command::new("git");
    status.arg("status").current_dir(&work).env("GIT_CONFIG_COUNT", "1");
    status.env("GIT_CONFIG_KEY_0", "safe.directory").env("GIT_CONFIG_VALUE_0", "*").output().unwrap();
    assert!(folder.path().join(MARK).exists(), "the trap does not snap");
}

/// A repository in which `spoil` did its work ends both checks with exit code 2 or without trouble.
fn spoiled(what: &str, spoil: fn(&Path)) {
    let folder = folder();
    let work = folder.path();
    git(work, &["init", "--quiet", "--initial-branch=main"]);
    write(work, ".env", "A=1\n");
    git(work, &["add", "--force", "."]);
    spoil(work);
    give(work);
    for arguments in [&["check"][..], &["check", "--staged"]] {
        let ran = child::envgate(work, arguments, &[]);
        sound(&ran).unwrap_or_else(|why| panic!("{what}, {arguments:?}: {why}\n{}", ran.text()));
    }
}

fn replaced_by_fifo(work: &Path, name: &str) {
    let path = work.join(name);
    let _ = fs::remove_file(&path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn spoiled_repositories_end() {
    spoiled("configuration is a FIFO", |work| replaced_by_fifo(work, ".git/config"));
    spoiled("index is a FIFO", |work| replaced_by_fifo(work, ".git/index"));
    spoiled("HEAD is a FIFO", |work| replaced_by_fifo(work, ".git/HEAD"));
    spoiled("exclude is a FIFO", |work| replaced_by_fifo(work, ".git/info/exclude"));
    spoiled("commondir is a FIFO", |work| replaced_by_fifo(work, ".git/commondir"));
    spoiled("hook is a FIFO", |work| replaced_by_fifo(work, ".git/hooks/pre-commit"));
    spoiled("repository is a FIFO", |work| {
        fs::remove_dir_all(work.join(".git")).unwrap();
        replaced_by_fifo(work, ".git");
    });
    spoiled("repository is a file that names itself", |work| {
        fs::remove_dir_all(work.join(".git")).unwrap();
        write(work, ".git", "gitdir: .git\n");
    });
    spoiled("configuration is garbage", |work| write(work, ".git/config", b"[core\x1b[31m\x00\xff = \n"));
    spoiled("index is garbage", |work| {
        write(work, ".git/index", b"DIRC\x00\x00\x00\x02\xff\xff\xff\xff\x1b[31m");
    });
    spoiled("configuration includes itself", |work| {
        write(work, ".git/config", "[include]\n\tpath = config\n");
    });
    spoiled("configuration is /dev/zero", |work| {
        fs::remove_file(work.join(".git/config")).unwrap();
        symlink("/dev/zero", work.join(".git/config")).unwrap();
    });
    spoiled("exclude is /dev/zero", |work| {
        let _ = fs::remove_file(work.join(".git/info/exclude"));
        symlink("/dev/zero", work.join(".git/info/exclude")).unwrap();
    });
    spoiled("hooks lie in /etc", |work| write(work, ".git/config", "[core]\n\thooksPath = /etc\n"));
    spoiled("hooks lie in /dev", |work| write(work, ".git/config", "[core]\n\thooksPath = /dev\n"));
    spoiled("hooks lie in a link out of the tree", |work| {
        symlink("/etc", work.join("linked")).unwrap();
        write(work, ".git/config", "[core]\n\thooksPath = linked\n");
    });
}

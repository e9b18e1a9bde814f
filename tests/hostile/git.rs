//! Repositories whose configuration, attributes and hooks would run something, or lead elsewhere.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

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

pub(crate) fn git(work: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(work);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    assert!(command.status().unwrap().success(), "{arguments:?}");
}

/// Whoever runs envgate owns the repository: git refuses others' before it looks at anything.
pub(crate) fn give(folder: &Path) {
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
        &["check", "--since", "main"],
        &["check", "--config-from", "main"],
        &["history", "--all"],
        &["hook", "status"],
        &["hook", "run", "pre-commit"],
        &["fix", "--diff"],
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

/// What a repository links to outside of itself is not written to, whatever is asked.
#[test]
fn no_link_sends_a_write_elsewhere() {
    let outside = folder();
    let victim = outside.path().join("profile");
    fs::write(&victim, "#!/bin/sh\ntrue\n").unwrap();
    give(outside.path());
    for (link, command) in [
        (".husky/pre-commit", &["hook", "install", "pre-commit", "--husky"][..]),
        (".husky/pre-commit", &["hook", "uninstall", "pre-commit"]),
        ("lefthook.yml", &["hook", "install", "pre-commit", "--lefthook"]),
        (".pre-commit-config.yaml", &["hook", "install", "pre-commit", "--pre-commit"]),
        ("envgate.yaml", &["hook", "migrate", "--write", "old.sh"]),
        (".envgate-baseline.json", &["baseline", "update", "--add"]),
        (".envgate-baseline.json", &["baseline", "create"]),
        ("envgate.yaml", &["init", "--yes"]),
        (".env", &["fix", "--unsafe"]),
    ] {
        let repository = folder();
        let work = repository.path();
        git(work, &["init", "--quiet", "--initial-branch=main"]);
        write(work, "config/.env", "A=1\nA=1\n");
        write(
            work,
            "old.sh",
            "#!/bin/sh\nif git diff --cached | grep -v docs | grep -qE 'AKIA[0-9A-Z]{16}'; then exit 1; fi\n",
        );
        let path = work.join(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(&victim, path).unwrap();
        give(work);
        let ran = child::envgate(work, command, &[]);
        sound(&ran).unwrap_or_else(|why| panic!("{command:?}: {why}\n{}", ran.text()));
        assert_eq!(fs::read_to_string(&victim).unwrap(), "#!/bin/sh\ntrue\n", "{command:?}: {}", ran.text());
    }
}

/// A commit that `make` made ends every look at it with exit code 2 or without trouble.
fn looked_at(what: &str, make: fn(&Path)) {
    let folder = folder();
    let work = folder.path();
    git(work, &["init", "--quiet", "--initial-branch=main"]);
    make(work);
    give(work);
    for arguments in [
        &["history", "--all"][..],
        &["check", "--config-from", "main"],
        &["check", "--staged"],
        &["check", "--since", "main"],
    ] {
        let ran = child::envgate(work, arguments, &[]);
        sound(&ran).unwrap_or_else(|why| panic!("{what}, {arguments:?}: {why}\n{}", ran.text()));
    }
}

/// Feeds `git fast-import` or another command of git, and gives what it says.
pub(crate) fn fed(work: &Path, arguments: &[&str], input: &[u8]) -> String {
    use std::io::Write as _;
    let mut command = Command::new("git");
    command.args(arguments).current_dir(work).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{arguments:?}");
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

fn commit_of(work: &Path, tree: &str) {
    let text = format!(
        "tree {tree}\nauthor Ana <a@example.com> 1700000000 +0000\ncommitter Ana <a@example.com> 1700000000 +0000\n\none\n"
    );
    let id = fed(work, &["hash-object", "-w", "-t", "commit", "--stdin"], text.as_bytes());
    git(work, &["update-ref", "refs/heads/main", &id]);
}

/// Ten trees that each name the next one ten times: ten thousand million files in a few hundred bytes.
fn tree_bomb(work: &Path) {
    let blob = fed(work, &["hash-object", "-w", "--stdin"], b"A=1\n");
    let mut below = format!("100644 blob {blob}\ta.txt\n");
    let mut tree = String::new();
    for _ in 0..10 {
        tree = fed(work, &["mktree"], below.as_bytes());
        below = (0..10).map(|nth| format!("040000 tree {tree}\td{nth}\n")).collect();
    }
    commit_of(work, &tree);
}

/// A tree that is three thousand deep, whose names are long.
fn deep_tree(work: &Path) {
    let blob = fed(work, &["hash-object", "-w", "--stdin"], b"A=1\n");
    let name = "n".repeat(200);
    let mut stream = Vec::new();
    let path = format!("{name}/").repeat(3_000);
    stream.extend(format!("commit refs/heads/main\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx\nM 100644 {blob} {path}a.txt\n").bytes());
    fed(work, &["fast-import", "--quiet"], &stream);
}

/// A file that unpacks to far more than there is room for.
fn content_bomb(work: &Path) {
    let length = 3 * 1024 * 1024 * 1024_u64;
    let path = work.join("bomb.env");
    fs::File::create(&path).unwrap().set_len(length).unwrap();
    git(work, &["add", "bomb.env"]);
    fs::remove_file(&path).unwrap();
    let tree = fed(work, &["write-tree"], b"");
    commit_of(work, &tree);
}

/// Modes that are none, and one that git wrote long ago.
fn odd_modes(work: &Path) {
    let blob = fed(work, &["hash-object", "-w", "--stdin"], b"A=1\n");
    let raw: Vec<u8> = (0..20).map(|at| u8::from_str_radix(&blob[at * 2..at * 2 + 2], 16).unwrap()).collect();
    let mut tree = Vec::new();
    for (mode, name) in [("100664", "a.txt"), ("140000", "b.txt"), ("7", "c.txt")] {
        tree.extend(format!("{mode} {name}\0").bytes());
        tree.extend(&raw);
    }
    let id = fed(work, &["hash-object", "-w", "-t", "tree", "--literally", "--stdin"], &tree);
    commit_of(work, &id);
}

#[test]
fn commits_that_unfold_end() {
    looked_at("a tree that names itself in ten ways", tree_bomb);
    looked_at("a tree 3,000 deep", deep_tree);
    looked_at("modes that are none", odd_modes);
    #[cfg(not(debug_assertions))]
    looked_at("a file that unpacks to 3 GiB", content_bomb);
    #[cfg(debug_assertions)]
    let _ = content_bomb;
}

/// What stands in memory behind a name is never told as the name of a file.
#[test]
fn an_index_whose_names_are_shorter_than_it_says_is_refused() {
    let folder = folder();
    let work = folder.path();
    git(work, &["init", "--quiet", "--initial-branch=main"]);
    write(work, ".env", "A=1\nA=2\n");
    git(work, &["add", "."]);
    git(work, &["update-index", "--index-version", "4"]);
    let mut bytes = fs::read(work.join(".git/index")).unwrap();
    // A conflict, so that libgit2 is asked; a name of 200 bytes; and no sum, which nobody asks for then.
    bytes[72..74].copy_from_slice(&[0x10, 200]);
    let end = bytes.len() - 20;
    bytes[end..].fill(0);
    fs::write(work.join(".git/index"), bytes).unwrap();
    give(work);
    for arguments in [&["check", "--staged"][..], &["check"], &["fix"]] {
        let ran = child::envgate(work, arguments, &[]);
        sound(&ran).unwrap_or_else(|why| panic!("{arguments:?}: {why}\n{}", ran.text()));
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}: {}", ran.text());
        assert!(ran.text().contains("not as long as it says"), "{}", ran.text());
    }
}

/// A repository that calls the whole machine its work tree opens nothing of it.
#[test]
fn a_claimed_work_tree_is_no_reason_to_read() {
    let outside = folder();
    write(outside.path(), "theirs.env", "OUTSIDE_KEY=1\nOUTSIDE_KEY=1\n");
    give(outside.path());
    let folder = folder();
    let work = folder.path();
    git(work, &["init", "--quiet", "--initial-branch=main"]);
    let file = outside.path().join("theirs.env");
    write(
        work,
        "docker-compose.yml",
        format!(
            "services:\n  web:\n    image: nginx:1.27\n    restart: always\n    env_file: {}\n",
            file.display()
        ),
    );
    git(work, &["add", "."]);
    let config = work.join(".git/config");
    let before = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{before}\tworktree = /\n")).unwrap();
    give(work);
    for arguments in [&["check"][..], &["check", "--staged"], &["check", "--all-staged"]] {
        let ran = child::envgate(work, arguments, &[]);
        sound(&ran).unwrap_or_else(|why| panic!("{arguments:?}: {why}\n{}", ran.text()));
        assert!(!ran.text().contains("OUTSIDE_KEY"), "{arguments:?}: {}", ran.text());
    }
}

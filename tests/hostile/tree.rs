//! Trees that are large, go round, lead elsewhere, hold what is no file, or have names that act.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use crate::case::{CANARY, Case, asks, check, write};

/// A name that would colour, clear and retitle a terminal, with a line feed and bytes that are no UTF-8.
const ACTING: &[u8] = b"a\x1b[31m\x1b]0;x\x07\n\x7f\xff\xc2\x9b2J\xe2\x80\xae";

pub(crate) const CASES: &[Case] = &[
    check("50,000 files", many_files, 0, ""),
    check("1 million files", a_million_files, 0, ""),
    asks(
        "zip that names one bomb 50,000 times",
        zip_bomb,
        &["check", "--archives", "."],
        2,
        "more than an archive may hold",
    ),
    asks(
        "zip in a zip with a name of 60 KB and 10,000 files",
        long_names,
        &["check", "--archives", "."],
        0,
        "",
    ),
    asks("baseline of 100,000 entries that are gone", stale_baseline, &["check", "."], 0, "CFG103"),
    asks(
        "baseline of one line of 20 MB, its entries behind blanks",
        wide_baseline,
        &["check", "."],
        0,
        "CFG103",
    ),
    check("directories 800 deep", deep, 0, ""),
    check("links in a circle, to themselves and up", link_circles, 0, ""),
    check("links out of the tree", links_out, 0, ""),
    asks(
        "a link out of the tree that is named",
        links_out,
        &["check", "sub/.env"],
        2,
        "outside of what is checked",
    ),
    check("compose file whose `env_file` leads out of the tree", env_file_outside, 0, ""),
    check("compose file whose `env_file` is a FIFO, a device, a directory", env_file_special, 0, ""),
    check("`envgate.yaml` that is a link out of the tree", configuration_outside, 2, "envgate.yaml"),
    check("`envgate.yaml` that is a FIFO", |folder| fifo(folder, "envgate.yaml"), 2, "not a regular file"),
    check("`envgate.yaml` that is `/dev/zero`", |folder| zero(folder, "envgate.yaml"), 2, "envgate.yaml"),
    check("FIFOs and sockets with names of env and compose files", special_files, 0, ""),
    asks("a FIFO that is named", special_files, &["check", ".env.fifo"], 2, "not a regular file"),
    asks(
        "a FIFO that is named, env-check",
        special_files,
        &["env-check", ".env.fifo"],
        2,
        "not a regular file",
    ),
    asks("a device that is named", special_files, &["check", "/dev/zero"], 2, "not a regular file"),
    check("`.gitignore` that is a FIFO", |folder| fifo(folder, ".gitignore"), 2, ".gitignore"),
    check(
        "`.gitignore` deep in the tree that is a FIFO",
        |folder| fifo(folder, "a/b/.gitignore"),
        2,
        ".gitignore",
    ),
    check("`.envgateignore` that is a FIFO", |folder| fifo(folder, ".envgateignore"), 2, ".envgateignore"),
    check("`.gitignore` that is `/dev/zero`", |folder| zero(folder, ".gitignore"), 2, ".gitignore"),
    asks("the same, env-check", |folder| zero(folder, ".gitignore"), &["env-check"], 2, ".gitignore"),
    check("`package.json` that is a FIFO beside `.husky`", husky_fifo, 0, ""),
    check("`.gitignore` of 200,000 patterns of stars", ignore_bomb, 2, ".gitignore"),
    check("`.gitignore` of one line of 10 MB", ignore_line, 2, ".gitignore"),
    check("directory that cannot be read", closed, 2, "closed"),
    check("file that cannot be read", closed_file, 2, "closed"),
    check("names with escapes, line feeds and invalid UTF-8", acting_names, 1, "ENV"),
    asks("the same, JSON", acting_names, &["check", "--format", "json"], 1, "ENV"),
    asks("the same, SARIF", acting_names, &["check", "--format", "sarif"], 1, "ENV"),
    asks("the same, in colours never", acting_names, &["check", "--color", "never", "--info"], 1, "ENV"),
    asks("the same, unreadable", acting_closed, &["check", "."], 2, "cannot read"),
    asks("the same, broken compose files", acting_broken, &["check", "."], 2, "compose"),
    check("keys, services and paths with escapes", acting_content, 1, ""),
    asks("the same, JSON", acting_content, &["check", "--format", "json", "--info"], 1, ""),
    asks("the same, SARIF", acting_content, &["check", "--format", "sarif", "--info"], 1, ""),
    asks("the same, env-check", acting_content, &["env-check", "--mode", "info"], 0, ""),
    asks("mistakes with escapes in `envgate.yaml`", acting_configuration, &["check"], 2, "CFG"),
    asks("the same, env-check", acting_configuration, &["env-check"], 2, "CFG"),
    asks("rule with escapes", acting_content, &["explain", "\u{1b}[31mX\u{9b}"], 2, "no rule"),
    asks(
        "path with escapes that is not there",
        acting_content,
        &["check", "\u{1b}[31m/x\n"],
        2,
        "does not exist",
    ),
    asks("glob with escapes that is none", acting_content, &["check", "--exclude", "[\u{1b}[31m"], 2, "glob"),
    asks("option with escapes", acting_content, &["check", "--\u{1b}[31mX"], 2, ""),
];

fn many_files(folder: &Path) {
    for directory in 0..250 {
        let directory = folder.join(format!("d{directory}"));
        fs::create_dir(&directory).unwrap();
        for file in 0..200 {
            fs::write(directory.join(format!("f{file}.txt")), "a line\n").unwrap();
        }
    }
}

/// Names of the same few files, so that the disk holds no more than names.
fn a_million_files(folder: &Path) {
    let (directories, files) = if cfg!(debug_assertions) { (50, 1_000) } else { (1_000, 1_000) };
    for directory in 0..directories {
        let path = folder.join(format!("d{directory}"));
        fs::create_dir(&path).unwrap();
        let first = folder.join(format!("d{}/f0.txt", directory - directory % 50));
        for file in 0..files {
            let name = path.join(format!("f{file}.txt"));
            if name == first {
                fs::write(name, "a line\n").unwrap();
            } else {
                fs::hard_link(&first, name).unwrap();
            }
        }
    }
}

/// A zip of deflated `files`, whose directory names all of them `times` times.
fn zip(files: &[(&str, &[u8])], times: usize) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    let long = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    for (name, content) in files {
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, content).unwrap();
        let packed = packer.finish().unwrap();
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        common.extend(long(packed.len()));
        common.extend(long(content.len()));
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 12]);
        directory.extend(long(bytes.len()));
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend([0; 2]);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
    }
    let start = bytes.len();
    bytes.extend(directory.repeat(times));
    let count = u16::try_from(files.len() * times).unwrap().to_le_bytes();
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend(long(directory.len() * times));
    bytes.extend(long(start));
    bytes.extend([0; 2]);
    bytes
}

fn zip_bomb(folder: &Path) {
    write(folder, "a.zip", zip(&[("bomb", &vec![0; 17 * 1024 * 1024])], 50_000));
}

fn long_names(folder: &Path) {
    let names: Vec<String> = (0..10_000).map(|at| at.to_string()).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"a"[..])).collect();
    let outer = format!("{}.zip", "a".repeat(60_000));
    write(folder, "a.zip", zip(&[(&outer, &zip(&files, 1))], 1));
}

fn stale_baseline(folder: &Path) {
    let entries: Vec<String> = (0..100_000)
        .map(|at| format!("    {{\"rule\": \"ENV008\", \"path\": \"a\", \"hash\": \"{at:064x}\"}}"))
        .collect();
    baseline(folder, &entries.join(",\n"));
}

fn wide_baseline(folder: &Path) {
    let entries: Vec<String> = (0..50_000)
        .map(|at| format!("{{\"rule\": \"ENV008\", \"path\": \"a\", \"hash\": \"{at:064x}\"}}"))
        .collect();
    baseline(folder, &format!("{}{}", " ".repeat(15_000_000), entries.join(",")));
}

fn baseline(folder: &Path, entries: &str) {
    let salt = "07".repeat(16);
    let text = format!(
        "{{\"schema\": \"envgate/baseline/v1\", \"salt\": \"{salt}\", \"findings\": [\n{entries}\n]}}\n"
    );
    write(folder, ".envgate-baseline.json", text);
    write(folder, "a.txt", "one\n");
}

/// As deep as a path may be for those who name it whole.
fn deep(folder: &Path) {
    let path = folder.join("d/".repeat(800));
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("a.txt"), "a\n").unwrap();
}

fn link_circles(folder: &Path) {
    write(folder, "a/.env", "A=1\n");
    symlink(".", folder.join("a/self")).unwrap();
    symlink("..", folder.join("a/up")).unwrap();
    symlink("y", folder.join("x")).unwrap();
    symlink("x", folder.join("y")).unwrap();
    symlink("x", folder.join(".env")).unwrap();
    symlink("/", folder.join("root")).unwrap();
    write(folder, "docker-compose.yml", "services:\n  web:\n    image: nginx:1.27\n");
    symlink("docker-compose.yml", folder.join("compose.yml")).unwrap();
}

/// The tree is `folder/sub`'s and what it links to lies in `/etc`, whose text no output may hold.
fn links_out(folder: &Path) {
    write(folder, "a.txt", "a\n");
    fs::create_dir(folder.join("sub")).unwrap();
    symlink("/etc/passwd", folder.join("sub/.env")).unwrap();
    symlink("/etc", folder.join("etc")).unwrap();
    symlink("/proc", folder.join("proc")).unwrap();
}

fn env_file_outside(folder: &Path) {
    let outside = "      - /etc/passwd\n      - ../../../../../../etc/passwd\n      - link/passwd\n      - /proc/self/environ\n";
    let text = format!("services:\n  web:\n    image: nginx:1.27\n    env_file:\n{outside}");
    write(folder, "docker-compose.yml", text);
    symlink("/etc", folder.join("link")).unwrap();
}

fn env_file_special(folder: &Path) {
    fifo(folder, "fifo.env");
    let text = "services:\n  web:\n    image: nginx:1.27\n    env_file: [fifo.env, /dev/zero, directory, /dev/stdin]\n";
    write(folder, "docker-compose.yml", text);
    fs::create_dir(folder.join("directory")).unwrap();
}

fn configuration_outside(folder: &Path) {
    symlink("/etc/passwd", folder.join("envgate.yaml")).unwrap();
    write(folder, ".env", "A=1\n");
}

fn fifo(folder: &Path, name: &str) {
    write(folder, &format!("{name}.txt"), "a\n");
    write(folder, ".env", "A=1\n");
    assert!(Command::new("mkfifo").arg(folder.join(name)).status().unwrap().success());
}

fn zero(folder: &Path, name: &str) {
    write(folder, ".env", "A=1\n");
    symlink("/dev/zero", folder.join(name)).unwrap();
}

fn special_files(folder: &Path) {
    fifo(folder, ".env.fifo");
    for name in [".env.socket", "compose.yml"] {
        drop(UnixListener::bind(folder.join(name)).unwrap());
    }
}

fn husky_fifo(folder: &Path) {
    write(folder, ".husky/readme", "hooks\n");
    fifo(folder, "package.json");
}

fn ignore_bomb(folder: &Path) {
    let lines: String = (0..200_000).map(|at| format!("**/*a*{at}*b*/**/[a-z]*{{c,d}}?*\n")).collect();
    write(folder, ".gitignore", lines);
    write(folder, "a.txt", "a\n");
}

fn ignore_line(folder: &Path) {
    write(folder, ".gitignore", "*a".repeat(5_000_000));
    write(folder, "a.txt", "a\n");
}

fn closed(folder: &Path) {
    write(folder, "a.txt", "a\n");
    fs::create_dir(folder.join("closed")).unwrap();
    fs::set_permissions(folder.join("closed"), Permissions::from_mode(0o000)).unwrap();
}

fn closed_file(folder: &Path) {
    write(folder, "closed.txt", CANARY);
    fs::set_permissions(folder.join("closed.txt"), Permissions::from_mode(0o000)).unwrap();
}

fn acting(folder: &Path, ending: &str) -> std::path::PathBuf {
    folder.join(OsStr::from_bytes(&[ACTING, ending.as_bytes()].concat()))
}

fn acting_names(folder: &Path) {
    fs::write(acting(folder, ".env"), format!("PASSWORD={CANARY}\nPASSWORD={CANARY}\n")).unwrap();
    let directory = acting(folder, "d");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("a.py"), format!("password = \"{CANARY}\"\n")).unwrap();
    fs::write(
        directory.join("docker-compose.yml"),
        "services:\n  a:\n    image: x\n    env_file: none.env\n",
    )
    .unwrap();
}

fn acting_closed(folder: &Path) {
    let path = acting(folder, ".env");
    fs::write(&path, CANARY).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
}

fn acting_broken(folder: &Path) {
    let directory = acting(folder, "d");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("docker-compose.yml"), "services: [\n").unwrap();
}

fn acting_content(folder: &Path) {
    let escape = "\u{1b}[31m\u{9b}2J\u{7}\u{202e}";
    write(
        folder,
        ".env",
        format!("PASS{escape}WORD={CANARY}\nPASS{escape}WORD={CANARY}\nPASSWORD={escape}\n"),
    );
    let name = "\\e[31m\\a\\N";
    let compose = format!(
        "services:\n  \"a{name}\":\n    image: \"${{A{name}\"\n    env_file: \"{name}.env\"\n    environment:\n      \
         \"PASSWORD{name}\": {CANARY}\n      SECRET_KEY: \"{name}\"\n  b:\n    extends: \"{name}\"\n"
    );
    write(folder, "docker-compose.yml", compose);
    write(
        folder,
        ".husky/pre-commit",
        format!("#!/bin/{escape}sh\nsh scripts/{escape}.sh\n[[ {escape} ]]\n"),
    );
    write(folder, "a.txt", format!("# envgate: allow {escape}: {escape}\npassword = '{escape}{CANARY}'\n"));
}

fn acting_configuration(folder: &Path) {
    let text = "\"a\\e[31m\": 1\nrules: {\"X\\e[2J\": off}\nvariables:\n  \"A\\e[31m\": {kind: \"\\e]0;x\\a\"}\nexclude: [\"[\\e\"]\n\
                environments:\n  \"\\e\": {env_file: \"\\e.env\", compose: [\"\\e\"]}\n";
    write(folder, "envgate.yaml", text);
    write(folder, ".env", "A=1\n");
}

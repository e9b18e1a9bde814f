//! Texts that are too long, too many, or made to be looked at again and again.

use std::path::Path;

use crate::case::{CANARY, Case, asks, check, write};

/// The length of a long line. An unoptimized envgate is some twenty times slower, and the walls are the same.
const LONG: usize = if cfg!(debug_assertions) { 5_000_000 } else { 100_000_000 };
/// How many lines are many.
const MANY: usize = if cfg!(debug_assertions) { 100_000 } else { 2_000_000 };

/// How many lines are very many.
const VERY_MANY: usize = if cfg!(debug_assertions) { 250_000 } else { 5_000_000 };

pub(crate) const CASES: &[Case] = &[
    check("line of 1 GB in a text", |folder| gigabyte(folder, "a.txt"), 2, "larger than"),
    check("line of 1 GB in an env file", |folder| gigabyte(folder, ".env"), 2, "larger than"),
    check("5 million lines of text", |folder| write(folder, "a.txt", "a line\n".repeat(VERY_MANY)), 0, ""),
    check(
        "2 million different assignments in an env file",
        |folder| write(folder, ".env", (0..MANY).map(|at| format!("A{at}=1\n")).collect::<String>()),
        0,
        "",
    ),
    check("line of 100 MB in a text", |folder| long(folder, "a.txt", "a"), 0, ""),
    check("line of 100 MB of words in a text", |folder| long(folder, "a.txt", "password token "), 0, ""),
    check("value of 100 MB in an env file", |folder| long(folder, ".env", "A=a"), 0, ""),
    check("line of 100 MB in an env file, env-check", |folder| long(folder, ".env", "KEY_"), 0, ""),
    check("word of 100 MB in a script", |folder| long(folder, "a.sh", "echo "), 0, ""),
    check(
        "line of 100 MB in a compose file",
        |folder| long(folder, "compose.yml", "a: b "),
        2,
        "compose.yml",
    ),
    check("line of 100 MB in a Python settings file", python, 0, ""),
    check("2 million lines of text", |folder| many(folder, "a.txt", "a\n"), 0, ""),
    check("2 million assignments in an env file", |folder| many(folder, ".env", "A=1\n"), 1, "ENV008"),
    check("2 million commands in a script", |folder| many(folder, "a.sh", "ls -l\n"), 0, ""),
    check(
        "2 million list items in a compose file",
        |folder| many(folder, "compose.yml", "- a\n"),
        1,
        "CMP107",
    ),
    check("2 million empty lines", |folder| many(folder, ".env", "\n"), 0, ""),
    check(
        "50,000 keys set twice behind 10 MB of empty lines",
        |folder| write(folder, ".env", "\n".repeat(LONG / 10) + &"A=1\n".repeat(50_000)),
        1,
        "ENV008",
    ),
    check("2 million lone CRs in an env file", |folder| many(folder, ".env", "A=1\r"), 0, ""),
    check(
        "2 million secrets in a text",
        |folder| many(folder, "a.py", "password = \"Zq7canary9Xw2Lk5Vt8\"\n"),
        1,
        "a.py",
    ),
    check("`password=` again and again on one line", |folder| repeated(folder, "a.txt", "password="), 0, ""),
    check(
        "secrets on one line, 10 MB",
        |folder| repeated(folder, "a.py", "password='Zq7canary9Xw2Lk5Vt8' "),
        1,
        "a.py",
    ),
    check("URLs without an end, 10 MB", |folder| repeated(folder, "a.txt", "postgres://a:"), 0, ""),
    check("URL schemes without an end, 10 MB", |folder| repeated(folder, "a.txt", "a://"), 0, ""),
    check("begins of private keys without an end, 10 MB", private_keys, 0, ""),
    check("begins of tokens, 10 MB", |folder| repeated(folder, "a.txt", "eyJ.eyJhbG.ghp_xoxb-AKIA"), 0, ""),
    check("one token character 10 MB long", |folder| repeated(folder, "a.txt", "eyJ"), 0, ""),
    check("digits and dots as for addresses, 10 MB", |folder| repeated(folder, "a.txt", "1.2.3."), 0, ""),
    check("`ssh a@` again and again, 10 MB", |folder| repeated(folder, "a.sh", "ssh a@b "), 0, ""),
    check("slashes as for paths, 10 MB", |folder| repeated(folder, "a.txt", "/home/a"), 0, ""),
    check("open quotes in an env file, 10 MB", |folder| repeated(folder, ".env", "A=\"'\n"), 1, ".env"),
    check("`${${${…` in an env file, 10 MB", |folder| repeated(folder, ".env", "A=${B:-"), 0, ""),
    check(
        "silencing comments, 10 MB of lines",
        |folder| repeated(folder, "a.txt", "# envgate: allow ENV008: a\n"),
        0,
        "",
    ),
    check(
        "silencing comments, 10 MB on one line",
        |folder| repeated(folder, "a.txt", "# envgate: allow ENV008 "),
        1,
        "CFG102",
    ),
    check(
        "assignments that are each silenced, 10 MB",
        |folder| repeated(folder, ".env", "A=1 # envgate: allow ENV008: a\n"),
        0,
        "CFG101",
    ),
    check(
        "silencing comments for the whole file, 10 MB",
        |folder| repeated(folder, ".env", "A=1 # envgate: allow-file ENV008: a\n"),
        0,
        "",
    ),
    check("NUL at the head of a large env file, something wrong behind it", nul_then_duplicate, 1, "ENV008"),
    asks(
        "a value of 1 MB in an env file, env-check",
        canary_value,
        &["env-check", "--mode", "info"],
        0,
        "PASSWORD",
    ),
];

fn fill(start: &str, piece: &str, length: usize) -> String {
    let mut text = String::with_capacity(length + start.len() + piece.len());
    text.push_str(start);
    while text.len() < length {
        text.push_str(piece);
    }
    text
}

fn long(folder: &Path, name: &str, start: &str) {
    let piece = start.trim_start_matches("A=");
    write(folder, name, fill(start, piece, LONG));
}

/// A text at its head, and nothing written behind it, so that it costs the disk nothing.
fn gigabyte(folder: &Path, name: &str) {
    write(folder, name, "A=".repeat(5_000));
    let file = std::fs::File::options().write(true).open(folder.join(name)).unwrap();
    file.set_len(1024 * 1024 * 1024).unwrap();
}

fn python(folder: &Path) {
    let text = fill(
        "from pydantic_settings import BaseSettings\nclass A(BaseSettings):\n    a: list[",
        "list[",
        LONG,
    );
    write(folder, "settings.py", text);
}

fn many(folder: &Path, name: &str, line: &str) {
    write(folder, name, line.repeat(MANY));
}

fn repeated(folder: &Path, name: &str, piece: &str) {
    write(folder, name, fill("", piece, LONG / 10));
}

fn private_keys(folder: &Path) {
    repeated(folder, "a.txt", concat!("-----BEGIN RSA PRIVATE", " KEY-----\nMIIEvQIBADAN\n"));
}

/// Bytes that look binary do not make an env file one: its readers read on.
fn nul_then_duplicate(folder: &Path) {
    write(folder, ".env", format!("NUL=\0\n{}B=1\nB=2\n", "# a comment\n".repeat(5_000)));
}

fn canary_value(folder: &Path) {
    write(folder, ".env", format!("PASSWORD={}\n", CANARY.repeat(50_000)));
}

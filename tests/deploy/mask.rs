//! What the script on a server takes out of the output of its children: the values of the env file.
//!
//! Not here: a server; the words of the script run in this machine's `sh`.

use std::io::Write;
use std::process::{Command, Stdio};

/// `text` as the log of a run would have it beside this env file.
fn masked(env: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("env"), env).unwrap();
    let base = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/deploy/server/base.sh"));
    let script = format!("ROOT=.\nRUN=r\nENV_FILE=env\n{}\nmask", base.unwrap());
    let mut command = Command::new("sh");
    command.args(["-c", &script]).env("HOME", folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn values_are_taken_out_as_programs_print_them() {
    let env = "# A=commented\nSHORT=on\nexport KEY=abcdef\nLONGER=abcdef-and-more\n  SPACED = 'has = and # in it' \r\n\
        NOTED=visible1 # since May\nQUOTED=\"with \\'both\" # why\nEMPTY=\nODD=a\\b.c*d\n";
    let cases = [
        ("on abcde commented", "on abcde commented"),
        ("abcdef", "***"),
        ("x=abcdef-and-more;", "x=***;"),
        ("abcdef abcdef-and-more abcdef", "*** *** ***"),
        ("got: has = and # in it", "got: ***"),
        ("visible1", "***"),
        ("with \\'both", "***"),
        ("a\\b.c*d aXbYcZd", "*** aXbYcZd"),
    ];
    for (text, wanted) in cases {
        assert_eq!(masked(env, text).trim_end(), wanted, "{text}");
    }
}

#[test]
fn each_line_of_a_key_is_taken_out_and_what_follows_it() {
    let env = "PEM='-----BEGIN KEY-----\nMIIabc=\nQUJDREVG\n-----END KEY-----'\nAFTER=something\n";
    let text = "MIIabc= QUJDREVG something\n-----END KEY-----\n";
    assert_eq!(masked(env, text), "*** *** ***\n***\n");
    // A quote that is never closed hides nothing of what stands below it.
    assert_eq!(masked("A=\"open\nB=secret-value\n", "secret-value\n"), "***\n");
    assert_eq!(masked("", "nothing is known\n"), "nothing is known\n");
}

#[test]
fn values_are_taken_out_as_programs_get_them() {
    let env = "PEM=\"-----BEGIN KEY-----\\nMIIEvQIBADAN\\nabcdefgh1234\\n-----END KEY-----\\n\"\n\
        PASS=\"pa\\\"ss-word-9876\" # \"why\"\nHALF=ab$$cd-efgh-1234\nSLASH='back\\\\slash-1'\nAFTER=something\n";
    let cases = [
        ("MIIEvQIBADAN abcdefgh1234", "*** ***"),
        ("pa\"ss-word-9876", "***"),
        ("pa\\\"ss-word-9876", "***"),
        ("ss-word-9876 is no value", "ss-word-9876 is no value"),
        ("ab$cd-efgh-1234 ab$$cd-efgh-1234", "*** ***"),
        ("back\\slash-1", "***"),
        ("something", "***"),
    ];
    for (text, wanted) in cases {
        assert_eq!(masked(env, text).trim_end(), wanted, "{text}");
    }
}

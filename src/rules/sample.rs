//! What shows or tests things rather than running them: files, the tests inside a file of Rust, and the values that
//! only tests have.
//!
//! Not here: what a secret looks like.

use memchr::memmem;

use crate::secrets::weak::weakness;
use crate::secrets::{Candidate, Confidence};
use crate::source::{Span, file_name};

/// Whether the file shows or tests things rather than running them.
pub(super) fn is_sample(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = file_name(&lower);
    let directory = |part: &str| {
        matches!(
            part,
            "test"
                | "tests"
                | "testing"
                | "spec"
                | "specs"
                | "__tests__"
                | "__mocks__"
                | "mocks"
                | "testdata"
                | "fixtures"
                | "fixture"
                | "e2e"
                | "example"
                | "examples"
                | "sample"
                | "samples"
                | "demo"
                | "doc"
                | "docs"
        )
    };
    let extension = name.rsplit('.').next().unwrap_or_default();
    lower.split('/').rev().skip(1).any(directory)
        || matches!(
            extension,
            "md" | "rst" | "adoc" | "mdx" | "example" | "sample" | "template" | "dist" | "ipynb" | "rsp"
        )
        || [".example", ".sample", ".test.", ".spec.", "_test.", "-test.", "_tests.", "-tests."]
            .iter()
            .any(|mark| name.contains(mark))
        || name.starts_with("test_")
}

/// The modules for tests in a file of Rust.
pub(super) struct Tests(Vec<Span>);

impl Tests {
    /// Those of a text: from the attribute to what closes the module at the beginning of a line.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut modules: Vec<Span> = Vec::new();
        for at in memmem::find_iter(bytes, b"#[cfg(") {
            let open = modules.last().is_some_and(|last| last.contains(Span::new(at, at)));
            let rest = bytes.get(at..).unwrap_or_default();
            let tests = rest.starts_with(b"#[cfg(test)]") || rest.starts_with(b"#[cfg(all(test,");
            let head = rest.get(..HEAD.min(rest.len())).unwrap_or_default();
            if !open && tests && memmem::find(head, b"\nmod ").is_some() {
                let length = memmem::find(rest, b"\n}").unwrap_or(rest.len());
                modules.push(Span::new(at, at + length));
            }
        }
        Self(modules)
    }

    /// Whether the place lies in them, or in a comment that documents: both show and run nothing.
    pub(super) fn hold(&self, text: &str, at: usize) -> bool {
        let before = text.as_bytes().get(at.saturating_sub(LINE)..at).unwrap_or_default();
        let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_start();
        let next = self.0.partition_point(|module| module.start <= at);
        let module = next.checked_sub(1).and_then(|last| self.0.get(last));
        let in_module = module.is_some_and(|module| module.contains(Span::new(at, at)));
        in_module || line.starts_with(b"///") || line.starts_with(b"//!")
    }
}

/// How far behind the attribute its module begins.
const HEAD: usize = 200;

/// How much of a line is looked at: findings may stand in a long one by the thousand.
const LINE: usize = 400;

/// What is known of the place of a candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    /// The file shows or tests things.
    pub(super) sample: bool,
    /// It stands in the tests of a file of Rust.
    pub(super) in_tests: bool,
    /// The file belongs to an installed package.
    pub(super) installed: bool,
}

/// Whether nobody guards what was found, since it was made for a test or published in a package.
pub(super) fn is_made_up(text: &str, candidate: &Candidate, scene: Scene) -> bool {
    let generic = matches!(candidate.pattern.meta.code, "SEC001" | "SEC003" | "SEC004" | "SEC010");
    let sample = scene.sample
        && (generic && scene.installed
            || is_test_vector(text, candidate)
            || is_locked_key(text, candidate)
            || is_part_of_url(text, candidate)
            || is_expectation(text, candidate));
    sample || scene.in_tests && is_made_up_login(text, candidate)
}

/// Whether the file belongs to a package that was installed from a registry: its tests and documents were published
/// with it and are not the secrets of whoever installs it.
pub(super) fn is_installed(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "node_modules" | "site-packages"))
}

/// Whether the path is that of a file in an archive: `a.zip!/inner/path`.
pub(super) fn is_in_archive(path: &str) -> bool {
    path.contains("!/")
}

/// Whether it is a private key behind a passphrase: in tests, what reads such keys is tested with it.
fn is_locked_key(text: &str, candidate: &Candidate) -> bool {
    let key = text.get(candidate.span.start..candidate.span.end).unwrap_or_default();
    let head = key.get(..HEAD.min(key.len())).unwrap_or(key);
    // OpenSSH writes the name of the cipher behind its magic; `none` is no cipher.
    let cipher = head.split("b3BlbnNzaC1rZXktdjEAAAAA").nth(1);
    candidate.pattern.meta.code == "SEC001"
        && (head.contains("4,ENCRYPTED")
            || head.contains("BEGIN ENCRYPTED PRIVATE")
            || cipher.is_some_and(|cipher| !cipher.starts_with("BG5vbmU")))
}

/// Whether it is the password of a URL that stands beside it, as in the tests of what takes URLs apart: it is judged
/// there, by the host.
fn is_part_of_url(text: &str, candidate: &Candidate) -> bool {
    let (start, end) = (candidate.span.start, candidate.span.end);
    let value = text.as_bytes().get(start..end).unwrap_or_default();
    let around = text.as_bytes().get(start.saturating_sub(LINE)..start).unwrap_or_default();
    candidate.pattern.meta.code == "SEC004" && memmem::find(around, &[b":", value, b"@"].concat()).is_some()
}

/// Whether it is what a test compares with, and can be guessed.
fn is_expectation(text: &str, candidate: &Candidate) -> bool {
    let name = text.get(candidate.context.start..candidate.span.start).unwrap_or_default();
    let value = text.get(candidate.span.start..candidate.span.end).unwrap_or_default();
    candidate.pattern.meta.code == "SEC004"
        && name.trim_start_matches('_').starts_with("expected")
        && weakness(value).is_some()
}

/// Whether it is what an algorithm is tested with: hexadecimal digits under a name that promises little (`KEY`, `SEED`),
/// or bytes written as escapes. Asked of tests and examples only, which have them by the thousand.
fn is_test_vector(text: &str, candidate: &Candidate) -> bool {
    let value = text.get(candidate.span.start..candidate.span.end).unwrap_or_default();
    let name = text.get(candidate.context.start..candidate.span.start).unwrap_or_default();
    let token = name.to_ascii_lowercase().contains("token");
    let vague = candidate.confidence < Confidence::High;
    let digits = vague && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    candidate.pattern.meta.code == "SEC004"
        && !token
        && (digits || vague && is_key_in_base64(value) || is_escaped_bytes(value))
}

/// Base64 of 16 or 32 bytes, the sizes of keys and nonces.
fn is_key_in_base64(value: &str) -> bool {
    matches!((value.len(), value.find('=')), (24, Some(22)) | (44, Some(43)))
}

/// `\x9b\xbe…` and nothing else.
fn is_escaped_bytes(value: &str) -> bool {
    value.len() >= 16
        && value.as_bytes().chunks(4).all(|four| {
            matches!(four, [b'\\', b'x', one, two] if one.is_ascii_hexdigit() && two.is_ascii_hexdigit())
        })
}

/// Whether an address is given a login that nobody has: to the machine itself, or of letters alone in an example.
fn is_made_up_login(text: &str, candidate: &Candidate) -> bool {
    let value = text.get(candidate.span.start..candidate.span.end).unwrap_or_default();
    let name = text.get(candidate.context.start..candidate.span.start).unwrap_or_default();
    let user = name.rsplit("://").next().unwrap_or_default().trim_end_matches(':');
    let generic =
        matches!(user, "" | "user" | "username" | "user1" | "john" | "jane" | "alice" | "bob" | "foo" | "me");
    candidate.pattern.meta.code == "SEC003"
        && (candidate.confidence < Confidence::High
            || generic && value.bytes().all(|byte| byte.is_ascii_lowercase()))
}

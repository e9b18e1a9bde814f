//! Commands that a hook is there for: they look for faults and say by their status whether there are any.
//!
//! Not here: whether anybody looks at that status.

use crate::document::shell::{Simple, Word};
use crate::source::file_name;

/// Programs that do nothing else. `false` stands for one in examples.
const ALWAYS: &[&str] = &[
    "ansible-lint",
    "bandit",
    "betterleaks",
    "checkov",
    "commitlint",
    "detect-secrets",
    "detect-secrets-hook",
    "detekt",
    "envgate",
    "eslint",
    "false",
    "flake8",
    "ggshield",
    "git-secrets",
    "gitleaks",
    "golangci-lint",
    "hadolint",
    "jest",
    "ktlint",
    "lint-staged",
    "markdownlint",
    "mocha",
    "mypy",
    "phpstan",
    "phpunit",
    "pylint",
    "pyright",
    "pytest",
    "ripsecrets",
    "rspec",
    "rubocop",
    "semgrep",
    "shellcheck",
    "staticcheck",
    "stylelint",
    "swiftlint",
    "talisman",
    "tflint",
    "tox",
    "trivy",
    "trufflehog",
    "tsc",
    "vitest",
    "yamllint",
];

/// Programs that do it when one of these words follows.
const WITH_WORD: &[(&str, &[&str])] = &[
    ("black", &["--check"]),
    ("bun", TASKS),
    ("cargo", &["audit", "check", "clippy", "deny", "nextest", "test", "--check"]),
    ("composer", TASKS),
    ("git", &["secrets", "--check"]),
    ("go", &["test", "vet"]),
    ("gradle", TASKS),
    ("gradlew", TASKS),
    ("isort", &["--check", "--check-only"]),
    ("just", TASKS),
    ("make", TASKS),
    ("mvn", TASKS),
    ("mvnw", TASKS),
    ("npm", TASKS),
    ("pnpm", TASKS),
    ("pre-commit", &["run"]),
    ("prek", &["run"]),
    ("prettier", &["--check", "-c", "--list-different", "-l"]),
    ("ruff", &["check", "--check"]),
    ("rustfmt", &["--check"]),
    ("shfmt", &["-d", "-l"]),
    ("terraform", &["validate", "-check"]),
    ("yarn", TASKS),
];

/// Names that people give to tasks which look for faults.
const TASKS: &[&str] =
    &["audit", "check", "lint", "scan", "test", "tests", "typecheck", "validate", "verify"];

/// Words in the names of scripts that look for faults.
const SCRIPT_WORDS: &[&str] =
    &["check", "checks", "lint", "scan", "scanner", "secrets", "test", "tests", "validate", "verify"];

/// Commands that run another one: what follows them counts.
const RUNNERS: &[&str] =
    &["bunx", "exec", "npx", "pipx", "poetry", "python", "python3", "run", "uv", "uvx", "bundle"];

/// The name of the check that a command runs, if it runs one.
///
/// ```
/// use envgate::document::shell::Script;
/// use envgate::project::checks::check_of;
/// let name = |text: &str| {
///     let script = Script::parse(text);
///     let simple = script.commands()[0].simple().and_then(check_of);
///     simple.map(ToOwned::to_owned)
/// };
/// assert_eq!(name("npx eslint ."), Some("eslint".to_owned()));
/// assert_eq!(name("npm run lint"), Some("npm".to_owned()));
/// assert_eq!(name("bash scripts/git-secrets-check.sh"), Some("git-secrets-check.sh".to_owned()));
/// assert_eq!(name("pre-commit run --all-files"), Some("pre-commit".to_owned()));
/// assert_eq!((name("prettier --write ."), name("npm install"), name("./build.sh")), (None, None, None));
/// ```
#[must_use]
pub fn check_of(simple: &Simple) -> Option<&str> {
    let mut words = simple.unwrapped();
    // A line of nothing but runners is no reason to look on for ever.
    for _ in 0..4 {
        let name = words.first().and_then(Word::literal).map(file_name)?;
        let rest = words.get(1..).unwrap_or_default();
        if ALWAYS.contains(&name) {
            return Some(name);
        }
        if let Some((_, wanted)) = WITH_WORD.iter().find(|(known, _)| *known == name) {
            let task = |word: &Word| word.literal().is_some_and(|text| is_task(text, wanted));
            return rest.iter().any(task).then_some(name);
        }
        if matches!(name, "bash" | "sh" | "dash" | "zsh") {
            let script = rest.iter().find(|word| !word.raw.starts_with('-'))?;
            return is_checking_script(script).then(|| script_name(script));
        }
        if !RUNNERS.contains(&name) {
            let called = words.first().filter(|word| word.raw.contains('/'))?;
            return is_checking_script(called).then(|| script_name(called));
        }
        let skipped = rest.iter().take_while(|word| word.raw.starts_with('-')).count();
        words = rest.get(skipped..)?;
    }
    None
}

/// Whether a command runs a program whose work nobody reads out of a variable or a file: a build, a formatter, a check.
#[must_use]
pub fn is_work(simple: &Simple) -> bool {
    let name = simple.unwrapped().first().and_then(Word::literal).map(file_name);
    let known = |name: &str| WITH_WORD.iter().any(|(known, _)| *known == name) || RUNNERS.contains(&name);
    check_of(simple).is_some() || name.is_some_and(known)
}

/// A task's name, or one that begins with it: `lint:css`, `test-unit`.
fn is_task(text: &str, wanted: &[&str]) -> bool {
    wanted.iter().any(|task| {
        text.strip_prefix(task).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '-', '_']))
    })
}

fn script_name(word: &Word) -> &str {
    file_name(word.raw.trim_matches(['"', '\'']))
}

/// Whether the name of a script, the last part of its path, says that it looks for faults.
fn is_checking_script(word: &Word) -> bool {
    let mut parts = script_name(word).split(|character: char| !character.is_ascii_alphanumeric());
    parts.any(|part| SCRIPT_WORDS.contains(&part))
}

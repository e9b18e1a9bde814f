//! The variables that Dockerfiles and Python programs give a value themselves.
//!
//! Not here: which program asks for them, and when. What one sets anywhere but in its tests may be set in time.

use memchr::memmem;

use crate::document::python_settings::is_test;
use crate::source::file_name;

/// The names of the variables that the file at `path` sets.
///
/// ```
/// use envgate::project::programs::names_set;
/// assert_eq!(names_set("Dockerfile", "FROM a\nENV A=1 B=2\nENV C three words\n"), ["A", "B", "C"]);
/// assert_eq!(names_set("main.py", "os.environ.setdefault('A', 'x')\nos.environ['B'] = c\n"), ["A", "B"]);
/// assert!(names_set("main.py", "os.environ['B'] == c or os.environ.get('D')\n").is_empty());
/// ```
#[must_use]
pub fn names_set<'t>(path: &str, text: &'t str) -> Vec<&'t str> {
    let name = file_name(path);
    if name.starts_with("Dockerfile") || name.ends_with(".Dockerfile") || name.starts_with("Containerfile") {
        text.lines().flat_map(set_by_image).collect()
    } else if name.ends_with(".py") && !is_test(path) {
        let found = memmem::find_iter(text.as_bytes(), "os.environ");
        found.filter_map(|at| set_by_program(text.get(at + "os.environ".len()..)?)).collect()
    } else {
        Vec::new()
    }
}

/// The names of `ENV NAME=value NAME=value` and of `ENV NAME value`.
fn set_by_image(line: &str) -> Vec<&str> {
    let Some(rest) = line.trim_start().strip_prefix("ENV ").map(str::trim_start) else { return Vec::new() };
    let named = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match rest.split_once([' ', '\t']) {
        Some((name, _)) if named(name) => vec![name],
        _ => rest.split_whitespace().filter_map(|word| Some(word.split_once('=')?.0)).collect(),
    }
}

/// The name in `["NAME"] = …` and `.setdefault("NAME", …)`, as they stand behind `os.environ`.
fn set_by_program(rest: &str) -> Option<&str> {
    let default = rest.strip_prefix(".setdefault(");
    let inner = default.or_else(|| rest.strip_prefix('['))?.trim_start();
    let quote = inner.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (name, behind) = inner.get(1..)?.split_once(quote)?;
    let behind = behind.strip_prefix(']').map(str::trim_start);
    let assigned = behind.is_some_and(|behind| behind.starts_with('=') && !behind.starts_with("=="));
    (default.is_some() || assigned).then_some(name)
}

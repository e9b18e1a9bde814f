//! Whether a text without quotes is a value or a name, which depends on the language.
//!
//! Not here: what the value is worth.

use crate::source::file_name;

/// What kind of language a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Configuration, data and prose: a word without quotes is a value.
    #[default]
    Data,
    /// A shell: a word right after `NAME=` is a value.
    Shell,
    /// A programming language: a word without quotes is a name.
    Code,
}

impl Language {
    /// Of the file at `path`, by its name.
    ///
    /// ```
    /// use envgate::secrets::Language;
    /// assert_eq!(Language::of_path("app/main.py"), Language::Code);
    /// assert_eq!(Language::of_path("etc/shop.conf"), Language::Data);
    /// assert_eq!(Language::of_path("Dockerfile"), Language::Shell);
    /// ```
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let name = file_name(path).to_ascii_lowercase();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
        if CODE.contains(&extension) {
            Self::Code
        } else if SHELL.contains(&extension) || SHELL_NAMES.contains(&stem) {
            Self::Shell
        } else {
            Self::Data
        }
    }
}

#[rustfmt::skip]
const CODE: &[&str] = &[
    "py", "pyi", "pyx", "rs", "go", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "astro",
    "java", "kt", "kts", "scala", "sc", "groovy", "gradle", "clj", "cljs", "cs", "fs", "vb", "c", "h", "cc", "cpp",
    "cxx", "hh", "hpp", "hxx", "ino", "m", "mm", "swift", "dart", "rb", "erb", "rake", "gemspec", "php", "phtml",
    "pl", "pm", "lua", "r", "jl", "hs", "elm", "ex", "exs", "erl", "hrl", "ml", "mli", "nim", "zig", "d", "pas",
    "sql", "tf", "hcl", "tfvars", "nix", "proto", "graphql", "gql", "sol", "vy", "css", "scss", "less", "ipynb",
    "ps1", "psm1", "psd1", "cr", "v", "sv", "vhd", "asm", "s", "cu", "bicep", "jsonnet", "libsonnet", "cue", "rego",
    "def",
];

const SHELL: &[&str] = &["sh", "bash", "zsh", "ksh", "fish", "bat", "cmd", "mk", "dockerfile"];

const SHELL_NAMES: &[&str] = &["dockerfile", "containerfile", "makefile", "justfile", "procfile"];

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn a_file_is_known_by_its_name() {
        for (path, language) in [
            ("a.py", Language::Code),
            ("src/Main.JAVA", Language::Code),
            ("Dockerfile", Language::Shell),
            ("Dockerfile.prod", Language::Shell),
            ("build/app.dockerfile", Language::Shell),
            ("deploy.sh", Language::Shell),
            ("Makefile", Language::Shell),
            ("a.yml", Language::Data),
            ("notes", Language::Data),
            ("", Language::Data),
        ] {
            assert_eq!(Language::of_path(path), language, "{path}");
        }
    }
}

//! What the name of a file says of its kind.
//!
//! Not here: what stands in it.

/// What a file called `.env.<this>` is when it is not an env file.
const OTHER_LANGUAGES: &[&str] = &[
    "js", "mjs", "cjs", "ts", "tsx", "jsx", "py", "rb", "sh", "md", "yml", "yaml", "json", "toml", "go",
    "rs", "schema", "vault", "keys", "html",
];

/// Whether a file of this name is an env file: `.env`, `.env.*`, `*.env`.
///
/// ```
/// use envgate::source::is_env_name;
/// assert!(is_env_name(".env") && is_env_name(".env.production") && is_env_name("backend.env"));
/// assert!(!is_env_name("env.ts") && !is_env_name(".env.d.ts") && !is_env_name(".envrc"));
/// ```
#[must_use]
pub fn is_env_name(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default();
    let family =
        name == ".env" || name.starts_with(".env.") || name.ends_with(".env") || name.contains(".env.");
    family && !OTHER_LANGUAGES.contains(&extension.to_ascii_lowercase().as_str())
}

/// Whether a file of this name is text whatever bytes it has: those that read it go on behind a NUL, so a
/// check that took it for binary would pass what they read.
#[must_use]
pub fn is_text_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    is_env_name(name)
        || (ends(&[".yml", ".yaml"]) && lower.contains("compose"))
        || ends(&[".sh", ".bash", ".mk", ".env.schema"])
        || ["makefile", "gnumakefile"].contains(&lower.as_str())
}

/// Whether a file of this name pins packages: written by a tool, and full of digests and versions.
#[must_use]
pub fn is_lock_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.rsplit_once('.').is_some_and(|(_, extension)| extension == "lock")
        || ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "package.resolved"]
            .contains(&lower.as_str())
}

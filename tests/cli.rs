//! The command line, as data: `tests/cli/*.toml` and the pages that show commands, with what each prints and how it
//! ends.
//!
//! `TRYCMD=overwrite cargo test --test cli` writes what was printed; read it before you keep it.

#[test]
fn prints_and_ends_as_written() {
    trycmd::TestCases::new().case("tests/cli/*.toml");
}

/// The page runs in `docs/resolve.in`.
#[test]
fn the_page_about_resolving_shows_what_is_printed() {
    trycmd::TestCases::new().case("docs/resolve.md");
}

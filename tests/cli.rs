//! The command line, as data: `tests/cli/*.toml`, with what each command prints and how it ends.
//!
//! Not here: the commands that pages show; tests/book runs them.
//!
//! `TRYCMD=overwrite cargo test --test cli` writes what was printed; read it before you keep it.

#[test]
fn prints_and_ends_as_written() {
    trycmd::TestCases::new().case("tests/cli/*.toml");
}

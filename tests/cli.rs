//! The command line, as data: `tests/cli/*.toml` with what each prints and how it ends.
//!
//! `TRYCMD=overwrite cargo test --test cli` writes what was printed; read it before you keep it.

#[test]
fn prints_and_ends_as_written() {
    trycmd::TestCases::new().case("tests/cli/*.toml");
}

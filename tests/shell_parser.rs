//! The shell reader beside a published parser, which is no part of the product: it has no bounds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_push_string,
    reason = "a test may die, and says why"
)]

use envgate::document::shell::Script;

#[test]
fn a_published_parser_agrees_on_what_a_script_is() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut waiting = vec![fixtures];
    let mut count = 0;
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let hook = path.file_name().is_some_and(|name| name == "pre-commit");
            if !(hook || path.extension().is_some_and(|ending| ending == "sh")) {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a text").replace("\r\n", "\n");
            let options = brush_parser::ParserOptions::default();
            let theirs = brush_parser::Parser::new(text.as_bytes(), &options).parse_program().is_ok();
            assert_eq!(Script::parse(&text).parsed, theirs, "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 100, "{count} scripts");
}

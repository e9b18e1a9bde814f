//! Why a rule matters: that part of its page.
//!
//! Not here: the rest of the page.

const HEAD: &str = "\n## Why it matters\n";

/// The paragraphs under that head, each on one line; none where the page has no such head.
pub(super) fn why(page: &str) -> Vec<String> {
    let Some((_, rest)) = page.split_once(HEAD) else { return Vec::new() };
    let part = rest.split("\n## ").next().unwrap_or_default();
    let paragraphs = part.split("\n\n").map(|paragraph| paragraph.trim().replace('\n', " "));
    paragraphs.filter(|paragraph| !paragraph.is_empty()).map(|text| text.replace("**", "")).collect()
}

#[cfg(test)]
mod tests {
    use super::why;

    #[test]
    fn the_part_between_its_head_and_the_next() {
        let page =
            "# A b\n\nWhat.\n\n## Why it matters\n\nOne **thing**\nand two.\n\nThree.\n\n## Bad\n\nx\n";
        assert_eq!(why(page), ["One thing and two.", "Three."]);
        assert!(why("# A b\n").is_empty());
        assert_eq!(why("# A\n\n## Why it matters\n\nLast"), ["Last"]);
    }
}

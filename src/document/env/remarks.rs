//! Words in the comments of an env file that nobody writes in prose: an old password behind the new one.
//!
//! Not here: `# NAME=value`, which the search for secrets knows.

use crate::source::Span;

use super::EnvFile;

/// What is shorter is a word, a version or a port.
const SHORTEST: usize = 8;

/// Their spans, in the order of the text that `file` was read from.
pub(super) fn odd_words(file: &EnvFile, text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut behind = file.entries.iter().peekable();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(start, start + line.len());
        start = span.end;
        // Lines of one value, and what stands behind it, are its entry's.
        while behind.next_if(|entry| entry.line_span.end < span.start).is_some() {}
        match behind.peek().filter(|entry| entry.line_span.start < span.end) {
            Some(entry) => {
                let comment = entry.comment_span.filter(|comment| span.contains(*comment));
                spans.extend(comment.into_iter().flat_map(|comment| words(text, comment)));
            }
            None if line.trim_start().starts_with('#') => spans.extend(words(text, span)),
            None => {}
        }
    }
    spans
}

fn words(text: &str, within: Span) -> impl Iterator<Item = Span> {
    let comment = text.get(within.start..within.end).unwrap_or_default();
    comment.split_whitespace().filter(|word| is_odd(word)).map(move |word| {
        let start = within.start + (word.as_ptr() as usize - comment.as_ptr() as usize);
        Span::new(start, start + word.len())
    })
}

/// Letters and digits in one word, or capitals within it more than once; an address is none.
fn is_odd(word: &str) -> bool {
    if word.len() < SHORTEST || word.starts_with("http://") || word.starts_with("https://") {
        return false;
    }
    let digits = word.bytes().any(|byte| byte.is_ascii_digit());
    let letters = word.bytes().any(|byte| byte.is_ascii_alphabetic());
    let rises = word
        .as_bytes()
        .windows(2)
        .filter(|pair| matches!(pair, [low, high] if low.is_ascii_lowercase() && high.is_ascii_uppercase()));
    digits && letters || rises.count() > 1
}

#[cfg(test)]
mod tests {
    use crate::document::env::EnvFile;
    use crate::source::Source;

    #[test]
    fn old_values_in_comments_are_hidden_and_prose_is_not() {
        for (text, expected) in [
            ("A=b # avzL3XXFUnvf\n", "A=* # ************\n"),
            ("A=\"b # c1c1c1c1\" # see GitHub, 2026-11-29\n", "A=************** # see GitHub, 2026-11-29\n"),
            (
                "# was: avzLfXXFUnvf\r\n#\n  # openssl rand -base64 32\n",
                "# was: ************\r\n#\n  # openssl rand -base64 32\n",
            ),
            (
                "# https://example.com/v2/keys and SECRET_KEY\nA='\n# b2b2b2b2\n'\n",
                "# https://example.com/v2/keys and SECRET_KEY\nA=*\n**********\n*\n",
            ),
            ("# ñandú1ñandú", "# ***************"),
        ] {
            let file = EnvFile::parse(text);
            let mut spans = file.value_spans();
            spans.extend(file.odd_words(text));
            spans.sort_unstable();
            assert_eq!(Source::new(".env", text).masked(&spans).text(), expected);
        }
    }
}

//! Text made safe between tags and in quoted attributes, in XML and in HTML alike.
//!
//! Not here: which tags there are. What comes out holds no `<`, `>`, `&`, quote, or character that XML forbids.

use super::visible::is_unseen;

/// Text for between tags or in a quoted attribute; everything unseen but line ends is written out.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' => safe.push('\n'),
            // The last two of each plane are no characters, and XML has no place for two of them.
            _ if is_unseen(character) || u32::from(character) & 0xfffe == 0xfffe => {
                safe.extend(character.escape_unicode());
            }
            _ => safe.push(character),
        }
    }
    safe
}

/// The same on one line: line ends become blanks.
pub(super) fn attribute(text: &str) -> String {
    escaped(&text.replace('\n', " "))
}

/// Messages as HTML: what stands in backticks becomes code.
pub(super) fn coded(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 32);
    let closed = text.matches('`').count() / 2 * 2;
    for (nth, part) in text.split('`').enumerate() {
        match nth {
            0 => {}
            // A backtick that nothing closes is a backtick.
            nth if nth > closed => html.push('`'),
            nth if nth % 2 == 1 => html.push_str("<code>"),
            _ => html.push_str("</code>"),
        }
        html.push_str(&escaped(part));
    }
    html
}

#[cfg(test)]
mod tests {
    use super::{attribute, coded, escaped};

    #[test]
    fn nothing_that_means_something_gets_through() {
        let cases = [
            ("a & <b> \"c\" 'd'", "a &amp; &lt;b&gt; &quot;c&quot; &#39;d&#39;"),
            ("]]> <!-- -->", "]]&gt; &lt;!-- --&gt;"),
            ("\u{1b}\u{0}\u{202e}", "\\u{1b}\\u{0}\\u{202e}"),
            ("\u{fffe}\u{ffff}\u{1fffe}", "\\u{fffe}\\u{ffff}\\u{1fffe}"),
            ("ñ 漢 🚀\n\u{fffd}", "ñ 漢 🚀\n\u{fffd}"),
        ];
        for (text, expected) in cases {
            assert_eq!(escaped(text), expected, "{text:?}");
        }
        assert_eq!(attribute("a\nb"), "a b");
    }

    #[test]
    fn backticks_become_code_when_they_are_closed() {
        let cases = [
            ("plain", "plain"),
            ("`A` is `<b>`", "<code>A</code> is <code>&lt;b&gt;</code>"),
            ("one ` two", "one ` two"),
            ("`A` and ` more", "<code>A</code> and ` more"),
            ("``", "<code></code>"),
        ];
        for (text, expected) in cases {
            assert_eq!(coded(text), expected, "{text:?}");
        }
    }
}

//! Regular expressions over paths, as far as globs can say the same.
//!
//! Not here: anything that a glob cannot say.

/// How many alternatives one expression is taken apart into.
const MOST: usize = 64;

/// The alternatives of an expression: `a|b`, and the same in the middle of it: `\.(a|b)$`. One that cannot be taken apart
/// stays as it is.
pub(super) fn alternatives(text: &str) -> Vec<String> {
    let (mut done, mut waiting) = (Vec::new(), vec![text.to_owned()]);
    while let Some(one) = waiting.pop() {
        let parts = split(&one);
        if done.len() + waiting.len() + parts.len() > MOST {
            return vec![text.to_owned()];
        }
        match (parts.len(), group(&one)) {
            (2.., _) => waiting.extend(parts.into_iter().rev().map(str::to_owned)),
            (_, Some((before, inside, behind))) => {
                let inner = split(inside).into_iter().rev();
                waiting.extend(inner.map(|one| format!("{before}{one}{behind}")));
            }
            _ if one.is_empty() => {}
            _ => done.push(one),
        }
    }
    done
}

/// Whether nothing is left in it that a glob has no sign for, or another one.
pub(super) fn is_plain(expression: &str) -> bool {
    let mut signs = expression.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' if signs.next().is_some_and(|escaped| escaped.is_ascii_alphanumeric()) => return false,
            '(' | ')' | '[' | ']' | '{' | '}' | '?' | '|' => return false,
            _ => {}
        }
    }
    true
}

/// The parts between the `|` that stand in no group.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, sign) in signs(text) {
        match sign {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// The first group, which is not repeated, with what stands around it.
fn group(text: &str) -> Option<(&str, &str, &str)> {
    let (mut open, mut depth) = (None, 0_usize);
    for (at, sign) in signs(text) {
        match sign {
            '[' => return None,
            '(' => {
                open = open.or(Some(at));
                depth += 1;
            }
            ')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    let behind = text.get(at + 1..)?;
                    let repeated = behind.starts_with(['*', '+', '?', '{']);
                    return (!repeated).then_some((text.get(..open?)?, text.get(open? + 1..at)?, behind));
                }
            }
            _ => {}
        }
    }
    None
}

/// The signs that mean something, with their places: those behind a backslash stand for themselves.
fn signs(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut escaped = false;
    text.char_indices().filter(move |(_, sign)| {
        let counts = !escaped && *sign != '\\';
        escaped = !escaped && *sign == '\\';
        counts
    })
}

#[cfg(test)]
mod tests {
    use super::{alternatives, is_plain};

    #[test]
    fn alternatives_are_taken_out_of_their_groups() {
        for (text, parts) in [
            ("a|b", &["a", "b"][..]),
            ("(a|b)", &["a", "b"]),
            (r"\.(md|lock|svg)$", &[r"\.md$", r"\.lock$", r"\.svg$"]),
            ("^(docs|tests)/(a|b)", &["^docs/a", "^docs/b", "^tests/a", "^tests/b"]),
            ("^((a|b)/c|d)$", &["^a/c$", "^b/c$", "^d$"]),
            (r"a\|b\(c", &[r"a\|b\(c"]),
            ("(ab)+c|d", &["(ab)+c", "d"]),
            ("[a|b]c", &["[a|b]c"]),
            ("(a", &["(a"]),
            ("a||b", &["a", "b"]),
            ("", &[]),
        ] {
            assert_eq!(alternatives(text), parts, "{text}");
        }
        let many = "(a|b|c)".repeat(20);
        assert_eq!(alternatives(&many), std::slice::from_ref(&many));
    }

    #[test]
    fn what_a_glob_cannot_say_is_not_plain() {
        for plain in ["^docs/", r"\.md$", "a.*b", r"a\(b", "a+"] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in ["a?", "[ab]", "(ab)", "a{2}", r"\bdocs", r"\d", "a|b"] {
            assert!(!is_plain(other), "{other}");
        }
    }
}

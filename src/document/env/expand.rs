//! How loaders fill in `$X` and `${X}` inside a value.
//!
//! Not here: the shell's words (see [`super::shell_words`]), where a variable's value comes from, and
//! compose templates outside env files.

/// The largest value that is worked out; growth beyond it is a failure, not a memory exhaustion.
const LARGEST: usize = 1 << 20;
/// How deep `${A:-${B:-…}}` is followed.
const DEEPEST: usize = 64;
/// How many references dotenv-expand's re-reading follows in one value.
const MOST: usize = 2000;

/// A dialect's way of filling in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expansion {
    /// Every `$` is a character.
    None,
    /// `${X}` and `${X:-default}` only.
    Python,
    /// The compose template grammar.
    Template,
    /// The grammar of dotenv-expand, which reads its own results again.
    Rereading,
    /// `$X` and `${X}` in capitals; an operator is text.
    Capitals,
}

/// Asks for a variable.
pub(super) type Look<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Fills in `raw`, or says what is wrong with it.
pub(super) fn expand(way: Expansion, raw: &str, look: &Look<'_>) -> Result<String, &'static str> {
    match way {
        Expansion::None => Ok(raw.to_owned()),
        Expansion::Python => python(raw, look),
        Expansion::Template => template(raw, look, 0),
        Expansion::Rereading => rereading(raw, look),
        Expansion::Capitals => capitals(raw, look),
    }
}

fn add(out: &mut String, more: &str) -> Result<(), &'static str> {
    if out.len() + more.len() > LARGEST {
        return Err("the value grows beyond a megabyte when it is expanded");
    }
    out.push_str(more);
    Ok(())
}

fn python(raw: &str, look: &Look<'_>) -> Result<String, &'static str> {
    let mut out = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        add(&mut out, before)?;
        let inner = &from[2..];
        let Some(end) = inner.find(['}', ':']) else {
            rest = from;
            break;
        };
        let (name, after) = inner.split_at(end);
        if let Some(after) = after.strip_prefix(":-") {
            let Some(end) = after.find('}') else {
                rest = from;
                break;
            };
            add(&mut out, &look(name).unwrap_or_else(|| after[..end].to_owned()))?;
            rest = &after[end + 1..];
        } else if let Some(after) = after.strip_prefix('}') {
            add(&mut out, &look(name).unwrap_or_default())?;
            rest = after;
        } else {
            add(&mut out, "${")?;
            rest = inner;
        }
    }
    add(&mut out, rest)?;
    Ok(out)
}

/// The length of the variable name that `text` begins with.
pub(super) fn name_length(text: &str) -> usize {
    let digit_first = text.starts_with(|first: char| first.is_ascii_digit());
    if digit_first {
        return 0;
    }
    text.find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
        .unwrap_or(text.len())
}

/// The operators of `${NAME…}`, and what follows the one that stands first.
fn split_operator(body: &str) -> (&str, Option<(&str, &str)>) {
    let Some(at) = body.find([':', '?', '-', '+']) else { return (body, None) };
    let (name, from) = body.split_at(at);
    let length = match from.as_bytes() {
        [b':', b'?' | b'-' | b'+', ..] => 2,
        [b':', ..] => return (body, None),
        _ => 1,
    };
    let (operator, word) = from.split_at(length);
    (name, Some((operator, word)))
}

/// The offset of the brace that closes the one before `text`.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            b'\n' => return None,
            _ => {}
        }
    }
    None
}

fn template(raw: &str, look: &Look<'_>, depth: usize) -> Result<String, &'static str> {
    const INVALID: &str = "the value is no valid template: `$` is followed by braces that hold no variable";
    if depth > DEEPEST {
        return Err("`${…}` is nested too deeply");
    }
    let mut out = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find('$') {
        add(&mut out, &rest[..at])?;
        let after = &rest[at + 1..];
        if let Some(next) = after.strip_prefix('$') {
            add(&mut out, "$")?;
            rest = next;
        } else if let Some(inner) = after.strip_prefix('{') {
            let body = closing_brace(inner).and_then(|end| inner.get(..end)).ok_or(INVALID)?;
            let (name, operation) = split_operator(body);
            if name.is_empty() || name_length(name) != name.len() {
                return Err(INVALID);
            }
            add(&mut out, &braced(name, operation, look, depth)?)?;
            rest = &inner[body.len() + 1..];
        } else {
            let length = name_length(after);
            if length == 0 {
                add(&mut out, "$")?;
            } else {
                add(&mut out, &look(&after[..length]).unwrap_or_default())?;
            }
            rest = &after[length..];
        }
    }
    add(&mut out, rest)?;
    Ok(out)
}

fn braced(
    name: &str,
    operation: Option<(&str, &str)>,
    look: &Look<'_>,
    depth: usize,
) -> Result<String, &'static str> {
    let value = look(name);
    let Some((operator, word)) = operation else { return Ok(value.unwrap_or_default()) };
    let given = if operator.starts_with(':') {
        value.as_deref().is_some_and(|value| !value.is_empty())
    } else {
        value.is_some()
    };
    match operator.chars().last() {
        Some('?') if !given => Err("a variable that `${…?}` requires is missing"),
        Some('+') if !given => Ok(String::new()),
        Some('+') => template(word, look, depth + 1),
        Some('-') if !given => template(word, look, depth + 1),
        _ => Ok(value.unwrap_or_default()),
    }
}

/// The next reference for dotenv-expand: its span, and what stands in it.
fn next_reference(text: &str, from: usize) -> Option<(usize, usize, &str)> {
    let mut at = from;
    while let Some(found) = text.get(at..)?.find('$') {
        let start = at + found;
        at = start + 1;
        let escaped = start > 0 && text.as_bytes().get(start - 1) == Some(&b'\\');
        if escaped {
            continue;
        }
        let after = &text[start + 1..];
        if let Some(inner) = after.strip_prefix('{') {
            let end = inner.find(['{', '}']);
            if let Some(end) = end.filter(|&end| end > 0 && inner[end..].starts_with('}')) {
                return Some((start, start + end + 3, &inner[..end]));
            }
        }
        let length = name_length(after);
        if length > 0 {
            return Some((start, start + 1 + length, &after[..length]));
        }
    }
    None
}

fn rereading(raw: &str, look: &Look<'_>) -> Result<String, &'static str> {
    let mut value = raw.to_owned();
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..MOST {
        let Some((start, end, expression)) = next_reference(&value, 0) else {
            return Ok(value.replace("\\$", "$"));
        };
        let operator = expression.find([':', '+', '-']).and_then(|_| first_operator(expression));
        let (name, word) = match operator {
            Some((at, length)) => (&expression[..at], &expression[at + length..]),
            None => (expression, ""),
        };
        let sign = operator.map_or("", |(at, length)| &expression[at..at + length]);
        let plus = sign.ends_with('+');
        // A blank counts as missing behind `:` only.
        let found = look(name).filter(|found| !found.is_empty() || !sign.starts_with(':'));
        let replacement = match (plus, found) {
            (true, None) => String::new(),
            (false, Some(found)) if !seen.contains(&found) => found,
            _ => word.to_owned(),
        };
        let mut next = String::new();
        add(&mut next, &value[..start])?;
        add(&mut next, &replacement)?;
        add(&mut next, &value[end..])?;
        seen.push(std::mem::replace(&mut value, next));
        if seen.iter().map(String::len).sum::<usize>() > 4 * LARGEST {
            break;
        }
    }
    // What refers to itself is left as it stands.
    Ok(value)
}

/// The first of `:+ + :- -`: where it stands and how long it is.
fn first_operator(expression: &str) -> Option<(usize, usize)> {
    let bytes = expression.as_bytes();
    bytes.iter().enumerate().find_map(|(at, byte)| match byte {
        b'+' | b'-' => Some((at, 1)),
        b':' if matches!(bytes.get(at + 1), Some(b'+' | b'-')) => Some((at, 2)),
        _ => None,
    })
}

fn capitals(raw: &str, look: &Look<'_>) -> Result<String, &'static str> {
    let mut out = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find('$') {
        let escaped = at > 0 && rest.as_bytes().get(at - 1) == Some(&b'\\');
        add(&mut out, &rest[..at - usize::from(escaped)])?;
        let mut after = &rest[at + 1..];
        after = after.strip_prefix('(').unwrap_or(after);
        after = after.strip_prefix('{').unwrap_or(after);
        let capital = |character: char| {
            character.is_ascii_uppercase() || character.is_ascii_digit() || character == '_'
        };
        let length = after.find(|character| !capital(character)).unwrap_or(after.len());
        let (name, tail) = after.split_at(length);
        let tail = tail.strip_prefix('}').unwrap_or(tail);
        if escaped || name.is_empty() {
            add(&mut out, &rest[at..rest.len() - tail.len()])?;
        } else {
            add(&mut out, &look(name).unwrap_or_default())?;
        }
        rest = tail;
    }
    add(&mut out, rest)?;
    Ok(out)
}

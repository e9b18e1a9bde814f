//! A line in Spanish: the template that fits it, and the same for what stands in its places.
//!
//! Not here: which templates there are, and texts of several lines.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::MESSAGES;
use super::quoted;
use super::template::Template;

/// How deep a text may stand in the place of another.
const DEPTH: usize = 6;

/// Longer lines than these are none of ours.
const LONGEST: usize = 4096;

/// How many texts are looked up for one line.
const MOST: u32 = 4000;

/// A template of fewer bytes than these says nothing by itself.
const TELLING: usize = 4;

/// The same where a sentence in a place of it is not known.
const TELLING_ALONE: usize = 12;

/// What one text is joined to the next by in English and in Spanish, the looser joint first.
const JOINTS: [(&str, &str); 5] =
    [("; ", "; "), (": ", ": "), (", ", ", "), (" and ", " y "), (" or ", " o ")];

/// Words of a sentence; what has one of them is no name.
const SENTENCE: [&str; 33] = [
    "a", "all", "an", "and", "any", "are", "as", "at", "be", "by", "does", "for", "from", "has", "in",
    "into", "is", "it", "no", "not", "of", "on", "one", "or", "so", "that", "the", "this", "to", "what",
    "where", "which", "with",
];

/// The templates by the byte that a text begins with, the surest first.
static CATALOGUE: LazyLock<HashMap<Option<u8>, Vec<Template>>> = LazyLock::new(|| {
    let mut all: HashMap<Option<u8>, Vec<Template>> = HashMap::new();
    for (english, spanish) in &*MESSAGES {
        let template = Template::of(english, spanish);
        all.entry(template.first()).or_default().push(template);
    }
    for templates in all.values_mut() {
        templates.sort_by_key(|template| std::cmp::Reverse(template.weight()));
    }
    all
});

/// A line that may quote values, which stay as they are, whatever they hold. `None` where nothing in it is known.
pub(super) fn line(line: &str) -> Option<String> {
    if line.len() > LONGEST {
        return None;
    }
    let (line, values) = quoted::taken_out(line)?;
    let strict = Search { left: Cell::new(MOST), strict: true };
    let lenient = Search { left: Cell::new(MOST), strict: false };
    let spanish = strict.line(&line, DEPTH).or_else(|| lenient.line(&line, DEPTH))?;
    Some(quoted::put_back(&spanish, &values))
}

/// One line's way through the catalogue.
struct Search {
    /// How many texts may still be looked up.
    left: Cell<u32>,
    /// Whether a sentence that is not known makes the text around it unknown too.
    strict: bool,
}

impl Search {
    /// A text, whatever blanks stand around it, and whatever joins it to the one before it.
    fn line(&self, line: &str, depth: usize) -> Option<String> {
        let joined = line.trim_start_matches([' ', '\t', ',', ';']);
        let text = joined.trim_end();
        let depth = depth.checked_sub(1)?;
        self.left.set(self.left.get().checked_sub(1)?);
        let spanish = more(text)
            .or_else(|| self.whole(text, depth))
            .or_else(|| self.several(text, depth))
            .or_else(|| self.counted(text, depth))
            .or_else(|| self.aside(text, depth))?;
        let before = line.get(..line.len() - joined.len()).unwrap_or_default();
        let after = joined.get(text.len()..).unwrap_or_default();
        Some([before, &spanish, after].concat())
    }

    /// A text that a template of the catalogue fits.
    fn whole(&self, text: &str, depth: usize) -> Option<String> {
        let least = if self.strict { TELLING } else { TELLING_ALONE };
        templates(text.bytes().next()?).find_map(|template| {
            let taken = template.taken(text)?;
            let mut known = template.weight() >= least || taken.is_empty();
            let mut parts = Vec::with_capacity(taken.len());
            for (nth, part) in taken.into_iter().enumerate() {
                let is_name = template.is_name(nth);
                let said = if is_name { None } else { self.line(part, depth) };
                known |= said.is_some();
                let unknown = self.strict && said.is_none() && !is_name && is_sentence(part);
                if unknown || (is_name && !is_names(part)) {
                    return None;
                }
                parts.push(said.map_or_else(|| list(part), Cow::Owned));
            }
            known.then(|| template.filled(&parts))
        })
    }

    /// Texts of which at least one is known; the others are names, which stay.
    fn several(&self, text: &str, depth: usize) -> Option<String> {
        JOINTS.iter().find_map(|(english, spanish)| {
            let parts = split(text, english);
            if parts.len() < 2 {
                return None;
            }
            let mut known = false;
            let mut said = Vec::with_capacity(parts.len());
            for part in parts {
                let line = self.line(part, depth);
                known |= line.is_some();
                if line.is_none() && ((self.strict && is_sentence(part)) || english != spanish) {
                    return None;
                }
                said.push(line.map_or(Cow::Borrowed(part), Cow::Owned));
            }
            known.then(|| said.join(spanish))
        })
    }

    /// A number, and what there are so many of.
    fn counted(&self, text: &str, depth: usize) -> Option<String> {
        let (count, of) = text.split_once(' ')?;
        let of = if is_number(count) { self.line(of, depth)? } else { return None };
        Some(format!("{count} {of}"))
    }

    /// A text with another in parentheses behind it.
    fn aside(&self, text: &str, depth: usize) -> Option<String> {
        let (before, inside) = text.strip_suffix(')')?.rsplit_once(" (")?;
        let (said, aside) = (self.line(before, depth), self.line(inside, depth));
        let unknown = (said.is_none() && is_sentence(before)) || (aside.is_none() && is_sentence(inside));
        if (said.is_none() && aside.is_none()) || (self.strict && unknown) {
            return None;
        }
        Some(format!("{} ({})", said.as_deref().unwrap_or(before), aside.as_deref().unwrap_or(inside)))
    }
}

/// Those that a text with this first byte may be of, the surest first.
fn templates(first: u8) -> impl Iterator<Item = &'static Template> {
    let of = |first| CATALOGUE.get(&first).into_iter().flatten().peekable();
    let (mut closed, mut open) = (of(Some(first)), of(None));
    std::iter::from_fn(move || match (closed.peek(), open.peek()) {
        (Some(one), Some(other)) if one.weight() < other.weight() => open.next(),
        (Some(_), _) => closed.next(),
        (None, _) => open.next(),
    })
}

/// Names of which only the first are told.
fn more(text: &str) -> Option<String> {
    let (names, rest) = text.rsplit_once(" and ")?;
    let count = rest.strip_suffix(" more").filter(|count| is_number(count))?;
    (!is_sentence(names)).then(|| format!("{names} y {count} más"))
}

/// Whether what stands between the first backtick and the last is one name or several, and no text among them.
fn is_names(part: &str) -> bool {
    part.split('`').skip(1).step_by(2).all(|between| [", ", " and ", " or ", " "].contains(&between))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The parts of a text between the joints that stand outside of backticks.
fn split<'t>(text: &'t str, joint: &str) -> Vec<&'t str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, _) in text.match_indices(joint) {
        let part = text.get(from..at).filter(|part| part.matches('`').count() % 2 == 0);
        if let Some(part) = part {
            parts.push(part);
            from = at + joint.len();
        }
    }
    parts.extend(text.get(from..));
    parts
}

/// Whether a text is no name, path or command.
fn is_sentence(text: &str) -> bool {
    text.contains(' ')
        && text.split('`').step_by(2).flat_map(str::split_whitespace).any(|word| SENTENCE.contains(&word))
}

/// Names in backticks that are counted up.
fn list(part: &str) -> Cow<'_, str> {
    if part.contains("` and `") || part.contains("` or `") {
        return Cow::Owned(part.replace("` and `", "` y `").replace("` or `", "` o `"));
    }
    Cow::Borrowed(part)
}

//! What variables of a Makefile come to.
//!
//! Not here: functions, but for `$(wildcard FILE)`.

use super::reading::Reading;
use super::{Reference, reference};

/// How deep variables may stand in each other.
const DEPTH: usize = 8;

impl Reading<'_> {
    /// What make makes of a text; `strict` where what a caller may set is not known.
    pub(super) fn expand(&mut self, text: &str, depth: usize, strict: bool) -> Option<String> {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            expanded.push_str(rest.get(..at)?);
            rest = rest.get(at..)?;
            let (length, reference) = reference(rest);
            match reference {
                Reference::Dollar => expanded.push('$'),
                // A variable of one letter, which nobody has.
                Reference::Automatic(letter) if letter.is_ascii_alphanumeric() && length > 1 => {
                    let name = letter.to_string();
                    if self.variables.contains_key(&name) {
                        expanded.push_str(&self.value(&name, depth, strict)?);
                    }
                }
                Reference::Automatic(_) => return None,
                Reference::Named(inner) => expanded.push_str(&self.named(inner, depth, strict)?),
            }
            rest = rest.get(length..)?;
        }
        expanded.push_str(rest);
        self.left = self.left.checked_sub(expanded.len())?;
        Some(expanded)
    }

    /// `$(NAME)` and `$(wildcard FILE)`.
    fn named(&mut self, inner: &str, depth: usize, strict: bool) -> Option<String> {
        let Some(path) = inner.strip_prefix("wildcard ") else { return self.value(inner, depth, strict) };
        let path = self.expand(path.trim(), depth + 1, strict)?;
        if path.contains(['*', '?', '[', ' ', '~']) || path.starts_with('/') {
            return None;
        }
        if self.around.is_there(&path) {
            return Some(path);
        }
        // What lies above is looked at in part.
        (!path.contains("..")).then(String::new)
    }

    /// The value of a variable; `None` where that is not known.
    pub(super) fn value(&mut self, name: &str, depth: usize, strict: bool) -> Option<String> {
        if self.tainted.contains(name) {
            return None;
        }
        let variable = self.variables.get(name).filter(|variable| !(strict && variable.default))?;
        let text = variable.text.clone()?;
        if !variable.recursive {
            return Some(text);
        }
        if depth < DEPTH { self.expand(&text, depth + 1, strict) } else { None }
    }
}

//! The conditions of a Makefile: `ifeq`, `else`, `endif`.
//!
//! Not here: what the two sides of one come to.

/// A condition that is open, and which part of it is being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Branch {
    /// Whether make reads this part; `None` where that is not known.
    taken: Option<bool>,
    /// Whether it reads what stands around the condition.
    outer: Option<bool>,
    /// Whether it has read a part before; `None` where that is not known.
    before: Option<bool>,
}

impl Branch {
    pub(super) const fn new(outer: Option<bool>, holds: Option<bool>) -> Self {
        Self { taken: holds, outer, before: Some(false) }
    }

    /// Whether make reads the lines here; `None` where that is not known.
    pub(super) const fn active(self) -> Option<bool> {
        match (self.outer, self.taken) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }

    /// The part behind `else`, or `else` with a condition.
    pub(super) const fn otherwise(&mut self, holds: Option<bool>) {
        self.before = match (self.before, self.taken) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        };
        self.taken = match (self.before, holds) {
            (Some(true), _) | (_, Some(false)) => Some(false),
            (Some(false), holds) => holds,
            (None, _) => None,
        };
    }
}

/// The two sides of `(one,other)`, `"one" "other"` and `'one' 'other'`. Blanks count but for those about the comma.
pub(super) fn sides(text: &str) -> Option<(&str, &str)> {
    if let Some(inner) = text.strip_prefix('(') {
        return in_parentheses(inner);
    }
    let (one, rest) = quoted(text)?;
    let (other, _) = quoted(rest.trim_start())?;
    Some((one, other))
}

fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    text.get(1..)?.split_once(quote)
}

fn in_parentheses(inner: &str) -> Option<(&str, &str)> {
    let (mut depth, mut comma) = (0_usize, None);
    for (at, byte) in inner.bytes().enumerate().take(4096) {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' if depth == 0 => {
                let comma: usize = comma?;
                return Some((inner.get(..comma)?.trim_end(), inner.get(comma + 1..at)?.trim_start()));
            }
            b')' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 && comma.is_none() => comma = Some(at),
            _ => {}
        }
    }
    None
}

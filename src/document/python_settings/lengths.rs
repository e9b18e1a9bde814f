//! The lengths that a validator's function asks of the value that it is given, whatever else it looks at.
//!
//! Not here: which fields it validates. What is asked under a condition is asked of some values alone, and is left out.

use super::python::is_name;

/// A function while its statements are read.
#[derive(Debug)]
pub(super) struct Function {
    /// The names that hold the value's text.
    texts: Vec<String>,
    /// How far its own block is indented, once that is known.
    indent: Option<usize>,
    /// The last statement of its own block is an `if` that looks at something else.
    aside: bool,
    /// Something else than the value has decided whether the rest is reached.
    left: bool,
}

/// The most names that one function gives the value.
const MOST: usize = 20;

impl Function {
    /// Reads the head of a function; its value is the first argument behind `cls` or `self`.
    pub(super) fn new(head: &str) -> Option<Self> {
        let (before, arguments) = head.split_once('(')?;
        if !before.trim_start().starts_with("def ") && !before.trim_start().starts_with("async def ") {
            return None;
        }
        let names =
            arguments.split([',', ')']).map(|part| part.split([':', '=']).next().unwrap_or_default().trim());
        let value =
            names.into_iter().find(|name| !matches!(*name, "cls" | "self")).filter(|name| is_name(name))?;
        Some(Self { texts: vec![value.to_owned()], indent: None, aside: false, left: false })
    }

    /// Takes in a statement of the block, and says how many characters it asks for; `next` is the one behind it.
    pub(super) fn statement(&mut self, code: &str, indent: usize, next: &str) -> Option<usize> {
        let own = *self.indent.get_or_insert(indent);
        if indent > own {
            self.left |= self.aside && code.starts_with("return");
            return None;
        }
        self.aside = false;
        let Some((condition, rest)) = code.strip_prefix("if").and_then(condition) else {
            self.assignment(code);
            return None;
        };
        let raises =
            rest.trim_start().starts_with("raise") || (rest.trim().is_empty() && next.starts_with("raise"));
        let condition = condition.split_whitespace().collect::<Vec<_>>().join(" ");
        let asked = alternatives(&condition).iter().filter_map(|one| self.asked(one)).max();
        self.aside =
            asked.is_none() && !split(&condition, " or ").iter().all(|one| self.is_about_presence(one));
        self.left |= self.aside && rest.trim_start().starts_with("return");
        asked.filter(|length| raises && !self.left && *length > 0)
    }

    /// `text = v.strip()`: another name of the text, or one that is none any more.
    fn assignment(&mut self, code: &str) {
        let Some((name, value)) = code.split_once('=').filter(|(_, value)| !value.starts_with('=')) else {
            return;
        };
        let name = name.split(':').next().unwrap_or_default().trim();
        if !is_name(name) {
            return;
        }
        let is_text = self.is_text(value.trim());
        self.texts.retain(|known| known != name);
        if is_text && self.texts.len() < MOST {
            self.texts.push(name.to_owned());
        }
    }

    /// Whether an expression is the value's text or a shortened one.
    fn is_text(&self, code: &str) -> bool {
        let mut code = code.trim();
        for ending in
            [".get_secret_value()", ".encode()", ".rstrip()", ".lstrip()", ".strip()", ".get_secret_value()"]
        {
            code = code.strip_suffix(ending).unwrap_or(code);
        }
        let code = code.strip_prefix("str(").and_then(|code| code.strip_suffix(')')).unwrap_or(code);
        self.texts.iter().any(|text| text == code)
    }

    /// The fewest characters that one alternative of a condition lets pass, where it asks about nothing else.
    fn asked(&self, alternative: &str) -> Option<usize> {
        let mut asked = None;
        for part in split(alternative, " and ") {
            match self.shorter_than(part) {
                Some(length) if asked.is_none() => asked = Some(length),
                None if self.is_about_presence(part) => {}
                _ => return None,
            }
        }
        asked
    }

    /// The `32` of `len(v) < 32`.
    fn shorter_than(&self, code: &str) -> Option<usize> {
        let (left, right) =
            code.split_once('<').or_else(|| code.split_once('>').map(|(left, right)| (right, left)))?;
        // In `32 >= len(v)` the mark stands on the other side once they are exchanged.
        let (left, right, inclusive) = match (left.strip_prefix('='), right.strip_prefix('=')) {
            (Some(left), _) => (left, right, true),
            (_, Some(right)) => (left, right, true),
            _ => (left, right, false),
        };
        let text = left.trim().strip_prefix("len(")?.strip_suffix(')')?;
        let length: usize = right.trim().replace('_', "").parse().ok().filter(|length| *length < 10_000)?;
        self.is_text(text).then_some(if inclusive { length + 1 } else { length })
    }

    /// `v`, `not v`, `v is not None` and their like: an empty value is judged as one.
    fn is_about_presence(&self, code: &str) -> bool {
        let code = code.trim();
        let code = code.strip_prefix("not ").unwrap_or(code);
        let code =
            code.strip_suffix(" is None").or_else(|| code.strip_suffix(" is not None")).unwrap_or(code);
        let code = [" == \"\"", " == ''"].iter().find_map(|empty| code.strip_suffix(empty)).unwrap_or(code);
        let class = code.strip_prefix("isinstance(").and_then(|code| code.split(',').next());
        self.is_text(class.unwrap_or(code))
    }
}

/// The condition behind an `if`, and what stands behind its colon.
fn condition(code: &str) -> Option<(&str, &str)> {
    let code = code.strip_prefix([' ', '('].as_slice()).map(|_| code)?;
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => return Some((code.get(..at)?.trim(), code.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// The alternatives of a condition, through a bracket around the whole of it.
fn alternatives(condition: &str) -> Vec<&str> {
    let bare = condition.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let closes_at_end = |bare: &&str| {
        let mut depth = 1_isize;
        bare.bytes().all(|byte| {
            depth += match byte {
                b'(' => 1,
                b')' => -1,
                _ => 0,
            };
            depth > 0
        })
    };
    split(bare.filter(closes_at_end).map_or(condition, str::trim), " or ")
}

/// The parts between a word that stands in no bracket.
fn split<'c>(code: &'c str, word: &str) -> Vec<&'c str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b' ' if depth == 0
                && at >= start
                && code.get(at..).is_some_and(|rest| rest.starts_with(word)) =>
            {
                parts.extend(code.get(start..at));
                start = at + word.len();
            }
            _ => {}
        }
    }
    parts.extend(code.get(start..));
    parts
}

#[cfg(test)]
mod tests {
    use crate::document::python_settings::SettingsFile;

    fn lengths(below: &str) -> Vec<Option<usize>> {
        let text = format!(
            "from pydantic_settings import BaseSettings\n\nclass S(BaseSettings):\n    x: str\n    y: str\n{below}"
        );
        SettingsFile::parse(&text).fields.iter().map(|field| field.min_length).collect()
    }

    #[test]
    fn each_function_speaks_of_the_fields_of_its_own_decorators() {
        let validator = |name: &str, length: usize| {
            format!(
                "    @field_validator('{name}')\n    @classmethod\n    def of_{name}(cls, v):\n        if len(v) < {length}:\n            \
                 raise ValueError\n        return v\n"
            )
        };
        assert_eq!(lengths(&(validator("x", 3) + &validator("y", 40))), [Some(3), Some(40)]);
        let property = "    @property\n    def z(self):\n        if len(self.y) < 40:\n            raise ValueError\n        return 1\n";
        assert_eq!(lengths(&(validator("x", 3) + property)), [Some(3), None]);
        let plain = "    def z(v):\n        if len(v) < 40:\n            raise ValueError\n";
        assert_eq!(lengths(&(validator("x", 3) + plain)), [Some(3), None]);
        let both = "    @field_validator('x')\n    @field_validator('y')\n    def f(cls, v):\n        if len(v) < 9: raise ValueError\n";
        assert_eq!(lengths(both), [Some(9), Some(9)]);
    }

    #[test]
    fn a_length_that_is_asked_under_a_condition_is_not_asked() {
        for (condition, expected) in [
            ("if len(v) < 32:", Some(32)),
            ("if len(v) <= 31:", Some(32)),
            ("if 32 > len(v):", Some(32)),
            ("if 31 >= len(v.strip()):", Some(32)),
            ("if len(v.get_secret_value()) < 32:", Some(32)),
            ("if not v or len(v) < 32:", Some(32)),
            ("if (len(v) < 32 or not ok(v)):", Some(32)),
            ("if v is not None and len(v) < 32:", Some(32)),
            ("if len(v) > 63 or len(v) < 4:", Some(4)),
            ("if info.data.get('env') == 'production' and len(v) < 32:", None),
            ("if production and (len(v) < 32 or not v):", None),
            ("if len(v.split('.')) < 2:", None),
            ("if len(other) < 32:", None),
            ("if not 8 <= len(v) <= 64:", None),
            ("if len(v) != 32:", None),
            ("with a: \n            if len(v) < 32:", None),
        ] {
            let text = format!(
                "    @field_validator('x')\n    def f(cls, v: str, info) -> str:\n        {condition}\n            raise ValueError\n        \
                 return v\n"
            );
            assert_eq!(lengths(&text), [expected, None], "{condition}");
        }
    }

    #[test]
    fn what_stands_behind_a_return_is_asked_of_some_values_alone() {
        let function = |lines: &str| {
            format!(
                "    @field_validator('x')\n    def f(cls, v, info):\n{lines}        if len(v) < 9:\n            raise ValueError\n"
            )
        };
        for (lines, expected) in [
            ("        if v is None:\n            return v\n", Some(9)),
            ("        if info.data['env'] != 'production':\n            return v\n", None),
            ("        if dev: return v\n", None),
            ("        v = v.strip()\n", Some(9)),
            ("        v = v.split(',')\n", None),
        ] {
            assert_eq!(lengths(&function(lines)), [expected, None], "{lines}");
        }
        let named = "    @field_validator('x')\n    def f(cls, v):\n        text = v.get_secret_value()\n        if len(text) < 9:\n            raise ValueError\n";
        assert_eq!(lengths(named), [Some(9), None]);
        let first =
            "    @field_validator('x', mode='before')\n    def g(cls, v):\n        return v.zfill(9)\n";
        assert_eq!(lengths(&(first.to_owned() + named)), [None, None], "the text is changed before");
    }
}

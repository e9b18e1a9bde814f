//! What the configuration says of values that must fit together: `MAX_FILE_SIZE <= nginx.conf:client_max_body_size`.
//!
//! Not here: which values the project has, and reading `envgate.yaml`.

/// A chain of sides, each held against the next one.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// It as written; there are names and numbers in it, and no values.
    pub text: String,
    /// The first side.
    pub first: Side,
    /// The others, each with how the one before it must stand to it.
    pub others: Vec<(Comparison, Side)>,
}

/// How two sides must stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// One side: a term, and others to reckon with, from left to right.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// The first term.
    pub first: Term,
    /// The others, each with what is done.
    pub others: Vec<(Operation, Term)>,
}

/// What is done with two terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
}

/// A part of a side.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A variable.
    Variable(String),
    /// A number, with its unit counted in.
    Number(f64),
    /// A setting of another file: the first word of a line of the file at `path`.
    Setting {
        /// The file, relative to the working directory once the configuration is valid.
        path: String,
        /// The word.
        name: String,
    },
}

/// No chain is longer.
const MOST: usize = 50;

impl Relation {
    /// Reads a relation; the words stand apart: `A <= B * 1048576`.
    ///
    /// ```
    /// use envgate::project::relations::Relation;
    /// let relation = Relation::parse("MAX_FILE_SIZE = MAX_FILE_SIZE_MB * 1MB <= nginx.conf:client_max_body_size");
    /// assert_eq!(relation.unwrap().others.len(), 2);
    /// assert!(Relation::parse("MAX_FILE_SIZE").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong with it, as a message: never a part of the text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let words: Vec<&str> = text.split_whitespace().take(MOST + 1).collect();
        if words.len() > MOST {
            return Err("the relation is too long");
        }
        let mut words = words.into_iter();
        let (first, mut next) = side(&mut words)?;
        let mut others = Vec::new();
        while let Some(comparison) = next {
            let (side, after) = side(&mut words)?;
            others.push((comparison, side));
            next = after;
        }
        if others.is_empty() {
            return Err("the relation compares nothing: write it as `A = B`, with blanks around the sign");
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Self { text, first, others })
    }

    /// The paths of files that it names, to be changed where they are relative to something else.
    pub fn paths_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let sides = std::iter::once(&mut self.first).chain(self.others.iter_mut().map(|(_, side)| side));
        let terms = sides.flat_map(|side| {
            std::iter::once(&mut side.first).chain(side.others.iter_mut().map(|(_, term)| term))
        });
        terms.filter_map(|term| match term {
            Term::Setting { path, .. } => Some(path),
            _ => None,
        })
    }
}

/// Reads a side, and the comparison behind it.
fn side<'a>(words: &mut impl Iterator<Item = &'a str>) -> Result<(Side, Option<Comparison>), &'static str> {
    const MISSING: &str = "a name or a number is missing";
    let mut side = Side { first: term(words.next().ok_or(MISSING)?)?, others: Vec::new() };
    loop {
        let Some(word) = words.next() else { return Ok((side, None)) };
        let comparison = match word {
            "=" | "==" => Some(Comparison::Equal),
            "<" => Some(Comparison::Less),
            "<=" => Some(Comparison::AtMost),
            ">" => Some(Comparison::More),
            ">=" => Some(Comparison::AtLeast),
            _ => None,
        };
        if comparison.is_some() {
            return Ok((side, comparison));
        }
        let operation = match word {
            "+" => Operation::Plus,
            "-" => Operation::Minus,
            "*" => Operation::Times,
            "/" => Operation::Over,
            _ => {
                return Err(
                    "one of `=`, `<`, `<=`, `>`, `>=`, `+`, `-`, `*`, `/` is missing between two names",
                );
            }
        };
        side.others.push((operation, term(words.next().ok_or(MISSING)?)?));
    }
}

fn term(word: &str) -> Result<Term, &'static str> {
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        return amount(word).map(Term::Number).ok_or("a number has a unit that is not known");
    }
    if let Some((path, name)) = word.rsplit_once(':') {
        let whole = !path.is_empty() && !name.is_empty();
        return if whole {
            Ok(Term::Setting { path: path.to_owned(), name: name.to_owned() })
        } else {
            Err("a setting of a file is written `path:name`")
        };
    }
    if crate::document::shell::is_name(word) {
        Ok(Term::Variable(word.to_owned()))
    } else {
        Err("a word is neither a variable, a number, nor `path:name`")
    }
}

/// The number that a text is, its unit counted in: bytes for `50m`, `50MB`, `50 MiB` (each 1024 of the one
/// below), seconds for `250ms`, `30s`, `5min`, `2h`, `7d`.
///
/// ```
/// use envgate::project::relations::amount;
/// assert_eq!(amount("50m"), Some(52_428_800.0));
/// assert_eq!(amount("1.5h"), Some(5400.0));
/// assert_eq!(amount("fifty"), None);
/// ```
#[must_use]
pub fn amount(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let number: f64 = text.get(..end)?.replace('_', "").parse().ok()?;
    let unit = text.get(end..)?.trim().to_ascii_lowercase();
    let factor = match unit.as_str() {
        "" | "b" | "s" | "sec" | "seconds" => 1.0,
        "k" | "kb" | "kib" => 1024.0,
        "m" | "mb" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gib" => 1024.0 * 1024.0 * 1024.0,
        "ms" => 0.001,
        "min" | "minutes" => 60.0,
        "h" | "hours" => 3600.0,
        "d" | "days" => 86_400.0,
        _ => return None,
    };
    Some(number * factor)
}

impl Comparison {
    /// Whether two amounts stand so to each other, but for what is lost in reckoning.
    #[must_use]
    pub fn holds(self, left: f64, right: f64) -> bool {
        let near = (left - right).abs() <= 1e-9 * left.abs().max(right.abs());
        match self {
            Self::Equal => near,
            Self::Less => left < right && !near,
            Self::AtMost => left < right || near,
            Self::More => left > right && !near,
            Self::AtLeast => left > right || near,
        }
    }
}

impl Operation {
    /// The outcome.
    #[must_use]
    pub fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Plus => left + right,
            Self::Minus => left - right,
            Self::Times => left * right,
            Self::Over => left / right,
        }
    }
}

/// The setting `name` in the text of a file: what stands behind that word, where it begins a line, without
/// `=`, `:`, `;`, quotes and comments. The largest amount where it stands there several times.
///
/// ```
/// use envgate::project::relations::setting;
/// assert_eq!(setting("http {\n  client_max_body_size 50m; # large\n}\n", "client_max_body_size").as_deref(), Some("50m"));
/// assert_eq!(setting("upload_max_filesize = 8M\n", "upload_max_filesize").as_deref(), Some("8M"));
/// assert_eq!(setting("# upload 8M\n", "upload"), None);
/// ```
#[must_use]
pub fn setting(text: &str, name: &str) -> Option<String> {
    let values = text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix(name)?;
        let value = rest.trim_start_matches([' ', '\t', '=', ':']);
        if value.len() == rest.len() {
            return None;
        }
        let value = value.split([';', '#']).next().unwrap_or_default();
        Some(value.trim().trim_matches(['"', '\'']).to_owned())
    });
    let size = |value: &String| amount(value).unwrap_or(f64::NEG_INFINITY);
    values.max_by(|one, two| size(one).total_cmp(&size(two)))
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Relation, amount};

    #[test]
    fn mistakes_are_told() {
        for (text, message) in [
            ("", "a name or a number is missing"),
            ("A =", "a name or a number is missing"),
            ("A=B", "neither a variable"),
            ("A B", "is missing between two names"),
            ("A = 5parsec", "unit that is not known"),
            ("A = :x", "`path:name`"),
            (&"A = ".repeat(100), "too long"),
        ] {
            assert!(Relation::parse(text).unwrap_err().contains(message), "{text:?}");
        }
    }

    #[test]
    fn amounts_are_compared_with_their_units() {
        assert!(Comparison::Equal.holds(amount("50MB").unwrap(), amount("52428800").unwrap()));
        assert!(Comparison::AtMost.holds(amount("30s").unwrap(), amount("0.5min").unwrap()));
        assert!(!Comparison::Less.holds(amount("1h").unwrap(), amount("3600").unwrap()));
        assert_eq!(amount(""), None);
        assert_eq!(amount("1.2.3"), None);
        assert_eq!(amount("10 potatoes"), None);
    }
}

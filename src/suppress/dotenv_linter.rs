//! Comments by which dotenv-linter is told to leave lines of an env file alone:
//! `# dotenv-linter:off LowercaseKey, DuplicatedKey`, until `# dotenv-linter:on` of the same.
//!
//! Not here: its checks that no rule of ours shares, such as the order of keys.

use crate::diagnostic::Diagnostic;
use crate::source::Source;

const MARK: &str = "dotenv-linter:";

/// Its checks, and our rules that say the same.
const CHECKS: &[(&str, &[&str])] = &[
    ("DuplicatedKey", &["ENV008"]),
    ("EndingBlankLine", &["ENV015"]),
    ("ExtraBlankLine", &["ENV015"]),
    ("IncorrectDelimiter", &["ENV010"]),
    ("KeyWithoutValue", &["ENV011"]),
    ("LeadingCharacter", &["ENV010", "ENV011"]),
    ("LowercaseKey", &["ENV015"]),
    ("QuoteCharacter", &["ENV015"]),
    ("SpaceCharacter", &["ENV011"]),
    ("TrailingWhitespace", &["ENV015"]),
];

/// Which checks are off where in one file.
#[derive(Debug, Default)]
pub struct DotenvLinter {
    /// From each line on, the checks that are off, as bits in the order of [`CHECKS`].
    off: Vec<(usize, u16)>,
}

impl DotenvLinter {
    /// Reads the comments of an env file; most have none.
    #[must_use]
    pub fn read(source: &Source) -> Self {
        let mut read = Self::default();
        let mut now = 0;
        for (at, _) in source.text().match_indices(MARK) {
            let line = source.line(at);
            let text = source.slice(source.line_span(line)).trim();
            let Some(said) = text.strip_prefix('#').and_then(|text| text.trim_start().strip_prefix(MARK))
            else {
                continue;
            };
            let mut words = said.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
            let switch = words.next();
            let named = words.filter_map(|word| CHECKS.iter().position(|(check, _)| *check == word));
            let named = named.fold(0, |bits, nth| bits | 1_u16 << nth);
            match switch {
                Some("off") => now |= named,
                Some("on") => now &= !named,
                _ => continue,
            }
            read.off.push((line, now));
        }
        read
    }

    /// Whether it would leave alone what `finding` says: in its own line, or in a second one of the same file.
    #[must_use]
    pub fn covers(&self, finding: &Diagnostic, source: &Source) -> bool {
        if self.off.is_empty() {
            return false;
        }
        let code = finding.meta.code;
        let labels = finding.labels.iter().filter(|label| label.path == finding.path).map(|label| label.span);
        std::iter::once(finding.span).chain(labels).any(|span| {
            let line = source.line(span.start);
            let before = self.off.partition_point(|(from, _)| *from <= line);
            let off = before.checked_sub(1).and_then(|nth| self.off.get(nth)).map_or(0, |(_, off)| *off);
            let mut checks = CHECKS.iter().enumerate();
            checks.any(|(nth, (_, codes))| off & 1 << nth != 0 && codes.contains(&code))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::DotenvLinter;
    use crate::diagnostic::{Certainty, Findings, Meta, Severity};
    use crate::source::{Source, Span};

    static META: Meta = Meta {
        code: "ENV008",
        name: "duplicate-key",
        severity: Severity::Error,
        certainty: Certainty::Certain,
        summary: "",
        page: "",
    };

    fn of(text: &str) -> bool {
        let source = Source::new(".env", text);
        let at = text.find("FOUND").expect("it is there");
        let mut found = Vec::new();
        let mut findings = Findings::new(&META, ".env", &mut found);
        let one = findings.push(Span::new(at, at + 5), "m");
        if let Some(again) = text.find("AGAIN") {
            one.label(".env", Span::new(again, again + 5), "here");
        }
        DotenvLinter::read(&source).covers(&found[0], &source)
    }

    #[test]
    fn checks_are_off_until_they_are_on() {
        for (text, expected) in [
            ("# dotenv-linter:off DuplicatedKey\nFOUND=1\n", true),
            ("#dotenv-linter:off LowercaseKey,DuplicatedKey\n\nFOUND=1\n", true),
            ("  # dotenv-linter:off DuplicatedKey (why)\nFOUND=1\n", true),
            ("# dotenv-linter:off LowercaseKey\nFOUND=1\n", false),
            ("# dotenv-linter:off\nFOUND=1\n", false),
            ("# dotenv-linter:off DuplicatedKey\nA=1\n# dotenv-linter:on DuplicatedKey\nFOUND=1\n", false),
            ("# dotenv-linter:off DuplicatedKey\n# dotenv-linter:on LowercaseKey\nFOUND=1\n", true),
            ("FOUND=1\n# dotenv-linter:off DuplicatedKey\n", false),
            ("FOUND=1\n# dotenv-linter:off DuplicatedKey\nAGAIN=1\n", true),
            ("A='dotenv-linter:off DuplicatedKey'\nFOUND=1\n", false),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}

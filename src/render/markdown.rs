//! The report as Markdown, for the summary of a CI job or a comment on a pull request.
//!
//! Not here: excerpts. What is written stays below [`LARGEST`] bytes, which every consumer takes, and says
//! how many findings it left out.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::visible::{is_unseen, visible};
use crate::diagnostic::{Finding, Report, Severity};
use crate::lang::Lang;

/// A comment on a pull request takes 65,536 characters.
pub(super) const LARGEST: usize = 65_000;

/// What the last line may need.
const RESERVED: usize = 200;

/// A tag, a link, a mention, a reference, an address or a formula needs one of these.
const MEANS_SOMETHING: &str = "\\*_~#[]|<>&@$:{}^=!\"";

/// Writes a heading, what there is of each rule, and a table of the findings.
pub(super) fn write(report: &Report, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut text = heading(report, lang);
    if !report.findings.is_empty() {
        text.push_str(&rules(report, lang));
        let heads = ["where", "what", "what to do"].map(|head| lang.word(head)).join(" | ");
        text.push_str(&format!("\n| | {heads} |\n| --- | --- | --- | --- |\n"));
        let mut shown = 0;
        for finding in &report.findings {
            let row = row(finding, lang);
            if text.len() + row.len() + RESERVED > LARGEST {
                break;
            }
            text.push_str(&row);
            shown += 1;
        }
        let all: usize = report.findings.iter().map(Finding::stands_for).sum();
        let left = all - shown;
        if left > 0 {
            let left = lang.with("And {left} more, which find no room here.", &[&left.to_string()]);
            text.push_str(&format!("\n{left}\n"));
        }
    }
    out.write_all(text.as_bytes())
}

fn heading(report: &Report, lang: Lang) -> String {
    let counts = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "note", "notes"),
    ];
    let said: Vec<String> = counts
        .into_iter()
        .map(|(severity, one, many)| (report.count(severity), one, many))
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", lang.word(if count == 1 { one } else { many })))
        .collect();
    let mark = match report.findings.iter().map(|finding| finding.diagnostic.severity).max() {
        Some(Severity::Error) => "❌",
        Some(Severity::Warning) => "⚠️",
        Some(Severity::Info) | None => "✅",
    };
    let said = if said.is_empty() { lang.word("no findings").to_owned() } else { said.join(", ") };
    let suppressed = match report.suppressed {
        0 => String::new(),
        count => format!(" ({count} {})", lang.word("suppressed")),
    };
    let plural = if report.files == 1 { "" } else { "s" };
    let files = lang.with("{count} file{} checked", &[&report.files.to_string(), plural]);
    format!("## {mark} envgate: {said}\n\n{files}{suppressed}\n")
}

/// A table of the rules that found something, the worst first, then the most frequent.
fn rules(report: &Report, lang: Lang) -> String {
    let mut rules: Vec<(&Finding, usize)> = Vec::new();
    for finding in &report.findings {
        let code = finding.diagnostic.meta.code;
        match rules.iter_mut().find(|(first, _)| first.diagnostic.meta.code == code) {
            Some((_, count)) => *count += finding.stands_for(),
            None => rules.push((finding, finding.stands_for())),
        }
    }
    rules.sort_by_key(|(finding, count)| {
        (Reverse(finding.diagnostic.severity), Reverse(*count), finding.diagnostic.meta.code)
    });
    let (rule, often) = (lang.word("rule"), lang.word("how often"));
    let mut text = format!("\n| {rule} | | {often} |\n| --- | --- | --- |\n");
    for (finding, count) in rules {
        let meta = finding.diagnostic.meta;
        let summary = inline(&lang.summary(meta.code, meta.summary));
        text.push_str(&format!("| {} {} | {summary} | {count} |\n", meta.code, meta.name));
    }
    text
}

fn row(finding: &Finding, lang: Lang) -> String {
    let diagnostic = &finding.diagnostic;
    let start = finding.region.start;
    let path = inline(&visible(&diagnostic.path));
    let help = diagnostic.help.as_deref().map(|help| inline(&lang.text(help))).unwrap_or_default();
    format!(
        "| {} {} | {path}:{}:{} | {} | {help} |\n",
        lang.word(diagnostic.severity.as_str()),
        diagnostic.meta.code,
        start.line,
        start.column,
        inline(&lang.text(&diagnostic.message)),
    )
}

/// Running text as Markdown in a cell: what stands in backticks becomes code, and no other character means
/// anything.
fn inline(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 32);
    let closed = text.matches('`').count() / 2 * 2;
    for (nth, part) in text.split('`').enumerate() {
        match nth {
            0 => {}
            nth if nth > closed => written.push_str("&#96;"),
            nth if nth % 2 == 1 => written.push_str("<code>"),
            _ => written.push_str("</code>"),
        }
        literal(part, &mut written);
    }
    written
}

fn literal(text: &str, written: &mut String) {
    for character in text.chars() {
        if character == '\n' {
            written.push_str("<br>");
        } else if is_unseen(character) {
            // Spelled with a backslash, which would be taken for an escape.
            written.push_str("&#92;");
            written.extend(character.escape_default().skip(1));
        } else if MEANS_SOMETHING.contains(character) {
            written.push_str(&format!("&#{};", u32::from(character)));
        } else {
            written.push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::inline;

    #[test]
    fn no_character_means_anything_but_backticks() {
        let cases = [
            ("`A` is short", "<code>A</code> is short"),
            ("a | b", "a &#124; b"),
            ("<img src=x> **b** [l](u)", "&#60;img src&#61;x&#62; &#42;&#42;b&#42;&#42; &#91;l&#93;(u)"),
            ("`A` and ` alone", "<code>A</code> and &#96; alone"),
            ("`<b>`", "<code>&#60;b&#62;</code>"),
            ("@all https://x", "&#64;all https&#58;//x"),
            ("one\ntwo\u{1b}", "one<br>two&#92;u{1b}"),
        ];
        for (text, expected) in cases {
            assert_eq!(inline(text), expected, "{text:?}");
        }
    }
}

//! The report as one HTML page for everyone: how many, how bad, where, and what to do.
//!
//! The page is whole without a network and without scripts; the script only filters what is there. Its policy
//! (CSP) allows the one style and the one script that are in it, by their digests, and nothing else. Not here:
//! a date, which would make two reports of one state differ.

mod finding;
mod overview;

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::markup::{attribute, coded, escaped};
use crate::diagnostic::{Finding, Report, Severity};
use crate::lang::Lang;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Writes the page.
pub(super) fn write(report: &Report, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut page = String::new();
    head(report, lang, &mut page);
    overview::write(report, lang, &mut page);
    findings(report, lang, &mut page);
    page.push_str(&format!(
        "</main>\n<footer>{} {}. {}</footer>\n",
        lang.word("Written by envgate"),
        env!("CARGO_PKG_VERSION"),
        coded(lang.word("Values are masked with `*`; this page loads nothing from anywhere.")),
    ));
    page.extend(["<script>", SCRIPT, "</script>\n</body>\n</html>\n"]);
    out.write_all(page.as_bytes())
}

fn head(report: &Report, lang: Lang, page: &mut String) {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT),
    );
    let tongue = if lang == Lang::Spanish { "es" } else { "en" };
    page.push_str(&format!("<!doctype html>\n<html lang=\"{tongue}\">\n<head>\n<meta charset=\"utf-8\">\n"));
    page.push_str(&format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"));
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
    page.push_str("<meta name=\"referrer\" content=\"no-referrer\">\n");
    page.push_str(&format!("<title>envgate: {}</title>\n", overview::counts(report, lang)));
    page.extend(["<style>", STYLE, "</style>\n</head>\n<body>\n"]);
    page.push_str(&format!(
        "<a class=\"skip\" href=\"#findings\">{}</a>\n",
        lang.word("Skip to the findings")
    ));
}

/// The digest of what stands in an element, as a policy writes it.
fn digest(text: &str) -> String {
    base64(&Sha256::digest(text.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |nth: usize| u32::from(chunk.get(nth).copied().unwrap_or_default());
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for nth in 0..4 {
            let letter = LETTERS.get((group >> (18 - 6 * nth) & 63) as usize).copied().unwrap_or(b'=');
            text.push(if nth > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

fn findings(report: &Report, lang: Lang, page: &mut String) {
    page.push_str("<section id=\"findings\" tabindex=\"-1\" aria-labelledby=\"findings-head\">\n");
    page.push_str(&format!("<h2 id=\"findings-head\">{}</h2>\n", lang.word("Findings")));
    if report.findings.is_empty() {
        page.push_str(&format!("<p>{}</p>\n</section>\n", lang.word("There are none.")));
        return;
    }
    filters(report, lang, page);
    for (nth, file) in files(report).enumerate() {
        let path = file.first().map(|finding| escaped(&finding.diagnostic.path)).unwrap_or_default();
        page.push_str(&format!(
            "<section class=\"file\" id=\"file-{nth}\" aria-labelledby=\"head-{nth}\">\n\
             <h3 id=\"head-{nth}\"><span class=\"path\">{path}</span> <span class=\"faint\">{}</span></h3>\n",
            overview::counted(lang, |severity| count(file, severity)),
        ));
        for one in file {
            finding::write(report, one, lang, page);
        }
        page.push_str("</section>\n");
    }
    page.push_str("</section>\n");
}

/// The findings, file by file.
fn files(report: &Report) -> impl Iterator<Item = &[Finding]> {
    report.findings.chunk_by(|one, two| one.diagnostic.path == two.diagnostic.path)
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().map(|finding| finding.diagnostic.count(severity)).sum()
}

/// The form that the script shows; without a script it would do nothing.
fn filters(report: &Report, lang: Lang, page: &mut String) {
    page.push_str(&format!(
        "<form id=\"filters\" role=\"search\" hidden>\n\
         <label class=\"grow\">{} <input type=\"search\" id=\"query\" autocomplete=\"off\" \
         placeholder=\"{}\" aria-keyshortcuts=\"/\"></label>\n\
         <label>{} <select id=\"rule\"><option value=\"\">{}</option>\n",
        lang.word("Search (press /)"),
        attribute(lang.word("file, variable, service, words")),
        lang.word("Rule"),
        lang.word("all"),
    ));
    for (meta, count) in overview::rules(report).iter().map(|group| (group.meta, group.count())) {
        let name = attribute(meta.name);
        page.push_str(&format!("<option value=\"{0}\">{0} {name} ({count})</option>\n", meta.code));
    }
    page.push_str(&format!("</select></label>\n<fieldset><legend>{}</legend>\n", lang.word("Severity")));
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let count = report.count(severity);
        if count > 0 {
            page.push_str(&format!(
                "<label><input type=\"checkbox\" name=\"severity\" value=\"{severity}\" checked> {} \
                 ({count})</label>\n",
                lang.word(severity.as_str())
            ));
        }
    }
    page.push_str(&format!(
        "</fieldset>\n<button type=\"reset\">{}</button>\n\
         <p id=\"shown\" role=\"status\" aria-live=\"polite\" data-text=\"{}\"></p>\n</form>\n",
        lang.word("Show all"),
        attribute(lang.word("{} of {} shown")),
    ));
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_its_standard() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
            ("\u{ff}?>", "w78/Pg=="),
        ];
        for (text, expected) in cases {
            assert_eq!(base64(text.as_bytes()), expected, "{text:?}");
        }
    }
}

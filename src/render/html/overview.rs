//! The page's first screen: how many, how bad, where, and what to do first.
//!
//! Not here: single findings.

use std::cmp::Reverse;

use super::super::markup::{attribute, coded, escaped};
use super::{count, files};
use crate::diagnostic::{Finding, Meta, Report, Severity};
use crate::lang::Lang;

/// The findings of one rule.
pub(super) struct Group<'a> {
    pub(super) meta: &'static Meta,
    pub(super) findings: Vec<&'a Finding>,
}

impl Group<'_> {
    /// How many findings there are, those that are only counted included.
    pub(super) fn count(&self) -> usize {
        self.findings.iter().map(|finding| finding.stands_for()).sum()
    }

    fn worst(&self) -> Severity {
        let severities = self.findings.iter().map(|finding| finding.diagnostic.severity);
        severities.max().unwrap_or(Severity::Info)
    }
}

/// The rules that found something, the worst first, then the most frequent.
pub(super) fn rules(report: &Report) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in &report.findings {
        let meta = finding.diagnostic.meta;
        match groups.iter_mut().find(|group| group.meta.code == meta.code) {
            Some(group) => group.findings.push(finding),
            None => groups.push(Group { meta, findings: vec![finding] }),
        }
    }
    groups.sort_by_key(|group| (Reverse(group.worst()), Reverse(group.count()), group.meta.code));
    groups
}

/// `3 errors, 1 warning`; what there is none of goes unsaid.
pub(super) fn counted(lang: Lang, count: impl Fn(Severity) -> usize) -> String {
    let words = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "note", "notes"),
    ];
    let said: Vec<String> = words
        .into_iter()
        .map(|(severity, one, many)| (count(severity), one, many))
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| plural(lang, count, one, many))
        .collect();
    if said.is_empty() { lang.word("no findings").to_owned() } else { said.join(", ") }
}

/// The same for a whole report.
pub(super) fn counts(report: &Report, lang: Lang) -> String {
    counted(lang, |severity| report.count(severity))
}

fn plural(lang: Lang, count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", lang.word(if count == 1 { one } else { many }))
}

/// Writes the header and the sections before the findings.
pub(super) fn write(report: &Report, lang: Lang, page: &mut String) {
    let files_hit = files(report).count();
    let verdict = match report.findings.iter().map(|finding| finding.diagnostic.severity).max() {
        Some(Severity::Error) => "This must be put right before it is deployed.",
        Some(Severity::Warning) => "Nothing is certain to break; each warning deserves a look.",
        Some(Severity::Info) => "Nothing is wrong; some things are worth knowing.",
        None => "Nothing was found.",
    };
    let files_hit = plural(lang, files_hit, "file", "files");
    let place =
        if report.findings.is_empty() { String::new() } else { format!(" {} {files_hit}", lang.word("in")) };
    page.push_str(&format!(
        "<header>\n<p class=\"brand\">{}</p>\n<button type=\"button\" id=\"theme\" hidden>{}</button>\n\
         <h1>{}{place}</h1>\n<p class=\"verdict\">{}</p>\n</header>\n<main>\n",
        lang.word("envgate report"),
        lang.word("Dark or light"),
        counts(report, lang),
        lang.word(verdict),
    ));
    cards(report, lang, page);
    if report.findings.is_empty() {
        return;
    }
    whereabouts(report, lang, page);
    what_to_do(report, lang, page);
}

fn cards(report: &Report, lang: Lang, page: &mut String) {
    let cards = [
        (report.count(Severity::Error), "error", "errors", "certain to go wrong, or certain to be unsafe"),
        (report.count(Severity::Warning), "warning", "warnings", "likely wrong, or works by luck"),
        (report.count(Severity::Info), "info", "notes", "worth knowing"),
        (report.files, "plain", "files checked", "env, compose, hooks, scripts and text"),
        (report.suppressed, "plain", "suppressed", "accepted with a reason, or in the baseline"),
    ];
    let label = attribute(lang.word("How many, and how bad"));
    page.push_str(&format!("<ul class=\"cards\" aria-label=\"{label}\">\n"));
    for (count, kind, name, meaning) in cards {
        if count == 0 && matches!(kind, "info" | "plain") {
            continue;
        }
        let quiet = if count == 0 { " none" } else { "" };
        page.push_str(&format!(
            "<li class=\"card {kind}{quiet}\"><strong>{count}</strong> <span>{}</span> \
             <small>{}</small></li>\n",
            lang.word(name),
            lang.word(meaning),
        ));
    }
    page.push_str("</ul>\n");
}

fn what_to_do(report: &Report, lang: Lang, page: &mut String) {
    page.push_str(&format!(
        "<section aria-labelledby=\"todo\">\n<h2 id=\"todo\">{}</h2>\n<div class=\"scroll\"><table>\n<thead><tr>",
        lang.word("What to do")
    ));
    for head in ["How bad", "What is wrong", "How often", "What to do, for example"] {
        page.push_str(&format!("<th scope=\"col\">{}</th>", lang.word(head)));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for group in rules(report) {
        let severity = group.worst();
        let help = group.findings.iter().find_map(|finding| finding.diagnostic.help.as_deref());
        page.push_str(&format!(
            "<tr><td><span class=\"badge {severity}\">{0}</span></td>\
             <td>{1} <a class=\"rule faint\" href=\"#findings\" data-rule=\"{2}\">{2} {3}</a></td>\
             <td class=\"number\">{4}</td><td>{5}</td></tr>\n",
            lang.word(severity.as_str()),
            coded(&lang.summary(group.meta.code, group.meta.summary)),
            attribute(group.meta.code),
            escaped(group.meta.name),
            group.count(),
            help.map(|help| coded(&lang.text(help))).unwrap_or_default(),
        ));
    }
    page.push_str("</tbody>\n</table></div>\n</section>\n");
}

/// A bar for each file. Widths are attributes of SVG: the policy forbids styles in tags.
fn whereabouts(report: &Report, lang: Lang, page: &mut String) {
    let most = files(report).map(|file| file.iter().map(Finding::stands_for).sum()).max().unwrap_or(1).max(1);
    let mut rows: Vec<(usize, &[Finding])> = files(report).enumerate().collect();
    rows.sort_by_key(|(nth, file)| {
        (Reverse(count(file, Severity::Error)), Reverse(count(file, Severity::Warning)), *nth)
    });
    page.push_str(&format!(
        "<section aria-labelledby=\"where\">\n<h2 id=\"where\">{}</h2>\n<ul class=\"where\">\n",
        lang.word("Where")
    ));
    for (nth, file) in rows {
        let path = file.first().map(|finding| escaped(&finding.diagnostic.path)).unwrap_or_default();
        page.push_str(&format!("<li><a href=\"#file-{nth}\">{path}</a> "));
        page.push_str(
            "<svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">",
        );
        let mut left = 0;
        for severity in [Severity::Error, Severity::Warning, Severity::Info] {
            let width = count(file, severity) * 1000 / most;
            if width > 0 {
                page.push_str(&format!(
                    "<rect class=\"{severity}\" x=\"{left}\" width=\"{width}\" height=\"10\"/>"
                ));
                left += width;
            }
        }
        page.push_str(&format!(
            "</svg> <span class=\"faint\">{}</span></li>\n",
            counted(lang, |severity| count(file, severity))
        ));
    }
    page.push_str("</ul>\n</section>\n");
}

//! The page's first screen: how many, how bad, where, and what to do first.
//!
//! Not here: single findings.

use std::cmp::Reverse;

use super::super::markup::{coded, escaped};
use super::{count, files};
use crate::diagnostic::{Finding, Meta, Report, Severity};

/// The findings of one rule.
pub(super) struct Group<'a> {
    pub(super) meta: &'static Meta,
    pub(super) findings: Vec<&'a Finding>,
}

impl Group<'_> {
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
    groups.sort_by_key(|group| (Reverse(group.worst()), Reverse(group.findings.len()), group.meta.code));
    groups
}

/// `3 errors, 1 warning`; what there is none of goes unsaid.
pub(super) fn counted(count: impl Fn(Severity) -> usize) -> String {
    let words = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
    let said: Vec<String> = words
        .into_iter()
        .map(|(severity, word)| (count(severity), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, word))
        .collect();
    if said.is_empty() { "no findings".to_owned() } else { said.join(", ") }
}

/// The same for a whole report.
pub(super) fn counts(report: &Report) -> String {
    counted(|severity| report.count(severity))
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// Writes the header and the sections before the findings.
pub(super) fn write(report: &Report, page: &mut String) {
    let files_hit = files(report).count();
    let verdict = match report.findings.iter().map(|finding| finding.diagnostic.severity).max() {
        Some(Severity::Error) => "This must be put right before it is deployed.",
        Some(Severity::Warning) => "Nothing is certain to break; each warning deserves a look.",
        Some(Severity::Info) => "Nothing is wrong; some things are worth knowing.",
        None => "Nothing was found.",
    };
    let place = if files_hit > 0 { format!(" in {}", plural(files_hit, "file")) } else { String::new() };
    page.push_str("<header>\n<p class=\"brand\">envgate report</p>\n");
    page.push_str("<button type=\"button\" id=\"theme\" hidden>Dark or light</button>\n");
    page.push_str(&format!("<h1>{}{place}</h1>\n<p class=\"verdict\">{verdict}</p>\n", counts(report)));
    page.push_str("</header>\n<main>\n");
    cards(report, page);
    if report.findings.is_empty() {
        return;
    }
    what_to_do(report, page);
    whereabouts(report, page);
}

fn cards(report: &Report, page: &mut String) {
    let cards = [
        (report.count(Severity::Error), "error", "errors", "certain to go wrong, or certain to be unsafe"),
        (report.count(Severity::Warning), "warning", "warnings", "likely wrong, or works by luck"),
        (report.count(Severity::Info), "info", "notes", "worth knowing"),
        (report.files, "plain", "files checked", "env, compose, hooks, scripts and text"),
        (report.suppressed, "plain", "suppressed", "accepted with a reason, or in the baseline"),
    ];
    page.push_str("<ul class=\"cards\" aria-label=\"How many, and how bad\">\n");
    for (count, kind, name, meaning) in cards {
        if count == 0 && matches!(kind, "info" | "plain") {
            continue;
        }
        let quiet = if count == 0 { " none" } else { "" };
        page.push_str(&format!(
            "<li class=\"card {kind}{quiet}\"><strong>{count}</strong> <span>{name}</span> \
             <small>{meaning}</small></li>\n"
        ));
    }
    page.push_str("</ul>\n");
}

fn what_to_do(report: &Report, page: &mut String) {
    page.push_str(
        "<section aria-labelledby=\"todo\">\n<h2 id=\"todo\">What to do</h2>\n<div class=\"scroll\"><table>\n\
         <thead><tr><th scope=\"col\">How bad</th><th scope=\"col\">What is wrong</th>\
         <th scope=\"col\">How often</th><th scope=\"col\">What to do, for example</th></tr></thead>\n<tbody>\n",
    );
    for group in rules(report) {
        let severity = group.worst();
        let help = group.findings.iter().find_map(|finding| finding.diagnostic.help.as_deref());
        page.push_str(&format!(
            "<tr><td><span class=\"badge {severity}\">{severity}</span></td>\
             <td>{} <span class=\"faint\">{} {}</span></td><td class=\"number\">{}</td><td>{}</td></tr>\n",
            coded(group.meta.summary),
            group.meta.code,
            escaped(group.meta.name),
            group.findings.len(),
            help.map(coded).unwrap_or_default(),
        ));
    }
    page.push_str("</tbody>\n</table></div>\n</section>\n");
}

/// A bar for each file. Widths are attributes of SVG: the policy forbids styles in tags.
fn whereabouts(report: &Report, page: &mut String) {
    let most = files(report).map(<[Finding]>::len).max().unwrap_or(1).max(1);
    let mut rows: Vec<(usize, &[Finding])> = files(report).enumerate().collect();
    rows.sort_by_key(|(nth, file)| {
        (Reverse(count(file, Severity::Error)), Reverse(count(file, Severity::Warning)), *nth)
    });
    page.push_str("<section aria-labelledby=\"where\">\n<h2 id=\"where\">Where</h2>\n<ul class=\"where\">\n");
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
            counted(|severity| count(file, severity))
        ));
    }
    page.push_str("</ul>\n</section>\n");
}

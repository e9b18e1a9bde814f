//! One finding on the page: what it says, the masked lines it is about, what to do, and why it matters.
//!
//! Not here: what stands around it.

use super::super::markup::{attribute, coded, escaped};
use super::super::why::why;
use crate::diagnostic::{Finding, Region, Report};
use crate::lang::Lang;
use crate::source::Span;

/// The most characters that are shown of a line before what is marked in it, in it, and after it.
const BEFORE: usize = 80;
const MARKED: usize = 240;
const AFTER: usize = 120;

/// Writes the finding as an article.
pub(super) fn write(report: &Report, finding: &Finding, lang: Lang, page: &mut String) {
    let diagnostic = &finding.diagnostic;
    let (meta, severity) = (diagnostic.meta, diagnostic.severity);
    page.push_str(&format!(
        "<article data-severity=\"{severity}\" data-rule=\"{}\">\n\
         <h4><span class=\"badge {severity}\">{}</span> {} \
         <span class=\"rule faint\">{} {}</span></h4>\n",
        attribute(meta.code),
        escaped(lang.word(severity.as_str())),
        coded(&lang.text(&finding.message())),
        escaped(meta.code),
        escaped(meta.name),
    ));
    excerpt(report, &diagnostic.path, diagnostic.span, finding.region, None, page);
    for (label, region) in diagnostic.labels.iter().zip(&finding.label_regions) {
        let said = lang.text(&label.message);
        excerpt(report, &label.path, label.span, *region, Some(&said), page);
    }
    if let Some(help) = &diagnostic.help {
        page.push_str(&format!(
            "<p class=\"help\"><strong>{}:</strong> {}</p>\n",
            lang.word("What to do"),
            coded(&lang.text(help))
        ));
    }
    let reasons = why(meta.page);
    if !reasons.is_empty() {
        page.push_str(&format!("<details><summary>{}</summary>\n", lang.word("Why it matters")));
        for paragraph in reasons {
            // The pages of rules are English.
            page.push_str(&format!("<p lang=\"en\">{}</p>\n", coded(&paragraph)));
        }
        page.push_str("</details>\n");
    }
    page.push_str("</article>\n");
}

/// A line of a file with a place marked in it.
fn excerpt(report: &Report, path: &str, span: Span, region: Region, said: Option<&str>, page: &mut String) {
    let place = format!("{}:{}:{}", path, region.start.line, region.start.column);
    let mut caption = format!("<span class=\"path\">{}</span>", escaped(&place));
    if let Some(said) = said {
        caption.push_str(&format!(" <span class=\"said\">{}</span>", coded(said)));
    }
    page.push_str(if said.is_some() { "<figure class=\"second\">" } else { "<figure>" });
    page.push_str(&format!("<figcaption>{caption}</figcaption>"));
    if let Some(source) = report.source(path) {
        let line = source.line_span(region.start.line);
        let start = span.start.clamp(line.start, line.end);
        let end = span.end.clamp(start, line.end);
        let before = source.slice(Span::new(line.start, start));
        let marked = source.slice(Span::new(start, end));
        let after = source.slice(Span::new(end, line.end));
        page.push_str(&format!(
            "<pre><span class=\"line\">{}</span><code>{}<mark>{}</mark>{}</code></pre>",
            region.start.line,
            escaped(&ending(before)),
            escaped(&beginning(marked, MARKED)),
            escaped(&beginning(after, AFTER)),
        ));
    }
    page.push_str("</figure>\n");
}

/// The end of what stands before a place, without the indentation.
fn ending(text: &str) -> String {
    let text = text.trim_start().replace('\t', "    ");
    let length = text.chars().count();
    if length <= BEFORE {
        return text;
    }
    let kept: String = text.chars().skip(length - BEFORE).collect();
    format!("…{kept}")
}

fn beginning(text: &str, most: usize) -> String {
    let text = text.replace('\t', "    ");
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most).collect();
    format!("{kept}…")
}

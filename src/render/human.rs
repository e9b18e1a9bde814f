//! The report for people: grouped by file, each finding with the line it is about and what to write instead.
//!
//! Not here: how an excerpt is cut out; drawing it is miette's work.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic as Shown, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters,
    ThemeStyles,
};

use super::Options;
use super::excerpt::Excerpt;
use super::link::linked;
use super::paint::{Role, paint};
use super::visible::{visible, visible_lines};
use super::why::why;
use super::width::width;
use super::wrap::wrap;
use crate::diagnostic::{Diagnostic, Finding, Report, Severity};
use crate::lang::Lang;

/// From this many findings of one rule in one file on, only the first is shown with its excerpt.
const MANY: usize = 3;

/// What leads the remedy.
const HELP: &str = "help";

/// How many of the others are listed.
const LISTED: usize = 20;

/// Writes the findings, then one line that sums up.
pub(super) fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut explained = BTreeSet::new();
    let shown = if options.quiet { &[][..] } else { &report.findings };
    for file in shown.chunk_by(|one, two| one.diagnostic.path == two.diagnostic.path) {
        heading(file, options, out)?;
        for group in groups(file) {
            let carried = group.iter().map(|finding| finding.diagnostic.further.len()).sum();
            match &group[..] {
                [first, rest @ ..] if group.len() >= MANY && !options.full => {
                    finding(report, first, options, out)?;
                    others(first, rest, options, out)?;
                    more(rest.len().saturating_sub(LISTED) + carried, options, out)?;
                    writeln!(out)?;
                }
                all => {
                    for one in all {
                        finding(report, one, options, out)?;
                    }
                    if carried > 0 {
                        more(carried, options, out)?;
                        writeln!(out)?;
                    }
                }
            }
            if let Some(first) = group.first().filter(|first| explained.insert(first.diagnostic.meta.code)) {
                reasons(first, options, out)?;
            }
        }
    }
    summary(report, options, out)
}

/// The findings of one file by rule and severity, in the order of each one's first.
fn groups(file: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let kind = |finding: &Finding| (finding.diagnostic.meta.code, finding.diagnostic.severity);
    for finding in file {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| kind(first) == kind(finding)))
        {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn heading(file: &[Finding], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = file.first() else { return Ok(()) };
    let path = visible(&first.diagnostic.path);
    let count = |severity| file.iter().map(|finding| finding.diagnostic.count(severity)).sum();
    let counts = counted(options.lang, count);
    let bar = if options.unicode { '━' } else { '=' };
    let used = width(&path) + width(&counts) + 7;
    let line: String = std::iter::repeat_n(bar, options.columns().saturating_sub(used).max(3)).collect();
    writeln!(
        out,
        "{faint_bar} {path} {line} {counts}\n",
        faint_bar = paint(options.color, Role::Faint, format_args!("{bar}{bar}")),
        path = paint(options.color, Role::Heading, path),
        line = paint(options.color, Role::Faint, line),
        counts = paint(options.color, Role::Faint, counts),
    )
}

fn finding(report: &Report, finding: &Finding, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let diagnostic = &finding.diagnostic;
    let level = Role::Level(diagnostic.severity);
    let message = options.lang.text(&diagnostic.message);
    writeln!(
        out,
        "{} {} {}",
        paint(options.color, level, options.lang.word(diagnostic.severity.as_str())),
        linked(options.links, diagnostic.meta, paint(options.color, Role::Heading, diagnostic.meta.code)),
        diagnostic.meta.name,
    )?;
    let room = options.columns().saturating_sub(4);
    if let Some(gist) = gist(diagnostic, options.lang) {
        for line in wrap(&said(&gist, options), room) {
            writeln!(out, "  {}", paint(options.color, Role::Faint, line))?;
        }
    }
    let excerpt = Excerpt::new(report, finding, options);
    let help = diagnostic.help.as_deref().map(|help| options.lang.text(help));
    // miette has one word for it.
    let drawn = options.lang.word(HELP) == HELP;
    let shown = Drawn {
        message: wrap(&said(&message, options), room).join("\n"),
        help: help.as_deref().filter(|_| drawn).map(|help| wrap(&said(help, options), room - 4).join("\n")),
        severity: diagnostic.severity,
        excerpt: &excerpt,
    };
    let mut text = String::new();
    handler(options, diagnostic.severity, &excerpt)
        .render_report(&mut text, &shown)
        .map_err(io::Error::other)?;
    out.write_all(text.as_bytes())?;
    if let Some(help) = help.filter(|_| !drawn) {
        hanging(out, &lead(HELP, options), Role::Level(Severity::Info), &help, options)?;
    }
    for note in &excerpt.notes {
        hanging(out, &lead("note", options), Role::Level(Severity::Info), note, options)?;
    }
    writeln!(out)
}

/// What the rule says, in the reader's language, where the message itself cannot be.
fn gist(diagnostic: &Diagnostic, lang: Lang) -> Option<Cow<'static, str>> {
    let untold = lang != Lang::English && lang.translated(&diagnostic.message).is_none();
    untold.then(|| lang.summary(diagnostic.meta.code, diagnostic.meta.summary))
}

/// A word of ours that leads a line.
fn lead(word: &str, options: &Options) -> String {
    format!("  {}: ", options.lang.word(word))
}

/// Why the rule matters, where that is asked for.
fn reasons(finding: &Finding, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if !options.why {
        return Ok(());
    }
    let meta = finding.diagnostic.meta;
    let paragraphs = match options.lang.reason(meta.code) {
        Some(short) => vec![short.to_owned()],
        None => why(meta.page),
    };
    for paragraph in paragraphs {
        hanging(out, &lead("why", options), Role::Level(Severity::Info), &paragraph, options)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Text with its own line ends, made safe to show, in the characters that are wanted.
fn said<'a>(text: &'a str, options: &Options) -> Cow<'a, str> {
    let shown = visible_lines(text);
    if options.unicode || !shown.contains('…') { shown } else { Cow::Owned(shown.replace('…', "...")) }
}

/// The findings that say the same as the first at other places, a line each.
fn others(first: &Finding, rest: &[&Finding], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let place = |finding: &Finding| format!("{}:{}", finding.region.start.line, finding.region.start.column);
    let listed = rest.get(..LISTED).unwrap_or(rest);
    let (same, different): (Vec<&Finding>, Vec<&Finding>) =
        listed.iter().partition(|other| other.diagnostic.message == first.diagnostic.message);
    let also = lead("also", options);
    let indent = width(&also);
    if !same.is_empty() {
        let places: Vec<String> = same.into_iter().map(place).collect();
        let text = format!("{} {}", options.lang.word("the same at"), places.join(", "));
        hanging(out, &also, Role::Level(Severity::Info), &text, options)?;
    }
    let widest = different.iter().map(|other| place(other).len()).max().unwrap_or_default();
    for (nth, other) in different.into_iter().enumerate() {
        let lead = if nth == 0 { also.clone() } else { " ".repeat(indent) };
        let lead = format!("{lead}{:<widest$}  ", place(other));
        let message = options.lang.text(&other.diagnostic.message);
        hanging(out, &lead, Role::Level(Severity::Info), &message, options)?;
    }
    Ok(())
}

/// How many findings there are besides those that are shown.
fn more(left: usize, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if left > 0 {
        let indent = width(&lead("also", options));
        let text = format!("{:indent$}{} {left} {}", "", options.lang.word("and"), options.lang.word("more"));
        writeln!(out, "{}", paint(options.color, Role::Faint, text))?;
    }
    Ok(())
}

/// Text after a lead, wrapped under its own beginning.
fn hanging(out: &mut dyn Write, lead: &str, role: Role, text: &str, options: &Options) -> io::Result<()> {
    let indent = width(lead);
    let room = options.columns().saturating_sub(indent).max(24);
    for (nth, line) in wrap(&said(text, options), room).iter().enumerate() {
        if nth == 0 {
            writeln!(out, "{}{line}", paint(options.color, role, lead))?;
        } else {
            writeln!(out, "{:indent$}{line}", "")?;
        }
    }
    Ok(())
}

fn summary(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let lang = options.lang;
    let files = plural(lang, report.files, "file", "files");
    let silenced = match report.suppressed {
        0 => String::new(),
        count => format!(" ({count} {})", lang.word("suppressed")),
    };
    let worst = report.findings.iter().map(|finding| finding.diagnostic.severity).max();
    let (role, what) = match worst {
        Some(severity) => (Role::Level(severity), counted(lang, |severity| report.count(severity))),
        None if !report.incomplete.is_empty() => (
            Role::Level(Severity::Error),
            lang.word("not everything was looked at, and nothing was found").to_owned(),
        ),
        None => (Role::Good, lang.word("no findings").to_owned()),
    };
    writeln!(out, "{} {} {files}{silenced}", paint(options.color, role, what), lang.word("in"))
}

/// `3 errors, 1 warning`; what there is none of goes unsaid.
fn counted(lang: Lang, count: impl Fn(Severity) -> usize) -> String {
    let words: Vec<String> = [
        (count(Severity::Error), "error", "errors"),
        (count(Severity::Warning), "warning", "warnings"),
        (count(Severity::Info), "note", "notes"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| plural(lang, count, one, many))
    .collect();
    words.join(", ")
}

fn plural(lang: Lang, count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", lang.word(if count == 1 { one } else { many }))
}

fn handler(options: &Options, severity: Severity, excerpt: &Excerpt) -> GraphicalReportHandler {
    let characters = if options.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let mut styles = if options.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    // The finding's own place in the colour of its severity, the others in that of the help.
    let main = match severity {
        Severity::Error => styles.error,
        Severity::Warning => styles.warning,
        Severity::Info => styles.advice,
    };
    styles.link = styles.help;
    styles.highlights =
        excerpt.labels.iter().map(|label| if label.primary() { main } else { styles.help }).collect();
    // The texts come wrapped: miette would break commands at their hyphens.
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_links(false)
        .with_wrap_lines(false)
        .with_width(options.columns())
        .with_context_lines(1)
}

/// A finding in miette's terms.
struct Drawn<'a> {
    message: String,
    help: Option<String>,
    severity: Severity,
    excerpt: &'a Excerpt,
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Shown for Drawn<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display + 'a>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.excerpt.labels.is_empty()).then_some(self.excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels.iter().cloned()))
    }
}

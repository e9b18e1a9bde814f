//! A rule's page in the terminal.
//!
//! Not here: Markdown at large; this reads the few forms that pages use: headings, paragraphs, fenced
//! code, lists, tables as they are, `code` and **strong** in running text.

use std::io::{self, Write};

use super::Options;
use super::paint::{Role, paint};
use super::visible::visible_lines;
use super::width::width;
use super::wrap::wrap;
use crate::diagnostic::Meta;

/// Writes a rule's page. In another language than the page's own, what the rule reports, why, and what to write stand
/// before it, and that the page itself is in English.
///
/// # Errors
///
/// Those of `out`.
pub fn rule_page(meta: &Meta, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let lang = options.lang;
    if let Some(reason) = lang.reason(meta.code) {
        writeln!(
            out,
            "{}",
            paint(options.color, Role::Heading, format_args!("{} {}", meta.code, meta.name))
        )?;
        let summary = lang.summary(meta.code, meta.summary);
        let whole = lang.text("the whole page of the rule, in English:");
        for text in [summary.as_ref(), reason, whole.as_ref()] {
            writeln!(out)?;
            let mut paragraph = Paragraph::default();
            paragraph.push(text);
            paragraph.end(options, out)?;
        }
        writeln!(out)?;
    }
    page(meta.page, options, out)
}

/// Writes a page of Markdown, wrapped and indented.
///
/// # Errors
///
/// Those of `out`.
pub fn page(markdown: &str, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut paragraph = Paragraph::default();
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        if let Some(mark) = fence {
            if line.trim() == mark {
                fence = None;
            } else {
                writeln!(out, "{}", format!("    {}", visible_lines(line)).trim_end())?;
            }
            continue;
        }
        let trimmed = line.trim_start();
        if let Some(mark) = fence_mark(trimmed) {
            paragraph.end(options, out)?;
            fence = Some(mark);
            if let Some(path) = trimmed.split_once("path=").map(|(_, path)| path.trim()) {
                writeln!(out, "  {}", paint(options.color, Role::Faint, format_args!("{path}:")))?;
            }
        } else if trimmed.is_empty() {
            paragraph.end(options, out)?;
            writeln!(out)?;
        } else if let Some(heading) = heading(line) {
            paragraph.end(options, out)?;
            writeln!(out, "{}", paint(options.color, Role::Heading, options.lang.word(heading)))?;
        } else if trimmed.starts_with('|') {
            paragraph.end(options, out)?;
            writeln!(out, "  {}", visible_lines(trimmed))?;
        } else if let Some((lead, item)) = item(trimmed, options.unicode) {
            paragraph.end(options, out)?;
            paragraph.lead = lead;
            paragraph.push(item);
        } else {
            paragraph.push(trimmed);
        }
    }
    paragraph.end(options, out)
}

/// Running text that is being gathered.
#[derive(Default)]
struct Paragraph {
    text: String,
    /// What stands before its first line, where it is an item of a list.
    lead: String,
}

impl Paragraph {
    fn push(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(line.trim());
    }

    fn end(&mut self, options: &Options, out: &mut dyn Write) -> io::Result<()> {
        let Self { text, lead } = std::mem::take(self);
        if text.is_empty() {
            return Ok(());
        }
        let indent = width(&lead);
        let room = options.columns().saturating_sub(indent);
        let mut code = false;
        for (nth, line) in wrap(&visible_lines(&text.replace("**", "")), room).iter().enumerate() {
            let lead = if nth == 0 { lead.as_str() } else { "" };
            writeln!(out, "{lead:indent$}{}", inline(line, options, &mut code))?;
        }
        Ok(())
    }
}

/// A line with its code coloured; `code` says whether one is open, since it may run over a line's end.
fn inline(line: &str, options: &Options, code: &mut bool) -> String {
    if !options.color {
        return line.to_owned();
    }
    let mut shown = String::with_capacity(line.len() + 16);
    for (nth, part) in line.split('`').enumerate() {
        if nth > 0 {
            *code = !*code;
        }
        if *code && !part.is_empty() {
            shown.push_str(&paint(true, Role::Code, part).to_string());
        } else {
            shown.push_str(part);
        }
    }
    shown
}

/// The backticks or tildes that open a fence, which must close it too.
fn fence_mark(line: &str) -> Option<&str> {
    let length = line.bytes().take_while(|byte| *byte == b'`').count();
    let length = if length == 0 { line.bytes().take_while(|byte| *byte == b'~').count() } else { length };
    if length < 3 { None } else { line.get(..length) }
}

/// What leads an item of a list, and the item.
fn item(line: &str, unicode: bool) -> Option<(String, &str)> {
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((format!("  {} ", if unicode { '•' } else { '-' }), item));
    }
    let (number, item) = line.split_once(". ")?;
    let counts = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    counts.then(|| (format!("  {number}. "), item))
}

fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let depth = line.len() - rest.len();
    if (1..=6).contains(&depth) { rest.strip_prefix(' ').map(str::trim) } else { None }
}

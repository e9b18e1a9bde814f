//! The few lines that a finding points at, prepared for miette: masked, made safe to show, cut to width.
//!
//! Not here: drawing. Nor the whole file: miette gets a small text of its own, so that it never scans a
//! large file, and asks this module where in the file that text stands.

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::Options;
use super::visible::{is_unseen, visible};
use super::width::width as columns_of;
use super::wrap::wrap;
use crate::diagnostic::{Finding, Region, Report};
use crate::lang::Lang;
use crate::source::{Position, Source, Span};

const TAB: usize = 4;

/// The lines, and what to underline in them.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    text: String,
    blocks: Vec<Block>,
    cut: &'static str,
    lang: Lang,
    /// What to underline, by offsets into the excerpt, in their order.
    pub(super) labels: Vec<LabeledSpan>,
    /// Second places that could not be drawn, each a line of text.
    pub(super) notes: Vec<String>,
}

/// Neighbouring lines of one file.
#[derive(Debug)]
struct Block {
    name: String,
    span: Span,
    first_line: usize,
    lines: usize,
    marks: Vec<(Span, Position)>,
}

/// A place to underline: the finding's own, or a second one with its message.
#[derive(Clone, Copy)]
struct Mark<'a> {
    main: bool,
    path: &'a str,
    source: Option<&'a Source>,
    span: Span,
    region: Region,
    message: Option<&'a str>,
}

impl Excerpt {
    /// The excerpt of one finding.
    pub(super) fn new(report: &Report, finding: &Finding, options: &Options) -> Self {
        let mut excerpt =
            Self { cut: if options.unicode { "…" } else { "..." }, lang: options.lang, ..Self::default() };
        let width = options.columns();
        let mut marks = marks(report, finding);
        // Blocks are drawn in this order: the finding's own file first, then the others as named.
        while let Some(first) = marks.first() {
            let path = first.path;
            let (mut here, others): (Vec<_>, Vec<_>) = marks.into_iter().partition(|mark| mark.path == path);
            marks = others;
            here.sort_by_key(|mark| (mark.region.start.line, mark.span.start));
            excerpt.add_file(path, &here, width);
        }
        excerpt.labels.sort_by_key(LabeledSpan::offset);
        excerpt
    }

    fn add_file(&mut self, path: &str, marks: &[Mark<'_>], width: usize) {
        let mut rest = marks;
        while let [first, ..] = rest {
            let mut last_line = first.region.start.line;
            let mut taken = 0;
            for mark in rest {
                // Lines with one between them make one block; it is shown too.
                if mark.region.start.line > last_line + 2 {
                    break;
                }
                last_line = mark.region.start.line;
                taken += 1;
            }
            let (here, others) = rest.split_at(taken);
            rest = others;
            if let Some(source) = first.source {
                self.add_block(path, source, here, last_line, width);
            } else {
                self.notes.extend(here.iter().filter_map(|mark| note(mark, self.lang)));
            }
        }
    }

    fn add_block(&mut self, path: &str, source: &Source, marks: &[Mark<'_>], last_line: usize, width: usize) {
        let Some(first_line) = marks.first().map(|mark| mark.region.start.line) else { return };
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        let room = width.saturating_sub(last_line.to_string().len() + 4);
        let mut block = Block {
            name: visible(path).into_owned(),
            span: Span::new(start, start),
            first_line,
            lines: 0,
            marks: Vec::new(),
        };
        for line in first_line..=last_line {
            let here = marks.iter().filter(|mark| mark.region.start.line == line).copied().collect();
            self.add_line(source, line, here, room, &mut block);
            self.text.push('\n');
            block.lines += 1;
        }
        block.span.end = self.text.len();
        self.blocks.push(block);
    }

    fn add_line(
        &mut self,
        source: &Source,
        line: usize,
        mut marks: Vec<Mark<'_>>,
        room: usize,
        block: &mut Block,
    ) {
        let line_span = source.line_span(line);
        for mark in &mut marks {
            let start = mark.span.start.clamp(line_span.start, line_span.end);
            mark.span = Span::new(start, mark.span.end.clamp(start, line_span.end));
        }
        marks.sort_by_key(|mark| !mark.main);
        lend(&mut marks);
        let focus = marks.first().map_or(line_span, |mark| mark.span);
        let shown = Line::new(source, line_span, focus, room, self.cut);
        let base = self.text.len();
        let mut drawn: Vec<Span> = Vec::new();
        for mark in &marks {
            let place =
                shown.place(mark.span).filter(|place| !drawn.iter().any(|other| touches(*other, *place)));
            let Some(place) = place else {
                self.notes.extend(note(mark, self.lang));
                continue;
            };
            drawn.push(place);
            block.marks.push((place.shifted(base), mark.region.start));
            let text = mark.message.map(|message| {
                let used = shown.column(place.start) + shown.columns(place) / 2 + 4;
                wrap(&visible(&self.lang.text(message)), room.saturating_sub(used).max(24)).join("\n")
            });
            let span: SourceSpan = (place.start + base, place.len()).into();
            self.labels.push(if mark.main {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            });
        }
        self.text.push_str(&shown.text);
    }
}

/// A second place on top of the main one gives it its words, instead of being drawn over it.
fn lend(marks: &mut Vec<Mark<'_>>) {
    let Some(main) = marks.first().filter(|mark| mark.main).map(|mark| mark.span) else { return };
    let lender = marks.iter().position(|mark| !mark.main && touches(mark.span, main));
    let message = lender.and_then(|at| marks.remove(at).message);
    if let Some(first) = marks.first_mut() {
        first.message = message;
    }
}

fn marks<'a>(report: &'a Report, finding: &'a Finding) -> Vec<Mark<'a>> {
    let diagnostic = &finding.diagnostic;
    let main = Mark {
        main: true,
        path: &diagnostic.path,
        source: report.source(&diagnostic.path),
        span: diagnostic.span,
        region: finding.region,
        message: None,
    };
    let seconds = diagnostic.labels.iter().zip(&finding.label_regions).map(|(label, region)| Mark {
        main: false,
        path: &label.path,
        source: report.source(&label.path),
        span: label.span,
        region: *region,
        message: Some(&label.message),
    });
    std::iter::once(main).chain(seconds).collect()
}

fn touches(one: Span, other: Span) -> bool {
    one.overlaps(other) || one.start == other.start
}

/// A second place in words.
fn note(mark: &Mark<'_>, lang: Lang) -> Option<String> {
    let message = lang.text(mark.message?);
    let Position { line, column } = mark.region.start;
    Some(match mark.source {
        Some(_) => format!("{}:{line}:{column}: {}", visible(mark.path), visible(&message)),
        None => format!("{}: {}", visible(mark.path), visible(&message)),
    })
}

impl SourceCode for Excerpt {
    /// With context: the block that holds the span. Without: the span itself, by which miette learns the
    /// line and column to write above the block; those come from the file as it is.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let wanted = Span::new(span.offset(), span.offset() + span.len());
        let block =
            self.blocks.iter().find(|block| block.span.contains(wanted)).ok_or(MietteError::OutOfBounds)?;
        let (shown, line, column, lines) = if before == 0 {
            let place = block.marks.iter().find(|(mark, _)| mark.start == wanted.start);
            let place = place.map_or(Position { line: block.first_line, column: 1 }, |(_, place)| *place);
            (wanted, place.line - 1, place.column - 1, 1)
        } else {
            (block.span, block.first_line - 1, 0, block.lines)
        };
        let bytes = self.text.as_bytes().get(shown.start..shown.end).ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            block.name.clone(),
            bytes,
            (shown.start, shown.len()).into(),
            line,
            column,
            lines,
        )))
    }
}

/// One line as shown, and where its bytes went.
struct Line {
    text: String,
    /// For each shown character of the file: its offset in the file, and in `text`.
    offsets: Vec<(usize, usize)>,
    /// The offset after the last shown character, in the file and in `text`.
    end: (usize, usize),
}

impl Line {
    /// The part of the line around `focus` that fits into `room` columns, with `mark` where it is cut.
    fn new(source: &Source, line: Span, focus: Span, room: usize, mark: &str) -> Self {
        // A line of megabytes is not walked whole: what is shown stands near the focus.
        let reach = room.saturating_mul(4);
        let near = Span::new(
            line.start.max(focus.start.saturating_sub(reach)),
            line.end.min(focus.start.saturating_add(reach)),
        );
        let from = line.start + source.slice(Span::new(line.start, near.start)).len();
        let cells = cells(source.slice(near), from);
        let width =
            |cells: &[(usize, String)]| -> usize { cells.iter().map(|(_, cell)| columns_of(cell)).sum() };
        let before = cells.partition_point(|(offset, _)| *offset < focus.start);
        let left = width(cells.get(..before).unwrap_or_default());
        let fits = near == line && width(&cells) <= room;
        let skip =
            if fits || left + focus.len().min(room) < room { 0 } else { left.saturating_sub(room / 4) };
        let mut shown = Self { text: String::new(), offsets: Vec::new(), end: (from, 0) };
        if skip > 0 || near.start > line.start {
            shown.text.push_str(mark);
        }
        let room = if fits { room } else { room.saturating_sub(mark.len()) };
        let (mut passed, mut used) = (0, columns_of(&shown.text));
        for (offset, cell) in &cells {
            let length = columns_of(cell);
            if passed < skip {
                passed += length;
            } else if used + length > room {
                shown.text.push_str(mark);
                return shown;
            } else {
                shown.offsets.push((*offset, shown.text.len()));
                shown.text.push_str(cell);
                used += length;
                shown.end = (offset + 1, shown.text.len());
            }
        }
        if near.end < line.end {
            shown.text.push_str(mark);
        } else {
            shown.end.0 = line.end;
        }
        shown
    }

    /// Where a span of the file is in the shown text, cut to what is shown.
    fn place(&self, span: Span) -> Option<Span> {
        let first = self.offsets.first().map_or(self.end.0, |(offset, _)| *offset);
        if span.start < first || span.start > self.end.0 {
            return None;
        }
        let at = |wanted: usize| {
            let index = self.offsets.partition_point(|(offset, _)| *offset < wanted);
            self.offsets.get(index).map_or(self.end.1, |(_, shown)| *shown)
        };
        let start = at(span.start);
        Some(Span::new(start, at(span.end).max(start)))
    }

    fn columns(&self, place: Span) -> usize {
        self.text.get(place.start..place.end).map_or(0, columns_of)
    }

    fn column(&self, offset: usize) -> usize {
        self.text.get(..offset).map_or(0, columns_of)
    }
}

/// Each character of `text`, which begins at `from`, with its offset and how it is shown.
fn cells(text: &str, from: usize) -> Vec<(usize, String)> {
    let mut column = 0;
    text.char_indices()
        .map(|(at, character)| {
            let cell = match character {
                '\t' => " ".repeat(TAB - column % TAB),
                _ if is_unseen(character) => character.escape_default().collect(),
                _ => character.to_string(),
            };
            column += columns_of(&cell);
            (from + at, cell)
        })
        .collect()
}

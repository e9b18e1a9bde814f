//! Parser events put together to the tree, with the limits that keep hostile documents small.
//!
//! Not here: what nodes say about themselves.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle};

use super::{Duplicate, Entry, Kind, Node, Parsed, Style};
use crate::document::Problem;
use crate::source::{Span, Spanned};

/// How many nodes a walk over one text may meet, aliases unfolded.
const WEIGHT_LIMIT: usize = 1_000_000;
/// How deep such a walk may go.
const HEIGHT_LIMIT: usize = 200;

/// Reads the text.
pub(super) fn build(text: &str) -> Parsed {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        emit_comments: false,
        block_scalar_eof_without_line_feed: true,
        flow_nesting_limit: HEIGHT_LIMIT / 2,
        block_nesting_limit: HEIGHT_LIMIT / 2,
    };
    let mut builder = Builder::new(text);
    for next in Parser::new_from_str_with_options(text, options) {
        match next {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
                builder.problem(Span::new(at, at), error.info());
                break;
            }
        }
    }
    builder.finish()
}

/// A collection that is not closed yet.
struct Frame {
    node: Node,
    anchor: usize,
    items: Vec<Arc<Node>>,
    mapping: bool,
}

struct Builder<'text> {
    text: &'text str,
    parsed: Parsed,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Arc<Node>>,
    /// The sum of what all aliases so far unfold to.
    unfolded: usize,
    /// Whether an alias was cut; the first one is said, the others follow from it.
    cut: bool,
    /// The last node made from one event, waiting for its anchor's name.
    pending: Option<(Node, usize)>,
}

impl<'text> Builder<'text> {
    fn new(text: &'text str) -> Self {
        Self {
            text,
            parsed: Parsed::default(),
            frames: Vec::new(),
            anchors: HashMap::new(),
            unfolded: 0,
            cut: false,
            pending: None,
        }
    }

    fn problem(&mut self, span: Span, message: impl Into<String>) {
        self.parsed.problems.push(Problem { span, message: message.into() });
    }

    fn event(&mut self, event: Event<'_>, at: granit_parser::Span) {
        let span: Span = at.byte_range().map_or(Span::new(0, 0), Span::from);
        if let Event::Anchor(_, name) = &event {
            let name = Spanned::new(name.clone().into_owned(), span);
            if let Some((node, _)) = &mut self.pending {
                node.anchor = Some(name);
            } else if let Some(frame) = self.frames.last_mut() {
                frame.node.anchor = Some(name);
            }
            return;
        }
        self.flush();
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let style = style_of(style);
                let span = scalar_span(self.text, span, style, value.trim().is_empty());
                let node = node(Kind::Scalar(value.into_owned(), style), span, tag_of(tag.as_deref(), &at));
                self.pending = Some((node, anchor));
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.open(false, span, anchor, tag_of(tag.as_deref(), &at));
            }
            Event::MappingStart(_, anchor, tag) => self.open(true, span, anchor, tag_of(tag.as_deref(), &at)),
            Event::SequenceEnd | Event::MappingEnd => self.close(Some(span)),
            Event::Alias(target) => self.alias(target, span),
            Event::UnresolvedAlias(_) => {
                self.problem(span, "this alias stands for no anchor");
                self.push(node(Kind::BrokenAlias, span, None), 0);
            }
            Event::DocumentEnd => self.anchors.clear(),
            _ => {}
        }
    }

    fn flush(&mut self) {
        if let Some((node, anchor)) = self.pending.take() {
            self.push(node, anchor);
        }
    }

    fn open(&mut self, mapping: bool, span: Span, anchor: usize, tag: Option<Spanned<String>>) {
        let kind = if mapping { Kind::Mapping(Vec::new()) } else { Kind::Sequence(Vec::new()) };
        self.frames.push(Frame { node: node(kind, span, tag), anchor, items: Vec::new(), mapping });
    }

    fn close(&mut self, end: Option<Span>) {
        let Some(Frame { mut node, anchor, items, mapping }) = self.frames.pop() else { return };
        let flow = matches!(self.text.as_bytes().get(node.span.start), Some(b'{' | b'['))
            && end.is_some_and(|end| !end.is_empty());
        let last = items.last().map_or(node.span.end, |item| item.span.end);
        node.span.end = match end {
            Some(end) if flow => end.end,
            _ => last.max(node.span.start),
        };
        node.weight = items.iter().fold(1, |sum, item| sum.saturating_add(item.weight));
        node.height = 1 + items.iter().map(|item| item.height).max().unwrap_or(0);
        node.kind = if mapping { Kind::Mapping(self.entries(items)) } else { Kind::Sequence(items) };
        self.push(node, anchor);
    }

    fn entries(&mut self, items: Vec<Arc<Node>>) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(items.len() / 2);
        let mut seen: HashMap<String, Span> = HashMap::new();
        let mut items = items.into_iter();
        while let Some(key) = items.next() {
            let value = items.next().unwrap_or_else(|| {
                let end = Span::new(key.span.end, key.span.end);
                Arc::new(node(Kind::Scalar(String::new(), Style::Plain), end, None))
            });
            let entry = Entry { key, value };
            if entry.is_merge() {
                self.check_merge(&entry);
            }
            if let Some(name) = entry.key.as_str() {
                match seen.get(name) {
                    Some(&first) => self.parsed.duplicates.push(Duplicate {
                        key: name.to_owned(),
                        first,
                        second: entry.key.span,
                    }),
                    None => {
                        seen.insert(name.to_owned(), entry.key.span);
                    }
                }
            }
            entries.push(entry);
        }
        entries
    }

    fn check_merge(&mut self, entry: &Entry) {
        let whole = entry.value.is_mapping()
            || entry.value.items().is_some_and(|items| items.iter().all(|item| item.is_mapping()))
            || matches!(entry.value.target().kind, Kind::BrokenAlias);
        if !whole {
            self.problem(entry.value.span, "`<<` wants a mapping, or a sequence of mappings");
        }
    }

    fn alias(&mut self, target: usize, span: Span) {
        let Some(found) = self.anchors.get(&target).cloned() else {
            self.problem(span, "this alias stands inside of its own anchor");
            self.push(node(Kind::BrokenAlias, span, None), 0);
            return;
        };
        let unfolded = self.unfolded.saturating_add(found.weight);
        if unfolded > WEIGHT_LIMIT || found.height + self.frames.len() > HEIGHT_LIMIT {
            if !std::mem::replace(&mut self.cut, true) {
                self.problem(span, "this document's aliases unfold to too much to be read");
            }
            self.push(node(Kind::BrokenAlias, span, None), 0);
            return;
        }
        self.unfolded = unfolded;
        let mut alias = node(Kind::BrokenAlias, span, None);
        alias.weight = found.weight;
        alias.height = found.height;
        alias.kind = Kind::Alias(found);
        self.push(alias, 0);
    }

    fn push(&mut self, node: Node, anchor: usize) {
        let node = Arc::new(node);
        if anchor != 0 {
            self.anchors.insert(anchor, Arc::clone(&node));
        }
        match self.frames.last_mut() {
            Some(frame) => frame.items.push(node),
            None => self.parsed.documents.push(node),
        }
    }

    fn finish(mut self) -> Parsed {
        self.flush();
        while !self.frames.is_empty() {
            self.close(None);
        }
        self.parsed
    }
}

fn node(kind: Kind, span: Span, tag: Option<Spanned<String>>) -> Node {
    Node { kind, span, tag, anchor: None, weight: 1, height: 1 }
}

fn tag_of(tag: Option<&granit_parser::Tag>, at: &granit_parser::Span) -> Option<Spanned<String>> {
    let span = at.tag_span().and_then(|span| span.byte_range()).map_or(Span::new(0, 0), Span::from);
    tag.map(|tag| Spanned::new(tag.original(), span))
}

const fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        ScalarStyle::Plain => Style::Plain,
    }
}

/// The parser starts a block scalar at its text, without the header, and lets it run on to the next
/// token; the text ends where the indentation does.
fn scalar_span(text: &str, span: Span, style: Style, blank: bool) -> Span {
    if !matches!(style, Style::Literal | Style::Folded) {
        return span;
    }
    if blank {
        return Span::new(span.start, span.start);
    }
    let line_start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let Some(body) = text.get(line_start..span.end.min(text.len())) else { return span };
    let on_text = body.lines().next().is_some_and(|first| !first.trim().is_empty());
    // With an explicit indentation the text's own blanks come after the start.
    let mut indent = on_text.then_some(span.start - line_start);
    let (mut offset, mut end) = (line_start, span.start);
    for line in body.split_inclusive('\n') {
        let content = line.trim_end();
        if !content.is_empty() {
            let depth = line.len() - line.trim_start_matches(' ').len();
            if depth < *indent.get_or_insert(depth) {
                break;
            }
            end = offset + content.len();
        }
        offset += line.len();
    }
    Span::new(span.start, end.max(span.start))
}

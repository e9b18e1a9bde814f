//! Which bytes go when a setting of a compose file goes.
//!
//! Not here: whether it should.

use crate::document::compose::Setting;
use crate::source::{Source, Span};

/// The line of a setting with its line end, in bytes; `None` where something else stands on it, a comment
/// included, or where the setting goes on in another line.
#[must_use]
pub fn whole_line(source: &Source, setting: &Setting) -> Option<Span> {
    let line = source.line(setting.span.start);
    let whole = source.line_span(line);
    let text = source.slice(whole).trim();
    let text = if setting.in_list { text.strip_prefix('-')?.trim_start() } else { text };
    // The span of a setting ends inside its quotes, or outside.
    let bare = |text: &str| text.trim_matches(['"', '\'']).to_owned();
    if source.line(setting.span.end) != line || bare(text) != bare(source.slice(setting.span)) {
        return None;
    }
    Some(Span::new(whole.start, source.line_span(line + 1).start.max(whole.end)))
}

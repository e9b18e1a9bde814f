//! CMP001: a `${…}` that compose cannot read stops the whole project.

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::ComposeFile;
use crate::document::compose::template::Mistake;
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct InvalidTemplate;

impl Rule for InvalidTemplate {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP001",
            "invalid-template",
            Error,
            Certain,
            "compose cannot read a `${…}` and refuses the project"
        )
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        _file: &File,
        _project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        for value in &compose.templates {
            let Some(error) = &value.template.error else { continue };
            let span = match error.mistake {
                // The text up to here may be a fallback; the two characters that open it are enough.
                Mistake::Unclosed | Mistake::LineEnd | Mistake::TooDeep => {
                    Span::new(error.span.start, (error.span.start + 2).min(error.span.end))
                }
                Mistake::NoName | Mistake::NoOperator => Span::new(error.at, error.span.end),
            };
            found.push(span, error.mistake.as_str()).help(help(error.mistake));
        }
    }
}

const fn help(mistake: Mistake) -> &'static str {
    match mistake {
        Mistake::NoName => "write `${NAME}`, or `$$` where a `$` itself is meant",
        Mistake::NoOperator => {
            "compose knows `:-`, `-`, `:?`, `?`, `:+` and `+` after a name, and no blanks, `=`, `/` or `.`; write `$$` where a `$` itself is meant"
        }
        Mistake::Unclosed => "close it with `}`, or write `$$` where a `$` itself is meant",
        Mistake::LineEnd => "put the whole `${…}` on one line",
        Mistake::TooDeep => "set the value in an env file, and use `${NAME}`",
    }
}

//! ENV002: two programs that read the file get different values of one key.
//!
//! Not here: differences that have a rule of their own: `#`, quotes, `$` in secrets, what a shell runs.

use super::read_by::{quote_for_all, read_here};
use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Safety};
use crate::document::env::EnvFile;
use crate::project::loading::{Verdict, lines, who};
use crate::project::shape::Shape;
use crate::project::{File, Project};

pub(super) struct LoadsDifferently;

impl Rule for LoadsDifferently {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV002",
            "loads-differently",
            Error,
            Certain,
            "two programs that read this file get different values"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            let (Verdict::Differs { one, other }, Some(key)) = (&line.verdict, &line.key) else { continue };
            let (shape, another) = (shown(one.1), shown(other.1));
            let text = if shape == another { " of another text" } else { "" };
            let message = format!(
                "{} and {} get different values of `{key}`: {shape} against {another}{text}",
                who(one.0.loader),
                who(other.0.loader),
            );
            let diagnostic = found.push(line.span, message).key(key);
            read_here(diagnostic, &one.0);
            read_here(diagnostic, &other.0);
            match quote_for_all(project, file, env, line, Safety::Unsafe) {
                Some(fix) => diagnostic
                    .help("write the value so that both read it alike; `envgate env show` says what each gets")
                    .fix(fix),
                None => diagnostic.help(
                    "use a value of letters, digits and `_./:@%+,=-` only, or let one program alone read this file",
                ),
            };
        }
    }
}

fn shown(shape: Option<Shape>) -> String {
    shape.map_or_else(|| "nothing".to_owned(), |shape| shape.to_string())
}

//! Reports, pages and tables written out, one file a format.
//!
//! Not here: what was found and why, whether colours are wanted, unmasked text. What is written comes from
//! a [`Report`], whose sources are masked, and control characters never get through.

mod checkstyle;
mod columns;
mod differences;
mod excerpt;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod jsonl;
mod junit;
mod link;
mod loaders;
mod markdown;
mod markup;
mod page;
mod paint;
mod rules;
mod sarif;
mod services;
mod shown;
mod story;
mod visible;
mod why;
mod width;
mod wrap;

use std::io::{self, Write};

pub use differences::{Differences, Differing, differences, differences_json};
pub use link::{page_address, pages};
pub use loaders::{LoaderError, LoaderView, LoadersView, loaders, loaders_json};
pub use page::{page, rule_page};
pub use rules::{rules_json, rules_table};
pub use services::{
    BlankView, EnvironmentView, LayerView, OriginView, RefusalView, ServiceView, VariableView, environments,
    environments_json,
};
pub use shown::Shown;
pub use story::{Part, Story, story};
pub use visible::{visible, visible_lines};
pub use wrap::folded;

use crate::diagnostic::Report;
use crate::lang::Lang;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people: excerpts, and what to write instead.
    #[default]
    Human,
    /// One object, `envgate/report/v1`.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
    /// One object a finding and line.
    Jsonl,
    /// Workflow commands, for GitHub's annotations.
    Github,
    /// GitLab's code quality artifact.
    Gitlab,
    /// JUnit XML, for CI servers.
    Junit,
    /// Checkstyle XML, for review tools.
    Checkstyle,
    /// A summary for a CI job or a pull request.
    Markdown,
    /// One page for everyone, whole in itself.
    Html,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 10] = [
        Self::Human,
        Self::Json,
        Self::Sarif,
        Self::Jsonl,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
        Self::Markdown,
        Self::Html,
    ];
}

/// How text for people looks. The caller decides, from flags and from the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether to colour.
    pub color: bool,
    /// Whether to draw with characters outside ASCII.
    pub unicode: bool,
    /// How many columns there are; fewer than 40 count as 40.
    pub width: usize,
    /// Whether to show each of many findings of one rule in one file with its excerpt.
    pub full: bool,
    /// Whether to write the last line of a report alone.
    pub quiet: bool,
    /// Whether to say why a rule matters below its first finding.
    pub why: bool,
    /// The address that pages of rules lie under, where the terminal knows links; see [`pages`].
    pub links: Option<&'static str>,
    /// The language.
    pub lang: Lang,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            color: false,
            unicode: true,
            width: 80,
            full: false,
            quiet: false,
            why: false,
            links: None,
            lang: Lang::English,
        }
    }
}

impl Options {
    const fn columns(&self) -> usize {
        if self.width < 40 { 40 } else { self.width }
    }
}

/// Writes a report that is JSON already.
///
/// # Errors
///
/// Those of `out`.
pub fn report_json(report: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
    json::object(report, out)
}

/// Writes a report.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Report, format: Format, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, options, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Jsonl => jsonl::write(report, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Checkstyle => checkstyle::write(report, out),
        Format::Markdown => markdown::write(report, options.lang, out),
        Format::Html => html::write(report, options.lang, out),
    }
}

#[cfg(test)]
mod tests;

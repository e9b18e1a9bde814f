//! What is written where, and how it looks.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How to write the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// One JSON object
    Json,
    /// One JSON object a line
    Jsonl,
    /// SARIF 2.1.0
    Sarif,
    /// Workflow commands for GitHub's annotations
    Github,
    /// GitLab's code quality artifact
    Gitlab,
    /// JUnit XML
    Junit,
    /// Checkstyle XML
    Checkstyle,
    /// A summary in Markdown
    Markdown,
    /// One page of HTML, whole in itself
    Html,
}

/// A file and the format that it is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// The format.
    pub format: Format,
    /// The file.
    pub path: PathBuf,
}

/// What is written where, and how it looks.
#[derive(Debug, Clone, Default, Args)]
pub struct Look {
    /// How to write the findings
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,

    /// Write the findings to a file too, in its own format; may be given more than once
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output_file)]
    pub output: Vec<OutputFile>,

    /// Print the last line alone: how many findings there are
    #[arg(long, short, conflicts_with_all = ["verbose", "explain"])]
    pub quiet: bool,

    /// Show each finding with its lines, also where one rule has many in a file, and why its rule matters
    #[arg(long, short)]
    pub verbose: bool,

    /// Say why each rule matters below its first finding
    #[arg(long)]
    pub explain: bool,

    /// Draw with ASCII alone, for screen readers and old terminals
    #[arg(long)]
    pub ascii: bool,

    /// How many columns there are [default: the terminal's, up to 120; 80 elsewhere]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(40..=500))]
    pub width: Option<u16>,
}

fn output_file(typed: &str) -> Result<OutputFile, String> {
    let (format, path) =
        typed.split_once('=').ok_or("write the format, `=` and the file: html=report.html")?;
    let format = Format::from_str(format, false).map_err(|_| {
        let names = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<String> = names.map(|value| value.get_name().to_owned()).collect();
        format!("`{format}` is no format; there are {}", names.join(", "))
    })?;
    if path.is_empty() {
        return Err("there is no file behind `=`".to_owned());
    }
    Ok(OutputFile { format, path: PathBuf::from(path) })
}

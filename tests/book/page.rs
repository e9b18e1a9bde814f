//! A page of Markdown as far as the tests need it: its fenced blocks, heads and links.
//!
//! Not here: what any of it means.

use std::fs;

use super::root;

/// One page.
pub(crate) struct Page {
    /// From the top of the repository.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Block>,
}

/// One fenced block.
pub(crate) struct Block {
    /// The first word behind the fence.
    pub(crate) language: String,
    /// The file it stands for, in a page whose commands are run.
    pub(crate) file: Option<String>,
    /// The comment right above it.
    pub(crate) note: Option<String>,
    /// What is to be run in front of it: each `<!-- setup … -->` between the block before and this one.
    pub(crate) setup: Vec<String>,
    pub(crate) text: String,
    /// The line of its text that is the first, from 1.
    pub(crate) line: usize,
}

impl Block {
    /// Whether its commands are run and what they print is compared.
    pub(crate) fn runs(&self) -> bool {
        self.language == "console"
    }
}

/// A link of a page, with the line it stands on.
pub(crate) struct Link {
    pub(crate) target: String,
    pub(crate) line: usize,
}

impl Page {
    pub(crate) fn read(path: &str) -> Self {
        let text = fs::read_to_string(root(path)).unwrap();
        Self { path: path.to_owned(), blocks: blocks(&text), text }
    }

    /// Lines outside of fenced blocks, numbered from 1.
    fn prose(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut fenced = false;
        self.text.lines().zip(1..).filter_map(move |(line, number)| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            (!fenced && !fence).then_some((number, line))
        })
    }

    /// What its heads are called in an address, as mdBook and code hosts make it.
    pub(crate) fn anchors(&self) -> Vec<String> {
        self.prose().filter(|(_, line)| line.starts_with('#')).map(|(_, line)| anchor(line)).collect()
    }

    /// Its links and pictures.
    pub(crate) fn links(&self) -> Vec<Link> {
        let mut links = Vec::new();
        for (number, line) in self.prose() {
            // Code can hold what looks like a link.
            let bare: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
            for part in bare.split("](").skip(1) {
                let target = part.split([')', ' ']).next().unwrap_or_default().to_owned();
                links.push(Link { target, line: number });
            }
        }
        links
    }

    /// Code within lines, with its line.
    pub(crate) fn code(&self) -> Vec<(usize, &str)> {
        let words = |(number, line)| str::split(line, '`').skip(1).step_by(2).map(move |code| (number, code));
        self.prose().flat_map(words).collect()
    }
}

fn anchor(head: &str) -> String {
    let text = head.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

fn blocks(text: &str) -> Vec<Block> {
    let lines: Vec<&str> = text.lines().collect();
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let mut last = 0;
    for (at, line) in lines.iter().enumerate() {
        let Some(info) = line.trim_start().strip_prefix("```") else {
            if let Some(block) = &mut open {
                block.text += line;
                block.text.push('\n');
            }
            continue;
        };
        if let Some(block) = open.take() {
            blocks.push(block);
            last = at;
            continue;
        }
        let mut words = info.trim_matches('`').split_whitespace();
        let language = words.next().unwrap_or_default().to_owned();
        let file = words.find_map(|word| word.strip_prefix("path=")).map(str::to_owned);
        let setup = setups(&lines[last..at]);
        open = Some(Block {
            language,
            file,
            note: note(&lines[..at]),
            setup,
            text: String::new(),
            line: at + 2,
        });
    }
    assert!(open.is_none(), "a block is never closed");
    blocks
}

fn setups(lines: &[&str]) -> Vec<String> {
    let text = lines.join("\n");
    let parts = text.split("<!-- setup\n").skip(1);
    parts.filter_map(|part| part.split_once("\n-->")).map(|(script, _)| script.to_owned()).collect()
}

/// The HTML comment that ends right above, without its marks; blank lines may stand between.
fn note(above: &[&str]) -> Option<String> {
    let end = above.iter().rposition(|line| !line.trim().is_empty())?;
    if !above.get(end)?.trim_end().ends_with("-->") {
        return None;
    }
    let start = above.get(..=end)?.iter().rposition(|line| line.trim_start().starts_with("<!--"))?;
    let whole = above.get(start..=end)?.join("\n");
    Some(whole.trim().trim_start_matches("<!--").trim_end_matches("-->").trim().to_owned())
}

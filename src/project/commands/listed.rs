//! What a substitution gives `export` of an env file: names alone, or lines with their values.
//!
//! Not here: which file, and what is loaded of it.

use crate::document::shell::{Command, Simple, Word};

/// Whether `xargs` is told what stands between two words: quotes and backslashes mean nothing to it then.
pub(super) fn keeps_lines(simple: &Simple) -> bool {
    let options = ["-d", "--delimiter", "-0", "--null"];
    simple.name() == Some("xargs")
        && simple.words.iter().skip(1).any(|word| options.iter().any(|option| word.raw.starts_with(option)))
}

/// Whether the names of a whole file are printed without their values: `cut -d= -f1 .env`, also behind a `grep` that leaves
/// comments out.
pub(super) fn lists_names(commands: &[&Command]) -> bool {
    let simple: Option<Vec<&Simple>> = commands.iter().map(|command| command.simple()).collect();
    simple.is_some_and(|all| all.iter().all(|one| keeps_names(one)) && all.iter().any(|one| cuts_values(one)))
}

/// Whether a command leaves in what it reads the lines with names.
fn keeps_names(simple: &Simple) -> bool {
    let inverted = |word: &Word| word.raw.starts_with('-') && word.raw.contains('v');
    let any_name = |word: &Word| word.literal().is_some_and(|text| text == "=" || text.starts_with("^["));
    match simple.name() {
        Some("cat" | "sort" | "tr") => true,
        Some("xargs") => simple.words.len() == 1,
        Some("grep" | "egrep") => simple.words.iter().skip(1).any(|word| inverted(word) || any_name(word)),
        _ => cuts_values(simple),
    }
}

fn cuts_values(simple: &Simple) -> bool {
    let words: Vec<&str> = simple.words.iter().skip(1).filter_map(Word::literal).collect();
    let told = |option: &str, value: &str| {
        words.iter().any(|word| word.strip_prefix(option) == Some(value))
            || words.windows(2).any(|pair| pair == [option, value])
    };
    match simple.name() {
        Some("cut") => told("-d", "=") && told("-f", "1"),
        Some("sed") => {
            words.iter().any(|word| matches!(*word, "s/=.*//" | "s/=.*$//" | "s/=.*//g" | "s|=.*||"))
        }
        Some("awk" | "gawk" | "mawk") => {
            told("-F", "=") && words.iter().any(|word| word.replace(' ', "") == "{print$1}")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::lists_names;
    use crate::document::shell::Script;

    #[test]
    fn names_are_told_from_lines() {
        let names = |text: &str| lists_names(&Script::parse(text).commands());
        for yes in [
            "cut -d= -f1 .env",
            "cut -d '=' -f 1 < .env",
            "grep -v '^#' .env | cut -d= -f1 | xargs",
            "grep '^[A-Z]' .env | cut -d'=' -f1",
            "sed 's/=.*//' .env",
            "sed -e 's/#.*//' -e 's/=.*//' .env",
            "awk -F= '{print $1}' .env",
        ] {
            assert!(names(yes), "{yes}");
        }
        for no in ["cat .env | xargs", "cut -d= -f2 .env", "grep DB_ .env | cut -d= -f1", "grep -v '^#' .env"]
        {
            assert!(!names(no), "{no}");
        }
    }
}

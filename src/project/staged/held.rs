//! Which variables hold names of files from git, where they are read.
//!
//! What stands before the reading in the text counts, the last of it: a script that gives a variable another value means
//! that one from there on. Not here: what is done with the names.

use std::collections::BTreeMap;

use crate::document::shell::{
    Assignment, Command, CommandKind, List, Piece, Quote, Simple, SubstitutionKind, Value, Word,
};

use super::{is_xargs, keeps, listing, prints};

/// The values of each variable.
#[derive(Debug, Default)]
pub(super) struct Held<'a>(BTreeMap<&'a str, Values<'a>>);

/// The values of one variable.
#[derive(Debug, Default)]
struct Values<'a> {
    /// The listing behind each assignment, in the order in which the assignments end; none where something else is assigned.
    listings: Vec<(usize, Option<&'a Simple>)>,
    /// Whether something else is assigned anywhere.
    others: bool,
}

impl<'a> Held<'a> {
    pub(super) fn of(commands: &[&'a Command]) -> Self {
        let mut held = Self::default();
        for command in commands {
            match &command.kind {
                CommandKind::Simple(simple) => held.simple(simple),
                CommandKind::For { variable, .. } => held.set(variable, command.span.start, None),
                _ => {}
            }
        }
        held
    }

    fn simple(&mut self, simple: &'a Simple) {
        // Before a command they are that command's alone.
        let own = simple.assignments.iter().filter(|_| simple.words.is_empty());
        for assignment in own.chain(&simple.declared) {
            self.assign(assignment);
        }
        if simple.name() == Some("read") {
            for word in simple.words.iter().skip(1) {
                if let Some(name) = word.literal() {
                    self.set(name, word.span.end, None);
                }
            }
        }
    }

    fn assign(&mut self, assignment: &'a Assignment) {
        let listing = match &assignment.value {
            Value::Scalar(word) if word.literal().is_some() => return,
            Value::Scalar(word) if !assignment.append => match word.pieces.as_slice() {
                [Piece::Substitution(substitution)] => self.printed(&substitution.body),
                _ => self.in_word(word),
            },
            Value::Scalar(_) | Value::Array(_) => None,
        };
        self.set(&assignment.name.value, assignment.span.end, listing);
    }

    fn set(&mut self, name: &'a str, end: usize, listing: Option<&'a Simple>) {
        let known = self.0.entry(name).or_default();
        let at = known.listings.partition_point(|(other, _)| *other <= end);
        known.listings.insert(at, (end, listing));
        known.others |= listing.is_none();
    }

    /// The listing whose names a list of commands prints, chosen and put on one line at most.
    fn printed(&self, list: &'a List) -> Option<&'a Simple> {
        let [item] = list.items.as_slice() else { return None };
        let (first, rest) = item.first.commands.split_first()?;
        let names = listing(first).or_else(|| self.handed_on(first))?;
        rest.iter().all(|command| keeps(command) || joins(command)).then_some(names)
    }

    /// `echo "$list"`, `printf '%s\n' $list`, `grep x <<< "$list"`
    pub(super) fn handed_on(&self, command: &'a Command) -> Option<&'a Simple> {
        let simple = command.simple()?;
        let given = command.redirects.iter().find(|redirect| redirect.operator == "<<<");
        if let Some(redirect) = given.filter(|_| keeps(command)) {
            return self.in_word(&redirect.target);
        }
        match (simple.name()?, simple.words.get(1..)?) {
            ("echo", [options @ .., word]) if options.iter().all(|one| one.raw.starts_with('-')) => {
                self.in_word(word)
            }
            ("printf", [format, word]) if matches!(format.literal(), Some("%s" | "%s\\n")) => {
                self.in_word(word)
            }
            _ => None,
        }
    }

    /// What `xargs` reads by a redirection.
    pub(super) fn read_by(&self, command: &'a Command) -> Option<&'a Simple> {
        command.redirects.iter().find_map(|redirect| match redirect.operator.as_str() {
            "<<<" => self.in_word(&redirect.target),
            "<" => redirect.target.substitutions().into_iter().find_map(|one| self.printed(&one.body)),
            _ => None,
        })
    }

    /// The listing whose names the shell takes apart in this word, into words of their own.
    pub(super) fn taken_apart(&self, word: &'a Word) -> Option<&'a Simple> {
        if word.parameter().is_some_and(|parameter| parameter.quote == Quote::None) {
            return self.in_word(word);
        }
        let mut unquoted = word.substitutions().into_iter().filter(|one| {
            one.quote == Quote::None
                && matches!(one.kind, SubstitutionKind::Dollar | SubstitutionKind::Backquote)
        });
        unquoted.find_map(|one| self.printed(&one.body))
    }

    fn in_word(&self, word: &Word) -> Option<&'a Simple> {
        let parameter = word.parameter().filter(|parameter| parameter.operation.is_empty())?;
        let known = self.0.get(parameter.name.as_str())?;
        let before = known.listings.partition_point(|(end, _)| *end <= word.span.start);
        match before.checked_sub(1) {
            Some(last) => known.listings.get(last)?.1,
            // In a function that stands before what it uses: it runs later.
            None if known.others => None,
            None => known.listings.last()?.1,
        }
    }
}

/// Whether a command puts lines on one line, with blanks between.
pub(super) fn joins(command: &Command) -> bool {
    let Some(simple) = command.simple() else { return false };
    match simple.words.as_slice() {
        [name, from, to] if name.literal() == Some("tr") => {
            from.literal() == Some("\\n") && to.literal() == Some(" ")
        }
        _ => is_xargs(simple) && prints(simple),
    }
}

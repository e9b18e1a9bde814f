//! What a Makefile is taken for: recipes, their shells, variables.
//!
//! Not here: what make itself does with it, which the oracles ask.

use super::Makefile;
use crate::document::shell::{Interpreter, Origin};

fn lines(text: &str) -> Vec<(String, String, String)> {
    let makefile = Makefile::parse(text);
    let recipe = |script: &crate::document::shell::Script| {
        let Origin::Recipe { target, .. } = &script.origin else { panic!("a recipe") };
        let commands = script.commands();
        let first = commands.first().expect("a command");
        let words = first
            .simple()
            .map(|simple| simple.words.iter().map(|word| word.raw.as_str()).collect::<Vec<_>>());
        (
            target.clone(),
            words.unwrap_or_default().join(" "),
            text[first.span.start..first.span.end].to_owned(),
        )
    };
    makefile.recipes.iter().map(recipe).collect()
}

fn row(target: &str, words: &str, written: &str) -> (String, String, String) {
    (target.to_owned(), words.to_owned(), written.to_owned())
}

#[test]
fn recipes_are_expanded_and_keep_their_places() {
    let text = "F := -f a.yml\nDC = docker compose $(F)\nup: deps\n\t@-$(DC) up $$X $(ARGS) $@ $<\n\nx y:\n\techo a \\\n\t  b\nz: ; ls\n";
    assert_eq!(
        lines(text),
        [
            row("up", "docker compose -f a.yml up $X ${ARGS} up ${_}", "$(DC) up $$X $(ARGS) $@ $<"),
            row("x", "echo a b", "echo a \\\n\t  b"),
            row("z", "ls", "ls"),
        ]
    );
}

#[test]
fn shells_and_prefixes_are_known() {
    let makefile = Makefile::parse(
        "SHELL := /bin/bash\n.SHELLFLAGS = -eu -o pipefail -c\n.ONESHELL:\na:\n\t-x=1\n\techo $$x\nb: V = 1\nb:\n\tls\n",
    );
    assert_eq!(makefile.recipes.len(), 2);
    let first = &makefile.recipes[0];
    assert_eq!(first.interpreter(false), Interpreter::Bash);
    assert_eq!(first.body.items.len(), 2);
    let options = first.flow(crate::document::shell::Launch::Direct).steps[0].context.options;
    assert!(options.errexit && options.nounset && options.pipefail);
}

#[test]
fn what_is_added_and_what_is_there_already_is_kept() {
    let text = "F = -f a.yml\nF += -f b.yml\nG = x\nG ?= y\nH ?= z\nK += k\nup:\n\trun $(F) $(G) $(H) $(K)\n";
    assert_eq!(lines(text), [row("up", "run -f a.yml -f b.yml x z k", "run $(F) $(G) $(H) $(K)")]);
}

#[test]
fn hostile_variables_end() {
    let mut text = String::from("A0 = x\n");
    for level in 1..40 {
        let inner = format!("$(A{})", level - 1);
        text.push_str(&["A", &level.to_string(), " = ", &inner, &inner, "\n"].concat());
    }
    text += "B = $(B)\nall:\n\techo $(A39) $(B) $(unclosed\n\t$(((((\n";
    assert!(!Makefile::parse(&text).recipes.is_empty());
    assert!(Makefile::parse("\t\n:\n=\n\\").recipes.is_empty());
}

#[test]
fn secret_values_are_known() {
    let text = "API_TOKEN := abc123\nNAME := shop\nrun:\n\tDB_PASSWORD=hunter2 ./run\n";
    let spans = Makefile::parse(text).value_spans();
    let values: Vec<&str> = spans.iter().map(|span| &text[span.start..span.end]).collect();
    assert_eq!(values, ["abc123", "hunter2"]);
}

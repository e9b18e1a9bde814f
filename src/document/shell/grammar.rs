//! Lists, pipelines and compound commands.
//!
//! Not here: simple commands (see [`super::simple`]) and words (see [`super::words`]).

use super::lexer::{Parsed, Parser};
use super::tree::{Command, CommandKind, Item, List, Operator, Pipeline, Redirect};
use super::word::{Piece, Quote, Word};
use super::words::Mode;
use crate::source::{Span, Spanned};

/// The words that end a list.
const CLOSERS: &[&str] = &["then", "do", "done", "fi", "elif", "else", "esac", "}"];

impl Parser<'_> {
    /// Commands up to something that closes a list, which is left.
    pub(super) fn list(&mut self) -> Parsed<List> {
        let mut items = Vec::new();
        loop {
            self.blank_lines();
            if self.closes() {
                return Ok(List { items });
            }
            let mut item = self.item()?;
            self.blank();
            match self.peek() {
                Some(b';') if !matches!(self.peek_at(1), Some(b';' | b'&')) => self.at += 1,
                Some(b'&') => {
                    self.at += 1;
                    item.background = true;
                }
                _ if self.closes() || self.line_end() > 0 => {}
                _ => return self.fail("this is not the end of a command"),
            }
            items.push(item);
        }
    }

    fn closes(&self) -> bool {
        match self.peek() {
            None | Some(b')') => true,
            Some(b';') => matches!(self.peek_at(1), Some(b';' | b'&')),
            _ => CLOSERS.contains(&self.plain_word()),
        }
    }

    fn item(&mut self) -> Parsed<Item> {
        let first = self.pipeline()?;
        let mut span = first.span;
        let mut rest = Vec::new();
        loop {
            self.blank();
            let operator = if self.looking_at("&&") {
                Operator::And
            } else if self.looking_at("||") {
                Operator::Or
            } else {
                return Ok(Item { first, rest, background: false, span });
            };
            self.at += 2;
            self.blank_lines();
            let pipeline = self.pipeline()?;
            span.end = pipeline.span.end.max(span.end);
            rest.push((operator, pipeline));
        }
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        self.blank();
        let start = self.at;
        let mut negated = false;
        loop {
            match self.plain_word() {
                "!" => {
                    negated = !negated;
                    self.at += 1;
                }
                "time" => {
                    self.at += 4;
                    self.blank();
                    if self.looking_at("-p ") {
                        self.at += 2;
                    }
                }
                _ => break,
            }
            self.blank();
        }
        let mut commands = Vec::new();
        if start != self.at && (self.closes() || self.line_end() > 0 || self.peek() == Some(b';')) {
            // A lone `!` or `time` is a command that does nothing.
            let span = self.span(start, self.at);
            let kind = CommandKind::Brace(List::default());
            commands.push(Command { kind, redirects: Vec::new(), span });
            return Ok(Pipeline { negated, commands, span });
        }
        loop {
            commands.push(self.descend(Parser::command)?);
            self.blank();
            if self.peek() != Some(b'|') || self.peek_at(1) == Some(b'|') {
                break;
            }
            self.at += if self.peek_at(1) == Some(b'&') { 2 } else { 1 };
            self.blank_lines();
        }
        let mut span = self.span(start, start);
        span.end = commands.last().map_or(span.end, |command| command.span.end);
        Ok(Pipeline { negated, commands, span })
    }

    fn command(&mut self) -> Parsed<Command> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'(') => self.parenthesis()?,
            _ => match self.plain_word() {
                "if" => self.conditional()?,
                word @ ("while" | "until") => self.while_loop(word.len())?,
                word @ ("for" | "select") => self.for_loop(word.len())?,
                "case" => self.case()?,
                "{" => {
                    self.at += 1;
                    let body = self.list()?;
                    self.expect_word("}", "`{` is not closed")?;
                    CommandKind::Brace(body)
                }
                "[[" => self.test()?,
                "function" => self.function_keyword()?,
                "coproc" => {
                    self.at += 6;
                    self.blank();
                    return self.descend(Parser::command);
                }
                "then" | "do" | "done" | "fi" | "elif" | "else" | "esac" | "}" => {
                    return self.fail("a keyword stands where a command should begin");
                }
                _ => return self.simple(),
            },
        };
        let mut span = self.span(start, self.at);
        let redirects = self.redirects()?;
        span.end = redirects.last().map_or(span.end, |redirect| redirect.span.end);
        Ok(Command { kind, redirects, span })
    }

    pub(super) fn redirects(&mut self) -> Parsed<Vec<Redirect>> {
        let mut redirects = Vec::new();
        loop {
            let before = self.at;
            self.blank();
            let Some(redirect) = self.redirect()? else {
                // Blanks that follow do not belong to the command; passing them again costs nothing, but
                // a comment must not be counted twice.
                if self.comments.last().is_none_or(|comment| comment.end < self.span(self.at, self.at).start)
                {
                    self.at = before;
                }
                return Ok(redirects);
            };
            redirects.push(redirect);
        }
    }

    fn parenthesis(&mut self) -> Parsed<CommandKind> {
        if self.peek_at(1) == Some(b'(')
            && let Some(end) = self.arithmetic_end(self.at + 2)
        {
            let start = self.at + 2;
            self.at = end + 2;
            let expression = Spanned::new(self.slice(start, end).to_owned(), self.span(start, end));
            return Ok(CommandKind::Arithmetic(expression));
        }
        self.at += 1;
        let body = self.list()?;
        self.expect_byte(b')', "`(` is not closed")?;
        Ok(CommandKind::Subshell(body))
    }

    fn conditional(&mut self) -> Parsed<CommandKind> {
        self.at += 2;
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.list()?;
            self.expect_word("then", "`if` without `then`")?;
            branches.push((condition, self.list()?));
            self.blank_lines();
            match self.plain_word() {
                "elif" => self.at += 4,
                "else" => {
                    self.at += 4;
                    otherwise = Some(self.list()?);
                    break;
                }
                _ => break,
            }
        }
        self.expect_word("fi", "`if` without `fi`")?;
        Ok(CommandKind::If { branches, otherwise })
    }

    fn while_loop(&mut self, keyword: usize) -> Parsed<CommandKind> {
        self.at += keyword;
        let condition = self.list()?;
        let body = self.do_group()?;
        Ok(CommandKind::Loop { condition, body })
    }

    fn do_group(&mut self) -> Parsed<List> {
        self.blank_lines();
        if self.plain_word() == "{" {
            self.at += 1;
            let body = self.list()?;
            self.expect_word("}", "`{` is not closed")?;
            return Ok(body);
        }
        self.expect_word("do", "a loop without `do`")?;
        let body = self.list()?;
        self.expect_word("done", "a loop without `done`")?;
        Ok(body)
    }

    fn for_loop(&mut self, keyword: usize) -> Parsed<CommandKind> {
        self.at += keyword;
        self.blank();
        if self.looking_at("((") {
            let start = self.at + 2;
            let Some(end) = self.arithmetic_end(start) else {
                return self.fail("`((` is not closed");
            };
            self.at = end + 2;
            let expression = Spanned::new(self.slice(start, end).to_owned(), self.span(start, end));
            self.end_of_head();
            let body = self.do_group()?;
            return Ok(CommandKind::ArithmeticFor { expression, body });
        }
        let variable = self.word(Mode::Word)?;
        let variable = variable.literal().unwrap_or("").to_owned();
        self.blank_lines();
        let mut words = None;
        if self.plain_word() == "in" {
            self.at += 2;
            words = Some(self.words()?);
        }
        self.end_of_head();
        let body = self.do_group()?;
        Ok(CommandKind::For { variable, words, body })
    }

    fn end_of_head(&mut self) {
        self.blank();
        if self.peek() == Some(b';') {
            self.at += 1;
        }
    }

    fn words(&mut self) -> Parsed<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.blank();
            let before = self.at;
            if self.peek().is_none() || self.line_end() > 0 {
                return Ok(words);
            }
            let word = self.word(Mode::Word)?;
            if self.at == before {
                return Ok(words);
            }
            words.push(word);
        }
    }

    fn case(&mut self) -> Parsed<CommandKind> {
        self.at += 4;
        self.blank();
        let word = self.word(Mode::Word)?;
        self.expect_word("in", "`case` without `in`")?;
        let mut arms = Vec::new();
        loop {
            self.blank_lines();
            if self.plain_word() == "esac" {
                self.at += 4;
                return Ok(CommandKind::Case { word, arms });
            }
            if self.peek() == Some(b'(') {
                self.at += 1;
            }
            let mut patterns = Vec::new();
            loop {
                self.blank_lines();
                patterns.push(self.word(Mode::Word)?);
                self.blank_lines();
                if self.peek() != Some(b'|') {
                    break;
                }
                self.at += 1;
            }
            self.expect_byte(b')', "a pattern of `case` without `)`")?;
            arms.push((patterns, self.list()?));
            for ending in [";;&", ";;", ";&"] {
                if self.looking_at(ending) {
                    self.at += ending.len();
                    break;
                }
            }
        }
    }

    fn test(&mut self) -> Parsed<CommandKind> {
        self.at += 2;
        let mut words: Vec<Word> = Vec::new();
        loop {
            self.blank_lines();
            if self.plain_word() == "]]" {
                self.at += 2;
                return Ok(CommandKind::Test(words));
            }
            let start = self.at;
            let operator = match self.peek() {
                None => return self.fail("`[[` is not closed"),
                Some(byte @ (b'&' | b'|')) if self.bytes().get(start + 1) == Some(&byte) => 2,
                Some(b'(' | b')' | b'<' | b'>' | b'&' | b'|') => 1,
                Some(_) => 0,
            };
            if operator > 0 && words.last().is_none_or(|word| word.raw != "=~") {
                self.at += operator;
                let text = self.slice(start, self.at).to_owned();
                let span = self.span(start, self.at);
                let piece = Piece::Literal { text: text.clone(), quote: Quote::None, span };
                words.push(Word::new(&text, vec![piece], span));
                continue;
            }
            let mode =
                if words.last().is_some_and(|word| word.raw == "=~") { Mode::Regex } else { Mode::Word };
            words.push(self.word(mode)?);
            if self.at == start {
                return self.fail("`[[` is not closed");
            }
        }
    }

    fn function_keyword(&mut self) -> Parsed<CommandKind> {
        let keyword = self.span(self.at, self.at + 8);
        self.at += 8;
        self.blank();
        let name = self.word(Mode::Word)?;
        self.blank();
        if self.peek() == Some(b'(') {
            self.at += 1;
            self.blank();
            self.expect_byte(b')', "a function's `(` is not closed")?;
        }
        self.function_body(name.raw, Some(keyword))
    }

    pub(super) fn function_body(&mut self, name: String, keyword: Option<Span>) -> Parsed<CommandKind> {
        self.blank_lines();
        let body = Box::new(self.descend(Parser::command)?);
        Ok(CommandKind::Function { name, body, keyword })
    }
}

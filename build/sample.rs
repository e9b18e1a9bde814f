//! Makes up texts of the form that a pattern describes: examples that no person has to write down, and that stand
//! in no file for another scanner to find.
//!
//! Not here: what the examples are for. The same pattern always gives the same texts.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::schema::Pattern;

/// A sequence of numbers without a pattern, the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound.max(1)
    }
}

/// Texts that must be found.
pub(crate) fn examples(pattern: &Pattern) -> Result<Vec<String>, String> {
    let tree = parse(pattern)?;
    let least = pattern.entropy + 0.05;
    let fits = |seed: u64| {
        let text = sample(&tree, Some(&mut Random(seed)));
        (entropy(&text) >= least && !looks_made_up(&text)).then(|| named(pattern, &text))
    };
    let start = pattern.code.bytes().fold(0u64, |sum, byte| sum * 31 + u64::from(byte)) * 1000;
    let found: Vec<String> = (start..start + 400).filter_map(fits).take(2).collect();
    if found.len() == 2 {
        Ok(found)
    } else {
        Err(format!("{}: no text of its form has its entropy", pattern.code))
    }
}

/// Texts that must not be found: the form filled with one character, and the half of it.
pub(crate) fn counter_examples(pattern: &Pattern) -> Result<Vec<String>, String> {
    let tree = parse(pattern)?;
    let text = sample(&tree, Some(&mut Random(7)));
    let half = text.get(..text.len() / 2).unwrap_or_default();
    Ok(vec![named(pattern, &sample(&tree, None)), named(pattern, half)])
}

/// What belongs to a secret, as it would stand beside it.
pub(crate) fn beside(pattern: &Pattern) -> Result<Option<String>, String> {
    let tree = pattern.beside.as_ref().map(|beside| parsed(&beside.pattern, &pattern.code)).transpose()?;
    Ok(tree.map(|tree| sample(&tree, Some(&mut Random(11)))))
}

fn parse(pattern: &Pattern) -> Result<Hir, String> {
    parsed(if pattern.names.is_empty() { &pattern.regex } else { &pattern.value }, &pattern.code)
}

fn parsed(expression: &str, code: &str) -> Result<Hir, String> {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    parser.parse(expression).map_err(|error| format!("{code}: {error}"))
}

/// The secret with the name that gives it away, where it takes one.
fn named(pattern: &Pattern, secret: &str) -> String {
    let name = |name: &String| format!("{}_API_KEY={secret}", name.to_ascii_uppercase());
    pattern.names.first().map_or_else(|| secret.to_owned(), name)
}

/// A text of the form; without a source of randomness every choice is the first one.
fn sample(tree: &Hir, random: Option<&mut Random>) -> String {
    let mut bytes = Vec::new();
    let mut random = random;
    write(&mut bytes, tree, &mut random);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn write(bytes: &mut Vec<u8>, tree: &Hir, random: &mut Option<&mut Random>) {
    match tree.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => bytes.extend_from_slice(&literal.0),
        HirKind::Class(class) => bytes.push(member(class, random)),
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                write(bytes, &repetition.sub, random);
            }
        }
        HirKind::Capture(capture) => write(bytes, &capture.sub, random),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(bytes, part, random)),
        HirKind::Alternation(parts) => {
            if let Some(part) = parts.first() {
                write(bytes, part, random);
            }
        }
    }
}

/// One member of a class. The two cases of a letter and a small set are no source of randomness.
fn member(class: &Class, random: &mut Option<&mut Random>) -> u8 {
    let members: Vec<u8> = match class {
        Class::Bytes(class) => class.ranges().iter().flat_map(|range| range.start()..=range.end()).collect(),
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .filter_map(|character| u8::try_from(character).ok())
            .collect(),
    };
    let alphanumeric: Vec<u8> = members.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    let chosen = if alphanumeric.is_empty() { &members } else { &alphanumeric };
    let index = match random {
        Some(random) if chosen.len() > 2 => random.below(chosen.len()),
        _ if chosen.len() == 2 => 1,
        _ => 0,
    };
    chosen.get(index).copied().unwrap_or(b'x')
}

/// Whether a text of random letters happens to look as if a person had made it up.
fn looks_made_up(text: &str) -> bool {
    let bytes = text.as_bytes();
    let row = |window: &[u8]| {
        let step = |by: i16| {
            window.windows(2).all(|pair| matches!(pair, [a, b] if i16::from(*b) - i16::from(*a) == by))
        };
        step(0) || step(1) || step(-1)
    };
    bytes.windows(6).any(row)
}

#[expect(clippy::cast_precision_loss, reason = "tokens are short")]
fn entropy(text: &str) -> f32 {
    let mut counts = [0u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = text.len() as f32;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| count as f32 / length)
        .map(|part| -part * part.log2())
        .sum()
}

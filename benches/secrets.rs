//! What a scan costs: configuration, source text, one long line, and texts made to be slow.
//!
//! Not here: walking directories and reading files.

use divan::Bencher;
use divan::counter::BytesCount;
use envgate::secrets::scan;

fn main() {
    divan::main();
}

const SIZE: usize = 1 << 20;

/// Text of about [`SIZE`] bytes, made of `line` with a counter in place of `#`.
fn filled(line: &str) -> String {
    let mut text = String::with_capacity(SIZE + line.len());
    let mut count = 0u32;
    while text.len() < SIZE {
        text.push_str(&line.replace('#', &count.to_string()));
        count += 1;
    }
    text
}

fn bench(bencher: Bencher<'_, '_>, text: &str) {
    bencher.counter(BytesCount::of_str(text)).bench(|| scan("a.txt", divan::black_box(text)));
}

#[divan::bench]
fn source_text(bencher: Bencher<'_, '_>) {
    bench(
        bencher,
        &filled("    let total_# = items.iter().map(|item| item.price * item.count).sum::<u64>();\n"),
    );
}

#[divan::bench]
fn configuration_with_references(bencher: Bencher<'_, '_>) {
    bench(
        bencher,
        &filled("service_#:\n  password: ${DB_PASSWORD}\n  url: https://service-#.internal/api?key=value\n"),
    );
}

#[divan::bench]
fn one_long_line(bencher: Bencher<'_, '_>) {
    bench(
        bencher,
        &filled("{\"id\":#,\"name\":\"a thing\",\"tags\":[\"one\",\"two\"],\"href\":\"/things/#\"},"),
    );
}

#[divan::bench]
fn a_secret_a_line(bencher: Bencher<'_, '_>) {
    bench(bencher, &filled("client_secret = \"mV9xQ2rT8kLp4ZwN7bJc3HsY#\"\n"));
}

#[divan::bench(args = ["ghp_", "://a:", "password=", "\"key", "AAAA", "-----BEGIN PRIVATE KEY-----\n"])]
fn hostile(bencher: Bencher<'_, '_>, piece: &str) {
    bench(bencher, &piece.repeat(SIZE / piece.len()));
}

#[divan::bench]
fn start_up(bencher: Bencher<'_, '_>) {
    bench(bencher, "x");
}

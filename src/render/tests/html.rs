//! The page: whole in itself, closed to what stands in files, its policy true.

use sha2::{Digest, Sha256};

use super::consumers::{HOSTILE, hostile};
use super::{report, written};
use crate::diagnostic::Report;
use crate::render::{Format, Options};

fn page(report: &Report) -> String {
    written(report, Format::Html, &Options::default())
}

/// What stands between a tag and its end, for a tag that is there once.
fn inside<'a>(page: &'a str, open: &str, close: &str) -> &'a str {
    assert_eq!(page.matches(open).count(), 1, "{open} is there once");
    page.split_once(open).and_then(|(_, rest)| rest.split_once(close)).map_or("", |(text, _)| text)
}

/// Standard base64, read slowly: what the policy says, as bytes.
fn decoded(text: &str) -> Vec<u8> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = String::new();
    for letter in text.trim_end_matches('=').chars() {
        bits += &format!("{:06b}", LETTERS.find(letter).expect("a letter of base64"));
    }
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).expect("digits"), 2).expect("bits"))
        .collect()
}

#[test]
fn the_policy_allows_what_is_in_the_page_and_nothing_else() {
    let page = page(&report().0);
    let policy = inside(&page, "Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'), "{policy}");
    for (directive, open, close) in
        [("style-src", "<style>", "</style>"), ("script-src", "<script>", "</script>")]
    {
        let said = policy.split("; ").find_map(|part| part.strip_prefix(directive)).expect("the directive");
        let said =
            said.trim().strip_prefix("'sha256-").and_then(|said| said.strip_suffix('\'')).expect("a digest");
        assert_eq!(decoded(said), Sha256::digest(inside(&page, open, close)).to_vec(), "{directive}");
    }
}

#[test]
fn the_page_loads_nothing_and_has_no_code_in_its_tags() {
    for report in [report().0, hostile(), Report::default()] {
        let page = page(&report);
        let body = page.split("<body>").nth(1).expect("a body");
        let markup = body.split("<script>").next().expect("markup");
        for tag in markup.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
            let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default();
            let known = "a article button code details div fieldset figcaption figure footer form h1 h2 h3 h4 \
                header input label legend li main mark option p pre rect section select small span strong summary \
                svg table tbody td th thead tr ul";
            assert!(known.split(' ').any(|one| one == name), "<{tag}>");
            for attribute in ["style=", "src=", "onerror", "onmouseover", "javascript:"] {
                assert!(!tag.contains(attribute), "<{tag}>");
            }
            if let Some((_, target)) = tag.split_once("href=\"") {
                assert!(target.starts_with('#'), "<{tag}>");
            }
        }
    }
}

#[test]
fn what_files_say_is_text() {
    let report = hostile();
    let page = page(&report);
    assert_eq!(page.matches("<article ").count(), HOSTILE.len());
    assert!(page.contains("&lt;/script&gt;&lt;script&gt;document.title=&#39;pwned&#39;"));
    assert!(!page.contains("</script><script>document"));
}

/// In Spanish all that is ours is Spanish, and the tables stand in the same order.
#[test]
fn it_is_said_in_spanish() {
    let (report, _) = report();
    let options = Options { lang: crate::lang::Lang::Spanish, ..Options::default() };
    let spanish = written(&report, Format::Html, &options);
    for text in [
        "<html lang=\"es\">",
        "<h1>5 errores, 1 aviso en 2 archivos</h1>",
        "<h2 id=\"todo\">Qué hacer</h2>",
        "<strong>Qué hacer:</strong>",
        "data-text=\"{} de {} a la vista\"",
        "<p lang=\"en\">",
    ] {
        assert!(spanish.contains(text), "{text}");
    }
    for text in [
        "What to do",
        "Findings",
        "Where<",
        "Severity<",
        "shown\"></p>",
        "Show all",
        "files checked",
        ">error<\n",
    ] {
        assert!(!spanish.contains(text), "{text}");
    }
    let places = |page: &str| ["id=\"where\"", "id=\"todo\"", "id=\"findings\""].map(|id| page.find(id));
    assert!(places(&spanish).is_sorted() && places(&page(&report)).is_sorted());
}

#[test]
fn it_says_how_many_how_bad_where_and_what_to_do() {
    let (report, _) = report();
    let page = page(&report);
    for text in [
        "<title>envgate: 5 errors, 1 warning</title>",
        "<h1>5 errors, 1 warning in 2 files</h1>",
        "<strong>12</strong> <span>files checked</span>",
        "<strong>2</strong> <span>suppressed</span>",
        "<h2 id=\"todo\">What to do</h2>",
        "<h2 id=\"where\">Where</h2>",
        "<strong>What to do:</strong> write <code>${SECRET_KEY:?set SECRET_KEY in envs/.env}</code>",
        "<details><summary>Why it matters</summary>",
        "<mark>${SECRET_KEY:-*******************}</mark>",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let clean = super::html::page(&Report::default());
    assert!(clean.contains("<h1>no findings</h1>") && clean.contains("Nothing was found."));
}

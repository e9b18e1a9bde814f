//! Links: each leads to a chapter of the book and to a head that is there, or to a file that comes with the book.
//!
//! Not here: whether what lies outside of the repository is there; nothing is fetched, only the form is looked at.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::page::Page;
use super::{BESIDE, pages, root};

/// What `docs/build` puts beside the chapters.
const BESIDE_CHAPTERS: [&str; 4] = ["docs/", "hooks/", "LICENSE-", "fixtures/incident/"];

/// `b.md` seen from `docs/a.md`, from the top of the repository; `None` where it leads out of it.
fn joined(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

fn rule_pages() -> Vec<Page> {
    let mut names: Vec<String> = fs::read_dir(root("rules"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"))
        .collect();
    names.sort();
    names.iter().map(|name| Page::read(&format!("rules/{name}"))).collect()
}

/// The chapters that the summary names, from the top of the repository.
fn chapters() -> Vec<String> {
    let summary = Page::read("docs/SUMMARY.md");
    summary.links().iter().map(|link| joined("docs/SUMMARY.md", &link.target).unwrap()).collect()
}

#[test]
fn every_page_is_a_chapter_once() {
    let named = chapters();
    let set: BTreeSet<&String> = named.iter().collect();
    assert_eq!(set.len(), named.len(), "a chapter stands twice in docs/SUMMARY.md");
    let there: BTreeSet<String> = pages()
        .into_iter()
        .chain(rule_pages())
        .map(|page| page.path)
        .filter(|path| !BESIDE.contains(&path.as_str()) && path != "docs/SUMMARY.md")
        .collect();
    assert_eq!(set, there.iter().collect());
}

#[test]
fn every_link_leads_somewhere() {
    let all: Vec<Page> = pages().into_iter().chain(rule_pages()).collect();
    let named: BTreeSet<String> = chapters().into_iter().collect();
    let mut wrong = Vec::new();
    for page in &all {
        for link in page.links() {
            if let Err(why) = leads(page, &link.target, &all, &named) {
                wrong.push(format!("{}:{}: {}: {why}", page.path, link.line, link.target));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn leads(page: &Page, target: &str, all: &[Page], named: &BTreeSet<String>) -> Result<(), &'static str> {
    if let Some(address) = target.strip_prefix("https://") {
        let host = address.split('/').next().unwrap_or_default();
        let shaped =
            host.contains('.') && !address.contains(|letter: char| letter.is_whitespace() || letter == '"');
        return if shaped { Ok(()) } else { Err("is no address") };
    }
    if target.contains(':') {
        return Err("is neither a page nor an https address");
    }
    let (path, head) = target.split_once('#').unwrap_or((target, ""));
    let path =
        if path.is_empty() { page.path.clone() } else { joined(&page.path, path).ok_or("leads out")? };
    if !root(&path).is_file() {
        return Err("there is no such file");
    }
    if let Some(there) = all.iter().find(|other| other.path == path) {
        if page.path != path && !named.contains(&path) && !BESIDE.contains(&path.as_str()) {
            return Err("is no chapter of the book");
        }
        let found = head.is_empty() || there.anchors().iter().any(|anchor| anchor == head);
        return if found { Ok(()) } else { Err("there is no such head") };
    }
    let comes = BESIDE_CHAPTERS.iter().any(|start| path.starts_with(start));
    if comes { Ok(()) } else { Err("docs/build does not put it beside the chapters") }
}

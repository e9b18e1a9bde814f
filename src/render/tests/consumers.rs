//! What each format's readers ask for, held against the whole sample and against hostile texts.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::{FALLBACK, report, written};
use crate::diagnostic::{Findings, Report, Severity};
use crate::render::markdown::LARGEST;
use crate::render::{Format, Options};
use crate::source::{Source, Span};

/// Texts that would end a command, a tag, an attribute, a cell or a line.
pub(super) const HOSTILE: &[&str] = &[
    "</script><script>document.title='pwned'</script>",
    "\"><img src=x onerror=\"document.title='pwned'\">",
    "' onmouseover='alert(1)",
    "]]><!-- &amp; &#60;b&#62;",
    "a\r\n::error file=x::pwned%0A%25",
    "| `b` | <b>x</b> [l](javascript:alert(1)) @all #1 $x$",
    "\u{1b}[31m\u{0}\u{202e}\u{fffe}\u{ffff}",
    "`<u>`",
];

/// A report with each hostile text as a path, a message, a remedy, a line of a file and a second place.
pub(super) fn hostile() -> Report {
    let mut found = Vec::new();
    let sources: Vec<Source> =
        HOSTILE.iter().map(|text| Source::new(format!("dir/{text}"), format!("{text}\n"))).collect();
    for (source, text) in sources.iter().zip(HOSTILE) {
        Findings::new(&FALLBACK, source.shared_path(), &mut found)
            .push(Span::new(0, 3), *text)
            .help(*text)
            .key(*text)
            .label(source.shared_path(), Span::new(1, 4), *text)
            .label(*text, Span::new(0, 0), *text);
    }
    Report::new(found, sources.iter().map(|source| (source, Vec::new())), HOSTILE.len(), 0)
}

fn plain(report: &Report, format: Format) -> String {
    written(report, format, &Options::default())
}

fn reports() -> [Report; 3] {
    [report().0, hostile(), Report::default()]
}

#[test]
fn a_line_of_jsonl_is_a_finding_of_json() {
    for report in reports() {
        let whole: Value = serde_json::from_str(&plain(&report, Format::Json)).expect("it is JSON");
        let text = plain(&report, Format::Jsonl);
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
        assert_eq!(whole["findings"], Value::Array(lines));
    }
}

/// Reads a workflow command as GitHub's runner does: name, properties, data.
fn command(line: &str) -> (String, Vec<(String, String)>, String) {
    let rest = line.strip_prefix("::").expect("a command");
    let (head, data) = rest.split_once("::").expect("data");
    let (name, properties) = head.split_once(' ').expect("properties");
    let unescaped = |text: &str| {
        let text = text.replace("%3A", ":").replace("%2C", ",");
        text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    };
    let properties = properties.split(',').map(|pair| {
        let (key, value) = pair.split_once('=').expect("key and value");
        (key.to_owned(), unescaped(value))
    });
    (
        name.to_owned(),
        properties.collect(),
        data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%"),
    )
}

#[test]
fn github_reads_each_finding_as_one_annotation() {
    for report in reports() {
        let text = plain(&report, Format::Github);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), report.findings.len(), "a line each:\n{text}");
        for (line, finding) in lines.iter().zip(&report.findings) {
            let (name, properties, data) = command(line);
            assert_eq!(name, finding.diagnostic.severity.as_str());
            let keys: Vec<&str> = properties.iter().map(|(key, _)| key.as_str()).collect();
            let one_line = finding.region.start.line == finding.region.end.line;
            let columns: &[&str] = if one_line { &["col", "endColumn"] } else { &[] };
            assert_eq!(keys, [&["file", "line", "endLine"], columns, &["title"]].concat(), "{line}");
            let value =
                |key: &str| properties.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
            assert_eq!(value("file").as_deref(), Some(&*crate::render::visible(&finding.diagnostic.path)));
            assert_eq!(value("line"), Some(finding.region.start.line.to_string()));
            assert!(
                data.starts_with(&*crate::render::visible_lines(&finding.diagnostic.message)),
                "{data:?}"
            );
        }
    }
}

#[test]
fn gitlab_takes_the_artifact() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../tests/data/gitlab-code-quality.schema.json"))
            .expect("JSON");
    let validator = jsonschema::options().build(&schema).expect("a schema");
    for report in reports() {
        let issues: Value = serde_json::from_str(&plain(&report, Format::Gitlab)).expect("it is JSON");
        let errors: Vec<String> = validator.iter_errors(&issues).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let issues = issues.as_array().expect("an array");
        assert_eq!(issues.len(), report.findings.len());
        let prints: BTreeSet<&str> =
            issues.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
        assert_eq!(prints.len(), issues.len(), "fingerprints tell issues apart");
        for (issue, finding) in issues.iter().zip(&report.findings) {
            assert_eq!(issue["location"]["path"], *finding.diagnostic.path);
            assert_eq!(issue["location"]["lines"]["begin"], finding.region.start.line);
        }
    }
    assert!(!validator.is_valid(&json!([{"description": "no place"}])), "the schema can say no");
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.attribute(name).unwrap_or_else(|| panic!("<{}> has no {name}", node.tag_name().name()))
}

fn children<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Vec<Node<'a, 'input>> {
    let elements: Vec<_> = node.children().filter(Node::is_element).collect();
    assert!(
        elements.iter().all(|child| child.has_tag_name(name)),
        "only <{name}> in <{}>",
        node.tag_name().name()
    );
    elements
}

fn number(node: Node<'_, '_>, name: &str) -> usize {
    attribute(node, name).parse().expect("a number")
}

/// What Jenkins, GitLab, `CircleCI` and Azure read: names everywhere, counts that are right, a failure in each
/// failed case, and at least one case.
#[test]
fn junit_is_what_ci_servers_read() {
    for report in reports() {
        let text = plain(&report, Format::Junit);
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        let root = document.root_element();
        assert!(root.has_tag_name("testsuites"));
        let (mut cases, mut failures) = (0, 0);
        for suite in children(root, "testsuite") {
            let inside = children(suite, "testcase");
            assert_eq!(number(suite, "tests"), inside.len());
            let mut failed = 0;
            for case in &inside {
                assert!(!attribute(*case, "name").is_empty() && !attribute(*case, "classname").is_empty());
                assert!(attribute(*case, "time").parse::<f64>().is_ok());
                for failure in case.children().filter(Node::is_element) {
                    assert!(failure.has_tag_name("failure"));
                    assert!(["error", "warning"].contains(&attribute(failure, "type")));
                    assert!(
                        failure
                            .text()
                            .is_some_and(|text| text.contains(attribute(failure, "message").trim())
                                || attribute(failure, "message").len() < text.len())
                    );
                    failed += 1;
                }
            }
            assert_eq!((number(suite, "failures"), number(suite, "errors")), (failed, 0));
            cases += inside.len();
            failures += failed;
        }
        assert_eq!((number(root, "tests"), number(root, "failures")), (cases, failures));
        assert_eq!(failures, report.findings.len());
        assert_eq!(cases, failures.max(1), "a clean check is one passed test");
    }
}

#[test]
fn checkstyle_is_what_its_readers_read() {
    for report in reports() {
        let text = plain(&report, Format::Checkstyle);
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        let root = document.root_element();
        assert!(root.has_tag_name("checkstyle") && root.attribute("version").is_some());
        let mut seen = 0;
        for file in children(root, "file") {
            assert!(!attribute(file, "name").is_empty());
            for error in children(file, "error") {
                assert!(number(error, "line") >= 1 && number(error, "column") >= 1);
                assert!(["error", "warning", "info"].contains(&attribute(error, "severity")));
                assert!(attribute(error, "source").starts_with("envgate."));
                assert!(!attribute(error, "message").is_empty());
                seen += 1;
            }
        }
        assert_eq!(seen, report.findings.len());
    }
}

/// What stands in XML is what was said: paths and messages come back out of the parser.
#[test]
fn hostile_texts_come_back_out_of_xml() {
    let report = hostile();
    let text = plain(&report, Format::Checkstyle);
    let document = Document::parse(&text).expect("it is XML");
    let files: Vec<&str> = document.descendants().filter_map(|node| node.attribute("name")).collect();
    assert!(files.contains(&"dir/\"><img src=x onerror=\"document.title='pwned'\">"), "{files:#?}");
    assert!(files.contains(&"dir/]]><!-- &amp; &#60;b&#62;"), "{files:#?}");
}

#[test]
fn markdown_keeps_to_its_size_and_says_what_it_leaves_out() {
    let text_of_file = "KEY\n".repeat(3000);
    let source = Source::new(".env", text_of_file.as_str());
    let mut found = Vec::new();
    let mut findings = Findings::new(&FALLBACK, source.shared_path(), &mut found);
    for nth in 0..3000 {
        let start = nth * 4;
        findings.push(Span::new(start, start + 3), "`KEY` is <b>short</b>").help("write it | longer");
    }
    let report = Report::new(found, [(&source, Vec::new())], 1, 0);
    let text = plain(&report, Format::Markdown);
    assert!(text.len() <= LARGEST, "{}", text.len());
    let rows = text.lines().filter(|line| line.starts_with("| error CMP002")).count();
    assert!(rows > 100 && text.contains(&format!("And {} more,", 3000 - rows)), "{rows}");
    assert_eq!(report.count(Severity::Error), 3000);
    assert!(text.starts_with("## ❌ envgate: 3000 errors\n"));
}

/// Each row has its four cells whatever stands in them, and no text of the report is a tag.
#[test]
fn markdown_holds_hostile_texts_as_text() {
    let text = plain(&hostile(), Format::Markdown);
    let table = text.split("\n| | where").nth(1).expect("the table of findings");
    let rows: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(rows.len(), HOSTILE.len(), "{text}");
    for row in rows {
        assert_eq!(row.matches('|').count(), 5, "{row}");
        let tags = row.replace("<code>", "").replace("</code>", "").replace("<br>", "");
        assert!(!tags.contains(['<', '>', '@', '[', ']', '*', '$']), "{row}");
    }
    let empty = plain(&Report::default(), Format::Markdown);
    assert_eq!(empty, "## ✅ envgate: no findings\n\n0 files checked\n");
}

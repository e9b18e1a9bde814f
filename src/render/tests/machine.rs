//! What machines read.

use serde_json::{Value, json};

use super::{FALLBACK, NO_VERIFY, report, rules_json, written};
use crate::diagnostic::Report;
use crate::render::{Format, Options};
use crate::source::Source;

fn parsed(report: &Report, format: Format) -> Value {
    serde_json::from_str(&written(report, format, &Options::default())).expect("it is JSON")
}

/// The text that a region covers, counted the way SARIF says: lines and characters from 1, end exclusive.
fn covered(source: &Source, region: [&Value; 4]) -> String {
    let [line, column, end_line, end_column] =
        region.map(|value| usize::try_from(value.as_u64().expect("a number")).expect("a small one"));
    let lines: Vec<Vec<char>> = source.text().split('\n').map(|line| line.chars().collect()).collect();
    assert_eq!(line, end_line, "all findings of the sample stand on one line");
    lines[line - 1][column - 1..end_column - 1].iter().collect()
}

fn original<'a>(sources: &'a [Source], path: &Value) -> &'a Source {
    sources.iter().find(|source| Some(source.path()) == path.as_str()).expect("a source of the sample")
}

#[test]
fn json_is_exactly_what_is_promised() {
    let (report, sources) = report();
    let whole = parsed(&report, Format::Json);
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().expect("an object").keys().cloned().collect() };
    assert_eq!(keys(&whole), ["schema", "tool", "summary", "findings"]);
    assert_eq!(whole["schema"], "envgate/report/v1");
    assert_eq!(whole["tool"], json!({"name": "envgate", "version": env!("CARGO_PKG_VERSION")}));
    assert_eq!(whole["summary"], json!({"files": 12, "errors": 5, "warnings": 1, "suppressed": 2}));
    assert_eq!(keys(&whole["summary"]), ["files", "errors", "warnings", "suppressed"]);
    let findings = whole["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), 6);
    for finding in findings {
        let kept: Vec<String> = keys(finding).into_iter().filter(|key| key != "related").collect();
        assert_eq!(
            kept,
            [
                "code",
                "name",
                "severity",
                "message",
                "help",
                "path",
                "line",
                "column",
                "end_line",
                "end_column",
                "key",
                "service",
                "fingerprint",
                "fixable"
            ]
        );
        let region = ["line", "column", "end_line", "end_column"].map(|key| &finding[key]);
        let text = covered(original(&sources, &finding["path"]), region);
        match finding["code"].as_str() {
            Some("CMP002") => assert!(text.starts_with("${") && text.ends_with('}'), "{text}"),
            Some("CMP004") => assert_eq!(text, "SECRET_KEY"),
            code => assert_eq!((code, text.as_str()), (Some("HOK212"), "--no-verify")),
        }
    }
    let first = &findings[0];
    assert_eq!(
        (&first["key"], &first["service"], &first["help"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!((&first["fixable"], &findings[2]["fixable"]), (&json!(false), &json!(true)));
    assert_eq!((&findings[2]["key"], &findings[2]["service"]), (&json!("SECRET_KEY"), &json!("backend")));
}

#[test]
fn json_without_findings() {
    let report = Report::new(Vec::new(), [], 3, 0);
    let whole = parsed(&report, Format::Json);
    assert_eq!(whole["findings"], json!([]));
    assert_eq!(whole["summary"]["files"], 3);
}

#[test]
fn sarif_is_valid() {
    let schema: Value = serde_json::from_str(include_str!("../../../tests/data/sarif-2.1.0.schema.json"))
        .expect("the schema is JSON");
    let validator = jsonschema::options().build(&schema).expect("the schema is one");
    let (full, _) = report();
    for report in [full, Report::default()] {
        let log = parsed(&report, Format::Sarif);
        let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    assert!(!validator.is_valid(&json!({"version": "2.1.0", "runs": [{}]})), "the schema can say no");
}

#[test]
fn sarif_says_what_the_report_says() {
    let (report, sources) = report();
    let log = parsed(&report, Format::Sarif);
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let ids: Vec<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(ids, ["CMP002", "CMP004", "HOK212"]);
    assert_eq!(rules[0]["help"]["markdown"], FALLBACK.page);
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), report.findings.len());
    for (result, finding) in results.iter().zip(&report.findings) {
        let diagnostic = &finding.diagnostic;
        assert_eq!(result["ruleId"], diagnostic.meta.code);
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small one");
        assert_eq!(ids[index], diagnostic.meta.code);
        assert_eq!(result["level"], diagnostic.severity.as_str());
        assert_eq!(result["partialFingerprints"]["envgate/v1"], *finding.fingerprint);
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let region = ["startLine", "startColumn", "endLine", "endColumn"].map(|key| &region[key]);
        let source = original(&sources, &Value::from(&*diagnostic.path));
        assert_eq!(covered(source, region), source.slice(diagnostic.span));
        let related = result["relatedLocations"].as_array().map_or(0, Vec::len);
        assert_eq!(related, diagnostic.labels.len());
    }
    let uri = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "docs/DEPLOY%20%1B%5B31m.md");
    let related = &results[1]["relatedLocations"][0];
    let region = &related["physicalLocation"]["region"];
    let region = ["startLine", "startColumn", "endLine", "endColumn"].map(|key| &region[key]);
    assert_eq!(covered(&sources[1], region), "SECRET_KEY=");
}

#[test]
fn rules_as_json() {
    let mut out = Vec::new();
    rules_json(&[&FALLBACK, &NO_VERIFY], &mut out).expect("a vector takes everything");
    let value: Value = serde_json::from_slice(&out).expect("it is JSON");
    assert_eq!(value["schema"], "envgate/rules/v1");
    assert_eq!(
        value["rules"][1],
        json!({"code": "HOK212", "name": "no-verify", "family": "HOK", "severity": "warning",
               "certainty": "heuristic", "summary": "hooks are told to be skipped"})
    );
}

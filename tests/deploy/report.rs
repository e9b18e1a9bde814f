//! What a deploy leaves to read: its report, also where nothing was begun, and its line on a terminal.

use serde_json::Value;

use super::bed::{Bed, bed};

fn last(bed: &Bed) -> (String, Value, String) {
    let path = bed.sh("ls .envgate/reports/*.json | tail -n 1");
    let json = serde_json::from_str(&bed.sh(&format!("cat {path}"))).unwrap();
    let markdown = bed.sh(&format!("cat {}.md", path.strip_suffix(".json").unwrap()));
    (path, json, markdown)
}

#[test]
fn a_report_holds_reasons_counts_and_silencings() {
    let Some(bed) = bed() else { return };
    bed.word(&["build", "0.1.2"]);
    let fallback = "sed -i 's/SECRET_KEY: ${SECRET_KEY:?}/SECRET_KEY: ${SECRET_KEY:-dev-secret-change-in-production}ALLOW/' infra/docker-compose.yml";
    bed.commit(&fallback.replace("ALLOW", ""));
    bed.deploy(&["run", "--version", "0.1.2"]).is(1, &["CMP002", "\nreport: .envgate/reports/"]);
    let (first, json, markdown) = last(&bed);
    assert_eq!(json["code"], 1);
    assert_eq!(json["reasons"][0]["what"], "the check has a finding that fails", "{json:#}");
    assert_eq!(
        (&json["check"]["findings"][0][0], &json["images"]),
        (&"CMP002".into(), &Value::Array(vec![]))
    );
    assert!(
        markdown.contains("refused: nothing was changed") && markdown.contains("| CMP002 |"),
        "{markdown}"
    );
    bed.untouched();

    bed.commit("sed -i 's/in-production}/in-production} # envgate: allow CMP002: a bed holds no secret/' infra/docker-compose.yml");
    bed.deploy(&["run", "--version", "0.1.2"]).is(0, &["deployed"]);
    let (second, json, markdown) = last(&bed);
    let silenced = &json["check"]["silencings"][0];
    assert_eq!((&silenced["reason"], &silenced["findings"]), (&"a bed holds no secret".into(), &1.into()));
    assert!(silenced["at"].as_str().unwrap().starts_with("infra/docker-compose.yml:"), "{json:#}");
    assert!(markdown.contains("| a bed holds no secret |"), "{markdown}");
    let counted = &json["rows"][0];
    assert_eq!(
        (&counted["name"], &counted["before"], &counted["after"]),
        (&"monthly_kpis".into(), &7320.into(), &7320.into())
    );
    assert!(markdown.contains("| srv1 | users | 8 | 8 |"), "{markdown}");
    // Also one of a deploy that was refused is a link of the chain.
    for report in [first, second] {
        bed.deploy(&["audit", &report]).is(0, &[]);
    }
}

#[test]
fn a_terminal_shows_what_is_at_work() {
    let Some(bed) = bed() else { return };
    let told = bed.on_terminal("backup");
    told.is(0, &["srv1 backup", "read to the end"]);
    // Drawn over, with the time so far, and gone when it has ended.
    let drawn = told.text.split('\r').filter(|part| part.contains("s srv1 backup .")).count();
    assert!(drawn > 0, "{:?}", told.text);
    let told = bed.on_terminal("verify");
    told.is(0, &["monthly_kpis 7320"]);
    assert!(told.text.contains("1s srv1 health ."), "nothing is seen of what it waits for: {:?}", told.text);
    assert!(!bed.deploy(&["backup"]).text.contains(['\r', '\u{1b}']), "it is drawn where nobody looks");
}

//! Documents in Spanish that are kept: the summary in Markdown, and a deploy's report.
//!
//! Not here: HTML, whose own tests read it.

use envgate::deploy::journal::Line;
use envgate::deploy::markdown::markdown;
use envgate::deploy::report::Report;
use envgate::lang::Lang;

use crate::fixtures::english;
use crate::says;

#[test]
fn the_summary_in_markdown() {
    let text = says(&[], &["check", "--format", "markdown", "--lang", "es"]);
    for part in [
        "## ❌ envgate: 2 errores\n\n1 archivo comprobado\n",
        "| regla | | cuántas veces |",
        "| | dónde | qué | qué hacer |",
        "<code>SECRET&#95;KEY</code> tiene 3 caracteres y necesita 32",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let found: Vec<&str> = text.lines().flat_map(english).collect();
    assert!(found.is_empty(), "{found:?}: {text}");
    let text = says(&[], &["check", "--format", "markdown"]);
    assert!(text.contains("## ❌ envgate: 2 errors\n\n1 file checked\n"), "{text}");
    assert!(text.contains("| | where | what | what to do |"), "{text}");
}

/// As a run leaves it; the names in it are nobody's words.
const REPORT: &str = r#"{"format": "envgate/deploy-report/v1", "run": "20260102T030405Z-0a1b", "code": 4,
  "plan": {"format": "envgate/deploy-plan/v1", "project": "shop", "target": "production", "version": "0.1.2",
    "env_only": false,
    "inputs": {"commit": "c0ffee", "branch": null, "dirty": true, "rules": "0.1.0 abc", "files": {"infra/compose.yml": "12ab"}},
    "servers": [{"host": "srv1", "env": "00", "containers": "11", "services": [
        {"name": "web", "action": "created", "why": [], "from": null, "to": "registry.example.com/web:0.1.2"}],
      "protected": [], "back": null, "steps": []}]},
  "check": {"files": 12, "silenced": 1, "findings": [["ENV102", "envs/.env", "x"]], "ignored": []},
  "images": [["web", "registry.example.com/web@sha256:ab"]],
  "servers": [["srv1", []]],
  "before": "", "seal": ""}"#;

#[test]
fn the_report_of_a_deploy() {
    let mut report: Report = serde_json::from_str(REPORT).unwrap();
    let line = |state: &str, note: &str| Line {
        at: "2026-01-02T03:04:05Z".to_owned(),
        epoch: 1,
        step: "health".to_owned(),
        state: state.to_owned(),
        note: note.to_owned(),
    };
    report.servers[0].1 = vec![line("failed", "service web does not run"), line("done", "orders 7320")];
    let text = markdown(&report, Lang::Spanish);
    for part in [
        "# Despliegue 20260102T030405Z-0a1b de shop 0.1.2\n",
        "- commit `c0ffee` en ninguna rama, con archivos sin commit a su lado\n",
        "- comprobación: 12 archivos, 1 hallazgos que pasaron, 1 silenciados\n",
        "- reglas `0.1.0 abc`\n",
        "| servidor | servicio | de | a |\n",
        "| srv1 | web | nada | registry.example.com/web@sha256:ab |\n",
        "| hora | paso |  |  |\n",
        "| 2026-01-02T03:04:05Z | health | falló | el servicio web no está corriendo |\n",
        "## Entradas\n\n| SHA-256 | qué |\n",
        "| `00` | el archivo de variables en srv1 |\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let found: Vec<&str> = text.lines().flat_map(english).collect();
    assert!(found.is_empty(), "{found:?}: {text}");
    let text = markdown(&report, Lang::English);
    assert!(text.contains("- commit `c0ffee` on no branch, with uncommitted files beside it\n"), "{text}");
    assert!(text.contains("| failed | service web does not run |"), "{text}");
}

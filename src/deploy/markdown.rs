//! A report for people, as Markdown.
//!
//! Not here: what stands in it.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

use super::report::{Report, outcome};
use crate::lang::Lang;

/// The whole of it.
#[must_use]
pub fn markdown(report: &Report, lang: Lang) -> String {
    let plan = &report.plan;
    let head = lang.with("Deploy {run} of {project} {version}", &[&report.run, &plan.project, &plan.version]);
    let mut text = format!("# {head}\n\n{}\n\n", lang.text(outcome(report.code)));
    inputs(report, lang, &mut text);
    for reason in &report.reasons {
        let help =
            if reason.help.is_empty() { String::new() } else { format!(": {}", lang.text(&reason.help)) };
        let _ = writeln!(text, "- {}{help}", lang.text(&reason.what));
    }
    images(report, lang, &mut text);
    found(report, lang, &mut text);
    steps(report, lang, &mut text);
    let _ = writeln!(text, "\n## {}", lang.word("Inputs"));
    let env =
        plan.servers.iter().map(|server| (&server.env, lang.with("the env file on {host}", &[&server.host])));
    let files = plan.inputs.files.iter().map(|(path, hash)| (hash, path.clone()));
    let rows = env.chain(files).map(|(hash, what)| [format!("`{hash}`"), what]);
    table(["SHA-256", "what"].map(|head| lang.word(head)), rows, &mut text);
    text
}

/// What was deployed: the commit, and what the check came to.
fn inputs(report: &Report, lang: Lang, text: &mut String) {
    let inputs = &report.plan.inputs;
    let dirty =
        if inputs.dirty { lang.text(", with uncommitted files beside it") } else { Cow::Borrowed("") };
    let branch = match &inputs.branch {
        Some(branch) => format!("`{branch}`"),
        None => lang.text("no branch").into_owned(),
    };
    let commit = lang.with("commit `{commit}` on {branch}{dirty}", &[&inputs.commit, &branch, &dirty]);
    let check = &report.check;
    let counts = [check.files, check.findings.len(), check.silenced].map(|count| count.to_string());
    let [files, findings, silenced] = &counts;
    let check =
        lang.with("check: {} files, {} findings let through, {} silenced", &[files, findings, silenced]);
    let _ = writeln!(text, "- {commit}\n- {check}\n- {}", lang.with("rules `{}`", &[&inputs.rules]));
}

/// A table, where there is anything to stand in it.
fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>, text: &mut String) {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_none() {
        return;
    }
    let _ = writeln!(text, "\n| {} |\n|{}", head.join(" | "), "---|".repeat(N));
    for row in rows {
        let cells = row.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
}

fn images(report: &Report, lang: Lang, text: &mut String) {
    let mut rows = Vec::new();
    for server in &report.plan.servers {
        for service in &server.services {
            let to = report.images.iter().find(|(name, _)| *name == service.name);
            let to = to.map_or(&service.to, |(_, image)| image);
            let from = service.from.as_deref().unwrap_or_else(|| lang.word("nothing"));
            rows.push([&server.host, service.name.as_str(), from, to].map(str::to_owned));
        }
    }
    table(["server", "service", "from", "to"].map(|head| lang.word(head)), rows, text);
    let number = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
    let counted = report
        .rows
        .iter()
        .map(|rows| [rows.host.clone(), rows.name.clone(), number(rows.before), number(rows.after)]);
    table(["server", "counted", "before", "after"].map(|head| lang.word(head)), counted, text);
}

fn found(report: &Report, lang: Lang, text: &mut String) {
    let check = &report.check;
    if !check.findings.is_empty() {
        let _ = writeln!(text, "\n## {}", lang.word("Findings"));
        let rows = check
            .findings
            .iter()
            .map(|(code, path, message)| [code.clone(), path.clone(), lang.text(message).into_owned()]);
        table(["rule", "file", "what"].map(|head| lang.word(head)), rows, text);
    }
    if check.silencings.is_empty() && check.ignored.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n## {}", lang.word("Silenced"));
    let row = |rules: &str, at: &str, findings: &dyn Display, reason: &str| {
        [rules.to_owned(), at.to_owned(), findings.to_string(), reason.to_owned()]
    };
    let comments =
        check.silencings.iter().map(|one| row(&one.rules.join(", "), &one.at, &one.findings, &one.reason));
    let whole = lang.word("the configuration");
    let configured = check.ignored.iter().map(|(rule, reason)| row(rule, whole, &"", reason));
    let heads = ["rule", "by", "findings", "reason"].map(|head| lang.word(head));
    table(heads, comments.chain(configured), text);
}

fn steps(report: &Report, lang: Lang, text: &mut String) {
    for (host, lines) in &report.servers {
        let _ = writeln!(text, "\n## {host}");
        let rows = lines.iter().filter(|line| line.state != "begun").map(|line| {
            let (state, note) = (lang.word(&line.state), lang.text(&line.note));
            [line.at.clone(), line.step.clone(), state.to_owned(), note.into_owned()]
        });
        table([lang.word("time"), lang.word("step"), "", ""], rows, text);
    }
}

#[cfg(test)]
mod tests {
    use super::markdown;
    use crate::deploy::gate::Refusal;
    use crate::deploy::plan::{Inputs, Plan};
    use crate::deploy::report::{Check, FORMAT, Report, Rows, Silenced};
    use crate::lang::Lang;

    #[test]
    fn reasons_rows_and_silencings_are_told() {
        let plan = Plan {
            format: String::new(),
            project: "shop".to_owned(),
            target: "production".to_owned(),
            version: "0.1.2".to_owned(),
            env_only: false,
            inputs: Inputs::default(),
            servers: Vec::new(),
        };
        let silenced = Silenced {
            at: "infra/compose.yml:7".to_owned(),
            rules: vec!["CMP002".to_owned()],
            reason: "local | only".to_owned(),
            findings: 2,
        };
        let report = Report {
            format: FORMAT.to_owned(),
            run: "r1".to_owned(),
            code: 1,
            plan,
            check: Check { silencings: vec![silenced], ..Check::default() },
            images: Vec::new(),
            reasons: vec![Refusal { what: "it is shut".to_owned(), help: "git push".to_owned() }],
            servers: Vec::new(),
            rows: vec![Rows {
                host: "srv".to_owned(),
                name: "kpis".to_owned(),
                before: Some(7),
                after: None,
            }],
            before: String::new(),
            seal: String::new(),
        };
        let text = markdown(&report, Lang::English);
        for line in [
            "refused: nothing was changed\n",
            "\n- it is shut: git push\n",
            "\n| srv | kpis | 7 |  |\n",
            "\n| CMP002 | infra/compose.yml:7 | 2 | local \\| only |\n",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("## Findings"));
        // What was written before there were reasons and counts still has its hash.
        let old =
            Report { reasons: Vec::new(), rows: Vec::new(), check: Check::default(), ..report }.sealed();
        let old_text = String::from_utf8(old.bytes()).unwrap();
        assert!(!old_text.contains("\"reasons\"") && !old_text.contains("\"rows\""), "{old_text}");
        assert!(serde_json::from_str::<Report>(&old_text).unwrap().is_whole());
    }
}

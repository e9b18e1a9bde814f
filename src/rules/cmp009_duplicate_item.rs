//! CMP009: a name that stands twice in an environment list; the last one counts, silently.
//!
//! Not here: a key that stands twice in a mapping, which compose refuses (CMP107).

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Findings, Fix, Meta, Safety, Severity};
use crate::document::compose::{ComposeFile, Service, Setting};
use crate::project::removal::whole_line;
use crate::project::{File, Project};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct DuplicateItem;

impl Rule for DuplicateItem {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP009",
            "duplicate-item",
            Error,
            Certain,
            "a name stands twice in a list, and only the last one counts"
        )
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        _project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        // An anchor's list is read in every service that uses it.
        let mut seen = HashSet::new();
        for service in &compose.services {
            let args = service.build.as_ref().map(|build| build.args.as_slice());
            for list in std::iter::once(service.environment.as_slice()).chain(args) {
                if list.first().is_some_and(|first| seen.insert(first.span)) {
                    check_list(list, service, file, found);
                }
            }
        }
    }
}

fn check_list(settings: &[Setting], service: &Service, file: &File, found: &mut Findings<'_>) {
    let listed = || settings.iter().filter(|setting| setting.in_list && !setting.key.contains('$'));
    let mut last: HashMap<&str, &Setting> = HashMap::new();
    for setting in listed() {
        last.insert(&setting.key, setting);
    }
    for setting in listed() {
        if let Some(winner) = last.get(setting.key.as_str()).filter(|last| last.span != setting.span) {
            report(setting, winner, service, file, found);
        }
    }
}

fn report(setting: &Setting, winner: &Setting, service: &Service, file: &File, found: &mut Findings<'_>) {
    let text = |setting: &Setting| setting.value.as_ref().map(|value| value.text.clone());
    let same = text(setting) == text(winner);
    let line = file.source.line(winner.span.start);
    let key = &setting.key;
    let finding = found.push(setting.key_span, format!("`{key}` is set again on line {line}, and that wins"));
    finding.key(key.clone()).service(service.name.value.clone());
    finding.label(file.source.shared_path(), winner.key_span, "this one counts");
    if same {
        finding.severity(Severity::Warning).help("delete this item: the later one says the same");
    } else {
        finding.help("delete the item that is wrong; in a mapping compose would refuse the second one");
    }
    if let Some(whole) = whole_line(&file.source, setting) {
        let safety = if same { Safety::Safe } else { Safety::Unsafe };
        let title = "delete the item that does not count";
        finding.fix(Fix::delete_lines(title, safety, whole, file.source.text()));
    }
}

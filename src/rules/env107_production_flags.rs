//! ENV107: production runs with a switch that is for developers: debugging, any host, open origins, cookies in
//! the clear.
//!
//! Not here: which values are secrets.

use std::collections::BTreeSet;

use super::{Rule, meta};
use crate::diagnostic::{Diagnostic, Findings, Meta, Severity};
use crate::document::Document;
use crate::document::env::EnvFile;
use crate::project::stage::{self, Stage};
use crate::project::{File, Project, Role};
use crate::secrets::weak::is_template;

pub(super) struct ProductionFlags;

impl Rule for ProductionFlags {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV107",
            "production-flags",
            Error,
            Heuristic,
            "production runs with debugging on, any host, open origins or insecure cookies"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let text = file.source.text();
        let (assigned, said) = (stage::assigned(project, file), stage::said(env, text));
        let of_others = assigned == Some(Stage::Production);
        if let (true, Some((key, Stage::Development | Stage::Test))) = (of_others, &said) {
            let Some(entry) = env.entry(key) else { return };
            let message = format!("`{key}` does not say production, in a file for production");
            let help = format!("write `{key}=production`, or take the file out of what production reads");
            report(found.push(entry.raw_span.unwrap_or(entry.key_span), message), key, file.role, help);
        }
        if !(of_others || assigned.is_none() && said.is_some_and(|(_, stage)| stage == Stage::Production)) {
            return;
        }
        let value = |key: &str| env.entry(key).map(|entry| entry.plain(text));
        let credentials = env.entries.iter().any(|entry| {
            allows_credentials(&entry.key)
                && value(&entry.key).is_some_and(|value| is_on(&value) == Some(true))
        });
        for entry in &env.entries {
            let counts = env.entry(&entry.key).is_some_and(|last| last.key_span == entry.key_span);
            let Some(fault) = fault(&entry.key, &entry.plain(text), credentials).filter(|_| counts) else {
                continue;
            };
            let message = format!("{} in production", fault.message(&entry.key));
            let span = entry.raw_span.unwrap_or(entry.key_span);
            report(found.push(span, message), &entry.key, file.role, fault.help(&entry.key));
        }
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = BTreeSet::new();
        let production = project.environments.iter().filter(|one| one.command.production == Some(true));
        for service in production.flat_map(|environment| &environment.services).filter(|one| !one.disabled) {
            let credentials = service.variables.iter().any(|variable| {
                allows_credentials(&variable.key)
                    && variable.arrives.value.as_deref().is_some_and(|value| is_on(value) == Some(true))
            });
            for variable in &service.variables {
                let origin = &variable.arrives.origin;
                let Some(value) = variable.arrives.value.as_deref() else { continue };
                let Some(fault) = fault(&variable.key, value, credentials) else { continue };
                let file = project.file(&origin.path).filter(|file| file.checked);
                // Env files are looked at line by line.
                let Some(file) = file.filter(|file| !matches!(file.document, Document::Env(_))) else {
                    continue;
                };
                if seen.insert((origin.path.as_str(), origin.span, variable.key.as_str())) {
                    let message =
                        format!("{} in production, in `{}`", fault.message(&variable.key), service.name);
                    let diagnostic = found.push_in(file.source.shared_path(), origin.span, message);
                    diagnostic.service(&service.name);
                    report(diagnostic, &variable.key, file.role, fault.help(&variable.key));
                }
            }
        }
    }
}

fn report(diagnostic: &mut Diagnostic, key: &str, role: Role, help: String) {
    diagnostic.key(key).help(help);
    if role == Role::Example {
        diagnostic.severity(Severity::Warning);
    }
}

/// What is wrong with a value, in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Debug,
    AnyHost,
    AnyOrigin,
    Localhost,
    PlainHttp,
    Cookie,
    Certificates,
}

impl Fault {
    fn message(self, key: &str) -> String {
        match self {
            Self::Debug => format!("`{key}` is on"),
            Self::AnyHost => format!("`{key}` allows any host"),
            Self::AnyOrigin => format!("`{key}` allows any origin, with credentials,"),
            Self::Localhost => format!("`{key}` allows pages on localhost"),
            Self::PlainHttp => format!("`{key}` allows an origin without TLS"),
            Self::Cookie => format!("`{key}` is off"),
            Self::Certificates => format!("`{key}` switches the check of certificates off"),
        }
    }

    fn help(self, key: &str) -> String {
        match self {
            Self::Debug => {
                format!(
                    "write `{key}=false`: error pages and logs of a program that is debugged show code and values"
                )
            }
            Self::AnyHost => format!(
                "name the hosts, as in `{key}=app.example.com`: links in mails are made from the host that was asked for"
            ),
            Self::AnyOrigin => format!(
                "name the origins, as in `{key}=https://app.example.com`: any page can act for a user who is logged in"
            ),
            Self::Localhost => format!(
                "take localhost out of `{key}`: whatever runs on a visitor's machine may call the API"
            ),
            Self::PlainHttp => "write `https://`: who sits between can write pages of that origin".to_owned(),
            Self::Cookie => format!("write `{key}=true`: the cookie goes over plain HTTP, or to scripts"),
            Self::Certificates => format!("delete `{key}`, and give the program the authority's certificate"),
        }
    }
}

fn fault(key: &str, value: &str, credentials: bool) -> Option<Fault> {
    if is_template(value) {
        return None;
    }
    let upper = key.to_ascii_uppercase();
    let debug = upper == "DEBUG"
        || upper.ends_with("_DEBUG")
        || matches!(upper.as_str(), "DEBUG_MODE" | "ENABLE_DEBUG");
    if debug && is_on(value) == Some(true) {
        return Some(Fault::Debug);
    }
    let cookie = upper.ends_with("COOKIE_SECURE")
        || upper.ends_with("COOKIES_SECURE")
        || upper.ends_with("SECURE_COOKIES")
        || upper == "SESSION_COOKIE_HTTPONLY";
    if cookie && is_on(value) == Some(false) {
        return Some(Fault::Cookie);
    }
    if upper == "NODE_TLS_REJECT_UNAUTHORIZED" && value == "0" {
        return Some(Fault::Certificates);
    }
    if upper.ends_with("ALLOWED_HOSTS") && items(value).iter().any(|item| item == "*") {
        return Some(Fault::AnyHost);
    }
    let origins = upper.ends_with("_ORIGINS")
        || upper.ends_with("CORS_ORIGIN")
        || upper.ends_with("ALLOWED_ORIGIN")
        || upper == "ORIGINS";
    if origins { origin_fault(&items(value), credentials) } else { None }
}

fn origin_fault(items: &[String], credentials: bool) -> Option<Fault> {
    // Apps made of web pages have such origins on the telephone.
    let hybrid = items.iter().any(|item| item.starts_with("capacitor://") || item.starts_with("ionic://"));
    if items.iter().any(|item| item == "*") {
        return credentials.then_some(Fault::AnyOrigin);
    }
    let hosts: Vec<(bool, &str)> = items.iter().map(|item| host(item)).collect();
    let local = |host: &str| {
        matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]") || host.ends_with(".localhost")
    };
    if !hybrid && hosts.iter().any(|(_, host)| local(host)) {
        return Some(Fault::Localhost);
    }
    // A name without a dot, or an address of a house's own network, is not on the internet.
    let public = |host: &str| host.contains('.') && !local(host) && !is_private(host);
    hosts.iter().any(|(plain, host)| *plain && public(host)).then_some(Fault::PlainHttp)
}

/// Whether an origin is plain HTTP, and its host.
fn host(origin: &str) -> (bool, &str) {
    let plain = origin.starts_with("http://");
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let rest = rest.split('/').next().unwrap_or_default();
    let end = if rest.starts_with('[') { rest.find(']').map(|at| at + 1) } else { rest.find(':') };
    (plain, end.and_then(|end| rest.get(..end)).unwrap_or(rest))
}

fn is_private(host: &str) -> bool {
    let numbers: Vec<u8> = host.split('.').map_while(|part| part.parse().ok()).collect();
    let address =
        matches!(numbers.as_slice(), [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [169, 254, ..]);
    address || [".local", ".internal", ".lan", ".test"].iter().any(|ending| host.ends_with(ending))
}

/// The items of a list, written in JSON or with commas.
fn items(value: &str) -> Vec<String> {
    let json = value
        .trim_start()
        .starts_with('[')
        .then(|| serde_json::from_str::<Vec<String>>(value).ok())
        .flatten();
    let items =
        json.unwrap_or_else(|| value.trim_matches(['[', ']']).split([',', ' ']).map(str::to_owned).collect());
    items.into_iter().map(|item| item.trim().trim_matches(['"', '\'']).to_ascii_lowercase()).collect()
}

fn allows_credentials(key: &str) -> bool {
    key.to_ascii_uppercase().ends_with("ALLOW_CREDENTIALS")
}

/// Whether a switch is on; `None` for what is no switch.
fn is_on(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, fault};

    #[test]
    fn values_are_judged_by_name_and_shape() {
        let cases = [
            ("DEBUG", "True", Some(Fault::Debug)),
            ("APP_DEBUG", "1", Some(Fault::Debug)),
            ("DEBUG", "app:*", None),
            ("DEBUG", "false", None),
            ("LOG_LEVEL", "debug", None),
            ("ALLOWED_HOSTS", "*", Some(Fault::AnyHost)),
            ("DJANGO_ALLOWED_HOSTS", "[\"*\"]", Some(Fault::AnyHost)),
            ("ALLOWED_HOSTS", "*.example.com", None),
            ("CORS_ORIGINS", "*", None),
            ("CORS_ORIGINS", "[\"https://a.example\",\"http://localhost:3000\"]", Some(Fault::Localhost)),
            ("CORS_ORIGINS", "capacitor://localhost,http://localhost,https://a.example", None),
            ("CORS_ORIGINS", "https://localhost.example.com", None),
            ("CSRF_TRUSTED_ORIGINS", "http://a.example", Some(Fault::PlainHttp)),
            ("CORS_ORIGIN", "http://10.0.0.3:8080,http://intranet", None),
            ("CORS_ORIGINS", "${ORIGINS}", None),
            ("SESSION_COOKIE_SECURE", "false", Some(Fault::Cookie)),
            ("CSRF_COOKIE_HTTPONLY", "false", None),
            ("SESSION_COOKIE_SECURE", "", None),
            ("NODE_TLS_REJECT_UNAUTHORIZED", "0", Some(Fault::Certificates)),
        ];
        for (key, value, expected) in cases {
            assert_eq!(fault(key, value, false), expected, "{key}={value}");
        }
        assert_eq!(fault("CORS_ORIGINS", "*", true), Some(Fault::AnyOrigin));
    }
}

//! Tables of texts for the SEC rules: what each must see, and the near misses that it must not.
//!
//! Not here: the forms of the providers' tokens; their examples stand beside their patterns.

use crate::diagnostic::{Diagnostic, Findings, Severity};
use crate::document::Document;
use crate::document::compose::ComposeFile;
use crate::document::env::EnvFile;
use crate::document::shell::Script;
use crate::project::{File, Role};
use crate::rules::{ALL, catalog};
use crate::source::Source;

fn file(path: &str, text: &str) -> File {
    let name = path.rsplit('/').next().unwrap_or(path);
    let document = if name.starts_with(".env") {
        Document::Env(EnvFile::parse(text))
    } else if name.contains("compose") {
        Document::Compose(ComposeFile::parse(text))
    } else if name.rsplit_once('.').is_some_and(|(_, extension)| extension == "sh") {
        Document::Shell(Script::parse(text))
    } else {
        Document::Text
    };
    let role = if name.ends_with(".example") { Role::Example } else { Role::Plain };
    let (source, env_uses) = (Source::new(path, text), Vec::new());
    File { source, document, role, env_uses, tracked: None, mode: None, checked: true }
}

fn check(file: &File) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in ALL.iter().filter(|rule| rule.meta().family() == "SEC") {
        rule.check_text(file, &mut Findings::new(rule.meta(), file.source.path(), &mut found));
    }
    found
}

fn codes(path: &str, text: &str) -> Vec<&'static str> {
    check(&file(path, text)).iter().map(|finding| finding.meta.code).collect()
}

const IP: &str = "curl http://34.28.92.134:8000/health\n";
const URL: &str = "url = \"postgres://shop:vR8kTq2mZx7w@db.shop.internal/shop\"\n";
const SECRET: &str = "client_secret = \"mV9xQ2rT8kLp4ZwN7bJc3HsY\"\n";

#[test]
fn the_identities_come_in_order_and_once() {
    let codes: Vec<&str> =
        catalog().iter().map(|meta| meta.code).filter(|code| code.starts_with("SEC")).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(codes, sorted);
    assert!(codes.len() > 100 && codes.starts_with(&["SEC001", "SEC002", "SEC003", "SEC004", "SEC005"]));
}

#[test]
fn env_and_compose_files_are_left_to_their_own_rules() {
    assert_eq!(codes("app/a.py", SECRET), ["SEC004"]);
    assert_eq!(codes("app/a.py", URL), ["SEC003"]);
    for path in ["docker-compose.yml", ".env.example"] {
        assert!(codes(path, SECRET).is_empty() && codes(path, URL).is_empty(), "{path}");
    }
    let token = ["token: gl", "pat-", "xK9fQ2mZ7rT4", "wVbN8cLp\n"].concat();
    assert_eq!(codes("docker-compose.yml", &token), ["SEC117"]);
    assert_eq!(codes(".env.example", &token), ["SEC117"]);
    assert!(codes(".env", &token).is_empty());
    let tracked = File { tracked: Some(true), ..file(".env", &token) };
    assert_eq!(check(&tracked).len(), 1);
}

#[test]
fn place_and_value_decide_how_bad_a_guess_is() {
    let severity = |path: &str, text: &str| check(&file(path, text)).first().map(|finding| finding.severity);
    assert_eq!(severity("app/a.py", SECRET), Some(Severity::Error));
    assert_eq!(severity("tests/a.py", SECRET), Some(Severity::Warning));
    assert_eq!(severity("docs/a.md", SECRET), Some(Severity::Warning));
    // A password that a person chose is one all the same; a key of that shape may be something else.
    assert_eq!(severity("app/a.py", "password = \"tr4vel-Bug\"\n"), Some(Severity::Error));
    assert_eq!(severity("mi config.txt", "password = supersecret99\n"), Some(Severity::Error));
    assert_eq!(severity("app/a.py", "client_secret = \"tr4vel-Bug\"\n"), Some(Severity::Warning));
    assert_eq!(severity("app/a.py", "password = \"changeme2024\"\n"), None);
}

#[test]
fn messages_name_the_key_and_never_the_value() {
    for finding in check(&file("app/a.py", SECRET)).iter().chain(&check(&file("app/a.py", URL))) {
        let help = finding.help.as_deref().unwrap_or_default();
        assert!(
            !finding.message.contains("mV9x") && !finding.message.contains("vR8k") && !help.contains("vR8k")
        );
    }
    assert_eq!(
        check(&file("app/a.py", SECRET)).first().and_then(|finding| finding.key.clone()).as_deref(),
        Some("client_secret")
    );
}

#[test]
fn public_addresses_in_scripts_and_configuration() {
    for path in
        ["a.sh", "docker-compose.yml", "nginx.conf", "ansible/hosts.ini", "docs/deploy.md", "Dockerfile"]
    {
        assert_eq!(codes(path, IP), ["SEC005"], "{path}");
    }
    for path in ["README.md", "app/a.py", "package-lock.json", "Cargo.lock", ".env"] {
        assert!(codes(path, IP).is_empty(), "{path}");
    }
    for address in [
        "10.0.0.1",
        "172.16.4.5",
        "192.168.1.20",
        "127.0.0.1",
        "0.0.0.0",
        "169.254.169.254",
        "192.0.2.7",
        "198.51.100.1",
        "203.0.113.9",
        "8.8.8.8",
        "1.1.1.1",
        "9.9.9.9",
        "224.0.0.251",
        "255.255.255.0",
        "52.0.0.0/8",
        "34.28.92.0/24",
        "1.2.3.4",
        "10.2.3",
        "34.28.92.134.5",
        "034.28.92.134",
        "34.28.92.256",
        "v34.28.92.134",
        "34.28.92.134-rc1",
        "version = \"121.45.67.89\"",
        "pkg==121.45.67.89",
    ] {
        assert!(codes("a.conf", &format!("x {address}\n")).is_empty(), "{address}");
    }
    assert_eq!(
        codes("a.conf", "allow 34.28.92.134/32;\ndeny 1.2.3.4; # http://1.2.3.4\n"),
        ["SEC005", "SEC005"]
    );
}

#[test]
fn logins_in_scripts() {
    for line in [
        "ssh jf@34.28.92.134 uptime",
        "scp dump.gz jf@web1.shop.internal:/srv/",
        "rsync -az -e ssh ./ deploy@web1.shop.internal:app/",
        "$(/usr/bin/ssh root@web1.shop.internal id)",
        "ssh \"jf@web1.shop.internal\" id",
    ] {
        assert_eq!(codes("a.sh", &format!("{line}\n")), ["SEC006"], "{line}");
    }
    for line in [
        "ssh \"$TARGET\"",
        "ssh $USER@$HOST",
        "ssh ${USER}@web1.shop.internal",
        "ssh git@github.com",
        "git clone git@github.com:a/b.git",
        "ssh deploy@server.example.com",
        "mail -s done jf@shop.internal",
        "ssh web1",
        "npm install @scope/pkg@1.2.3",
        "ssh deploy@web1",
    ] {
        assert!(codes("a.sh", &format!("{line}\n")).is_empty(), "{line}");
    }
    assert!(codes("app/a.py", "run('ssh jf@web1.shop.internal')\n").is_empty());
}

#[test]
fn paths_of_one_machine() {
    for path in ["/home/jf/shop/data", "/opt/shop/bin/run", "/var/www/shop/public", "/Users/jf/shop"] {
        assert_eq!(codes("a.sh", &format!("cd {path}\n")), ["SEC008"], "{path}");
    }
    for path in [
        "$ROOT/home/jf",
        "${HOME}/shop",
        "/home/runner/work",
        "/opt/homebrew/bin",
        "/var/www/html",
        "/var/log/shop",
        "https://host/home/jf/x",
        "./home/jf",
        "/home",
        "/opt",
        "~/home/jf/x",
    ] {
        assert!(codes("a.sh", &format!("cd {path}\n")).is_empty(), "{path}");
    }
    assert!(codes("docker-compose.yml", "    working_dir: /opt/shop\n").is_empty());
}

#[test]
fn large_files() {
    let line = "insert into shop values (1);\n";
    assert_eq!(codes("dump.sql", &line.repeat(40_000)), ["SEC009"]);
    assert!(codes("dump.sql", &line.repeat(30_000)).is_empty());
    assert!(codes("package-lock.json", &line.repeat(40_000)).is_empty());
}

#[test]
fn what_was_made_for_a_test_is_told_apart() {
    let base64 = |size: usize| "c6b8hTg4EeGb2gQMztV1kW7pRz5nLdYs".repeat(2)[..size].to_owned();
    let nonce = format!("key = \"{}==\"\n", base64(22));
    assert!(codes("tests/a.py", &nonce).is_empty());
    assert_eq!(codes("app/a.py", &nonce), ["SEC004"]);
    assert_eq!(codes("tests/a.py", &nonce.replace("key", "secret_key")), ["SEC004"]);
    let cookie = "headers = {\"Cookie\": \"_oauth_request_token=enhjdg==|MTIzNA==\"}\n";
    assert!(codes("app/a.py", cookie).is_empty());
    let parts = "{\"href\": \"http://me:foo(b%5Dc4@d/\", \"password\": \"foo(b%5Dc4\"}\n";
    assert!(codes("tests/a.json", parts).is_empty());
    assert_eq!(
        codes("tests/a.json", "{\"href\": \"http://d/\", \"password\": \"foo(b%5Dc4\"}\n"),
        ["SEC004"]
    );
    assert!(codes("tests/a.cs", "const string expectedPassword = \"letmein123\";\n").is_empty());
    assert_eq!(codes("tests/a.cs", "const string expectedPassword = \"vR8kTq2mZx7w\";\n"), ["SEC004"]);
    assert!(codes("app/a.go", "AUTH_CACHING_SHA2_PASSWORD = \"caching_sha2_password\"\n").is_empty());
    // The tests and documents of a package were published with it; its code may have been changed since.
    for folder in ["node_modules", "lib/python3.12/site-packages"] {
        assert!(codes(&format!("{folder}/oauth/README.md"), SECRET).is_empty());
        assert!(codes(&format!("{folder}/oauth/tests/a.py"), SECRET).is_empty());
        assert_eq!(codes(&format!("{folder}/oauth/a.py"), SECRET), ["SEC004"]);
    }
    assert_eq!(codes("oauth/README.md", SECRET), ["SEC004"]);
}

#[test]
fn a_key_behind_a_passphrase_is_no_finding_in_tests() {
    let body = "bX7qLp2VtR9kWz4NcJ8sYd6Hg1AqFe3UbKi5Mo0TnXvPwZrCjSyEhGlDfBuIaQxT\n".repeat(4);
    let key = |head: &str| {
        ["-----BEGIN RSA PRIVATE", " KEY-----\n", head, &body, "-----END RSA PRIVATE", " KEY-----\n"].concat()
    };
    let locked = key("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,EEB56BC745EDB2DE\n\n");
    let openssh = |cipher: &str| key(&format!("b3BlbnNzaC1rZXktdjEAAAAA{cipher}\n"));
    for (text, in_tests) in [
        (key(""), true),
        (locked, false),
        (openssh("CmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABA"), false),
        (openssh("BG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAt"), true),
    ] {
        assert_eq!(codes("tests/a.key", &text).len(), usize::from(in_tests), "{}", &text[..60]);
        assert_eq!(codes("deploy/a.key", &text), ["SEC001"]);
    }
}

#[test]
fn logins_to_the_machine_itself_in_tests_of_rust() {
    let url = |host: &str| format!("let url = \"http://anna:vR8kTq2mZx7w@{host}/\";\n");
    let inside = |text: &str| format!("fn a() {{}}\n\n#[cfg(test)]\nmod tests {{\n{text}}}\n");
    assert!(codes("src/a.rs", &inside(&url("localhost:3128"))).is_empty());
    assert_eq!(codes("src/a.rs", &inside(&url("db.shop.internal"))), ["SEC003"]);
    assert_eq!(codes("src/a.rs", &url("localhost:3128")), ["SEC003"]);
}

//! What is said of secrets whose kind a provider makes. They stand in no fixture: put together here from pieces, no other
//! scanner finds them in the repository.

use envgate::diagnostic::Diagnostic;

use crate::support::Case;

const ACCESS_KEY: [&str; 2] = ["AK", "IAVQJXXVBOTHD2WTFL"];
const SECRET_KEY: [&str; 2] = ["f0UccrpQxlqV7XlZmTRJ", "s7m3gpkCrug7EN7bfQ1g"];
const JFROG: [&str; 3] =
    ["AK", "Cp2UJWmjgSSmHqpF4xYsva2yEWr4RPqPS9NNVozzBM9R5", "xGirECAbreIwX429UcWya7QDps"];

fn only(text: String, code: &str) -> Diagnostic {
    let mut case = Case::default();
    case.files.insert("deploy.py".to_owned(), (text.into_bytes(), None));
    let mut findings = case.check().findings;
    findings.retain(|finding| finding.meta.code == code);
    assert_eq!(findings.len(), 1, "{code}");
    findings.remove(0)
}

#[test]
fn what_belongs_to_a_secret_is_shown_with_it() {
    let keys = format!(
        "aws_access_key_id = \"{}\"\naws_secret_access_key = \"{}\"\n",
        ACCESS_KEY.concat(),
        SECRET_KEY.concat()
    );
    let finding = only(keys, "SEC102");
    assert_eq!(finding.labels[0].message, "the ID that it belongs to");
    let finding = only(format!("curl(\"shop.jfrog.io\", \"{}\")\n", JFROG.concat()), "SEC152");
    assert_eq!(finding.labels[0].message, "the host that takes it");
    let help = finding.help.unwrap();
    assert!(help.starts_with("revoke it first (https://jfrog.com/"), "{help}");
}

#[test]
fn only_an_assigned_secret_has_a_name() {
    let password = only("password = \"kelp-Barn98x\"\n".to_owned(), "SEC004");
    assert_eq!(password.key.as_deref(), Some("password"));
    let url = only("url = \"postgres://shop:kelp-Barn98x@db.shop.internal/shop\"\n".to_owned(), "SEC003");
    assert_eq!(url.key, None);
}

//! Parts that belong together, an ID and its secret, a host and the token that it takes: one finding with both places,
//! and not a piece of either in any output.
//!
//! Not here: which kinds have such parts; each of them is tried beside its examples in `src/secrets/tests.rs`.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const FORMATS: [&str; 10] =
    ["human", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html"];

/// A file with one pair in it, the kind, and the two parts in the order of the text.
struct Pair {
    path: &'static str,
    text: String,
    code: &'static str,
    part: String,
    secret: String,
    said: &'static str,
}

impl Pair {
    /// `«p»` and `«s»` stand for the part and the secret.
    fn new(
        path: &'static str,
        text: &str,
        code: &'static str,
        parts: [&[&str]; 2],
        said: &'static str,
    ) -> Self {
        let [part, secret] = parts.map(<[&str]>::concat);
        let text = text.replace("«p»", &part).replace("«s»", &secret);
        Self { path, text, code, part, secret, said }
    }
}

const ID: &str = "the ID that it belongs to";
const HOST: &str = "the host that takes it";

fn pairs() -> Vec<Pair> {
    let aws: [&[&str]; 2] =
        [&["AK", "IAZQ7RTXKPLM4WNB2D"], &["q7RtXk2PlM9wNb4DzV", "1yCgH5sJf8Ua3EoIiYpLmK"]];
    let twilio: [&[&str]; 2] =
        [&["AC", "7d31b09f6e824ca5b0197ee2d46f83a1"], &["c94a17e05bd83f26", "e1b7", "09d4a65f82c3"]];
    let npm: [&[&str]; 2] = [&["npm.kelp-shop.internal"], &["mV9xQ2rT8kLp", "4ZwN7bJc3HsYd6Jg1Aq"]];
    let jwt: &[&str] = &[
        "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.",
        "eyJhIjoicnciLCJpYXQiOjE3MTg3MTIyMDd9.",
        "Qm7xLp2VtR9kWz4NcJ8sYd6Hg1AqFe3UbKi5Mo0TnXvPwZrCjSyEhGlDfBuIaQxTkWmVnRpLsYcHdJgAe",
    ];
    vec![
        Pair::new(
            "deploy/aws.ini",
            "[shop]\naws_access_key_id = «p»\naws_secret_access_key = «s»\n",
            "SEC102",
            aws,
            ID,
        ),
        Pair::new(
            "keys/made.json",
            "{\"AccessKey\": {\"AccessKeyId\": \"«p»\", \"SecretAccessKey\": \"«s»\"}}\n",
            "SEC102",
            aws,
            ID,
        ),
        Pair::new("app/sms.py", "client = Client(\"«p»\", \"«s»\")\n", "SEC711", twilio, ID),
        Pair::new("app/call.sh", "curl https://api.twilio.com/ -u «p»:«s»\n", "SEC711", twilio, ID),
        Pair::new("conf/twilio.yml", "account_sid: «p»\ntwilio_auth_token: «s»\n", "SEC193", twilio, ID),
        Pair::new("web/.npmrc", "//«p»/api/:_authToken=«s»\n", "SEC144", npm, HOST),
        Pair::new(
            "app/db.ts",
            "createClient({url: \"libsql://«p»\", turso_auth_token: \"«s»\"})\n",
            "SEC695",
            [&["shop-barn9.turso.io"], jwt],
            HOST,
        ),
    ]
}

fn envgate(folder: &Path, arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_envgate")).args(arguments).current_dir(folder).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {output:?}");
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

fn planted(pairs: &[Pair]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for pair in pairs {
        let path = folder.path().join(pair.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &pair.text).unwrap();
    }
    folder
}

/// Line and column of `part` in `text`, from one, and those behind it.
fn region(text: &str, part: &str) -> [u64; 4] {
    let at = text.find(part).unwrap();
    let place = |at: usize| {
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        (line as u64, (at - before.rfind('\n').map_or(0, |end| end + 1) + 1) as u64)
    };
    let ((line, column), (end_line, end_column)) = (place(at), place(at + part.len()));
    [line, column, end_line, end_column]
}

#[test]
fn a_pair_is_one_finding_with_both_places() {
    let pairs = pairs();
    let folder = planted(&pairs);
    let numbers = |of: &Value, names: [&str; 4]| names.map(|name| of[name].as_u64().unwrap());
    for pair in &pairs {
        let json: Value =
            serde_json::from_str(&envgate(folder.path(), &["check", pair.path, "--format", "json"])).unwrap();
        let findings = json["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{}: {json}", pair.path);
        let (found, names) = (&findings[0], ["line", "column", "end_line", "end_column"]);
        assert_eq!(found["code"], pair.code, "{}", pair.path);
        assert_eq!(numbers(found, names), region(&pair.text, &pair.secret), "{}", pair.path);
        let related = found["related"].as_array().unwrap();
        assert_eq!((related.len(), &related[0]["message"]), (1, &Value::from(pair.said)), "{}", pair.path);
        assert_eq!(numbers(&related[0], names), region(&pair.text, &pair.part), "{}", pair.path);

        let sarif: Value =
            serde_json::from_str(&envgate(folder.path(), &["check", pair.path, "--format", "sarif"]))
                .unwrap();
        let related = &sarif["runs"][0]["results"][0]["relatedLocations"][0];
        let names = ["startLine", "startColumn", "endLine", "endColumn"];
        assert_eq!(related["message"]["text"], pair.said);
        assert_eq!(numbers(&related["physicalLocation"]["region"], names), region(&pair.text, &pair.part));

        let human = envgate(folder.path(), &["check", pair.path]);
        let words: Vec<&str> =
            human.split(|end: char| !end.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        assert!(words.join(" ").contains(pair.said), "{human}");
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"];
    let mut git = Command::new("git");
    git.args(who).args(arguments).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null");
    assert!(git.status().unwrap().success(), "{arguments:?}");
}

#[test]
fn neither_part_is_shown() {
    let pairs = pairs();
    let folder = planted(&pairs);
    let git = |arguments: &[&str]| git(folder.path(), arguments);
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    let mut runs: Vec<Vec<&str>> = FORMATS.iter().map(|format| vec!["check", "--format", format]).collect();
    runs.extend(FORMATS.iter().map(|format| vec!["check", "--format", format, "--lang", "es"]));
    runs.push(vec!["check", "--staged"]);
    git(&["commit", "--quiet", "-m", "one"]);
    runs.extend(FORMATS.iter().map(|format| vec!["history", "--format", format]));
    for arguments in runs {
        let said = envgate(folder.path(), &arguments);
        for pair in &pairs {
            for part in [&pair.part, &pair.secret] {
                let mut pieces =
                    part.as_bytes().windows(8).filter_map(|piece| std::str::from_utf8(piece).ok());
                let told = pieces.position(|piece| said.contains(piece));
                assert_eq!(told, None, "{arguments:?} tells of {}", pair.path);
            }
        }
    }
}

#[test]
fn a_history_tells_pairs_once() {
    let folder = planted(&pairs()[..1]);
    let git = |arguments: &[&str]| git(folder.path(), arguments);
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "-m", "one"]);
    let json: Value =
        serde_json::from_str(&envgate(folder.path(), &["history", "--format", "json"])).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{json}");
    assert_eq!(findings[0]["related"][0]["path"], findings[0]["path"]);
    assert_eq!(findings[0]["related"][0]["line"], 2);
}

#[test]
fn an_id_is_found_alone_by_who_asks_for_it_or_has_nothing_else() {
    let pairs = pairs();
    let folder = planted(&pairs[..1]);
    let codes = |arguments: &[&str]| -> Vec<String> {
        let json: Value = serde_json::from_str(&envgate(folder.path(), arguments)).unwrap();
        json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(codes(&["check", "--format", "json"]), ["SEC102"]);
    assert_eq!(codes(&["check", "--format", "json", "--only", "SEC101"]), ["SEC101"]);
    assert_eq!(codes(&["check", "--format", "json", "--ignore", "SEC102"]), ["SEC101"]);
    // Too far from each other to belong together.
    let text = pairs[0].text.replace("aws_secret", &format!("{}aws_secret", "# nothing\n".repeat(40)));
    fs::write(folder.path().join(pairs[0].path), text).unwrap();
    assert_eq!(codes(&["check", "--format", "json"]), ["SEC101", "SEC102"]);
}

//! Every declared example and counter-example through the real engine, and what hostile text costs.

use super::glance::looked_at;
use super::{PATTERNS, scan, sensitive_spans};

struct Examples {
    code: &'static str,
    good: &'static [&'static str],
    bad: &'static [&'static str],
    /// What belongs to it, where anything does.
    beside: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/secret_examples.rs"));

/// The kinds that are found, without the parts of others.
fn codes(text: &str) -> Vec<&'static str> {
    let found = scan("", text);
    let parts: Vec<_> = found.iter().filter_map(|one| Some(one.beside?.1)).collect();
    let own = found.iter().filter(|one| !parts.contains(&one.span));
    own.map(|candidate| candidate.pattern.meta.code).collect()
}

#[test]
fn every_expression_compiles() {
    for pattern in &PATTERNS {
        assert!(pattern.regex().is_some(), "{}: {}", pattern.meta.code, pattern.meta.name);
    }
}

#[test]
fn every_example_is_found_and_no_counter_example_is() {
    let mut wrong = Vec::new();
    for examples in EXAMPLES {
        for text in examples.bad {
            for around in [(*text).to_owned(), format!("x: \"{text}\",\n"), format!("{text}\n\n")] {
                if codes(&around) != [examples.code] {
                    wrong.push(format!("{} gives {:?}: {}", examples.code, codes(&around), around.len()));
                }
            }
        }
        for (index, text) in examples.good.iter().enumerate() {
            if codes(text).contains(&examples.code) {
                wrong.push(format!("{} is found in counter-example {index}", examples.code));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// In front of the secret and behind it, and never where it is missing.
#[test]
fn what_belongs_to_a_secret_is_told_with_it() {
    let mut wrong = Vec::new();
    for examples in EXAMPLES.iter().filter(|examples| !examples.beside.is_empty()) {
        let Some(secret) = examples.bad.first() else { continue };
        let part = examples.beside;
        let beside = |text: &str| {
            let found = scan("", text);
            let found = found.iter().find(|one| one.pattern.meta.code == examples.code);
            let span = found.and_then(|one| one.beside).map(|(_, span)| span);
            span.and_then(|span| text.get(span.start..span.end)).map(str::to_owned)
        };
        // Some forms hold their part themselves.
        let own = beside(secret);
        for text in [format!("{part}\n{secret}\n"), format!("{secret}\n\n{part}\n")] {
            let found = beside(&text);
            if !found
                .as_ref()
                .is_some_and(|found| part.contains(found.as_str()) || own.as_ref() == Some(found))
            {
                wrong.push(format!("{}: {} bytes give {}", examples.code, text.len(), found.is_some()));
            }
            if found.is_some_and(|found| !sensitive(&text).contains(&found)) {
                wrong.push(format!("{}: the part is shown", examples.code));
            }
        }
        if own.is_some_and(|own| !secret.contains(&own)) {
            wrong.push(format!("{}: a part from nowhere", examples.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sensitive(text: &str) -> Vec<String> {
    sensitive_spans("", text)
        .iter()
        .filter_map(|span| text.get(span.start..span.end))
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_secret_has_the_id_in_front_of_it() {
    let id = |nth: u8| format!("aws_access_key_id = {}{nth}\n", ["AK", "IAVQJXXVBOTHD2WTF"].concat());
    let secret = |nth: u8| {
        ["aws_secr", &format!("et_access_key = f0UccrpQxlqV7XlZmTRJs7m3gpkCrug7EN7bfQ1{nth}\n")].concat()
    };
    let text = [id(2), secret(2), id(3), secret(3), secret(4)].concat();
    let pairs: Vec<_> = scan("", &text)
        .iter()
        .filter(|one| one.pattern.meta.code == "SEC102")
        .map(|one| one.beside.and_then(|(_, span)| text.get(span.end - 1..span.end)))
        .collect();
    assert_eq!(pairs, [Some("2"), Some("3"), None]);
}

#[test]
fn overlaps_leave_the_more_specific() {
    let token = ["ht", "tps://x:gl", "pat-", "xK9fQ2mZ7rT4", "wVbN8cLp@git.shop.internal/a.git"].concat();
    assert_eq!(codes(&token), ["SEC117"]);
    assert_eq!(codes(&format!("token = \"{token}\"")), ["SEC117"]);
}

#[test]
fn a_checksum_that_does_not_hold_makes_a_guess() {
    use super::Confidence;
    let token = ["gh", "p_xK9fQ2mZ7rT4wV", "bN8cLp3HsYd6Jg1AqE5uRi"].concat();
    let found = scan("", &token);
    assert_eq!(found.iter().map(|candidate| candidate.confidence).collect::<Vec<_>>(), [Confidence::Medium]);
}

#[test]
fn spans_cover_the_secret_alone() {
    let text = "häuser = 1\nclient_secret: 'mV9xQ2rT8kLp4ZwN7bJc3HsY' # ü\n";
    let found = scan("", text);
    let slices: Vec<&str> =
        found.iter().filter_map(|found| text.get(found.span.start..found.span.end)).collect();
    assert_eq!(slices, ["mV9xQ2rT8kLp4ZwN7bJc3HsY"]);
}

#[test]
fn weak_ones_are_hidden_too() {
    for text in [
        "password = \"changeme12345\"",
        "postgres://shop:password@db/shop",
        "api_key = \"your-api-key-1234\"",
    ] {
        assert!(scan("", text).is_empty(), "{text}");
        assert_eq!(sensitive_spans("", text).len(), 1, "{text}");
    }
    assert!(sensitive_spans("", "password: ${PASSWORD}\nport = 8080\n").is_empty());
}

#[test]
fn the_key_beside_an_id_is_found() {
    let (id, key) = (["AK", "IAITEDXGISYMUEJEVV"].concat(), "iBDN6tvb6sE2fvWUC6Q7lvKLZmG0FhyYu8g4l2WO");
    for text in [
        format!("new BasicAWSCredentials(\"{id}\", \"{key}\");\n"),
        format!("boto.connect_s3('{id}','{key}')\n"),
        format!("{id}:{key}\n"),
        format!("Access key ID,Secret access key\n{id},{key}\n"),
        format!("credentials.NewStaticCredentials(\n\t\"{id}\",\n\t\"{key}\",\n\t\"\")\n"),
    ] {
        assert_eq!(codes(&text), ["SEC102"], "{text}");
        assert!(sensitive(&text).iter().any(|hidden| hidden == key), "{text}");
    }
    assert_eq!(codes(&format!("{id} {}\n", "a".repeat(40))), ["SEC101"]);
}

#[test]
fn identifiers_of_vendors_are_no_secrets() {
    let uuid = "73ab4876-7734-47c1-87fd-e805ec99108d";
    for text in [
        format!("RAILWAY_PROJECT_ID = \"{uuid}\""),
        format!("RAILWAY_PATH = \"{uuid}\""),
        format!("SNYK_ORG_ID={uuid}"),
        format!("HEROKU_APP_ID={uuid}"),
        format!("export SCW_DEFAULT_PROJECT_ID={uuid}"),
        format!("railwayApiProjectId: '{uuid}'"),
        "SPOTIFY_CLIENT_ID = \"0eae679f02e8d28a79023c39c200661f\"".to_owned(),
        "GITEA_COMMIT_ID: b3ae8e9ea7c72bb0bcc6bc4552e9071590d292a2".to_owned(),
    ] {
        assert_eq!(codes(&text), [] as [&str; 0], "{text}");
    }
    for name in ["RAILWAY_TOKEN", "RAILWAY_API_TOKEN", "railwayApiKey"] {
        assert_eq!(codes(&format!("{name} = \"{uuid}\"")).len(), 1, "{name}");
    }
}

#[test]
fn keys_that_pages_carry_are_no_secrets() {
    let (hex, short) =
        (["9a8b7c6d5e4f", "3a2b1c0d9e8f7a6b5c4d"].concat(), ["8f3a9c2b7d", "6e5f4a1b0c"].concat());
    for text in [
        format!("PUSHER_APP_KEY={short}"),
        format!("const pusherKey = \"{short}\";"),
        format!("ALGOLIA_SEARCH_API_KEY={hex}"),
        format!("algoliaSearchOnlyApiKey: '{hex}'"),
        format!("BUGSNAG_API_KEY={hex}"),
    ] {
        assert_eq!(codes(&text), [] as [&str; 0], "{text}");
    }
    for (text, code) in [
        (format!("PUSHER_APP_SECRET={short}"), "SEC426"),
        (format!("ALGOLIA_API_KEY={hex}"), "SEC241"),
        (format!("BUGSNAG_AUTH_TOKEN={hex}"), "SEC450"),
        (format!("ALGOLIA_SEARCH_KEY_ADMIN={hex}"), "SEC241"),
    ] {
        assert_eq!(codes(&text), [code], "{text}");
    }
}

#[test]
fn codes_of_errors_and_selectors_are_no_passwords() {
    for value in
        ["PASSWORD_TOO_SHORT_8", "LOGIN_TOKEN_EXPIRED_401", "#login-password-field1", "input.login-form2"]
    {
        assert_eq!(codes(&format!("password: '{value}'\n")), [] as [&str; 0], "{value}");
    }
    for value in ["WINTER_IS_COMING_8", "#Summer-rain-19", "ADMIN_LOGIN_PASS_99", "#super-secret-42"] {
        assert_eq!(codes(&format!("password: '{value}'\n")), ["SEC004"], "{value}");
    }
}

#[test]
fn names_made_of_words_are_no_tokens() {
    for name in [
        "fw_updateFirmwareVersionChecker",
        "vci_openInterfaceConnectionChannel",
        "pfx_loadCertificateFromStoreByName",
        "unkey_createVerificationToken",
        "hf_calculateHydrogenFluorideConcentration",
        "cog_readSensorCalibrationTableFromFlash",
        "sm_pat_ternMatchingStateMachine",
    ] {
        assert_eq!(codes(&format!("int {name}(void);\n")), [] as [&str; 0], "{name}");
    }
}

#[test]
fn keys_of_caches_are_no_tokens() {
    let (hash, uuid) = ("3c95f3b4e13b7d9a8a07215460f0e117", "2992d177-fb08-df21-802b-b341183e7f66");
    let key = ["ke", "y-"].concat();
    assert_eq!(codes(&format!("pip-{key}{hash} x-api-{uuid} my-sdk-{uuid}\n")), [] as [&str; 0]);
    assert_eq!(codes(&format!("{key}{hash}\n")), ["SEC195"]);
}

#[test]
fn declarations_statements_and_defaults_give_values() {
    let (long, short) = (["P2lMo8Rbh3vHoh", "zvmImf97ccXz3nkS1X"].concat(), ["hz3HVLZ", "zJ5yk7q"].concat());
    for (path, text) in [
        ("a.rs", "pub const API_KEY: &'static str = \"L\";"),
        ("a.cs", "public string Password { get; set; } = \"S\";"),
        ("a.cs", "public string ApiKey { get; init; } = \"L\";"),
        ("a.cs", "string? password = \"S\";"),
        ("a.kt", "val apiKey: String? = \"L\""),
        ("a.swift", "let apiKey: String? = \"L\""),
        ("a.ts", "let apiKey: string | undefined = \"L\";"),
        ("a.py", "token: str = Field(default=\"L\")"),
        ("a.py", "pw = config(\"DB_PASSWORD\", default=\"S\")"),
        ("a.py", "pw = os.environ.get(\"DB_PASSWORD\") or \"S\""),
        ("a.js", "pw = env('DB_PASSWORD') ?? 'S'"),
        ("build.gradle", "android {\n    storePassword \"S\"\n}\n"),
        ("Dockerfile", "FROM a\nENV DB_PASSWORD S\n"),
        ("a.sql", "create user shop with encrypted password 'S';"),
        ("a.sql", "create user shop with password 'S';"),
    ] {
        let text = text.replace('L', &long).replace("\"S\"", &format!("\"{short}\""));
        let text = text.replace("'S'", &format!("'{short}'")).replace(" S\n", &format!(" {short}\n"));
        let found = scan(path, &text);
        assert_eq!(found.len(), 1, "{text}");
        assert!(
            matches!(text.get(found[0].span.start..found[0].span.end), Some(it) if it == long || it == short)
        );
    }
    let text =
        format!("aws configure set aws_secret_access_key {}\n", "sxVZSo0jR2z3fV/Kmt/z95IOmfGNEBgEolOGSE6M");
    assert_eq!(codes(&text), ["SEC102"]);
    for (path, text) in [
        ("a.md", format!("The storePassword \"{short}\" is an example.\n")),
        ("a.ts", "type A = { password: string | undefined, name: \"x7Kq2mVb\" };".to_owned()),
        ("a.py", "pw = os.environ.get(\"DB_PASSWORD\") or None".to_owned()),
        ("Dockerfile", "ENV DB_PASSWORD $PASSWORD\n".to_owned()),
    ] {
        assert!(scan(path, &text).is_empty(), "{text}");
    }
}

/// Texts made of one keyword, or of what makes a detector look far, must cost their length only. What is counted is
/// the bytes that detectors look at beside the one pass of the filter.
#[test]
fn hostile_texts_cost_their_length() {
    let pieces = [
        "ghp_",
        "://",
        "://a:",
        "@tcp(",
        ":a@tcp(",
        "-----BEGIN PRIVATE KEY-----\n",
        "eyJhbGciOiJ",
        "password=",
        "key='",
        "token:\"",
        "secret,",
        "\"password\", ",
        "AAAA",
        "sk-proj-",
        "\"key",
        "Bearer ",
        "<password>",
        "discord",
        "-----BEGIN RSA PRIVATE KEY-----AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "heroku=",
        "T3BlbkFJ",
        "http://a:b@",
        "key=\\\"",
        "ü",
        "\0",
    ];
    for piece in pieces {
        assert!(costs_its_length(piece, 64_000), "{piece:?}");
    }
}

/// The same for every kind: its own example, which its keyword and the beginning of its expression fit, begun again and
/// again and never ended.
#[test]
fn no_kind_looks_at_a_text_twice_over() {
    for examples in EXAMPLES {
        // A key is looked for to its end over 32 KiB, which takes the longer texts above.
        let plain = |example: &&&str| example.is_ascii() && !example.contains("PRIVATE KEY");
        let Some(example) = examples.bad.first().filter(plain) else { continue };
        let half = &example[..example.len().div_ceil(2)];
        // What may be long is looked for over a stretch that a short text does not fill.
        let holds = costs_its_length(half, 600) || costs_its_length(half, 64_000);
        assert!(holds, "{}: {half:?}", examples.code);
    }
}

/// Sixteen times the text is 16 times the work, a little more since fewer stretches are cut off by its end, and 256 times
/// where something grows with the text.
fn costs_its_length(piece: &str, size: usize) -> bool {
    let cost = |size: usize| {
        looked_at();
        std::hint::black_box(scan("", &piece.repeat(size.div_ceil(piece.len()))));
        looked_at()
    };
    let (short, long) = (cost(size), cost(16 * size));
    long <= 24 * short + 4096
}

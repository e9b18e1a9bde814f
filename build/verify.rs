//! How a vendor is asked whether a credential is still accepted, as the files in `rules/secrets/` say it.
//!
//! Not here: asking.

use serde::Deserialize;

/// The place of the credential in a request.
const SECRET: &str = "{secret}";

/// One request that changes nothing, and what the answer means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verify {
    url: String,
    #[serde(default)]
    post: bool,
    #[serde(default)]
    headers: Vec<String>,
    #[serde(default)]
    basic: String,
    live: Vec<u16>,
    dead: Vec<u16>,
    #[serde(default)]
    live_text: Vec<String>,
    #[serde(default)]
    dead_text: Vec<String>,
    #[serde(default)]
    only: String,
    /// The page that says what the answers mean. Without one a refusal may mean anything.
    #[serde(default)]
    answers: String,
}

impl Verify {
    /// What is wrong with it.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let Some((host, path)) = self.url.strip_prefix("https://").and_then(|rest| rest.split_once('/'))
        else {
            return Err("`verify`: the address is not `https://HOST/PATH`");
        };
        if host.is_empty()
            || !host
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte))
        {
            return Err("`verify`: the host is not the vendor's own, letter by letter");
        }
        let texts = self.headers.iter().map(String::as_str).chain([path, self.basic.as_str()]);
        if texts.map(|text| text.matches(SECRET).count()).sum::<usize>() != 1 {
            return Err("`verify`: `{secret}` has to stand in the request exactly once");
        }
        if self.headers.iter().any(|header| !header.contains(": ")) {
            return Err("`verify`: a header is written `Name: value`");
        }
        if self.live.is_empty()
            || self.live.iter().any(|status| self.dead.contains(status) && self.live_text.is_empty())
        {
            return Err("`verify`: the answer does not tell live from dead");
        }
        if self.answers.is_empty() && (!self.dead.is_empty() || self.live != [200]) {
            return Err("`verify`: without the page that documents its answers, only 200 says anything");
        }
        if !self.answers.is_empty() && !self.answers.starts_with("https://") {
            return Err("`verify`: `answers` is no address of a page");
        }
        Ok(())
    }

    /// The request as the generated code writes it.
    pub(crate) fn as_rust(&self) -> String {
        let pairs: Vec<(&str, &str)> =
            self.headers.iter().filter_map(|header| header.split_once(": ")).collect();
        format!(
            "Request {{ url: {:?}, post: {:?}, headers: &{pairs:?}, basic: {:?}, live: &{:?}, dead: &{:?}, live_text: &{:?}, dead_text: &{:?}, only: {:?} }}",
            self.url, self.post, self.basic, self.live, self.dead, self.live_text, self.dead_text, self.only,
        )
    }
}

//! Asks a vendor whether a credential is still accepted: one request that changes nothing, to the vendor's own host,
//! over TLS.
//!
//! Not here: which request that is, which findings are asked about, what is printed. Nothing that a repository holds
//! has a say in where a request goes. What a vendor or the network says is never handed on: it may hold the secret.

use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

use ureq::http::Response;
use ureq::{Agent, Body, RequestBuilder};

use crate::secrets::Request;

/// How long one host is left alone between two requests.
const PAUSE: Duration = Duration::from_millis(500);

/// How long one request may take in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes of an answer that are looked at.
const LARGEST_ANSWER: u64 = 64 * 1024;

/// What the place of the credential is called in a request.
const SECRET: &str = "{secret}";

/// What a vendor says of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is accepted.
    Live,
    /// It is refused.
    Dead,
    /// Nobody knows, and why not.
    Unknown(&'static str),
}

/// An address that tests may have put in the place of all vendors leads somewhere else than to this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("only an address of this machine can stand for the vendors: `http://127.0.0.1:PORT`")]
pub struct NotLoopback;

/// Asks vendors, one request after the other.
#[derive(Debug)]
pub struct Asker {
    agent: Agent,
    /// Where all requests go instead, in tests.
    instead: Option<String>,
    last: HashMap<&'static str, Instant>,
    pause: Duration,
}

impl Asker {
    /// One that asks the vendors; or, in tests, a server on this machine `instead`.
    ///
    /// # Errors
    ///
    /// Where `instead` is no loopback address with a port.
    pub fn new(instead: Option<&str>) -> Result<Self, NotLoopback> {
        let instead = instead.map(loopback).transpose()?;
        let config = Agent::config_builder()
            .https_only(instead.is_none())
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("envgate/", env!("CARGO_PKG_VERSION")))
            .proxy(None)
            .build();
        let pause = if instead.is_some() { PAUSE / 10 } else { PAUSE };
        Ok(Self { agent: Agent::new_with_config(config), instead, last: HashMap::new(), pause })
    }

    /// Asks about one credential. Waits where its host was asked a moment ago.
    pub fn ask(&mut self, request: &Request, secret: &str) -> Answer {
        if !sendable(request, secret) {
            return Answer::Unknown("it has signs that no request can carry");
        }
        if !secret.starts_with(request.only) {
            return Answer::Unknown("it is for another door of that vendor");
        }
        self.wait(request.host());
        let answer = self.send(request, secret);
        self.last.insert(request.host(), Instant::now());
        match answer {
            Some(answer) => judge(request, answer),
            None => Answer::Unknown("it cannot be reached"),
        }
    }

    fn wait(&self, host: &str) {
        let Some(last) = self.last.get(host) else { return };
        thread::sleep(self.pause.saturating_sub(last.elapsed()));
    }

    fn send(&self, request: &Request, secret: &str) -> Option<Response<Body>> {
        let url = match &self.instead {
            Some(instead) => format!("{instead}/{}", request.url.strip_prefix("https://")?),
            None => request.url.to_owned(),
        };
        let url = url.replace(SECRET, secret);
        if request.post {
            headed(self.agent.post(&url), request, secret).send_empty().ok()
        } else {
            headed(self.agent.get(&url), request, secret).call().ok()
        }
    }
}

fn headed<Any>(mut building: RequestBuilder<Any>, request: &Request, secret: &str) -> RequestBuilder<Any> {
    for (name, value) in request.headers {
        building = building.header(*name, value.replace(SECRET, secret));
    }
    if request.basic.is_empty() {
        return building;
    }
    let both = request.basic.replace(SECRET, secret);
    building.header("Authorization", format!("Basic {}", base64(both.as_bytes())))
}

/// Whether the credential stays what it is in the place where it is sent: no sign ends a header or leads out of a path.
fn sendable(request: &Request, secret: &str) -> bool {
    let in_path = request.url.contains(SECRET);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-:.".contains(&byte);
    let good = |byte: u8| byte.is_ascii_graphic() && (!in_path || plain(byte));
    !secret.is_empty() && secret.len() <= 4096 && secret.bytes().all(good)
}

fn judge(request: &Request, mut answer: Response<Body>) -> Answer {
    let status = answer.status().as_u16();
    let texts = !request.live_text.is_empty() || !request.dead_text.is_empty();
    let text = if texts {
        let read = answer.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec();
        read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    } else {
        String::new()
    };
    let says = |words: &[&str]| words.is_empty() || words.iter().any(|word| text.contains(word));
    if request.live.contains(&status) && says(request.live_text) {
        return Answer::Live;
    }
    if request.dead.contains(&status) && says(request.dead_text) {
        return Answer::Dead;
    }
    match status {
        429 => Answer::Unknown("it wants to be asked later"),
        _ => Answer::Unknown("its answer says neither"),
    }
}

/// The address without a slash at its end, where it is one of this machine.
fn loopback(address: &str) -> Result<String, NotLoopback> {
    let address = address.trim_end_matches('/');
    let port = ["http://127.0.0.1:", "http://[::1]:"].iter().find_map(|lead| address.strip_prefix(lead));
    match port.map(str::parse::<u16>) {
        Some(Ok(_)) => Ok(address.to_owned()),
        _ => Err(NotLoopback),
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for nth in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * nth) & 63).unwrap_or_default();
            let digit = DIGITS.get(digit).filter(|_| nth <= three.len());
            text.push(digit.map_or('=', |digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Asker, NotLoopback, base64, loopback};
    use crate::secrets::PATTERNS;

    #[test]
    fn the_test_vectors_of_the_standard() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn nothing_but_this_machine_stands_for_a_vendor() {
        for good in ["http://127.0.0.1:8080", "http://[::1]:1/"] {
            assert!(loopback(good).is_ok(), "{good}");
        }
        for bad in [
            "http://127.0.0.1",
            "http://127.0.0.1:80@evil.example",
            "http://127.0.0.1:8080/x",
            "http://localhost:80",
            "http://127.0.0.1.evil.example:80",
            "https://api.github.com",
            "http://10.0.0.1:80",
            "",
        ] {
            assert_eq!(Asker::new(Some(bad)).err(), Some(NotLoopback), "{bad}");
        }
    }

    #[test]
    fn every_request_goes_to_one_host_over_tls() {
        let requests: Vec<_> = PATTERNS.iter().filter_map(|pattern| pattern.verify.as_ref()).collect();
        let mut hosts: Vec<&str> = requests.iter().map(|request| request.host()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        assert!(hosts.len() >= 12, "{hosts:?}");
        for request in requests {
            assert!(request.url.starts_with("https://") && !request.host().contains(['{', '@', ':']));
        }
    }
}

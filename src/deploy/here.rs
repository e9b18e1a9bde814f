//! URLs as users reach them, asked from here by `curl`.
//!
//! Not here: URLs that the server asks itself.

use std::time::{Duration, Instant};

use crate::config::deploy::Health;

use super::settings::Settings;
use super::transport::{Call, Transport};

/// Asks until the answer is the one that is wanted, or the time is over. Either way it is told in a sentence.
/// `version` is the one that runs; where it is empty, values that name it are not looked at.
///
/// # Errors
///
/// What was wrong with the last answer.
pub fn ask(
    settings: &Settings,
    health: &Health,
    version: &str,
    transport: &dyn Transport,
) -> Result<String, String> {
    let Some(url) = &health.url else { return Ok(String::new()) };
    let end = Instant::now() + Duration::from_secs(health.timeout.0);
    loop {
        let wrong = match once(settings, health, (url, version), transport) {
            Ok(()) => return Ok(format!("{url} answers as it should")),
            Err(wrong) => wrong,
        };
        if Instant::now() >= end {
            return Err(format!("{url}: {wrong}"));
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn once(
    settings: &Settings,
    health: &Health,
    (url, version): (&str, &str),
    transport: &dyn Transport,
) -> Result<(), String> {
    let words = ["curl", "-s", "--max-time", "10", "-w", "\n%{http_code}", "--", url];
    let output = transport
        .run(&Call::here(words.map(str::to_owned).to_vec(), 15))
        .map_err(|error| error.to_string())?;
    let text = output.text();
    let (body, status) = text.rsplit_once('\n').unwrap_or_default();
    if status.parse() != Ok(health.status) {
        return Err(format!("status {status}, and {} is wanted", health.status));
    }
    let json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    for (pointer, value) in &health.json {
        if version.is_empty() && value.contains("{version}") {
            continue;
        }
        let value = value.replace("{version}", version);
        let wanted = settings.filled(&value, "").map_err(|mistake| mistake.to_string())?;
        let found = json.pointer(pointer);
        let found = found.map(|found| found.as_str().map_or_else(|| found.to_string(), ToOwned::to_owned));
        if found.as_deref() != Some(wanted.as_str()) {
            return Err(format!("{pointer} is not what is wanted"));
        }
    }
    Ok(())
}

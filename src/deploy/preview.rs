//! What compose on the server would do with the files of the commit, and what each service would get.
//!
//! Not here: whether that is wanted.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::release::{Shipped, pins, put, words};
use super::settings::Settings;
use super::transport::{Call, Error, Transport, quoted};

/// The variables of a service.
type Variables = BTreeMap<String, String>;

/// Compose's answer.
#[derive(Default)]
pub struct Preview {
    /// Why compose would not do it.
    pub refused: Vec<String>,
    /// What it would do with the container of a service: `Running` leaves it, `Recreate`, `Create`.
    pub would: BTreeMap<String, String>,
    /// What each service would get.
    pub gets: BTreeMap<String, Variables>,
    /// What each service's container has.
    pub has: BTreeMap<String, Variables>,
}

/// Values are secret.
impl fmt::Debug for Preview {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Preview");
        shown.field("refused", &self.refused).field("would", &self.would).finish_non_exhaustive()
    }
}

impl Preview {
    /// The variables that a recreated container of `service` would have otherwise than now, by name.
    #[must_use]
    pub fn changed(&self, service: &str) -> Vec<String> {
        let (Some(gets), Some(has)) = (self.gets.get(service), self.has.get(service)) else {
            return Vec::new();
        };
        // The container also has what its image sets, so a variable that is no longer given is not seen here.
        gets.iter()
            .filter(|(name, value)| has.get(*name) != Some(value))
            .map(|(name, _)| name.clone())
            .collect()
    }
}

/// Asks. `run` names the folder that is used and removed again; `images` are services and images.
///
/// # Errors
///
/// Where the server cannot be reached.
pub fn ask(
    settings: &Settings,
    host: &str,
    run: &str,
    files: &[Shipped],
    images: &[(String, String)],
    transport: &dyn Transport,
) -> Result<Preview, Error> {
    let folder = format!(".envgate/preview-{run}");
    let mut files = files.to_vec();
    files.push(Shipped { path: "pins.yml".to_owned(), bytes: pins(images).into_bytes() });
    let arrived = transport.run(&put(settings, host, &folder, &files))?;
    if arrived.code != 0 {
        return Ok(Preview { refused: vec![arrived.complaint()], ..Preview::default() });
    }
    let compose: Vec<String> = words(settings, &folder).iter().map(|word| quoted(word)).collect();
    let services: Vec<&str> =
        settings.services.iter().chain(&settings.deploy.protect).map(String::as_str).collect();
    let script = format!(
        "ROOT={}\nD={}\nPROJECT={}\nSERVICES={}\nwith_files() {{ shift 2; docker compose {} \"$@\"; }}\n{}",
        quoted(&settings.path),
        quoted(&folder),
        quoted(&settings.deploy.project),
        quoted(&services.join(" ")),
        compose.join(" "),
        include_str!("server/preview.sh")
    );
    let output = transport.run(&Call::server(host, script, 120))?;
    Ok(parse(&output.text()))
}

fn parse(text: &str) -> Preview {
    let mut preview = Preview::default();
    for line in text.lines() {
        let mut words = line.splitn(3, '\t');
        let mut next = || words.next().unwrap_or_default();
        match next() {
            "refused" => preview.refused.push(next().to_owned()),
            "would" => {
                let (service, what) = (next().to_owned(), next().to_owned());
                preview.would.insert(service, what);
            }
            "env" => {
                let service = next().to_owned();
                let list: Vec<String> = serde_json::from_str(next()).unwrap_or_default();
                let pair = |text: String| {
                    text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
                };
                preview.has.insert(service, list.into_iter().filter_map(pair).collect());
            }
            "config" => {
                let json: Value = serde_json::from_str(next()).unwrap_or_default();
                preview.gets = services(&json);
            }
            _ => {}
        }
    }
    preview
}

fn services(json: &Value) -> BTreeMap<String, Variables> {
    let mut all = BTreeMap::new();
    for (name, service) in json.get("services").and_then(Value::as_object).into_iter().flatten() {
        let variables = service.get("environment").and_then(Value::as_object).into_iter().flatten();
        // Compose writes `$` as `$$` in what it prints, since that is a template again.
        let text = |value: &Value| value.as_str().map(|text| text.replace("$$", "$"));
        let variables = variables.filter_map(|(key, value)| Some((key.clone(), text(value)?)));
        all.insert(name.clone(), variables.collect());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_changes_is_named() {
        let text = "config\t{\"services\": {\"web\": {\"environment\": {\"A\": \"1\", \"B\": \"x$$y\", \"C\": null}}}}\n\
            would\tweb\tRecreate\nenv\tweb\t[\"A=2\",\"B=x$y\",\"PATH=/bin\"]\n";
        let preview = parse(text);
        assert_eq!(preview.changed("web"), ["A"]);
        assert_eq!(preview.would["web"], "Recreate");
        assert!(!format!("{preview:?}").contains("x$y"));
        assert_eq!(parse("refused\tno such file\n").refused, ["no such file"]);
    }
}

//! What compose on the server would do with the files of the commit, and what each service would get.
//!
//! Not here: whether that is wanted.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::mounted::{Bind, Mounts};
use super::release::{Shipped, put, words};
use super::settings::Settings;
use super::transport::{Call, Error, Transport, quoted};

/// What is said where the answer broke off.
const NO_ANSWER: &str = "compose did not say what the files come to";

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
    /// The project's folder on the server, absolute.
    pub root: String,
    /// What services mount from it.
    pub binds: Vec<Bind>,
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

/// Asks. `run` names the folder that is used and removed again; `pins` is the compose file of images and mounts for a
/// release in a folder.
///
/// # Errors
///
/// Where the server cannot be reached.
pub fn ask(
    settings: &Settings,
    host: &str,
    run: &str,
    files: &[Shipped],
    pins: &dyn Fn(&str) -> String,
    transport: &dyn Transport,
) -> Result<Preview, Error> {
    let folder = format!(".envgate/preview-{run}");
    let mut files = files.to_vec();
    files.push(Shipped::new("pins.yml", pins(&folder)));
    let arrived = transport.run(&put(settings, host, &folder, &files, false))?;
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
    let mut preview = parse(&output.text(), &settings.services);
    if output.code != 0 && preview.refused.is_empty() {
        preview.refused.push(NO_ANSWER.to_owned());
    }
    Ok(preview)
}

fn parse(text: &str, deployed_services: &[String]) -> Preview {
    let mut preview = Preview::default();
    let mut answered = false;
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
            "root" => next().clone_into(&mut preview.root),
            "config" => {
                let json: Value = serde_json::from_str(next()).unwrap_or_default();
                answered = json.is_object();
                preview.gets = services(&json);
                preview.binds = binds(&json, &preview.root);
                preview.binds.retain(|bind| deployed(&json, deployed_services, &bind.by));
            }
            _ => {}
        }
    }
    if !answered && preview.refused.is_empty() {
        preview.refused.push(NO_ANSWER.to_owned());
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

/// What is mounted of the paths below `root`.
fn binds(json: &Value, root: &str) -> Vec<Bind> {
    let mut all = Vec::new();
    let below = |path: &str| {
        let below = path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'));
        below.filter(|_| !root.is_empty()).map(ToOwned::to_owned)
    };
    for (name, service) in json.get("services").and_then(Value::as_object).into_iter().flatten() {
        for volume in service.get("volumes").and_then(Value::as_array).into_iter().flatten() {
            let word = |key: &str| volume.get(key).and_then(Value::as_str).unwrap_or_default();
            let Some(source) = below(word("source")).filter(|_| word("type") == "bind") else { continue };
            all.push(Bind {
                by: Mounts::Volume(name.clone()),
                source,
                target: word("target").to_owned(),
                read_only: volume.get("read_only").and_then(Value::as_bool).unwrap_or_default(),
            });
        }
    }
    for (key, by) in [("configs", Mounts::Config as fn(String) -> Mounts), ("secrets", Mounts::Secret)] {
        for (name, one) in json.get(key).and_then(Value::as_object).into_iter().flatten() {
            let file = one.get("file").and_then(Value::as_str).unwrap_or_default();
            let Some(source) = below(file) else { continue };
            all.push(Bind { by: by(name.clone()), source, target: String::new(), read_only: true });
        }
    }
    all
}

/// The services that use an entry of `configs:` or `secrets:`.
fn users<'a>(json: &'a Value, key: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let services = json.get("services").and_then(Value::as_object).into_iter().flatten();
    let uses = move |service: &Value| {
        let used = service.get(key).and_then(Value::as_array).into_iter().flatten();
        used.filter_map(|one| one.get("source")).any(|source| source.as_str() == Some(name))
    };
    services.filter(move |(_, service)| uses(service)).map(|(name, _)| name.as_str())
}

/// Whether a release may bring it: what a service that is left alone mounts stays where it is.
fn deployed(json: &Value, services: &[String], by: &Mounts) -> bool {
    let ours = |service: &str| services.iter().any(|one| one == service);
    match by {
        Mounts::Volume(service) => ours(service),
        Mounts::Config(name) => users(json, "configs", name).all(ours),
        Mounts::Secret(name) => users(json, "secrets", name).all(ours),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::deploy::mounted::Mounts;

    #[test]
    fn mounts_of_the_projects_folder_are_seen() {
        let text = "root\t/srv/shop\nconfig\t{\"services\": {\"web\": {\"volumes\": [\
            {\"type\": \"bind\", \"source\": \"/srv/shop/infra/nginx.conf\", \"target\": \"/n\", \"read_only\": true},\
            {\"type\": \"bind\", \"source\": \"/srv/shopping/x\", \"target\": \"/o\"},\
            {\"type\": \"volume\", \"source\": \"data\", \"target\": \"/d\"}], \"configs\": [{\"source\": \"motd\"}]},\
            \"db\": {\"secrets\": [{\"source\": \"key\"}]}},\
            \"configs\": {\"motd\": {\"file\": \"/srv/shop/motd\"}}, \"secrets\": {\"key\": {\"file\": \"/srv/shop/key\"}}}\n";
        let binds = parse(text, &["web".to_owned()]).binds;
        assert_eq!(binds.len(), 2, "what a service that is left alone uses stays the server's");
        assert_eq!((&binds[1].by, binds[1].source.as_str()), (&Mounts::Config("motd".to_owned()), "motd"));
        assert_eq!(
            (binds[0].source.as_str(), binds[0].target.as_str(), binds[0].read_only),
            ("infra/nginx.conf", "/n", true)
        );
    }

    #[test]
    fn what_changes_is_named() {
        let text = "config\t{\"services\": {\"web\": {\"environment\": {\"A\": \"1\", \"B\": \"x$$y\", \"C\": null}}}}\n\
            would\tweb\tRecreate\nenv\tweb\t[\"A=2\",\"B=x$y\",\"PATH=/bin\"]\n";
        let preview = parse(text, &[]);
        assert_eq!(preview.changed("web"), ["A"]);
        assert_eq!(preview.would["web"], "Recreate");
        assert!(!format!("{preview:?}").contains("x$y"));
        assert_eq!(parse("refused\tno such file\n", &[]).refused, ["no such file"]);
        // An answer that breaks off says nothing of what would be done.
        assert_eq!(parse("root\t/srv\nconfig\t{\"servi", &[]).refused.len(), 1);
        assert!(preview.refused.is_empty());
    }
}

//! How images are called: the registry, and a name with the service in it.
//!
//! Not here: whether they are there.

use std::collections::BTreeMap;

/// How the images of services are called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Naming {
    /// The registry, and the folder in it.
    pub registry: String,
    /// The name, with `{service}` in it.
    pub name: String,
}

/// The way that most of `images` (services with their images) are called, and the services that are.
#[must_use]
pub fn naming(images: &[(String, String)]) -> Option<(Naming, Vec<String>)> {
    let mut ways: BTreeMap<Naming, Vec<String>> = BTreeMap::new();
    for (service, image) in images {
        if let Some(way) = way(service, image) {
            ways.entry(way).or_default().push(service.clone());
        }
    }
    // The first of those that as many services go by, whatever the order of the files.
    ways.into_iter().rev().max_by_key(|(_, services)| services.len())
}

fn way(service: &str, image: &str) -> Option<Naming> {
    let image = image.split('@').next()?;
    let (folder, last) = image.rsplit_once('/')?;
    let last = last.split(':').next()?;
    let name = last.contains(service).then(|| last.replacen(service, "{service}", 1))?;
    let first = folder.split('/').next()?;
    let is_host = first.contains(['.', ':']) || first == "localhost";
    let registry = if is_host { folder.to_owned() } else { format!("docker.io/{folder}") };
    (!folder.is_empty() && !folder.starts_with('/')).then_some(Naming { registry, name })
}

#[cfg(test)]
mod tests {
    use super::naming;

    #[test]
    fn names_have_the_service_in_them() {
        let images: Vec<(String, String)> = [
            ("backend", "me/shop-backend:1.2"),
            ("web", "me/shop-web:1.2@sha256:00"),
            ("worker", "ghcr.io/me/worker:1"),
            ("db", "postgres:16"),
            ("odd", "me/other:1"),
        ]
        .map(|(service, image)| (service.to_owned(), image.to_owned()))
        .to_vec();
        let (way, services) = naming(&images).unwrap();
        assert_eq!((way.registry.as_str(), way.name.as_str()), ("docker.io/me", "shop-{service}"));
        assert_eq!(services, ["backend", "web"]);
        let (way, _) = naming(&images[2..3]).unwrap();
        assert_eq!((way.registry.as_str(), way.name.as_str()), ("ghcr.io/me", "{service}"));
        assert!(naming(&images[3..]).is_none());
        let local = [("a".to_owned(), "localhost:5000/x/a".to_owned())];
        assert_eq!(naming(&local).unwrap().0.registry, "localhost:5000/x");
    }
}

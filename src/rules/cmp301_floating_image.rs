//! CMP301: an image without a tag, or with `latest`, in production.
//!
//! Not here: images that the project builds itself.

use std::collections::HashSet;

use crate::diagnostic::{Findings, Meta};
use crate::project::Project;
use crate::project::image::Image;
use crate::project::layers::services;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct FloatingImage;

impl Rule for FloatingImage {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP301",
            "floating-image",
            Warning,
            Certain,
            "a production image has no tag, or a tag that moves"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        let help = if project.expectations.digests {
            "pin it with the `@sha256:…` that `docker buildx imagetools inspect` says; the tag may stay in front of it"
        } else {
            "name the version that was tested, such as `:1.27.2`, or pin it with `@sha256:…`"
        };
        for environment in project.environments.iter().filter(|one| one.is_production()) {
            for service in services(project, environment).iter().filter(|service| !service.disabled) {
                if service.last("build").is_some() {
                    continue;
                }
                let Some((file, image)) = service.value("image").filter(|(file, _)| file.checked) else {
                    continue;
                };
                let names = |name: &str| environment.names.held(name);
                let Ok(filled) = image.template.fill(&names) else { continue };
                let Some(fault) = fault(&filled.text, project.expectations.digests) else { continue };
                if seen.insert((file.source.path(), image.span)) {
                    let message =
                        format!("`{}` runs {fault}: what it is can change with every pull", service.name);
                    found.push_in(file.source.path(), image.span, message).service(service.name).help(help);
                }
            }
        }
    }
}

/// What is wrong with the reference; a blank is not known.
fn fault(text: &str, digests: bool) -> Option<&'static str> {
    let image = Image::parse(text);
    match image.tag {
        _ if image.digest || image.name.is_empty() => None,
        None => Some("an image without a tag"),
        // A tag that nobody fills in leaves the colon: compose refuses it when it runs.
        Some("") => None,
        Some("latest") => Some("an image with the tag `latest`"),
        Some(_) if digests => Some("an image without a digest"),
        Some(_) => None,
    }
}

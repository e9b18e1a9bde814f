//! The images of a deploy by their digests: built and pushed from here where no registry has them yet.
//!
//! Not here: asking a registry, and running a builder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::deploy::images::{self, Found};
use crate::deploy::mask::Mask;
use crate::deploy::survey::{Survey, Wanted};
use crate::deploy::transport::{Call, Transport};
use crate::files;
use crate::source::join;

use super::super::Error;
use super::context::Context;
use super::run::Deploying;
use super::tell::Teller;

/// A new folder that nobody else can look into.
fn unpacked() -> Result<PathBuf, Error> {
    Ok(files::working_folder(&std::env::temp_dir(), "envgate-tree-")?)
}

impl Deploying<'_> {
    /// Each service's image by digest, those that are built here built and pushed first.
    pub(super) fn images(&self, tell: &mut Teller<'_>) -> Result<Vec<(String, String)>, String> {
        let text = |error: &dyn std::error::Error| error.to_string();
        let Some(first) = self.assessment.surveys.first() else {
            return Err("there is no server".to_owned());
        };
        let built: BTreeMap<&String, &String> = first
            .images
            .iter()
            .filter_map(|(service, wanted)| match wanted {
                Wanted::Built(image) => Some((service, image)),
                _ => None,
            })
            .collect();
        if !built.is_empty() {
            self.before_building(tell)?;
            let tree = unpacked().map_err(|error| text(&error))?;
            let ended = self.build(&built, &tree, &self.mask(), tell);
            files::remove_folder(&tree).map_err(|error| text(&error))?;
            ended.map_err(|error| text(&error))?;
        }
        let asked: BTreeMap<String, String> =
            built.into_iter().map(|(service, image)| (service.clone(), image.clone())).collect();
        let found = images::digests(&first.facts.host, &asked, self.ssh).map_err(|error| text(&error))?;
        let mut images = Vec::new();
        for (service, wanted) in &first.images {
            let image = match (wanted, found.get(service)) {
                (Wanted::Pinned(image), _) => image.clone(),
                (Wanted::Built(image), Some(Found::Digest(digest))) => format!("{image}@{digest}"),
                _ => {
                    return Err(format!(
                        "the registry does not have the image of `{service}` that was pushed"
                    ));
                }
            };
            images.push((service.clone(), image));
        }
        Ok(images)
    }

    /// Builds and pushes from the commit's files, unpacked into `tree`: what lies in the work tree beside them must
    /// not get into an image.
    fn build(
        &self,
        built: &BTreeMap<&String, &String>,
        tree: &Path,
        mask: &Mask,
        tell: &mut Teller<'_>,
    ) -> Result<(), images::Failure> {
        let Context { here, committed, .. } = self.context;
        let mut say = |what: &str| drop(tell.begin("image", what));
        say(&format!("unpacking commit {}", committed.id.get(..9).unwrap_or_default()));
        images::unpack(&committed.root, &committed.id, tree, self.ssh)?;
        let folder = join(&files::relative(here, &committed.root), self.context.folder());
        let folder = tree.join(folder).to_string_lossy().into_owned();
        for service in built.keys() {
            let source = (folder.as_str(), committed.id.as_str());
            images::build_and_push(self.settings, service, source, mask, self.ssh, &mut say)?;
        }
        Ok(())
    }

    fn before_building(&self, tell: &mut Teller<'_>) -> Result<(), String> {
        let words = &self.settings.deploy.hooks.pre_build;
        if words.is_empty() {
            return Ok(());
        }
        drop(tell.begin("hook", &words.join(" ")));
        let output = self.ssh.run(&Call::here(words.clone(), 3600)).map_err(|error| error.to_string())?;
        if output.code == 0 {
            Ok(())
        } else {
            Err(format!("`{}` failed: {}", words.join(" "), self.mask().over(&output.complaint())))
        }
    }

    /// A mask over the values of all servers' env files.
    fn mask(&self) -> Mask {
        Mask::new(self.assessment.surveys.iter().flat_map(Survey::values))
    }
}

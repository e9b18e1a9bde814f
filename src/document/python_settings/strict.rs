//! Settings classes that refuse what stands in their env file and is none of their fields.
//!
//! Not here: which file of the project theirs is. Pydantic 1 takes from an env file what it knows, and no more.

use std::collections::{BTreeSet, HashSet};

use super::fields::{Place, World};
use super::instances::ANYTHING;
use crate::source::Span;

/// Bases that bring no fields.
const BARE: &[&str] = &["BaseSettings", "ABC", "Generic", "object"];

/// A class whose env file may hold nothing but its fields.
#[derive(Debug, Clone)]
pub struct Strict {
    /// The name of the class.
    pub class: String,
    /// The head of the class.
    pub span: Span,
    /// Where it names its env files.
    pub env_file: Span,
    /// Whether names count in their case alone; else they are in upper case here.
    exact: bool,
    names: BTreeSet<String>,
    /// What names that it takes for parts of a field begin with.
    beginnings: Vec<String>,
}

impl Strict {
    /// Whether a variable called `name`, with something in it, keeps the class from being made.
    #[must_use]
    pub fn refuses(&self, name: &str) -> bool {
        let name = if self.exact { name.to_owned() } else { name.to_uppercase() };
        !self.names.contains(&name) && !self.beginnings.iter().any(|start| name.starts_with(start.as_str()))
    }
}

/// The strict classes of module `at` of which all fields are known.
pub(super) fn strict(world: &World<'_>, at: usize) -> Vec<Strict> {
    let Some(module) = world.modules.get(at) else { return Vec::new() };
    let places = (0..module.classes.len()).map(|number| (at, number));
    places.filter(|place| world.stands_alone(*place)).filter_map(|place| one(world, place)).collect()
}

fn one(world: &World<'_>, place: Place) -> Option<Strict> {
    let class = world.class(place)?;
    let whole = world.whole(place);
    let config = &whole.config;
    let given = world.given.get(&place);
    let elsewhere = given.is_some_and(|given| given.contains(ANYTHING))
        || config.env_file_made
        || world.modules.iter().any(|module| module.meddles);
    let unclear = config.unread == Some(true) || config.open || config.custom || !config.renamed.is_empty();
    let changed = whole.validators.iter().any(|validators| validators.whole);
    let is_known = bases_are_known(world, place, &mut HashSet::new());
    if config.extra == Some(false) || unclear || changed || elsewhere || whole.version_one || !is_known {
        return None;
    }
    // What another file says of its env file is looked for beside that file.
    let env_file = config.env_file?;
    let module = world.modules.get(place.0)?;
    if !module.classes.iter().any(|class| class.config.env_file == Some(env_file)) {
        return None;
    }
    let (mut names, mut beginnings) = (BTreeSet::new(), Vec::new());
    for name in &whole.order {
        let (_, declaration) = whole.declarations.get(name)?;
        if declaration.options.unknown_alias {
            return None;
        }
        let own = config.names_of(declaration, false);
        if declaration.takes_parts() {
            beginnings.extend(own.iter().cloned());
        }
        names.extend(own);
        // With a prefix, the bare name of a field is passed over.
        let prefixed = config.prefix.as_ref().is_some_and(|prefix| !prefix.is_empty());
        names.extend(prefixed.then(|| config.cased(name)));
    }
    let exact = config.case_sensitive == Some(true);
    Some(Strict { class: class.name.clone(), span: class.span, env_file, exact, names, beginnings })
}

/// Whether it and every class above it are read whole, and are of the project, or `BaseSettings` of pydantic-settings.
fn bases_are_known(world: &World<'_>, place: Place, seen: &mut HashSet<Place>) -> bool {
    if !seen.insert(place) {
        return true;
    }
    let (Some(class), Some(module)) = (world.class(place), world.modules.get(place.0)) else { return false };
    // Of several settings classes the last one's configuration counts, all of it.
    if class.unread_body || module.stray_alias || world.settings_above(place) > 1 {
        return false;
    }
    class.bases.iter().all(|base| match world.resolve(place.0, base, 0) {
        Some(found) if found != place => bases_are_known(world, found, seen),
        _ if base == "BaseSettings" => {
            module.import(base).is_some_and(|import| import.module.starts_with("pydantic_settings"))
        }
        _ => BARE.contains(&base.as_str()),
    })
}

#[cfg(test)]
mod tests {
    use crate::document::python_settings::SettingsFile;

    fn refused(text: &str) -> Option<Vec<&'static str>> {
        let text = format!("from pydantic_settings import BaseSettings, SettingsConfigDict\n{text}");
        let parsed = SettingsFile::parse(&text);
        let strict = parsed.strict.first()?;
        Some(["A", "a", "P_A", "A_B", "C"].into_iter().filter(|name| strict.refuses(name)).collect())
    }

    #[test]
    fn what_is_no_field_is_refused() {
        let class = |config: &str, field: &str| {
            refused(&format!(
                "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env'{config})\n    {field}\n"
            ))
        };
        assert_eq!(class("", "a: int"), Some(vec!["P_A", "A_B", "C"]));
        assert_eq!(class(", extra='forbid'", "a: list[str]"), Some(vec!["P_A", "C"]));
        assert_eq!(class(", case_sensitive=True", "a: int"), Some(vec!["A", "P_A", "A_B", "C"]));
        assert_eq!(class(", env_prefix='P_'", "a: int"), Some(vec!["A_B", "C"]));
        assert_eq!(class("", "a: int = Field(alias='C')"), Some(vec!["A", "a", "P_A", "A_B"]));
        for (config, field) in [
            (", extra='ignore'", "a: int"),
            (", extra=EXTRA", "a: int"),
            (", secrets_dir='/run'", "a: int"),
            ("", "a: int = Field(alias=name('C'))"),
        ] {
            assert_eq!(class(config, field), None, "{config} {field}");
        }
    }

    #[test]
    fn classes_that_are_not_known_whole_refuse_nothing() {
        for text in [
            "class S(BaseSettings):\n    a: int\n",
            "class S(Mixin, BaseSettings):\n    a: int\n    class Config:\n        env_file = '.env'\n",
            "class S(BaseSettings, env_file='.env'):\n    a: int\n\ns = S(_env_file=None)\n",
            "class S(BaseSettings, env_file='.env'):\n    a: int\n    @model_validator(mode='before')\n    def f(cls, v):\n        return {}\n",
        ] {
            assert_eq!(refused(text), None, "{text}");
        }
        assert!(refused("class S(BaseSettings, env_file='.env'):\n    a: int\n").is_some());
    }
}

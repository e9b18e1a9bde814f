//! From classes to variables: what a settings class inherits, which names its fields answer to, and what nests
//! in them.
//!
//! Not here: reading classes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::class::{Class, Declaration};
use super::config::Config;
use super::instances::{ANYTHING, in_both};
use super::module::{Import, Module};
use super::{Field, ListShape};
use crate::document::kinds::ValueKind;
use crate::source::Span;

/// Says which module an import of a module leads to, both by their place in the list of modules.
pub(super) type Find<'a> = &'a dyn Fn(usize, &Import) -> Option<usize>;

/// No name is imported further, and no class has more than the square of this above it.
const DEEPEST: usize = 16;

/// No field nests deeper.
const NESTED: usize = 4;

/// The most variables of a file.
const MOST: usize = 5000;

/// A class by its place: the module and the class in it.
pub(super) type Place = (usize, usize);

/// Everything that is known of the modules.
pub(super) struct World<'a> {
    pub(super) modules: &'a [&'a Module],
    find: Find<'a>,
    /// The classes that others derive from.
    derived_from: HashSet<Place>,
    /// What every call of a class gives it by name, for the classes that are called.
    pub(super) given: HashMap<Place, BTreeSet<String>>,
}

/// The variables that the settings classes of module `at` read.
///
/// A class that others derive from is only looked at by itself where it is called.
pub(super) fn fields(world: &World<'_>, at: usize) -> Vec<Field> {
    let Some(module) = world.modules.get(at) else { return Vec::new() };
    let mut fields = Vec::new();
    for number in 0..module.classes.len() {
        if world.stands_alone((at, number)) {
            world.class_fields((at, number), &mut fields);
        }
        if fields.len() > MOST {
            break;
        }
    }
    fields.truncate(MOST);
    fields
}

/// A declaration with the module that it stands in.
pub(super) type Declared<'a> = (usize, &'a Declaration);

/// All that a class declares and inherits.
#[derive(Default)]
pub(super) struct Whole<'a> {
    pub(super) declarations: BTreeMap<&'a str, Declared<'a>>,
    pub(super) order: Vec<&'a str>,
    pub(super) config: Config,
    pub(super) validators: Vec<&'a super::validators::Validators>,
    pub(super) version_one: bool,
}

impl<'a> World<'a> {
    /// Looks at how the classes of all modules derive from each other; `is_test` says which modules test the others, and
    /// make nothing that runs.
    pub(super) fn new(modules: &'a [&'a Module], find: Find<'a>, is_test: &dyn Fn(usize) -> bool) -> Self {
        let mut world = Self { modules, find, derived_from: HashSet::new(), given: HashMap::new() };
        let places = modules.iter().enumerate().filter(|(at, _)| !is_test(*at));
        let places =
            places.flat_map(|(at, module)| (0..module.classes.len()).map(move |number| (at, number)));
        world.derived_from = places.flat_map(|place| world.bases(place).collect::<Vec<_>>()).collect();
        for (at, module) in modules.iter().enumerate().filter(|(at, _)| !is_test(*at)) {
            for (name, given) in &module.instances {
                let Some(place) = world.resolve(at, name, 0) else { continue };
                match world.given.get_mut(&place) {
                    Some(known) => in_both(known, given.clone()),
                    None => {
                        world.given.insert(place, given.clone());
                    }
                }
            }
        }
        world
    }

    pub(super) fn class(&self, place: Place) -> Option<&'a Class> {
        self.modules.get(place.0)?.classes.get(place.1)
    }

    /// Where the class called `name` in a module stands, through imports.
    pub(super) fn resolve(&self, module: usize, name: &str, depth: usize) -> Option<Place> {
        let here = self.modules.get(module)?;
        if let Some(class) = here.class(name) {
            return Some((module, class));
        }
        let import = here.import(name).filter(|_| depth < DEEPEST)?;
        let other = (self.find)(module, import).filter(|other| *other != module)?;
        self.resolve(other, &import.name, depth + 1)
    }

    fn bases(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        let bases = self.class(place).map(|class| class.bases.as_slice()).unwrap_or_default();
        // A class that derives from its own name derives from one that it hides.
        bases.iter().filter_map(move |base| self.resolve(place.0, base, 0)).filter(move |base| *base != place)
    }

    /// Whether a class derives from `BaseSettings`; `seen` are the classes that were asked already.
    fn is_settings(&self, place: Place, seen: &mut HashSet<Place>) -> bool {
        if seen.len() > DEEPEST * DEEPEST || !seen.insert(place) {
            return false;
        }
        let Some(class) = self.class(place) else { return false };
        let direct = class.bases.iter().any(|base| {
            base == "BaseSettings" && self.resolve(place.0, base, 0).is_none_or(|found| found == place)
        });
        direct || self.bases(place).any(|base| self.is_settings(base, seen))
    }

    /// How many settings classes a class derives from directly.
    pub(super) fn settings_above(&self, place: Place) -> usize {
        self.bases(place).filter(|base| self.is_settings(*base, &mut HashSet::new())).count()
    }

    /// Whether it is a settings class that is made by itself: one that others derive from has to be called somewhere.
    pub(super) fn stands_alone(&self, place: Place) -> bool {
        let named = self.class(place).zip(self.modules.get(place.0));
        named.is_some_and(|(class, module)| module.class(&class.name) == Some(place.1))
            && self.is_settings(place, &mut HashSet::new())
            && (self.given.contains_key(&place) || !self.derived_from.contains(&place))
    }

    /// What a class declares, with what it inherits; what is derived beats what it derives from.
    pub(super) fn whole(&self, place: Place) -> Whole<'a> {
        let mut whole = Whole::default();
        self.add(place, &mut HashSet::new(), &mut whole);
        whole
    }

    fn add(&self, place: Place, seen: &mut HashSet<Place>, whole: &mut Whole<'a>) {
        if seen.len() > DEEPEST * DEEPEST || !seen.insert(place) {
            return;
        }
        let Some(class) = self.class(place) else { return };
        let bases: Vec<Place> = self.bases(place).collect();
        for base in bases.into_iter().rev() {
            self.add(base, seen, whole);
        }
        whole.version_one |= self.modules.get(place.0).is_some_and(|module| module.version_one);
        whole.config = whole.config.below(&class.config);
        whole.validators.push(&class.validators);
        for declaration in &class.declarations {
            if whole.declarations.insert(&declaration.name, (place.0, declaration)).is_none() {
                whole.order.push(&declaration.name);
            }
        }
    }

    fn class_fields(&self, place: Place, fields: &mut Vec<Field>) {
        let whole = self.whole(place);
        let head = self.class(place).map(|class| class.span).unwrap_or_default();
        let open = whole.config.open || whole.validators.iter().any(|validators| validators.whole);
        for name in &whole.order {
            let Some((module, declaration)) = whole.declarations.get(name) else { continue };
            if !whole.config.names(name) {
                continue;
            }
            let scene = Scene {
                world: self,
                whole: &whole,
                module: *module,
                // What stands in another file is pointed at by the class that inherits it.
                span: if *module == place.0 { declaration.span } else { head },
                required: !open,
                given: self.given.get(&place),
            };
            scene.declaration(declaration, fields);
            if fields.len() > MOST {
                return;
            }
        }
    }
}

/// Where a declaration is looked at.
struct Scene<'w> {
    world: &'w World<'w>,
    whole: &'w Whole<'w>,
    module: usize,
    span: Span,
    /// Whether what has no default is required.
    required: bool,
    /// What the code gives the class itself, wherever it makes one.
    given: Option<&'w BTreeSet<String>>,
}

impl Scene<'_> {
    fn declaration(&self, declaration: &Declaration, fields: &mut Vec<Field>) {
        let names = self.whole.config.names_of(declaration, self.whole.version_one);
        let required = self.is_required(declaration);
        let mut made = self.field(declaration);
        let nested = self.nested(declaration);
        let delimiter = self.whole.config.delimiter.as_ref().filter(|_| declaration.takes_parts());
        if nested.is_some() {
            made.kind = Some(ValueKind::Json).filter(|_| !self.is_changed(declaration));
        }
        for (at, name) in names.iter().enumerate() {
            let mut parts = Vec::new();
            if let (Some(place), Some(delimiter)) = (nested, &self.whole.config.delimiter) {
                self.parts(place, &format!("{name}{delimiter}"), required && names.len() == 1, 1, &mut parts);
            }
            let others = names.iter().filter(|other| *other != name).cloned();
            let alternatives = others.chain(parts.iter().map(|part: &Field| part.variable.clone())).collect();
            // The names stand for one field, and one demand is enough.
            let required = required && at == 0;
            let parted = delimiter.map(|delimiter| self.whole.config.cased(&format!("{name}{delimiter}")));
            fields.push(Field { variable: name.clone(), required, alternatives, parted, ..made.clone() });
            for part in &mut parts {
                part.alternatives.push(name.clone());
            }
            fields.extend(parts);
        }
    }

    fn is_required(&self, declaration: &Declaration) -> bool {
        // In pydantic 1 what may be `None` is `None` where nobody sets it.
        let spared = self.whole.version_one && declaration.annotation.optional;
        let given = |name: &str| self.given.is_some_and(|given| given.contains(name));
        let by_code = given(ANYTHING)
            || given(&declaration.name)
            || declaration.options.aliases.iter().any(|alias| given(alias));
        self.required && !declaration.has_default && !spared && !by_code
    }

    /// Whether something sees the text before its type is looked at.
    fn is_changed(&self, declaration: &Declaration) -> bool {
        let validators = || self.whole.validators.iter();
        self.whole.config.custom
            || declaration.annotation.validated_before
            || validators().any(|validators| validators.come_before(&declaration.name))
    }

    /// All but the name, and whether it is required.
    fn field(&self, declaration: &Declaration) -> Field {
        let (annotation, config) = (&declaration.annotation, &self.whole.config);
        let undecoded = annotation.undecoded || config.undecoded == Some(true);
        let list = annotation.list.map(|shape| match shape {
            _ if config.custom => ListShape::Either,
            // Whoever gets the text may look whether it is JSON.
            ListShape::Json if undecoded && self.decodes_json() => ListShape::Either,
            ListShape::Json if undecoded => ListShape::Csv,
            shape => shape,
        });
        let mapping = annotation.kind == Some(ValueKind::Json);
        let asked =
            self.whole.validators.iter().filter_map(|validators| validators.length(&declaration.name));
        // What is demanded of a list or a map is demanded of the number of its items.
        let several = list.is_some() || mapping;
        let changed = self.is_changed(declaration) || list.is_some() || mapping && undecoded;
        let min_length = asked.chain(declaration.options.min_length).max().filter(|_| !changed);
        let decoded = !undecoded && (several || self.nested(declaration).is_some());
        // Pydantic 2 drops what JSON says is nothing, and takes the default; pydantic 1 hands it on.
        let unset = if self.whole.version_one { annotation.optional } else { !self.is_required(declaration) };
        let null = (decoded && unset).then(|| "null".to_owned());
        let nones = null.into_iter().chain(config.none.clone().filter(|_| annotation.optional));
        let limits = annotation.limits.iter().chain(&declaration.options.limits);
        Field {
            span: self.span,
            exact: config.case_sensitive == Some(true),
            list,
            items: annotation.items,
            nones: nones.collect(),
            min_length: min_length.filter(|_| !several),
            kind: if changed { None } else { self.kind(declaration) },
            limits: if changed || mapping { Vec::new() } else { limits.cloned().collect() },
            ignores_empty: config.ignores_empty == Some(true),
            may_be_none: annotation.optional && !self.is_required(declaration),
            ..Field::default()
        }
    }

    fn kind(&self, declaration: &Declaration) -> Option<ValueKind> {
        if let Some(kind) = &declaration.annotation.kind {
            return Some(kind.clone());
        }
        let class = declaration.annotation.class.as_ref()?;
        let class = self.world.class(self.world.resolve(self.module, class, 0)?)?;
        let by_value = self.whole.config.enums_by_name != Some(true);
        let is_enum = by_value && class.bases.iter().any(|base| matches!(base.as_str(), "Enum" | "StrEnum"));
        class.members.clone().filter(|_| is_enum).map(ValueKind::Enumeration)
    }

    /// Whether the file that declares it takes JSON apart itself.
    fn decodes_json(&self) -> bool {
        self.world.modules.get(self.module).is_some_and(|module| module.decodes_json)
    }

    /// The class of a field that is a model of its own.
    fn nested(&self, declaration: &Declaration) -> Option<Place> {
        let name = declaration.annotation.class.as_ref()?;
        let place = self.world.resolve(self.module, name, 0)?;
        let class = self.world.class(place)?;
        let is_enum = class.bases.iter().any(|base| base.ends_with("Enum"));
        (!is_enum && !self.world.whole(place).order.is_empty()).then_some(place)
    }

    /// The variables of the fields of a nested model.
    fn parts(&self, place: Place, prefix: &str, required: bool, depth: usize, fields: &mut Vec<Field>) {
        let whole = self.world.whole(place);
        let inner = Whole { config: Config { prefix: None, ..self.whole.config.clone() }, ..whole };
        for name in &inner.order {
            let Some((module, declaration)) = inner.declarations.get(name) else { continue };
            // Under which of its names an aliased part is sought differs between versions.
            if !declaration.options.aliases.is_empty() || fields.len() > MOST {
                continue;
            }
            let scene = Scene {
                world: self.world,
                whole: &inner,
                module: *module,
                span: self.span,
                required,
                given: None,
            };
            let variable = inner.config.cased(&format!("{prefix}{name}"));
            let mut field = Field { required: scene.is_required(declaration), ..scene.field(declaration) };
            if let Some(deeper) = scene.nested(declaration).filter(|_| depth < NESTED)
                && let Some(delimiter) = &inner.config.delimiter
            {
                field.kind = None;
                let required = field.required;
                // Its parts stand for it.
                field.required = false;
                scene.parts(deeper, &format!("{variable}{delimiter}"), required, depth + 1, fields);
            }
            let delimiter = inner.config.delimiter.as_ref().filter(|_| declaration.takes_parts());
            field.parted = delimiter.map(|delimiter| inner.config.cased(&format!("{variable}{delimiter}")));
            field.variable = variable;
            fields.push(field);
        }
    }
}

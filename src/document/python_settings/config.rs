//! What a settings class says of how it is read: `model_config`, `class Config`, keywords of the class.
//!
//! Not here: running what makes it. Where the names that come of it cannot be known, that is said.

use std::collections::HashMap;

use super::class::Declaration;
use super::python::{Python, Statement, is_name};
use crate::source::Span;

/// What a class says of itself, where it says it.
#[derive(Debug, Clone, Default)]
pub(super) struct Config {
    pub(super) prefix: Option<String>,
    /// Whether the prefix, or all that is said, is worked out in a way that is not followed.
    pub(super) unread: Option<bool>,
    /// The fields that have names of their own in it; `*` is every field.
    pub(super) renamed: Vec<String>,
    pub(super) case_sensitive: Option<bool>,
    /// Lists are handed over as text.
    pub(super) undecoded: Option<bool>,
    /// What stands between the name of a field and the name of a field in it.
    pub(super) delimiter: Option<String>,
    /// Fields with an alias answer to their own name too.
    pub(super) by_name: Option<bool>,
    /// Nothing is no value.
    pub(super) ignores_empty: Option<bool>,
    /// This text is `None`.
    pub(super) none: Option<String>,
    /// The names of an `Enum`'s members do as well as their values.
    pub(super) enums_by_name: Option<bool>,
    /// Values may come from elsewhere, or under names that are made up.
    pub(super) open: bool,
    /// The class reads values in a way of its own.
    pub(super) custom: bool,
    /// Whether what is no field is refused; it is where nothing is said.
    pub(super) extra: Option<bool>,
    /// Where the env files are named.
    pub(super) env_file: Option<Span>,
    /// Whether those are worked out somewhere.
    pub(super) env_file_made: bool,
}

/// What the names of a file stand for that are assigned once, outside all classes and functions.
pub(super) struct Constants<'p>(HashMap<&'p str, Option<Span>>);

impl<'p> Constants<'p> {
    /// Reads the assignments of a file.
    pub(super) fn new(python: &'p Python<'_>) -> Self {
        let mut names: HashMap<&str, Option<Span>> = HashMap::new();
        for statement in &python.statements {
            let Some((target, value)) = python.code(statement.span).split_once('=') else { continue };
            let name = target.split(':').next().unwrap_or_default().trim();
            if !is_name(name) || value.starts_with('=') {
                continue;
            }
            let place = python.trimmed(Span::new(statement.span.end - value.len(), statement.span.end));
            // One that is assigned under a condition, or more than once, may hold either.
            let known = (statement.indent == 0 && !names.contains_key(name)).then_some(place);
            names.insert(name, known);
        }
        Self(names)
    }

    /// What a name stands for; anything else stands for itself.
    fn behind(&self, python: &Python<'_>, value: Span) -> Span {
        self.0.get(python.code(value)).copied().flatten().unwrap_or(value)
    }
}

impl Config {
    /// Takes in one option.
    pub(super) fn option(&mut self, python: &Python<'_>, constants: &Constants<'_>, name: &str, value: Span) {
        let is = |word: &str| Some(python.code(value) == word);
        let literal = || python.literal(constants.behind(python, value));
        match name {
            "env_prefix" => {
                self.prefix = literal();
                self.unread = Some(self.prefix.is_none());
            }
            "case_sensitive" => self.case_sensitive = is("True"),
            "enable_decoding" => self.undecoded = is("False"),
            "env_nested_delimiter" => {
                self.delimiter = literal();
                self.open |= self.delimiter.is_none() && is("None") == Some(false);
            }
            "env_ignore_empty" => self.ignores_empty = is("True"),
            "env_parse_none_str" => match literal() {
                Some(none) if !none.is_empty() => self.none = Some(none),
                _ => self.ignores_empty = Some(true),
            },
            "env_parse_enums" => self.enums_by_name = is("True"),
            "populate_by_name" | "validate_by_name" | "allow_population_by_field_name" => {
                self.by_name = is("True");
            }
            "extra" => {
                let word = literal().unwrap_or_else(|| python.code(value).to_owned());
                self.extra = Some(word == "forbid" || word == "Extra.forbid");
            }
            "env_file" => {
                self.env_file = Some(value);
                self.env_file_made |= !is_written(python, value);
            }
            "secrets_dir" | "env_prefix_target" | "alias_generator" | "cli_parse_args" => self.open = true,
            "fields" => self.renamed = keys(python, value),
            _ => {}
        }
    }

    /// What a derived class says of itself, and of what it does not say this.
    pub(super) fn below(&self, derived: &Self) -> Self {
        Self {
            prefix: derived.prefix.clone().or_else(|| self.prefix.clone()),
            unread: derived.unread.or(self.unread),
            renamed: self.renamed.iter().chain(&derived.renamed).cloned().collect(),
            case_sensitive: derived.case_sensitive.or(self.case_sensitive),
            undecoded: derived.undecoded.or(self.undecoded),
            delimiter: derived.delimiter.clone().or_else(|| self.delimiter.clone()),
            by_name: derived.by_name.or(self.by_name),
            ignores_empty: derived.ignores_empty.or(self.ignores_empty),
            none: derived.none.clone().or_else(|| self.none.clone()),
            enums_by_name: derived.enums_by_name.or(self.enums_by_name),
            open: self.open || derived.open,
            custom: self.custom || derived.custom,
            extra: derived.extra.or(self.extra),
            env_file: derived.env_file.or(self.env_file),
            env_file_made: self.env_file_made || derived.env_file_made,
        }
    }

    /// The variables that a field answers to, in order. Pydantic 1 reads no alias, and pydantic 2 no `env`.
    pub(super) fn names_of(&self, declaration: &Declaration, version_one: bool) -> Vec<String> {
        let options = &declaration.options;
        let mut names = if version_one { options.env.clone() } else { options.aliases.clone() };
        if names.is_empty() || self.by_name == Some(true) {
            names.push(format!("{}{}", self.prefix.as_deref().unwrap_or_default(), declaration.name));
        }
        names.iter().map(|name| self.cased(name)).collect()
    }

    /// A name as it is listed.
    pub(super) fn cased(&self, name: &str) -> String {
        if self.case_sensitive == Some(true) { name.to_owned() } else { name.to_uppercase() }
    }

    /// Whether the variable of a field is known by the field's own name.
    pub(super) fn names(&self, field: &str) -> bool {
        self.unread != Some(true) && !self.renamed.iter().any(|name| name == field || name == "*")
    }
}

/// Reads the configuration in a class's body, whose own statements are indented by `indent`.
pub(super) fn config(
    python: &Python<'_>,
    constants: &Constants<'_>,
    body: &[Statement],
    indent: usize,
) -> Config {
    let mut config = Config::default();
    for (at, statement) in body.iter().enumerate() {
        let code = python.code(statement.span);
        let custom = ["parse_env_var", "prepare_field_value", "decode_complex_value"];
        config.custom |= custom.iter().any(|word| code.contains(word));
        if ["settings_customise_sources", "customise_sources"].iter().any(|word| code.contains(word)) {
            (config.custom, config.open) = (true, true);
        }
        if statement.indent != indent {
            continue;
        }
        if code.starts_with("model_config") {
            let parts = python.parts(statement.span, b'=');
            match parts.as_slice() {
                [target, value] if is_config(python.code(*target)) => {
                    config.whole(python, constants, *value);
                }
                _ => config.unread = Some(true),
            }
        } else if let Some(head) = code.strip_prefix("class Config") {
            // Of what it derives from, that of another class is inherited in any case.
            let bases = head.trim_matches(['(', ')', ':', ' ']).split(',').map(str::trim);
            let known = |base: &str| base.is_empty() || base == "object" || base.ends_with("Config");
            let foreign =
                |base: &str| !known(base) || (base.ends_with("Config") && !base.contains(".Config"));
            if !head.contains("BaseConfig") && bases.into_iter().any(foreign) {
                config.unread = Some(true);
            }
            let inner = body.get(at + 1..).unwrap_or_default();
            for inner in inner.iter().take_while(|inner| inner.indent > statement.indent) {
                if let Some((name, _)) = python.code(inner.span).split_once('=') {
                    let value = Span::new(inner.span.start + name.len() + 1, inner.span.end);
                    let name = name.split(':').next().unwrap_or_default();
                    config.option(python, constants, name.trim(), python.trimmed(value));
                }
            }
        }
    }
    config
}

/// Whether the target of an assignment is `model_config`, annotated or not.
fn is_config(target: &str) -> bool {
    target.split(':').next().is_some_and(|name| name.trim() == "model_config")
}

impl Config {
    /// Takes in the value of a `model_config`: a dictionary or a call that makes one, itself or by its name.
    fn whole(&mut self, python: &Python<'_>, constants: &Constants<'_>, value: Span) {
        let value = constants.behind(python, value);
        let code = python.code(value);
        let head = code.split(['(', '{']).next().unwrap_or_default();
        let open = value.start + head.len();
        let maker = head.rsplit('.').next().unwrap_or_default().trim();
        let alone = python.closing(open).is_some_and(|close| close + 1 == value.end);
        if !alone || !(maker.is_empty() || maker == "dict" || maker.ends_with("ConfigDict")) {
            self.unread = Some(true);
            return;
        }
        for (name, value) in python.arguments(open) {
            let spread = python.code(value);
            if !name.is_empty() {
                self.option(python, constants, &name, value);
            } else if spread.starts_with("**") && !spread.ends_with(".model_config") {
                self.unread.get_or_insert(true);
            }
        }
        self.dictionary(python, constants, open);
    }

    /// The options of a `model_config` that is a dictionary.
    fn dictionary(&mut self, python: &Python<'_>, constants: &Constants<'_>, open: usize) {
        let Some(close) = python.closing(open) else { return };
        for part in python.parts(Span::new(open + 1, close), b',') {
            if let [key, value] = python.parts(part, b':')[..]
                && let Some(name) = python.string(key)
            {
                self.option(python, constants, name, value);
            }
        }
    }
}

/// Whether a value is a text, or several in parentheses or brackets.
fn is_written(python: &Python<'_>, value: Span) -> bool {
    let code = python.code(value);
    let close =
        Some(value.start).filter(|_| code.starts_with(['(', '['])).and_then(|open| python.closing(open));
    let Some(close) = close else { return python.literal(value).is_some() };
    let parts = python.parts(Span::new(value.start + 1, close), b',');
    close + 1 == value.end
        && parts.iter().filter(|part| !part.is_empty()).all(|part| python.literal(*part).is_some())
}

/// The keys of a dictionary; `*` where it is none.
fn keys(python: &Python<'_>, value: Span) -> Vec<String> {
    let code = python.code(value);
    let close = Some(value.start).filter(|_| code.starts_with('{')).and_then(|open| python.closing(open));
    let Some(close) = close else { return vec!["*".to_owned()] };
    let parts = python.parts(Span::new(value.start + 1, close), b',');
    let key = |part: &Span| python.parts(*part, b':').first().and_then(|key| python.string(*key));
    let parts = parts.iter().filter(|part| !part.is_empty());
    parts.map(|part| key(part).unwrap_or("*").to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use crate::document::python_settings::SettingsFile;

    fn names(text: &str) -> Vec<String> {
        let text = format!("from pydantic_settings import BaseSettings, SettingsConfigDict\n{text}");
        SettingsFile::parse(&text).fields.into_iter().map(|field| field.variable).collect()
    }

    fn configured(before: &str, config: &str) -> Vec<String> {
        names(&format!("{before}class S(BaseSettings):\n    {config}\n    x: int\n"))
    }

    #[test]
    fn prefixes_are_followed_to_where_they_are_written() {
        let class = |head: &str| names(&format!("class S({head}):\n    x: int\n"));
        assert_eq!(class("BaseSettings, env_prefix='A_'"), ["A_X"]);
        assert_eq!(class("BaseSettings, env_prefix=f'{a}_'"), [""; 0]);
        assert_eq!(class("BaseSettings, metaclass=M"), ["X"]);
        for (before, config) in [
            ("PREFIX = 'A_'\n", "model_config = SettingsConfigDict(env_prefix=PREFIX)"),
            ("CONFIG = SettingsConfigDict(env_prefix='A_')\n", "model_config = CONFIG"),
            ("", "model_config: ClassVar[dict] = {'env_prefix': 'A_'}"),
            ("", "model_config = SettingsConfigDict(**Base.model_config, env_prefix='A_')"),
            ("P = 'A_'\n", "class Config:\n        env_prefix = P"),
        ] {
            assert_eq!(configured(before, config), ["A_X"], "{config}");
        }
        assert_eq!(configured("", "class Config(Base.Config):\n        env_file = '.env'"), ["X"]);
        assert_eq!(
            configured("", "model_config = pydantic_settings.SettingsConfigDict(env_file='.env')"),
            ["X"]
        );
    }

    #[test]
    fn a_class_whose_prefix_is_worked_out_has_no_names() {
        for (before, config) in [
            ("", "model_config = SettingsConfigDict(env_prefix=f'{APP}_')"),
            ("", "model_config = SettingsConfigDict(env_prefix='A' + '_')"),
            ("", "model_config = SettingsConfigDict(env_prefix=PREFIX)"),
            ("PREFIX = 'A_'\nPREFIX = 'B_'\n", "model_config = SettingsConfigDict(env_prefix=PREFIX)"),
            ("if a:\n    PREFIX = 'A_'\n", "model_config = SettingsConfigDict(env_prefix=PREFIX)"),
            ("", "model_config = CONFIG"),
            ("", "model_config = conf('A_')"),
            ("", "model_config = {'env_file': '.env'} | COMMON"),
            ("", "model_config = SettingsConfigDict(**COMMON)"),
            ("", "class Config(Common):\n        env_file = '.env'"),
        ] {
            assert_eq!(configured(before, config), [""; 0], "{config}");
        }
    }

    #[test]
    fn fields_that_are_named_in_the_configuration_answer_to_other_names() {
        let text = "class S(BaseSettings):\n    x: int\n    y: int\n    log: typing.ClassVar[int]\n    class Config:\n        \
                    fields = {'x': {'env': 'OTHER'}}\n";
        assert_eq!(names(text), ["Y"]);
    }
}

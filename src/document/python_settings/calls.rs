//! Calls that read one variable each: django-environ, environs, decouple.
//!
//! Not here: `os.environ` and `os.getenv`, which declare nothing.

use super::python::{Python, is_name};
use super::{Field, ListShape};
use crate::document::kinds::ValueKind;
use crate::source::Span;

/// The variables that the calls of a file read.
pub(super) fn fields(python: &Python<'_>) -> Vec<Field> {
    let mut fields = Vec::new();
    let imports = |module: &str| {
        python.statements.iter().any(|statement| {
            let code = python.code(statement.span);
            code.strip_prefix("import ").or_else(|| code.strip_prefix("from ")).is_some_and(|rest| {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                rest.get(..end) == Some(module)
            })
        })
    };
    let environs = imports("environs");
    if imports("environ") || environs {
        for reader in readers(python) {
            fields.extend(reads(python, &reader, environs));
        }
    }
    if imports("decouple") {
        let reader = Reader { name: "config".to_owned(), ..Reader::default() };
        fields.extend(reads(python, &reader, false));
    }
    fields
}

/// A name that an `Env(…)` was given, and the variables that it has defaults for.
#[derive(Default)]
struct Reader {
    name: String,
    defaults: Vec<String>,
    /// Where all names that it reads begin with something, and with what; `None` where that is worked out.
    prefixed: Vec<(Span, Option<String>)>,
}

impl Reader {
    /// The variable that it reads as `name` at a place, where that can be known.
    fn variable(&self, at: usize, name: &str) -> Option<String> {
        let around = self.prefixed.iter().filter(|(span, _)| (span.start..span.end).contains(&at));
        let start: Option<String> = around.map(|(_, prefix)| prefix.as_deref()).collect();
        start.map(|start| start + name)
    }
}

/// No blocks and assignments that give a reader a prefix are looked at beyond these.
const PREFIXES: usize = 100;

/// Where a prefix counts: in the block below `with env.prefixed("DB_")`, and everywhere behind `env.prefix = "DB_"`.
fn prefixed(python: &Python<'_>, name: &str) -> Vec<(Span, Option<String>)> {
    let mut found = Vec::new();
    let (block, assigned) = (format!("{name}.prefixed("), format!("{name}.prefix"));
    for (at, statement) in python.statements.iter().enumerate() {
        let code = python.code(statement.span);
        if found.len() > PREFIXES {
            break;
        }
        if code.starts_with("with ") {
            let below = python.statements.iter().skip(at + 1).take_while(|one| one.indent > statement.indent);
            for (open, _) in code.match_indices(&block).take(PREFIXES) {
                let end = below.clone().last().map_or(statement.span.end, |last| last.span.end);
                let arguments = python.arguments(statement.span.start + open + block.len() - 1);
                let prefix = arguments.first().and_then(|(_, value)| python.literal(*value));
                found.push((Span::new(statement.span.start, end), prefix));
            }
        } else if let Some(value) =
            code.strip_prefix(&assigned).and_then(|rest| rest.trim_start().strip_prefix('='))
        {
            let value = python.trimmed(Span::new(statement.span.end - value.len(), statement.span.end));
            found.push((Span::new(statement.span.end, python.text.len()), python.literal(value)));
        }
    }
    found
}

fn readers(python: &Python<'_>) -> Vec<Reader> {
    let mut readers = Vec::new();
    for statement in &python.statements {
        let code = python.code(statement.span);
        let Some((name, value)) = code.split_once('=') else { continue };
        let value = value.trim_start();
        if !is_name(name.trim())
            || !["Env(", "environ.Env(", "environs.Env("].iter().any(|call| value.starts_with(call))
        {
            continue;
        }
        let open = statement.span.start + code.find('(').unwrap_or_default();
        let defaults =
            python.arguments(open).into_iter().map(|(name, _)| name).filter(|name| !name.is_empty());
        let prefixed = prefixed(python, name.trim());
        readers.push(Reader { name: name.trim().to_owned(), defaults: defaults.collect(), prefixed });
    }
    readers
}

/// How many occurrences of a reader's name are looked at.
const MOST: usize = 5000;

/// The methods that read a variable, of django-environ and of environs.
const METHODS: &[&str] = &[
    "",
    "bool",
    "bytes",
    "cache",
    "cache_url",
    "channels",
    "channels_url",
    "date",
    "datetime",
    "db",
    "db_url",
    "decimal",
    "dict",
    "dj_cache_url",
    "dj_db_url",
    "dj_email_url",
    "email",
    "email_url",
    "enum",
    "float",
    "get_value",
    "int",
    "json",
    "list",
    "log_level",
    "path",
    "search_url",
    "set",
    "str",
    "time",
    "timedelta",
    "tuple",
    "unicode",
    "url",
    "uuid",
];

/// The calls `name("X", …)` and `name.method("X", …)`.
fn reads(python: &Python<'_>, reader: &Reader, read_by_environs: bool) -> Vec<Field> {
    let mut fields = Vec::new();
    let name = reader.name.as_str();
    for (at, _) in python.mask.match_indices(name).take(MOST) {
        let before = python.mask.get(..at).and_then(|before| before.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.') {
            continue;
        }
        let Some(rest) = python.mask.get(at + name.len()..) else { continue };
        let method = rest.strip_prefix('.').and_then(|rest| rest.split('(').next()).unwrap_or_default();
        let open = at + name.len() + if method.is_empty() { 0 } else { method.len() + 1 };
        if !METHODS.contains(&method) || python.mask.as_bytes().get(open) != Some(&b'(') {
            continue;
        }
        let arguments = python.arguments(open);
        let Some(variable) = arguments
            .first()
            .filter(|(name, _)| name.is_empty())
            .and_then(|(_, first)| reader.variable(at, python.string(*first)?))
        else {
            continue;
        };
        let named = |wanted: &str| arguments.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
        let positional = arguments.iter().filter(|(name, _)| name.is_empty()).count();
        let known = reader.defaults.contains(&variable);
        let end = python.closing(open).map_or(open, |close| close + 1);
        fields.push(Field {
            variable,
            span: Span::new(at, end),
            required: named("default").is_none() && positional == 1 && !known,
            list: shape(method, named("cast").map(|cast| python.code(cast))),
            exact: true,
            kind: kind(method, named("cast").map(|cast| python.code(cast)), read_by_environs),
            ..Field::default()
        });
    }
    fields
}

/// Where a call makes a number of the text. environs has words of its own for numbers that are not there.
fn kind(method: &str, cast: Option<&str>, environs: bool) -> Option<ValueKind> {
    match (method, cast) {
        _ if environs => None,
        ("int", _) | (_, Some("int")) => Some(ValueKind::Integer),
        ("float", _) | (_, Some("float")) => Some(ValueKind::Number),
        _ => None,
    }
}

fn shape(method: &str, cast: Option<&str>) -> Option<ListShape> {
    match (method, cast) {
        ("list" | "tuple" | "set", _) => Some(ListShape::Csv),
        ("json", _) => Some(ListShape::Json),
        (_, Some(cast)) if cast.starts_with("Csv") || cast.contains(".split(") => Some(ListShape::Csv),
        (_, Some(cast)) if cast.contains("json.loads") => Some(ListShape::Json),
        (_, Some("list")) => Some(ListShape::Csv),
        _ => None,
    }
}

//! What an annotation says of a value: a list or not, which kind, within which limits.
//!
//! Not here: defaults and names.

use super::python::Python;
use super::{Items, ListShape};
use crate::document::kinds::{Limit, Pattern, ValueKind};
use crate::source::Span;

/// What one annotation comes to.
#[derive(Debug, Clone, Default)]
pub(super) struct Annotation {
    /// It is a list, a set or the like, in this shape.
    pub(super) list: Option<ListShape>,
    pub(super) items: Items,
    pub(super) kind: Option<ValueKind>,
    pub(super) limits: Vec<Limit>,
    /// The name of the only class that it may be, where that is none of the known ones.
    pub(super) class: Option<String>,
    /// `None` may stand for it.
    pub(super) optional: bool,
    /// `NoDecode`: a list is handed over as text.
    pub(super) undecoded: bool,
    /// A validator of its own looks at the text first.
    pub(super) validated_before: bool,
}

const LISTS: &[&str] =
    &["List", "list", "Set", "set", "FrozenSet", "frozenset", "Tuple", "tuple", "Sequence", "deque"];

/// What a JSON object is read as.
const MAPPINGS: &[&str] =
    &["Dict", "dict", "Mapping", "MutableMapping", "DefaultDict", "defaultdict", "OrderedDict"];

/// What a text in a JSON list is read as.
const SCALARS: &[&str] = &[
    "str",
    "constr",
    "SecretStr",
    "bytes",
    "SecretBytes",
    "Any",
    "Path",
    "bool",
    "int",
    "conint",
    "float",
    "confloat",
    "Decimal",
    "Literal",
    "UUID",
    "EmailStr",
    "AnyUrl",
    "AnyHttpUrl",
    "HttpUrl",
    "IPvAnyAddress",
];

/// Reads the annotation at `span`.
pub(super) fn annotation(python: &Python<'_>, span: Span) -> Annotation {
    let code = python.code(span);
    let members = members(python, span, 0);
    let mut read = Annotation {
        optional: members.iter().any(|member| member.name == "None"),
        undecoded: code.contains("NoDecode"),
        validated_before: ["BeforeValidator", "PlainValidator", "WrapValidator"]
            .iter()
            .any(|word| code.contains(word)),
        ..Annotation::default()
    };
    let real: Vec<&Member> = members.iter().filter(|member| member.name != "None").collect();
    let (lists, others): (Vec<&Member>, Vec<&Member>) =
        real.iter().partition(|member| LISTS.contains(&member.name.as_str()));
    if !lists.is_empty() {
        // What is no list may be what one of the other types reads.
        read.list = Some(if others.is_empty() { ListShape::Json } else { ListShape::Either });
        let scalars = lists.iter().all(|list| has_scalars(python, list.span));
        read.items = if scalars { Items::Scalars } else { Items::Others };
    } else if let [only] = real.as_slice() {
        kind(python, only, &mut read);
    }
    read
}

/// One of the types that an annotation allows: the last part of its name, and where it stands.
struct Member {
    name: String,
    span: Span,
}

/// The members of a union, through `Annotated`, `Optional` and `Union`.
fn members(python: &Python<'_>, annotation: Span, depth: usize) -> Vec<Member> {
    let parts = python.parts(annotation, b'|');
    if depth > 8 {
        return Vec::new();
    }
    let within =
        |parts: Vec<Span>| parts.into_iter().flat_map(|part| members(python, part, depth + 1)).collect();
    if parts.len() > 1 {
        return within(parts);
    }
    let code = python.code(annotation);
    let head = code.split(['[', '(']).next().unwrap_or_default();
    let name = head.trim().rsplit('.').next().unwrap_or_default();
    let one = |name: &str| vec![Member { name: name.to_owned(), span: annotation }];
    // A forward reference: the name in quotes.
    if let Some(quoted) = python.string(annotation) {
        let plain = !quoted.contains(['[', '|', ',']);
        return one(if plain { quoted.rsplit('.').next().unwrap_or_default().trim() } else { "" });
    }
    let open = annotation.start + head.len();
    // Without a bracket there is nothing to look for the end of.
    let bracket = code.len() > head.len();
    let close = if bracket { python.closing(open) } else { None };
    let inner = close.map(|close| python.parts(Span::new(open + 1, close), b','));
    match (name, inner) {
        ("Annotated", Some(inner)) => within(inner.into_iter().take(1).collect()),
        ("Optional", Some(inner)) => {
            let mut all: Vec<Member> = within(inner);
            all.extend(one("None"));
            all
        }
        ("Union", Some(inner)) => within(inner),
        _ => one(name),
    }
}

/// Whether every text may stand in the list at `span`, and any number of them.
fn has_scalars(python: &Python<'_>, span: Span) -> bool {
    let code = python.code(span);
    // In a forward reference nothing is looked at.
    if python.string(span).is_some() {
        return false;
    }
    let Some(open) = code.find('[') else { return true };
    let Some(close) = python.closing(span.start + open) else { return false };
    let mut parts = python.parts(Span::new(span.start + open + 1, close), b',');
    parts.retain(|part| !part.is_empty());
    let any_number = parts.last().is_some_and(|last| python.code(*last) == "...");
    if any_number {
        parts.pop();
    }
    let pair = code.get(..open).is_some_and(|head| head.trim_end().to_ascii_lowercase().ends_with("tuple"));
    (any_number || !pair)
        && parts
            .iter()
            .flat_map(|part| members(python, *part, 0))
            .all(|item| SCALARS.contains(&item.name.as_str()))
}

fn kind(python: &Python<'_>, member: &Member, read: &mut Annotation) {
    let limit = |limit: Limit| vec![limit];
    let (kind, limits) = match member.name.as_str() {
        "bool" => (ValueKind::Boolean, Vec::new()),
        "int" | "conint" => (ValueKind::Integer, Vec::new()),
        "PositiveInt" => (ValueKind::Integer, limit(Limit::Above(0.0))),
        "NonNegativeInt" => (ValueKind::Integer, limit(Limit::AtLeast(0.0))),
        "NegativeInt" => (ValueKind::Integer, limit(Limit::Below(0.0))),
        "NonPositiveInt" => (ValueKind::Integer, limit(Limit::AtMost(0.0))),
        "float" | "confloat" => (ValueKind::Number, Vec::new()),
        "PositiveFloat" => (ValueKind::Number, limit(Limit::Above(0.0))),
        "NonNegativeFloat" => (ValueKind::Number, limit(Limit::AtLeast(0.0))),
        "AnyUrl" | "AnyHttpUrl" | "HttpUrl" | "PostgresDsn" | "RedisDsn" | "MongoDsn" | "AmqpDsn"
        | "MySQLDsn" | "MariaDBDsn" | "KafkaDsn" => (ValueKind::Url, scheme(&member.name)),
        "EmailStr" => (ValueKind::Email, Vec::new()),
        "IPvAnyAddress" => (ValueKind::Ip, Vec::new()),
        "UUID" | "UUID1" | "UUID3" | "UUID4" | "UUID5" => (ValueKind::Uuid, Vec::new()),
        name if MAPPINGS.contains(&name) => (ValueKind::Json, Vec::new()),
        "Literal" => {
            read.kind = words(python, member.span).map(ValueKind::Enumeration);
            return;
        }
        "str" | "constr" | "SecretStr" | "bytes" | "SecretBytes" | "Any" | "Path" => return,
        name => {
            read.class = (!name.is_empty()).then(|| name.to_owned());
            return;
        }
    };
    read.kind = Some(kind);
    read.limits = limits;
}

/// The schemes that a type of URL takes.
fn scheme(name: &str) -> Vec<Limit> {
    let (schemes, told) = match name {
        "AnyHttpUrl" | "HttpUrl" => ("https?", "`http`, `https`"),
        "PostgresDsn" => ("postgres(ql(\\+[\\w-]+)?)?", "`postgres`, `postgresql`"),
        "RedisDsn" => ("rediss?", "`redis`, `rediss`"),
        "MongoDsn" => ("mongodb(\\+srv)?", "`mongodb`, `mongodb+srv`"),
        "AmqpDsn" => ("amqps?", "`amqp`, `amqps`"),
        _ => return Vec::new(),
    };
    let pattern = Pattern::with_case(&format!("^\\s*{schemes}:"), true);
    pattern.map(|pattern| Limit::Scheme(pattern, told.to_owned())).into_iter().collect()
}

/// The words of `Literal["a", "b"]`; `None` where one of them is no text.
fn words(python: &Python<'_>, span: Span) -> Option<Vec<String>> {
    let open = span.start + python.code(span).find('[')?;
    let close = python.closing(open)?;
    let parts = python.parts(Span::new(open + 1, close), b',');
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.map(|part| python.literal(part)).collect()
}

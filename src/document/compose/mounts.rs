//! Mounted volumes, in the short form (`./src:/app:ro`) and the long one.
//!
//! Not here: which volumes are declared.

use super::Value;
use super::template::Held;
use crate::document::yaml::Node;
use crate::source::Span;

/// One item of `volumes`.
#[derive(Debug, Clone)]
pub struct Mount {
    /// Its place.
    pub span: Span,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Short(Value),
    Long { kind: String, source: Option<Value>, target: Option<Value> },
}

/// A mount with its variables filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mounted {
    /// The path on the host as written, or the volume's name; empty for an anonymous volume.
    pub source: String,
    /// The path in the container.
    pub target: String,
    /// Whether a path of the host is mounted.
    pub bind: bool,
}

impl Mounted {
    /// Whether a path of the host is mounted that is relative to the project directory.
    #[must_use]
    pub fn relative(&self) -> bool {
        self.bind && !self.source.starts_with(['/', '~']) && !self.source.contains('\\')
    }

    /// Reads the short form.
    ///
    /// ```
    /// use envgate::document::compose::Mounted;
    /// let mounted = Mounted::parse("./src:/app:ro");
    /// assert_eq!((mounted.source.as_str(), mounted.target.as_str()), ("./src", "/app"));
    /// assert!(mounted.relative() && !Mounted::parse("data:/var/lib/data").bind);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Self {
        // A drive's letter is followed by a colon of its own.
        let drive = text.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/")
            && text.starts_with(|first: char| first.is_ascii_alphabetic());
        let from = if drive { 2 } else { 0 };
        let colon = text.get(from..).and_then(|rest| rest.find(':')).map(|at| from + at);
        let Some((source, rest)) = colon.and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?))) else {
            return Self { source: String::new(), target: text.to_owned(), bind: false };
        };
        let target = rest.split(':').next().unwrap_or_default();
        let bind = drive || source.starts_with(['.', '/', '~', '\\']);
        Self { source: source.to_owned(), target: target.to_owned(), bind }
    }
}

impl Mount {
    /// The mounts of a list; what compose refuses is left out.
    #[must_use]
    pub fn list(source: &str, node: &Node) -> Vec<Self> {
        node.items().unwrap_or_default().iter().filter_map(|item| Self::read(source, item)).collect()
    }

    fn read(source: &str, node: &Node) -> Option<Self> {
        if node.is_mapping() {
            let part = |key: &str| node.get(key).and_then(|node| Value::read(source, node));
            let kind = node.get("type").and_then(Node::as_str).unwrap_or_default().to_owned();
            let (from, target) = (part("source"), part("target"));
            let span = from.as_ref().map_or(node.target().span, |value| value.span);
            return Some(Self { span, form: Form::Long { kind, source: from, target } });
        }
        let value = Value::read(source, node)?;
        Some(Self { span: value.span, form: Form::Short(value) })
    }

    /// Fills its variables in; `None` where compose refuses to.
    #[must_use]
    pub fn fill(&self, value_of: &dyn Fn(&str) -> Held) -> Option<Mounted> {
        let text = |value: &Value| value.template.fill(value_of).ok().map(|filled| filled.text);
        match &self.form {
            Form::Short(value) => Some(Mounted::parse(&text(value)?)),
            Form::Long { kind, source, target } => {
                let or_empty = |value: &Option<Value>| value.as_ref().map_or(Some(String::new()), text);
                let bind = kind == "bind";
                Some(Mounted { source: or_empty(source)?, target: or_empty(target)?, bind })
            }
        }
    }
}

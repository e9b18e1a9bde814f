//! Published ports, in the short form (`127.0.0.1:8080:80/tcp`) and the long one.
//!
//! Not here: whether anything listens there.

use super::Value;
use super::template::Held;
use crate::document::yaml::Node;
use crate::source::Span;

/// One item of `ports`.
#[derive(Debug, Clone)]
pub struct Port {
    /// Its place.
    pub span: Span,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Short(Value),
    Long(Box<Long>),
}

#[derive(Debug, Clone)]
struct Long {
    ip: Option<Value>,
    published: Option<Value>,
    target: Option<Value>,
    protocol: Option<Value>,
}

/// A port with its variables filled in. Numbers stay texts: they may be ranges (`3000-3005`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mapping {
    /// The address of the host that it is bound to; empty for all.
    pub ip: String,
    /// The port on the host; empty where docker chooses one.
    pub published: String,
    /// The port in the container.
    pub target: String,
    /// `tcp` or `udp`.
    pub protocol: String,
}

impl Mapping {
    /// Whether every interface of the host answers.
    #[must_use]
    pub fn everywhere(&self) -> bool {
        matches!(self.ip.as_str(), "" | "0.0.0.0" | "::" | "[::]" | "*")
    }

    /// Reads the short form; `None` for what is none.
    ///
    /// ```
    /// use envgate::document::compose::Mapping;
    /// let mapping = Mapping::parse("[::1]:8080:80/udp").unwrap_or_else(|| unreachable!());
    /// assert_eq!((mapping.ip.as_str(), mapping.published.as_str()), ("[::1]", "8080"));
    /// assert_eq!((mapping.target.as_str(), mapping.protocol.as_str()), ("80", "udp"));
    /// assert_eq!(Mapping::parse("a:b"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, protocol) = text.rsplit_once('/').unwrap_or((text, "tcp"));
        let (rest, target) = match rest.rsplit_once(':') {
            Some((rest, target)) => (Some(rest), target),
            None => (None, rest),
        };
        let (ip, published) = match rest {
            None => ("", ""),
            Some(rest) if rest.starts_with('[') => {
                let end = rest.find(']')?;
                let (ip, after) = rest.split_at_checked(end + 1)?;
                (ip, after.strip_prefix(':').unwrap_or_default())
            }
            Some(rest) => rest.rsplit_once(':').unwrap_or(("", rest)),
        };
        let range = |text: &str| {
            text.split('-').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if !range(target) || !(published.is_empty() || range(published)) {
            return None;
        }
        let [ip, published, target] = [ip, published, target].map(str::to_owned);
        Some(Self { ip, published, target, protocol: protocol.to_ascii_lowercase() })
    }
}

impl Port {
    /// Reads one item; `None` for what compose refuses.
    #[must_use]
    pub fn read(source: &str, node: &Node) -> Option<Self> {
        let span = node.target().span;
        if node.is_mapping() {
            let part = |key: &str| node.get(key).and_then(|node| Value::read(source, node));
            let long = Long {
                ip: part("host_ip"),
                published: part("published"),
                target: part("target"),
                protocol: part("protocol"),
            };
            return Some(Self { span, form: Form::Long(Box::new(long)) });
        }
        let value = Value::read(source, node)?;
        Some(Self { span: value.span, form: Form::Short(value) })
    }

    /// The ports of a list.
    #[must_use]
    pub fn list(source: &str, node: &Node) -> Vec<Self> {
        let items = node.items().unwrap_or_default();
        items.iter().filter_map(|item| Self::read(source, item)).collect()
    }

    /// Fills its variables in; `None` where that gives no port.
    #[must_use]
    pub fn fill(&self, value_of: &dyn Fn(&str) -> Held) -> Option<Mapping> {
        let text = |value: &Value| value.template.fill(value_of).ok().map(|filled| filled.text);
        match &self.form {
            Form::Short(value) => Mapping::parse(&text(value)?),
            Form::Long(long) => {
                let or_empty = |value: &Option<Value>| value.as_ref().map_or(Some(String::new()), text);
                let protocol = or_empty(&long.protocol)?;
                Some(Mapping {
                    ip: or_empty(&long.ip)?,
                    published: or_empty(&long.published)?,
                    target: text(long.target.as_ref()?)?,
                    protocol: if protocol.is_empty() { "tcp".to_owned() } else { protocol },
                })
            }
        }
    }
}

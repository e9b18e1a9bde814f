//! What a schema's header says of all its variables.
//!
//! Not here: what it says to the tool that loads it.

use super::decorators::{Decorator, Value};

/// Whether variables are required that say nothing themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum DefaultRequired {
    /// Those with a value in the schema are.
    #[default]
    Infer,
    /// All are, or none.
    All(bool),
    /// A function decides.
    Open,
}

/// The header's word.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) required: DefaultRequired,
    /// The schema is switched off, or may be.
    pub(super) disabled: bool,
    /// Plugins may add decorators and types of their own.
    pub(super) plugins: bool,
}

/// Reads the header's decorators.
pub(super) fn header(decorators: &[Decorator]) -> Header {
    let mut header = Header::default();
    for decorator in decorators {
        match decorator.name.as_str() {
            "defaultRequired" => {
                header.required = match (&decorator.value, decorator.value.flag()) {
                    (_, Some(flag)) => DefaultRequired::All(flag),
                    (Value::Text { text, .. }, None) if text == "infer" => DefaultRequired::Infer,
                    _ => DefaultRequired::Open,
                };
            }
            "disable" => header.disabled = decorator.value.flag() != Some(false),
            "plugin" | "import" => header.plugins = true,
            _ => {}
        }
    }
    header
}

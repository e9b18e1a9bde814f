//! The page of a declared pattern, under the same heads as the pages of rules.
//!
//! Not here: pages written by hand; where `rules/CODE.md` exists it is taken as it is.

use std::fs;
use std::path::Path;

use crate::schema::{Form, Pack, Pattern, Text};

/// The page in Markdown.
pub(crate) fn of(pack: &Pack, pattern: &Pattern, root: &Path) -> Result<String, String> {
    let by_hand = root.join("rules").join(format!("{}.md", pattern.code));
    println!("cargo::rerun-if-changed={}", by_hand.display());
    if by_hand.exists() {
        return fs::read_to_string(&by_hand).map_err(|error| format!("{}: {error}", by_hand.display()));
    }
    let Pattern { code, name, summary, .. } = pattern;
    let provider = &pack.provider;
    let variable = variable(provider);
    let bad = pattern.examples.first().map(Text::joined).unwrap_or_default();
    let bad = if bad.contains([' ', '=', '\n', ':', '"']) && pattern.group > 0 {
        format!("```ini path=config/client.ini\n{bad}\n```")
    } else {
        format!("```python path=app/client.py\ncredential = \"{bad}\"\n```")
    };
    let form = match pack.form {
        Form::Documented => format!("Its form is documented at <{}>.", pack.url),
        Form::Observed => format!(
            "{provider} does not document its form; this is how such credentials look that were met. What they \
             are for: <{}>.",
            pack.url
        ),
    };
    let opens = pack.opens.clone().unwrap_or_else(|| format!("act as its owner at {provider}"));
    let rotate = pack.rotate.as_deref().unwrap_or(&pack.url);
    Ok(format!(
        "# {code} {name}\n\n\
         This text holds {summary}. {form}\n\n\
         ## Why it matters\n\n\
         Whoever can read the file can {opens}. A credential that was committed \
         stays in the history and in every clone: removing the line does not take it back. Revoke it \
         first (<{rotate}>), then put the new one into an env file outside git or a secret store, and \
         read it by name.\n\n\
         ## Bad\n\n{bad}\n\n\
         ## Good\n\n\
         ```python path=app/client.py\nimport os\n\ncredential = os.environ[\"{variable}\"]\n```\n\n\
         ## Silence it\n\n\
         ```text\n# envgate: allow {code}: revoked, kept for a test\n```\n",
    ))
}

fn variable(provider: &str) -> String {
    let mut name: String = provider
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' })
        .collect();
    name.push_str("_TOKEN");
    name
}

//! Fresh secrets: which variables can be given one, of how many characters, out of which alphabet.
//!
//! Not here: chance itself, and where a secret is written.

use super::expectations::{Limit, ValueKind};
use super::tiers::Wanted;

/// Why no value can be made up for a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmakeable {
    /// Somebody else gives it out, or has to know it too.
    GivenOut,
    /// It is no text of random characters; what it is instead.
    Kind(String),
    /// No text within its limits was found.
    Limits,
}

/// How a secret is made.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// In characters, beginning and end included.
    length: usize,
    beginning: String,
    end: String,
    limits: Vec<Limit>,
}

/// Characters that no loader, shell or URL takes for anything else. The narrower ones are for patterns.
const ALPHABETS: [&[u8]; 4] = [
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    b"abcdefghijklmnopqrstuvwxyz0123456789",
    b"0123456789abcdef",
    b"abcdefghijklmnopqrstuvwxyz",
];

/// How long a secret is where nobody asks for more.
const USUAL: usize = 32;

/// A secret of fewer random characters is none.
const FEWEST: usize = 12;

/// How often an alphabet is tried before a pattern counts as one that it does not fit.
const TRIES: usize = 50;

/// Words of variables whose values come from somewhere else.
const FOREIGN: [&str; 20] = [
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "CLIENT_SECRET",
    "PRIVATE_KEY",
    "WEBHOOK",
    "SERVICE_ROLE",
    "AWS",
    "AZURE",
    "GCP",
    "GOOGLE",
    "GITHUB",
    "STRIPE",
    "OPENAI",
    "SMTP",
    "MAIL",
    "TWILIO",
    "LICENSE",
    "OAUTH",
    // It opens a file that is there already.
    "RAILS_MASTER_KEY",
];

/// Words of tokens that an application makes up for itself.
const OWN: [&str; 4] = ["CSRF", "SESSION", "INTERNAL", "COOKIE"];

/// How to make a value for `wanted`.
///
/// # Errors
///
/// Why there is no way.
pub fn recipe(wanted: &Wanted) -> Result<Recipe, Unmakeable> {
    let upper = wanted.name.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| upper.contains(word));
    if has(&FOREIGN) || (upper.contains("TOKEN") && !has(&OWN)) {
        return Err(Unmakeable::GivenOut);
    }
    if upper.contains("FERNET") {
        return Err(Unmakeable::Kind("a key of 32 bytes in url-safe Base64".to_owned()));
    }
    match &wanted.kind {
        None | Some(ValueKind::Text | ValueKind::Secret) => {}
        Some(kind) => return Err(Unmakeable::Kind(kind.to_string())),
    }
    let most = wanted.limits.iter().filter_map(|limit| match limit {
        Limit::MaxLength(most) => Some(*most),
        _ => None,
    });
    let least = wanted.min_length.unwrap_or_default();
    let length = least.max(USUAL).min(most.min().unwrap_or(usize::MAX)).max(least);
    let part = |wanted: &dyn Fn(&Limit) -> Option<String>, limits: &[Limit]| limits.iter().find_map(wanted);
    let beginning = part(
        &|limit| if let Limit::StartsWith(start) = limit { Some(start.clone()) } else { None },
        &wanted.limits,
    );
    let end = part(
        &|limit| if let Limit::EndsWith(end) = limit { Some(end.clone()) } else { None },
        &wanted.limits,
    );
    let recipe = Recipe {
        length,
        beginning: beginning.unwrap_or_default(),
        end: end.unwrap_or_default(),
        limits: wanted.limits.clone(),
    };
    if recipe.free() < FEWEST { Err(Unmakeable::Limits) } else { Ok(recipe) }
}

impl Recipe {
    /// The characters that chance decides.
    fn free(&self) -> usize {
        self.length.saturating_sub(self.beginning.chars().count() + self.end.chars().count())
    }

    /// Makes a value; `draw` gives random bytes.
    ///
    /// # Errors
    ///
    /// Where `draw` fails, its error; [`Unmakeable::Limits`] inside where no value fits.
    pub fn make<E>(
        &self,
        draw: &mut dyn FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<Result<String, Unmakeable>, E> {
        for alphabet in ALPHABETS {
            for _ in 0..TRIES {
                let middle = characters(alphabet, self.free(), draw)?;
                let value = format!("{}{middle}{}", self.beginning, self.end);
                if self.limits.iter().all(|limit| limit.fault(&value).is_none()) {
                    return Ok(Ok(value));
                }
                // Only a pattern depends on which characters were drawn.
                if !self.limits.iter().any(|limit| matches!(limit, Limit::Matches(_))) {
                    return Ok(Err(Unmakeable::Limits));
                }
            }
        }
        Ok(Err(Unmakeable::Limits))
    }
}

/// `count` characters, each as likely as every other: bytes that would favour some are drawn again.
fn characters<E>(
    alphabet: &[u8],
    count: usize,
    draw: &mut dyn FnMut(&mut [u8]) -> Result<(), E>,
) -> Result<String, E> {
    let mut text = String::with_capacity(count);
    let even = 256 - 256 % alphabet.len().max(1);
    let mut bytes = [0_u8; 64];
    while text.len() < count {
        draw(&mut bytes)?;
        let fair = bytes.iter().filter(|byte| usize::from(**byte) < even);
        let drawn = fair.filter_map(|byte| alphabet.get(usize::from(*byte) % alphabet.len().max(1)));
        let missing = count - text.len();
        text.extend(drawn.take(missing).map(|byte| char::from(*byte)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{Unmakeable, recipe};
    use crate::document::kinds::{Limit, Pattern, ValueKind};
    use crate::project::expectations::Tier;
    use crate::project::tiers::Wanted;

    fn wanted(name: &str) -> Wanted {
        Wanted {
            name: name.to_owned(),
            tier: Tier::Critical,
            tier_where_set: Tier::Critical,
            required: true,
            asked: None,
            description: None,
            kind: None,
            kind_by: None,
            refuses_empty: false,
            limits: Vec::new(),
            secret: None,
            list: None,
            brackets: false,
            nones: Vec::new(),
            ignores_empty: false,
            alternatives: Vec::new(),
            exact: true,
            optional: false,
            min_length: None,
            has_default: false,
        }
    }

    /// Draws that go through all bytes, differently each time.
    fn make(wanted: &Wanted) -> Result<String, Unmakeable> {
        let mut at = 7_usize;
        let mut draw = |bytes: &mut [u8]| {
            for byte in bytes {
                at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = at.to_be_bytes()[0];
            }
            Ok::<(), Infallible>(())
        };
        let Ok(made) = recipe(wanted)?.make(&mut draw);
        made
    }

    #[test]
    fn values_are_as_long_as_is_asked_and_safe_anywhere() {
        for (least, expected) in [(None, 32), (Some(12), 32), (Some(48), 48)] {
            let value = make(&Wanted { min_length: least, ..wanted("SECRET_KEY") }).unwrap();
            assert_eq!(value.len(), expected);
            assert!(value.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }

    #[test]
    fn limits_are_kept() {
        let limited = |limits: &[Limit]| make(&Wanted { limits: limits.to_vec(), ..wanted("DB_PASSWORD") });
        assert_eq!(limited(&[Limit::MaxLength(16)]).unwrap().len(), 16);
        let value =
            limited(&[Limit::StartsWith("key_".to_owned()), Limit::EndsWith("=".to_owned())]).unwrap();
        assert!(value.starts_with("key_") && value.ends_with('=') && value.len() == 32);
        let hex = limited(&[Limit::Matches(Pattern::new("^[0-9a-f]{32}$").unwrap())]).unwrap();
        assert!(hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(limited(&[Limit::Matches(Pattern::new("^ñ+$").unwrap())]), Err(Unmakeable::Limits));
        assert_eq!(limited(&[Limit::MaxLength(4)]), Err(Unmakeable::Limits));
    }

    #[test]
    fn what_others_give_out_is_not_made_up() {
        for name in [
            "OPENAI_API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "GITHUB_TOKEN",
            "SMTP_PASSWORD",
            "OAUTH_CLIENT_SECRET",
            "AWS_SESSION_TOKEN",
            "RAILS_MASTER_KEY",
        ] {
            assert_eq!(make(&wanted(name)), Err(Unmakeable::GivenOut), "{name}");
        }
        for name in [
            "SECRET_KEY",
            "JWT_SECRET_KEY",
            "POSTGRES_PASSWORD",
            "CSRF_TOKEN",
            "SESSION_SECRET",
            "PASSWORD_SALT",
        ] {
            assert!(make(&wanted(name)).is_ok(), "{name}");
        }
        assert!(matches!(make(&wanted("FERNET_KEY")), Err(Unmakeable::Kind(_))));
        let url = Wanted { kind: Some(ValueKind::Url), ..wanted("DATABASE_PASSWORD") };
        assert_eq!(make(&url), Err(Unmakeable::Kind("an absolute URL".to_owned())));
    }

    #[test]
    fn every_character_is_as_likely() {
        let value = make(&Wanted { min_length: Some(62_000), ..wanted("SECRET_KEY") }).unwrap();
        for wanted in ['A', 'z', '0', '9', 'm'] {
            let count = value.chars().filter(|character| *character == wanted).count();
            assert!((850..1150).contains(&count), "{wanted}: {count}");
        }
    }
}

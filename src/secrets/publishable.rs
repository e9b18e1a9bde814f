//! Keys that their vendor means to be seen, by what they are called: pages and apps carry them, and they open nothing.
//!
//! Not here: what says so of itself, such as `pk_live_`; that is the value's form.

/// How the names end, without what parts their words, in small letters. Pusher Channels' clients connect with the key and sign
/// nothing; `BugSnag`'s report errors with theirs; Algolia has keys that can only search.
const NAMES: &[&str] = &[
    "pusherkey",
    "pusherappkey",
    "bugsnagkey",
    "bugsnagapikey",
    "algoliasearchkey",
    "algoliasearchapikey",
    "algoliasearchonlykey",
    "algoliasearchonlyapikey",
];

/// Whether a variable, a field or a constant of this name holds a key that is meant to be seen.
///
/// ```
/// use envgate::secrets::is_publishable;
/// assert!(is_publishable(b"VITE_PUSHER_APP_KEY") && is_publishable(b"algoliaSearchApiKey"));
/// assert!(!is_publishable(b"PUSHER_APP_SECRET") && !is_publishable(b"PUSHER_KEY_SECRET"));
/// assert!(!is_publishable(b"ALGOLIA_API_KEY") && !is_publishable(b"ALGOLIA_SEARCH_KEY_ADMIN"));
/// ```
#[must_use]
pub fn is_publishable(name: &[u8]) -> bool {
    let letters = name.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let plain: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    NAMES.iter().any(|one| plain.ends_with(one.as_bytes()))
}

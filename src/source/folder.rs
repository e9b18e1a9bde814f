//! A folder that paths are told from: that of a configuration, or of a list of what is accepted.
//!
//! Not here: looking for one.

use std::borrow::Cow;

use super::join;

/// A folder as it is seen from the working directory, which may lie in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    path: String,
    /// The working directory as seen from the folder, where it lies in it; the path then holds no name but `..`.
    inside: String,
    /// The working directory, where it is known.
    here: String,
}

impl Folder {
    /// The folder at `path` from the working directory `here`.
    #[must_use]
    pub fn new(path: &str, here: &str) -> Self {
        let path = join("", path);
        let names: Vec<&str> = here.split('/').filter(|name| !name.is_empty()).collect();
        let above = if ups(&path) { path.split('/').count() } else { 0 };
        let inside = names.get(names.len().saturating_sub(above)..).unwrap_or_default().join("/");
        Self { path, inside, here: here.to_owned() }
    }

    /// The folder that `path` leads to from here.
    #[must_use]
    pub fn further(&self, path: &str) -> Self {
        Self::new(&join(&self.path, path), &self.here)
    }

    /// `path`, which is relative to the working directory, as it is told from the folder; `None` where it lies elsewhere.
    ///
    /// ```
    /// use envgate::source::Folder;
    /// let above = Folder::new("../..", "/srv/shop/app/web");
    /// assert_eq!(above.told("a/.env").as_deref(), Some("app/web/a/.env"));
    /// assert_eq!(above.told("../.env").as_deref(), Some("app/.env"));
    /// assert_eq!(above.told("../../../.env"), None);
    /// assert_eq!(Folder::new("app", "/srv/shop").told("app/a/.env").as_deref(), Some("a/.env"));
    /// ```
    #[must_use]
    pub fn told<'p>(&self, path: &'p str) -> Option<Cow<'p, str>> {
        match folded(path, &self.here) {
            Cow::Borrowed(path) => self.told_of(path),
            Cow::Owned(path) => self.told_of(&path).map(|told| Cow::Owned(told.into_owned())),
        }
    }

    fn told_of<'p>(&self, path: &'p str) -> Option<Cow<'p, str>> {
        if self.path.is_empty() {
            return Some(Cow::Borrowed(path));
        }
        if self.inside.is_empty() {
            return path.strip_prefix(&self.path)?.strip_prefix('/').map(Cow::Borrowed);
        }
        let told = join(&self.inside, path);
        let outside = told == ".." || told.starts_with("../") || path.starts_with('/');
        (!outside).then_some(Cow::Owned(told))
    }
}

impl From<&str> for Folder {
    fn from(path: &str) -> Self {
        Self::new(path, "")
    }
}

/// Whether a path leads upwards and nowhere else.
fn ups(path: &str) -> bool {
    !path.is_empty() && path == ascent(path)
}

/// The part of a path that leads upwards: `../..` of `../../a`, nothing of `a/..`.
#[must_use]
pub fn ascent(path: &str) -> &str {
    let parts = path.split('/').take_while(|part| *part == "..");
    let length = parts.map(|part| part.len() + 1).sum::<usize>();
    path.get(..length.saturating_sub(1)).unwrap_or_default()
}

/// Whether the text alone names no parent of a folder: it is the working directory, one above it, or the root.
#[must_use]
pub fn is_top(folder: &str) -> bool {
    folder == "/" || folder == ascent(folder)
}

/// Whether `path` leads further up than `other` does: out of all that is known where that one lies.
#[must_use]
pub fn is_further_up(path: &str, other: &str) -> bool {
    ascent(path).len() > ascent(other).len()
}

/// `path` from the working directory `here` without the way out of folders that it comes back into.
///
/// ```
/// use envgate::source::folded;
/// assert_eq!(folded("../web/.env", "/srv/shop/web"), ".env");
/// assert_eq!(folded("../../shop/.env", "/srv/shop/web"), "../.env");
/// assert_eq!(folded("../api/.env", "/srv/shop/web"), "../api/.env");
/// ```
#[must_use]
pub fn folded<'p>(path: &'p str, here: &str) -> Cow<'p, str> {
    let up = ascent(path);
    if up.is_empty() {
        return Cow::Borrowed(path);
    }
    let count = up.split('/').count();
    let left = here.rsplit('/').filter(|name| !name.is_empty()).take(count).collect::<Vec<_>>();
    let below = path.get(up.len() + 1..).unwrap_or_default();
    let back = left.iter().rev().zip(below.split('/')).take_while(|(left, name)| *left == name).count();
    if back == 0 || left.len() < count {
        return Cow::Borrowed(path);
    }
    let up = std::iter::repeat_n("..", count - back);
    Cow::Owned(up.chain(below.split('/').skip(back)).collect::<Vec<_>>().join("/"))
}

/// The folder above `folder`, as seen from the working directory, not beyond `top`.
#[must_use]
pub fn above(folder: &str, top: Option<&str>) -> Option<String> {
    if top == Some(folder) || folder == "/" {
        return None;
    }
    if !folder.is_empty() && !ups(folder) {
        return Some(super::parent(folder).to_owned());
    }
    // Of these the text alone names no parent: the top has to lie further up.
    let top = top.filter(|top| ups(top) && top.len() > folder.len())?;
    Some(if folder.is_empty() { "..".to_owned() } else { format!("../{folder}") })
        .filter(|up| up.len() <= top.len())
}

#[cfg(test)]
mod tests {
    use super::{Folder, above, folded};

    #[test]
    fn paths_are_told_from_it() {
        for (folder, here, path, told) in [
            ("", "/srv/app", "a", Some("a")),
            ("app", "/srv", "app/a", Some("a")),
            ("app", "/srv", "application/a", None),
            ("../app", "/srv/web", "../app/a", Some("a")),
            ("../app", "/srv/web", "a", None),
            ("..", "/srv/web", "a", Some("web/a")),
            ("..", "/srv/web", "../a", Some("a")),
            ("..", "/srv/web", "../../a", None),
            ("..", "/srv/web", "../..a", Some("..a")),
            ("..", "/srv/web", "/etc/a", None),
            ("..", "", "../a", Some("a")),
            ("/srv", "/srv/web", "/srv/a", Some("a")),
        ] {
            assert_eq!(Folder::new(folder, here).told(path).as_deref(), told, "{folder} {here} {path}");
        }
    }

    #[test]
    fn a_way_out_and_back_is_none() {
        for (path, here, expected) in [
            ("", "/srv/web", ""),
            ("a", "/srv/web", "a"),
            ("..", "/srv/web", ".."),
            ("../web", "/srv/web", ""),
            ("../web/a", "/srv/web", "a"),
            ("../webs/a", "/srv/web", "../webs/a"),
            ("../../srv/a", "/srv/web", "../a"),
            ("../../srv/web/a", "/srv/web", "a"),
            ("../../../srv/a", "/srv/web", "../../../srv/a"),
            ("../web/a", "", "../web/a"),
        ] {
            assert_eq!(folded(path, here), expected, "{path} {here}");
        }
        // However a path is told, the folder is the same.
        assert_eq!(Folder::new("..", "/srv/a/b").told("../../a/b/x").as_deref(), Some("b/x"));
        assert_eq!(Folder::new("", "/srv/a").told("../a/x").as_deref(), Some("x"));
    }

    #[test]
    fn the_way_up_ends_at_the_top() {
        for (folder, top, next) in [
            ("a/b", Some(""), Some("a")),
            ("a", Some(""), Some("")),
            ("", Some(""), None),
            ("", None, None),
            ("", Some("../.."), Some("..")),
            ("..", Some("../.."), Some("../..")),
            ("../..", Some("../.."), None),
            ("..", Some(".."), None),
            ("..", Some(""), None),
            ("../b", Some(".."), Some("..")),
            ("../b", Some("../b"), None),
            ("a", Some("a"), None),
            ("/srv/a", None, Some("/srv")),
            ("/", None, None),
        ] {
            assert_eq!(above(folder, top).as_deref(), next, "{folder} {top:?}");
        }
    }
}

//! What stands for a commit on a command line: `main`, `v1~2`, `HEAD^`, the first digits of a name.
//!
//! Not here: what needs a search or a record (`:/text`, `main@{1}`, `v1-3-gabcdef`), which libgit2 finds, and unpacks
//! on its way what there is to unpack.

use git2::{Commit, ErrorClass, ErrorCode, ObjectFormat, Oid, Repository};

use super::objects::{Objects, no_commit};

/// The commit that a word names.
///
/// # Errors
///
/// Where there is none, or it cannot be read.
pub(super) fn commit_named<'r>(word: &str, objects: &mut Objects<'r>) -> Result<Commit<'r>, git2::Error> {
    let id = named(word, objects)?;
    objects.commit_behind(id)?.ok_or_else(no_commit)
}

/// The object that a word names, which may be a tag.
///
/// # Errors
///
/// Where there is none, or one on the way to it cannot be read.
pub(super) fn named(word: &str, objects: &mut Objects<'_>) -> Result<Oid, git2::Error> {
    let (name, steps) = word.split_at(word.find(['~', '^']).unwrap_or(word.len()));
    let steps = if name.contains(['@', ':']) && name != "@" { None } else { steps_of(steps) };
    let start = steps.is_some().then(|| start(name, objects.repository())).transpose()?.flatten();
    let (Some(steps), Some(mut id)) = (steps, start) else {
        return objects.repository().revparse_single(word).map(|object| object.id());
    };
    for step in steps {
        id = match step {
            Step::Parent(nth) => parent(id, nth, objects)?,
            Step::Back(count) => (0..count).try_fold(id, |id, _| parent(id, 1, objects))?,
            Step::Untagged => objects.behind_tags(id, |_| ())?.id(),
        };
    }
    Ok(id)
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// `^`, `^2`; `^0` is the commit itself.
    Parent(usize),
    /// `~`, `~2`: so many times the first parent.
    Back(usize),
    /// `^{}`, `^{commit}`
    Untagged,
}

fn steps_of(text: &str) -> Option<Vec<Step>> {
    let (mut steps, mut rest) = (Vec::new(), text);
    while let Some(sign) = rest.chars().next() {
        let behind = rest.get(1..)?;
        if let Some(behind) = behind.strip_prefix("{}").or_else(|| behind.strip_prefix("{commit}")) {
            if sign != '^' {
                return None;
            }
            steps.push(Step::Untagged);
            rest = behind;
            continue;
        }
        let digits = behind.len() - behind.trim_start_matches(|sign: char| sign.is_ascii_digit()).len();
        let (number, behind) = behind.split_at(digits);
        let number = if number.is_empty() { 1 } else { number.parse().ok()? };
        steps.push(match sign {
            '^' => Step::Parent(number),
            '~' => Step::Back(number),
            _ => return None,
        });
        rest = behind;
    }
    Some(steps)
}

/// What the name without any step stands for; nothing is read of it. `None` where libgit2 has to look for it.
fn start(name: &str, repository: &Repository) -> Result<Option<Oid>, git2::Error> {
    let whole = if repository.object_format() == ObjectFormat::Sha1 { 40 } else { 64 };
    let is_hex = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && name.len() == whole {
        return Oid::from_str_ext(name, repository.object_format()).map(Some);
    }
    let name = match name {
        "" => return Ok(None),
        "@" => "HEAD",
        name => name,
    };
    match repository.resolve_reference_from_short_name(name).and_then(|found| found.resolve()) {
        Ok(reference) => return Ok(reference.target()),
        Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => {}
        Err(error) => return Err(error),
    }
    if !is_hex || name.len() < 4 || name.len() > whole {
        return Ok(None);
    }
    let prefix = Oid::from_str_ext(&format!("{name:0<whole$}"), repository.object_format())?;
    repository.odb()?.exists_prefix(prefix, name.len()).map(Some)
}

fn parent(id: Oid, nth: usize, objects: &mut Objects<'_>) -> Result<Oid, git2::Error> {
    let commit = objects.commit_behind(id)?.ok_or_else(no_commit)?;
    let Some(before) = nth.checked_sub(1) else { return Ok(commit.id()) };
    let missing = || git2::Error::new(ErrorCode::NotFound, ErrorClass::Reference, "there is no such parent");
    commit.parent_ids().nth(before).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::{Step, steps_of};

    #[test]
    fn steps_lead_from_a_commit_to_what_came_before() {
        for (text, steps) in [
            ("", Some(vec![])),
            ("~", Some(vec![Step::Back(1)])),
            ("^^2~3", Some(vec![Step::Parent(1), Step::Parent(2), Step::Back(3)])),
            ("^0", Some(vec![Step::Parent(0)])),
            ("^{}^{commit}~10", Some(vec![Step::Untagged, Step::Untagged, Step::Back(10)])),
            ("^{tree}", None),
            ("^{/fix}", None),
            ("~{}", None),
            ("~1:a.env", None),
            ("~99999999999999999999", None),
            ("^@", None),
        ] {
            assert_eq!(steps_of(text), steps, "{text}");
        }
    }
}

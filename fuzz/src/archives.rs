//! Archives: what they unpack to is bounded, whatever they say of themselves.
//!
//! Not here: what is found in them.

use envgate::files::{is_archive, members};

use super::LONGEST;

/// What one archive may unpack to, in bytes.
const WHOLE: usize = 256 * 1024 * 1024;

/// The longest name of a file in an archive in an archive in an archive, in bytes.
const NAME: usize = 4 * 4096 + 64;

/// An archive of each kind.
pub fn archives(data: &[u8]) {
    let data = data.get(..LONGEST).unwrap_or(data);
    for path in ["a.zip", "a.tar", "a.tgz", "a.gz"] {
        assert!(is_archive(path));
        let found = members(path, data);
        assert!(found.len() <= 50_001, "there are {} members", found.len());
        let sizes = found.iter().map(|member| member.content.as_ref().map_or(0, Vec::len));
        assert!(sizes.sum::<usize>() <= WHOLE, "it unpacks to more than it may");
        for member in &found {
            assert!(member.path.starts_with(path), "a member lies elsewhere");
            assert!(member.path.len() <= NAME, "a name has {} bytes", member.path.len());
        }
    }
}

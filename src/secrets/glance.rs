//! How a detector looks at a text: at a stretch of bounded length beside a place that it was sent to.
//!
//! Not here: what it looks for. Under test every stretch is counted, which is what shows that a scan costs the
//! length of its text and no more, however busy the machine is.

/// The bytes from `at` on, `reach` of them at the most.
pub(super) fn ahead(bytes: &[u8], at: usize, reach: usize) -> Option<&[u8]> {
    let seen = bytes.get(at..at.saturating_add(reach).min(bytes.len()))?;
    count(seen);
    Some(seen)
}

/// The bytes before `at`, `reach` of them at the most.
pub(super) fn behind(bytes: &[u8], at: usize, reach: usize) -> Option<&[u8]> {
    let seen = bytes.get(at.saturating_sub(reach)..at)?;
    count(seen);
    Some(seen)
}

#[cfg(not(test))]
const fn count(_: &[u8]) {}

#[cfg(test)]
fn count(seen: &[u8]) {
    LOOKED_AT.with(|sum| sum.set(sum.get() + seen.len() as u64));
}

#[cfg(test)]
thread_local! {
    static LOOKED_AT: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// How many bytes this thread has looked at since it was asked last.
#[cfg(test)]
pub(super) fn looked_at() -> u64 {
    LOOKED_AT.with(std::cell::Cell::take)
}

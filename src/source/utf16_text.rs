//! Texts in UTF-16, as Windows and PowerShell write them: every other byte of most is a NUL, so that they look binary.
//!
//! Not here: places as editors count them, and UTF-16 without a mark at its beginning, which nobody can tell for sure.

/// Whether bytes begin with the mark of UTF-16, and not with that of UTF-32.
///
/// ```
/// use envgate::source::is_utf16;
/// assert!(is_utf16(b"\xff\xfeA\0=\0") && is_utf16(b"\xfe\xff\0A\0="));
/// assert!(!is_utf16(b"A=1") && !is_utf16(b"\xff\xfe\0\0A\0\0\0"));
/// ```
#[must_use]
pub fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) && !bytes.starts_with(b"\xff\xfe\0\0")
}

/// The text in UTF-8, without the mark; `None` where it is not marked as UTF-16. What is no character is U+FFFD.
#[must_use]
pub fn from_utf16(bytes: &[u8]) -> Option<String> {
    if !is_utf16(bytes) {
        return None;
    }
    let big = bytes.first() == Some(&0xfe);
    let unit = |pair: &[u8; 2]| if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
    let units = bytes.get(2..)?.as_chunks().0.iter().map(unit);
    Some(char::decode_utf16(units).map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

#[cfg(test)]
mod tests {
    use super::from_utf16;

    #[test]
    fn both_orders_are_read() {
        let text = "contraseña = ‘x’ 🔑\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(from_utf16(&[b"\xff\xfe", little.as_slice()].concat()).as_deref(), Some(text));
        assert_eq!(from_utf16(&[b"\xfe\xff", big.as_slice()].concat()).as_deref(), Some(text));
        assert_eq!(from_utf16(&little), None);
        // Half a unit, and half a pair.
        assert_eq!(from_utf16(b"\xff\xfeA\0B").as_deref(), Some("A"));
        assert_eq!(from_utf16(b"\xff\xfe\x3d\xd8A\0").as_deref(), Some("\u{fffd}A"));
    }
}

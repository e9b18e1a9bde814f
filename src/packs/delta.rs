//! What git writes instead of an object that is much like another: which parts to copy, and what is new.
//!
//! Not here: where the other one is had from.

/// Makes an object from the one that it is a difference to; `None` where the two do not fit together, or more than
/// `largest` bytes would come of it.
pub(super) fn apply(base: &[u8], delta: &[u8], largest: usize) -> Option<Vec<u8>> {
    let (expected, rest) = size(delta)?;
    let (length, mut rest) = size(rest)?;
    if expected != base.len() || length > largest {
        return None;
    }
    let mut made = Vec::with_capacity(length);
    while let Some((&order, behind)) = rest.split_first() {
        let (piece, behind) = match order {
            0 => return None,
            1..0x80 => behind.split_at_checked(usize::from(order))?,
            _ => copied(base, order, behind)?,
        };
        if piece.len() > length - made.len() {
            return None;
        }
        made.extend_from_slice(piece);
        rest = behind;
    }
    (made.len() == length).then_some(made)
}

/// The part of `base` that an order to copy names, and what stands behind the order.
fn copied<'b, 'd>(base: &'b [u8], order: u8, mut rest: &'d [u8]) -> Option<(&'b [u8], &'d [u8])> {
    let (mut offset, mut length) = (0usize, 0usize);
    for bit in 0..7 {
        if order >> bit & 1 == 0 {
            continue;
        }
        let (&byte, behind) = rest.split_first()?;
        rest = behind;
        if bit < 4 {
            offset |= usize::from(byte) << (8 * bit);
        } else {
            length |= usize::from(byte) << (8 * (bit - 4));
        }
    }
    if length == 0 {
        length = 0x1_0000;
    }
    Some((base.get(offset..offset.checked_add(length)?)?, rest))
}

/// A size, seven bits a byte, the lowest first.
fn size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0usize;
    for (nth, &byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * nth);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(nth + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::apply;

    #[test]
    fn parts_are_copied_and_new_ones_come_between() {
        let base = b"one two three";
        for (delta, made) in [
            (&b"\x0d\x06\x90\x03\x03 or"[..], Some(&b"one or"[..])),
            (b"\x0d\x05\x91\x08\x05", Some(b"three")),
            (b"\x0d\x00", Some(b"")),
            // Another base, a part outside of it, more or less than promised, an order that there is none of.
            (b"\x0c\x05\x91\x08\x05", None),
            (b"\x0d\x06\x91\x08\x06", None),
            (b"\x0d\x04\x91\x08\x05", None),
            (b"\x0d\x06\x91\x08\x05", None),
            (b"\x0d\x05\x00", None),
            // It ends too early.
            (b"\x0d", None),
            (b"\x0d\x05\x91\x08", None),
            (b"\x0d\x05\x05one", None),
            (b"\x0d\xff\xff\xff\xff\xff\xff\xff", None),
        ] {
            assert_eq!(apply(base, delta, 1 << 20).as_deref(), made, "{delta:?}");
        }
        assert_eq!(apply(base, b"\x0d\x06\x90\x03\x03 or", 5), None);
    }

    #[test]
    fn a_length_of_nothing_is_sixty_four_kibibytes() {
        let base = vec![7; 0x1_0000];
        assert_eq!(apply(&base, b"\x80\x80\x04\x80\x80\x04\x80", 1 << 20), Some(base));
    }
}

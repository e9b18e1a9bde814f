//! The checksums that some vendors compute into their tokens.
//!
//! Not here: which token has which.

use super::pattern::Checksum;

/// Whether `token` carries the checksum that it should; `None` where the kind has none.
pub(super) fn holds(kind: Checksum, token: &[u8]) -> Option<bool> {
    match kind {
        Checksum::None => None,
        Checksum::Base62Crc32 => Some(base62_crc32(token)),
        Checksum::Bech32 => Some(bech32(token)),
    }
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `prefix_` + body + six characters of CRC-32 over the body, which has no `_`.
fn base62_crc32(token: &[u8]) -> bool {
    let Some(underscore) = token.iter().rposition(|&byte| byte == b'_') else { return false };
    let Some((body, sum)) = token.get(underscore + 1..).and_then(|rest| rest.split_last_chunk::<6>()) else {
        return false;
    };
    let mut number = crc32(body);
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = usize::try_from(number % 62).ok().and_then(|at| BASE62.get(at)).copied().unwrap_or(b'0');
        number /= 62;
    }
    digits == *sum
}

/// CRC-32 as in IEEE 802.3.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Bech32 (BIP 173): a readable part, the last `1`, then data whose polynomial leaves 1.
fn bech32(token: &[u8]) -> bool {
    let lower = token.to_ascii_lowercase();
    let Some(separator) = lower.iter().rposition(|&byte| byte == b'1') else { return false };
    let (name, data) = lower.split_at(separator);
    let high = name.iter().map(|byte| byte >> 5);
    let low = name.iter().map(|byte| byte & 31);
    let values = data.iter().skip(1).map(|byte| BECH32.iter().position(|digit| digit == byte));
    let mut sum = 1;
    for value in
        high.chain([0]).chain(low).map(Some).chain(values.map(|at| at.and_then(|at| u8::try_from(at).ok())))
    {
        let Some(value) = value else { return false };
        sum = polymod(sum, value);
    }
    sum == 1
}

fn polymod(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3];
    let top = sum >> 25;
    let shifted = ((sum & 0x01FF_FFFF) << 5) ^ u32::from(value);
    GENERATOR
        .iter()
        .enumerate()
        .fold(shifted, |sum, (bit, part)| if top >> bit & 1 == 1 { sum ^ part } else { sum })
}

#[cfg(test)]
mod tests {
    use super::{bech32, crc32};

    #[test]
    fn the_check_values_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert!(bech32(b"A12UEL5L"));
        assert!(bech32(b"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"));
        assert!(!bech32(b"A12UEL5Q"));
    }
}

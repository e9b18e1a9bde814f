//! Forms that texts can have, read strictly enough to tell a slip and leniently enough for every reader.
//!
//! Not here: which form is wanted.

/// Every reader takes these eight; some take more.
const BOOLEANS: [&str; 8] = ["true", "false", "1", "0", "yes", "no", "on", "off"];

/// One of the words for yes and no, in any case.
pub(super) fn is_boolean(value: &str) -> bool {
    BOOLEANS.iter().any(|word| word.eq_ignore_ascii_case(value))
}

/// `scheme://something`, without blanks.
pub(super) fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(letters)
        && !rest.is_empty()
        && !rest.contains(char::is_whitespace)
}

/// `someone@some.place`, without blanks.
pub(super) fn is_email(value: &str) -> bool {
    let Some((who, place)) = value.rsplit_once('@') else { return false };
    !who.is_empty()
        && !value.contains(char::is_whitespace)
        && place.contains('.')
        && !place.starts_with('.')
        && !place.ends_with('.')
}

pub(super) fn is_domain(value: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    value.len() <= 253 && value.trim_start_matches("*.").split('.').all(label)
}

pub(super) fn is_uuid(value: &str) -> bool {
    let groups: Vec<&str> = value.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Numbers with or without units, one after the other.
pub(super) fn is_duration(value: &str) -> bool {
    const UNITS: [&str; 7] = ["ms", "s", "m", "h", "d", "w", "us"];
    const WORDS: [&str; 6] = ["second", "minute", "hour", "day", "week", "millisecond"];
    const SHORT: [&str; 4] = ["sec", "min", "hr", "msec"];
    let mut rest = value.trim();
    let mut units = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        if rest.get(..digits).is_none_or(|number| number.parse::<f64>().is_err()) {
            return false;
        }
        rest = rest.get(digits..).unwrap_or_default().trim_start();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = rest.get(..letters).unwrap_or_default().to_ascii_lowercase();
        let singular = unit.strip_suffix('s').unwrap_or(&unit);
        let known = UNITS.contains(&unit.as_str()) || WORDS.contains(&singular) || SHORT.contains(&singular);
        rest = rest.get(letters..).unwrap_or_default().trim_start();
        // A bare number stands alone.
        if !(known || unit.is_empty() && rest.is_empty() && units == 0) {
            return false;
        }
        units += 1;
    }
    units > 0
}

pub(super) fn is_version(value: &str) -> bool {
    let (version, build) = value.split_once('+').map_or((value, None), |(core, build)| (core, Some(build)));
    let (core, pre) = version.split_once('-').map_or((version, None), |(core, pre)| (core, Some(pre)));
    let number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let words = |text: &str| {
        text.split('.').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    core.split('.').count() == 3
        && core.split('.').all(number)
        && pre.is_none_or(words)
        && build.is_none_or(words)
}

/// `2026-01-31`, with `T12:30`, `T12:30:00.5`, `Z` or an offset behind it.
pub(super) fn is_date(value: &str) -> bool {
    let (date, time) = match value.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (value, None),
    };
    let within = |text: &str, length: usize, most: u32| {
        text.len() == length
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse::<u32>().is_ok_and(|number| number <= most)
    };
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let dated =
        within(year, 4, 9999) && within(month, 2, 12) && within(day, 2, 31) && *month != "00" && *day != "00";
    let Some(time) = time else { return dated };
    let clock = time.split(['Z', 'z', '+', '-']).next().unwrap_or_default();
    let parts: Vec<&str> = clock.split(':').collect();
    let seconds = |text: &str| within(text.split(['.', ',']).next().unwrap_or_default(), 2, 60);
    dated
        && match parts.as_slice() {
            [hour, minute] => within(hour, 2, 24) && within(minute, 2, 59),
            [hour, minute, second] => within(hour, 2, 24) && within(minute, 2, 59) && seconds(second),
            _ => false,
        }
}

//! Lists of BitLocker recovery keys: the heading stands once, so only the first key is near it. The digits check themselves.

use super::found::{Found, What, Worth};
use super::validate;
use crate::rule::Validate;

/// Eight groups of six digits and seven dashes.
const LENGTH: usize = 55;

/// The keys of a text in which a pattern has found one.
pub(super) fn find<'a>(text: &'a str, found: &mut Vec<Found<'a>>) {
    let is_key = |f: &&Found<'a>| matches!(f.what, What::Pattern(p) if p.validate == Some(Validate::Eleven));
    let Some(first) = found.iter().find(is_key) else { return };
    let (what, from) = (first.what, first.span.1);
    let bytes = text.as_bytes();
    let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut at = from;
    while let Some(dash) = bytes.get(at..).and_then(|rest| memchr::memchr(b'-', rest)).map(|i| at + i) {
        at = dash + 1;
        let Some(start) = dash.checked_sub(6).filter(|s| *s >= from && !digit(s.wrapping_sub(1)) && !digit(s + LENGTH)) else { continue };
        let Some(key) = text.get(start..start + LENGTH).filter(|k| validate::passes(Validate::Eleven, k, None)) else { continue };
        let span = (start, start + LENGTH);
        at = span.1;
        if found.iter().all(|f| f.span != span) {
            let worth = Worth::Sighting;
            found.push(Found { span, whole: span, what, name: None, key_id: None, value: key.into(), encrypted: false, worth });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::read::secrets::tests::patterns;

    #[test]
    fn every_row_of_a_table() {
        let text = "device,bitlocker\nLT-1,533159-551210-330209-634568-565015-358446-536184-369578\n\
                    LT-2,379192-232430-429781-336688-139128-266937-549890-496166\nLT-3,379193-232430-429781-336688-139128-266937-549890-496166\n";
        assert_eq!(patterns("keys.csv", text).len(), 2);
    }
}

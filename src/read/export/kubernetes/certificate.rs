//! As much of an X.509 certificate as says from when until when it holds, and for which groups.

use crate::fact::Time;
use crate::read::export::date::{self, Moment};
use base64::Engine as _;

/// What is read of a certificate.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Certificate {
    /// The first moment.
    pub(super) from: Option<Time>,
    /// The last.
    pub(super) until: Option<Time>,
    /// The organisations of its subject: to a cluster they are groups.
    pub(super) organisations: Vec<String>,
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// 2.5.4.10, organizationName.
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];
/// More bytes than any certificate has.
const LONGEST: usize = 64 * 1024;

/// The certificate in the base64 of a PEM text, or of the bytes themselves.
pub(super) fn decode(data: &str) -> Option<Certificate> {
    let engine = base64::engine::general_purpose::STANDARD;
    let packed = |text: &str| text.chars().filter(|c| !c.is_ascii_whitespace()).collect::<String>();
    if data.len() > LONGEST {
        return None;
    }
    let bytes = engine.decode(packed(data)).ok()?;
    let der = match std::str::from_utf8(&bytes).ok().and_then(|t| t.split_once("-----BEGIN CERTIFICATE-----")) {
        Some((_, rest)) => engine.decode(packed(rest.split("-----END").next()?)).ok()?,
        None => bytes,
    };
    certificate(&der)
}

fn certificate(der: &[u8]) -> Option<Certificate> {
    let (_, outer, _) = element(der)?;
    let (_, inner, _) = element(outer)?;
    let mut out = Certificate::default();
    let mut sequences = 0;
    let mut rest = inner;
    // version, serial number, algorithm, issuer, validity, subject: the sequences among them are counted
    while let Some((tag, content, next)) = element(rest) {
        rest = next;
        if tag != SEQUENCE {
            continue;
        }
        sequences += 1;
        match sequences {
            3 => {
                let (tag, from, next) = element(content)?;
                out.from = time(tag, from);
                let (tag, until, _) = element(next)?;
                out.until = time(tag, until);
            }
            4 => {
                out.organisations = organisations(content);
                return Some(out);
            }
            _ => {}
        }
    }
    None
}

fn organisations(mut names: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    while let Some((tag, set, next)) = element(names) {
        names = next;
        let mut parts = set;
        while let Some((inner, pair, after)) = element(parts) {
            parts = after;
            if tag != SET || inner != SEQUENCE {
                continue;
            }
            let Some((kind, object, value)) = element(pair) else { continue };
            if kind == OBJECT
                && object == ORGANISATION
                && let Some((_, text, _)) = element(value)
                && let Ok(text) = std::str::from_utf8(text)
            {
                found.push(text.to_owned());
            }
        }
    }
    found
}

fn time(tag: u8, content: &[u8]) -> Option<Time> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let two: u16 = text.get(..2)?.parse().ok()?;
            (if two < 50 { 2000 + two } else { 1900 + two }, text.get(2..)?)
        }
        GENERALIZED_TIME => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    let part = |i: usize| rest.get(i..i + 2);
    let written = format!("{year:04}-{}-{}T{}:{}:{}Z", part(0)?, part(2)?, part(4)?, part(6)?, part(8).unwrap_or("00"));
    match date::parse(&written)? {
        Moment::At(time) => Some(time),
        Moment::Never => None,
    }
}

/// The tag and content of the first element, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0usize, |n, b| (n << 8) | usize::from(*b)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::day;

    #[test]
    fn validity_and_groups_of_a_certificate() {
        let text = include_str!("../../../../fixtures/exports/kubernetes/client-certificate.txt");
        let read = decode(text).expect("a certificate");
        assert_eq!(read.organisations, ["system:masters"]);
        assert_eq!(read.from.map(|t| t.date()), day("2026-11-24").map(|t| t.date()));
        let life = read.until.zip(read.from).map(|(u, f)| f.days_until(u));
        assert_eq!(life, Some(3650));
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        for text in ["", "TFM=", "not base64", "MIIB", "MAA=", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1BQT0KLS0tLS1FTkQ="] {
            assert_eq!(decode(text), None, "{text}");
        }
        let text = include_str!("../../../../fixtures/exports/kubernetes/client-certificate.txt");
        for end in 0..text.len().min(1200) {
            decode(&text[..end]);
        }
    }
}

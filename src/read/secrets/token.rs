//! What a JSON Web Token says of itself: when it was made, when it ends, and who made it. How long it opens a door is evidence.

use super::validate;
use crate::fact::{Draft, Time, Value, Word, life, sighting};
use serde_json::Value as Json;

/// Numbers from here on count milliseconds: 2001 in them, and beyond every calendar in seconds.
const MILLISECONDS: i64 = 1_000_000_000_000;
/// From here on a time means never: the year 2299.
const NEVER: i64 = 10_382_169_600;
const DAY: i64 = 86_400;
/// A token that lives for longer is long-lived: a year.
const LONG: i64 = 365 * DAY;

/// The claims of a token that count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Claims {
    issued: Option<Time>,
    /// `None`: it never ends.
    expires: Option<Time>,
    issuer: Option<String>,
}

impl Claims {
    /// The claims in the payload of a token, if it is one.
    pub(super) fn of(token: &str) -> Option<Self> {
        let payload = validate::json_object(token.split('.').nth(1)?)?;
        let payload: Json = serde_json::from_str(&payload).ok()?;
        let time = |name: &str| payload.get(name).and_then(seconds).map(Time);
        Some(Self {
            issued: time("iat").or_else(|| time("nbf")),
            expires: time("exp").filter(|t| t.0 < NEVER),
            issuer: payload.get("iss").and_then(Json::as_str).filter(|i| !i.is_empty() && i.len() <= 200).map(str::to_owned),
        })
    }

    /// How long it lives, as far as it says so.
    pub(super) fn life(&self) -> Word {
        match (self.issued, self.expires) {
            (_, None) => life::LONG,
            (Some(from), Some(to)) if to.0.saturating_sub(from.0) > LONG => life::LONG,
            (Some(from), Some(to)) if to.0.saturating_sub(from.0) <= DAY => life::SHORT,
            _ => life::UNKNOWN,
        }
    }

    /// The draft with what the token says.
    pub(super) fn told(self, draft: Draft) -> Draft {
        draft
            .saying_some(sighting::ISSUED, self.issued)
            .saying(sighting::EXPIRES, self.expires.map_or(Value::Never, Value::Time))
            .saying_some(sighting::ISSUER, self.issuer)
    }
}

/// A number of seconds since 1970, which some write as text or with a fraction.
fn seconds(value: &Json) -> Option<i64> {
    let number = match value {
        Json::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|f| f as i64)),
        Json::String(s) => s.parse().ok(),
        _ => None,
    }?;
    (number > 0).then_some(if number >= MILLISECONDS { number / 1000 } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    fn claims(payload: &str) -> Option<Claims> {
        let part = |s: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(s);
        Claims::of(&format!("{}.{}.c2lnbmF0dXJl", part("{\"alg\":\"HS256\"}"), part(payload)))
    }

    #[test]
    fn what_tokens_say() {
        let lives = |payload: &str| claims(payload).map(|c| c.life().as_str());
        assert_eq!(lives("{\"iat\": 1767225600, \"exp\": 1767229200}"), Some("short"));
        assert_eq!(lives("{\"iat\": 1767225600, \"exp\": 1775001600}"), Some("unknown"));
        assert_eq!(lives("{\"iat\": 1767225600, \"exp\": 1900000000}"), Some("long"));
        assert_eq!(lives("{\"sub\": \"ci\"}"), Some("long"));
        assert_eq!(lives("{\"exp\": 253402300799}"), Some("long"));
        assert_eq!(lives("{\"iat\": 1767225600.5, \"exp\": \"1767229200\"}"), Some("short"));
        assert_eq!(lives("{\"iat\": -1, \"exp\": 1767229200000}"), Some("unknown"));
        assert_eq!(lives("[]"), None);
        assert_eq!(claims("{\"iss\": \"https://login.acme.io\"}").and_then(|c| c.issuer).as_deref(), Some("https://login.acme.io"));
    }
}

//! Values and how they are stated.

use super::{Fields, Word};
use serde::{Deserialize, Serialize};

/// What a source says of one field. "Not said" is a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stated<T, Q> {
    /// Said, perhaps several times and not of one mind ("must … sometimes unavoidable").
    Said(Vec<Claim<T, Q>>),
    /// Said to stand in another document.
    Referenced(T, Q),
    /// It could have been said here and was not.
    Unsaid,
    /// This kind of source cannot say it: silence proves nothing.
    Mute,
}

/// One value with the words that give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim<T, Q> {
    /// The value.
    pub value: Value<T, Q>,
    /// Where it is said.
    pub quote: Q,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Basis::is_explicit")]
    pub basis: Basis,
    /// How binding it is.
    #[serde(default, skip_serializing_if = "Duty::is_must")]
    pub duty: Duty,
}

/// What a claim rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// It stands there.
    #[default]
    Explicit,
    /// It is the product's default.
    Default,
    /// It follows from what stands there.
    Inferred,
}

impl Basis {
    fn is_explicit(&self) -> bool {
        *self == Self::Explicit
    }
}

/// How binding a claim is. Negation and modality are resolved by the reader, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// It is so, or must be.
    #[default]
    Must,
    /// It should be.
    Should,
    /// It may be.
    May,
    /// It must not be.
    MustNot,
    /// It is so in exceptional cases.
    Unless,
}

impl Duty {
    /// The words, in order.
    pub const WORDS: [&'static str; 5] = ["must", "should", "may", "must_not", "unless"];

    fn is_must(&self) -> bool {
        *self == Self::Must
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
            Self::MustNot => "must_not",
            Self::Unless => "unless",
        }
    }
}

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

/// Seconds in a day.
const DAY: i64 = 86_400;

impl Time {
    /// Whole days from this time to a later one; negative when it lies ahead.
    pub fn days_until(self, later: Self) -> i64 {
        (later.0 - self.0).div_euclid(DAY)
    }

    /// The date, `YYYY-MM-DD`; dates beyond the calendar print as seconds.
    pub fn date(self) -> String {
        jiff::Timestamp::from_second(self.0)
            .map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
            .unwrap_or_else(|_| format!("@{}", self.0))
    }
}

/// Midnight UTC of a date `YYYY-MM-DD`.
pub fn day(date: &str) -> Option<Time> {
    let epoch = jiff::civil::date(1970, 1, 1);
    let date: jiff::civil::Date = if date.len() == 10 { date.parse().ok()? } else { return None };
    let days = date.since((jiff::Unit::Day, epoch)).ok()?.get_days();
    Some(Time(i64::from(days) * DAY))
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value<T, Q> {
    /// Yes or no.
    Flag(bool),
    /// A count or level.
    Number(i64),
    /// Free text.
    Text(T),
    /// A word of the field's closed vocabulary.
    Word(Word),
    /// A point in time.
    Time(Time),
    /// Of a time or duration: it has no end.
    Never,
    /// A length of time in seconds.
    Duration(i64),
    /// Records.
    List(List<T, Q>),
}

/// Records, and whether these are all there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List<T, Q> {
    /// The records.
    pub items: Vec<Fields<T, Q>>,
    /// Whether the source states all of them. `none` and `every` prove nothing over an incomplete list.
    pub complete: bool,
}

impl<T, Q> From<bool> for Value<T, Q> {
    fn from(v: bool) -> Self {
        Self::Flag(v)
    }
}
impl<T, Q> From<i64> for Value<T, Q> {
    fn from(v: i64) -> Self {
        Self::Number(v)
    }
}
impl<Q> From<String> for Value<String, Q> {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}
impl<Q> From<&str> for Value<String, Q> {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}
impl<T, Q> From<Word> for Value<T, Q> {
    fn from(v: Word) -> Self {
        Self::Word(v)
    }
}
impl<T, Q> From<Time> for Value<T, Q> {
    fn from(v: Time) -> Self {
        Self::Time(v)
    }
}
impl<T, Q> From<List<T, Q>> for Value<T, Q> {
    fn from(v: List<T, Q>) -> Self {
        Self::List(v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_in_utc_and_may_lie_ahead() {
        let (a, b) = (day("2023-05-01").expect("date"), day("2026-11-20").expect("date"));
        assert_eq!(a.days_until(b), 1299);
        assert_eq!(b.days_until(a), -1299);
        assert_eq!(day("9999-12-31"), Some(Time(253_402_214_400)));
        assert_eq!(day("2026-11-20T00:00"), None);
        assert_eq!(Time(i64::MAX / 2).date(), format!("@{}", i64::MAX / 2));
    }
}

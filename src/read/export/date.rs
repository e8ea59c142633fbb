//! Every way vendors write a point in time or a length of it.

use crate::fact::Time;
use crate::tree::{Node, Tree};
use jiff::civil;
use jiff::tz::TimeZone;

/// What stands where a time is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// A point in time.
    At(Time),
    /// A date so far away that it means never.
    Never,
}

/// From here on a date means never: vendors write 9999-12-31 and 2299-12-31.
const NEVER_YEAR: i16 = 2299;
/// Numbers from here on count milliseconds: as seconds they would lie beyond the year 5000.
const MILLISECONDS: i64 = 100_000_000_000;
/// A bare number below this is no time: 1973 in seconds.
const LEAST_EPOCH: i64 = 100_000_000;

/// What the time at which a document was made is called.
pub(super) const MADE: &[&str] =
    &["exportDate", "exportedAt", "exported_at", "export_date", "generatedAt", "generated_at", "timestamp_zulu", "report_date", "date"];
/// What the time of the last change of a record is called.
pub(super) const CHANGED: &[&str] = &["lastUpdated", "modifiedDateTime", "lastModifiedDateTime", "LastModifiedDate", "updated_at"];

/// The first of these keys that holds a time, and its value.
pub(super) fn of<'t>(tree: &'t Tree, keys: &[&str]) -> Option<(Time, &'t Tree)> {
    keys.iter().filter_map(|key| tree.get(key)).find_map(|value| match moment(value)? {
        Moment::At(time) => Some((time, value)),
        Moment::Never => None,
    })
}

/// The time that a value states, if it states one.
pub(crate) fn moment(tree: &Tree) -> Option<Moment> {
    match &tree.node {
        Node::Text(text) => parse(text),
        Node::Number(text) => epoch(text),
        Node::Map(_) => {
            if tree.get("__class__").is_some() {
                return placebo(tree);
            }
            // ConvertTo-Json of Windows PowerShell wraps a date: {"value": "/Date(…)/", "DateTime": "…"}
            match tree.get("value").map(|v| &v.node) {
                Some(Node::Text(text)) => parse(text),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The time that a text states. Words for "nothing known" (`N/A`, `no_information`, `not_supported`) state none.
pub(crate) fn parse(text: &str) -> Option<Moment> {
    let text = text.trim().trim_matches('"');
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    if let Some(inner) = text.strip_prefix("/Date(").or_else(|| text.strip_prefix("\\/Date(")) {
        // milliseconds are UTC; an offset after them is for display only
        let end = inner.char_indices().skip(1).find(|(_, c)| !c.is_ascii_digit()).map_or(inner.len(), |(i, _)| i);
        return seconds(inner.get(..end)?.parse::<i64>().ok()?.div_euclid(1000));
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.bytes().filter(|b| *b == b'.').count() <= 1 {
        return epoch(text);
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return seconds(time.as_second());
    }
    let text = text.strip_suffix(" UTC").or_else(|| text.strip_suffix('Z')).unwrap_or(text);
    if let Ok(local) = text.parse::<civil::DateTime>() {
        return civil_time(local);
    }
    text.parse::<civil::Date>().ok().and_then(|date| civil_time(date.to_datetime(civil::Time::midnight())))
}

fn civil_time(local: civil::DateTime) -> Option<Moment> {
    if local.year() >= NEVER_YEAR {
        return Some(Moment::Never);
    }
    seconds(local.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn seconds(second: i64) -> Option<Moment> {
    let Ok(time) = jiff::Timestamp::from_second(second) else { return Some(Moment::Never) };
    match time.to_zoned(TimeZone::UTC).year() {
        year if year >= NEVER_YEAR => Some(Moment::Never),
        // the zero of Go and .NET: no time was set
        year if year <= 1 => None,
        _ => Some(Moment::At(Time(second))),
    }
}

fn epoch(text: &str) -> Option<Moment> {
    let number = text.parse::<i64>().ok().or_else(|| text.parse::<f64>().ok().filter(|f| f.is_finite()).map(|f| f as i64))?;
    match number {
        n if n >= MILLISECONDS => seconds(n.div_euclid(1000)),
        n if n >= LEAST_EPOCH => seconds(n),
        _ => None,
    }
}

/// `{"__class__": "datetime", "year": …}`, as recorded by placebo.
fn placebo(tree: &Tree) -> Option<Moment> {
    let part = |key: &str, or: i64| tree.get(key).and_then(Tree::number).unwrap_or(or);
    let date =
        civil::Date::new(part("year", 0).try_into().ok()?, part("month", 1).try_into().ok()?, part("day", 1).try_into().ok()?).ok()?;
    let time =
        civil::Time::new(part("hour", 0).try_into().ok()?, part("minute", 0).try_into().ok()?, part("second", 0).try_into().ok()?, 0)
            .ok()?;
    civil_time(date.to_datetime(time))
}

/// Seconds of a duration: ISO (`P90D`, `PT8H`), Go (`720h0m0s`), or a bare number of seconds.
pub(crate) fn duration(tree: &Tree) -> Option<i64> {
    match &tree.node {
        Node::Number(_) => tree.number(),
        Node::Text(text) => span(text.trim()),
        _ => None,
    }
}

fn span(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<i64>() {
        return Some(number);
    }
    let span: jiff::Span = text.parse().ok()?;
    let days = i64::from(span.get_years()) * 365 + i64::from(span.get_months()) * 30 + i64::from(span.get_weeks()) * 7;
    let days = days.checked_add(i64::from(span.get_days()))?;
    days.checked_mul(86_400)?
        .checked_add(i64::from(span.get_hours()).checked_mul(3600)?)?
        .checked_add(span.get_minutes().checked_mul(60)?)?
        .checked_add(span.get_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::day;
    use crate::tree::json;

    fn at(text: &str) -> Option<String> {
        parse(text).map(|m| match m {
            Moment::At(t) => jiff::Timestamp::from_second(t.0).expect("in range").to_string(),
            Moment::Never => "never".into(),
        })
    }

    #[test]
    fn every_form_of_a_time() {
        for (text, want) in [
            ("2024-03-11T08:42:19+00:00", "2024-03-11T08:42:19Z"),
            ("2024-03-11T08:42:19+02:00", "2024-03-11T06:42:19Z"),
            ("2019-04-08T23:30:46.4341990Z", "2019-04-08T23:30:46Z"),
            ("2025-03-17T09:26:51.402817", "2025-03-17T09:26:51Z"),
            ("2025-03-17 09:26:51", "2025-03-17T09:26:51Z"),
            ("2025-03-17", "2025-03-17T00:00:00Z"),
            ("/Date(1777406310050)/", "2026-04-28T19:58:30Z"),
            ("/Date(1777406310050+0200)/", "2026-04-28T19:58:30Z"),
            ("\\/Date(1777406310050)\\/", "2026-04-28T19:58:30Z"),
            ("1753908757", "2025-07-30T20:52:37Z"),
            ("1777406310050", "2026-04-28T19:58:30Z"),
            ("2099-08-10T11:07:38+00:00", "2099-08-10T11:07:38Z"),
            ("9999-12-31T23:59:59Z", "never"),
            ("9999-12-31T23:59:59.9999999", "never"),
            ("2299-12-31T00:00:00Z", "never"),
        ] {
            assert_eq!(at(text).as_deref(), Some(want), "{text}");
        }
        for text in ["", "N/A", "no_information", "not_supported", "0", "12", "0001-01-01T00:00:00Z", "eu-central-1", "2024-13-45"] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn times_in_trees() {
        let tree =
            json(r#"[{"__class__":"datetime","year":2020,"month":1,"day":21,"hour":0}, 1579564800, {"value":"\/Date(1579564800000)\/"}]"#)
                .expect("json");
        let want = day("2020-01-21").map(Moment::At);
        for item in tree.items() {
            assert_eq!(moment(item), want);
        }
        let tree = json(r#"[{"__class__":"datetime","year":70000}, {"__class__":"datetime","year":2020,"month":99}, null, true, []]"#)
            .expect("json");
        for item in tree.items() {
            assert_eq!(moment(item), None);
        }
    }

    #[test]
    fn durations() {
        for (text, want) in
            [("P90D", 90 * 86_400), ("PT8H", 28_800), ("720h0m0s", 2_592_000), ("P1Y", 365 * 86_400), ("300", 300), ("PT1M30S", 90)]
        {
            assert_eq!(span(text), Some(want), "{text}");
        }
        assert_eq!(span("soon"), None);
    }
}

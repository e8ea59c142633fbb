//! The numbers of a promise: how many, how long, how soon.

use super::classes::Words;
use crate::rule::class;

/// Numbers that texts write out.
const NUMBERS: [(&str, i64); 22] = [
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("twenty", 20),
    ("twenty-four", 24),
    ("thirty", 30),
    ("forty", 40),
    ("forty-eight", 48),
    ("forty-five", 45),
    ("sixty", 60),
    ("ninety", 90),
];

/// What a word or digits count.
fn counted(word: &str) -> Option<i64> {
    NUMBERS.iter().find(|(n, _)| *n == word).map(|(_, v)| *v).or_else(|| word.parse().ok())
}

/// "at least 14 characters".
pub(super) fn characters(words: &Words<'_>) -> Option<i64> {
    words.each.windows(2).find_map(|pair| match pair {
        [(number, _), ("character" | "characters", _)] => counted(number).filter(|n| (4..=256).contains(n)),
        _ => None,
    })
}

/// "three of five": how many of several it takes.
pub(super) fn quorum(words: &Words<'_>) -> Option<i64> {
    let number = |w: &str| counted(w).filter(|n| (2..=20).contains(n));
    let fewer = |few: &str, all: &str| number(few).filter(|few| number(all).is_some_and(|all| all > *few));
    let whole = words.each.windows(3).find_map(|w| if let [(few, _), ("of", _), (all, _)] = w { fewer(few, all) } else { None });
    whole.or_else(|| {
        words.each.windows(4).find_map(|w| if let [(few, _), ("out", _), ("of", _), (all, _)] = w { fewer(few, all) } else { None })
    })
}

/// How many have to agree besides whoever asks, as the sentence says it.
pub(super) fn agreeing(words: &Words<'_>) -> Option<i64> {
    let near = |at: usize| words.each.iter().skip(at + 1).take(3).any(|(_, class)| class & class::ONE_MORE != 0);
    let words: Vec<&str> = words.each.iter().map(|w| w.0).collect();
    for (at, word) in words.iter().enumerate() {
        let number = match *word {
            "two" | "2" | "dual" | "both" => 2,
            "three" | "3" => 3,
            "second" if words.get(at + 1).is_some_and(|w| w.starts_with("approv") || w.starts_with("review")) => 2,
            _ => continue,
        };
        if near(at) {
            return Some(number);
        }
    }
    let by_somebody = words
        .windows(2)
        .any(|w| matches!(w, ["approved" | "reviewed", "by"]) || matches!(w, ["approves" | "approve", "the" | "it" | "every" | "each"]));
    let by_another = words.windows(3).any(|w| {
        matches!(
            w,
            [
                "a",
                "second",
                "person" | "pair" | "engineer" | "colleague" | "member" | "administrator" | "admin" | "manager" | "operator" | "lead"
            ]
        )
    });
    let demanded = words.iter().any(|w| matches!(*w, "requires" | "require" | "required" | "needs" | "need" | "must"));
    (by_somebody || by_another || demanded && words.iter().any(|w| matches!(*w, "approval" | "approved"))).then_some(1)
}

/// A length of time that the sentence names, in seconds: "every 90 days", "4 hours", "quarterly".
pub(super) fn span(words: &Words<'_>) -> Option<i64> {
    const DAY: i64 = 86_400;
    let often = words.each.iter().find_map(|(word, _)| match *word {
        "quarterly" => Some(92 * DAY),
        "monthly" => Some(31 * DAY),
        _ => None,
    });
    if often.is_some() {
        return often;
    }
    words.each.windows(2).find_map(|pair| {
        let [(number, _), (unit, _)] = pair else { return None };
        let number: i64 = match *number {
            "one" | "an" | "a" | "every" => 1,
            other => counted(other).filter(|n| (1..=10_000).contains(n))?,
        };
        let unit = match *unit {
            "minute" | "minutes" => 60,
            "hour" | "hours" => 3_600,
            "day" | "days" => DAY,
            "week" | "weeks" => 7 * DAY,
            "month" | "months" => 31 * DAY,
            "year" | "years" => 366 * DAY,
            _ => return None,
        };
        Some(number * unit)
    })
}

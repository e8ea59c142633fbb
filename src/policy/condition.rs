//! What the conditions of a statement ask for, as far as it matters for recovery. A key that the lexicon does not know makes a
//! statement undecided, never silent.

use super::glob;
use crate::fact::{Time, day};
use crate::rule::ConditionEntry;

/// What the conditions of one statement ask for, all of them together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Demand<'a> {
    /// A second factor was used.
    pub(super) mfa: bool,
    /// A second factor was used, or the request does not say: long-lived keys never say.
    pub(super) mfa_if_present: bool,
    /// No second factor was used; whether a request that does not say counts as such.
    pub(super) without_mfa: Option<bool>,
    /// A tag of the target or of the principal; whether the tag must differ.
    pub(super) tag: Option<bool>,
    /// Where the request comes from.
    pub(super) source: bool,
    /// It works on things that give nobody more power.
    pub(super) bound: bool,
    /// It holds after this time.
    pub(super) from: Option<Time>,
    /// It holds before this time.
    pub(super) until: Option<Time>,
    /// Names and addresses of principals; whether they must differ.
    principals: Vec<(bool, Vec<&'a str>)>,
    /// Keys that are not known.
    pub(super) unknown: Vec<&'a str>,
}

impl<'a> Demand<'a> {
    /// Reads one more condition of a statement: key, operator and values. What a key asks for is the lexicon's to say.
    pub(super) fn add(&mut self, known: &[ConditionEntry], key: &'a str, operator: &str, values: Vec<&'a str>) {
        let entry = known.iter().find(|entry| entry.keys.iter().any(|k| glob::matches(k, key)));
        let operator = operator.to_ascii_lowercase();
        let operator = operator.rsplit(':').next().unwrap_or_default();
        let (operator, if_exists) = operator.strip_suffix("ifexists").map_or((operator, false), |plain| (plain, true));
        let negated = operator.contains("not");
        let says = |word: &str| values.iter().any(|v| v.eq_ignore_ascii_case(word));
        let second_factor = |demand: &mut Self| if if_exists { demand.mfa_if_present = true } else { demand.mfa = true };
        match entry.map(|e| e.asks.as_str()) {
            Some("second_factor") if operator == "null" => match says("true") {
                true => self.without_mfa = Some(true),
                // the request says something, and that may be no
                false => self.mfa_if_present = true,
            },
            Some("second_factor") if says("true") != negated => second_factor(self),
            Some("second_factor") => self.without_mfa = Some(if_exists),
            Some("second_factor_age") if operator == "null" => match says("true") {
                true => self.without_mfa = Some(true),
                false => self.mfa = true,
            },
            Some("second_factor_age") if operator.contains("greater") => self.without_mfa = Some(if_exists),
            Some("second_factor_age") => second_factor(self),
            Some("time") => self.time(operator, &values),
            Some("holder") => {
                if !values.iter().any(|v| v.bytes().all(|b| b == b'*')) {
                    self.principals.push((negated, values));
                }
            }
            Some("given") => {
                let but = entry.map_or(&[] as &[String], |e| &e.but);
                let harmless = |v: &&str| !but.iter().any(|b| glob::matches(v, b)) && !v.bytes().all(|b| b == b'*');
                self.bound |= !negated && values.iter().all(harmless);
            }
            Some("bound") => self.bound = true,
            Some("nothing") => {}
            Some("source") => self.source |= !values.iter().any(|v| matches!(*v, "0.0.0.0/0" | "::/0" | "*")),
            Some("tag") => {
                // what has no such tag passes as well, so nothing is kept out
                if !if_exists {
                    self.tag = Some(negated);
                }
            }
            _ if values.contains(&"*") && operator.ends_with("like") && !negated => {}
            _ => self.unknown.push(key),
        }
    }

    fn time(&mut self, operator: &str, values: &[&str]) {
        let parse = |text: &str| {
            let stamp = text.parse::<jiff::Timestamp>().ok().map(|t| Time(t.as_second()));
            stamp.or_else(|| text.parse().ok().map(Time)).or_else(|| day(text))
        };
        let Some(time) = values.first().and_then(|v| parse(v.trim())) else { return };
        if operator.contains("greater") {
            self.from = Some(self.from.map_or(time, |t| t.max(time)));
        } else if operator.contains("less") {
            self.until = Some(self.until.map_or(time, |t| t.min(time)));
        }
    }

    /// Whether it can hold for a principal, told by name and address.
    pub(super) fn concerns(&self, name: &str, address: &str) -> bool {
        let is = |values: &[&str]| values.iter().any(|v| glob::matches(v, address) || glob::matches(v, name));
        self.principals.iter().all(|(negated, values)| is(values) != *negated)
    }

    /// Whether the answer depends on who asks.
    pub(super) fn is_personal(&self) -> bool {
        !self.principals.is_empty()
    }

    /// Whether it asks for nothing, but for who asks.
    pub(super) fn is_empty(&self) -> bool {
        let Self { mfa, mfa_if_present, without_mfa, tag, source, bound, from, until, principals: _, unknown } = self;
        !(*mfa || *mfa_if_present || *source || *bound)
            && without_mfa.is_none()
            && tag.is_none()
            && from.is_none()
            && until.is_none()
            && unknown.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(conditions: &[(&'static str, &'static str, &'static str)]) -> Demand<'static> {
        let mut demand = Demand::default();
        for (operator, key, value) in conditions {
            demand.add(&crate::rules().lexicon.conditions, key, operator, vec![value]);
        }
        demand
    }

    #[test]
    fn a_second_factor_and_what_only_looks_like_one() {
        let one = |operator, value| demand(&[(operator, "aws:MultiFactorAuthPresent", value)]);
        assert!(one("Bool", "true").mfa);
        assert!(one("BoolIfExists", "true").mfa_if_present && !one("BoolIfExists", "true").mfa);
        assert_eq!(one("BoolIfExists", "false").without_mfa, Some(true));
        assert_eq!(one("Bool", "false").without_mfa, Some(false));
        assert!(demand(&[("NumericLessThan", "aws:MultiFactorAuthAge", "3600")]).mfa);
        assert!(demand(&[("Null", "aws:MultiFactorAuthAge", "false")]).mfa);
    }

    #[test]
    fn conditions_that_always_hold_ask_for_nothing() {
        for always in [
            ("StringLike", "aws:username", "*"),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
            ("Bool", "aws:SecureTransport", "true"),
            ("StringEqualsIfExists", "aws:ResourceTag/team", "desk"),
            ("StringLike", "example:key", "*"),
        ] {
            assert!(demand(&[always]).is_empty(), "{always:?}");
        }
    }

    #[test]
    fn times_principals_and_what_nobody_knows() {
        let d = demand(&[("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:01Z"), ("DateLessThan", "aws:EpochTime", "1577836800")]);
        assert_eq!((d.from.map(Time::date), d.until.map(Time::date)), (Some("2020-01-01".into()), Some("2020-01-01".into())));
        let d = demand(&[("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/rescue-*")]);
        assert!(d.concerns("x", "arn:aws:iam::1:role/x") && !d.concerns("rescue-1", "arn:aws:iam::1:role/rescue-1"));
        assert_eq!(demand(&[("StringEquals", "acme:mood", "good")]).unknown, ["acme:mood"]);
        assert!(demand(&[("ArnEquals", "iam:PolicyARN", "arn:aws:iam::aws:policy/ReadOnlyAccess")]).bound);
        assert!(!demand(&[("ArnLike", "iam:PolicyARN", "arn:aws:iam::aws:policy/*")]).bound);
        assert_eq!(demand(&[("StringEquals", "iam:ResourceTag/team", "desk")]).tag, Some(false));
    }
}

//! What the conditions of a statement ask for, as far as it matters for recovery. A key that is not known here makes a statement
//! undecided, never silent.

use super::glob;
use crate::fact::{Time, day};

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

/// Keys that say where a request comes from.
const SOURCES: &[&str] = &[
    "aws:sourceip",
    "aws:vpcsourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourcevpcarn",
    "aws:ec2instancesourcevpc",
    "aws:ec2instancesourceprivateipv4",
    "aws:viaawsservice",
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:useragent",
    "aws:referer",
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceidentity",
];
/// Keys that hold for whoever belongs to the account or organization anyway.
const ALWAYS: &[&str] = &[
    "aws:securetransport",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:principalisawsservice",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:requestedregion",
];
/// Keys that exist in requests of a few actions only, none of which gives a power by itself.
const BOUND: &[&str] = &["iam:permissionsboundary", "iam:passedtoservice", "iam:awsservicename", "iam:associatedresourcearn"];
/// Policies that make whoever gets them an administrator.
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

impl<'a> Demand<'a> {
    /// Reads the conditions of a statement: key, operator and values of each.
    pub(super) fn of(conditions: impl Iterator<Item = (&'a str, &'a str, Vec<&'a str>)>) -> Self {
        let mut demand = Self::default();
        for (key, operator, values) in conditions {
            demand.add(key, operator, values);
        }
        demand
    }

    fn add(&mut self, key: &'a str, operator: &str, values: Vec<&'a str>) {
        let lower = key.to_ascii_lowercase();
        let operator = operator.to_ascii_lowercase();
        let operator = operator.rsplit(':').next().unwrap_or_default();
        let (operator, if_exists) = operator.strip_suffix("ifexists").map_or((operator, false), |plain| (plain, true));
        let negated = operator.contains("not");
        let says = |word: &str| values.iter().any(|v| v.eq_ignore_ascii_case(word));
        let second_factor = |demand: &mut Self| if if_exists { demand.mfa_if_present = true } else { demand.mfa = true };
        match lower.as_str() {
            "aws:multifactorauthpresent" if operator == "null" => match says("true") {
                true => self.without_mfa = Some(true),
                // the request says something, and that may be no
                false => self.mfa_if_present = true,
            },
            "aws:multifactorauthpresent" if says("true") != negated => second_factor(self),
            "aws:multifactorauthpresent" => self.without_mfa = Some(if_exists),
            "aws:multifactorauthage" if operator == "null" => match says("true") {
                true => self.without_mfa = Some(true),
                false => self.mfa = true,
            },
            "aws:multifactorauthage" if operator.contains("greater") => self.without_mfa = Some(if_exists),
            "aws:multifactorauthage" => second_factor(self),
            "aws:currenttime" | "aws:epochtime" | "aws:tokenissuetime" => self.time(operator, &values),
            "aws:username" | "aws:userid" | "aws:principalarn" => {
                if !values.iter().any(|v| v.bytes().all(|b| b == b'*')) {
                    self.principals.push((negated, values));
                }
            }
            "iam:policyarn" => {
                let harmless = |v: &&str| !glob::matches(v, ADMIN) && !v.bytes().all(|b| b == b'*');
                self.bound |= !negated && values.iter().all(harmless);
            }
            known if BOUND.contains(&known) => self.bound = true,
            known if ALWAYS.contains(&known) => {}
            known if SOURCES.contains(&known) => self.source |= !values.iter().any(|v| matches!(*v, "0.0.0.0/0" | "::/0" | "*")),
            known if known.contains("tag/") || known == "aws:tagkeys" => {
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
            demand.add(key, operator, vec![value]);
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

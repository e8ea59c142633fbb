//! What was found, and how findings on the same bytes are settled: the most telling one stays, all of them are hidden.

use super::key::Class;
use crate::rule::Pattern;
use std::borrow::Cow;

/// Bytes `[start, end)`.
pub(super) type Span = (usize, usize);

/// What found it.
#[derive(Debug, Clone, Copy)]
pub(super) enum What<'a> {
    /// The pattern of a vendor.
    Pattern(&'a Pattern),
    /// Its surroundings: an id such as `generic.assignment`.
    Guess(&'static str, Class),
}

/// A value that is, or may be, a secret.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    /// The secret.
    pub(super) span: Span,
    /// The secret and what belongs to it.
    pub(super) whole: Span,
    /// What found it.
    pub(super) what: What<'a>,
    /// The name it is assigned to.
    pub(super) name: Option<&'a str>,
    /// What exports call it.
    pub(super) key_id: Option<&'a str>,
    /// The secret as it is used.
    pub(super) value: Cow<'a, str>,
    /// Whether it is encrypted.
    pub(super) encrypted: bool,
    /// What it is worth.
    pub(super) worth: Worth,
}

/// What is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// It is no secret, and what else is seen in the same bytes is none either.
    Nothing,
    /// It is hidden.
    Mark,
    /// It is hidden and reported.
    Sighting,
}

impl Found<'_> {
    /// The more telling of two rules that see the same bytes has the higher rank.
    fn rank(&self) -> u8 {
        match self.what {
            What::Guess(..) => 0,
            What::Pattern(p) => match p.id.as_str() {
                "database.service-url"
                | "database.url"
                | "database.key-value"
                | "npm.registry-credential"
                | "private-key.pem"
                | "jwt.token"
                | "hashicorp.vault-token"
                | "docker.registry-auth"
                | "recovery.otp-seed" => 1,
                "google.service-account-key" | "aws.access-key-pair" => 3,
                _ => 2,
            },
        }
    }

    /// Whether it names a key and holds none.
    pub(super) fn is_key_id(&self) -> bool {
        matches!(self.what, What::Pattern(p) if p.kind == "access_key_id")
    }
}

/// One of each group that shares bytes, in order of place. A name that only a loser knows passes to the winner.
pub(super) fn settle(mut found: Vec<Found<'_>>) -> Vec<Found<'_>> {
    found.sort_by(|a, b| a.span.cmp(&b.span).then(b.rank().cmp(&a.rank())));
    let mut kept: Vec<Found<'_>> = Vec::with_capacity(found.len());
    for next in found {
        match kept.last_mut() {
            Some(last) if next.span.0 < last.span.1 => {
                let better = (next.rank(), next.worth, next.span.1 - next.span.0) > (last.rank(), last.worth, last.span.1 - last.span.0);
                let name = last.name.or(next.name);
                if better {
                    *last = next;
                }
                last.name = name;
            }
            _ => kept.push(next),
        }
    }
    // a pair holds the id of its key
    let pairs: Vec<Span> = kept.iter().filter(|f| f.rank() == 3 && f.worth == Worth::Sighting).map(|f| f.whole).collect();
    kept.retain(|f| {
        let before = pairs.partition_point(|p| p.0 <= f.span.0);
        !(f.is_key_id() && before.checked_sub(1).and_then(|i| pairs.get(i)).is_some_and(|p| f.span.1 <= p.1))
    });
    name_the_keys(&mut kept);
    kept
}

/// How far from its secret the id of an access key may stand, in bytes: a few lines.
const NEAR: usize = 400;

/// AWS prints id and secret one after the other: the secret takes the id's name.
fn name_the_keys(kept: &mut [Found<'_>]) {
    let ids: Vec<(usize, &str)> = kept.iter().filter(|f| f.is_key_id()).filter_map(|f| Some((f.span.0, f.key_id?))).collect();
    let is_secret = |f: &Found<'_>| match f.what {
        What::Pattern(p) => p.id == "aws.secret-access-key",
        // `secret_key` beside an id, as Terraform and s3cmd have it
        What::Guess(..) => f.value.len() == 40 && f.value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'/' || b == b'+'),
    };
    for secret in kept.iter_mut().filter(|f| f.key_id.is_none() && is_secret(f)) {
        let after = ids.partition_point(|(at, _)| *at < secret.span.0);
        let candidates = [after.checked_sub(1).and_then(|i| ids.get(i)), ids.get(after)];
        let near = candidates.into_iter().flatten().filter(|(at, _)| at.abs_diff(secret.span.0) <= NEAR);
        secret.key_id = near.min_by_key(|(at, _)| at.abs_diff(secret.span.0)).map(|(_, id)| *id);
    }
}

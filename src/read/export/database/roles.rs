//! Roles of PostgreSQL: which of them sign in, what they may, and until when their password holds.

use super::sql::WORDS;
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Value, credential, credential_type, principal, principal_type, status};
use crate::read::export::date::{self, Moment};
use crate::read::export::record::{Record, segment};
use crate::read::export::stating;
use crate::read::{Drafts, Mark};
use crate::tree::Tree;

const PRODUCT: &str = "postgres";
/// Attributes with which a role rules the whole server, or whoever signs in to it.
const POWERFUL: &[&str] = &["SUPERUSER", "CREATEROLE", "REPLICATION", "BYPASSRLS"];
/// Roles of the product and of those who host it, which nobody else can sign in as.
const HOSTED: &[&str] = &["rdsadmin", "cloudsqladmin", "azuresu", "azure_superuser", "azure_pg_admin", "rdstopmgr"];

pub(super) fn role(record: &Record<'_>, out: &mut Drafts) {
    let words = record.tree.get(WORDS).map(Tree::items).unwrap_or_default();
    let text = |n: usize| words.get(n).and_then(Tree::text).unwrap_or_default();
    let name = text(2);
    // CREATE ROLE comes first and says nothing; what a role is like is said by the ALTER that follows
    let options: Vec<&str> = words.iter().skip(3).filter_map(Tree::text).collect();
    if name.is_empty()
        || options.len() < 2
        || options.first().is_some_and(|o| ["SET", "RESET", "IN"].iter().any(|w| o.eq_ignore_ascii_case(w)))
    {
        return;
    }
    let has = |word: &str| options.iter().any(|o| o.eq_ignore_ascii_case(word));
    let held: Vec<&str> = POWERFUL.iter().copied().filter(|p| has(p)).collect();
    let spot = place(record, record.tree);
    let login = has("LOGIN") || (text(1).eq_ignore_ascii_case("USER") && !has("NOLOGIN"));
    let anchor = format!("/roles{}", segment(name));
    let mut draft = Draft::new(Kind::Principal, name.to_owned(), anchor.clone(), spot.clone())
        .saying(principal::PRODUCT, PRODUCT)
        .saying(principal::TYPE, if login { principal_type::USER } else { principal_type::GROUP })
        .saying(principal::ENABLED, login)
        .saying(principal::PRIVILEGED, !held.is_empty());
    stating::purpose(&mut draft, principal::PURPOSE, name);
    out.facts.push(draft);

    let after = |word: &str| words.iter().skip_while(|w| !w.text().is_some_and(|t| t.eq_ignore_ascii_case(word))).nth(1);
    let password = after("PASSWORD").filter(|p| p.text().is_some_and(|t| t.len() > 3 && !t.eq_ignore_ascii_case("NULL")));
    if let Some(hash) = password {
        let (start, end) = (hash.span.start + 1, hash.span.end.saturating_sub(1));
        out.marks.push(Mark { start, end: end.max(start), value: hash.text().unwrap_or_default().to_owned(), public_prefix: 0 });
    }
    // the role that a server is made with signs in on the machine itself, unless it was given a password
    if !login || HOSTED.contains(&name) || (name == PRODUCT && password.is_none()) {
        return;
    }
    let mut draft = Draft::new(Kind::Credential, name.to_owned(), format!("{anchor}/password"), spot)
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, credential_type::PASSWORD)
        .saying(credential::HOLDER, name)
        .saying(credential::PRIVILEGED, !held.is_empty());
    for attribute in held {
        draft.say(credential::SCOPES, attribute);
    }
    stating::purpose(&mut draft, credential::PURPOSE, name);
    let until = words.windows(3).find_map(|w| match w {
        [a, b, c]
            if a.text().is_some_and(|t| t.eq_ignore_ascii_case("VALID")) && b.text().is_some_and(|t| t.eq_ignore_ascii_case("UNTIL")) =>
        {
            Some(c)
        }
        _ => None,
    });
    if let Some(until) = until {
        let at = place(record, until);
        let said = until.text().unwrap_or_default();
        // 2026-12-31 00:00:00+00 has an offset of two digits
        let moment = date::parse(said).or_else(|| date::parse(said.get(..19)?)).or_else(|| date::parse(said.get(..10)?));
        match moment {
            _ if said.eq_ignore_ascii_case("infinity") => draft.fields.say(credential::EXPIRES, Value::Never, &at),
            Some(Moment::Never) => draft.fields.say(credential::EXPIRES, Value::Never, &at),
            Some(Moment::At(time)) => draft.fields.say(credential::EXPIRES, time, &at),
            None => {}
        }
    }
    draft.say(credential::STATUS, status::ACTIVE);
    out.facts.push(draft.could_say(&[credential::EXPIRES, credential::PURPOSE]));
}

/// A place in a dump has a line and no pointer.
fn place(_record: &Record<'_>, tree: &Tree) -> Spot {
    Spot::at(tree.span.start, tree.span.end)
}

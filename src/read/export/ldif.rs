//! LDIF, and what `ipa` prints: entries of attributes, a line each. OpenLDAP, 389 Directory Server, FreeIPA and Active Directory write it.
//!
//! Entries become records like those of other exports: the attributes of an entry under their own names, several values as a list. Entries
//! of Active Directory are left to its reader.

use super::date::{Moment, parse};
use super::federation;
use super::input::Head;
use super::names::purpose_of;
use super::record::Record;
use super::site::{Said, Site, claim, literal, mark_value};
use super::{ExportReader, Format};
use crate::fact::{Basis, Kind, Time, Value, credential, credential_type, principal, principal_type, setting, status, tenant};
use crate::read::Drafts;
use crate::tree::{Entry, Node, Tree};
use base64::Engine;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

pub(super) struct Ldif;

const KIND: &str = "ldap.entries";
const PRODUCT: &str = "ldap";
/// The key that holds the entries of a text.
const ENTRIES: &str = "$entries";
/// What the directory does not tell.
const HIDES: &[&str] = &["which users have a second factor", "what the server's access rules allow"];
/// Groups whose members rule the directory.
const RULING: &[&str] = &[
    "admins",
    "trust admins",
    "domain admins",
    "enterprise admins",
    "administrators",
    "directory administrators",
    "ldap admins",
    "ldapadmins",
    "cn=admins",
];
/// What `ipa` calls attributes when it prints them for people.
const SPOKEN: &[(&str, &str)] = &[
    ("user login", "uid"),
    ("email address", "mail"),
    ("member of groups", "memberof"),
    ("account disabled", "nsaccountlock"),
    ("group", "policygroup"),
    ("max lifetime (days)", "maxlifedays"),
    ("min length", "krbpwdminlength"),
    ("max failures", "krbpwdmaxfailure"),
    ("lockout duration", "krbpwdlockoutduration"),
];

/// The entries of a text, if it is one of entries: every entry begins with its name, and a line that is no attribute ends the reading.
pub(super) fn entries(text: &str) -> Option<Tree> {
    let first = text.lines().map(str::trim).find(|line| !is_frame(line))?;
    let ours = first.starts_with("dn:") || first.starts_with("version: 1") || SPOKEN.iter().any(|(s, _)| begins(first, s));
    if !ours {
        return None;
    }
    let mut found: Vec<Tree> = Vec::new();
    let mut entry = Gathered::default();
    for Line { text: line, at } in lines(text) {
        let line = line.as_ref();
        let name = attribute(line);
        // what `ipa` prints is not parted by blank lines alone
        let starts = line.is_empty() || is_frame(line) || matches!(&name, Some(n) if n.key == "dn" && entry.known.contains_key("dn"));
        if starts {
            found.extend(std::mem::take(&mut entry).done());
        }
        if let Some(name) = name.filter(|_| !is_frame(line)) {
            entry.add(name, &at);
        }
    }
    found.extend(entry.done());
    let span = 0..text.len();
    let list = Tree { node: Node::List(found), span: span.clone() };
    Some(Tree { node: Node::Map(vec![Entry { key: ENTRIES.into(), value: list, at: 0 }]), span })
}

/// A line with its place; a folded one is put together.
struct Line<'t> {
    text: Cow<'t, str>,
    at: Range<usize>,
}

/// The lines of a text. A line that begins with a blank goes on with the one before, in LDIF; `ipa` indents all of them.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let folds = text.lines().find(|l| !is_frame(l.trim())).is_some_and(|l| !l.starts_with(' '));
    let mut at = 0;
    let mut rest = text.split_inclusive('\n').peekable();
    std::iter::from_fn(move || {
        let line = rest.next()?;
        let start = at + line.len() - line.trim_start_matches([' ', '\t']).len();
        at += line.len();
        let mut found = Line { text: Cow::Borrowed(line.trim()), at: start..start + line.trim().len() };
        while folds && rest.peek().is_some_and(|next| next.starts_with(' ')) {
            let more = rest.next().unwrap_or_default();
            found.text.to_mut().push_str(more.get(1..).unwrap_or_default().trim_end());
            found.at.end = at + more.trim_end().len();
            at += more.len();
        }
        Some(found)
    })
}

/// A comment, a rule, or what is said around the entries.
fn is_frame(line: &str) -> bool {
    line.is_empty()
        || line.starts_with('#')
        || line.starts_with("---")
        || line.ends_with(" matched")
        || line.starts_with("Number of entries")
}

fn begins(line: &str, name: &str) -> bool {
    line.split_once(':').is_some_and(|(key, _)| key.eq_ignore_ascii_case(name))
}

/// One line of an entry.
struct Attribute {
    key: String,
    value: String,
    /// Where the value begins in the line.
    value_at: usize,
}

fn attribute(line: &str) -> Option<Attribute> {
    let (key, rest) = line.split_once(':')?;
    let named = !key.is_empty()
        && key.len() < 64
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b';' | b'.' | b' ' | b'(' | b')'));
    if !named {
        return None;
    }
    let encoded = rest.starts_with(':');
    let plain = rest.trim_start_matches(':').trim();
    let start = line.len() - plain.len();
    let value = if encoded {
        let bytes = base64::engine::general_purpose::STANDARD.decode(plain.as_bytes()).ok()?;
        String::from_utf8(bytes).ok()?
    } else {
        plain.to_owned()
    };
    let lower = key.split(';').next().unwrap_or(key).to_ascii_lowercase();
    let key = SPOKEN.iter().find(|(s, _)| *s == lower).map_or(lower, |(_, name)| (*name).to_owned());
    Some(Attribute { key, value, value_at: start })
}

/// An entry while its lines are read.
#[derive(Default)]
struct Gathered {
    entries: Vec<Entry>,
    known: HashMap<String, usize>,
}

impl Gathered {
    fn add(&mut self, attribute: Attribute, at: &Range<usize>) {
        let span = (at.start + attribute.value_at).min(at.end)..at.end;
        let value = Tree { node: Node::Text(attribute.value.into()), span: span.clone() };
        match self.known.get(&attribute.key).and_then(|i| self.entries.get_mut(*i)) {
            Some(entry) => match &mut entry.value.node {
                Node::List(items) => items.push(value),
                _ => {
                    let first = std::mem::replace(&mut entry.value, Tree { node: Node::Null, span });
                    entry.value = Tree { span: first.span.clone(), node: Node::List(vec![first, value]) };
                }
            },
            None => {
                self.known.insert(attribute.key.clone(), self.entries.len());
                self.entries.push(Entry { key: attribute.key.into(), value, at: at.start });
            }
        }
    }

    fn done(self) -> Option<Tree> {
        let (first, last) = (self.entries.first()?.at, self.entries.last()?.value.span.end);
        Some(Tree { node: Node::Map(self.entries), span: first..last.max(first) })
    }
}

impl ExportReader for Ldif {
    fn needles(&self) -> &'static [&'static str] {
        &["dn: ", "objectclass: ", "user login: ", "max lifetime (days): "]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let known = |entry: &Tree| {
            entry.get("objectclass").is_some()
                || ["uid", "krbpwdminlength", "pwdminlength", "userpassword", "samaccountname"].iter().any(|k| entry.get(k).is_some())
        };
        let entries = head.tree.get(ENTRIES).map(Tree::items)?;
        entries.iter().any(known).then_some(Format { kind: KIND, records: &[ENTRIES] })
    }

    fn record(&self, _kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let classes: Vec<String> = record.items(&["objectclass"]).iter().filter_map(|c| c.tree.text().map(str::to_lowercase)).collect();
        if record.tree.get("samaccountname").is_some() {
            return super::directory::Directory.record("ad.users", record, out);
        }
        let home = home(record);
        let site = Site::new(record, PRODUCT, &home);
        if classes.iter().any(|c| matches!(c.as_str(), "pwdpolicy" | "krbpwdpolicy")) || record.tree.get("krbpwdminlength").is_some() {
            policy(&site, out);
        } else if record.tree.get("uid").is_some() || record.tree.get("userpassword").is_some() {
            person(&site, out);
        }
        if !out.facts.iter().any(|f| f.kind == Kind::Tenant) {
            let name = if home.is_empty() { PRODUCT } else { &home };
            out.facts.push(HIDES.iter().fold(site.tenant(name, &[], &[]), |draft, what| draft.saying(tenant::HIDES, *what)));
        }
    }
}

/// The domain that the components of a name spell.
fn home(record: &Record<'_>) -> String {
    let name = record.text_at(&["dn"]).unwrap_or_default().to_lowercase();
    let parts: Vec<&str> = name.split(',').filter_map(|p| p.trim().strip_prefix("dc=")).collect();
    parts.join(".")
}

/// What a policy for passwords asks for.
fn policy(site: &Site<'_>, out: &mut Drafts) {
    let named = ["policygroup", "cn", "dn"].iter().find_map(|key| site.record.text_at(&[key])).unwrap_or("password policy");
    for key in ["pwdminlength", "krbpwdminlength"] {
        if let Some(least) = number(site, key) {
            out.facts.push(site.setting(&format!("{named}/{key}"), "password_length", setting::NUMBER, least));
        }
    }
    if let Some(most) = number(site, "pwdmaxfailure").or_else(|| number(site, "krbpwdmaxfailure")) {
        let locks = site.record.text_at(&["pwdlockout"]).is_none_or(|on| on.eq_ignore_ascii_case("true"));
        out.facts.push(site.setting(&format!("{named}/lockout"), "lockout", setting::ENABLED, most.map(|n| n > 0 && locks)));
    } else if let Some(on) = site.text(&["pwdlockout"]) {
        out.facts.push(site.setting(
            &format!("{named}/lockout"),
            "lockout",
            setting::ENABLED,
            on.map(|on| on.eq_ignore_ascii_case("true")),
        ));
    }
}

fn number(site: &Site<'_>, key: &str) -> Option<Said<i64>> {
    let said = site.text(&[key])?;
    let value = said.value.parse().ok()?;
    Some(said.map(|_| value))
}

/// Somebody who signs in, or something that does.
fn person(site: &Site<'_>, out: &mut Drafts) {
    let record = site.record;
    let first = |key: &str| {
        record
            .items(&[key])
            .into_iter()
            .next()
            .and_then(|r| Some(Said { value: r.tree.text()?.to_owned(), at: r.spot(), basis: Basis::Explicit }))
    };
    let Some(name) = first("uid").or_else(|| first("cn")).or_else(|| first("dn")) else { return };
    let mut draft = site
        .fact(Kind::Principal, &name.value, "/entries", record.spot())
        .saying(principal::TYPE, principal_type::USER)
        .saying(principal::PRODUCT, PRODUCT);
    if !site.tenant.is_empty() {
        draft.say(principal::TENANT, site.tenant);
    }
    for (field, keys) in [
        (principal::PASSWORD_CHANGED, &["krblastpwdchange", "pwdchangedtime", "passwordchangedtime"][..]),
        (principal::LAST_USED, &["krblastsuccessfulauth", "authtimestamp", "lastlogintime"]),
        (principal::CREATED, &["createtimestamp"]),
    ] {
        if let Some((time, at)) = keys.iter().find_map(|key| first(key).and_then(|s| Some((generalized(&s.value)?, s.at)))) {
            draft.fields.say(field, time, &at);
        }
    }
    if let Some(locked) = first("nsaccountlock") {
        claim(&mut draft, principal::ENABLED, locked.map(|on| !on.eq_ignore_ascii_case("true")));
    } else if let Some(locked) = first("pwdaccountlockedtime").filter(|t| t.value.starts_with("0000")) {
        claim(&mut draft, principal::ENABLED, locked.map(|_| false));
    }
    let groups = record.items(&["memberof"]);
    let rules = |text: &str| {
        let own = text.split(',').next().unwrap_or(text).trim().to_lowercase();
        RULING.contains(&own.trim_start_matches("cn="))
    };
    let ruling = groups.iter().find(|g| g.tree.text().is_some_and(|t| rules(t) || (!t.contains('=') && t.split(',').any(rules))));
    if let Some(group) = ruling {
        draft.fields.say(principal::PRIVILEGED, true, &group.spot());
    }
    if let Some(address) = first("mail") {
        federation::mail(&mut draft, principal::MAIL, Some(Said { value: address.value.as_str(), at: address.at, basis: Basis::Explicit }));
    }
    if let Some(word) = purpose_of(&name.value) {
        claim(&mut draft, principal::PURPOSE, Said { value: word, at: name.at.clone(), basis: Basis::Inferred });
    }
    out.facts.push(draft.could_say(&[principal::ENABLED, principal::PURPOSE]));
    for (n, password) in record.items(&["userpassword"]).iter().enumerate() {
        let Some(value) = password.tree.text() else { continue };
        mark_value(record.text, password.tree, out);
        // `{SSHA}…` is a hash, and the readers of secrets speak of it
        let hashed = value.starts_with('{') || value.starts_with("$");
        if !hashed && literal(value) {
            out.facts.push(
                site.fact(Kind::Credential, &name.value, &format!("/passwords/{n}"), password.spot())
                    .saying(credential::PRODUCT, PRODUCT)
                    .saying(credential::TYPE, credential_type::PASSWORD)
                    .saying(credential::HOLDER, name.value.as_str())
                    .saying(credential::STATUS, status::ACTIVE)
                    .saying(credential::PLAIN, true),
            );
        }
    }
}

/// `20240131093000Z`, `20240131093000.0Z`, or any time that other exports write.
fn generalized(text: &str) -> Option<Value<String, crate::artifact::Spot>> {
    let digits = text.get(..14).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
    let Some(d) = digits else {
        return match parse(text)? {
            Moment::At(time) => Some(Value::Time(time)),
            Moment::Never => None,
        };
    };
    let part = |range: Range<usize>| d.get(range);
    let day = crate::fact::day(&format!("{}-{}-{}", part(0..4)?, part(4..6)?, part(6..8)?))?;
    let number = |range: Range<usize>| part(range).and_then(|t| t.parse::<i64>().ok());
    Some(Value::Time(Time(day.0 + number(8..10)? * 3600 + number(10..12)? * 60 + number(12..14)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::day;
    use crate::read::export::tests::{of, read};

    const LDIF: &str = "# extended LDIF\nversion: 1\n\ndn: uid=ada,ou=people,dc=quay,dc=example\nobjectClass: inetOrgPerson\nuid: ada\nmail: ada@quay.example\nmemberOf: cn=admins,ou=groups,dc=quay,dc=example\npwdChangedTime: 20190131093000Z\nuserPassword: tideTable-4471-rope\n\ndn: uid=ben,ou=people,dc=quay,dc=example\nobjectClass: inetOrgPerson\nuid: ben\nuserPassword:: e1NTSEF9RGtNVHdCbCthLzNEUVR4Q1lFQXBkVXROWEdnZFVhYzM=\nnsAccountLock: TRUE\n\ndn: cn=default,ou=policies,dc=quay,dc=example\nobjectClass: pwdPolicy\ncn: default\npwdMinLength: 6\npwdLockout: FALSE\npwdMaxFailure: 5\n";

    #[test]
    fn people_and_policies() {
        let drafts = read("people.ldif", LDIF);
        assert_eq!(drafts.kind, Some(KIND));
        let people = of(&drafts, Kind::Principal);
        let ada = people.first().expect("ada");
        assert_eq!(ada.fields.flag(principal::PRIVILEGED), Some(true));
        assert_eq!(ada.fields.time(principal::PASSWORD_CHANGED).map(|t| Time(t.0.div_euclid(86_400) * 86_400)), day("2019-01-31"));
        assert_eq!(people.get(1).and_then(|b| b.fields.flag(principal::ENABLED)), Some(false));
        let plain: Vec<&str> = of(&drafts, Kind::Credential).iter().map(|c| c.name.as_str()).collect();
        assert_eq!(plain, ["ada"]);
        assert!(drafts.marks.iter().any(|m| &LDIF[m.start..m.end] == "tideTable-4471-rope"), "{:?}", drafts.marks);
        let settings: Vec<_> = of(&drafts, Kind::Setting).iter().map(|s| s.name.clone()).collect();
        assert_eq!(settings, ["default/pwdminlength", "default/lockout"]);
    }

    #[test]
    fn folded_lines_are_put_together() {
        let text = "dn: uid=ada,ou=people,\n dc=quay,dc=example\nobjectClass: person\nuid: a\n da\nuserPassword: tideTable\n -4471-rope\n";
        let drafts = read("x.ldif", text);
        let people = of(&drafts, Kind::Principal);
        assert_eq!(
            people.first().map(|p| (p.name.as_str(), p.fields.text(principal::TENANT).map(String::as_str))),
            Some(("ada", Some("quay.example")))
        );
        assert!(drafts.marks.iter().any(|m| text[m.start..m.end].contains("4471-rope")), "{:?}", drafts.marks);
    }

    #[test]
    fn what_ipa_prints() {
        let users = "---------------\n2 users matched\n---------------\n  dn: uid=admin,cn=users,cn=accounts,dc=quay,dc=example\n  User login: admin\n  Account disabled: False\n  Member of groups: admins, trust admins\n  krblastpwdchange: 20200101000000Z\n\n  dn: uid=ben,cn=users,cn=accounts,dc=quay,dc=example\n  User login: ben\n  Account disabled: True\n----------------------------\nNumber of entries returned 2\n----------------------------\n";
        let drafts = read("users.txt", users);
        let people = of(&drafts, Kind::Principal);
        let told: Vec<_> =
            people.iter().map(|p| (p.name.as_str(), p.fields.flag(principal::PRIVILEGED), p.fields.flag(principal::ENABLED))).collect();
        assert_eq!(told, [("admin", Some(true), Some(true)), ("ben", None, Some(false))]);
        let policy = read("policy.txt", "  Group: global_policy\n  Max lifetime (days): 90\n  Min length: 6\n  Max failures: 0\n");
        assert_eq!(of(&policy, Kind::Setting).len(), 2);
    }

    #[test]
    fn active_directory_is_left_to_its_reader_and_strangers_to_nobody() {
        let ad = read(
            "ad.ldif",
            "dn: CN=krbtgt,CN=Users,DC=quay,DC=example\nobjectClass: user\nsAMAccountName: krbtgt\npwdLastSet: 133480152000000000\nuserAccountControl: 514\n",
        );
        assert_eq!(of(&ad, Kind::Principal).first().and_then(|p| p.fields.flag(principal::SIGNS_TICKETS)), Some(true));
        for text in [
            "dn: x\n",
            "Group: the harbour crew\nNotes: none\n",
            "# a page\n\ndn: is an attribute\n\nIt names an entry.\n",
            "dn: uid=a\nuserPassword:: !!!\n",
        ] {
            assert!(read("x.txt", text).facts.iter().all(|f| f.kind != Kind::Credential), "{text}");
        }
    }
}

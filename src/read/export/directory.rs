//! Active Directory: users as `Get-ADUser` exports them. Only what a column says is known; a column that was not asked for says
//! nothing, and a cell that the shell could not print is lost.

use super::date::{Moment, moment};
use super::input::Head;
use super::names::purpose_of;
use super::record::Record;
use super::site::{Said, Site, claim};
use super::{ExportReader, Format};
use crate::fact::{Basis, Kind, Time, principal, principal_type, purpose};
use crate::read::Drafts;
use crate::tree::Tree;

pub(super) struct Directory;

const KIND: &str = "ad.users";
const PRODUCT: &str = "ad";
/// Groups whose members rule the domain.
const PRIVILEGED: &[&str] = &[
    "domain admins",
    "enterprise admins",
    "schema admins",
    "administrators",
    "account operators",
    "backup operators",
    "key admins",
    "enterprise key admins",
];
/// The account that signs every ticket of the domain.
const TICKETS: &str = "krbtgt";
/// Seconds from 1601 to 1970.
const EPOCH: i64 = 11_644_473_600;
const DONT_EXPIRE: i64 = 0x1_0000;
const PASSWORD_NOT_REQUIRED: i64 = 0x20;
const REVERSIBLE: i64 = 0x80;
const DISABLED: i64 = 0x2;

impl ExportReader for Directory {
    fn needles(&self) -> &'static [&'static str] {
        &["samaccountname"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let told = [
            "PasswordLastSet",
            "pwdLastSet",
            "PasswordNeverExpires",
            "userAccountControl",
            "LastLogonDate",
            "lastLogonTimestamp",
            "AdminCount",
            "PasswordNotRequired",
            "ServicePrincipalNames",
            "Enabled",
            "memberOf",
        ];
        (head.has(&["SamAccountName"])
            && head.count(&told) >= 1
            && head.count(&["ObjectGUID", "DistinguishedName", "SID", "ObjectClass", "UserPrincipalName", "Name", "DisplayName"])
                + head.count(&told)
                >= 2)
            .then_some(Format { kind: KIND, records: &[] })
    }

    fn record(&self, _kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let site = Site::new(record, PRODUCT, "");
        let Some(name) = site.text(&["SamAccountName"]) else { return };
        let control = site.number(&["userAccountControl"]);
        let bit = |mask: i64| control.clone().map(|c| c.map(|c| c & mask != 0));
        let flag = |key: &str, mask: i64| site.flag(&[key]).or_else(|| bit(mask));
        let mut draft = site
            .fact(Kind::Principal, name.value, "/users", record.spot())
            .saying(principal::TYPE, principal_type::USER)
            .saying(principal::PRODUCT, PRODUCT);
        if let Some(on) = site.flag(&["Enabled"]).or_else(|| bit(DISABLED).map(|off| off.map(|off| !off))) {
            claim(&mut draft, principal::ENABLED, on);
        }
        for (field, keys) in [
            (principal::PASSWORD_CHANGED, &["PasswordLastSet", "pwdLastSet"][..]),
            (principal::LAST_USED, &["LastLogonDate", "lastLogonTimestamp"]),
            (principal::CREATED, &["whenCreated", "Created"]),
        ] {
            if let Some((time, at)) = keys.iter().find_map(|key| site.find(&[key]).and_then(|(t, at)| Some((when(t)?, at)))) {
                draft.fields.say(field, time, &at);
            }
        }
        for (field, key, mask) in [
            (principal::PASSWORD_KEPT, "PasswordNeverExpires", DONT_EXPIRE),
            (principal::PASSWORD_OPTIONAL, "PasswordNotRequired", PASSWORD_NOT_REQUIRED),
            (principal::REVERSIBLE, "AllowReversiblePasswordEncryption", REVERSIBLE),
        ] {
            if let Some(on) = flag(key, mask) {
                claim(&mut draft, field, on);
            }
        }
        let groups = words(&site, &["MemberOf"]);
        let by_group = groups.iter().any(|g| {
            PRIVILEGED
                .contains(&g.split(',').next().unwrap_or(g).trim_start_matches("CN=").trim_start_matches("cn=").to_lowercase().as_str())
        });
        let marked = site.number(&["AdminCount"]).is_some_and(|n| n.value == 1);
        if by_group || marked {
            draft.say(principal::PRIVILEGED, true);
        }
        if !words(&site, &["ServicePrincipalNames"]).is_empty() || !words(&site, &["ServicePrincipalName"]).is_empty() {
            draft.say(principal::SERVES, true);
        }
        if name.value.eq_ignore_ascii_case(TICKETS) {
            draft.say(principal::SIGNS_TICKETS, true);
        } else if let Some(word) = purpose_of(name.value) {
            claim(&mut draft, principal::PURPOSE, Said { value: word, at: name.at, basis: Basis::Inferred });
            if word == purpose::BREAK_GLASS {
                draft.say(principal::PRIVILEGED, true);
            }
        }
        out.facts.push(draft.could_say(&[principal::SIGNS_TICKETS, principal::SERVES, principal::PURPOSE, principal::ENABLED]));
    }
}

/// A time in any of the ways of the shell; `pwdLastSet` counts tenths of microseconds since 1601.
fn when(tree: &Tree) -> Option<Time> {
    let number = tree.number().filter(|n| *n > 100_000_000_000_000);
    if let Some(ticks) = number {
        return Some(Time(ticks / 10_000_000 - EPOCH));
    }
    match moment(tree) {
        Some(Moment::At(time)) => Some(time),
        _ => local(tree.text()?),
    }
}

/// `11/20/2024 9:41:07 AM`, `20.11.2024 09:41:07`: the day is what counts. Where day and month cannot be told apart, the shell's
/// own order of month and day is taken.
fn local(text: &str) -> Option<Time> {
    let date = text.split_whitespace().next()?;
    let dotted = date.contains('.');
    let parts: Vec<i64> = date.split(['/', '.', '-']).map(|p| p.parse().ok()).collect::<Option<_>>()?;
    let [first, second, year] = parts.as_slice() else { return None };
    let (day, month) = if dotted || *first > 12 { (*first, *second) } else { (*second, *first) };
    crate::fact::day(&format!("{year:04}-{month:02}-{day:02}"))
}

/// The texts of a cell: `{a, b}`, or a list. What the shell could only name the type of is no text.
fn words(site: &Site<'_>, path: &[&str]) -> Vec<String> {
    site.record
        .items(path)
        .iter()
        .filter_map(|i| i.tree.scalar().map(str::to_owned))
        .flat_map(|text| match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
            Some(inner) => inner.split([';', '|']).map(|t| t.trim().to_owned()).collect(),
            None => vec![text],
        })
        .filter(|t| !t.is_empty() && !t.starts_with("Microsoft.ActiveDirectory") && !t.starts_with("System."))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::day;
    use crate::read::export::tests::{of, read};

    #[test]
    fn every_way_of_the_shell_to_write_a_time() {
        for (text, want) in [
            ("133480152000000000", "2023-12-25"),
            ("11/20/2024 9:41:07 AM", "2024-11-20"),
            ("20.11.2024 09:41:07", "2024-11-20"),
            ("25/12/2023 00:00:00", "2023-12-25"),
            ("2024-11-20T09:41:07", "2024-11-20"),
        ] {
            let drafts = read("users.csv", &format!("SamAccountName,Enabled,PasswordLastSet\nada,True,{text}\n"));
            let users = of(&drafts, Kind::Principal);
            let time = users.first().and_then(|u| u.fields.time(principal::PASSWORD_CHANGED)).expect(text);
            assert_eq!(Some(Time(time.0.div_euclid(86_400) * 86_400)), day(want), "{text}");
        }
    }

    #[test]
    fn columns_bits_and_lost_cells() {
        let text = "#TYPE Microsoft.ActiveDirectory.Management.ADUser\n\"SamAccountName\",\"userAccountControl\",\"AdminCount\",\"ServicePrincipalNames\",\"MemberOf\"\n\"svc-sql\",\"66080\",\"1\",\"{MSSQLSvc/db.quay.example:1433}\",\"Microsoft.ActiveDirectory.Management.ADPropertyValueCollection\"\n\"krbtgt\",\"514\",\"1\",\"\",\"\"\n";
        let drafts = read("users.csv", text);
        assert_eq!(drafts.kind, Some(KIND));
        let users = of(&drafts, Kind::Principal);
        let service = users.first().expect("a user");
        let flag = |f| service.fields.flag(f);
        assert_eq!(
            (flag(principal::SERVES), flag(principal::PRIVILEGED), flag(principal::PASSWORD_KEPT), flag(principal::PASSWORD_OPTIONAL)),
            (Some(true), Some(true), Some(true), Some(true))
        );
        assert_eq!(users.get(1).and_then(|u| u.fields.flag(principal::SIGNS_TICKETS)), Some(true));
        for text in ["SamAccountName\nx\n", "SamAccountName,City\nx,y\n", "name,enabled\nx,true\n"] {
            assert_eq!(read("x.csv", text).kind, None, "{text}");
        }
    }
}

//! Access lists of Active Directory, as `(Get-Acl "AD:…").Access` exports them: who may set the password of somebody else.

use super::input::Head;
use super::record::{Record, segment};
use super::site::{Said, Site, claim};
use super::{ExportReader, Format};
use crate::fact::{Basis, Kind, Word, binding, power};
use crate::read::Drafts;

pub(super) struct Acl;

const KIND: &str = "ad.access-list";
const PRODUCT: &str = "ad";
/// The right to set a new password without the old one.
const FORCE_CHANGE: &str = "00299570-246d-11d0-a768-00aa006e0529";
/// What stands for every right or property.
const ALL: &str = "00000000-0000-0000-0000-000000000000";
/// Those who rule the domain anyway, and the account itself.
const RULING: &[&str] = &[
    "system",
    "self",
    "domain admins",
    "enterprise admins",
    "administrators",
    "account operators",
    "creator owner",
    "enterprise domain controllers",
    "domain controllers",
    "key admins",
    "enterprise key admins",
    "organization management",
    "exchange trusted subsystem",
];

impl ExportReader for Acl {
    fn needles(&self) -> &'static [&'static str] {
        &["activedirectoryrights"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        head.has(&["IdentityReference", "ActiveDirectoryRights", "AccessControlType"]).then_some(Format { kind: KIND, records: &[] })
    }

    fn record(&self, _kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let site = Site::new(record, PRODUCT, "");
        let (Some(who), Some(rights)) = (site.text(&["IdentityReference"]), site.text(&["ActiveDirectoryRights"])) else { return };
        let allows = record.text_at(&["AccessControlType"]).is_some_and(|t| t.eq_ignore_ascii_case("Allow") || t == "0");
        let own = who.value.rsplit('\\').next().unwrap_or(who.value).to_lowercase();
        if !allows || RULING.contains(&own.as_str()) {
            return;
        }
        let object = record.text_at(&["ObjectType"]).unwrap_or(ALL).to_lowercase();
        let has = |right: &str| rights.value.split(',').any(|r| r.trim().eq_ignore_ascii_case(right));
        let given: &[(&str, &[Word])] = match () {
            () if has("GenericAll") && object == ALL => &[("GenericAll", &[power::RESET_PASSWORD, power::GRANT_SELF])],
            () if has("WriteDacl") || has("WriteOwner") => &[("WriteDacl", &[power::GRANT_SELF])],
            () if has("ExtendedRight") && object == FORCE_CHANGE => &[("User-Force-Change-Password", &[power::RESET_PASSWORD])],
            () if has("ExtendedRight") && object == ALL => &[("every extended right", &[power::RESET_PASSWORD])],
            () => return,
        };
        for (role, powers) in given {
            let anchor = format!("/rights{}{}", segment(role), segment(record.stem));
            let mut draft = site
                .fact(Kind::Binding, who.value, &anchor, record.spot())
                .saying(binding::PRODUCT, PRODUCT)
                .saying(binding::ROLE, *role)
                .saying(
                    binding::SCOPE,
                    record.text_at(&["Path"]).or_else(|| record.text_at(&["DistinguishedName"])).unwrap_or(record.stem),
                );
            claim(&mut draft, binding::PRINCIPAL, who.clone());
            for power in *powers {
                claim(&mut draft, binding::POWERS, Said { value: *power, at: rights.at.clone(), basis: Basis::Explicit });
            }
            out.facts.push(draft);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::export::tests::{of, read};

    #[test]
    fn who_may_set_passwords() {
        let text = "\"ActiveDirectoryRights\",\"InheritanceType\",\"ObjectType\",\"AccessControlType\",\"IdentityReference\",\"IsInherited\"\n\"ExtendedRight\",\"Descendents\",\"00299570-246d-11d0-a768-00aa006e0529\",\"Allow\",\"QUAY\\helpdesk\",\"False\"\n\"GenericAll\",\"All\",\"00000000-0000-0000-0000-000000000000\",\"Allow\",\"QUAY\\Domain Admins\",\"False\"\n\"ReadProperty, WriteProperty\",\"All\",\"bf967a0a-0de6-11d0-a285-00aa003049e2\",\"Allow\",\"QUAY\\hr\",\"False\"\n\"ExtendedRight\",\"All\",\"00299570-246d-11d0-a768-00aa006e0529\",\"Deny\",\"QUAY\\interns\",\"False\"\n";
        let drafts = read("staff.csv", text);
        assert_eq!(drafts.kind, Some(KIND));
        let held: Vec<_> = of(&drafts, Kind::Binding).iter().map(|b| (b.name.clone(), b.fields.text(binding::ROLE).cloned())).collect();
        assert_eq!(held, [("QUAY\\helpdesk".to_owned(), Some("User-Force-Change-Password".to_owned()))]);
    }
}

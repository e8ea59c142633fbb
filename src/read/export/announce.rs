//! Which words announce an export: those that stand in the exports that readers know, and which of them stand elsewhere as well.

use super::{READERS, faults};
use crate::read::needles::Announces;

/// Words that also stand in texts that are no exports at all: they make a text worth parsing, and no more.
pub(super) const COMMON: &[&str] = &[
    "realm",
    "accesskeyid",
    ".vault.azure.net/",
    "\"bindings\"",
    "/serviceaccounts/",
    "/secrets/",
    "constraints/",
    "/policies/",
    "kind: config",
    "kind: secret",
    "grant ",
    "capabilities",
    "policy = \"",
    "\"accessor\"",
    "enforcement",
    "protection_rules",
    "read_only",
    "\"secrets\"",
    "\"scopes\"",
    "can_push",
    "site_admin",
    "safename",
    "platformid",
    "node_labels",
    "kind: role",
    "approver",
    "approved_by",
    "approved by",
    "verification_type",
    "forcemfa",
    "samaccountname",
    "\"fido2\"",
    "passwordpolic",
    "is_enrolled",
    "[auth",
    "sendemail",
    "\"signin\"",
    "default_policy",
    "userpool",
    "awstemplateformatversion",
    "aws::serverless",
    "resourcetype: aws::",
    "allowedcombinations",
    "onpremisessyncenabled",
    "authenticationtype",
    "accountenabled",
    "dn: ",
    "objectclass: ",
    "user login: ",
    "max lifetime (days): ",
    "issuermode",
    "providerdetails",
    "isassignabletorole",
    "policyquery",
    "resource \"",
    "variable \"",
    "module \"",
    "provider \"",
    "security_question",
    "phone_number",
    "okta_email",
    "access_policy",
    "super_admin",
    "org_admin",
    "factortype",
    "passwordchanged",
    "blocklist",
    "gateways",
    "guardian",
    "shields",
    "resourceservers",
    "enabled_clients",
    "\"name\": \"sms\"",
    "\"name\": \"email\"",
    "\"name\": \"otp\"",
];

/// Every needle in all its spellings, and what it says of a text.
pub(in crate::read) fn announcing() -> Vec<(String, Announces)> {
    let says = |needle: &str| if COMMON.contains(&needle) { Announces::Common } else { Announces::Export };
    let ours = READERS.iter().flat_map(|r| r.needles()).flat_map(|n| spellings(n).into_iter().map(move |s| (s, says(n))));
    ours.chain(faults::NEEDLES.iter().map(|n| ((*n).to_owned(), Announces::Fault))).collect()
}

/// Whether a short text, such as the header of a table, holds a needle that hardly anything else holds.
pub(super) fn names_export(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    READERS.iter().flat_map(|r| r.needles()).any(|n| !COMMON.contains(n) && text.contains(&n.to_ascii_lowercase()))
}

/// A needle as the languages of exports spell it: a key of JSON (`"scopes"`, `"name": "sms"`) is written without quotes in YAML, and
/// without a space where a program wrote for programs.
fn spellings(needle: &str) -> Vec<String> {
    let mut all = vec![needle.to_owned()];
    if let Some((key, value)) = needle.split_once(": ").filter(|(key, _)| key.starts_with('"')) {
        let bare = key.trim_matches('"');
        all.extend([format!("{key}:{value}"), format!("{bare}: {value}"), format!("{bare}: {}", value.trim_matches('"'))]);
    } else if let Some(key) = needle.strip_prefix('"').and_then(|n| n.strip_suffix('"')) {
        all.push(format!("{key}:"));
    }
    all
}

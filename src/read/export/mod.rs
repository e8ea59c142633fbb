//! What vendors print: one reader per vendor, recognised by content and never by the name of a file.
//!
//! A text that holds none of the readers' needles is not parsed at all. What is parsed becomes [`Body`](input::Body)s: wrappers are
//! taken off, arrays and streams taken apart, and each body is offered to the readers. A reader sees one record at a time, so that
//! records can be streamed, and keeps no state between them: what needs several records is derived later, in `join`.

mod acl;
mod auth0;
mod authelia;
mod authentik;
mod aws;
mod azure;
mod bundle;
mod cognito;
mod database;
mod date;
mod declared;
mod directory;
mod duo;
mod entra;
mod faults;
mod federation;
mod gcp;
mod github;
mod gitlab;
mod google;
mod input;
mod jumpcloud;
mod keycloak;
mod kratos;
mod kubernetes;
mod ldif;
mod mapped;
mod names;
mod okta;
mod pam;
mod ping;
mod record;
mod salvage;
mod servicedesk;
mod shape;
mod site;
mod stating;
mod supabase;
mod table;
mod terraform;
mod vault;
mod wrapper;

use super::needles::Announces;
use super::{Doc, Drafts};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Time, access_rule, edition, recovery, setting, sign_in};
use input::{Body, Input};
use record::{Extent, Record};

/// Reads the exports of one vendor.
trait ExportReader: Sync {
    /// Words of which at least one stands in every export of this vendor, in any case. A text with none of any reader's is not parsed.
    fn needles(&self) -> &'static [&'static str];

    /// The format of a body, by at least two discriminating keys.
    fn recognises(&self, head: &input::Head<'_>) -> Option<Format>;

    /// Reads one record.
    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts);

    /// Says what the export as a whole shows.
    fn end(&self, _kind: &'static str, _extent: Extent<'_>, _out: &mut Drafts) {}
}

/// A format that a reader recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Format {
    /// `vendor.thing`.
    kind: &'static str,
    /// Where the records are in a body: keys on the way down; a list at the end holds one record per item, and
    /// `*` goes down into every list. Empty: the body is one.
    records: &'static [&'static str],
}

/// A format of a vendor that has many: what recognises it, where its records are, and what reads one.
struct Sort {
    kind: &'static str,
    is: fn(&input::Head<'_>) -> bool,
    records: &'static [&'static str],
    read: fn(&Record<'_>, &mut Drafts),
}

impl Sort {
    fn format(&self) -> Format {
        Format { kind: self.kind, records: self.records }
    }
}

/// Every reader, one line each.
static READERS: &[&dyn ExportReader] = &[
    // before those that know a record by the names of its lists alone
    &auth0::Auth0,
    &aws::Aws,
    &azure::Azure,
    &keycloak::Keycloak,
    &gcp::Gcp,
    &kubernetes::Kubernetes,
    &vault::Vault,
    &database::Database,
    &github::GitHub,
    &gitlab::GitLab,
    &pam::Pam,
    &kratos::Kratos,
    &terraform::Terraform,
    &okta::Okta,
    &google::Google,
    &federation::Federation,
    &entra::Entra,
    &cognito::Cognito,
    &authelia::Authelia,
    &supabase::Supabase,
    &duo::Duo,
    &jumpcloud::JumpCloud,
    &ping::Ping,
    &directory::Directory,
    &acl::Acl,
    &ldif::Ldif,
    &authentik::Authentik,
    &servicedesk::ServiceDesk,
];

/// Words that also stand in texts that are no exports at all: they make a text worth parsing, and no more.
const COMMON: &[&str] = &[
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

/// What people write and programs read: it is recognised like an export, and is code or configuration all the same.
const WRITTEN: &[&str] = &[
    "ldap.entries",
    "terraform.hcl",
    "cloudformation.template",
    "azure.arm-template",
    "kubernetes.manifest",
    "kratos.config",
    "authelia.config",
    "supabase.config",
    "authentik.blueprint",
    "zitadel.login-policy",
];

/// Vendors whose tools print YAML and end its last line; what people write may lack that.
const PRINTERS: &[&str] = &["aws.", "azure.", "entra.", "gcp.", "github.", "gitlab.", "google.", "okta.", "vault."];

pub(super) use servicedesk::TICKETS;

/// Whether an artifact of a kind was printed by a product, so that its reader speaks for the secrets in it. What people write in a
/// language of configuration is configuration, whatever product reads it; realms are written in the form in which they are printed.
pub(super) fn is_printed(kind: &str, extension: &str) -> bool {
    let language = matches!(extension, "yaml" | "yml" | "toml" | "hcl" | "tf" | "tofu" | "tfvars");
    !WRITTEN.contains(&kind) && (!language || kind.starts_with("keycloak."))
}

/// Says of facts how old they are, where the export tells: the one that was changed later counts, where two say different things.
fn dated(record: &Record<'_>, made: Option<&(Time, std::ops::Range<usize>)>, facts: &mut [Draft]) {
    let own = date::of(record.tree, date::CHANGED).map(|(time, at)| (time, at.span.clone()));
    let Some((time, span)) = made.cloned().or(own) else { return };
    let at = Spot::at(span.start, span.end);
    for fact in facts {
        let field = match fact.kind {
            Kind::Setting => setting::CHANGED,
            Kind::AccessRule => access_rule::CHANGED,
            Kind::SignIn => sign_in::CHANGED,
            Kind::Recovery => recovery::CHANGED,
            _ => continue,
        };
        fact.fields.say(field, time, &at);
    }
}

/// Says of a record with an identifier when it was changed last, for another export may hold it as well. People come in their thousands and
/// have no say in what counts.
fn edition(record: &Record<'_>, kind: &'static str, first: usize, out: &mut Drafts) {
    let people = |f: &Draft| matches!(f.kind, Kind::Principal | Kind::Credential | Kind::Binding | Kind::Event);
    let Some((time, _)) = date::of(record.tree, date::CHANGED) else { return };
    // what is called the same in every tenant tells no two exports of one from those of two
    let own = |id: &&str| id.len() >= 12 && id.bytes().any(|b| b.is_ascii_digit());
    let Some(id) = record.text_at(&["id"]).filter(own).filter(|_| !out.facts.iter().skip(first).any(people)) else { return };
    let draft = Draft::new(Kind::Edition, id.to_owned(), format!("/editions{}", record::segment(id)), record.spot());
    out.facts.push(draft.saying(edition::FORMAT, kind).saying(edition::CHANGED, time));
}

/// Every needle in all its spellings, and what it says of a text.
pub(super) fn announcing() -> Vec<(String, Announces)> {
    let says = |needle: &str| if COMMON.contains(&needle) { Announces::Common } else { Announces::Export };
    let ours = READERS.iter().flat_map(|r| r.needles()).flat_map(|n| spellings(n).into_iter().map(move |s| (s, says(n))));
    ours.chain(faults::NEEDLES.iter().map(|n| ((*n).to_owned(), Announces::Fault))).collect()
}

/// Whether a short text, such as the header of a table, holds a needle that hardly anything else holds.
fn names_export(text: &str) -> bool {
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

/// Reads a text as a table that the user described, if it is one.
pub(super) fn read_mapped(doc: &Doc<'_>, tables: &[crate::rule::Table], out: &mut Drafts) -> bool {
    mapped::read(doc, tables, out)
}

/// Reads a text as an export, if its needles announce one and it is one that is known.
pub(super) fn read(doc: &Doc<'_>, announces: Option<Announces>, out: &mut Drafts) -> bool {
    read_part(doc, announces, Share::Whole, out)
}

/// How much of an export a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// All of it.
    Whole,
    /// A part.
    Part,
    /// The last part, after all others were read without a fault.
    Last,
}

/// Reads a text as an export or as a part of one.
pub(super) fn read_part(doc: &Doc<'_>, announces: Option<Announces>, share: Share, out: &mut Drafts) -> bool {
    let telling = match announces {
        Some(Announces::Export) => true,
        Some(Announces::Common) => false,
        Some(Announces::Fault) if doc.text.len() <= faults::LONGEST => false,
        _ => return false,
    };
    let input = match Input::parse(doc) {
        Ok(input) => input,
        Err(why) => {
            // a broken text is ours to complain of only if it names what we read; HCL is looked at only where it begins as a policy
            let extension = input::language(&doc.file_name());
            let ours = match extension.as_str() {
                "hcl" | "tf" | "tofu" => true,
                "json" | "ndjson" | "jsonl" => telling || salvage::is_known(doc.text, READERS),
                "yaml" | "yml" => telling,
                // many programs are configured in TOML: only a table of its own names the one that is read
                "toml" => doc.text.lines().any(|l| l.starts_with("[auth]") || l.starts_with("[auth.")),
                _ => telling && input::names_itself(doc.text),
            };
            // a template is YAML only once it was filled in
            let template = doc.text.contains("{{");
            out.unread.extend(why.filter(|_| ours && (!template || extension == "hcl")));
            return false;
        }
    };
    if let Some(kind) = input.error {
        out.kind = Some(kind);
        out.unread.push(crate::artifact::Why::ErrorBody);
        return true;
    }
    out.kind = input.kind;
    let mut known: Option<(&dyn ExportReader, Format)> = None;
    let mut ends: Vec<(&dyn ExportReader, &'static str)> = Vec::new();
    let mut bad_rows = 0u32;
    let name = doc.path.rsplit('/').next().unwrap_or(doc.path);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    for body in &input.bodies {
        let head = body.head();
        // the bodies of a list are mostly of one sort: ask the last reader first
        let last = known.map(|(reader, _)| reader);
        let found = last.into_iter().chain(READERS.iter().copied()).find_map(|r| r.recognises(&head).map(|f| (r, f)));
        let Some((reader, format)) = found else { continue };
        known = found;
        out.kind.get_or_insert(format.kind);
        if !ends.iter().any(|(_, kind)| *kind == format.kind) {
            ends.push((reader, format.kind));
        }
        match body {
            Body::Tree { tree, pointer } => {
                Record::each((doc.text, stem), tree, pointer, format.records, &mut |record| {
                    let first = out.facts.len();
                    reader.record(format.kind, record, out);
                    dated(record, input.made.as_ref(), out.facts.get_mut(first..).unwrap_or_default());
                    edition(record, format.kind, first, out);
                });
            }
            Body::Table(table) => {
                out.unread.extend(table.is_damaged().then_some(crate::artifact::Why::Malformed { line: 1 }));
                bad_rows +=
                    table.rows(doc.text, |number, row| reader.record(format.kind, &Record::row((doc.text, stem), row, number), out));
            }
        }
    }
    if out.kind.is_none() {
        // a broken text that is nothing we know is not ours to complain of, but one that breaks off may have been
        let cut = |why: &crate::artifact::Why| matches!(why, crate::artifact::Why::Truncated { .. });
        out.unread.extend(input.faults.into_iter().filter(|why| cut(why) && doc.extension() == "json"));
        // a table that nobody knows any more, though its first row says what it was
        let was_ours = |body: &Body<'_>| matches!(body, Body::Table(table) if names_export(table.header()));
        if doc.extension() == "csv" && input.bodies.iter().any(was_ours) {
            out.unread.push(crate::artifact::Why::Malformed { line: 1 });
        }
        return false;
    }
    out.unread.extend(input.faults);
    let printed = out.kind.is_some_and(|kind| PRINTERS.iter().any(|vendor| kind.starts_with(vendor)));
    if printed && share == Share::Whole && !doc.text.ends_with('\n') && matches!(input::language(&doc.file_name()).as_str(), "yaml" | "yml")
    {
        let line = u32::try_from(doc.text.lines().count()).unwrap_or(u32::MAX);
        out.unread.push(crate::artifact::Why::Truncated { line });
    }
    if bad_rows > 0 {
        out.unread.push(crate::artifact::Why::Rows { count: bad_rows });
    }
    let sound = out.unread.is_empty();
    let extent = Extent { whole: sound && share == Share::Whole, complete: sound && share != Share::Part, path: doc.path };
    for (reader, kind) in ends {
        reader.end(kind, extent, out);
    }
    true
}

#[cfg(test)]
mod tests;

//! Secrets of a cluster. The tokens of service accounts among them never end.

use super::{PRODUCT, is_masked, word};
use crate::fact::{Draft, Kind, credential, credential_type, status};
use crate::read::export::record::{Record, segment};
use crate::read::export::stating;
use crate::read::{Drafts, Mark};
use crate::tree::{Node, Tree};
use base64::Engine as _;

const TOKEN: &str = "kubernetes.io/service-account-token";
const ACCOUNT: &str = "kubernetes.io/service-account.name";

pub(super) fn is_secret(tree: &Tree) -> bool {
    let kind = word(tree, &["kind"]);
    let named = tree.path(&["metadata", "name"]).is_some();
    let version = word(tree, &["apiVersion"]);
    named && ((kind == "Secret" && version == "v1") || (kind.is_empty() && word(tree, &["type"]) == TOKEN))
}

pub(super) fn secret(record: &Record<'_>, out: &mut Drafts) {
    for (section, encoded) in [("data", true), ("stringData", false)] {
        for entry in record.tree.get(section).map(Tree::entries).unwrap_or_default() {
            mark(record, &entry.value, encoded, out);
        }
    }
    if word(record.tree, &["type"]) != TOKEN {
        return;
    }
    let (name, namespace) = (word(record.tree, &["metadata", "name"]), word(record.tree, &["metadata", "namespace"]));
    let account = word(record.tree, &["metadata", "annotations", ACCOUNT]);
    let label = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") };
    let mut draft = Draft::new(Kind::Credential, label, format!("/secrets{}{}", segment(namespace), segment(name)), record.spot())
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, credential_type::API_TOKEN)
        .saying(credential::STATUS, status::ACTIVE)
        .saying(credential::SCOPES, "service-account-token")
        .saying_some(credential::HOLDER, Some(account).filter(|a| !a.is_empty()));
    stating::time(&mut draft, credential::CREATED, record, &["metadata", "creationTimestamp"]);
    // the controller writes down on which day it last saw the token used
    stating::time(&mut draft, credential::LAST_USED, record, &["metadata", "labels", "kubernetes.io/legacy-token-last-used"]);
    if let Some((_, at)) = record.find(&["data", "token"]).filter(|(t, _)| t.text().is_some_and(|t| !is_masked(t))) {
        draft.fields.say(credential::PLAIN, true, &at);
    }
    out.facts.push(draft.could_say(&[credential::EXPIRES, credential::CREATED]));
}

/// Marks a value as it stands there, and as it is used.
pub(super) fn mark(record: &Record<'_>, value: &Tree, encoded: bool, out: &mut Drafts) {
    let Node::Text(text) = &value.node else { return };
    if is_masked(text) || text.len() < 4 {
        return;
    }
    let whole = record.text.get(value.span.clone()).unwrap_or_default();
    let start = value.span.start + whole.find(&**text).unwrap_or(0);
    let end = if whole.contains(&**text) { start + text.len() } else { value.span.end };
    out.marks.push(Mark { start, end, value: text.to_string(), public_prefix: 0 });
    if encoded {
        let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let plain = base64::engine::general_purpose::STANDARD.decode(packed).ok().and_then(|b| String::from_utf8(b).ok());
        if let Some(plain) = plain.filter(|p| p.trim().len() >= 6) {
            out.marks.push(Mark { start, end, value: plain, public_prefix: 0 });
        }
    }
}

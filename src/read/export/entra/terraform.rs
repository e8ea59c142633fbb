//! What the Terraform provider of the directory writes: conditional access, strengths, groups, secrets of applications, users and roles.

use super::{PRODUCT, access, people};
use crate::artifact::Spot;
use crate::fact::{Basis, Draft, Kind, Value, binding, credential, credential_type, principal_type, status};
use crate::read::Drafts;
use crate::read::export::date::{Moment, duration, moment};
use crate::read::export::shape;
use crate::read::export::site::{Said, Site, claim, mark_value};
use crate::tree::{Entry, Node, Tree};

/// A secret lives for two years unless something else is said.
const STOCK_LIFE: i64 = 2 * 365 * 86_400;

/// Reads a resource. Gives whether it is one of ours.
pub(in crate::read::export) fn resource(kind: &str, address: &str, site: &Site<'_>, out: &mut Drafts) -> bool {
    let site = &Site { product: PRODUCT, ..*site };
    let record = site.record;
    match kind {
        "azuread_conditional_access_policy" => {
            let mut tree = shape::camel(record.tree, &renamed);
            refer(&mut tree);
            strengthen(&mut tree);
            let shaped = record.inner(&tree, "");
            access::policy(&site.over(&shaped), out);
        }
        "azuread_authentication_strength_policy" => {
            let tree = shape::camel(record.tree, &renamed);
            access::strength(&site.over(&record.inner(&tree, "")), out);
        }
        "azuread_group" => {
            let mut tree = shape::camel(record.tree, &|key| (key == "assignable_to_role").then_some("isAssignableToRole"));
            // what nobody wrote is off, and a resource is known by its address
            add(&mut tree, "isAssignableToRole", Node::Null);
            add(&mut tree, "id", Node::Text(address.into()));
            people::group(&site.over(&record.inner(&tree, "")), out);
        }
        "azuread_application_password" | "azuread_service_principal_password" => {
            out.facts.push(secret(site, address, credential_type::CLIENT_SECRET));
        }
        "azuread_application_certificate" | "azuread_service_principal_certificate" => {
            out.facts.push(secret(site, address, credential_type::CERTIFICATE));
        }
        "azuread_directory_role_assignment" => role(site, address, out),
        "azuread_user" => {
            if let Some((password, at)) = record.find(&["password"]).filter(|(t, _)| written(t)) {
                mark_value(record.text, password, out);
                let who = record.text_at(&["user_principal_name"]).unwrap_or(address);
                out.facts.push(
                    site.fact(Kind::Credential, who, "/users", at)
                        .saying(credential::PRODUCT, PRODUCT)
                        .saying(credential::TYPE, credential_type::PASSWORD)
                        .saying(credential::HOLDER, who)
                        .saying(credential::STATUS, status::ACTIVE)
                        .saying(credential::PLAIN, true)
                        .saying(credential::TEMPORARY, site.flag(&["force_password_change"]).is_some_and(|on| on.value)),
                );
            }
        }
        _ => return kind.starts_with("azuread_"),
    }
    true
}

/// Whether a value is written out, and no expression: an expression names something with a dot and no blank, or is a call.
fn written(tree: &Tree) -> bool {
    tree.text()
        .is_some_and(|t| crate::read::export::site::literal(t) && shape::address(t).is_none() && !t.starts_with("var.") && !t.contains('('))
}

/// Where the provider calls a thing otherwise than the interface does.
fn renamed(key: &str) -> Option<&'static str> {
    Some(match key {
        "included_users" => "includeUsers",
        "excluded_users" => "excludeUsers",
        "included_groups" => "includeGroups",
        "excluded_groups" => "excludeGroups",
        "included_roles" => "includeRoles",
        "excluded_roles" => "excludeRoles",
        "included_applications" => "includeApplications",
        "included_user_actions" => "includeUserActions",
        "included_platforms" => "includePlatforms",
        "included_locations" => "includeLocations",
        "filter" => "deviceFilter",
        _ => return None,
    })
}

/// Calls the groups, users and roles that are referred to by their addresses.
fn refer(tree: &mut Tree) {
    match &mut tree.node {
        Node::Map(entries) => entries.iter_mut().for_each(|e| refer(&mut e.value)),
        Node::List(items) => items.iter_mut().for_each(refer),
        Node::Text(text) => {
            if let Some(address) = shape::address(text).map(str::to_owned) {
                *text = address.into();
            }
        }
        _ => {}
    }
}

/// The strength that a policy asks for, as the interface nests it.
fn strengthen(tree: &mut Tree) {
    let Node::Map(entries) = &mut tree.node else { return };
    let Some(grant) = entries.iter_mut().find(|e| &*e.key == "grantControls") else { return };
    let id = grant.value.get("authenticationStrengthPolicyId").and_then(Tree::text).map(|t| t.rsplit('/').next().unwrap_or(t).to_owned());
    if let Some(id) = id {
        let span = grant.value.span.clone();
        let id = Tree { node: Node::Text(id.into()), span: span.clone() };
        let strength = Node::Map(vec![Entry { key: "id".into(), value: id, at: span.start }]);
        add(&mut grant.value, "authenticationStrength", strength);
    }
}

/// Adds an entry where there is none of that name.
fn add(tree: &mut Tree, key: &str, node: Node) {
    let span = tree.span.clone();
    if let Node::Map(entries) = &mut tree.node
        && !entries.iter().any(|e| &*e.key == key)
    {
        entries.push(Entry { key: key.into(), at: span.start, value: Tree { node, span } });
    }
}

/// A secret or certificate of an application: how long it will work.
fn secret(site: &Site<'_>, address: &str, sort: crate::fact::Word) -> Draft {
    let record = site.record;
    let holders = ["application_id", "application_object_id", "service_principal_id"];
    let holder = holders.iter().find_map(|key| record.text_at(&[key])).map_or(address, |h| shape::address(h).unwrap_or(h));
    let mut draft = site
        .fact(Kind::Credential, address, "/secrets", record.spot())
        .saying(credential::PRODUCT, PRODUCT)
        .saying(credential::TYPE, sort)
        .saying(credential::HOLDER, holder)
        .saying(credential::KEY_ID, address)
        .saying(credential::STATUS, status::ACTIVE);
    let start = site.find(&["start_date"]).and_then(|(t, _)| moment(t));
    let (end, relative) = (site.find(&["end_date"]), site.find(&["end_date_relative"]));
    let stated = end.is_some() || relative.is_some();
    if let Some((Moment::At(end), at)) = end.and_then(|(t, at)| Some((moment(t)?, at))) {
        draft.fields.say(credential::EXPIRES, end, &at);
        if let Some(Moment::At(start)) = start {
            claim(&mut draft, credential::LIFETIME, Said { value: Value::Duration(end.0 - start.0), at, basis: Basis::Explicit });
        }
    } else if let Some((life, at)) = relative.and_then(|(t, at)| Some((duration(t)?, at))) {
        claim(&mut draft, credential::LIFETIME, Said { value: Value::Duration(life), at, basis: Basis::Explicit });
    } else if !stated {
        claim(&mut draft, credential::LIFETIME, site.default(Value::Duration(STOCK_LIFE)));
    }
    draft.could_say(&[credential::EXPIRES])
}

/// A role of the directory that somebody is given for good.
fn role(site: &Site<'_>, address: &str, out: &mut Drafts) {
    let record = site.record;
    let (Some(role), Some(who)) = (record.text_at(&["role_id"]), record.text_at(&["principal_object_id"])) else { return };
    let named = shape::address(who).unwrap_or(who);
    let mut draft = Draft::new(Kind::Binding, named.to_owned(), format!("/directoryRoles/{address}"), record.spot())
        .saying(binding::PRODUCT, PRODUCT)
        .saying(binding::PRINCIPAL, named)
        .saying(binding::PRINCIPAL_ID, named)
        .saying(binding::ROLE, shape::address(role).unwrap_or(role))
        .saying(binding::ROLE_ID, role.to_ascii_lowercase())
        .saying(binding::SCOPE, record.text_at(&["directory_scope_id"]).unwrap_or("/"));
    for (prefix, sort) in [
        ("azuread_group.", principal_type::GROUP),
        ("azuread_user.", principal_type::USER),
        ("azuread_service_principal.", principal_type::SERVICE),
    ] {
        if named.starts_with(prefix) {
            let at: Spot = draft.at.clone();
            draft.fields.say(binding::PRINCIPAL_TYPE, sort, &at);
        }
    }
    out.facts.push(draft);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{access_rule, principal};
    use crate::read::export::tests::{of, read};

    #[test]
    fn policies_groups_and_secrets() {
        let text = r#"
resource "azuread_group" "emergency" {
  display_name     = "Emergency accounts"
  security_enabled = true
}
resource "azuread_conditional_access_policy" "admins" {
  display_name = "Administrators"
  state        = "enabled"
  conditions {
    client_app_types = ["all"]
    applications { included_applications = ["All"] }
    users {
      included_roles  = ["62e90394-69f5-4237-9190-012177145e10"]
      excluded_groups = [azuread_group.emergency.object_id]
    }
  }
  grant_controls {
    operator                          = "OR"
    authentication_strength_policy_id = "/policies/authenticationStrengthPolicies/00000000-0000-0000-0000-000000000004"
  }
}
resource "azuread_application_password" "sync" {
  application_id    = azuread_application.sync.id
  end_date_relative = "17520h"
}
resource "azuread_user" "bg" {
  user_principal_name = "bg1@quay.example"
  password            = "Harbour-4410-tide"
}
resource "azuread_user" "ada" {
  user_principal_name = "ada@quay.example"
  password            = random_password.ada.result
}
"#;
        let drafts = read("main.tf", text);
        let rules = of(&drafts, Kind::AccessRule);
        let rule = rules.first().expect("a policy");
        assert_eq!(rule.fields.flag(access_rule::RESISTANT), Some(true));
        assert_eq!(rule.fields.flag(access_rule::PRIVILEGED), Some(true));
        assert_eq!(rule.fields.text(access_rule::EXCLUDES).map(String::as_str), Some("group:azuread_group.emergency"));
        let groups = of(&drafts, Kind::Principal);
        let group = groups.first().expect("a group");
        assert_eq!(group.fields.flag(principal::PROTECTED), Some(false));
        assert_eq!(group.fields.text(principal::PRINCIPAL_ID).map(String::as_str), Some("azuread_group.emergency"));
        let secrets = of(&drafts, Kind::Credential);
        let names: Vec<&str> = secrets.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["azuread_application_password.sync", "bg1@quay.example"]);
        assert_eq!(secrets.first().and_then(|s| s.fields.values(credential::LIFETIME).next()), Some(&Value::Duration(17_520 * 3600)));
        assert_eq!(drafts.marks.iter().map(|m| m.value.as_str()).collect::<Vec<_>>(), ["Harbour-4410-tide"]);
    }
}

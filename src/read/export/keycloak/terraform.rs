//! What the Terraform provider of Keycloak writes, put into the form of a realm, so that it is read as one.

use super::Keycloak;
use crate::read::Drafts;
use crate::read::export::ExportReader;
use crate::read::export::shape;
use crate::read::export::site::Site;
use crate::tree::{Entry, Node, Tree};

/// Reads a resource. Gives whether it is one of ours.
pub(in crate::read::export) fn resource(kind: &str, _address: &str, site: &Site<'_>, out: &mut Drafts) -> bool {
    let record = site.record;
    let Some(what) = kind.strip_prefix("keycloak_") else { return false };
    let mut own = shape::camel(record.tree, &renamed);
    forget(&mut own, 0);
    let inside = |key: &str, tree: Tree| {
        let span = tree.span.clone();
        let list = Tree { node: Node::List(vec![tree]), span: span.clone() };
        Tree { node: Node::Map(vec![Entry { key: key.into(), value: list, at: span.start }]), span }
    };
    let mut tree = match what {
        "realm" => realm(own),
        "realm_events" => own,
        "openid_client" => inside("clients", own),
        "user" => inside("users", user(own)),
        _ if what.ends_with("identity_provider") => inside("identityProviders", provider(own, what)),
        _ => return true,
    };
    // another resource names the realm by reference; its label is mostly its name
    let named = record.text_at(&["realm_id"]).or_else(|| record.text_at(&["realm"]));
    let named = named.map(|n| shape::address(n).and_then(|a| a.rsplit('.').next()).unwrap_or(n).to_owned());
    if let Some(name) = named.filter(|_| tree.get("realm").is_none() || what != "realm") {
        set(&mut tree, "realm", Node::Text(name.into()));
    }
    let shaped = record.inner(&tree, "");
    Keycloak.record(super::KIND, &shaped, out);
    true
}

fn renamed(key: &str) -> Option<&'static str> {
    Some(match key {
        "client_id" => "clientId",
        "client_secret" => "secret",
        "action_token_generated_by_user_lifespan" => "actionTokenGeneratedByUserLifespan",
        _ => return None,
    })
}

/// Takes out secrets that are expressions: what they come to does not stand here.
fn forget(tree: &mut Tree, depth: usize) {
    if let Node::Map(entries) = &mut tree.node {
        let secret = |key: &str| matches!(key, "secret" | "password" | "value" | "bindCredential");
        entries.retain(|e| !secret(&e.key) || !matches!(e.value.node, Node::Text(_)) || is_written(&e.value));
        entries.iter_mut().filter(|_| depth < 8).for_each(|e| forget(&mut e.value, depth + 1));
    }
}

/// Sets an entry, quoted at the whole.
fn set(tree: &mut Tree, key: &str, node: Node) {
    let span = tree.span.clone();
    if let Node::Map(entries) = &mut tree.node {
        entries.retain(|e| &*e.key != key);
        entries.push(Entry { key: key.into(), at: span.start, value: Tree { node, span } });
    }
}

/// A realm: its protection against guessing is a block, and is off without it.
fn realm(mut tree: Tree) -> Tree {
    let guarded = tree.path(&["securityDefenses", "bruteForceDetection"]).map(|t| t.span.clone());
    if let (Some(span), Node::Map(entries)) = (guarded, &mut tree.node) {
        entries.push(Entry { key: "bruteForceProtected".into(), at: span.start, value: Tree { node: Node::Bool(true), span } });
    }
    if let Some(password) = tree.path(&["smtpServer", "auth", "password"]).cloned()
        && let Node::Map(entries) = &mut tree.node
        && let Some(smtp) = entries.iter_mut().find(|e| &*e.key == "smtpServer")
        && let Node::Map(inner) = &mut smtp.value.node
    {
        inner.push(Entry { key: "password".into(), at: password.span.start, value: password });
    }
    tree
}

/// A user whose first password stands in a block.
fn user(mut tree: Tree) -> Tree {
    if let Some(mut first) = tree.get("initialPassword").filter(|p| p.get("value").is_some()).cloned() {
        set(&mut first, "type", Node::Text("password".into()));
        set(&mut tree, "credentials", Node::List(vec![first]));
    }
    tree
}

/// A broker, with its settings where the interface keeps them.
fn provider(mut tree: Tree, what: &str) -> Tree {
    let mut config = tree.clone();
    // the interface calls the broker's secret otherwise than a client's
    if let Node::Map(entries) = &mut config.node {
        entries.iter_mut().filter(|e| &*e.key == "secret").for_each(|e| e.key = "clientSecret".into());
    }
    let sort = if what.contains("google") {
        "google"
    } else if what.contains("saml") {
        "saml"
    } else {
        "oidc"
    };
    set(&mut tree, "providerId", Node::Text(sort.into()));
    if tree.get("alias").is_none() {
        set(&mut tree, "alias", Node::Text(sort.into()));
    }
    set(&mut tree, "config", config.node);
    tree
}

/// Whether a value is written out, and no expression.
fn is_written(tree: &Tree) -> bool {
    tree.text().is_some_and(|t| shape::address(t).is_none() && !t.starts_with("var.") && !t.starts_with("local.") && !t.contains('('))
}

#[cfg(test)]
mod tests {
    use crate::fact::{Kind, credential, recovery, setting, sign_in};
    use crate::read::export::tests::{of, read};

    #[test]
    fn a_realm_and_what_refers_to_it() {
        let text = r#"
resource "keycloak_realm" "quay" {
  realm                  = "quay"
  reset_password_allowed = true
  verify_email           = false
  ssl_required           = "none"
  security_defenses {
    brute_force_detection { max_login_failures = 10 }
  }
  smtp_server {
    host = "mail.quay.example"
    auth {
      username = "robot"
      password = "smtp-Relay-7745"
    }
  }
}
resource "keycloak_openid_client" "desk" {
  realm_id                     = keycloak_realm.quay.id
  client_id                    = "desk"
  client_secret                = "desk-Zt81-plain"
  direct_access_grants_enabled = true
}
resource "keycloak_openid_client" "crane" {
  realm_id      = keycloak_realm.quay.id
  client_id     = "crane"
  client_secret = random_password.crane.result
}
resource "keycloak_user" "ada" {
  realm_id = keycloak_realm.quay.id
  username = "ada"
  initial_password {
    value     = "tide-Table-4410"
    temporary = false
  }
}
resource "keycloak_oidc_identity_provider" "partner" {
  realm             = keycloak_realm.quay.realm
  alias             = "partner"
  authorization_url = "https://sso.partner.example/realms/partner/protocol/openid-connect/auth"
  token_url         = "https://sso.partner.example/realms/partner/protocol/openid-connect/token"
  client_secret     = var.partner_secret
}
"#;
        let drafts = read("main.tf", text);
        let back = of(&drafts, Kind::Recovery);
        assert_eq!(back.first().and_then(|r| r.fields.flag(recovery::THROTTLED)), Some(true));
        let plain: Vec<&str> = of(&drafts, Kind::Credential)
            .iter()
            .filter(|c| c.fields.flag(credential::PLAIN) == Some(true))
            .map(|c| c.name.as_str())
            .collect();
        assert_eq!(plain, ["smtp server", "desk", "ada"]);
        let via = of(&drafts, Kind::SignIn);
        assert_eq!(via.first().and_then(|s| s.fields.text(sign_in::VIA)).map(String::as_str), Some("partner"));
        let settings = of(&drafts, Kind::Setting);
        assert!(settings.iter().any(|s| s.fields.text(setting::KEY).is_some_and(|k| k == "directAccessGrantsEnabled")));
        let marked: Vec<&str> = drafts.marks.iter().map(|m| &text[m.start..m.end]).collect();
        assert!(
            marked.contains(&"desk-Zt81-plain") && marked.contains(&"tide-Table-4410") && marked.contains(&"smtp-Relay-7745"),
            "{marked:?}"
        );
        assert!(!marked.iter().any(|m| m.contains("random_password") || m.contains("var.")), "{marked:?}");
    }
}

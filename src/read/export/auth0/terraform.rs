//! What the Terraform provider of Auth0 writes: factors, mails, databases, applications and protections.

use super::{FACTORS, PRODUCT, clients, database, policies_from, template, tenant};
use crate::fact::{authenticator, population};
use crate::read::Drafts;
use crate::read::export::shape;
use crate::read::export::site::Site;
use crate::tree::{Entry, Node, Tree};

/// What the provider calls the factors, and what the interface does.
const NAMES: &[(&str, &str)] = &[
    ("email", "email"),
    ("otp", "otp"),
    ("recovery_code", "recovery-code"),
    ("phone", "sms"),
    ("push", "push-notification"),
    ("duo", "duo"),
    ("webauthn_roaming", "webauthn-roaming"),
    ("webauthn_platform", "webauthn-platform"),
];

/// Reads a resource. Gives whether it is one of ours.
pub(in crate::read::export) fn resource(kind: &str, site: &Site<'_>, out: &mut Drafts) -> bool {
    let site = &Site { product: PRODUCT, ..*site };
    let record = site.record;
    match kind {
        "auth0_guardian" => guardian(site, out),
        "auth0_email_template" => {
            let tree = shape::camel(record.tree, &|_| None);
            let _ = template(&site.over(&record.inner(&tree, "")), out);
        }
        "auth0_connection" if record.text_at(&["strategy"]) == Some("auth0") => {
            let tree = shape::plain(record.tree, &|key| (key == "password_policy").then_some("passwordPolicy"));
            database(&site.over(&record.inner(&tree, "")), out);
        }
        "auth0_client" => {
            let tree = shape::plain(record.tree, &|_| None);
            clients::client(&site.over(&record.inner(&tree, "")), out);
        }
        "auth0_attack_protection" => {
            let value = shape::camel(record.tree, &|_| None);
            let span = value.span.clone();
            let tree = Tree { node: Node::Map(vec![Entry { key: "attackProtection".into(), at: span.start, value }]), span };
            tenant(&site.over(&record.inner(&tree, "")), out);
        }
        "auth0_tenant" => {
            let tree = shape::plain(record.tree, &|_| None);
            tenant(&site.over(&record.inner(&tree, "")), out);
        }
        _ => return kind.starts_with("auth0_"),
    }
    true
}

/// The factors that a tenant offers, and when it asks for one.
fn guardian(site: &Site<'_>, out: &mut Drafts) {
    let tree = shape::plain(site.record.tree, &|_| None);
    let record = site.record.inner(&tree, "");
    let site = site.over(&record);
    for (key, name) in NAMES {
        let Some(on) = site.flag(&[key, "enabled"]).or_else(|| site.flag(&[key])) else { continue };
        let Some((_, word)) = FACTORS.iter().find(|(n, _)| n == name) else { continue };
        let draft = site.authenticator(&format!("guardianFactors/{name}"), *word, on);
        out.facts.push(draft.saying(authenticator::POPULATION, population::USER.as_str()));
    }
    if let Some(policy) = site.text(&["policy"]) {
        let when = match policy.value {
            "all-applications" => "always",
            "confidence-score" => "on risk alone",
            "never" => "off",
            _ => return,
        };
        policies_from(&site, policy.map(|_| when), out);
    }
}

#[cfg(test)]
mod tests {
    use crate::fact::{Kind, Value, authenticator, recovery, setting};
    use crate::read::export::tests::{of, read};

    #[test]
    fn factors_mails_and_applications() {
        let text = r#"
resource "auth0_guardian" "quay" {
  policy = "never"
  email  = true
  otp    = true
  phone {
    enabled       = true
    message_types = ["sms"]
  }
}
resource "auth0_email_template" "reset" {
  template                = "reset_email"
  url_lifetime_in_seconds = 432000
  enabled                 = true
}
resource "auth0_connection" "staff" {
  name     = "staff"
  strategy = "auth0"
  options {
    password_policy        = "none"
    brute_force_protection = false
  }
}
resource "auth0_client" "app" {
  name        = "app"
  grant_types = ["refresh_token", "password"]
  refresh_token {
    expiration_type = "non-expiring"
  }
}
resource "auth0_attack_protection" "quay" {
  brute_force_protection {
    enabled = false
  }
}
"#;
        let drafts = read("main.tf", text);
        let on = of(&drafts, Kind::Authenticator).iter().filter(|a| a.fields.flag(authenticator::ENABLED) == Some(true)).count();
        assert_eq!(on, 3);
        let back = of(&drafts, Kind::Recovery);
        assert_eq!(back.first().and_then(|r| r.fields.values(recovery::LIFETIME).next()), Some(&Value::Duration(432_000)));
        let keys: Vec<_> = of(&drafts, Kind::Setting).iter().filter_map(|s| s.fields.text(setting::KEY).cloned()).collect();
        assert_eq!(keys, ["mfa_policy", "password_policy", "brute_force", "refresh_token", "password_grant", "brute_force"]);
    }
}

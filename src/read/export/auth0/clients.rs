//! Applications: how long their refresh tokens live, and which grants skip the sign-in page.

use crate::fact::{Basis, Value, setting};
use crate::read::Drafts;
use crate::read::export::input::Head;
use crate::read::export::site::{Said, Site};

/// Grants in which the application itself takes the password, so that no second factor is asked for.
const PASSWORD_GRANTS: [&str; 2] = ["password", "http://auth0.com/oauth/grant-type/password-realm"];

/// An application as the management interface answers.
pub(super) fn is_client(head: &Head<'_>) -> bool {
    let own = head.count(&["oidc_conformant", "is_first_party", "is_token_endpoint_ip_header_trusted", "cross_origin_authentication"]);
    own >= 2 && head.count(&["name", "app_type", "grant_types", "jwt_configuration", "refresh_token", "client_id"]) >= 2
}

pub(super) fn client(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = site.text(&["name"]) else { return };
    let grants = site.record.items(&["grant_types"]);
    let granted = |names: &[&str]| grants.iter().find(|g| g.tree.text().is_some_and(|t| names.contains(&t)));
    let token = ["refresh_token"];
    let expires = site.text(&[&token[..], &["expiration_type"]].concat());
    // only an application that may ask for refresh tokens holds any
    if let (Some(expires), Some(_)) = (expires, granted(&["refresh_token"])) {
        let life = match expires.value {
            "non-expiring" => Some(expires.map(|_| Value::Never)),
            _ => site.span(&[&token[..], &["token_lifetime"]].concat(), 1),
        };
        if let Some(life) = life {
            out.facts.push(site.setting(name.value, "refresh_token", setting::LIFETIME, life));
        }
    }
    if let Some(grant) = granted(&PASSWORD_GRANTS) {
        let on = Said { value: true, at: grant.spot(), basis: Basis::Explicit };
        out.facts.push(site.setting(name.value, "password_grant", setting::ENABLED, on));
    }
}

//! Who signs in for whom: what several products say of a tenant whose people are signed in by another one.
//!
//! The reader states the other tenant by the names its addresses give (`sign_in.via`), the most telling first; whether that tenant is among
//! what was read is decided in `join`. A provider that anybody may have an account with names no tenant.

use super::input::Head;
use super::record::Record;
use super::site::{self, Said, Site, claim};
use super::{ExportReader, Format};
use crate::artifact::Spot;
use crate::fact::{Basis, population, sign_in, tenant};
use crate::read::Drafts;

pub(super) struct Federation;

const ENTRA: &str = "entra.domains";
const ENTRA_PARTNER: &str = "entra.domain-federation";
const GOOGLE: &str = "google.sso-profiles";
const OKTA: &str = "okta.identity-providers";
const COGNITO: &str = "aws.cognito-identity-provider";

impl ExportReader for Federation {
    fn needles(&self) -> &'static [&'static str] {
        &["inboundsamlssoprofile", "inboundoidcssoprofile", "passivesigninuri", "authenticationtype", "issuermode", "providerdetails"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let under = |path: &[&str]| head.tree.path(path).is_some();
        let (kind, records): (_, &'static [&'static str]) = match () {
            () if head.has(&["issuerUri", "passiveSignInUri"]) => (ENTRA_PARTNER, &[]),
            () if head.has(&["id", "authenticationType"]) && head.count(&["isVerified", "supportedServices", "isInitial"]) >= 2 => {
                (ENTRA, &[])
            }
            () if head.tree.get("inboundSamlSsoProfiles").is_some() => (GOOGLE, &["inboundSamlSsoProfiles"]),
            () if head.tree.get("inboundOidcSsoProfiles").is_some() => (GOOGLE, &["inboundOidcSsoProfiles"]),
            () if under(&["idpConfig"]) && under(&["spConfig"]) && head.has(&["customer"]) => (GOOGLE, &[]),
            () if under(&["protocol", "type"]) && head.has(&["type", "status"]) && head.count(&["policy", "issuerMode"]) >= 1 => {
                (OKTA, &[])
            }
            () if under(&["IdentityProvider", "ProviderDetails"]) => (COGNITO, &["IdentityProvider"]),
            () if head.has(&["UserPoolId", "ProviderName", "ProviderDetails"]) => (COGNITO, &[]),
            () => return None,
        };
        Some(Format { kind, records })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        site::mark(record, &["client_secret", "clientSecret"], out);
        let site = |product| Site::new(record, product, "");
        match kind {
            ENTRA => domain(&site("entra"), out),
            ENTRA_PARTNER => state(&site("entra"), "domain federation", &[&["issuerUri"], &["passiveSignInUri"]], out),
            GOOGLE => {
                let customer = record.text_at(&["customer"]).unwrap_or_default();
                let site = Site::new(record, "google", customer.rsplit('/').next().unwrap_or_default());
                let paths: [&[&str]; 3] =
                    [&["idpConfig", "entityId"], &["idpConfig", "singleSignOnServiceUri"], &["idpConfig", "issuerUri"]];
                state(&site, "single sign-on", &paths, out);
            }
            OKTA if record.text_at(&["status"]).is_none_or(|s| s.eq_ignore_ascii_case("ACTIVE")) => {
                let paths: [&[&str]; 5] = [
                    &["protocol", "credentials", "trust", "issuer"],
                    &["protocol", "issuer", "url"],
                    &["protocol", "endpoints", "sso", "url"],
                    &["protocol", "endpoints", "authorization", "url"],
                    &["protocol", "endpoints", "token", "url"],
                ];
                state(&site("okta"), "identity provider", &paths, out);
            }
            COGNITO => {
                let details = |key: &'static str| ["ProviderDetails", key];
                let paths = ["oidc_issuer", "MetadataURL", "SSORedirectBindingURI", "authorize_url"].map(details);
                state(&site("cognito"), "identity provider", &paths.each_ref().map(<[&str; 2]>::as_slice), out);
            }
            _ => {}
        }
    }
}

/// A domain of an Entra tenant: its mail, and the partner that signs its people in where the export has it beside.
fn domain(site: &Site<'_>, out: &mut Drafts) {
    let Some(name) = site.text(&["id"]) else { return };
    let mut draft = site.tenant("entra", &[], &[]);
    claim(&mut draft, tenant::DOMAINS, name.map(str::to_lowercase));
    out.facts.push(draft);
    if site.text(&["authenticationType"]).is_some_and(|t| t.value.eq_ignore_ascii_case("Federated")) {
        for partner in site.record.items(&["federationConfiguration"]) {
            state(&site.over(&partner), "domain federation", &[&["issuerUri"], &["passiveSignInUri"]], out);
        }
    }
}

/// A sign-in by another tenant, where an address tells which.
fn state(site: &Site<'_>, what: &str, paths: &[&[&str]], out: &mut Drafts) {
    let name = ["displayName", "name", "alias", "ProviderName", "id"].iter().find_map(|key| site.record.text_at(&[key])).unwrap_or(what);
    let said: Vec<Said<&str>> = paths.iter().filter_map(|path| site.text(path)).collect();
    brokered(site, name, population::USER.as_str(), &said, out);
}

/// States that the people of a tenant are signed in by another one, whose addresses these are.
pub(super) fn brokered(site: &Site<'_>, name: &str, whom: &str, addresses: &[Said<&str>], out: &mut Drafts) {
    let mut found: Vec<(String, Spot)> = Vec::new();
    for address in addresses {
        for tenant in tenants(address.value) {
            if !found.iter().any(|(t, _)| *t == tenant) {
                found.push((tenant, address.at.clone()));
            }
        }
    }
    let Some((_, at)) = found.first() else { return };
    let mut draft = site.sign_in(&format!("brokered/{name}"), whom, at.clone());
    for (value, at) in found {
        claim(&mut draft, sign_in::VIA, Said { value, at, basis: Basis::Explicit });
    }
    out.facts.push(draft);
}

/// Hosts of products, and the name of each in facts. The part before is the tenant's own name.
const HOSTS: &[(&str, &str)] = &[
    ("okta.com", "okta"),
    ("oktapreview.com", "okta"),
    ("okta-emea.com", "okta"),
    ("auth0.com", "auth0"),
    ("onelogin.com", "onelogin"),
    ("pingone.com", "pingone"),
    ("pingone.eu", "pingone"),
    ("zitadel.cloud", "zitadel"),
    ("jumpcloud.com", "jumpcloud"),
    ("duosecurity.com", "duo"),
];
/// Hosts of Entra, where the tenant is a part of the path.
const ENTRA_HOSTS: &[&str] = &["login.microsoftonline.com", "login.microsoft.com", "sts.windows.net", "login.microsoftonline.us"];
/// What stands for no tenant in particular.
const ANYBODY: &[&str] = &["common", "organizations", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"];

/// Whether the name of a tenant stands for no tenant in particular.
pub(super) fn is_anybody(tenant: &str) -> bool {
    tenant.is_empty() || ANYBODY.contains(&tenant) || tenant.contains(['{', '$'])
}

/// The tenant that an address belongs to, by its names: its own first, then that of its product.
fn tenants(address: &str) -> Vec<String> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
    let mut parts = path.split(['/', '?', '#']);
    if let Some(realm) = path.split_once("realms/").and_then(|(_, after)| after.split(['/', '?']).next()).filter(|r| !r.is_empty()) {
        return vec![realm.to_owned()];
    }
    if ENTRA_HOSTS.contains(&host.as_str()) {
        let tenant = parts.next().unwrap_or_default();
        return if is_anybody(tenant) { Vec::new() } else { vec![tenant.to_owned(), "entra".to_owned()] };
    }
    if path.contains("adfs/") || path.ends_with("adfs") {
        return vec![host, "ad".to_owned()];
    }
    if host == "accounts.google.com" {
        // with the customer's id it is the company's own directory, without it anybody's account
        let id = path.split_once("idpid=").map(|(_, id)| id.split('&').next().unwrap_or(id)).filter(|id| !id.is_empty());
        return id.map(|id| vec![id.to_owned(), "google".to_owned()]).unwrap_or_default();
    }
    if host.starts_with("cognito-idp.") && host.ends_with(".amazonaws.com") {
        return parts.next().filter(|p| !p.is_empty()).map(|pool| vec![pool.to_owned(), "cognito".to_owned()]).unwrap_or_default();
    }
    for (known, product) in HOSTS {
        let Some(own) = host.strip_suffix(known).and_then(|own| own.strip_suffix('.')) else { continue };
        let own = own.split('.').next().filter(|own| !matches!(*own, "www" | "sso" | "login" | "auth"));
        return own.map(str::to_owned).into_iter().chain([(*product).to_owned()]).collect();
    }
    Vec::new()
}

/// The domain of a mail address.
pub(super) fn mail_domain(address: &str) -> Option<String> {
    let (_, domain) = address.trim().rsplit_once('@')?;
    (domain.contains('.') && !domain.contains(char::is_whitespace)).then(|| domain.to_lowercase())
}

/// Says the domain of a mail address.
pub(super) fn mail(draft: &mut crate::fact::Draft, field: crate::fact::Field, address: Option<Said<&str>>) {
    if let Some(said) = address
        && let Some(domain) = mail_domain(said.value)
    {
        claim(draft, field, Said { value: domain, at: said.at, basis: said.basis });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Kind;
    use crate::read::export::tests::{of, read};

    fn via(text: &str) -> Vec<String> {
        let drafts = read("x.json", text);
        of(&drafts, Kind::SignIn).iter().flat_map(|s| s.fields.texts(sign_in::VIA).cloned()).collect()
    }

    #[test]
    fn addresses_tell_tenants() {
        for (address, want) in [
            ("https://sso.quay.example/realms/staff", &["staff"][..]),
            ("https://sso.quay.example/auth/realms/staff/protocol/saml", &["staff"]),
            ("https://login.microsoftonline.com/0b1f/v2.0", &["0b1f", "entra"]),
            ("https://login.microsoftonline.com/common/oauth2", &[]),
            ("https://accounts.google.com", &[]),
            ("https://accounts.google.com/o/saml2?idpid=C0quay", &["C0quay", "google"]),
            ("http://www.okta.com/exk12", &["okta"]),
            ("https://quay.okta.com/app/x/sso/saml", &["quay", "okta"]),
            ("https://adfs.quay.example/adfs/services/trust", &["adfs.quay.example", "ad"]),
            ("https://idp.example.org/metadata", &[]),
            ("", &[]),
        ] {
            assert_eq!(tenants(address), want, "{address}");
        }
    }

    #[test]
    fn every_product_has_its_own_words() {
        for (text, want) in [
            (
                r#"{"inboundSamlSsoProfiles": [{"name": "inboundSamlSsoProfiles/1", "customer": "customers/C0quay", "displayName": "staff", "idpConfig": {"entityId": "https://sso.quay.example/realms/staff", "singleSignOnServiceUri": "https://sso.quay.example/realms/staff/protocol/saml"}, "spConfig": {}}]}"#,
                &["staff"][..],
            ),
            (
                r##"{"value": [{"@odata.type": "#microsoft.graph.internalDomainFederation", "id": "f", "issuerUri": "https://quay.okta.com/exk1", "passiveSignInUri": "https://quay.okta.com/app/office365/sso"}]}"##,
                &["quay", "okta"],
            ),
            (
                r#"{"value": [{"id": "quay.example", "authenticationType": "Federated", "isVerified": true, "isInitial": false, "supportedServices": ["Email"], "federationConfiguration": [{"issuerUri": "http://adfs.quay.example/adfs/services/trust"}]}]}"#,
                &["adfs.quay.example", "ad"],
            ),
            (
                r#"[{"id": "0oa1", "type": "SAML2", "name": "partner", "issuerMode": "DYNAMIC", "status": "ACTIVE", "policy": {}, "protocol": {"type": "SAML2", "credentials": {"trust": {"issuer": "https://sts.windows.net/11/"}}}}]"#,
                &["11", "entra"],
            ),
            (
                r#"{"IdentityProvider": {"UserPoolId": "eu-west-1_x", "ProviderName": "staff", "ProviderType": "OIDC", "ProviderDetails": {"client_secret": "quay-9911-rope", "oidc_issuer": "https://sso.quay.example/realms/staff"}}}"#,
                &["staff"],
            ),
        ] {
            assert_eq!(via(text), want, "{text}");
        }
        let off = r#"[{"id": "0oa1", "type": "SAML2", "name": "partner", "issuerMode": "DYNAMIC", "status": "INACTIVE", "policy": {}, "protocol": {"type": "SAML2", "credentials": {"trust": {"issuer": "https://sts.windows.net/11/"}}}}]"#;
        assert!(via(off).is_empty());
    }
}

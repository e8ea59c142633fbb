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
use crate::tree::Tree;

pub(super) struct Federation;

const ENTRA: &str = "entra.domains";
const ENTRA_PARTNER: &str = "entra.domain-federation";
const GOOGLE: &str = "google.sso-profiles";
const OKTA: &str = "okta.identity-providers";
const COGNITO: &str = "aws.cognito-identity-provider";
const AWS_SAML: &str = "aws.saml-provider";
const AWS_OIDC: &str = "aws.oidc-provider";
const GITHUB: &str = "github.single-sign-on";
const GITLAB: &str = "gitlab.single-sign-on";
const VAULT: &str = "vault.sign-in";
const AUTH0: &str = "auth0.connection";
/// Sorts of connections of Auth0 behind which another directory stands.
const ENTERPRISE: &[&str] = &["okta", "oidc", "samlp", "waad", "google-apps", "adfs", "ad", "pingfederate", "auth0-oidc"];

impl ExportReader for Federation {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "inboundsamlssoprofile",
            "inboundoidcssoprofile",
            "passivesigninuri",
            "authenticationtype",
            "issuermode",
            "providerdetails",
            "samlmetadatadocument",
            "thumbprintlist",
            "samlidentityprovider",
            "idp_sso_target_url",
            "idp_sso_service_url",
            "oidc_discovery_url",
            "enabled_clients",
        ]
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
            () if head.has(&["SAMLMetadataDocument"]) => (AWS_SAML, &[]),
            () if head.has(&["Url", "ClientIDList", "ThumbprintList"]) => (AWS_OIDC, &[]),
            () if under(&["organization", "samlIdentityProvider", "ssoUrl"]) => (GITHUB, &["organization"]),
            () if under(&["enterprise", "ownerInfo", "samlIdentityProvider"]) => (GITHUB, &["enterprise", "ownerInfo"]),
            () if head.has(&["name", "args"]) && (under(&["args", "idp_sso_target_url"]) || under(&["args", "idp_sso_service_url"])) => {
                (GITLAB, &[])
            }
            () if head.has(&["oidc_discovery_url"])
                && head.count(&["default_role", "jwt_supported_algs", "bound_issuer", "jwks_url"]) >= 2 =>
            {
                (VAULT, &[])
            }
            () if head.has(&["strategy", "options"])
                && head.count(&["enabled_clients", "is_domain_connection", "realms", "show_as_button"]) >= 1
                && head.tree.get("strategy").and_then(Tree::text).is_some_and(|s| ENTERPRISE.contains(&s)) =>
            {
                (AUTH0, &[])
            }
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
            AWS_SAML => metadata(&site("aws"), out),
            AWS_OIDC => state(&site("aws"), "identity provider", &[&["Url"]], out),
            GITHUB => organisation(record, out),
            GITLAB => {
                let paths = ["idp_sso_target_url", "idp_sso_service_url"].map(|key| ["args", key]);
                state(&site("gitlab"), "single sign-on", &paths.each_ref().map(<[&str; 2]>::as_slice), out);
            }
            // the product's name stands in that of the sign-in: passwords may lie behind it
            VAULT => {
                let said: Vec<Said<&str>> =
                    ["bound_issuer", "oidc_discovery_url"].iter().filter_map(|key| site("vault").text(&[key])).collect();
                brokered(&site("vault"), "HashiCorp Vault", population::USER.as_str(), &said, out);
            }
            AUTH0 => connection(&site("auth0"), out),
            _ => {}
        }
    }
}

/// The single sign-on of an organisation of GitHub, where somebody asked for it.
pub(super) fn organisation(record: &Record<'_>, out: &mut Drafts) {
    let paths: [&[&str]; 2] = [&["samlIdentityProvider", "issuer"], &["samlIdentityProvider", "ssoUrl"]];
    let site = Site::new(record, "github", record.text_at(&["login"]).unwrap_or_default());
    let said: Vec<Said<&str>> = paths.iter().filter_map(|path| site.text(path)).collect();
    brokered(&site, "single sign-on", population::USER.as_str(), &said, out);
}

/// The metadata of a provider, as a text of XML inside of the answer.
fn metadata(site: &Site<'_>, out: &mut Drafts) {
    let Some(document) = site.text(&["SAMLMetadataDocument"]) else { return };
    let mut said: Vec<Said<&str>> = Vec::new();
    for key in ["entityID=", "Location="] {
        let value = document.value.split_once(key).and_then(|(_, rest)| rest.get(1..)?.split(['"', '\'']).next());
        said.extend(value.map(|value| document.clone().map(|_| value)));
    }
    brokered(site, "SAML provider", population::USER.as_str(), &said, out);
}

/// A connection of Auth0 to another directory: its address, or the name of the tenant and the sort.
pub(super) fn connection(site: &Site<'_>, out: &mut Drafts) {
    let name = site.record.text_at(&["name"]).unwrap_or("connection");
    let option = |key: &str| site.text(&["options", key]);
    let product = match site.record.text_at(&["strategy"]) {
        Some("waad") => "entra",
        Some("google-apps") => "google",
        Some("okta") => "okta",
        _ => {
            let paths = [
                "issuer",
                "discovery_url",
                "signInEndpoint",
                "metadataUrl",
                "adfs_server",
                "pingFederateBaseUrl",
                "authorization_endpoint",
            ];
            let said: Vec<Said<&str>> = paths.iter().filter_map(|key| option(key)).collect();
            return brokered(site, name, population::USER.as_str(), &said, out);
        }
    };
    let Some(tenant) = ["tenant_domain", "domain", "tenantId"].iter().find_map(|key| option(key)).filter(|t| !is_anybody(t.value)) else {
        return;
    };
    let own = tenant.value.split('.').next().unwrap_or(tenant.value).to_owned();
    let mut draft = site.sign_in(&format!("brokered/{name}"), population::USER.as_str(), tenant.at.clone());
    for via in [tenant.value.to_owned(), own, product.to_owned()] {
        claim(&mut draft, sign_in::VIA, tenant.clone().map(|_| via));
    }
    out.facts.push(draft);
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
        for (text, want) in [
            (
                r#"{"SAMLMetadataDocument": "<md:EntityDescriptor entityID=\"http://www.okta.com/exk1\"><md:SingleSignOnService Location=\"https://quay.okta.com/app/amazon_aws/exk1/sso/saml\"/>", "CreateDate": "2024-01-01T00:00:00Z"}"#,
                &["okta", "quay"][..],
            ),
            (r#"{"Url": "token.actions.githubusercontent.com", "ClientIDList": ["sts.amazonaws.com"], "ThumbprintList": []}"#, &[]),
            (
                r#"{"data": {"organization": {"login": "quay", "samlIdentityProvider": {"issuer": "https://sts.windows.net/11/", "ssoUrl": "https://login.microsoftonline.com/11/saml2"}}}}"#,
                &["11", "entra"],
            ),
            (
                r#"{"data": {"organization": {"login": "quay", "requiresTwoFactorAuthentication": true, "samlIdentityProvider": {"ssoUrl": "https://quay.okta.com/app/githubcloud/x/sso/saml"}}}}"#,
                &["quay", "okta"],
            ),
            (
                r#"[{"name": "saml", "label": "Quay", "args": {"issuer": "https://git.quay.example", "idp_sso_target_url": "https://sso.quay.example/realms/staff/protocol/saml"}}]"#,
                &["staff"],
            ),
            (
                r#"{"request_id": "1", "data": {"oidc_discovery_url": "https://sso.quay.example/realms/staff", "default_role": "staff", "bound_issuer": "", "jwt_supported_algs": []}}"#,
                &["staff"],
            ),
            (
                r#"[{"name": "staff", "strategy": "waad", "enabled_clients": [], "options": {"tenant_domain": "quay.onmicrosoft.com"}}]"#,
                &["quay.onmicrosoft.com", "quay", "entra"],
            ),
            (
                r#"[{"name": "staff", "strategy": "oidc", "enabled_clients": [], "options": {"discovery_url": "https://sso.quay.example/realms/staff/.well-known/openid-configuration"}}]"#,
                &["staff"],
            ),
            (r#"[{"name": "google", "strategy": "google-oauth2", "enabled_clients": [], "options": {}}]"#, &[]),
        ] {
            assert_eq!(via(text), want, "{text}");
        }
        let off = r#"[{"id": "0oa1", "type": "SAML2", "name": "partner", "issuerMode": "DYNAMIC", "status": "INACTIVE", "policy": {}, "protocol": {"type": "SAML2", "credentials": {"trust": {"issuer": "https://sts.windows.net/11/"}}}}]"#;
        assert!(via(off).is_empty());
    }
}

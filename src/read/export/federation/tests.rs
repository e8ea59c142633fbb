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

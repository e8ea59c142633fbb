use super::least_length;
use super::secrets::literal;
use crate::artifact::{Artifact, Spot};
use crate::fact::{Basis, Draft, Field, Kind, Stated, credential, principal, recovery, setting, sign_in};
use crate::read::export::tests::{of, read, words};

const REALM: &str = include_str!("../../../../fixtures/exports/keycloak/realm-harbour.json");

fn basis(draft: &Draft, field: Field) -> Option<Basis> {
    match draft.fields.get(field)? {
        Stated::Said(claims) => claims.first().map(|c| c.basis),
        _ => None,
    }
}

fn quoted<'a>(text: &'a str, draft: &Draft, field: Field) -> Option<(&'a str, Spot)> {
    match draft.fields.get(field)? {
        Stated::Said(claims) => claims.first().map(|c| (&text[c.quote.start..c.quote.end], c.quote.clone())),
        _ => None,
    }
}

#[test]
fn a_full_realm() {
    let drafts = read("realm.json", REALM);
    assert_eq!(drafts.kind, Some("keycloak.realm"));
    let ways = of(&drafts, Kind::Recovery);
    let way = ways.first().expect("recovery");
    assert_eq!(words(way, recovery::ASKS), ["email_code"]);
    assert_eq!(way.fields.flag(recovery::REBINDS), Some(true));
    assert_eq!(way.fields.flag(recovery::ADDRESS_VERIFIED), Some(false));
    assert_eq!(basis(way, recovery::ADDRESS_VERIFIED), Some(Basis::Explicit));
    let (text, spot) = quoted(REALM, way, recovery::REBINDS).expect("quote");
    assert!(text.contains("reset-otp"), "{text}");
    assert_eq!(spot.pointer.as_deref(), Some("/authenticationFlows/1/authenticationExecutions/1"));
    let settings = of(&drafts, Kind::Setting);
    let admin = settings.iter().find(|s| s.name == "harbour/adminEventsEnabled").expect("setting");
    assert_eq!((admin.fields.flag(setting::ENABLED), admin.anchor.as_str()), (Some(false), "/harbour/adminEventsEnabled"));
    assert_eq!(quoted(REALM, admin, setting::ENABLED).map(|q| q.0), Some("\"adminEventsEnabled\": false"));
    assert_eq!(words(of(&drafts, Kind::SignIn).first().expect("sign-in"), sign_in::FACTORS), ["password", "totp"]);
    let admin = of(&drafts, Kind::Principal).into_iter().find(|p| p.name == "quay.master").expect("user");
    assert_eq!((admin.fields.flag(principal::PRIVILEGED), admin.fields.flag(principal::MFA)), (Some(true), Some(false)));
    let plain: Vec<_> = of(&drafts, Kind::Credential).into_iter().map(|c| (c.name.as_str(), c.fields.word(credential::TYPE))).collect();
    assert_eq!(
        plain,
        [
            ("berth-api", Some("client_secret")),
            ("smtp server", Some("client_secret")),
            ("rsa-harbour", Some("private_key")),
            ("quay.master", Some("password"))
        ]
    );
}

/// Any one alternative lets in, unless a sibling is required; a step that is not known leaves the sign-in unsaid.
#[test]
fn alternatives_of_a_sign_in() {
    let realm = |second: &str| {
        format!(
            r#"{{"realm": "quay", "clients": [], "accessTokenLifespan": 300, "authenticationFlows": [
             {{"alias": "browser", "authenticationExecutions": [
              {{"authenticator": "auth-cookie", "requirement": "ALTERNATIVE"}},
              {{"flowAlias": "forms", "requirement": "ALTERNATIVE"}},
              {{"authenticator": "webauthn-authenticator-passwordless", "requirement": "ALTERNATIVE"}}]}},
             {{"alias": "forms", "authenticationExecutions": [
              {{"authenticator": "auth-username-password-form", "requirement": "REQUIRED"}},
              {{"flowAlias": "second", "requirement": "CONDITIONAL"}}]}},
             {{"alias": "second", "authenticationExecutions": [{second}]}}]}}"#
        )
    };
    let factors = |second: &str| {
        let text = realm(second);
        let drafts = read("realm.json", &text);
        of(&drafts, Kind::SignIn).into_iter().map(|f| words(f, sign_in::FACTORS)).collect::<Vec<_>>()
    };
    let otp = r#"{"authenticator": "conditional-user-configured", "requirement": "REQUIRED"}, {"authenticator": "auth-otp-form", "requirement": "ALTERNATIVE"}, {"authenticator": "auth-recovery-authn-code-form", "requirement": "ALTERNATIVE"}"#;
    assert_eq!(factors(otp), [vec!["password", "totp"], vec!["password", "recovery_code"], vec!["passkey"]]);
    let both = otp.replacen("ALTERNATIVE", "REQUIRED", 1);
    assert_ne!(otp, both);
    assert_eq!(factors(&both), [vec!["password", "totp"], vec!["passkey"]]);
    assert!(factors(r#"{"authenticator": "our-own-check", "requirement": "REQUIRED"}"#).is_empty());
}

#[test]
fn nothing_secret_of_a_realm_is_sealed() {
    let knowing = crate::read::Knowledge::new(&[], [7; 32]);
    for path in ["realm.json", "realm.yaml"] {
        let reading = crate::read::read(&Artifact::given(path, REALM), &knowing);
        assert!(!reading.facts.is_empty());
        let sealed = serde_json::to_string(&reading.facts).expect("facts");
        for secret in ["Vq7mT2xLr9Zk4Hn8", "tideTable-4471", "MIIEowIBAAKCAQEAq1w2e3r4t5", "smtp-Relay-9920"] {
            assert!(REALM.contains(secret), "{secret}");
            assert!(!sealed.contains(secret), "{secret} in {path}");
        }
    }
}

#[test]
fn secrets_in_yaml_are_marked_where_they_stand() {
    let text = include_str!("../../../../fixtures/exports/keycloak/realm-pier.yaml");
    let drafts = read("pier.yaml", text);
    let marked: Vec<_> = drafts.marks.iter().map(|m| &text[m.start..m.end]).collect();
    assert_eq!(marked, ["bollard-9931-rope", "Moor!ng-2280", "first-Watch-18"]);
    let held = of(&drafts, Kind::Credential);
    let names: Vec<_> = held.iter().map(|c| (c.name.as_str(), c.fields.flag(credential::TEMPORARY))).collect();
    assert_eq!(names, [("bollard", None), ("directory", None), ("watch", Some(true))]);
}

#[test]
fn disabled_steps_ask_for_nothing_and_required_forms_do() {
    let off = REALM.replacen(
        r#""flowAlias": "Harbour - OTP", "requirement": "CONDITIONAL""#,
        r#""flowAlias": "Harbour - OTP", "requirement": "DISABLED""#,
        1,
    );
    assert_ne!(off, REALM);
    assert_eq!(of(&read("r.json", &off), Kind::Recovery).first().and_then(|r| r.fields.flag(recovery::REBINDS)), Some(false));
    let form = REALM.replacen(r#""authenticator": "reset-otp""#, r#""authenticator": "auth-otp-form""#, 1);
    let drafts = read("r.json", &form);
    let ways = of(&drafts, Kind::Recovery);
    assert_eq!(words(ways.first().expect("recovery"), recovery::ASKS), ["email_code", "totp"]);
    let own = REALM.replacen(r#""authenticator": "reset-otp""#, r#""authenticator": "harbour-callback-form""#, 1);
    let drafts = read("r.json", &own);
    let way = of(&drafts, Kind::Recovery).into_iter().next().expect("recovery");
    assert_eq!(way.fields.get(recovery::REBINDS), None, "a step that is not known may ask for more");
    let elsewhere = REALM.replace(r#""resetCredentialsFlow": "reset credentials""#, r#""resetCredentialsFlow": "harbour reset""#);
    let drafts = read("r.json", &elsewhere);
    let way = of(&drafts, Kind::Recovery).into_iter().next().expect("recovery");
    assert_eq!((way.fields.get(recovery::REBINDS), way.fields.get(recovery::ASKS)), (None, None));
    let circle = REALM.replacen(r#""authenticator": "reset-otp""#, r#""flowAlias": "reset credentials""#, 1);
    assert_eq!(of(&read("r.json", &circle), Kind::Recovery).len(), 1);
}

#[test]
fn fragments_claim_no_defaults_but_for_what_recovery_rests_on() {
    let yaml = "realm: pier\nresetPasswordAllowed: true\nclients:\n- clientId: crane\n  secret: $(env:CRANE_SECRET)\n- clientId: winch\n  secret: winch-Zt81-plain\n";
    let drafts = read("pier.yaml", yaml);
    assert_eq!(drafts.kind, Some("keycloak.realm"));
    let names: Vec<_> = of(&drafts, Kind::Setting).into_iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["pier/resetPasswordAllowed"]);
    let ways = of(&drafts, Kind::Recovery);
    let way = ways.first().expect("recovery");
    assert_eq!(basis(way, recovery::REBINDS), Some(Basis::Default));
    assert_eq!(basis(way, recovery::ADDRESS_VERIFIED), Some(Basis::Default));
    let plain: Vec<_> = of(&drafts, Kind::Credential).into_iter().map(|c| c.name.as_str()).collect();
    assert_eq!(plain, ["winch"]);
    assert_eq!(drafts.marks.iter().map(|m| &yaml[m.start..m.end]).collect::<Vec<_>>(), ["winch-Zt81-plain"]);
}

#[test]
fn arrays_custom_resources_and_strangers() {
    assert_eq!(of(&read("all.json", &format!("[{REALM}, {REALM}]")), Kind::Tenant).len(), 2);
    let custom = "apiVersion: k8s.keycloak.org/v2alpha1\nkind: KeycloakRealmImport\nspec:\n  realm:\n    realm: pier\n    resetPasswordAllowed: true\n";
    let drafts = read("cr.yml", custom);
    assert_eq!(drafts.kind, Some("keycloak.realm"));
    assert_eq!(of(&drafts, Kind::Recovery).len(), 1);
    for text in ["realm: x\nenabled: true\n", "realm: x\nclients: [a]\n", "user: x\nclients: [a]\nsslRequired: none\n"] {
        assert_eq!(read("x.yaml", text).kind, None, "{text}");
    }
}

#[test]
fn stand_ins_and_policies() {
    for text in ["", "**********", "$(env:X)", "$(env:X:-secret)", "${vault.key}", "{{ secret }}", "<client secret>", "?UUID?", "$SECRET"] {
        assert!(!literal(text), "{text}");
    }
    assert!(literal("acme-secret") && literal("alice"));
    assert_eq!(least_length("length(15) and notUsername(undefined)"), 15);
    assert_eq!(least_length("specialChars(1)"), 0);
}

#[test]
fn one_list_of_a_realm_is_enough_and_substitutions_are_no_faults() {
    for text in [
        r#"{"enabled": true, "realm": "pier", "clients": [{"clientId": "crane", "secret": "crane-Zt81-plain"}]}"#,
        r#"{"enabled": $(env:ON), "realm": "pier", "verifyEmail": $(env:VERIFY:true), "clients": [{"clientId": "crane", "secret": "crane-Zt81-plain"}]}"#,
    ] {
        let drafts = read("pier.json", text);
        assert_eq!(drafts.kind, Some("keycloak.realm"), "{text}");
        let plain: Vec<_> = of(&drafts, Kind::Credential).into_iter().map(|c| c.name.as_str()).collect();
        assert_eq!(plain, ["crane"], "{text}");
        assert_eq!(drafts.marks.iter().map(|m| &text[m.start..m.end]).collect::<Vec<_>>(), ["crane-Zt81-plain"]);
    }
    for text in [
        r#"{"realm": "x", "clients": [{"name": "a"}]}"#,
        r#"{"realm": "x", "auth-server-url": "https://sso.quay.example", "resource": "desk"}"#,
    ] {
        assert_eq!(read("x.json", text).kind, None, "{text}");
    }
}

#[test]
fn who_signs_in_here_and_for_whom() {
    let text = r#"{"realm": "quay", "accessTokenLifespan": 300, "clients": [{"clientId": "google.com/a/quay.example", "protocol": "saml"}, {"clientId": "urn:federation:MicrosoftOnline", "enabled": false}],
        "identityProviders": [{"alias": "partner", "providerId": "oidc", "enabled": true, "config": {"issuer": "https://sso.partner.example/realms/partner"}},
        {"alias": "anybody", "providerId": "google", "enabled": true, "config": {"clientId": "x"}},
        {"alias": "staff", "providerId": "google", "enabled": true, "config": {"hostedDomain": "quay.example"}},
        {"alias": "link", "providerId": "oidc", "linkOnly": true, "config": {"issuer": "https://sso.partner.example/realms/other"}}]}"#;
    let drafts = read("realm.json", text);
    let told: Vec<(String, Vec<&str>)> = of(&drafts, Kind::SignIn)
        .iter()
        .map(|s| (s.fields.text(sign_in::TENANT).cloned().unwrap_or_default(), s.fields.texts(sign_in::VIA).map(String::as_str).collect()))
        .collect();
    assert_eq!(
        told,
        [
            ("quay.example".to_owned(), vec!["quay"]),
            ("quay".to_owned(), vec!["partner"]),
            ("quay".to_owned(), vec!["quay.example", "google"])
        ]
    );
}

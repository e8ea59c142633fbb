//! Ory Kratos: the configuration of the server, whole or in parts, alone or as the values of its chart.

use super::federation;
use super::input::Head;
use super::record::Record;
use super::site::{self, Said, Site, claim};
use super::{ExportReader, Format};
use crate::fact::{Basis, Value, Word, act, channel, population, proof, recovery, setting};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Kratos;

const KIND: &str = "kratos.config";
const PRODUCT: &str = "kratos";

/// Where the configuration lies: the file itself, or the values of the chart.
const PLACES: [&[&str]; 3] = [&[], &["kratos", "config"], &["config"]];
/// Keys that stand beside `selfservice`.
const BESIDE: &[&str] = &["identity", "dsn", "courier", "session", "secrets", "serve", "hashers", "version", "ciphers", "cookies"];
/// Keys below `selfservice`.
const BELOW: &[&str] = &["flows", "methods", "default_browser_return_url", "allowed_return_urls"];
/// Keys below `selfservice.flows`.
const FLOWS: &[&str] = &["settings", "recovery", "verification", "login", "registration", "logout", "error"];
/// The methods that sign people in or step them up, what they ask for, and whether they are on when nothing is said.
const METHODS: &[(&str, Word, bool)] = &[
    ("password", proof::PASSWORD, true),
    ("totp", proof::TOTP, false),
    ("lookup_secret", proof::RECOVERY_CODE, false),
    ("webauthn", proof::PASSKEY, false),
    ("passkey", proof::PASSKEY, false),
];
/// What the configuration does not tell.
const HIDES: &[&str] = &["which users have a second factor", "what an override from the environment changes", "what web hooks decide"];
/// A mailed code or link lives for an hour unless something else is said.
const STOCK_LIFE: i64 = 3600;

impl ExportReader for Kratos {
    fn needles(&self) -> &'static [&'static str] {
        &["selfservice"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let records = PLACES.into_iter().find(|place| {
            let Some(root) = head.tree.path(place) else { return false };
            let Some(own) = root.get("selfservice").filter(|s| matches!(s.node, Node::Map(_))) else { return false };
            let count = |tree: &Tree, keys: &[&str]| keys.iter().filter(|k| tree.get(k).is_some()).count();
            let flows = own.get("flows").map_or(0, |flows| count(flows, FLOWS));
            count(own, BELOW) >= 2 || (count(own, BELOW) == 1 && count(root, BESIDE) >= 1) || flows >= 3
        })?;
        Some(Format { kind: KIND, records })
    }

    fn record(&self, _kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        site::mark(record, &["cookie", "cipher", "default", "client_secret", "connection_uri"], out);
        let site = Site::new(record, PRODUCT, "");
        out.facts.push(site.tenant(PRODUCT, &[], HIDES));
        let front = sign_in_facts(&site, out);
        providers(&site, out);
        settings(&site, out);
        recovery_facts(&site, &front, out);
    }
}

/// The flag of a method, or what holds without one.
fn method(site: &Site<'_>, name: &str, or: bool) -> Said<bool> {
    site.flag(&["selfservice", "methods", name, "enabled"]).unwrap_or_else(|| site.default(or))
}

/// What the sign-in asks for.
fn sign_in_facts(site: &Site<'_>, out: &mut Drafts) -> Vec<Said<Word>> {
    let mut front: Vec<Said<Word>> = Vec::new();
    if site.find(&["selfservice", "methods"]).is_some() {
        for (name, word, or) in METHODS {
            let on = method(site, name, *or);
            if on.value && !front.iter().any(|f| f.value == *word) {
                front.push(on.map(|_| *word));
            }
        }
        for (flag, word) in [("passwordless_enabled", proof::EMAIL_CODE), ("mfa_enabled", proof::EMAIL_CODE)] {
            let on = site.flag(&["selfservice", "methods", "code", flag]);
            front.extend(on.filter(|on| on.value && !front.iter().any(|f| f.value == word)).map(|on| on.map(|_| word)));
        }
        let second = [proof::TOTP, proof::RECOVERY_CODE];
        let (second, first): (Vec<_>, Vec<_>) = front.iter().cloned().partition(|f| second.contains(&f.value));
        // a saved code stands in for the second factor and is none that a sign-in is built on
        let second: Vec<_> = second.into_iter().filter(|f| f.value == proof::TOTP).collect();
        site.sign_ins("selfservice.methods", population::USER.as_str(), &first, &second, out);
    }
    front
}

/// Other directories that sign people in.
fn providers(site: &Site<'_>, out: &mut Drafts) {
    if !site.flag(&["selfservice", "methods", "oidc", "enabled"]).is_some_and(|on| on.value) {
        return;
    }
    for record in site.record.items(&["selfservice", "methods", "oidc", "config", "providers"]) {
        let site = site.over(&record);
        let tenant = site.text(&["microsoft_tenant"]).filter(|t| !federation::is_anybody(t.value));
        let named = tenant.as_ref().map(|t| format!("https://login.microsoftonline.com/{}/", t.value));
        let mut said: Vec<Said<&str>> = named.as_deref().zip(tenant.clone()).map(|(n, t)| t.map(|_| n)).into_iter().collect();
        said.extend(["issuer_url", "auth_url"].iter().filter_map(|key| site.text(&[key])));
        federation::brokered(&site, record.text_at(&["id"]).unwrap_or("provider"), population::USER.as_str(), &said, out);
    }
}

fn settings(site: &Site<'_>, out: &mut Drafts) {
    let flow = ["selfservice", "flows", "settings"];
    if let Some(aal) = site.text(&[&flow[..], &["required_aal"]].concat()) {
        let mut draft = site.setting("selfservice.flows.settings.required_aal", "required_aal", setting::VALUE, aal);
        // a session that recovery opened reaches these settings only where recovery is on
        draft.say(setting::ENABLED, site.flag(&["selfservice", "flows", "recovery", "enabled"]).is_some_and(|on| on.value));
        out.facts.push(draft);
    }
    if let Some(age) = site.span(&[&flow[..], &["privileged_session_max_age"]].concat(), 1) {
        let name = "selfservice.flows.settings.privileged_session_max_age";
        out.facts.push(site.setting(name, "privileged_session_max_age", setting::LIFETIME, age));
    }
    if let Some(on) = site.flag(&["selfservice", "flows", "verification", "enabled"]) {
        out.facts.push(site.setting("selfservice.flows.verification.enabled", "verification", setting::ENABLED, on));
    }
}

/// The way back in over a code or link, where the flow and its method are on.
fn recovery_facts(site: &Site<'_>, front: &[Said<Word>], out: &mut Drafts) {
    let flow = ["selfservice", "flows", "recovery"];
    let Some(on) = site.flag(&[&flow[..], &["enabled"]].concat()).filter(|on| on.value) else { return };
    let uses = site.text(&[&flow[..], &["use"]].concat()).unwrap_or_else(|| site.default("code"));
    let by = if uses.value == "link" { "link" } else { "code" };
    if site.flag(&["selfservice", "methods", by, "enabled"]).is_some_and(|on| !on.value) {
        return;
    }
    let mut draft = site.recovery("selfservice.flows.recovery", act::ACCOUNT_RECOVERY, population::USER.as_str(), on.at.clone());
    claim(&mut draft, recovery::ASKS, uses.clone().map(|_| proof::EMAIL_CODE));
    claim(&mut draft, recovery::CHANNELS, uses.clone().map(|_| channel::EMAIL));
    for texts in site.record.items(&["courier", "channels"]) {
        if let Some(at) = texts.text_at(&["id"]).filter(|id| *id == "sms").map(|_| texts.spot()) {
            claim(&mut draft, recovery::CHANNELS, Said { value: channel::SMS, at: at.clone(), basis: Basis::Explicit });
            claim(&mut draft, recovery::ASKS, Said { value: proof::SMS_CODE, at, basis: Basis::Explicit });
        }
    }
    claim(&mut draft, recovery::NEEDS, uses.map(|_| 1));
    let life = site.span(&["selfservice", "methods", by, "config", "lifespan"], 1);
    claim(&mut draft, recovery::LIFETIME, life.unwrap_or_else(|| site.default(Value::Duration(STOCK_LIFE))));
    let hooks = site.record.items(&[&flow[..], &["after", "hooks"]].concat());
    let revoking = hooks.iter().find(|h| h.text_at(&["hook"]) == Some("revoke_active_sessions"));
    let silent = site.find(&flow).map_or_else(|| on.at.clone(), |(_, at)| at);
    claim(
        &mut draft,
        recovery::REVOKES,
        match revoking {
            Some(hook) => Said { value: true, at: hook.spot(), basis: Basis::Explicit },
            None if hooks.is_empty() => Said { value: false, at: silent, basis: Basis::Default },
            None => Said { value: false, at: silent, basis: Basis::Explicit },
        },
    );
    for factor in front {
        claim(&mut draft, recovery::FRONT_ASKS, factor.clone());
    }
    out.facts.push(draft);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Kind, sign_in};
    use crate::read::export::tests::{of, read};

    const CONFIG: &str = include_str!("../../../fixtures/exports/kratos/kratos.yml");

    #[test]
    fn a_configuration_says_how_people_come_back() {
        let drafts = read("kratos.yml", CONFIG);
        assert_eq!(drafts.kind, Some(KIND));
        let back = of(&drafts, Kind::Recovery);
        let back = back.first().expect("a recovery");
        assert_eq!(back.fields.word(recovery::ASKS), Some("email_code"));
        assert_eq!(back.fields.flag(recovery::REVOKES), Some(false));
        assert_eq!(back.fields.values(recovery::LIFETIME).next(), Some(&Value::Duration(5400)));
        let front = of(&drafts, Kind::SignIn);
        let factors: Vec<_> = front.first().expect("a sign-in").fields.values(sign_in::FACTORS).collect();
        assert_eq!(factors, [&Value::Word(proof::PASSWORD), &Value::Word(proof::TOTP)]);
        assert!(drafts.marks.iter().any(|m| m.value == "quay-cookie-secret-0419"), "{:?}", drafts.marks);
    }

    #[test]
    fn off_is_off_and_a_chart_is_a_configuration() {
        let off = CONFIG.replace("recovery:\n      enabled: true", "recovery:\n      enabled: false");
        assert!(of(&read("kratos.yml", &off), Kind::Recovery).is_empty());
        let no_method = CONFIG.replace("    code:\n      enabled: true", "    code:\n      enabled: false");
        assert!(of(&read("kratos.yml", &no_method), Kind::Recovery).is_empty());
        let indented: String = CONFIG.lines().map(|l| format!("    {l}\n")).collect();
        let chart = read("values.yaml", &format!("kratos:\n  config:\n{indented}"));
        assert_eq!((chart.kind, of(&chart, Kind::Recovery).len()), (Some(KIND), 1));
        let mounted =
            read("cm.yaml", &format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: kratos}}\ndata:\n  kratos.yml: |\n{indented}"));
        assert_eq!(of(&mounted, Kind::Recovery).len(), 1);
        assert!(mounted.marks.iter().all(|m| m.end - m.start == m.value.len()), "a mark is no longer than its secret");
    }

    #[test]
    fn what_is_none_is_none() {
        for text in ["selfservice: true\n", "selfservice:\n  flows: {}\n", "selfservice: {shop: 1}\ndsn: x\n", "a: selfservice\n"] {
            assert_eq!(read("x.yml", text).kind, None, "{text}");
        }
        let cut = &CONFIG[..CONFIG.len() / 2];
        assert!(read("kratos.yml", cut).facts.len() < 6);
        assert_eq!(read("kratos.yml", "selfservice:\n  flows: [\n").kind, None);
        let odd = read("kratos.yml", "selfservice:\n  flows: {recovery: 7, settings: [1]}\n  methods: [x]\n");
        assert!(of(&odd, Kind::Recovery).is_empty());
    }
}

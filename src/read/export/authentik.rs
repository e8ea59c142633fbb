//! Authentik and Zitadel: blueprints of flows, and login policies.

use super::federation;
use super::input::Head;
use super::record::Record;
use super::shape;
use super::site::{self, Said, Site, claim};
use super::{ExportReader, Format};
use crate::fact::{Basis, Value, Word, act, channel, population, proof, recovery, setting};
use crate::read::Drafts;
use crate::tree::{Node, Tree};
use std::collections::HashMap;

pub(super) struct Authentik;

const BLUEPRINT: &str = "authentik.blueprint";
const LOGIN: &str = "zitadel.login-policy";
const AUTHENTIK: &str = "authentik";
const ZITADEL: &str = "zitadel";
/// What a mailed link lives for when nothing is said.
const STOCK_LIFE: i64 = 1800;

impl ExportReader for Authentik {
    fn needles(&self) -> &'static [&'static str] {
        &["authentik_", "hidepasswordreset", "forcemfa"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let model = |e: &Tree| e.get("model").and_then(Tree::text).is_some_and(|m| m.starts_with("authentik_"));
        if head.tree.get("entries").map(Tree::items).is_some_and(|e| e.iter().any(model)) && head.count(&["version", "metadata"]) >= 1 {
            return Some(Format { kind: BLUEPRINT, records: &[] });
        }
        let own = [
            "HidePasswordReset",
            "ForceMFA",
            "ForceMFALocalOnly",
            "AllowUsernamePassword",
            "PasswordlessType",
            "PasswordCheckLifetime",
            "SecondFactors",
            "MultiFactors",
            "IgnoreUnknownUsernames",
        ];
        let policy = |t: &Tree| own.iter().filter(|k| t.get(k).is_some()).count() >= 3;
        let places: [&'static [&'static str]; 4] = [&[], &["policy"], &["DefaultInstance", "LoginPolicy"], &["LoginPolicy"]];
        let records = places.into_iter().find(|place| head.tree.path(place).is_some_and(policy))?;
        Some(Format { kind: LOGIN, records })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        site::mark(record, &["client_secret", "consumer_secret", "key", "password", "token"], out);
        if kind == BLUEPRINT { blueprint(&Site::new(record, AUTHENTIK, ""), out) } else { login(&Site::new(record, ZITADEL, ""), out) }
    }
}

/// Reads a resource of Terraform. Gives whether it is one of ours. Sign-in by password is on unless it is switched off.
pub(super) fn resource(kind: &str, site: &Site<'_>, out: &mut Drafts) -> bool {
    if matches!(kind, "zitadel_default_login_policy" | "zitadel_login_policy") {
        let tree = shape::camel(site.record.tree, &|_| None);
        login(&Site::new(&site.record.inner(&tree, ""), ZITADEL, ""), out);
    }
    kind.starts_with("zitadel_")
}

/// What a reference such as `!KeyOf name` or `!Find [model, [field, name]]` names: its last text.
fn named(tree: &Tree) -> Option<&str> {
    match &tree.node {
        Node::List(items) => items.last().and_then(named),
        _ => tree.text(),
    }
}

fn model<'a>(record: &Record<'a>) -> &'a str {
    record.text_at(&["model"]).unwrap_or_default()
}

/// Every name that an entry goes by.
fn names<'a>(record: &Record<'a>) -> Vec<&'a str> {
    // exports of a server tell entries by key, those that people write by name
    [&["id"][..], &["identifiers", "pk"], &["identifiers", "slug"], &["identifiers", "name"], &["attrs", "name"]]
        .iter()
        .filter_map(|path| record.text_at(path))
        .collect()
}

/// The flows that recover an account, and the stages that are bound to them.
fn blueprint(site: &Site<'_>, out: &mut Drafts) {
    let entries = site.record.items(&["entries"]);
    out.facts.push(site.tenant(AUTHENTIK, &[], &["flows and stages that another blueprint defines", "what the code of policies decides"]));
    let mut bound_to: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut stages: HashMap<&str, &Record<'_>> = HashMap::new();
    for entry in &entries {
        if model(entry).ends_with(".flowstagebinding") {
            let end = |key: &str| entry.tree.path(&["identifiers", key]).and_then(named);
            if let (Some(flow), Some(stage)) = (end("target"), end("stage")) {
                bound_to.entry(flow).or_default().push(stage);
            }
        } else if model(entry).starts_with("authentik_stages_") {
            for name in names(entry) {
                stages.entry(name).or_insert(entry);
            }
        }
    }
    for source in entries.iter().filter(|e| model(e).starts_with("authentik_sources_")) {
        let site = site.over(source);
        if site.flag(&["attrs", "enabled"]).is_some_and(|on| !on.value) {
            continue;
        }
        let keys = ["issuer", "sso_url", "oidc_well_known_url", "authorization_url", "access_token_url"];
        let said: Vec<Said<&str>> = keys.iter().filter_map(|key| site.text(&["attrs", key])).collect();
        let name = names(source).into_iter().next().unwrap_or("source");
        federation::brokered(&site, name, population::USER.as_str(), &said, out);
    }
    for flow in entries.iter().filter(|e| model(e).ends_with(".flow")) {
        if flow.text_at(&["attrs", "designation"]) != Some("recovery") {
            continue;
        }
        let called = names(flow);
        let held: Vec<&Record<'_>> =
            called.iter().filter_map(|n| bound_to.get(n)).flatten().filter_map(|stage| stages.get(stage).copied()).collect();
        let bound = |kind: &str| held.iter().find(|s| model(s).ends_with(kind)).copied();
        // a flow whose stages stand elsewhere says nothing of what it asks for
        let Some(mail) = bound(".emailstage") else { continue };
        let label = flow.text_at(&["identifiers", "slug"]).unwrap_or("recovery");
        let mut draft = site.recovery(label, act::PASSWORD_RESET, population::USER.as_str(), flow.spot());
        let said = |word: Word, at: &Record<'_>| Said { value: word, at: at.spot(), basis: Basis::Explicit };
        claim(&mut draft, recovery::ASKS, said(proof::EMAIL_CODE, mail));
        claim(&mut draft, recovery::CHANNELS, said(channel::EMAIL, mail));
        let second = bound(".authenticatorvalidatestage");
        match second {
            Some(stage) => claim(&mut draft, recovery::STEPS_UP, Said { value: true, at: stage.spot(), basis: Basis::Explicit }),
            None => claim(&mut draft, recovery::STEPS_UP, Said { value: false, at: flow.spot(), basis: Basis::Explicit }),
        }
        claim(&mut draft, recovery::LIFETIME, life(&site.over(mail)));
        out.facts.push(draft);
    }
}

/// `minutes=30`, a bare number of minutes in older versions, or nothing.
fn life(stage: &Site<'_>) -> Said<Value<String, crate::artifact::Spot>> {
    let parsed = stage.text(&["attrs", "token_expiry"]).and_then(|text| {
        let seconds = text.value.split(';').try_fold(0i64, |sum, part| {
            let part = part.trim();
            let (unit, count) = part.split_once('=').unwrap_or(("minutes", part));
            let each = match unit.trim() {
                "seconds" => 1,
                "minutes" => 60,
                "hours" => 3600,
                "days" => 86_400,
                "weeks" => 604_800,
                _ => return None,
            };
            sum.checked_add(count.trim().parse::<i64>().ok()?.checked_mul(each)?)
        })?;
        Some(text.map(|_| Value::Duration(seconds)))
    });
    parsed.unwrap_or_else(|| stage.default(Value::Duration(STOCK_LIFE)))
}

fn login(site: &Site<'_>, out: &mut Drafts) {
    // sign-in by password may be off, and with it the password's reset
    let passwords = site.flag(&["AllowUsernamePassword"]).is_none_or(|on| on.value);
    let hidden = site.flag(&["HidePasswordReset"]);
    if let (true, Some(hidden)) = (passwords, hidden.filter(|h| !h.value)) {
        let mut draft = site.recovery("LoginPolicy.HidePasswordReset", act::PASSWORD_RESET, population::USER.as_str(), hidden.at.clone());
        claim(&mut draft, recovery::ASKS, site.inferred(proof::EMAIL_CODE, &hidden.at));
        claim(&mut draft, recovery::CHANNELS, site.inferred(channel::EMAIL, &hidden.at));
        out.facts.push(draft);
    }
    if let Some(on) = site.flag(&["ForceMFA"]) {
        out.facts.push(site.setting("LoginPolicy.ForceMFA", "force_mfa", setting::ENABLED, on));
    }
    for factor in site.record.items(&["SecondFactors"]) {
        let text = factor.tree.scalar().unwrap_or_default();
        let word = match text {
            "SECOND_FACTOR_TYPE_OTP_SMS" | "4" => proof::SMS_CODE,
            "SECOND_FACTOR_TYPE_OTP_EMAIL" | "3" => proof::EMAIL_CODE,
            _ => continue,
        };
        let on = Said { value: true, at: factor.spot(), basis: Basis::Explicit };
        out.facts.push(site.authenticator(&format!("LoginPolicy.SecondFactors {text}"), word, on));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Kind;
    use crate::read::export::tests::{of, read};

    const FLOW: &str = "version: 1\nmetadata: {name: recovery}\nentries:\n- model: authentik_flows.flow\n  id: flow\n  identifiers: {slug: quay-recovery}\n  attrs: {designation: recovery}\n- model: authentik_stages_email.emailstage\n  id: mail\n  identifiers: {name: recovery-mail}\n  attrs: {token_expiry: 'hours=48'}\n- model: authentik_flows.flowstagebinding\n  identifiers: {target: !KeyOf flow, stage: !KeyOf mail, order: 10}\n";

    #[test]
    fn a_flow_and_its_stages() {
        let drafts = read("recovery.yaml", FLOW);
        assert_eq!(drafts.kind, Some(BLUEPRINT));
        let ways = of(&drafts, Kind::Recovery);
        let way = ways.first().expect("a recovery");
        assert_eq!((way.name.as_str(), way.fields.flag(recovery::STEPS_UP)), ("quay-recovery", Some(false)));
        assert_eq!(way.fields.values(recovery::LIFETIME).next(), Some(&Value::Duration(172_800)));
        let second = format!(
            "{FLOW}- model: authentik_stages_authenticator_validate.authenticatorvalidatestage\n  id: mfa\n  identifiers: {{name: mfa}}\n- model: authentik_flows.flowstagebinding\n  identifiers: {{target: !KeyOf flow, stage: !KeyOf mfa, order: 20}}\n"
        );
        let ways = read("recovery.yaml", &second);
        assert_eq!(of(&ways, Kind::Recovery).first().and_then(|r| r.fields.flag(recovery::STEPS_UP)), Some(true));
        // a flow of another sort, and one whose stages stand elsewhere
        for text in [
            FLOW.replace("designation: recovery", "designation: enrollment"),
            FLOW.replace("stage: !KeyOf mail", "stage: !Find [x.y, [name, other]]"),
        ] {
            assert!(of(&read("recovery.yaml", &text), Kind::Recovery).is_empty());
        }
    }

    #[test]
    fn entries_that_are_told_by_key() {
        let text = r#"{"version": 1, "entries": [
            {"identifiers": {"pk": "a5993183", "slug": "quay-recovery"}, "model": "authentik_flows.flow", "attrs": {"designation": "recovery"}},
            {"identifiers": {"pk": "1ff91927", "name": "mail"}, "model": "authentik_stages_email.emailstage", "attrs": {"token_expiry": 30}},
            {"identifiers": {"pk": "9d1", "target": "a5993183", "stage": "1ff91927", "order": 20}, "model": "authentik_flows.flowstagebinding", "attrs": {}}]}"#;
        assert_eq!(of(&read("flow.json", text), Kind::Recovery).len(), 1);
        let tf = "resource \"zitadel_default_login_policy\" \"default\" {\n  force_mfa = false\n  hide_password_reset = \"false\"\n  second_factors = [\"SECOND_FACTOR_TYPE_OTP_SMS\"]\n}\n";
        let drafts = read("main.tf", tf);
        assert_eq!(
            (of(&drafts, Kind::Setting).len(), of(&drafts, Kind::Recovery).len(), of(&drafts, Kind::Authenticator).len()),
            (1, 1, 1)
        );
    }

    #[test]
    fn login_policies_and_what_is_none() {
        let text = "DefaultInstance:\n  LoginPolicy:\n    AllowUsernamePassword: true\n    ForceMFA: false\n    HidePasswordReset: false\n";
        let drafts = read("defaults.yaml", text);
        assert_eq!((drafts.kind, of(&drafts, Kind::Recovery).len()), (Some(LOGIN), 1));
        assert_eq!(
            read("policy.json", r#"{"policy": {"allowUsernamePassword": true, "forceMfa": true, "hidePasswordReset": true}}"#).kind,
            Some(LOGIN)
        );
        for text in [
            "entries: [{model: other.flow}]\nversion: 1\n",
            "entries: authentik_\n",
            "ForceMFA: true\n",
            "version: 1\nentries:\n- model: [authentik_]\n",
        ] {
            assert_eq!(read("x.yaml", text).kind, None, "{text}");
        }
    }
}

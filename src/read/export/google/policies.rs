//! Policies: whom each is for, which of several for one unit counts, and what it says of sign-in and recovery.

use super::{HIDES, PRODUCT};
use crate::fact::{Basis, Value, Word, act, channel, population, proof, recovery, setting};
use crate::read::Drafts;
use crate::read::export::date::{Moment, moment};
use crate::read::export::record::{Record, segment};
use crate::read::export::site::{Said, Site, claim};
use crate::tree::{Node, Tree};
use std::collections::{BTreeMap, HashMap};

/// A date this early means: never.
const NEVER: i64 = 365 * 86_400;
/// Units that one recovery is told for: a tenant can have thousands.
const MOST_TAKERS: usize = 256;
/// Whether the users of a unit may recover their accounts themselves.
const USER_RECOVERY: &str = "user_account_recovery";
/// Units in units.
const DEEPEST: usize = 16;

/// What ScubaGoggles read: a mapping of units and groups.
pub(super) fn results(record: &Record<'_>, out: &mut Drafts) {
    let tenant = ["domain", "ID"].iter().find_map(|key| record.text_at(&["tenant_info", key])).unwrap_or_default();
    let top = record.text_at(&["tenant_info", "topLevelOU"]).unwrap_or_default();
    let site = Site::new(record, PRODUCT, tenant);
    out.facts.push(site.tenant(if tenant.is_empty() { PRODUCT } else { tenant }, &[], HIDES));
    let mut units: Vec<Unit<'_>> = Vec::new();
    for entry in record.tree.get("policies").map(Tree::entries).unwrap_or_default() {
        let at = format!("/policies{}", segment(&entry.key));
        let said =
            entry.value.entries().iter().map(|p| (short(&p.key).to_owned(), record.inner(&p.value, &format!("{at}{}", segment(&p.key)))));
        units.push(Unit { name: entry.key.to_string(), settings: said.collect() });
    }
    let units = Units::new(units, Some(top));
    state(&site, &units, out);
    administrators(&site, out);
}

/// What the API answers: policies one by one, several for one unit, of which the one that is sorted last counts.
pub(super) fn answers(record: &Record<'_>, out: &mut Drafts) {
    let policies = if record.tree.get("policyQuery").is_some() { vec![record.inner(record.tree, "")] } else { record.items(&["policies"]) };
    let customer = policies.iter().find_map(|p| p.text_at(&["customer"])).unwrap_or_default();
    let tenant = customer.rsplit('/').next().unwrap_or_default();
    let site = Site::new(record, PRODUCT, tenant);
    out.facts.push(site.tenant(if tenant.is_empty() { PRODUCT } else { tenant }, &[], HIDES));
    let mut chosen: BTreeMap<(String, String), (f64, Record<'_>)> = BTreeMap::new();
    let mut first_unit: Option<String> = None;
    for policy in &policies {
        let Some(kind) = policy.text_at(&["setting", "type"]) else { continue };
        let order = policy.text_at(&["policyQuery", "sortOrder"]).and_then(|o| o.parse::<f64>().ok()).unwrap_or(0.0);
        let unit = policy.text_at(&["policyQuery", "orgUnit"]).unwrap_or_default();
        let name = match policy.text_at(&["policyQuery", "group"]) {
            Some(group) => format!("{unit} (group {group})"),
            None => unit.to_owned(),
        };
        // the policies of the product itself are said of the top unit
        if policy.text_at(&["type"]) == Some("SYSTEM") && !unit.is_empty() {
            first_unit.get_or_insert_with(|| unit.to_owned());
        }
        let Some(value) = policy.items(&["setting", "value"]).into_iter().next() else { continue };
        let key = (name, short(kind).to_owned());
        if chosen.get(&key).is_none_or(|(other, _)| order >= *other) {
            chosen.insert(key, (order, value));
        }
    }
    let mut units: Vec<Unit<'_>> = Vec::new();
    for ((name, key), (_, value)) in chosen {
        match units.last_mut().filter(|u| u.name == name) {
            Some(unit) => unit.settings.push((key, value)),
            None => units.push(Unit { name, settings: vec![(key, value)] }),
        }
    }
    let units = Units::new(units, first_unit.as_deref());
    state(&site, &units, out);
}

/// `settings/security.password` and `security_password` are one.
fn short(kind: &str) -> &str {
    let kind = kind.strip_prefix("settings/").unwrap_or(kind);
    kind.strip_prefix("security.").or_else(|| kind.strip_prefix("security_")).unwrap_or(kind)
}

/// A unit or group and what is said of it.
struct Unit<'a> {
    name: String,
    settings: Vec<(String, Record<'a>)>,
}

impl<'a> Unit<'a> {
    /// Whether it says itself how its people sign in.
    fn says_sign_in(&self) -> bool {
        self.settings.iter().any(|(key, _)| is_sign_in(key))
    }

    fn get(&self, key: &str) -> Option<&Record<'a>> {
        self.settings.iter().find(|(k, _)| k == key).map(|(_, r)| r)
    }
}

/// The units of a tenant, each with the one it takes from.
struct Units<'a> {
    units: Vec<Unit<'a>>,
    by_name: HashMap<String, usize>,
    top: Option<usize>,
    /// The units that take the recovery of their users from another one, by that one.
    takers: HashMap<String, Vec<usize>>,
}

impl<'a> Units<'a> {
    fn new(units: Vec<Unit<'a>>, top: Option<&str>) -> Self {
        let mut by_name = HashMap::new();
        for (i, unit) in units.iter().enumerate() {
            // "Unit (in Above/Unit)" is called by its own name as well
            let own = unit.name.split_once(" (in ").map_or(unit.name.as_str(), |(own, _)| own);
            by_name.entry(own.to_owned()).or_insert(i);
        }
        let top = top.and_then(|top| by_name.get(top).copied());
        let mut all = Self { units, by_name, top, takers: HashMap::new() };
        for (i, unit) in all.units.iter().enumerate().filter(|(_, u)| u.says_sign_in() && u.get(USER_RECOVERY).is_none()) {
            if let Some(owner) = all.owner(unit, USER_RECOVERY).map(str::to_owned) {
                all.takers.entry(owner).or_default().push(i);
            }
        }
        all
    }

    /// The unit that this one takes from: the one it stands in, else the top.
    fn above(&self, unit: &Unit<'a>) -> Option<&Unit<'a>> {
        let inside = unit.name.rsplit_once(" (in ").map(|(_, path)| path.trim_end_matches(')').rsplit('/').next().unwrap_or_default());
        let owner = unit.name.rsplit_once(" (group ").map(|(unit, _)| unit);
        let named = inside.or(owner).and_then(|name| self.by_name.get(name).copied());
        named.or(self.top).and_then(|i| self.units.get(i)).filter(|above| above.name != unit.name)
    }

    /// The unit that a setting of a unit is taken from.
    fn owner<'u>(&'u self, unit: &'u Unit<'a>, key: &str) -> Option<&'u str> {
        let mut unit = unit;
        for _ in 0..DEEPEST {
            if unit.get(key).is_some() {
                return Some(unit.name.as_str());
            }
            unit = self.above(unit)?;
        }
        None
    }

    /// A setting of a unit or of the ones above.
    fn effective<'u>(&'u self, unit: &'u Unit<'a>, key: &str) -> Option<&'u Record<'a>> {
        let mut unit = unit;
        for _ in 0..DEEPEST {
            if let Some(found) = unit.get(key) {
                return Some(found);
            }
            unit = self.above(unit)?;
        }
        None
    }
}

/// How strong the factors of a set are, and which there are.
fn factors(set: &str) -> (i64, &'static [Word]) {
    match set {
        "PASSKEY_ONLY" => (3, &[proof::PASSKEY]),
        "PASSKEY_PLUS_SECURITY_CODE" | "PASSKEY_PLUS_IP_BOUND_SECURITY_CODE" => (3, &[proof::PASSKEY, proof::TOTP]),
        "NO_TELEPHONY" => (2, &[proof::PASSKEY, proof::PUSH, proof::TOTP, proof::RECOVERY_CODE]),
        _ => (1, &[proof::PASSKEY, proof::PUSH, proof::TOTP, proof::RECOVERY_CODE, proof::SMS_CODE, proof::PHONE_CALL]),
    }
}

fn state(site: &Site<'_>, units: &Units<'_>, out: &mut Drafts) {
    for unit in &units.units {
        for (key, record) in &unit.settings {
            one(&site.over(record), unit, key, units, out);
        }
        sign_in_of(site, unit, units, &unit.name, out);
    }
    // who administers the whole is of the top unit, unless somebody moved them
    if let Some(top) = units.top.and_then(|top| units.units.get(top)) {
        sign_in_of(site, top, units, population::PRIVILEGED.as_str(), out);
    }
}

fn one(site: &Site<'_>, unit: &Unit<'_>, key: &str, units: &Units<'_>, out: &mut Drafts) {
    let name = format!("{}/{key}", unit.name);
    let mut push = |draft: crate::fact::Draft| out.facts.push(draft.saying(setting::SCOPE, unit.name.as_str()));
    match key {
        "super_admin_account_recovery" | "user_account_recovery" => {
            let Some(on) = site.flag(&["enableAccountRecovery"]) else { return };
            push(site.setting(&name, key, setting::ENABLED, on.clone()));
            if on.value {
                let whom = if key.starts_with("super") { population::PRIVILEGED.as_str() } else { unit.name.as_str() };
                let mut draft = site.recovery(&name, act::ACCOUNT_RECOVERY, whom, on.at.clone());
                // the units that take it from here, and say by themselves how their people sign in
                let takers = units.takers.get(&unit.name).filter(|_| !key.starts_with("super"));
                for taker in takers.into_iter().flatten().take(MOST_TAKERS).filter_map(|i| units.units.get(*i)) {
                    claim(&mut draft, recovery::POPULATION, site.inferred(taker.name.as_str(), &on.at));
                }
                for (asked, by) in [(proof::EMAIL_CODE, channel::EMAIL), (proof::SMS_CODE, channel::SMS)] {
                    claim(&mut draft, recovery::ASKS, site.inferred(asked, &on.at));
                    claim(&mut draft, recovery::CHANNELS, site.inferred(by, &on.at));
                }
                // whichever of them is on file
                claim(&mut draft, recovery::NEEDS, site.inferred(1, &on.at));
                out.facts.push(draft);
            }
        }
        "two_step_verification_enforcement" => {
            let Some((tree, at)) = site.find(&["enforcedFrom"]) else {
                return push(site.setting(&name, key, setting::FROM, site.default(Value::Never)));
            };
            let from = match moment(tree) {
                Some(Moment::At(time)) if time.0 >= NEVER => Value::Time(time),
                Some(_) | None => Value::Never,
            };
            push(site.setting(&name, key, setting::FROM, Said { value: from, at, basis: Basis::Explicit }));
        }
        "two_step_verification_enforcement_factor" => {
            let Some(set) = site.text(&["allowedSignInFactorSet"]) else { return };
            let strength = factors(set.value).0;
            let mut draft = site.setting(&name, key, setting::VALUE, set.clone());
            claim(&mut draft, setting::STRENGTH, set.map(|_| strength));
            if let Some((above, set)) =
                units.above(unit).and_then(|u| Some((u, units.effective(u, key)?.text_at(&["allowedSignInFactorSet"])?)))
            {
                draft.say(setting::PARENT, above.name.as_str());
                draft.say(setting::PARENT_STRENGTH, factors(set).0);
            }
            push(draft);
        }
        "two_step_verification_sign_in_code" => {
            let Some(life) = site.span(&["backupCodeExceptionPeriod"], 1) else { return };
            let mut draft = site.setting(&name, key, setting::LIFETIME, life);
            if let Some(set) =
                units.effective(unit, "two_step_verification_enforcement_factor").and_then(|r| r.text_at(&["allowedSignInFactorSet"]))
            {
                draft.say(setting::VALUE, set);
            }
            push(draft);
        }
        "two_step_verification_device_trust" => {
            if let Some(on) = site.flag(&["allowTrustingDevice"]) {
                push(site.setting(&name, key, setting::ENABLED, on));
            }
        }
        "two_step_verification_enrollment" => {
            if let Some(on) = site.flag(&["allowEnrollment"]) {
                push(site.setting(&name, key, setting::ENABLED, on));
            }
        }
        "two_step_verification_grace_period" => {
            if let Some(life) = site.span(&["enrollmentGracePeriod"], 1) {
                push(site.setting(&name, key, setting::LIFETIME, life));
            }
        }
        "login_challenges" => {
            if let Some(on) = site.flag(&["enableEmployeeIdChallenge"]) {
                push(site.setting(&name, "employee_id_challenge", setting::ENABLED, on));
            }
        }
        "session_controls" => {
            if let Some(life) = site.span(&["webSessionDuration"], 1) {
                push(site.setting(&name, key, setting::LIFETIME, life));
            }
        }
        "password" => {
            if let Some(least) = site.number(&["minimumLength"]) {
                push(site.setting(&name, "password_length", setting::NUMBER, least));
            }
        }
        "less_secure_apps" => {
            if let Some(on) = site.flag(&["allowLessSecureApps"]) {
                push(site.setting(&name, key, setting::ENABLED, on));
            }
        }
        "multi_party_approval_require_approvals" | "multi_party_approval" => {
            let state = site.text(&["multiPartyApprovalState"]).map(|s| s.map(|v| v.eq_ignore_ascii_case("ENABLED")));
            if let Some(on) = state.or_else(|| site.flag(&["enableMultiPartyApproval"])) {
                push(site.setting(&name, "multi_party_approval", setting::ENABLED, on));
            }
        }
        _ => {}
    }
}

/// Whether a setting makes a unit's people a population of their own: they sign in, or come back in, in their own way.
fn is_sign_in(key: &str) -> bool {
    key.starts_with("two_step_verification_enforcement") || key == USER_RECOVERY
}

/// How the people of a unit sign in: password, and the second factors of its set where they are enforced.
fn sign_in_of(site: &Site<'_>, unit: &Unit<'_>, units: &Units<'_>, whom: &str, out: &mut Drafts) {
    let own = unit.settings.iter().find(|(key, _)| is_sign_in(key));
    let (Some((_, record)), Some(enforced)) = (own, units.effective(unit, "two_step_verification_enforcement")) else { return };
    let site = site.over(record);
    let from = enforced.tree.get("enforcedFrom").and_then(moment);
    let enforced = matches!(from, Some(Moment::At(time)) if time.0 >= NEVER);
    let basis = if whom == unit.name { Basis::Explicit } else { Basis::Inferred };
    let said = |value: Word| Said { value, at: record.spot(), basis };
    let set = units.effective(unit, "two_step_verification_enforcement_factor").filter(|_| enforced);
    let second = set.map(|set| factors(set.text_at(&["allowedSignInFactorSet"]).unwrap_or_default()).1).unwrap_or_default();
    let second: Vec<Said<Word>> = second.iter().map(|word| said(*word)).collect();
    let name = if whom == unit.name { unit.name.clone() } else { format!("{} ({whom})", unit.name) };
    site.sign_ins(&name, whom, &[said(proof::PASSWORD)], &second, out);
}

/// The super administrators that the results list.
fn administrators(site: &Site<'_>, out: &mut Drafts) {
    let Some((list, at)) = site.find(&["super_admins"]).filter(|(t, _)| matches!(t.node, Node::List(_))) else { return };
    let said = Said { value: list.items().len() as i64, at, basis: Basis::Explicit };
    out.facts.push(site.setting("super administrators", "super_admins", setting::NUMBER, said));
}

//! Keycloak: realms, as exported by the server, by the console, or written for keycloak-config-cli and the operator.
//!
//! A full export states everything. A fragment states what it manages, and the rest is whatever the server holds: defaults are
//! claimed only beside settings that are stated, and are marked as such.

mod flows;
mod secrets;
pub(super) mod terraform;

use super::federation;
use super::input::Head;
use super::record::{Record, segment};
use super::site::{Said, Site};
use super::{ExportReader, Format};
use crate::artifact::Spot;
use crate::fact::{Basis, Draft, Field, Kind, Value, act, channel, population, proof, recovery, setting, shown, sign_in, tenant};
use crate::read::export::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Keycloak;

const KIND: &str = "keycloak.realm";
/// The product, in facts.
const PRODUCT: &str = "keycloak";

/// Keys of which a realm has at least two.
const MARKS: &[&str] = &[
    "requiredActions",
    "authenticationFlows",
    "clients",
    "resetPasswordAllowed",
    "accessTokenLifespan",
    "defaultRoles",
    "keycloakVersion",
    "browserFlow",
    "smtpServer",
    "identityProviders",
    "clientScopes",
    "loginWithEmailAllowed",
    "sslRequired",
    "bruteForceProtected",
    "adminEventsEnabled",
    "eventsEnabled",
    "passwordPolicy",
];

/// Lists of a realm, and what their items have that no other product's have: one of these is enough beside the realm's name.
const OWN: &[(&str, &[&str])] = &[
    ("authenticationFlows", &["authenticationExecutions", "topLevel"]),
    ("clients", &["clientId"]),
    ("identityProviders", &["providerId"]),
    ("clientScopes", &["protocolMappers", "protocol"]),
    ("groups", &["realmRoles", "clientRoles", "subGroups"]),
    ("requiredActions", &["providerId"]),
];

/// Flags that checks read, with the server's default (Keycloak 18 to 26).
const FLAGS: &[(&str, bool)] = &[
    ("verifyEmail", false),
    ("bruteForceProtected", false),
    ("eventsEnabled", false),
    ("adminEventsEnabled", false),
    ("adminEventsDetailsEnabled", false),
    ("resetPasswordAllowed", false),
    ("offlineSessionMaxLifespanEnabled", false),
    ("registrationAllowed", false),
];

/// Durations in seconds that checks read, with the server's default.
const LIFETIMES: &[(&str, i64)] =
    &[("actionTokenGeneratedByUserLifespan", 300), ("actionTokenGeneratedByAdminLifespan", 43_200), ("eventsExpiration", 0)];

/// So many settings of the realm itself must be stated before a missing one is taken to be the default.
const STATED: usize = 3;

/// What an export of the server does not tell.
const FULL_HIDES: &[&str] = &["what other identity providers ask for", "who may run commands on the server"];
/// What a fragment does not tell besides.
const PART_HIDES: &[&str] =
    &["settings that the fragment leaves to the server", "users and their factors", "what other identity providers ask for"];

impl ExportReader for Keycloak {
    fn needles(&self) -> &'static [&'static str] {
        &["realm", "resetpasswordallowed", "authenticationflows", "keycloakversion"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let realm = |tree: &Tree| {
            tree.get("realm").and_then(Tree::scalar).is_some()
                && (MARKS.iter().filter(|key| tree.get(key).is_some()).count() >= 2
                    || OWN.iter().any(|(key, inside)| {
                        let first = tree.get(key).map(Tree::items).and_then(<[Tree]>::first);
                        first.is_some_and(|item| inside.iter().any(|k| item.get(k).is_some()))
                    })
                    // the server writes the users of a large realm to files of their own
                    || tree.get("users").map(Tree::items).unwrap_or_default().iter().any(|u| {
                        u.get("username").is_some() && (u.get("credentials").is_some() || u.get("enabled").is_some())
                    }))
        };
        if head.tree.get("kind").and_then(Tree::text) == Some("KeycloakRealmImport") {
            return head.tree.path(&["spec", "realm"]).map(|_| Format { kind: KIND, records: &["spec", "realm"] });
        }
        realm(&head.tree).then_some(Format { kind: KIND, records: &[] })
    }

    fn record(&self, _kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let Some(name) = record.text_at(&["realm"]) else { return };
        secrets::marks(record, out);
        let realm = Realm::new(record, name);
        realm.tenant(out);
        realm.settings(out);
        realm.trusts(out);
        realm.recovery(out);
        realm.sign_in(out);
        realm.brokers(out);
        secrets::credentials(&realm, out);
    }
}

/// A realm and how much of it the document states.
struct Realm<'a> {
    record: &'a Record<'a>,
    name: &'a str,
    /// Written by the server itself: nothing is left out.
    full: bool,
    /// Whether a missing setting may be taken to be the default.
    defaults: bool,
    /// Where a default is quoted from: the line that names the realm.
    here: Spot,
}

impl<'a> Realm<'a> {
    fn new(record: &'a Record<'a>, name: &'a str) -> Self {
        let full = record.tree.get("keycloakVersion").is_some();
        let stated = FLAGS.iter().filter(|(key, _)| record.tree.get(key).is_some()).count();
        let here = record.find(&["realm"]).map_or_else(|| record.spot(), |(_, spot)| spot);
        Self { record, name, full, defaults: full || stated >= STATED, here }
    }

    /// A flag, its place, and whether it is stated or a default.
    fn flag(&self, key: &str) -> Option<(bool, Spot, Basis)> {
        if let Some((tree, spot)) = self.record.find(&[key]) {
            return tree.flag().map(|flag| (flag, spot, Basis::Explicit));
        }
        let default = FLAGS.iter().find(|(k, _)| *k == key).map(|(_, default)| *default)?;
        self.defaults.then(|| (default, self.here.clone(), Basis::Default))
    }

    /// A flag that a recovery rests on: where recovery is stated, what guards it is too, or is the default.
    fn guard(&self, key: &str) -> (bool, Spot, Basis) {
        self.flag(key).unwrap_or_else(|| {
            let default = FLAGS.iter().find(|(k, _)| *k == key).is_some_and(|(_, default)| *default);
            (default, self.here.clone(), Basis::Default)
        })
    }

    fn draft(&self, kind: Kind, name: String, anchor: &str, at: Spot) -> Draft {
        Draft::new(kind, name, format!("{}{anchor}", segment(self.name)), at)
    }

    fn tenant(&self, out: &mut Drafts) {
        let mut draft = self.draft(Kind::Tenant, self.name.to_owned(), "", self.here.clone()).saying(tenant::PRODUCT, PRODUCT);
        for what in if self.full { FULL_HIDES } else { PART_HIDES } {
            draft.say(tenant::HIDES, *what);
        }
        if self.full {
            for word in [shown::SETTINGS, shown::RECOVERIES, shown::SIGN_INS] {
                draft.say(tenant::SHOWS, word);
            }
        }
        out.facts.push(draft);
    }

    fn setting(&self, key: &str, field: Field, value: impl Into<Value<String, Spot>>, at: Spot, basis: Basis) -> Draft {
        let mut draft = self
            .draft(Kind::Setting, format!("{}/{key}", self.name), &segment(key), at.clone())
            .saying(setting::KEY, key)
            .saying(setting::PRODUCT, PRODUCT)
            .saying(setting::TENANT, self.name);
        draft.fields.say_as(field, value, &at, basis);
        draft
    }

    fn settings(&self, out: &mut Drafts) {
        for (key, _) in FLAGS {
            if let Some((flag, spot, basis)) = self.flag(key) {
                out.facts.push(self.setting(key, setting::ENABLED, flag, spot, basis));
            }
        }
        if let Some((tree, spot)) = self.record.find(&["sslRequired"])
            && let Some(value) = tree.text()
        {
            out.facts.push(self.setting("sslRequired", setting::VALUE, value.to_lowercase(), spot, Basis::Explicit));
        }
        for (key, _) in LIFETIMES {
            if let Some((tree, spot)) = self.record.find(&[key])
                && let Some(seconds) = super::date::duration(tree)
            {
                out.facts.push(self.setting(key, setting::LIFETIME, Value::Duration(seconds), spot, Basis::Explicit));
            }
        }
        let length = match self.record.find(&["passwordPolicy"]) {
            Some((tree, spot)) => tree.text().map(|policy| (least_length(policy), spot, Basis::Explicit)),
            // the server leaves out what is not set
            None => self.full.then(|| (0, self.here.clone(), Basis::Inferred)),
        };
        if let Some((length, spot, basis)) = length {
            out.facts.push(self.setting("passwordPolicy", setting::NUMBER, length, spot, basis));
        }
    }

    /// What clients and other identity providers are trusted with.
    fn trusts(&self, out: &mut Drafts) {
        for (list, name, key, tell) in [
            ("clients", "clientId", "directAccessGrantsEnabled", &["directAccessGrantsEnabled"][..]),
            ("identityProviders", "alias", "trustEmail", &["trustEmail"]),
        ] {
            for record in self.record.items(&[list]) {
                let (Some(name), Some((tree, spot))) = (record.text_at(&[name]), record.find(tell)) else { continue };
                // the console's own client signs administrators in by password: the product ships it so
                let off = record.tree.get("enabled").and_then(Tree::flag) == Some(false) || name == "admin-cli";
                if let (Some(on), false) = (tree.flag(), off) {
                    let mut draft = self.setting(key, setting::ENABLED, on, spot, Basis::Explicit).saying(setting::SCOPE, name);
                    draft.name = format!("{}/{name}", self.name);
                    draft.anchor = format!("{}{}{}", segment(self.name), segment(name), segment(key));
                    out.facts.push(draft);
                }
            }
        }
    }

    /// The way back in over the mailbox, where the realm offers it.
    fn recovery(&self, out: &mut Drafts) {
        let Some((true, offered, _)) = self.flag("resetPasswordAllowed") else { return };
        let flow = flows::reset(self.record);
        let at = flow.at.clone().unwrap_or_else(|| offered.clone());
        let mut draft = self
            .draft(Kind::Recovery, format!("{}/{}", self.name, flow.alias), "/resetCredentialsFlow", offered.clone())
            .saying(recovery::ABOUT, act::PASSWORD_RESET)
            .saying(recovery::PRODUCT, PRODUCT)
            .saying(recovery::POPULATION, population::USER.as_str())
            .saying(recovery::TENANT, self.name);
        let basis = flow.basis;
        let mut claim =
            |field: Field, value: Value<String, Spot>, quote: Spot, basis: Basis| draft.fields.say_as(field, value, &quote, basis);
        for (asked, spot) in &flow.asks {
            let spot = spot.clone().unwrap_or_else(|| at.clone());
            if *asked == proof::EMAIL_CODE {
                claim(recovery::CHANNELS, Value::Word(channel::EMAIL), spot.clone(), basis);
            }
            claim(recovery::ASKS, Value::Word(*asked), spot, basis);
        }
        // a step that is not known may ask for what makes the reset safe: then nothing is said of what it enrols
        if !flow.strange {
            let rebinds = flow.rebinds.clone();
            claim(recovery::REBINDS, Value::Flag(rebinds.is_some()), rebinds.flatten().unwrap_or_else(|| at.clone()), basis);
        }
        for (field, key) in
            [(recovery::ADDRESS_VERIFIED, "verifyEmail"), (recovery::THROTTLED, "bruteForceProtected"), (recovery::LOGGED, "eventsEnabled")]
        {
            let (flag, spot, basis) = self.guard(key);
            claim(field, Value::Flag(flag), spot, basis);
        }
        let (seconds, spot, basis) = self.lifetime();
        claim(recovery::LIFETIME, Value::Duration(seconds), spot, basis);
        out.facts.push(draft);
    }

    /// How long the mailed link lives: the attribute for this very action wins over the realm's number.
    fn lifetime(&self) -> (i64, Spot, Basis) {
        let paths: [&[&str]; 2] =
            [&["attributes", "actionTokenGeneratedByUserLifespan.reset-credentials"], &["actionTokenGeneratedByUserLifespan"]];
        let stated = paths.iter().find_map(|path| {
            let (tree, spot) = self.record.find(path)?;
            super::date::duration(tree.items().first()?).map(|seconds| (seconds, spot, Basis::Explicit))
        });
        stated.unwrap_or((300, self.here.clone(), Basis::Default))
    }

    fn sign_in(&self, out: &mut Drafts) {
        let Some((alias, at, ways)) = flows::browser(self.record) else { return };
        for (n, way) in ways.into_iter().enumerate() {
            let mut draft = self
                .draft(Kind::SignIn, format!("{}/{alias}", self.name), &format!("/browserFlow/{n}"), at.clone())
                .saying(sign_in::POPULATION, population::USER.as_str())
                .saying(sign_in::PRODUCT, PRODUCT)
                .saying(sign_in::TENANT, self.name);
            for (factor, spot) in way {
                draft.fields.say(sign_in::FACTORS, factor, &spot);
            }
            out.facts.push(draft);
        }
    }
}

/// Clients that are the door of a mail suite, by the name under which the suite asks to be registered.
fn suite(client: &str) -> Option<(&'static str, &str)> {
    if client.eq_ignore_ascii_case("urn:federation:MicrosoftOnline") {
        return Some(("entra", ""));
    }
    let google = client.strip_prefix("google.com")?;
    match google.strip_prefix("/a/") {
        Some(domain) if domain.contains('.') => Some(("google", domain)),
        _ => google.is_empty().then_some(("google", "")),
    }
}

/// Where the addresses of another provider stand.
const ADDRESSES: &[&str] = &["issuer", "authorizationUrl", "tokenUrl", "idpEntityId", "singleSignOnServiceUrl"];

impl Realm<'_> {
    /// Those who sign people in for this realm: brokers that are on and sign in, not only link.
    fn brokers(&self, out: &mut Drafts) {
        let site = Site::new(self.record, PRODUCT, self.name);
        for client in self.record.items(&["clients"]) {
            let on = client.tree.get("enabled").and_then(Tree::flag) != Some(false);
            let Some((product, domain)) = client.text_at(&["clientId"]).filter(|_| on).and_then(suite) else { continue };
            let own = Site::new(&client, product, domain);
            let mut draft = own.sign_in("with keycloak", population::USER.as_str(), client.spot());
            draft.say(sign_in::VIA, self.name);
            out.facts.push(draft);
        }
        for provider in self.record.items(&["identityProviders"]) {
            let on = |key: &str| provider.tree.get(key).and_then(Tree::flag);
            let Some(alias) = provider.text_at(&["alias"]).filter(|_| on("enabled") != Some(false) && on("linkOnly") != Some(true)) else {
                continue;
            };
            let site = site.over(&provider);
            let mut addresses: Vec<Said<&str>> = ADDRESSES.iter().filter_map(|key| site.text(&["config", key])).collect();
            let google = site.text(&["config", "hostedDomain"]).filter(|d| d.value != "*" && d.value.contains('.'));
            let vendor = |found: Said<&str>, product: &'static str, out: &mut Drafts| {
                let mut draft = site.sign_in(&format!("brokered/{alias}"), population::USER.as_str(), found.at.clone());
                draft.fields.say(sign_in::VIA, found.value, &found.at);
                draft.fields.say(sign_in::VIA, product, &found.at);
                out.facts.push(draft);
            };
            match (provider.text_at(&["providerId"]), google) {
                (Some("google"), Some(domain)) => vendor(domain, "google", out),
                (Some("microsoft"), _) => {
                    let tenant = site.text(&["config", "tenantId"]).filter(|t| !federation::is_anybody(t.value));
                    tenant.into_iter().for_each(|tenant| vendor(tenant, "entra", out));
                }
                (Some("google"), None) => {}
                _ => federation::brokered(&site, alias, population::USER.as_str(), &std::mem::take(&mut addresses), out),
            }
        }
    }
}

/// The least length that a password policy asks for: `length(15) and notUsername(undefined)`.
fn least_length(policy: &str) -> i64 {
    let words = policy.split(" and ").filter_map(|p| p.trim().strip_prefix("length(")?.strip_suffix(')'));
    words.filter_map(|n| n.trim().parse::<i64>().ok()).max().unwrap_or(0)
}

/// The items of a list, with their positions.
fn numbered(tree: Option<&Tree>) -> impl Iterator<Item = (usize, &Tree)> {
    let items: &[Tree] = match tree.map(|t| &t.node) {
        Some(Node::List(items)) => items,
        _ => &[],
    };
    items.iter().enumerate()
}

#[cfg(test)]
mod tests;

//! What the rules of access of one tenant say together: what no rule guards, whom every rule leaves out, whom only some do.
//!
//! One rule says what it guards; only all of them say what nothing guards. Rules belong together when they stand in one list, or each
//! in a file of its own below a folder that an exporting tool names after them.

use crate::artifact::{Clean, Quote, Unread, Why};
use crate::fact::{
    Basis, Claim, Duty, Fact, Facts, Field, Kind, Sealed, Stated, Value, Word, access_rule, population, principal, principal_type, proof,
    setting, shown, sign_in, tenant,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Folders that exporting tools keep the rules in, one a file.
const FOLDERS: [&str; 3] = ["accesspolicies", "conditionalaccess", "conditionalaccesspolicies"];
/// The application that stands for all.
const ALL_APPLICATIONS: &str = "all";
/// Who stands for everybody.
const EVERYBODY: &str = "All";
/// How readers name the act of setting up a factor.
const REGISTRATION: &str = "register security info";
/// How readers mark a group among those who are left out.
const GROUP: &str = "group:";

/// The rules of one tenant.
struct Rules<'a> {
    rules: Vec<&'a Sealed>,
    /// Whether they are known to be all of them: because the list says so, or by the folder.
    basis: Basis,
}

/// Settings that follow from all rules of a tenant.
pub(crate) fn derive(facts: &Facts) -> Vec<Sealed> {
    let whole: BTreeSet<&Clean> = facts
        .of(Kind::Tenant)
        .filter(|t| t.fields.values(tenant::SHOWS).any(|v| *v == Value::Word(shown::ACCESS_RULES)))
        .map(|t| &t.at.place.path)
        .collect();
    let mut groups: BTreeMap<(Clean, String), Rules<'_>> = BTreeMap::new();
    for rule in facts.of(Kind::AccessRule) {
        let Some(product) = rule.fields.text(access_rule::PRODUCT) else { continue };
        let path = &rule.at.place.path;
        let (key, basis) = match folder(path.as_str()) {
            _ if whole.contains(path) => (path.as_str().to_owned(), Basis::Explicit),
            Some(folder) => (folder, Basis::Inferred),
            None => continue,
        };
        groups.entry((product.clone(), key)).or_insert_with(|| Rules { rules: Vec::new(), basis }).rules.push(rule);
    }
    let known: BTreeMap<&Clean, &Sealed> = facts
        .of(Kind::Principal)
        .filter(|p| p.fields.word(principal::TYPE) == Some(principal_type::GROUP.as_str()))
        .filter_map(|p| Some((p.fields.text(principal::PRINCIPAL_ID)?, p)))
        .collect();
    groups.iter().flat_map(|((product, _), rules)| rules.derive(product, &known).into_iter().chain(rules.sign_ins(product))).collect()
}

/// The folder of rules that a file lies in.
fn folder(path: &str) -> Option<String> {
    let mut end = 0;
    for part in path.split('/') {
        end += part.len();
        if FOLDERS.contains(&part.to_ascii_lowercase().replace(['-', '_', ' '], "").as_str()) {
            return path.get(..end).map(str::to_owned);
        }
        end += 1;
    }
    None
}

fn is(rule: &Sealed, field: Field) -> bool {
    rule.fields.flag(field) == Some(true)
}

fn holds(rule: &Sealed, field: Field, text: &str) -> bool {
    rule.fields.texts(field).any(|t| t.as_str().eq_ignore_ascii_case(text))
}

/// Whether a rule blocks, or asks for something. One that leaves out everybody asks nobody.
fn asks(rule: &Sealed) -> bool {
    (is(rule, access_rule::GUARDED) || is(rule, access_rule::BLOCKS)) && !holds(rule, access_rule::EXCLUDES, EVERYBODY)
}

fn everywhere(rule: &Sealed) -> bool {
    holds(rule, access_rule::APPLICATIONS, ALL_APPLICATIONS) && !is(rule, access_rule::CONDITIONAL)
}

/// Whether a rule asks for two factors.
fn two(rule: &Sealed) -> bool {
    rule.fields.number(access_rule::FACTOR_COUNT).is_some_and(|n| n >= 2)
}

/// How people sign in where each rule is for some of them, and the first that fits decides: a product of that kind states how many factors
/// a rule takes, and no more.
pub(crate) fn doors(facts: &Facts) -> Vec<Sealed> {
    let decides = |r: &&Sealed| {
        is(r, access_rule::ENABLED)
            && matches!(r.fields.get(access_rule::RESISTANT), Some(Stated::Said(_)))
            && r.fields.number(access_rule::FACTOR_COUNT).is_some()
            && r.fields.get(access_rule::GUARDED).is_none()
            && r.fields.get(access_rule::APPLICATIONS).is_none()
            && !is(r, access_rule::CONDITIONAL)
    };
    let mut out = Vec::new();
    for rule in facts.of(Kind::AccessRule).filter(decides) {
        let Some(product) = rule.fields.text(access_rule::PRODUCT) else { continue };
        let tenant = rule.fields.text(access_rule::TENANT).unwrap_or(product);
        let factors: &[Word] = match (is(rule, access_rule::RESISTANT), two(rule)) {
            (true, _) => &[proof::PASSKEY],
            (false, true) => &[proof::PASSWORD, proof::ANY_FACTOR],
            (false, false) => &[proof::PASSWORD],
        };
        let mut whom: BTreeSet<Clean> = rule.fields.texts(access_rule::INCLUDES).cloned().collect();
        // a rule of the administration that names no group is for all who administer
        if is(rule, access_rule::PRIVILEGED) && whom.remove(&Clean::ours(population::USER.as_str())) {
            whom.insert(Clean::ours(population::PRIVILEGED.as_str()));
        }
        // a rule by itself, without the policy it belongs to, may be of one application among many: it is nobody's front door
        if !rule.name.as_str().contains('/') {
            whom.remove(&Clean::ours(population::USER.as_str()));
        }
        for whom in whom {
            let name = Clean::compose([rule.name.as_str(), "/", whom.as_str()]);
            let anchor = Clean::compose([product.as_str(), "/sign_ins/", name.as_str()]);
            let mut fact = Fact::new(Kind::SignIn, name, anchor, rule.at.clone());
            let mut say = |field: Field, value: Value<Clean, Arc<Quote>>| fact.fields.tell(field, value, &rule.at);
            say(sign_in::POPULATION, Value::Text(whom));
            say(sign_in::PRODUCT, Value::Text(product.clone()));
            say(sign_in::TENANT, Value::Text(tenant.clone()));
            factors.iter().for_each(|f| say(sign_in::FACTORS, Value::Word(*f)));
            out.push(fact);
        }
    }
    out
}

/// Whether everybody meets a rule, wherever they go.
fn protects(rule: &Sealed) -> bool {
    asks(rule) && everywhere(rule) && holds(rule, access_rule::INCLUDES, EVERYBODY)
}

/// Whether administrators are asked for a factor that resists phishing.
fn resists(rule: &Sealed) -> bool {
    let whom = is(rule, access_rule::PRIVILEGED) || holds(rule, access_rule::INCLUDES, EVERYBODY);
    is(rule, access_rule::RESISTANT) && everywhere(rule) && whom && !holds(rule, access_rule::EXCLUDES, EVERYBODY)
}

/// Whether what is left out is a sort of people instead of an account.
fn is_guests(who: &Clean) -> bool {
    who.as_str().eq_ignore_ascii_case("GuestsOrExternalUsers") || who.as_str().starts_with("role:")
}

/// Groups that rules name and an export of groups that lies beside does not hold, by the file that names them.
pub(crate) fn dangling(facts: &Facts) -> Vec<Unread> {
    let ruled: BTreeSet<&Clean> = facts.of(Kind::AccessRule).filter_map(|r| r.fields.text(access_rule::PRODUCT)).collect();
    let is_group = |p: &&Sealed| p.fields.word(principal::TYPE) == Some(principal_type::GROUP.as_str());
    let groups =
        facts.of(Kind::Principal).filter(is_group).filter(|p| p.fields.text(principal::PRODUCT).is_some_and(|o| ruled.contains(o)));
    let known: BTreeSet<&str> = groups.filter_map(|g| g.fields.text(principal::PRINCIPAL_ID)).map(Clean::as_str).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let mut missing: BTreeMap<&Clean, BTreeSet<&str>> = BTreeMap::new();
    for rule in facts.of(Kind::AccessRule) {
        for field in [access_rule::INCLUDES, access_rule::EXCLUDES] {
            let named = rule.fields.texts(field).filter_map(|t| t.as_str().strip_prefix(GROUP)).filter(|id| !known.contains(id));
            missing.entry(&rule.at.place.path).or_default().extend(named);
        }
    }
    let line = |(path, ids): (&Clean, BTreeSet<&str>)| {
        let count = u32::try_from(ids.len()).ok().filter(|n| *n > 0)?;
        Some(Unread { path: path.clone(), why: Why::Dangling { count } })
    };
    missing.into_iter().filter_map(line).collect()
}

impl<'a> Rules<'a> {
    fn in_force(&self) -> Vec<&'a Sealed> {
        self.rules.iter().copied().filter(|r| is(r, access_rule::ENABLED)).collect()
    }

    /// How people sign in where the rules name what they accept: administrators by what resists phishing, the others by any factor
    /// that a rule for everybody lists.
    fn sign_ins(&self, product: &Clean) -> Vec<Sealed> {
        let in_force = self.in_force();
        let mut ways: Vec<(&str, Word, &Sealed)> = Vec::new();
        if let Some(rule) = in_force.iter().find(|r| resists(r)) {
            ways.push((population::PRIVILEGED.as_str(), proof::PASSKEY, rule));
        }
        for rule in in_force.iter().filter(|r| protects(r)) {
            for value in rule.fields.values(access_rule::ASKS) {
                if let Value::Word(word) = value {
                    ways.push((population::USER.as_str(), *word, rule));
                }
            }
            // "require multifactor authentication" takes whatever is registered
            if two(rule) && rule.fields.values(access_rule::ASKS).next().is_none() {
                ways.push((population::USER.as_str(), proof::ANY_FACTOR, rule));
            }
        }
        let alone = [proof::PASSKEY, proof::CERTIFICATE];
        let mut seen = BTreeSet::new();
        let kept = ways
            .into_iter()
            .filter(|(whom, word, _)| *word != proof::PASSWORD && *word != proof::RECOVERY_CODE && seen.insert((*whom, word.as_str())));
        kept.map(|(whom, word, rule)| {
            let name = Clean::compose([rule.name.as_str(), "/", whom, "/", word.as_str()]);
            let mut fact =
                Fact::new(Kind::SignIn, name.clone(), Clean::compose([product.as_str(), "/sign_ins/", name.as_str()]), rule.at.clone());
            for (field, text) in
                [(sign_in::POPULATION, Clean::ours(whom)), (sign_in::PRODUCT, product.clone()), (sign_in::TENANT, product.clone())]
            {
                self.claim(&mut fact, field, Value::Text(text), &rule.at);
            }
            if !alone.contains(&word) {
                self.claim(&mut fact, sign_in::FACTORS, Value::Word(proof::PASSWORD), &rule.at);
            }
            self.claim(&mut fact, sign_in::FACTORS, Value::Word(word), &rule.at);
            fact
        })
        .collect()
    }

    fn derive(&self, product: &Clean, known: &BTreeMap<&Clean, &Sealed>) -> Vec<Sealed> {
        let mut out = Vec::new();
        let Some(first) = self.rules.first() else { return out };
        let in_force = self.in_force();
        let mut state = |key: &str, name: &str, on: bool, at: &Arc<Quote>, scope: Option<&Clean>| {
            let mut fact =
                Fact::new(Kind::Setting, Clean::compose([name]), Clean::compose([product.as_str(), "/", key, "/", name]), at.clone());
            for (field, text) in [(setting::KEY, Clean::ours(key)), (setting::PRODUCT, product.clone()), (setting::TENANT, product.clone())]
            {
                self.claim(&mut fact, field, Value::Text(text), at);
            }
            self.claim(&mut fact, setting::ENABLED, Value::Flag(on), at);
            if let Some(scope) = scope {
                self.claim(&mut fact, setting::SCOPE, Value::Text(scope.clone()), at);
            }
            out.push(fact);
        };
        let guarded = in_force.iter().find(|r| holds(r, access_rule::ACTIONS, REGISTRATION) && asks(r));
        state(
            "registration_guard",
            "registration of security info (registersecurityinfo)",
            guarded.is_some(),
            &guarded.unwrap_or(first).at,
            None,
        );
        let resistant = in_force.iter().find(|r| resists(r));
        state(
            "resistant_administrators",
            "phishing-resistant sign-in of administrators",
            resistant.is_some(),
            &resistant.unwrap_or(first).at,
            None,
        );

        let protecting: Vec<&&Sealed> = in_force.iter().filter(|r| protects(r)).collect();
        let out_of = |r: &Sealed| r.fields.texts(access_rule::EXCLUDES).cloned().collect::<BTreeSet<Clean>>();
        let mut always: Option<BTreeSet<Clean>> = None;
        for rule in &protecting {
            let these = out_of(rule);
            always = Some(match always {
                Some(before) => before.intersection(&these).cloned().collect(),
                None => these,
            });
        }
        let Some(always) = always else { return out };
        // a group may hold any number; one account by itself is one
        let people = always.iter().filter(|who| !who.as_str().starts_with(GROUP) && !is_guests(who)).count();
        if let (Some(rule), 1, 1) = (protecting.first(), people, always.len()) {
            let name = always.first().map_or("", Clean::as_str);
            state("only_emergency_account", name, true, &rule.at, None);
        }
        if let Some(rule) = protecting.first() {
            state("emergency_exclusion", "emergency account that every rule leaves out", !always.is_empty(), &rule.at, None);
        }
        for rule in &protecting {
            for left_out in out_of(rule) {
                let group = left_out.as_str().strip_prefix(GROUP).map(|id| Clean::compose([id]));
                let fact = group.as_ref().and_then(|id| known.get(id).copied());
                let name = fact.map_or_else(|| group.clone().unwrap_or_else(|| left_out.clone()), |g| g.name.clone());
                if !always.contains(&left_out) {
                    state("exclusion", name.as_str(), true, &rule.at, Some(&rule.name));
                }
                if let Some(protected) = fact.and_then(|g| g.fields.flag(principal::PROTECTED)) {
                    state("exempt_group", name.as_str(), protected, &rule.at, Some(&rule.name));
                }
            }
        }
        out
    }

    fn claim(&self, fact: &mut Sealed, field: Field, value: Value<Clean, Arc<Quote>>, at: &Arc<Quote>) {
        fact.fields.claim(field, Claim { value, quote: at.clone(), basis: self.basis, duty: Duty::Must });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_rules() {
        assert_eq!(folder("out/Identity/Conditional/AccessPolicies/1/1.json").as_deref(), Some("out/Identity/Conditional/AccessPolicies"));
        assert_eq!(folder("Conditional-Access/a.json").as_deref(), Some("Conditional-Access"));
        assert_eq!(folder("policies/a.json"), None);
    }
}

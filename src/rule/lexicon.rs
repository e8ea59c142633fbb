//! What words and permissions mean.

use super::decode::Decoder;
use super::promised::{PromiseEntry, entry};
use super::saying::{Language, Saying, Sets, Term, language, phrases, saying, sets, term};
use crate::fact::{ACTORS, ACTS, CHANNELS, DEEDS, OBJECTS, POPULATIONS, POWERS, PROOFS};
use crate::tree::Tree;
use serde::{Deserialize, Serialize};

/// The words of prose and the permissions of vendors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lexicon {
    /// Words of prose.
    pub concepts: Vec<Concept>,
    /// Whole statements that are a weakness by themselves.
    pub sayings: Vec<Saying>,
    /// Phrases with a name of their own, for sayings to ask for.
    pub terms: Vec<Term>,
    /// Languages: how to tell them, and what their words mean.
    pub languages: Vec<Language>,
    /// Permissions.
    pub powers: Vec<PowerEntry>,
    /// Roles that vendors define.
    pub roles: Vec<RoleEntry>,
    /// Who may reset whom in a directory.
    pub resets: Vec<ResetEntry>,
    /// What proofs of identity are worth.
    pub factors: Vec<FactorEntry>,
    /// Products that hold mailboxes: whoever signs in there reads the mail that recovers other accounts.
    pub mail_suites: Vec<String>,
    /// What people call products.
    pub products: Vec<ProductEntry>,
    /// Products that sign people in for others.
    pub directories: Vec<String>,
    /// What people call a sign-in that another product does.
    pub single_sign_on: Vec<String>,
    /// What people call signing in.
    pub signing_in: Vec<String>,
    /// What the conditions of policies ask for.
    pub conditions: Vec<ConditionEntry>,
    /// What stands for whoever asks in the name of a resource.
    pub own: Vec<String>,
    /// Vendors whose policies are asked together, for each identity that holds them.
    pub together: Vec<String>,
    /// Directories, and the platform whose subscriptions their people govern.
    pub directory: Vec<DirectoryEntry>,
    /// Settings that keep what a text promises.
    pub settings: Vec<SettingEntry>,
    /// Words of sentences that promise something.
    pub promises: Vec<PromiseEntry>,
}

/// A directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// The product.
    pub vendor: String,
    /// The product whose subscriptions its people govern.
    pub platform: String,
    /// The vendor's identifier of the role that may do everything.
    pub highest: String,
    /// The source of the statement.
    pub source: String,
}

/// Settings of products that keep what a text promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingEntry {
    /// Names of settings as the readers state them.
    pub keys: Vec<String>,
    /// What is kept: of [`KEEPS`].
    pub keeps: String,
    /// What has to be agreed to: of [`AGREED`].
    pub of: Option<String>,
    /// Whether it is a switch, and of those who may agree one suffices.
    pub one: bool,
    /// The scopes that are meant; empty: all.
    pub scopes: Vec<String>,
    /// How a text calls what it forbids.
    pub words: Vec<String>,
    /// Which way the switch stands when what it forbids is open.
    pub open: bool,
}

/// What a setting can keep; `rules/lexicon/settings.yaml` says what each means.
pub const KEEPS: [&str; 11] =
    ["factors", "approvals", "own", "record", "second_factor", "length", "forbids", "shut", "life", "once", "notice"];

/// What has to be agreed to.
pub const AGREED: [&str; 2] = ["change", "deployment"];

/// What a condition of a policy asks for, by its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionEntry {
    /// Patterns of keys as the vendor writes them.
    pub keys: Vec<String>,
    /// What is asked for: of [`ASKS`].
    pub asks: String,
    /// Values that do not count.
    pub but: Vec<String>,
    /// The source of the statement.
    pub source: String,
}

/// What a condition can ask for; `rules/lexicon/conditions.yaml` says what each means.
pub const ASKS: [&str; 9] = ["second_factor", "second_factor_age", "time", "holder", "given", "tag", "source", "bound", "nothing"];

/// What people call a product where they write about its accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductEntry {
    /// The word of the model.
    pub product: String,
    /// Lower case.
    pub names: Vec<String>,
}

impl Lexicon {
    /// What a setting of that name keeps.
    pub fn setting(&self, key: &str) -> Option<&SettingEntry> {
        self.settings.iter().find(|entry| entry.keys.iter().any(|k| k == key))
    }

    /// The words of promises of one class, as they stand in a sentence.
    pub fn promised(&self, class: u128) -> Vec<&str> {
        let of = self.promises.iter().filter(|e| e.class == class);
        of.flat_map(|e| e.words.iter().chain(&e.stems).chain(&e.phrases)).map(String::as_str).collect()
    }

    /// The vendor's role of that identifier, or, where an export names roles only, of that name: a role of a user's own making has
    /// an identifier of its own.
    pub fn role(&self, vendor: &str, id: &str, name: Option<&str>) -> Option<&RoleEntry> {
        let mut of_vendor = self.roles.iter().filter(|r| r.vendor == vendor);
        match name.filter(|_| id.is_empty()) {
            Some(name) => of_vendor.find(|r| r.name.eq_ignore_ascii_case(name)),
            None => of_vendor.find(|r| r.id.eq_ignore_ascii_case(id)),
        }
    }
}

/// What a proof of identity is worth, by SP 800-63B-4.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorEntry {
    /// The proof: a word of the model.
    pub proof: String,
    /// What a report calls it.
    pub says: String,
    /// Its factor classes: of [`CLASSES`]. None: it proves nothing.
    pub class: Vec<String>,
    /// The classes if what is not said turns out well.
    pub at_best: Option<Vec<String>>,
    /// Whether it goes over the telephone network (SP 800-63B-4 section 3.2.9).
    pub restricted: bool,
    /// Whether it withstands phishing (section 3.2.5).
    pub resistant: bool,
    /// What it is in a recovery: of [`ELEMENTS`].
    pub element: String,
    /// The source of the statement.
    pub source: String,
}

/// Factor classes.
pub const CLASSES: [&str; 7] = ["know", "have", "biometric", "multi_factor", "single_factor_crypto", "non_exportable", "proofed"];

/// Elements of a recovery, in the order of SP 800-63B-4 section 4.2.1.
pub const ELEMENTS: [&str; 8] = [
    "saved_code",
    "issued_code",
    "recovery_contact",
    "bound_single_factor",
    "repeat_proofing",
    "onsite_biometric",
    "agent_or_manager",
    "knowledge_answers",
];

/// A role that a vendor defines, for exports of assignments that come without the definitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleEntry {
    /// The vendor.
    pub vendor: String,
    /// The vendor's identifier, the same in every tenant.
    pub id: String,
    /// What the vendor calls it.
    pub name: String,
    /// What it allows: action patterns as the vendor writes them.
    pub actions: Vec<String>,
    /// What it leaves out.
    pub not_actions: Vec<String>,
    /// What it allows of the data.
    pub data_actions: Vec<String>,
    /// The source of the statement.
    pub source: String,
}

/// A role of a directory, and the roles whose holders it resets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetEntry {
    /// The vendor.
    pub vendor: String,
    /// The vendor's identifier of the role.
    pub id: String,
    /// What the vendor calls it.
    pub name: String,
    /// Names of the roles whose holders' passwords it resets; `none` for people without one, `any` for every role.
    pub passwords: Vec<String>,
    /// Whether it replaces their second factors as well.
    pub factors: bool,
    /// The source of the statement.
    pub source: String,
}

/// Phrases that mean one word of the model. Base forms: inflection is the reader's business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concept {
    /// Which question the word answers: one of [`SLOTS`].
    pub slot: String,
    /// A word of the slot's vocabulary.
    pub word: String,
    /// Phrases in base form, lower case.
    pub phrases: Vec<String>,
    /// Longer phrases that hold one of these and mean something else.
    pub except: Vec<String>,
}

/// What a permission lets its holder do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerEntry {
    /// The power.
    pub power: String,
    /// The vendor whose permission it is.
    pub vendor: String,
    /// Action patterns as the vendor writes them: any one of them gives the power.
    pub actions: Vec<String>,
    /// The same for data actions.
    pub data_actions: Vec<String>,
    /// Actions that must be allowed besides, all of them.
    pub with: Vec<String>,
    /// Patterns of the things that the actions work on: a permission that is scoped to none of them gives nothing. Without
    /// any, only a permission over everything counts.
    pub on: Vec<String>,
    /// Patterns of things that do not count although they are among them.
    pub but: Vec<String>,
    /// Whom or what the power is over, in words.
    pub over: Option<String>,
    /// Type of the resource that it opens.
    pub opens: Option<String>,
    /// The mode the resource must be in, for the power to work.
    pub mode: Option<String>,
    /// The source of the statement.
    pub source: String,
}

/// The questions that a phrase can answer.
pub const SLOTS: [&str; 8] = ["deed", "object", "channel", "proof", "actor", "population", "act", "cue"];

/// Words that steer how others are read.
pub const CUES: &[&str] = &[
    "negation",
    "inability",
    "instead",
    "restart",
    "condition",
    "story",
    "elsewhere",
    "no_approval",
    "many",
    "identity",
    "person",
    "somebody_else",
    "account_like",
    "inverting",
    "wait_for_reply",
    "imperative",
    "prohibition",
    "permission",
    "exception",
    "must",
    "should",
    "may",
    "discussion",
    "requirement",
    "placeholder",
    "reference",
    "privileged",
    "irrelevant",
    "control_section",
    "two_people",
    "temporary",
    "expiry",
    "first_login",
    "custody",
    "alarm",
    "situation",
    "separation",
    "asked",
    "self_heading",
    "taking_away",
    "described",
    "owned_by",
    "legitimacy",
    "console",
    "change_control",
    "containment",
    "audit",
    "rank",
    "told",
    "waives",
    "switches",
    "switched",
    "assents",
    "waived",
    "needed",
    "sanction",
    "moves",
    "checked",
    "fits",
    "heard",
    "handing",
    "gives",
    "encloses",
    "greeting",
    "puts_questions",
    "procedure_of",
    "forbids_below",
    "approver",
    "tried",
    "all_of_them",
    "done_so",
    "cloud_thing",
    "any_of",
    "tells_done",
];

pub(super) fn vocabulary(slot: &str) -> Option<&'static [&'static str]> {
    Some(match slot {
        "deed" => DEEDS,
        "object" => OBJECTS,
        "channel" => CHANNELS,
        "proof" => PROOFS,
        "actor" => ACTORS,
        "population" => POPULATIONS,
        "act" => ACTS,
        "cue" => CUES,
        _ => return None,
    })
}

pub(super) fn parse(d: &mut Decoder<'_>, tree: &Tree, into: &mut Lexicon) {
    let Some(mut k) = d.map(tree, "a lexicon") else { return };
    let sets = k.take("sets").map(|t| sets(d, t)).unwrap_or_default();
    let language = k.take("language").and_then(|t| language(d, t));
    for item in k.take("languages").map(Tree::items).unwrap_or_default() {
        into.languages.extend(super::saying::language(d, item));
    }
    let (sayings, terms, concepts) = (into.sayings.len(), into.terms.len(), into.concepts.len());
    for item in k.take("terms").map(Tree::items).unwrap_or_default() {
        into.terms.extend(term(d, item, &sets));
    }
    for item in k.take("sayings").map(Tree::items).unwrap_or_default() {
        into.sayings.extend(saying(d, item, &sets));
    }
    for item in k.take("concepts").map(Tree::items).unwrap_or_default() {
        into.concepts.extend(concept(d, item, &sets));
    }
    // the phrases of a file with a language are that language's
    if let Some(mut language) = language {
        language.sayings = into.sayings.split_off(sayings);
        language.terms = into.terms.split_off(terms);
        language.concepts = into.concepts.split_off(concepts);
        into.languages.push(language);
    }
    for item in k.take("powers").map(Tree::items).unwrap_or_default() {
        into.powers.extend(power(d, item));
    }
    for item in k.take("roles").map(Tree::items).unwrap_or_default() {
        into.roles.extend(role(d, item));
    }
    for item in k.take("resets").map(Tree::items).unwrap_or_default() {
        into.resets.extend(reset(d, item));
    }
    for item in k.take("factors").map(Tree::items).unwrap_or_default() {
        into.factors.extend(factor(d, item));
    }
    for item in k.take("products").map(Tree::items).unwrap_or_default() {
        into.products.extend(product(d, item));
    }
    for item in k.take("conditions").map(Tree::items).unwrap_or_default() {
        into.conditions.extend(condition(d, item));
    }
    for item in k.take("settings").map(Tree::items).unwrap_or_default() {
        into.settings.extend(setting(d, item));
    }
    for item in k.take("promises").map(Tree::items).unwrap_or_default() {
        into.promises.extend(entry(d, item));
    }
    for item in k.take("directory").map(Tree::items).unwrap_or_default() {
        into.directory.extend(directory(d, item));
    }
    into.together.extend(k.take("together").map(|t| d.texts_of(t, "together")).unwrap_or_default());
    into.own.extend(k.take("own").map(|t| d.texts_of(t, "own")).unwrap_or_default());
    into.mail_suites.extend(k.take("mail_suites").map(|t| d.texts_of(t, "mail_suites")).unwrap_or_default());
    into.directories.extend(k.take("directories").map(|t| d.texts_of(t, "directories")).unwrap_or_default());
    into.single_sign_on.extend(k.take("single_sign_on").map(|t| d.texts_of(t, "single_sign_on")).unwrap_or_default());
    into.signing_in.extend(k.take("signing_in").map(|t| d.texts_of(t, "signing_in")).unwrap_or_default());
    k.finish(d);
}

fn concept(d: &mut Decoder<'_>, tree: &Tree, sets: &Sets) -> Option<Concept> {
    let mut k = d.map(tree, "a concept")?;
    let slot = k.need(d, "slot").and_then(|t| d.one_of(t, "slot", |s| vocabulary(s).map(|_| s.to_owned()), &SLOTS));
    let words = slot.as_deref().and_then(vocabulary).unwrap_or_default();
    let word = k.need(d, "word").and_then(|t| d.one_of(t, "word", |w| words.contains(&w).then(|| w.to_owned()), words));
    let said = k.need(d, "phrases").map(|t| phrases(d, t, "phrases", sets)).unwrap_or_default();
    let except = k.take("except").map(|t| phrases(d, t, "except", sets)).unwrap_or_default();
    if said.is_empty() {
        d.error_at(tree.span.start, "a concept needs phrases", None);
    }
    k.finish(d);
    Some(Concept { slot: slot?, word: word?, phrases: said, except })
}

fn power(d: &mut Decoder<'_>, tree: &Tree) -> Option<PowerEntry> {
    let mut k = d.map(tree, "a power")?;
    let power = k.need(d, "power").and_then(|t| d.one_of(t, "power", |w| POWERS.contains(&w).then(|| w.to_owned()), POWERS));
    let vendor = k.need_text(d, "vendor");
    let actions = k.take("actions").map(|t| d.texts_of(t, "actions")).unwrap_or_default();
    let data_actions = k.take("data_actions").map(|t| d.texts_of(t, "data_actions")).unwrap_or_default();
    if actions.is_empty() && data_actions.is_empty() {
        d.error_at(tree.span.start, "a power needs actions or data_actions", None);
    }
    let mut texts = |key| k.take(key).map(|t| d.texts_of(t, key)).unwrap_or_default();
    let (with, on, but) = (texts("with"), texts("on"), texts("but"));
    let (over, opens, mode) = (k.text(d, "over"), k.text(d, "opens"), k.text(d, "mode"));
    let source = k.need_text(d, "source");
    k.finish(d);
    Some(PowerEntry { power: power?, vendor: vendor?, actions, data_actions, with, on, but, over, opens, mode, source: source? })
}

fn condition(d: &mut Decoder<'_>, tree: &Tree) -> Option<ConditionEntry> {
    let mut k = d.map(tree, "a condition")?;
    let keys = k.need(d, "keys").map(|t| d.texts_of(t, "keys")).unwrap_or_default();
    let asks = k.need(d, "asks").and_then(|t| d.one_of(t, "asks", |w| ASKS.contains(&w).then(|| w.to_owned()), &ASKS));
    let but = k.take("but").map(|t| d.texts_of(t, "but")).unwrap_or_default();
    let source = k.need_text(d, "source");
    k.finish(d);
    Some(ConditionEntry { keys, asks: asks?, but, source: source? })
}

fn setting(d: &mut Decoder<'_>, tree: &Tree) -> Option<SettingEntry> {
    let mut k = d.map(tree, "a setting")?;
    let keys = k.need(d, "keys").map(|t| d.texts_of(t, "keys")).unwrap_or_default();
    let keeps = k.need(d, "keeps").and_then(|t| d.one_of(t, "keeps", |w| KEEPS.contains(&w).then(|| w.to_owned()), &KEEPS));
    let of = k.take("of").and_then(|t| d.one_of(t, "of", |w| AGREED.contains(&w).then(|| w.to_owned()), &AGREED));
    let one = k.take("one").and_then(Tree::flag).unwrap_or(false);
    let scopes = k.take("scopes").map(|t| d.texts_of(t, "scopes")).unwrap_or_default();
    let words = k.take("words").map(|t| d.texts_of(t, "words")).unwrap_or_default();
    let open = k.take("open").and_then(Tree::flag).unwrap_or(false);
    k.finish(d);
    Some(SettingEntry { keys, keeps: keeps?, of, one, scopes, words, open })
}

fn directory(d: &mut Decoder<'_>, tree: &Tree) -> Option<DirectoryEntry> {
    let mut k = d.map(tree, "a directory")?;
    let (vendor, platform) = (k.need_text(d, "vendor"), k.need_text(d, "platform"));
    let (highest, source) = (k.need_text(d, "highest"), k.need_text(d, "source"));
    k.finish(d);
    Some(DirectoryEntry { vendor: vendor?, platform: platform?, highest: highest?, source: source? })
}

fn product(d: &mut Decoder<'_>, tree: &Tree) -> Option<ProductEntry> {
    let mut k = d.map(tree, "a product")?;
    let product = k.need_text(d, "product");
    let names = k.need(d, "names").map(|t| d.texts_of(t, "names")).unwrap_or_default();
    k.finish(d);
    Some(ProductEntry { product: product?, names })
}

fn factor(d: &mut Decoder<'_>, tree: &Tree) -> Option<FactorEntry> {
    let mut k = d.map(tree, "a factor")?;
    let proof = k.need(d, "proof").and_then(|t| d.one_of(t, "proof", |w| PROOFS.contains(&w).then(|| w.to_owned()), PROOFS));
    let says = k.need_text(d, "says");
    let class = k.need(d, "class").map(|t| d.texts_of(t, "class")).unwrap_or_default();
    let at_best = k.take("at_best").map(|t| d.texts_of(t, "at_best"));
    for word in class.iter().chain(at_best.iter().flatten()).filter(|w| !CLASSES.contains(&w.as_str())) {
        d.error_at(tree.span.start, format!("`{word}` is no factor class"), None);
    }
    let flag = |text: Option<String>| text.as_deref() == Some("true");
    let restricted = flag(k.text(d, "restricted"));
    let resistant = flag(k.text(d, "resistant"));
    let element = k.need(d, "element").and_then(|t| d.one_of(t, "element", |w| ELEMENTS.contains(&w).then(|| w.to_owned()), &ELEMENTS));
    let source = k.need_text(d, "source");
    k.finish(d);
    Some(FactorEntry { proof: proof?, says: says?, class, at_best, restricted, resistant, element: element?, source: source? })
}

fn role(d: &mut Decoder<'_>, tree: &Tree) -> Option<RoleEntry> {
    let mut k = d.map(tree, "a role")?;
    let (vendor, id, name) = (k.need_text(d, "vendor"), k.need_text(d, "id"), k.need_text(d, "name"));
    let mut texts = |key| k.take(key).map(|t| d.texts_of(t, key)).unwrap_or_default();
    let (actions, not_actions, data_actions) = (texts("actions"), texts("not_actions"), texts("data_actions"));
    let source = k.need_text(d, "source");
    k.finish(d);
    Some(RoleEntry { vendor: vendor?, id: id?, name: name?, actions, not_actions, data_actions, source: source? })
}

fn reset(d: &mut Decoder<'_>, tree: &Tree) -> Option<ResetEntry> {
    let mut k = d.map(tree, "an entry of who resets whom")?;
    let (vendor, id, name) = (k.need_text(d, "vendor"), k.need_text(d, "id"), k.need_text(d, "name"));
    let passwords = k.need(d, "passwords").map(|t| d.texts_of(t, "passwords")).unwrap_or_default();
    let factors = k.take("factors").and_then(Tree::flag).unwrap_or(false);
    let source = k.need_text(d, "source");
    k.finish(d);
    Some(ResetEntry { vendor: vendor?, id: id?, name: name?, passwords, factors, source: source? })
}

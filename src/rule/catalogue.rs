//! The vocabulary of what can be wrong, and what standards say of it.

use super::decode::Decoder;
use crate::finding::Severity;
use crate::tree::Tree;
use serde::{Deserialize, Serialize};

/// One thing that can be wrong. Severity, texts and controls are stated here once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weakness {
    /// Id.
    pub id: String,
    /// The part of the auditor's questions it belongs to.
    pub group: String,
    /// For ordinary user accounts.
    pub severity: Severity,
    /// Noun phrase.
    pub title: String,
    /// One sentence.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// How it is used.
    pub attack: String,
    /// What to do.
    pub fix: String,
    /// The customer's words that apply.
    pub labels: Vec<LabelUse>,
    /// The controls it touches.
    pub controls: Vec<Mapping>,
    /// What has to be said of the mapping.
    pub notes: Option<String>,
}

/// A customer's word on a weakness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelUse {
    /// The label.
    pub label: String,
    /// Why it applies.
    pub why: String,
    /// The case in which it does; nothing means always.
    pub case: Option<String>,
}

/// A control that a weakness touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Id of the framework.
    pub framework: String,
    /// Id of the control.
    pub id: String,
    /// Our reading.
    pub why: String,
    /// violates, weakens, recommends, neighbour.
    pub strength: String,
    /// high, medium, low.
    pub confidence: String,
    /// Whether it belongs on the finding itself.
    pub primary: bool,
    /// The case in which it holds; nothing means always.
    pub case: Option<String>,
}

/// A word of the customer and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The word.
    pub label: String,
    /// What is meant.
    pub meaning: String,
    /// The right ids: framework and control.
    pub controls: Vec<(String, String)>,
}

/// A standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Framework {
    /// Id.
    pub id: String,
    /// Display name of ours.
    pub name: String,
    /// Publisher, number, date.
    pub citation: String,
    /// Its version.
    pub version: String,
    /// When it was published.
    pub published: String,
    /// Under which terms.
    pub licence: String,
    /// What has to be said of it.
    pub note: String,
    /// Its controls.
    pub controls: Vec<Control>,
}

/// A control of a standard, in our own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Id.
    pub id: String,
    /// What it asks.
    pub says: String,
    /// Where it stands.
    pub section: Option<String>,
    /// Whether the id was checked.
    pub verified: bool,
    /// Against what: primary, secondary …
    pub verification: Option<String>,
    /// The source read.
    pub source: Option<String>,
    /// How binding.
    pub strength: Option<String>,
    /// How central to the subject.
    pub tier: Option<String>,
    /// What has to be said of it.
    pub note: Option<String>,
    /// Ids that took its place.
    pub replaced_by: Vec<String>,
}

/// The parts of `weaknesses.yaml`.
pub(super) type Vocabulary = (Vec<Weakness>, Vec<(String, String)>, Vec<Label>);

pub(super) fn vocabulary(d: &mut Decoder<'_>, tree: &Tree) -> Option<Vocabulary> {
    let mut keys = d.map(tree, "weaknesses.yaml")?;
    let mut cases = Vec::new();
    for entry in keys.take("cases").map(Tree::entries).unwrap_or_default() {
        cases.extend(d.text_of(&entry.value, "a case").map(|meaning| (entry.key.to_string(), meaning)));
    }
    let mut labels = Vec::new();
    for item in keys.take("labels").map(Tree::items).unwrap_or_default() {
        let Some(mut k) = d.map(item, "a label") else { continue };
        let (label, meaning) = (k.need_text(d, "label"), k.need_text(d, "meaning"));
        let mut controls = Vec::new();
        for control in k.take("controls").map(Tree::items).unwrap_or_default() {
            let Some(mut c) = d.map(control, "a control") else { continue };
            if let (Some(framework), Some(id)) = (c.need_text(d, "framework"), c.need_text(d, "id")) {
                controls.push((framework, id));
            }
            c.finish(d);
        }
        k.finish(d);
        if let (Some(label), Some(meaning)) = (label, meaning) {
            labels.push(Label { label, meaning, controls });
        }
    }
    let items = keys.take("weaknesses").map(Tree::items).unwrap_or_default();
    let weaknesses = items.iter().filter_map(|item| weakness(d, item, &cases, &labels)).collect();
    keys.finish(d);
    Some((weaknesses, cases, labels))
}

fn weakness(d: &mut Decoder<'_>, tree: &Tree, cases: &[(String, String)], labels: &[Label]) -> Option<Weakness> {
    let mut k = d.map(tree, "a weakness")?;
    let id = k.need_text(d, "id");
    let group = k.need_text(d, "group");
    let severity = k.need(d, "severity").and_then(|t| d.one_of(t, "severity", Severity::named, &Severity::ALL.map(Severity::word)));
    let (title, what, why) = (k.need_text(d, "title"), k.need_text(d, "what"), k.need_text(d, "why"));
    let (attack, fix, notes) = (k.need_text(d, "attack"), k.need_text(d, "fix"), k.text(d, "notes"));
    let mut uses = Vec::new();
    for item in k.take("labels").map(Tree::items).unwrap_or_default() {
        let Some(mut l) = d.map(item, "a label") else { continue };
        let named = |n: &str| labels.iter().any(|x| x.label == n).then(|| n.to_owned());
        let allowed: Vec<&str> = labels.iter().map(|x| x.label.as_str()).collect();
        let label = l.need(d, "label").and_then(|t| d.one_of(t, "label", named, &allowed));
        let why = l.need_text(d, "why");
        let case = case(d, l.take("case"), cases);
        l.finish(d);
        if let (Some(label), Some(why)) = (label, why) {
            uses.push(LabelUse { label, why, case });
        }
    }
    let mut controls = Vec::new();
    for item in k.need(d, "controls").map(Tree::items).unwrap_or_default() {
        controls.extend(mapping(d, item, cases));
    }
    k.finish(d);
    Some(Weakness {
        id: id?,
        group: group?,
        severity: severity?,
        title: title?,
        what: what?,
        why: why?,
        attack: attack?,
        fix: fix?,
        labels: uses,
        controls,
        notes,
    })
}

fn case(d: &mut Decoder<'_>, tree: Option<&Tree>, cases: &[(String, String)]) -> Option<String> {
    let allowed: Vec<&str> = cases.iter().map(|c| c.0.as_str()).collect();
    d.one_of(tree?, "case", |n| allowed.contains(&n).then(|| n.to_owned()), &allowed)
}

fn mapping(d: &mut Decoder<'_>, tree: &Tree, cases: &[(String, String)]) -> Option<Mapping> {
    let word = |allowed: &'static [&'static str]| move |w: &str| allowed.contains(&w).then(|| w.to_owned());
    const STRENGTHS: &[&str] = &["violates", "weakens", "recommends", "neighbour"];
    const LEVELS: &[&str] = &["high", "medium", "low"];
    const TIERS: &[&str] = &["primary", "secondary"];
    let mut k = d.map(tree, "a control")?;
    let (framework, id, why) = (k.need_text(d, "framework"), k.need_text(d, "id"), k.need_text(d, "why"));
    let strength = k.need(d, "strength").and_then(|t| d.one_of(t, "strength", word(STRENGTHS), STRENGTHS));
    let confidence = k.need(d, "confidence").and_then(|t| d.one_of(t, "confidence", word(LEVELS), LEVELS));
    let tier = k.need(d, "tier").and_then(|t| d.one_of(t, "tier", word(TIERS), TIERS));
    let case = case(d, k.take("case"), cases);
    k.finish(d);
    Some(Mapping {
        framework: framework?,
        id: id?,
        why: why?,
        strength: strength?,
        confidence: confidence?,
        primary: tier? == "primary",
        case,
    })
}

pub(super) fn framework(d: &mut Decoder<'_>, tree: &Tree) -> Option<Framework> {
    let mut k = d.map(tree, "a framework")?;
    let (id, name, citation) = (k.need_text(d, "id"), k.need_text(d, "name"), k.need_text(d, "citation"));
    let (version, published) = (k.text(d, "version").unwrap_or_default(), k.text(d, "published").unwrap_or_default());
    let (licence, note) = (k.text(d, "licence").unwrap_or_default(), k.text(d, "note").unwrap_or_default());
    let mut controls = Vec::new();
    for item in k.need(d, "controls").map(Tree::items).unwrap_or_default() {
        let Some(mut c) = d.map(item, "a control") else { continue };
        let (id, says) = (c.need_text(d, "id"), c.need_text(d, "says"));
        let control = Control {
            section: c.text(d, "section"),
            verified: c.take("verified").and_then(Tree::flag).unwrap_or(false),
            verification: c.text(d, "verification"),
            source: c.text(d, "source"),
            strength: c.text(d, "strength"),
            tier: c.text(d, "tier"),
            note: c.text(d, "note"),
            replaced_by: c.take("replaced_by").map(|t| d.texts_of(t, "replaced_by")).unwrap_or_default(),
            id: id.unwrap_or_default(),
            says: says.unwrap_or_default(),
        };
        c.finish(d);
        controls.push(control);
    }
    k.finish(d);
    Some(Framework { id: id?, name: name?, citation: citation?, version, published, licence, note, controls })
}

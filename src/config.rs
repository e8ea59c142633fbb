//! `sidedoor.yaml`: raw and spanned in, proven out. An unknown key is an error with its line.

use crate::fact::{POPULATIONS, Sealed, Word, day, exemption_form};
use crate::finding::Severity;
use crate::rule::{Decoder, Pack, RuleError};
use crate::tree::{Tree, yaml};
use crate::triage::Waiver;
use globset::{Glob, GlobSet, GlobSetBuilder};

/// What a user may say.
#[derive(Debug, Clone)]
pub struct Config {
    /// Accepted risks.
    pub waivers: Vec<Waiver>,
    /// Severity by rule or weakness; nothing means off.
    pub severity: Vec<(String, Option<Severity>)>,
    /// Paths that are not scanned.
    pub exclude: GlobSet,
    /// People who sign in and get back in in the same way, where names alone do not tell.
    pub populations: Vec<Sealed>,
    /// What lets something pass, one by one, for whoever compares two versions.
    excuses: Vec<Excuse>,
}

/// An entry that lets something pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excuse {
    /// A word of `exemption_form`.
    pub form: Word,
    /// What passes.
    pub of: String,
    /// Why.
    pub because: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What else it says: another end of a waiver is another waiver.
    terms: String,
    /// Line in the file.
    pub line: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self { waivers: Vec::new(), severity: Vec::new(), exclude: GlobSet::empty(), populations: Vec::new(), excuses: Vec::new() }
    }
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// Every mistake, with file, line and nearest name.
    pub fn parse(file: &str, text: &str, rules: &Pack) -> Result<Self, Vec<RuleError>> {
        let mut d = Decoder::new(file, text);
        let mut config = Self::default();
        match yaml(text) {
            Ok(documents) => {
                if let Some(tree) = documents.first().filter(|t| !t.is_null()) {
                    config.fill(&mut d, tree, rules);
                }
            }
            Err(fault) => d.error_at(fault.at(), fault.words(), None),
        }
        if d.errors.is_empty() { Ok(config) } else { Err(d.errors) }
    }

    /// What lets something pass here and did not before.
    pub fn excuses_beyond<'c>(&'c self, before: &'c Self) -> impl Iterator<Item = &'c Excuse> {
        let known = |e: &Excuse| before.excuses.iter().any(|b| (&b.form, &b.of, &b.terms) == (&e.form, &e.of, &e.terms));
        self.excuses.iter().filter(move |e| !known(e))
    }

    fn fill(&mut self, d: &mut Decoder<'_>, tree: &Tree, rules: &Pack) {
        let ids = || rules.checks.iter().map(|c| c.id.as_str()).chain(rules.weaknesses.iter().map(|w| w.id.as_str()));
        let Some(mut keys) = d.map(tree, "the configuration") else { return };
        for item in few(d, keys.take("waivers")) {
            if let Some(waiver) = waiver(d, item, &ids().collect::<Vec<_>>()) {
                let path = waiver.path.as_ref().map(|p| p.glob().glob());
                self.excuses.push(Excuse {
                    form: exemption_form::WAIVER,
                    of: waiver.of.clone(),
                    because: Some(waiver.because.clone()),
                    owner: Some(waiver.owner.clone()),
                    terms: format!("{path:?} {:?} {}", waiver.subject, waiver.until),
                    line: waiver.line,
                });
                self.waivers.push(waiver);
            }
        }
        for entry in keys.take("severity").map(Tree::entries).unwrap_or_default() {
            if !ids().any(|id| *id == *entry.key) {
                d.unknown(entry.at, "rule or weakness", &entry.key, ids());
            }
            let words = ["off", "info", "low", "medium", "high", "critical"];
            let named = |w: &str| if w == "off" { Some(None) } else { Severity::named(w).map(Some) };
            if let Some(severity) = d.one_of(&entry.value, "severity", named, &words) {
                if severity < usual(rules, &entry.key) {
                    let word = severity.map_or("off", Severity::word);
                    self.excuses.push(Excuse {
                        form: exemption_form::SETTING,
                        of: entry.key.to_string(),
                        because: Some(format!("severity {word}")),
                        owner: None,
                        terms: word.to_owned(),
                        line: d.line_of(entry.at),
                    });
                }
                self.severity.push((entry.key.to_string(), severity));
            }
        }
        for item in few(d, keys.take("populations")) {
            self.populations.extend(people(d, item));
        }
        let mut globs = GlobSetBuilder::new();
        for item in few(d, keys.take("exclude")) {
            let Some(text) = d.text_of(item, "exclude") else { continue };
            match Glob::new(&text) {
                Ok(glob) => {
                    globs.add(glob);
                    let line = d.line_of(item.span.start);
                    let (form, terms) = (exemption_form::EXCLUSION, String::new());
                    self.excuses.push(Excuse { form, of: text, because: None, owner: None, terms, line });
                }
                Err(_) => d.error_at(item.span.start, format!("`{text}` is no path pattern"), None),
            }
        }
        self.exclude = globs.build().unwrap_or_else(|_| GlobSet::empty());
        keys.finish(d);
    }
}

/// The severity of a rule or weakness when nobody says another.
fn usual(rules: &Pack, id: &str) -> Option<Severity> {
    let weakness = |id: &str| rules.weakness(id).map(|w| w.severity);
    rules.checks.iter().find(|c| c.id == id).map_or_else(|| weakness(id), |c| c.severity.or_else(|| weakness(&c.weakness)))
}

/// More waivers or patterns than anybody writes: each is compiled, and asked of every finding or path.
const MOST: usize = 2000;

fn few<'t>(d: &mut Decoder<'_>, list: Option<&'t Tree>) -> &'t [Tree] {
    let items = list.map(Tree::items).unwrap_or_default();
    if let Some(beyond) = items.get(MOST) {
        d.error_at(beyond.span.start, format!("more than {MOST} entries"), None);
        return &[];
    }
    items
}

fn people(d: &mut Decoder<'_>, tree: &Tree) -> Option<Sealed> {
    let mut k = d.map(tree, "a population")?;
    let name = k.need_text(d, "name");
    let class = k.take("class").and_then(|t| d.one_of(t, "class", |w| Word::named(w).filter(|_| POPULATIONS.contains(&w)), POPULATIONS));
    let also = k.take("also").map(|t| d.texts_of(t, "also")).unwrap_or_default();
    let mailbox = k.text(d, "mailbox");
    k.finish(d);
    Some(Sealed::people(name?, class, also, mailbox))
}

fn waiver(d: &mut Decoder<'_>, tree: &Tree, ids: &[&str]) -> Option<Waiver> {
    let line = d.line_of(tree.span.start);
    let mut k = d.map(tree, "a waiver")?;
    let of_tree = k.need(d, "of");
    let of = of_tree.and_then(|t| d.text_of(t, "of"));
    if let (Some(of), Some(tree)) = (&of, of_tree) {
        let fingerprint = of.len() == 32 && of.bytes().all(|b| b.is_ascii_hexdigit());
        if !fingerprint && !ids.contains(&of.as_str()) {
            d.unknown(tree.span.start, "rule, weakness or fingerprint", of, ids.iter().copied());
        }
    }
    let path = k.take("path").and_then(|t| {
        let text = d.text_of(t, "path")?;
        let glob = Glob::new(&text);
        if glob.is_err() {
            d.error_at(t.span.start, format!("`{text}` is no path pattern"), None);
        }
        glob.ok().map(|g| g.compile_matcher())
    });
    let (subject, owner, approver) = (k.text(d, "subject"), k.need_text(d, "owner"), k.text(d, "approver"));
    let until_tree = k.need(d, "until");
    let until = until_tree.and_then(|t| d.text_of(t, "until"));
    if let (Some(until), Some(tree)) = (&until, until_tree)
        && day(until).is_none()
    {
        d.error_at(tree.span.start, format!("`{until}` is no date"), Some("write YYYY-MM-DD".into()));
    }
    let because = k.need_text(d, "because");
    k.finish(d);
    Some(Waiver { of: of?, path, subject, owner: owner?, approver, until: until?, because: because?, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_have_a_line_and_a_near_name() {
        let rules = crate::rules();
        let text = "waivers:\n- of: exposed-secrt\n  owner: team-a\n  untill: 2027-01-01\n  because: moved\nexclud: []\n";
        let errors: Vec<String> =
            Config::parse("sidedoor.yaml", text, rules).expect_err("refused").iter().map(ToString::to_string).collect();
        assert!(
            errors
                .iter()
                .any(|e| e.contains(":2:7: unknown rule, weakness or fingerprint `exposed-secrt` (did you mean `exposed-secret`?)")),
            "{errors:?}"
        );
        assert!(errors.iter().any(|e| e.contains(":4:3: unknown field of a waiver `untill` (did you mean `until`?)")), "{errors:?}");
        assert!(
            errors.iter().any(|e| e.contains(":6:1: unknown field of the configuration `exclud` (did you mean `exclude`?)")),
            "{errors:?}"
        );
    }
}

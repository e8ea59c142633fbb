//! The words of the lexicon, with every inflection written out once: a text needs one look-up per word and no rules.

use super::inflect::{Form, inflections, irregular};
use std::collections::HashMap;

/// Every word of the lexicon in all its forms, each base form with a number.
#[derive(Default)]
pub(super) struct Vocabulary {
    pub(super) surface: HashMap<String, (u16, Form)>,
    ids: HashMap<String, u16>,
    bases: Vec<String>,
    pub(super) count: usize,
}

impl Vocabulary {
    /// Base forms by their number.
    pub(super) fn numbered(&self) -> Vec<String> {
        let mut out = vec![String::new(); self.count];
        let mut ids: Vec<_> = self.ids.iter().collect();
        ids.sort();
        for (word, id) in ids {
            if let Some(place) = out.get_mut(usize::from(*id)) {
                place.clone_from(word);
            }
        }
        out
    }

    pub(super) fn base(&mut self, word: &str) {
        self.bases.push(word.to_owned());
    }

    pub(super) fn inflect(&mut self) {
        self.bases.push("be".into());
        self.bases.sort();
        self.bases.dedup();
        let mut forms: HashMap<String, (String, Form)> = HashMap::new();
        for base in &self.bases {
            for (surface, form) in inflections(base) {
                forms.entry(surface).or_insert_with(|| (base.clone(), form));
            }
        }
        for (surface, base, form) in irregular() {
            forms.insert((*surface).to_owned(), ((*base).to_owned(), *form));
        }
        let ids = &mut self.ids;
        self.count = 1;
        let mut id = |word: &str, count: &mut usize| {
            *ids.entry(word.to_owned()).or_insert_with(|| {
                *count += 1;
                (*count - 1) as u16
            })
        };
        // a word that is an inflection of another is that other word, in that form
        for word in self.bases.iter().chain(irregular().iter().map(|i| i.1.to_owned()).collect::<Vec<_>>().iter()) {
            let (base, form) = forms.get(word).filter(|f| f.0 != *word).cloned().unwrap_or_else(|| (word.clone(), Form::Base));
            let n = id(&base, &mut self.count);
            self.surface.insert(word.clone(), (n, form));
        }
        let mut rest: Vec<_> = forms.into_iter().collect();
        rest.sort_by(|a, b| a.0.cmp(&b.0));
        for (surface, (base, form)) in rest {
            // the base of an inflected phrase word may itself be inflected: one step is enough
            let n = id(&base, &mut self.count);
            self.surface.entry(surface).or_insert((n, form));
        }
    }
}

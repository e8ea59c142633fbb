//! What the styles and numberings of a text document say of its paragraphs: which are headings, which items, and which of those count.

use crate::unpack::xml::{self, Step};
use std::collections::{BTreeMap, BTreeSet};

/// Styles that are kept.
const MOST: usize = 10_000;

/// A style of paragraphs.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    /// The level of the heading it makes.
    pub(super) heading: Option<usize>,
    /// The numbering that it belongs to.
    pub(super) numbering: Option<String>,
    pub(super) level: usize,
}

/// Everything that is told apart from the text.
#[derive(Debug, Default)]
pub(super) struct Styles {
    paragraphs: BTreeMap<String, Style>,
    /// Which definition a numbering uses.
    numberings: BTreeMap<String, String>,
    /// Definitions, or lists of OpenDocument, and the levels of them that count.
    counted: BTreeSet<(String, usize)>,
}

impl Styles {
    /// Reads a part of OOXML.
    pub(super) fn read(&mut self, text: &str) {
        let (mut id, mut level, mut number) = (String::new(), 0, String::new());
        xml::walk(text, |step| match step {
            Step::Open("style" | "abstractNum", a) => {
                id = a.get("styleId").or_else(|| a.get("abstractNumId")).unwrap_or_default();
            }
            // the name of a style is English in every language of the program
            Step::Open("name", a) => {
                let name = a.get("val").unwrap_or_default().to_lowercase();
                let heading = name.strip_prefix("heading ").and_then(|l| l.parse().ok()).or((name == "title").then_some(1));
                if heading.is_some() {
                    self.style(&id).heading = heading;
                }
            }
            Step::Open("outlineLvl", a) => {
                let heading = a.get("val").and_then(|l| l.parse::<usize>().ok()).filter(|l| *l < 9).map(|l| l + 1);
                self.style(&id).heading = heading.or_else(|| self.style(&id).heading);
            }
            Step::Open("numId", a) if number.is_empty() => self.style(&id).numbering = a.get("val"),
            Step::Open("lvl" | "ilvl", a) => {
                level = a.get("ilvl").or_else(|| a.get("val")).and_then(|l| l.parse().ok()).unwrap_or(0);
                if !id.is_empty() {
                    self.style(&id).level = level;
                }
            }
            Step::Open("numFmt", a) if a.get("val").is_some_and(|f| f != "bullet" && f != "none") => self.count(&id, level),
            Step::Open("num", a) => number = a.get("numId").unwrap_or_default(),
            Step::Open("abstractNumId", a) if self.numberings.len() < MOST => {
                self.numberings.insert(std::mem::take(&mut number), a.get("val").unwrap_or_default());
            }
            _ => {}
        });
    }

    fn style(&mut self, id: &str) -> &mut Style {
        // one more than those that are kept stands for all others
        let id = if self.paragraphs.len() < MOST || self.paragraphs.contains_key(id) { id } else { "" };
        self.paragraphs.entry(id.to_owned()).or_default()
    }

    /// A level of a list counts.
    pub(super) fn count(&mut self, list: &str, level: usize) {
        if self.counted.len() < MOST {
            self.counted.insert((list.to_owned(), level));
        }
    }

    /// The style of that id.
    pub(super) fn of(&self, id: &str) -> Option<&Style> {
        self.paragraphs.get(id)
    }

    /// Whether a numbering, or a list, counts at a level.
    pub(super) fn counts(&self, list: &str, level: usize) -> bool {
        let list = self.numberings.get(list).map_or(list, String::as_str);
        self.counted.contains(&(list.to_owned(), level))
    }
}

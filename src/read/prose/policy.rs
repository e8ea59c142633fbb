//! What a policy demands, for the procedures that refer to it: one fact for each control, with the words that ask for it.

use super::section::Section;
use crate::artifact::Spot;
use crate::fact::{Draft, Duty, Field, Kind, control, procedure};

/// The controls of a document that others may refer to ("per the Access Policy"): it calls itself a policy, a standard, a runbook …
pub(super) fn controls(sections: &[Section], file: &str, out: &mut Vec<Draft>) {
    let Some(title) = sections.iter().find(|s| !s.name.is_empty()).filter(|s| s.citable) else { return };
    let mut found: Vec<(Field, &Spot)> = Vec::new();
    let mut add = |field: Field, spot| {
        if !found.iter().any(|f| f.0 == field) {
            found.push((field, spot));
        }
    };
    for section in sections {
        for (note, spot) in &section.notes {
            if let Some((field, true)) = note.answer() {
                add(field, spot);
            }
        }
        if let Some((_, spot)) = section.said.iter().find(|(s, _)| s.deed == "approve" && s.duty != Duty::MustNot) {
            add(procedure::APPROVALS, spot);
        }
    }
    for (field, spot) in found {
        let anchor = format!("{file} {}", field.name());
        out.push(Draft::new(Kind::Control, title.name.clone(), anchor, spot.clone()).saying(control::ABOUT, field.name()));
    }
}

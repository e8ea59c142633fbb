//! Tables that a user describes column by column, for products that no reader knows.

use super::decode::Decoder;
use crate::fact::{Field, FieldSpec, Kind, Ty};
use crate::tree::Tree;
use serde::{Deserialize, Serialize};

/// How one sort of table is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What it is called in reports.
    pub name: String,
    /// The columns that tell it from other tables, in lower case.
    pub header: Vec<String>,
    /// What a row is.
    pub kind: Kind,
    /// The column that names it, in lower case.
    pub named_by: String,
    /// Fields and the columns that state them, in lower case.
    pub columns: Vec<(Field, String)>,
    /// Fields and what every row states of them.
    pub always: Vec<(Field, String)>,
}

/// Kinds of fact that a row can be.
const KINDS: [Kind; 5] = [Kind::Principal, Kind::Credential, Kind::Binding, Kind::Setting, Kind::Resource];
/// More tables than anybody describes, and more columns than a table has.
const MOST: usize = 200;

/// The tables that a configuration describes. Mistakes go to `d`.
pub(crate) fn parse(d: &mut Decoder<'_>, list: Option<&Tree>) -> Vec<Table> {
    let items = list.map(|t| d.items_of(t, "tables")).unwrap_or_default();
    if let Some(beyond) = items.get(MOST) {
        d.error_at(beyond.span.start, format!("more than {MOST} tables"), None);
    }
    items.iter().take(MOST).filter_map(|item| table(d, item)).collect()
}

/// The tables of the text of a configuration, whatever else stands in it. For examples of rules.
pub fn tables(text: &str) -> Vec<Table> {
    let mut d = Decoder::new("sidedoor.yaml", text);
    let documents = crate::tree::yaml(text).unwrap_or_default();
    parse(&mut d, documents.first().and_then(|t| t.get("tables")))
}

fn table(d: &mut Decoder<'_>, tree: &Tree) -> Option<Table> {
    let mut k = d.map(tree, "a table")?;
    let name = k.need_text(d, "name");
    let kinds = KINDS.map(Kind::name);
    let named = |w: &str| Kind::named(w).filter(|k| KINDS.contains(k));
    let kind = k.need(d, "kind").and_then(|t| d.one_of(t, "kind", named, &kinds));
    let header: Vec<String> =
        k.need(d, "header").map(|t| d.texts_of(t, "header")).unwrap_or_default().iter().map(|c| c.trim().to_lowercase()).collect();
    if header.len() < 2 {
        d.error_at(tree.span.start, "a header needs at least two columns, or it would be found in any table", None);
    }
    let (columns_tree, always_tree) = (k.need(d, "columns"), k.take("always"));
    k.finish(d);
    let (kind, mut named_by) = (kind?, None);
    let mut columns = Vec::new();
    for entry in columns_tree.map(Tree::entries).unwrap_or_default().iter().take(MOST) {
        let Some(column) = d.text_of(&entry.value, "a column").map(|c| c.trim().to_lowercase()) else { continue };
        if &*entry.key == "name" {
            named_by = Some(column);
        } else if let Some(spec) = field(d, kind, entry.at, &entry.key) {
            columns.push((spec.field, column));
        }
    }
    let mut always = Vec::new();
    for entry in always_tree.map(Tree::entries).unwrap_or_default().iter().take(MOST) {
        let Some(spec) = field(d, kind, entry.at, &entry.key) else { continue };
        let Some(value) = d.text_of(&entry.value, "a value") else { continue };
        if let Ty::Word(words) = spec.ty
            && !words.contains(&value.as_str())
        {
            d.unknown(entry.value.span.start, spec.field.name(), &value, words.iter().copied());
        }
        always.push((spec.field, value));
    }
    if named_by.is_none() {
        d.error_at(tree.span.start, "columns need `name`: the column that names a row", None);
    }
    Some(Table { name: name?, header, kind, named_by: named_by?, columns, always })
}

/// The field of that name, if a column can state it.
fn field(d: &mut Decoder<'_>, kind: Kind, at: usize, name: &str) -> Option<&'static FieldSpec> {
    let can = |f: &&FieldSpec| !matches!(f.ty, Ty::List(_) | Ty::Related(_)) && f.field.name() != "product";
    let found = kind.spec().field(name).filter(can);
    if found.is_none() {
        let names = kind.spec().fields.iter().filter(can).map(|f| f.field.name()).chain(["name"]);
        d.unknown(at, &format!("field of a {}", kind.name()), name, names);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        let text = "tables:\n- name: x\n  kind: credental\n  header: [A, B]\n  columns: {name: A}\n- name: y\n  kind: credential\n  header: [A]\n  columns: {rotted: A, grants: B}\n  always: {type: passwrd}\n";
        let mut d = Decoder::new("sidedoor.yaml", text);
        let documents = crate::tree::yaml(text).expect("yaml");
        assert!(parse(&mut d, documents.first().and_then(|t| t.get("tables"))).is_empty());
        let all = d.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        for want in [
            "did you mean `credential`?",
            "at least two columns",
            "did you mean `rotated`?",
            "`grants`",
            "did you mean `password`?",
            "columns need `name`",
        ] {
            assert!(all.contains(want), "{want}: {all}");
        }
    }

    #[test]
    fn a_table_is_read_without_regard_to_case() {
        let read = tables(
            "tables:\n- {name: vaulted, kind: credential, header: [SecretName, Expiry], columns: {name: SecretName, expires: EXPIRY}, always: {type: password}}\n",
        );
        assert_eq!(
            read.first().map(|t| (t.header.clone(), t.named_by.clone())),
            Some((vec!["secretname".into(), "expiry".into()], "secretname".into()))
        );
    }
}

//! Tables that the user's configuration describes: each row becomes a fact of the kind that is named there.

use super::date::{self, Moment, moment};
use super::record::{Record, segment};
use super::stating;
use super::table::{Origin, Table};
use crate::artifact::Why;
use crate::fact::{Draft, Field, Kind, Ty, Value, Word, credential, status};
use crate::read::{Doc, Drafts};
use crate::rule;
use crate::tree::{Node, Tree};
use std::borrow::Cow;

/// What artifacts of this sort are called.
const KIND: &str = "table";

/// Reads a text by the first description whose header it has.
pub(super) fn read(doc: &Doc<'_>, known: &[rule::Table], out: &mut Drafts) -> bool {
    if known.is_empty() || matches!(doc.text.trim_start().bytes().next(), None | Some(b'{' | b'[' | b'<')) {
        return false;
    }
    let Some(table) = Table::open(Cow::Borrowed(doc.text), Origin::Document) else { return false };
    let head = table.head();
    let Some(map) = known.iter().find(|m| m.header.iter().all(|c| head.get(c).is_some())) else { return false };
    out.kind = Some(KIND);
    let bad = table.rows(doc.text, |number, row| out.facts.extend(fact(map, &Record::row((doc.text, ""), row, number))));
    if bad > 0 {
        out.unread.push(Why::Rows { count: bad });
    }
    true
}

fn fact(map: &rule::Table, record: &Record<'_>) -> Option<Draft> {
    let name = record.text_at(&[&map.named_by])?;
    let spec = map.kind.spec();
    let mut draft = Draft::new(map.kind, name.to_owned(), format!("/{}{}", map.name, segment(name)), record.spot());
    if let Some(product) = spec.field("product") {
        draft.say(product.field, format!("table/{}", map.name));
    }
    for (field, text) in &map.always {
        let stated = Tree { node: Node::Text(text.as_str().into()), span: 0..0 };
        if let Some(value) = value(map.kind, *field, &stated) {
            draft.say(*field, value);
        }
    }
    for (field, column) in &map.columns {
        // of the columns that are named, silence counts
        match record.tree.get(column).and_then(|cell| value(map.kind, *field, cell)) {
            Some(value) => draft.say(*field, value),
            None => draft = draft.could_say(&[*field]),
        }
    }
    if map.kind == Kind::Credential && draft.fields.word(credential::STATUS).is_none() {
        let at = draft.at.clone();
        draft.fields.set(credential::STATUS, crate::fact::Stated::Unsaid);
        stating::infer(&mut draft, credential::STATUS, status::ACTIVE, &at);
    }
    Some(draft)
}

/// A cell as a value of the type that the field has; nothing if it is empty or says something else.
fn value(kind: Kind, field: Field, cell: &Tree) -> Option<Value<String, crate::artifact::Spot>> {
    let text = cell.text()?.trim();
    let plain = text.to_lowercase();
    let never = matches!(plain.as_str(), "never" | "none" | "unlimited" | "infinity");
    Some(match kind.spec().field(field.name())?.ty {
        Ty::Flag => Value::Flag(match plain.as_str() {
            "true" | "yes" | "y" | "1" | "on" | "enabled" | "active" => true,
            "false" | "no" | "n" | "0" | "off" | "disabled" | "inactive" => false,
            _ => return None,
        }),
        Ty::Number => Value::Number(cell.number()?),
        Ty::Text if text.is_empty() => return None,
        Ty::Text => Value::Text(text.to_owned()),
        Ty::Word(words) => {
            let word = plain.replace([' ', '-'], "_");
            Value::Word(Word::named(words.iter().find(|w| **w == word)?)?)
        }
        Ty::Time if never => Value::Never,
        Ty::Time => match moment(cell)? {
            Moment::At(time) => Value::Time(time),
            Moment::Never => Value::Never,
        },
        Ty::Duration if never => Value::Never,
        Ty::Duration => Value::Duration(date::duration(cell)?),
        Ty::List(_) | Ty::Related(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Stated, day};

    fn read_as(map: &str, text: &str) -> Drafts {
        let mut out = Drafts::default();
        read(&Doc { path: "x.csv", home: "", text }, &rule::tables(map), &mut out);
        out
    }

    const MAP: &str = "tables:\n- name: vaulted\n  kind: credential\n  header: [Secret Name, Last Changed]\n  \
        columns: {name: Secret Name, rotated: Last Changed, expires: Expiry, status: State, privileged: Admin}\n  always: {type: password}\n";

    #[test]
    fn rows_become_facts_and_silence_counts_where_a_column_is_named() {
        let text = "\"Secret Name\";\"Last Changed\";Expiry;State;Admin\nquay-root;2024-02-01;never;Active;yes\npier;;2027-01-01;;no\n;;;;\nshort;1\n";
        let out = read_as(MAP, text);
        assert_eq!((out.kind, out.unread.as_slice()), (Some("table"), &[Why::Rows { count: 1 }][..]));
        let first = out.facts.first().expect("a row");
        assert_eq!(
            (first.name.as_str(), first.kind, first.fields.time(credential::ROTATED)),
            ("quay-root", Kind::Credential, day("2024-02-01"))
        );
        assert_eq!((first.fields.word(credential::STATUS), first.fields.flag(credential::PRIVILEGED)), (Some("active"), Some(true)));
        assert_eq!(first.fields.values(credential::EXPIRES).next(), Some(&Value::Never));
        let second = out.facts.get(1).expect("a row");
        assert_eq!(second.fields.get(credential::ROTATED), Some(&Stated::Unsaid));
        assert!(second.fields.get(credential::LAST_USED).is_none(), "what no column states is mute");
        assert_eq!(second.fields.text(credential::PRODUCT).map(String::as_str), Some("table/vaulted"));
    }

    #[test]
    fn other_tables_are_left_alone() {
        for text in ["a,b\n1,2\n", "", "{\"Secret Name\": 1}", "Secret Name\nx\n"] {
            assert!(read_as(MAP, text).kind.is_none(), "{text}");
        }
    }
}

//! Databases: roles as `pg_dumpall --roles-only` writes them, and grants as MySQL and MariaDB print them.

mod grants;
mod roles;
pub(super) mod sql;

use super::input::Head;
use super::record::Record;
use super::{ExportReader, Format};
use crate::read::Drafts;
use crate::tree::Tree;

pub(super) struct Database;

const ROLES: &str = "postgres.roles";
const GRANTS: &str = "mysql.grants";

impl ExportReader for Database {
    fn needles(&self) -> &'static [&'static str] {
        &["alter role", "grant "]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let dialect = head.tree.get(sql::DIALECT).and_then(Tree::text)?;
        let kind = if dialect == sql::POSTGRES { ROLES } else { GRANTS };
        Some(Format { kind, records: &[sql::STATEMENTS] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        if kind == ROLES { roles::role(record, out) } else { out.facts.extend(grants::grant(record)) }
    }
}

#[cfg(test)]
mod tests;

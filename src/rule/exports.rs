//! How the files that are read come to be: the command, the least right it needs, and the file it is written to.

use super::decode::Decoder;
use crate::tree::Tree;
use serde::{Deserialize, Serialize};

/// One file of `rules/exports`: a vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vendor {
    /// What it is called on the command line.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The programs that the commands are made of.
    pub tools: Vec<String>,
    /// The role that is enough for all of them.
    pub permission: String,
    /// What the commands are told: a variable, and what to set it to.
    pub variables: Vec<(String, String)>,
    /// Whether one script can collect them: its commands stand on their own.
    pub script: bool,
    /// The exports.
    pub exports: Vec<Export>,
}

/// One format, and the command that produces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// The format, as reports call it.
    pub kind: String,
    /// What it shows.
    pub shows: String,
    /// The command, for a POSIX shell.
    pub command: String,
    /// The least right it needs.
    pub permission: String,
    /// Where the script writes it; without one it is not collected.
    pub file: Option<String>,
    /// The variable that the command and the file are repeated for, and the command that lists its values a line each.
    pub each: Option<(String, String)>,
    /// Who says that it is so.
    pub source: Option<String>,
}

pub(super) fn parse(d: &mut Decoder<'_>, tree: &Tree, stem: &str) -> Option<Vendor> {
    let mut k = d.map(tree, "a file of exports")?;
    let (name, permission) = (k.need_text(d, "name"), k.need_text(d, "permission"));
    let tools = k.take("tools").map(|t| d.texts_of(t, "tools")).unwrap_or_default();
    let mut variables = Vec::new();
    for entry in k.take("variables").map(Tree::entries).unwrap_or_default() {
        if !entry.key.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') {
            d.error_at(entry.at, "a variable is written in capitals", None);
        }
        variables.extend(d.text_of(&entry.value, "a variable").map(|says| (entry.key.to_string(), says)));
    }
    let script = k.take("script").and_then(Tree::flag).unwrap_or(false);
    let list = k.need(d, "exports").map(Tree::items).unwrap_or_default();
    let exports: Vec<Export> = list.iter().filter_map(|item| export(d, item)).collect();
    if script && !exports.iter().any(|e| e.file.is_some()) {
        d.error_at(tree.span.start, "a script needs at least one export with a `file`", None);
    }
    k.finish(d);
    Some(Vendor { id: stem.to_owned(), name: name?, tools, permission: permission?, variables, script, exports })
}

fn export(d: &mut Decoder<'_>, tree: &Tree) -> Option<Export> {
    let mut k = d.map(tree, "an export")?;
    let (kind, shows) = (k.need_text(d, "kind"), k.need_text(d, "shows"));
    let (command, permission) = (k.need_text(d, "command"), k.need_text(d, "permission"));
    let (file, source) = (k.text(d, "file"), k.text(d, "source"));
    let each = k.take("each").and_then(|t| {
        let mut e = d.map(t, "each")?;
        let (name, from) = (e.need_text(d, "name"), e.need_text(d, "from"));
        e.finish(d);
        Some((name?, from?))
    });
    if let (Some((name, _)), Some(file)) = (&each, &file)
        && !file.contains(&format!("${name}"))
    {
        d.error_at(tree.span.start, format!("the file must name ${name}, or each would overwrite the last"), None);
    }
    k.finish(d);
    Some(Export { kind: kind?, shows: shows?, command: command?, permission: permission?, file, each, source })
}

//! `sidedoor exports`: what can be read, the command that makes it, and a script that collects a vendor's.

use super::{USAGE, coded};
use crate::rule::{Export, Pack, Vendor, nearest};
use anyhow::Result;
use std::fmt::Write as _;

/// Every format with its command.
pub(super) fn list(pack: &Pack) -> String {
    let mut out = String::from("Every export that is read, the command that makes it, and the least right that the command needs.\n");
    for vendor in &pack.exports {
        let script = if vendor.script { format!("   (all at once: sidedoor exports script {})", vendor.id) } else { String::new() };
        let _ = write!(out, "\n{}{script}\n  right for all of it: {}\n", vendor.name, vendor.permission);
        for (name, says) in &vendor.variables {
            let _ = writeln!(out, "  {name}: {says}");
        }
        for export in &vendor.exports {
            let _ = writeln!(out, "\n  {}\n    {}", export.kind, export.shows);
            for line in export.command.lines() {
                let _ = writeln!(out, "      {line}");
            }
            if let Some((name, from)) = &export.each {
                let _ = writeln!(out, "    for each {name} of: {from}");
            }
            let _ = writeln!(out, "    needs: {}", export.permission);
        }
    }
    out
}

/// The script of a vendor.
pub(super) fn script(pack: &Pack, name: &str) -> Result<String> {
    let with: Vec<&Vendor> = pack.exports.iter().filter(|v| v.script).collect();
    let Some(vendor) = with.iter().find(|v| v.id == name) else {
        let names: Vec<&str> = with.iter().map(|v| v.id.as_str()).collect();
        let hint =
            nearest(name, names.iter().copied()).map_or_else(|| format!("one of: {}", names.join(", ")), |n| format!("did you mean {n}?"));
        return Err(coded(USAGE, format!("there is no script for {name} ({hint})")));
    };
    let mut out = format!(
        "#!/bin/sh\n# Collects what sidedoor reads of {} into a folder. Made by `sidedoor exports script {}`.\n#\n\
         # It only reads. Right that is enough: {}\n",
        vendor.name, vendor.id, vendor.permission
    );
    for (name, says) in &vendor.variables {
        let _ = writeln!(out, "# {name}: {says}");
    }
    let _ = write!(out, "# Then: sidedoor scan \"$OUT\"\nset -u\numask 077\n\nOUT=${{OUT:-sidedoor-{}}}\n", vendor.id);
    for (name, says) in &vendor.variables {
        let _ = writeln!(out, ": \"${{{name}:?{}}}\"", says.replace(['"', '}', '`', '$', '\\'], " "));
    }
    for tool in &vendor.tools {
        let _ = writeln!(out, "command -v {tool} >/dev/null || {{ echo 'needs {tool}' >&2; exit 2; }}");
    }
    out.push_str(PREAMBLE);
    for export in &vendor.exports {
        step(export, &mut out);
    }
    out.push_str("\necho \"$FAILED of $STEPS exports failed; the others are in $OUT\" >&2\n[ \"$FAILED\" -eq 0 ]\n");
    Ok(out)
}

/// What a failed command said stands on standard error; what it printed is kept, for an error can be an answer.
const PREAMBLE: &str = r#"
mkdir -p "$OUT" || exit 2
STEPS=0
FAILED=0

# Writes what `step` prints to a file of the folder.
collect() {
    FILE=$(printf '%s' "$1" | tr -c 'A-Za-z0-9._-' '_')
    STEPS=$((STEPS + 1))
    if ! step </dev/null >"$OUT/$FILE"; then
        echo "failed: $FILE" >&2
        FAILED=$((FAILED + 1))
        [ -s "$OUT/$FILE" ] || rm -f "$OUT/$FILE"
    fi
}
"#;

fn step(export: &Export, out: &mut String) {
    let Some(file) = &export.file else { return };
    let indented = |text: &str, by: &str| text.lines().map(|l| format!("{by}{l}\n")).collect::<String>();
    let _ = write!(out, "\n# {}: {}\n# needs: {}\n", export.kind, export.shows, export.permission);
    let _ = write!(out, "step() {{\n{}}}\n", indented(&export.command, "    "));
    match &export.each {
        None => {
            let _ = writeln!(out, "collect \"{file}\"");
        }
        // the list is read to its end first: a command in the loop must not eat what is left of it
        Some((name, from)) => {
            let _ = write!(
                out,
                "LIST=$(\n{})\nwhile IFS= read -r {name}; do\n    [ -n \"${name}\" ] || continue\n    collect \"{file}\"\ndone <<EOF\n$LIST\nEOF\n",
                indented(from, "    ")
            );
        }
    }
}

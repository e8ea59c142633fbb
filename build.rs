//! Validates the rules with the loader's own module and embeds them in compact form, with the demo's estate.
//!
//! A mistake in a rule file stops the build with its file and line.

#![allow(dead_code, unused_imports, unreachable_pub, missing_docs, clippy::all, clippy::expect_used, clippy::exit, clippy::use_self)]

#[path = "src/artifact/mod.rs"]
mod artifact;
#[path = "src/fact/mod.rs"]
mod fact;
#[path = "src/finding.rs"]
mod finding;
#[path = "src/rule/mod.rs"]
mod rule;
#[path = "src/tree/mod.rs"]
mod tree;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for path in ["rules", "fixtures/estate", "src/artifact", "src/fact", "src/rule", "src/tree", "src/finding.rs", "build.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let rules: Vec<(String, String)> =
        files(&root.join("rules")).into_iter().filter_map(|(path, bytes)| String::from_utf8(bytes).ok().map(|text| (path, text))).collect();
    match rule::load(&rules, rule::Origin::BuiltIn) {
        Ok(pack) => {
            write(&out.join("catalogue.bin"), &pack);
            write(&out.join("rules.bin"), &pack.without_examples());
        }
        Err(errors) => {
            for error in &errors {
                println!("cargo::error=rules/{error}");
            }
            std::process::exit(1);
        }
    }
    write(&out.join("estate.bin"), &files(&root.join("fixtures/estate")));
}

fn write<T: serde::Serialize>(path: &Path, value: &T) {
    let bytes = postcard::to_stdvec(value).expect("what was just built can be encoded");
    fs::write(path, bytes).expect("the build's own folder can be written");
}

/// Every file below a folder: path relative to it and content, in order.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &Path, prefix: &str, out: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                walk(&entry.path(), &format!("{name}/"), out)?;
            } else {
                out.push((name, fs::read(entry.path())?));
            }
        }
        Ok(())
    }
    let mut out = Vec::new();
    if let Err(error) = walk(folder, "", &mut out) {
        println!("cargo::error={}: {error}", folder.display());
    }
    out.sort();
    out
}

//! What the loader promises: it refuses what it does not understand, with file, line and the nearest name.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods, clippy::print_stderr)] // tests may fail loudly

use sidedoor::rule::{Origin, Pack, load};

fn added(files: &[(&str, &str)]) -> Result<Pack, Vec<String>> {
    let files: Vec<(String, String)> = files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect();
    let origin = Origin::Added { prefix: "mine", base: sidedoor::rules() };
    load(&files, origin).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

#[track_caller]
fn refused(files: &[(&str, &str)], wanted: &str) {
    let errors = added(files).expect_err("refused");
    assert!(errors.iter().any(|e| e.contains(wanted)), "wanted {wanted:?} in {errors:#?}");
}

const CHECK: &str = "title: A reset without a record
weakness: unlogged-recovery
about: procedure
when:
  all:
  - about: {is: password_reset}
  - logged: lacks
say: '{name} leaves no record'
examples:
- bad: '# Reset'
- good: '# Nothing'
";

#[test]
fn a_good_check_loads_under_the_prefix_of_its_folder() {
    let pack = added(&[("checks/desk/no-record.yaml", CHECK)]).expect("loads");
    assert_eq!(pack.checks[0].id, "mine/desk/no-record");
}

#[test]
fn unknown_names_are_refused_with_line_and_nearest_name() {
    let with = |from: &str, to: &str| CHECK.replace(from, to);
    let check = |text: &str, wanted: &str| refused(&[("checks/desk/x.yaml", text)], wanted);
    check(&with("title:", "titel:"), "checks/desk/x.yaml:1:1: unknown field of a check `titel` (did you mean `title`?)");
    check(&with("logged: lacks", "loged: lacks"), "checks/desk/x.yaml:7:5: unknown field of a procedure `loged` (did you mean `logged`?)");
    check(
        &with("password_reset", "pasword_reset"),
        "checks/desk/x.yaml:6:17: unknown word for `about` `pasword_reset` (did you mean `password_reset`?)",
    );
    check(
        &with("unlogged-recovery", "unloged-recovery"),
        "checks/desk/x.yaml:2:1: unknown weakness `unloged-recovery` (did you mean `unlogged-recovery`?)",
    );
    check(&with("about: procedure", "about: procedur"), "unknown kind of fact `procedur` (did you mean `procedure`?)");
    check(&with("say: '{name}", "say: '{nam}"), "unknown field of a procedure `nam` (did you mean `name`?)");
    check(&format!("{CHECK}cases: [knowledge-chek]\n"), "unknown case `knowledge-chek` (did you mean `knowledge-check`?)");
    check(&format!("{CHECK}severity: hihg\n"), "unknown severity `hihg` (did you mean `high`?)");
}

#[test]
fn a_check_needs_a_bad_and_a_good_example() {
    refused(&[("checks/desk/x.yaml", &CHECK.replace("- good: '# Nothing'\n", ""))], "a check needs a good example");
    refused(&[("checks/desk/x.yaml", &CHECK.replace("- bad: '# Reset'\n", ""))], "a check needs a bad example");
}

#[test]
fn broken_yaml_and_duplicate_keys_are_one_line_each() {
    refused(&[("checks/desk/x.yaml", "title: [")], "checks/desk/x.yaml:1:");
    refused(&[("checks/desk/x.yaml", "title: a\ntitle: b\n")], "a key stands twice in one mapping");
    refused(&[("checks/x.yaml", CHECK)], "a check lies in checks/<group>/<name>.yaml");
    refused(&[("stray.yaml", "a: 1")], "a rule file lies in patterns/, lexicon/, checks/ or controls/");
    refused(&[("weaknesses.yaml", "weaknesses: []")], "may not add weaknesses");
}

#[test]
fn patterns_need_a_literal_a_secret_and_examples() {
    let pattern = "- id: acme.token\n  name: Acme token\n  kind: api_token\n  pattern: '\\b(?P<secret>acme_[a-z0-9]{20})\\b'\n  life: long\n  examples:\n  - hit: acme_0123456789abcdefghij\n  - miss: acme_short\n";
    assert_eq!(added(&[("patterns/acme.yaml", pattern)]).expect("loads").patterns[0].literals, [b"acme_".to_vec()]);
    refused(
        &[("patterns/acme.yaml", &pattern.replace("acme_[a-z0-9]{20}", "[a-z0-9]{20}"))],
        "patterns/acme.yaml:4:12: no literal of three bytes",
    );
    refused(&[("patterns/acme.yaml", &pattern.replace("?P<secret>", ""))], "a group named `secret`");
    refused(&[("patterns/acme.yaml", &pattern.replace("  - miss: acme_short\n", ""))], "a pattern needs a `miss` example");
    refused(&[("patterns/acme.yaml", &pattern.replace("acme.token", "other.token"))], "must begin with the name of its file");
    refused(&[("patterns/acme.yaml", &pattern.replace("api_token", "api_tokn"))], "unknown kind `api_tokn` (did you mean `api_token`?)");
    refused(&[("patterns/acme.yaml", &format!("{pattern}{pattern}"))], "is used twice");
    let huge = pattern.replace("{20}", "{1,5000}").replace("[a-z0-9]", r"(?:\w{1,500})");
    refused(&[("patterns/acme.yaml", &huge)], "not a regular expression, or too large a one");
}

#[test]
fn a_folder_may_add_and_never_replace() {
    let framework = "id: acme-policy\nname: Acme policy\ncitation: Acme, 2026\ncontrols:\n- {id: A-1, says: Keep a record.}\n";
    assert_eq!(added(&[("controls/acme.yaml", framework)]).expect("loads").frameworks.len(), 1);
    refused(&[("controls/acme.yaml", &framework.replace("acme-policy", "nist-csf-2.0"))], "is used twice");
}

/// The built-in files tell the same story when they are loaded from disk as they do embedded.
#[test]
fn the_embedded_rules_are_those_on_disk() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(&root).into_iter().map(|e| e.expect("an entry")).filter(|e| e.file_type().is_file()) {
        let name = entry.path().strip_prefix(&root).expect("below rules").to_string_lossy().replace('\\', "/");
        files.push((name, std::fs::read_to_string(entry.path()).expect("text")));
    }
    let pack = load(&files, Origin::BuiltIn).expect("the built-in rules load");
    assert_eq!(pack, sidedoor::catalogue());
}

/// Every weakness stands in the catalogue, with texts and controls; the customer's NHI-03 is never the published NHI3:2025.
#[test]
fn the_vocabulary_of_weaknesses_is_whole() {
    let rules = sidedoor::rules();
    assert_eq!(rules.weaknesses.len(), 24);
    for w in &rules.weaknesses {
        assert!(!w.controls.is_empty() && !w.title.is_empty() && !w.fix.is_empty() && !w.attack.is_empty(), "{}", w.id);
        assert!(w.controls.iter().all(|c| c.id != "NHI3:2025"), "{}", w.id);
    }
    let label = rules.labels.iter().find(|l| l.label == "NHI-03").expect("the label");
    assert!(label.controls.iter().all(|(_, id)| id != "NHI3:2025"));
    let csf = rules.labels.iter().find(|l| l.label == "PR.AC-1").expect("the label");
    assert!(
        csf.controls.contains(&("nist-csf-2.0".into(), "PR.AA-01".into()))
            && csf.controls.contains(&("nist-csf-2.0".into(), "PR.AA-05".into()))
    );
}

//! The vocabulary of checks is frozen: it must say every check that the design tried on paper, and the hard ones of the check lists.
//!
//! Each test is a clause as a rule author would write it, judged over facts that prove it, refute it, or cannot decide it.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods, clippy::print_stderr)] // tests may fail loudly

use sidedoor::artifact::{Clean, Place, Quote, Spot};
use sidedoor::check::{Truth, judge_clause};
use sidedoor::fact::{self, Basis, Claim, Draft, Duty, Facts, Field, Fields, Kind, List, Sealed, Stated, Time, Value, Word, day};
use sidedoor::rule::clause;
use std::sync::Arc;

type V = Value<String, Spot>;

fn spot(line: usize) -> Spot {
    Spot::at(line, line + 1)
}

fn draft(kind: Kind, name: &str) -> Draft {
    Draft::new(kind, name.into(), name.into(), spot(0))
}

fn word(text: &str) -> V {
    Value::Word(Word::named(text).unwrap_or_else(|| panic!("no such word: {text}")))
}

fn list(items: Vec<Fields<String, Spot>>, complete: bool) -> V {
    Value::List(List { items, complete })
}

fn record(claims: &[(Field, V)]) -> Fields<String, Spot> {
    let mut fields = Fields::default();
    for (field, value) in claims {
        fields.say(*field, value.clone(), &spot(1));
    }
    fields
}

fn sealed(draft: Draft) -> Sealed {
    let mut quote =
        |spot: &Spot| Arc::new(Quote { place: Place { line: spot.start as u32 + 1, ..Place::nowhere() }, text: Clean::ours("quoted") });
    draft.seal(&mut |raw| Clean::ours(raw), &mut quote)
}

/// The answer to a clause over the first fact, among all of them.
fn judge(text: &str, drafts: Vec<Draft>) -> Truth {
    let facts = Facts { facts: drafts.into_iter().map(sealed).collect(), ..Facts::default() };
    let subject = &facts.facts[0];
    let clause = clause(text, subject.kind.spec()).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    judge_clause(&clause, subject, &facts, day("2026-11-20").unwrap_or(Time(0)))
}

#[track_caller]
fn proved(text: &str, drafts: Vec<Draft>) -> sidedoor::check::Proof {
    match judge(text, drafts) {
        Truth::Proved(proof) => proof,
        other => panic!("not proved: {other:?}"),
    }
}

#[track_caller]
fn refuted(text: &str, drafts: Vec<Draft>) {
    assert!(matches!(judge(text, drafts), Truth::Refuted(_)));
}

#[track_caller]
fn undecided(text: &str, drafts: Vec<Draft>) {
    assert!(matches!(judge(text, drafts), Truth::Unknown(_)));
}

// ── the paper trial ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn knowledge_questions() {
    use fact::{procedure as p, step as s};
    let rule = "
all:
- about: {one_of: [password_reset, mfa_reset]}
- steps: {some: {verifies: {one_of: [knowledge_question, date_of_birth, last_4_ssn, caller_id]}, duty: {one_of: [must, should, may]}}}
- not: {steps: {some: {verifies: {one_of: [passkey, id_document, callback_known_number]}, duty: {is: must}}}}
";
    let asks = |proof: &str, duty| {
        let mut step = Fields::default();
        step.claim(s::VERIFIES, Claim { value: word(proof), quote: spot(4), basis: Basis::Explicit, duty });
        step
    };
    let reset = |steps| draft(Kind::Procedure, "reset").saying(p::ABOUT, word("password_reset")).saying(p::STEPS, list(steps, true));
    let proof = proved(rule, vec![reset(vec![asks("date_of_birth", Duty::Must)])]);
    assert!(proof.quotes.iter().any(|q| q.place.line == 5), "the proof quotes the step");
    refuted(rule, vec![reset(vec![asks("date_of_birth", Duty::MustNot)])]);
    refuted(rule, vec![reset(vec![asks("date_of_birth", Duty::Must), asks("passkey", Duty::Must)])]);
    let _ = proved(rule, vec![reset(vec![asks("date_of_birth", Duty::Must), asks("passkey", Duty::May)])]);
}

#[test]
fn no_second_approver_for_privileged_recovery() {
    use fact::{approval as a, procedure as p};
    let rule = "all: [{for_whom: {is: privileged}}, {any: [{approvals: {count: {at_most: 1}}}, {approvals: lacks}]}]";
    let privileged = || draft(Kind::Procedure, "reset").saying(p::FOR_WHOM, word("privileged"));
    let approval = || record(&[(a::BY_WHOM, word("manager"))]);
    let _ = proved(rule, vec![privileged().saying(p::APPROVALS, list(vec![approval()], true))]);
    refuted(rule, vec![privileged().saying(p::APPROVALS, list(vec![approval(), approval()], true))]);
    let proof = proved(rule, vec![privileged().could_say(&[p::APPROVALS])]);
    assert_eq!(proof.missing, ["approval"]);
    undecided(rule, vec![privileged()]);
}

#[test]
fn a_control_that_is_referenced_lacks_but_milder() {
    use fact::procedure as p;
    let mut elsewhere = draft(Kind::Procedure, "reset");
    elsewhere.fields.set(p::LOGGED, Stated::Referenced("the Access Policy".into(), spot(7)));
    assert!(proved("logged: lacks", vec![elsewhere]).referenced);
    let said_to_be_no = draft(Kind::Procedure, "reset").saying(p::REVOKES, false);
    assert_eq!(proved("revokes: lacks", vec![said_to_be_no]).missing, ["end of sessions and sibling credentials"]);
    refuted("logged: lacks", vec![draft(Kind::Procedure, "reset").saying(p::LOGGED, true)]);
    let mut mute = draft(Kind::Procedure, "reset");
    mute.fields.set(p::LOGGED, Stated::Mute);
    undecided("logged: lacks", vec![mute]);
}

#[test]
fn break_glass_unmonitored_or_unreviewed() {
    use fact::principal as p;
    let rule = "all: [{purpose: {is: break_glass}}, {any: [{monitored: lacks}, {reviewed: lacks}]}]";
    let account = || draft(Kind::Principal, "bg-1").saying(p::PURPOSE, word("break_glass"));
    let _ = proved(rule, vec![account().saying(p::MONITORED, true).could_say(&[p::REVIEWED])]);
    refuted(rule, vec![account().saying(p::MONITORED, true).saying(p::REVIEWED, true)]);
    undecided(rule, vec![account()]);
}

#[test]
fn reset_right_without_an_mfa_condition() {
    use fact::{condition as c, grant as g};
    let rule = "all: [{power: {is: reset_password}}, {conditions: {none: {key: {one_of: ['aws:MultiFactorAuthPresent', 'aws:MultiFactorAuthAge']}}}}]";
    let grant = |conditions: Vec<&str>| {
        let conditions = conditions.into_iter().map(|k| record(&[(c::KEY, k.into())])).collect();
        draft(Kind::Grant, "ci").saying(g::POWER, word("reset_password")).saying(g::CONDITIONS, list(conditions, true))
    };
    let _ = proved(rule, vec![grant(vec![])]);
    let _ = proved(rule, vec![grant(vec!["aws:SourceIp"])]);
    refuted(rule, vec![grant(vec!["aws:MultiFactorAuthPresent"])]);
    let unknown = draft(Kind::Grant, "ci").saying(g::POWER, word("reset_password")).saying(g::CONDITIONS, list(vec![], false));
    undecided(rule, vec![unknown]);
}

#[test]
fn vault_contributor_reads_secrets() {
    use fact::grant as g;
    let _ = proved("power: {is: grant_self}", vec![draft(Kind::Grant, "helpdesk").saying(g::POWER, word("grant_self"))]);
    refuted("power: {is: grant_self}", vec![draft(Kind::Grant, "helpdesk").saying(g::POWER, word("read_secret"))]);
}

#[test]
fn one_secret_many_owners() {
    use fact::sharing as s;
    let shared = |owners: &[&str]| owners.iter().fold(draft(Kind::Sharing, "token"), |d, o| d.saying(s::OWNERS, *o));
    let _ = proved("owners: {count: {at_least: 2}}", vec![shared(&["a", "b"])]);
    refuted("owners: {count: {at_least: 2}}", vec![shared(&["a", "a"])]);
}

#[test]
fn fallback_weaker_than_the_front_door() {
    use fact::assurance_gap as a;
    let gap = |n: i64| draft(Kind::AssuranceGap, "admins").saying(a::GAP, n);
    let _ = proved("gap: {at_least: 1}", vec![gap(2)]);
    refuted("gap: {at_least: 1}", vec![gap(0)]);
}

// ── the hard ones of the check lists ─────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn aws_pol_reset_pair_one_principal_resets_both() {
    use fact::{grant as g, principal as p};
    let rule = "all: [{grants: {some: {power: {is: reset_password}}}}, {grants: {some: {power: {is: replace_factor}}}}]";
    let who = || draft(Kind::Principal, "helpdesk").saying(p::TENANT, "1111");
    let grant = |principal: &str, power: &str, tenant: &str| {
        draft(Kind::Grant, principal).saying(g::PRINCIPAL, principal).saying(g::POWER, word(power)).saying(g::TENANT, tenant)
    };
    let _ = proved(rule, vec![who(), grant("helpdesk", "reset_password", "1111"), grant("helpdesk", "replace_factor", "1111")]);
    undecided(rule, vec![who(), grant("helpdesk", "reset_password", "1111"), grant("other", "replace_factor", "1111")]);
    undecided(rule, vec![who(), grant("helpdesk", "reset_password", "1111"), grant("helpdesk", "replace_factor", "2222")]);
}

#[test]
fn aws_cr_two_keys_both_older_than_a_rotation_overlap() {
    use fact::{credential as c, principal as p};
    let rule = "credentials: {count: {at_least: 2}, every: {status: {is: active}, rotated: {older_than: 14d}}}";
    let two = "all:
- credentials: {some: {key_id: {is: key-1}, status: {is: active}, rotated: {older_than: 14d}}}
- credentials: {some: {key_id: {is: key-2}, status: {is: active}, rotated: {older_than: 14d}}}";
    let who = || draft(Kind::Principal, "ci").saying(p::TENANT, "1111");
    let key = |id: &str, date: &str| {
        let rotated = Value::Time(day(date).unwrap_or(Time(0)));
        let key = draft(Kind::Credential, id).saying(c::HOLDER, "ci").saying(c::KEY_ID, id);
        key.saying(c::STATUS, word("active")).saying(c::ROTATED, rotated)
    };
    let _ = proved(two, vec![who(), key("key-1", "2024-01-01"), key("key-2", "2025-01-01")]);
    undecided(two, vec![who(), key("key-1", "2024-01-01"), key("key-2", "2026-11-15")]);
    // `every` over a list that nobody states complete proves nothing
    undecided(rule, vec![who(), key("key-1", "2024-01-01"), key("key-2", "2025-01-01")]);
}

#[test]
fn az_kv_contrib_escalation_over_an_access_policy_vault() {
    use fact::{resource as r, tenant as t};
    let rule = "resources: {some: {type: {is: secret_vault}, mode: {is: access_policy}}}";
    let tenant = || draft(Kind::Tenant, "sub-1").saying(t::SHOWS, word("resources"));
    let vault = |mode: &str| {
        draft(Kind::Resource, "kv").saying(r::TENANT, "sub-1").saying(r::TYPE, word("secret_vault")).saying(r::MODE, word(mode))
    };
    let _ = proved(rule, vec![tenant(), vault("access_policy")]);
    refuted(rule, vec![tenant(), vault("role_based")]);
}

#[test]
fn entra_pim_approver_few_or_the_same_ring() {
    use fact::role as r;
    let rule = "all: [{approval_required: {is: true}}, {any: [{approvers: {count: {at_most: 1}}}, {approvers: {same_as: eligible}}]}]";
    let role = |approvers: &[&str], eligible: &[&str]| {
        let role = draft(Kind::Role, "Global Administrator").saying(r::APPROVAL_REQUIRED, true);
        let role = approvers.iter().fold(role, |d, a| d.saying(r::APPROVERS, *a));
        eligible.iter().fold(role, |d, e| d.saying(r::ELIGIBLE, *e))
    };
    let _ = proved(rule, vec![role(&["ann"], &["bob"])]);
    let _ = proved(rule, vec![role(&["admins", "leads"], &["admins"])]);
    refuted(rule, vec![role(&["ann", "bob"], &["carl"])]);
    refuted(rule, vec![draft(Kind::Role, "Global Administrator").saying(r::APPROVAL_REQUIRED, false)]);
}

#[test]
fn idp_kc_001_the_mailbox_alone_enrols_a_new_factor() {
    use fact::recovery as r;
    let rule = "
channels: {one_of: [email]}
rebinds: {is: true}
not: {asks: {one_of: [totp, passkey, push]}}
";
    let flow = || draft(Kind::Recovery, "reset credentials").saying(r::CHANNELS, word("email")).saying(r::REBINDS, true);
    let _ = proved(rule, vec![flow().could_say(&[r::ASKS])]);
    refuted(rule, vec![flow().saying(r::ASKS, word("totp"))]);
    undecided(rule, vec![flow()]);
}

#[test]
fn idp_gws_012_a_child_weaker_than_its_parent() {
    use fact::setting as s;
    let rule = "not: {strength: {at_least: {field: parent_strength}}}";
    let unit = |own: i64, parent: i64| draft(Kind::Setting, "2SV").saying(s::STRENGTH, own).saying(s::PARENT_STRENGTH, parent);
    let _ = proved(rule, vec![unit(0, 2)]);
    refuted(rule, vec![unit(2, 2)]);
    undecided(rule, vec![draft(Kind::Setting, "2SV")]);
}

#[test]
fn idp_cog_003_one_mechanism_on_the_channel_of_a_factor() {
    use fact::recovery as r;
    let rule = "channels: {count: {is: 1}, same_as: front_factors}";
    let pool = |channels: &[&str], factors: &[&str]| {
        let pool = channels.iter().fold(draft(Kind::Recovery, "pool"), |d, c| d.saying(r::CHANNELS, word(c)));
        factors.iter().fold(pool, |d, f| d.saying(r::FRONT_FACTORS, word(f)))
    };
    let _ = proved(rule, vec![pool(&["sms"], &["sms"])]);
    refuted(rule, vec![pool(&["email"], &["sms"])]);
    refuted(rule, vec![pool(&["sms", "email"], &["sms"])]);
}

#[test]
fn pam_ca_bypass_dual_access_without_confirmation() {
    use fact::binding as b;
    let rule = "all: [{powers: {is: skip_approval}}, {powers: {is: read_secret}}]";
    let member = |powers: &[&str]| powers.iter().fold(draft(Kind::Binding, "safe member"), |d, p| d.saying(b::POWERS, word(p)));
    let _ = proved(rule, vec![member(&["read_secret", "skip_approval"])]);
    refuted(rule, vec![member(&["read_secret"])]);
}

#[test]
fn vault_unseal_1_one_holder_or_no_spare_share() {
    use fact::recovery as r;
    let rule = "any: [{people: {at_most: 1}}, {people: {same_as: shares}}]";
    let seal = |threshold: i64, shares: i64| draft(Kind::Recovery, "unseal").saying(r::PEOPLE, threshold).saying(r::SHARES, shares);
    let _ = proved(rule, vec![seal(1, 5)]);
    let _ = proved(rule, vec![seal(3, 3)]);
    refuted(rule, vec![seal(3, 5)]);
}

#[test]
fn idp_entra_008_no_policy_guards_the_registration_of_factors() {
    use fact::{setting as s, tenant as t};
    let rule =
        "settings: {none: {enabled: {is: true}, actions: {is: 'urn:user:registersecurityinfo'}, grants: {one_of: [totp, passkey, push]}}}";
    let tenant = || draft(Kind::Tenant, "contoso");
    let policy = |enabled: bool, action: &str| {
        let policy = draft(Kind::Setting, "policy").saying(s::TENANT, "contoso").saying(s::ENABLED, enabled).saying(s::ACTIONS, action);
        policy.saying(s::GRANTS, word("passkey"))
    };
    let complete = || tenant().saying(t::SHOWS, word("settings"));
    let _ = proved(rule, vec![complete()]);
    let _ = proved(rule, vec![complete(), policy(false, "urn:user:registersecurityinfo"), policy(true, "urn:user:registerdevice")]);
    refuted(rule, vec![complete(), policy(true, "urn:user:registersecurityinfo")]);
    // an export that does not say that it shows every policy proves no absence
    undecided(rule, vec![tenant()]);
}

// ── what the vocabulary refuses ──────────────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn mistakes_are_refused_with_the_nearest_name() {
    let spec = Kind::Procedure.spec();
    let says = |text: &str| clause(text, spec).expect_err("refused").iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(says("for_who: {is: privileged}").contains("unknown field of a procedure `for_who` (did you mean `for_whom`?)"));
    assert!(says("for_whom: {is: privilegd}").contains("unknown word for `for_whom` `privilegd` (did you mean `privileged`?)"));
    assert!(says("for_whom: {iss: privileged}").contains("unknown test `iss` (did you mean `is`?)"));
    assert!(says("steps: {some: {verfies: {is: sms_code}}}").contains("unknown field of a step `verfies` (did you mean `verifies`?)"));
    assert!(says("logged: {at_least: 3}").contains("neither a number nor a duration"));
    assert!(says("all: []").contains("empty list"));
    assert!(clause("rotated: {older_than: 90 days}", Kind::Credential.spec()).expect_err("refused")[0].to_string().contains("write 90d"));
}

//! What policies amount to, from the export to the finding: the cases that tools get wrong.

#![allow(clippy::expect_used, clippy::panic)] // tests may fail loudly

use serde_json::{Value, json};
use sidedoor::artifact::Provenance;
use sidedoor::fact::day;
use sidedoor::finding::Finding;
use sidedoor::read::Knowledge;
use sidedoor::scan::{Run, collect, judge};
use sidedoor::source::Given;
use sidedoor::triage::Triage;
use std::collections::BTreeSet;

const ACCOUNT: &str = "204417330912";

fn scan(files: &[(&str, String)]) -> Vec<Finding> {
    let rules = sidedoor::rules();
    let knowing = Knowledge::new(&[rules], [0; 32]);
    let given = files.iter().map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes())).collect();
    let (facts, _) = collect(&Given(given, Provenance::Given), &knowing, &|| {});
    let as_of = day("2026-11-20").expect("a day");
    let run = Run { as_of, roots: Vec::new(), rules: String::new(), salt: String::new(), ignored: 0, links: 0 };
    judge(run, facts, rules, &Triage::default(), &[]).findings
}

/// Rules of a group that report anything, without the group's name.
fn reported(findings: &[Finding], group: &str) -> BTreeSet<String> {
    findings.iter().filter_map(|f| f.rule.strip_prefix(group)?.strip_prefix('/').map(str::to_owned)).collect()
}

fn user(name: &str, statements: Value) -> Value {
    json!({"UserName": name, "UserId": "AIDAQ3EGSRN5UHTF6KXW", "Path": "/", "Arn": format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        "CreateDate": "2025-03-01T08:00:00+00:00", "GroupList": [], "AttachedManagedPolicies": [],
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}]})
}

fn details(users: Value, groups: Value, roles: Value, policies: Value) -> String {
    json!({"UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": roles, "Policies": policies}).to_string()
}

fn of(statements: Value) -> BTreeSet<String> {
    reported(&scan(&[("d.json", details(json!([user("mira", statements)]), json!([]), json!([]), json!([])))]), "aws")
}

fn set(rules: &[&str]) -> BTreeSet<String> {
    rules.iter().map(|r| (*r).to_owned()).collect()
}

fn allow(action: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": "*"})
}

#[test]
fn one_statement_and_what_it_amounts_to() {
    let nothing: &[&str] = &[];
    let reset: &[&str] = &["reset-others-password"];
    let with = |extra: Value| {
        let mut one = allow("iam:UpdateLoginProfile");
        for (key, value) in extra.as_object().expect("an object") {
            one[key] = value.clone();
        }
        json!([one])
    };
    for (statements, want) in [
        (json!([allow("iam:UpdateLoginProfile")]), reset),
        (json!(allow("iam:UpdateLoginProfile")), reset),
        (json!([allow("IAM:updateloginprofile")]), reset),
        (json!([allow("iam:Update?oginProf*")]), reset),
        (json!([allow("iam:Get*"), allow("s3:*")]), nothing),
        // self
        (with(json!({"Resource": "arn:aws:iam::*:user/${aws:username}"})), nothing),
        (with(json!({"Resource": "arn:aws:iam::204417330912:user/mira"})), nothing),
        (with(json!({"Resource": ["arn:aws:iam::204417330912:user/mira", "arn:aws:iam::204417330912:user/desk/*"]})), reset),
        // not users at all
        (with(json!({"Resource": "arn:aws:iam::*:role/*"})), nothing),
        (with(json!({"Resource": "arn:aws:s3:::*"})), nothing),
        // second factors
        (with(json!({"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}})), nothing),
        (with(json!({"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}})), nothing),
        (with(json!({"Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}})), &["factor-if-present"]),
        // conditions that always hold, ran out, or only ask where from
        (with(json!({"Condition": {"StringLike": {"aws:PrincipalArn": "*"}}})), reset),
        (with(json!({"Condition": {"DateLessThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"}}})), nothing),
        (with(json!({"Condition": {"DateLessThan": {"aws:CurrentTime": "2031-01-01T00:00:00Z"}}})), reset),
        (with(json!({"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}})), reset),
        // a tag that separates, and a key that nobody knows: nothing is claimed
        (with(json!({"Condition": {"StringEquals": {"iam:ResourceTag/tier": "staff"}}})), nothing),
        (with(json!({"Condition": {"StringEquals": {"acme:mood": "good"}}})), nothing),
        // another principal's
        (with(json!({"Condition": {"StringEquals": {"aws:username": "noa"}}})), nothing),
        (with(json!({"Condition": {"StringEquals": {"aws:username": "mira"}}})), reset),
    ] {
        assert_eq!(of(statements.clone()), set(want), "{statements}");
    }
}

#[test]
fn denials() {
    let deny = |extra: Value| {
        let mut one = json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*"});
        for (key, value) in extra.as_object().expect("an object") {
            one[key] = value.clone();
        }
        json!([allow("iam:UpdateLoginProfile"), one])
    };
    let nothing: &[&str] = &[];
    let reset: &[&str] = &["reset-others-password"];
    for (statements, want) in [
        (deny(json!({})), nothing),
        (deny(json!({"Action": "iam:CreateUser"})), reset),
        (deny(json!({"Resource": "arn:aws:iam::*:user/admin/*"})), reset),
        (deny(json!({"Resource": "arn:aws:iam::*:user/*"})), reset),
        // without a second factor: a key never says, so only IfExists holds it off
        (deny(json!({"Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}})), nothing),
        (deny(json!({"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}})), &["factor-if-present"]),
        // denied to all but some
        (deny(json!({"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/rescue"}}})), nothing),
        (deny(json!({"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/mira"}}})), reset),
        // denied everywhere but on oneself
        (
            json!([allow("iam:UpdateLoginProfile"),
                {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:iam::*:user/${aws:username}"}]),
            nothing,
        ),
        (json!([allow("iam:UpdateLoginProfile"), {"Effect": "Deny", "NotAction": ["iam:Get*"], "Resource": "*"}]), nothing),
        (deny(json!({"Condition": {"StringEquals": {"acme:mood": "bad"}}})), nothing),
    ] {
        assert_eq!(of(statements.clone()), set(want), "{statements}");
    }
}

#[test]
fn what_several_permissions_add_up_to() {
    let both = of(json!([allow("iam:UpdateLoginProfile"), allow("iam:DeactivateMFADevice")]));
    assert_eq!(both, set(&["reset-others-password", "replace-others-factor", "take-over-others"]));
    let power_user = of(json!([{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"}]));
    assert_eq!(power_user, set(&["everything-but-identities"]));
    // an administrator is told as one, and not once more for each thing an administrator may do
    assert_eq!(of(json!([allow("*")])), set(&["account-administrator"]));
    assert_eq!(of(json!([{"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": "*"}])), set(&["account-administrator"]));
    // limited by a tag that the holder sets
    let tagged = json!({"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/developer": "true"}}});
    assert_eq!(of(json!([tagged])), set(&[]));
    assert_eq!(of(json!([tagged, allow("iam:TagUser")])), set(&["tag-bypass"]));
}

fn managed(name: &str, statements: Value) -> Value {
    json!({"PolicyName": name, "PolicyId": "ANPA", "Arn": format!("arn:aws:iam::{ACCOUNT}:policy/{name}"), "DefaultVersionId": "v1",
        "AttachmentCount": 1, "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true,
            "Document": {"Version": "2012-10-17", "Statement": statements}}]})
}

#[test]
fn groups_boundaries_and_policies_elsewhere() {
    let desk = managed("desk", json!([allow("iam:UpdateLoginProfile")]));
    let attached = |name: &str| json!([{"PolicyName": name, "PolicyArn": format!("arn:aws:iam::{ACCOUNT}:policy/{name}")}]);
    let group = json!({"GroupName": "first-line", "GroupId": "AGPA", "Path": "/", "Arn": format!("arn:aws:iam::{ACCOUNT}:group/first-line"),
        "GroupPolicyList": [], "AttachedManagedPolicies": attached("desk")});
    let mut member = user("mira", json!([allow("s3:GetObject")]));
    member["GroupList"] = json!(["first-line"]);
    let whole = details(json!([member]), json!([group]), json!([]), json!([desk]));
    let findings = scan(&[("d.json", whole)]);
    assert_eq!(reported(&findings, "aws"), set(&["reset-others-password"]));
    let text = format!("{:?}", findings);
    assert!(text.contains("mira") && text.contains("desk"), "{text}");
    // the same, in two files
    let (one, two) =
        (details(json!([member]), json!([]), json!([]), json!([])), details(json!([]), json!([group]), json!([]), json!([desk])));
    assert_eq!(reported(&scan(&[("1.json", one), ("2.json", two)]), "aws"), set(&["reset-others-password"]));
    // a boundary that leaves it out, and one that leaves it in
    for (limit, want) in [("iam:Get*", set(&[])), ("iam:*", set(&["reset-others-password"]))] {
        let mut bounded = user("mira", json!([allow("iam:UpdateLoginProfile")]));
        bounded["PermissionsBoundary"] =
            json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": format!("arn:aws:iam::{ACCOUNT}:policy/limit")});
        let text = details(json!([bounded]), json!([]), json!([]), json!([managed("limit", json!([allow(limit)]))]));
        assert_eq!(reported(&scan(&[("d.json", text)]), "aws"), want, "{limit}");
    }
}

#[test]
fn the_desk_over_administrators_is_worse() {
    let admin = user("ada", json!([allow("*")]));
    let severity = |denied: bool| {
        let mut statements = vec![allow("iam:UpdateLoginProfile")];
        if denied {
            statements.push(json!({"Effect": "Deny", "Action": "iam:*", "Resource": format!("arn:aws:iam::{ACCOUNT}:user/ada")}));
        }
        let text = details(json!([admin, user("helpdesk-1", json!(statements))]), json!([]), json!([]), json!([]));
        let findings = scan(&[("d.json", text)]);
        findings.iter().find(|f| f.rule == "aws/reset-others-password").map(|f| format!("{:?}", f.severity)).expect("reported")
    };
    assert_eq!((severity(false).as_str(), severity(true).as_str()), ("Critical", "High"));
}

#[test]
fn documents_in_strings_and_vendors_own_policies() {
    let document = json!({"Version": "2012-10-17", "Statement": [allow("iam:UpdateLoginProfile")]}).to_string();
    let encoded: String = document.bytes().map(|b| format!("%{b:02X}")).collect();
    for text in [document.clone(), encoded] {
        let mut one = user("mira", json!([]));
        one["UserPolicyList"] = json!([{"PolicyName": "own", "PolicyDocument": text}]);
        assert_eq!(
            reported(&scan(&[("d.json", details(json!([one]), json!([]), json!([]), json!([])))]), "aws"),
            set(&["reset-others-password"])
        );
    }
    // a policy by itself, in the wrappers of three commands
    for body in [
        json!({"Version": "2012-10-17", "Statement": [allow("iam:UpdateLoginProfile")]}),
        json!({"PolicyVersion": {"VersionId": "v3", "IsDefaultVersion": true, "Document": {"Version": "2012-10-17", "Statement": allow("iam:UpdateLoginProfile")}}}),
        json!({"UserName": "mira", "PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow("iam:UpdateLoginProfile")]}}),
        json!({"InlinePolicy": document}),
    ] {
        let findings = scan(&[("desk.json", body.to_string())]);
        assert_eq!(reported(&findings, "aws"), set(&["reset-others-password"]), "{body}");
    }
    let mut one = user("mira", json!([allow("s3:*")]));
    one["AttachedManagedPolicies"] =
        json!([{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]);
    assert_eq!(
        reported(&scan(&[("d.json", details(json!([one]), json!([]), json!([]), json!([])))]), "aws"),
        set(&["account-administrator"])
    );
}

#[test]
fn hostile_policies_end() {
    let star = "*a".repeat(3000);
    let text = details(
        json!([user("mira", json!([{"Effect": "Allow", "Action": star, "Resource": vec![star.clone(); 50]}]))]),
        json!([]),
        json!([]),
        json!([]),
    );
    assert!(reported(&scan(&[("d.json", text)]), "aws").is_empty());
    let many: Vec<Value> = (0..2000).map(|n| json!({"Effect": if n % 2 == 0 { "Allow" } else { "Deny" }, "Action": "iam:*", "Resource": format!("arn:aws:iam::{ACCOUNT}:user/u{n}")})).collect();
    let started = std::time::Instant::now();
    scan(&[("d.json", details(json!([user("mira", json!(many))]), json!([]), json!([]), json!([])))]);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    for broken in [
        r#"{"UserDetailList": 7, "RoleDetailList": "x", "Policies": null}"#,
        r#"{"UserDetailList": [{"UserName": 1e308, "Arn": {}}], "GroupDetailList": [null], "RoleDetailList": [[[]]], "Policies": [1]}"#,
        r#"{"UserDetailList": [], "UserDetailList": [{"UserName": "a", "Arn": "a"}], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}"#,
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": {"a": [1]}, "Resource": 7, "Condition": [1, {"a": null}]}]}"#,
    ] {
        assert!(reported(&scan(&[("d.json", broken.to_owned())]), "aws").is_empty(), "{broken}");
    }
}

//! A whole company of our own making: repositories with a past, runbooks in several voices and exports of several vendors, which tell of
//! the same people, keys and settings. What only two of them together prove has to be found, and what merely looks alike has not.

#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods)] // tests may fail loudly

use assert_cmd::Command;
use git2::{Repository, Signature, Time};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// 2023-03-01.
const START: i64 = 1_677_628_800;
const ACCOUNT: &str = "418277530961";
/// Made up, and well formed.
const LIVE: (&str, &str) = ("AKIAWCY2ITVIWWXVGDR6", "F46UpFDb2sBBPxMtNQY3Utnz/7ivXsFr3y5C/EEf");
const DEAD: (&str, &str) = ("AKIAWCY2ITVIQB7MZK3T", "ohn6zHMeBJ6dDNaKsfSkdQjj6NpcAglTGH/6h9le");
const SHARED: &str = "mT9qLw2xVbR4kEzu";

fn write(root: &Path, files: &[(&str, String)]) {
    for (path, text) in files {
        let file = root.join(path);
        fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        fs::write(file, text).expect("a file");
    }
}

/// Who, how many days after the start, and which files (an empty one goes).
type Step<'a> = (&'a str, i64, &'a [(&'a str, String)]);

/// A repository, commit by commit.
fn repository(folder: &Path, commits: &[Step<'_>]) {
    let mut options = git2::RepositoryInitOptions::new();
    options.initial_head("main");
    let repository = Repository::init_opts(folder, &options).expect("a repository");
    for (author, day, files) in commits {
        let mut index = repository.index().expect("an index");
        write(folder, &files.iter().filter(|f| !f.1.is_empty()).cloned().collect::<Vec<_>>());
        for (path, text) in *files {
            if text.is_empty() {
                fs::remove_file(folder.join(path)).expect("removed");
                index.remove_path(Path::new(path)).expect("removed");
            } else {
                index.add_path(Path::new(path)).expect("added");
            }
        }
        index.write().expect("written");
        let tree = repository.find_tree(index.write_tree().expect("a tree")).expect("a tree");
        let who = Signature::new(author, "someone@fernhill.example", &Time::new(START + day * 86_400, 0)).expect("somebody");
        let parent = repository.head().ok().and_then(|h| h.peel_to_commit().ok());
        let parents: Vec<_> = parent.iter().collect();
        repository.commit(Some("HEAD"), &who, &who, "a step", &tree, &parents).expect("a commit");
    }
}

fn repositories(root: &Path) {
    let (live, dead) = (LIVE, DEAD);
    let workflow = "on: {push: {tags: [\"v*\"]}}\njobs:\n  sail:\n    runs-on: ubuntu-24.04\n    environment: harbour\n    steps:\n      - run: ./sail.sh\n        env: {TOKEN: \"${{ secrets.HARBOUR_TOKEN }}\"}\n";
    repository(
        &root.join("code/timetable"),
        &[
            (
                "Ilse Brandt",
                0,
                &[
                    ("CODEOWNERS", "* @fernhill/timetable\n".to_owned()),
                    ("terraform.tfvars", format!("region = \"eu-north-1\"\naccess_key = \"{}\"\nsecret_key = \"{}\"\n", live.0, live.1)),
                    ("values.yaml", format!("database:\n  user: times\n  password: {SHARED}\n")),
                ],
            ),
            ("Ilse Brandt", 40, &[(".github/workflows/sail.yml", workflow.to_owned())]),
        ],
    );
    repository(
        &root.join("code/tickets"),
        &[
            (
                "Tom Aske",
                10,
                &[
                    ("CODEOWNERS", "* @fernhill/tickets\n".to_owned()),
                    ("settings.env", format!("TIMES_PASSWORD={SHARED}\n")),
                    ("seed.sh", format!("AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={} ./seed\n", dead.0, dead.1)),
                    (
                        "iam.tf",
                        "resource \"aws_iam_user\" \"printer\" {\n  name = \"ticket-printer\"\n}\nresource \"aws_iam_access_key\" \"printer\" {\n  user = aws_iam_user.printer.name\n}\n".to_owned(),
                    ),
                ],
            ),
            ("Tom Aske", 90, &[("seed.sh", String::new())]),
        ],
    );
}

fn runbooks(root: &Path) {
    let text = |lines: &[&str]| lines.join("\n") + "\n";
    write(
        root,
        &[
            (
                "handbook/roles.md",
                text(&[
                    "# Privileged roles",
                    "",
                    "Activation of Global Administrator requires two approvers from the security team.",
                    "Activation of Exchange Administrator requires two approvers from the mail team.",
                    "",
                    "## AWS",
                    "",
                    "MFA is on for the root user. All access keys are rotated every 90 days.",
                    "",
                    "Console passwords have at least 14 characters.",
                    "",
                    "`deck-reader` may only read the bucket `fernhill-decks/plans`.",
                ]),
            ),
            (
                "handbook/glass.md",
                text(&[
                    "# Emergency access",
                    "",
                    "We keep an emergency account, `glass-1@fernhill.example`.",
                    "",
                    "- The password is in the shared folder of the password manager; the whole team can open it.",
                    "- Sign in at the portal and repair the policy.",
                ]),
            ),
            (
                "handbook/vault.adoc",
                text(&[
                    "= Vault",
                    "",
                    "Vault needs three of five key holders to unseal.",
                    "",
                    "The root token is revoked after set-up.",
                    "",
                    "The berth policy may read only `secret/berth`.",
                ]),
            ),
            (
                "handbook/releases.md",
                text(&[
                    "# Releases",
                    "",
                    "A release to `harbour` needs the approval of two people.",
                    "A merge to `main` of timetable needs two approving reviews.",
                    "A merge to `main` of tickets needs one approving review.",
                    "",
                    "If a release is denied, put the old policy back:",
                    "",
                    "```",
                    &format!("aws iam set-default-policy-version --policy-arn arn:aws:iam::{ACCOUNT}:policy/sail --version-id v1"),
                    "```",
                ]),
            ),
            (
                "handbook/welcome.rst",
                text(&[
                    "Welcome",
                    "=======",
                    "",
                    "Your team mails you the password from ``settings.env`` before your first day.",
                    "",
                    "You need no other password to begin with. Ask the crew for a desk.",
                ]),
            ),
        ],
    );
}

fn exports(root: &Path) {
    let user = |name: &str, policies: &[&str]| {
        let attached: Vec<Value> =
            policies.iter().map(|p| json!({"PolicyName": p, "PolicyArn": format!("arn:aws:iam::aws:policy/{p}")})).collect();
        json!({"UserName": name, "UserId": "AIDAQUAY", "Arn": format!("arn:aws:iam::{ACCOUNT}:user/{name}"), "Path": "/", "CreateDate": "2022-03-01T08:00:00+00:00", "GroupList": [], "AttachedManagedPolicies": attached})
    };
    let version = |id: &str, default: bool, action: &str| {
        let statement =
            json!([{"Effect": "Allow", "Action": action, "Resource": if action == "*" { "*" } else { "arn:aws:s3:::fernhill/*" }}]);
        json!({"VersionId": id, "IsDefaultVersion": default, "Document": {"Version": "2012-10-17", "Statement": statement}})
    };
    let details = json!({
        "UserDetailList": [user("deployer", &["AdministratorAccess"]), user("mara.lind", &[]), user("deck-reader", &["AdministratorAccess"]), user("ticket-printer", &[])],
        "GroupDetailList": [], "RoleDetailList": [],
        "Policies": [{"PolicyName": "sail", "Arn": format!("arn:aws:iam::{ACCOUNT}:policy/sail"), "Path": "/", "DefaultVersionId": "v2", "AttachmentCount": 1,
            "PolicyVersionList": [version("v2", true, "s3:PutObject"), version("v1", false, "*")]}]});
    let keys = |user: &str, id: &str, status: &str, day: &str| {
        json!({"AccessKeyMetadata": [{"UserName": user, "AccessKeyId": id, "Status": status, "CreateDate": format!("{day}T08:00:00+00:00")}]}).to_string()
    };
    let header = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,mfa_active,access_key_1_active,access_key_1_last_rotated";
    let row = |user: &str, mfa: &str, key: &str| {
        format!("{user},arn:aws:iam::{ACCOUNT}:user/{user},2022-03-01T08:00:00+00:00,false,N/A,N/A,{mfa},{key}")
    };
    let root_row = format!(
        "<root_account>,arn:aws:iam::{ACCOUNT}:root,2020-01-01T08:00:00+00:00,not_supported,2024-01-01T08:00:00+00:00,not_supported,false,false,N/A"
    );
    let report = [
        header.to_owned(),
        root_row,
        row("mara.lind", "false", "true,2026-10-01T08:00:00+00:00"),
        row("jon.aske", "false", "true,2026-10-01T08:00:00+00:00"),
    ];
    let policy = |role: &str, required: bool, approvers: &[&str]| {
        let named: Vec<Value> = approvers.iter().map(|a| json!({"@odata.type": "#microsoft.graph.singleUser", "description": a})).collect();
        let target = json!({"caller": "EndUser", "level": "Assignment"});
        json!({"id": format!("DirectoryRole_t_{role}"), "policyId": "DirectoryRole_t", "scopeId": "/", "scopeType": "DirectoryRole", "roleDefinitionId": role,
            "policy": {"id": "DirectoryRole_t", "rules": [
                {"id": "Expiration_EndUser_Assignment", "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyExpirationRule", "isExpirationRequired": true, "maximumDuration": "PT4H", "target": target},
                {"id": "Approval_EndUser_Assignment", "@odata.type": "#microsoft.graph.x", "target": target, "setting": {"isApprovalRequired": required, "approvalStages": [{"primaryApprovers": named}]}}]}})
    };
    let (global, exchange) = ("62e90394-69f5-4237-9190-012177145e10", "29232cdf-9323-42fd-ade2-1d097af3e4de");
    let held = |who: &str| {
        json!({"id": format!("r-{who}"), "principalId": who, "roleDefinitionId": global, "directoryScopeId": "/",
            "principal": {"@odata.type": "#microsoft.graph.user", "id": who, "displayName": who, "userPrincipalName": format!("{who}@fernhill.example")},
            "roleDefinition": {"id": global, "displayName": "Global Administrator"}})
    };
    let google = |mail: &str, suspended: bool| json!({"kind": "admin#directory#user", "primaryEmail": mail, "isAdmin": false, "suspended": suspended, "isEnrolledIn2Sv": true, "lastLoginTime": "2026-11-02T08:00:00.000Z"});
    let branch = |repository: &str| {
        json!({"url": format!("https://api.github.com/repos/fernhill/{repository}/branches/main/protection"), "enforce_admins": {"enabled": true},
            "required_status_checks": {"strict": true, "contexts": []}, "required_pull_request_reviews": {"required_approving_review_count": 1, "require_last_push_approval": true}})
        .to_string()
    };
    write(
        root,
        &[
            ("exports/aws/deployer.json", keys("deployer", LIVE.0, "Active", "2023-02-27")),
            ("exports/aws/seeder.json", keys("seeder", DEAD.0, "Inactive", "2023-03-02")),
            ("exports/aws/printer.json", keys("ticket-printer", "AKIAWCY2ITVIXK5RNPB2", "Active", "2023-03-11")),
            ("exports/aws/credential-report.csv", report.join("\n")),
            ("exports/aws/authorization-details.json", details.to_string()),
            (
                "exports/aws/password-policy.json",
                json!({"PasswordPolicy": {"MinimumPasswordLength": 8, "RequireNumbers": true, "ExpirePasswords": false}}).to_string(),
            ),
            ("exports/entra/pim.json", json!([policy(global, false, &[]), policy(exchange, true, &["Ada Pike", "Ben Rook"])]).to_string()),
            ("exports/entra/assignments.json", json!([held("glass-1"), held("glass-2")]).to_string()),
            (
                "exports/google/users.json",
                json!({"kind": "admin#directory#users", "users": [google("mara.lind@fernhill.example", true), google("jon.aske@fernhill.example", false)]})
                    .to_string(),
            ),
            ("exports/github/timetable-main.json", branch("timetable")),
            ("exports/github/tickets-main.json", branch("tickets")),
            (
                "exports/github/environments-timetable.json",
                json!({"total_count": 1, "environments": [{"id": 7, "name": "harbour", "url": "https://api.github.com/repos/fernhill/timetable/environments/harbour", "protection_rules": [], "can_admins_bypass": true}]})
                    .to_string(),
            ),
            (
                "exports/vault/seal.json",
                json!({"type": "shamir", "initialized": true, "sealed": false, "t": 1, "n": 5, "progress": 0, "version": "1.15.4", "storage_type": "raft"})
                    .to_string(),
            ),
            (
                "exports/vault/token.json",
                json!({"request_id": "6d1f0c7e-51aa-4f0c-93f5-b8a0f9d3c001", "lease_id": "", "data": {"accessor": "k2JbV7mQx0aTzR4nWc9eHs1L", "creation_time": 1_699_000_000, "creation_ttl": 0, "display_name": "root", "expire_time": null, "num_uses": 0, "orphan": true, "path": "auth/token/root", "policies": ["root"], "ttl": 0, "type": "service"}})
                    .to_string(),
            ),
            ("exports/vault/berth.hcl", "path \"secret/*\" {\n  capabilities = [\"read\", \"list\"]\n}\n".to_owned()),
        ],
    );
}

fn scan(root: &Path, jobs: &str) -> Vec<u8> {
    let args = ["scan", ".", "--history", "-f", "json", "--as-of", "2026-11-20", "-j", jobs];
    Command::cargo_bin("sidedoor").expect("the binary").current_dir(root).args(args).output().expect("it runs").stdout
}

/// The findings of a report: rule, message, and every file that is cited.
fn findings(root: &Path) -> Vec<(String, String, BTreeSet<String>)> {
    let bytes = scan(root, "1");
    assert_eq!(bytes, scan(root, "8"), "the number of threads shows");
    let report: Value = serde_json::from_slice(&bytes).expect("a report");
    let text = |v: &Value| v.as_str().expect("a text").to_owned();
    let all = report["findings"].as_array().expect("findings");
    all.iter()
        .map(|f| {
            let cited = f["evidence"].as_array().into_iter().chain(f["related"].as_array()).flatten();
            (text(&f["rule"]), text(&f["message"]), cited.map(|e| text(&e["path"])).collect())
        })
        .collect()
}

/// Rule, what its message holds, and the files that together prove it.
const PROVEN: [(&str, &str, &[&str]); 18] = [
    ("secrets/live-key-in-text", LIVE.0, &["code/timetable/terraform.tfvars", "exports/aws/deployer.json"]),
    ("secrets/shared-secret", "2 places", &["code/timetable/values.yaml", "code/tickets/settings.env"]),
    ("joined/fewer-approvers-than-promised", "Global Administrator is activated", &["handbook/roles.md", "exports/entra/pim.json"]),
    ("joined/second-factor-missing", "root", &["handbook/roles.md", "exports/aws/credential-report.csv"]),
    ("joined/older-than-promised", LIVE.0, &["handbook/roles.md", "exports/aws/deployer.json"]),
    ("joined/shorter-password-than-promised", "8 characters", &["handbook/roles.md", "exports/aws/password-policy.json"]),
    ("joined/further-than-bounded", "deck-reader", &["handbook/roles.md", "exports/aws/authorization-details.json"]),
    ("joined/emergency-account-left-loose", "glass-1@fernhill.example", &["handbook/glass.md", "exports/entra/assignments.json"]),
    ("joined/unwritten-emergency-account", "glass-2@fernhill.example", &["handbook/glass.md", "exports/entra/assignments.json"]),
    ("joined/fewer-shares-than-promised", "1 of the shares", &["handbook/vault.adoc", "exports/vault/seal.json"]),
    ("joined/gone-and-still-there", "root", &["handbook/vault.adoc", "exports/vault/token.json"]),
    ("joined/further-than-bounded", "berth reaches secret/*", &["handbook/vault.adoc", "exports/vault/berth.hcl"]),
    (
        "joined/fewer-reviews-than-promised",
        "harbour asks for no approval",
        &["handbook/releases.md", "exports/github/environments-timetable.json"],
    ),
    ("joined/fewer-reviews-than-promised", "fernhill/timetable main", &["handbook/releases.md", "exports/github/timetable-main.json"]),
    ("joined/rolled-back-to-everything", "sail", &["handbook/releases.md", "exports/aws/authorization-details.json"]),
    (
        "joined/secrets-with-nobodys-leave",
        "HARBOUR_TOKEN",
        &["code/timetable/.github/workflows/sail.yml", "exports/github/environments-timetable.json"],
    ),
    ("joined/handed-out-and-exposed", "settings.env", &["handbook/welcome.rst", "code/tickets/settings.env"]),
    ("joined/disabled-here-alive-there", "mara.lind", &["exports/google/users.json", "exports/aws/credential-report.csv"]),
];

/// Rules whose message must not hold this: it looks alike and is not the same, or it is as the text says.
const QUIET: [(&str, &str); 9] = [
    ("secrets/live-key-in-text", DEAD.0),
    ("joined/older-than-promised", DEAD.0),
    ("joined/older-than-promised", "mara.lind"),
    ("joined/fewer-approvers-than-promised", "Exchange Administrator"),
    ("joined/fewer-reviews-than-promised", "fernhill/tickets"),
    ("joined/disabled-here-alive-there", "jon.aske"),
    ("joined/further-than-bounded", "deployer"),
    ("joined/handed-out-and-exposed", "values.yaml"),
    ("joined/emergency-account-left-loose", "glass-2"),
];

#[test]
fn what_two_sources_prove_together_is_found_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    repositories(folder.path());
    runbooks(folder.path());
    exports(folder.path());
    let found = findings(folder.path());
    for (rule, words, files) in PROVEN {
        let proves =
            |f: &&(String, String, BTreeSet<String>)| f.0 == rule && f.1.contains(words) && files.iter().all(|file| f.2.contains(*file));
        let told: Vec<&String> = found.iter().filter(|f| f.0 == rule).map(|f| &f.1).collect();
        assert_eq!(found.iter().filter(proves).count(), 1, "{rule} with {words}: {told:#?}");
    }
    for (rule, words) in QUIET {
        let alarm = found.iter().find(|f| f.0 == rule && f.1.contains(words));
        assert!(alarm.is_none(), "{rule} with {words}: {alarm:?}");
    }
    let declared = found.iter().filter(|f| f.0 == "joined/key-of-declared-user-kept" && f.1.contains("ticket-printer"));
    assert_eq!(declared.count(), 1);
    // every joined finding stands above or here
    let known: BTreeSet<&str> = PROVEN.iter().map(|p| p.0).chain(["joined/key-of-declared-user-kept"]).collect();
    let others: Vec<_> = found.iter().filter(|f| f.0.starts_with("joined/") && !known.contains(f.0.as_str())).collect();
    assert!(others.is_empty(), "{others:#?}");
}

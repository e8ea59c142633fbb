//! AWS: credential reports, authorization details, policies, keys, secrets and what else the command line prints.

mod account;
mod authorization;
mod credentials;
mod document;
mod organization;
mod report;
mod stores;

use super::input::Head;
use super::record::{Extent, Record};
use super::{ExportReader, Format, Sort};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Aws;

/// The product, in facts and in the lexicon of powers.
const PRODUCT: &str = "aws";
const REPORT: &str = "aws.credential-report";
const KEYS: &str = "aws.access-keys";

/// The formats, the most telling first.
static SORTS: &[Sort] = &[
    Sort { kind: REPORT, is: report::is_report, records: &[], read: report::user },
    Sort { kind: "aws.authorization-details", is: authorization::is_details, records: &["*"], read: authorization::item },
    Sort { kind: KEYS, is: credentials::is_keys, records: &["AccessKeyMetadata"], read: credentials::access_key },
    // what is left of the list when a query took the wrapper off
    Sort { kind: KEYS, is: credentials::is_key, records: &[], read: credentials::access_key },
    Sort { kind: "aws.login-profile", is: credentials::is_login, records: &["LoginProfile"], read: credentials::login_profile },
    Sort {
        kind: "aws.service-specific-credentials",
        is: |head| lists(head, "ServiceSpecificCredentials", &["ServiceSpecificCredentialId", "ServiceName"]),
        records: &["ServiceSpecificCredentials"],
        read: credentials::service_specific,
    },
    Sort { kind: "aws.ssh-public-keys", is: credentials::is_ssh, records: &["SSHPublicKeys"], read: credentials::ssh_key },
    Sort { kind: "aws.signing-certificates", is: credentials::is_signing, records: &["Certificates"], read: credentials::certificate },
    Sort { kind: "aws.mfa-devices", is: credentials::is_devices, records: &["*"], read: credentials::device },
    Sort { kind: "aws.account-summary", is: account::is_summary, records: &["SummaryMap"], read: account::summary },
    Sort { kind: "aws.password-policy", is: account::is_password_policy, records: &["PasswordPolicy"], read: account::password_policy },
    Sort { kind: "aws.secretsmanager-policy", is: stores::is_resource_policy, records: &[], read: stores::resource_policy },
    Sort {
        kind: "aws.secretsmanager",
        is: |head| lists(head, "SecretList", &["ARN", "Name"]),
        records: &["SecretList"],
        read: stores::secret,
    },
    Sort { kind: "aws.secretsmanager", is: stores::is_secret, records: &[], read: stores::secret },
    Sort { kind: "aws.kms-rotation", is: stores::is_rotation_status, records: &[], read: stores::rotation },
    Sort { kind: "aws.kms-rotation", is: stores::is_rotations, records: &["Rotations"], read: stores::rotation },
    Sort { kind: "aws.kms-key", is: stores::is_key, records: &["KeyMetadata"], read: stores::key },
    Sort { kind: "aws.access-analyzer", is: organization::is_findings, records: &["findings"], read: organization::external },
    Sort { kind: "aws.scp", is: organization::is_control_policy, records: &["Policy"], read: organization::control_policy },
    Sort {
        kind: "aws.identity-center",
        is: |head| lists(head, "AccountAssignments", &["PermissionSetArn", "PrincipalId"]),
        records: &["AccountAssignments"],
        read: organization::identity_center,
    },
    Sort {
        kind: "aws.identity-center",
        is: organization::is_permission_set,
        records: &["PermissionSet"],
        read: organization::identity_center,
    },
    Sort { kind: "aws.organization", is: organization::is_organization, records: &["Organization"], read: |_, _| {} },
    Sort { kind: "aws.policy", is: document::is_policy, records: &[], read: document::policy },
];

impl ExportReader for Aws {
    fn needles(&self) -> &'static [&'static str] {
        &[
            "user_creation_time",
            "access_key_1_active",
            "password_last_changed",
            "<root_account>,arn:",
            "reportformat",
            "accesskeymetadata",
            "accesskeyid",
            "userdetaillist",
            "groupdetaillist",
            "roledetaillist",
            "policyversionlist",
            "assumerolepolicydocument",
            "loginprofile",
            "servicespecificcredentials",
            "sshpublickeys",
            "\"certificateid\"",
            "mfadevices",
            "summarymap",
            "\"passwordpolicy\"",
            ":secretsmanager:",
            "secretlist",
            "keyrotationenabled",
            "\"rotations\"",
            "keymetadata",
            "\"aws::",
            "resourcetype: aws::",
            "_control_policy",
            "accountassignments",
            "permissionset",
            "inlinepolicy",
            "\"organization\"",
            "2012-10-17",
            "2008-10-17",
        ]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let in_tables = |sort: &Sort| [REPORT, KEYS].contains(&sort.kind);
        let sort = SORTS.iter().find(|sort| (!head.is_table || in_tables(sort)) && (sort.is)(head))?;
        Some(sort.format())
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        // formats of one kind are read by one function
        if let Some(sort) = SORTS.iter().find(|s| s.kind == kind) {
            (sort.read)(record, out);
        }
    }

    fn end(&self, kind: &'static str, extent: Extent, out: &mut Drafts) {
        if kind == REPORT && extent.complete {
            report::end(out);
        }
    }
}

/// A list whose items all have these keys. An empty list is recognised by its name.
fn lists(head: &Head<'_>, key: &str, keys: &[&str]) -> bool {
    let list = head.tree.get(key).filter(|t| matches!(t.node, Node::List(_)));
    list.is_some_and(|l| l.items().iter().all(|item| keys.iter().all(|key| item.get(key).is_some())))
}

/// A map below a key, with all of these keys.
fn holds(head: &Head<'_>, key: &str, keys: &[&str]) -> bool {
    head.tree.get(key).is_some_and(|map| keys.iter().all(|key| map.get(key).is_some()))
}

/// The account in an address: `arn:aws:iam::ACCOUNT:user/…`.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|a| a.len() == 12 && a.bytes().all(|b| b.is_ascii_digit()))
}

/// The value of a tag under any of these names, in `[{"Key": …, "Value": …}]`.
fn tag<'t>(tree: &'t Tree, names: &[&str]) -> Option<&'t str> {
    let tags = tree.get("Tags").map(Tree::items).unwrap_or_default();
    let of = |t: &'t Tree| {
        let key = t.get("Key").and_then(Tree::text)?;
        names.iter().any(|n| key.eq_ignore_ascii_case(n)).then(|| t.get("Value").and_then(Tree::text))?
    };
    tags.iter().find_map(of).map(str::trim).filter(|v| !v.is_empty())
}

/// Names of tags that say who answers for a thing.
const OWNERS: &[&str] = &["owner", "contact", "email", "owner-email", "owneremail", "team", "maintainer", "responsible"];

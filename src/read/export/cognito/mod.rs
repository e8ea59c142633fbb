//! Amazon Cognito: user pools and their clients, as the command line prints them, as CloudFormation and Terraform write them.
//!
//! All three name the same settings, in two spellings; what a template leaves out, the service fills in.

mod pool;

use super::input::Head;
use super::record::{Record, segment};
use super::site::Site;
use super::{ExportReader, Format};
use crate::read::Drafts;
use crate::tree::{LABELS, Node, Tree};

pub(super) struct Cognito;

const PRODUCT: &str = "cognito";
const POOL: &str = "aws.cognito-user-pool";
const CLIENT: &str = "aws.cognito-user-pool-client";
const TEMPLATE: &str = "cloudformation.template";
/// What the settings of a pool do not tell.
const HIDES: &[&str] =
    &["which users have a second factor", "what the code of triggers decides", "who may call the administrative interface"];

impl ExportReader for Cognito {
    fn needles(&self) -> &'static [&'static str] {
        &["userpool", "mfaconfiguration", "awstemplateformatversion", "explicitauthflows", "aws::serverless"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table || head.tree.get(LABELS).is_some() {
            return None;
        }
        let pool = |t: &Tree| {
            let own = [
                "MfaConfiguration",
                "SchemaAttributes",
                "AccountRecoverySetting",
                "AdminCreateUserConfig",
                "EstimatedNumberOfUsers",
                "UserPoolTier",
                "LambdaConfig",
            ];
            own.iter().filter(|k| t.get(k).is_some()).count() >= 2
        };
        let client = |t: &Tree| {
            t.get("UserPoolId").is_some()
                && t.get("ClientName").is_some()
                && ["ExplicitAuthFlows", "RefreshTokenValidity", "EnableTokenRevocation", "ClientId"].iter().any(|k| t.get(k).is_some())
        };
        let (kind, records): (_, &'static [&'static str]) = if head.tree.get("UserPool").is_some_and(pool) {
            (POOL, &["UserPool"])
        } else if pool(&head.tree) && head.count(&["Id", "Arn", "Name"]) >= 2 {
            (POOL, &[])
        } else if head.tree.get("UserPoolClient").is_some_and(client) {
            (CLIENT, &["UserPoolClient"])
        } else if client(&head.tree) {
            (CLIENT, &[])
        } else if is_template(&head.tree) {
            (TEMPLATE, &[])
        } else {
            return None;
        };
        Some(Format { kind, records })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        let site = Site::new(record, PRODUCT, "");
        let named = |keys: &[&str]| keys.iter().find_map(|key| record.text_at(&[key])).unwrap_or("user pool").to_owned();
        match kind {
            POOL => pool::pool(&site, &named(&["Name", "Id"]), out),
            CLIENT => pool::client(&site, &named(&["ClientName", "ClientId"]), out),
            _ => template(record, out),
        }
    }
}

/// A template: a version, or resources of which most have a type of the service's.
fn is_template(tree: &Tree) -> bool {
    let resources = tree.get("Resources").map(Tree::entries).unwrap_or_default();
    let typed = |e: &crate::tree::Entry| e.value.get("Type").and_then(Tree::text).is_some_and(|t| t.contains("::"));
    resources.iter().any(typed)
        && (tree.get("AWSTemplateFormatVersion").is_some() || tree.get("Transform").is_some() || resources.iter().all(typed))
}

fn template(record: &Record<'_>, out: &mut Drafts) {
    for entry in record.tree.get("Resources").map(Tree::entries).unwrap_or_default() {
        let Some(kind) = entry.value.get("Type").and_then(Tree::text) else { continue };
        let at = format!("/Resources{}", segment(&entry.key));
        let empty = Tree { node: Node::Map(Vec::new()), span: entry.value.span.clone() };
        let held = match entry.value.get("Properties") {
            Some(properties) => record.inner(properties, &format!("{at}/Properties")),
            None => record.inner(&empty, &at),
        };
        let site = Site::new(&held, PRODUCT, "");
        match kind {
            "AWS::Cognito::UserPool" => pool::pool(&site, &entry.key, out),
            "AWS::Cognito::UserPoolClient" => pool::client(&site, &entry.key, out),
            _ => {}
        }
    }
}

/// Reads a resource of Terraform. Gives whether it is one of ours.
pub(super) fn resource(kind: &str, address: &str, site: &Site<'_>, out: &mut Drafts) -> bool {
    let site = &Site { product: PRODUCT, ..*site };
    match kind {
        "aws_cognito_user_pool" => pool::pool(site, address, out),
        "aws_cognito_user_pool_client" => pool::client(site, address, out),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests;

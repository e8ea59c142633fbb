//! Errors that an exporting program wrote where data was expected, and pages that say that more follow.

use crate::tree::{Node, Tree};

/// Words that stand in every error body known here.
pub(super) const NEEDLES: &[&str] = &["an error occurred (", "\"error\"", "documentation_url", "\"errorcode\"", "\"__type\"", "error: ("];

/// An error body is short; a long text with such words is about errors.
pub(super) const LONGEST: usize = 16 * 1024;

/// Codes of AWS that mean: there is no data here. Test data of programs holds all sorts of errors, so the list is closed.
const AWS: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "NoSuchEntity",
    "NotAuthorized",
    "ReportExpired",
    "ReportInProgress",
    "ReportNotPresent",
    "RequestExpired",
    "ResourceNotFoundException",
    "SignatureDoesNotMatch",
    "Throttling",
    "ThrottlingException",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
];

/// The same of Azure and Graph.
const AZURE: &[&str] = &[
    "AuthenticationFailed",
    "AuthorizationFailed",
    "Authorization_RequestDenied",
    "Authentication_MSGraphPermissionMissing",
    "ExpiredAuthenticationToken",
    "Forbidden",
    "ForbiddenByPolicy",
    "ForbiddenByRbac",
    "InvalidAuthenticationToken",
    "InvalidAuthenticationTokenTenant",
    "InvalidSubscriptionId",
    "LinkedAuthorizationFailed",
    "Request_ResourceNotFound",
    "ResourceGroupNotFound",
    "ResourceNotFound",
    "SubscriptionNotFound",
    "Unauthorized",
    "VaultNotFound",
];

/// The kind of an error that a program printed as plain words.
pub(super) fn words(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST {
        return None;
    }
    let first = text.trim_start().lines().next()?;
    // az
    if let Some((code, _)) = first.strip_prefix("ERROR: (").and_then(|rest| rest.split_once(')')) {
        return AZURE.contains(&code).then_some("azure.error");
    }
    let (_, rest) = first.split_once("An error occurred (")?;
    let (code, rest) = rest.split_once(')')?;
    rest.contains(" when calling the ").then(|| aws(code))
}

/// The kind of an error body, if a document is one.
pub(super) fn body(tree: &Tree) -> Option<&'static str> {
    let entries = tree.entries();
    if entries.is_empty() {
        return None;
    }
    // {"status_code": 404, "data": {"Error": {…}}}, as recorded by placebo
    if let (Some(_), Some(data)) = (tree.get("status_code"), tree.get("data")) {
        return body(data);
    }
    let only = |keys: &[&str]| entries.iter().all(|e| keys.iter().any(|k| e.key.eq_ignore_ascii_case(k)));
    if let Some(error) = tree.get("error").filter(|e| matches!(e.node, Node::Map(_))) {
        let code = error.get("code").and_then(Tree::scalar)?;
        if only(&["Error", "ResponseMetadata", "RequestId"]) && AWS.contains(&code) {
            return Some(aws(code));
        }
        if only(&["error"]) && error.get("message").is_some() {
            if AZURE.contains(&code) {
                return Some("azure.error");
            }
            if error.get("status").and_then(Tree::text).is_some_and(|s| s.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')) {
                return Some("gcp.error");
            }
        }
        return None;
    }
    if let Some(code) = tree.get("__type").and_then(Tree::text).filter(|_| only(&["__type", "message"])) {
        return AWS.contains(&code.rsplit('#').next().unwrap_or(code)).then_some("aws.error");
    }
    if only(&["message", "documentation_url", "status", "errors"])
        && tree.get("message").is_some()
        && tree.get("documentation_url").is_some()
    {
        return Some("github.error");
    }
    if tree.get("errorCode").is_some() && tree.get("errorSummary").is_some() && tree.get("errorId").is_some() {
        return Some("okta.error");
    }
    (only(&["ErrorCode", "ErrorMessage", "Details"]) && tree.get("ErrorCode").is_some() && tree.get("ErrorMessage").is_some())
        .then_some("cyberark.error")
}

/// Only one call answers with these codes, so the format is known although the data is missing.
fn aws(code: &str) -> &'static str {
    match code {
        "ReportExpired" | "ReportInProgress" | "ReportNotPresent" => "aws.credential-report",
        _ => "aws.error",
    }
}

/// Whether a wrapper or body says that another page follows.
pub(super) fn more_follows(tree: &Tree) -> bool {
    const NEXT: &[&str] = &["nextLink", "@odata.nextLink", "NextToken", "nextPageToken", "NextMarker"];
    NEXT.iter().any(|key| tree.get(key).and_then(Tree::text).is_some_and(|t| !t.is_empty()))
        || tree.get("IsTruncated").and_then(Tree::flag) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::json;

    #[test]
    fn error_bodies() {
        for (text, want) in [
            (r#"{"error":{"code":"AuthorizationFailed","message":"The client has no rights"}}"#, Some("azure.error")),
            (r#"{"Error":{"Code":"ReportNotPresent"},"ResponseMetadata":{}}"#, Some("aws.credential-report")),
            (r#"{"status_code":404,"data":{"Error":{"Code":"NoSuchEntity"},"ResponseMetadata":{}}}"#, Some("aws.error")),
            (r#"{"error":{"code":403,"message":"denied","status":"PERMISSION_DENIED"}}"#, Some("gcp.error")),
            (r#"{"message":"Not Found","documentation_url":"https://docs.github.example"}"#, Some("github.error")),
            (r#"{"errorCode":"E0000006","errorSummary":"no","errorId":"x"}"#, Some("okta.error")),
            (r#"{"error":{"code":"my_app_error","message":"a test of ours"}}"#, None),
            (r#"{"__type":"AccessDeniedException","Message":"no"}"#, Some("aws.error")),
            (r#"{"__type":"Note","Message":"no"}"#, None),
            (r#"{"error":"invalid_grant"}"#, None),
            (r#"{"error":{"code":"Unauthorized","message":"m"},"id":7}"#, None),
        ] {
            assert_eq!(body(&json(text).expect("json")), want, "{text}");
        }
        let said = "\nAn error occurred (AccessDenied) when calling the GetCredentialReport operation: no\n";
        assert_eq!(words(said), Some("aws.error"));
        assert_eq!(words("ERROR: (AuthorizationFailed) The client has no rights\n"), Some("azure.error"));
        assert_eq!(words("ERROR: (maybe) it broke"), None);
        assert_eq!(words("An error occurred (see below)"), None);
    }
}

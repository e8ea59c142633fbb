//! Errors that an exporting program wrote where data was expected, and pages that say that more follow.

use crate::tree::{Node, Tree};

/// Words that stand in every error body known here.
pub(super) const NEEDLES: &[&str] = &[
    "an error occurred (",
    "\"error\"",
    "documentation_url",
    "\"errorcode\"",
    "\"errors\"",
    "\"failure\"",
    "\"message\"",
    "\"__type\"",
    "error: (",
    "error from server (",
    "making api request",
    "unable to locate credentials",
    "az login",
    "error: aadsts",
    "(http 4",
    "pg_dumpall: error",
    "error 1141 (42000)",
    "<!doctype html",
    "<html",
];

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

/// How the line begins that a program prints in place of data, with a word that stands later in it.
const LINES: &[(&str, &str, &str)] = &[
    ("ERROR: (gcloud.", ")", "gcp.error"),
    ("ERROR: AADSTS", ":", "azure.error"),
    ("Please run 'az login'", "", "azure.error"),
    ("ERROR: Please run 'az login'", "", "azure.error"),
    ("Error from server (", "):", "kubernetes.error"),
    ("Error ", "Error making API request", "vault.error"),
    ("Unable to locate credentials", "", "aws.error"),
    ("gh: ", "(HTTP 4", "github.error"),
    ("pg_dumpall: error:", "", "postgres.error"),
    ("ERROR 1141 (42000)", "", "mysql.error"),
];

/// The kind of an error that a program printed as plain words.
pub(super) fn words(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST {
        return None;
    }
    let first = text.trim_start().lines().next()?;
    if let Some((.., kind)) = LINES.iter().find(|(begin, later, _)| first.strip_prefix(begin).is_some_and(|rest| rest.contains(later))) {
        return Some(kind);
    }
    // az
    if let Some((code, _)) = first.strip_prefix("ERROR: (").and_then(|rest| rest.split_once(')')) {
        return AZURE.contains(&code).then_some("azure.error");
    }
    let (_, rest) = first.split_once("An error occurred (")?;
    let (code, rest) = rest.split_once(')')?;
    rest.contains(" when calling the ").then(|| aws(code))
}

/// Whether a page for people was saved in place of data: a sign-in, or an error of a proxy.
pub(super) fn is_page(text: &str) -> bool {
    let start = text.trim_start().get(..14).unwrap_or_default().to_ascii_lowercase();
    start == "<!doctype html" || start.starts_with("<html>") || start.starts_with("<html ")
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
            if AZURE.contains(&code) || error.get("innerError").is_some_and(|e| e.get("request-id").is_some()) {
                return Some("azure.error");
            }
            let reasons = error.get("errors").map(Tree::items).unwrap_or_default();
            if error.get("status").and_then(Tree::text).is_some_and(|s| s.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
                || (reasons.first().is_some_and(|r| r.get("domain").is_some() && r.get("reason").is_some()))
            {
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
        && tree.get("message").and_then(Tree::text) != Some(super::github::UNPROTECTED)
    {
        return Some("github.error");
    }
    if tree.get("errorCode").is_some() && tree.get("errorSummary").is_some() && tree.get("errorId").is_some() {
        return Some("okta.error");
    }
    // {"message": "401 Unauthorized"}, and nothing else
    let says = |t: &str| {
        t.get(..4).is_some_and(|code| code.starts_with('4') && code.ends_with(' ') && code.trim_end().bytes().all(|b| b.is_ascii_digit()))
    };
    if only(&["message"]) && tree.get("message").and_then(Tree::text).is_some_and(says) {
        return Some("gitlab.error");
    }
    if only(&["errors", "warnings", "data"])
        && tree.get("errors").is_some_and(|e| matches!(&e.node, Node::List(items) if items.iter().all(|i| i.text().is_some())))
    {
        return Some("vault.error");
    }
    if tree.get("kind").and_then(Tree::text) == Some("Status") && tree.get("status").and_then(Tree::text) == Some("Failure") {
        return Some("kubernetes.error");
    }
    if only(&["ErrorCode", "ErrorMessage", "Details"]) && tree.get("ErrorCode").is_some() && tree.get("ErrorMessage").is_some() {
        return Some("cyberark.error");
    }
    refusal(tree, &only)
}

/// Short refusals that only the names of their fields tell apart.
fn refusal(tree: &Tree, only: &dyn Fn(&[&str]) -> bool) -> Option<&'static str> {
    let text = |key: &str| tree.get(key).and_then(Tree::text).unwrap_or_default();
    let code = text("code");
    if only(&["Code", "Message", "RequestId"]) && !code.is_empty() && AWS.contains(&code) {
        return Some("aws.error");
    }
    // auth0, which shares the form with programs of all sorts: its refusals speak of tokens and scopes
    if only(&["statusCode", "error", "message", "errorCode"]) && tree.get("statusCode").is_some() {
        let message = text("message");
        let its = matches!(text("errorCode"), "insufficient_scope" | "invalid_token")
            || [
                "Insufficient scope, expected any of",
                "Missing authentication",
                "Bad HTTP authentication header",
                "Expired token received",
            ]
            .iter()
            .any(|begin| message.starts_with(begin));
        return its.then_some("auth0.error");
    }
    if only(&["error", "error_description", "scope"]) && matches!(text("error"), "insufficient_scope" | "invalid_token") {
        return Some("gitlab.error");
    }
    if only(&["error"]) && ["HTTP 401", "HTTP 403", "HTTP 404"].iter().any(|code| text("error").starts_with(code)) {
        return Some("keycloak.error");
    }
    if only(&["stat", "code", "message", "message_detail"]) && text("stat") == "FAIL" {
        return Some("duo.error");
    }
    if only(&["id", "code", "message", "details"])
        && matches!(code, "ACCESS_FAILED" | "INVALID_TOKEN" | "NOT_FOUND" | "REQUEST_FAILED" | "UNEXPECTED_ERROR")
    {
        return Some("pingone.error");
    }
    // an answer of GraphQL that was refused
    let refused = |e: &Tree| matches!(e.get("type").and_then(Tree::text), Some("FORBIDDEN" | "INSUFFICIENT_SCOPES" | "NOT_FOUND"));
    let empty = tree.get("data").is_some_and(|data| data.entries().iter().all(|e| e.value.is_null()));
    (only(&["data", "errors"]) && empty && tree.get("errors").is_some_and(|e| e.items().iter().all(refused))).then_some("github.error")
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
    const NEXT: &[&str] = &["nextLink", "@odata.nextLink", "NextToken", "nextPageToken", "next_page_token", "NextMarker"];
    let filled = |t: &Tree| t.text().is_some_and(|t| !t.is_empty());
    NEXT.iter().any(|key| tree.get(key).is_some_and(filled))
        || ["IsTruncated", "has_more", "hasMore"].iter().any(|key| tree.get(key).and_then(Tree::flag) == Some(true))
        || tree.get("next").and_then(Tree::text).is_some_and(|next| next.starts_with("http"))
        || tree.path(&["_links", "next", "href"]).is_some_and(filled)
        || (tree.get("items").is_some() && tree.path(&["metadata", "continue"]).is_some_and(filled))
        || counted(tree).is_some_and(|page| page.before + page.here < page.all)
}

/// A page that says how many records there are.
struct Counted {
    before: i64,
    here: i64,
    all: i64,
}

fn counted(tree: &Tree) -> Option<Counted> {
    let number = |keys: &[&str]| keys.iter().find_map(|key| tree.get(key).and_then(Tree::number));
    let all = number(&["total_count", "totalCount", "totalResults", "total"])?;
    let mut lists = tree.entries().iter().filter_map(|e| if let Node::List(items) = &e.value.node { Some(items.len()) } else { None });
    let (here, None) = (i64::try_from(lists.next()?).ok()?, lists.next()) else { return None };
    // some count from one
    let before = number(&["start", "offset", "startAt"]).or_else(|| number(&["startIndex"]).map(|n| n - 1)).unwrap_or(0);
    Some(Counted { before: before.max(0), here, all })
}

/// Whether several pages are all there are: the last one says so, or together they hold what each of them counts.
pub(super) fn complete(pages: &[Tree]) -> bool {
    let counts: Vec<Counted> = pages.iter().filter_map(counted).collect();
    if counts.len() == pages.len() {
        let here = counts.iter().fold(0i64, |sum, page| sum.saturating_add(page.here));
        return counts.iter().all(|page| page.all <= here);
    }
    pages.last().is_some_and(|last| matches!(last.node, Node::Map(_)) && !more_follows(last))
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
            (r#"{"message":"401 Unauthorized"}"#, Some("gitlab.error")),
            (r#"{"message":"all is well"}"#, None),
            (r#"{"errors":["permission denied"]}"#, Some("vault.error")),
            (r#"{"errors":[{"line":1}]}"#, None),
            (r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}"#, Some("kubernetes.error")),
            (r#"{"__type":"AccessDeniedException","Message":"no"}"#, Some("aws.error")),
            (r#"{"__type":"Note","Message":"no"}"#, None),
            (r#"{"error":"invalid_grant"}"#, None),
            (r#"{"error":{"code":"UnknownError","message":"","innerError":{"request-id":"x"}}}"#, Some("azure.error")),
            (r#"{"error":{"code":403,"message":"no","errors":[{"domain":"global","reason":"forbidden"}]}}"#, Some("gcp.error")),
            (r#"{"Code":"AccessDeniedException","Message":"no"}"#, Some("aws.error")),
            (r#"{"code":"42","message":"a book"}"#, None),
            (r#"{"statusCode":403,"error":"Forbidden","message":"no","errorCode":"insufficient_scope"}"#, Some("auth0.error")),
            (r#"{"statusCode":404,"error":"Not Found","message":"no such cat"}"#, None),
            (r#"{"error":"insufficient_scope","error_description":"no","scope":"api"}"#, Some("gitlab.error")),
            (r#"{"error":"HTTP 401 Unauthorized"}"#, Some("keycloak.error")),
            (r#"{"stat":"FAIL","code":40103,"message":"no"}"#, Some("duo.error")),
            (r#"{"id":"7","code":"ACCESS_FAILED","message":"no"}"#, Some("pingone.error")),
            (r#"{"data":{"organization":null},"errors":[{"type":"FORBIDDEN","message":"no"}]}"#, Some("github.error")),
            (r#"{"data":{"organization":{"login":"quay"}},"errors":[{"type":"FORBIDDEN"}]}"#, None),
            (r#"{"error":{"code":"Unauthorized","message":"m"},"id":7}"#, None),
        ] {
            assert_eq!(body(&json(text).expect("json")), want, "{text}");
        }
        let said = "\nAn error occurred (AccessDenied) when calling the GetCredentialReport operation: no\n";
        assert_eq!(words(said), Some("aws.error"));
        assert_eq!(words("ERROR: (AuthorizationFailed) The client has no rights\n"), Some("azure.error"));
        assert_eq!(words("ERROR: (maybe) it broke"), None);
        for (text, want) in [
            ("ERROR: (gcloud.projects.get-iam-policy) PERMISSION_DENIED: no\n", Some("gcp.error")),
            ("Error from server (Forbidden): roles.rbac.authorization.k8s.io is forbidden", Some("kubernetes.error")),
            ("Error reading sys/policy: Error making API request.\n\nCode: 403", Some("vault.error")),
            ("gh: Not Found (HTTP 404)", Some("github.error")),
            ("Error from the sea", None),
            ("gh: a tool", None),
        ] {
            assert_eq!(words(text), want, "{text}");
        }
        assert!(is_page("\n<!DOCTYPE html><html>") && is_page("<html lang=en>") && !is_page("<htmlx>"));
        assert_eq!(words("An error occurred (see below)"), None);
    }

    #[test]
    fn pages() {
        let read = |text: &str| json(text).expect("json");
        for (text, more) in [
            (r#"{"total_count":3,"environments":[{"a":1}]}"#, true),
            (r#"{"total_count":1,"environments":[{"a":1}]}"#, false),
            (r#"{"start":1,"limit":1,"total":2,"users":[{"a":1}]}"#, false),
            (r#"{"totalResults":2,"startIndex":1,"Resources":[{"a":1},{"a":2}]}"#, false),
            (r#"{"kind":"List","metadata":{"continue":"eyJ"},"items":[]}"#, true),
            (r#"{"next":"https://api.example/2","results":[]}"#, true),
            (r#"{"next":null,"results":[]}"#, false),
        ] {
            assert_eq!(more_follows(&read(text)), more, "{text}");
        }
        let page = |all: i64| read(&format!(r#"{{"total_count":{all},"keys":[{{"a":1}}]}}"#));
        assert!(complete(&[page(2), page(2)]) && !complete(&[page(3), page(3)]));
        let linked = |next: &str| read(&format!(r#"{{"value":[],"nextLink":"{next}"}}"#));
        assert!(complete(&[linked("https://2"), linked("")]) && !complete(&[linked(""), linked("https://3")]));
    }
}

//! What a flow asks for: executions, sub-flows, and what is switched off.

use super::numbered;
use crate::artifact::Spot;
use crate::fact::{Basis, Word, proof};
use crate::read::export::record::Record;
use crate::tree::Tree;

/// Flows in flows: the stock ones have three levels.
const DEEPEST: usize = 16;

/// A flow, resolved.
#[derive(Debug)]
pub(super) struct Flow {
    /// Its name.
    pub(super) alias: String,
    /// Where it is defined, if it is.
    pub(super) at: Option<Spot>,
    /// What it asks for, and where it says so.
    pub(super) asks: Vec<(Word, Option<Spot>)>,
    /// It enrols a new second factor; where it says so.
    pub(super) rebinds: Option<Option<Spot>>,
    /// Some step of it is not known: it may ask for more.
    pub(super) strange: bool,
    /// Defined here, or the product's own.
    pub(super) basis: Basis,
}

/// The factor that an execution asks for.
fn asked(authenticator: &str) -> Option<Word> {
    Some(match authenticator {
        "auth-username-password-form" | "auth-password-form" | "basic-auth" | "direct-grant-validate-password" => proof::PASSWORD,
        "auth-otp-form" | "direct-grant-validate-otp" | "basic-auth-otp" | "auth-conditional-otp-form" => proof::TOTP,
        "webauthn-authenticator" | "webauthn-authenticator-passwordless" => proof::PASSKEY,
        "auth-recovery-authn-code-form" => proof::RECOVERY_CODE,
        "auth-x509-client-username-form" => proof::CERTIFICATE,
        "reset-credential-email" => proof::EMAIL_CODE,
        _ => return None,
    })
}

/// The steps of a flow that ask for nothing.
const SILENT: &[&str] = &[
    "reset-credentials-choose-user",
    "reset-password",
    "reset-otp",
    "auth-cookie",
    "auth-spnego",
    "identity-provider-redirector",
    "allow-access-authenticator",
    "deny-access-authenticator",
    "organization",
];

fn is_silent(authenticator: &str) -> bool {
    SILENT.contains(&authenticator) || authenticator.starts_with("conditional-")
}

/// The name of the flow that a new realm resets credentials with.
const STOCK_RESET: &str = "reset credentials";

/// The flow that resets credentials: the one named by the realm, else the stock one.
pub(super) fn reset(record: &Record<'_>) -> Flow {
    resolve(record, "resetCredentialsFlow", STOCK_RESET).unwrap_or_else(|alias| {
        let flow = Flow { alias, at: None, asks: Vec::new(), rebinds: None, strange: true, basis: Basis::Default };
        match flow.alias.as_str() {
            // mail, new password, and a new authenticator app where the user had one
            STOCK_RESET => Flow { asks: vec![(proof::EMAIL_CODE, None)], rebinds: Some(None), strange: false, ..flow },
            // a flow of the realm's own that the document does not show
            _ => flow,
        }
    })
}

/// Alternatives that one flow is taken to offer: beyond that, its steps are taken in their order.
const MOST_ALTERNATIVES: usize = 24;

/// Factors that are asked for together, and where each is.
pub(super) type Together = Vec<(Word, Spot)>;

/// The flow that signs people in at the browser: its name, its place, and its alternatives, any one of which lets in. Nothing is said of a
/// stock flow that the document does not show, nor of a flow with a step that is not known: it may ask for anything.
pub(super) fn browser(record: &Record<'_>) -> Option<(String, Spot, Vec<Together>)> {
    let alias = record.text_at(&["browserFlow"]).unwrap_or("browser").to_owned();
    let (n, tree) = find(record, &alias)?;
    let mut ways = alternatives(record, (n, tree), &mut vec![n])?;
    ways.retain(|way| !way.is_empty());
    Some((alias, record.below(tree, &format!("/authenticationFlows/{n}")), ways))
}

/// What a flow asks for: all of its required steps, or, where it has none, any one of its alternatives. A conditional part is asked of
/// those who have set up what it asks for, and they are whom a way back in is measured against.
fn alternatives(record: &Record<'_>, (n, tree): (usize, &Tree), above: &mut Vec<usize>) -> Option<Vec<Together>> {
    let (mut all, mut any): (Vec<Together>, Vec<Together>) = (vec![Vec::new()], Vec::new());
    let mut required = false;
    for (i, execution) in numbered(tree.get("authenticationExecutions")) {
        let requirement = execution.get("requirement").and_then(Tree::text).unwrap_or("DISABLED").to_ascii_uppercase();
        if requirement == "DISABLED" {
            continue;
        }
        let spot = record.below(execution, &format!("/authenticationFlows/{n}/authenticationExecutions/{i}"));
        let own = execution.get("authenticator").and_then(Tree::text);
        // a condition is no step: it says whether the flow is run at all
        if own.is_some_and(|name| name.starts_with("conditional-")) {
            continue;
        }
        let inner = execution.get("flowAlias").and_then(Tree::text).and_then(|alias| find(record, alias));
        let step = match (own, inner) {
            (_, Some(inner)) if above.len() < DEEPEST && !above.contains(&inner.0) => {
                above.push(inner.0);
                let step = alternatives(record, inner, above)?;
                above.pop();
                step
            }
            (Some(name), _) => match asked(name) {
                Some(word) => vec![vec![(word, spot)]],
                None if is_silent(name) || name == "auth-username-form" => vec![Vec::new()],
                None => return None,
            },
            _ => return None,
        };
        if requirement == "ALTERNATIVE" {
            // a session that runs, or another's sign-in, is no factor of this one
            any.extend(step.into_iter().filter(|way| !way.is_empty()));
        } else {
            required = true;
            all = all.iter().flat_map(|so_far| step.iter().map(move |way| joined(so_far, way))).take(MOST_ALTERNATIVES).collect();
        }
    }
    any.truncate(MOST_ALTERNATIVES);
    Some(if required || any.is_empty() { all } else { any })
}

fn joined(a: &Together, b: &Together) -> Together {
    let new = b.iter().filter(|(word, _)| !a.iter().any(|(w, _)| w == word));
    a.iter().chain(new).cloned().collect()
}

/// The flow that `key` names, or its name when the document does not define it.
fn resolve(record: &Record<'_>, key: &str, stock: &str) -> Result<Flow, String> {
    let alias = record.text_at(&[key]).unwrap_or(stock).to_owned();
    let mut flow = Flow { alias: alias.clone(), at: None, asks: Vec::new(), rebinds: None, strange: false, basis: Basis::Explicit };
    let Some((n, tree)) = find(record, &alias) else { return Err(alias) };
    flow.at = Some(record.below(tree, &format!("/authenticationFlows/{n}")));
    walk(record, (n, tree), &mut vec![n], &mut flow);
    Ok(flow)
}

fn find<'a>(record: &Record<'a>, alias: &str) -> Option<(usize, &'a Tree)> {
    numbered(record.tree.get("authenticationFlows")).find(|(_, f)| f.get("alias").and_then(Tree::text) == Some(alias))
}

fn walk(record: &Record<'_>, (n, tree): (usize, &Tree), above: &mut Vec<usize>, flow: &mut Flow) {
    for (i, execution) in numbered(tree.get("authenticationExecutions")) {
        // absent means disabled to the server; a step that is off asks for nothing
        let requirement = execution.get("requirement").and_then(Tree::text).unwrap_or("DISABLED");
        if requirement.eq_ignore_ascii_case("DISABLED") {
            continue;
        }
        let spot = || Some(record.below(execution, &format!("/authenticationFlows/{n}/authenticationExecutions/{i}")));
        if let Some(authenticator) = execution.get("authenticator").and_then(Tree::text) {
            if authenticator == "reset-otp" {
                flow.rebinds.get_or_insert_with(spot);
            }
            match asked(authenticator) {
                Some(word) if !flow.asks.iter().any(|(w, _)| *w == word) => flow.asks.push((word, spot())),
                Some(_) => {}
                None => flow.strange |= !is_silent(authenticator),
            }
        }
        let inner = execution.get("flowAlias").and_then(Tree::text).and_then(|alias| find(record, alias));
        if let Some(inner) = inner.filter(|(m, _)| above.len() < DEEPEST && !above.contains(m)) {
            above.push(inner.0);
            walk(record, inner, above, flow);
            above.pop();
        }
    }
}

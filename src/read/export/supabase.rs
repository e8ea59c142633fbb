//! Supabase and Firebase: how the sign-in service behind an application is configured.

use super::input::Head;
use super::record::Record;
use super::site::{self, Said, Site, claim};
use super::{ExportReader, Format};
use crate::fact::{Basis, Value, act, channel, population, proof, recovery, setting};
use crate::read::Drafts;
use crate::tree::{Node, Tree};

pub(super) struct Supabase;

const CONFIG: &str = "supabase.config";
const FIREBASE: &str = "firebase.auth-config";
const HIDES: &[&str] = &["the settings of the hosted project, where they differ from this file", "what the application itself asks for"];
/// Switches, with what holds when nothing is said.
const SWITCHES: &[(&str, &[&str], bool)] = &[
    ("secure_password_change", &["auth", "email", "secure_password_change"], false),
    ("double_confirm_changes", &["auth", "email", "double_confirm_changes"], true),
    ("enable_confirmations", &["auth", "email", "enable_confirmations"], false),
];
/// A mailed code lives for an hour.
const STOCK_LIFE: i64 = 3600;

impl ExportReader for Supabase {
    fn needles(&self) -> &'static [&'static str] {
        &["[auth", "\"signin\"", "sendemail", "enable_confirmations", "otp_expiry"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        if head.is_table {
            return None;
        }
        let auth = head.tree.get("auth").filter(|a| matches!(a.node, Node::Map(_)));
        let own = |a: &Tree| {
            ["site_url", "jwt_expiry", "enable_signup", "additional_redirect_urls", "minimum_password_length", "email", "mfa", "sms"]
                .iter()
                .filter(|k| a.get(k).is_some())
                .count()
        };
        if auth.is_some_and(|a| own(a) >= 2)
            && head.count(&["project_id", "api", "db", "studio", "realtime", "storage", "inbucket", "functions", "edge_runtime"]) >= 1
        {
            return Some(Format { kind: CONFIG, records: &[] });
        }
        let project = head.tree.get("name").and_then(Tree::text).is_some_and(|n| n.starts_with("projects/") && n.ends_with("/config"));
        (project && head.count(&["signIn", "mfa", "notification", "authorizedDomains", "client"]) >= 2)
            .then_some(Format { kind: FIREBASE, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        site::mark(record, &["secret", "auth_token", "pass", "hashConfig", "signerKey", "apiKey"], out);
        if kind == CONFIG { config(&Site::new(record, "supabase", ""), out) } else { firebase(&Site::new(record, "firebase", ""), out) }
    }
}

fn config(site: &Site<'_>, out: &mut Drafts) {
    let off = |path: &[&str]| site.flag(path).is_some_and(|on| !on.value);
    // the service itself may be off, and with it everything below
    if off(&["auth", "enabled"]) {
        return;
    }
    out.facts.push(site.tenant("supabase", &[], HIDES));
    let Some((_, at)) = site.find(&["auth", "email"]).or_else(|| site.find(&["auth"])) else { return };
    let here = |said: Said<bool>| Said { at: at.clone(), ..said };
    for (key, path, or) in SWITCHES {
        let on = site.flag(path).unwrap_or_else(|| here(site.default(*or)));
        out.facts.push(site.setting(&path.join("."), key, setting::ENABLED, on));
    }
    let life = site.span(&["auth", "email", "otp_expiry"], 1);
    let life = life.unwrap_or_else(|| Said { at: at.clone(), ..site.default(Value::Duration(STOCK_LIFE)) });
    let mut draft = site.recovery("auth.email recovery", act::PASSWORD_RESET, population::CUSTOMER.as_str(), at.clone());
    claim(&mut draft, recovery::ASKS, site.inferred(proof::EMAIL_CODE, &at));
    claim(&mut draft, recovery::CHANNELS, site.inferred(channel::EMAIL, &at));
    claim(&mut draft, recovery::LIFETIME, life);
    out.facts.push(draft);
    if let Some(least) = site.number(&["auth", "minimum_password_length"]) {
        out.facts.push(site.setting("auth.minimum_password_length", "password_length", setting::NUMBER, least));
    }
    let verify: Vec<Said<bool>> =
        ["totp", "phone", "web_authn"].iter().filter_map(|m| site.flag(&["auth", "mfa", m, "verify_enabled"])).collect();
    if let Some(first) = verify.first().cloned() {
        let any = verify.iter().any(|on| on.value);
        out.facts.push(site.setting("auth.mfa", "mfa", setting::ENABLED, Said { value: any, ..first }));
    }
    if let Some(on) = site.flag(&["auth", "email", "notification", "password_changed", "enabled"]) {
        out.facts.push(site.setting("auth.email.notification.password_changed", "password_notice", setting::ENABLED, on));
    }
}

fn firebase(site: &Site<'_>, out: &mut Drafts) {
    out.facts.push(site.tenant("firebase", &[], &["how long a reset link lives", "what the application itself asks for"]));
    if let Some(state) = site.text(&["mfa", "state"]) {
        let on = state.map(|s| s.eq_ignore_ascii_case("ENABLED") || s.eq_ignore_ascii_case("MANDATORY"));
        out.facts.push(site.setting("mfa.state", "mfa", setting::ENABLED, on));
    }
    for record in site.record.items(&["mfa", "enabledProviders"]) {
        if record.tree.text() == Some("PHONE_SMS") {
            let on = Said { value: true, at: record.spot(), basis: Basis::Explicit };
            out.facts.push(site.authenticator("mfa.enabledProviders PHONE_SMS", proof::SMS_CODE, on));
        }
    }
    if let Some(on) = site.flag(&["signIn", "email", "enabled"]).filter(|on| on.value) {
        let mut draft = site.recovery("signIn.email", act::PASSWORD_RESET, population::CUSTOMER.as_str(), on.at.clone());
        claim(&mut draft, recovery::ASKS, site.inferred(proof::EMAIL_CODE, &on.at));
        claim(&mut draft, recovery::CHANNELS, site.inferred(channel::EMAIL, &on.at));
        out.facts.push(draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Kind, Stated};
    use crate::read::export::tests::{of, read};

    #[test]
    fn a_file_of_the_command_line_and_an_answer() {
        let text = "project_id = \"quay\"\n[auth]\nsite_url = \"https://quay.example\"\nminimum_password_length = 6\n[auth.email]\nenable_signup = true\notp_expiry = 172800\n[auth.mfa.totp]\nverify_enabled = false\n[auth.sms.twilio]\nauth_token = \"env(TOKEN)\"\n";
        let drafts = read("config.toml", text);
        assert_eq!(drafts.kind, Some(CONFIG));
        let ways = of(&drafts, Kind::Recovery);
        assert_eq!(ways.first().and_then(|r| r.fields.values(recovery::LIFETIME).next()), Some(&Value::Duration(172_800)));
        let settings = of(&drafts, Kind::Setting);
        let secure = settings.iter().find(|s| s.name.ends_with("secure_password_change")).expect("a setting");
        assert!(matches!(secure.fields.get(setting::ENABLED), Some(Stated::Said(c)) if c.iter().all(|c| c.basis == Basis::Default)));
        assert!(drafts.marks.is_empty(), "a variable is no secret: {:?}", drafts.marks);
        let off = read("config.toml", &text.replace("[auth]\n", "[auth]\nenabled = false\n"));
        assert_eq!((off.kind, off.facts.len()), (Some(CONFIG), 0));
        let json = r#"{"name": "projects/quay/config", "signIn": {"email": {"enabled": true}}, "mfa": {"state": "DISABLED"}, "notification": {"sendEmail": {}}}"#;
        assert_eq!(read("config.json", json).kind, Some(FIREBASE));
    }

    #[test]
    fn other_files_and_broken_ones() {
        for text in ["[auth]\nuser = \"x\"\n", "[auth]\nsite_url = 1\nemail = 2\n", "[tool.auth]\nx = 1\n", "[auth\n"] {
            assert_eq!(read("config.toml", text).kind, None, "{text}");
        }
        let cut = read("config.toml", "project_id = \"q\"\n[auth]\nsite_url = \"x\"\njwt_expiry = 1\n[auth.email]\notp_expiry = \"");
        assert_eq!(cut.kind, None);
    }
}

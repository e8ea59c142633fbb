//! Service desks: what a password-reset process checks, settings of the reset, and tickets of resets with their approvals.

use super::date::Moment;
use super::input::Head;
use super::record::Record;
use super::site::{Said, Site, claim};
use super::{ExportReader, Format};
use crate::fact::{Basis, Kind, Value, Word, act, channel, event, population, proof, recovery, setting};
use crate::read::Drafts;
use crate::tree::Tree;
use std::collections::HashMap;

pub(super) struct ServiceDesk;

const PROCESSES: &str = "servicenow.password-reset-processes";
const VERIFICATIONS: &str = "servicenow.password-reset-verifications";
const PROPERTIES: &str = "servicenow.properties";
/// Tickets whose columns say who asked and who agreed.
pub(in crate::read) const TICKETS: &str = "service-desk.tickets";
const SERVICENOW: &str = "servicenow";
const DESK: &str = "service desk";
/// The property that says for how many hours a reset link works.
const LINK_LIFE: &str = "glide.pwd_reset.onetime.token.validity";
/// What a verification of the base system asks for, by a part of its name.
const CHECKS: &[(&str, Word)] = &[
    ("question", proof::KNOWLEDGE_QUESTION),
    ("qa verification", proof::KNOWLEDGE_QUESTION),
    ("personal data", proof::PERSONAL_DATA),
    ("soft pin", proof::KNOWLEDGE_QUESTION),
    ("sms", proof::SMS_CODE),
    ("email", proof::EMAIL_CODE),
    ("authenticator", proof::TOTP),
];
/// Columns of a ticket, in the spelling of several desks, without blanks and underscores.
const REQUESTER: &[&str] = &["requestedby", "requester", "openedby", "requestedfor", "caller", "callerid", "reporter", "requestername"];
const APPROVER: &[&str] = &["approver", "approvedby", "approvername"];
const AGENT: &[&str] = &["agent", "assignedto", "assignee", "closedby", "resolvedby", "fulfilledby", "completedby"];
const SOURCE: &[&str] = &["approvalsource", "approvalchannel", "approvedvia", "approvalmethod", "approvalvia"];
const APPROVED: &[&str] = &["approvedat", "approvedon", "approvaldate", "approvaltime"];
const DONE: &[&str] = &["fulfilledat", "resolvedat", "closedat", "resolved", "completedat"];
const SUMMARY: &[&str] = &["shortdescription", "summary", "subject", "title", "category", "catalogitem", "requesttype", "description"];
const NUMBER: &[&str] = &["number", "ticket", "ticketid", "issuekey", "key", "id", "requestid"];
/// Words that tell that a ticket is about getting somebody back in.
const RESETS: &[&str] =
    &["reset", "mfa", "unlock", "recover", "lockout", "locked out", "authenticator", "2fa", "new phone", "break-glass", "break glass"];

impl ExportReader for ServiceDesk {
    fn needles(&self) -> &'static [&'static str] {
        &["pwd_process", "pwd_verification", "glide.pwd_reset", "verification_type", "approver", "approved_by", "approved by"]
    }

    fn recognises(&self, head: &Head<'_>) -> Option<Format> {
        let class = head.tree.get("sys_class_name").and_then(Tree::text).unwrap_or_default();
        let kind = if class == "pwd_process"
            || head.count(&["pwd_process", "pwd_verification"]) == 2
            || (head.count(&["verifications", "name"]) == 2
                && head.count(&["self_service", "service_desk", "public_access", "pwd_process"]) >= 1)
        {
            PROCESSES
        } else if class == "pwd_verification" || head.has(&["name", "verification_type", "active"]) {
            VERIFICATIONS
        } else if head.tree.get("name").and_then(Tree::scalar).is_some_and(|n| n.starts_with("glide.pwd_reset")) && head.has(&["value"]) {
            PROPERTIES
        } else if is_ticket(&head.tree) {
            TICKETS
        } else {
            return None;
        };
        Some(Format { kind, records: &[] })
    }

    fn record(&self, kind: &'static str, record: &Record<'_>, out: &mut Drafts) {
        match kind {
            PROCESSES => process(&Site::new(record, SERVICENOW, ""), out),
            PROPERTIES => property(&Site::new(record, SERVICENOW, ""), out),
            TICKETS => ticket(&Site::new(record, DESK, ""), out),
            _ => {}
        }
    }
}

/// A column as it is compared: `Approved By`, `approved_by` and `approvedBy` are one.
fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The columns of a row by their plain names.
struct Columns<'a>(HashMap<String, &'a Tree>);

impl<'a> Columns<'a> {
    fn of(tree: &'a Tree) -> Self {
        Self(tree.entries().iter().map(|e| (plain(&e.key), &e.value)).collect())
    }

    /// What the first of these columns that is there holds; a reference is shown by its name.
    fn get(&self, names: &[&str]) -> Option<&'a str> {
        let found = names.iter().find_map(|name| self.0.get(*name))?;
        let shown = ["display_value", "displayName"].iter().find_map(|key| found.get(key).and_then(Tree::scalar));
        found.scalar().or(shown).map(str::trim).filter(|v| !v.is_empty())
    }

    fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.contains_key(*name))
    }
}

fn is_ticket(tree: &Tree) -> bool {
    let row = Columns::of(tree);
    row.has(NUMBER) && row.has(APPROVER) && row.has(REQUESTER) && (row.has(SUMMARY) || row.has(AGENT))
}

/// A process and the verifications it asks for, as the row names them.
fn process(site: &Site<'_>, out: &mut Drafts) {
    let name = ["name", "pwd_process", "process"].iter().find_map(|key| site.record.text_at(&[key])).unwrap_or("process");
    if site.flag(&["active"]).is_some_and(|on| !on.value) {
        return;
    }
    let mut draft = site.recovery(name, act::PASSWORD_RESET, population::USER.as_str(), site.record.spot());
    for key in ["verifications", "pwd_verification", "verification"] {
        for record in site.record.items(&[key]) {
            let text = record
                .text_at(&["name"])
                .or_else(|| record.text_at(&["display_value"]))
                .or_else(|| record.tree.scalar())
                .unwrap_or_default();
            for part in text.split([',', ';']) {
                let lower = part.to_lowercase();
                // the mail of "personal data confirm email" is the data that is confirmed
                if let Some((_, word)) = CHECKS.iter().find(|(said, _)| lower.contains(said)) {
                    claim(&mut draft, recovery::ASKS, Said { value: *word, at: record.spot(), basis: Basis::Explicit });
                    if *word == proof::EMAIL_CODE {
                        draft.fields.say(recovery::CHANNELS, channel::EMAIL, &record.spot());
                    }
                }
            }
        }
    }
    out.facts.push(draft);
}

fn property(site: &Site<'_>, out: &mut Drafts) {
    if site.record.text_at(&["name"]) == Some(LINK_LIFE)
        && let Some(hours) = site.number(&["value"])
    {
        let life = hours.map(|h| Value::Duration(h.saturating_mul(3600)));
        out.facts.push(site.setting(LINK_LIFE, "link_life", setting::LIFETIME, life));
    }
}

/// A ticket about getting somebody back in.
fn ticket(site: &Site<'_>, out: &mut Drafts) {
    let row = Columns::of(site.record.tree);
    let about: String = SUMMARY.iter().filter_map(|name| row.get(&[name])).collect::<Vec<_>>().join(" ").to_lowercase();
    if !RESETS.iter().any(|word| about.contains(word)) {
        return;
    }
    let Some(number) = row.get(NUMBER) else { return };
    let mut draft = site.fact(Kind::Event, number, "/tickets", site.record.spot());
    for (field, names) in [(event::REQUESTER, REQUESTER), (event::APPROVER, APPROVER), (event::AGENT, AGENT)] {
        if let Some(person) = row.get(names) {
            draft.say(field, person.to_lowercase());
        }
    }
    if let Some(source) = row.get(SOURCE) {
        let source = source.to_lowercase();
        let known = [
            ("mail", channel::EMAIL),
            ("chat", channel::CHAT),
            ("slack", channel::CHAT),
            ("teams", channel::CHAT),
            ("phone", channel::PHONE),
            ("verbal", channel::VERBAL),
            ("workflow", channel::WORKFLOW),
            ("portal", channel::WORKFLOW),
        ];
        if let Some((_, word)) = known.iter().find(|(said, _)| source.contains(said)) {
            draft.say(event::CHANNEL, *word);
        }
    }
    let time = |names: &[&str]| row.get(names).and_then(super::date::parse);
    let at = |m: Option<Moment>| if let Some(Moment::At(t)) = m { Some(t) } else { None };
    let (approved, done) = (at(time(APPROVED)), at(time(DONE)));
    if let Some(done) = done {
        draft.say(event::AT, done);
    }
    if let (Some(approved), Some(done)) = (approved, done) {
        draft.say(event::LATE, approved.0 > done.0);
    }
    // a column that is there and empty was not filled in
    if row.has(APPROVER) {
        draft = draft.could_say(&[event::APPROVER]);
    }
    out.facts.push(draft);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Stated;
    use crate::read::export::tests::{of, read};

    #[test]
    fn processes_and_properties() {
        let text = r#"{"result": [{"sys_class_name": "pwd_process", "name": "Self service", "active": "true", "verifications": "Personal Data Confirm Email, QA Verification"}, {"sys_class_name": "pwd_process", "name": "Old", "active": "false", "verifications": "Soft PIN"}]}"#;
        let drafts = read("pwd_process.json", text);
        assert_eq!(drafts.kind, Some(PROCESSES));
        let ways = of(&drafts, Kind::Recovery);
        assert_eq!(ways.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["Self service"]);
        let asks: Vec<_> = ways.first().expect("a way").fields.values(recovery::ASKS).cloned().collect();
        assert_eq!(asks, [Value::Word(proof::PERSONAL_DATA), Value::Word(proof::KNOWLEDGE_QUESTION)]);
        let csv = "name,value\nglide.pwd_reset.onetime.token.validity,48\n";
        assert_eq!(read("properties.csv", csv).kind, None, "a table is recognised by its columns, and these are anybody's");
        let json = r#"[{"name": "glide.pwd_reset.onetime.token.validity", "value": "48"}]"#;
        assert_eq!(of(&read("properties.json", json), Kind::Setting).len(), 1);
    }

    #[test]
    fn tickets_of_resets_alone() {
        let text = "Number,Short description,Opened by,Approver,Approval source,Assigned to,Approved at,Closed at\nREQ1,MFA reset for a new phone,Mara Lind,mara lind,Email,Bo Berg,2026-10-02T10:00:00Z,2026-10-02T09:00:00Z\nREQ2,Order a chair,Ada,Bo,Email,Cy,,\nREQ3,Password reset,Ada,,Portal,Cy,,\n";
        let drafts = read("tickets.csv", text);
        assert_eq!(drafts.kind, Some(TICKETS));
        let events = of(&drafts, Kind::Event);
        assert_eq!(events.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["REQ1", "REQ3"]);
        let first = events.first().expect("a ticket");
        assert_eq!((first.fields.word(event::CHANNEL), first.fields.flag(event::LATE)), (Some("email"), Some(true)));
        assert!(matches!(events.get(1).and_then(|e| e.fields.get(event::APPROVER)), Some(Stated::Unsaid)));
        for text in ["Number,Approver\n1,a\n", "id,name,approver\n1,a,b\n", "number,requester,summary\n1,a,reset\n"] {
            assert_eq!(read("x.csv", text).kind, None, "{text}");
        }
    }
}

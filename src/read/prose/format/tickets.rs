//! Exports of ticket systems to a [`Document`]: each ticket is a small record of what was asked, who said yes and what was done.
//!
//! A ticket tells how it is really done. What it leaves out may stand elsewhere, so a record proves what it says and no more.

use super::builder::Builder;
use super::{Document, Joined, cells, html, wiki};
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Time, channel, event};
use crate::read::prose::document::Shape;
use crate::tree::{Node, Tree};

/// What a column of a ticket says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Key,
    Title,
    Text,
    Requester,
    Approver,
    Agent,
    Channel,
    State,
    Opened,
}

/// Names of columns without spaces and marks, as the usual systems write them.
const ROLES: [(Role, &[&str]); 9] = [
    (
        Role::Key,
        &["number", "key", "issuekey", "ticket", "ticketid", "ticketnumber", "id", "incident", "incidentid", "casenumber", "requestid"],
    ),
    (Role::Title, &["summary", "shortdescription", "subject", "title"]),
    (
        Role::Text,
        &[
            "description",
            "comment",
            "comments",
            "worknotes",
            "closenotes",
            "resolutionnotes",
            "commentsandworknotes",
            "resolutionsummary",
            "additionalcomments",
            "notes",
            "body",
            "plainbody",
            "htmlbody",
            "resolution",
            "solution",
            "latestcomment",
            "conversation",
        ],
    ),
    (
        Role::Requester,
        &[
            "reporter",
            "requester",
            "requestername",
            "callerid",
            "caller",
            "openedby",
            "requestedfor",
            "requestedby",
            "creator",
            "submitter",
            "raisedby",
        ],
    ),
    (Role::Approver, &["approver", "approvers", "approvedby", "approval", "approvalby", "approvalgroup"]),
    (Role::Agent, &["assignee", "assignedto", "agent", "resolvedby", "closedby", "assigneename", "technician"]),
    (Role::Channel, &["channel", "contacttype", "via", "source", "intakechannel", "requestchannel"]),
    (Role::State, &["status", "state", "incidentstate", "issuetype", "type", "category", "requesttype"]),
    (
        Role::Opened,
        &["created", "createdat", "openedat", "opened", "syscreatedon", "createddate", "resolvedat", "closedat", "updatedat", "resolved"],
    ),
];
/// Words in the head of a JSON file that may hold tickets: one of each row.
const HINTS: [&[&str]; 3] = [
    &["\"short_description\"", "\"summary\"", "\"subject\"", "\"title\""],
    &["\"description\"", "\"comments\"", "\"comment\"", "\"close_notes\"", "\"work_notes\"", "\"body\""],
    &["\"status\"", "\"state\"", "\"reporter\"", "\"requester\"", "\"requester_id\"", "\"assignee\"", "\"caller_id\"", "\"assigned_to\""],
];
/// Bytes of a JSON file in which the first ticket is looked for.
const HEAD: usize = 64 * 1024;
/// Texts of one ticket that are read.
const TEXTS: usize = 500;

fn role(name: &str) -> Option<Role> {
    let bare: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(40).collect();
    // "Custom field (Approver)", "Comment.1"
    let bare = bare.strip_prefix("customfield").unwrap_or(&bare).trim_end_matches(|c: char| c.is_ascii_digit());
    ROLES.iter().find(|r| r.1.contains(&bare)).map(|r| r.0)
}

/// Whether these columns are those of tickets.
fn are_tickets<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let roles: Vec<Role> = names.filter_map(role).collect();
    let has = |r: Role| roles.contains(&r);
    has(Role::Key)
        && has(Role::Title)
        && (has(Role::Text) || has(Role::Approver))
        && (has(Role::State) || has(Role::Requester) || has(Role::Agent))
}

/// The separator of a CSV export of tickets, if a text is one.
pub(super) fn separator(text: &str) -> Option<u8> {
    let head = text.lines().next().filter(|l| l.len() < 8192)?;
    let separator = [b',', b';', b'\t'].into_iter().max_by_key(|s| head.bytes().filter(|b| b == s).count())?;
    let mut found = false;
    cells::csv(head, separator, &mut |row, _| {
        found = row.len() >= 3 && are_tickets(row.iter().map(|c| c.text.as_str()));
        false
    });
    found.then_some(separator)
}

/// Whether a JSON file may hold tickets.
pub(super) fn may_hold(text: &str) -> bool {
    let head = text.as_bytes().get(..HEAD).unwrap_or(text.as_bytes());
    HINTS.iter().all(|any| any.iter().any(|w| memchr::memmem::find(head, w.as_bytes()).is_some()))
}

/// Reads an export in CSV.
pub(super) fn read_csv(text: &str) -> Document {
    let mut log = Log::default();
    let Some(separator) = separator(text) else { return log.finish() };
    let mut names: Vec<(String, Option<Role>)> = Vec::new();
    cells::csv(text, separator, &mut |row, span| {
        if names.is_empty() {
            names = row.into_iter().map(|c| (c.text.trim().to_owned(), role(&c.text))).collect();
            return true;
        }
        let fields =
            row.into_iter().zip(&names).filter_map(|(cell, (name, role))| Some(Field { role: (*role)?, label: name.clone(), text: cell }));
        log.ticket(fields.collect(), span);
        true
    });
    log.finish()
}

/// Reads an export in JSON: one value, or one a line.
pub(super) fn read_json(text: &str) -> Document {
    let mut log = Log::default();
    match crate::tree::json(text) {
        Ok(tree) => log.search(text, 0, &tree),
        Err(_) => {
            let mut at = 0;
            for line in text.split_inclusive('\n') {
                if let Ok(tree) = crate::tree::json(line) {
                    log.search(line, at, &tree);
                }
                at += line.len();
            }
        }
    }
    log.finish()
}

struct Field {
    role: Role,
    label: String,
    text: Joined,
}

#[derive(Default)]
struct Log {
    build: Builder,
}

impl Log {
    fn finish(self) -> Document {
        let mut document = self.build.finish();
        document.records = true;
        document
    }

    /// Finds tickets in a tree; it is no deeper than trees may be.
    fn search(&mut self, source: &str, base: usize, tree: &Tree) {
        match &tree.node {
            Node::List(items) => items.iter().for_each(|item| self.search(source, base, item)),
            Node::Map(entries) => {
                let inner = tree.get("fields").map(Tree::entries).unwrap_or_default();
                if are_tickets(entries.iter().chain(inner).map(|e| &*e.key)) {
                    let mut fields = Vec::new();
                    for entry in entries.iter().chain(inner) {
                        if let Some(role) = role(&entry.key) {
                            values(source, &entry.value, role, &entry.key, &mut fields);
                        }
                    }
                    fields.iter_mut().for_each(|f| f.text.shift(base));
                    self.ticket(fields, (base + tree.span.start, base + tree.span.end));
                } else {
                    entries.iter().for_each(|e| self.search(source, base, &e.value));
                }
            }
            _ => {}
        }
    }

    /// One ticket.
    fn ticket(&mut self, fields: Vec<Field>, span: (usize, usize)) {
        let first = |role: Role| fields.iter().find(|f| f.role == role && !f.text.text.trim().is_empty());
        let Some(title) = first(Role::Title) else { return };
        let at = title.text.source(0, title.text.text.len());
        self.build.heading(1, Some(at));
        if let Some(key) = key(&fields) {
            let (from, to) = key.source(0, key.text.len());
            // a bare number would be taken for that of a heading
            if key.text.starts_with(|c: char| c.is_ascii_digit()) {
                self.build.text("ticket ", from, from);
            }
            self.build.text(&key.text, from, to);
            self.build.text(": ", from, from);
        }
        self.build.joined(&title.text);
        self.build.flush();
        let mut row = Joined::default();
        for field in fields.iter().filter(|f| !matches!(f.role, Role::Title | Role::Text | Role::State | Role::Opened)) {
            let text = field.text.text.trim();
            if text.is_empty() {
                continue;
            }
            let from = field.text.source(0, 1).0;
            // whatever its number is called: the ticket is a record of what was done
            row.piece(if field.role == Role::Key { "Ticket" } else { &field.label }, from, from);
            row.piece(": ", from, from);
            row.join(&field.text);
            row.piece("\n", from, from);
        }
        self.build.document.push(Shape::Row, row, span, None);
        for field in fields.iter().filter(|f| f.role == Role::Text).take(TEXTS) {
            self.build.take_over(body(&field.text));
        }
        self.event(&fields, at, span);
    }

    /// The ticket as a fact about people and a time.
    fn event(&mut self, fields: &[Field], at: (usize, usize), span: (usize, usize)) {
        let first = |role: Role| fields.iter().find(|f| f.role == role && !f.text.text.trim().is_empty()).map(|f| &f.text);
        let spot = |text: &Joined| {
            let (from, to) = text.source(0, text.text.len());
            Spot::at(from, to)
        };
        let name = key(fields).or_else(|| first(Role::Title)).map(|t| t.text.trim().to_owned()).unwrap_or_default();
        let mut draft = Draft::new(Kind::Event, name.clone(), name, Spot::at(at.0, at.1));
        for (role, field) in [(Role::Requester, event::REQUESTER), (Role::Approver, event::APPROVER), (Role::Agent, event::AGENT)] {
            if let Some(text) = first(role) {
                draft.fields.say(field, text.text.trim(), &spot(text));
            }
        }
        if let Some(text) = first(Role::Channel) {
            let word = match text.text.trim().to_lowercase().as_str() {
                "email" | "e-mail" | "mail" => Some(channel::EMAIL),
                "phone" | "voice" | "call" => Some(channel::PHONE),
                "chat" | "messaging" | "slack" | "teams" => Some(channel::CHAT),
                "sms" | "text" => Some(channel::SMS),
                "web" | "portal" | "self-service" | "api" => Some(channel::WORKFLOW),
                "walk-in" | "in person" => Some(channel::IN_PERSON_),
                _ => None,
            };
            if let Some(word) = word {
                draft.fields.say(event::CHANNEL, word, &spot(text));
            }
        }
        if let Some((time, text)) = first(Role::Opened).and_then(|t| Some((time(&t.text)?, t))) {
            draft.fields.say(event::AT, time, &spot(text));
        }
        self.build.document.events.push((span, draft));
    }
}

/// What people call a ticket by: a name with letters before the number of its record.
fn key(fields: &[Field]) -> Option<&Joined> {
    let keys = fields.iter().filter(|f| f.role == Role::Key && !f.text.text.trim().is_empty()).map(|f| &f.text);
    keys.min_by_key(|k| k.text.bytes().all(|b| b.is_ascii_digit()))
}

/// The text of a ticket, in whatever marks it was written. Its headings stand below that of the ticket.
fn body(text: &Joined) -> Document {
    let is_html = ["</p>", "<br", "</div>", "</li>"].iter().any(|t| text.text.contains(t));
    let mut document = if is_html { html::read(&text.text) } else { wiki::read_jira(&text.text) };
    document.through(text);
    for block in &mut document.blocks {
        if let Shape::Heading(level) = &mut block.shape {
            *level = (*level).max(2);
        }
    }
    document
}

/// What a value says: itself, the name in it, or the text of each comment in it.
fn values(source: &str, value: &Tree, role: Role, label: &str, out: &mut Vec<Field>) {
    if out.len() > TEXTS {
        return;
    }
    match &value.node {
        Node::Text(_) | Node::Number(_) => out.push(Field { role, label: label.to_owned(), text: cells::json(source, value) }),
        Node::List(items) => items.iter().for_each(|item| values(source, item, role, label, out)),
        Node::Map(_) => {
            // a text in the document format of Atlassian, a comment, or somebody's name
            for key in [
                "comments",
                "content",
                "text",
                "body",
                "plain_body",
                "html_body",
                "displayName",
                "display_value",
                "name",
                "value",
                "channel",
            ] {
                if let Some(inner) = value.get(key).filter(|v| !v.is_null()) {
                    return values(source, inner, role, label, out);
                }
            }
        }
        _ => {}
    }
}

/// A time of the usual forms, by its day at least.
fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Time(at.as_second()));
    }
    crate::fact::day(text.get(..10)?)
}

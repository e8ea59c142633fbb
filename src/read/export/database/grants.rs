//! Grants of MySQL and MariaDB over the whole server: with these an account can take over the others.

use super::sql::WORDS;
use crate::artifact::Spot;
use crate::fact::{Draft, Kind, Word, binding, power, principal_type};
use crate::read::export::record::{Record, segment};
use crate::tree::Tree;

const PRODUCT: &str = "mysql";

/// What a privilege over every database lets its holder do.
const PRIVILEGES: &[(&str, Word)] = &[
    ("ALL", power::ADMIN),
    ("SUPER", power::ADMIN),
    ("SYSTEM_USER", power::ADMIN),
    ("CREATE USER", power::RESET_PASSWORD),
    ("SET_USER_ID", power::IMPERSONATE),
    ("GRANT OPTION", power::GRANT_SELF),
];

pub(super) fn grant(record: &Record<'_>) -> Option<Draft> {
    let words: Vec<&str> = record.tree.get(WORDS).map(Tree::items).unwrap_or_default().iter().filter_map(Tree::text).collect();
    let find = |word: &str| words.iter().position(|w| w.eq_ignore_ascii_case(word));
    let (on, to) = (find("ON")?, find("TO")?);
    let scope = words.get(on + 1..to)?.concat();
    let user = words.get(to + 1)?.trim_matches('@');
    // the host stands after the user, as 'user'@'host'
    let host = words.get(to + 2..)?.iter().map(|w| w.trim_start_matches('@')).find(|w| !w.is_empty()).unwrap_or("%");
    let listed = words.get(1..on)?.join(" ").to_uppercase();
    let can_pass_on =
        words.get(to..)?.windows(2).any(|w| matches!(w, [a, b] if a.eq_ignore_ascii_case("GRANT") && b.eq_ignore_ascii_case("OPTION")));
    let everywhere = scope == "*.*";
    let tables = scope.to_lowercase().starts_with("mysql.");
    if !everywhere && !tables {
        return None;
    }
    let has = |privilege: &str| listed.split(" , ").any(|p| p == privilege || (privilege == "ALL" && p == "ALL PRIVILEGES"));
    let mut powers: Vec<Word> = PRIVILEGES
        .iter()
        .filter(|(p, _)| (everywhere || *p == "ALL") && (has(p) || (*p == "GRANT OPTION" && can_pass_on)))
        .map(|(_, w)| *w)
        .collect();
    // whoever writes the tables of accounts writes their passwords
    if tables && ["UPDATE", "INSERT"].iter().any(|p| has(p)) {
        powers.push(power::RESET_PASSWORD);
    }
    powers.dedup();
    let name = format!("{user}@{host}");
    // the account that a server is made with, reached on the machine itself
    let own =
        user == "root" && matches!(host, "localhost" | "127.0.0.1" | "::1") || user.starts_with("mysql.") || user.starts_with("mariadb.");
    if powers.is_empty() || own {
        return None;
    }
    let spot = Spot::at(record.tree.span.start, record.tree.span.end);
    let mut draft = Draft::new(Kind::Binding, name.clone(), format!("/grants{}{}", segment(&name), segment(&scope)), spot)
        .saying(binding::PRODUCT, PRODUCT)
        .saying(binding::PRINCIPAL, name)
        .saying(binding::PRINCIPAL_TYPE, principal_type::USER)
        .saying(binding::SCOPE, scope)
        .saying(binding::ROLE, listed.split(" , ").collect::<Vec<_>>().join(", "));
    for word in powers {
        draft.say(binding::POWERS, word);
    }
    Some(draft)
}

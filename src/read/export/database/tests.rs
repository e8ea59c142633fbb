use crate::fact::{Kind, Stated, binding, credential, day, principal};
use crate::read::export::tests::{of, read};

#[test]
fn roles_of_a_dump() {
    let text = include_str!("../../../../fixtures/exports/database/roles.sql");
    let drafts = read("roles.sql", text);
    assert_eq!(drafts.kind, Some("postgres.roles"));
    let people: Vec<_> = of(&drafts, Kind::Principal).iter().map(|p| (p.name.clone(), p.fields.flag(principal::PRIVILEGED))).collect();
    assert_eq!(people, [("break-glass".to_owned(), Some(true)), ("crane".to_owned(), Some(true)), ("postgres".to_owned(), Some(true))]);
    let logins = of(&drafts, Kind::Credential);
    assert_eq!(
        logins.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
        ["break-glass", "crane"],
        "the server's own role has no password"
    );
    assert_eq!(logins.get(1).and_then(|c| c.fields.time(credential::EXPIRES)), day("2026-12-31"));
    for mark in &drafts.marks {
        assert_eq!(&text[mark.start..mark.end], mark.value);
    }
    assert_eq!(drafts.marks.len(), 2);
    assert!(logins.first().is_some_and(|c| matches!(c.fields.get(credential::PURPOSE), Some(Stated::Said(_)))));
}

#[test]
fn grants_over_the_whole_server() {
    let drafts = read("grants.txt", include_str!("../../../../fixtures/exports/database/grants.txt"));
    assert_eq!(drafts.kind, Some("mysql.grants"));
    let held = of(&drafts, Kind::Binding);
    assert_eq!(
        held.iter().map(|b| (b.name.as_str(), b.fields.word(binding::POWERS))).collect::<Vec<_>>(),
        [("desk@%", Some("reset_password"))]
    );
}

#[test]
fn pages_and_programs_that_show_such_lines_are_none() {
    for (path, text) in [
        ("page.md", "# Roles\n\nALTER ROLE crane WITH SUPERUSER INHERIT LOGIN CREATEDB;\n"),
        ("page.md", "Then run\nGRANT ALL ON *.* TO 'crane'@'%';\n"),
        ("init.sql", "CREATE DATABASE berths;\nGRANT ALL ON berths.* TO 'crane'@'%';\n"),
        ("roles.sql", "-- nothing here\nSELECT 1;\n"),
        ("empty.sql", "-- PostgreSQL database cluster dump\n"),
    ] {
        assert_eq!(read(path, text).kind, None, "{text}");
    }
    // a dump that ends in the middle of a string is read as far as it goes
    let cut = read("cut.sql", "--\nALTER ROLE crane WITH SUPERUSER INHERIT CREATEDB LOGIN PASSWORD 'SCRAM-SHA-256$40");
    assert_eq!(of(&cut, Kind::Credential).len(), 1);
}

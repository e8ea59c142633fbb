//! One secret in several places that belong to different owners: repositories or folders, or, within one repository, teams that its
//! `CODEOWNERS` file names, or people who committed it. Two files of one team, or of nobody, are not shared; a copy in another's hands is.
//!
//! Secrets are compared by their keyed digests and by nothing else; no order and no output depends on a digest. A key is the same
//! credential wherever its id, its public half or its secret stands.

use super::teams::Teams;
use crate::artifact::Clean;
use crate::fact::{Fact, Facts, Kind, Sealed, Value, Word, context, credential_type, hands, key_use, sharing, sighting};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Places that are quoted for one secret; all of them are counted.
const QUOTED: usize = 50;
/// Lines between a key's id and its secret in one file.
const BESIDE: u32 = 3;

/// A sharing for each credential that stands with two owners or more.
pub(crate) fn derive(facts: &Facts) -> Vec<Sealed> {
    let places: Vec<Place<'_>> = facts.facts.iter().filter_map(Place::of).collect();
    let teams = Teams::of(facts);
    let mut shared: Vec<Sealed> = credentials(&places).iter().filter_map(|places| shared(places, &teams)).collect();
    shared.sort_by(|a, b| (&a.at.place, &a.name, &a.anchor).cmp(&(&b.at.place, &b.name, &b.anchor)));
    shared
}

/// Where a credential stands, or is named.
#[derive(Clone, Copy)]
struct Place<'a> {
    fact: &'a Sealed,
    /// Whether its secret stands there.
    secret: bool,
    /// Whether it counts as a place of its own: what only lends its key to a secret beside it does not.
    counts: bool,
    owner: Option<&'a Clean>,
    context: Option<&'static str>,
    /// The file's digest, else its path.
    file: &'a Clean,
}

impl<'a> Place<'a> {
    fn of(fact: &'a Sealed) -> Option<Self> {
        let fields = &fact.fields;
        let place = |secret, counts, owner, context, file| Self {
            fact,
            secret,
            counts,
            owner: fields.text(owner),
            context: fields.word(context),
            file: fields.text(file).unwrap_or(&fact.at.place.path),
        };
        match fact.kind {
            // a value that many people choose proves nothing when it stands twice
            Kind::Sighting if fields.flag(sighting::WEAK) == Some(true) => None,
            Kind::Sighting => {
                let id = fields.word(sighting::TYPE) == Some(credential_type::ACCESS_KEY_ID.as_str());
                Some(place(!id, true, sighting::OWNER, sighting::CONTEXT, sighting::FILE))
            }
            Kind::KeyUse => {
                let beside = fields.flag(key_use::SECRET) == Some(true);
                Some(place(false, !beside, key_use::OWNER, key_use::CONTEXT, key_use::FILE))
            }
            _ => None,
        }
    }

    /// Fixtures and examples copy each other.
    fn is_test(&self) -> bool {
        self.context == Some(context::TEST.as_str()) || self.fact.fields.flag(sighting::EXAMPLE) == Some(true)
    }

    /// Whether what stands there is in use. An export lists every id, and a text may name one; a secret is at hand wherever it stands.
    fn is_used(&self) -> bool {
        self.counts && (self.secret || [context::CODE, context::CONFIG].iter().any(|c| self.context == Some(c.as_str())))
    }

    /// Whether it stands in the tree, in something that is run: pages are moved, and their examples with them, by many hands.
    fn is_settled(&self) -> bool {
        let fields = &self.fact.fields;
        let past = fields.flag(sighting::IN_HISTORY) == Some(true);
        let sure = self.context == Some(context::CODE.as_str()) && fields.flag(sighting::GUESS) == Some(false);
        !past && (sure || self.context == Some(context::CONFIG.as_str()))
    }

    /// What stands for the credential: equal for equal ones.
    fn names(&self) -> impl Iterator<Item = (bool, &'a Clean)> {
        let fields = &self.fact.fields;
        let digest = if self.secret { fields.text(sighting::DIGEST) } else { None };
        let kind = fields.word(sighting::TYPE);
        // the login before a password is no id of it
        let unique = kind == Some(credential_type::ACCESS_KEY_ID.as_str()) || kind == Some(credential_type::PRIVATE_KEY.as_str());
        let unique = unique || kind == Some(credential_type::ACCESS_KEY.as_str());
        let id = fields.text(sighting::KEY_ID).filter(|_| unique).or_else(|| fields.text(key_use::KEY));
        digest.map(|d| (true, d)).into_iter().chain(id.map(|id| (false, id)))
    }

    /// Whether two neighbours in one file are the halves of one key: id and secret in one notation, or a private key and its own start.
    fn joins(&self, other: &Self) -> bool {
        let (a, b) = (&self.fact.at.place, &other.fact.at.place);
        if a.path != b.path || a.commit != b.commit || self.secret == other.secret {
            return false;
        }
        let vendor = |p: &Self| p.fact.fields.text(sighting::PATTERN).and_then(|p| p.as_str().split_once('.')).map(|(v, _)| v.to_owned());
        match (self.fact.kind, other.fact.kind) {
            (Kind::Sighting, Kind::Sighting) => a.line.abs_diff(b.line) <= BESIDE && vendor(self) == vendor(other),
            _ => a.line == b.line && !(self.counts && other.counts),
        }
    }
}

/// The places of each credential, in order.
fn credentials<'p, 'a>(places: &'p [Place<'a>]) -> Vec<Vec<&'p Place<'a>>> {
    let mut leads: Vec<usize> = (0..places.len()).collect();
    let mut known: BTreeMap<(bool, &Clean), usize> = BTreeMap::new();
    for (i, place) in places.iter().enumerate() {
        for name in place.names() {
            let first = *known.entry(name).or_insert(i);
            join(&mut leads, first, i);
        }
        // facts stand in order of path and bytes
        let before = places.iter().enumerate().take(i).rev().take(BESIDE as usize + 1);
        if let Some((j, _)) = before.into_iter().find(|(_, other)| place.joins(other)) {
            join(&mut leads, j, i);
        }
    }
    let mut groups: BTreeMap<usize, Vec<&Place<'_>>> = BTreeMap::new();
    for (i, place) in places.iter().enumerate() {
        groups.entry(lead(&mut leads, i)).or_default().push(place);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// The first of a group; the way there is made shorter.
fn lead(leads: &mut [usize], mut at: usize) -> usize {
    while let Some(next) = leads.get(at).copied().filter(|next| *next != at) {
        let beyond = leads.get(next).copied().unwrap_or(next);
        if let Some(slot) = leads.get_mut(at) {
            *slot = beyond;
        }
        at = next;
    }
    at
}

fn join(leads: &mut [usize], a: usize, b: usize) {
    let (a, b) = (lead(leads, a), lead(leads, b));
    if let Some(slot) = leads.get_mut(a.max(b)) {
        *slot = a.min(b);
    }
}

type Owners<'a> = BTreeMap<Clean, &'a Sealed>;

fn shared(group: &[&Place<'_>], teams: &Teams<'_>) -> Option<Sealed> {
    let secrets: Vec<&Place<'_>> = group.iter().copied().filter(|p| p.secret).collect();
    if let Some((by, owners)) = apart(&secrets, teams) {
        return fact(&secrets, by, owners, true);
    }
    let used: Vec<&Place<'_>> = group.iter().copied().filter(|p| p.is_used()).collect();
    // who wrote the id of a key somewhere need not have the key
    let (by, owners) = apart(&used, teams).filter(|(by, _)| *by != hands::AUTHORS)?;
    fact(&used, by, owners, false)
}

/// The owners of some places, if two of these are in different hands.
fn apart<'a>(places: &[&Place<'a>], teams: &Teams<'_>) -> Option<(Word, Owners<'a>)> {
    // fixtures copy each other
    if places.iter().all(|p| p.is_test()) {
        return None;
    }
    let mut owners = Owners::new();
    for place in places {
        if let Some(owner) = place.owner {
            owners.entry(owner.clone()).or_insert(place.fact);
        }
    }
    if owners.len() >= 2 {
        return Some((hands::REPOSITORIES, owners));
    }
    let real: Vec<&Place<'a>> = places.iter().copied().filter(|p| !p.is_test()).take(QUOTED).collect();
    let team = |p: &Place<'_>| p.owner.map(|home| teams.of_path(home, p.fact.at.place.path.as_str())).unwrap_or_default();
    if let Some(owners) = disjoint(&real, team) {
        return Some((hands::TEAMS, owners));
    }
    // copies of one file are one place, and who copied it shared nothing
    let mut files = BTreeSet::new();
    let mut own: Vec<&Place<'a>> = real.into_iter().filter(|p| p.is_settled()).collect();
    own.retain(|p| files.insert(p.file));
    let paths: BTreeSet<&Clean> = own.iter().map(|p| &p.fact.at.place.path).collect();
    let author = |p: &Place<'_>| p.fact.fields.text(sighting::AUTHOR).cloned().into_iter().collect();
    if paths.len() < 2 { None } else { disjoint(&own, author).map(|owners| (hands::AUTHORS, owners)) }
}

/// The hands that places are in, if two of these places have none in common.
fn disjoint<'a>(places: &[&Place<'a>], hands: impl Fn(&Place<'_>) -> BTreeSet<Clean>) -> Option<Owners<'a>> {
    let held: Vec<(BTreeSet<Clean>, &Sealed)> = places.iter().map(|p| (hands(p), p.fact)).filter(|(h, _)| !h.is_empty()).collect();
    held.iter().any(|(a, _)| held.iter().any(|(b, _)| a.is_disjoint(b))).then(|| {
        let mut owners = Owners::new();
        for (hands, fact) in held {
            for hand in hands {
                owners.entry(hand).or_insert(fact);
            }
        }
        owners
    })
}

fn fact(places: &[&Place<'_>], by: Word, owners: Owners<'_>, secret: bool) -> Option<Sealed> {
    let facts = || places.iter().map(|p| p.fact);
    // `REPORT_DB_PASSWORD` says more than `password`
    let name = facts().map(|f| &f.name).max_by_key(|n| (!n.as_str().contains(' '), n.as_str().len(), Reverse(*n)));
    let first = facts().next()?;
    let at = first.at.clone();
    let mut fact = Fact::new(Kind::Sharing, name?.clone(), first.anchor.clone(), at.clone());
    let real = places.iter().find(|p| !p.is_test());
    if let Some((Value::Word(word), at)) = real.and_then(|p| p.fact.fields.values(sighting::TYPE).next().map(|v| (v, &p.fact.at))) {
        fact.fields.tell(sharing::TYPE, Value::Word(*word), at);
    }
    fact.fields.tell(sharing::BY, Value::Word(by), &at);
    fact.fields.tell(sharing::SECRET, Value::Flag(secret), &at);
    for (owner, place) in owners.into_iter().take(QUOTED) {
        fact.fields.tell(sharing::OWNERS, Value::Text(owner), &place.at);
    }
    let mut contexts: BTreeSet<&str> = BTreeSet::new();
    let (mut files, mut counted) = (BTreeSet::new(), BTreeSet::new());
    for place in places {
        let path = &place.fact.at.place.path;
        counted.insert((place.owner, place.file));
        if files.len() < QUOTED && files.insert(path) {
            fact.fields.tell(sharing::WHERE, Value::Text(path.clone()), &place.fact.at);
        }
        if let Some(word) = place.context.filter(|c| contexts.insert(c)).and_then(Word::named) {
            fact.fields.tell(sharing::CONTEXTS, Value::Word(word), &place.fact.at);
        }
    }
    fact.fields.tell(sharing::PLACES, Value::Number(counted.len() as i64), &at);
    // the public half of a key has no type of secret
    fact.fields.could_say(&[sharing::TYPE]);
    Some(fact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::Artifact;
    use crate::read::{Knowledge, read};

    fn facts(files: &[(&str, &str)]) -> Facts {
        let knowing = Knowledge::new(&[crate::rules()], [3; 32]);
        let mut facts = Facts::default();
        for (path, text) in files {
            facts.facts.extend(read(&Artifact::given(*path, *text), &knowing).facts);
        }
        facts.sort();
        facts
    }

    #[test]
    fn two_owners_share_and_one_does_not() {
        let env = "REPORT_DB_PASSWORD=Zk7#qLw29vTr\n";
        let shared = derive(&facts(&[
            ("repos/a/config/p.env", env),
            ("repos/b/worker.yaml", "password: \"Zk7#qLw29vTr\"\n"),
            ("books/x.md", "Password: Zk7#qLw29vTr\n"),
        ]));
        assert_eq!(shared.len(), 1);
        let fact = shared.first().expect("one");
        assert_eq!(fact.fields.texts(sharing::OWNERS).count(), 3);
        assert_eq!(fact.at.place.path.as_str(), "books/x.md");
        assert!(derive(&facts(&[("repos/a/p.env", env), ("repos/a/q.env", env)])).is_empty());
        assert!(derive(&facts(&[("repos/a/tests/p.env", env), ("repos/b/tests/q.env", env)])).is_empty());
        let weak = "ADMIN_PASSWORD=admin123\n";
        assert!(derive(&facts(&[("repos/a/p.env", weak), ("repos/b/q.env", weak)])).is_empty());
    }

    /// What is shared in one repository: places, owners, and whether the secret itself is.
    fn within(owners: &str, files: &[(&str, &str)]) -> Option<(i64, String, bool)> {
        let knowing = Knowledge::new(&[crate::rules()], [3; 32]);
        let mut all = Facts::default();
        for (path, text) in [(".github/CODEOWNERS", owners)].iter().chain(files) {
            let artifact = Artifact { home: "one".into(), ..Artifact::given(*path, *text) };
            all.facts.extend(read(&artifact, &knowing).facts);
        }
        all.sort();
        said(&derive(&all))
    }

    fn said(found: &[Sealed]) -> Option<(i64, String, bool)> {
        assert!(found.len() <= 1, "one credential, one finding");
        let fields = &found.first()?.fields;
        let places = fields.number(sharing::PLACES);
        let owners: Vec<String> = fields.texts(sharing::OWNERS).map(ToString::to_string).collect();
        Some((places?, owners.join(" "), fields.flag(sharing::SECRET)?))
    }

    const ENV: &str = "REPORT_DB_PASSWORD=Zk7#qLw29vTr\n";

    #[test]
    fn teams_of_one_repository() {
        let owners = "* @acme/core # everything\n/shop/ @acme/shop\ndock/*.env @acme/dock @acme/ops\n";
        let shared = |a: &str, b: &str| within(owners, &[(a, ENV), (b, "# the same\nREPORT_DB_PASSWORD=Zk7#qLw29vTr\n")]).map(|s| s.1);
        assert_eq!(shared("shop/conf/a.env", "dock/b.env").as_deref(), Some("@acme/dock @acme/ops @acme/shop"));
        assert_eq!(shared("shop/a.env", "b.env").as_deref(), Some("@acme/core @acme/shop"));
        // one team, and a folder below the pattern's
        assert_eq!(shared("shop/a.env", "shop/deep/b.env"), None);
        assert_eq!(shared("dock/deep/a.env", "b.env"), None);
    }

    #[test]
    fn sections_add_their_owners() {
        let owners = "* @acme/core\n[Shop] @acme/shop\nshop/\n^[Review][2] @acme/review\n*.env\n!dock/\n[shop]\nmall/ @acme/mall\n";
        let shared = |a: &str, b: &str| within(owners, &[(a, ENV), (b, ENV)]).map(|s| s.1);
        // the core team answers for all, so nothing is in other hands
        assert_eq!(shared("shop/a.env", "dock/b.env"), None);
        let owners = owners.replace("* @acme/core\n", "");
        let shared = |a: &str, b: &str| within(&owners, &[(a, ENV), (b, ENV)]).map(|s| s.1);
        assert_eq!(shared("shop/a.env", "mall/b.env"), None, "both are reviewed by one team");
        assert_eq!(shared("shop/a.conf", "mall/b.conf").as_deref(), Some("@acme/mall @acme/shop"));
        assert_eq!(shared("shop/a.conf", "dock/b.env"), None, "the dock is nobody's");
    }

    #[test]
    fn copies_of_one_file_are_one_place() {
        let other = "# the dock's\nREPORT_DB_PASSWORD=Zk7#qLw29vTr\n";
        let files = [("repos/a/p.env", ENV), ("repos/a/old/p.env", ENV), ("repos/b/q.env", other)];
        assert_eq!(said(&derive(&facts(&files))), Some((2, "repos/a repos/b".to_owned(), true)));
    }

    #[test]
    fn a_key_is_one_credential_with_and_without_its_secret() {
        let id = "AWS_ACCESS_KEY_ID=AKIAXR4EGBZWDBXB2K2C\n";
        let pair = format!("{id}AWS_SECRET_ACCESS_KEY=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\n");
        let over = |files: &[(&str, &str)]| said(&derive(&facts(files)));
        let both = Some((2, "repos/a repos/b".to_owned(), true));
        assert_eq!(over(&[("repos/a/p.env", &pair), ("repos/b/q.env", &format!("# b\n{pair}"))]), both);
        let named = Some((2, "repos/a repos/b".to_owned(), false));
        assert_eq!(over(&[("repos/a/p.env", &pair), ("repos/b/q.env", id)]), named);
        assert_eq!(over(&[("repos/a/p.env", id), ("repos/b/q.env", id)]), named);
        // a page or an export that names a key does not use it
        assert_eq!(over(&[("repos/a/p.env", &pair), ("books/b/q.md", "The key is AKIAXR4EGBZWDBXB2K2C.\n")]), None);
        let key = "4f1c0a9be27d53686a1f0b9c8d7e6f5a4b3c2d1e";
        let account = format!("{{\"private_key_id\": \"{key}\", \"client_email\": \"ci@x.iam.gserviceaccount.com\"}}\n");
        let named_in = format!("private_key_id = \"{key}\"\n");
        assert_eq!(over(&[("repos/a/sa.json", &account), ("repos/b/vars.tf", &named_in)]), named);
    }

    #[test]
    fn both_halves_of_a_key_pair() {
        let public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICQuYaMa25fV+7551uw6cP1ULx/nY1ZsRHVyxa8XclFC";
        let secret = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\nQyNTUxOQAAACAkLmGjGtuX1fu+edbsOnD9VC8f52NWbER1csWvF3JRQgAAAJAVz4xGFc+M\nRgAAAAtzc2gtZWQyNTUxOQAAACAkLmGjGtuX1fu+edbsOnD9VC8f52NWbER1csWvF3JRQg\nAAAEAy0zHcau5VK9xiWZTrcc/mwxppgHEeSL9J8TF64AReHiQuYaMa25fV+7551uw6cP1U\nLx/nY1ZsRHVyxa8XclFCAAAAB2NpQGFjbWUBAgMEBQY=\n-----END OPENSSH PRIVATE KEY-----\n";
        let over = |files: &[(&str, &str)]| said(&derive(&facts(files)));
        let line = format!("{public} ci\n");
        assert_eq!(over(&[("repos/a/id", secret), ("repos/b/authorized_keys", &line)]), Some((2, "repos/a repos/b".to_owned(), false)));
        assert_eq!(over(&[("repos/a/id", secret), ("repos/a/id.pub", &line)]), None);
        let two = [("repos/a/id", secret), ("repos/b/id", secret), ("repos/b/id.pub", line.as_str())];
        assert_eq!(over(&two), Some((2, "repos/a repos/b".to_owned(), true)));
    }

    #[test]
    fn authors_stand_in_for_owners() {
        let by = |author: &[&str], second: &str| {
            let mut all = facts(&[("ops/a/p.env", ENV), ("ops/a/q.env", second)]);
            for (fact, author) in all.facts.iter_mut().filter(|f| f.kind == Kind::Sighting).zip(author) {
                let at = fact.at.clone();
                fact.fields.tell(sighting::AUTHOR, Value::Text(Clean::ours(author)), &at);
            }
            said(&derive(&all)).map(|s| s.1)
        };
        let other = "# another file\nREPORT_DB_PASSWORD=Zk7#qLw29vTr\n";
        assert_eq!(by(&["Jon", "Mara"], other).as_deref(), Some("Jon Mara"));
        assert_eq!(by(&["Mara", "Mara"], other), None);
        assert_eq!(by(&["Jon", "Mara"], ENV), None, "a copy");
    }
}

//! Words of sentences that promise something, by class.

use super::decode::Decoder;
use crate::tree::Tree;
use serde::{Deserialize, Serialize};

/// Words of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseEntry {
    /// The class: one bit of those in [`class`].
    pub class: u128,
    /// Whole words, lower case.
    pub words: Vec<String>,
    /// Beginnings of words.
    pub stems: Vec<String>,
    /// Several words.
    pub phrases: Vec<String>,
}

macro_rules! classes {
    ($($name:ident $word:literal)*) => {
        #[repr(u8)]
        #[derive(Clone, Copy)]
        #[allow(clippy::upper_case_acronyms, non_camel_case_types)]
        enum Position { $($name),* }

        /// The classes of words that a promise is read by, a bit each; `rules/lexicon/promises.yaml` says what they hold.
        #[allow(missing_docs)]
        pub mod class {
            use super::Position;
            $(pub const $name: u128 = 1 << Position::$name as u8;)*
        }

        const NAMES: &[&str] = &[$($word),*];
    };
}

classes! {
    OPEN "open"
    ALLOWS "allows"
    TURNED "turned"
    BARRED "barred"
    NEVER "never"
    WITHOUT "without"
    ONE_MORE "one_more"
    EMERGENCY "emergency"
    ACCOUNT_USE "account_use"
    CONTACT "contact"
    GONE "gone"
    SHUT "shut"
    SHUT_THING "shut_thing"
    STAYS "stays"
    WAITS "waits"
    WHEN "when"
    AGREE "agree"
    OWN "own"
    ANOTHER "another"
    THAN_WHOM "than_whom"
    OTHER_THAN "other_than"
    NEVER_BY "never_by"
    FACTOR "factor"
    EVERYBODY "everybody"
    DEMANDED "demanded"
    OLDEST "oldest"
    AT_MOST "at_most"
    RENEWED "renewed"
    SECRET "secret"
    BOUNDED "bounded"
    LONGER "longer"
    ACCESS "access"
    RECORDED "recorded"
    WHOLE "whole"
    FAILED "failed"
    ROOT "root"
    ROOT_THING "root_thing"
    SIGNS "signs"
    ONLY "only"
    HANDS "hands"
    OPENLY "openly"
    HANDED "handed"
    SEALED "sealed"
    COVERS_ADMINS "covers_admins"
    LIMITED "limited"
    LIMITED_THING "limited_thing"
    LIVES "lives"
    SHORT_LIVED "short_lived"
    LINK "link"
    WORKS "works"
    PASSWORD "password"
    SHARE "share"
    ROOT_OWNER "root_owner"
    ROOT_KEY "root_key"
    IS_ON "is_on"
    UNDONE "undone"
    CONDITION "condition"
    SHUT_OFF "shut_off"
    BANNED "banned"
    PAGE "page"
    NOTICE "notice"
    AGENT "agent"
    STANDING "standing"
    EXCEPTED "excepted"
    STRONG "strong"
    NOTHING_ELSE "nothing_else"
    ONCE "once"
    EXPIRES "expires"
    POINTS_BACK "points_back"
    RIGHT "right"
    WHEN_CHANGED "when_changed"
    SIGNS_IN "signs_in"
    CHANGES "changes"
    DEPLOYS "deploys"
    EVERYBODY_ALONE "everybody_alone"
    PEOPLE "people"
    ADMINISTRATORS "administrators"
    BETWEEN "between"
    ELSEWHERE "elsewhere"
    EVERY_ROLE "every_role"
    DESK "desk"
    SMS "sms"
    QUESTION "question"
    CALL "call"
    FACTOR_PLACE "factor_place"
    UNBOUND "unbound"
    READS "reads"
    WHOLE_ROLE "whole_role"
    CHANGING_ROLE "changing_role"
    DAY "day"
    SOFT "soft"
    WITH "with"
    ASKED "asked"
    RESETS "resets"
    LOOSE "loose"
    EMERGENCY_PAGE "emergency_page"
    APP_CODE "app_code"
    PUSHED "pushed"
    CUSTOMERS "customers"
    GROUP_WORD "group_word"
    ROLL_BACK "roll_back"
    EVERY_RIGHT "every_right"
    STORE_LAYER "store_layer"
    PROGRAM "program"
    SOMETHING "something"
    EMPLOYER "employer"
    SECRET_STORE "secret_store"
}

pub(super) fn entry(d: &mut Decoder<'_>, tree: &Tree) -> Option<PromiseEntry> {
    let mut k = d.map(tree, "a class of words")?;
    let bit = |w: &str| NAMES.iter().position(|n| *n == w).map(|n| 1 << n);
    let class = k.need(d, "class").and_then(|t| d.one_of(t, "class", bit, NAMES));
    let mut texts = |key| k.take(key).map(|t| d.texts_of(t, key)).unwrap_or_default();
    let (words, stems, phrases) = (texts("words"), texts("stems"), texts("phrases"));
    k.finish(d);
    Some(PromiseEntry { class: class?, words, stems, phrases })
}

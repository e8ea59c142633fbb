//! The kinds of fact and their fields, declared once.
//!
//! A rule that names a field or a word which is not here is refused when it is loaded. Adding a field is one line.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name of a field. Made only by the declarations below, so a reader cannot misspell one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field(&'static str);

impl Field {
    /// The name.
    pub fn name(self) -> &'static str {
        self.0
    }
}

/// A word of a closed vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word(&'static str);

impl Word {
    /// The word that a text names, in any vocabulary.
    pub fn named(text: &str) -> Option<Self> {
        records().flat_map(|r| r.fields).find_map(|f| match f.ty {
            Ty::Word(words) => words.iter().find(|w| **w == text).map(|w| Self(w)),
            _ => None,
        })
    }

    /// The word itself.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Ty {
    /// Yes or no.
    Flag,
    /// A count or level.
    Number,
    /// Free text; several claims make a set.
    Text,
    /// A word of a closed vocabulary; several claims make a set.
    Word(&'static [&'static str]),
    /// A point in time, or never.
    Time,
    /// A length of time, or never.
    Duration,
    /// Records.
    List(&'static RecordSpec),
    /// Not stated by any source: the facts of another kind that belong to this one, found by the engine.
    Related(Kind),
}

/// A field: name, meaning, and what a finding calls it when it is missing.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    /// The name in rules and facts files.
    pub field: Field,
    /// What it holds.
    pub ty: Ty,
    /// What is missing when it is not said ("record of the act").
    pub label: &'static str,
}

/// A record: a kind of fact, or an item of a list.
#[derive(Debug)]
pub struct RecordSpec {
    /// The name in rules and facts files.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its fields.
    pub fields: &'static [FieldSpec],
}

impl RecordSpec {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|f| f.field.0 == name)
    }
}

macro_rules! ty {
    (flag) => {
        Ty::Flag
    };
    (number) => {
        Ty::Number
    };
    (text) => {
        Ty::Text
    };
    (time) => {
        Ty::Time
    };
    (duration) => {
        Ty::Duration
    };
    (word $words:ident) => {
        Ty::Word(super::$words)
    };
    (list $module:ident) => {
        Ty::List(&super::$module::SPEC)
    };
    (related $kind:ident) => {
        Ty::Related(Kind::$kind)
    };
}

macro_rules! records {
    ($( #[doc = $doc:literal] $module:ident { $( $constant:ident $name:literal ($($ty:tt)+) $label:literal; )* } )*) => {
        $(
            #[doc = $doc]
            pub mod $module {
                #[allow(unused_imports)]
                use super::*;
                $( #[doc = $label] pub const $constant: Field = Field($name); )*
                /// The fields.
                pub static SPEC: RecordSpec = RecordSpec {
                    name: stringify!($module),
                    doc: $doc,
                    fields: &[ $( FieldSpec { field: $constant, ty: ty!($($ty)+), label: $label } ),* ],
                };
            }
        )*
        /// Every record, of facts and of lists.
        pub fn records() -> impl Iterator<Item = &'static RecordSpec> {
            [ $( &$module::SPEC ),* ].into_iter()
        }
    };
}

macro_rules! vocabulary {
    ($( #[doc = $doc:literal] $constant:ident in $module:ident { $( $word:ident = $text:literal ),* $(,)? } )*) => {
        $(
            #[doc = $doc]
            pub static $constant: &[&str] = &[ $( $text ),* ];
            #[doc = $doc]
            #[allow(missing_docs)]
            pub mod $module {
                use super::Word;
                $( pub const $word: Word = Word($text); )*
            }
        )*
    };
}

vocabulary! {
    /// What a procedure or a recovery does.
    ACTS in act {
        PASSWORD_RESET = "password_reset", MFA_RESET = "mfa_reset", UNLOCK = "unlock", ACCOUNT_RECOVERY = "account_recovery",
        BREAK_GLASS = "break_glass", PRIVILEGED_GRANT = "privileged_grant", CREDENTIAL_ISSUE = "credential_issue",
        ROTATION = "rotation", SECRET_HANDOUT = "secret_handout", ROOT_CEREMONY = "root_ceremony",
        OFFBOARDING = "offboarding", VENDOR_ACCESS = "vendor_access",
    }
    /// Whom a procedure or a setting is for.
    POPULATIONS in population {
        USER = "user", PRIVILEGED = "privileged", SERVICE = "service", THIRD_PARTY = "third_party", CUSTOMER = "customer",
    }
    /// Who acts.
    ACTORS in actor {
        SELF = "self", FIRST_LINE = "first_line", SECOND_LINE = "second_line", MANAGER = "manager", ADMIN = "admin",
        SECURITY = "security", OWNER = "owner", VENDOR = "vendor", ANYONE = "anyone", PEER = "peer",
    }
    /// What one clause of a text does.
    DEEDS in deed {
        VERIFY = "verify", APPROVE = "approve", RESET = "reset", SEND = "send", SHARE = "share", RECORD = "record",
        REVOKE = "revoke", NOTIFY = "notify", EXPIRE = "expire", REVIEW = "review", DISABLE = "disable", USE = "use",
        STORE = "store", GRANT = "grant", OVERRIDE = "override",
    }
    /// What proves an identity, for better or worse.
    PROOFS in proof {
        KNOWLEDGE_QUESTION = "knowledge_question", DATE_OF_BIRTH = "date_of_birth", LAST_4_SSN = "last_4_ssn",
        EMPLOYEE_NUMBER = "employee_number", PERSONAL_DATA = "personal_data", CALLER_ID = "caller_id",
        KNOWN_VOICE = "known_voice", MANAGER_VOUCH = "manager_vouch", SMS_CODE = "sms_code", EMAIL_CODE = "email_code",
        PHONE_CALL = "phone_call", CHAT = "chat_message", PERSONAL_EMAIL = "personal_email", PASSWORD = "password",
        PASSKEY = "passkey", SECURITY_KEY = "security_key", U2F_KEY = "u2f_key", TOTP = "totp", PUSH = "push", ID_DOCUMENT = "id_document",
        CALLBACK_KNOWN_NUMBER = "callback_known_number", IN_PERSON = "in_person", VIDEO_CALL = "video_call",
        RECOVERY_CODE = "recovery_code", CERTIFICATE = "certificate", PROOFING = "identity_proofing", ANY_FACTOR = "second_factor",
    }
    /// Where words or secrets travel.
    CHANNELS in channel {
        EMAIL = "email", CHAT = "chat", SMS = "sms", PHONE = "phone", VERBAL = "verbal", PAPER = "paper", DOCUMENT = "shared_document",
        TICKET = "ticket", WORKFLOW = "workflow", PULL_REQUEST = "pull_request", VAULT = "vault", IN_PERSON_ = "in_person_handover",
        ONE_TIME_LINK = "one_time_link", ENCRYPTED = "encrypted",
    }
    /// What a clause is about.
    OBJECTS in object {
        SECRET = "secret", PASSWORD = "password", TEMPORARY_PASSWORD = "temporary_password", TOKEN = "token", KEY = "key",
        CODE = "code", ACCOUNT = "account", ACCESS = "access", FACTOR = "factor", SESSION = "session", REQUEST = "request",
        SHARED_ACCOUNT = "shared_account", SHARED_PASSWORD = "shared_password",
    }
    /// What a clause says outright that is a weakness by itself.
    SAYINGS in saying {
        NO_CHECK = "no_check", FACTOR_OFF = "factor_off", RANK_EXEMPT = "rank_exempt", WORD_ENOUGH = "word_enough",
        ONE_PERSON = "one_person", OWN_REQUEST = "own_request", TIER_OVER = "tier_over", NO_RECORD = "no_record",
        SESSIONS_STAY = "sessions_stay", KEPT_SILENT = "kept_silent", NO_END = "no_end", ROUTINE_EMERGENCY = "routine_emergency",
        ONE_KEEPER = "one_keeper", NO_ALARM = "no_alarm", NO_REVIEW = "no_review", NEVER_CHANGED = "never_changed",
        ONE_FOR_ALL = "one_for_all", KEPT_FOR_ALL = "kept_for_all", OPENLY_KEPT = "openly_kept", STANDING_ADMIN = "standing_admin", NO_OWNER = "no_owner",
        LEFT_ENABLED = "left_enabled", REACHES_ALL = "reaches_all", RECOVERS_EACH_OTHER = "recovers_each_other",
    }
    /// What a text promises that an export can refute.
    PROMISES in promise {
        APPROVALS = "approvals", NOT_OWN = "not_own", SECOND_FACTOR = "second_factor", ROTATION = "rotation", ENDS = "ends",
        RECORDED = "recorded", ROOT_UNUSED = "root_unused", EMERGENCY = "emergency", LEFT = "left", HANDOUT = "handout",
        LINK_LIFE = "link_life", LENGTH = "length", ABSENT = "absent", FORBIDDEN = "forbidden", LIMITED = "limited",
        ROLLBACK = "rollback", SHARES = "shares", COVERS_ADMINS = "covers_admins", NOTICE = "notice", STANDING = "standing",
        STRONG_ONLY = "strong_only", ONCE = "once", EXPIRES = "expires", SIGNS_IN = "signs_in", RESET_FACTOR = "reset_factor",
        LOOSE = "loose",
    }
    /// What sort of principal.
    PRINCIPAL_TYPES in principal_type {
        USER = "user", SERVICE = "service", GROUP = "group", ROLE = "role", ROOT = "root", GUEST = "guest",
    }
    /// What a principal or credential is for.
    PURPOSES in purpose {
        PERSON = "person", AUTOMATION = "automation", BREAK_GLASS = "break_glass", SHARED = "shared",
    }
    /// What sort of credential or secret.
    CREDENTIAL_TYPES in credential_type {
        PASSWORD = "password", ACCESS_KEY = "access_key", ACCESS_KEY_ID = "access_key_id", API_TOKEN = "api_token",
        CLIENT_SECRET = "client_secret", PRIVATE_KEY = "private_key", SIGNING_KEY = "signing_key", CERTIFICATE = "certificate",
        WEBHOOK_URL = "webhook_url", CONNECTION_STRING = "connection_string", SESSION_TOKEN = "session_token",
        RECOVERY_SEED = "recovery_seed", PASSWORD_HASH = "password_hash",
    }
    /// Whether a credential works.
    STATUSES in status { ACTIVE = "active", INACTIVE = "inactive", EXPIRED = "expired" }
    /// How long a kind of secret lives by nature.
    LIVES in life { LONG = "long", SHORT = "short", UNKNOWN = "unknown" }
    /// What a grant lets its holder do, whoever the vendor.
    POWERS in power {
        RESET_PASSWORD = "reset_password", REPLACE_FACTOR = "replace_factor", MINT_CREDENTIAL = "mint_credential",
        READ_SECRET = "read_secret", WRITE_SECRET = "write_secret", GRANT_SELF = "grant_self", IMPERSONATE = "impersonate",
        DISABLE_AUDIT = "disable_audit", APPROVE_OWN = "approve_own", SKIP_APPROVAL = "skip_approval", ADMIN = "admin",
        TAKE_OVER = "take_over", EDIT_TAGS = "edit_tags", ROLL_BACK = "roll_back", RECOVER_ROOT = "recover_root",
    }
    /// What sort of resource.
    RESOURCE_TYPES in resource_type { SECRET_VAULT = "secret_vault", SECRET = "secret", KEY = "key", REPOSITORY = "repository" }
    /// How access to a resource is decided.
    MODES in mode { ACCESS_POLICY = "access_policy", ROLE_BASED = "role_based" }
    /// What stands between a permission and its use. What nobody knows how to read is not here: it leaves the field mute.
    GUARDS in guard {
        OPEN = "open", IF_PRESENT = "mfa_if_present", SOURCE = "source", OWN_TAG = "tag_it_can_set", TAG = "tag", MFA = "mfa",
    }
    /// Who is trusted to take on a role, or let at a resource.
    TRUSTED in trusted {
        ANYONE = "anyone", ACCOUNT = "account", PRINCIPAL = "principal", SERVICE = "service", FEDERATED = "federated",
    }
    /// Whether a statement allows or denies.
    EFFECTS in effect { ALLOW = "allow", DENY = "deny" }
    /// Where a secret was seen.
    CONTEXTS in context { CODE = "code", CONFIG = "config", PROSE = "prose", EXPORT = "export", TEST = "test" }
    /// What tells the owners of a secret apart.
    HANDS in hands { REPOSITORIES = "repositories", TEAMS = "teams", AUTHORS = "authors" }
    /// How something is let pass.
    EXEMPTIONS in exemption_form {
        COMMENT = "comment", WAIVER = "waiver", EXCLUSION = "exclusion", SETTING = "setting", BASELINE = "baseline",
    }
    /// The answer of the assurance graph.
    VERDICTS in verdict {
        COMPLIANT = "compliant", NONCOMPLIANT = "noncompliant", CONDITIONAL = "conditional",
        INDETERMINATE = "indeterminate", CANNOT_DECIDE = "cannot_decide",
    }
    /// Facts of which an export shows all there are.
    SHOWN in shown {
        PRINCIPALS = "principals", CREDENTIALS = "credentials", ROLES = "roles", BINDINGS = "bindings", RESOURCES = "resources",
        SETTINGS = "settings", ACCESS_RULES = "access_rules", SIGN_INS = "sign_ins", RECOVERIES = "recoveries",
    }
}

records! {
    /// Somebody or something that signs in or holds rights.
    principal {
        TYPE "type" (word PRINCIPAL_TYPES) "type of principal";
        PRODUCT "product" (text) "product";
        TENANT "tenant" (text) "tenant";
        PURPOSE "purpose" (word PURPOSES) "purpose";
        PRIVILEGED "privileged" (flag) "whether it is privileged";
        ENABLED "enabled" (flag) "whether it is enabled";
        PASSWORD_ENABLED "password_enabled" (flag) "console password";
        MFA "mfa" (flag) "second factor";
        CREATED "created" (time) "creation time";
        PASSWORD_CHANGED "password_changed" (time) "time of the last password change";
        LAST_USED "last_used" (time) "last use";
        OWNER "owner" (text) "named owner";
        ACTIVE_KEYS "active_keys" (number) "active access keys";
        NEWEST_KEY "newest_key" (time) "time of the newest active access key";
        INITIAL_KEY "initial_key" (flag) "whether a key is the one it was created with";
        TWO_KEYS_UNTIL "two_keys_until" (time) "end of the second-last secret";
        INITIAL_PASSWORD "initial_password" (flag) "whether the password is the one it was created with";
        PASSWORD_KEPT "password_kept" (flag) "password that never expires";
        PASSWORD_OPTIONAL "password_optional" (flag) "whether an empty password is allowed";
        REVERSIBLE "reversible" (flag) "storage of the password in clear";
        SERVES "serves" (flag) "whether a service runs under it";
        SIGNS_TICKETS "signs_tickets" (flag) "whether it signs the tickets of the domain";
        BYPASSES "bypasses" (flag) "second factor that is switched off";
        PRINCIPAL_ID "principal_id" (text) "identifier";
        SYNCED "synced" (flag) "whether another directory masters it";
        PROTECTED "protected" (flag) "protection from lesser administrators";
        RESETS_ITSELF "resets_itself" (flag) "registration for self-service reset";
        RESISTANT "resistant" (flag) "factor that resists phishing";
        MONITORED "monitored" (flag) "alarm on use";
        REVIEWED "reviewed" (flag) "review after use";
        CREDENTIALS "credentials" (related Credential) "credentials";
        GRANTS "grants" (related Grant) "grants";
        BINDINGS "bindings" (related Binding) "role assignments";
        TRUSTS "trusts" (list trust) "who may take it on";
        EXPOSED "exposed" (flag) "whether an analyzer finds it open to others";
        SESSION "session" (duration) "longest session";
        APP_ID "app_id" (text) "identifier of the application";
        RIGHTS "rights" (text) "application permissions";
        MAIL "mail" (text) "domain of the mailbox";
        RECOVERY_MAIL "recovery_mail" (text) "domain of the mailbox that recovery mails go to";
    }
    /// Who may take on a role or reach a resource, and what that is bound to.
    trust {
        WHO "who" (text) "who is trusted";
        SORT "sort" (word TRUSTED) "what sort of principal is trusted";
        OWN "own" (flag) "whether it is of the same account";
        MFA "mfa" (flag) "condition on a second factor";
        EXTERNAL_ID "external_id" (flag) "condition on an external id";
        SOURCE "source" (flag) "condition on the source";
        SUBJECTS "subjects" (text) "subjects of the tokens that are accepted";
        BROAD "broad" (flag) "whether tokens of others are accepted";
        ACTIONS "actions" (text) "actions";
    }
    /// A principal that belongs to a group.
    membership {
        MEMBER "member" (text) "member";
        GROUP "group" (text) "group";
        TENANT "tenant" (text) "tenant";
    }
    /// A key, password or certificate that an export lists. It is named, never held.
    credential {
        TYPE "type" (word CREDENTIAL_TYPES) "type of credential";
        HOLDER "holder" (text) "holder";
        TENANT "tenant" (text) "tenant";
        KEY_ID "key_id" (text) "public identifier";
        STATUS "status" (word STATUSES) "status";
        CREATED "created" (time) "creation time";
        ROTATED "rotated" (time) "last rotation";
        LAST_USED "last_used" (time) "last use";
        RECOVERED_BY "recovered_by" (text) "the account that sets its secret anew";
        NEVER_USED "never_used" (flag) "use";
        EXPIRES "expires" (time) "expiry";
        OWNER "owner" (text) "named owner";
        PRIVILEGED "privileged" (flag) "whether it is privileged";
        TEMPORARY "temporary" (flag) "forced change at first use";
        LIFETIME "lifetime" (duration) "time from start to end";
        EXPORT "export" (text) "export that shows it";
        PLAIN "plain" (flag) "whether its value stands in the export";
        PRODUCT "product" (text) "product";
        PURPOSE "purpose" (word PURPOSES) "purpose";
        SCOPES "scopes" (text) "what it may be used for";
        WRITES "writes" (flag) "whether it may write";
        LIMITED "limited" (flag) "limit on its use";
    }
    /// A factor that somebody has bound, or a population may bind.
    authenticator {
        HOLDER "holder" (text) "holder";
        TENANT "tenant" (text) "tenant";
        FACTOR "factor" (word PROOFS) "kind of factor";
        ENABLED "enabled" (flag) "whether it is enabled";
        PRODUCT "product" (text) "product";
        POPULATION "population" (text) "who may use it";
        RECOVERS "recovers" (flag) "use in recovery";
        ENROLLABLE "enrollable" (flag) "whether people may set it up themselves";
        PRIVILEGED "privileged" (flag) "whether the holder is privileged";
        EMERGENCY "emergency" (flag) "whether the holder is an emergency account";
    }
    /// A named set of permissions.
    role {
        PRODUCT "product" (text) "product";
        TENANT "tenant" (text) "tenant";
        ROLE_ID "role_id" (text) "identifier";
        BUILT_IN "built_in" (flag) "whether the vendor defines it";
        LABELS "labels" (text) "labels";
        AGGREGATES "aggregates" (text) "labels of the roles that it takes in";
        STATEMENTS "statements" (list statement) "statements";
        APPROVAL_REQUIRED "approval_required" (flag) "approval before activation";
        APPROVERS "approvers" (text) "approvers";
        ELIGIBLE "eligible" (text) "who may activate it";
        ATTACHED "attached" (number) "how many hold it";
        LABEL "label" (text) "what it is called";
        GOVERNED_BY "governed_by" (text) "policy that governs its activation";
        STEP_UP "step_up" (flag) "second factor at activation";
        JUSTIFIED "justified" (flag) "reason at activation";
        PERMANENT "permanent" (flag) "whether it may be assigned without an end";
        ACTIVATION "activation" (duration) "longest activation";
        ALERTED "alerted" (flag) "notice to administrators at activation";
        APPROVER_COUNT "approver_count" (number) "number of approvers";
        LIMITS "limits" (flag) "whether it limits instead of granting";
        SUPERSEDED "superseded" (flag) "whether it is an older version";
    }
    /// One statement of a role or policy.
    statement {
        EFFECT "effect" (word EFFECTS) "effect";
        ACTIONS "actions" (text) "actions";
        NOT_ACTIONS "not_actions" (text) "actions left out";
        DATA_ACTIONS "data_actions" (text) "data actions";
        NOT_DATA_ACTIONS "not_data_actions" (text) "data actions left out";
        RESOURCES "resources" (text) "resources";
        NOT_RESOURCES "not_resources" (text) "resources left out";
        CONDITIONS "conditions" (list condition) "conditions";
    }
    /// A condition on a statement or grant.
    condition {
        KEY "key" (text) "key";
        OPERATOR "operator" (text) "operator";
        VALUES "values" (text) "values";
    }
    /// Who holds which role over what.
    binding {
        PRODUCT "product" (text) "product";
        PRINCIPAL "principal" (text) "principal";
        PRINCIPAL_TYPE "principal_type" (word PRINCIPAL_TYPES) "type of principal";
        PRINCIPAL_ID "principal_id" (text) "identifier of the principal";
        ROLE "role" (text) "role";
        ROLE_ID "role_id" (text) "identifier of the role";
        SCOPE "scope" (text) "scope";
        UNTIL "until" (time) "end of the assignment";
        TENANT "tenant" (text) "tenant";
        CONDITIONS "conditions" (list condition) "conditions";
        POWERS "powers" (word POWERS) "powers";
        BOUNDARY "boundary" (flag) "whether it limits instead of granting";
        ELIGIBLE "eligible" (flag) "whether it has to be activated first";
        SCHEDULED "scheduled" (flag) "whether a day is set from which it holds";
        EXPORT "export" (text) "export that shows it";
    }
    /// Something that holds secrets or can be administered.
    resource {
        PRODUCT "product" (text) "product";
        TYPE "type" (word RESOURCE_TYPES) "type of resource";
        RESOURCE_ID "resource_id" (text) "identifier";
        TENANT "tenant" (text) "tenant";
        MODE "mode" (word MODES) "how access is decided";
        ENABLED "enabled" (flag) "whether it is on";
        OWNER "owner" (text) "named owner";
        READERS "readers" (text) "identifiers with a data grant of their own";
        MASTERS "masters" (text) "identifiers with every right to its contents";
        PURGE_PROTECTED "purge_protected" (flag) "protection from purging";
        ROTATES "rotates" (flag) "automatic rotation";
        DUE "due" (time) "time by which its own schedule should have rotated it twice";
        LAST_USED "last_used" (time) "last use";
        MANAGED "managed" (flag) "whether the vendor manages it";
        TRUSTS "trusts" (list trust) "who else is let at it";
        CREATED "created" (time) "creation time";
        EXPIRES "expires" (time) "expiry";
        ROTATED "rotated" (time) "last rotation";
    }
    /// A setting of a product.
    setting {
        KEY "key" (text) "key";
        PRODUCT "product" (text) "product";
        TENANT "tenant" (text) "tenant";
        SCOPE "scope" (text) "scope";
        PARENT "parent" (text) "scope it is inherited from";
        ENABLED "enabled" (flag) "whether it is on";
        VALUE "value" (text) "value";
        NUMBER "number" (number) "value";
        LIFETIME "lifetime" (duration) "life time";
        FROM "from" (time) "time it takes effect";
        STRENGTH "strength" (number) "strength";
        PARENT_STRENGTH "parent_strength" (number) "strength of the parent scope";
        ACTIONS "actions" (text) "user actions it covers";
        PURPOSE "purpose" (word PURPOSES) "purpose of what it governs";
        EXPORT "export" (text) "export that shows it";
        PRIVILEGED "privileged" (flag) "whether it governs administrators";
        GRANTS "grants" (word PROOFS) "what it demands";
        CHANGED "changed" (time) "time of the export, or of the last change";
        REPOSITORY "repository" (text) "repository";
    }
    /// A user of a cloud account that code declares, and whether it declares a key of theirs.
    declaration {
        PRODUCT "product" (text) "product";
        HOLDER "holder" (text) "user";
        MAKES_KEY "makes_key" (flag) "whether the code makes a key";
    }
    /// A job of a pipeline that deploys.
    job {
        PRODUCT "product" (text) "product";
        ENVIRONMENT "environment" (text) "environment";
        SECRETS "secrets" (text) "secrets that it reads";
    }
    /// A tenant, account or realm, and what its exports show.
    tenant {
        PRODUCT "product" (text) "product";
        SHOWS "shows" (word SHOWN) "what the export shows completely";
        HIDES "hides" (text) "what the export cannot show";
        DOMAINS "domains" (text) "domains of its mailboxes";
        PRINCIPALS "principals" (related Principal) "principals";
        CREDENTIALS "credentials" (related Credential) "credentials";
        ROLES "roles" (related Role) "roles";
        BINDINGS "bindings" (related Binding) "role assignments";
        RESOURCES "resources" (related Resource) "resources";
        SETTINGS "settings" (related Setting) "settings";
        ACCESS_RULES "access_rules" (related AccessRule) "rules of access";
        SIGN_INS "sign_ins" (related SignIn) "sign-ins";
        RECOVERIES "recoveries" (related Recovery) "recoveries";
    }
    /// A rule that decides what a sign-in, or an act after it, has to show.
    access_rule {
        PRODUCT "product" (text) "product";
        TENANT "tenant" (text) "tenant";
        ENABLED "enabled" (flag) "whether it is in force";
        STATE "state" (text) "state";
        INCLUDES "includes" (text) "whom it covers";
        EXCLUDES "excludes" (text) "whom it leaves out";
        APPLICATIONS "applications" (text) "what it guards";
        ACTIONS "actions" (text) "user actions it guards";
        BLOCKS "blocks" (flag) "whether it blocks";
        CONDITIONAL "conditional" (flag) "whether it holds in some circumstances only";
        STRENGTH "strength" (text) "strength that it asks for";
        ASKS "asks" (word PROOFS) "what it accepts";
        FACTOR_COUNT "factor_count" (number) "number of factors it asks for";
        GUARDED "guarded" (flag) "whether it asks for anything";
        RESISTANT "resistant" (flag) "resistance to phishing";
        PRIVILEGED "privileged" (flag) "whether it guards administration";
        CHANGED "changed" (time) "time of the export, or of the last change";
    }
    /// People whom the configuration names.
    people {
        CLASS "class" (word POPULATIONS) "what sort of people";
        ALSO "also" (text) "other names";
        MAILBOX "mailbox" (text) "tenant that holds their mailboxes";
    }
    /// How a population signs in.
    sign_in {
        POPULATION "population" (text) "population";
        PRODUCT "product" (text) "product";
        TENANT "tenant" (text) "tenant";
        VIA "via" (text) "tenant or product that signs people in for it";
        FACTORS "factors" (word PROOFS) "factors";
        AAL "aal" (number) "assurance level";
        CHANGED "changed" (time) "time of the export, or of the last change";
    }
    /// A way back in that a product offers.
    recovery {
        ABOUT "about" (word ACTS) "what it recovers";
        PRODUCT "product" (text) "product";
        POPULATION "population" (text) "population";
        TENANT "tenant" (text) "tenant";
        CHANNELS "channels" (word CHANNELS) "channels";
        ASKS "asks" (word PROOFS) "what it asks for";
        STEPS_UP "steps_up" (flag) "second check";
        STEP_UP_ASKS "step_up_asks" (word PROOFS) "what the second check asks for";
        NEEDS "needs" (number) "how many of these it asks for";
        BY_WHOM "by_whom" (word ACTORS) "who carries it out";
        REBINDS "rebinds" (flag) "whether it enrols a new second factor";
        FRONT_FACTORS "front_factors" (word CHANNELS) "channels of the sign-in's own factors";
        FRONT_ASKS "front_asks" (word PROOFS) "what the sign-in itself asks for";
        PEOPLE "people" (number) "people needed";
        SHARES "shares" (number) "shares";
        LIFETIME "lifetime" (duration) "life of what it hands out";
        ADDRESS_VERIFIED "address_verified" (flag) "proof of the recovery address";
        THROTTLED "throttled" (flag) "limit on attempts";
        LOGGED "logged" (flag) "record of the act";
        NOTIFIES "notifies" (flag) "notice to the account holder";
        REVOKES "revokes" (flag) "end of running sessions";
        CHANGED "changed" (time) "time of the export, or of the last change";
    }
    /// A section of prose that says how something is done.
    procedure {
        ABOUT "about" (word ACTS) "what it does";
        FOR_WHOM "for_whom" (word POPULATIONS) "whom it is for";
        BY_WHOM "by_whom" (word ACTORS) "who carries it out";
        STEPS "steps" (list step) "steps";
        VERIFIES "verifies" (word PROOFS) "check of identity";
        APPROVALS "approvals" (list approval) "approval";
        SECOND_APPROVER "second_approver" (flag) "second approver";
        LOGGED "logged" (flag) "record of the act";
        REVOKES "revokes" (flag) "end of sessions and sibling credentials";
        NOTIFIES "notifies" (flag) "notice to the account holder";
        EXPIRES "expires" (flag) "expiry of what is handed out";
        REVIEWED "reviewed" (flag) "review afterwards";
        OWNER "owner" (text) "named owner";
        EXPORT "export" (text) "document that holds it";
        PERFORMED "performed" (flag) "steps that let somebody else in";
        CHECKED "checked" (flag) "check of who is asking";
        SEPARATED "separated" (flag) "separation of asker and approver";
        CUSTODY "custody" (flag) "custody of the credential";
        ALARMED "alarmed" (flag) "alarm on use";
        CONDITION "condition" (flag) "condition of use";
        HANDS_OUT "hands_out" (flag) "something temporary that is handed out";
        REFERS "refers" (text) "document it refers to";
        PERFORMER "performer" (text) "what the text calls who carries it out";
        HOLDER "holder" (text) "what the text calls who is let in";
        SYSTEM "system" (text) "where the text has it done";
        LEDGER "ledger" (text) "what the text keeps records in";
    }
    /// One clause of a procedure.
    step {
        DEED "deed" (word DEEDS) "what is done";
        OBJECT "object" (word OBJECTS) "what it is done to";
        CHANNEL "channel" (word CHANNELS) "channel";
        VERIFIES "verifies" (word PROOFS) "check of identity";
        BY_WHOM "by_whom" (word ACTORS) "who does it";
        SAYS "says" (word SAYINGS) "what is said outright";
    }
    /// One approval that a procedure asks for.
    approval {
        BY_WHOM "by_whom" (word ACTORS) "approver";
        CHANNEL "channel" (word CHANNELS) "channel";
        COUNT "count" (number) "number of approvers";
    }
    /// A ticket or log record of a recovery that happened.
    event {
        REQUESTER "requester" (text) "requester";
        APPROVER "approver" (text) "approver";
        AGENT "agent" (text) "who carried it out";
        CHANNEL "channel" (word CHANNELS) "channel";
        AT "at" (time) "time";
        LATE "late" (flag) "whether the approval came after the act";
    }
    /// A control that is in place, with the words that say so.
    control {
        ABOUT "about" (text) "what it controls: a field of a procedure";
        TENANT "tenant" (text) "tenant";
        PROMISES "promises" (word PROMISES) "what it promises";
        NUMBER "number" (number) "how many it promises";
        LIMIT "limit" (duration) "time after which it promises an end";
        SENTENCE "sentence" (text) "sentence that promises";
        AROUND "around" (text) "what stands before it under the same heading";
    }
    /// A secret that stands in an artifact.
    sighting {
        TYPE "type" (word CREDENTIAL_TYPES) "type of secret";
        PATTERN "pattern" (text) "pattern that found it";
        KEY_ID "key_id" (text) "public identifier";
        CLIENT "client" (text) "identifier of the client beside it";
        TENANT "tenant" (text) "account that the identifier tells";
        IDENTITY "identity" (text) "what tells it from another";
        DIGEST "digest" (text) "keyed digest";
        LIFE "life" (word LIVES) "life";
        CONTEXT "context" (word CONTEXTS) "where it stands";
        ENCRYPTED "encrypted" (flag) "whether it is encrypted";
        CHOSEN "chosen" (flag) "whether a person chose it";
        OWNER "owner" (text) "repository or folder that holds it";
        GUESS "guess" (flag) "whether only its surroundings tell";
        WEAK "weak" (flag) "whether many people would choose it";
        EXAMPLE "example" (flag) "whether it stands in an example of a guide";
        FILE "file" (text) "keyed digest of the file that holds it";
        ISSUED "issued" (time) "time a token was made";
        EXPIRES "expires" (time) "end of a token";
        ISSUER "issuer" (text) "who made a token";
        IN_HISTORY "in_history" (flag) "whether it stands in the history alone";
        FIRST_SEEN "first_seen" (time) "when it was first seen";
        COMMIT "commit" (text) "commit that brought it";
        AUTHOR "author" (text) "author of that commit";
        AT_HEAD "at_head" (flag) "whether it stands at a branch head";
        REMOVED "removed" (time) "when it was removed";
        REPLACED "replaced" (flag) "whether another value took its place";
        AT_LEAST "at_least" (flag) "whether it may be older";
        EXPOSURES "exposures" (related Exposure) "exports that know it";
    }
    /// A page of an export.
    page {
        NUMBER "number" (number) "page";
        TRUNCATED "truncated" (flag) "whether more follows";
    }
    /// A record of an export that says when it was last changed: of two of one record the later one counts.
    edition {
        FORMAT "format" (text) "format of the export";
        CHANGED "changed" (time) "time of the last change";
    }
    /// Who answers for some files of a repository.
    ownership {
        ORDER "order" (number) "place among the rules of its file";
        PATTERN "pattern" (text) "files";
        BASE "base" (text) "folder that the patterns are relative to";
        OWNERS "owners" (text) "people and teams";
        HOME "home" (text) "repository";
        SECTION "section" (text) "section of the file";
    }
    /// The public half of a key, or its id, where something trusts or names it.
    key_use {
        KEY "key" (text) "what stands for the key";
        OWNER "owner" (text) "repository or folder that holds it";
        CONTEXT "context" (word CONTEXTS) "where it stands";
        FILE "file" (text) "keyed digest of the file that holds it";
        SECRET "secret" (flag) "whether the private half stands there";
    }
    /// What a change adds so that something passes.
    exemption {
        FORM "form" (word EXEMPTIONS) "form";
        OF "of" (text) "what it lets pass";
        BECAUSE "because" (text) "reason";
        OWNER "owner" (text) "who answers for it";
    }
    /// Derived: one secret in several places.
    sharing {
        TYPE "type" (word CREDENTIAL_TYPES) "type of secret";
        OWNERS "owners" (text) "owners";
        PLACES "places" (number) "places";
        WHERE "where" (text) "paths";
        BY "by" (word HANDS) "what tells the owners apart";
        SECRET "secret" (flag) "whether the secret itself stands with two owners";
        CONTEXTS "contexts" (word CONTEXTS) "where it stands";
    }
    /// Derived: a key in a text, and the export that knows it. The credential's fields are its own.
    exposure {
        KEY_ID "key_id" (text) "public identifier";
        HOLDER "holder" (text) "holder";
        STATUS "status" (word STATUSES) "status";
        SINCE "since" (time) "last rotation or creation";
        LAST_USED "last_used" (time) "last use";
        PRIVILEGED "privileged" (flag) "whether it is privileged";
        SECRET_BESIDE "secret_beside" (flag) "whether the secret itself stands there";
    }
    /// Derived: a power that somebody has over something.
    grant {
        PRODUCT "product" (text) "product";
        PRINCIPAL "principal" (text) "principal";
        PRINCIPAL_TYPE "principal_type" (word PRINCIPAL_TYPES) "type of principal";
        TENANT "tenant" (text) "tenant";
        POWER "power" (word POWERS) "power";
        SCOPE "scope" (text) "scope";
        TARGET "target" (text) "what it opens";
        TARGETS "targets" (number) "how many it opens";
        HOLDERS "holders" (number) "how many hold it over this scope";
        VIA "via" (text) "role or policy that gives it";
        THROUGH "through" (text) "group that passes it on";
        OVER "over" (text) "whom or what it is over";
        ACTIONS "actions" (text) "permissions";
        GUARD "guard" (word GUARDS) "what stands between";
        UNTIL "until" (time) "time after which it does not work";
        EXPORT "export" (text) "export that shows it";
        PRIVILEGED_TARGETS "privileged_targets" (flag) "whether it reaches more privileged accounts";
        GATES "gates" (text) "roles that ask for the factor which it replaces";
        CONDITIONS "conditions" (list condition) "conditions";
    }
    /// Derived: a population, its sign-in and the weakest way around it.
    assurance_gap {
        POPULATION "population" (text) "population";
        TENANT "tenant" (text) "tenant";
        PRIVILEGED "privileged" (flag) "whether it is privileged";
        FRONT "front" (number) "assurance of the sign-in";
        FRONT_FACTORS "front_factors" (text) "factors of the sign-in";
        FALLBACK "fallback" (number) "assurance of the recovery";
        VIA "via" (text) "recoveries that it rests on";
        ASKS "asks" (text) "what it asks for";
        JOINED "joined" (number) "files that prove it";
        PEOPLE "people" (number) "people it takes";
        NAMED "named" (number) "people it names";
        GAP "gap" (number) "levels between them";
        PHISHABLE "phishable" (flag) "loss of the resistance to phishing";
        RESTRICTED "restricted" (flag) "use of the telephone network";
        VERDICT "verdict" (word VERDICTS) "verdict";
        SECTIONS "sections" (text) "sections of the standard";
        CYCLE "cycle" (text) "accounts that recover each other";
        ANCHORED "anchored" (flag) "way back in that does not lead through the circle";
    }
    /// Derived: a text says one thing and an export shows another.
    contradiction {
        TOPIC "topic" (text) "topic";
        SAID "said" (text) "what is said";
        SHOWN "shown" (text) "what is shown";
        MATCHED "matched" (text) "what ties the two together";
        PRODUCT "product" (text) "product";
        EXPORT "export" (text) "export that shows it";
        PRIVILEGED "privileged" (flag) "whether it is privileged";
        DUE "due" (time) "time by which the promise was broken";
        LAST_USED "last_used" (time) "last use";
        PASSWORD_CHANGED "password_changed" (time) "time of the last password change";
        MFA "mfa" (flag) "second factor";
        REVIEWED "reviewed" (flag) "review after use";
    }
}

macro_rules! kinds {
    ($( $variant:ident = $module:ident ),* $(,)?) => {
        /// The sorts of fact.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs)]
        pub enum Kind { $( $variant ),* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),* ];

            /// Its fields.
            pub fn spec(self) -> &'static RecordSpec {
                match self { $( Self::$variant => &$module::SPEC ),* }
            }
        }
    };
}

kinds! {
    Principal = principal, Membership = membership, Credential = credential, Authenticator = authenticator, Role = role,
    Binding = binding, Resource = resource, Setting = setting, Tenant = tenant, AccessRule = access_rule, SignIn = sign_in, Recovery = recovery,
    Procedure = procedure, Event = event, Control = control, Sighting = sighting, Page = page, Sharing = sharing,
    Exposure = exposure, Grant = grant, AssuranceGap = assurance_gap, Contradiction = contradiction,
    Ownership = ownership, KeyUse = key_use, Exemption = exemption, People = people, Edition = edition, Job = job, Declaration = declaration,
}

impl Kind {
    /// The name in rules and facts files.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.name() == name)
    }

    /// The field of `other`, a related kind, that holds the name of a fact of this kind.
    pub fn relation(self, other: Self) -> Option<Field> {
        match (self, other) {
            (Self::Principal, Self::Credential) => Some(credential::HOLDER),
            (Self::Principal, Self::Grant) => Some(grant::PRINCIPAL),
            (Self::Principal, Self::Binding) => Some(binding::PRINCIPAL),
            (Self::Sighting, Self::Exposure) => Some(exposure::KEY_ID),
            (Self::Tenant, other) => other.spec().field("tenant").map(|f| f.field),
            _ => None,
        }
    }
}

fn field_named(name: &str) -> Option<Field> {
    records().find_map(|r| r.field(name)).map(|f| f.field)
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let name = String::deserialize(d)?;
        field_named(&name).ok_or_else(|| serde::de::Error::custom("unknown field of a fact"))
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::named(&text).ok_or_else(|| serde::de::Error::custom("unknown word in a fact"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_distinct_fields_and_relations_resolve() {
        for kind in Kind::ALL {
            let spec = kind.spec();
            let mut names: Vec<_> = spec.fields.iter().map(|f| f.field.name()).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), spec.fields.len(), "{}", spec.name);
            for field in spec.fields {
                if let Ty::Related(other) = field.ty {
                    assert!(kind.relation(other).is_some(), "{}.{}", spec.name, field.field.name());
                }
            }
            assert_eq!(serde_json::to_string(kind).ok(), Some(format!("\"{}\"", kind.name())));
        }
    }
}

//! Values that are a piece of a program: calls, names of modules, rules, expressions that match text.

use super::strength::wordiness;

/// Calls, arrows, indices and dotted names: an expression that was taken for text.
pub(super) fn is_code(v: &str) -> bool {
    const INSIDE: [&str; 10] = ["->", "=>", "::", "&&", "||", "()", ");", "){", "+=", "=="];
    // base64 ends in equals signs
    let v = v.trim_end_matches('=');
    INSIDE.iter().any(|m| v.contains(m))
        || v.ends_with(['[', '(', '{'])
        || is_call(v)
        || is_index(v)
        || is_named(v)
        || is_rule(v)
        || is_action(v)
}

/// `decode(x)`, `getPassword(`, `$t('label')`, and `docker-login(1)`, a page of a manual.
fn is_call(v: &str) -> bool {
    let Some((f, _)) = v.trim_start_matches('$').split_once('(') else { return false };
    let name = |extra: &[u8]| f.bytes().all(|b| b.is_ascii_alphanumeric() || extra.contains(&b));
    (v.ends_with(')') && !f.is_empty() && name(b"_.:-")) || (f.len() > 2 && wordiness(f) > 0.6 && name(b"_."))
}

/// `tokens[0]`; and `[a-z0-9-]`, the characters that an expression allows.
fn is_index(v: &str) -> bool {
    let Some((f, at)) = v.split_once('[') else { return false };
    (f.len() > 2 && wordiness(f) > 0.6 && (v.contains(']') || at.bytes().all(|b| b.is_ascii_digit())))
        || (v.contains("0-9") && v.contains("-z"))
}

/// `config.db.password`, `path.to.password2`, `Database:ConnectionPassword`, `tool.cmd.generate:main`.
fn is_named(v: &str) -> bool {
    const TRADE: [&str; 4] = ["password", "secret", "token", "key"];
    let parts = || v.split(['.', ':']);
    let count = parts().count();
    let all = |test: fn(&u8) -> bool| parts().all(|p| p.len() > 1 && p.as_bytes().iter().all(test));
    (count > 1 && all(|b| b.is_ascii_alphanumeric() || *b == b'_') && parts().all(|p| wordiness(p) > 0.6))
        || (count > 2 && all(|b| b.is_ascii_lowercase() || *b == b'_'))
        || (count > 2 && all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) && wordiness(v) > 0.6 && TRADE.iter().any(|t| v.contains(t)))
}

/// `required|min:8|confirmed`: what a form asks of a field.
fn is_rule(v: &str) -> bool {
    const HEADS: [&str; 14] = [
        "required",
        "nullable",
        "sometimes",
        "string",
        "min",
        "max",
        "confirmed",
        "bail",
        "present",
        "filled",
        "numeric",
        "regex",
        "unique",
        "same",
    ];
    let small = |p: &str| p.starts_with(|c: char| c.is_ascii_lowercase());
    let head = |p: &str| {
        let head = p.split(':').next().unwrap_or(p);
        HEADS.iter().any(|h| head.split('_').next() == Some(h)) && head.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    let parts = || v.split('|');
    (v.contains('|') && parts().all(|p| small(p) && (wordiness(p) >= 0.4 || head(p)))) || (v.contains(':') && parts().all(head))
}

/// `AccountController@update`: what answers a request.
fn is_action(v: &str) -> bool {
    v.split_once('@').is_some_and(|(class, method)| {
        class.ends_with("Controller") && !method.is_empty() && method.bytes().all(|b| b.is_ascii_alphabetic())
    })
}

//! The public id of a client that stands beside its secret: what an export calls the application by.

/// Bytes before and after a secret in which its client's id is looked for.
const AROUND: usize = 600;
/// How long such an id is: a UUID.
const LENGTH: usize = 36;

/// The id of the client that stands nearest to a secret, by the name it is given.
pub(super) fn beside(text: &str, at: usize) -> Option<&str> {
    let from = (at.saturating_sub(AROUND)..=at).find(|i| text.is_char_boundary(*i))?;
    let to = (at.saturating_add(AROUND).min(text.len())..=text.len()).find(|i| text.is_char_boundary(*i))?;
    let mut place = from;
    let mut best: Option<(usize, &str)> = None;
    for line in text.get(from..to)?.split_inclusive('\n') {
        let away = place.abs_diff(at);
        place += line.len();
        if best.is_some_and(|(b, _)| b <= away) {
            continue;
        }
        best = named(line).map(|id| (away, id)).or(best);
    }
    best.map(|(_, id)| id)
}

/// The id in a line that calls it a client's or an application's.
fn named(line: &str) -> Option<&str> {
    let (at, _) = line.char_indices().find(|(i, _)| line.get(*i..i + LENGTH).is_some_and(is_uuid))?;
    let name: String = line.get(..at)?.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    ["clientid", "appid", "applicationid"].iter().any(|n| name.ends_with(n)).then(|| line.get(at..at + LENGTH)).flatten()
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() })
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn the_client_of_a_secret_stands_beside_it() {
        let id = "5d1f0c2e-77aa-4c0b-9a3e-2f6f5c1b8d90";
        let text =
            format!("{{\n \"TenantId\": \"0e1f0c2e-77aa-4c0b-9a3e-2f6f5c1b8d91\",\n \"ClientId\": \"{id}\",\n \"ClientSecret\": \"x\"\n}}");
        assert_eq!(beside(&text, text.find("ClientSecret").unwrap_or(0)), Some(id));
        assert_eq!(beside(&format!("tenant_id={id}\nclient_secret=x"), 50), None);
        assert_eq!(beside("client_id=5d1f0c2e\nclient_secret=x", 20), None, "no id");
    }
}

//! No whole secret leaves, whatever the file, the format of the report, or the trouble with the input.

use std::fs;
use std::process::Command;

/// Made up, well formed, each of another kind.
const STRIPE: &str = "sk_live_4mZt8QxW2nBv6KpR9sLdYc3H";
const AWS_SECRET: &str = "u7Rk2Qm9/Zx4Tb8+Wn3Lp6Vc1Ys5Hd0Jg7Fa2Ke";
const CHOSEN: &str = "Gr8!Walrus-29-Tango";
const SLACK: &str = "xoxb-482910573846-5739201846573-q8Wn4Zr7Tk2Lm9Xv5Bc3Yp6D";
const ALL: [&str; 4] = [STRIPE, AWS_SECRET, CHOSEN, SLACK];

fn estate() -> Vec<(String, Vec<u8>)> {
    let utf16 = |text: &str| -> Vec<u8> { [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect() };
    let realm = format!(
        r#"{{"realm": "canary", "resetPasswordAllowed": true, "adminEventsEnabled": false, "requiredActions": [], "smtpServer": {{"password": "{CHOSEN}"}},
  "clients": [{{"clientId": "app", "secret": "{STRIPE}", "directAccessGrantsEnabled": true}}],
  "users": [{{"username": "{SLACK}", "credentials": [{{"type": "password", "value": "{CHOSEN}", "temporary": false}}]}}]}}"#
    );
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("app.py", format!("STRIPE = '{STRIPE}'\npassword = \"{CHOSEN}\"\n").into_bytes()),
        (".env", format!("AWS_SECRET_ACCESS_KEY={AWS_SECRET}\nDB_PASSWORD={CHOSEN}\nSLACK_TOKEN={SLACK}\n").into_bytes()),
        ("config.yaml", format!("db:\n  password: \"{CHOSEN}\"\n  nested: {{token: {SLACK}}}\n").into_bytes()),
        ("broken.yaml", format!("a: [1, 2\npassword: '{CHOSEN}'\n{STRIPE}: {{\n").into_bytes()),
        ("cut.json", format!("{{\"AccessKeyMetadata\": [{{\"UserName\": \"{SLACK}\", \"AccessKeyId\": \"x\", \"secret\": \"{STRIPE}\"}}, {{\"Use").into_bytes()),
        ("realm.json", realm.clone().into_bytes()),
        ("realm16.json", utf16(&realm)),
        ("realm-cut.json", realm.get(..realm.len() - 30).unwrap_or("").as_bytes().to_vec()),
        (
            "credential_report.csv",
            format!("user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active,access_key_1_last_rotated\n{SLACK},arn:aws:iam::1:user/{STRIPE},2020-01-01T00:00:00Z,true,false,true,2020-01-01T00:00:00Z\n").into_bytes(),
        ),
        (
            "runbook.md",
            format!(
                "# Reset the password {STRIPE}\n\n1. Ask for the date of birth.\n2. Reset the password to {CHOSEN} and send it by e-mail.\n3. The shared admin account uses the password `{CHOSEN}`.\n\n## Break-glass {SLACK}\n\nLog in as root with the shared password {CHOSEN}.\n\n| account | password |\n| --- | --- |\n| root | {CHOSEN} |\n"
            )
            .into_bytes(),
        ),
        ("notes.txt", utf16(&format!("The break-glass password is {CHOSEN}\r\nkey: {STRIPE}\r\n"))),
        ("sh/run.sh", format!("mysql -u root -p'{CHOSEN}'\ncurl -u admin:{CHOSEN} https://x.example\nexport TOKEN={SLACK}\n").into_bytes()),
        ("url.conf", format!("postgres://app:{}@db.example/app\n", CHOSEN.replace('!', "%21")).into_bytes()),
        ("latin.txt", [b"caf\xe9 ".as_slice(), format!("password = '{CHOSEN}'\n").as_bytes()].concat()),
        ("pem.key", "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Zx4Tb8Wn3Lp6Vc1Ys5Hd0Jg7Fa2Keu7Rk2Qm9Zx4Tb8Wn3\nLp6Vc1Ys5Hd0Jg7Fa2Keu7Rk2Qm9\n-----END RSA PRIVATE KEY-----\n".into()),
        ("one-line.js", format!("{}var k='{STRIPE}';{}", "x=1;".repeat(30_000), "y=2;".repeat(30_000)).into_bytes()),
        ("binary.bin", [b"\0\x01\x02".as_slice(), STRIPE.as_bytes()].concat()),
    ];
    let mut files: Vec<(String, Vec<u8>)> = files.into_iter().map(|(p, b)| (p.to_owned(), b)).collect();
    files.push((
        format!("backup-{STRIPE}/{SLACK}.md"),
        b"# Reset a password\n\n1. Ask for the date of birth.\n2. Reset it and read it out on the phone.\n".to_vec(),
    ));
    files.push((format!("{STRIPE}.json"), b"{\"AccessKeyMetadata\": [{\"UserName".to_vec()));
    files
}

#[test]
fn no_whole_secret_leaves() {
    let dir = tempfile::TempDir::new().expect("a folder");
    for (path, bytes) in estate() {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    std::os::unix::fs::symlink("nowhere", dir.path().join(format!("link-{STRIPE}"))).expect("a link");
    let run = |args: &[&str]| {
        let output = Command::new(assert_cmd::cargo::cargo_bin("sidedoor"))
            .args(args)
            .current_dir(dir.path())
            .env("RUST_BACKTRACE", "1")
            .output()
            .expect("it runs");
        assert!(matches!(output.status.code(), Some(0 | 1)), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        [String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned()].concat()
    };
    let runs: [&[&str]; 6] = [
        &["scan"],
        &["scan", "-v", "--color", "always"],
        &["scan", "-f", "json"],
        &["scan", "-f", "sarif"],
        &["collect"],
        &["scan", "-f", "json", "--no-ignore", "-j", "3"],
    ];
    for args in runs {
        let text = run(args);
        for secret in ALL {
            for form in [secret.to_owned(), secret.replace('!', "%21"), secret.replace('/', "\\/")] {
                if let Some(at) = text.find(&form) {
                    panic!("{args:?} shows a secret: {}", &text[at.saturating_sub(200)..(at + 60).min(text.len())]);
                }
            }
        }
        for line in ["MIIEpAIBAAKCAQEA0Zx4Tb8Wn3Lp6Vc1Ys5Hd0Jg7Fa2Keu7Rk2Qm9Zx4Tb8Wn3", "Lp6Vc1Ys5Hd0Jg7Fa2Keu7Rk2Qm9"] {
            assert!(!text.contains(line), "{args:?} shows a private key");
        }
    }
    // the secrets were found, so the test did look where they are
    let report = run(&["scan", "-f", "json"]);
    for path in ["app.py", ".env", "config.yaml", "realm.json", "runbook.md", "sh/run.sh", "notes.txt", "one-line.js"] {
        assert!(report.contains(&format!("\"path\": \"{path}\"")), "{path}");
    }
}

/// A password that only a configuration tells is hidden in the page that repeats it.
#[test]
fn what_another_file_tells_is_hidden_here_too() {
    const HIDDEN: &str = "9LE1kq7-Tarn-Volte";
    let dir = tempfile::TempDir::new().expect("a folder");
    let page = format!(
        "# Reset a password\n\n1. The help desk asks for the date of birth.\n2. Reset the account {HIDDEN} and tell the user by phone.\n"
    );
    std::fs::write(dir.path().join("reset.md"), page).expect("a file");
    std::fs::write(dir.path().join(".env"), format!("DB_PASSWORD={HIDDEN}\n")).expect("a file");
    for args in [vec!["scan", "-f", "json"], vec!["scan", "-v"], vec!["collect"], vec!["paths", "-f", "json"]] {
        let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("sidedoor"))
            .args(&args)
            .current_dir(dir.path())
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("reset.md"), "{args:?}");
        assert!(!said.contains(HIDDEN), "{args:?}\n{said}");
    }
}

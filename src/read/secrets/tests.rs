//! The whole reader over texts, and every example of every pattern.

use crate::artifact::Artifact;
use crate::fact::{Kind, Sealed, sighting};
use crate::read::{Knowledge, read};
use crate::rule::{Origin, Pack, load};
use std::sync::OnceLock;

/// The program's own rules.
fn pack() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
        let files: Vec<(String, String)> = walkdir::WalkDir::new(root)
            .sort_by_file_name()
            .into_iter()
            .filter_map(Result::ok)
            .filter(|e| e.file_type().is_file())
            .map(|e| {
                let path = e.path().strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
                #[expect(clippy::disallowed_methods, reason = "a test reads the rules of the repository")]
                let text = std::fs::read_to_string(e.path()).expect("a rule file");
                (path, text)
            })
            .collect();
        load(&files, Origin::BuiltIn)
            .unwrap_or_else(|errors| panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
    })
}

fn knowing() -> &'static Knowledge {
    static KNOWING: OnceLock<Knowledge> = OnceLock::new();
    KNOWING.get_or_init(|| Knowledge::new(&[pack()], [7; 32]))
}

fn sightings(path: &str, text: &str) -> Vec<Sealed> {
    let reading = read(&Artifact::given(path, text), knowing());
    reading.facts.into_iter().filter(|f| f.kind == Kind::Sighting).collect()
}

pub(super) fn patterns(path: &str, text: &str) -> Vec<String> {
    sightings(path, text).iter().filter_map(|f| f.fields.text(sighting::PATTERN)).map(ToString::to_string).collect()
}

#[test]
fn every_example_of_every_pattern() {
    let mut wrong = Vec::new();
    for p in &pack().patterns {
        for text in &p.hits {
            // another format of the same bytes may take them: `rules test` asks for this very pattern
            let found = patterns("notes/page.cfg", text);
            if found.is_empty() {
                wrong.push(format!("{}: not found in {text:.80}: {found:?}", p.id));
            }
        }
        for text in &p.misses {
            if patterns("notes/page.cfg", text).contains(&p.id) {
                wrong.push(format!("{}: found in {text:.80}", p.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn assignments_of_many_formats() {
    let (secret, mut wrong) = ("Zk7#qLw29vTr", Vec::new());
    for (path, text) in [
        ("a.py", "db_password = \"Zk7#qLw29vTr\""),
        ("a.py", "connect(user='x', password='Zk7#qLw29vTr')"),
        ("a.js", "const dbPassword = 'Zk7#qLw29vTr';"),
        ("a.ts", "const dbPassword: string = 'Zk7#qLw29vTr';"),
        ("a.js", "password: process.env.DB_PW || 'Zk7#qLw29vTr',"),
        ("a.json", "{\"password\": \"Zk7#qLw29vTr\"}"),
        ("a.rb", ":password => 'Zk7#qLw29vTr'"),
        ("a.go", "password := \"Zk7#qLw29vTr\""),
        ("A.java", "ds.setPassword(\"Zk7#qLw29vTr\");"),
        ("A.cs", "options.Password = @\"Zk7#qLw29vTr\";"),
        ("a.rs", "let password: &str = \"Zk7#qLw29vTr\";"),
        ("a.php", "define('DB_PASSWORD', 'Zk7#qLw29vTr');"),
        ("a.py", "os.getenv(\"DB_PASSWORD\", \"Zk7#qLw29vTr\")"),
        ("a.tf", "variable \"db_password\" {\n  type = string\n  default = \"Zk7#qLw29vTr\"\n}"),
        (".env", "DB_PASSWORD=Zk7#qLw29vTr"),
        ("app.ini", "password = Zk7#qLw29vTr ; not this"),
        ("app.properties", "spring.datasource.password=Zk7#qLw29vTr"),
        ("values.yaml", "db:\n  password: Zk7#qLw29vTr # rotate"),
        ("docker-compose.yml", "environment:\n  - DB_PASSWORD=Zk7#qLw29vTr"),
        ("k8s.yaml", "- name: DB_PASSWORD\n  value: \"Zk7#qLw29vTr\""),
        ("run.sh", "export DB_PASSWORD=Zk7#qLw29vTr"),
        ("Dockerfile", "ENV DB_PASSWORD Zk7#qLw29vTr"),
        ("a.xml", "<password>Zk7#qLw29vTr</password>"),
        ("a.xml", "<property name=\"password\" value=\"Zk7#qLw29vTr\"/>"),
        ("run.sh", "sshpass -p 'Zk7#qLw29vTr' ssh root@host"),
        ("run.sh", "curl -u admin:Zk7#qLw29vTr https://x.io"),
        ("run.sh", "mysql -u root -pZk7#qLw29vTr db"),
        ("run.sh", "tool --password Zk7#qLw29vTr"),
        (".netrc", "machine x.io login bot password Zk7#qLw29vTr"),
        ("users.csv", "name,password,note\nbob,Zk7#qLw29vTr,x"),
        ("notes.md", "Password: Zk7#qLw29vTr"),
        ("notes.md", "- **Password:** `Zk7#qLw29vTr`"),
        ("notes.md", "The password is Zk7#qLw29vTr."),
        ("notes.md", "Set the password to \"Zk7#qLw29vTr\" and go on."),
        ("notes.md", "Log in as bg-admin, password Zk7#qLw29vTr, and wait."),
        ("notes.md", "Use `Zk7#qLw29vTr` as the admin password."),
        ("notes.md", "Credentials: admin / Zk7#qLw29vTr"),
        ("notes.md", "| password | Zk7#qLw29vTr |"),
        ("notes.md", "| System | Password |\n| --- | --- |\n| db | Zk7#qLw29vTr |"),
        ("a.py", "x = 1  # password is Zk7#qLw29vTr"),
        ("sites.xml", "<Pass encoding=\"base64\">Wms3I3FMdzI5dlRyCg==</Pass>"),
        (".toolrc", "secret: f3a9c1e07b5d4428 # note"),
        ("run.sh", "echo 'root:Zk7#qLw29vTr' | chpasswd"),
        ("setup.md", "Run `net user helpdesk2 Zk7#qLw29vTr /add` on the host."),
        ("setup.ps1", "$p = ConvertTo-SecureString \"Zk7#qLw29vTr\" -AsPlainText -Force"),
        ("a.java", "String url = \"jdbc:mysql://db.acme.io/crm?user=crm&password=Zk7#qLw29vTr\";"),
        ("secret.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  password: Wms3I3FMdzI5dlRy\n"),
        (".pgpass", "db.acme.io:5432:crm:crm:Zk7#qLw29vTr"),
        ("wp-config.php", "define('AUTH_KEY', 'M1pxM ctoyA(>M%0Vl2(#o0|2$cB+K|.G$hB~4`Juw@:(5;oVU');"),
    ] {
        let found = sightings(path, text);
        let json = serde_json::to_string(&found).expect("facts");
        if found.len() != 1 || json.contains(secret) {
            wrong.push(format!("{path}: {text}: {json}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_secret() {
    let mut wrong = Vec::new();
    for (path, text) in [
        ("a.py", "password = os.environ[\"DB_PASSWORD\"]"),
        ("a.py", "password: str"),
        ("a.py", "if password == \"Zk7#qLw29vTr\": pass"),
        ("a.ts", "password?: string;"),
        ("a.js", "const clientSecret = process.env.OIDC_CLIENT_SECRET;"),
        ("a.yaml", "password: ${DB_PASSWORD}"),
        ("a.yaml", "password: \"{{ vault_pw }}\""),
        ("a.yaml", "password: !vault |"),
        ("a.yaml", "secretName: prod-db-credentials-2"),
        ("a.yaml", "token: ${{ secrets.GITHUB_TOKEN }}"),
        ("secret.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  password: Y2hhbmdlbWU=\n"),
        ("run.sh", "echo \"${MVNW_PASSWORD:+xyz123ab}\""),
        (".env.example", "DB_PASSWORD=changeme"),
        ("a.html", "<input name=\"password\" type=\"password\" placeholder=\"Password\">"),
        ("de.json", "{\"password\": \"Passwort123\"}"),
        ("package-lock.json", "\"token\": \"sha512-X2TRVCmUoPg3fLcRs6JYBtH6U0vLN+w7e\""),
        ("a.json", "\"passwordPolicy\": \"length(15) and notUsername(undefined)\""),
        ("notes.md", "The password is kept in the shared spreadsheet **Ops logins 2026**."),
        ("notes.md", "Passwords must have 14 characters and expire after 90 days."),
        ("notes.md", "Password reset by phone"),
        ("notes.md", "Reset the password or remove the lost authenticator."),
        ("notes.md", "aws ecr get-login-password --region eu-central-1"),
        ("run.sh", "docker login --username AWS --password-stdin \"$REGISTRY\""),
        ("notes.md", "| Password | yes |"),
        ("notes.md", "Run `docker run -v $(pwd):/app1 acme/tool2026!x` there."),
        ("run.sh", "docker run -v ${PWD}:/app1x -v $PWD:/b2 tool"),
    ] {
        let found = sightings(path, text);
        if !found.is_empty() {
            wrong.push(format!("{path}: {text}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_account_is_no_part_of_its_password() {
    let reading = read(&Artifact::given("notes.md", "The credentials are `ops@acme.io` or `ops2@acme.io:Zk7#qLw29vTr`."), knowing());
    let json = serde_json::to_string(&reading.facts).expect("facts");
    assert!(json.contains("ops2@acme.io:[12 characters]"), "{json}");
}

#[test]
fn a_wide_export_is_read() {
    let header = vec!["note"; 3000].join(",") + ",password\n" + &vec!["x"; 3000].join(",") + ",Zk7#qLw29vTr\n";
    assert_eq!(sightings("wide.csv", &header).len(), 1);
}

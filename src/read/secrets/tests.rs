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
        ("seed.sql", "INSERT INTO settings VALUES ('smtp_password', 'Zk7#qLw29vTr', 2);"),
        ("chart/secret.yaml", "  password: {{ .Values.password | default \"x\" }}\n  adminPassword: Zk7#qLw29vTr\n"),
        ("app.ini", "redis: network=tcp,addr=:6379,password=Zk7#qLw29vTr,db=0"),
        ("a.rs", "let password: &str = \"Zk7#qLw29vTr\";"),
        ("a.php", "define('DB_PASSWORD', 'Zk7#qLw29vTr');"),
        ("a.py", "os.getenv(\"DB_PASSWORD\", \"Zk7#qLw29vTr\")"),
        ("a.tf", "variable \"db_password\" {\n  type = string\n  default = \"Zk7#qLw29vTr\"\n}"),
        (".env", "DB_PASSWORD=Zk7#qLw29vTr"),
        ("app.ini", "password = Zk7#qLw29vTr ; not this"),
        ("app.properties", "spring.datasource.password=Zk7#qLw29vTr"),
        ("values.yaml", "db:\n  password: Zk7#qLw29vTr # rotate"),
        ("docker-compose.yml", "environment:\n  - DB_PASSWORD=Zk7#qLw29vTr"),
        ("docker-compose.yml", "environment:\n  - 'DB_PASSWORD=Zk7#qLw29vTr'"),
        ("ci.yml", "run: echo \"the password: Zk7#qLw29vTr\""),
        ("ci.yml", "with: {user: x, password: Zk7#qLw29vTr}"),
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
        ("notes.md", "The first username/password: admin/Zk7#qLw29vTr"),
        ("notes.md", "| password | Zk7#qLw29vTr |"),
        ("notes.md", "| System | Password |\n| --- | --- |\n| db | Zk7#qLw29vTr |"),
        ("a.py", "x = 1  # password is Zk7#qLw29vTr"),
        ("sites.xml", "<Pass encoding=\"base64\">Wms3I3FMdzI5dlRyCg==</Pass>"),
        (".toolrc", "secret: f3a9c1e07b5d4428 # note"),
        ("run.sh", "echo 'root:Zk7#qLw29vTr' | chpasswd"),
        ("run.sh", "htpasswd -bc /etc/nginx/users ops Zk7#qLw29vTr"),
        ("run.sh", "htpasswd -nbB ops Zk7#qLw29vTr"),
        ("run.sh", "${MYSQL} -u root -pZk7#qLw29vTr db"),
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
fn values_below_their_names() {
    let (secret, mut wrong) = ("Zk7#qLw29vTr", Vec::new());
    for (path, text) in [
        ("a.plist", "<dict>\n\t<key>DBPassword</key>\n\t<string>Zk7#qLw29vTr</string>\n</dict>"),
        ("hive-site.xml", "<property>\n  <name>javax.jdo.option.ConnectionPassword</name>\n  <value>Zk7#qLw29vTr</value>\n</property>"),
        ("web.xml", "<param-name>db-password</param-name>\n<param-value>Zk7#qLw29vTr</param-value>"),
        ("Web.config", "<add key=\"SmtpPassword\" value=\"Zk7#qLw29vTr\" />"),
        ("settings.xml", "<server>\n  <id>nexus</id>\n  <password>Zk7#qLw29vTr</password>\n</server>"),
        ("a.yaml", "db:\n  password:\n    Zk7#qLw29vTr\n  host: x\n"),
        ("a.yaml", "db:\n  password: >-\n    Zk7#qLw29vTr\n  host: x\n"),
        ("a.yaml", "password: |\n  Zk7#qLw29vTr\n"),
        ("a.yaml", "password: !!str Zk7#qLw29vTr\n"),
        ("a.yaml", "password: |\r\n  Zk7#qLw29vTr\r\nhost: x\r\n"),
        ("a.json", "{\n  \"password\":\n    \"Zk7#qLw29vTr\"\n}"),
        ("a.py", "db_password = \\\n    \"Zk7#qLw29vTr\"\n"),
        ("app.properties", "db.password=\\\n  Zk7#qLw29vTr\n"),
        ("run.sh", "export DB_PASSWORD=\\\nZk7#qLw29vTr\n"),
        ("run.sh", "tool --user x --password \\\n  Zk7#qLw29vTr --force\n"),
        ("Dockerfile", "ENV A=b \\\n    DB_PASSWORD=Zk7#qLw29vTr \\\n    C=d\n"),
        ("pod.yaml", "env:\n- name: DB_PASSWORD\n  value: Zk7#qLw29vTr\n- name: A\n  value: b\n"),
        ("pod.yaml", "env:\n- name: DB_PASSWORD\n  value: >-\n    Zk7#qLw29vTr\n"),
        ("task.json", "{\"environment\": [{\"name\": \"DB_PASSWORD\", \"value\": \"Zk7#qLw29vTr\"}]}"),
        ("app.json", "[{\n  \"name\": \"DB_PASSWORD\",\n  \"slotSetting\": false,\n  \"value\": \"Zk7#qLw29vTr\"\n}]"),
        ("a.tf", "{\n  name  = \"DB_PASSWORD\"\n  value = \"Zk7#qLw29vTr\"\n}"),
        ("stack.json", "{\"ParameterKey\": \"DBPassword\", \"ParameterValue\": \"Zk7#qLw29vTr\"}"),
        ("stack.yaml", "- ParameterKey: DBPassword\n  ParameterValue: Zk7#qLw29vTr\n"),
        ("winlogon.reg", "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Acme]\n\"DefaultUserName\"=\"ops\"\n\"DefaultPassword\"=\"Zk7#qLw29vTr\"\n"),
        ("notes.md", "Password:\nZk7#qLw29vTr\n"),
        ("notes.md", "Password:\n  `Zk7#qLw29vTr`\n"),
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
fn what_stands_below_and_is_no_value() {
    let mut wrong = Vec::new();
    for (path, text) in [
        ("a.plist", "<key>DBPassword</key>\n<string>$(DB_PASSWORD)</string>"),
        ("a.plist", "<key>PasswordField</key>\n<string>Zk7#qLw29vTr</string>"),
        ("core-site.xml", "<name>hadoop.security.credential.provider.path</name>\n<value>jceks://file/x1.jceks</value>"),
        ("a.xml", "<name>password</name>\n<description>At least 8 characters!</description>"),
        ("a.yaml", "password:\n  valueFrom:\n    secretKeyRef: db1-Creds#2\n"),
        ("a.yaml", "password:\nhost: db1.acme.io#2\n"),
        ("a.yaml", "passwords:\n  - Rule1: at least 8#\n"),
        ("a.yaml", "password: |\n  The 1st line of a text,\n  and its 2nd line!\n"),
        ("a.properties", "db.password=\nhost=Zk7#qLw29vTr\n"),
        ("run.sh", "tool --password \\\n  --force1!x\n"),
        ("pod.yaml", "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db-1#x\n"),
        ("pod.yaml", "- name: DB_PASSWORD\n- name: OTHER\n  value: Zk7#qLw29vTr\n"),
        ("a.json", "[{\"name\": \"DB_PASSWORD\"}, {\"value\": \"Zk7#qLw29vTr\"}]"),
        ("notes.md", "Password:\nMust have 8 characters and 1 digit!\n"),
        ("notes.md", "## Credentials:\nPG_Backup-2026\n"),
    ] {
        let found = sightings(path, text);
        if !found.is_empty() {
            wrong.push(format!("{path}: {text}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_of_secrets_and_words_of_the_trade() {
    let mut wrong = Vec::new();
    for (path, text) in [
        ("build.sh", "if test \"$mode,$pass\" = \"prog1,link2\"; then"),
        ("run.sh", "log \"user:$USER_NAME, pass:$USER_PASSWD, try $n\""),
        ("a.c", "trace(s, TRACE_AUTH|TRACE_SCP2|TRACE_SFTP|TRACE_ERROR1);"),
        ("a.c", "/* this protocol needs credentials per connection or is HTTP+NTLM, */"),
        ("a.c", "/* the password is sent over SOCKS5 with CRAM-MD5 */"),
        ("a.java", "// the credentials are turned into an OAuth2ClientAuthenticationToken"),
        ("a.go", "//sys open(pfx *Blob, password *uint16) (err error) = crypt32.OpenCertStore"),
        ("a.go", "// DiskEncryptionKey: Encrypts or decrypts a disk."),
        ("a.go", "// MakeCredential is the input to TPM2_MakeCredential."),
        ("ci.yml", "run: |\n  echo \"*** PASS: SHA256 is allowed (code: $CODE_SHA256) ***\""),
        ("compose.yml", "environment:\n  - 'VALKEY_PASSWORD=valkeyserver'"),
        ("CHANGES.md", "- #275 docker-credentials: add support for read/write - @kamal42"),
        ("a.cs", "var c = \"Server=localhost;Port=5432;Database=x;Uid=postgres;Pwd=postgres;\";"),
        ("a.java", " * passwd    = 1*SAFE ; up to 255 octets"),
        ("a.go", "// Password: tokens[1]"),
        ("a.java", "static final String MAIL_PASSWORD = \"$t('password')\";"),
        ("a.go", "// - \"client_secret\": use the `WEBClientSecret` of the parent"),
        ("run.log", "INFO:auth.credentials:Found credentials from instance role: Web-Role-2026xK19ab\n"),
        ("README.md", "| [user_passwords](outputs.tf#L174) | The passwords of all users. |"),
        ("a.md", "The hash is made by `htpasswd`.<br />It may refer to a Secret: `urn:k8s:secret:[name]:[key]`."),
        ("help.txt", "--mail.password                 SMTPAuth password (only with TLS)\n"),
        ("a.md", "| Encrypt every secret | **Guide 1.5**: 5.3.1<br>**Standard 4.0**: 3.6 |"),
        ("a.py", "FIELDS = ('v3AuthPass', 'v3PrivPass2')"),
        ("a.yml", "ansible_password: \"VyOS_SSH_password\""),
        ("a.yml", "# \"security.password\": false,"),
        ("a.json", "\"password\": \"VALUE_FROM_THE_VAULT\""),
        ("a.py", "kind = HtpasswdFile(dest, new=True, scheme=crypt_1)"),
        ("CHANGES.md", "- generates a htpasswd hash now (thanks @rusty1ock)"),
        ("a.md", "with_password: files/all/everywhere length=15 encrypt=sha256_crypt"),
        ("a.md", "{{ 'pw' | password_hash('sha256', 'salt1', rounds=10000) }}"),
        ("a.html", "<p>Enter the <b>password</b> as <span style=\"color: #fff123;\">shown</span> to the user&#8217;s desk.</p>"),
        ("a.html", "<td>Password used to authenticate with PostgreSQL</td>"),
        ("a.md", "curl -H 'Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9'"),
        ("a.sh", "curl -F password=@~/.vimrc https://acme.io"),
        ("todo.txt", "http://ops:pass1;auth=NTLM@example.com is the same"),
        ("a.c", "puts(\"machine host.acme.io login me password secret\\n\");"),
        ("router.yml", "password: \"%^%#}nay)sW7BH_kc7~)`~%<n5Rg%IJ5fYZ~%^%#\""),
        ("a.md", "a secret is added to app '86be4c01-505b-45e9-bfc0-9b825fd84'."),
    ] {
        let found = sightings(path, text);
        if !found.is_empty() {
            wrong.push(format!("{path}: {text}: {found:?}"));
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
        ("db/seed.xml", "<column name=\"password\" value=\"5f1a90c2be7743d0a6e8b9c1d2f30a4475be9c1\"/>"),
        ("seed.sql", "INSERT INTO users VALUES (1, 'password', '5f1a90c2be7743d0a6e8b9c1d2f30a44');"),
        ("Keys.cs", "var passwordKey = hosted ? \"Database:HostPassword2\" : \"Database:Password\";"),
        ("Rules.php", "'password' => 'required|confirmed|min:12',"),
        ("chart/secret.yaml", "  {{- $dbPassword := (include \"web.password2\" .) }}\n"),
        ("Dockerfile", "RUN sed -i 's/^DB_PASSWORD=.*/DB_PASSWORD=/' .env"),
        ("app.ini", "; redis: network=tcp,addr=:6379,password=swordfish,db=0,pool_size=100"),
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
fn the_code_of_others_shows_and_opens_nothing() {
    let example = |path: &str, text: &str| sightings(path, text).iter().filter_map(|f| f.fields.flag(sighting::EXAMPLE)).next();
    let password = "client.SetPassword(\"Zk7#qLw29vTr\")";
    assert_eq!(example("vendor/acme/client.go", password), Some(true));
    assert_eq!(example("vendors/client.go", password), Some(false));
    assert_eq!(example("web/.yarn/releases/tool.cjs", "x = {password: 'Zk7#qLw29vTr'}"), Some(true));
    // a token of a vendor is no less one
    let token = "TOKEN = \"dckr_pat_Zq7Lw29vTrXk4MbN8sYd3HfGj2C\"";
    assert_eq!(example("vendor/acme/client.go", token), Some(false));
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

//! What a path says of what lies there: tests, fixtures and examples are made up more often than not.

/// Folders of tests and examples, in lower case.
const FOLDERS: [&str; 23] = [
    "test",
    "tests",
    "testing",
    "spec",
    "specs",
    "__tests__",
    "__mocks__",
    "fixture",
    "fixtures",
    "testdata",
    "test-data",
    "test_data",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "mock",
    "mocks",
    "e2e",
    "testutil",
    "testutils",
];

/// Whether a path leads to a test, a fixture or an example.
#[must_use]
pub fn is_trial(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folders = || path.rsplit('/').skip(1);
    // Laravel makes the rows of its tests there, and Maven keeps what it tests as a whole
    let made = || ["database/factories/", "src/it/"].iter().any(|f| path.to_lowercase().contains(f));
    // a chart is tried with the values that lie there
    let chart = || path.contains("/ci/") && (name.ends_with("values.yaml") || name.ends_with("values.yml"));
    folders().any(is_folder) || is_file(name) || made() || chart() || (folders().any(is_integration) && is_of_program(name))
}

/// An environment may be called so as well, and that has configurations.
fn is_integration(folder: &str) -> bool {
    ["integration", "integration_tests", "inttest"].iter().any(|n| folder.eq_ignore_ascii_case(n))
}

/// Programs, and the keys that they load.
fn is_of_program(name: &str) -> bool {
    const ENDS: [&str; 18] =
        ["go", "rs", "java", "kt", "py", "rb", "js", "ts", "cs", "php", "scala", "swift", "c", "cc", "cpp", "pem", "key", "p12"];
    name.rsplit_once('.').is_some_and(|(_, end)| ENDS.iter().any(|e| end.eq_ignore_ascii_case(e)))
}

fn is_folder(name: &str) -> bool {
    let lower = name.to_lowercase();
    FOLDERS.contains(&lower.as_str())
        || ["-test", "-tests", "_test", "_tests", ".test", ".tests"].iter().any(|e| lower.ends_with(e))
        || ["test_", "tests_", "test-", "testresource", "testfixture"].iter().any(|b| lower.starts_with(b))
        || ends_in_word(name, &["Test", "Tests"])
}

fn is_file(name: &str) -> bool {
    let lower = name.to_lowercase();
    let (stem, extension) = lower.rsplit_once('.').unwrap_or((&lower, ""));
    let written = name.get(..stem.len()).unwrap_or(name);
    const ENDS: [&str; 7] = ["_test", "_spec", "_tests", "-test", "-spec", "-example", "-sample"];
    const RUNNERS: [&str; 8] = ["phpunit", "jest.config", "jest.setup", "karma.conf", "cypress.config", "cypress", "pytest", "tox"];
    // not of a page: one about fakes, demonstrations and testing is none
    const PAGES: [&str; 10] = ["md", "mdx", "rst", "txt", "adoc", "html", "htm", "docx", "pdf", "org"];
    const MADE_UP: [&str; 6] = ["_testing", "-testing", "_example", "_sample", "-demo", "_demo"];
    let made_up = || MADE_UP.iter().any(|s| stem.ends_with(s)) || names_made_up(written);
    ["example", "sample", "test", "testing"].contains(&extension)
        || [".test", ".spec", ".example", ".sample", ".e2e", ".mock"].iter().any(|s| stem.ends_with(s))
        || ENDS.iter().any(|s| stem.ends_with(s))
        || ["test_", "tests_"].iter().any(|s| stem.starts_with(s))
        || ["test", "tests", "conftest"].contains(&stem)
        || RUNNERS.contains(&stem)
        || (!PAGES.contains(&extension) && made_up())
        || (["java", "kt", "cs", "scala", "swift", "groovy"].contains(&extension)
            && (stem.ends_with("test")
                || stem.ends_with("tests")
                || ends_in_word(
                    written,
                    &["TestIT", "IT", "TestUtil", "TestUtils", "TestHelper", "TestHelpers", "TestData", "TestBase", "TestCase"],
                )))
}

/// `SetupDummyAccount.php`, `fake-idp.yaml`: the name says that what is in it was made up.
fn names_made_up(stem: &str) -> bool {
    let parts = stem.split(|c: char| !c.is_alphanumeric());
    parts.into_iter().any(|part| ["dummy", "fake", "mock"].iter().any(|w| part.eq_ignore_ascii_case(w)))
        || ["Dummy", "Fake", "Mock"].iter().any(|w| {
            stem.find(w).is_some_and(|at| stem.get(at + w.len()..).is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase())))
        })
}

/// Whether a name in mixed case ends in a word of it: `androidTest` does, `latest` does not.
fn ends_in_word(name: &str, words: &[&str]) -> bool {
    words.iter().any(|w| name.strip_suffix(w).is_some_and(|before| before.ends_with(|c: char| c.is_lowercase() || c.is_ascii_digit())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_what_only_sounds_like_them() {
        for path in [
            "tests/conf/app.ini",
            "pkg/auth_test.go",
            ".env.example",
            "web/login.spec.ts",
            "app/src/androidTest/java/Keys.java",
            "Api.Tests/Users.cs",
            "src/IntegrationTests/appsettings.json",
            "src/UploadIT.java",
            "src/CryptoTestUtils.kt",
            "examples/realm.json",
            ".env.testing",
            "database/factories/UserFactory.php",
            "demo/tls/ca-key.pem",
            "pkg/integration/login.go",
            "phpunit.xml",
            "k8s/local_testing.yml",
            "charts/web/ci/tls-values.yaml",
            "app/Console/SetupDummyAccount.php",
            "deploy/fake-idp.yaml",
        ] {
            assert!(is_trial(path), "{path}");
        }
        for path in [
            "src/latest/app.rs",
            "contest/app.env",
            "src/Audit.java",
            "deploy/app.yaml.tmpl",
            "src/EDIT.java",
            "src/factories/user.rb",
            "hieradata/integration/common.yaml",
            "src/Mockingbird.java",
            "runbooks/recovery-testing.md",
            "runbooks/fake-callers.md",
            "it/onboarding.py",
            "conf/greatest.ini",
        ] {
            assert!(!is_trial(path), "{path}");
        }
    }
}

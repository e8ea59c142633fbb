//! What a path says of what lies there: tests, fixtures and examples are made up more often than not.

/// Folders of tests and examples, in lower case.
const FOLDERS: [&str; 21] = [
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
    "mock",
    "mocks",
    "e2e",
    "testutil",
    "testutils",
];

/// Whether a path leads to a test, a fixture or an example.
#[must_use]
pub fn is_trial(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    // Laravel makes the rows of its tests there
    parts.any(is_folder) || is_file(name) || path.to_lowercase().contains("database/factories/")
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
    ["example", "sample", "test", "testing"].contains(&extension)
        || [".test", ".spec", ".example", ".sample", ".e2e", ".mock"].iter().any(|s| stem.ends_with(s))
        || ["_test", "_spec", "_tests", "-test", "-spec", "-example", "-sample"].iter().any(|s| stem.ends_with(s))
        || ["test_", "tests_"].iter().any(|s| stem.starts_with(s))
        || ["test", "tests", "conftest"].contains(&stem)
        || (["java", "kt", "cs", "scala", "swift", "groovy"].contains(&extension)
            && (stem.ends_with("test")
                || stem.ends_with("tests")
                || ends_in_word(
                    written,
                    &["TestIT", "IT", "TestUtil", "TestUtils", "TestHelper", "TestHelpers", "TestData", "TestBase", "TestCase"],
                )))
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
            "conf/greatest.ini",
        ] {
            assert!(!is_trial(path), "{path}");
        }
    }
}

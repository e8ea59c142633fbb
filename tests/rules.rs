//! Every example in every rule file: the bad ones fire, the good ones are quiet in their whole group; hits hit and misses miss.

#[test]
fn every_example_does_what_it_says() {
    let (count, failures) = sidedoor::scan::test_rules(&sidedoor::catalogue(), &|_| true);
    let lines: Vec<String> = failures.iter().map(|f| format!("{}, line {}: {}", f.rule, f.line, f.message)).collect();
    assert!(failures.is_empty(), "{} of {count} examples failed:\n{}", failures.len(), lines.join("\n"));
    assert!(count > 0, "there are examples");
}

//! README, changelog and docs.

use std::{fmt::Write as _, fs};

use azpat::{
    action::{BINDINGS, Layer},
    cli::Cli,
    config::{Example, KEYS},
};
use clap::Parser as _;

use super::{files, name, read, root};

/// A text for a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn keys() -> String {
    let mut text = String::new();
    for layer in Layer::ALL {
        let bindings: Vec<_> = BINDINGS.iter().filter(|it| it.layer == layer).collect();
        assert!(!bindings.is_empty(), "{layer:?} has no keys");
        write!(text, "### {}\n\n| Keys | Does |\n|---|---|\n", layer.title()).unwrap();
        for binding in bindings {
            let keys: Vec<_> = binding.keys.iter().map(|key| format!("`{}`", cell(key))).collect();
            writeln!(text, "| {} | {} |", keys.join(" "), cell(binding.doc)).unwrap();
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

fn configuration() -> String {
    let mut text = "| Key | Variable | Default | Meaning |\n|---|---|---|---|\n".to_owned();
    for key in KEYS {
        let default = key.default.map(|it| format!("`{it}`")).unwrap_or_default();
        let meaning = cell(key.meaning);
        let variable = match key.example {
            Example::Objects(_) => String::new(),
            Example::Text(_) | Example::List(_) => format!("`{}`", key.variable),
        };
        writeln!(text, "| `{}` | {variable} | {default} | {meaning} |", key.name).unwrap();
    }
    text.trim_end().to_owned()
}

/// Compares what stands between the markers of the README, or rewrites it with `UPDATE=1`.
fn generated(marker: &str, expected: &str) {
    let (begin, end) = (format!("<!-- {marker} -->\n"), format!("<!-- /{marker} -->\n"));
    let readme = read("README.md").replace("\r\n", "\n");
    let (before, rest) = readme.split_once(&begin).unwrap();
    let (present, after) = rest.split_once(&end).unwrap();
    let expected = format!("\n{expected}\n\n");
    if present == expected {
        return;
    }
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        let readme = format!("{before}{begin}{expected}{end}{after}");
        fs::write(root().join("README.md"), readme).unwrap();
    } else {
        panic!(
            "README.md: the part `{marker}` is out of date; run: UPDATE=1 cargo test --test docs"
        );
    }
}

/// One test, since both parts rewrite the same file.
#[test]
fn the_tables_of_the_readme_are_current() {
    generated("keys", &keys());
    generated("configuration", &configuration());
}

#[test]
fn the_readme_begins_with_the_two_commands() {
    let begin = "```sh\ncargo run --release -- --demo\n```\n\n```sh\ncargo test\n```\n";
    assert!(read("README.md").replace("\r\n", "\n").starts_with(begin));
}

#[test]
fn every_command_of_the_readme_is_understood() {
    let readme = read("README.md");
    let commands: Vec<_> = readme.lines().map(str::trim).filter(|it| starts(it)).collect();
    assert!(commands.len() >= 6, "{commands:?}");
    for command in commands {
        let parsed = Cli::try_parse_from(command.split_whitespace());
        assert!(parsed.is_ok(), "{command}: {}", parsed.unwrap_err());
    }
}

/// A line that is a command; a sentence goes on with something else.
fn starts(line: &str) -> bool {
    let first = line.strip_prefix("azpat ").and_then(|rest| rest.split(' ').next());
    let commands = [
        "init", "list", "show", "create", "deliver", "clone", "edit", "extend", "limits", "revoke",
        "config", "emulator",
    ];
    first.is_some_and(|word| commands.contains(&word) || word.starts_with('-'))
}

#[test]
fn links_lead_somewhere() {
    let mut documents = files("docs", ".md");
    documents.push(root().join("README.md"));
    let mut count = 0;
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            count += 1;
            let path = document.parent().unwrap().join(target);
            assert!(path.exists(), "{}: nothing at {target}", name(&document));
        }
    }
    assert!(count > 5, "only {count} links were found");
}

/// The third column of the table of invariants: tests as `file::name`.
#[test]
fn the_tests_that_the_architecture_names_exist() {
    let architecture = read("docs/architecture.md");
    let mut count = 0;
    for word in architecture.split('`').skip(1).step_by(2) {
        let Some((file, test)) = word.split_once(".rs::") else { continue };
        count += 1;
        let path = format!("{file}.rs");
        assert!(root().join(&path).exists(), "{word}: there is no {path}");
        assert!(read(&path).contains(&format!("fn {test}(")), "{word}: there is no such test");
    }
    assert!(count > 10, "only {count} tests were found");
}

/// Every top-level module has its line in the code map.
#[test]
fn the_code_map_is_whole() {
    let architecture = read("docs/architecture.md");
    for line in read("src/lib.rs").lines() {
        let Some(module) = line.strip_prefix("pub mod ") else { continue };
        let module = module.trim_end_matches(';');
        assert!(architecture.contains(&format!("| `{module}`")), "{module} is not in the code map");
    }
}

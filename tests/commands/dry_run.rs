//! With `--dry-run` nothing is written anywhere: not at the service, not below the home folder.

use std::{collections::BTreeMap, fs, path::Path};

use azpat::{
    cli::Cli,
    emulator::{FaultKind, Operation},
};
use clap::CommandFactory as _;

use crate::{
    accounts::{by_browser, newcomer},
    shell::{Shell, TOKEN, Token},
};

/// The commands that have nothing to write, but for the emulator, which is a service itself.
const READING: [&str; 7] = ["list", "show", "accounts", "doctor", "log", "config", "emulator"];

/// What each of the others is asked to do, and a word of what it says about it. `ITEM`: what is
/// left of a rotation.
const WRITING: [(&str, &str); 18] = [
    ("create ci --scope vso.code -o contoso", "would create ci"),
    ("clone token ci", "would create ci"),
    ("edit token --name other", "would change token"),
    ("extend token --by 50d", "would extend token"),
    ("rotate token", "would rotate token"),
    ("rotate token --sink netrc", ".netrc"),
    ("split everywhere --sink npmrc", "would split everywhere"),
    ("deliver token --sink netrc", ".netrc"),
    ("revoke token everywhere", "would revoke token"),
    ("resume", "--roll-back ITEM revokes the new token"),
    ("resume --roll-back ITEM", "item ITEM: would roll back and revoke bot"),
    ("resume --leave ITEM", "item ITEM: would leave it as it is"),
    ("limits --forget contoso", "would forget what was seen of contoso"),
    ("init --config new/config.json --sign-in azure_cli", "/new/config.json:\n  {"),
    ("init --config own.json --sign-in azure_cli -o contoso", "  + \"organization\": \"contoso\""),
    ("login --browser", "would sign in to"),
    ("logout", "would sign out robin@contoso.example"),
    ("git-credential store", ""),
];

/// Everything below a folder: modes and contents.
fn look(folder: &Path, found: &mut BTreeMap<String, (u32, Vec<u8>)>) {
    use std::os::unix::fs::PermissionsExt as _;

    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mode = path.symlink_metadata().unwrap().permissions().mode();
        let content = if path.is_dir() {
            look(&path, found);
            Vec::new()
        } else {
            fs::read(&path).unwrap()
        };
        found.insert(path.to_str().unwrap().to_owned(), (mode, content));
    }
}

fn home(shell: &Shell) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    look(shell.home.path(), &mut found);
    found
}

/// A home in which everything is that could be changed: a configuration, what was begun, limits,
/// and a file with a secret.
async fn lived_in() -> (Shell, String) {
    let shell = Shell::with(&[
        TOKEN,
        Token { name: "bot", ..TOKEN },
        Token { name: "everywhere", is_global: true, ..TOKEN },
    ])
    .await;
    shell.set(|settings| settings.policies.lifespan_days = Some(60));
    shell.run(&["extend", "token", "--by", "90d"]).await.is(0);
    shell.set(|settings| settings.policies.lifespan_days = None);
    shell.fault_once(Operation::Create, FaultKind::LoseAfter);
    shell.run(&["rotate", "bot"]).await.is(1);
    shell.set(|settings| settings.faults.clear());
    let left = shell.run(&["resume", "--format", "json"]).await.json();
    fs::write(shell.home.path().join("own.json"), "{\n  \"warn_within\": \"20d\"\n}\n").unwrap();
    fs::write(shell.home.path().join(".netrc"), "machine example.org login me password x\n")
        .unwrap();
    (shell, left[0]["item"].as_str().unwrap().to_owned())
}

/// Check 68, for every command that there is.
#[tokio::test(flavor = "multi_thread")]
async fn check_68_no_dry_run_writes_anything() {
    let (shell, item) = lived_in().await;
    let member = newcomer().await;
    by_browser(&member, &[]).await.is(0);
    for (line, said) in WRITING {
        let [line, said] = [line, said].map(|text| text.replace("ITEM", &item));
        let shell = if line.starts_with("log") { &member } else { &shell };
        let (before, ledger) = (home(shell), shell.emulator.control().ledger());
        let writes = shell.writes();
        let arguments: Vec<_> = line.split(' ').chain(["--dry-run"]).collect();
        let ran = shell.run(&arguments).await;
        // There is no keyring here: `tests/keyring.rs` has one.
        if !line.starts_with("git-credential") {
            ran.is(0);
        }
        assert!(ran.out.contains(&said), "{line}: {ran:#?}");
        assert_eq!(shell.writes(), writes, "{line}");
        assert_eq!(shell.emulator.control().ledger(), ledger, "{line}");
        assert!(home(shell) == before, "{line} wrote into the home folder");
    }
    // What was said is what is done without it.
    let (before, ledger) = (home(&member), shell.emulator.control().ledger());
    shell.run(&["resume", "--roll-back", &item]).await.is(0);
    assert_ne!(shell.emulator.control().ledger(), ledger);
    member.run(&["logout"]).await.is(0);
    assert!(home(&member) != before);
}

/// A command that is added has to say what its dry run is.
#[test]
fn check_68_every_command_that_writes_has_a_dry_run() {
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        let has_one = command.get_arguments().any(|argument| argument.get_id() == "dry_run");
        assert_eq!(has_one, !READING.contains(&name), "{name}");
        let is_tried = WRITING.iter().any(|(line, _)| line.split(' ').next() == Some(name));
        assert_eq!(is_tried, has_one, "{name}");
    }
}

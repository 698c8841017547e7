//! The secret of a new token, delivered on the screen to the files that programs read.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use azpat::emulator::{Emulator, Fault, FaultKind, Operation, Options, Settings};
use tokio::runtime::Runtime;

use super::{
    runtime,
    secret::{holds, made, make, read},
};
use crate::pty::{Program, Start};

/// A service, a home folder with a sink of its owner's, and the program with a new token in hand.
fn holding(runtime: &Runtime) -> (Emulator, tempfile::TempDir, Program, String) {
    let options = Options::generated(&[("contoso", 12)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let sinks =
        r#"{"sinks": [{"name": "agent", "kind": "env", "path": "agent.env", "key": "PAT"}]}"#;
    fs::write(path("config.json"), sinks).unwrap();
    let start = Start::against(&emulator)
        .env("HOME", &path(""))
        .env("AZPAT_CONFIG", &path("config.json"))
        .env("AZPAT_STATE", &path("state"));
    let mut program = start.run();
    program.wait("All 1");
    make(&mut program);
    program.wait("not delivered yet");
    let secret = read(&mut program);
    program.keys("v").wait("show for 30 s");
    (emulator, home, program, secret)
}

fn text(home: &Path, name: &str) -> String {
    fs::read_to_string(home.join(name)).unwrap_or_default()
}

/// What stands in the journal or the log.
fn written(home: &Path, name: &str) -> String {
    text(&home.join("state"), name)
}

#[test]
fn a_secret_is_delivered_to_a_file_of_its_owner_and_tried() {
    let runtime = runtime();
    let (emulator, home, mut program, secret) = holding(&runtime);
    let before = program.bytes().len();
    program.keys("d").wait("a file of variables").keys("\r").wait("PAT=***");
    assert!(!home.path().join("agent.env").exists(), "it was only shown");
    program.keys("\r").wait("contoso accepts it").wait("back to the secret");
    let path = home.path().join("agent.env");
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("PAT={secret}\n"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    program.keys("\r").wait("shown this once").wait("delivered to ~/agent.env");
    // A second place, although the journal has ended.
    program.keys("d").wait("curl and git").keys("jjjjjjjj\r").wait("dev.azure.com");
    program.keys("\r").wait("back to the secret").keys("\r").wait("delivered to ~/.netrc");
    assert!(text(home.path(), ".netrc").contains(&secret));
    program.keys("\x1b").wait("is made and ends").keys("q");
    let (code, bytes) = program.end();
    assert_eq!(code, 0);
    assert!(!holds(&String::from_utf8_lossy(&bytes[before..]), &secret));
    assert!(!made(&emulator)[0].revoked);
    let log = written(home.path(), "audit.jsonl");
    assert_eq!(log.matches("\"deliver\"").count(), 2, "{log}");
    assert!(!holds(&log, &secret));
    assert_eq!(written(home.path(), "journal.jsonl"), "", "what has ended is not kept");
}

#[test]
fn what_fails_leaves_the_secret_for_another_place() {
    let runtime = runtime();
    let (emulator, home, mut program, secret) = holding(&runtime);
    fs::create_dir(home.path().join("agent.env")).unwrap();
    program.keys("d").wait("a file of variables").keys("\r").wait("azpat cannot");
    program.keys("\r").wait("curl and git").keys("jjjjjjjj\r").wait("dev.azure.com");
    // It gets there, and is of no use.
    let fault = Fault::always(Operation::Tenant, FaultKind::Status(401));
    emulator.control().set(Settings { faults: vec![fault], ..Settings::default() });
    program.keys("\r").wait("the secret is in ~/.netrc, but");
    assert!(text(home.path(), ".netrc").contains(&secret));
    program.keys("\x1b").wait("not delivered yet").keys("\x1b").wait("Leave without");
    program.keys("\x1b[C\r").wait("made-here is revoked");
    program.keys("q");
    assert_eq!(program.end().0, 0);
    assert!(made(&emulator)[0].revoked);
}

#[test]
fn a_file_that_changed_since_it_was_shown_is_left_alone() {
    let runtime = runtime();
    let (_emulator, home, mut program, _) = holding(&runtime);
    program.keys("d").wait("a file of variables").keys("\r").wait("PAT=***");
    fs::write(home.path().join("agent.env"), "PAT=mine\n").unwrap();
    program.keys("\r").wait("azpat cannot").wait("The secret is still here");
    assert_eq!(text(home.path(), "agent.env"), "PAT=mine\n");
    program.keys("\x1b").wait("not delivered yet");
}

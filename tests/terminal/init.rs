//! Setting up in a dialogue.

use std::{fs, path::PathBuf};

use azpat::emulator::{Emulator, Options};

use super::{
    pty::{Program, Start},
    runtime,
};

const ID: &str = "11111111-2222-3333-4444-555555555555";

struct Dialogue {
    _folder: tempfile::TempDir,
    path: PathBuf,
    _emulator: Emulator,
    program: Program,
    _runtime: tokio::runtime::Runtime,
}

/// The dialogue at its first question, with this file there.
fn begin(before: Option<&str>, flags: &[&str]) -> Dialogue {
    let runtime = runtime();
    let options = Options::generated(&[("contoso", 1)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    if let Some(text) = before {
        fs::write(&path, text).unwrap();
    }
    let mut arguments = vec!["init", "--config", path.to_str().unwrap()];
    arguments.extend(flags);
    let mut program = Start::new(&arguments)
        .env("AZPAT_SERVICE_URL", emulator.url().as_str())
        .env("AZPAT_PROFILE_URL", emulator.url().as_str())
        .run();
    program.wait("find all of yours): ");
    Dialogue { _folder: folder, path, _emulator: emulator, program, _runtime: runtime }
}

#[test]
fn every_wrong_answer_is_asked_for_again_with_the_reason() {
    let mut it = begin(None, &[]);
    it.program.keys("nowhere\n").wait("there is no organization nowhere");
    it.program.keys("a/b\n").wait("is no organization name");
    it.program.keys("contoso\n").wait("contoso is there, tenant").wait("(empty: auto)");
    it.program.keys("sideways\n").wait("is no way to sign in");
    it.program.keys("browser\n").wait("Application (client) ID (? explains):");
    it.program.keys("?\n").wait("Mobile and desktop applications").wait("http://localhost");
    it.program.wait("vso.pats, vso.pats_manage, vso.profile");
    it.program.keys("\n").wait("needs one");
    it.program.keys("123\n").wait("is no Application");
    it.program.keys(&format!("{ID}\n")).wait("Tenant to sign in");
    it.program.keys("nonsense\n").wait("must be a tenant's id");
    it.program.keys("contoso.com\n").wait("\"sign_in\": \"browser\"").wait("[y/N]");
    assert!(!it.path.exists());
    let Dialogue { mut program, path, .. } = it;
    program.keys("y\n").wait_for_bytes("azpat login", |bytes| bytes.contains("azpat login"));
    let (code, _) = program.end();
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(code, 0);
    assert!(text.contains(ID) && text.contains("/contoso.com\""), "{text}");
}

#[test]
fn the_end_of_input_leaves_no_file_wherever_it_comes() {
    for answers in [&[][..], &["contoso"], &["contoso", "auto"], &["contoso", "auto", ""]] {
        let mut it = begin(None, &[]);
        let next = ["(empty: auto)", "? explains", "[y/N]"];
        for (answer, next) in answers.iter().zip(next) {
            it.program.keys(&format!("{answer}\n")).wait(next);
        }
        it.program.keys("\u{4}");
        let (code, bytes) = it.program.end();
        assert_eq!(code, 1);
        assert!(String::from_utf8_lossy(&bytes).contains("nothing was written"));
        assert!(!it.path.exists(), "{answers:?}");
    }
}

#[test]
fn a_file_is_kept_unless_its_changes_are_wanted() {
    let before = "{\"sign_in\": \"auto\", \"extend_by\": \"9d\"}";
    // --yes is about a file that is not there yet.
    for (answer, code) in [("\n", 1), ("y\n", 0)] {
        let mut it = begin(Some(before), &["--yes"]);
        it.program.keys("contoso\n").wait("(empty: auto)").keys("azure_cli\n").wait("[y/N]");
        let screen = it.program.screen();
        for line in ["- \"sign_in\": \"auto\"", "+ \"sign_in\": \"azure_cli\"", "\"extend_by\""] {
            assert!(screen.contains(line), "{line}:\n{screen}");
        }
        it.program.keys(answer);
        assert_eq!(it.program.end().0, code);
        let text = fs::read_to_string(&it.path).unwrap();
        assert_eq!(text == before, code == 1, "{text}");
        assert!(text.contains("9d"));
    }
}

//! The clipboard of a real X server, looked at with xclip. Run it by name inside of one:
//! `xvfb-run --auto-servernum cargo test --test clipboard`.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a panic is how a test fails; a test keeps its own time and starts programs"
)]

#[path = "terminal/pty.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod pty;

use std::{
    io::Write as _,
    process::{Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use azpat::emulator::{Emulator, Options};
use pty::{Program, Start};

/// There is one clipboard.
static CLIPBOARD: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    CLIPBOARD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a selection offers in a form; `None`: nothing.
fn offered(selection: &str, form: &str) -> Option<String> {
    let arguments = ["-out", "-selection", selection, "-target", form];
    let output = Command::new("xclip").args(arguments).stderr(Stdio::null()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text).filter(|text| output.status.success() && !text.is_empty())
}

fn text() -> Option<String> {
    offered("clipboard", "UTF8_STRING")
}

/// Somebody else copies something.
fn copy(text: &str) {
    let mut child = Command::new("xclip")
        .args(["-in", "-selection", "clipboard"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait().unwrap();
    // It goes on in the background, and must have the clipboard before anybody else takes it.
    wait_for(Some(text));
}

/// Waits until the clipboard holds this.
fn wait_for(wanted: Option<&str>) {
    let begin = Instant::now();
    while text().as_deref() != wanted {
        assert!(begin.elapsed() < Duration::from_secs(20), "{:?}, not {wanted:?}", text());
    }
}

/// With a clipboard that keeps a secret for five seconds.
fn in_display(start: Start) -> Start {
    let display = std::env::var("DISPLAY").expect("run it inside of xvfb-run");
    let authority = std::env::var("XAUTHORITY").unwrap_or_default();
    let start = start.env("AZPAT_CLIPBOARD_CLEAR", "5s");
    start.env("DISPLAY", &display).env("XAUTHORITY", &authority)
}

/// A program that just copied the secret of a new token.
fn copied(runtime: &tokio::runtime::Runtime) -> (Emulator, Program) {
    let options = Options::generated(&[("contoso", 12)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let mut program = in_display(Start::against(&emulator)).run();
    program.wait("All 1").keys("n").wait("New token").keys("made-here\t\t\t").wait("Enter chooses");
    program.keys("\r").wait("search").keys("vso.code ").wait("can     Code").keys("\r");
    program.wait("[ Make the token ]").keys("\r").wait("not delivered yet");
    copy("before");
    program.keys("y").wait("copied; cleared in");
    (emulator, program)
}

/// The secret is text of letters and digits, and is nothing that was copied before.
fn secret() -> String {
    let secret = text().unwrap();
    assert!(secret.len() >= 50 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    secret
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

#[test]
fn a_secret_is_marked_for_histories_and_gone_after_its_time() {
    let (_alone, runtime) = (alone(), runtime());
    let (_emulator, mut program) = copied(&runtime);
    secret();
    let hint = offered("clipboard", "x-kde-passwordManagerHint");
    assert_eq!(hint.as_deref(), Some("secret"));
    assert_eq!(offered("primary", "UTF8_STRING"), None, "the middle button pastes nothing");
    program.wait("cleared again");
    wait_for(None);
}

#[test]
fn what_somebody_copied_since_is_left_alone() {
    let (_alone, runtime) = (alone(), runtime());
    let (_emulator, mut program) = copied(&runtime);
    secret();
    copy("something else");
    program.wait("cleared again");
    program.keys("\x1b").wait("is made and ends").keys("q");
    assert_eq!(program.end().0, 0);
    wait_for(Some("something else"));
}

#[test]
fn no_secret_stays_behind_when_azpat_ends() {
    let (_alone, runtime) = (alone(), runtime());
    for signal in [None, Some(rustix::process::Signal::TERM)] {
        let (_emulator, mut program) = copied(&runtime);
        let secret = secret();
        match signal {
            Some(signal) => program.signal(signal),
            None => drop(program.keys("\x03")),
        }
        program.end();
        assert_ne!(text(), Some(secret));
    }
}

/// A command that just copied the secret of a new token.
fn commanded(emulator: &Emulator) -> (Program, String) {
    let arguments = ["create", "ci", "--scope", "vso.code", "-o", "contoso", "--sink", "clipboard"];
    let start = Start::new(&arguments)
        .env("AZPAT_SERVICE_URL", emulator.url().as_str())
        .env("AZPAT_PROFILE_URL", emulator.url().as_str())
        .env("AZPAT_ACCESS_TOKEN", emulator.access_token());
    copy("before");
    let mut program = in_display(start).run();
    program.wait("on the clipboard for 5 s; Ctrl-C clears it at once");
    (program, secret())
}

#[test]
fn a_command_waits_for_its_secret_to_be_pasted_and_clears_it() {
    let (_alone, runtime) = (alone(), runtime());
    let options = Options::generated(&[("contoso", 12)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let (program, _) = commanded(&emulator);
    assert_eq!(offered("clipboard", "x-kde-passwordManagerHint").as_deref(), Some("secret"));
    assert_eq!(program.end().0, 0);
    assert_eq!(text(), None);

    let (mut program, secret) = commanded(&emulator);
    program.keys("\x03").wait("holds the secret no more");
    let (code, shown) = program.end();
    assert_eq!((code, text()), (0, None));
    assert!(!String::from_utf8_lossy(&shown).contains(&secret));

    let (program, _) = commanded(&emulator);
    copy("something else");
    assert_eq!(program.end().0, 0);
    wait_for(Some("something else"));
}

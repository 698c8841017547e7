//! The secret of a new token: on the screen only while its owner asks, and never lost unasked.

use azpat::emulator::{Emulator, Fault, FaultKind, Operation, Options, Record, Settings};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustix::process::Signal;

use super::{connected, runtime, writes};
use crate::pty::{Program, Start};

/// Makes a token that may read code.
pub(crate) fn make(program: &mut Program) {
    program.keys("n").wait("New token").keys("made-here\t\t\t").wait("Enter chooses");
    program.keys("\r").wait("search").keys("vso.code ").wait("can     Code").keys("\r");
    program.wait("[ Make the token ]").keys("\r");
}

pub(crate) fn made(emulator: &Emulator) -> Vec<Record> {
    let mut ledger = emulator.control().ledger();
    ledger.retain(|record| record.name == "made-here");
    ledger
}

/// The secret as it stands on the screen, from its lines put together.
pub(crate) fn read(program: &mut Program) -> String {
    program.keys("v").wait("hide (");
    let screen = program.screen();
    let lines = screen.lines().skip_while(|line| !line.contains("shown this once")).skip(1);
    let inside = lines.filter_map(|line| line.split('║').nth(1)).map(str::trim);
    inside.take_while(|part| !part.is_empty()).collect()
}

pub(crate) fn holds(text: &str, secret: &str) -> bool {
    secret.as_bytes().windows(12).any(|part| text.contains(std::str::from_utf8(part).unwrap()))
}

#[test]
fn a_secret_is_on_the_screen_only_while_it_is_asked_for() {
    let runtime = runtime();
    let (_emulator, mut program) = connected(&runtime);
    make(&mut program);
    program.wait("not delivered yet").wait("••••••••");
    // Everything that the terminal got so far, scrolled away or not.
    let before = program.bytes().len();
    let secret = read(&mut program);
    assert!(secret.len() >= 50, "{secret}");
    let bytes = program.bytes();
    assert!(!holds(&String::from_utf8_lossy(&bytes[..before]), &secret));
    // Each of these covers it.
    for cover in ["v", "\x1b[O", "s"] {
        assert!(holds(&program.screen(), &secret), "{cover:?}");
        program.keys(cover).wait_until("covered", |screen| !screen.contains("hide ("));
        assert!(!holds(&program.screen(), &secret), "{cover:?}");
        if cover == "s" {
            break;
        }
        program.keys("v").wait("hide (");
    }
    program.keys("\x1b").wait("not delivered yet").keys("v").wait("hide (");
    program.resize(90, 28);
    program.wait("show for 30 s").keys("\x1b").wait("Leave without");
    program.keys("\x1b[C\x1b[C\r").wait("nobody has its secret");
    assert!(!holds(&program.screen(), &secret));
    let closed = program.bytes().len();
    // No later frame holds it, whole or drawn anew.
    program.resize(100, 30);
    // The last line is drawn last.
    let is_list = |screen: &str| screen.lines().last().is_some_and(|it| it.contains("+ extend"));
    program.keys("jjk").keys("?").wait_until("help", |it| it.contains("search") && !is_list(it));
    program.keys("\x1b").wait_until("the list", is_list).keys("q");
    let (code, bytes) = program.end();
    assert_eq!(code, 0);
    assert!(!holds(&String::from_utf8_lossy(&bytes[closed..]), &secret));
    // The alternate screen keeps no lines that were scrolled away.
    let text = String::from_utf8_lossy(&bytes);
    let head = secret.get(..12).unwrap();
    let (entered, left) = (text.find("\x1b[?1049h"), text.rfind("\x1b[?1049l"));
    assert!(entered < text.find(head) && text.rfind(head) < left);
}

/// What was handed to the terminal for its clipboard, decoded.
fn copied(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let each = text.split("\x1b]52;c;").skip(1);
    let each = each.map(|rest| rest.split_once("\x1b\\").unwrap().0);
    each.map(|data| String::from_utf8(STANDARD.decode(data).unwrap()).unwrap()).collect()
}

#[test]
fn the_terminal_gets_nothing_to_copy_before_its_owner_agrees_and_an_empty_text_at_the_end() {
    let runtime = runtime();
    let (_emulator, mut program) = connected(&runtime);
    program.keys("y").wait("Copy through the terminal?").keys("\x1b");
    program.wait_until("the list", |screen| !screen.contains("Copy through"));
    make(&mut program);
    program.wait("not delivered yet");
    let secret = read(&mut program);
    program.keys("y").wait("Copy through the terminal?").keys("\r").wait("not delivered yet");
    assert!(!String::from_utf8_lossy(&program.bytes()).contains("\x1b]52"), "nobody agreed");
    program.keys("y").wait("Copy through").keys("\t\r").wait("given to the terminal");
    assert_eq!(copied(&program.bytes()), [secret.as_str()]);
    // It is asked once.
    program.keys("y").wait_for_bytes("again", |text| text.matches("\x1b]52;c;").count() == 2);
    program.signal(Signal::TERM);
    let (code, bytes) = program.end();
    assert_eq!(code, 143);
    assert_eq!(copied(&bytes), [secret.as_str(), secret.as_str(), ""]);
}

#[test]
fn a_copied_secret_is_cleared_when_its_time_is_over() {
    let runtime = runtime();
    let options = Options::generated(&[("contoso", 12)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let mut program = Start::against(&emulator).env("AZPAT_CLIPBOARD_CLEAR", "5s").run();
    program.wait("All 1");
    make(&mut program);
    program.wait("not delivered yet").keys("y").wait("Copy through").keys("\t\r");
    program.wait("cleared in 0:0").wait("cleared again");
    assert_eq!(copied(&program.bytes()).last().map(String::as_str), Some(""));
}

#[test]
fn a_secret_is_saved_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let runtime = runtime();
    let (emulator, mut program) = connected(&runtime);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pat");
    make(&mut program);
    program.wait("not delivered yet");
    let secret = read(&mut program);
    program.keys("s").wait("only you can read").keys(path.to_str().unwrap()).keys("\r");
    program.wait("saved in").keys("\x1b").wait("is made and ends");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{secret}\n"));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(made(&emulator).len(), 1);
    program.keys("q");
    assert_eq!(program.end().0, 0);
}

#[test]
fn a_rotated_token_goes_when_the_new_secret_is_in_its_place() {
    let runtime = runtime();
    let (emulator, mut program) = connected(&runtime);
    let living = || {
        let ledger = emulator.control().ledger();
        ledger.into_iter().filter(|record| !record.revoked).collect::<Vec<_>>()
    };
    let before = living();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pat");
    // The first one has full access, which wants its name.
    program.keys("j").keys("t").wait("Rotate this token?").wait("[ Cancel ]").keys("\x1b[C\r");
    program.wait("The old one").wait("not delivered yet");
    assert_eq!(living().len(), before.len() + 1);
    program.keys("s").wait("only you can read").keys(path.to_str().unwrap()).keys("\r");
    program.wait("saved in").wait("is revoked when this closes");
    assert_eq!(living().len(), before.len() + 1);
    program.keys("\x1b").wait("u keeps it").wait("5 Revoked 1");
    assert_eq!(living().len(), before.len());
    let gone: Vec<_> =
        before.iter().filter(|old| living().iter().all(|it| it.id != old.id)).collect();
    let [gone] = gone.as_slice() else { panic!("{gone:?}") };
    let new = living().into_iter().find(|it| before.iter().all(|old| old.id != it.id)).unwrap();
    assert_eq!((&new.name, &new.scope), (&gone.name, &gone.scope));
    program.keys("q");
    assert_eq!(program.end().0, 0);
}

#[test]
fn check_75_whatever_ends_azpat_leaves_no_token_that_nobody_can_use() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let runtime = runtime();
        let (emulator, mut program) = connected(&runtime);
        make(&mut program);
        program.wait("not delivered yet");
        program.signal(signal);
        program.end();
        let revoked: Vec<_> = made(&emulator).iter().map(|record| record.revoked).collect();
        assert_eq!(revoked, [true], "{signal:?}");
        assert_eq!(writes(&emulator), 2);
    }
}

#[test]
fn check_75_a_terminal_that_goes_away_leaves_no_token_that_nobody_can_use() {
    let runtime = runtime();
    let (emulator, mut program) = connected(&runtime);
    make(&mut program);
    program.wait("not delivered yet");
    program.close();
    program.wait_for_exit();
    assert!(made(&emulator)[0].revoked);
}

#[test]
fn check_75_a_signal_waits_two_seconds_for_the_token_to_be_taken_back() {
    let runtime = runtime();
    let (emulator, mut program) = connected(&runtime);
    make(&mut program);
    program.wait("not delivered yet");
    let faults = vec![Fault::always(Operation::Revoke, FaultKind::StallBefore)];
    emulator.control().set(Settings { faults, ..Settings::default() });
    program.signal(Signal::TERM);
    let took = program.wait_for_exit();
    assert_eq!(program.end().0, 143);
    assert!(took < std::time::Duration::from_millis(3_500), "{took:?}");
}

#[test]
fn check_75_leaving_with_a_secret_in_hand_asks_and_takes_the_token_back() {
    let runtime = runtime();
    let (emulator, mut program) = connected(&runtime);
    make(&mut program);
    program.wait("not delivered yet").keys("\x03").wait("Leave without");
    program.keys("\x1b[C\r");
    assert_eq!(program.end().0, 0);
    assert!(made(&emulator)[0].revoked);
}

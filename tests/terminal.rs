//! The real program in a real pseudo-terminal.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a panic is how a test fails; a test keeps its own time and starts programs"
)]

#[path = "terminal/bulk.rs"]
mod bulk;
#[path = "terminal/defects.rs"]
mod defects;
#[path = "terminal/delivering.rs"]
mod delivering;
#[path = "commands/hostile.rs"]
mod hostile;
#[path = "terminal/init.rs"]
mod init;
#[path = "terminal/items.rs"]
mod items;
#[cfg(target_os = "linux")]
#[path = "terminal/memory.rs"]
mod memory;
#[path = "terminal/pty.rs"]
mod pty;
#[path = "commands/scan.rs"]
mod scan;
#[path = "terminal/secret.rs"]
mod secret;
#[path = "terminal/sign_in.rs"]
mod sign_in;
#[path = "terminal/splitting.rs"]
mod splitting;
#[path = "terminal/troubled.rs"]
mod troubled;

use azpat::emulator::{Emulator, Fault, FaultKind, Operation, Options, Settings};
use pty::{Program, Start};
use rustix::process::Signal;

/// Every mode that azpat sets, as the bytes that set and reset it.
const MODES: [(&str, &str); 6] = [
    ("\x1b[?1049h", "\x1b[?1049l"),
    ("\x1b[?2004h", "\x1b[?2004l"),
    ("\x1b[?1004h", "\x1b[?1004l"),
    ("\x1b[?1000h", "\x1b[?1000l"),
    ("\x1b[?1006h", "\x1b[?1006l"),
    ("\x1b[?25l", "\x1b[?25h"),
];

/// In the environment of a program whose memory is searched: it must be found there, or nothing is.
const PLANTED: &str = "planted-0b7c9d61e5f24a38";

fn assert_restored(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for (set, reset) in MODES {
        let (set, reset) = (text.rfind(set), text.rfind(reset));
        assert!(set.is_some() && reset > set, "{set:?} {reset:?}");
    }
}

fn demo() -> Start {
    Start::new(&["--demo"])
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// A service with a few tokens, and the program connected to it.
fn connected(runtime: &tokio::runtime::Runtime) -> (Emulator, Program) {
    let options = Options::generated(&[("contoso", 12)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let start = Start::against(&emulator).env("AZPAT_REVOKE_GRACE", "1s");
    let mut program = start.run();
    program.wait("All 1");
    (emulator, program)
}

/// A living token without full access, and the keys that go to its row.
fn some(emulator: &Emulator) -> (azpat::emulator::Record, String) {
    let now = azpat::clock::now();
    let mut ledger = emulator.control().ledger();
    ledger.retain(|record| !record.revoked && record.valid_to > now);
    ledger.sort_by_key(|record| record.valid_to);
    let row = ledger.iter().position(|record| record.scope != "app_token").unwrap();
    (ledger.swap_remove(row), format!("g{}", "j".repeat(row)))
}

fn record(emulator: &Emulator, id: uuid::Uuid) -> azpat::emulator::Record {
    emulator.control().ledger().into_iter().find(|record| record.id == id).unwrap()
}

fn writes(emulator: &Emulator) -> usize {
    emulator.control().requests().iter().filter(|seen| seen.method != "GET").count()
}

#[test]
fn the_demo_shows_tokens_and_q_gives_the_terminal_back() {
    let mut program = demo().run();
    program.wait("TEST SERVICE").wait("nuget-publish").keys("q");
    let (code, bytes) = program.end();
    assert_eq!(code, 0);
    assert_restored(&bytes);
}

#[test]
fn every_signal_gives_the_terminal_back_and_says_so_in_the_exit_code() {
    for (signal, expected) in
        [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)]
    {
        for phase in ["", "x", "/", "?", "+"] {
            let mut program = demo().run();
            program.wait("nuget-publish").keys(phase);
            program.signal(signal);
            let (code, bytes) = program.end();
            assert_eq!(code, expected, "{signal:?} after {phase:?}");
            assert_restored(&bytes);
        }
    }
}

#[test]
fn random_bytes_change_nothing_at_the_service() {
    let runtime = runtime();
    let (emulator, mut program) = connected(&runtime);
    let mut random = fastrand::Rng::with_seed(92);
    // Without Enter nothing may be sent; without q, Ctrl-C and Ctrl-Z it stays.
    let bytes =
        std::iter::repeat_with(|| random.u8(..)).filter(|byte| !b"\r\nq\x03\x1a".contains(byte));
    program.raw(&bytes.take(15_000).collect::<Vec<_>>());
    for _ in 0..4 {
        program.keys("\x1b");
        program.resize(100, 30);
    }
    program.signal(Signal::TERM);
    assert_eq!(program.end().0, 143);
    assert_eq!(writes(&emulator), 0);
}

#[test]
fn stopped_it_gives_the_terminal_to_the_shell_and_takes_it_again() {
    let script = r#""$AZPAT" --demo; stty -a | grep -q -- -icanon || echo cooked; fg; stty -a"#;
    let mut program = Start::shell(script).env("PATH", "/usr/bin:/bin").run();
    program.wait("nuget-publish").keys("x").wait("cannot be undone").keys("\x1a");
    // The shell goes on at once with `fg`, so what it saw is in the bytes only.
    program.wait_for_bytes("the screen again", |text| {
        text.split_once("cooked").is_some_and(|(_, after)| after.contains("\x1b[?2026l"))
    });
    program.wait("cannot be undone");
    program.keys("\x1b").wait_until("the list", |screen| !screen.contains("cannot be undone"));
    program.keys("q");
    let (_, bytes) = program.end();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let between = text.split("cooked").collect::<Vec<_>>();
    assert_eq!(between.len(), 2, "the shell had no usable terminal");
    assert_restored(between[0].as_bytes());
    assert_restored(between[1].as_bytes());
}

#[test]
fn a_signal_does_not_wait_for_the_service() {
    let runtime = runtime();
    let options = Options::generated(&[("contoso", 12)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let faults = vec![Fault::always(Operation::List, FaultKind::StallBefore)];
    emulator.control().set(Settings { faults, ..Settings::default() });
    let mut program = Start::against(&emulator).run();
    program.wait("contoso");
    program.signal(Signal::TERM);
    let (code, bytes) = program.end();
    assert_eq!(code, 143);
    assert_restored(&bytes);
}

#[test]
fn without_a_terminal_it_says_so_and_writes_no_escapes() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_azpat")).arg("--demo").output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stdout, b"");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("no terminal") && !text.contains('\x1b'), "{text}");
}

#[test]
fn a_dumb_terminal_gets_words_only() {
    let program = demo().env("TERM", "dumb").run();
    let (code, bytes) = program.end();
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(code, 2);
    assert!(text.contains("TERM is not set, or `dumb`") && !text.contains('\x1b'), "{text}");
}

#[test]
fn no_colour_means_no_colour_and_the_selection_is_a_character() {
    let mut program = demo().env("NO_COLOR", "1").run();
    program.wait("nuget-publish");
    let marked = |screen: &str| screen.lines().filter(|line| line.starts_with('▌')).count();
    assert_eq!(marked(&program.screen()), 1);
    program.keys("q");
    let (_, bytes) = program.end();
    let text = String::from_utf8_lossy(&bytes);
    for colour in (30..=37).chain(40..=47).chain(90..=97) {
        for form in
            [format!("\x1b[{colour}m"), format!(";{colour}m"), format!("[38;5;{}m", colour % 16)]
        {
            assert!(!text.contains(&form), "{form:?}");
        }
    }
}

#[test]
fn another_locale_gets_ascii() {
    let mut program = demo().env("LANG", "C").run();
    program.wait("nuget-publish");
    let screen = program.screen();
    assert!(screen.lines().any(|line| line.starts_with('>')), "{screen}");
    assert!(!screen.contains(['─', '▌', '●', '…']), "{screen}");
}

#[test]
fn a_terminal_that_shrank_and_grew_again_is_drawn_anew() {
    let mut program = demo().run();
    program.wait("nuget-publish");
    // Asleep, it learns only that the size is what it was.
    program.signal(Signal::STOP);
    program.resize(10, 5);
    program.resize(100, 30);
    assert!(!program.screen().contains("TEST SERVICE"));
    program.signal(Signal::CONT);
    program.wait("TEST SERVICE").wait("nuget-publish").keys("q");
    assert_eq!(program.end().0, 0);
}

#[test]
fn a_storm_of_sizes_ends_in_the_right_picture() {
    let mut program = demo().run();
    program.wait("nuget-publish");
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..300 {
        program.resize(random.u16(1..200), random.u16(1..60));
        program.keys(["j", "k", "g", "p"][random.usize(0..4)]);
    }
    program.resize(100, 30);
    program.keys("g");
    program.wait("nuget-publish").wait("TEST SERVICE").keys("q");
    assert_eq!(program.end().0, 0);
}

#[test]
fn tiny_terminals_are_survived() {
    for (columns, rows) in [(1, 1), (1, 30), (80, 1), (2, 3), (20, 5), (300, 100)] {
        let mut program = demo().size(columns, rows).run();
        program.wait_until("something", |screen| !screen.trim().is_empty());
        program.keys("jjx");
        program.keys("\x03\x03");
        program.end();
    }
}

#[test]
fn extending_from_the_keyboard_moves_the_end_at_the_service() {
    let runtime = runtime();
    let (emulator, mut program) = connected(&runtime);
    let (before, row) = some(&emulator);
    program.keys(&row).keys("+").wait("Enter");
    program.keys("\x1b[C\x1b[C\x1b[C\r");
    program.wait("now ends");
    let after = record(&emulator, before.id);
    assert!(after.valid_to > before.valid_to);
    assert_eq!((after.name, after.scope), (before.name, before.scope));
    let put = emulator.control().requests().into_iter().find(|seen| seen.method == "PUT").unwrap();
    let body = put.body.unwrap();
    let mut fields: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    fields.sort();
    assert_eq!(fields, ["authorizationId", "validTo"]);
}

#[test]
fn revoking_is_confirmed_waited_for_and_only_then_claimed() {
    let runtime = runtime();
    let (emulator, mut program) = connected(&runtime);
    let (before, row) = some(&emulator);
    program.keys(&row).keys("x").wait("cannot be undone");
    program.keys("\t\r").wait("revoking in");
    assert!(!record(&emulator, before.id).revoked);
    program.wait("is revoked");
    assert!(record(&emulator, before.id).revoked);
    assert_eq!(writes(&emulator), 1);
}

#[test]
fn a_lost_answer_is_looked_up_before_anything_is_claimed() {
    for kind in [FaultKind::LoseBefore, FaultKind::LoseAfter] {
        let is_carried_out = matches!(kind, FaultKind::LoseAfter);
        let runtime = runtime();
        let (emulator, mut program) = connected(&runtime);
        let (before, row) = some(&emulator);
        let faults = vec![Fault::once(Operation::Revoke, kind)];
        emulator.control().set(Settings { faults, ..Settings::default() });
        program.keys(&row).keys("x").wait("cannot be undone");
        program.keys("\t\r");
        program.wait(if is_carried_out { "is revoked" } else { "cannot revoke" });
        assert_eq!(record(&emulator, before.id).revoked, is_carried_out);
        assert_eq!(writes(&emulator), 1, "it is never sent twice");
    }
}

#[test]
fn key_repeat_and_pastes_revoke_nothing() {
    let runtime = runtime();
    let (emulator, mut program) = connected(&runtime);
    program.keys(&"x\r".repeat(200));
    program.keys(&format!("x\x1b[200~{}\x1b[201~", "revoke\ry\r\n".repeat(2_000)));
    // An escape that follows other bytes at once would be read as a part of them.
    program.wait("revokeyrevokey").keys("\x1b");
    program.wait_until("the list", |screen| !screen.contains("cannot be undone"));
    program.keys("@").wait("GET");
    assert_eq!(writes(&emulator), 0);
}

#[test]
fn ten_megabytes_pasted_into_a_question_and_a_field_do_nothing() {
    let runtime = runtime();
    let (emulator, mut program) = connected(&runtime);
    let (_, row) = some(&emulator);
    let mut paste = "revoke\ry\r\n\tq\x03\u{202e}\x1b[200~".repeat(10 << 20 >> 4).into_bytes();
    paste.truncate(10 << 20);
    let paste_it = |program: &mut Program| {
        program.keys("\x1b[200~").raw(&paste).keys("\x1b[201~");
    };
    program.keys(&row).keys("x").wait("cannot be undone");
    paste_it(&mut program);
    program.keys("\x1b").wait_until("the list", |screen| !screen.contains("cannot be undone"));
    program.keys("/");
    paste_it(&mut program);
    program.wait("revoke").wait("0 of");
    program.keys("\x1b").wait_until("the list", |screen| !screen.contains("0 of"));
    program.keys("?").wait("search").keys("\x1b");
    assert_eq!(writes(&emulator), 0);
}

#[test]
fn leaving_with_a_revocation_pending_asks() {
    let runtime = runtime();
    let options = Options::generated(&[("contoso", 12)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let mut program = Start::against(&emulator).env("AZPAT_REVOKE_GRACE", "5m").run();
    let (_, row) = some(&emulator);
    program.wait("All 1").keys(&row).keys("x").wait("cannot be undone");
    program.keys("\t\r").wait("revoking in");
    program.keys("q").wait("Leave");
    program.keys("\x1b").wait_until("the list", |screen| !screen.contains("Leave azpat?"));
    program.keys("u").wait("nothing was sent");
    program.keys("q");
    assert_eq!(program.end().0, 0);
    assert_eq!(writes(&emulator), 0);
}

#[test]
fn without_a_configuration_it_says_what_to_do_and_offers_the_demo() {
    let mut program = Start::new(&[]).run();
    program.wait("config.json").wait("az login").keys("d");
    program.wait("nuget-publish").keys("q");
    assert_eq!(program.end().0, 0);
}

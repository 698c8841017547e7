//! azpat breaks: the terminal is given back whole, once, and what happened is told on the normal
//! screen.

use std::{fs::File, thread};

use azpat::{
    config::{Config, Environment, Flags, load},
    emulator::{Emulator, Options},
    state::{Look, Setting, State, session::Session},
    terminal::Terminal,
};
use rustix::{process::Signal, stdio};

use super::{Start, assert_restored, demo, scan::Scan};

/// What leaves the alternate screen, and with it the undo of everything.
const UNDO: &str = "\x1b[?1049l";
const MESSAGE: &str = "told on the normal screen";

/// Says to [`child`] that it is the program under test, and what is to break.
const BREAKS: &str = "AZPAT_TEST_BREAKS";

/// Does nothing by itself: the other tests run it in a pseudo-terminal.
#[test]
fn child() {
    let Ok(what) = std::env::var(BREAKS) else { return };
    match what.as_str() {
        "task" => task_of_the_program(&Flags { demo: true, ..Flags::default() }),
        "secrets" => task_of_the_program(&Flags::default()),
        "thread" => {
            in_the_terminal(|| drop(thread::spawn(|| panic!("{MESSAGE}")).join()));
        }
        "several" => in_the_terminal(several_threads),
        "twice" => in_the_terminal(panic_while_panicking),
        "modes" => in_the_terminal(|| stdio::dup2_stdin(File::open("/dev/null").unwrap()).unwrap()),
        #[cfg(target_os = "linux")]
        "output" => output_that_fails(),
        other => panic!("{other}"),
    }
}

/// The whole program, in which a task dies when it is told to.
fn task_of_the_program(flags: &Flags) {
    let runtime = super::runtime();
    runtime.spawn(async {
        let kind = tokio::signal::unix::SignalKind::user_defined1();
        tokio::signal::unix::signal(kind).unwrap().recv().await;
        panic!("{MESSAGE}");
    });
    let config: Config = load(flags, &Environment::of_process()).unwrap();
    azpat::app::run(&config, Look::default()).unwrap();
}

/// A frame, then the defect, then one more frame and the usual end.
fn in_the_terminal(breaks: impl FnOnce()) {
    let mut terminal = Terminal::take().unwrap();
    let state = State::new(Setting::default(), Session::Connecting, azpat::clock::now());
    terminal.draw(&state).unwrap();
    breaks();
    // The loop may not know yet.
    terminal.draw(&state).ok();
}

fn several_threads() {
    let dying: Vec<_> = (0..8).map(|_| thread::spawn(|| panic!("{MESSAGE}"))).collect();
    for thread in dying {
        assert!(thread.join().is_err());
    }
}

/// A panic while the stack unwinds from a panic: the process aborts.
fn panic_while_panicking() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("a second time");
        }
    }
    thread::spawn(|| {
        let _bomb = Bomb;
        panic!("{MESSAGE}");
    })
    .join()
    .ok();
}

/// Nothing can be written any more, but the line discipline can be given back.
#[cfg(target_os = "linux")]
fn output_that_fails() {
    let modes = || format!("{:?}", rustix::termios::tcgetattr(stdio::stdin()).unwrap());
    let before = modes();
    in_the_terminal(|| {
        assert_ne!(before, modes(), "nothing was set that could be undone");
        let full = File::options().write(true).open("/dev/full");
        stdio::dup2_stdout(full.unwrap()).unwrap();
    });
    assert_eq!(before, modes());
    // The test program has more to say.
    stdio::dup2_stdout(stdio::stdin()).unwrap();
}

fn breaking(what: &str) -> Start {
    Start::test("defects::child").env(BREAKS, what)
}

fn undone(bytes: &[u8]) -> usize {
    String::from_utf8_lossy(bytes).matches(UNDO).count()
}

#[test]
fn a_panic_in_any_thread_gives_the_terminal_back_before_it_is_told() {
    let (code, bytes) = breaking("thread").run().end();
    assert_eq!(code, 0);
    assert_restored(&bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (_, told) = text.split_once(UNDO).unwrap();
    assert!(told.contains(MESSAGE) && !told.contains("\x1b[?2026h"), "{text}");
    assert_eq!(undone(&bytes), 1, "undone once, not twice");
}

#[test]
fn several_panics_at_once_undo_it_once() {
    let (code, bytes) = breaking("several").run().end();
    assert_eq!(code, 0);
    assert_restored(&bytes);
    assert_eq!(undone(&bytes), 1);
}

#[test]
fn a_panic_in_a_panic_finds_the_terminal_given_back() {
    let (code, bytes) = breaking("twice").run().end();
    assert_ne!(code, 0, "it aborts");
    assert_restored(&bytes);
    assert_eq!(undone(&bytes), 1);
    assert!(String::from_utf8_lossy(&bytes).contains(MESSAGE));
}

#[test]
fn modes_that_cannot_be_reset_do_not_keep_the_screen() {
    let (code, bytes) = breaking("modes").detached().run().end();
    assert_eq!(code, 0);
    assert_restored(&bytes);
    assert_eq!(undone(&bytes), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_does_not_keep_the_modes() {
    let (code, bytes) = breaking("output").run().end();
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&bytes));
}

#[test]
fn a_panic_in_a_task_is_told_and_the_screen_comes_back() {
    let mut program = breaking("task").run();
    program.wait("nuget-publish").keys("x").wait("cannot be undone");
    program.signal(Signal::USR1);
    program.wait_for_bytes("the screen again", |text| {
        let told = text.split_once(UNDO).and_then(|(_, after)| after.split_once(MESSAGE));
        told.is_some_and(|(_, after)| after.contains("\x1b[?1049h"))
    });
    program.wait("cannot be undone").wait("a part of azpat stopped working");
    assert!(!program.screen().contains(MESSAGE));
    program.keys("\x1b").wait_until("the list", |screen| !screen.contains("cannot be undone"));
    program.keys("q");
    let (code, bytes) = program.end();
    assert_eq!(code, 0);
    assert_restored(&bytes);
}

/// Check 52: a defect while a new secret and the sign-in are held tells nothing of either, not even
/// with a whole backtrace.
#[test]
fn check_52_a_panic_while_secrets_are_held_tells_none() {
    let runtime = super::runtime();
    let options = Options::generated(&[("contoso", 12)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let mut program = breaking("secrets")
        .env("AZPAT_SERVICE_URL", emulator.url().as_str())
        .env("AZPAT_PROFILE_URL", emulator.url().as_str())
        .env("AZPAT_ACCESS_TOKEN", emulator.access_token())
        .env("RUST_BACKTRACE", "full")
        .env("RUST_LOG", "trace")
        .run();
    program.wait("All 1");
    super::secret::make(&mut program);
    program.wait("not delivered yet");
    program.signal(Signal::USR1);
    program.wait_for_bytes("the screen again", |text| {
        let told = text.split_once(UNDO).and_then(|(_, after)| after.split_once(MESSAGE));
        told.is_some_and(|(_, after)| after.contains("\x1b[?1049h"))
    });
    let before = program.bytes();
    let secret = super::secret::read(program.keys("\x1b[I"));
    let mut scan = Scan::default();
    scan.add("PAT", &secret);
    let bearer = emulator.access_token().rsplit('.').next().unwrap();
    scan.add("access token", bearer.get(..bearer.len().min(52)).unwrap());
    assert!(scan.clone().look("the screen", &program.bytes()), "no secret was held");
    scan.look("the terminal", &before);
    scan.assert_clean();
}

/// Without file descriptors the program fails at different places after it has taken the
/// terminal, by an error here and by a panic there.
#[cfg(target_os = "linux")]
#[test]
fn errors_and_panics_of_the_program_leave_the_terminal_as_it_was() {
    let (mut errors, mut panics) = (0, 0);
    for most in 4..=10 {
        let script = format!(
            "before=$(stty -g); (ulimit -n {most}; exec \"$AZPAT\" --demo); echo \"code $?\"; \
             [ \"$before\" = \"$(stty -g)\" ] && echo all modes as before"
        );
        let (_, bytes) = Start::shell(&script).env("PATH", "/usr/bin:/bin").run().end();
        assert_restored(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(undone(&bytes), 1, "{text}");
        assert!(text.contains("all modes as before"), "{text}");
        let (_, told) = text.split_once(UNDO).unwrap();
        errors += usize::from(told.contains("azpat: cannot start: ") && told.contains("code 1\r"));
        panics += usize::from(told.contains("panicked at") && told.contains("code 101"));
    }
    assert!(errors > 0 && panics > 0, "{errors} errors, {panics} panics");
    assert_eq!(errors + panics, 7);
    // A program that lives is needed to know that this is not how it always is.
    demo().run().wait("nuget-publish");
}

//! The terminal itself is the trouble: it is slow, takes nothing, is gone, or others write on it.

use std::time::Duration;

use azpat::emulator::{Emulator, Options};
use rustix::process::Signal;

use super::{
    Start, assert_restored, demo,
    pty::{PATIENCE, Program},
    runtime,
};

#[test]
fn a_terminal_that_takes_no_output_cannot_hold_it() {
    let mut program = demo().size(200, 60).run();
    program.wait("nuget-publish");
    let stalled = program.stall();
    // Enough frames to fill what the kernel keeps for a terminal.
    program.keys(&"Gg".repeat(400));
    program.signal(Signal::TERM);
    let code = program.exit_code();
    drop(stalled);
    assert_eq!(code, 143);
}

#[test]
fn a_slow_terminal_stops_neither_the_service_nor_keys() {
    let runtime = runtime();
    let options = Options::generated(&[("contoso", 12)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let mut program = Start::against(&emulator).size(200, 60).run();
    program.wait("azpat").slow(true);
    // Looked at whenever a byte has come through.
    let listed =
        || emulator.control().requests().iter().filter(|seen| seen.method == "GET").count();
    program.wait_until("three lists, read", |_| listed() >= 3);
    program.keys(&"Gg".repeat(400)).keys("?");
    program.slow(false).wait("search").keys("\x1b");
    program.wait_until("the list", |screen| !screen.contains("search"));
    program.keys("q");
    let (code, bytes) = program.end();
    assert_eq!(code, 0);
    assert_restored(&bytes);
}

#[test]
fn a_slow_terminal_does_not_delay_a_signal() {
    let mut program = demo().size(200, 60).run();
    program.wait("nuget-publish").slow(true);
    program.keys(&"Gg".repeat(400));
    let before = program.bytes().len();
    program.wait_for_bytes("a few bytes", |text| text.len() > before + 20);
    program.signal(Signal::TERM);
    let took = program.wait_for_exit();
    assert!(took <= Duration::from_secs(1), "{took:?}");
    assert_eq!(program.exit_code(), 143);
}

/// Ends within two seconds, and takes less than a twentieth of them from the processor.
fn assert_dies_quietly(mut program: Program) {
    program.wait("nuget-publish");
    #[cfg(target_os = "linux")]
    let before = program.processor_time();
    program.close();
    let took = program.wait_for_exit();
    assert!(took <= Duration::from_secs(2), "{took:?}");
    #[cfg(target_os = "linux")]
    {
        let spent = program.processor_time().saturating_sub(before);
        assert!(spent < Duration::from_millis(100), "{spent:?} of {took:?}");
    }
    program.exit_code();
}

#[test]
fn a_terminal_that_goes_away_ends_the_program() {
    assert_dies_quietly(demo().run());
}

#[test]
fn the_end_of_the_terminal_ends_it_even_where_no_hang_up_comes() {
    assert_dies_quietly(demo().detached().run());
}

#[test]
fn the_end_of_the_terminal_ends_it_even_with_hang_ups_ignored() {
    assert_dies_quietly(Start::shell(r#"trap "" HUP; exec "$AZPAT" --demo"#).run());
}

/// A browser that is a script.
#[cfg(target_os = "linux")]
fn with_browser(script: &str) -> (Start, tempfile::TempDir) {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let browser = folder.path().join("browser");
    std::fs::write(&browser, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let start = demo().env("DISPLAY", ":0").env("BROWSER", browser.to_str().unwrap());
    (start, folder)
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_browser_says_does_not_reach_the_screen() {
    let (start, folder) = with_browser(r#"echo JUNK; echo JUNK >&2; echo "$1" >"$0.asked""#);
    let asked = folder.path().join("browser.asked");
    // A pipe is read to its end only after the browser has said all.
    assert!(std::process::Command::new("mkfifo").arg(&asked).status().unwrap().success());
    let (told, was_asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || told.send(std::fs::read_to_string(asked)));
    let mut program = start.run();
    program.wait("nuget-publish").keys("o").wait("opened https://dev.azure.com/");
    let asked = was_asked.recv_timeout(PATIENCE).expect("the browser was not run").unwrap();
    assert!(asked.starts_with("https://dev.azure.com/"), "{asked}");
    program.keys("q");
    let (code, bytes) = program.end();
    assert_eq!(code, 0);
    assert!(!String::from_utf8_lossy(&bytes).contains("JUNK"));
}

#[cfg(target_os = "linux")]
#[test]
fn what_others_write_on_the_terminal_is_drawn_over() {
    let junk = r"printf '\033[2J\033[5;5HJUNK\033[41m\033[?25h' >/dev/tty";
    let (start, _folder) = with_browser(junk);
    let mut program = start.run();
    program.wait("nuget-publish").keys("o").wait("opened https://dev.azure.com/");
    program.wait_for_bytes("the junk", |text| text.contains("JUNK"));
    program.resize(100, 29);
    program.resize(100, 30);
    program.wait_until("a clean screen", |screen| {
        !screen.contains("JUNK")
            && ["TEST SERVICE", "nuget-publish", "opened https"]
                .iter()
                .all(|part| screen.contains(part))
    });
}

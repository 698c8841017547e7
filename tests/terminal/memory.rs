//! What stays in the memory of the program, looked at from outside as root can.

#![expect(clippy::print_stderr, reason = "a test that cannot look says so")]

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
    time::{Duration, Instant},
};

use azpat::emulator::Emulator;

use super::{PLANTED, pty::Program, secret, sign_in::Newcomer};

/// So much of a secret in one piece is a copy.
const PIECE: usize = 16;

/// Everything that the program can write to. Where this process may not look, that is told.
fn memory(pid: i32) -> Option<Vec<u8>> {
    let mut memory = match File::open(format!("/proc/{pid}/mem")) {
        Ok(memory) => memory,
        Err(error) => {
            assert!(!rustix::process::geteuid().is_root(), "{error}");
            eprintln!("the memory is not searched: only root may look into it ({error})");
            return None;
        }
    };
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let mut bytes = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (begin, end) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let place = |text| u64::from_str_radix(text, 16).unwrap();
        let (begin, end) = (place(begin), place(end));
        memory.seek(SeekFrom::Start(begin)).unwrap();
        // A part may be gone again.
        memory.by_ref().take(end - begin).read_to_end(&mut bytes).ok();
    }
    Some(bytes)
}

/// How often each of these is there, as it is and as UTF-16, from its middle.
fn copies(memory: &[u8], wanted: &[(&str, String)]) -> Vec<(String, usize)> {
    let needles = wanted.iter().flat_map(|(kind, text)| {
        let begin = (text.len() - PIECE) / 2;
        let piece = text.as_bytes()[begin..begin + PIECE].to_vec();
        let wide = piece.iter().flat_map(|byte| [*byte, 0]).collect::<Vec<_>>();
        [((*kind).to_owned(), piece), (format!("{kind} in UTF-16"), wide)]
    });
    let count = |needle: &[u8]| memchr::memmem::find_iter(memory, needle).count();
    needles.map(|(kind, needle)| (kind, count(&needle))).collect()
}

/// The secrets that the service gave or got, each by the part that is random.
fn secrets(emulator: &Emulator) -> Vec<(&'static str, String)> {
    let random = |text: String| text.rsplit('.').next().unwrap().to_owned();
    let secrets = emulator.control().secrets().into_iter();
    secrets.map(|(kind, text)| (kind, random(text))).collect()
}

fn found(program: &Program, wanted: &[(&str, String)]) -> Option<Vec<(String, usize)>> {
    let memory = memory(program.pid())?;
    let planted = memchr::memmem::find(&memory, PLANTED.as_bytes());
    assert!(planted.is_some(), "what was planted is not found: the search sees nothing");
    let mut copies = copies(&memory, wanted);
    copies.retain(|(_, count)| *count > 0);
    Some(copies)
}

/// Check 54, and 44 for what a sign-out leaves in memory and on the disk: signed in, made, delivered, dismissed, signed out.
#[test]
fn check_54_secrets_that_are_done_with_are_nowhere_in_memory() {
    let newcomer = Newcomer::new();
    let mut program = newcomer.start("browser");
    newcomer.visit(&program);
    program.wait("All 12");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pat");
    secret::make(&mut program);
    program.wait("not delivered yet");
    program.keys("s").wait("only you can read").keys(path.to_str().unwrap()).keys("\r");
    program.wait("saved in");
    let pat = std::fs::read_to_string(&path).unwrap().trim().to_owned();
    let pat = [("PAT", pat)];
    let Some(held) = found(&program, &pat) else { return };
    assert!(!held.is_empty(), "it is still held here, and the search must see that");
    program.keys("\x1b").wait("is made and ends");

    // The session goes on: its tokens are in use, and nothing else is.
    let mut done = secrets(&newcomer.emulator);
    done.retain(|(kind, _)| matches!(*kind, "code" | "verifier"));
    assert_eq!(done.len(), 2, "{done:?}");
    done.extend(pat);
    assert_eq!(found(&program, &done), Some(Vec::new()));

    assert!(newcomer.keeps_a_session());
    program.keys("A").wait("signed in").keys("x").wait("Sign out?");
    program.keys("\t\r").wait("Entra does not revoke what it gave out");
    assert!(!newcomer.keeps_a_session());
    done.extend(secrets(&newcomer.emulator));
    assert!(done.iter().any(|(kind, _)| *kind == "refresh token"));
    // The connections end on their own time.
    let begun = Instant::now();
    while found(&program, &done) != Some(Vec::new()) {
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", found(&program, &done));
    }
    program.keys("\x03");
    assert_eq!(program.end().0, 0);
}

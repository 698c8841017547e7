//! Many tokens at once, on a bad day: what the screen says of them is so.

use std::cell::Cell;

use azpat::emulator::{Control, Emulator, Fault, FaultKind, Operation, Options, Settings};

use super::runtime;
use crate::pty::Start;

/// The number before these words on the screen.
fn number(screen: &str, words: &str) -> Option<usize> {
    let (before, _) = screen.split_once(words)?;
    before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn revoked(control: &Control) -> usize {
    control.ledger().iter().filter(|record| record.revoked).count()
}

#[test]
fn what_is_said_of_many_revocations_on_a_bad_day_is_so() {
    let runtime = runtime();
    let options = Options::generated(&[("contoso", 60)]);
    let emulator = runtime.block_on(Emulator::start(options)).unwrap();
    let control = emulator.control();
    let before = revoked(&control);
    let mut program = Start::against(&emulator).env("AZPAT_REVOKE_GRACE", "1s").run();
    program.wait("All 6").keys("\x01x").wait("Revoke ").wait(" tokens?");
    let many = Cell::new(0);
    program.wait_until("how many", |screen| {
        many.set(number(screen, " tokens?").unwrap_or_default());
        many.get() > 30
    });
    // Some are refused, of others the answer is lost.
    let ill = |kind, carried_out, seed| Fault {
        probability: Some(0.25),
        carried_out: Some(carried_out),
        seed,
        ..Fault::always(Operation::Revoke, kind)
    };
    let faults = vec![ill(FaultKind::Status(403), false, 7), ill(FaultKind::CutBody, true, 8)];
    control.set(Settings { faults, ..Settings::default() });
    program.keys(&many.get().to_string()).keys("\x1b[Z").wait("[ Revoke").keys("\r");
    let failed = Cell::new(0);
    program.wait_until("the end", |screen| {
        failed.set(number(screen, " failed: ! tries those again").unwrap_or_default());
        failed.get() > 0
    });
    assert_eq!(revoked(&control) - before, many.get() - failed.get());
    control.set(Settings::default());
    // The table is still open, and says it of each.
    let all = format!("Revoke: {many} of {many} done", many = many.get());
    program.wait("failed, ").keys("!").wait(&all);
    assert_eq!(revoked(&control) - before, many.get());
    program.keys("q").wait_until("the list", |screen| !screen.contains("Revoke: "));
    program.keys("q");
    assert_eq!(program.end().0, 0);
}

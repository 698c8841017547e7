//! What a crash or a failure left behind is shown by the next start, and ended there.

use azpat::emulator::{Emulator, Fault, FaultKind, Operation, Options, Record, Settings};
use rustix::process::Signal;
use tokio::runtime::Runtime;

use super::runtime;
use crate::pty::{Program, Start};

/// A service and a folder for state, which outlive each start of azpat.
struct Place {
    emulator: Emulator,
    home: tempfile::TempDir,
    before: Vec<Record>,
}

impl Place {
    fn new(runtime: &Runtime) -> Self {
        let options = Options::generated(&[("contoso", 12)]);
        let emulator = runtime.block_on(Emulator::start(options)).unwrap();
        let before = living(&emulator);
        Self { emulator, home: tempfile::tempdir().unwrap(), before }
    }

    fn start(&self) -> Program {
        let state = self.home.path().join("state");
        let start = Start::against(&self.emulator)
            .env("AZPAT_REVOKE_GRACE", "1s")
            .env("AZPAT_STATE", state.to_str().unwrap());
        let mut program = start.run();
        program.wait("All 1");
        program
    }

    /// The secret's file.
    fn file(&self) -> String {
        self.home.path().join("pat").to_str().unwrap().to_owned()
    }

    fn faults(&self, faults: Vec<Fault>) {
        self.emulator.control().set(Settings { faults, ..Settings::default() });
    }

    /// What was made since the start and lives.
    fn new_ones(&self) -> Vec<Record> {
        let mut new = living(&self.emulator);
        new.retain(|it| self.before.iter().all(|old| old.id != it.id));
        new
    }

    /// Of what there was: what does not live any more.
    fn gone(&self) -> Vec<&Record> {
        let now = living(&self.emulator);
        self.before.iter().filter(|old| now.iter().all(|it| it.id != old.id)).collect()
    }

    fn creations(&self) -> usize {
        let requests = self.emulator.control().requests();
        requests.iter().filter(|seen| seen.method == "POST").count()
    }

    /// What the journal still holds.
    fn journal(&self) -> String {
        let path = self.home.path().join("state/journal.jsonl");
        std::fs::read_to_string(path).unwrap_or_default()
    }
}

fn living(emulator: &Emulator) -> Vec<Record> {
    let mut ledger = emulator.control().ledger();
    ledger.retain(|record| !record.revoked);
    ledger
}

/// Orders the rotation of a token without full access.
fn rotate(program: &mut Program) {
    program.keys("j").keys("t").wait("Rotate this token?").wait("[ Cancel ]").keys("\x1b[C\r");
}

fn kill(mut program: Program) {
    program.signal(Signal::KILL);
    program.exit_code();
}

#[test]
fn a_rotation_that_was_killed_is_rolled_back_at_the_next_start() {
    let runtime = runtime();
    let place = Place::new(&runtime);
    let mut program = place.start();
    rotate(&mut program);
    program.wait("not delivered yet").wait("deliver it");
    kill(program);
    let [new] = place.new_ones().try_into().unwrap();
    let mut program = place.start();
    program.wait("Begun and not ended: 1 item").wait("secret is lost for good");
    program.wait(&new.id.to_string());
    // Enter alone leaves everything as it is.
    program.keys("b").wait("Roll this back?").wait(&new.id.to_string()).keys("\r");
    program.wait("Begun and not ended");
    assert_eq!(place.new_ones().len(), 1);
    program.keys("b").wait("Roll this back?").keys("\x1b[C\r").wait("rolled back");
    program.wait_until("the list", |screen| !screen.contains("Begun and not ended"));
    assert_eq!((place.new_ones(), place.gone()), (vec![], vec![]));
    assert_eq!(place.journal(), "");
    program.keys("J").wait("Nothing is left open").keys("\x1b");
    program.wait_until("the list", |screen| !screen.contains("Nothing is left open")).keys("q");
    assert_eq!(program.end().0, 0);
    assert_eq!(place.creations(), 1);
}

#[test]
fn a_rotation_that_was_killed_can_be_begun_again() {
    let runtime = runtime();
    let place = Place::new(&runtime);
    let mut program = place.start();
    rotate(&mut program);
    program.wait("not delivered yet");
    kill(program);
    let [lost] = place.new_ones().try_into().unwrap();
    let mut program = place.start();
    program.wait("Begun and not ended: 1 item").keys("a").wait("make it again?").keys("\x1b[C\r");
    program.wait("its new secret").wait("not delivered yet");
    let [new] = place.new_ones().try_into().unwrap();
    assert_ne!(new.id, lost.id);
    assert_eq!((new.name, new.scope, new.valid_to), (lost.name, lost.scope, lost.valid_to));
    assert_eq!(place.gone(), Vec::<&Record>::new());
}

#[test]
fn check_74_an_old_token_that_would_not_go_is_tried_again_until_it_is_gone() {
    let runtime = runtime();
    let place = Place::new(&runtime);
    let mut program = place.start();
    rotate(&mut program);
    program.wait("not delivered yet").keys("s").wait("only you can read");
    program.keys(&place.file()).keys("\r").wait("saved in");
    let [new] = place.new_ones().try_into().unwrap();
    let ill = FaultKind::Status(500);
    place.faults(vec![Fault::always(Operation::Revoke, ill)]);
    // Each of the three is told, and `!` tries again.
    program.keys("\x1b").wait("✕ not revoked");
    for _ in 0..2 {
        place.emulator.control().clear_requests();
        program.keys("!").wait(" revoking").wait("✕ not revoked");
        let requests = place.emulator.control().requests();
        let methods: Vec<_> = requests.iter().map(|seen| seen.method.as_str()).collect();
        assert!(methods.contains(&"DELETE"), "{methods:?}");
    }
    assert_eq!(place.gone(), Vec::<&Record>::new());
    assert!(place.journal().contains("delivered"), "{}", place.journal());
    kill(program);
    let mut program = place.start();
    program.wait("Begun and not ended: 1 item").wait("old one still lives");
    place.faults(vec![]);
    program.keys("f").wait("Finish this?").keys("\x1b[C\r").wait("finished, id");
    let gone: Vec<_> = place.gone().iter().map(|old| old.name.clone()).collect();
    assert_eq!(gone, [new.name]);
    assert_eq!(place.new_ones().len(), 1, "the new one stays");
    assert_eq!(place.journal(), "");
}

#[test]
fn a_revocation_that_failed_and_is_tried_again_ends_the_rotation() {
    let runtime = runtime();
    let place = Place::new(&runtime);
    let mut program = place.start();
    rotate(&mut program);
    program.wait("not delivered yet").keys("s").wait("only you can read");
    program.keys(&place.file()).keys("\r").wait("saved in");
    let ill = FaultKind::Status(500);
    place.faults(vec![Fault::always(Operation::Revoke, ill)]);
    program.keys("\x1b").wait("✕ not revoked");
    place.faults(vec![]);
    program.keys("!").wait("5 Revoked 1");
    assert_eq!(place.gone().len(), 1);
    assert_eq!(place.journal(), "", "nothing is left for the next start");
}

#[test]
fn a_lost_secret_is_told_and_another_token_is_made_by_one_key() {
    let runtime = runtime();
    let place = Place::new(&runtime);
    let mut program = place.start();
    place.faults(vec![Fault::once(Operation::Create, FaultKind::LoseAfter)]);
    super::secret::make(&mut program);
    program.wait("Begun and not ended: 1 item").wait("secret is lost for good");
    assert_eq!(place.creations(), 1, "never by itself");
    let [lost] = place.new_ones().try_into().unwrap();
    program.keys("a").wait("make it again?").keys("\x1b[C\r").wait("not delivered yet");
    let [new] = place.new_ones().try_into().unwrap();
    assert_ne!(new.id, lost.id);
    assert_eq!((new.name, new.scope), (lost.name, lost.scope));
    assert_eq!(place.creations(), 2);
}

//! A global token is replaced on the screen, one organization after the other, also over a crash.

use azpat::emulator::{Emulator, Options, Record};
use rustix::process::Signal;

use super::runtime;
use crate::pty::{Program, Start};

/// The global token of the example data that ends first.
const NAME: &str = "mirror-to-github (all orgs)";

fn named(emulator: &Emulator) -> Vec<Record> {
    let mut named = emulator.control().ledger();
    named.retain(|it| it.name == NAME);
    named
}

/// The organizations with a living token of that name, and whether the global one lives.
fn living(emulator: &Emulator) -> (Vec<String>, bool) {
    let living = named(emulator).into_iter().filter(|it| !it.revoked);
    let (global, own): (Vec<_>, Vec<_>) = living.partition(|it| it.global);
    let mut own: Vec<_> = own.into_iter().map(|it| it.organization).collect();
    own.sort();
    (own, !global.is_empty())
}

fn open(program: &mut Program) {
    program.wait("All 6").keys("3").wait("[3 Global").keys("t").wait("Replace mirror-to-github");
}

/// Makes the token of the selected organization; its secret is held.
fn make(program: &mut Program, organization: &str) {
    program.wait(&format!("Enter makes the token for {organization}")).keys("\r");
    program.wait("a token in the place of").wait("[ Make the token ]").keys("\r");
    program.wait("not delivered yet");
}

fn save(program: &mut Program, path: &str) {
    program.keys("s").wait("only you can read").keys(path).keys("\r").wait("saved in").keys("q");
    program.wait("Replace mirror-to-github");
}

#[test]
fn one_token_for_each_organization_and_the_global_one_goes_last_over_a_crash() {
    let runtime = runtime();
    let emulator = runtime.block_on(Emulator::start(Options::demo())).unwrap();
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let start = || {
        let state = path("state");
        let start = Start::against(&emulator).env("AZPAT_REVOKE_GRACE", "1s");
        start.env("AZPAT_STATE", &state).run()
    };
    let mut program = start();
    open(&mut program);
    make(&mut program, "contoso");
    save(&mut program, &path("contoso"));
    program.wait("its token is in its place");
    assert_eq!(living(&emulator), (vec!["contoso".to_owned()], true));
    make(&mut program, "fabrikam");
    program.signal(Signal::KILL);
    program.exit_code();

    // The secret for fabrikam is lost, and the token is taken back.
    let mut program = start();
    program.wait("Begun and not ended: 1 item").keys("b").wait("Roll this back?");
    program.keys("\x1b[C\r").wait("rolled back");
    program.wait_until("the list", |screen| !screen.contains("Begun and not ended"));
    open(&mut program);
    program.wait("has one since");
    // Not while one is missing.
    program.keys("x").wait("then x can follow");
    make(&mut program, "fabrikam");
    save(&mut program, &path("fabrikam"));
    program.wait("Nothing is missing");
    assert_eq!(living(&emulator), (vec!["contoso".to_owned(), "fabrikam".to_owned()], true));
    program.keys("x").wait("Revoke this token?").keys("\x1b[C\r");
    program.wait_until("the list", |screen| !screen.contains("Replace mirror"));
    program.wait_until("it is gone", |_| !living(&emulator).1);
    assert_eq!(living(&emulator).0, ["contoso", "fabrikam"]);
    let posts = emulator.control().requests().into_iter().filter(|it| it.method == "POST");
    assert_eq!(posts.count(), 3, "nothing is made twice unasked");
}

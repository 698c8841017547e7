//! Signals while a secret is not in its place: the new token is revoked in two seconds, or stays in
//! the journal.

use std::{collections::BTreeSet, os::fd::AsFd as _, time::Duration};

use azpat::emulator::{Fault, FaultKind, Operation};
use rustix::{
    fs::{OFlags, fcntl_setfl},
    process::{Pid, Signal, kill_process},
};
use tokio::{process::Child, time::Instant};

use super::rig::{Rig, until};

fn send(child: &Child, signal: Signal) {
    let id = Pid::from_raw(child.id().unwrap().cast_signed()).unwrap();
    kill_process(id, signal).unwrap();
}

/// Runs it with a standard output that takes nothing, and gives what it said and how long it took
/// to end after the signal.
async fn stopped(
    rig: &Rig,
    arguments: &[&str],
    signal: Signal,
    mut is_time: impl FnMut() -> bool,
) -> (String, Duration) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    fcntl_setfl(writer.as_fd(), OFlags::NONBLOCK).unwrap();
    while std::io::Write::write(&mut writer, &[b'.'; 4096]).is_ok() {}
    fcntl_setfl(writer.as_fd(), OFlags::empty()).unwrap();
    let child = rig.command(arguments).stdout(writer).spawn().unwrap();
    until("it is there", &mut is_time).await;
    let begin = Instant::now();
    send(&child, signal);
    let output = child.wait_with_output().await.unwrap();
    let took = begin.elapsed();
    drop(reader);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    (said, took)
}

#[tokio::test(flavor = "multi_thread")]
async fn check_75_an_undelivered_token_is_revoked_in_time() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        for verb in ["rotate", "create"] {
            let rig = Rig::start(5, 4).await;
            let old = rig.olds().await.remove(0);
            let id = old.id.to_string();
            let arguments = match verb {
                "rotate" => vec!["rotate", id.as_str()],
                _ => vec!["create", "ci", "--scope", "vso.code"],
            };
            let is_time = || rig.stage() == "delivering";
            let (said, took) = stopped(&rig, &arguments, signal, is_time).await;
            assert!(said.contains("stopped by a signal, so the new token was revoked"), "{said}");
            assert!(took < Duration::from_secs(2), "{took:?}");
            assert!(rig.living_new().is_empty());
            assert!(!rig.record(old.id.0).revoked);
            assert_eq!(rig.desk().left().await, Ok(Vec::new()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_75_what_cannot_be_revoked_in_time_is_left_in_the_journal() {
    for (operation, kind) in [
        (Operation::Create, FaultKind::StallAfter),
        (Operation::Revoke, FaultKind::StallBefore),
        (Operation::Revoke, FaultKind::Status(403)),
    ] {
        let rig = Rig::start(5, 4).await;
        let old = rig.olds().await.remove(0);
        rig.faults([Fault::always(operation, kind.clone())]);
        let arguments = ["rotate", &old.id.to_string()];
        let is_time = || match operation {
            Operation::Create => rig.living_new().len() == 1,
            _ => rig.stage() == "delivering",
        };
        let (said, took) = stopped(&rig, &arguments, Signal::TERM, is_time).await;
        assert!(said.contains("stopped by a signal"), "{said}");
        assert!(said.contains("azpat resume"), "{said}");
        assert!(took < Duration::from_secs(4), "{took:?}");
        assert_eq!(rig.living_new().len(), 1);
        rig.faults([]);
        rig.settle(&old, &BTreeSet::new(), false).await;
    }
}

//! Places that do not take the secret: the old token stays, the new secret waits for another place,
//! and whoever gives up leaves nothing behind.

use std::{collections::BTreeSet, sync::Mutex, time::Duration};

use azpat::{
    failure::{Failure, FailureKind},
    journal::Stage,
    operations::{Step, handover::ByHand},
};
use tokio::time::timeout;

use super::rig::{Fake, Rig, order};

fn faults() -> [Fake; 6] {
    let failure = |why: &str| Failure::new(FailureKind::Service, "deliver", why);
    [
        Fake::Fails(failure("the clipboard is gone")),
        Fake::Fails(failure("No space left on device")),
        Fake::Fails(failure("the program ended with 1")),
        Fake::Fails(failure("the keyring is locked")),
        Fake::FailsLater(failure("the service does not accept it")),
        Fake::Hangs,
    ]
}

#[tokio::test]
async fn check_73_a_place_that_fails_takes_nothing_away() {
    for fault in faults() {
        let rig = Rig::start(5, 2).await;
        let old = rig.olds().await.remove(0);
        let mut handover = rig.desk().begin(order(&old), &|_| ()).await.unwrap();
        let places = [Fake::Works, fault.clone()];
        let limit = Duration::from_millis(200);
        let failed = timeout(limit, handover.deliver(&places, &|_| ())).await;
        assert!(matches!(failed, Err(_) | Ok(Err(_))), "{fault:?}");
        assert!(!handover.is_delivered() && !rig.record(old.id.0).revoked);
        // The new secret is still there, for another place.
        handover.deliver(&[Fake::Works], &|_| ()).await.unwrap();
        assert!(handover.is_delivered() && !rig.record(old.id.0).revoked);
        handover.finish(&|_| ()).await.unwrap().unwrap();
        assert!(rig.record(old.id.0).revoked);
        rig.settle(&old, &BTreeSet::new(), true).await;
    }
}

#[tokio::test]
async fn check_73_whoever_gives_up_leaves_nothing() {
    for fault in faults() {
        let rig = Rig::start(5, 2).await;
        let old = rig.olds().await.remove(0);
        let mut handover = rig.desk().begin(order(&old), &|_| ()).await.unwrap();
        let limit = Duration::from_millis(200);
        drop(timeout(limit, handover.deliver(&[fault], &|_| ())).await);
        handover.give_up(&|_| ()).await.unwrap();
        assert!(rig.living_new().is_empty());
        assert_eq!(rig.desk().left().await, Ok(Vec::new()));
        assert!(!rig.record(old.id.0).revoked);
    }
}

#[tokio::test]
async fn check_71_nothing_is_revoked_before_the_delivery_is_on_the_disk() {
    let rig = Rig::start(5, 2).await;
    let old = rig.olds().await.remove(0);
    let handover = rig.desk().begin(order(&old), &|_| ()).await.unwrap();
    let failure = handover.finish(&|_| ()).await.unwrap_err();
    assert!(failure.why.contains("not in its place yet"), "{failure}");
    assert!(!rig.record(old.id.0).revoked);
    let item = rig.desk().records.journal().unwrap().left().await.unwrap().remove(0);
    assert!(matches!(item.stage, Stage::Created { .. }));
    rig.settle(&old, &BTreeSet::new(), false).await;
}

/// The stage on the disk and the requests made, at each step that is told.
#[tokio::test]
async fn check_71_each_step_is_on_the_disk_before_the_next() {
    let rig = Rig::start(5, 2).await;
    let old = rig.olds().await.remove(0);
    rig.emulator.control().clear_requests();
    let seen = Mutex::new(Vec::new());
    let tell = |step: Step| {
        let name = format!("{step:?}");
        let name = name.split(['(', ' ']).next().unwrap().to_owned();
        let writes = rig.requests("POST") + rig.requests("DELETE");
        seen.lock().unwrap().push(format!("{name}: {}, {writes}", rig.stage()));
    };
    let mut handover = rig.desk().begin(order(&old), &tell).await.unwrap();
    handover.deliver(&[Fake::Works], &tell).await.unwrap();
    handover.finish(&tell).await.unwrap();
    assert_eq!(
        seen.into_inner().unwrap(),
        [
            "Begun: intended, 0",
            "Looked: intended, 0",
            "Created: asked, 1",
            "Delivering: delivering, 1",
            "Delivered: delivering, 1",
            "Tested: delivering, 1",
            "Settled: delivered, 1",
            "Revoking: delivered, 1",
            "Verifying: delivered, 2",
            "Revoked: delivered, 2",
        ]
    );
    assert_eq!(rig.stage(), "");
}

#[tokio::test]
async fn check_81_a_token_that_is_being_rotated_is_refused_to_others() {
    let rig = Rig::start(5, 2).await;
    let old = rig.olds().await.remove(0);
    let first = rig.desk().begin(order(&old), &|_| ()).await.unwrap();
    let failure = rig.desk().begin(order(&old), &|_| ()).await.unwrap_err();
    assert!(failure.why.contains("another azpat is at it"), "{failure}");
    assert_eq!(rig.requests("POST"), 1);
    let output = rig.command(&["rotate", &old.id.to_string()]).output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("another azpat is at it"), "{said}");
    assert_eq!(rig.requests("POST"), 1);
    first.give_up(&|_| ()).await.unwrap();
}

#[tokio::test]
async fn what_a_person_takes_counts_as_delivered_and_what_it_leaves_is_let_be() {
    let rig = Rig::start(5, 2).await;
    let old = rig.olds().await.remove(0);
    let mut handover = rig.desk().begin(order(&old), &|_| ()).await.unwrap();
    handover.deliver(&[ByHand], &|_| ()).await.unwrap();
    handover.finish(&|_| ()).await.unwrap().unwrap();
    assert!(rig.record(old.id.0).revoked);
    let other = rig.olds().await.remove(0);
    rig.desk().begin(order(&other), &|_| ()).await.unwrap().leave().await.unwrap();
    assert_eq!(rig.desk().left().await, Ok(Vec::new()));
    assert!(!rig.record(other.id.0).revoked);
    assert_eq!(rig.living_new().len(), 2);
}

//! Answers lost, garbled and late, at every step, with seeds.

use std::collections::BTreeSet;

use azpat::{
    emulator::{self, Fault, FaultKind, Operation},
    failure::{Failure, FailureKind},
    operations::{Desk, Order, Records, Step, resume::Verdict},
    pat::Pat,
};
use futures_util::future::join_all;

use super::rig::{Fake, Rig, order};

fn failure(why: &str) -> Failure {
    Failure::new(FailureKind::Service, "write the place", why)
}

fn kinds() -> Vec<FaultKind> {
    vec![
        FaultKind::LoseBefore,
        FaultKind::LoseAfter,
        FaultKind::CutBody,
        FaultKind::Garbage,
        FaultKind::WrongShape,
        FaultKind::NullPat,
        FaultKind::Html500,
        FaultKind::Status(503),
        FaultKind::LateRevocation { lists: 2 },
    ]
}

/// A bad day: something befalls a third of all requests.
fn bad_day(seed: u64) -> Vec<Fault> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut faults = Vec::new();
    for (operation, chance) in
        [(Operation::List, 0.1), (Operation::Create, 0.6), (Operation::Revoke, 0.5)]
    {
        for _ in 0..3 {
            let kind = random.choice(kinds()).unwrap();
            let probability = Some(chance / 3.0);
            let seed = random.u64(..);
            faults.push(Fault { probability, seed, ..Fault::always(operation, kind) });
        }
    }
    faults
}

/// Rotates several tokens on that day, with places that work or do not.
async fn day(seed: u64) -> (usize, usize) {
    let rig = Rig::start(30, seed).await;
    let olds = rig.olds().await;
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut done, mut left) = (0, 0);
    for old in olds.iter().take(8) {
        let known = rig.living_new();
        rig.faults(bad_day(random.u64(..)));
        let desk = rig.desk();
        let mut is_delivered = false;
        if let Ok(mut handover) = desk.begin(order(old), &|_| ()).await {
            let place = random
                .choice([
                    Fake::Works,
                    Fake::Works,
                    Fake::Fails(failure("the disk is full")),
                    Fake::FailsLater(failure("it is not accepted")),
                ])
                .unwrap();
            if handover.deliver(&[place], &|_| ()).await.is_ok() {
                is_delivered = true;
                done += usize::from(handover.finish(&|_| ()).await.is_ok());
            } else {
                assert!(!rig.record(old.id.0).revoked, "the old one stays until then");
                drop(handover.give_up(&|_| ()).await);
            }
        }
        rig.faults([]);
        left += rig.desk().records.journal().unwrap().left().await.unwrap().len();
        rig.settle(old, &known, is_delivered).await;
    }
    (done, left)
}

#[tokio::test]
async fn on_twenty_bad_days_every_token_is_accounted_for() {
    let days = join_all((0..20).map(day)).await;
    let done: usize = days.iter().map(|(done, _)| done).sum();
    let left: usize = days.iter().map(|(_, left)| left).sum();
    assert!(done > 20 && left > 20, "{done} done, {left} left: the days were not mixed");
}

/// A clock of the service that is so far ahead, and jumps while a creation is sent.
async fn skewed(offset: i64, jump: i64) {
    let rig = Rig::start(5, 1).await;
    let settings = |offset| emulator::Settings {
        clock_offset_seconds: offset,
        faults: vec![Fault::always(Operation::Create, FaultKind::LoseAfter)],
        ..Default::default()
    };
    rig.emulator.control().set(settings(offset));
    let old = rig.olds().await.remove(0);
    let tell = |step| {
        if step == Step::Looked {
            rig.emulator.control().set(settings(offset + jump));
        }
    };
    let failure = rig.desk().begin(order(&old), &tell).await.unwrap_err();
    assert!(failure.why.contains("its secret is lost"), "{offset} {jump}: {failure}");
    let found = rig.desk().left().await.unwrap();
    assert!(matches!(found[0].verdict, Verdict::Orphan(_)), "{found:?}");
    rig.settle(&old, &BTreeSet::new(), false).await;
}

#[tokio::test]
async fn check_77_no_skew_hides_what_was_made() {
    for offset in [0, -300, 300, -86_400, 86_400] {
        for jump in [0, 3_600] {
            skewed(offset, jump).await;
        }
    }
}

/// An answer that takes longer than the program lives.
#[tokio::test]
async fn what_is_made_after_the_crash_is_found_as_well() {
    let rig = Rig::start(5, 1).await;
    let old = rig.olds().await.remove(0);
    // Neither the answer nor the look after it can be had.
    rig.faults([
        Fault::always(Operation::Create, FaultKind::LoseAfter),
        Fault { skip: 1, ..Fault::always(Operation::List, FaultKind::Status(400)) },
    ]);
    let failure = rig.desk().begin(order(&old), &|_| ()).await.unwrap_err();
    assert!(failure.why.contains("whether it was created is not known"), "{failure}");
    let found = rig.desk().left().await.unwrap();
    assert!(matches!(found[0].verdict, Verdict::Unknown(_)), "{found:?}");
    assert_eq!(rig.desk().left().await.unwrap().len(), 1, "it is told until it is known");
    rig.faults([]);
    let found = rig.desk().left().await.unwrap();
    let Verdict::Orphan(new) = &found[0].verdict else { panic!("{found:?}") };
    assert_eq!(BTreeSet::from([new.id.0]), rig.living_new());
    rig.settle(&old, &BTreeSet::new(), false).await;
}

async fn make_twin(desk: &Desk, old: &Pat) {
    let twin = Order { old: None, ..order(old) };
    let mut twin = desk.begin(twin, &|_| ()).await.unwrap();
    twin.deliver(&[Fake::Works], &|_| ()).await.unwrap();
    twin.finish(&|_| ()).await.unwrap();
}

#[tokio::test]
async fn two_that_look_alike_are_left_to_a_person() {
    let rig = Rig::start(5, 1).await;
    let old = rig.olds().await.remove(0);
    rig.faults([
        Fault::once(Operation::Create, FaultKind::LoseAfter),
        Fault { skip: 1, ..Fault::always(Operation::List, FaultKind::Status(400)) },
    ]);
    rig.desk().begin(order(&old), &|_| ()).await.unwrap_err();
    rig.faults([]);
    // Of what other orders of this computer make azpat knows.
    make_twin(&rig.desk(), &old).await;
    let found = rig.desk().left().await.unwrap();
    assert!(matches!(found[0].verdict, Verdict::Orphan(_)), "{found:?}");
    // Another computer.
    let home = tempfile::tempdir().unwrap();
    let records = Records::new(Ok(home.path().join("state")), |_| ());
    make_twin(&Desk { records, ..rig.desk() }, &old).await;
    let found = rig.desk().left().await.unwrap();
    let Verdict::Ambiguous(several) = &found[0].verdict else { panic!("{found:?}") };
    assert_eq!(several.len(), 2);
    let id = found[0].item.id;
    rig.desk().roll_back(id, &|_| ()).await.unwrap_err();
    rig.desk().finish(id, &|_| ()).await.unwrap_err();
    assert_eq!(rig.living_new().len(), 3);
    rig.desk().leave(id).await.unwrap();
    assert_eq!(rig.desk().left().await, Ok(Vec::new()));
}

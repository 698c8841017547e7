//! Many writes at once on a bad day: what is said of each in the end is what the ledger shows.

use std::{collections::HashMap, time::Duration};

use azpat::{
    azure::Limits,
    emulator::{Fault, FaultKind, Operation, Record, Settings},
    failure::{Failure, FailureKind},
    operations::{extend::extend, revoke::revoke},
    pat::{Listed, Pat},
};
use chrono::TimeDelta;
use futures_util::future::join_all;
use uuid::Uuid;

use super::rig::{Rig, limits};

/// In each round.
const TOKENS: usize = 200;

const SEEDS: u64 = 20;

/// How often a write is hit.
const PART: f64 = 0.22;

/// What can befall a write, and whether it is carried out all the same. The service's refusals
/// are believed, so those are never carried out; that it finds nothing is looked into.
fn faults(operation: Operation) -> Vec<(FaultKind, bool)> {
    let mut faults = Vec::new();
    for kind in [
        FaultKind::LoseBefore,
        FaultKind::StallBefore,
        FaultKind::CutBody,
        FaultKind::Garbage,
        FaultKind::WrongShape,
        FaultKind::Html500,
        FaultKind::Status(500),
        FaultKind::Status(502),
        FaultKind::Status(504),
        FaultKind::Status(404),
        FaultKind::HugeBody { gzip: true },
    ] {
        // A whole answer of success is believed as well.
        faults.push((kind.clone(), true));
        faults.push((kind, false));
    }
    faults.extend([
        (FaultKind::Status(429), false),
        (FaultKind::Status(401), false),
        (FaultKind::Status(403), false),
        (FaultKind::Redirect { location: "http://127.0.0.1:1/".to_owned(), status: 302 }, false),
        (FaultKind::DripBody { interval_ms: 400 }, true),
        (FaultKind::DripHeaders { interval_ms: 400 }, true),
    ]);
    if operation == Operation::Revoke {
        faults.extend([0, 1, 2].map(|lists| (FaultKind::LateRevocation { lists }, false)));
    } else {
        faults.extend([(FaultKind::NullPat, true), (FaultKind::UnknownErrorValue, false)]);
    }
    faults
}

/// All of them, so that together they hit the part of the writes; and some of the looks, so that
/// not everything can be found out.
fn bad_day(operation: Operation, seed: u64) -> Settings {
    let kinds = faults(operation);
    let mut left = PART;
    let share = PART / f64::from(u32::try_from(kinds.len()).unwrap());
    let mut faults: Vec<_> = (0..)
        .zip(kinds)
        .map(|(number, (kind, carried_out))| {
            // Of the writes that those before it have spared.
            let probability = Some(share / (1.0 - (PART - left)));
            left -= share;
            let seed = seed * 1_000 + number;
            let carried_out = Some(carried_out);
            Fault { probability, seed, carried_out, ..Fault::always(operation, kind) }
        })
        .collect();
    for look in [Operation::List, Operation::Get] {
        let kinds = [FaultKind::WrongShape, FaultKind::LoseBefore, FaultKind::Status(503)];
        faults.extend(kinds.map(|kind| Fault {
            probability: Some(0.01),
            seed,
            ..Fault::always(look, kind)
        }));
    }
    Settings { faults, ..Settings::default() }
}

fn hasty() -> Limits {
    Limits { answer: Duration::from_millis(400), idle: Duration::from_millis(300), ..limits() }
}

/// What is said of one write in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Claim {
    Done,
    NotDone,
    /// Nothing is claimed, and that is said.
    Unknown,
}

impl Claim {
    fn of<T>(result: &Result<T, Failure>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(failure) if failure.kind == FailureKind::Unconfirmed => {
                assert!(failure.why.contains("is not known"), "{failure}");
                Self::Unknown
            }
            Err(_) => Self::NotDone,
        }
    }
}

/// One round of writes: the claims, with how often each was made.
async fn round(operation: Operation, seed: u64) -> HashMap<Claim, usize> {
    let rig = Rig::with(&[("contoso", 130), ("fabrikam", 130)], hasty()).await;
    let (inventory, _) = rig.list().await;
    let pats = inventory.pats().iter().filter(|pat| pat.listed != Listed::Revoked);
    let pats: Vec<_> = pats.take(TOKENS).collect();
    rig.emulator.control().set(bad_day(operation, seed));
    let claims = join_all(pats.iter().map(async |pat| {
        if operation == Operation::Revoke {
            let result = revoke(&rig.client, pat).await;
            return (Claim::of(&result), format!("{result:?}"));
        }
        let result = extend(&rig.client, pat, pat.valid_to + TimeDelta::days(9)).await;
        (Claim::of(&result), format!("{result:?}"))
    }))
    .await;
    let ledger = rig.emulator.control().ledger();
    let ledger: HashMap<Uuid, Record> = ledger.into_iter().map(|it| (it.id, it)).collect();
    let mut counts = HashMap::new();
    for (pat, (claim, result)) in pats.into_iter().zip(claims) {
        let is_done = is_done(operation, pat, &ledger[&pat.id.0]);
        let is_right = claim == Claim::Unknown || (claim == Claim::Done) == is_done;
        assert!(is_right, "seed {seed}: {result}, done: {is_done}");
        *counts.entry(claim).or_default() += 1;
    }
    counts
}

fn is_done(operation: Operation, pat: &Pat, truth: &Record) -> bool {
    match operation {
        Operation::Revoke => truth.revoked,
        _ => truth.valid_to != pat.valid_to,
    }
}

/// All rounds, some at a time. Nothing wrong may be said; most of it must be said.
async fn rounds(operation: Operation) -> HashMap<Claim, usize> {
    let mut sum = HashMap::new();
    let seeds: Vec<_> = (1..=SEEDS).collect();
    for some in seeds.chunks(5) {
        for counts in join_all(some.iter().map(|seed| round(operation, *seed))).await {
            for (claim, count) in counts {
                *sum.entry(claim).or_default() += count;
            }
        }
    }
    sum
}

#[track_caller]
fn check(counts: &HashMap<Claim, usize>) {
    let all = TOKENS * usize::try_from(SEEDS).unwrap();
    assert_eq!(counts.values().sum::<usize>(), all, "{counts:?}");
    assert!(counts[&Claim::Unknown] < all / 20, "most can be found out: {counts:?}");
    assert!(counts[&Claim::NotDone] > all / 20, "the faults did strike: {counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_revocations_each_is_told_truly() {
    check(&rounds(Operation::Revoke).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_extensions_each_is_told_truly() {
    check(&rounds(Operation::Update).await);
}

//! Many rotations on a bad day: what is said of each in the end is what the ledger shows, and no
//! old token goes before its successor is in its place.

use std::{collections::HashMap, sync::Mutex};

use azpat::{
    emulator::{Fault, FaultKind, Operation},
    failure::{Failure, FailureKind},
    operations::{
        Creation, Delivery,
        replace::{Replaced, Steady},
    },
};
use futures_util::future::join_all;
use uuid::Uuid;

use super::rig::{Rig, order};

/// In each round.
const TOKENS: usize = 200;

const SEEDS: u64 = 20;

/// How often a write is hit.
const PART: f64 = 0.22;

fn kinds() -> Vec<(FaultKind, bool)> {
    let kinds = [
        FaultKind::LoseBefore,
        FaultKind::CutBody,
        FaultKind::Garbage,
        FaultKind::WrongShape,
        FaultKind::Html500,
        FaultKind::Status(502),
    ];
    let each = kinds.into_iter().flat_map(|kind| [(kind.clone(), true), (kind, false)]);
    each.chain([(FaultKind::Status(429), false), (FaultKind::Status(403), false)]).collect()
}

/// All of them, so that together they hit the part of the writes; and some of the looks, so that
/// not everything can be found out.
fn bad_day(seed: u64) -> Vec<Fault> {
    let mut faults = Vec::new();
    for operation in [Operation::Create, Operation::Revoke] {
        let kinds = kinds();
        let share = PART / f64::from(u32::try_from(kinds.len()).unwrap());
        let mut spared = 1.0;
        for (number, (kind, carried_out)) in (0..).zip(kinds) {
            // Of the writes that those before it have spared.
            let probability = Some(share / spared);
            spared -= share;
            let (seed, carried_out) = (seed * 1_000 + number, Some(carried_out));
            faults.push(Fault { probability, seed, carried_out, ..Fault::always(operation, kind) });
        }
    }
    for kind in [FaultKind::WrongShape, FaultKind::LoseBefore, FaultKind::Status(503)] {
        faults.push(Fault {
            probability: Some(0.005),
            seed,
            ..Fault::always(Operation::List, kind)
        });
    }
    faults
}

/// A place that takes most secrets, and remembers whose.
struct Vault {
    random: Mutex<fastrand::Rng>,
    has: Mutex<Vec<Uuid>>,
}

impl Delivery for Vault {
    fn name(&self) -> &'static str {
        "vault"
    }

    async fn deliver(&self, creation: &Creation) -> Result<(), Failure> {
        if self.random.lock().unwrap().f64() < 0.1 {
            return Err(Failure::new(FailureKind::Service, "write the place", "it is full"));
        }
        self.has.lock().unwrap().push(creation.pat.id.0);
        Ok(())
    }

    async fn test(&self, _: &Creation) -> Result<Option<String>, Failure> {
        if self.random.lock().unwrap().f64() < 0.05 {
            return Err(Failure::new(FailureKind::Refused, "try it", "it is not accepted"));
        }
        Ok(None)
    }
}

/// One round: how often each was claimed.
async fn round(seed: u64) -> HashMap<&'static str, usize> {
    let rig = Rig::start(TOKENS + TOKENS / 2, seed).await;
    let olds = rig.olds().await;
    let olds = &olds[..TOKENS.min(olds.len())];
    rig.faults(bad_day(seed));
    let random = Mutex::new(fastrand::Rng::with_seed(seed));
    let vault = Vault { random, has: Mutex::default() };
    let (desk, mut counts) = (rig.desk(), HashMap::new());
    for old in olds {
        let known = rig.living_new();
        let revoking = |step| {
            if let azpat::operations::Step::Revoking(pat) = step
                && pat.id == old.id
            {
                let new = rig.living_new().difference(&known).copied().collect::<Vec<_>>();
                let has = vault.has.lock().unwrap();
                assert!(new.iter().any(|id| has.contains(id)), "seed {seed}: before it was there");
            }
        };
        let places = std::slice::from_ref(&vault);
        let replaced = desk.replace(order(old), places, &mut Steady, &revoking).await;
        let is_old_alive = !rig.record(old.id.0).revoked;
        let new: Vec<_> = rig.living_new().difference(&known).copied().collect();
        let is_there = |id: &Uuid| vault.has.lock().unwrap().contains(id);
        assert!(is_old_alive || new.iter().any(is_there), "seed {seed}: access was lost");
        let (claim, is_right) = match &replaced {
            Ok(Replaced::Done(pat)) => ("done", !is_old_alive && new == [pat.id.0]),
            Ok(Replaced::Late(pat, _)) => ("late", new == [pat.id.0] && is_there(&pat.id.0)),
            Err(failure) if failure.kind == FailureKind::Unconfirmed => ("unknown", is_old_alive),
            Err(_) => ("failed", is_old_alive && new.is_empty()),
        };
        assert!(is_right, "seed {seed}: {replaced:?}; old alive: {is_old_alive}, new: {new:?}");
        *counts.entry(claim).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_rotations_each_is_told_truly() {
    let mut sum: HashMap<&str, usize> = HashMap::new();
    let seeds: Vec<_> = (1..=SEEDS).collect();
    for some in seeds.chunks(5) {
        for counts in join_all(some.iter().map(|seed| round(*seed))).await {
            for (claim, count) in counts {
                *sum.entry(claim).or_default() += count;
            }
        }
    }
    let all: usize = sum.values().sum();
    assert!(all > 3_000, "{sum:?}");
    assert!(sum["done"] > all / 2, "most work: {sum:?}");
    for claim in ["late", "unknown", "failed"] {
        assert!(sum[claim] > all / 100, "the faults did strike: {sum:?}");
    }
}

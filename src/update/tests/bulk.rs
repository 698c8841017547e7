//! Check 63: many revocations, some of which fail, are stopped half-way; each row says what became
//! of it, and only the failed ones are tried again.

use std::collections::BTreeSet;

use super::*;
use crate::{
    failure::FailureKind,
    operations::{Confirmation, Revocation},
    pat::AuthorizationId,
    state::work::Work,
};

const MANY: u128 = 200;

/// Orders the revocation of all.
fn ordered(desk: &mut Desk) -> Vec<Effect> {
    desk.act(Action::MarkAll);
    desk.act(Action::Revoke);
    desk.type_in(&MANY.to_string());
    desk.act(Action::Backward);
    assert_eq!(desk.act(Action::Confirm), []);
    desk.wait(8)
}

/// What the service makes of one: more than a fifth fails.
fn answer(pat: &Pat) -> Result<Revocation, Failure> {
    let kind = match pat.id.0.as_u128() % 20 {
        0 | 10 => FailureKind::Throttled,
        1 => FailureKind::Service,
        2 => FailureKind::Network,
        _ => {
            return Ok(Revocation { id: pat.id, confirmation: Confirmation::Answered });
        }
    };
    Err(Failure::new(kind, "revoke it", "a fault"))
}

/// Answers in turn until so many are answered; which failed.
fn go_on(desk: &mut Desk, mut under_way: Vec<Effect>, most: usize) -> BTreeSet<AuthorizationId> {
    let mut failed = BTreeSet::new();
    let mut answered = 0;
    while let Some(effect) = under_way.pop() {
        assert!(under_way.len() < 4, "at most four at a time");
        let Effect::Revoke { order, pat } = effect else { continue };
        let result = answer(&pat);
        failed.extend(result.is_err().then_some(pat.id));
        answered += 1;
        if answered == most {
            desk.act(Action::Back);
        }
        under_way.extend(desk.tell(Event::Revoked { order, result }));
    }
    failed
}

fn counts(desk: &Desk) -> (usize, usize, usize) {
    let all = (1..=MANY).map(|id| desk.state.works.get(AuthorizationId(uuid::Uuid::from_u128(id))));
    let mut counts = (0, 0, 0);
    for work in all {
        match work {
            Some(Work::Revoked { .. }) => counts.0 += 1,
            Some(Work::Failed { .. }) => counts.1 += 1,
            None => counts.2 += 1,
            other => panic!("{other:?}"),
        }
    }
    counts
}

#[test]
fn check_63_esc_stops_the_rest_and_only_the_failed_are_tried_again() {
    let mut desk = Desk::new((1..=MANY).map(pat).collect());
    let under_way = ordered(&mut desk);
    assert_eq!(under_way.len(), 4);
    let failed = go_on(&mut desk, under_way, 100);
    let (revoked, broken, untouched) = counts(&desk);
    assert_eq!(revoked + broken, 103, "three were under way");
    assert_eq!((broken, untouched), (failed.len(), 97));
    assert!(failed.len() > 10);
    let again: BTreeSet<_> = desk
        .act(Action::Retry)
        .into_iter()
        .map(|effect| match effect {
            Effect::Revoke { pat, .. } => pat.id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(again, failed);
}

#[test]
fn without_esc_all_are_sent_in_turn() {
    let mut desk = Desk::new((1..=MANY).map(pat).collect());
    let under_way = ordered(&mut desk);
    let failed = go_on(&mut desk, under_way, usize::MAX);
    assert_eq!(counts(&desk), (160, 40, 0));
    assert_eq!(failed.len(), 40);
}

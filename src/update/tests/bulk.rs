//! Check 63: many changes, some of which fail, are stopped half-way; each row says what became of
//! it, and only the failed ones are tried again.

use std::collections::BTreeSet;

use super::*;
use crate::{
    failure::FailureKind,
    operations::{Confirmation, Extension, Revocation},
    pat::AuthorizationId,
    state::work::Work,
};

const MANY: u128 = 200;

fn all() -> Desk {
    Desk::new((1..=MANY).map(|number| pat(number).ends_in(TimeDelta::days(9))).collect())
}

/// Orders the change of all.
fn ordered(desk: &mut Desk, what: &Action) -> Vec<Effect> {
    desk.act(Action::MarkAll);
    desk.act(what.clone());
    if *what == Action::Extend {
        assert_eq!(desk.act(Action::Confirm), [], "it is asked first");
    }
    desk.type_in(&MANY.to_string());
    desk.act(Action::Backward);
    let sent = desk.act(Action::Confirm);
    if *what == Action::Extend {
        return sent;
    }
    assert_eq!(sent, []);
    desk.wait(8)
}

/// What the service makes of one: more than a fifth fails.
fn fault(pat: &Pat) -> Option<Failure> {
    let kind = match pat.id.0.as_u128() % 20 {
        0 | 10 => FailureKind::Throttled,
        1 => FailureKind::Service,
        2 => FailureKind::Network,
        _ => return None,
    };
    Some(Failure::new(kind, "change it", "a fault"))
}

/// The token that an order is about, and the answer to it.
fn answered(effect: Effect) -> (AuthorizationId, Event) {
    match effect {
        Effect::Revoke { order, pat } => {
            let done = Revocation { id: pat.id, confirmation: Confirmation::Answered };
            (pat.id, Event::Revoked { order, result: fault(&pat).map_or(Ok(done), Err) })
        }
        Effect::Extend { order, pat, to } => {
            let done = Extension {
                pat: Pat { valid_to: to, ..(*pat).clone() },
                requested: to,
                altered: Vec::new(),
                confirmation: Confirmation::Answered,
            };
            let result = Box::new(fault(&pat).map_or(Ok(done), Err));
            (pat.id, Event::Extended { order, result })
        }
        other => panic!("{other:?}"),
    }
}

/// Answers in turn until so many are answered; which failed.
fn go_on(desk: &mut Desk, mut under_way: Vec<Effect>, most: usize) -> BTreeSet<AuthorizationId> {
    let mut failed = BTreeSet::new();
    let mut count = 0;
    while !under_way.is_empty() {
        assert!(under_way.len() <= 4, "at most four at a time");
        let (id, event) = answered(under_way.remove(0));
        let has_failed = match &event {
            Event::Revoked { result, .. } => result.is_err(),
            Event::Extended { result, .. } => result.is_err(),
            other => panic!("{other:?}"),
        };
        failed.extend(has_failed.then_some(id));
        count += 1;
        if count == most {
            // What the table shows goes on when it is closed; Esc in the list stops the rest.
            assert_eq!(desk.act(Action::Back), []);
            assert!(desk.notice().contains("go on in the background"), "{}", desk.notice());
            assert_eq!(desk.act(Action::Back), []);
        }
        under_way.extend(desk.tell(event));
    }
    failed
}

fn counts(desk: &Desk) -> (usize, usize, usize) {
    let all = (1..=MANY).map(|id| desk.state.works.get(AuthorizationId(uuid::Uuid::from_u128(id))));
    let mut counts = (0, 0, 0);
    for work in all {
        match work {
            Some(Work::Revoked { .. } | Work::Extended { .. }) => counts.0 += 1,
            Some(Work::Failed { .. }) => counts.1 += 1,
            Some(Work::Stopped { .. }) => counts.2 += 1,
            other => panic!("{other:?}"),
        }
    }
    counts
}

#[test]
fn check_63_esc_stops_the_rest_and_only_the_failed_are_tried_again() {
    for what in [Action::Revoke, Action::Extend] {
        let mut desk = all();
        let under_way = ordered(&mut desk, &what);
        assert_eq!(under_way.len(), 4);
        let failed = go_on(&mut desk, under_way, 100);
        let (done, broken, stopped) = counts(&desk);
        assert_eq!(done + broken, 103, "three were under way");
        assert_eq!((broken, stopped), (failed.len(), 97));
        assert!(failed.len() > 10);
        let said = format!(
            "{done} done; {broken} failed: ! tries those again, B says why; 97 stopped, \
             nothing was sent for them"
        );
        // First it was said that they were stopped.
        desk.state.notices.dismiss();
        assert_eq!(desk.notice(), said);
        let mut again = BTreeSet::new();
        let mut under_way = desk.act(Action::Retry);
        while !under_way.is_empty() {
            assert!(under_way.len() <= 4, "a second time, too, at most four at a time");
            let (id, event) = answered(under_way.remove(0));
            again.insert(id);
            under_way.extend(desk.tell(event));
        }
        assert_eq!(again, failed);
        assert_eq!(counts(&desk), (done, broken, stopped), "{what:?}");
    }
}

#[test]
fn without_esc_all_are_sent_in_turn() {
    for what in [Action::Revoke, Action::Extend] {
        let mut desk = all();
        let under_way = ordered(&mut desk, &what);
        let failed = go_on(&mut desk, under_way, usize::MAX);
        assert_eq!(counts(&desk), (160, 40, 0));
        assert_eq!(failed.len(), 40);
    }
}

#[test]
fn turns_come_in_the_sequence_of_the_list() {
    let mut desk = all();
    let wanted = desk.names();
    let mut under_way = ordered(&mut desk, &Action::Extend);
    let mut sent = Vec::new();
    while !under_way.is_empty() {
        let effect = under_way.remove(0);
        if let Effect::Extend { pat, .. } = &effect {
            sent.push(pat.name.to_string());
        }
        under_way.extend(desk.tell(answered(effect).1));
    }
    assert_eq!(sent, wanted);
}

#[test]
fn one_that_waits_for_its_turn_is_taken_back_alone() {
    let mut desk = all();
    let under_way = ordered(&mut desk, &Action::Extend);
    desk.act(Action::Back);
    desk.act(Action::Last);
    let id = desk.state.selected().unwrap().id;
    assert!(matches!(desk.state.works.get(id), Some(Work::Queued { .. })));
    assert_eq!(desk.act(Action::Undo), []);
    assert!(desk.state.works.get(id).is_none());
    let mut sent = BTreeSet::new();
    let mut under_way = under_way;
    while !under_way.is_empty() {
        let (id, event) = answered(under_way.remove(0));
        sent.insert(id);
        under_way.extend(desk.tell(event));
    }
    assert!(!sent.contains(&id));
    assert_eq!(sent.len(), 199);
}

#[test]
fn what_was_not_known_is_what_the_lists_show_then() {
    let mut desk = Desk::new(three());
    desk.act(Action::Revoke);
    desk.act(Action::Forward);
    desk.act(Action::Confirm);
    let effects = desk.wait(8);
    let [Effect::Revoke { order, pat }] = effects.as_slice() else { panic!("{effects:?}") };
    let unknown = Failure::new(FailureKind::Unconfirmed, "revoke it", "that is not known");
    let effects = desk.tell(Event::Revoked { order: *order, result: Err(unknown) });
    let [Effect::List { order: list, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(matches!(desk.state.works.get(pat.id), Some(Work::Failed { .. })));
    let mut pats = three();
    for it in pats.iter_mut().filter(|it| it.id == pat.id) {
        it.listed = Listed::Revoked;
    }
    desk.list(*list, pats);
    assert!(matches!(desk.state.works.get(pat.id), Some(Work::Revoked { .. })));
    desk.state.notices.dismiss();
    assert!(desk.notice().contains("done after all"), "{}", desk.notice());
    assert_eq!(desk.act(Action::Retry), [], "nothing is left to try again");
}

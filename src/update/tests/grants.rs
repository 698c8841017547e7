//! What the service gives may be other than what was asked for.

use super::*;
use crate::{
    failure::FailureKind,
    operations::{Confirmation, Extension},
    pat::{
        change::{Field, Ground},
        limit::{Limit, Limits, Rule},
    },
};

#[test]
fn what_changed_beside_the_end_is_told() {
    let mut desk = Desk::new(three());
    desk.act(Action::Extend);
    let effects = desk.act(Action::Confirm);
    let [Effect::Extend { order, pat, to }] = effects.as_slice() else { panic!("{effects:?}") };
    let extension = Extension {
        pat: Pat { valid_to: *to, ..(**pat).clone() }.scoped(""),
        requested: *to,
        altered: vec![Field::Scope],
        confirmation: Confirmation::Answered,
    };
    desk.tell(Event::Extended { order: *order, result: Box::new(Ok(extension)) });
    assert!(desk.notice().contains("its scope is now nothing, although"), "{}", desk.notice());
}

#[test]
fn a_refused_life_is_learned() {
    let mut desk = Desk::new(three());
    desk.act(Action::Extend);
    let [Effect::Extend { order, to, .. }] = desk.act(Action::Confirm)[..] else { panic!() };
    let refused = Failure::new(FailureKind::Refused, "extend bot", "a policy limits it");
    let refused = Failure { ground: Some(Ground::Lifespan), ..refused };
    desk.tell(Event::Extended { order, result: Box::new(Err(refused)) });
    let life = to - pat(2).valid_from;
    let limit = Limit { rule: Rule::Refused(life), seen: now() };
    assert_eq!(desk.state.traffic.limits.of(&organization()), [limit]);
}

#[test]
fn what_is_remembered_holds_until_it_is_read_again() {
    let mut desk = Desk::new(three());
    let mut limits = Limits::default();
    let rule = Rule::Shortened(TimeDelta::days(80));
    limits.insert(organization(), Limit { rule, seen: now() - TimeDelta::days(30) });
    assert_eq!(desk.tell(Event::LimitsRead(Ok(limits))), []);
    let bot = desk.state.inventory.get(pat(2).id).cloned().unwrap();
    assert_eq!(desk.state.limit(&bot).unwrap().lifespan, TimeDelta::days(80));
    let damaged = Failure::new(FailureKind::Usage, "read limits.json", "it is damaged");
    desk.tell(Event::LimitsRead(Err(damaged)));
    assert!(desk.notice().contains("it is damaged"), "{}", desk.notice());
    assert!(desk.state.limit(&bot).is_some());
}

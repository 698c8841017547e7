//! Delivering a secret: shown, agreed to, and held whatever comes of it.

use super::{making::holding, *};
use crate::{
    config::SinkKind,
    failure::FailureKind,
    operations,
    sink::{Choice, Delivered, Shown},
    state::custody::{
        Page,
        delivering::{Place, Step, UnderWay},
    },
};

pub(super) fn choices() -> Vec<Choice> {
    let kinds = [SinkKind::Npmrc, SinkKind::Netrc];
    kinds.map(|kind| Choice { name: kind.as_str().to_owned(), kind }).to_vec()
}

pub(super) fn plan() -> Shown {
    let difference = vec![('+', "password ***".to_owned())];
    Shown { target: "~/.netrc".to_owned(), difference, notes: Vec::new() }
}

pub(super) fn done() -> Delivered {
    Delivered { target: "~/.netrc".to_owned(), notes: Vec::new() }
}

fn failure() -> Failure {
    Failure::new(FailureKind::Service, "write ~/.netrc", "the disk is full")
}

fn step(desk: &Desk) -> &Step {
    &desk.state.custody.held.as_ref().unwrap().delivering.step
}

fn page(desk: &Desk) -> &Page {
    &desk.state.custody.held.as_ref().unwrap().page
}

/// Chooses the second sink, and is shown what would be done.
fn planned() -> Desk {
    let mut desk = holding();
    desk.tell(Event::SinksFound(choices()));
    desk.act(Action::Deliver);
    desk.act(Action::Next);
    let effects = desk.act(Action::Confirm);
    let [Effect::PlanDelivery { order, sink, .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(sink, "netrc");
    assert_eq!(desk.act(Action::Confirm), [], "it is not known yet what is agreed to");
    desk.tell(Event::DeliveryPlanned { order: *order, result: Ok(plan()) });
    desk
}

/// Agrees to it.
fn ordered() -> (Desk, OrderId) {
    let mut desk = planned();
    let effects = desk.act(Action::Confirm);
    let [Effect::Deliver { order, sink, creation }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((sink.as_str(), creation.secret.expose()), ("netrc", "s3cret"));
    (desk, *order)
}

#[test]
fn nothing_is_delivered_that_was_not_shown() {
    let desk = planned();
    assert!(matches!(step(&desk), Step::Planned { plan, .. } if plan.target == "~/.netrc"));
    let mut desk = planned();
    assert_eq!(desk.act(Action::Back), []);
    assert!(matches!(step(&desk), Step::Choosing));
    let again = desk.act(Action::Confirm);
    assert!(matches!(again.as_slice(), [Effect::PlanDelivery { .. }]), "{again:?}");
}

#[test]
fn a_delivered_secret_may_be_left() {
    let (mut desk, order) = ordered();
    assert_eq!(desk.act(Action::Confirm), [], "it is sent once");
    let delivered = operations::Step::Delivered("netrc".to_owned());
    desk.tell(Event::DeliveryStepped { order, step: delivered });
    assert!(matches!(step(&desk), Step::UnderWay(UnderWay { is_there: true, .. })));
    assert!(desk.state.custody.undelivered().is_some(), "it was not tried yet");
    let tested = operations::Step::Tested("netrc".to_owned(), "it works".to_owned());
    desk.tell(Event::DeliveryStepped { order, step: tested });
    desk.tell(Event::Delivered { order, result: Ok(done()) });
    assert!(matches!(step(&desk), Step::Done { tested: Some(words), .. } if words == "it works"));
    let places = &desk.state.custody.held.as_ref().unwrap().places;
    assert_eq!(*places, [Place::Sink("~/.netrc".to_owned())]);
    desk.act(Action::Confirm);
    assert!(matches!(page(&desk), Page::Secret));
    assert_eq!(desk.act(Action::Quit), [Effect::Quit]);
}

#[test]
fn a_delivery_that_fails_keeps_the_secret_for_another_place() {
    let (mut desk, order) = ordered();
    desk.tell(Event::Delivered { order, result: Err(failure()) });
    assert!(matches!(step(&desk), Step::Failed { target: None, .. }));
    assert!(desk.state.custody.undelivered().is_some());
    desk.act(Action::Confirm);
    desk.act(Action::Previous);
    let effects = desk.act(Action::Confirm);
    let [Effect::PlanDelivery { sink, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(sink, "npmrc");
}

#[test]
fn where_it_does_not_work_it_is_not_delivered_and_said_to_be_there() {
    let (mut desk, order) = ordered();
    let delivered = operations::Step::Delivered("netrc".to_owned());
    desk.tell(Event::DeliveryStepped { order, step: delivered });
    desk.tell(Event::Delivered { order, result: Err(failure()) });
    let is_there = |step: &Step| matches!(step, Step::Failed { target: Some(_), .. });
    assert!(is_there(step(&desk)));
    assert!(desk.state.custody.undelivered().is_some());
}

#[test]
fn what_is_delivered_counts_wherever_its_owner_went() {
    let (mut desk, order) = ordered();
    assert_eq!(desk.act(Action::Quit), []);
    assert!(matches!(page(&desk), Page::Leaving(_)));
    desk.tell(Event::Delivered { order, result: Ok(done()) });
    assert!(matches!((page(&desk), step(&desk)), (Page::Deliver, Step::Done { .. })));
    assert_eq!(desk.act(Action::Quit), [Effect::Quit]);
}

#[test]
fn an_answer_that_nobody_waits_for_delivers_nothing() {
    let (mut desk, order) = ordered();
    let late = OrderId(order.0 + 1);
    desk.tell(Event::Delivered { order: late, result: Ok(done()) });
    assert!(desk.state.custody.undelivered().is_some());
}

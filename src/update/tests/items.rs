//! What was begun and not ended: shown first, and ended only as confirmed.

use super::{
    making::{creation, holding},
    *,
};
use crate::{
    failure::FailureKind,
    journal::{Intent, Item, Stage},
    operations::{
        Confirmation, NewPat, Revocation,
        resume::{Finding, Verdict, Way},
    },
    state::mode::{Mode, confirm::Question},
};

/// A rotation of the token `old`, or the creation of a token, and what exists of it.
fn finding(item: u32, old: Option<u128>, verdict: Verdict) -> Finding {
    let old = old.map(|old| pat(old).named("bot").ends_in(TimeDelta::days(5)));
    let intent = Intent {
        organization: organization(),
        name: "bot".to_owned(),
        scope: "vso.code".to_owned(),
        valid_to: now() + TimeDelta::days(30),
        old: old.as_ref().map(|old| old.id),
        sinks: vec![],
    };
    let stage = Stage::Created { new: pat(77).id };
    let id = format!("{item:08x}").parse().unwrap();
    Finding { item: Item { id, since: now(), intent, stage }, old, verdict }
}

fn new() -> Pat {
    pat(77).named("bot")
}

/// One of each kind that is not settled.
pub(super) fn findings() -> Vec<Finding> {
    let failure = Failure::new(FailureKind::Network, "list", "no answer");
    vec![
        finding(1, Some(2), Verdict::OldStillLives(Box::new(new()))),
        finding(2, None, Verdict::Orphan(Box::new(new()))),
        finding(3, Some(1), Verdict::PerhapsDelivered(Box::new(new()))),
        finding(4, None, Verdict::NotYet),
        finding(5, Some(3), Verdict::NewIsOver),
        finding(6, None, Verdict::Ambiguous(vec![new(), pat(78)])),
        finding(7, None, Verdict::Unknown(failure)),
    ]
}

/// A program that was told of these when it connected.
fn found(findings: Vec<Finding>) -> Desk {
    let mut desk = Desk::new(three());
    let effects = desk.tell(Event::LeftBehind);
    let [Effect::ReadItems { order }] = effects.as_slice() else { panic!("{effects:?}") };
    desk.tell(Event::ItemsRead { order: *order, result: Ok(findings) });
    desk
}

fn is_open(desk: &Desk) -> bool {
    matches!(desk.state.mode, Mode::Items)
}

/// Answers yes to the question that is open.
fn yes(desk: &mut Desk) -> Vec<Effect> {
    assert!(matches!(desk.state.mode, Mode::Confirm(_)), "{:?}", desk.state.mode);
    desk.act(Action::Forward);
    desk.act(Action::Confirm)
}

#[test]
fn what_is_open_is_shown_first_and_can_wait() {
    let mut desk = found(findings());
    assert!(is_open(&desk));
    assert_eq!(desk.act(Action::Back), []);
    assert!(matches!(desk.state.mode, Mode::Browse));
    let effects = desk.act(Action::Items);
    assert!(matches!(effects.as_slice(), [Effect::ReadItems { .. }]), "{effects:?}");
    assert!(is_open(&desk));
}

#[test]
fn it_waits_until_nothing_else_has_the_keyboard() {
    let mut desk = Desk::new(three());
    desk.tell(Event::LeftBehind);
    desk.act(Action::Filter);
    let order = desk.state.items.reading.unwrap();
    desk.tell(Event::ItemsRead { order, result: Ok(findings()) });
    assert!(matches!(desk.state.mode, Mode::Filter));
    desk.act(Action::Confirm);
    assert!(is_open(&desk));
    let mut desk = holding();
    desk.tell(Event::LeftBehind);
    let order = desk.state.items.reading.unwrap();
    desk.tell(Event::ItemsRead { order, result: Ok(findings()) });
    assert!(matches!(desk.state.mode, Mode::Secret), "no secret is covered by it");
}

#[test]
fn what_is_over_is_told_once() {
    let desk = found(vec![finding(1, Some(2), Verdict::Done)]);
    assert!(!is_open(&desk));
    let told = desk.notice();
    assert!(told.contains("rotate bot in contoso: all was done"), "{told}");
    assert!(desk.state.items.open().is_empty());
}

#[test]
fn only_what_the_finding_allows_can_be_done() {
    use Way::{Finish, Leave, RollBack};
    let allowed: [&[Way]; 7] = [
        &[Finish, RollBack, Leave],
        &[RollBack, Leave],
        &[Finish, RollBack, Leave],
        &[],
        &[Leave],
        &[Leave],
        &[Leave],
    ];
    let mut desk = found(findings());
    for (row, allowed) in allowed.into_iter().enumerate() {
        for way in [Finish, RollBack, Leave] {
            let is_allowed = desk.state.is_enabled(&Action::GoOn(way));
            assert_eq!(is_allowed, allowed.contains(&way), "{row} {way:?}");
        }
        assert_eq!(desk.state.is_enabled(&Action::Again), row == 1);
        desk.act(Action::Next);
    }
}

#[test]
fn finishing_is_confirmed_and_told() {
    let mut desk = found(findings());
    let count = desk.state.items.open().len();
    assert_eq!(desk.act(Action::GoOn(Way::Finish)), []);
    // Enter alone cancels, and so does Esc: back to the items.
    assert_eq!(desk.act(Action::Confirm), []);
    assert!(is_open(&desk));
    desk.act(Action::GoOn(Way::Finish));
    desk.act(Action::Back);
    assert!(is_open(&desk));
    desk.act(Action::GoOn(Way::Finish));
    let effects = yes(&mut desk);
    let [Effect::GoOn { order, way: Way::Finish, .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert!(!desk.state.is_enabled(&Action::GoOn(Way::Finish)), "one after the other");
    let revocation = Revocation { id: pat(2).id, confirmation: Confirmation::Answered };
    assert_eq!(desk.tell(Event::WentOn { order: *order, result: Ok(Some(revocation)) }), []);
    assert!(desk.notice().contains("finished, id"), "{}", desk.notice());
    assert_eq!(desk.state.inventory.get(pat(2).id).unwrap().listed, Listed::Revoked);
    assert_eq!(desk.state.items.open().len(), count - 1);
    assert!(is_open(&desk), "others are left");
}

#[test]
fn what_could_not_be_ended_stays_open_and_is_looked_at_again() {
    let mut desk = found(vec![finding(1, Some(2), Verdict::OldStillLives(Box::new(new())))]);
    desk.act(Action::GoOn(Way::RollBack));
    let effects = yes(&mut desk);
    let [Effect::GoOn { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let failure = Failure::new(FailureKind::Service, "revoke bot", "it is ill");
    let effects = desk.tell(Event::WentOn { order: *order, result: Err(failure) });
    assert!(matches!(effects.as_slice(), [Effect::ReadItems { .. }]), "{effects:?}");
    assert_eq!(desk.state.items.open().len(), 1);
    assert!(is_open(&desk) && desk.notice().contains("it is ill"), "{}", desk.notice());
}

#[test]
fn the_last_one_closes_it() {
    let mut desk = found(vec![finding(5, Some(3), Verdict::NewIsOver)]);
    desk.act(Action::GoOn(Way::Leave));
    let effects = yes(&mut desk);
    let [Effect::GoOn { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    desk.tell(Event::WentOn { order: *order, result: Ok(None) });
    assert!(matches!(desk.state.mode, Mode::Browse));
}

#[test]
fn a_lost_secret_is_revoked_for_sure_before_another_token_is_made() {
    let mut desk = found(vec![finding(2, None, Verdict::Orphan(Box::new(new())))]);
    assert_eq!(desk.act(Action::Again), [], "it is asked first");
    let effects = yes(&mut desk);
    let [Effect::GoOn { order, way: Way::RollBack, .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    let failure = Failure::new(FailureKind::Service, "revoke bot", "it is ill");
    let effects = desk.tell(Event::WentOn { order: *order, result: Err(failure) });
    let [Effect::ReadItems { order }] = effects.as_slice() else { panic!("{effects:?}") };
    let result = Ok(vec![finding(2, None, Verdict::Orphan(Box::new(new())))]);
    assert_eq!(desk.tell(Event::ItemsRead { order: *order, result }), [], "nothing by itself");
    desk.act(Action::Again);
    let effects = yes(&mut desk);
    let [Effect::GoOn { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let revocation = Revocation { id: pat(77).id, confirmation: Confirmation::Answered };
    let effects = desk.tell(Event::WentOn { order: *order, result: Ok(Some(revocation)) });
    let [Effect::Create { new, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((new.name.as_str(), new.scope.as_str()), ("bot", "vso.code"));
    assert_eq!(new.valid_to, now() + TimeDelta::days(30));
    assert!(matches!(desk.state.mode, Mode::Secret), "its making is shown");
}

#[test]
fn a_lost_answer_leads_to_what_exists_and_the_form_waits_behind_it() {
    let mut desk = Desk::new(three());
    desk.act(Action::New);
    desk.type_in("bot");
    for _ in 0..3 {
        desk.act(Action::Next);
    }
    desk.act(Action::Confirm);
    desk.type_in("vso.code_write");
    desk.act(Action::Insert(' '));
    desk.act(Action::Confirm);
    let effects = desk.act(Action::Confirm);
    let [Effect::Create { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let failure = Failure::new(FailureKind::Unconfirmed, "create bot", "the answer was lost");
    let effects = desk.tell(Event::Created { order: *order, result: Box::new(Err(failure)) });
    let [Effect::ReadItems { order }, Effect::List { .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    let result = Ok(vec![finding(2, None, Verdict::Orphan(Box::new(new())))]);
    desk.tell(Event::ItemsRead { order: *order, result });
    assert!(is_open(&desk));
    desk.act(Action::Again);
    let effects = yes(&mut desk);
    let [Effect::GoOn { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let effects = desk.tell(Event::WentOn { order: *order, result: Ok(None) });
    let [Effect::Create { order, new }] = effects.as_slice() else { panic!("{effects:?}") };
    let Mode::Form(form) = &desk.state.mode else { panic!("{:?}", desk.state.mode) };
    assert_eq!(form.sent, Some(*order), "what is refused comes back to its form");
    let new = NewPat { ..(**new).clone() };
    desk.tell(Event::Created { order: *order, result: Box::new(Ok(creation(&new))) });
    assert!(desk.state.custody.held.is_some());
}

#[test]
fn nothing_is_done_about_what_changed_while_it_was_asked() {
    let mut desk = found(findings());
    desk.act(Action::GoOn(Way::Finish));
    assert!(
        matches!(&desk.state.mode, Mode::Confirm(it) if matches!(it.question, Question::GoOn { .. }))
    );
    desk.state.items.found = Some(Ok(vec![]));
    assert_eq!(yes(&mut desk), []);
    assert!(desk.notice().contains("look again"), "{}", desk.notice());
}

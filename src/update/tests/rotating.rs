//! Rotating: the old token goes only after the new secret is in its place.

use super::{making::creation, *};
use crate::{
    operations::NewPat,
    state::{
        custody::{Page, Reached},
        mode::{Mode, confirm::Focus},
        work::Work,
    },
};

/// Orders the rotation of the token under the cursor.
fn ordered(desk: &mut Desk) -> (OrderId, Pat) {
    assert_eq!(desk.act(Action::Rotate), [], "it is asked first");
    desk.act(Action::Forward);
    let effects = desk.act(Action::Confirm);
    let [Effect::Rotate { order, old, to: None }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    (*order, (**old).clone())
}

/// A program that holds the secret of the successor.
fn holding() -> (Desk, Pat) {
    let mut desk = Desk::new(three());
    let (order, old) = ordered(&mut desk);
    let new = NewPat {
        organization: organization(),
        name: old.name.raw().to_owned(),
        scope: old.scope.to_string(),
        valid_to: old.valid_to,
    };
    desk.tell(Event::Created { order, result: Box::new(Ok(creation(&new))) });
    (desk, old)
}

fn save(desk: &mut Desk) {
    desk.act(Action::Save);
    desk.type_in("pat");
    let effects = desk.act(Action::Confirm);
    let [Effect::SaveSecret { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    desk.tell(Event::SecretSaved { order: *order, result: Ok("pat".into()) });
}

#[test]
fn the_old_token_goes_after_the_new_secret_is_in_its_place() {
    let (mut desk, old) = holding();
    assert!(desk.state.works.get(old.id).is_none());
    save(&mut desk);
    assert_eq!(desk.act(Action::Back), []);
    assert!(matches!(desk.state.works.get(old.id), Some(Work::RevokeScheduled { .. })));
    assert!(desk.notice().contains("u keeps it"), "{}", desk.notice());
    let effects = desk.wait(9);
    assert!(
        matches!(effects.as_slice(), [Effect::Revoke { pat, .. }] if pat.id == old.id),
        "{effects:?}"
    );
}

#[test]
fn an_undelivered_secret_leaves_the_old_token_alone() {
    let (mut desk, old) = holding();
    desk.act(Action::Back);
    desk.act(Action::Forward);
    desk.act(Action::Forward);
    assert_eq!(desk.act(Action::Confirm), [Effect::LeaveSecret]);
    assert!(desk.state.works.get(old.id).is_none());
    let (mut desk, old) = holding();
    desk.act(Action::Back);
    desk.act(Action::Forward);
    let effects = desk.act(Action::Confirm);
    assert!(matches!(effects.as_slice(), [Effect::Revoke { pat, .. }] if pat.id != old.id));
    let page = &desk.state.custody.held.as_ref().unwrap().page;
    assert!(matches!(page, Page::Revoking { .. }));
    assert!(desk.state.works.get(old.id).is_none());
}

#[test]
fn leaving_azpat_does_not_forget_the_old_token() {
    let (mut desk, old) = holding();
    save(&mut desk);
    assert_eq!(desk.act(Action::Quit), []);
    assert!(matches!(desk.state.works.get(old.id), Some(Work::RevokeScheduled { .. })));
    assert_eq!(desk.act(Action::Quit), [], "it asks, since a revocation waits");
}

#[test]
fn what_cannot_be_replaced_is_said() {
    let mut desk = Desk::new(vec![pat(1).named("a").ends_in(TimeDelta::days(-1))]);
    assert_eq!(desk.act(Action::Rotate), []);
    assert!(desk.notice().contains("c makes one like it"), "{}", desk.notice());
    let mut desk = Desk::new(three());
    desk.act(Action::Mark);
    desk.act(Action::Rotate);
    assert!(desk.notice().contains("clear the marks"), "{}", desk.notice());
}

#[test]
fn a_failed_creation_leaves_everything_as_it_was() {
    let mut desk = Desk::new(three());
    let (order, old) = ordered(&mut desk);
    let failure = Failure::new(crate::failure::FailureKind::Service, "rotate", "it is ill");
    desk.tell(Event::Created { order, result: Box::new(Err(failure)) });
    assert!(desk.state.custody.is_free() && desk.state.custody.replaces.is_none());
    assert!(desk.state.works.get(old.id).is_none());
    assert!(desk.notice().contains("it is ill"), "{}", desk.notice());
}

#[test]
fn another_end_can_be_chosen() {
    let chosen = |keys: &[Action], date: &str| {
        let mut desk = Desk::new(three());
        desk.act(Action::Rotate);
        desk.act(Action::Backward);
        desk.act(Action::Backward);
        let Mode::Confirm(confirm) = &desk.state.mode else { panic!("{:?}", desk.state.mode) };
        assert_eq!(confirm.focus, Focus::End);
        for key in keys {
            desk.act(key.clone());
        }
        desk.type_in(date);
        // Enter goes on to Cancel, as from every field.
        assert_eq!(desk.act(Action::Confirm), []);
        desk.act(Action::Forward);
        (desk.act(Action::Confirm), desk)
    };
    let end = |effects: &[Effect]| {
        let [Effect::Rotate { to, .. }] = effects else { panic!("{effects:?}") };
        *to
    };
    assert_eq!(end(&chosen(&[], "").0), None, "as long as before");
    let (effects, _) = chosen(&[Action::Forward], "");
    assert_eq!(end(&effects), Some(now() + TimeDelta::days(7)));
    let last = vec![Action::Forward; 9];
    assert_eq!(end(&chosen(&last, "12").0), Some(now() + TimeDelta::days(12)));
    let (effects, desk) = chosen(&last, "2026-11-20");
    assert_eq!(effects, [], "what cannot be is not sent");
    assert!(desk.notice().contains("in the past"), "{}", desk.notice());
    assert!(matches!(&desk.state.mode, Mode::Confirm(confirm) if confirm.focus == Focus::End));
}

#[test]
fn its_steps_are_known_as_they_happen() {
    use crate::operations::Step;
    let mut desk = Desk::new(three());
    let (order, _) = ordered(&mut desk);
    assert!(matches!(desk.state.mode, Mode::Secret), "its place is open before it is there");
    assert_eq!(desk.state.custody.reached, Reached::Nothing);
    let item = "00000001".parse().unwrap();
    for (step, reached) in [
        (Step::Begun(item), Reached::Noted),
        (Step::Looked, Reached::Looked),
        (Step::Created(Box::new(pat(77))), Reached::Created),
    ] {
        desk.tell(Event::Stepped { order: OrderId(order.0 + 9), step: step.clone() });
        assert!(desk.state.custody.reached < reached, "another order");
        desk.tell(Event::Stepped { order, step });
        assert_eq!(desk.state.custody.reached, reached);
    }
    let (mut desk, old) = holding();
    save(&mut desk);
    desk.act(Action::Back);
    let effects = desk.wait(9);
    let [Effect::Revoke { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    desk.tell(Event::Stepped { order: *order, step: Step::Verifying });
    let confirmation = crate::operations::Confirmation::Answered;
    let result = Ok(crate::operations::Revocation { id: old.id, confirmation });
    desk.state.notices.dismiss();
    desk.tell(Event::Revoked { order: *order, result });
    assert!(desk.notice().contains("its lists agree"), "{}", desk.notice());
    assert!(desk.state.custody.verifying.is_empty());
}

//! Making a token: nothing is sent unchecked, and no secret is lost unasked.

use super::*;
use crate::{
    failure::FailureKind,
    operations::{Confirmation, Creation, Edit, NewPat, Revocation},
    pat::{
        change::{Change, Ground},
        date,
    },
    secret::PatSecret,
    state::{
        custody::{Choice, Leaving, Page},
        mode::{
            Mode,
            form::{Field, Form},
        },
    },
};

fn form(desk: &Desk) -> &Form {
    let Mode::Form(form) = &desk.state.mode else { panic!("{:?}", desk.state.mode) };
    form
}

fn page(desk: &Desk) -> &Page {
    &desk.state.custody.held.as_ref().unwrap().page
}

/// Fills the form and sends it.
fn order(desk: &mut Desk) -> (OrderId, NewPat) {
    desk.act(Action::New);
    desk.type_in("bot");
    for _ in 0..3 {
        desk.act(Action::Next);
    }
    desk.act(Action::Confirm);
    desk.type_in("vso.code_write");
    desk.act(Action::Insert(' '));
    desk.act(Action::Confirm);
    assert_eq!(form(desk).focus, Field::Send);
    let effects = desk.act(Action::Confirm);
    let [Effect::Create { order, new }] = effects.as_slice() else { panic!("{effects:?}") };
    (*order, (**new).clone())
}

pub(super) fn creation(new: &NewPat) -> Creation {
    let pat = Pat { scope: new.scope.as_str().into(), ..pat(77).named(&new.name) };
    let pat = Pat { valid_from: now(), valid_to: new.valid_to, ..pat };
    Creation { pat, secret: PatSecret::new("s3cret"), requested: new.valid_to }
}

/// A program that holds the secret of a new token.
pub(super) fn holding() -> Desk {
    let mut desk = Desk::new(three());
    let (order, new) = order(&mut desk);
    desk.tell(Event::Created { order, result: Box::new(Ok(creation(&new))) });
    assert!(matches!(page(&desk), Page::Secret));
    desk
}

#[test]
fn a_token_is_made_from_the_keyboard() {
    let mut desk = Desk::new(three());
    let (order, new) = order(&mut desk);
    assert_eq!((new.name.as_str(), new.scope.as_str()), ("bot", "vso.code_write"));
    assert_eq!(new.organization, organization());
    assert_eq!(date::format(new.valid_to), "2026-12-24T12:00:00.000Z");
    // Until the answer is here nothing else happens, and nothing is sent twice.
    for action in [Action::Confirm, Action::Back, Action::Insert('x')] {
        assert_eq!(desk.act(action), []);
    }
    desk.tell(Event::Created { order, result: Box::new(Ok(creation(&new))) });
    assert!(matches!(desk.state.mode, Mode::Secret));
    assert_eq!(desk.state.inventory.len(), 4, "it is in the list at once");
}

#[test]
fn what_is_wrong_is_pointed_out_and_nothing_is_sent() {
    let mut desk = Desk::new(three());
    desk.act(Action::New);
    for _ in 0..9 {
        desk.act(Action::Next);
    }
    assert_eq!(desk.act(Action::Confirm), []);
    assert_eq!(form(&desk).focus, Field::Scopes, "the first field that is wrong");
    assert!(form(&desk).fault(Field::Scopes).is_some());
}

#[test]
fn the_suggested_name_is_taken_unless_one_is_typed() {
    let mut desk = Desk::new(three());
    desk.state.setting.whereabouts = "ada@build-01".to_owned();
    desk.act(Action::New);
    assert_eq!(form(&desk).called(), "ada@build-01 2026-11-24");
    desk.type_in("x");
    assert_eq!(form(&desk).called(), "x");
    desk.act(Action::DeleteBack);
    assert_eq!(form(&desk).called(), "ada@build-01 2026-11-24");
    for _ in 0..3 {
        desk.act(Action::Next);
    }
    desk.act(Action::Confirm);
    desk.type_in("push-code");
    desk.act(Action::Insert(' '));
    desk.act(Action::Confirm);
    assert_eq!(form(&desk).called(), "push-code ada@build-01 2026-11-24");
}

#[test]
fn a_refusal_keeps_all_that_was_typed() {
    let mut desk = Desk::new(three());
    let (order, _) = order(&mut desk);
    let why = "a policy limits how long a token may live [patLifespanPolicyViolation]";
    let failure = Failure::new(FailureKind::Refused, "create bot", why);
    let failure = Failure { ground: Some(Ground::Lifespan), ..failure };
    assert_eq!(desk.tell(Event::Created { order, result: Box::new(Err(failure)) }), []);
    let kept = form(&desk);
    assert_eq!((kept.focus, kept.sent, kept.called()), (Field::End, None, "bot"));
    assert_eq!(kept.scopes, ["vso.code_write"]);
    assert!(kept.fault(Field::End).is_some());
    assert!(desk.state.custody.is_free());
    desk.act(Action::Backward);
    assert!(form(&desk).fault(Field::End).is_none(), "another end may be right");
}

#[test]
fn leaving_the_scopes_leaves_them_as_they_were() {
    let mut desk = Desk::new(three());
    desk.act(Action::New);
    for _ in 0..3 {
        desk.act(Action::Next);
    }
    desk.act(Action::Confirm);
    desk.type_in("wiki");
    desk.act(Action::Insert(' '));
    desk.act(Action::Back);
    assert!(form(&desk).picker.is_some(), "first the search is emptied");
    desk.act(Action::Back);
    assert!(form(&desk).picker.is_none());
    assert_eq!(form(&desk).scopes, Vec::<String>::new());
}

#[test]
fn a_secret_nowhere_else_is_not_left_by_accident() {
    for first in [Action::Back, Action::Quit] {
        let mut desk = holding();
        assert_eq!(desk.act(first), []);
        assert!(matches!(page(&desk), Page::Leaving(Leaving { choice: Choice::Stay, .. })));
        // Enter and Esc both go back to it.
        assert_eq!(desk.act(Action::Confirm), []);
        assert!(matches!(page(&desk), Page::Secret));
        desk.act(Action::Back);
        desk.act(Action::Back);
        assert!(matches!(page(&desk), Page::Secret));
    }
}

#[test]
fn a_secret_that_nobody_wants_takes_its_token_back() {
    let mut desk = holding();
    desk.act(Action::Quit);
    desk.act(Action::Forward);
    let effects = desk.act(Action::Confirm);
    let [Effect::Revoke { order, pat }] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(desk.state.custody.held.is_some(), "kept until it is confirmed");
    let revocation = Revocation { id: pat.id, confirmation: Confirmation::Answered };
    assert_eq!(desk.tell(Event::Revoked { order: *order, result: Ok(revocation) }), [Effect::Quit]);
}

#[test]
fn a_token_that_could_not_be_taken_back_keeps_its_secret() {
    let mut desk = holding();
    desk.act(Action::Back);
    desk.act(Action::Forward);
    let effects = desk.act(Action::Confirm);
    let [Effect::Revoke { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let failure = Failure::new(FailureKind::Network, "revoke bot", "no answer");
    assert_eq!(desk.tell(Event::Revoked { order: *order, result: Err(failure) }), []);
    assert!(matches!(page(&desk), Page::Secret));
}

#[test]
fn quitting_twice_takes_the_token_back_first() {
    let mut desk = holding();
    assert_eq!(desk.act(Action::Quit), []);
    assert!(matches!(desk.act(Action::Quit).as_slice(), [Effect::Revoke { .. }]));
    // Whoever still insists does not wait.
    assert_eq!(desk.act(Action::Quit), []);
    assert_eq!(desk.act(Action::Quit), [Effect::Quit]);
}

#[test]
fn discarding_has_to_be_chosen() {
    let mut desk = holding();
    desk.act(Action::Back);
    desk.act(Action::Forward);
    desk.act(Action::Forward);
    assert_eq!(desk.act(Action::Confirm), [Effect::LeaveSecret]);
    assert!(desk.state.custody.held.is_none());
    assert!(desk.notice().contains("nobody has its secret"), "{}", desk.notice());
    assert_eq!(desk.tell(Event::SecretLeft(Ok(()))), []);
}

#[test]
fn discarding_to_quit_ends_when_that_is_written_down() {
    let mut desk = holding();
    desk.act(Action::Quit);
    desk.act(Action::Forward);
    desk.act(Action::Forward);
    assert_eq!(desk.act(Action::Confirm), [Effect::LeaveSecret]);
    assert_eq!(desk.tell(Event::SecretLeft(Ok(()))), [Effect::Quit]);
}

#[test]
fn a_saved_secret_may_be_left() {
    let mut desk = holding();
    desk.act(Action::Save);
    assert_eq!(desk.act(Action::Confirm), [], "it needs a name");
    desk.type_in("~/pat");
    let effects = desk.act(Action::Confirm);
    let [Effect::SaveSecret { order, path, secret }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((path.to_str(), secret.expose()), (Some("~/pat"), "s3cret"));
    desk.tell(Event::SecretSaved { order: *order, result: Ok("/home/ada/pat".into()) });
    assert_eq!(desk.act(Action::Quit), [Effect::Quit]);
    assert_eq!(desk.act(Action::Back), []);
    assert!(desk.state.custody.held.is_none());
}

#[test]
fn a_file_that_could_not_be_written_delivers_nothing() {
    let mut desk = holding();
    desk.act(Action::Save);
    desk.type_in("x");
    let effects = desk.act(Action::Confirm);
    let [Effect::SaveSecret { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let failure = Failure::new(FailureKind::Usage, "write x", "the disk is full");
    desk.tell(Event::SecretSaved { order: *order, result: Err(failure) });
    assert!(desk.state.custody.undelivered().is_some());
    assert!(matches!(page(&desk), Page::File(file) if file.failure.is_some()));
}

#[test]
fn a_secret_that_is_shown_is_covered_by_whatever_takes_the_eye_away() {
    let shown = |desk: &Desk| {
        let held = desk.state.custody.held.as_ref().unwrap();
        held.shown_until(desk.state.clock.local).is_some()
    };
    let covers: [fn(&mut Desk); 6] = [
        |desk| drop(desk.act(Action::Reveal)),
        |desk| drop(desk.act(Action::Suspend)),
        |desk| drop(desk.act(Action::Save)),
        |desk| drop(desk.tell(Event::FocusLost)),
        |desk| drop(desk.tell(Event::Resized { width: 90, height: 20 })),
        |desk| drop(desk.wait(30)),
    ];
    for cover in covers {
        let mut desk = holding();
        assert!(!shown(&desk));
        desk.act(Action::Reveal);
        desk.wait(29);
        assert!(shown(&desk));
        cover(&mut desk);
        assert!(!shown(&desk));
    }
}

#[test]
fn one_token_at_a_time() {
    let mut desk = holding();
    desk.state.mode = Mode::Browse;
    desk.act(Action::New);
    assert!(matches!(desk.state.mode, Mode::Secret), "the secret comes back");
}

#[test]
fn an_answer_that_nobody_waits_for_holds_nothing() {
    let mut desk = Desk::new(three());
    let (order, new) = order(&mut desk);
    let late = OrderId(order.0 + 1);
    desk.tell(Event::Created { order: late, result: Box::new(Ok(creation(&new))) });
    assert!(desk.state.custody.held.is_none());
}

#[test]
fn a_secret_comes_back_after_a_sign_in() {
    let mut desk = holding();
    desk.state.mode = Mode::Help(crate::state::mode::palette::Palette::default());
    desk.act(Action::Back);
    assert!(matches!(desk.state.mode, Mode::Secret));
}

#[test]
fn leaving_while_a_token_is_made_asks() {
    let mut desk = Desk::new(three());
    order(&mut desk);
    assert_eq!(desk.act(Action::Quit), []);
    assert!(matches!(desk.state.mode, Mode::Confirm(_)));
    assert_eq!(desk.act(Action::Quit), [Effect::Quit]);
}

/// Opens the selected token, calls it otherwise and sends that.
fn rename(desk: &mut Desk) -> (OrderId, Pat, Change) {
    desk.act(Action::Edit);
    desk.type_in("robot");
    for _ in 0..9 {
        desk.act(Action::Next);
    }
    let effects = desk.act(Action::Confirm);
    let [Effect::Edit { order, pat, change }] = effects.as_slice() else { panic!("{effects:?}") };
    (*order, (**pat).clone(), (**change).clone())
}

#[test]
fn a_change_sends_only_what_changed_and_tells_what_came_of_it() {
    let mut desk = Desk::new(three());
    let (order, before, change) = rename(&mut desk);
    assert_eq!(change, Change { name: Some("robot".to_owned()), ..Change::default() });
    let after = change.applied(&before);
    let confirmation = Confirmation::Answered;
    let edit = Edit { before, pat: after, change, confirmation };
    desk.tell(Event::Edited { order, result: Box::new(Ok(edit)) });
    assert!(matches!(desk.state.mode, Mode::Browse));
    assert_eq!((desk.notice(), desk.selected()), ("robot is changed".into(), "robot".into()));
}

#[test]
fn a_name_that_was_not_taken_is_told() {
    let mut desk = Desk::new(three());
    let (order, before, change) = rename(&mut desk);
    let confirmation = Confirmation::Answered;
    let edit = Edit { pat: before.clone(), before, change, confirmation };
    desk.tell(Event::Edited { order, result: Box::new(Ok(edit)) });
    assert_eq!(desk.notice(), "bot: its name is \"bot\", not \"robot\"");
}

#[test]
fn a_refused_change_keeps_the_form() {
    let mut desk = Desk::new(three());
    let (order, ..) = rename(&mut desk);
    let failure = Failure::new(FailureKind::Refused, "change bot", "not acceptable");
    let failure = Failure { ground: Some(Ground::Name), ..failure };
    desk.tell(Event::Edited { order, result: Box::new(Err(failure)) });
    assert_eq!((form(&desk).focus, form(&desk).called()), (Field::Name, "robot"));
    assert_eq!(form(&desk).sent, None);
}

#[test]
fn a_dead_token_can_be_a_model_and_cannot_be_changed() {
    let mut desk = Desk::new(vec![pat(1).listed(Listed::Revoked)]);
    desk.act(Action::Edit);
    assert!(matches!(desk.state.mode, Mode::Browse));
    assert!(desk.notice().contains("c makes one like it"), "{}", desk.notice());
    desk.act(Action::Clone);
    assert_eq!(form(&desk).scopes, ["vso.code_write"]);
}

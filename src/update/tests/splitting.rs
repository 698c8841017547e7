//! A global token goes only when every organization has its successor, or goes without knowingly.

use super::{making::creation, *};
use crate::{
    failure::FailureKind,
    operations::{NewPat, split::Progress},
    state::{
        mode::{Mode, confirm::Confirm, confirm::Question, form::Field},
        work::Work,
    },
};

fn fabrikam() -> Organization {
    "fabrikam".parse().unwrap()
}

/// Two organizations, a global token, and whatever else there is.
fn desk(others: Vec<Pat>) -> Desk {
    let old = pat(1).named("everywhere").scoped("vso.code").global();
    let organizations = vec![organization(), fabrikam()];
    let mut desk = Desk::of(organizations, [vec![old], others].concat());
    desk.act(Action::First);
    desk
}

fn old(desk: &Desk) -> Pat {
    let old = desk.state.inventory.pats().iter().find(|pat| pat.is_global());
    old.unwrap().clone()
}

fn progress(desk: &Desk) -> Vec<Progress> {
    let parts = desk.state.splitting.as_ref().unwrap().split.parts();
    parts.iter().map(|part| part.progress).collect()
}

/// Sends the form of the selected organization.
fn order(desk: &mut Desk) -> (OrderId, NewPat) {
    assert_eq!(desk.act(Action::Confirm), []);
    assert!(matches!(desk.state.mode, Mode::Form(_)));
    let effects = desk.act(Action::Confirm);
    let [Effect::Create { order, new }] = effects.as_slice() else { panic!("{effects:?}") };
    (*order, (**new).clone())
}

/// Makes the token of the selected organization, and holds its secret.
fn make(desk: &mut Desk) -> NewPat {
    let (order, new) = order(desk);
    let mut made = creation(&new);
    made.pat.organization = new.organization.clone();
    made.pat.id = pat(70 + u128::from(new.organization == fabrikam())).id;
    desk.tell(Event::Created { order, result: Box::new(Ok(made)) });
    assert!(matches!(desk.state.mode, Mode::Secret));
    new
}

fn save(desk: &mut Desk) {
    desk.act(Action::Save);
    desk.type_in("pat");
    let effects = desk.act(Action::Confirm);
    let [Effect::SaveSecret { order, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    desk.tell(Event::SecretSaved { order: *order, result: Ok("pat".into()) });
    desk.act(Action::Back);
}

#[test]
fn one_after_the_other_and_the_global_one_last() {
    let mut desk = desk(vec![]);
    assert_eq!(desk.act(Action::Rotate), []);
    assert!(matches!(desk.state.mode, Mode::Split));
    for organization in [organization(), fabrikam()] {
        assert_eq!(desk.act(Action::Revoke), [], "not while one is missing");
        assert!(matches!(desk.state.mode, Mode::Split));
        let new = make(&mut desk);
        assert_eq!((new.organization, new.name.as_str()), (organization, "everywhere"));
        assert_eq!(new.scope, "vso.code");
        save(&mut desk);
        assert!(matches!(desk.state.mode, Mode::Split), "back to the next one");
    }
    assert_eq!(progress(&desk), [Progress::Delivered, Progress::Delivered]);
    let id = old(&desk).id;
    assert!(desk.state.works.get(id).is_none());
    assert_eq!(desk.act(Action::Revoke), []);
    let Mode::Confirm(Confirm { question: Question::Revoke { id: asked }, .. }) = desk.state.mode
    else {
        panic!("it is asked")
    };
    assert_eq!(asked, id);
    desk.act(Action::Back);
    assert!(matches!(desk.state.mode, Mode::Split), "no is no");
    desk.act(Action::Revoke);
    desk.act(Action::Forward);
    desk.act(Action::Confirm);
    assert!(matches!(desk.state.works.get(id), Some(Work::RevokeScheduled { .. })));
    assert!(matches!(desk.state.mode, Mode::Browse) && desk.state.splitting.is_none());
    let effects = desk.wait(9);
    assert!(
        matches!(effects.as_slice(), [Effect::Revoke { pat, .. }] if pat.id == id),
        "{effects:?}"
    );
}

#[test]
fn what_is_there_already_is_not_made_again_unless_asked() {
    let there = pat(2).named("everywhere").scoped("vso.code");
    let mut desk = desk(vec![Pat { valid_from: now(), ..there }]);
    desk.act(Action::Rotate);
    assert!(matches!(progress(&desk).as_slice(), [Progress::Known(_), Progress::Missing]));
    assert_eq!(desk.state.splitting.as_ref().unwrap().cursor.selected(), 1, "the missing one");
    desk.act(Action::Previous);
    desk.act(Action::Confirm);
    assert!(matches!(desk.state.mode, Mode::Split));
    assert!(desk.notice().contains("then x can follow"), "{}", desk.notice());
    desk.act(Action::Mark);
    assert_eq!(progress(&desk), [Progress::Missing, Progress::Missing]);
    assert_eq!(make(&mut desk).organization, organization());
}

#[test]
fn an_organization_can_go_without() {
    let mut desk = desk(vec![]);
    desk.act(Action::Rotate);
    desk.act(Action::Mark);
    desk.act(Action::Revoke);
    assert!(matches!(desk.state.mode, Mode::Split), "one is missing");
    desk.act(Action::Next);
    make(&mut desk);
    save(&mut desk);
    desk.act(Action::Revoke);
    assert!(matches!(desk.state.mode, Mode::Confirm(_)));
    desk.act(Action::Back);
    desk.act(Action::Previous);
    desk.act(Action::Mark);
    desk.act(Action::Revoke);
    assert!(matches!(desk.state.mode, Mode::Split), "it is to have one again");
}

#[test]
fn a_secret_that_is_nowhere_does_not_count() {
    let mut desk = desk(vec![]);
    desk.act(Action::Rotate);
    make(&mut desk);
    desk.act(Action::Back);
    desk.act(Action::Forward);
    desk.act(Action::Forward);
    assert_eq!(desk.act(Action::Confirm), [Effect::LeaveSecret]);
    assert_eq!(progress(&desk), [Progress::Missing, Progress::Missing]);
    assert!(matches!(desk.state.mode, Mode::Split));
    // Nor when it is opened again.
    desk.act(Action::Back);
    assert!(desk.state.splitting.is_none());
    desk.act(Action::First);
    while desk.state.selected().is_some_and(|pat| !pat.is_global()) {
        desk.act(Action::Next);
    }
    desk.act(Action::Rotate);
    assert_eq!(progress(&desk), [Progress::Missing, Progress::Missing]);
}

#[test]
fn what_is_refused_stays_in_its_form() {
    let mut desk = desk(vec![]);
    desk.act(Action::Rotate);
    let (order, _) = order(&mut desk);
    let failure = Failure::new(FailureKind::Refused, "create it", "a policy forbids it");
    desk.tell(Event::Created { order, result: Box::new(Err(failure)) });
    assert!(matches!(&desk.state.mode, Mode::Form(form) if !form.faults.is_empty()));
    desk.act(Action::Back);
    assert!(matches!(desk.state.mode, Mode::Split));
    assert_eq!(progress(&desk), [Progress::Missing, Progress::Missing]);
}

#[test]
fn leaving_it_says_how_it_goes_on() {
    let mut desk = desk(vec![]);
    desk.act(Action::Rotate);
    make(&mut desk);
    save(&mut desk);
    desk.act(Action::Back);
    assert!(matches!(desk.state.mode, Mode::Browse));
    assert!(desk.notice().contains("1 of 2 organizations"), "{}", desk.notice());
    assert!(desk.notice().contains("t goes on"), "{}", desk.notice());
    assert!(desk.state.works.get(old(&desk).id).is_none());
}

#[test]
fn whoever_does_not_see_all_is_told() {
    let mut desk = desk(vec![]);
    desk.state.listing.results.remove(&fabrikam());
    desk.act(Action::Rotate);
    assert!(desk.state.splitting.is_none());
    assert!(desk.notice().contains("the tokens of fabrikam"), "{}", desk.notice());
}

#[test]
fn full_access_is_consented_to_each_time() {
    let mut desk = desk(vec![]);
    let old = Pat { scope: "app_token".into(), ..old(&desk) };
    desk.state.inventory.put(old);
    desk.act(Action::Rotate);
    desk.act(Action::Confirm);
    assert!(matches!(&desk.state.mode, Mode::Form(form) if form.focus == Field::Consent));
}

#[test]
fn it_ends_with_the_global_token() {
    let mut desk = desk(vec![]);
    desk.act(Action::Rotate);
    let id = old(&desk).id;
    desk.state.inventory.mark_revoked(id);
    desk.wait(1);
    assert!(desk.state.splitting.is_none() && matches!(desk.state.mode, Mode::Browse));
}

//! Several tokens at once: each has its row before and after, and only what is shown is done.

use super::*;
use crate::{
    failure::FailureKind,
    operations::{Confirmation, Extension, Revocation},
    pat::AuthorizationId,
    state::{
        batch::{Skip, Stage, Totals},
        mode::{Mode, confirm::Question},
        work::{Kind, Retry, Work},
    },
};

/// Those of [`three`], one that has ended, one that ends late, and one that nobody marks.
fn six() -> Desk {
    let mut pats = three();
    pats.push(pat(4).named("dead").ends_in(TimeDelta::days(-2)).listed(Listed::Expired));
    pats.push(pat(5).named("late").ends_in(TimeDelta::days(300)));
    pats.push(pat(6).named("hidden").ends_in(TimeDelta::days(30)));
    let mut desk = Desk::new(pats);
    desk.act(Action::MarkAll);
    desk.act(Action::Filter);
    desk.type_in("!hidden");
    desk.act(Action::Confirm);
    desk
}

/// The rows of the question that is open: name, and what is to be done.
fn asked(desk: &Desk) -> Vec<(String, Result<Retry, Skip>)> {
    let Mode::Confirm(confirm) = &desk.state.mode else { panic!("{:?}", desk.state.mode) };
    let Question::Batch(batch) = &confirm.question else { panic!("{confirm:?}") };
    batch.rows.iter().map(|row| (row.pat.name.to_string(), row.plan)).collect()
}

fn confirm(desk: &mut Desk, count: &str) -> Vec<Effect> {
    desk.type_in(count);
    desk.act(Action::Backward);
    let effects = desk.act(Action::Confirm);
    assert!(matches!(desk.state.mode, Mode::Batch), "the table stays open");
    effects
}

fn totals(desk: &Desk) -> Totals {
    desk.state.batch.as_ref().unwrap().totals(&desk.state.works)
}

fn name(effect: &Effect) -> String {
    match effect {
        Effect::Revoke { pat, .. } | Effect::Extend { pat, .. } => pat.name.to_string(),
        other => panic!("{other:?}"),
    }
}

fn revoked(effect: &Effect, failure: Option<FailureKind>) -> Event {
    let Effect::Revoke { order, pat } = effect else { panic!("{effect:?}") };
    let done = Revocation { id: pat.id, confirmation: Confirmation::Answered };
    let failure = failure.map(|kind| Failure::new(kind, "revoke it", "a fault"));
    Event::Revoked { order: *order, result: failure.map_or(Ok(done), Err) }
}

#[test]
fn each_has_its_row_and_what_cannot_be_done_says_why() {
    let mut desk = six();
    desk.act(Action::Extend);
    assert_eq!(desk.act(Action::Confirm), [], "it is asked first");
    let to = now() + TimeDelta::days(30);
    let extend = Ok(Retry::Extend { to });
    let row = |name: &str, plan| (name.to_owned(), plan);
    assert_eq!(
        asked(&desk),
        [
            row("bot", extend),
            row("ci", extend),
            row("laptop", Err(Skip::EndsLater)),
            row("late", Err(Skip::EndsLater)),
            row("dead", Err(Skip::Expired)),
        ],
        "in the sequence of the list, without the mark that the filter hides"
    );
    let effects = confirm(&mut desk, "2");
    assert_eq!(effects.iter().map(name).collect::<Vec<_>>(), ["bot", "ci"]);
    assert_eq!(totals(&desk), Totals { running: 2, skipped: 3, ..Totals::default() });
    assert!(desk.state.table.marks.contains(&pat(6).id), "hidden marks stay");
    let Effect::Extend { order, pat, to } = &effects[0] else { panic!() };
    let extension = Extension {
        pat: Pat { valid_to: *to, ..(**pat).clone() },
        requested: *to,
        altered: vec![],
        confirmation: Confirmation::Answered,
    };
    desk.tell(Event::Extended { order: *order, result: Box::new(Ok(extension)) });
    assert_eq!(totals(&desk), Totals { running: 1, done: 1, skipped: 3, ..Totals::default() });
}

#[test]
fn the_rows_stay_when_the_list_is_sorted_and_read_anew() {
    let mut desk = six();
    desk.act(Action::Revoke);
    let before = asked(&desk);
    desk.act(Action::Scroll(1));
    desk.tell(Event::Resized { width: 40, height: 10 });
    super::super::browse::reverse(&mut desk.state);
    assert_eq!(asked(&desk), before);
    confirm(&mut desk, "4");
    let Some(batch) = &desk.state.batch else { panic!() };
    assert_eq!(batch.kind, Kind::Revoke);
    assert_eq!(batch.rows[0].pat.name.to_string(), "bot");
}

#[test]
fn the_table_stops_what_waits_and_says_how_many_are_left_alone() {
    let mut desk = six();
    desk.act(Action::Revoke);
    assert_eq!(confirm(&mut desk, "4"), []);
    assert_eq!(totals(&desk), Totals { waiting: 4, skipped: 1, ..Totals::default() });
    assert_eq!(desk.act(Action::Undo), [], "the selected one alone is taken back");
    assert_eq!(
        totals(&desk),
        Totals { waiting: 3, left_alone: 1, skipped: 1, ..Totals::default() }
    );
    assert_eq!(desk.notice(), "bot stays; nothing was sent");
    assert_eq!(desk.act(Action::Stop), []);
    assert_eq!(desk.notice(), "stopped: 3 not sent, they stay as they are");
    assert_eq!(desk.wait(60), [], "nothing is sent any more");
    assert_eq!(totals(&desk), Totals { left_alone: 4, skipped: 1, ..Totals::default() });
}

#[test]
fn extensions_are_stopped_as_well() {
    let pats = (1..=9).map(|number| pat(number).ends_in(TimeDelta::days(9))).collect();
    let mut desk = Desk::new(pats);
    desk.act(Action::MarkAll);
    desk.act(Action::Extend);
    desk.act(Action::Confirm);
    let effects = confirm(&mut desk, "9");
    assert_eq!(effects.len(), 4);
    desk.act(Action::Stop);
    assert_eq!(desk.notice(), "stopped: 5 not sent, they stay as they are");
    assert_eq!(totals(&desk), Totals { running: 4, left_alone: 5, ..Totals::default() });
}

#[test]
fn only_what_is_known_to_have_failed_is_tried_again() {
    let mut desk = six();
    desk.act(Action::Revoke);
    confirm(&mut desk, "4");
    let effects = desk.wait(8);
    assert_eq!(effects.len(), 4);
    let answers = [None, Some(FailureKind::Service), Some(FailureKind::Unconfirmed), None];
    let mut listing = Vec::new();
    for (effect, failure) in effects.iter().zip(answers) {
        listing.extend(desk.tell(revoked(effect, failure)));
    }
    let [Effect::List { order, .. }] = listing.as_slice() else { panic!("{listing:?}") };
    let first = Totals { done: 2, failed: 1, unknown: 1, skipped: 1, ..Totals::default() };
    assert_eq!(totals(&desk), first);
    let again = desk.act(Action::Retry);
    assert_eq!(again.iter().map(name).collect::<Vec<_>>(), [name(&effects[1])]);
    desk.tell(revoked(&again[0], None));
    // It is still alive: that is known now, and so it can be tried again.
    let Some(Effect::Revoke { pat: unknown, .. }) = effects.get(2) else { panic!() };
    desk.page(*order, vec![(**unknown).clone()]);
    let ends = |desk: &mut Desk, order| {
        let result = Ok(Completeness::Complete);
        desk.tell(Event::OrganizationListed { order, organization: organization(), result });
        desk.tell(Event::Listed { order })
    };
    // It was asked for once more while it ran, so it is read again before anything is said.
    let second = ends(&mut desk, *order);
    let [Effect::List { order, .. }] = second.as_slice() else { panic!("{second:?}") };
    assert_eq!(totals(&desk).unknown, 1);
    desk.page(*order, vec![(**unknown).clone()]);
    assert_eq!(ends(&mut desk, *order), []);
    assert_eq!(totals(&desk), Totals { done: 3, failed: 1, skipped: 1, ..Totals::default() });
    let again = desk.act(Action::Retry);
    assert_eq!(again.iter().map(name).collect::<Vec<_>>(), [unknown.name.to_string()]);
}

#[test]
fn it_is_opened_again_and_tells_what_was_done_although_more_was_done_since() {
    let mut desk = six();
    assert_eq!(desk.act(Action::Results), [], "there is nothing yet");
    assert!(matches!(desk.state.mode, Mode::Browse));
    desk.act(Action::Revoke);
    confirm(&mut desk, "4");
    let effects = desk.wait(8);
    desk.act(Action::Back);
    assert!(desk.notice().contains("4 go on in the background"), "{}", desk.notice());
    for effect in &effects[..3] {
        desk.tell(revoked(effect, None));
    }
    desk.tell(revoked(&effects[3], Some(FailureKind::Service)));
    let before = totals(&desk);
    assert_eq!((before.done, before.failed), (3, 1));
    // Another change is counted from zero.
    desk.act(Action::Filter);
    desk.act(Action::Back);
    desk.act(Action::Filter);
    desk.type_in("hidden");
    desk.act(Action::Confirm);
    desk.act(Action::Revoke);
    desk.act(Action::Forward);
    desk.act(Action::Confirm);
    let hidden = AuthorizationId(uuid::Uuid::from_u128(6));
    assert!(matches!(desk.state.works.get(hidden), Some(Work::RevokeScheduled { .. })));
    desk.act(Action::Results);
    assert!(matches!(desk.state.mode, Mode::Batch));
    assert_eq!(totals(&desk), before);
    let batch = desk.state.batch.as_ref().unwrap();
    assert!(matches!(batch.rows[0].stage(&desk.state.works), Stage::Done(_)));
}

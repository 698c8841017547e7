//! What was begun and not ended, on the screen; and a rotation, step by step.

use azpat::{
    effect::OrderId,
    operations::resume::Way,
    state::{
        State,
        custody::{
            Held, Reached,
            delivering::{Place, Step, UnderWay},
        },
        items::Ending,
        mode::{
            Mode,
            confirm::{Confirm, Focus, Question},
            stepper::Stepper,
        },
        work::Work,
    },
};
use chrono::TimeDelta;

use super::{
    builder::{at, findings, held, id, item, main_screen, order, pat, refused, text, work},
    stories::snapshot,
};

/// The open items with the cursor on one of them.
fn open(row: usize) -> State {
    let mut state = main_screen();
    state.items.found = Some(Ok(findings()));
    state.items.cursor.select(row, 6, 6);
    state.mode = Mode::Items;
    state
}

#[test]
fn the_open_items() {
    snapshot("items_140x40", &open(0));
    snapshot("items_80x24", &at(open(1), 80, 24));
    snapshot("items_40x10", &at(open(2), 40, 10));
    let mut one = open(0);
    one.items.found = Some(Ok(findings().split_off(2).drain(..1).collect()));
    snapshot("items_one_80x24", &at(one, 80, 24));
    let mut ascii = open(0);
    ascii.setting.look.has_unicode = false;
    let ending =
        Ending { order: order(), finding: findings().remove(0), way: Way::Finish, again: false };
    ascii.items.ending = Some(ending);
    snapshot("items_ending_ascii", &at(ascii, 80, 24));
}

#[test]
fn none_and_none_that_can_be_read() {
    let mut state = at(main_screen(), 80, 24);
    state.mode = Mode::Items;
    state.items.reading = Some(order());
    assert!(text(&state).contains("Looking what there is"), "{}", text(&state));
    state.items.reading = None;
    state.items.found = Some(Ok(vec![]));
    assert!(text(&state).contains("Nothing is left open."), "{}", text(&state));
    state.items.found = Some(Err(refused()));
    assert!(text(&state).contains("cannot sign in"), "{}", text(&state));
}

#[test]
fn what_is_asked_about_an_item_names_the_tokens() {
    let asked = |question| {
        let mut state = open(0);
        state.mode = Mode::Confirm(Confirm::new(question, None));
        at(state, 80, 24)
    };
    snapshot("confirm_finish", &asked(Question::GoOn { item: item(1), way: Way::Finish }));
    snapshot("confirm_roll_back", &asked(Question::GoOn { item: item(1), way: Way::RollBack }));
    snapshot("confirm_leave", &asked(Question::GoOn { item: item(5), way: Way::Leave }));
    snapshot("confirm_again", &asked(Question::Again { item: item(2) }));
}

#[test]
fn the_end_of_a_rotated_token_is_chosen_in_the_question() {
    let asked = |focus, chosen| {
        let mut state = main_screen();
        let mut end = Stepper::replacing(id(2), TimeDelta::days(91));
        end.chosen = chosen;
        end.date = "2026-11-2".into();
        let confirm = Confirm::new(Question::Rotate { id: id(2) }, None);
        state.mode = Mode::Confirm(Confirm { end: Some(end), focus, ..confirm });
        state
    };
    snapshot("confirm_rotate_140x40", &asked(Focus::Cancel, 0));
    snapshot("confirm_rotate_80x24", &at(asked(Focus::End, 2), 80, 24));
    let typed = at(asked(Focus::End, 7), 80, 24);
    snapshot("confirm_rotate_typed", &typed);
    snapshot("confirm_rotate_40x10", &at(asked(Focus::Cancel, 0), 40, 10));
}

/// A rotation whose new secret is held.
fn rotating(change: impl FnOnce(&mut Held)) -> State {
    let mut state = main_screen();
    let mut held = held();
    held.old = Some(Box::new(pat(2, "ci-deploy-prod", TimeDelta::days(2))));
    change(&mut held);
    state.custody.held = Some(Box::new(held));
    state.mode = Mode::Secret;
    state
}

#[test]
fn the_steps_of_a_rotation() {
    let mut making = main_screen();
    making.custody.awaited = Some(order());
    making.custody.reached = Reached::Looked;
    making.custody.replaces = Some(Box::new(pat(2, "ci-deploy-prod", TimeDelta::days(2))));
    making.mode = Mode::Secret;
    snapshot("rotation_making_80x24", &at(making, 80, 24));
    snapshot("rotation_140x40", &rotating(|_| ()));
    snapshot("rotation_80x24", &at(rotating(|_| ()), 80, 24));
    let delivered = |held: &mut Held| {
        held.places.push(Place::Sink("~/.npmrc".to_owned()));
        held.is_tried = true;
    };
    snapshot("rotation_delivered_80x24", &at(rotating(delivered), 80, 24));
    let under_way = |held: &mut Held| {
        held.delivering.step = Step::UnderWay(UnderWay {
            order: order(),
            target: "~/.npmrc".to_owned(),
            is_there: true,
            tested: None,
        });
    };
    let mut ascii = at(rotating(under_way), 80, 24);
    ascii.setting.look.has_unicode = false;
    snapshot("rotation_under_way_ascii", &ascii);
    let mut verifying = at(main_screen(), 80, 24);
    work(&mut verifying, 2, Work::Revoking { order: OrderId(3) });
    verifying.custody.verifying.insert(OrderId(3));
    assert!(text(&verifying).contains("revoked; verifying"), "{}", text(&verifying));
}

//! A global token and its successors.

use azpat::{
    action::Action,
    state::{
        State,
        mode::{Mode, form::Form},
    },
};

use super::{
    builder::{at, main_screen, organization, splitting, text},
    stories::snapshot,
};

fn open() -> State {
    let mut state = main_screen();
    state.splitting = Some(Box::new(splitting(&state)));
    state.mode = Mode::Split;
    state
}

#[test]
fn each_organization_has_its_row() {
    snapshot("split_140x40", &open());
    let mut one = open();
    let splitting = one.splitting.as_mut().unwrap();
    splitting.split.delivered(&organization("contoso"));
    splitting.cursor.select(3, 4, 4);
    splitting.toggle();
    splitting.cursor.select(1, 4, 4);
    snapshot("split_80x24", &at(one, 80, 24));
    snapshot("split_40x10", &at(open(), 40, 10));
}

#[test]
fn only_when_nothing_is_missing_the_global_one_may_go() {
    let mut state = at(open(), 80, 24);
    assert!(!state.is_enabled(&Action::Revoke));
    assert!(!text(&state).contains("x revokes"), "{}", text(&state));
    let splitting = state.splitting.as_mut().unwrap();
    for name in ["contoso", "fabrikam", "wingtip"] {
        splitting.split.delivered(&organization(name));
    }
    assert!(state.is_enabled(&Action::Revoke));
    snapshot("split_complete", &state);
}

#[test]
fn the_form_of_a_successor_is_filled_in() {
    let mut state = open();
    let old = state.splitting.as_ref().unwrap().split.old().clone();
    let form = Form::successor(&old, organization("fabrikam"));
    state.mode = Mode::Form(Box::new(form));
    snapshot("split_form_80x24", &at(state, 80, 24));
}

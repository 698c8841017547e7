//! Text fields: the filter line, and editing in general.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use tui_input::{Input, InputRequest};

use super::browse;
use crate::{
    action::Action,
    effect::Effects,
    state::{State, mode::Mode},
    ui::layout,
};

/// More than this no field takes, however much is pasted.
const LONGEST: usize = 300;

/// Applies one editing action to a field. Returns whether its text changed.
pub(super) fn edit(input: &mut Input, action: &Action) -> bool {
    let before = input.value().len();
    match action {
        Action::Insert(c) => insert(input, *c),
        Action::Paste(text) => text.chars().take(LONGEST).for_each(|c| insert(input, c)),
        Action::DeleteBack => drop(input.handle(InputRequest::DeletePrevChar)),
        Action::DeleteWord => drop(input.handle(InputRequest::DeletePrevWord)),
        Action::DeleteAll => input.reset(),
        _ => return false,
    }
    before != input.value().len()
}

/// A line break or control character in a paste is no key press; it is left out.
fn insert(input: &mut Input, c: char) {
    if !c.is_control() && input.value().len() < LONGEST {
        input.handle(InputRequest::InsertChar(c));
    }
}

pub(super) fn filter(state: &mut State, action: &Action) -> Effects {
    let page = isize::try_from(layout::visible_rows(state)).unwrap_or(1).max(1);
    match action {
        Action::Confirm => state.mode = Mode::Browse,
        Action::Back => {
            state.mode = Mode::Browse;
            state.table.filter.reset();
            browse::refilter(state);
        }
        Action::Next => browse::step(state, 1),
        Action::Previous => browse::step(state, -1),
        Action::PageDown => browse::step(state, page),
        Action::PageUp => browse::step(state, -page),
        _ => {
            if edit(&mut state.table.filter, action) {
                browse::refilter(state);
            }
        }
    }
    Effects::none()
}

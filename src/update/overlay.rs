//! The sort menu, the organizations, the logs of calls and of changes, and the help.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use super::{browse, route, typing};
use crate::{
    action::{Action, Binding},
    audit::Log,
    effect::{Effect, Effects},
    failure::Failure,
    state::{
        State,
        cursor::Cursor,
        mode::{Changes, Mode, palette::Palette},
        organizations,
        query::Query,
    },
    ui,
};

/// The order changes at once, so that one sees what one chooses; leaving brings the old one back.
pub(super) fn sort(state: &mut State, action: &Action) -> Effects {
    let Mode::Sort { before } = state.mode else { return Effects::none() };
    match action {
        Action::Next => browse::sort_by(state, state.table.sort.key.step(1)),
        Action::Previous => browse::sort_by(state, state.table.sort.key.step(-1)),
        Action::ReverseSort => browse::reverse(state),
        Action::Confirm => state.mode = Mode::Browse,
        Action::Back => {
            state.mode = Mode::Browse;
            state.table.sort = before;
            browse::resort(state);
        }
        _ => {}
    }
    Effects::none()
}

/// Opens on the organization that the table is limited to.
pub(super) fn open_organizations(state: &mut State) {
    let known = organizations::known(state);
    let row = known.iter().position(|one| state.table.query().is_of(&one.organization));
    let mut cursor = Cursor::default();
    let height = ui::organizations::visible_rows(state);
    cursor.select(row.map_or(0, |row| row + 1), known.len() + 1, height);
    state.mode = Mode::Organizations(cursor);
}

pub(super) fn organizations(state: &mut State, action: &Action) -> Effects {
    let (known, height) = (organizations::known(state), ui::organizations::visible_rows(state));
    let Mode::Organizations(cursor) = &mut state.mode else { return Effects::none() };
    match action {
        Action::Back => state.mode = Mode::Browse,
        Action::Confirm => {
            // The first row is all of them.
            let row = cursor.selected().checked_sub(1).and_then(|row| known.get(row));
            let filter = state.table.filter.value();
            let filter = Query::with_organization(filter, row.map(|one| &one.organization));
            state.table.filter = filter.into();
            state.mode = Mode::Browse;
            browse::refilter(state);
        }
        _ => walk(cursor, action, known.len() + 1, height),
    }
    Effects::none()
}

pub(super) fn calls(state: &mut State, action: &Action) -> Effects {
    let (len, height) = (state.traffic.calls.len(), ui::calls::visible_rows(state));
    if *action == Action::Back {
        state.mode = Mode::Browse;
    } else if let Mode::Calls(cursor) = &mut state.mode {
        walk(cursor, action, len, height);
    }
    Effects::none()
}

pub(super) fn open_log(state: &mut State) -> Effects {
    state.mode = Mode::Log(Changes::default());
    Effect::ReadLog.into()
}

/// Nobody waits for it any more where it was closed.
pub(super) fn log_read(state: &mut State, result: Result<Log, Failure>) -> Effects {
    if let Mode::Log(changes) = &mut state.mode {
        changes.log = Some(result);
    }
    Effects::none()
}

pub(super) fn log(state: &mut State, action: &Action) -> Effects {
    let height = ui::log::visible_rows(state);
    if *action == Action::Back {
        state.mode = Mode::Browse;
    } else if let Mode::Log(changes) = &mut state.mode {
        let len = changes.count();
        walk(&mut changes.cursor, action, len, height);
    }
    Effects::none()
}

pub(super) fn open_help(state: &mut State) {
    let from = state.layers().last().copied();
    state.mode = Mode::Help(Palette { from, ..Palette::default() });
}

pub(super) fn help(state: &mut State, action: &Action) -> Effects {
    let height = ui::help::visible_rows(state);
    let Mode::Help(palette) = &mut state.mode else { return Effects::none() };
    match action {
        Action::Back => state.mode = Mode::Browse,
        Action::Confirm => {
            let found = palette.found();
            let chosen = found.get(palette.cursor.selected()).copied();
            state.mode = Mode::Browse;
            // Only what can be done where the help closes: the same action means something else
            // there than in a dialog.
            let live = state.layers();
            let runs = |binding: &Binding| {
                live.contains(&binding.layer) && state.is_enabled(&binding.action)
            };
            match chosen {
                Some(binding) if runs(binding) => return route(state, &binding.action),
                Some(binding) => {
                    let (name, place) = (binding.name, binding.layer.title().to_lowercase());
                    state
                        .notices
                        .warn(format!("`{name}` has nothing to do now; its place: {place}"));
                }
                None => {}
            }
        }
        _ => {
            if typing::edit(&mut palette.search, action) {
                palette.cursor = Cursor::default();
            }
            let len = palette.found().len();
            walk(&mut palette.cursor, action, len, height);
        }
    }
    Effects::none()
}

pub(super) fn walk(cursor: &mut Cursor, action: &Action, len: usize, height: usize) {
    let page = isize::try_from(height).unwrap_or(1).max(1);
    match action {
        Action::Next => cursor.step(1, len, height),
        Action::Previous => cursor.step(-1, len, height),
        Action::PageDown => cursor.step(page, len, height),
        Action::PageUp => cursor.step(-page, len, height),
        Action::First => cursor.step(isize::MIN, len, height),
        Action::Last => cursor.step(isize::MAX, len, height),
        Action::Scroll(by) => cursor.step((*by).into(), len, height),
        _ => cursor.fit(len, height),
    }
}

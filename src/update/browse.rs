//! The list: moving, views, order, marks, and the doors to everything else.

use super::{
    batch, clipboard, confirm, extend, form, items, listing, overlay, queue, revoke, rotate,
    sign_in,
};
use crate::{
    action::Action,
    effect::{Effect, Effects},
    identity::Way,
    state::{
        State,
        clipboard::Copying,
        cursor::Cursor,
        mode::Mode,
        view::{SortKey, View},
    },
    ui::{
        self,
        layout::{self, Hit},
    },
};

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    if !state.has_list() {
        let (_, height) = ui::welcome::extent(state);
        sign_in::scroll(&mut state.welcome, action, height);
    }
    let page = isize::try_from(layout::visible_rows(state)).unwrap_or(1).max(1);
    match action {
        Action::Next => step(state, 1),
        Action::Previous => step(state, -1),
        Action::PageDown => step(state, page),
        Action::PageUp => step(state, -page),
        Action::HalfPageDown => step(state, (page / 2).max(1)),
        Action::HalfPageUp => step(state, -(page / 2).max(1)),
        Action::First => step(state, isize::MIN),
        Action::Last => step(state, isize::MAX),
        Action::Scroll(by) => scroll(state, *by),
        Action::Click { column, row } => click(state, *column, *row),
        Action::Show(view) => show(state, *view),
        Action::NextView => show(state, state.table.view.step(1)),
        Action::PreviousView => show(state, state.table.view.step(-1)),
        Action::NextColumn => sort_by(state, state.table.sort.key.step(1)),
        Action::PreviousColumn => sort_by(state, state.table.sort.key.step(-1)),
        Action::ReverseSort => reverse(state),
        Action::Sort => state.mode = Mode::Sort { before: state.table.sort },
        Action::Mark => mark(state),
        Action::MarkRange => mark_range(state),
        Action::MarkAll => mark_all(state),
        Action::Filter => state.mode = Mode::Filter,
        Action::Organizations => overlay::open_organizations(state),
        Action::Calls => state.mode = Mode::Calls(Cursor::default()),
        Action::Log => return overlay::open_log(state),
        Action::Items => return items::open(state),
        Action::Accounts => state.mode = Mode::Accounts(Cursor::default()),
        Action::Help => overlay::open_help(state),
        Action::Confirm => enter_detail(state),
        Action::ToggleDetail => {
            state.detail.is_open = !state.detail.is_open;
            state.detail.has_focus = false;
        }
        Action::MoveDetail => move_detail(state),
        Action::NextPane | Action::PreviousPane => {
            state.detail.has_focus = state.detail.is_open && !state.detail.has_focus;
        }
        Action::Back => back(state),
        Action::Rotate => rotate::ask(state),
        Action::New => form::open(state),
        Action::Clone => form::open_like(state),
        Action::Edit => form::open_of(state),
        Action::Extend => extend::open(state),
        Action::Revoke => revoke::ask(state),
        Action::Undo => revoke::undo(state),
        Action::Retry => return queue::retry(state, |_| true),
        Action::Results => batch::open(state),
        Action::Refresh => return listing::refresh(state),
        Action::Demo => return sign_in::demo(state),
        Action::UseBrowser => return sign_in::change(state, Way::Browser),
        Action::UseCode => return sign_in::change(state, Way::DeviceCode),
        Action::CopyShown => return sign_in::copy_commands(state),
        Action::CopyName => return copy(state, "the name"),
        Action::CopyId => return copy(state, "the id"),
        Action::OpenPage => return open_page(state),
        Action::Quit => return confirm::quit(state),
        Action::Suspend => return Effect::Suspend.into(),
        // A paste over the list is text that nobody asked for.
        Action::Insert(_)
        | Action::Paste(_)
        | Action::DeleteBack
        | Action::DeleteWord
        | Action::DeleteAll
        | Action::Forward
        | Action::Backward
        | Action::AddAccount
        | Action::Reveal
        | Action::Save
        | Action::Deliver
        | Action::Stop
        | Action::GoOn(_)
        | Action::Again
        | Action::SignOut => {}
    }
    Effects::none()
}

fn enter_detail(state: &mut State) {
    state.detail.is_open = true;
    state.detail.has_focus = true;
}

fn move_detail(state: &mut State) {
    state.detail.is_open = true;
    state.detail.is_beside = Some(!layout::is_beside(state, state.size.0));
}

pub(super) fn step(state: &mut State, by: isize) {
    if state.detail.has_focus && state.detail.is_open {
        scroll_detail(state, by);
        return;
    }
    let (len, height) = (state.table.rows().len(), layout::visible_rows(state));
    state.table.cursor.step(by, len, height);
    moved(state);
}

/// After the cursor moved: another token is current, and a range grows up to it.
fn moved(state: &mut State) {
    state.table.note_current(&state.inventory);
    state.detail.offset = 0;
    let Some(anchor) = state.table.anchor else { return };
    let anchor = state.inventory.place(anchor);
    let anchor = state.table.rows().iter().position(|row| Some(*row) == anchor);
    let Some(anchor) = anchor else { return };
    let selected = state.table.cursor.selected();
    let range = anchor.min(selected)..=anchor.max(selected);
    let ids: Vec<_> =
        range.filter_map(|row| state.table.at(row, &state.inventory)).map(|pat| pat.id).collect();
    state.table.marks.extend(ids);
}

fn scroll(state: &mut State, by: i16) {
    if state.detail.has_focus && state.detail.is_open {
        scroll_detail(state, by.into());
        return;
    }
    let (len, height) = (state.table.rows().len(), layout::visible_rows(state));
    state.table.cursor.scroll(by.into(), len, height);
    moved(state);
}

fn scroll_detail(state: &mut State, by: isize) {
    let offset = usize::from(state.detail.offset).saturating_add_signed(by);
    state.detail.offset = u16::try_from(offset).unwrap_or(u16::MAX);
}

fn click(state: &mut State, column: u16, row: u16) {
    match layout::hit(state, column, row) {
        Hit::Row(row) => {
            let (len, height) = (state.table.rows().len(), layout::visible_rows(state));
            state.detail.has_focus = false;
            state.table.cursor.select(row, len, height);
            moved(state);
        }
        Hit::Header(key) if key == state.table.sort.key => reverse(state),
        Hit::Header(key) => sort_by(state, key),
        Hit::View(view) => show(state, view),
        Hit::Detail => state.detail.has_focus = true,
        Hit::Nothing => {}
    }
}

fn show(state: &mut State, view: View) {
    state.table.view = view;
    refilter(state);
}

pub(super) fn refilter(state: &mut State) {
    let moment = state.moment();
    state.table.refilter(&state.inventory, moment);
}

pub(super) fn sort_by(state: &mut State, key: SortKey) {
    state.table.sort.key = key;
    resort(state);
}

pub(super) fn reverse(state: &mut State) {
    state.table.sort.descending = !state.table.sort.descending;
    resort(state);
}

pub(super) fn resort(state: &mut State) {
    let moment = state.moment();
    state.table.rebuild(&state.inventory, moment);
}

fn mark(state: &mut State) {
    let Some(id) = state.selected().map(|pat| pat.id) else { return };
    if !state.table.marks.remove(&id) {
        state.table.marks.insert(id);
    }
    state.detail.has_focus = false;
    step(state, 1);
}

fn mark_range(state: &mut State) {
    state.table.anchor = match state.table.anchor {
        Some(_) => None,
        None => state.selected().map(|pat| pat.id),
    };
    state.table.marks.extend(state.table.anchor);
}

/// Marks all rows; where all are marked already, none.
fn mark_all(state: &mut State) {
    let rows = state.table.rows().iter().filter_map(|place| state.inventory.at(*place));
    let ids: Vec<_> = rows.map(|pat| pat.id).collect();
    if ids.iter().all(|id| state.table.marks.contains(id)) {
        state.table.marks.clear();
    } else {
        state.table.marks.extend(ids);
    }
}

/// One step out of wherever one is.
fn back(state: &mut State) {
    if queue::stop(state) {
        return;
    }
    if state.detail.has_focus {
        state.detail.has_focus = false;
    } else if state.table.anchor.is_some() {
        state.table.anchor = None;
    } else if !state.table.marks.is_empty() {
        state.table.marks.clear();
    } else if !state.table.filter.value().is_empty() {
        state.table.filter.reset();
        refilter(state);
    } else {
        state.detail.is_open = false;
    }
}

fn copy(state: &mut State, what: &'static str) -> Effects {
    let text = state.selected().map(|pat| match what {
        "the id" => pat.id.to_string(),
        _ => pat.name.visible().into_owned(),
    });
    text.map_or_else(Effects::none, |text| clipboard::copy(state, Copying::Text { what, text }))
}

fn open_page(state: &State) -> Effects {
    let page = state.selected().map(|pat| {
        format!("https://dev.azure.com/{}/_usersSettings/tokens", pat.organization.as_str())
    });
    page.map(|url| Effect::OpenPage { url }).into()
}

//! Where everything is: a pure function of the state and the size. Also answers what is under the
//! pointer and how many rows fit, for `update`. Draws nothing.

use ratatui::layout::{Position, Rect};

use super::{bar, column, detail, footer, ink::Ink, stepper, strip};
use crate::state::{
    State,
    cursor::Cursor,
    mode::Mode,
    view::{SortKey, View},
};

/// What is under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// An index into [`Table::rows`](crate::state::table::Table::rows).
    Row(usize),
    Header(SortKey),
    View(View),
    Detail,
    Nothing,
}

/// The parts of the screen. A part that has no place has no lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Regions {
    pub(super) header: Rect,
    pub(super) header_rule: Rect,
    pub(super) strip: Rect,
    pub(super) bar: Rect,
    pub(super) body_rule: Rect,
    pub(super) heading: Rect,
    pub(super) rows: Rect,
    /// The line between table and detail pane: one column beside, one row below.
    pub(super) divider: Rect,
    pub(super) detail: Rect,
    pub(super) footer_rule: Rect,
    pub(super) footer: Rect,
}

/// From this width on the detail pane stands beside the table by itself.
const WIDE: u16 = 120;
/// Narrower than this, two panes beside each other are of no use.
const NARROWEST_PAIR: u16 = 72;
/// A body of fewer lines holds either the table or the detail pane.
const SHORTEST_PAIR: u16 = 8;

/// Less than this and nothing of use can be shown.
pub(crate) fn is_too_small(area: Rect) -> bool {
    area.width < 20 || area.height < 4
}

/// Whether something covers the list.
pub(super) fn has_dialog(state: &State) -> bool {
    match state.mode {
        Mode::Browse | Mode::Filter | Mode::Extend(_) => false,
        Mode::Confirm(_)
        | Mode::Batch
        | Mode::Form(_)
        | Mode::Secret
        | Mode::Sort { .. }
        | Mode::Organizations(_)
        | Mode::Calls(_)
        | Mode::Log(_)
        | Mode::Items
        | Mode::Split
        | Mode::Accounts(_)
        | Mode::SignIn
        | Mode::Help(_) => true,
    }
}

pub(super) fn screen(state: &State) -> Rect {
    Rect::new(0, 0, state.size.0, state.size.1)
}

/// Where dialogs may be: the keys stay in sight below them.
pub(super) fn dialogs(area: Rect) -> Rect {
    Rect { height: area.height.saturating_sub(1), ..area }
}

impl Regions {
    pub(super) fn of(state: &State, area: Rect) -> Self {
        if is_too_small(area) {
            return Self::default();
        }
        let ink = Ink::of(state);
        let mut rest = area;
        let header = top(&mut rest, 1);
        let footer = bottom(&mut rest, footer::height(state, ink, area));
        let footer_rule = bottom(&mut rest, u16::from(area.height >= 16));
        let header_rule = top(&mut rest, u16::from(area.height >= 28));
        let parts = Self { header, header_rule, footer_rule, footer, ..Self::default() };
        if !state.has_list() {
            return Self { rows: rest, ..parts };
        }
        let strip = top(&mut rest, strip::height(state, ink, area));
        let has_bar = area.height >= 6 || matches!(state.mode, Mode::Filter);
        let bar = top(&mut rest, u16::from(has_bar));
        let body_rule = top(&mut rest, u16::from(area.height >= 12));
        let (divider, detail) = Self::detail(state, ink, &mut rest);
        let heading = top(&mut rest, u16::from(area.height >= 5));
        Self { strip, bar, body_rule, divider, detail, heading, rows: rest, ..parts }
    }

    /// Takes the detail pane and its divider from the body.
    fn detail(state: &State, ink: Ink, body: &mut Rect) -> (Rect, Rect) {
        let pane = state.detail;
        if !pane.is_open {
            return (Rect::ZERO, Rect::ZERO);
        }
        if is_beside(state, body.width) {
            let mut detail = *body;
            // Enough for a full date; more than 60 columns no sentence needs.
            detail.width = (body.width / 3 + body.width / 35).clamp(34, 60);
            body.width -= detail.width + 1;
            detail.x = body.right() + 1;
            let divider = Rect { x: body.right(), width: 1, ..*body };
            return (divider, detail);
        }
        if body.height < SHORTEST_PAIR {
            if !pane.has_focus {
                return (Rect::ZERO, Rect::ZERO);
            }
            let detail = *body;
            body.height = 0;
            return (Rect::ZERO, detail);
        }
        let lines = detail::lines(state, ink, detail::text_width(body.width)).len();
        let wanted = u16::try_from(lines).unwrap_or(u16::MAX);
        let detail = bottom(body, wanted.clamp(3, body.height / 2));
        (bottom(body, 1), detail)
    }

    /// The cursor as it fits the rows that are drawn, whatever size it was fitted to before.
    pub(super) fn cursor(&self, state: &State, opened: u16) -> Cursor {
        let mut cursor = state.table.cursor;
        cursor.fit(state.table.rows().len(), usize::from(self.rows.height - opened));
        cursor
    }

    /// How many lines are open under the selected row. One line stays for the row itself.
    pub(super) fn opened(&self, state: &State, ink: Ink) -> u16 {
        let wanted = stepper::lines(state, ink, self.rows.width.into()).len();
        u16::try_from(wanted).unwrap_or(u16::MAX).min(self.rows.height.saturating_sub(1))
    }
}

/// Whether the detail pane stands beside the table on a screen of this width.
pub fn is_beside(state: &State, width: u16) -> bool {
    width >= NARROWEST_PAIR && state.detail.is_beside.unwrap_or(width >= WIDE)
}

/// Takes lines from the top.
fn top(rest: &mut Rect, lines: u16) -> Rect {
    let taken = Rect { height: lines.min(rest.height), ..*rest };
    rest.y += taken.height;
    rest.height -= taken.height;
    taken
}

/// Takes lines from the bottom.
fn bottom(rest: &mut Rect, lines: u16) -> Rect {
    let height = lines.min(rest.height);
    rest.height -= height;
    Rect { y: rest.bottom(), height, ..*rest }
}

/// How many rows of the table fit now.
pub fn visible_rows(state: &State) -> usize {
    let regions = Regions::of(state, screen(state));
    if !state.has_list() {
        return 0;
    }
    usize::from(regions.rows.height - regions.opened(state, Ink::of(state)))
}

/// How many lines of the detail pane fit; 0 while it is closed.
pub fn detail_height(state: &State) -> u16 {
    Regions::of(state, screen(state)).detail.height
}

/// What is at a place on the screen. A dialog hides what is below it.
pub fn hit(state: &State, column: u16, row: u16) -> Hit {
    let (regions, at) = (Regions::of(state, screen(state)), Position::new(column, row));
    if has_dialog(state) || !state.has_list() {
        return Hit::Nothing;
    }
    let ink = Ink::of(state);
    if regions.rows.contains(at) {
        hit_row(state, ink, &regions, row).map_or(Hit::Nothing, Hit::Row)
    } else if regions.heading.contains(at) {
        column::at(state, regions.heading.width.into(), (column - regions.heading.x).into())
            .map_or(Hit::Nothing, Hit::Header)
    } else if regions.bar.contains(at) {
        bar::view_at(state, ink, regions.bar.width.into(), column.into())
            .map_or(Hit::Nothing, Hit::View)
    } else if regions.detail.contains(at) {
        Hit::Detail
    } else {
        Hit::Nothing
    }
}

fn hit_row(state: &State, ink: Ink, regions: &Regions, row: u16) -> Option<usize> {
    let opened = regions.opened(state, ink);
    let cursor = regions.cursor(state, opened);
    let (line, opened) = (usize::from(row - regions.rows.y), usize::from(opened));
    let selected = cursor.selected() - cursor.offset();
    let line = match line.checked_sub(selected + 1) {
        Some(below) => selected + 1 + below.checked_sub(opened)?,
        None => line,
    };
    Some(cursor.offset() + line).filter(|row| *row < state.table.rows().len())
}

//! The view: draws the state and decides nothing. `draw` gets `&State` and returns nothing; what
//! is where stands in [`layout`], what it looks like in [`theme`].

pub mod accounts;
mod bar;
pub mod batch;
mod blank;
pub mod calls;
mod choice;
mod column;
mod comparison;
mod confirm;
pub mod delivering;
pub mod detail;
mod dialog;
mod field;
mod footer;
mod form;
mod header;
pub mod help;
mod ink;
pub mod items;
pub mod layout;
pub mod log;
pub mod organizations;
mod outcome;
pub mod picker;
mod piece;
mod progress;
mod qr;
mod rotating;
mod row;
mod scroll;
mod secret;
pub mod sign_in;
mod sort;
pub mod splitting;
mod stepper;
mod steps;
mod strip;
mod table;
#[cfg(test)]
mod tests;
mod text;
pub mod theme;
pub mod welcome;

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};

use crate::state::{
    State,
    mode::{Mode, confirm::Question},
};
use ink::Ink;
use layout::Regions;
use theme::Role;

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let (area, ink) = (frame.area(), Ink::of(state));
    let buffer = frame.buffer_mut();
    if layout::is_too_small(area) {
        let text = ink.cut("azpat: too small", area.width.into());
        put(buffer, area, 0, ink.span(Role::Strong, &text));
        return;
    }
    let regions = Regions::of(state, area);
    let below = body(buffer, state, ink, &regions);
    let above = dialog(buffer, area, state, ink);
    if let Some(cursor) = above.or(below).filter(|cursor| area.contains(*cursor)) {
        frame.set_cursor_position(cursor);
    }
}

/// Everything but dialogs; returns where the cursor of a text field is.
fn body(buffer: &mut Buffer, state: &State, ink: Ink, regions: &Regions) -> Option<Position> {
    put(buffer, regions.header, 0, header::line(state, ink, regions.header.width.into()));
    for rule in [regions.header_rule, regions.body_rule, regions.footer_rule] {
        fill(buffer, rule, ink);
    }
    let keys = footer::lines(state, ink, regions.footer.width.into());
    for (at, line) in keys.into_iter().enumerate() {
        put(buffer, regions.footer, at, line);
    }
    if !state.has_list() {
        welcome::draw(buffer, regions.rows, state, ink);
        return None;
    }
    for (at, line) in strip::lines(state, ink, buffer.area).into_iter().enumerate() {
        put(buffer, regions.strip, at, line);
    }
    let (line, cursor) = bar::line(state, ink, regions.bar.width.into());
    put(buffer, regions.bar, 0, line);
    table::draw(buffer, state, ink, regions);
    divider(buffer, state, ink, regions.divider);
    if regions.detail.height > 0 {
        detail::draw(buffer, state, ink, regions.detail);
    }
    match &state.mode {
        Mode::Extend(_) => stepper_cursor(state, ink, regions),
        _ => at(regions.bar, cursor?),
    }
}

fn at(area: Rect, column: usize) -> Option<Position> {
    let column = u16::try_from(column).ok()?;
    (area.height > 0).then(|| Position::new(area.x.saturating_add(column), area.y))
}

fn stepper_cursor(state: &State, ink: Ink, regions: &Regions) -> Option<Position> {
    let Mode::Extend(stepper) = &state.mode else { return None };
    let opened = regions.opened(state, ink);
    let column = stepper::cursor(ink, stepper, regions.rows.width.into())?;
    let cursor = regions.cursor(state, opened);
    let line = u16::try_from(cursor.selected() - cursor.offset() + 1).ok()?;
    let line = Rect { y: regions.rows.y.saturating_add(line), height: opened, ..regions.rows };
    at(line, column)
}

/// The open dialog; returns where the cursor of its text field is.
fn dialog(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink) -> Option<Position> {
    let area = layout::dialogs(area);
    if layout::has_dialog(state) {
        // What is behind a dialog steps back.
        buffer.set_style(area.intersection(buffer.area), ink.style(Role::Dim));
    }
    match &state.mode {
        Mode::Browse | Mode::Filter | Mode::Extend(_) => None,
        Mode::Confirm(confirm) => match &confirm.question {
            Question::Batch(batch) => batch::ask(buffer, area, state, ink, (confirm, batch)),
            _ => confirm::draw(buffer, area, state, ink, confirm),
        },
        Mode::Batch => {
            batch::draw(buffer, area, state, ink);
            None
        }
        Mode::Form(form) => form::draw(buffer, area, state, ink, form),
        Mode::Secret => secret::draw(buffer, area, state, ink),
        Mode::Sort { .. } => {
            sort::draw(buffer, area, state, ink);
            None
        }
        Mode::Organizations(cursor) => {
            organizations::draw(buffer, area, state, ink, *cursor);
            None
        }
        Mode::Calls(cursor) => {
            calls::draw(buffer, area, state, ink, *cursor);
            None
        }
        Mode::Log(changes) => {
            log::draw(buffer, area, state, ink, changes);
            None
        }
        Mode::Items => {
            items::draw(buffer, area, state, ink);
            None
        }
        Mode::Split => {
            splitting::draw(buffer, area, state, ink);
            None
        }
        Mode::Accounts(cursor) => {
            accounts::draw(buffer, area, state, ink, *cursor);
            None
        }
        Mode::SignIn => {
            sign_in::draw(buffer, area, state, ink);
            None
        }
        Mode::Help(palette) => help::draw(buffer, area, state, ink, palette),
    }
}

/// The line between table and detail pane; a heavy one says that the pane has the keyboard.
fn divider(buffer: &mut Buffer, state: &State, ink: Ink, area: Rect) {
    let has_focus = state.detail.has_focus;
    let role = if has_focus { Role::Accent } else { Role::Border };
    if area.width == 1 {
        let glyphs = ink.glyphs;
        let glyph = if has_focus { glyphs.heavy_vertical } else { glyphs.vertical };
        for at in 0..area.height {
            put(buffer, area, at.into(), ink.span(role, glyph));
        }
    } else if has_focus {
        let heavy = ink.glyphs.heavy_rule.repeat(area.width.into());
        put(buffer, area, 0, ink.span(role, &heavy));
    } else {
        fill(buffer, area, ink);
    }
}

fn fill(buffer: &mut Buffer, area: Rect, ink: Ink) {
    let rule = ink.rule();
    let text = rule.content.repeat(area.width.into());
    put(buffer, area, 0, Span::styled(text, rule.style));
}

/// Writes a line into an area. What lies outside of it, or of the screen, is not written.
fn put(buffer: &mut Buffer, area: Rect, line: usize, text: impl Into<Line<'static>>) {
    let area = area.intersection(buffer.area);
    let line = u16::try_from(line).unwrap_or(u16::MAX);
    if line < area.height {
        buffer.set_line(area.x, area.y + line, &text.into(), area.width);
    }
}

//! The log of calls to the service, the newest first, and everything about the selected one.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    dialog::{self, Place},
    ink::Ink,
    layout::{dialogs, screen},
    put,
    text::{self, pad, wrap},
    theme::Role,
};
use crate::{
    azure::Call,
    state::{State, cursor::Cursor},
};

/// Lines for the selected call: an empty one, its target, its problem.
const BELOW: u16 = 5;

fn place(area: Rect) -> Place {
    let size = (area.width.saturating_sub(8).min(120), area.height.saturating_sub(4));
    dialog::place(area, (size.0.into(), size.1.into()))
}

fn rows(place: Place) -> usize {
    let height = place.inner.height;
    usize::from(if height > 2 * BELOW { height - BELOW } else { height })
}

/// How many calls fit.
pub fn visible_rows(state: &State) -> usize {
    rows(place(dialogs(screen(state))))
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink, cursor: Cursor) {
    let place = place(area);
    let calls = &state.traffic.calls;
    dialog::frame(buffer, place, ink, &format!("Calls to the service ({})", calls.len()));
    let (inner, height) = (place.inner, rows(place));
    if calls.is_empty() {
        put(buffer, inner, 0, Line::from(ink.span(Role::Dim, "None yet.")));
        return;
    }
    let mut cursor = cursor;
    cursor.fit(calls.len(), height);
    let window = cursor.window(calls.len(), height);
    let newest_first = calls.iter().rev().enumerate().skip(window.start).take(window.len());
    for (line, (at, call)) in newest_first.enumerate() {
        let is_selected = at == cursor.selected();
        let row = row(state, ink, call, is_selected);
        let row = text::cut_line(row, inner.width.into(), ink.glyphs.ellipsis);
        put(buffer, inner, line, row);
    }
    if let (true, Some(call)) =
        (usize::from(inner.height) > height, calls.iter().rev().nth(cursor.selected()))
    {
        let lines = about(ink, call, inner.width.into());
        for (at, line) in lines.into_iter().take(usize::from(BELOW) - 1).enumerate() {
            put(buffer, inner, height + 1 + at, line);
        }
    }
}

fn is_good(call: &Call) -> bool {
    call.problem.is_none() && call.status.is_some_and(|status| (200..300).contains(&status))
}

fn row(state: &State, ink: Ink, call: &Call, is_selected: bool) -> Line<'static> {
    let role = if is_good(call) { Role::Text } else { Role::Critical };
    let status = call.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    let glyph = if is_good(call) { " " } else { ink.glyphs.failed };
    Line::from(vec![
        ink.span(Role::Accent, if is_selected { ink.glyphs.selection } else { " " }),
        Span::raw(" "),
        ink.span(Role::Dim, &state.setting.zone.at(call.at).format("%H:%M:%S ").to_string()),
        ink.span(role, glyph),
        Span::raw(" "),
        ink.span(role, &pad(status, 4, false)),
        Span::raw(" "),
        ink.span(Role::Dim, &pad(format!("{} ms", call.took.num_milliseconds()), 9, true)),
        Span::raw("  "),
        ink.span(Role::Text, &pad(call.method.to_owned(), 7, false)),
        ink.span(
            if is_selected { Role::Strong } else { Role::Text },
            &text::shown(&call.target, 400),
        ),
    ])
}

fn about(ink: Ink, call: &Call, width: usize) -> Vec<Line<'static>> {
    let target = text::shown(&call.target, 400);
    let mut lines: Vec<_> =
        wrap(&target, width).iter().map(|line| Line::from(ink.span(Role::Text, line))).collect();
    lines.truncate(2);
    if let Some(problem) = &call.problem {
        let line = format!("{} {problem}", ink.glyphs.failed);
        lines.push(Line::from(ink.span(Role::Critical, &ink.cut(&line, width))));
    }
    if let Some(id) = &call.support_id {
        lines.push(Line::from(ink.span(Role::Dim, &format!("support id {id}"))));
    }
    lines
}

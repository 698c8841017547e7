//! The table: its heading, and of its rows only those that are on the screen.

use ratatui::{
    buffer::Buffer,
    text::{Line, Span},
};

use super::{
    bar, blank, column, ink::Ink, layout::Regions, put, row, stepper, text::pad, theme::Role,
};
use crate::state::{State, query::Scratch};

/// The titles of the columns, with the arrow of the order at the one it is about.
pub(super) fn heading(state: &State, ink: Ink, width: usize) -> Line<'static> {
    let (mut spans, mut end) = (Vec::new(), 0);
    let placed = column::placed(state, width);
    let of_key = |placed: &column::Placed| placed.column.key == state.table.sort.key;
    // "Left" and "Ends" are one order; the arrow stands at the date where that is shown.
    let sorted = placed.iter().rposition(of_key);
    for (at, placed) in placed.iter().enumerate() {
        spans.push(Span::raw(" ".repeat(placed.x - end)));
        let is_sorted = sorted == Some(at);
        let title = if is_sorted {
            format!("{} {}", placed.column.title, bar::arrow(state.table.sort, ink))
        } else {
            placed.column.title.to_owned()
        };
        let title = pad(ink.cut(&title, placed.width), placed.width, placed.column.is_right);
        spans.push(ink.span(if is_sorted { Role::Strong } else { Role::Dim }, &title));
        end = placed.x + placed.width;
    }
    Line::from(spans)
}

pub(super) fn draw(buffer: &mut Buffer, state: &State, ink: Ink, regions: &Regions) {
    put(buffer, regions.heading, 0, heading(state, ink, regions.heading.width.into()));
    let area = regions.rows;
    if state.table.rows().is_empty() {
        for (at, line) in blank::lines(state, ink, area.width.into()).into_iter().enumerate() {
            put(buffer, area, at, line);
        }
        return;
    }
    let opened = regions.opened(state, ink);
    let cursor = regions.cursor(state, opened);
    let columns = column::placed(state, area.width.into());
    let mut scratch = Scratch::default();
    let mut line = 0;
    let height = usize::from(area.height - opened);
    for at in cursor.window(state.table.rows().len(), height) {
        let Some(pat) = state.table.at(at, &state.inventory) else { continue };
        let is_selected = at == cursor.selected();
        let subject = row::Subject { pat, is_selected };
        let drawn = row::line(state, ink, &columns, subject, &mut scratch);
        put(buffer, area, line, row::marked(state, ink, subject, drawn));
        line += 1;
        if is_selected {
            let lines = stepper::lines(state, ink, area.width.into());
            for opened in lines.into_iter().take(opened.into()) {
                put(buffer, area, line, opened);
                line += 1;
            }
        }
    }
}

//! The sort menu.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{bar, dialog, ink::Ink, put, theme::Role};
use crate::state::{State, view::SortKey};

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink) {
    let place = dialog::place(area, (24, SortKey::ALL.len()));
    dialog::frame(buffer, place, ink, "Sort by");
    let height = usize::from(place.inner.height);
    let current = SortKey::ALL.iter().position(|key| *key == state.table.sort.key).unwrap_or(0);
    let skipped = (current + 1).saturating_sub(height);
    for (at, key) in SortKey::ALL.into_iter().skip(skipped).take(height).enumerate() {
        let line = if key == state.table.sort.key {
            let text = format!("{} {}", key.title(), bar::arrow(state.table.sort, ink));
            vec![
                ink.span(Role::Accent, ink.glyphs.selection),
                Span::raw(" "),
                ink.span(Role::Strong, &text),
            ]
        } else {
            vec![Span::raw("  "), ink.span(Role::Text, key.title())]
        };
        put(buffer, place.inner, at, Line::from(line));
    }
}

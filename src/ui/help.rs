//! The help: every key of the one table, searchable; the selected command is what Enter runs.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};

use super::{
    dialog::{self, Place},
    field::field,
    footer::label,
    ink::Ink,
    layout::{dialogs, screen},
    put,
    text::pad,
    theme::Role,
};
use crate::{
    action::Binding,
    state::{State, mode::palette::Palette},
};

/// Lines above the list: the search field and an empty one.
const ABOVE: u16 = 2;
/// The longest sentence of the table, with a little air.
const DOC: usize = 62;
const KEYS: usize = 22;

fn place(area: Rect) -> Place {
    let height = area.height.saturating_sub(4).min(44);
    dialog::place(area, (106, height.into()))
}

fn rows(place: Place) -> usize {
    usize::from(place.inner.height.saturating_sub(ABOVE))
}

/// How many commands fit.
pub fn visible_rows(state: &State) -> usize {
    rows(place(dialogs(screen(state))))
}

/// Returns where the cursor of the search field is.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    state: &State,
    ink: Ink,
    palette: &Palette,
) -> Option<Position> {
    let place = place(area);
    dialog::frame(buffer, place, ink, "Help");
    let inner = place.inner;
    let title = "search ";
    let search = field(&palette.search, usize::from(inner.width).saturating_sub(title.len() + 1));
    let line = Line::from(vec![ink.span(Role::Dim, title), ink.span(Role::Strong, &search.text)]);
    put(buffer, inner, 0, line);
    let (found, height) = (palette.found(), rows(place));
    let below = Rect { y: inner.y + ABOVE.min(inner.height), ..inner };
    let below = Rect { height: inner.height.saturating_sub(ABOVE), ..below };
    if found.is_empty() {
        put(buffer, below, 0, Line::from(ink.span(Role::Dim, "Nothing has these words.")));
    }
    let mut cursor = palette.cursor;
    cursor.fit(found.len(), height);
    let window = cursor.window(found.len(), height);
    let shown = found.iter().enumerate().skip(window.start).take(window.len());
    for (line, (at, binding)) in shown.enumerate() {
        let is_selected = at == cursor.selected();
        put(buffer, below, line, row(state, ink, binding, is_selected, inner.width.into()));
    }
    let column = u16::try_from(title.len() + search.cursor).unwrap_or(0);
    (inner.height > 0 && column < inner.width).then(|| Position::new(inner.x + column, inner.y))
}

fn row(
    state: &State,
    ink: Ink,
    binding: &Binding,
    is_selected: bool,
    width: usize,
) -> Line<'static> {
    let is_enabled = state.is_enabled(&binding.action);
    let keys: Vec<_> = binding.keys.iter().map(|key| label(ink, key)).collect();
    // Where it is narrow the sentence matters more than the second key.
    let keys_width = KEYS.min(width.saturating_sub(DOC + 4)).max(9);
    let keys = pad(ink.cut(&keys.join(", "), keys_width), keys_width, false);
    let (key_role, doc_role) = match (is_enabled, is_selected) {
        (false, _) => (Role::Dim, Role::Dim),
        (true, false) => (Role::Strong, Role::Text),
        (true, true) => (Role::Strong, Role::Strong),
    };
    let place = if is_enabled { binding.layer.title() } else { "not now" };
    Line::from(vec![
        ink.span(Role::Accent, if is_selected { ink.glyphs.selection } else { " " }),
        Span::raw(" "),
        ink.span(key_role, &keys),
        Span::raw("  "),
        ink.span(doc_role, &pad(binding.doc.to_owned(), DOC, false)),
        ink.span(Role::Dim, place),
    ])
}

//! The view bar: the views with their counts at the left; filter, marks and order at the right.

use ratatui::text::{Line, Span};

use super::{
    field::field,
    ink::Ink,
    piece::{Piece, Sides},
    text::{self, count},
    theme::Role,
};
use crate::state::{
    State,
    mode::Mode,
    view::{Sort, SortKey, View},
};

/// The line, and the column of the cursor while the filter is typed.
pub(super) fn line(state: &State, ink: Ink, width: usize) -> (Line<'static>, Option<usize>) {
    let room = width.saturating_sub(2);
    let sides = sides(state, ink, room);
    let (mut spans, mut end, mut cursor) = (vec![Span::raw(" ")], 0, None);
    for (at, piece) in sides.placed(room) {
        spans.push(Span::raw(" ".repeat(at.saturating_sub(end))));
        spans.extend(piece.line.spans.iter().cloned());
        end = at + piece.width();
    }
    if matches!(state.mode, Mode::Filter) {
        let at = sides.placed(room).nth(sides.left.len()).map_or(0, |(at, _)| at);
        let typed = field(&state.table.filter, filter_width(room)).cursor;
        cursor = Some((1 + at + 2 + typed).min(width.saturating_sub(1)));
    }
    (text::cut_line(Line::from(spans), width, ink.glyphs.ellipsis), cursor)
}

/// The view whose name is at a column.
pub(super) fn view_at(state: &State, ink: Ink, width: usize, x: usize) -> Option<View> {
    let room = width.saturating_sub(2);
    let shown = shown_views(state, ink, room);
    let sides = sides(state, ink, room);
    let mut placed = sides.placed(room).zip(shown);
    let hit = placed.find(|((at, piece), _)| (at + 1..=at + piece.width()).contains(&x));
    hit.map(|(_, view)| view)
}

/// The views that have a place, in their order.
fn shown_views(state: &State, ink: Ink, room: usize) -> Vec<View> {
    let others = sides(state, ink, room).left.len().saturating_sub(1);
    let mut left = others;
    let is_shown = |view: &View| {
        let is_current = *view == state.table.view;
        let fits = is_current || left > 0;
        left -= usize::from(!is_current && fits);
        fits
    };
    View::ALL.into_iter().filter(is_shown).collect()
}

fn sides(state: &State, ink: Ink, room: usize) -> Sides {
    let views = View::ALL.into_iter().zip(1_u8..);
    let left = views.map(|(view, number)| piece(state, ink, view, number)).collect();
    Sides { left, right: right(state, ink, room), gap: (1, 3) }.fit(room)
}

fn piece(state: &State, ink: Ink, view: View, number: u8) -> Piece {
    let text = format!("{number} {} {}", view.title(), count(state.tally.view(view)));
    if view == state.table.view {
        Piece::new(
            0,
            vec![
                ink.span(Role::Accent, "["),
                ink.span(Role::Strong, &text),
                ink.span(Role::Accent, "]"),
            ],
        )
    } else {
        Piece::new(10 + number, vec![ink.span(Role::Dim, &format!(" {text} "))])
    }
}

fn filter_width(room: usize) -> usize {
    (room / 3).clamp(8, 40)
}

fn right(state: &State, ink: Ink, room: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let width = filter_width(room);
    let filter = &state.table.filter;
    if matches!(state.mode, Mode::Filter) {
        let typed = text::pad(field(filter, width).text, width, false);
        let spans = vec![ink.span(Role::Accent, "/ "), ink.span(Role::Strong, &typed)];
        pieces.push(Piece::new(0, spans));
    } else if !filter.value().is_empty() {
        let filter = ink.cut(&text::shown(filter.value(), 200), width);
        let spans = vec![ink.span(Role::Accent, "/ "), ink.span(Role::Strong, &filter)];
        pieces.push(Piece::new(1, spans));
    }
    if !filter.value().is_empty() {
        let (shown, all) = (state.table.rows().len(), state.tally.view(state.table.view));
        let text = if state.table.is_scanning() {
            "searching".to_owned()
        } else {
            format!("{} of {}", count(shown), count(all))
        };
        pieces.push(Piece::new(3, vec![ink.span(Role::Text, &text)]));
    }
    if !state.table.marks.is_empty() {
        let text = format!("{} {} marked", ink.glyphs.mark, count(state.table.marks.len()));
        pieces.push(Piece::new(2, vec![ink.span(Role::Accent, &text)]));
    }
    if state.table.anchor.is_some() {
        pieces.push(Piece::new(2, vec![ink.span(Role::Accent, "marking")]));
    }
    pieces.push(Piece::new(4, vec![ink.span(Role::Dim, &order(state.table.sort, ink))]));
    pieces
}

/// `ends ↑`: what the rows are sorted by.
pub(super) fn order(sort: Sort, ink: Ink) -> String {
    let name = if sort.key == SortKey::Ends { "ends" } else { sort.key.title() };
    format!("{name} {}", arrow(sort, ink))
}

pub(super) fn arrow(sort: Sort, ink: Ink) -> &'static str {
    if sort.descending { ink.glyphs.down } else { ink.glyphs.up }
}

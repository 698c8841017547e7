//! A text that may be longer than its place, and the words that say so.

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use super::{ink::Ink, put, text::plural};
use crate::state::scroll::Scroll;

/// Draws the lines that are on the screen.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, lines: Vec<Line<'static>>, scroll: Scroll) {
    let shown = lines.into_iter().skip(scroll.offset()).take(area.height.into());
    for (at, line) in shown.enumerate() {
        put(buffer, area, at, line);
    }
}

/// What is out of sight, with the key that brings it; `None` where all is shown.
pub(super) fn sign(ink: Ink, scroll: Scroll) -> Option<String> {
    match (scroll.offset(), scroll.below()) {
        (0, 0) => None,
        (above, 0) => Some(format!("{} {} above: k", ink.glyphs.up, plural(above, "line"))),
        (_, below) => Some(format!("{} {} below: j", ink.glyphs.down, plural(below, "line"))),
    }
}

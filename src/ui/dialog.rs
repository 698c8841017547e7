//! The frame of a dialog: centred, over everything, no larger than the screen.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    text::{Line, Span},
    widgets::{Block, Clear, Padding, Widget as _},
};

use super::{ink::Ink, put, theme::Role};

/// Where a dialog is, and where its content goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) outer: Rect,
    pub(super) inner: Rect,
}

/// The place of a dialog whose content has this size. On a tiny screen it goes without its frame.
pub(super) fn place(area: Rect, (width, height): (usize, usize)) -> Place {
    let fit = |wanted: usize, frame: u16, room: u16| {
        u16::try_from(wanted).unwrap_or(u16::MAX).saturating_add(frame).min(room)
    };
    let (width, height) = (fit(width, 4, area.width), fit(height, 2, area.height));
    let outer = Rect {
        x: area.x + (area.width - width) / 2,
        // A little above the middle is where the eye is.
        y: area.y + (area.height - height) / 5 * 2,
        width,
        height,
    };
    if is_framed(outer) {
        let inner = Rect {
            x: outer.x + 2,
            y: outer.y + 1,
            width: outer.width - 4,
            height: outer.height - 2,
        };
        Place { outer, inner }
    } else {
        Place { outer, inner: outer }
    }
}

fn is_framed(outer: Rect) -> bool {
    outer.width >= 10 && outer.height >= 5
}

/// Writes into the lower edge of the frame, where there is one.
pub(super) fn note(buffer: &mut Buffer, place: Place, ink: Ink, text: &str) {
    let outer = place.outer.intersection(buffer.area);
    if is_framed(outer) {
        let text = ink.cut(text, usize::from(outer.width) - 6);
        let spans = vec![Span::raw(" "), ink.span(Role::Accent, &text), Span::raw(" ")];
        let edge =
            Rect { x: outer.x + 2, y: outer.bottom() - 1, width: outer.width - 4, height: 1 };
        put(buffer, edge, 0, Line::from(spans));
    }
}

pub(super) fn frame(buffer: &mut Buffer, place: Place, ink: Ink, title: &str) {
    let outer = place.outer.intersection(buffer.area);
    // One empty column beside the frame, so that no half word touches it.
    let wide =
        Rect { x: outer.x.saturating_sub(1), width: outer.width + 1 + outer.x.min(1), ..outer };
    Clear.render(wide.intersection(buffer.area), buffer);
    if is_framed(outer) {
        // The edge is dim; what stands in it is not.
        let title = ink.span(Role::Strong, title);
        let title = title.patch_style(Style::new().remove_modifier(Modifier::DIM));
        let title = Line::from(vec![Span::raw(" "), title, Span::raw(" ")]);
        Block::bordered()
            .border_set(ink.border())
            .border_style(ink.border_style())
            .title(title)
            .padding(Padding::horizontal(1))
            .render(outer, buffer);
    }
}

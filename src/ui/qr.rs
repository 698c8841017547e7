//! A text as a QR code. Black on white whatever the user's colours are, or no camera reads it.

use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Style},
};

/// The empty modules around the code that cameras want to see.
const QUIET: usize = 4;

/// A QR code; one cell of the screen holds two of its modules, one above the other.
#[derive(Clone, Debug)]
pub(super) struct Qr {
    modules: Vec<Module>,
    side: usize,
}

impl Qr {
    /// `None` for a text that is too long.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        Some(Self { side: code.width(), modules: code.into_colors() })
    }

    pub(super) fn width(&self) -> usize {
        self.side + 2 * QUIET
    }

    pub(super) fn height(&self) -> usize {
        self.width().div_ceil(2)
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.side);
        let at = inside(x).zip(inside(y)).map(|(x, y)| y * self.side + x);
        at.and_then(|at| self.modules.get(at)) == Some(&Module::Dark)
    }

    /// Draws it with its corner at this place of the area, if it fits.
    pub(super) fn draw(&self, buffer: &mut Buffer, area: Rect, (left, top): (usize, usize)) {
        let area = area.intersection(buffer.area);
        let fits =
            left + self.width() <= area.width.into() && top + self.height() <= area.height.into();
        if !fits {
            return;
        }
        let style = Style::new().fg(Color::Black).bg(Color::White);
        for row in 0..self.height() {
            let line: String = (0..self.width())
                .map(|x| match (self.is_dark(x, 2 * row), self.is_dark(x, 2 * row + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                })
                .collect();
            let at = |offset: usize, from: u16| {
                from.saturating_add(u16::try_from(offset).unwrap_or(u16::MAX))
            };
            buffer.set_string(at(left, area.x), at(top + row, area.y), line, style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_code_of_the_text_with_its_quiet_zone() {
        let text = "https://microsoft.com/devicelogin";
        let qr = Qr::of(text).unwrap();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 60, 30));
        qr.draw(&mut buffer, Rect::new(0, 0, 60, 30), (1, 1));
        let wanted = QrCode::with_error_correction_level(text, EcLevel::L).unwrap();
        for y in 0..qr.width() {
            for x in 0..qr.width() {
                let cell =
                    &buffer[(u16::try_from(x + 1).unwrap(), u16::try_from(y / 2 + 1).unwrap())];
                assert_eq!((cell.fg, cell.bg), (Color::Black, Color::White));
                let dark = if y % 2 == 0 { ["█", "▀"] } else { ["█", "▄"] };
                let is_inside = |at: usize| (QUIET..qr.side + QUIET).contains(&at);
                let is_dark =
                    is_inside(x) && is_inside(y) && wanted[(x - QUIET, y - QUIET)] == Module::Dark;
                assert_eq!(dark.contains(&cell.symbol()), is_dark, "{x} {y}");
            }
        }
        assert_eq!(buffer[(0, 0)].bg, Color::Reset);
    }

    #[test]
    fn what_does_not_fit_is_not_begun() {
        let qr = Qr::of("https://microsoft.com/devicelogin").unwrap();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 60, 30));
        qr.draw(&mut buffer, Rect::new(0, 0, 20, 30), (0, 0));
        assert_eq!(buffer, Buffer::empty(Rect::new(0, 0, 60, 30)));
        assert!(Qr::of(&"x".repeat(9_000)).is_none());
    }
}

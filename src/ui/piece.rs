//! Lines made of pieces that are dropped whole, the least important first, until they fit.

use ratatui::text::{Line, Span};

use super::text;

/// A part of a line that makes sense alone.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) line: Line<'static>,
    /// The highest goes first; 0 stays.
    pub(super) rank: u8,
}

impl Piece {
    pub(super) fn new(rank: u8, spans: Vec<Span<'static>>) -> Self {
        Self { line: Line::from(spans), rank }
    }

    pub(super) fn width(&self) -> usize {
        text::line_width(&self.line)
    }
}

/// A line with one group of pieces at each edge.
#[derive(Debug, Default)]
pub(super) struct Sides {
    pub(super) left: Vec<Piece>,
    pub(super) right: Vec<Piece>,
    /// Columns between two pieces of one group.
    pub(super) gap: (usize, usize),
}

impl Sides {
    /// Drops pieces until both groups fit beside each other.
    pub(super) fn fit(mut self, room: usize) -> Self {
        while self.width() > room {
            let all = self.left.iter().chain(&self.right);
            let Some(highest) = all.map(|piece| piece.rank).max().filter(|rank| *rank > 0) else {
                break;
            };
            // Of equal ranks the last goes first.
            let from = if self.right.iter().any(|piece| piece.rank == highest) {
                &mut self.right
            } else {
                &mut self.left
            };
            if let Some(at) = from.iter().rposition(|piece| piece.rank == highest) {
                from.remove(at);
            }
        }
        self
    }

    fn width(&self) -> usize {
        let (left, right) = (group(&self.left, self.gap.0), group(&self.right, self.gap.1));
        left + right + if left > 0 && right > 0 { 2 } else { 0 }
    }

    /// The pieces with the columns where they begin, counted from the left edge.
    pub(super) fn placed(&self, room: usize) -> impl Iterator<Item = (usize, &Piece)> {
        let right = room.saturating_sub(group(&self.right, self.gap.1));
        place(&self.left, 0, self.gap.0).chain(place(&self.right, right, self.gap.1))
    }
}

fn group(pieces: &[Piece], gap: usize) -> usize {
    let gaps = gap * pieces.len().saturating_sub(1);
    pieces.iter().map(Piece::width).sum::<usize>() + gaps
}

fn place(pieces: &[Piece], from: usize, gap: usize) -> impl Iterator<Item = (usize, &Piece)> {
    pieces.iter().scan(from, move |at, piece| {
        let begin = *at;
        *at += piece.width() + gap;
        Some((begin, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(rank: u8, text: &'static str) -> Piece {
        Piece::new(rank, vec![Span::raw(text)])
    }

    #[test]
    fn the_least_important_goes_first_and_whole() {
        let sides = || Sides {
            left: vec![piece(0, "azpat"), piece(3, "contoso")],
            right: vec![piece(2, "62 tokens"), piece(1, "fresh")],
            gap: (1, 1),
        };
        let texts = |room| {
            let sides = sides().fit(room);
            let placed = sides.placed(room);
            placed.map(|(at, piece)| format!("{at} {}", piece.line)).collect::<Vec<_>>()
        };
        assert_eq!(texts(40), ["0 azpat", "6 contoso", "25 62 tokens", "35 fresh"]);
        assert_eq!(texts(24), ["0 azpat", "9 62 tokens", "19 fresh"]);
        assert_eq!(texts(12), ["0 azpat", "7 fresh"]);
        assert_eq!(texts(3), ["0 azpat"]);
    }
}

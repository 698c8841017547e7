//! How far a text is scrolled, without the text.

/// The lines above the screen, and how many there can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scroll {
    offset: usize,
    most: usize,
}

impl Scroll {
    pub fn offset(self) -> usize {
        self.offset
    }

    /// How many lines are below the screen.
    pub fn below(self) -> usize {
        self.most - self.offset
    }

    /// Moves by `by` lines and stops at the ends.
    pub fn step(&mut self, by: isize) {
        self.offset = self.offset.saturating_add_signed(by).min(self.most);
    }

    /// Keeps the screen full. Call it when the text or its place changed.
    pub fn fit(&mut self, len: usize, height: usize) {
        self.most = len.saturating_sub(height);
        self.offset = self.offset.min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stops_at_the_ends_and_follows_the_size() {
        let mut scroll = Scroll::default();
        scroll.step(3);
        assert_eq!((scroll.offset(), scroll.below()), (0, 0), "nothing is known of the text yet");
        scroll.fit(10, 4);
        scroll.step(isize::MAX);
        assert_eq!((scroll.offset(), scroll.below()), (6, 0));
        scroll.step(-2);
        assert_eq!((scroll.offset(), scroll.below()), (4, 2));
        scroll.fit(10, 8);
        assert_eq!((scroll.offset(), scroll.below()), (2, 0));
        scroll.step(isize::MIN);
        assert_eq!(scroll.offset(), 0);
    }
}

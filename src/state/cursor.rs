//! Selection and scroll of one list, without its rows.

use std::ops::Range;

/// Which row is selected, and which is the topmost one on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    selected: usize,
    offset: usize,
}

impl Cursor {
    pub fn selected(self) -> usize {
        self.selected
    }

    pub fn offset(self) -> usize {
        self.offset
    }

    /// Moves by `by` rows and stops at the ends.
    pub fn step(&mut self, by: isize, len: usize, height: usize) {
        self.select(self.selected.saturating_add_signed(by), len, height);
    }

    pub fn select(&mut self, row: usize, len: usize, height: usize) {
        self.selected = row;
        self.fit(len, height);
    }

    /// Follows its token to another row, which keeps its place on the screen.
    pub fn carry(&mut self, row: usize) {
        let above = self.selected.saturating_sub(self.offset);
        self.selected = row;
        self.offset = row.saturating_sub(above);
    }

    /// Scrolls without moving the selection further than it must.
    pub fn scroll(&mut self, by: isize, len: usize, height: usize) {
        let height = height.max(1);
        let last_page = len.saturating_sub(height);
        self.offset = self.offset.saturating_add_signed(by).min(last_page);
        let last = (self.offset + height - 1).min(len.saturating_sub(1));
        self.selected = self.selected.clamp(self.offset.min(last), last);
    }

    /// Keeps the selection among the rows and on the screen. Call it when either size changed.
    pub fn fit(&mut self, len: usize, height: usize) {
        let height = height.max(1);
        self.selected = self.selected.min(len.saturating_sub(1));
        let lowest = (self.selected + 1).saturating_sub(height);
        let last_page = len.saturating_sub(height);
        self.offset = self.offset.clamp(lowest, self.selected).min(last_page.max(lowest));
    }

    /// The rows on the screen.
    pub fn window(self, len: usize, height: usize) -> Range<usize> {
        let end = (self.offset + height).min(len);
        self.offset.min(end)..end
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn selection_is_always_a_visible_row(
            steps in prop::collection::vec((-9_isize..9, any::<bool>()), 0..40),
            len in 1_usize..60,
            height in 1_usize..20,
        ) {
            let mut cursor = Cursor::default();
            for (by, scroll) in steps {
                if scroll { cursor.scroll(by, len, height) } else { cursor.step(by, len, height) }
                prop_assert!(cursor.selected() < len);
                prop_assert!(cursor.window(len, height).contains(&cursor.selected()));
            }
        }
    }
}

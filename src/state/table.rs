//! The rows of the table: all tokens in order, and those of them that view and filter let through.
//! Everything here costs at most one pass over the tokens, and long passes are taken in slices.

use std::collections::HashSet;

use tui_input::Input;

use super::{
    cursor::Cursor,
    query::{Query, Scratch},
    view::{Moment, Sort, View},
};
use crate::pat::{AuthorizationId, Pat, inventory::Inventory};

/// How many rows one slice of a pass looks at: a few milliseconds.
const SLICE: usize = 16_384;

/// What is shown, in which order, and where the user is in it.
#[derive(Debug, Default)]
pub struct Table {
    pub view: View,
    pub sort: Sort,
    pub filter: Input,
    query: Query,
    /// Places of all tokens, sorted.
    order: Vec<u32>,
    /// Places of the shown tokens, sorted.
    rows: Vec<u32>,
    scan: Option<Scan>,
    pub cursor: Cursor,
    /// The token the cursor was put on: the cursor follows it when rows move. `None` until the
    /// user does something, so that a list that is still arriving is shown from its top.
    pub current: Option<AuthorizationId>,
    pub marks: HashSet<AuthorizationId>,
    /// The row where a range of marks began.
    pub anchor: Option<AuthorizationId>,
}

/// A pass of the filter over the tokens that is not done yet.
#[derive(Debug, Default)]
struct Scan {
    next: usize,
    found: Vec<u32>,
}

impl Table {
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Whether a pass of the filter still runs.
    pub fn is_scanning(&self) -> bool {
        self.scan.is_some()
    }

    /// Sorts and filters everything again.
    pub fn rebuild(&mut self, inventory: &Inventory, moment: Moment) {
        let len = u32::try_from(inventory.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..len).collect();
        order.sort_unstable_by(|a, b| self.compare(*a, *b, inventory, moment));
        self.order = order;
        self.refilter(inventory, moment);
    }

    /// Puts new tokens at their places, without sorting the others again.
    pub fn insert(&mut self, mut places: Vec<u32>, inventory: &Inventory, moment: Moment) {
        places.sort_unstable_by(|a, b| self.compare(*a, *b, inventory, moment));
        let sort = self.sort;
        let before = |a: u32, b: u32| match (inventory.at(a), inventory.at(b)) {
            (Some(a), Some(b)) => sort.compare(a, b, moment).is_lt(),
            _ => false,
        };
        let mut scratch = Scratch::default();
        let shown = places
            .iter()
            .copied()
            .filter(|place| self.admits(*place, inventory, moment, &mut scratch));
        let shown = shown.collect();
        merge(&mut self.order, places, before);
        if self.is_scanning() {
            self.refilter(inventory, moment);
        } else {
            merge(&mut self.rows, shown, before);
        }
        self.follow(inventory);
    }

    /// Begins a pass of view and filter over all tokens, and takes its first slice.
    pub fn refilter(&mut self, inventory: &Inventory, moment: Moment) {
        self.query = Query::parse(self.filter.value());
        self.scan = Some(Scan::default());
        self.advance(inventory, moment);
    }

    /// Takes the next slice of the running pass, if there is one. The rows change when it is done.
    pub fn advance(&mut self, inventory: &Inventory, moment: Moment) {
        let Some(mut scan) = self.scan.take() else { return };
        let mut scratch = Scratch::default();
        let slice = self.order.iter().skip(scan.next).take(SLICE).copied();
        scan.found
            .extend(slice.filter(|place| self.admits(*place, inventory, moment, &mut scratch)));
        scan.next += SLICE;
        if scan.next < self.order.len() {
            self.scan = Some(scan);
        } else {
            self.rows = scan.found;
            self.follow(inventory);
        }
    }

    /// Gives the cursor the row of the token that it is on; where that is gone, it keeps its row.
    fn follow(&mut self, inventory: &Inventory) {
        if self.current.is_none() {
            return;
        }
        let current = self.current.and_then(|id| inventory.place(id));
        let row = current.and_then(|place| self.rows.iter().position(|row| *row == place));
        let row = row.unwrap_or(self.cursor.selected());
        self.cursor.carry(row.min(self.rows.len().saturating_sub(1)));
        self.note_current(inventory);
    }

    /// Remembers which token the cursor is on. Call it after the cursor moved.
    pub fn note_current(&mut self, inventory: &Inventory) {
        self.current = self.at(self.cursor.selected(), inventory).map(|pat| pat.id);
    }

    /// The token in a row.
    pub fn at<'a>(&self, row: usize, inventory: &'a Inventory) -> Option<&'a Pat> {
        inventory.at(*self.rows.get(row)?)
    }

    fn admits(
        &self,
        place: u32,
        inventory: &Inventory,
        moment: Moment,
        scratch: &mut Scratch,
    ) -> bool {
        inventory.at(place).is_some_and(|pat| {
            let status = moment.status(pat);
            self.view.admits(pat, status) && self.query.matches(pat, status, moment.now, scratch)
        })
    }

    fn compare(&self, a: u32, b: u32, inventory: &Inventory, moment: Moment) -> std::cmp::Ordering {
        match (inventory.at(a), inventory.at(b)) {
            (Some(a), Some(b)) => self.sort.compare(a, b, moment),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    }
}

/// Merges sorted `new` into sorted `all`.
fn merge(all: &mut Vec<u32>, new: Vec<u32>, before: impl Fn(u32, u32) -> bool) {
    let mut merged = Vec::with_capacity(all.len() + new.len());
    let mut old = all.iter().copied().peekable();
    for place in new {
        while let Some(first) = old.next_if(|first| !before(place, *first)) {
            merged.push(first);
        }
        merged.push(place);
    }
    merged.extend(old);
    *all = merged;
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::pat::{
        Thresholds,
        fixture::{now, pat},
    };

    fn moment() -> Moment {
        Moment { now: now(), thresholds: Thresholds::default() }
    }

    fn ends(days: i64) -> Pat {
        pat(days.unsigned_abs().into()).ends_in(TimeDelta::days(days))
    }

    #[test]
    fn inserting_page_by_page_gives_the_order_of_sorting_all() {
        let (mut inventory, mut table) = (Inventory::default(), Table::default());
        inventory.begin_pass();
        for page in [[40, 10, 30], [20, 50, 5], [45, 1, 60]] {
            let first = u32::try_from(inventory.len()).unwrap();
            for days in page {
                inventory.add(ends(days));
            }
            table.insert((first..first + 3).collect(), &inventory, moment());
        }
        let paged = table.rows().to_vec();
        table.rebuild(&inventory, moment());
        assert_eq!(paged, table.rows());
        assert_eq!(table.at(0, &inventory).unwrap().days_left(now()), 1);
    }

    #[test]
    fn the_cursor_stays_on_its_token() {
        let (mut inventory, mut table) = (Inventory::default(), Table::default());
        inventory.begin_pass();
        inventory.add(ends(30));
        table.insert(vec![0], &inventory, moment());
        table.note_current(&inventory);
        assert_eq!(table.current, Some(ends(30).id));
        inventory.add(ends(10));
        table.insert(vec![1], &inventory, moment());
        assert_eq!(table.cursor.selected(), 1);
        assert_eq!(table.current, Some(ends(30).id));
    }

    #[test]
    fn a_long_pass_is_taken_in_slices_and_shows_its_rows_at_the_end() {
        let (mut inventory, mut table) = (Inventory::default(), Table::default());
        inventory.begin_pass();
        for number in 0..40_000_u32 {
            let name = if number % 2 == 0 { "even" } else { "odd" };
            inventory.add(pat(number.into()).named(name));
        }
        table.rebuild(&inventory, moment());
        while table.is_scanning() {
            table.advance(&inventory, moment());
        }
        table.filter = Input::from("even");
        table.refilter(&inventory, moment());
        assert!(table.is_scanning());
        assert_eq!(table.rows().len(), 40_000);
        table.advance(&inventory, moment());
        table.advance(&inventory, moment());
        assert!(!table.is_scanning());
        assert_eq!(table.rows().len(), 20_000);
    }
}

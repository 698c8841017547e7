//! The columns of the table: their titles, widths and the order in which they give way.

use crate::state::{State, view::SortKey};

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Status,
    Left,
    Life,
    Ends,
    Can,
    Organization,
    Created,
}

/// What never changes about a column.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) kind: Kind,
    pub(super) title: &'static str,
    /// What a click on its title sorts by.
    pub(super) key: SortKey,
    /// Columns it needs at least.
    least: usize,
    /// Columns it can make use of.
    most: usize,
    pub(super) is_right: bool,
}

/// From left to right. Name, Left and Ends answer "what ends next" and stay the longest; Can says
/// what is at stake; the others repeat what a glyph, the header or the detail pane says too.
const COLUMNS: &[Column] = {
    use Kind as K;
    use SortKey as S;
    &[
        column(K::Name, "Token", S::Name, (24, 40)),
        column(K::Status, "Status", S::Status, (8, 8)),
        Column { is_right: true, ..column(K::Left, "Left", S::Ends, (7, 7)) },
        column(K::Life, "Life", S::Life, (8, 8)),
        column(K::Ends, "Ends", S::Ends, (16, 16)),
        column(K::Can, "Can", S::Can, (24, 60)),
        column(K::Organization, "Organization", S::Organization, (17, 17)),
        column(K::Created, "Created", S::Created, (15, 15)),
    ]
};

const fn column(
    kind: Kind,
    title: &'static str,
    key: SortKey,
    (least, most): (usize, usize),
) -> Column {
    Column { kind, title, key, least, most, is_right: false }
}

/// What gives way as the table narrows, one after the other.
const YIELDING: &[(Kind, usize)] = &[
    (Kind::Created, 0),
    (Kind::Status, 0),
    (Kind::Organization, 0),
    (Kind::Life, 0),
    // Without its time.
    (Kind::Ends, 11),
    (Kind::Name, 16),
    (Kind::Can, 0),
    (Kind::Ends, 0),
    (Kind::Name, 8),
    (Kind::Left, 0),
];

/// Columns for selection, mark, status and the blanks between them.
pub(super) const PREFIX: usize = 5;
/// Columns between two columns.
pub(super) const GAP: usize = 2;

/// A column with its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) column: &'static Column,
    pub(super) x: usize,
    pub(super) width: usize,
}

/// The columns that fit, with their places in a table of this width. The name is always there.
pub(super) fn placed(state: &State, width: usize) -> Vec<Placed> {
    // The rightmost column of the screen stays empty.
    let room = width.saturating_sub(PREFIX + 1);
    let mut widths: Vec<_> = COLUMNS.iter().map(|column| (column, column.least)).collect();
    if is_one_organization(state) {
        shrink(&mut widths, Kind::Organization, 0);
    }
    for (kind, least) in YIELDING {
        if total(&widths) <= room {
            break;
        }
        shrink(&mut widths, *kind, *least);
    }
    for kind in [Kind::Name, Kind::Can] {
        let free = room.saturating_sub(total(&widths));
        if let Some((column, width)) = widths.iter_mut().find(|(column, _)| column.kind == kind) {
            let share = if kind == Kind::Name && *width >= column.least { free / 3 } else { free };
            *width = (*width + share).min(column.most).min(room);
        }
    }
    let mut x = PREFIX;
    let mut place = |(column, width)| {
        let placed = Placed { column, x, width };
        x += width + GAP;
        placed
    };
    widths.into_iter().map(&mut place).collect()
}

/// Where all tokens are of one organization the header has said it.
fn is_one_organization(state: &State) -> bool {
    state.session.connection().is_some_and(|connection| connection.organizations.len() == 1)
        && state.tally.view(crate::state::view::View::Global) == 0
}

fn shrink(widths: &mut Vec<(&'static Column, usize)>, kind: Kind, least: usize) {
    if least == 0 {
        widths.retain(|(column, _)| column.kind != kind);
    }
    for (column, width) in widths {
        if column.kind == kind {
            *width = (*width).min(least);
        }
    }
}

fn total(widths: &[(&'static Column, usize)]) -> usize {
    let gaps = GAP * widths.len().saturating_sub(1);
    widths.iter().map(|(_, width)| width).sum::<usize>() + gaps
}

/// What a click at `x` columns from the table's left edge sorts by.
pub(super) fn at(state: &State, width: usize, x: usize) -> Option<SortKey> {
    let placed = placed(state, width);
    let hit = placed.iter().find(|placed| (placed.x..placed.x + placed.width + GAP).contains(&x));
    hit.map(|placed| placed.column.key)
}

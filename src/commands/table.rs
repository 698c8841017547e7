//! Columns for people, fitted to a width. The last column is never cut: it is the id, which is
//! copied into the next command.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

const GAP: usize = 2;

/// One column of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) title: &'static str,
    /// It may be cut to this many cells, if it is wider.
    pub(super) least: usize,
    /// Where there is still no room, the column with the highest number goes first; 0 stays.
    pub(super) dispensable: u8,
}

/// The table as lines with a header. Cells must be free of control characters.
pub(super) fn render<const N: usize>(
    columns: [Column; N],
    rows: &[[String; N]],
    width: Option<usize>,
) -> String {
    let widths = fit(columns, natural(columns, rows), width.unwrap_or(usize::MAX));
    let titles = columns.map(|column| column.title.to_owned());
    let mut out = String::new();
    for row in std::iter::once(&titles).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let Some(width) = width else { continue };
            if !line.is_empty() {
                line.push_str(&" ".repeat(GAP));
            }
            let cell = cut(cell, width);
            line.push_str(&cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width())));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn natural<const N: usize>(columns: [Column; N], rows: &[[String; N]]) -> [usize; N] {
    let mut widths = columns.map(|column| column.title.width());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    widths
}

/// The width of every column; `None` where it is left out.
fn fit<const N: usize>(
    columns: [Column; N],
    natural: [usize; N],
    width: usize,
) -> [Option<usize>; N] {
    let mut widths = natural.map(Some);
    loop {
        let shown = widths.iter().flatten().count();
        let total = widths.iter().flatten().sum::<usize>() + GAP * shown.saturating_sub(1);
        let mut over = total.saturating_sub(width);
        if over == 0 {
            return widths;
        }
        // First what gives way by being cut, the most dispensable column first.
        let mut order: Vec<usize> = (0..N).collect();
        order.sort_by_key(|&at| columns.get(at).map(|column| u8::MAX - column.dispensable));
        let mut cut = widths;
        for &at in &order {
            if let (Some(Some(width)), Some(column)) = (cut.get_mut(at), columns.get(at)) {
                let less = over.min(width.saturating_sub(column.least));
                *width -= less;
                over -= less;
            }
        }
        if over == 0 {
            return cut;
        }
        let gone = order.iter().copied().find(|&at| {
            let can_go = columns.get(at).is_some_and(|column| column.dispensable > 0);
            can_go && widths.get(at).is_some_and(Option::is_some)
        });
        match gone.and_then(|at| widths.get_mut(at)) {
            Some(width) => *width = None,
            // Narrower is not possible; the terminal wraps it.
            None => return cut,
        }
    }
}

/// At most `width` cells, with `…` where something is missing.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut left = width.saturating_sub(1);
    for part in text.graphemes(true) {
        match left.checked_sub(part.width()) {
            Some(rest) => left = rest,
            None => break,
        }
        out.push_str(part);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column { title: "NAME", least: 6, dispensable: 0 },
        Column { title: "SCOPES", least: 8, dispensable: 1 },
        Column { title: "ID", least: usize::MAX, dispensable: 0 },
    ];

    fn lines(width: Option<usize>) -> Vec<String> {
        let row = |name: &str| [name, "Code: read · Build: read", "00000000"].map(str::to_owned);
        let text = render(COLUMNS, &[row("release-bot"), row("夜間ビルド")], width);
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn without_a_width_nothing_is_cut() {
        assert_eq!(
            lines(None),
            [
                "NAME         SCOPES                    ID",
                "release-bot  Code: read · Build: read  00000000",
                "夜間ビルド   Code: read · Build: read  00000000",
            ]
        );
    }

    #[test]
    fn a_narrow_terminal_cuts_then_drops() {
        assert_eq!(lines(Some(40))[1], "release-bot  Code: read · Bui…  00000000");
        assert_eq!(lines(Some(28))[2], "夜間ビ…   Code: r…  00000000");
        assert_eq!(lines(Some(26))[1], "relea…  Code: r…  00000000");
        assert_eq!(lines(Some(25))[1], "release-bot  00000000");
        assert_eq!(lines(Some(17))[2], "夜間ビ…  00000000");
        assert_eq!(lines(Some(1))[1], "relea…  00000000");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 16..60 {
            for line in lines(Some(width)) {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }
}

//! The scopes to choose from: a search field, one line each in plain words, and below what the
//! choice comes to.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};

use super::{
    dialog::{self, Place},
    field::field,
    form::risk_role,
    ink::Ink,
    layout::{dialogs, screen},
    put,
    text::{self, pad},
    theme::Role,
};
use crate::{
    pat::scope::{Risk, Scope, Summary},
    state::{
        State,
        mode::picker::{Mark, Picker, Row},
    },
};

/// Lines above the list: the search field and an empty one.
const ABOVE: u16 = 2;
const WIDTH: usize = 106;
/// The area, where there is room for the sentence beside it.
const AREA: usize = 20;
const ACCESS: usize = 28;
const RISK: usize = 8;

fn place(area: Rect) -> Place {
    let height = area.height.saturating_sub(4).min(44);
    dialog::place(area, (WIDTH, height.into()))
}

/// Lines for what the choice comes to.
fn below(place: Place) -> u16 {
    match place.inner.height {
        ..6 => 0,
        6..14 => 1,
        _ => 4,
    }
}

fn rows(place: Place) -> usize {
    usize::from(place.inner.height.saturating_sub(ABOVE + below(place)))
}

/// How many rows fit.
pub fn visible_rows(state: &State) -> usize {
    rows(place(dialogs(screen(state))))
}

/// Returns where the cursor of the search field is.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, ink: Ink, picker: &Picker) -> Option<Position> {
    let place = place(area);
    dialog::frame(buffer, place, ink, "What may it do?");
    let inner = place.inner;
    let title = "search ";
    let search = field(&picker.search, usize::from(inner.width).saturating_sub(title.len() + 1));
    let line = Line::from(vec![ink.span(Role::Dim, title), ink.span(Role::Strong, &search.text)]);
    put(buffer, inner, 0, line);
    let (found, height) = (picker.found(), rows(place));
    let list = Rect {
        y: inner.y + ABOVE.min(inner.height),
        height: u16::try_from(height).unwrap_or(0),
        ..inner
    };
    if found.is_empty() {
        put(buffer, list, 0, Line::from(ink.span(Role::Dim, "Nothing has these letters.")));
    }
    let mut cursor = picker.cursor;
    cursor.fit(found.len(), height);
    let window = cursor.window(found.len(), height);
    let mut group = None;
    let shown = found.iter().enumerate().skip(window.start).take(window.len());
    for (line, (at, row)) in shown.enumerate() {
        let is_first = group != Some(self::group(row));
        group = Some(self::group(row));
        let line_of = LineOf { is_selected: at == cursor.selected(), is_first, ink };
        put(buffer, list, line, line_of.row(row, picker.mark(row), inner.width.into()));
    }
    let rest = Rect { y: list.bottom(), height: below(place), ..inner };
    for (at, line) in sum(ink, picker, rest).into_iter().enumerate() {
        put(buffer, rest, at, line);
    }
    let column = u16::try_from(title.len() + search.cursor).unwrap_or(0);
    (inner.height > 0 && column < inner.width).then(|| Position::new(inner.x + column, inner.y))
}

/// What stands at the left of the first row of several.
fn group(row: &Row) -> &str {
    match row {
        Row::Task(_) => "Tasks",
        Row::Scope(scope) => &scope.category,
        Row::Unknown(_) => "Unknown",
    }
}

/// How one row is drawn.
#[derive(Clone, Copy)]
struct LineOf {
    ink: Ink,
    is_selected: bool,
    is_first: bool,
}

impl LineOf {
    fn row(self, row: &Row, mark: Mark, width: usize) -> Line<'static> {
        let ink = self.ink;
        let strong =
            if self.is_selected || mark == Mark::Chosen { Role::Strong } else { Role::Text };
        let bar = if self.is_selected { ink.glyphs.selection } else { " " };
        let (mark_role, mark) = match mark {
            Mark::None => (Role::Text, " "),
            Mark::Chosen => (Role::Accent, ink.glyphs.mark),
            Mark::Included => (Role::Dim, ink.glyphs.covered),
        };
        let mut spans = vec![
            ink.span(Role::Accent, bar),
            Span::raw(" "),
            ink.span(mark_role, mark),
            Span::raw(" "),
        ];
        let room = width.saturating_sub(4 + 2 + RISK);
        let is_wide = room >= AREA + ACCESS + 28;
        if is_wide {
            let group = if self.is_first { group(row) } else { "" };
            let group = pad(ink.cut(group, AREA - 2), AREA, false);
            spans.push(ink.span(Role::Dim, &group));
        }
        let (text, sentence, risk) = match row {
            Row::Task(preset) => (preset.title.clone(), None, None),
            Row::Scope(scope) if is_wide => {
                (access(scope), Some(scope.description.as_str()), Some(scope.risk))
            }
            Row::Scope(scope) => (scope.words(), None, Some(scope.risk)),
            Row::Unknown(id) => {
                (text::shown(id, 200), Some("azpat does not know it; it stays as it is"), None)
            }
        };
        let left = if is_wide { room - AREA } else { room };
        if let Some(sentence) = sentence.filter(|_| is_wide) {
            let text = pad(ink.cut(&ink.own(&text), ACCESS - 2), ACCESS, false);
            let sentence = ink.cut(&ink.own(sentence), left - ACCESS);
            spans.push(ink.span(strong, &text));
            spans.push(ink.span(Role::Dim, &pad(sentence, left - ACCESS, false)));
        } else {
            let text = pad(ink.cut(&ink.own(&text), left), left, false);
            spans.push(ink.span(strong, &text));
        }
        spans.push(Span::raw("  "));
        spans.extend(
            risk.filter(|risk| *risk > Risk::Low)
                .map(|risk| ink.span(risk_role(risk), risk.as_str())),
        );
        Line::from(spans)
    }
}

fn access(scope: &Scope) -> String {
    scope.access.replace(" & ", " and ")
}

/// What the choice comes to: can, cannot and risk.
fn sum(ink: Ink, picker: &Picker, area: Rect) -> Vec<Line<'static>> {
    let summary = Summary::new(&picker.chosen.join(" "));
    let width = usize::from(area.width);
    let line = |label: &str, role: Role, text: &str| {
        let label = pad(label.to_owned(), 8, false);
        let text = ink.cut(&ink.own(&text::shown(text, 2_000)), width.saturating_sub(8));
        Line::from(vec![ink.span(Role::Dim, &label), ink.span(role, &text)])
    };
    let can = match summary.can.as_slice() {
        [] => "nothing yet".to_owned(),
        can => can.join(", "),
    };
    let can = line("can", Role::Text, &can);
    if area.height < 4 {
        return vec![can];
    }
    let cannot = match summary.cannot.as_slice() {
        [] => "nothing: whoever has it can do what you can".to_owned(),
        cannot => cannot.join(", "),
    };
    let risk = match summary.risk {
        Some(risk) => line("risk", risk_role(risk), risk.as_str()),
        None => line("risk", Role::Dim, "not known"),
    };
    vec![Line::default(), can, line("cannot", Role::Dim, &cannot), risk]
}

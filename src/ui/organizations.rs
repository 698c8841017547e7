//! The organizations: how many tokens of each status, how old what is known of them is, and what
//! failed. The first row stands for all of them.

use std::iter;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    dialog::{self, Place},
    ink::Ink,
    layout::{dialogs, screen},
    put,
    text::{self, pad, wrap},
    theme::Role,
};
use crate::{
    operations::Completeness,
    pat::Status,
    state::{
        State,
        cursor::Cursor,
        organizations::{Known, known},
        tally::Counts,
    },
    when,
};

/// The title's line.
const ABOVE: usize = 1;
/// The longest name of an organization is longer; this is where it begins to be cut.
const NAME: usize = 28;
const NUMBER: usize = 9;
/// ` ✕ 59 minutes ago` fits.
const AGE: usize = 17;
/// Narrower than this, the numbers stand in words below the rows.
const WIDE: usize = PREFIX + 12 + 5 * NUMBER + AGE;
const PREFIX: usize = 2;

fn place(area: Rect, organizations: usize) -> Place {
    let width = PREFIX + NAME + 5 * NUMBER + AGE;
    dialog::place(area, (width, ABOVE + organizations + 1 + 5))
}

/// Lines below the rows, for all about the selected one.
fn below(place: Place) -> usize {
    match place.inner.height {
        ..6 => 0,
        6..9 => 3,
        _ => 5,
    }
}

fn rows(place: Place) -> usize {
    usize::from(place.inner.height).saturating_sub(ABOVE + below(place))
}

/// How many rows fit.
pub fn visible_rows(state: &State) -> usize {
    rows(place(dialogs(screen(state)), known(state).len()))
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink, cursor: Cursor) {
    let known = known(state);
    let place = place(area, known.len());
    dialog::frame(buffer, place, ink, &format!("Organizations ({})", known.len()));
    let (inner, height) = (place.inner, rows(place));
    let width = usize::from(inner.width);
    put(buffer, inner, 0, heading(ink, width));
    let mut cursor = cursor;
    cursor.fit(known.len() + 1, height);
    let window = cursor.window(known.len() + 1, height);
    let all = iter::once(None).chain(known.iter().map(Some)).enumerate();
    for (line, (at, one)) in all.skip(window.start).take(window.len()).enumerate() {
        let counts = one.map_or_else(|| sum(&known), |one| one.counts);
        let name = one.map_or("all", |one| one.organization.as_str());
        let spans = [
            vec![
                ink.span(
                    Role::Accent,
                    if at == cursor.selected() { ink.glyphs.selection } else { " " },
                ),
                Span::raw(" "),
            ],
            row(ink, name, counts, width, at == cursor.selected()),
            one.map(|one| age(state, ink, one)).unwrap_or_default(),
        ];
        let line_text = text::cut_line(Line::from(spans.concat()), width, ink.glyphs.ellipsis);
        put(buffer, inner, ABOVE + line, line_text);
    }
    let selected = cursor.selected().checked_sub(1).and_then(|at| known.get(at));
    let about = about(state, ink, selected, &known, width);
    let skipped = ABOVE + height + usize::from(below(place) > 3);
    for (at, line) in about.into_iter().take(below(place)).enumerate() {
        put(buffer, inner, skipped + at, line);
    }
}

fn name_width(width: usize) -> usize {
    let others = if width < WIDE { NUMBER } else { 5 * NUMBER };
    width.saturating_sub(PREFIX + others + AGE).clamp(8, NAME)
}

fn heading(ink: Ink, width: usize) -> Line<'static> {
    let mut titles = pad("  Organization".to_owned(), PREFIX + name_width(width), false);
    if width < WIDE {
        titles.push_str(&pad("Tokens".to_owned(), NUMBER, true));
    } else {
        titles.extend(Status::ALL.map(|status| pad(title(status), NUMBER, true)));
    }
    titles.push_str("   Read");
    Line::from(ink.span(Role::Dim, &ink.cut(&titles, width)))
}

fn title(status: Status) -> String {
    let word = status.as_str();
    word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect()
}

fn sum(known: &[Known]) -> Counts {
    let mut sum = Counts::default();
    for one in known {
        for (sum, count) in sum.iter_mut().zip(one.counts) {
            *sum += count;
        }
    }
    sum
}

fn row(
    ink: Ink,
    name: &str,
    counts: Counts,
    width: usize,
    is_selected: bool,
) -> Vec<Span<'static>> {
    let role = if is_selected { Role::Strong } else { Role::Text };
    let name_width = name_width(width);
    let name = pad(ink.cut(name, name_width), name_width, false);
    let mut spans = vec![ink.span(role, &name)];
    let number = |role, count| ink.span(role, &pad(text::count(count), NUMBER, true));
    if width < WIDE {
        spans.push(number(Role::Text, counts.iter().sum()));
    } else {
        spans.extend(Status::ALL.into_iter().zip(counts).map(|(status, count)| {
            let role = match status {
                _ if count == 0 => Role::Dim,
                Status::Critical => Role::Critical,
                Status::Expiring => Role::Warning,
                Status::Active | Status::Expired | Status::Revoked => Role::Text,
            };
            number(role, count)
        }));
    }
    spans
}

/// How old it is, and a mark where it cannot be relied on.
fn age(state: &State, ink: Ink, one: &Known) -> Vec<Span<'static>> {
    let (role, glyph) = match one.result {
        Some(Err(_)) => (Role::Critical, ink.glyphs.failed),
        Some(Ok(Completeness::Incomplete(_))) => (Role::Warning, ink.glyphs.expiring),
        Some(Ok(Completeness::Complete)) | None => (Role::Dim, " "),
    };
    let text = match one.read {
        Some(read) => when::age(state.clock.local - read),
        None if one.result.is_none() => "not yet".to_owned(),
        None => "never".to_owned(),
    };
    vec![Span::raw(" "), ink.span(role, glyph), Span::raw(" "), ink.span(Role::Dim, &text)]
}

/// All about the selected row, what went wrong first.
fn about(
    state: &State,
    ink: Ink,
    selected: Option<&Known>,
    known: &[Known],
    width: usize,
) -> Vec<Line<'static>> {
    let mut said = Vec::new();
    match selected.and_then(|one| one.result.as_ref()) {
        Some(Err(failure)) => {
            said.push((Role::Critical, format!("{} {failure}", ink.glyphs.failed)));
        }
        Some(Ok(Completeness::Incomplete(why))) => {
            let text = format!("{} the list may not be complete: {why}", ink.glyphs.expiring);
            said.push((Role::Warning, text));
        }
        Some(Ok(Completeness::Complete)) | None => {}
    }
    let counts = selected.map_or_else(|| sum(known), |one| one.counts);
    let words = Status::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0);
    let words: Vec<_> = words
        .map(|(status, count)| format!("{} {}", text::count(count), status.as_str()))
        .collect();
    let words = if words.is_empty() { "no tokens".to_owned() } else { words.join(", ") };
    let read = selected.and_then(|one| one.read);
    let read = read
        .map_or(String::new(), |read| format!("; read {}", when::full(read, state.setting.zone)));
    said.push((Role::Text, words + &read));
    let lines = said.into_iter().flat_map(|(role, text)| {
        let lines = wrap(&ink.own(&text), width);
        lines.into_iter().map(move |line| Line::from(ink.span(role, &line)))
    });
    lines.collect()
}

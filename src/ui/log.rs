//! The log of changes, the newest first: what was done to which token and what it came to, and
//! above that what cannot be relied on.

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
    text::{self, count, pad, wrap},
    theme::Role,
};
use crate::{
    audit::{Entry, Log, Outcome},
    failure::Failure,
    state::{
        State,
        mode::{Changes, Mode},
    },
    when,
};

/// Narrower than this, a row has no place for the time of day, the id and the organization. They
/// stand below the rows.
const WIDE: usize = 60;
/// The longest action and its gap.
const ACTION: usize = 9;
/// The end of an id, and its gap.
const ID: usize = 13;
/// `Tue 24 Nov 09:12` and its gap.
const TIME: usize = 18;
/// The longest word for an outcome.
const OUTCOME: usize = 7;

/// As large as may be, so that it does not jump while one moves in it; a few lines for nothing.
fn place(area: Rect, changes: &Changes) -> Place {
    if matches!(&changes.log, Some(Ok(log)) if log.lines == 0) {
        return dialog::place(area, (40, 3));
    }
    let size = (area.width.saturating_sub(4).min(130), area.height.saturating_sub(2));
    dialog::place(area, (size.0.into(), size.1.into()))
}

/// Lines below the rows for all about the selected change, of as many for both.
fn below(height: usize) -> usize {
    match height {
        ..5 => 0,
        5..9 => 3,
        _ => (height / 3).min(9),
    }
}

fn notes(ink: Ink, changes: &Changes, width: usize) -> Vec<Line<'static>> {
    let notes: Vec<_> = match &changes.log {
        None => vec![(Role::Dim, "Reading…".to_owned())],
        Some(Err(failure)) => unread(ink, failure),
        Some(Ok(log)) if log.lines == 0 => vec![(Role::Dim, "Nothing was changed yet.".to_owned())],
        Some(Ok(log)) => damage(ink, log),
    };
    let lines = notes.into_iter().flat_map(|(role, text)| {
        let lines = wrap(&ink.own(&text), width);
        lines.into_iter().map(move |line| Line::from(ink.span(role, &line)))
    });
    lines.collect()
}

fn unread(ink: Ink, failure: &Failure) -> Vec<(Role, String)> {
    let mut notes = vec![(Role::Critical, format!("{} {failure}", ink.glyphs.failed))];
    notes.extend(failure.hint.clone().map(|hint| (Role::Text, hint)));
    notes
}

fn damage(ink: Ink, log: &Log) -> Vec<(Role, String)> {
    let mut notes = Vec::new();
    if let Some(unfit) = log.unfit() {
        let text = format!("{} {unfit}; what stands before it fits", ink.glyphs.failed);
        notes.push((Role::Critical, text));
    }
    if let Some((last, others)) = log.torn.split_last() {
        let others = match others.len() {
            0 => String::new(),
            others => format!(", and {} before it", text::plural(others, "line")),
        };
        let glyph = ink.glyphs.expiring;
        let text = format!("{glyph} line {last} is incomplete, as after a crash{others}");
        notes.push((Role::Warning, text));
    }
    notes
}

/// How many changes fit.
pub fn visible_rows(state: &State) -> usize {
    let Mode::Log(changes) = &state.mode else { return 0 };
    let inner = place(dialogs(screen(state)), changes).inner;
    let notes = notes(Ink::of(state), changes, inner.width.into()).len();
    let height = usize::from(inner.height).saturating_sub(notes);
    height - below(height)
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink, changes: &Changes) {
    let place = place(area, changes);
    let (inner, len) = (place.inner, changes.count());
    let title = match len {
        0 => "Log of changes".to_owned(),
        len => format!("Log of changes ({})", count(len)),
    };
    dialog::frame(buffer, place, ink, &title);
    let width = usize::from(inner.width);
    let notes = notes(ink, changes, width);
    let above = notes.len();
    for (at, line) in notes.into_iter().enumerate() {
        put(buffer, inner, at, line);
    }
    let Some(Ok(log)) = &changes.log else { return };
    let room = usize::from(inner.height).saturating_sub(above);
    let height = room - below(room);
    let mut cursor = changes.cursor;
    cursor.fit(len, height);
    let window = cursor.window(len, height);
    let newest_first = log.entries.iter().rev().enumerate();
    for (line, (at, entry)) in newest_first.skip(window.start).take(window.len()).enumerate() {
        let row = row(state, ink, entry, width, at == cursor.selected());
        put(buffer, inner, above + line, text::cut_line(row, width, ink.glyphs.ellipsis));
    }
    if let Some(entry) = log.entries.iter().rev().nth(cursor.selected()) {
        // The empty line is the first thing that a small screen does without.
        let gap = usize::from(below(room) > 3);
        let about = about(state, ink, entry, width);
        for (at, line) in about.into_iter().take(below(room) - gap).enumerate() {
            put(buffer, inner, above + height + gap + at, line);
        }
    }
}

fn mark(ink: Ink, outcome: Outcome) -> (Role, &'static str) {
    match outcome {
        Outcome::Done => (Role::Ok, ink.glyphs.done),
        Outcome::Failed => (Role::Critical, ink.glyphs.failed),
        Outcome::Unknown => (Role::Warning, "?"),
    }
}

fn row(state: &State, ink: Ink, entry: &Entry, width: usize, is_selected: bool) -> Line<'static> {
    let (zone, now) = (state.setting.zone, state.clock.local);
    let is_wide = width >= WIDE;
    let time = if is_wide {
        pad(when::past(entry.at, now, zone), TIME, false)
    } else {
        zone.at(entry.at).format("%d %b ").to_string()
    };
    let (role, glyph) = mark(ink, entry.outcome);
    let name_role = if is_selected { Role::Strong } else { Role::Text };
    let mut spans = vec![
        ink.span(Role::Accent, if is_selected { ink.glyphs.selection } else { " " }),
        Span::raw(" "),
        ink.span(role, glyph),
        Span::raw(" "),
        ink.span(Role::Dim, &time),
        ink.span(Role::Text, &pad(entry.action.as_str().to_owned(), ACTION, false)),
    ];
    let name = ink.data(&entry.name);
    if !is_wide {
        spans.push(ink.span(name_role, &name));
        return Line::from(spans);
    }
    // What is left of the row: for the outcome at least its word, more on a wide screen.
    let rest = width.saturating_sub(4 + TIME + ACTION + ID);
    let outcome_width = OUTCOME + rest.saturating_sub(32) / 2;
    let place_width = rest.saturating_sub(outcome_width) * 9 / 20;
    let name_width = rest.saturating_sub(outcome_width + place_width);
    let column =
        |text: &str, width: usize| pad(ink.cut(text, width.saturating_sub(2)), width, false);
    let outcome = entry.result();
    let has_room = outcome_width >= 2 * OUTCOME;
    spans.extend([
        ink.span(name_role, &column(&name, name_width)),
        ink.span(Role::Dim, &pad(tail(entry, ink), ID, false)),
        ink.span(Role::Text, &column(entry.organization.as_str(), place_width)),
        ink.span(role, if has_room { &outcome } else { entry.outcome.as_str() }),
    ]);
    Line::from(spans)
}

/// The end of its id; nothing where none is known.
fn tail(entry: &Entry, ink: Ink) -> String {
    entry.id.map_or_else(String::new, |id| ink.own(&format!("…{}", id.tail())))
}

/// All about a change, what it came to first.
fn about(state: &State, ink: Ink, entry: &Entry, width: usize) -> Vec<Line<'static>> {
    let (role, glyph) = mark(ink, entry.outcome);
    let id = entry.id.map(|id| format!("id …{}", id.tail()));
    let what = [
        Some(when::full(entry.at, state.setting.zone)),
        Some(format!("{} {}", entry.action.as_str(), ink.data(&entry.name))),
        id,
        Some(entry.organization.to_string()),
    ];
    let what: Vec<_> = what.into_iter().flatten().collect();
    let said = [
        (role, format!("{glyph} {}", entry.result())),
        (Role::Text, what.join(ink.glyphs.separator)),
    ];
    let lines = said.into_iter().flat_map(|(role, text)| {
        let lines = wrap(&ink.own(&text), width);
        lines.into_iter().map(move |line| Line::from(ink.span(role, &line)))
    });
    lines.collect()
}

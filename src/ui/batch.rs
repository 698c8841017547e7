//! Several tokens at once, a row each: in the question what is to become of them, and after it what
//! became of each, with why for the selected one.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};

use super::{
    confirm,
    dialog::{self, Place},
    ink::Ink,
    layout::{dialogs, screen},
    outcome, put,
    row::ends_day,
    text::{self, count, pad, plural, wrap},
    theme::Role,
};
use crate::{
    pat::{Pat, change::Change, limit::Wish},
    state::{
        State,
        batch::{Batch, Row, Totals},
        cursor::Cursor,
        mode::{
            Mode,
            confirm::{Confirm, Question},
        },
        work::{Kind, Retry},
    },
    when,
};

const WIDTH: usize = 110;
/// Narrower than this, a row has no place for the organization and the id.
const WIDE: usize = 56;
/// The end of an id, and its gap.
const ID: usize = 11;
/// `!!` and its gap.
const SIGN: usize = 3;
/// `Tue 24 Nov → 21 Feb 2027` with a sign, and its gap.
const ENDS: usize = 28;
/// So many rows are worth more than what else could be said.
const FEW: usize = 3;

/// What a row says beside the token: its role, its sign and its words.
pub(super) type Said = (Role, &'static str, String);

/// How many rows fit.
pub fn visible_rows(state: &State) -> usize {
    let (ink, area) = (Ink::of(state), dialogs(screen(state)));
    match &state.mode {
        Mode::Confirm(confirm) => match &confirm.question {
            Question::Batch(batch) => Asked::of(state, ink, area, confirm, batch).height,
            _ => 0,
        },
        Mode::Batch => state.batch.as_ref().map_or(0, |batch| shown(area, batch).1),
        _ => 0,
    }
}

pub(super) fn verb(kind: Kind) -> &'static str {
    match kind {
        Kind::Extend => "Extend",
        Kind::Revoke => "Revoke",
    }
}

/// The parts of the question. What answers it is never cut; the rows come next.
struct Asked {
    place: Place,
    /// How many rows fit.
    height: usize,
    about: Vec<Line<'static>>,
    notes: Vec<Line<'static>>,
    fields: Vec<Line<'static>>,
    cursor: Option<(usize, usize)>,
    has_air: bool,
}

impl Asked {
    fn of(state: &State, ink: Ink, area: Rect, confirm: &Confirm, batch: &Batch) -> Self {
        let width = width(area);
        let (fields, cursor) = confirm::fields(state, ink, confirm, width);
        let mut notes = notes(state, ink, batch, width);
        let mut about = batch.selected().map_or_else(Vec::new, |row| plan(state, ink, row, width));
        about.truncate(3);
        about.resize(3, Line::default());
        let answers = fields.len() + 1;
        let wanted = batch.rows.len() + about.len() + notes.len() + answers + 3;
        let place = dialog::place(area, (width, wanted));
        let mut room = usize::from(place.inner.height).saturating_sub(answers);
        let few = batch.rows.len().min(FEW);
        while notes.len() > 1 && notes.len() + few > room {
            notes.remove(0);
        }
        notes.truncate(room.saturating_sub(1));
        room -= notes.len();
        if about.len() + few + 2 > room {
            about.clear();
        }
        room -= about.len();
        let has_air = room > few + 2;
        let room = room - if has_air { 2 + usize::from(!about.is_empty()) } else { 0 };
        let height = batch.rows.len().min(room.max(1));
        Self { place, height, about, notes, fields, cursor, has_air }
    }
}

fn width(area: Rect) -> usize {
    WIDTH.min(usize::from(area.width).saturating_sub(4)).max(1)
}

/// Draws the question; returns where the cursor of the typed text is.
pub(super) fn ask(
    buffer: &mut Buffer,
    area: Rect,
    state: &State,
    ink: Ink,
    (confirm, batch): (&Confirm, &Batch),
) -> Option<Position> {
    let asked = Asked::of(state, ink, area, confirm, batch);
    let Asked { place, height, about, notes, fields, cursor, has_air } = asked;
    let able = batch.able().count();
    let rest = match batch.rows.len() - able {
        0 => String::new(),
        rest => format!(" {} left alone", count(rest)),
    };
    let title = format!("{} {}?{rest}", verb(batch.kind), plural(able, "token"));
    let say = |row: &Row, is_wide| planned(state, ink, row, is_wide);
    rows(buffer, (state, ink), (place, height), (batch, &title), &say);
    let inner = place.inner;
    let mut at = height;
    for part in [about, notes] {
        // The empty line stands before what is said of the selected one, and before the answers.
        at += usize::from(has_air && at == height && !part.is_empty() && part.len() == 3);
        for line in part {
            put(buffer, inner, at, line);
            at += 1;
        }
    }
    let last = usize::from(inner.height).saturating_sub(1);
    put(buffer, inner, last, confirm::buttons(ink, confirm, inner.width.into()));
    let first = last.saturating_sub(fields.len() + usize::from(has_air));
    for (at, line) in fields.into_iter().enumerate() {
        put(buffer, inner, first + at, line);
    }
    let (line, column) = cursor?;
    let column = u16::try_from(column).unwrap_or(0).min(inner.width.saturating_sub(1));
    let line = u16::try_from(first + line).unwrap_or(0);
    Some(Position::new(inner.x + column, inner.y + line))
}

/// The frame, how many rows fit, and how many lines are below them.
fn shown(area: Rect, batch: &Batch) -> (Place, usize, usize) {
    let place = dialog::place(area, (width(area), batch.rows.len() + 7));
    let height = usize::from(place.inner.height);
    let below = match height {
        ..5 => 0,
        5..10 => 3,
        10..16 => 4,
        _ => 7,
    };
    (place, batch.rows.len().min(height - below), below)
}

/// Draws what becomes of them.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink) {
    let Some(batch) = &state.batch else { return };
    let (place, height, below) = shown(area, batch);
    let title = title(batch, batch.totals(&state.works));
    let say = |row: &Row, _| outcome::short(state, ink, row);
    rows(buffer, (state, ink), (place, height), (batch, &title), &say);
    // The empty line is the first thing that a small screen does without.
    let gap = usize::from(below > 3);
    let about = batch.selected().map_or_else(Vec::new, |row| {
        let mut said = vec![(Role::Dim, about(ink, &row.pat))];
        let outcome = outcome::long(state, ink, row, width(area) < WIDE);
        // Who it is stands in the row as well, why it failed does not.
        let at = usize::from(below > 3);
        said.splice(at..at, outcome);
        lines(ink, said, width(area))
    });
    for (at, line) in about.into_iter().take(below - gap.min(below)).enumerate() {
        put(buffer, place.inner, height + gap + at, line);
    }
}

/// `Extend: 3 of 9 done, 1 failed, 5 waiting`.
fn title(batch: &Batch, totals: Totals) -> String {
    let able = batch.rows.len() - totals.skipped;
    let done = format!("{}: {} of {} done", verb(batch.kind), count(totals.done), count(able));
    let others = [
        (totals.failed, "failed"),
        (totals.unknown, "not known"),
        (totals.running, "under way"),
        (totals.waiting, "waiting"),
        (totals.left_alone + totals.skipped, "left alone"),
    ];
    let others = others.into_iter().filter(|(number, _)| *number > 0);
    let others = others.map(|(number, word)| format!("{} {word}", count(number)));
    std::iter::once(done).chain(others).collect::<Vec<_>>().join(", ")
}

/// Draws the frame and the rows that fit.
fn rows(
    buffer: &mut Buffer,
    (state, ink): (&State, Ink),
    (place, height): (Place, usize),
    (batch, title): (&Batch, &str),
    say: &dyn Fn(&Row, bool) -> Said,
) {
    let room = usize::from(place.outer.width).saturating_sub(6);
    dialog::frame(buffer, place, ink, &ink.cut(title, room));
    let (len, width) = (batch.rows.len(), usize::from(place.inner.width));
    let mut cursor: Cursor = batch.cursor;
    cursor.fit(len, height);
    let window = cursor.window(len, height);
    for (line, at) in window.clone().enumerate() {
        let Some(row) = batch.rows.get(at) else { break };
        let line_of =
            line_of(state, ink, row, say(row, width >= WIDE), (width, at == cursor.selected()));
        put(buffer, place.inner, line, text::cut_line(line_of, width, ink.glyphs.ellipsis));
    }
    if window.len() < len {
        let glyph = if window.end < len { ink.glyphs.down } else { ink.glyphs.up };
        let sign = format!("{glyph} {} to {} of {}", window.start + 1, window.end, count(len));
        dialog::note(buffer, place, ink, &sign);
    }
}

fn line_of(
    state: &State,
    ink: Ink,
    row: &Row,
    (role, glyph, words): Said,
    (width, is_selected): (usize, bool),
) -> Line<'static> {
    let name_role = match (&row.plan, is_selected) {
        (_, true) => Role::Strong,
        (Ok(_), false) => Role::Text,
        (Err(_), false) => Role::Dim,
    };
    let name = ink.data(&row.pat.name);
    let column =
        |text: &str, width: usize| pad(ink.cut(text, width.saturating_sub(2)), width, false);
    let mut spans = vec![
        ink.span(Role::Accent, if is_selected { ink.glyphs.selection } else { " " }),
        Span::raw(" "),
        ink.span(role, &pad(glyph.to_owned(), SIGN, false)),
    ];
    if width < WIDE {
        let room = width.saturating_sub(2 + SIGN);
        let name_width = room.saturating_sub(text::width(&words)).max(room / 3).min(room);
        spans.push(ink.span(name_role, &column(&name, name_width)));
        spans.push(ink.span(role, &words));
        return Line::from(spans);
    }
    let rest = width.saturating_sub(2 + SIGN + ID);
    let said_width = match state.mode {
        Mode::Batch => (rest / 2).max(ENDS),
        _ => ENDS,
    };
    let place_width = (rest - said_width) * 2 / 5;
    spans.extend([
        ink.span(name_role, &column(&name, rest - said_width - place_width)),
        ink.span(Role::Dim, &column(confirm::place(&row.pat), place_width)),
        ink.span(role, &column(&ink.own(&words), said_width)),
        ink.span(Role::Dim, &format!("…{}", row.pat.id.tail())),
    ]);
    Line::from(spans)
}

/// What is to become of it.
fn planned(state: &State, ink: Ink, row: &Row, is_wide: bool) -> Said {
    let what = match &row.plan {
        Ok(what) => what,
        Err(skip) => return (Role::Dim, ink.glyphs.revoked, skip.to_string()),
    };
    let now = ends_day(state, row.pat.valid_to);
    match what {
        Retry::Extend { to } => {
            let to_day = ends_day(state, *to);
            let words =
                if is_wide { format!("{now} → {to_day}") } else { format!("→ {to_day}") };
            let is_limited = limit(state, row).is_some();
            let glyph = if is_limited { ink.glyphs.expiring } else { " " };
            (if is_limited { Role::Warning } else { Role::Text }, glyph, words)
        }
        Retry::Revoke if row.pat.is_full_access() => (Role::Critical, "!!", format!("ends {now}")),
        Retry::Revoke => (Role::Text, " ", format!("ends {now}")),
    }
}

/// What was seen to stand against what is asked for.
fn limit(state: &State, row: &Row) -> Option<String> {
    let Ok(Retry::Extend { to }) = &row.plan else { return None };
    let change = Change::end(*to);
    let against = state.traffic.limits.against(&Wish::change(&row.pat, &change));
    let words = against.first()?.words(state.setting.zone);
    Some(format!("{} {words}", row.pat.organization))
}

/// Which token it is.
fn about(ink: Ink, pat: &Pat) -> String {
    let name = ink.cut(&ink.data(&pat.name), 60);
    let id = format!("id …{}", pat.id.tail());
    [name.as_str(), confirm::place(pat), &id].join(ink.glyphs.separator)
}

/// All about what is to become of the selected one.
fn plan(state: &State, ink: Ink, row: &Row, width: usize) -> Vec<Line<'static>> {
    let day = |date| when::day(date, state.setting.zone);
    let now = day(row.pat.valid_to);
    let what = match &row.plan {
        Ok(Retry::Extend { to }) => format!("ends {now} → {}", day(*to)),
        Ok(Retry::Revoke) => format!("may: {}; ends {now}", ink.cut(&ink.scopes(&row.pat), 80)),
        Err(skip) => format!("{skip}; it stays as it is, until {now}"),
    };
    let mut said = vec![(Role::Dim, about(ink, &row.pat)), (Role::Text, what)];
    said.extend(limit(state, row).map(|limit| (Role::Warning, limit)));
    lines(ink, said, width)
}

/// What holds for all of them.
fn notes(state: &State, ink: Ink, batch: &Batch, width: usize) -> Vec<Line<'static>> {
    let mut notes = Vec::new();
    match batch.kind {
        Kind::Extend => {
            let limited = batch.rows.iter().filter(|row| limit(state, row).is_some()).count();
            let text = match limited {
                0 => "A policy may grant less than this.".to_owned(),
                limited => {
                    let glyph = ink.glyphs.expiring;
                    format!("{glyph} {} may get less: limits were seen there", count(limited))
                }
            };
            notes.push((if limited > 0 { Role::Warning } else { Role::Dim }, text));
        }
        Kind::Revoke => {
            let full = batch.able().filter(|(pat, _)| pat.is_full_access()).count();
            if full > 0 {
                let have = if full == 1 { "has" } else { "have" };
                let text = format!("!! {} of them {have} full access", count(full));
                notes.push((Role::Critical, text));
            }
            let text = "Whatever uses them stops at once. This cannot be undone.";
            notes.push((Role::Strong, text.to_owned()));
        }
    }
    lines(ink, notes, width)
}

fn lines(ink: Ink, said: Vec<(Role, String)>, width: usize) -> Vec<Line<'static>> {
    let lines = said.into_iter().flat_map(|(role, text)| {
        let wrapped = wrap(&ink.own(&text), width);
        wrapped.into_iter().map(move |line| Line::from(ink.span(role, &line)))
    });
    lines.collect()
}

//! One row of the table: what a token is, or what is being done to it.

use chrono::{DateTime, Datelike as _, Months, Utc};
use ratatui::{
    style::{Modifier, Style},
    text::{Line, Span},
};
use unicode_segmentation::UnicodeSegmentation as _;

use super::{
    column::{GAP, Kind, PREFIX, Placed},
    ink::Ink,
    progress,
    text::{self, pad},
    theme::Role,
};
use crate::{
    pat::{Pat, Status, scope},
    state::{
        State,
        query::Scratch,
        work::{Retry, Work},
    },
    when,
};

/// How wide the life bar is.
const LIFE: u32 = 8;

/// The token of a row, and whether the cursor is on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) pat: &'a Pat,
    pub(super) is_selected: bool,
}

/// Puts selection, mark and status before a row.
pub(super) fn marked(
    state: &State,
    ink: Ink,
    Subject { pat, is_selected }: Subject<'_>,
    row: Line<'static>,
) -> Line<'static> {
    let glyphs = ink.glyphs;
    let has_keyboard = !state.detail.has_focus;
    let selection = if is_selected { glyphs.selection } else { " " };
    let role = if has_keyboard { Role::Accent } else { Role::Dim };
    let mark = if state.table.marks.contains(&pat.id) { glyphs.mark } else { " " };
    let mut spans = vec![
        ink.span(role, selection),
        ink.span(Role::Accent, mark),
        Span::raw(" "),
        ink.status(pat, state.status(pat)),
        Span::raw(" "),
    ];
    spans.extend(row.spans);
    if is_selected {
        // Brighter than its neighbours; the marker says it again without any style.
        for span in spans.iter_mut().skip(2) {
            span.style = span.style.remove_modifier(Modifier::DIM).add_modifier(Modifier::BOLD);
        }
    }
    Line::from(spans)
}

/// The cells of a row from the name on.
pub(super) fn line(
    state: &State,
    ink: Ink,
    columns: &[Placed],
    subject: Subject<'_>,
    scratch: &mut Scratch,
) -> Line<'static> {
    let pat = subject.pat;
    let status = state.status(pat);
    let (mut spans, mut end) = (Vec::new(), PREFIX);
    let work = state.works.get(pat.id);
    let has_status = columns.iter().any(|placed| placed.column.kind == Kind::Status);
    for placed in columns {
        spans.push(Span::raw(" ".repeat(placed.x.saturating_sub(end))));
        end = placed.x + placed.width;
        if placed.column.kind == Kind::Name {
            let last = columns.last().map_or(end, |last| last.x + last.width);
            match work {
                None => spans.extend(name(state, ink, subject, placed.width, scratch)),
                Some(work) => {
                    let room = last.saturating_sub(placed.x);
                    spans.extend(worked(state, ink, subject, work, (placed.width, room)));
                    return Line::from(spans);
                }
            }
            continue;
        }
        let (role, text) = match placed.column.kind {
            Kind::Ends if placed.width < 16 => {
                let quiet = if status.is_alive() { Role::Dim } else { Role::Dead };
                (loud_or(quiet, Role::Text, status), ends_day(state, pat.valid_to))
            }
            // Said once: in words where there is a column for them, else where the days stand.
            Kind::Left if has_status && !status.is_alive() => (Role::Dead, String::new()),
            kind => cell(state, ink, kind, pat, status),
        };
        let text = pad(ink.cut(&text, placed.width), placed.width, placed.column.is_right);
        spans.push(Span::styled(text, ink.style(role)));
    }
    Line::from(spans)
}

/// The name and, instead of the other columns, what is being done.
fn worked(
    state: &State,
    ink: Ink,
    Subject { pat, is_selected }: Subject<'_>,
    work: &Work,
    (name_width, room): (usize, usize),
) -> Vec<Span<'static>> {
    // The name gives way, but only so far that it is still told from others.
    let least = (room / 3).max(8).min(name_width);
    let text = progress::short(state, ink, work, room.saturating_sub(least + GAP));
    let said = text::line_width(&text);
    let name_width = name_width.min(room.saturating_sub(said + GAP).max(least)).min(room);
    let name = ink.cut(&ink.data(&pat.name), name_width);
    let role = match work {
        Work::RevokeScheduled { .. }
        | Work::Queued { what: Retry::Revoke, .. }
        | Work::Revoking { .. } => Role::Struck,
        Work::Revoked { .. } => Role::Dead,
        Work::Queued { .. }
        | Work::Stopped { .. }
        | Work::Extending { .. }
        | Work::Extended { .. }
        | Work::Failed { .. } => Role::Text,
    };
    let blanks = " ".repeat(name_width.saturating_sub(text::width(&name)));
    let mut spans = vec![
        Span::styled(name, selected(ink, role, is_selected)),
        // The line through the name ends with the name.
        Span::styled(blanks, selected(ink, Role::Text, is_selected)),
        Span::raw(" ".repeat(GAP)),
    ];
    let rest = room.saturating_sub(name_width + GAP);
    spans.extend(text::cut_line(text, rest, ink.glyphs.ellipsis).spans);
    spans
}

/// The name, with the characters that the filter found.
fn name(
    state: &State,
    ink: Ink,
    Subject { pat, is_selected }: Subject<'_>,
    width: usize,
    scratch: &mut Scratch,
) -> Vec<Span<'static>> {
    let role = match state.status(pat) {
        Status::Critical | Status::Expiring => Role::Strong,
        Status::Active => Role::Text,
        Status::Expired | Status::Revoked => Role::Dead,
    };
    let visible = ink.data(&pat.name);
    let name = pad(ink.cut(&visible, width), width, false);
    let query = state.table.query();
    let found = if query.is_empty() { Vec::new() } else { query.highlights(&visible, scratch) };
    if found.is_empty() {
        return vec![Span::styled(name, selected(ink, role, is_selected))];
    }
    // The matcher counts graphemes.
    let (mut spans, mut at) = (Vec::<Span<'static>>::new(), 0);
    for grapheme in name.graphemes(true) {
        let is_found = found.binary_search(&at).is_ok();
        let style = selected(ink, if is_found { Role::Match } else { role }, is_selected);
        match spans.last_mut().filter(|span| span.style == style) {
            Some(span) => span.content.to_mut().push_str(grapheme),
            None => spans.push(Span::styled(grapheme.to_owned(), style)),
        }
        at += 1;
    }
    spans
}

/// The name under the cursor stands out however much of the row is bright.
fn selected(ink: Ink, role: Role, is_selected: bool) -> Style {
    let style = ink.style(role);
    if is_selected { style.patch(ink.style(Role::Selection)) } else { style }
}

fn cell(state: &State, ink: Ink, kind: Kind, pat: &Pat, status: Status) -> (Role, String) {
    let quiet = if status.is_alive() { Role::Dim } else { Role::Dead };
    let loud = match status {
        Status::Critical => Role::Critical,
        Status::Expiring => Role::Strong,
        Status::Active => Role::Text,
        Status::Expired | Status::Revoked => Role::Dead,
    };
    match kind {
        // Drawn by itself, because of its matches.
        Kind::Name => (Role::Text, String::new()),
        Kind::Status => (loud_or(quiet, loud, status), status.as_str().to_owned()),
        Kind::Left if status.is_alive() => (loud, when::left(pat.valid_to - state.now())),
        Kind::Left => (quiet, status.as_str().to_owned()),
        Kind::Life if status.is_alive() => {
            let role = match status {
                Status::Critical => Role::Critical,
                Status::Expiring => Role::Warning,
                Status::Active | Status::Expired | Status::Revoked => Role::Dim,
            };
            (role, ink.bar(pat.life_gone(state.now()), LIFE))
        }
        Kind::Life => (quiet, String::new()),
        Kind::Ends => (loud_or(quiet, Role::Text, status), ends(state, pat.valid_to)),
        Kind::Can if pat.is_full_access() => {
            (if status.is_alive() { Role::Strong } else { quiet }, full_access(ink, pat))
        }
        Kind::Can => (quiet, ink.scopes(pat)),
        Kind::Organization if pat.is_global() => (quiet, "all organizations".to_owned()),
        Kind::Organization => (quiet, pat.organization.as_str().to_owned()),
        Kind::Created => (quiet, when::day(pat.valid_from, state.setting.zone)),
    }
}

/// Healthy rows stay quiet where trouble is bright.
fn loud_or(quiet: Role, loud: Role, status: Status) -> Role {
    if matches!(status, Status::Critical | Status::Expiring) { loud } else { quiet }
}

/// Full access is said before anything else, with its sign.
fn full_access(ink: Ink, pat: &Pat) -> String {
    match scope::ids(&pat.scope).count() {
        0 | 1 => "Full access !!".to_owned(),
        _ => format!("!! {}", ink.scopes(pat)),
    }
}

/// `Tue 24 Nov 09:12`; with its year where that is neither this one nor within eleven months.
fn ends(state: &State, date: DateTime<Utc>) -> String {
    let zone = state.setting.zone;
    if is_near(state, date) { when::short(date, zone) } else { when::day(date, zone) }
}

/// The same without the time of the day.
pub(super) fn ends_day(state: &State, date: DateTime<Utc>) -> String {
    let local = state.setting.zone.at(date);
    if is_near(state, date) {
        local.format("%a %d %b").to_string()
    } else {
        local.format("%d %b %Y").to_string()
    }
}

fn is_near(state: &State, date: DateTime<Utc>) -> bool {
    let now = state.now();
    let is_this_year = state.setting.zone.at(date).year() == state.setting.zone.at(now).year();
    let latest = now.checked_add_months(Months::new(11));
    is_this_year || (date > now && latest.is_some_and(|latest| date <= latest))
}

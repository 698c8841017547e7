//! The lines that open under the selected row while an extension is chosen.

use chrono::{DateTime, Utc};
use ratatui::text::{Line, Span};

use super::{choice, field::field, ink::Ink, row::ends_day, text, theme::Role};
use crate::{
    pat::{
        Pat,
        change::Change,
        limit::{Limit, Rule, Wish},
    },
    state::{
        State,
        mode::{
            Mode,
            stepper::{Choice, Stepper, Unusable},
        },
    },
    when,
};

/// Where the lines begin: under the name.
const INDENT: usize = 5;
/// Room for `2027-01-31` and the cursor.
const DATE: usize = 11;

/// None unless an extension is being chosen.
pub(super) fn lines(state: &State, ink: Ink, width: usize) -> Vec<Line<'static>> {
    let Mode::Extend(stepper) = &state.mode else { return Vec::new() };
    let room = width.saturating_sub(INDENT + 1);
    let (mut lines, change) = (Vec::new(), change(state, ink, stepper));
    let choices = choices(ink, stepper, room);
    let change_width = text::line_width(&change);
    if text::line_width(&choices) + 4 + change_width <= room {
        let blanks = room.saturating_sub(text::line_width(&choices) + change_width);
        let mut spans = choices.spans;
        spans.push(Span::raw(" ".repeat(blanks.min(6))));
        spans.extend(change.spans);
        lines.push(Line::from(spans));
    } else {
        lines.extend([choices, change]);
    }
    lines.push(note(state, ink, stepper));
    let indent = Span::raw(" ".repeat(INDENT));
    let indented = lines.into_iter().map(|line| {
        let line = text::cut_line(line, room, ink.glyphs.ellipsis);
        Line::from([vec![indent.clone()], line.spans].concat())
    });
    indented.collect()
}

/// `extend to  7 d  [ 30 d ]  60 d …`; as many around the chosen one as fit.
fn choices(ink: Ink, stepper: &Stepper, room: usize) -> Line<'static> {
    let title = if room >= 50 { "extend to " } else { "" };
    let title = ink.span(Role::Dim, title);
    choice::line(ink, title, labels(ink, stepper), (stepper.chosen, true), room)
}

/// The choices in words; the date that is being typed is one of them.
pub(super) fn labels(ink: Ink, stepper: &Stepper) -> Vec<String> {
    let label = |choice: &Choice| match choice {
        Choice::Date if stepper.choice() == Choice::Date => {
            let typed = field(&stepper.date, DATE).text;
            format!("date {}", text::pad(typed, DATE, false))
        }
        choice => ink.own(&choice.label()),
    };
    stepper.choices.iter().map(label).collect()
}

/// How far left of the end of the line the cursor of the typed date is.
pub(super) fn date_cursor(stepper: &Stepper) -> usize {
    (DATE + 2).saturating_sub(field(&stepper.date, DATE).cursor)
}

/// Where the cursor of the typed date is, in the first of the lines.
pub(super) fn cursor(ink: Ink, stepper: &Stepper, width: usize) -> Option<usize> {
    if stepper.choice() != Choice::Date {
        return None;
    }
    let line = choices(ink, stepper, width.saturating_sub(INDENT + 1));
    Some((INDENT + text::line_width(&line)).saturating_sub(date_cursor(stepper)))
}

/// The token that the lines speak of.
fn subject<'a>(state: &'a State, stepper: &Stepper) -> Option<&'a Pat> {
    stepper.ids.first().and_then(|id| state.inventory.get(*id))
}

fn target(state: &State, stepper: &Stepper, pat: &Pat) -> Result<DateTime<Utc>, Unusable> {
    stepper.target(pat, state.limit(pat), state.now(), state.setting.zone)
}

/// `Tue 24 Nov → Thu 24 Dec 2026`.
fn change(state: &State, ink: Ink, stepper: &Stepper) -> Line<'static> {
    let Some(pat) = subject(state, stepper) else { return Line::default() };
    let zone = state.setting.zone;
    let to = target(state, stepper, pat);
    let after = to.as_ref().map_or_else(|_| "?".to_owned(), |to| when::day(*to, zone));
    let arrow = ink.own(" → ");
    match stepper.ids.len() {
        0 | 1 => {
            let before = zone.at(pat.valid_to).format("%a %d %b").to_string();
            Line::from(vec![
                ink.span(Role::Dim, &before),
                ink.span(Role::Dim, &arrow),
                ink.span(if to.is_ok() { Role::Strong } else { Role::Critical }, &after),
            ])
        }
        several => Line::from(vec![
            ink.span(Role::Strong, &text::plural(several, "token")),
            ink.span(Role::Dim, &arrow),
            ink.span(Role::Strong, &after),
        ]),
    }
}

/// Why it cannot be, else what is known to limit it.
fn note(state: &State, ink: Ink, stepper: &Stepper) -> Line<'static> {
    let Some(pat) = subject(state, stepper) else { return Line::default() };
    if let Err(error) = target(state, stepper, pat) {
        let text = match stepper.ids.len() {
            0 | 1 => error.to_string(),
            _ => format!("{}: {error}", ink.data(&pat.name)),
        };
        return Line::from(vec![
            ink.span(Role::Critical, ink.glyphs.failed),
            Span::raw(" "),
            ink.span(Role::Text, &text),
        ]);
    }
    Line::from(ink.span(Role::Dim, &known(state, stepper, pat)))
}

/// What was seen to stand against the chosen end, and when; policies change.
fn known(state: &State, stepper: &Stepper, pat: &Pat) -> String {
    let organization = &pat.organization;
    if let Some(limit) = state.limit(pat) {
        let (span, seen) = (when::left(limit.lifespan), ends_day(state, limit.seen));
        let latest = ends_day(state, pat.valid_from + limit.lifespan);
        return format!(
            "seen {seen}: {organization} grants at most {span} after creation ({latest})"
        );
    }
    let change = target(state, stepper, pat).map(Change::end).unwrap_or_default();
    let against = state.traffic.limits.against(&Wish::change(pat, &change));
    match against.first() {
        Some(Limit { rule: Rule::Refused(life), seen }) => {
            let (span, seen) = (when::left(*life), ends_day(state, *seen));
            format!("seen {seen}: {organization} refused {span} after creation; choose less")
        }
        _ => "the organization's policy may grant less; the row will say so".to_owned(),
    }
}

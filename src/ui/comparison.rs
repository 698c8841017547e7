//! What a change makes of a token, before and after.

use ratatui::text::Line;

use super::{
    ink::Ink,
    text::{self, wrap},
    theme::Role,
};
use crate::{
    pat::scope,
    state::{State, mode::form::Form},
    when,
};

/// `name`, `ends` or `can`, and its gap.
const LABEL: usize = 6;
/// Too narrow to have anything stand below each other.
const NARROW: usize = 32;

/// What changes, before and after, as it stands now.
pub(super) fn lines(state: &State, ink: Ink, form: &Form, room: usize) -> Vec<Line<'static>> {
    let zone = state.setting.zone;
    let end = form.chosen_end(state.latest(form), state.now(), zone).ok().flatten();
    let Some((before, change)) = form.change(end) else { return Vec::new() };
    let mut lines = Vec::new();
    let mut compare = |label: &str, before: &str, after: &str| {
        lines.extend(compared(ink, label, (before, after), room));
    };
    if let Some(name) = &change.name {
        compare("name", &ink.data(&before.name), &text::shown(name, 300));
    }
    if let Some(end) = change.valid_to {
        compare("ends", &when::day(before.valid_to, zone), &when::day(end, zone));
    }
    if let Some(scope) = &change.scope {
        let words = |scope: &str| text::shown(&scope::words(scope), 2_000);
        compare("can", &words(&before.scope), &words(scope));
    }
    if lines.is_empty() {
        lines.push(Line::from(ink.span(Role::Dim, "nothing is changed yet")));
    }
    lines
}

/// `name  before → after`; what does not fit beside each other stands below each other, whole.
fn compared(
    ink: Ink,
    label: &str,
    (before, after): (&str, &str),
    room: usize,
) -> Vec<Line<'static>> {
    let (before, after, arrow) = (ink.own(before), ink.own(after), ink.own("→ "));
    let label = text::pad(label.to_owned(), LABEL, false);
    let parts = [&label, &before, " ", &arrow, &after];
    if parts.iter().map(|part| text::width(part)).sum::<usize>() <= room {
        return vec![Line::from(vec![
            ink.span(Role::Dim, &label),
            ink.span(Role::Dim, &format!("{before} {arrow}")),
            ink.span(Role::Strong, &after),
        ])];
    }
    if room < NARROW {
        // A low screen has a line for each; what it will be matters more.
        let after = ink.cut(&after, room.saturating_sub(LABEL + text::width(&arrow)));
        return vec![Line::from(vec![
            ink.span(Role::Dim, &format!("{label}{arrow}")),
            ink.span(Role::Strong, &after),
        ])];
    }
    let below = |mark: String, role, words: &str| {
        let start = text::width(&mark);
        let wrapped = wrap(words, room.saturating_sub(start).max(1)).into_iter().enumerate();
        let line = move |(at, line): (usize, String)| {
            let mark = if at == 0 { mark.clone() } else { " ".repeat(start) };
            Line::from(vec![ink.span(Role::Dim, &mark), ink.span(role, &line)])
        };
        wrapped.map(line).collect::<Vec<_>>()
    };
    let indent = " ".repeat(LABEL);
    [below(label, Role::Dim, &before), below(format!("{indent}{arrow}"), Role::Strong, &after)]
        .concat()
}

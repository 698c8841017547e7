//! The end of the token that a rotation makes, as it is chosen in the question.

use chrono::{DateTime, Utc};
use ratatui::text::Line;

use super::{
    choice,
    ink::Ink,
    row::ends_day,
    stepper::{date_cursor, labels},
    text::{self, wrap},
    theme::Role,
};
use crate::{
    pat::{
        Pat,
        limit::{Limit, Rule, Wish},
    },
    state::{
        State,
        mode::{
            confirm::{Confirm, Focus, Question},
            stepper::Choice,
        },
    },
    when,
};

/// Its lines, and where the cursor of a typed date is in them.
pub(super) fn end(
    state: &State,
    ink: Ink,
    confirm: &Confirm,
    width: usize,
) -> (Vec<Line<'static>>, Option<(usize, usize)>) {
    let (Some(stepper), Question::Rotate { id }) = (&confirm.end, &confirm.question) else {
        return (Vec::new(), None);
    };
    let Some(pat) = state.inventory.get(*id) else { return (Vec::new(), None) };
    let has_focus = confirm.focus == Focus::End;
    let title = ink.span(if has_focus { Role::Strong } else { Role::Dim }, "Ends ");
    let choices =
        choice::line(ink, title, labels(ink, stepper), (stepper.chosen, has_focus), width);
    let column = text::line_width(&choices).saturating_sub(date_cursor(stepper));
    let is_typed = has_focus && stepper.choice() == Choice::Date;
    let (now, zone) = (state.now(), state.setting.zone);
    let (role, words) = match stepper.end(state.last_end(&pat.organization), now, zone) {
        Ok(to) => (Role::Dim, format!("{}; {}", when::day(to, zone), limit(state, pat, to))),
        Err(unusable) => (Role::Critical, unusable.to_string()),
    };
    let mut lines = vec![text::cut_line(choices, width, ink.glyphs.ellipsis)];
    let words = wrap(&ink.own(&words), width);
    lines.extend(words.iter().map(|line| Line::from(ink.span(role, line))));
    (lines, is_typed.then_some((0, column)))
}

/// What is known to limit the life of a new token there.
fn limit(state: &State, pat: &Pat, to: DateTime<Utc>) -> String {
    let organization = &pat.organization;
    if let Some((lifespan, seen)) = state.traffic.limits.lifespan(organization) {
        let (span, seen) = (when::left(lifespan), ends_day(state, seen));
        return format!("seen {seen}: {organization} grants at most {span}");
    }
    let life = Some(to - state.now());
    let wish = Wish { organization, scope: &pat.scope, life, is_new: true };
    match state.traffic.limits.against(&wish).first() {
        Some(Limit { rule: Rule::Refused(life), seen }) => {
            let (span, seen) = (when::left(*life), ends_day(state, *seen));
            format!("seen {seen}: {organization} refused {span}; choose less")
        }
        _ => format!("{organization} may grant less"),
    }
}

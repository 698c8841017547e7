//! What is being done to a token, in the words of its row and of its detail pane.

use chrono::{DateTime, Utc};
use ratatui::text::{Line, Span};

use super::{ink::Ink, row::ends_day, text, theme::Role};
use crate::state::{
    State,
    work::{Retry, Work},
};

/// In less room than this only what happens is said, not what to press.
const NARROW: usize = 28;

/// In the row, in at most `room` columns: what to press is never cut away.
pub(super) fn short(state: &State, ink: Ink, work: &Work, room: usize) -> Line<'static> {
    let glyphs = ink.glyphs;
    match work {
        Work::RevokeScheduled { due } => {
            let text = format!("revoking in {} s", seconds(state, *due));
            tale(ink, Role::Strong, &text, "u keeps it", room)
        }
        Work::Queued { what, .. } => {
            let text = match what {
                Retry::Revoke => "to be revoked".to_owned(),
                Retry::Extend { to } => format!("to be extended to {}", ends_day(state, *to)),
            };
            tale(ink, Role::Strong, &text, "Esc stops all", room)
        }
        Work::Stopped { what } => {
            Line::from(ink.span(Role::Text, &format!("stopped: {}", unsent(*what))))
        }
        Work::Revoking { order } if state.custody.verifying.contains(order) => {
            waiting(ink, "revoked; verifying")
        }
        Work::Revoking { .. } => waiting(ink, "revoking"),
        Work::Extending { to, .. } => {
            waiting(ink, &format!("extending to {}", ends_day(state, *to)))
        }
        Work::Revoked { at } => {
            let time = state.setting.zone.at(*at).format("%H:%M");
            Line::from(ink.span(Role::Dead, &format!("{} revoked {time}", glyphs.revoked)))
        }
        Work::Extended { granted, shortened: false, .. } => Line::from(vec![
            ink.span(Role::Ok, glyphs.done),
            ink.span(Role::Text, &format!(" extended to {}", ends_day(state, *granted))),
        ]),
        Work::Extended { requested, granted, shortened: true } => {
            let text = shortened(state, *requested, *granted);
            Line::from(vec![
                ink.span(Role::Warning, glyphs.expiring),
                Span::raw(" "),
                ink.span(Role::Text, &text),
            ])
        }
        Work::Failed { failure, .. } => {
            let text = format!("{} {}", glyphs.failed, failure.why);
            tale(ink, Role::Critical, &text, "! tries again", room)
        }
    }
}

/// In the detail pane: everything that is known.
pub(super) fn long(state: &State, work: &Work) -> Vec<String> {
    match work {
        Work::RevokeScheduled { due } => vec![format!(
            "will be revoked in {} s: u keeps it; after that it cannot be undone",
            seconds(state, *due)
        )],
        Work::Queued { .. } => {
            vec!["waits for its turn: u takes it back, Esc stops all that wait".to_owned()]
        }
        Work::Stopped { what } => {
            vec![format!("{}; it was stopped before its turn came", unsent(*what))]
        }
        Work::Revoking { order } if state.custody.verifying.contains(order) => {
            vec!["the service says that it is revoked; azpat looks into its lists".into()]
        }
        Work::Revoking { .. } => vec!["is being revoked; the service has not answered yet".into()],
        Work::Revoked { at } => {
            let at = crate::when::full(*at, state.setting.zone);
            vec![format!("revoked {at}")]
        }
        Work::Extending { to, .. } => {
            let to = crate::when::full(*to, state.setting.zone);
            vec![format!("is being extended to {to}; the service has not answered yet")]
        }
        Work::Extended { granted, shortened: false, .. } => {
            vec![format!("extended to {}", crate::when::full(*granted, state.setting.zone))]
        }
        Work::Extended { requested, granted, shortened: true } => {
            vec![shortened(state, *requested, *granted)]
        }
        Work::Failed { failure, .. } => {
            let mut lines = vec![format!("cannot {}: {}", failure.attempt, failure.why)];
            lines.extend(failure.hint.clone());
            let id = failure.support_id.as_deref();
            lines.extend(id.map(|id| format!("support id {id}")));
            lines.push("! tries again".to_owned());
            lines
        }
    }
}

fn unsent(what: Retry) -> &'static str {
    match what {
        Retry::Revoke => "not revoked, nothing was sent",
        Retry::Extend { .. } => "not extended, nothing was sent",
    }
}

fn shortened(state: &State, requested: DateTime<Utc>, granted: DateTime<Utc>) -> String {
    format!(
        "granted until {}, not {}: the organization's policy shortens it",
        ends_day(state, granted),
        ends_day(state, requested)
    )
}

/// Rounded up: nothing happens "in 0 s".
pub(super) fn seconds(state: &State, due: DateTime<Utc>) -> i64 {
    ((due - state.clock.local).num_milliseconds() + 999).div_euclid(1000).max(0)
}

fn waiting(ink: Ink, text: &str) -> Line<'static> {
    Line::from(vec![
        ink.span(Role::Accent, ink.spinner()),
        Span::raw(" "),
        ink.span(Role::Text, text),
    ])
}

/// What is, and the key that helps. Where there is little room the footer has to say the key.
fn tale(ink: Ink, role: Role, text: &str, key: &str, room: usize) -> Line<'static> {
    let key = if room < NARROW { String::new() } else { format!("{}{key}", ink.glyphs.separator) };
    let text = ink.cut(&ink.own(text), room.saturating_sub(text::width(&key)));
    Line::from(vec![Span::styled(text, ink.style(role)), ink.span(Role::Text, &key)])
}

//! Extending: the stepper in the row, and the question before several tokens.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use chrono::{DateTime, Utc};

use super::{batch, queue, typing, writes};
use crate::{
    action::Action,
    effect::Effects,
    pat::{AuthorizationId, Pat, Status},
    state::{
        State,
        batch::{Row, Skip},
        mode::{
            Mode,
            stepper::{Choice, Stepper},
        },
        work::{Kind, Retry},
    },
};

/// Opens the stepper for the chosen tokens that can be extended.
pub(super) fn open(state: &mut State) {
    let able = state.chosen().into_iter().filter(|pat| state.can_extend(pat));
    let ids: Vec<_> = able.map(|pat| pat.id).collect();
    if ids.is_empty() {
        return refuse(state);
    }
    state.detail.has_focus = false;
    state.mode = Mode::Extend(Stepper::new(ids, state.setting.preferences.extend_by));
}

/// Says why the selected token cannot be extended, and what to do instead.
pub(super) fn refuse(state: &mut State) {
    let Some(pat) = state.selected() else { return };
    let name = pat.name.visible();
    let text = match state.status(pat) {
        Status::Expired => {
            format!("{name} has ended, and the service changes no ended token: c makes one like it")
        }
        Status::Revoked => {
            format!("{name} is revoked, which cannot be undone: c makes one like it")
        }
        Status::Critical | Status::Expiring | Status::Active => writes::busy(pat),
    };
    state.notices.warn(text);
}

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    let Mode::Extend(stepper) = &mut state.mode else { return Effects::none() };
    match action {
        Action::Back => state.mode = Mode::Browse,
        Action::Forward => stepper.step(1),
        Action::Backward => stepper.step(-1),
        Action::Confirm => return confirm(state),
        _ => {
            if stepper.choice() == Choice::Date {
                typing::edit(&mut stepper.date, action);
            }
        }
    }
    Effects::none()
}

fn confirm(state: &mut State) -> Effects {
    let Mode::Extend(stepper) = &state.mode else { return Effects::none() };
    let (now, zone) = (state.now(), state.setting.zone);
    let target = |pat: &Pat| stepper.target(pat, state.limit(pat), now, zone);
    if let [id] = stepper.ids.as_slice() {
        let target = state.inventory.get(*id).map(|pat| (pat.id, target(pat)));
        return match target {
            Some((id, Ok(to))) => send(state, id, to),
            // The stepper stays open, so that another end can be chosen.
            Some((_, Err(unusable))) => {
                state.notices.warn(unusable.to_string());
                Effects::none()
            }
            None => {
                state.mode = Mode::Browse;
                Effects::none()
            }
        };
    }
    let (mut rows, mut refused) = (Vec::new(), None);
    for pat in state.chosen() {
        let plan = match (batch::skip(state, pat), target(pat)) {
            (Some(skip), _) => Err(skip),
            (None, Ok(to)) => Ok(Retry::Extend { to }),
            (None, Err(unusable)) => {
                refused.get_or_insert(unusable);
                Err(Skip::EndsLater)
            }
        };
        rows.push(Row::new(pat.clone(), plan));
    }
    match refused {
        _ if rows.iter().any(|row| row.plan.is_ok()) => batch::ask(state, Kind::Extend, rows),
        Some(unusable) => state.notices.warn(unusable.to_string()),
        None => state.mode = Mode::Browse,
    }
    Effects::none()
}

/// Orders the extension of one.
fn send(state: &mut State, id: AuthorizationId, to: DateTime<Utc>) -> Effects {
    state.mode = Mode::Browse;
    batch::forget(state);
    state.table.anchor = None;
    state.table.marks.remove(&id);
    // The list may have changed while the end was chosen.
    if state.inventory.get(id).is_some_and(|pat| state.can_extend(pat)) {
        state.works.queue(id, Retry::Extend { to });
    }
    queue::send(state)
}

//! Extending: the stepper in the row, and the question before several tokens.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use chrono::{DateTime, Utc};

use super::{queue, typing, writes};
use crate::{
    action::Action,
    effect::Effects,
    pat::{AuthorizationId, Status},
    state::{
        State,
        mode::{
            Mode,
            confirm::{Confirm, Question},
            stepper::{Choice, Stepper},
        },
        work::Retry,
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
    let (mut targets, mut refused) = (Vec::new(), Vec::new());
    for pat in stepper.ids.iter().filter_map(|id| state.inventory.get(*id)) {
        match stepper.target(pat, state.limit(pat), now, zone) {
            Ok(to) => targets.push((pat.id, to)),
            Err(unusable) => refused.push(unusable.to_string()),
        }
    }
    let (asked, able) = (stepper.ids.len(), targets.len());
    match (targets.as_slice(), refused.first()) {
        // The stepper stays open, so that another end can be chosen.
        ([], Some(why)) => state.notices.warn(why.clone()),
        ([], None) => state.mode = Mode::Browse,
        ([_], _) if asked == 1 => {
            state.mode = Mode::Browse;
            return send(state, targets);
        }
        (_, why) => {
            if let Some(why) = why {
                state.notices.warn(format!("{} of {asked} are left out: {why}", asked - able));
            }
            let question = Question::Extend { targets };
            state.mode = Mode::Confirm(Confirm::new(question, Some(able.to_string())));
        }
    }
    Effects::none()
}

/// Orders the extensions.
pub(super) fn send(state: &mut State, targets: Vec<(AuthorizationId, DateTime<Utc>)>) -> Effects {
    state.works.forget_done();
    state.table.anchor = None;
    for (id, _) in &targets {
        state.table.marks.remove(id);
    }
    for (id, to) in targets {
        // The list may have changed while the question was open.
        if state.inventory.get(id).is_some_and(|pat| state.can_extend(pat)) {
            state.works.queue(id, Retry::Extend { to });
        }
    }
    queue::send(state)
}

//! Rotating: asked, then a new token is made whose secret its owner takes, and only then the old
//! one is revoked.

use chrono::{DateTime, Utc};

use super::{splitting, writes};
use crate::{
    effect::{Effect, Effects},
    operations::rotate::life,
    pat::{AuthorizationId, Status},
    state::{
        State,
        mode::{
            Mode,
            confirm::{Confirm, Question},
            stepper::{Choice, Stepper, Unusable},
        },
    },
};

/// Opens the question about the selected token.
pub(super) fn ask(state: &mut State) {
    let Some(pat) = state.selected() else { return };
    if !state.table.marks.is_empty() {
        let text = "each rotation gives a secret to take care of: clear the marks, then one by one";
        return state.notices.warn(text.to_owned());
    }
    if state.can_split(pat) {
        return splitting::open(state);
    }
    if !state.can_rotate(pat) {
        return refuse(state);
    }
    let must_type = pat.is_full_access().then(|| pat.name.visible().into_owned());
    let end = Some(Stepper::replacing(pat.id, life(pat)));
    let confirm = Confirm::new(Question::Rotate { id: pat.id }, must_type);
    state.mode = Mode::Confirm(Confirm { end, ..confirm });
}

/// The end that is chosen in the question; `None`: a life as long as before.
pub(super) fn end(
    state: &State,
    id: AuthorizationId,
    stepper: &Stepper,
) -> Result<Option<DateTime<Utc>>, Unusable> {
    if let Choice::AsBefore(_) = stepper.choice() {
        return Ok(None);
    }
    let latest = state.inventory.get(id).and_then(|pat| state.last_end(&pat.organization));
    stepper.end(latest, state.now(), state.setting.zone).map(Some)
}

/// Says why the selected token cannot be rotated.
pub(super) fn refuse(state: &mut State) {
    let Some(pat) = state.selected() else { return };
    let name = pat.name.visible();
    let text = match state.status(pat) {
        Status::Revoked | Status::Expired => format!("{name} is over: c makes one like it"),
        _ if !state.custody.is_free() => "one new token at a time".to_owned(),
        Status::Critical | Status::Expiring | Status::Active => writes::busy(pat),
    };
    state.notices.warn(text);
}

/// Confirmed: the new one is made.
pub(super) fn send(state: &mut State, id: AuthorizationId, to: Option<DateTime<Utc>>) -> Effects {
    // The list may have changed while the question was open.
    let pat = state.inventory.get(id).filter(|pat| state.can_rotate(pat)).cloned();
    let Some(pat) = pat else {
        state.notices.warn("the token ended or vanished before anything was sent".to_owned());
        return Effects::none();
    };
    let order = state.traffic.next_order();
    let old = Box::new(pat);
    state.custody.begin(order);
    state.custody.replaces = Some(old.clone());
    Effect::Rotate { order, old, to }.into()
}

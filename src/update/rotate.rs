//! Rotating: asked, then a new token is made whose secret its owner takes, and only then the old
//! one is revoked.

use super::writes;
use crate::{
    effect::{Effect, Effects},
    pat::{AuthorizationId, Status},
    state::{
        State,
        mode::{
            Mode,
            confirm::{Confirm, Question},
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
    if !state.can_rotate(pat) {
        return refuse(state);
    }
    let must_type = pat.is_full_access().then(|| pat.name.visible().into_owned());
    state.mode = Mode::Confirm(Confirm::new(Question::Rotate { id: pat.id }, must_type));
}

/// Says why the selected token cannot be rotated.
pub(super) fn refuse(state: &mut State) {
    let Some(pat) = state.selected() else { return };
    let name = pat.name.visible();
    let text = match state.status(pat) {
        Status::Revoked | Status::Expired => format!("{name} is over: c makes one like it"),
        _ if pat.is_global() => format!(
            "{name} is global, and new tokens are for one organization each: c makes one for each"
        ),
        _ if !state.custody.is_free() => "one new token at a time".to_owned(),
        Status::Critical | Status::Expiring | Status::Active => writes::busy(pat),
    };
    state.notices.warn(text);
}

/// Confirmed: the new one is made.
pub(super) fn send(state: &mut State, id: AuthorizationId) -> Effects {
    // The list may have changed while the question was open.
    let pat = state.inventory.get(id).filter(|pat| state.can_rotate(pat)).cloned();
    let Some(pat) = pat else {
        state.notices.warn("the token ended or vanished before anything was sent".to_owned());
        return Effects::none();
    };
    let order = state.traffic.next_order();
    let old = Box::new(pat);
    state.custody.awaited = Some(order);
    state.custody.replaces = Some(old.clone());
    Effect::Rotate { order, old }.into()
}

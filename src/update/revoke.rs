//! Revoking: asked, then struck through for a while, and only then sent.

use super::{batch, queue, writes};
use crate::{
    effect::Effects,
    pat::{AuthorizationId, Pat, Status},
    state::{
        State,
        batch::Row,
        mode::{
            Mode,
            confirm::{Confirm, Question},
        },
        work::{Kind, Retry, Work},
    },
};

/// Opens the question about the chosen tokens that can be revoked.
pub(super) fn ask(state: &mut State) {
    let chosen = state.chosen();
    let able: Vec<_> = chosen.iter().filter(|pat| state.can_revoke(pat)).collect();
    match able.as_slice() {
        [] => refuse(state),
        [pat] => {
            let id = pat.id;
            ask_about(state, id);
        }
        _ => {
            let plan = |pat: &Pat| batch::skip(state, pat).map_or(Ok(Retry::Revoke), Err);
            let rows = chosen.into_iter().map(|pat| Row::new(pat.clone(), plan(pat))).collect();
            batch::ask(state, Kind::Revoke, rows);
        }
    }
}

/// Opens the question about one token.
pub(super) fn ask_about(state: &mut State, id: AuthorizationId) {
    let Some(pat) = state.inventory.get(id) else { return };
    let must_type = pat.is_full_access().then(|| pat.name.visible().into_owned());
    state.mode = Mode::Confirm(Confirm::new(Question::Revoke { id }, must_type));
}

/// Says why the selected token cannot be revoked.
pub(super) fn refuse(state: &mut State) {
    let Some(pat) = state.selected() else { return };
    let name = pat.name.visible();
    let text = match state.status(pat) {
        Status::Revoked => format!("{name} is revoked already"),
        Status::Expired => format!("{name} has ended; there is nothing left to revoke"),
        Status::Critical | Status::Expiring | Status::Active => writes::busy(pat),
    };
    state.notices.warn(text);
}

/// Confirmed: from now on it can be taken back until the time is over.
pub(super) fn schedule(state: &mut State, id: AuthorizationId) -> Effects {
    batch::forget(state);
    let due = state.clock.local + state.setting.preferences.revoke_grace;
    // The list may have changed while the question was open.
    if state.inventory.get(id).is_some_and(|pat| state.can_revoke(pat)) {
        state.works.set(id, Work::RevokeScheduled { due });
        state.table.marks.remove(&id);
    }
    state.table.anchor = None;
    queue::send(state)
}

/// Takes back what is selected and was not sent yet, or all of that where the selected token has
/// nothing to take back.
pub(super) fn undo(state: &mut State) {
    let is_waiting = |id: &AuthorizationId| state.works.get(*id).is_some_and(Work::is_scheduled);
    let selected = state.selected().map(|pat| pat.id).filter(is_waiting);
    let scheduled = state.works.scheduled().into_iter().map(|(_, id)| id);
    let all = scheduled.chain(state.works.queued().map(|(id, _)| id));
    let kept: Vec<_> = selected.map_or_else(|| all.collect(), |id| vec![id]);
    keep(state, &kept);
}

/// Takes these back, which were not sent yet.
pub(super) fn keep(state: &mut State, ids: &[AuthorizationId]) {
    for id in ids {
        state.works.remove(*id);
    }
    match ids {
        [id] => {
            let name = state.inventory.get(*id).map(|pat| pat.name.to_string()).unwrap_or_default();
            state.notices.done(format!("{name} stays; nothing was sent"));
        }
        many => state.notices.done(format!("{} tokens stay; nothing was sent", many.len())),
    }
}

/// Those whose time is over wait for their turn from now on.
pub(super) fn fall_due(state: &mut State) {
    if state.works.counts().scheduled == 0 {
        return;
    }
    let now = state.clock.local;
    let scheduled = state.works.scheduled();
    for (_, id) in scheduled.into_iter().take_while(|(due, _)| *due <= now) {
        state.works.queue(id, Retry::Revoke);
    }
}

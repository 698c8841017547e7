//! Revoking: asked, then struck through for a while, and only then sent.

use super::writes;
use crate::{
    effect::Effects,
    pat::{AuthorizationId, Status},
    state::{
        State,
        mode::{
            Mode,
            confirm::{Confirm, Question},
        },
        work::{Retry, Work},
    },
};

/// How many revocations are under way at the same time.
const AT_ONCE: usize = 4;

/// Opens the question about the chosen tokens that can be revoked.
pub(super) fn ask(state: &mut State) {
    let able: Vec<_> = state.chosen().into_iter().filter(|pat| state.can_revoke(pat)).collect();
    let must_type = match able.as_slice() {
        [] => return refuse(state),
        [pat] if pat.is_full_access() => Some(pat.name.visible().into_owned()),
        [_] => None,
        many => Some(many.len().to_string()),
    };
    let ids = able.iter().map(|pat| pat.id).collect();
    state.mode = Mode::Confirm(Confirm::new(Question::Revoke { ids }, must_type));
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
pub(super) fn schedule(state: &mut State, ids: Vec<AuthorizationId>) -> Effects {
    state.works.forget_done();
    let due = state.clock.local + state.setting.preferences.revoke_grace;
    for id in ids {
        // The list may have changed while the question was open.
        if state.inventory.get(id).is_some_and(|pat| state.can_revoke(pat)) {
            state.works.set(id, Work::RevokeScheduled { due });
            state.table.marks.remove(&id);
        }
    }
    state.table.anchor = None;
    send_due(state)
}

/// Takes back the selected revocation, or all that wait where the selected token has none.
pub(super) fn undo(state: &mut State) {
    let is_waiting = |id: &AuthorizationId| state.works.get(*id).is_some_and(Work::is_scheduled);
    let selected = state.selected().map(|pat| pat.id).filter(is_waiting);
    let kept: Vec<_> = match selected {
        Some(id) => vec![id],
        None => state.works.scheduled().into_iter().map(|(_, id)| id).collect(),
    };
    for id in &kept {
        state.works.remove(*id);
    }
    match kept.as_slice() {
        [id] => {
            let name = state.inventory.get(*id).map(|pat| pat.name.to_string()).unwrap_or_default();
            state.notices.done(format!("{name} stays; nothing was sent"));
        }
        many => state.notices.done(format!("{} tokens stay; nothing was sent", many.len())),
    }
}

/// Takes back what is due but waits for its turn, which is the rest of many. Tells whether there
/// was any.
pub(super) fn stop(state: &mut State) -> bool {
    let now = state.clock.local;
    let waiting: Vec<_> =
        state.works.scheduled().into_iter().take_while(|(due, _)| *due <= now).collect();
    for (_, id) in &waiting {
        state.works.remove(*id);
    }
    if !waiting.is_empty() {
        let text = format!("stopped: {} stay, nothing was sent for them", waiting.len());
        state.notices.done(text);
    }
    !waiting.is_empty()
}

/// Sends the revocations whose time has come, a few at a time: the rest can still be stopped.
pub(super) fn send_due(state: &mut State) -> Effects {
    if state.works.counts().scheduled == 0 {
        return Effects::none();
    }
    let now = state.clock.local;
    let scheduled = state.works.scheduled();
    let room = AT_ONCE.saturating_sub(state.works.counts().running);
    let due = scheduled.into_iter().take_while(|(due, _)| *due <= now).take(room);
    due.filter_map(|(_, id)| writes::order(state, id, Retry::Revoke)).collect()
}

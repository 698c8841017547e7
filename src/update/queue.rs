//! The one queue of everything that is done to tokens: a few at a time, in the sequence in which it
//! was confirmed. What was not sent yet can be stopped; what failed can be tried again.

use super::{listing, revoke, writes};
use crate::{
    effect::Effects,
    pat::AuthorizationId,
    state::{
        State,
        work::{Retry, Work},
    },
};

/// How many changes are under way at the same time.
const AT_ONCE: usize = 4;

/// Sends what is due, as far as there is room; the rest can still be stopped.
pub(super) fn send(state: &mut State) -> Effects {
    revoke::fall_due(state);
    let mut effects = Vec::new();
    while state.works.counts().running < AT_ONCE
        && let Some((id, what)) = next(state)
    {
        effects.extend(writes::order(state, id, what));
    }
    effects.into_iter().collect()
}

fn next(state: &State) -> Option<(AuthorizationId, Retry)> {
    state.works.queued().next()
}

/// Stops everything that waits for its turn. Tells whether there was anything.
pub(super) fn stop(state: &mut State) -> bool {
    let waiting = state.works.queued().collect();
    stop_these(state, waiting)
}

/// Stops these, which were not sent yet.
pub(super) fn stop_these(state: &mut State, waiting: Vec<(AuthorizationId, Retry)>) -> bool {
    let count = waiting.len();
    for (id, what) in waiting {
        state.works.set(id, Work::Stopped { what });
    }
    if count > 0 {
        state.notices.done(format!("stopped: {count} not sent, they stay as they are"));
        writes::summarize(state);
    }
    count > 0
}

/// Tries again what failed, and nothing else. It was confirmed before, so it is not asked again.
/// What may have been done all the same is looked up before.
pub(super) fn retry(state: &mut State, is_meant: impl Fn(AuthorizationId) -> bool) -> Effects {
    for (id, what) in state.works.failed(false) {
        if is_meant(id) {
            state.works.queue(id, what);
        }
    }
    let mut effects = send(state);
    let unknown = state.works.failed(true).iter().filter(|(id, _)| is_meant(*id)).count();
    if unknown > 0 {
        state.notices.warn(format!(
            "whether {unknown} of them were done is not known: the lists are read first"
        ));
        effects.extend(listing::list(state));
    }
    effects
}

//! What time changes: revocations fall due, tokens become expiring or expired, data gets old.

use chrono::{DateTime, TimeDelta, Utc};

use super::{clipboard, listing, queue, rearrange};
use crate::{azure::Call, effect::Effects, state::State};

/// How many calls the log keeps.
const CALLS: usize = 500;

pub(super) fn ticked(state: &mut State, now: DateTime<Utc>) -> Effects {
    state.clock.local = now;
    if state.tally.next_change().is_some_and(|change| change <= state.now()) {
        rearrange(state);
    }
    if state.traffic.delay.as_ref().is_some_and(|(until, _)| *until <= now) {
        state.traffic.delay = None;
    }
    let mut effects = queue::send(state);
    effects.extend(clipboard::clear_due(state, now));
    if state.next_refresh().is_some_and(|refresh| refresh <= now) {
        effects.extend(listing::refresh(state));
    }
    effects
}

pub(super) fn called(state: &mut State, call: Call) -> Effects {
    state.traffic.calls.push_back(call);
    if state.traffic.calls.len() > CALLS {
        state.traffic.calls.pop_front();
    }
    Effects::none()
}

/// The service's `Date` has whole seconds, so a smaller change is none.
pub(super) fn skewed(state: &mut State, skew: TimeDelta) -> Effects {
    if (skew - state.clock.skew).abs() >= TimeDelta::seconds(2) {
        state.clock.skew = skew;
        rearrange(state);
    }
    Effects::none()
}

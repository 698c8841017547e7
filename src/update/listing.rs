//! Connecting, and reading the lists: pages are shown as they arrive.

use super::{rearrange, sign_in, writes};
use crate::{
    effect::{Effect, Effects, OrderId, SignIn},
    failure::{Failure, FailureKind},
    operations::{Completeness, Page},
    pat::{Organization, inventory::Added},
    state::{State, session::Session},
};

/// Reads the lists again, or connects again where there is no connection.
pub(super) fn refresh(state: &mut State) -> Effects {
    match state.session {
        Session::Connected(_) => list(state),
        Session::Failed(_) | Session::Missing => {
            state.session = Session::Connecting;
            sign_in::connect(state, SignIn::default())
        }
        Session::Connecting => Effects::none(),
    }
}

/// One listing runs at a time; asking again while one does makes one more follow it.
pub(super) fn list(state: &mut State) -> Effects {
    if state.listing.running.is_some() {
        state.listing.again = true;
        return Effects::none();
    }
    let Some(connection) = state.session.connection() else { return Effects::none() };
    let organizations: Vec<_> =
        connection.organizations.iter().map(|(organization, _)| organization.clone()).collect();
    let order = state.traffic.next_order();
    state.listing.running = Some(order);
    state.inventory.begin_pass();
    Effect::List { order, organizations }.into()
}

/// What was read of organizations that are not asked any more says nothing, neither good nor bad.
/// Their tokens go with the end of the next listing.
pub(super) fn forget_others(state: &mut State) {
    let session = &state.session;
    state.listing.results.retain(|organization, _| session.has(organization));
    state.listing.read.retain(|organization, _| session.has(organization));
}

pub(super) fn page(state: &mut State, order: OrderId, page: Page) -> Effects {
    // A late page of a listing that is over would bring back what was.
    if state.listing.running != Some(order) {
        return Effects::none();
    }
    let moment = state.moment();
    let (mut new, mut has_changed) = (Vec::new(), false);
    for pat in page.pats {
        match state.inventory.add(pat) {
            Added::New(place) => new.push(place),
            Added::Changed(_) => has_changed = true,
            Added::Same => {}
        }
    }
    if has_changed {
        rearrange(state);
        return Effects::none();
    }
    for pat in new.iter().filter_map(|place| state.inventory.at(*place)) {
        state.tally.add(pat, moment);
    }
    if !new.is_empty() {
        state.table.insert(new, &state.inventory, moment);
    }
    Effects::none()
}

pub(super) fn organization(
    state: &mut State,
    order: OrderId,
    organization: Organization,
    result: Result<Completeness, Failure>,
) -> Effects {
    if state.listing.running == Some(order) && state.session.has(&organization) {
        // The strip shows it as long as it lasts; the status line only when it is new. One
        // sign-in may be the cure for many lists: it is asked for once.
        let was_failing = matches!(state.listing.results.get(&organization), Some(Err(_)));
        let is_signed_out =
            state.session.accounts().iter().any(|known| {
                known.signed_out.is_some() && known.organizations.contains(&organization)
            });
        let is_said = |failure: &Failure| {
            let is_asked_for = is_signed_out || state.listing.wants_sign_in();
            was_failing || failure.kind == FailureKind::SignIn && is_asked_for
        };
        if let Err(failure) = &result
            && !is_said(failure)
        {
            state.notices.fail(failure);
        }
        if result.is_ok() {
            state.listing.read.insert(organization.clone(), state.clock.local);
        }
        state.listing.results.insert(organization, result);
    }
    Effects::none()
}

pub(super) fn ended(state: &mut State, order: OrderId) -> Effects {
    if state.listing.running != Some(order) {
        return Effects::none();
    }
    state.listing.running = None;
    state.listing.ended = Some(state.clock.local);
    if !state.listing.is_stale() {
        state.listing.fresh = Some(state.clock.local);
    }
    let results = &state.listing.results;
    let is_complete = |organization: &Organization| {
        matches!(results.get(organization), Some(Ok(Completeness::Complete)))
            || !state.session.has(organization)
    };
    if state.inventory.end_pass(is_complete) > 0 {
        rearrange(state);
    }
    let again = std::mem::take(&mut state.listing.again);
    writes::resolve(state, !again);
    if again { list(state) } else { Effects::none() }
}

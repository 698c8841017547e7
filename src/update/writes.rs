//! Orders that change tokens, and their answers. Only what the service confirmed is claimed.

use chrono::TimeDelta;

use super::{listing, rearrange};
use crate::{
    effect::{Effect, Effects, OrderId},
    failure::{Failure, FailureKind},
    operations::{Completeness, Confirmation, Extension, Revocation, edit},
    pat::{AuthorizationId, Pat, Status, change::Change, limit::Wish},
    state::{
        State,
        work::{Retry, Work},
    },
    when,
};

/// Makes the order for one token, unless it is gone or nothing can be done to it any more.
pub(super) fn order(state: &mut State, id: AuthorizationId, what: Retry) -> Option<Effect> {
    let pat = state.inventory.get(id).filter(|pat| state.status(pat).is_alive()).cloned();
    let Some(pat) = pat else {
        state.works.remove(id);
        state.notices.warn("a token ended or vanished before anything was sent");
        return None;
    };
    let (pat, order) = (Box::new(pat), state.traffic.next_order());
    let (work, effect) = match what {
        Retry::Revoke => (Work::Revoking { order }, Effect::Revoke { order, pat }),
        Retry::Extend { to } => (Work::Extending { order, to }, Effect::Extend { order, pat, to }),
    };
    state.works.set(id, work);
    Some(effect)
}

/// Why nothing else can be done to a token now.
pub(super) fn busy(pat: &Pat) -> String {
    format!("{} is being changed; wait for that first", pat.name)
}

pub(super) fn extended(
    state: &mut State,
    order: OrderId,
    result: Result<Extension, Failure>,
) -> Effects {
    let Some((id, Work::Extending { to, .. })) = state.works.find(order) else {
        return Effects::none();
    };
    let to = *to;
    if let Some(pat) = state.inventory.get(id).cloned() {
        let after = result.as_ref().map(|extension| &extension.pat);
        learn(state, &Wish::change(&pat, &Change::end(to)), after);
    }
    match result {
        Ok(extension) => {
            let granted = extension.granted();
            let shortened = extension.is_shortened();
            state.works.set(id, Work::Extended { requested: to, granted, shortened });
            tell_extension(state, &extension);
            state.inventory.put(extension.pat);
            rearrange(state);
            summarize(state);
            Effects::none()
        }
        Err(failure) => failed(state, id, failure, Retry::Extend { to }),
    }
}

/// Learns from the answer to a wish: the token as it is now, or why it was not done. The worker
/// keeps the same for the next start.
pub(super) fn learn(state: &mut State, wish: &Wish<'_>, answer: Result<&Pat, &Failure>) {
    let now = state.clock.local;
    match answer {
        Ok(pat) => state.traffic.limits.granted(wish, pat, now),
        Err(Failure { ground: Some(ground), .. }) => {
            state.traffic.limits.refused(wish, *ground, now)
        }
        Err(_) => false,
    };
}

/// What was done is done, also if it could not be written down.
pub(super) fn unrecorded(state: &mut State, failure: &Failure) -> Effects {
    state.notices.warn(format!("it was done, but is not in the log: azpat {failure}"));
    Effects::none()
}

fn tell_extension(state: &mut State, extension: &Extension) {
    let zone = state.setting.zone;
    let name = extension.pat.name.visible().into_owned();
    for field in &extension.altered {
        let altered = edit::altered(&extension.pat, *field, zone);
        state.notices.warn(format!("token …{}: {altered}", extension.pat.id.tail()));
    }
    let granted = when::day(extension.granted(), zone);
    if !is_alone(state) {
        return;
    }
    if extension.is_shortened() {
        let requested = when::day(extension.requested, zone);
        let days = (extension.granted() - extension.pat.valid_from).num_days();
        let organization = &extension.pat.organization;
        state.notices.warn(format!(
            "{name} is granted until {granted}, not {requested}: {organization} allows {days} days \
             from its creation; for longer make a new token"
        ));
    } else {
        let how = match extension.confirmation {
            Confirmation::Answered => "",
            Confirmation::ReadBack => " (the answer was lost; it was read back)",
        };
        state.notices.done(format!("{name} now ends {granted}{how}"));
    }
}

pub(super) fn revoked(
    state: &mut State,
    order: OrderId,
    result: Result<Revocation, Failure>,
) -> Effects {
    let Some((id, Work::Revoking { .. })) = state.works.find(order) else { return Effects::none() };
    match result {
        Ok(revocation) => {
            state.works.set(id, Work::Revoked { at: state.clock.local });
            state.inventory.mark_revoked(id);
            rearrange(state);
            if is_alone(state) {
                let name =
                    state.inventory.get(id).map(|pat| pat.name.to_string()).unwrap_or_default();
                let how = match revocation.confirmation {
                    Confirmation::Answered if state.custody.verifying.contains(&order) => {
                        "the service confirmed it, and its lists agree"
                    }
                    Confirmation::Answered => "the service confirmed it",
                    Confirmation::ReadBack => "the answer was lost, but the list shows it",
                };
                state.notices.done(format!("{name} is revoked: {how}"));
            }
            summarize(state);
            Effects::none()
        }
        Err(failure) => failed(state, id, failure, Retry::Revoke),
    }
}

fn failed(state: &mut State, id: AuthorizationId, failure: Failure, retry: Retry) -> Effects {
    // Where the truth is not known, the list is read again to find it.
    let told = failure.clone();
    let work = Work::Failed { failure, retry };
    let is_unknown = work.is_unknown();
    state.works.set(id, work);
    // Of many each row says its own, and the last answer brings one sentence for all.
    if is_alone(state) {
        state.notices.fail(&told);
    }
    summarize(state);
    if is_unknown { listing::list(state) } else { Effects::none() }
}

/// Whether this is the only token that is worked on, so that it gets a sentence of its own.
fn is_alone(state: &State) -> bool {
    let counts = state.works.counts();
    counts.done + counts.failed + counts.running + counts.scheduled + counts.stopped == 1
}

/// After the last answer of many: one sentence for all.
pub(super) fn summarize(state: &mut State) {
    let counts = state.works.counts();
    let answered = counts.done + counts.failed;
    if counts.running + counts.scheduled > 0 || answered + counts.stopped < 2 {
        return;
    }
    let mut parts = Vec::new();
    let shortened = state.works.shortened();
    if shortened > 0 {
        parts.push(format!("{shortened} got less than was asked for, as the rows say"));
    }
    if counts.failed > 0 {
        let key = if state.batch.is_some() { "B" } else { "Enter" };
        parts.push(format!("{} failed: ! tries those again, {key} says why", counts.failed));
    }
    if counts.stopped > 0 {
        parts.push(format!("{} stopped, nothing was sent for them", counts.stopped));
    }
    if parts.is_empty() {
        return state.notices.done(format!("all {} are done and confirmed", counts.done));
    }
    parts.insert(0, format!("{} done", counts.done));
    let text = parts.join("; ");
    if counts.failed > 0 { state.notices.warn(text) } else { state.notices.done(text) }
}

/// What was not known after a write, the lists may tell: what they show is done is done. Where
/// they were all read since, what they do not show was not done.
pub(super) fn resolve(state: &mut State, is_since: bool) {
    let mut found = 0;
    for (id, what) in state.works.failed(true) {
        let Some(Work::Failed { failure, .. }) = state.works.get(id) else { continue };
        let Some(pat) = state.inventory.get(id) else { continue };
        let granted = pat.valid_to;
        let is_read = matches!(
            state.listing.results.get(&pat.organization),
            Some(Ok(Completeness::Complete))
        );
        let work = match what {
            Retry::Revoke if state.status(pat) == Status::Revoked => {
                Work::Revoked { at: state.clock.local }
            }
            // The service rounds dates.
            Retry::Extend { to } if to - granted <= TimeDelta::minutes(1) => {
                Work::Extended { requested: to, granted, shortened: false }
            }
            Retry::Revoke | Retry::Extend { .. } if is_since && is_read => {
                let why = format!("{}; so far the list shows it as it was", failure.why);
                let failure = Failure { kind: FailureKind::Service, why, ..failure.clone() };
                state.works.set(id, Work::Failed { failure, retry: what });
                continue;
            }
            Retry::Revoke | Retry::Extend { .. } => continue,
        };
        state.works.set(id, work);
        found += 1;
    }
    if found > 0 {
        state.notices.done(format!("the list shows that {found} of what failed is done after all"));
    }
}

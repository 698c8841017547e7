//! The secret of a new token: shown covered, brought somewhere, and let go only knowingly.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use std::path::PathBuf;

use super::{
    clipboard, delivering, form, items, listing, rearrange, revoke as revoking, splitting, typing,
    writes,
};
use crate::{
    action::Action,
    effect::{Effect, Effects, OrderId},
    failure::{Failure, FailureKind},
    operations::{Creation, Step},
    pat::limit::Wish,
    state::{
        State,
        clipboard::Copying,
        custody::{Choice, Held, Leaving, NewFile, Page, Reached, delivering::Place},
        mode::Mode,
        work::Retry,
    },
    when,
};

/// The service answered: from now on the secret is in this program and nowhere else.
pub(super) fn created(
    state: &mut State,
    order: OrderId,
    result: Result<Creation, Failure>,
) -> Effects {
    if state.custody.awaited != Some(order) {
        return Effects::none();
    }
    state.custody.awaited = None;
    let old = state.custody.replaces.take();
    match result {
        Ok(creation) => {
            splitting::answered(state, order, Some(creation.pat.id));
            let pat = &creation.pat;
            let wish = Wish {
                organization: &pat.organization,
                scope: &pat.scope,
                life: Some(creation.requested - pat.valid_from),
                is_new: true,
            };
            writes::learn(state, &wish, Ok(pat));
            state.inventory.put(creation.pat.clone());
            rearrange(state);
            state.custody.held = Some(Box::new(Held::new(creation, old)));
            state.mode = Mode::Secret;
            Effects::none()
        }
        Err(failure) => {
            splitting::answered(state, order, None);
            // Where the truth is not known, the list is read again to find it.
            let is_unknown = failure.kind == FailureKind::Unconfirmed;
            form::refused(state, &failure);
            if !is_unknown {
                return Effects::none();
            }
            let mut effects = items::announce(state);
            effects.extend(listing::list(state));
            effects
        }
    }
}

/// A step of the token that is made, or of the old one that goes.
pub(super) fn stepped(state: &mut State, order: OrderId, step: &Step) -> Effects {
    let custody = &mut state.custody;
    match step {
        Step::Verifying => drop(custody.verifying.insert(order)),
        Step::Begun(_) if custody.awaited == Some(order) => custody.reached = Reached::Noted,
        Step::Looked if custody.awaited == Some(order) => custody.reached = Reached::Looked,
        Step::Created(_) if custody.awaited == Some(order) => custody.reached = Reached::Created,
        _ => {}
    }
    Effects::none()
}

/// Whatever else was open, a secret that is held or awaited comes back to the screen.
pub(super) fn settle(state: &mut State) {
    match (&state.mode, !state.custody.is_free()) {
        (Mode::Browse, true) => state.mode = Mode::Secret,
        (Mode::Secret, false) => state.mode = Mode::Browse,
        _ => {}
    }
}

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    let Some(held) = &mut state.custody.held else { return Effects::none() };
    match (&mut held.page, action) {
        (Page::Secret, Action::Reveal) => {
            let now = state.clock.local;
            match held.shown_until(now) {
                Some(_) => state.custody.hide(),
                None => held.show(now),
            }
        }
        (Page::Secret, Action::Save) => {
            held.page = Page::File(NewFile::default());
            state.custody.hide();
        }
        (Page::Secret, Action::CopyShown) => return clipboard::copy(state, Copying::Secret),
        (Page::Secret, Action::Back) => return leave(state, false),
        (Page::Secret, Action::Deliver) => delivering::open(state),
        (Page::Deliver, _) => return delivering::act(state, action),
        (Page::File(_), _) => return name_file(state, action),
        (Page::Leaving(leaving), Action::Forward) => leaving.choice = leaving.choice.step(1),
        (Page::Leaving(leaving), Action::Backward) => leaving.choice = leaving.choice.step(-1),
        (Page::Leaving(_), Action::Back) => held.page = Page::Secret,
        (Page::Leaving(leaving), Action::Confirm) => {
            let leaving = *leaving;
            return decide(state, leaving);
        }
        _ => {}
    }
    Effects::none()
}

/// Lets the secret go if it is somewhere, and asks if it is not.
fn leave(state: &mut State, then_quit: bool) -> Effects {
    state.custody.hide();
    let Some(held) = &mut state.custody.held else { return Effects::none() };
    if held.is_delivered() {
        return let_go(state, then_quit);
    }
    held.page = Page::Leaving(Leaving { then_quit, ..Leaving::default() });
    Effects::none()
}

fn decide(state: &mut State, leaving: Leaving) -> Effects {
    match leaving.choice {
        Choice::Stay => {
            if let Some(held) = &mut state.custody.held {
                held.page = Page::Secret;
            }
            Effects::none()
        }
        Choice::Revoke => revoke(state, leaving.then_quit),
        Choice::Discard => let_go(state, leaving.then_quit),
    }
}

fn let_go(state: &mut State, then_quit: bool) -> Effects {
    let Some(held) = state.custody.held.take() else { return Effects::none() };
    state.mode = Mode::Browse;
    if then_quit && held.is_delivered() {
        return Effect::Quit.into();
    }
    let pat = &held.creation.pat;
    splitting::let_go(state, pat, held.is_delivered());
    let ends = when::day(pat.valid_to, state.setting.zone);
    if let (true, Some(old)) = (held.is_delivered(), &held.old) {
        let text = format!(
            "the new {} is in its place and ends {ends}; the old one (id …{}) goes next: u keeps it",
            pat.name.visible(),
            old.id.tail()
        );
        let id = old.id;
        state.notices.done(text);
        return revoking::schedule(state, id);
    }
    if held.is_delivered() {
        state.notices.done(format!("{} is made and ends {ends}", pat.name.visible()));
    } else {
        let text = format!("{} lives until {ends}, and nobody has its secret", pat.name.visible());
        state.notices.warn(text);
        state.custody.discarded.insert(pat.id);
        state.custody.is_quitting = then_quit;
        return Effect::LeaveSecret.into();
    }
    Effects::none()
}

/// What is to be known at the next start is on the disk, or cannot get there.
pub(super) fn left(state: &mut State, result: Result<(), Failure>) -> Effects {
    if let Err(failure) = result {
        return writes::unrecorded(state, &failure);
    }
    if state.custody.is_quitting { Effect::Quit.into() } else { Effects::none() }
}

/// Takes the token back, since nobody can use it. The secret stays until that is confirmed.
fn revoke(state: &mut State, then_quit: bool) -> Effects {
    let Some(held) = &state.custody.held else { return Effects::none() };
    let pat = held.creation.pat.clone();
    let id = pat.id;
    if state.inventory.get(id).is_none() {
        // A list that does not have it yet says nothing about it.
        state.inventory.put(pat);
        rearrange(state);
    }
    let effect = writes::order(state, id, Retry::Revoke);
    if let (Some(Effect::Revoke { order, .. }), Some(held)) = (&effect, &mut state.custody.held) {
        held.page = Page::Revoking { order: *order, then_quit };
    }
    effect.into()
}

pub(super) fn revoked(state: &mut State, order: OrderId, is_revoked: bool) -> Effects {
    state.custody.verifying.remove(&order);
    let Some(held) = &mut state.custody.held else { return Effects::none() };
    let Page::Revoking { order: awaited, then_quit } = held.page else { return Effects::none() };
    if awaited != order {
        return Effects::none();
    }
    if !is_revoked {
        held.page = Page::Secret;
        return Effects::none();
    }
    state.custody.held = None;
    state.mode = Mode::Browse;
    if then_quit { Effect::Quit.into() } else { Effects::none() }
}

/// The program is to end. Nothing that would be lost: `None`.
pub(super) fn quit(state: &mut State) -> Option<Effects> {
    if state.custody.held.as_ref().is_some_and(|held| held.is_delivered() && held.old.is_some()) {
        // The old token is next; whether that may be left is asked then.
        return Some(let_go(state, false));
    }
    state.custody.undelivered()?;
    let page = state.custody.held.as_ref().map(|held| &held.page);
    match page {
        // Asked a second time it decides itself, for what harms nobody.
        Some(Page::Leaving(Leaving { then_quit: true, .. })) => Some(revoke(state, true)),
        Some(Page::Revoking { then_quit: true, .. }) => None,
        _ => {
            state.mode = Mode::Secret;
            Some(leave(state, true))
        }
    }
}

/// Takes the token back without asking, unless that is under way.
pub(super) fn abandon(state: &mut State) -> Effects {
    if state.custody.undelivered().is_none() || state.custody.revoking().is_some() {
        return Effects::none();
    }
    revoke(state, true)
}

/// The name of a new file for the secret.
fn name_file(state: &mut State, action: &Action) -> Effects {
    let order = state.traffic.next_order();
    let Some(held) = &mut state.custody.held else { return Effects::none() };
    let Page::File(file) = &mut held.page else { return Effects::none() };
    if file.order.is_some() {
        return Effects::none();
    }
    match action {
        Action::Back => held.page = Page::Secret,
        Action::Confirm if !file.path.value().trim().is_empty() => {
            file.order = Some(order);
            let path = PathBuf::from(file.path.value().trim());
            let secret = held.creation.secret.clone();
            return Effect::SaveSecret { order, path, secret }.into();
        }
        _ => {
            if typing::edit(&mut file.path, action) {
                file.failure = None;
            }
        }
    }
    Effects::none()
}

pub(super) fn saved(
    state: &mut State,
    order: OrderId,
    result: Result<PathBuf, Failure>,
) -> Effects {
    let Some(held) = &mut state.custody.held else { return Effects::none() };
    let Page::File(file) = &mut held.page else { return Effects::none() };
    if file.order != Some(order) {
        return Effects::none();
    }
    match result {
        Ok(path) => {
            held.places.push(Place::File(path));
            held.page = Page::Secret;
        }
        Err(failure) => {
            file.order = None;
            file.failure = Some(failure);
        }
    }
    Effects::none()
}

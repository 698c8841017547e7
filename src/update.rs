//! The only place that changes the state. No clock, no I/O, no channels, no randomness.

#![warn(clippy::wildcard_enum_match_arm)]

mod accounts;
mod batch;
mod browse;
mod clipboard;
mod confirm;
mod custody;
mod delivering;
mod extend;
mod form;
mod items;
mod listing;
mod overlay;
mod queue;
mod revoke;
mod rotate;
mod sign_in;
mod splitting;
mod tick;
mod typing;
mod writes;

#[cfg(test)]
mod tests;

use crate::{
    action::Action,
    effect::{Effect, Effects, SignIn},
    event::Event,
    state::{State, mode::Mode, session::Session},
    ui,
};

/// Said when a task died. The worker tells separately what became of an order.
const PANICKED: &str =
    "a part of azpat stopped working; this is a defect, described on the screen behind this one";

/// The first orders of a program that has just started.
pub fn start(state: &mut State) -> Effects {
    if state.session == Session::Connecting {
        sign_in::connect(state, SignIn::default())
    } else {
        Effects::none()
    }
}

/// Carries out what the user wants.
pub fn on_action(state: &mut State, action: &Action) -> Effects {
    // A key means that the shown message was read.
    state.notices.dismiss();
    let effects =
        if state.is_enabled(action) { route(state, action) } else { refuse(state, action) };
    fit(state);
    // Whoever pressed a key means the token that the cursor is on, wherever its row goes.
    state.table.note_current(&state.inventory);
    effects
}

/// Takes note of what happened.
pub fn on_event(state: &mut State, event: Event) -> Effects {
    let effects = match event {
        Event::Ticked { now } => tick::ticked(state, now),
        Event::Resized { width, height } => {
            state.size = (width, height);
            // What a terminal does with old lines while it is resized, nobody knows.
            state.custody.hide();
            Effects::none()
        }
        Event::FocusLost => {
            state.custody.hide();
            Effects::none()
        }
        Event::Connected { order, result } => sign_in::connected(state, order, *result),
        Event::SignInStepped { order, step } => sign_in::stepped(state, order, step),
        Event::SignedOut { account: _, result } => accounts::signed_out(state, result),
        Event::AccountsRead(known) => accounts::read(state, known),
        Event::PageListed { order, page } => listing::page(state, order, page),
        Event::OrganizationListed { order, organization, result } => {
            listing::organization(state, order, organization, result)
        }
        Event::Listed { order } => listing::ended(state, order),
        Event::Created { order, result } => custody::created(state, order, *result),
        Event::Edited { order, result } => form::edited(state, order, *result),
        Event::SecretLeft(result) => custody::left(state, result),
        Event::SecretSaved { order, result } => custody::saved(state, order, result),
        Event::SinksFound(sinks) => {
            state.custody.sinks = sinks;
            Effects::none()
        }
        Event::DeliveryPlanned { order, result } => delivering::planned(state, order, result),
        Event::DeliveryStepped { order, step } => delivering::stepped(state, order, step),
        Event::Delivered { order, result } => delivering::delivered(state, order, result),
        Event::Extended { order, result } => {
            let mut effects = writes::extended(state, order, *result);
            effects.extend(queue::send(state));
            effects
        }
        Event::Revoked { order, result } => {
            let is_revoked = result.is_ok();
            let mut effects = writes::revoked(state, order, result);
            effects.extend(custody::revoked(state, order, is_revoked));
            effects.extend(queue::send(state));
            effects
        }
        Event::Stepped { order, step } => custody::stepped(state, order, &step),
        Event::LeftBehind => items::announce(state),
        Event::ItemsRead { order, result } => items::found(state, order, result),
        Event::WentOn { order, result } => items::went_on(state, order, result),
        Event::LimitsRead(result) => {
            match result {
                Ok(limits) => state.traffic.limits = limits,
                Err(failure) => state.notices.fail(&failure),
            }
            Effects::none()
        }
        Event::LogRead(result) => overlay::log_read(state, result),
        Event::Unrecorded(failure) => writes::unrecorded(state, &failure),
        Event::Called(call) => tick::called(state, call),
        Event::Delayed { until, why } => {
            state.traffic.delay = Some((until, why));
            Effects::none()
        }
        Event::SkewMeasured(skew) => tick::skewed(state, skew),
        Event::Copied { what, result } => clipboard::copied(state, what, result),
        Event::SecretCopied { way, result } => clipboard::secret_copied(state, way, result),
        Event::ClipboardCleared => Effects::none(),
        Event::Panicked => {
            state.custody.hide();
            state.notices.warn(PANICKED);
            Effects::none()
        }
        Event::PageOpened { url, result } => sign_in::page_opened(state, &url, result),
    };
    fit(state);
    effects
}

/// The program ends now, asked or not: what to do about a secret that would be lost.
pub fn abandon(state: &mut State) -> Effects {
    custody::abandon(state)
}

/// The program ends: no secret stays on a clipboard.
pub fn clear_clipboard(state: &mut State) -> Effects {
    clipboard::clear(state)
}

/// Takes the next slice of a long pass over the tokens; `state.table.is_scanning()` says whether
/// one is left.
pub fn advance(state: &mut State) {
    let moment = state.moment();
    state.table.advance(&state.inventory, moment);
    fit(state);
}

fn route(state: &mut State, action: &Action) -> Effects {
    match (&state.mode, action) {
        (_, Action::Quit) => confirm::quit(state),
        (_, Action::Suspend) => {
            state.custody.hide();
            Effect::Suspend.into()
        }
        (Mode::Browse, _) => browse::act(state, action),
        (Mode::Filter, _) => typing::filter(state, action),
        (Mode::Extend(_), _) => extend::act(state, action),
        (Mode::Form(_), _) => form::act(state, action),
        (Mode::Secret, _) => custody::act(state, action),
        (Mode::Confirm(_), _) => confirm::act(state, action),
        (Mode::Batch, _) => batch::act(state, action),
        (Mode::Sort { .. }, _) => overlay::sort(state, action),
        (Mode::Organizations(_), _) => overlay::organizations(state, action),
        (Mode::Calls(_), _) => overlay::calls(state, action),
        (Mode::Log(_), _) => overlay::log(state, action),
        (Mode::Items, _) => items::act(state, action),
        (Mode::Split, _) => splitting::act(state, action),
        (Mode::Accounts(_), _) => accounts::act(state, action),
        (Mode::SignIn, _) => sign_in::act(state, action),
        (Mode::Help(_), _) => overlay::help(state, action),
    }
}

/// Says why nothing happens, where that is not plain to see.
fn refuse(state: &mut State, action: &Action) -> Effects {
    if *action == Action::Extend {
        extend::refuse(state);
    } else if matches!(state.mode, Mode::Split) {
        splitting::refuse(state);
    } else if *action == Action::Revoke {
        revoke::refuse(state);
    } else if *action == Action::Rotate {
        rotate::refuse(state);
    } else if *action == Action::Edit {
        extend::refuse(state);
    } else if matches!(action, Action::New | Action::Clone) {
        form::refuse(state);
    } else if *action == Action::AddAccount {
        accounts::refuse_adding(state);
    } else if *action == Action::SignOut {
        accounts::refuse_signing_out(state);
    }
    Effects::none()
}

/// Shows what a person is waited for, and keeps what is selected on the screen.
fn fit(state: &mut State) {
    sign_in::settle(state);
    items::settle(state);
    custody::settle(state);
    splitting::settle(state);
    if !state.has_list() {
        let (len, height) = ui::welcome::extent(state);
        state.welcome.fit(len, height);
    }
    let (len, height) = ui::sign_in::extent(state);
    state.sign_in.scroll.fit(len, height);
    accounts::fit(state);
    batch::fit(state);
    delivering::fit(state);
    let (len, height) = (state.table.rows().len(), ui::layout::visible_rows(state));
    state.table.cursor.fit(len, height);
    let most = ui::detail::height(state).saturating_sub(ui::layout::detail_height(state));
    state.detail.offset = state.detail.offset.min(most);
}

/// Counts and orders everything again, after tokens or the time changed.
fn rearrange(state: &mut State) {
    let moment = state.moment();
    state.tally = crate::state::tally::Tally::of(state.inventory.pats().iter(), moment);
    state.table.rebuild(&state.inventory, moment);
}

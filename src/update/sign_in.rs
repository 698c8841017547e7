//! Signing in: ordered, shown while a person is waited for, and what becomes of it.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use super::{clipboard, listing};
use crate::{
    action::Action,
    effect::{Effect, Effects, OrderId, SignIn},
    event::Connection,
    failure::{Failure, FailureKind},
    identity::{Identity, Known, Step, Way},
    operations::Account,
    state::{
        State,
        clipboard::Copying,
        mode::{
            Mode,
            sign_in::{Attempt, Prompt},
        },
        scroll::Scroll,
        session::{PERMIT, REGISTER, Session},
    },
    ui,
};

/// Orders a sign-in; one that runs gives way to it.
pub(super) fn connect(state: &mut State, wanted: SignIn) -> Effects {
    let order = state.traffic.next_order();
    state.sign_in = Attempt::new(order, wanted.clone());
    state.welcome = Scroll::default();
    Effect::Connect { order, wanted }.into()
}

/// The same sign-in, another way.
pub(super) fn change(state: &mut State, way: Way) -> Effects {
    let before = state.sign_in.clone();
    let effects = connect(state, SignIn { way: Some(way), ..before.wanted });
    state.sign_in.skipped = before.skipped;
    // The dialog stays where it is until the other way has something to show.
    state.sign_in.prompt = before.prompt.map(|_| Prompt::Coming(way));
    if !matches!(state.session, Session::Connected(_)) {
        state.session = Session::Connecting;
    }
    effects
}

/// Opens the dialog when a person is waited for, and closes it when nobody is. Whatever else has
/// the keyboard is finished first.
pub(super) fn settle(state: &mut State) {
    match (&state.mode, state.sign_in.prompt.is_some()) {
        (Mode::Browse, true) => state.mode = Mode::SignIn,
        (Mode::SignIn, false) => state.mode = Mode::Browse,
        _ => {}
    }
}

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    match action {
        Action::Back => leave(state),
        Action::UseBrowser => change(state, Way::Browser),
        Action::UseCode => change(state, Way::DeviceCode),
        Action::CopyShown => match &state.sign_in.prompt {
            Some(Prompt::Browser { address, .. }) => {
                let address = address.to_string();
                copy(state, "the address", address)
            }
            // What is pasted into a shell by mistake must do nothing there.
            Some(Prompt::DeviceCode { code, .. }) => {
                let code = code.visible().into_owned();
                copy(state, "the code", code)
            }
            Some(Prompt::Coming(_)) | None => Effects::none(),
        },
        Action::OpenPage => {
            let address = state.sign_in.prompt.as_ref().and_then(Prompt::address);
            address.map(|address| Effect::OpenPage { url: address.to_string() }).into()
        }
        _ => {
            let (_, height) = ui::sign_in::extent(state);
            scroll(&mut state.sign_in.scroll, action, height);
            Effects::none()
        }
    }
}

/// Moves in a text of which so many lines fit.
pub(super) fn scroll(scroll: &mut Scroll, action: &Action, height: usize) {
    let page = isize::try_from(height).unwrap_or(1).saturating_sub(1).max(1);
    match action {
        Action::Next => scroll.step(1),
        Action::Previous => scroll.step(-1),
        Action::PageDown => scroll.step(page),
        Action::PageUp => scroll.step(-page),
        Action::First => scroll.step(isize::MIN),
        Action::Last => scroll.step(isize::MAX),
        Action::Scroll(by) => scroll.step((*by).into()),
        _ => {}
    }
}

fn copy(state: &mut State, what: &'static str, text: String) -> Effects {
    clipboard::copy(state, Copying::Text { what, text })
}

/// The commands that register an app. The last one waits for Enter, and for the id.
pub(super) fn copy_commands(state: &mut State) -> Effects {
    copy(state, "the commands", format!("{REGISTER}\n{PERMIT}"))
}

fn leave(state: &mut State) -> Effects {
    state.sign_in.end();
    let failure = Failure::new(FailureKind::Cancelled, "sign in", "you left it");
    failed(state, failure);
    Effect::LeaveSignIn.into()
}

/// Whoever wants to look around does not want to sign in first.
pub(super) fn demo(state: &mut State) -> Effects {
    let order = state.traffic.next_order();
    state.sign_in = Attempt::new(order, SignIn::default());
    state.session = Session::Connecting;
    Effect::ConnectDemo { order }.into()
}

pub(super) fn stepped(state: &mut State, order: OrderId, step: Step) -> Effects {
    if state.sign_in.order == Some(order) {
        let has_changed = matches!(step, Step::Browser { .. } | Step::DeviceCode { .. });
        state.sign_in.take(step, state.clock.local);
        if has_changed {
            state.sign_in.scroll = Scroll::default();
        }
    }
    Effects::none()
}

pub(super) fn connected(
    state: &mut State,
    order: OrderId,
    result: Result<Connection, Failure>,
) -> Effects {
    // One that was left or replaced may have ended all the same.
    if state.sign_in.order != Some(order) {
        return Effects::none();
    }
    match result {
        Ok(connection) => {
            if state.sign_in.is_asked_for() {
                let name = who(state, &connection);
                state.notices.done(format!("signed in{name}"));
            }
            state.sign_in = Attempt::default();
            state.session = Session::Connected(connection);
            listing::forget_others(state);
            listing::list(state)
        }
        Err(failure) => {
            state.sign_in.end();
            failed(state, failure);
            Effects::none()
        }
    }
}

/// What was there before stays: a further sign-in that came to nothing takes nothing away.
fn failed(state: &mut State, failure: Failure) {
    if !matches!(state.session, Session::Connected(_)) {
        state.session = Session::Failed(failure);
    } else if failure.kind == FailureKind::Cancelled {
        state.notices.done("nobody signed in; everything is as it was");
    } else {
        state.notices.fail(&failure);
    }
}

/// ` as NAME`: the account that was wanted, else the one that is new, else whose profile it is.
fn who(state: &State, connection: &Connection) -> String {
    let before = state.session.accounts();
    let was_here = |known: &&Known| {
        before.iter().any(|old| old.identity == known.identity && old.signed_out.is_none())
    };
    let is_wanted = |known: &&Known| {
        let id = known.identity.as_ref().map(|identity| identity.id);
        id.is_some() && id == state.sign_in.wanted.account
    };
    let accounts = || connection.accounts.iter();
    let found = accounts().find(is_wanted).or_else(|| accounts().find(|known| !was_here(known)));
    let identity = found.and_then(|known| known.identity.as_ref());
    let profile = connection.account.as_ref();
    let name = identity.map(Identity::shown);
    let name = name.or_else(|| profile.map(Account::shown));
    name.map(|name| format!(" as {}", crate::text::cut(name.raw(), 80))).unwrap_or_default()
}

/// The address of the sign-in is on the screen already, with what became of it.
pub(super) fn page_opened(state: &mut State, url: &str, result: Result<(), Failure>) -> Effects {
    match (&mut state.sign_in.prompt, result) {
        (Some(Prompt::Browser { address, opened, .. }), result) if address.as_str() == url => {
            *opened = Some(result);
        }
        (_, Ok(())) => state.notices.done(format!("opened {url} in the browser")),
        (_, Err(failure)) => state.notices.fail(&failure),
    }
    Effects::none()
}

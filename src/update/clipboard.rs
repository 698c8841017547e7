//! Copying: by the desktop where there is one, else by the terminal, which is asked about once. A
//! secret is cleared again after a while.

use chrono::{DateTime, Utc};

use crate::{
    desktop::Clipboard,
    effect::{Effect, Effects},
    failure::Failure,
    state::{
        State,
        clipboard::Copying,
        mode::{
            Mode,
            confirm::{Confirm, Question},
        },
    },
};

/// Copies, or asks first whether the terminal may have it.
pub(super) fn copy(state: &mut State, copying: Copying) -> Effects {
    let way = state.setting.clipboard;
    if way == Clipboard::Terminal && !state.clipboard.may_use_terminal {
        state.custody.hide();
        state.mode = Mode::Confirm(Confirm::new(Question::CopyByTerminal(copying), None));
        return Effects::none();
    }
    match copying {
        Copying::Text { what, text } => Effect::Copy { way, what, text }.into(),
        Copying::Secret => {
            let held = state.custody.held.as_ref();
            held.map(|held| Effect::CopySecret { way, secret: held.creation.secret.clone() }).into()
        }
    }
}

/// The person agreed, for as long as azpat runs.
pub(super) fn agreed(state: &mut State, copying: Copying) -> Effects {
    state.clipboard.may_use_terminal = true;
    copy(state, copying)
}

pub(super) fn copied(state: &mut State, what: &str, result: Result<(), Failure>) -> Effects {
    match result {
        Ok(()) => state.notices.done(format!("copied {what}")),
        Err(failure) => state.notices.fail(&failure),
    }
    Effects::none()
}

pub(super) fn secret_copied(
    state: &mut State,
    way: Clipboard,
    result: Result<(), Failure>,
) -> Effects {
    match result {
        Ok(()) => {
            let clear = state.setting.preferences.clipboard_clear;
            state.clipboard.secret_until = Some(state.clock.local + clear);
            if let Some(held) = &mut state.custody.held {
                held.copied = Some(way);
            }
        }
        Err(failure) => state.notices.fail(&failure),
    }
    Effects::none()
}

/// Clears it when its time has come.
pub(super) fn clear_due(state: &mut State, now: DateTime<Utc>) -> Effects {
    let most = state.setting.preferences.clipboard_clear;
    // A clock that was turned back does not make it longer.
    let is_due = |until: &DateTime<Utc>| *until <= now || *until - now > most;
    if state.clipboard.secret_until.as_ref().is_some_and(is_due) {
        clear(state)
    } else {
        Effects::none()
    }
}

/// Clears it if a secret is on it.
pub(super) fn clear(state: &mut State) -> Effects {
    let way = state.setting.clipboard;
    let held = state.clipboard.secret_until.take();
    held.map(|_| Effect::ClearClipboard { way }).into()
}

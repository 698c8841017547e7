//! The accounts: who is signed in, signing in again, another account, signing out.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use super::{overlay, sign_in};
use crate::{
    action::Action,
    effect::{Effects, SignIn},
    failure::Failure,
    identity::{AccountId, Known, Tenant, Way},
    state::{
        State,
        cursor::Cursor,
        mode::{
            Mode,
            confirm::{Confirm, Question},
        },
        session::Session,
    },
    ui,
};

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    match action {
        Action::Back => state.mode = Mode::Browse,
        Action::Confirm => return sign_in_again(state),
        Action::AddAccount => {
            state.mode = Mode::Browse;
            let wanted = SignIn { way: Some(Way::Browser), ..SignIn::default() };
            return sign_in::connect(state, wanted);
        }
        Action::SignOut => {
            let identity = state.account().and_then(|known| known.identity.as_ref());
            if let Some(account) = identity.map(|identity| identity.id) {
                state.mode = Mode::Confirm(Confirm::new(Question::SignOut { account }, None));
            }
        }
        _ => {
            let (len, height) = (state.session.accounts().len(), ui::accounts::visible_rows(state));
            if let Mode::Accounts(cursor) = &mut state.mode {
                overlay::walk(cursor, action, len, height);
            }
        }
    }
    Effects::none()
}

/// The same account in its own tenant, the way it came.
fn sign_in_again(state: &mut State) -> Effects {
    let Some(known) = state.account() else { return Effects::none() };
    let wanted = match (&known.identity, known.way) {
        (_, Way::Environment) => {
            let text = "AZPAT_ACCESS_TOKEN is read when azpat starts: set a new one, then start it";
            state.notices.warn(text);
            return Effects::none();
        }
        (Some(identity), way) => SignIn {
            way: matches!(way, Way::Browser | Way::DeviceCode).then_some(way),
            tenant: Some(Tenant::Id(identity.id.tenant)),
            account: Some(identity.id),
            username: None,
        },
        (None, _) => SignIn { way: Some(Way::AzureCli), ..SignIn::default() },
    };
    state.mode = Mode::Browse;
    sign_in::connect(state, wanted)
}

/// Says why an account cannot be added.
pub(super) fn refuse_adding(state: &mut State) {
    let text = "another account needs an app registration of your own: put its id into `client_id`";
    state.notices.warn(text);
}

/// Says why an account cannot be signed out here.
pub(super) fn refuse_signing_out(state: &mut State) {
    let text = match state.account().map(|known| known.way) {
        Some(Way::Environment) => "azpat keeps nothing of this account: unset AZPAT_ACCESS_TOKEN",
        Some(_) => "this session is the Azure CLI's: `az logout` ends it",
        None => return,
    };
    state.notices.warn(text);
}

/// Opens the accounts with the cursor on this one.
pub(super) fn open_at(state: &mut State, account: AccountId) {
    let accounts = state.session.accounts();
    let is_it =
        |known: &Known| known.identity.as_ref().map(|identity| identity.id) == Some(account);
    let at = accounts.iter().position(is_it).unwrap_or_default();
    let mut cursor = Cursor::default();
    cursor.select(at, accounts.len(), 1);
    state.mode = Mode::Accounts(cursor);
}

/// Keeps the cursor on an account.
pub(super) fn fit(state: &mut State) {
    let (len, height) = (state.session.accounts().len(), ui::accounts::visible_rows(state));
    if let Mode::Accounts(cursor) = &mut state.mode {
        cursor.fit(len, height);
    }
}

pub(super) fn read(state: &mut State, accounts: Vec<Known>) -> Effects {
    if let Session::Connected(connection) = &mut state.session {
        connection.accounts = accounts;
    }
    Effects::none()
}

pub(super) fn signed_out(state: &mut State, result: Result<String, Failure>) -> Effects {
    match result {
        Ok(text) => state.notices.done(text),
        Err(failure) => state.notices.fail(&failure),
    }
    Effects::none()
}

//! A global token is replaced by one token for each organization: made one after the other, each
//! secret brought to its place, and only then the global one may go.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use super::{overlay, revoke};
use crate::{
    action::Action,
    effect::{Effects, OrderId},
    operations::{
        Completeness,
        split::{self, Progress, Split, Wanted},
    },
    pat::{AuthorizationId, Organization, Pat},
    state::{
        State,
        mode::{
            Mode,
            form::{Form, Purpose},
        },
        splitting::Splitting,
    },
    ui,
};

/// Opens it for the selected token, with what there is of it already.
pub(super) fn open(state: &mut State) {
    let Some(old) = state.selected().cloned() else { return };
    let organizations = organizations(state, &old);
    let is_read = |organization: &&Organization| {
        let result = state.listing.results.get(*organization);
        matches!(result, Some(Ok(Completeness::Complete)))
    };
    // Who does not see all cannot tell what is there already.
    if let Some(unread) = organizations.iter().find(|it| !is_read(it)) {
        let text = format!("the tokens of {unread} are not all read, some may be there: r reads");
        return state.notices.warn(text);
    }
    let now = state.now();
    let wanted = Wanted { scope: old.scope.to_string(), valid_to: now + split::life(&old) };
    let is_usable = |pat: &&Pat| !state.custody.discarded.contains(&pat.id);
    let existing: Vec<_> = state.inventory.pats().iter().filter(is_usable).cloned().collect();
    let split = match Split::plan(&old, &organizations, &wanted, &existing, now) {
        Ok(split) => split,
        Err(failure) => return state.notices.fail(&failure),
    };
    let left: Vec<_> = state.items.open().iter().map(|finding| finding.item.clone()).collect();
    if split.check_left(&left).is_err() {
        return state.notices.warn("an earlier one has not ended: J shows what exists of it");
    }
    state.splitting = Some(Box::new(Splitting::new(split)));
    state.mode = Mode::Split;
    go_to_next(state);
}

/// Those of the account that the token is of, where there are several.
fn organizations(state: &State, old: &Pat) -> Vec<Organization> {
    let known = state.session.connection().map_or(&[][..], |it| &it.organizations);
    let known = known.iter().map(|(organization, _)| organization);
    let accounts = state.session.accounts();
    let serves = |organizations: &[Organization]| organizations.contains(&old.organization);
    let account = accounts.iter().find(|account| serves(&account.organizations));
    match account {
        Some(account) if accounts.len() > 1 => {
            known.filter(|it| account.organizations.contains(it)).cloned().collect()
        }
        _ => known.cloned().collect(),
    }
}

/// Moves to the first one that is still to be made.
fn go_to_next(state: &mut State) {
    let height = ui::splitting::visible_rows(state);
    if let Some(splitting) = &mut state.splitting
        && let Some(next) = splitting.next()
    {
        splitting.cursor.select(next, splitting.split.parts().len(), height);
    }
}

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    let height = ui::splitting::visible_rows(state);
    let Some(splitting) = &mut state.splitting else { return Effects::none() };
    let id = splitting.split.old().id;
    match action {
        Action::Back => leave(state),
        Action::Confirm => fill_in(state),
        Action::Mark => splitting.toggle(),
        Action::Revoke => revoke::ask_about(state, id),
        _ => {
            let len = splitting.split.parts().len();
            overlay::walk(&mut splitting.cursor, action, len, height);
        }
    }
    Effects::none()
}

/// Says why a key does nothing.
pub(super) fn refuse(state: &mut State) {
    let Some(splitting) = &state.splitting else { return };
    let text = match splitting.selected().map(|part| part.progress) {
        _ if !splitting.is_complete() => {
            "Enter makes the token of an organization, Space leaves it out; then x can follow"
        }
        Some(Progress::Known(_)) => "it has one already; Space makes another",
        _ => "nothing is to be made here",
    };
    state.notices.warn(text);
}

/// Opens the form for the selected organization, filled in: it only has to be sent.
fn fill_in(state: &mut State) {
    let Some(splitting) = &state.splitting else { return };
    let Some(part) = splitting.selected().filter(|part| splitting.wants(part)) else { return };
    let form = Form::successor(splitting.split.old(), part.new.organization.clone());
    state.mode = Mode::Form(Box::new(form));
}

/// The form of a successor was sent.
pub(super) fn sent(state: &mut State, order: OrderId) {
    let is_successor =
        matches!(&state.mode, Mode::Form(form) if matches!(form.purpose, Purpose::Successor(_)));
    if let Some(splitting) = state.splitting.as_mut().filter(|_| is_successor) {
        splitting.awaited = Some(order);
    }
}

/// The answer to an order; `None`: nothing was made.
pub(super) fn answered(state: &mut State, order: OrderId, made: Option<AuthorizationId>) {
    if let Some(splitting) = &mut state.splitting
        && splitting.awaited.take_if(|awaited| *awaited == order).is_some()
    {
        splitting.held = made;
    }
}

/// A secret is let go; whether it was brought to its place.
pub(super) fn let_go(state: &mut State, pat: &Pat, is_delivered: bool) {
    let Some(splitting) = &mut state.splitting else { return };
    if splitting.held.take_if(|held| *held == pat.id).is_some() && is_delivered {
        splitting.split.delivered(&pat.organization);
        go_to_next(state);
    }
}

/// Says how it stands, and how it goes on.
fn leave(state: &mut State) {
    state.mode = Mode::Browse;
    let Some(splitting) = state.splitting.take() else { return };
    let parts = splitting.split.parts();
    let has_begun = parts.iter().any(|part| part.progress == Progress::Delivered);
    if !has_begun {
        return;
    }
    let have = parts.iter().filter(|part| part.progress != Progress::Missing).count();
    let name = splitting.split.old().name.visible();
    state.notices.warn(format!(
        "{have} of {} organizations have a token of their own, and {name} still lives: t goes on",
        parts.len()
    ));
}

/// Comes back to the screen when nothing else needs the keyboard, and ends with its token.
pub(super) fn settle(state: &mut State) {
    let Some(splitting) = &state.splitting else { return };
    let old = splitting.split.old().id;
    let is_open = state.inventory.get(old).is_some_and(|pat| state.can_revoke(pat));
    match (&state.mode, is_open) {
        (Mode::Browse | Mode::Split, false) => {
            state.splitting = None;
            state.mode = Mode::Browse;
        }
        (Mode::Browse, true) => state.mode = Mode::Split,
        _ => {}
    }
    let height = ui::splitting::visible_rows(state);
    if let Some(splitting) = &mut state.splitting {
        splitting.cursor.fit(splitting.split.parts().len(), height);
    }
}

//! Making a token: the form, and the order that it becomes.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use super::{listing, overlay, rearrange, splitting, typing, writes};
use crate::{
    action::Action,
    effect::{Effect, Effects, OrderId},
    failure::{Failure, FailureKind},
    operations::{Confirmation, Edit},
    pat::{Organization, limit::Wish},
    state::{
        State,
        cursor::Cursor,
        mode::{
            Mode,
            form::{Fault, Field, Form, Request},
            picker::Picker,
            stepper::Choice,
        },
    },
    ui,
};

/// Opens an empty form for the organization that one is looking at.
pub(super) fn open(state: &mut State) {
    let organizations = organizations(state);
    let query = state.table.query();
    let filtered = organizations.iter().position(|organization| query.is_of(organization));
    let selected = state.selected().map(|pat| &pat.organization);
    let selected = organizations.iter().position(|organization| Some(organization) == selected);
    let at = filtered.or(selected).unwrap_or_default();
    let mut form = Form::new(organizations, at, state.setting.preferences.extend_by);
    let day = state.setting.zone.at(state.now()).date_naive();
    form.place_and_day = format!("{} {day}", state.setting.whereabouts).trim().into();
    form.suggest();
    state.mode = Mode::Form(Box::new(form));
}

/// Opens a form for a token like the selected one.
pub(super) fn open_like(state: &mut State) {
    let span = state.setting.preferences.extend_by;
    let form = state.selected().map(|pat| Form::like(pat, organizations(state), span));
    state.mode = form.map_or(Mode::Browse, |form| Mode::Form(Box::new(form)));
}

/// Opens the selected token.
pub(super) fn open_of(state: &mut State) {
    let span = state.setting.preferences.extend_by;
    let form = state.selected().map(|pat| Form::of(pat, span));
    state.mode = form.map_or(Mode::Browse, |form| Mode::Form(Box::new(form)));
}

fn organizations(state: &State) -> Vec<Organization> {
    let known = state.session.connection().map_or(&[][..], |it| &it.organizations);
    known.iter().map(|(organization, _)| organization.clone()).collect()
}

/// Says why no token can be made now.
pub(super) fn refuse(state: &mut State) {
    let text = if state.custody.is_free() {
        "there is no connection yet: r connects"
    } else {
        "one token at a time: its secret has to find its place first"
    };
    state.notices.warn(text);
}

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    let height = ui::picker::visible_rows(state);
    let Mode::Form(form) = &mut state.mode else { return Effects::none() };
    // Sent: it is open until the answer with the secret is here.
    if form.sent.is_some() {
        return Effects::none();
    }
    if form.picker.is_some() {
        pick(form, action, height);
        return Effects::none();
    }
    match action {
        Action::Back => state.mode = Mode::Browse,
        Action::Next => form.step(1),
        Action::Previous => form.step(-1),
        Action::Forward => choose(form, 1),
        Action::Backward => choose(form, -1),
        Action::Confirm => match form.focus {
            Field::Scopes => form.picker = Some(Picker::new(form.scopes.clone())),
            Field::Send => return send(state),
            Field::Name | Field::Organization | Field::End | Field::Consent => form.step(1),
        },
        _ => write(form, action),
    }
    Effects::none()
}

/// The next or the previous choice of a field that has some.
fn choose(form: &mut Form, by: isize) {
    match form.focus {
        Field::Organization => {
            let last = form.organizations.len().saturating_sub(1);
            form.organization = form.organization.saturating_add_signed(by).min(last);
        }
        Field::End => form.end.step(by),
        Field::Name | Field::Scopes | Field::Consent | Field::Send => return,
    }
    forget(form);
}

fn write(form: &mut Form, action: &Action) {
    let input = match form.focus {
        Field::Name => &mut form.name,
        Field::End if form.end.choice() == Choice::Date => &mut form.end.date,
        Field::Consent => &mut form.consent,
        Field::End | Field::Organization | Field::Scopes | Field::Send => return,
    };
    if typing::edit(input, action) {
        forget(form);
    }
}

/// What was wrong with the field is not known to be wrong any more.
fn forget(form: &mut Form) {
    let focus = form.focus;
    form.faults.retain(|fault| fault.field != focus && fault.field != Field::Send);
}

/// The list of scopes.
fn pick(form: &mut Form, action: &Action, height: usize) {
    let Some(picker) = &mut form.picker else { return };
    match action {
        Action::Back if picker.search.value().is_empty() => form.picker = None,
        Action::Back => {
            picker.search.reset();
            picker.cursor = Cursor::default();
        }
        Action::Confirm => {
            form.scopes = std::mem::take(&mut picker.chosen);
            form.suggest();
            form.picker = None;
            form.focus = Field::Scopes;
            forget(form);
            form.step(1);
        }
        // No search needs a blank: what it finds is chosen with it.
        Action::Mark | Action::Insert(' ') => {
            if let Some(row) = picker.found().get(picker.cursor.selected()) {
                picker.toggle(row);
            }
        }
        _ => {
            if typing::edit(&mut picker.search, action) {
                picker.cursor = Cursor::default();
            }
            let len = picker.found().len();
            overlay::walk(&mut picker.cursor, action, len, height);
        }
    }
}

/// What the form was sent for.
fn asked(state: &State) -> Option<Request> {
    let Mode::Form(form) = &state.mode else { return None };
    form.sent?;
    form.check(state.latest(form), state.now(), state.setting.zone).ok()
}

/// Sends what is right, and points out what is not.
fn send(state: &mut State) -> Effects {
    let order = state.traffic.next_order();
    let (now, zone) = (state.now(), state.setting.zone);
    let Mode::Form(form) = &state.mode else { return Effects::none() };
    let checked = form.check(state.latest(form), now, zone);
    let Mode::Form(form) = &mut state.mode else { return Effects::none() };
    match checked {
        Ok(request) => {
            form.faults.clear();
            form.sent = Some(order);
            match request {
                Request::Create(new) => {
                    state.custody.begin(order);
                    splitting::sent(state, order);
                    Effect::Create { order, new: Box::new(new) }.into()
                }
                Request::Edit(pat, change) => {
                    Effect::Edit { order, pat, change: Box::new(change) }.into()
                }
            }
        }
        Err(faults) => {
            form.focus = faults.first().map_or(Field::Send, |fault| fault.field);
            form.faults = faults;
            Effects::none()
        }
    }
}

/// The token was changed, perhaps otherwise than it was asked for.
pub(super) fn edited(state: &mut State, order: OrderId, result: Result<Edit, Failure>) -> Effects {
    let is_awaited = matches!(&state.mode, Mode::Form(form) if form.sent == Some(order));
    match result {
        Ok(edit) => {
            tell(state, &edit);
            state.inventory.put(edit.pat);
            rearrange(state);
            if is_awaited {
                state.mode = Mode::Browse;
            }
            Effects::none()
        }
        Err(failure) if is_awaited => {
            // Where the truth is not known, the list is read again to find it.
            let is_unknown =
                matches!(failure.kind, FailureKind::Unconfirmed | FailureKind::NotFound);
            refused(state, &failure);
            if is_unknown { listing::list(state) } else { Effects::none() }
        }
        Err(_) => Effects::none(),
    }
}

fn tell(state: &mut State, edit: &Edit) {
    let name = edit.pat.name.visible().into_owned();
    writes::learn(state, &Wish::change(&edit.before, &edit.change), Ok(&edit.pat));
    let told = edit.told(state.setting.zone);
    if told.is_empty() {
        let how = match edit.confirmation {
            Confirmation::Answered => "",
            Confirmation::ReadBack => " (the answer was lost; it was read back)",
        };
        state.notices.done(format!("{name} is changed{how}"));
    }
    for told in told {
        state.notices.warn(format!("{name}: {told}"));
    }
}

/// The creation failed: the form keeps all that was typed.
pub(super) fn refused(state: &mut State, failure: &Failure) {
    match asked(state) {
        Some(Request::Create(new)) => {
            let wish = new.wish(state.now());
            writes::learn(state, &wish, Err(failure));
        }
        Some(Request::Edit(pat, change)) => {
            writes::learn(state, &Wish::change(&pat, &change), Err(failure));
        }
        None => {}
    }
    if let Mode::Form(form) = &mut state.mode
        && form.sent.take().is_some()
    {
        let fault = Fault::of(failure);
        form.focus = fault.field;
        form.faults = vec![fault];
    } else {
        state.notices.fail(failure);
    }
}

//! What was begun and not ended: shown first, and ended as its owner decides. Nothing is revoked
//! or made here that was not confirmed.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use super::{listing, overlay, rearrange};
use crate::{
    action::Action,
    effect::{Effect, Effects, OrderId},
    failure::{Failure, FailureKind},
    journal::ItemId,
    operations::{
        NewPat, Revocation,
        resume::{Finding, Way, told, verb},
    },
    state::{
        State,
        cursor::Cursor,
        items::Ending,
        mode::{
            Mode,
            confirm::{Confirm, Question},
        },
    },
    text, ui,
};

/// Opens them by key.
pub(super) fn open(state: &mut State) -> Effects {
    state.items.cursor = Cursor::default();
    show(state);
    read(state)
}

/// Looks what there is, and shows it as soon as that is known.
pub(super) fn announce(state: &mut State) -> Effects {
    state.items.is_due = true;
    read(state)
}

/// One look at a time.
fn read(state: &mut State) -> Effects {
    if !state.items.is_idle() {
        return Effects::none();
    }
    let order = state.traffic.next_order();
    state.items.reading = Some(order);
    Effect::ReadItems { order }.into()
}

pub(super) fn found(
    state: &mut State,
    order: OrderId,
    result: Result<Vec<Finding>, Failure>,
) -> Effects {
    if state.items.reading != Some(order) {
        return Effects::none();
    }
    state.items.reading = None;
    if let Err(failure) = &result {
        state.notices.fail(failure);
    }
    let found = result.map(|found| {
        let (over, open): (Vec<_>, _) =
            found.into_iter().partition(|finding| finding.verdict.is_settled());
        for finding in &over {
            // With nothing left to decide they are told once.
            state.notices.done(format!("{}: {}", title(finding), told(finding)));
        }
        open
    });
    state.items.found = Some(found);
    Effects::none()
}

fn title(finding: &Finding) -> String {
    let intent = &finding.item.intent;
    format!("{} {} in {}", verb(&finding.item), text::cut(&intent.name, 60), intent.organization)
}

/// Shows what is left as soon as nothing else needs the keyboard. A form waits behind it.
pub(super) fn settle(state: &mut State) {
    let len = state.items.open().len();
    let height = ui::items::visible_rows(state);
    state.items.cursor.fit(len, height);
    if !state.items.is_due || state.items.reading.is_some() {
        return;
    }
    let is_free = match &state.mode {
        Mode::Browse => state.has_list(),
        Mode::Form(form) => form.sent.is_none() && form.picker.is_none(),
        _ => len == 0,
    };
    if is_free {
        state.items.is_due = false;
        if len > 0 {
            show(state);
        }
    }
}

fn show(state: &mut State) {
    state.items.behind = std::mem::replace(&mut state.mode, Mode::Items);
}

fn close(state: &mut State) {
    state.mode = std::mem::take(&mut state.items.behind);
}

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    let (len, height) = (state.items.open().len(), ui::items::visible_rows(state));
    match action {
        Action::Back => close(state),
        Action::Refresh => return read(state),
        Action::GoOn(way) => ask(state, |item| Question::GoOn { item, way: *way }),
        Action::Again => ask(state, |item| Question::Again { item }),
        _ => overlay::walk(&mut state.items.cursor, action, len, height),
    }
    Effects::none()
}

fn ask(state: &mut State, question: impl FnOnce(ItemId) -> Question) {
    if let Some(finding) = state.items.selected() {
        state.mode = Mode::Confirm(Confirm::new(question(finding.item.id), None));
    }
}

/// Confirmed: the item is ended.
pub(super) fn go_on(state: &mut State, item: ItemId, way: Way, again: bool) -> Effects {
    state.mode = Mode::Items;
    let finding = state.items.open().iter().find(|finding| finding.item.id == item).cloned();
    // A look may have found it otherwise while the question was open.
    let Some(finding) = finding.filter(|it| state.items.is_idle() && it.allows(way)) else {
        state.notices.warn("what exists has changed meanwhile; look again".to_owned());
        return Effects::none();
    };
    let order = state.traffic.next_order();
    state.items.ending = Some(Ending { order, finding, way, again });
    Effect::GoOn { order, item, way }.into()
}

pub(super) fn went_on(
    state: &mut State,
    order: OrderId,
    result: Result<Option<Revocation>, Failure>,
) -> Effects {
    let Some(Ending { finding, way, again, .. }) =
        state.items.ending.take_if(|ending| ending.order == order)
    else {
        return Effects::none();
    };
    let revocation = match result {
        Ok(revocation) => revocation,
        Err(failure) => {
            state.notices.fail(&failure);
            let mut effects = read(state);
            if failure.kind == FailureKind::Unconfirmed {
                effects.extend(listing::list(state));
            }
            return effects;
        }
    };
    if let Some(Ok(found)) = &mut state.items.found {
        found.retain(|other| other.item.id != finding.item.id);
    }
    if let Some(revocation) = revocation {
        state.inventory.mark_revoked(revocation.id);
        rearrange(state);
    }
    state.notices.done(format!("{}: {}", title(&finding), way.done(revocation)));
    let is_shown = matches!(state.mode, Mode::Items);
    if is_shown && (again || state.items.open().is_empty()) {
        close(state);
    }
    if again { begin_again(state, finding) } else { Effects::none() }
}

/// What was lost is gone for sure; now the same is ordered once more.
fn begin_again(state: &mut State, finding: Finding) -> Effects {
    let intent = finding.item.intent;
    if !state.custody.is_free() || intent.valid_to <= state.now() {
        state.notices.warn("its end is over, or another token is being made: n makes it anew");
        return Effects::none();
    }
    let order = state.traffic.next_order();
    let effect = match (intent.old, finding.old) {
        (Some(_), Some(old)) if state.can_rotate(&old) => {
            state.custody.replaces = Some(Box::new(old.clone()));
            Effect::Rotate { order, old: Box::new(old), to: Some(intent.valid_to) }
        }
        (Some(_), _) => {
            state.notices.warn("the old token is over: c makes one like it".to_owned());
            return Effects::none();
        }
        (None, _) => {
            // What is refused comes back to its form.
            if let Mode::Form(form) = &mut state.mode
                && form.called() == intent.name
            {
                form.faults.clear();
                form.sent = Some(order);
            }
            let new = NewPat {
                organization: intent.organization,
                name: intent.name,
                scope: intent.scope,
                valid_to: intent.valid_to,
            };
            Effect::Create { order, new: Box::new(new) }
        }
    };
    state.custody.begin(order);
    effect.into()
}

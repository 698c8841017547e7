//! Questions: the focus is on Cancel, and only the other button does anything.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use super::{accounts, clipboard, custody, extend, revoke, rotate, typing};
use crate::{
    action::Action,
    effect::{Effect, Effects},
    state::{
        State,
        mode::{
            Mode,
            confirm::{Confirm, Focus, Question},
        },
    },
};

/// Leaves at once unless something would be lost; asked a second time it leaves anyway.
pub(super) fn quit(state: &mut State) -> Effects {
    if let Some(effects) = custody::quit(state) {
        return effects;
    }
    let counts = state.works.counts();
    let is_asked = matches!(&state.mode, Mode::Confirm(Confirm { question: Question::Quit, .. }));
    let is_sent = matches!(&state.mode, Mode::Form(form) if form.sent.is_some());
    let is_awaited = is_sent || state.custody.awaited.is_some();
    let is_idle = counts.scheduled + counts.running == 0 && !is_awaited;
    if is_asked || is_idle {
        return Effect::Quit.into();
    }
    state.mode = Mode::Confirm(Confirm::new(Question::Quit, None));
    Effects::none()
}

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    let Mode::Confirm(confirm) = &mut state.mode else { return Effects::none() };
    match action {
        Action::Back => cancel(state),
        Action::Forward => confirm.step(true),
        Action::Backward => confirm.step(false),
        Action::Confirm => match confirm.focus {
            Focus::Cancel => cancel(state),
            // Enter after typing goes on to Cancel: a pasted line break cannot confirm.
            Focus::Field => confirm.focus = Focus::Cancel,
            Focus::Confirm if confirm.is_unlocked() => {
                let question = confirm.question.clone();
                state.mode = Mode::Browse;
                return answer(state, question);
            }
            Focus::Confirm => {}
        },
        _ => {
            if let (Focus::Field, Some((_, input))) = (confirm.focus, &mut confirm.typed) {
                typing::edit(input, action);
            }
        }
    }
    Effects::none()
}

/// Back to where the question came from.
fn cancel(state: &mut State) {
    let Mode::Confirm(confirm) = std::mem::take(&mut state.mode) else { return };
    if let Question::SignOut { account } = confirm.question {
        accounts::open_at(state, account);
    }
}

fn answer(state: &mut State, question: Question) -> Effects {
    match question {
        Question::Revoke { ids } => revoke::schedule(state, ids),
        Question::Rotate { id } => rotate::send(state, id),
        Question::Extend { targets } => extend::send(state, targets),
        Question::SignOut { account } => Effect::SignOut { account }.into(),
        Question::CopyByTerminal(copying) => clipboard::agreed(state, copying),
        Question::Quit => Effect::Quit.into(),
    }
}

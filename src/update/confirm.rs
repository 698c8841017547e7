//! Questions: the focus is on Cancel, and only the other button does anything.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use super::{accounts, batch, clipboard, custody, items, overlay, revoke, rotate, typing};
use crate::{
    action::Action,
    effect::{Effect, Effects},
    operations::resume::Way,
    state::{
        State,
        mode::{
            Mode,
            confirm::{Confirm, Focus, Question},
            stepper::Choice,
        },
    },
    ui,
};

/// Leaves at once unless something would be lost; asked a second time it leaves anyway.
pub(super) fn quit(state: &mut State) -> Effects {
    if let Some(effects) = custody::quit(state) {
        return effects;
    }
    let counts = state.works.counts();
    let is_asked = matches!(&state.mode, Mode::Confirm(Confirm { question: Question::Quit, .. }));
    let is_sent = matches!(&state.mode, Mode::Form(form) if form.sent.is_some());
    let is_ending = state.items.ending.is_some();
    let is_awaited = is_sent || state.custody.awaited.is_some() || is_ending;
    let is_idle = counts.scheduled + counts.running == 0 && !is_awaited;
    if is_asked || is_idle {
        return Effect::Quit.into();
    }
    state.mode = Mode::Confirm(Confirm::new(Question::Quit, None));
    Effects::none()
}

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    let height = ui::batch::visible_rows(state);
    let Mode::Confirm(confirm) = &mut state.mode else { return Effects::none() };
    match action {
        Action::Back => cancel(state),
        Action::Scroll(_) | Action::PageDown | Action::PageUp => {
            if let Question::Batch(batch) = &mut confirm.question {
                overlay::walk(&mut batch.cursor, action, batch.rows.len(), height);
            }
        }
        Action::Forward | Action::Backward if confirm.focus == Focus::End => {
            if let Some(end) = &mut confirm.end {
                end.step(if *action == Action::Forward { 1 } else { -1 });
            }
        }
        Action::Next | Action::Forward => confirm.step(true),
        Action::Previous | Action::Backward => confirm.step(false),
        Action::Confirm => match confirm.focus {
            Focus::Cancel => cancel(state),
            // Enter after typing goes on to Cancel: a pasted line break cannot confirm.
            Focus::Field | Focus::End => confirm.focus = Focus::Cancel,
            Focus::Confirm if confirm.is_unlocked() => return yes(state),
            Focus::Confirm => {}
        },
        _ => match (confirm.focus, &mut confirm.typed, &mut confirm.end) {
            (Focus::Field, Some((_, input)), _) => drop(typing::edit(input, action)),
            (Focus::End, _, Some(end)) if end.choice() == Choice::Date => {
                typing::edit(&mut end.date, action);
            }
            _ => {}
        },
    }
    Effects::none()
}

/// The answer is yes.
fn yes(state: &mut State) -> Effects {
    let Mode::Confirm(confirm) = &state.mode else { return Effects::none() };
    let question = confirm.question.clone();
    if let (Question::Rotate { id }, Some(end)) = (&question, &confirm.end) {
        return match rotate::end(state, *id, end) {
            Ok(to) => {
                state.mode = Mode::Browse;
                rotate::send(state, *id, to)
            }
            Err(unusable) => {
                state.notices.warn(unusable.to_string());
                if let Mode::Confirm(confirm) = &mut state.mode {
                    confirm.focus = Focus::End;
                }
                Effects::none()
            }
        };
    }
    state.mode = Mode::Browse;
    answer(state, question)
}

/// Back to where the question came from.
fn cancel(state: &mut State) {
    let Mode::Confirm(confirm) = std::mem::take(&mut state.mode) else { return };
    match confirm.question {
        Question::SignOut { account } => accounts::open_at(state, account),
        Question::GoOn { .. } | Question::Again { .. } => state.mode = Mode::Items,
        _ => {}
    }
}

fn answer(state: &mut State, question: Question) -> Effects {
    match question {
        Question::Revoke { id } => revoke::schedule(state, id),
        Question::Batch(batch) => batch::begin(state, batch),
        Question::Rotate { id } => rotate::send(state, id, None),
        Question::GoOn { item, way } => items::go_on(state, item, way, false),
        Question::Again { item } => items::go_on(state, item, Way::RollBack, true),
        Question::SignOut { account } => Effect::SignOut { account }.into(),
        Question::CopyByTerminal(copying) => clipboard::agreed(state, copying),
        Question::Quit => Effect::Quit.into(),
    }
}

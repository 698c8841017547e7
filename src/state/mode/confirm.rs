//! The question before something that cannot be undone. Cancel has the focus, and typing never
//! presses a button.

use tui_input::Input;

use super::stepper::Stepper;
use crate::{
    identity::AccountId,
    journal::ItemId,
    operations::resume::Way,
    pat::AuthorizationId,
    state::{batch::Batch, clipboard::Copying},
};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Revoke {
        id: AuthorizationId,
    },
    /// Change several tokens, or revoke them.
    Batch(Batch),
    /// Make a token that takes the place of this one.
    Rotate {
        id: AuthorizationId,
    },
    /// End an item in one of the ways.
    GoOn {
        item: ItemId,
        way: Way,
    },
    /// Revoke the token of an item, and make it once more.
    Again {
        item: ItemId,
    },
    /// Forget the account's session.
    SignOut {
        account: AccountId,
    },
    /// Give what is copied to the terminal, which may put it on a clipboard.
    CopyByTerminal(Copying),
    /// Leave although revocations wait to be sent, or writes wait for their answer.
    Quit,
}

/// What has the focus in the dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Focus {
    #[default]
    Cancel,
    Confirm,
    /// The field where the name or the count is typed.
    Field,
    /// The end of the token that is made.
    End,
}

/// An open question.
#[derive(Clone, Debug)]
pub struct Confirm {
    pub question: Question,
    pub focus: Focus,
    /// What has to be typed before the answer can be yes, and what was typed.
    pub typed: Option<(String, Input)>,
    /// The end of the token that is made, where one is.
    pub end: Option<Stepper>,
}

impl Confirm {
    pub fn new(question: Question, must_type: Option<String>) -> Self {
        let focus = if must_type.is_some() { Focus::Field } else { Focus::Cancel };
        let typed = must_type.map(|text| (text, Input::default()));
        Self { question, focus, typed, end: None }
    }

    /// Whether the answer may be yes.
    pub fn is_unlocked(&self) -> bool {
        self.typed.as_ref().is_none_or(|(wanted, input)| input.value() == wanted)
    }

    /// Moves the focus: end, field, cancel, confirm. Confirm is passed over while it is locked.
    pub fn step(&mut self, forward: bool) {
        let mut stops = Vec::with_capacity(4);
        if self.end.is_some() {
            stops.push(Focus::End);
        }
        if self.typed.is_some() {
            stops.push(Focus::Field);
        }
        stops.push(Focus::Cancel);
        if self.is_unlocked() {
            stops.push(Focus::Confirm);
        }
        let at = stops.iter().position(|stop| *stop == self.focus).unwrap_or_default();
        let next = if forward { at + 1 } else { at + stops.len() - 1 };
        self.focus = stops.get(next % stops.len()).copied().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancel_has_the_focus_and_confirm_is_one_step_away() {
        let mut confirm = Confirm::new(Question::Quit, None);
        assert_eq!(confirm.focus, Focus::Cancel);
        confirm.step(true);
        assert_eq!(confirm.focus, Focus::Confirm);
        confirm.step(true);
        assert_eq!(confirm.focus, Focus::Cancel);
    }

    #[test]
    fn confirm_is_out_of_reach_until_the_text_is_typed() {
        let mut confirm = Confirm::new(Question::Quit, Some("12".into()));
        assert_eq!(confirm.focus, Focus::Field);
        for _ in 0..5 {
            confirm.step(true);
            assert_ne!(confirm.focus, Focus::Confirm);
        }
        confirm.typed = Some(("12".into(), "12".into()));
        confirm.focus = Focus::Field;
        confirm.step(false);
        assert_eq!(confirm.focus, Focus::Confirm);
    }
}

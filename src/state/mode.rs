//! What has the keyboard: the list, the filter line, the stepper in the row, or a dialog.

pub mod confirm;
pub mod form;
pub mod palette;
pub mod picker;
pub mod sign_in;
pub mod stepper;

use super::{cursor::Cursor, view::Sort};
use crate::{audit::Log, failure::Failure};
use confirm::Confirm;
use form::Form;
use palette::Palette;
use stepper::Stepper;

/// One thing at a time has the keyboard.
#[derive(Debug, Default)]
pub enum Mode {
    #[default]
    Browse,
    Filter,
    Extend(Stepper),
    Form(Box<Form>),
    /// What is held stands in [`State::custody`](super::State::custody).
    Secret,
    Confirm(Confirm),
    /// What becomes of several tokens; they stand in [`State::batch`](super::State::batch).
    Batch,
    /// The sort menu, and the order to return to when it is left.
    Sort {
        before: Sort,
    },
    Organizations(Cursor),
    Calls(Cursor),
    Log(Changes),
    /// What was begun and not ended; it stands in [`State::items`](super::State::items).
    Items,
    /// A global token is replaced; how far stands in [`State::splitting`](super::State::splitting).
    Split,
    Accounts(Cursor),
    /// What the person has to do stands in [`State::sign_in`](super::State::sign_in).
    SignIn,
    Help(Palette),
}

/// The log of changes, as it was read when it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// `None` while it is read.
    pub log: Option<Result<Log, Failure>>,
    pub cursor: Cursor,
}

impl Changes {
    /// How many there are, as far as that is known.
    pub fn count(&self) -> usize {
        self.log.as_ref().and_then(|log| log.as_ref().ok()).map_or(0, |log| log.entries.len())
    }
}

//! What has the keyboard: the list, the filter line, the stepper in the row, or a dialog.

pub mod confirm;
pub mod palette;
pub mod sign_in;
pub mod stepper;

use super::{cursor::Cursor, view::Sort};
use confirm::Confirm;
use palette::Palette;
use stepper::Stepper;

/// One thing at a time has the keyboard.
#[derive(Debug, Default)]
pub enum Mode {
    #[default]
    Browse,
    Filter,
    Extend(Stepper),
    Confirm(Confirm),
    /// The sort menu, and the order to return to when it is left.
    Sort {
        before: Sort,
    },
    Organizations(Cursor),
    Calls(Cursor),
    Accounts(Cursor),
    /// What the person has to do stands in [`State::sign_in`](super::State::sign_in).
    SignIn,
    Help(Palette),
}

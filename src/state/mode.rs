//! What has the keyboard: the list, the filter line, the stepper in the row, or a dialog.

pub mod confirm;
pub mod form;
pub mod palette;
pub mod picker;
pub mod sign_in;
pub mod stepper;

use super::{cursor::Cursor, view::Sort};
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

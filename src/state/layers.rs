//! Which keys are live in a question and in a form: that depends on what has the focus.

use super::mode::{
    confirm::{Confirm, Focus, Question},
    form::{Field, Form},
    stepper::{Choice, Stepper},
};
use crate::action::Layer;

pub(super) fn of_question(confirm: &Confirm) -> &'static [Layer] {
    let is_typed = |end: &Stepper| end.choice() == Choice::Date;
    let has_rows = matches!(confirm.question, Question::Batch(_));
    match confirm.focus {
        Focus::Field if has_rows => &[Layer::Confirm, Layer::Preview, Layer::Text],
        Focus::Field => &[Layer::Confirm, Layer::Text],
        Focus::End if confirm.end.as_ref().is_some_and(is_typed) => &[Layer::Form, Layer::Text],
        // The arrows choose the end, so others have to move on.
        Focus::End => &[Layer::Form],
        Focus::Cancel | Focus::Confirm if has_rows => &[Layer::Confirm, Layer::Preview],
        Focus::Cancel | Focus::Confirm => &[Layer::Confirm],
    }
}

pub(super) fn of_form(form: &Form) -> &'static [Layer] {
    if form.sent.is_some() {
        return &[];
    }
    if form.picker.is_some() {
        return &[Layer::Picker, Layer::Text];
    }
    match form.focus {
        Field::Name | Field::Consent => &[Layer::Form, Layer::Text],
        Field::End if form.end.choice() == Choice::Date => &[Layer::Form, Layer::Text],
        Field::End | Field::Organization | Field::Scopes | Field::Send => &[Layer::Form],
    }
}

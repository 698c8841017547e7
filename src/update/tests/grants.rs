//! What the service gives may be other than what was asked for.

use super::*;
use crate::{
    operations::{Confirmation, Extension},
    pat::change::Field,
};

#[test]
fn what_changed_beside_the_end_is_told() {
    let mut desk = Desk::new(three());
    desk.act(Action::Extend);
    let effects = desk.act(Action::Confirm);
    let [Effect::Extend { order, pat, to }] = effects.as_slice() else { panic!("{effects:?}") };
    let extension = Extension {
        pat: Pat { valid_to: *to, ..(**pat).clone() }.scoped(""),
        requested: *to,
        altered: vec![Field::Scope],
        confirmation: Confirmation::Answered,
    };
    desk.tell(Event::Extended { order: *order, result: Box::new(Ok(extension)) });
    assert!(desk.notice().contains("its scope is now nothing, although"), "{}", desk.notice());
}

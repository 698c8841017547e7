//! What the records of this computer say.

use super::*;
use crate::failure::{Failure, FailureKind};

#[test]
fn what_was_left_behind_and_what_is_not_in_the_log_is_told() {
    let mut desk = Desk::new(vec![]);
    desk.tell(Event::LeftBehind(2));
    let told = desk.state.notices.current().unwrap().text.clone();
    assert!(told.starts_with("2 tokens were begun to be created or rotated"), "{told}");
    desk.state.notices.dismiss();
    desk.tell(Event::Unrecorded(Failure::new(FailureKind::Usage, "write the log", "it is full")));
    let told = desk.state.notices.current().unwrap().text.clone();
    assert!(told.contains("cannot write the log: it is full"), "{told}");
}

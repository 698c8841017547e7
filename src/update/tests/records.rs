//! What the records of this computer say.

use super::*;
use crate::{
    audit::{self, Entry, Log, Outcome},
    failure::{Failure, FailureKind},
    state::mode::{Changes, Mode},
    text::Untrusted,
};

#[test]
fn what_is_not_in_the_log_is_told() {
    let mut desk = Desk::new(vec![]);
    desk.tell(Event::Unrecorded(Failure::new(FailureKind::Usage, "write the log", "it is full")));
    let told = desk.state.notices.current().unwrap().text.clone();
    assert!(told.contains("cannot write the log: it is full"), "{told}");
}

/// A log of fifty changes, each a minute after the one before.
pub(super) fn log() -> Log {
    let entry = |number: i64| Entry {
        at: now() + TimeDelta::minutes(number),
        action: audit::Action::Extend,
        id: None,
        name: Untrusted::new(format!("token {number}\u{202E}")),
        organization: organization(),
        outcome: Outcome::Done,
        detail: None,
    };
    let entries = (0..50).map(entry).collect();
    Log { entries, lines: 50, torn: vec![], misfit: None, hash: String::new() }
}

fn changes(desk: &Desk) -> &Changes {
    let Mode::Log(changes) = &desk.state.mode else { panic!("{:?}", desk.state.mode) };
    changes
}

#[test]
fn the_log_of_changes_is_read_each_time_it_is_opened() {
    let mut desk = Desk::new(three());
    for result in [Ok(log()), Err(Failure::new(FailureKind::Usage, "read it", "it is a folder"))] {
        assert_eq!(desk.act(Action::Log), [Effect::ReadLog]);
        assert_eq!(changes(&desk), &Changes::default(), "nothing of the last time is left");
        desk.tell(Event::LogRead(result.clone()));
        assert_eq!(changes(&desk).log, Some(result));
        assert_eq!(desk.act(Action::Back), []);
        assert!(matches!(desk.state.mode, Mode::Browse));
    }
    desk.act(Action::Log);
    desk.act(Action::Back);
    desk.tell(Event::LogRead(Ok(log())));
    assert!(matches!(desk.state.mode, Mode::Browse), "whoever left it is left alone");
}

#[test]
fn one_walks_through_the_log_of_changes_and_stops_at_its_ends() {
    let mut desk = Desk::new(three());
    desk.act(Action::Log);
    desk.act(Action::Next);
    assert_eq!(changes(&desk).cursor.selected(), 0, "there is nothing yet");
    desk.tell(Event::LogRead(Ok(log())));
    let page = crate::ui::log::visible_rows(&desk.state);
    assert!((5..50).contains(&page), "{page}");
    for (action, at) in [
        (Action::Next, 1),
        (Action::Previous, 0),
        (Action::Previous, 0),
        (Action::PageDown, page),
        (Action::Scroll(3), page + 3),
        (Action::PageUp, 3),
        (Action::Last, 49),
        (Action::Next, 49),
        (Action::First, 0),
    ] {
        assert_eq!(desk.act(action), []);
        let cursor = changes(&desk).cursor;
        assert_eq!(cursor.selected(), at);
        assert!(cursor.window(50, page).contains(&at));
    }
    assert_eq!(desk.selected(), "bot", "the list behind it stays where it is");
}

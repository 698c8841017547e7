//! The log of changes on the screen.

use azpat::{
    audit::Log,
    failure::{Failure, FailureKind},
    state::{
        State,
        cursor::Cursor,
        mode::{Changes, Mode},
    },
};

use super::{
    builder::{at, log, main_screen, text},
    stories::snapshot,
};

/// The log with the cursor on one of its changes.
fn reading(log: Result<Log, Failure>, row: usize) -> State {
    let mut state = main_screen();
    let mut cursor = Cursor::default();
    cursor.select(row, 5, 5);
    state.mode = Mode::Log(Changes { log: Some(log), cursor });
    state
}

#[test]
fn the_changes() {
    snapshot("log_140x40", &reading(Ok(log()), 0));
    snapshot("log_80x24", &at(reading(Ok(log()), 2), 80, 24));
    snapshot("log_40x10", &at(reading(Ok(log()), 1), 40, 10));
}

#[test]
fn what_cannot_be_relied_on_is_told() {
    let misfit = Some((2, "it is not as it was written"));
    let damaged = || Ok(Log { torn: vec![5, 7], misfit, lines: 7, ..log() });
    snapshot("log_damaged_80x24", &at(reading(damaged(), 0), 80, 24));
    snapshot("log_damaged_40x10", &at(reading(damaged(), 4), 40, 10));
}

#[test]
fn no_log_and_none_that_can_be_read() {
    let mut state = at(main_screen(), 80, 24);
    state.mode = Mode::Log(Changes::default());
    assert!(text(&state).contains("Reading…"), "{}", text(&state));
    let none = Log { entries: vec![], lines: 0, ..log() };
    let none = at(reading(Ok(none), 0), 80, 24);
    assert!(text(&none).contains("Nothing was changed yet."), "{}", text(&none));
    let torn = Log { entries: vec![], lines: 1, torn: vec![1], ..log() };
    let torn = text(&at(reading(Ok(torn), 0), 80, 24));
    assert!(torn.contains("line 1 is incomplete") && !torn.contains("Nothing was"), "{torn}");
    let why = Failure::new(FailureKind::Usage, "read audit.jsonl", "others can write there")
        .hint("chmod 600 makes it yours");
    snapshot("log_unread_80x24", &at(reading(Err(why), 0), 80, 24));
}

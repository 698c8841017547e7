//! What reaches the terminal, byte for byte, whatever stands in names, scopes and answers.

use std::{cell::RefCell, io, rc::Rc};

use chrono::TimeDelta;
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect};

use crate::{
    azure::{Call, Route},
    event::Connection,
    failure::{Failure, FailureKind},
    operations::Account,
    pat::{
        AuthorizationId,
        fixture::{now, pat},
    },
    state::{
        Setting, State,
        cursor::Cursor,
        mode::{
            Mode,
            confirm::{Confirm, Question},
        },
        session::Session,
        tally::Tally,
    },
    text::{
        Untrusted,
        hostile::{assert_inert, texts},
    },
};

/// How many tokens stand on one screen.
const BATCH: usize = 10;

#[derive(Clone, Default)]
struct Bytes(Rc<RefCell<Vec<u8>>>);

impl io::Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes that draw a screen from nothing.
fn drawn(state: &State) -> String {
    let bytes = Bytes::default();
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    let backend = CrosstermBackend::new(bytes.clone());
    let mut terminal = Terminal::with_options(backend, options).unwrap();
    terminal.draw(|frame| super::draw(frame, state)).unwrap();
    drop(terminal);
    String::from_utf8(bytes.0.take()).unwrap()
}

/// The text that is left without azpat's own sequences: places, styles, and the cursor.
fn without_own(drawn: &str) -> String {
    let mut parts = drawn.split("\u{1b}[");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !matches!(c, '0'..='9' | ';' | '?')).unwrap();
        let (parameters, rest) = part.split_at(end);
        let (is_own, kind) = match rest.chars().next().unwrap() {
            kind @ ('H' | 'm') => (!parameters.contains('?'), kind),
            kind @ ('h' | 'l') => (parameters == "?25", kind),
            kind => (false, kind),
        };
        assert!(is_own, "{parameters}{kind} in {drawn:?}");
        text.push_str(rest.strip_prefix(kind).unwrap());
    }
    text
}

fn assert_own_only(state: &State) {
    let text = without_own(&drawn(state));
    assert!(!text.contains('\n'), "{text:?}");
    assert_inert(&text);
}

fn call(text: &str) -> Call {
    Call {
        at: now(),
        method: "GET",
        target: format!("dev.azure.com/{text}"),
        status: Some(500),
        took: TimeDelta::milliseconds(9),
        problem: Some(text.to_owned()),
        support_id: None,
    }
}

/// A list of tokens with these names, and the first of them everywhere else.
fn state(names: &[String]) -> State {
    let first = &names[0];
    let account = Account {
        id: "1".to_owned(),
        name: Untrusted::new("Ada"),
        mail: Untrusted::new(first.as_str()),
    };
    let connection = Connection {
        accounts: Vec::new(),
        route: Route::default(),
        account: Some(account),
        organizations: vec![(pat(1).organization, None)],
        host: "dev.azure.com".to_owned(),
        is_test_service: false,
    };
    let mut state = State::new(Setting::default(), Session::Connected(connection), now());
    state.size = (100, 30);
    state.inventory.begin_pass();
    for (number, name) in (1_i32..).zip(names) {
        let pat =
            pat(u128::from(number.unsigned_abs())).named(name).scoped(&format!("vso.code {name}"));
        state.inventory.add(pat.ends_in(TimeDelta::hours(number.into())));
    }
    let moment = state.moment();
    state.tally = Tally::of(state.inventory.pats().iter(), moment);
    state.table.rebuild(&state.inventory, moment);
    state.traffic.calls.extend(names.iter().map(|name| call(name)));
    state
}

fn failure(text: &str) -> Failure {
    Failure::new(FailureKind::Service, text, text).hint(text)
}

#[test]
fn ten_thousand_hostile_texts_reach_no_terminal() {
    let texts = texts(10_000);
    for names in texts.chunks(BATCH) {
        let mut state = state(names);
        state.detail.is_open = true;
        // What stands alone on a screen costs a frame each: every fifth has to do.
        for (row, name) in names.iter().enumerate().step_by(5) {
            state.table.cursor.select(row, names.len(), names.len());
            // Header, strip, row and detail pane stand beside the message.
            state.notices.fail(&failure(name));
            state.listing.results.insert(pat(1).organization, Err(failure(name)));
            state.table.filter = name.as_str().into();
            assert_own_only(&state);
            state.notices.dismiss();
            let id = AuthorizationId(uuid::Uuid::from_u128(u128::try_from(row).unwrap() + 1));
            let confirm = Confirm::new(Question::Revoke { ids: vec![id] }, Some(name.clone()));
            state.mode = Mode::Confirm(confirm);
            assert_own_only(&state);
            state.mode = Mode::Browse;
        }
        // All of them stand in the rows; the first one also below them.
        state.mode = Mode::Calls(Cursor::default());
        assert_own_only(&state);
        state.mode = Mode::Organizations(Cursor::default());
        assert_own_only(&state);
    }
}

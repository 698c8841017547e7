//! What reaches the terminal, byte for byte, whatever stands in names, scopes and answers.

use std::{cell::RefCell, io, rc::Rc};

use chrono::TimeDelta;
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect};

use crate::{
    audit::{Action, Entry, Log, Outcome},
    azure::{Call, Route},
    event::Connection,
    failure::{Failure, FailureKind},
    identity::{AccountId, Identity, Kept, Known, Way},
    operations::Account,
    pat::{
        AuthorizationId,
        fixture::{now, pat},
    },
    state::{
        Setting, State,
        cursor::Cursor,
        mode::{
            Changes, Mode,
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

/// Wide enough for all texts of a place.
const SIZE: (u16, u16) = (360, 18);

/// Enough for what stands alone.
const NARROW: (u16, u16) = (120, 18);

/// How many texts stand in rows of their own.
const IN_ROWS: usize = 8;

/// How many texts stand in each field of a message, which is one line.
const IN_A_LINE: usize = 4;

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

/// A terminal that is watched: one for all frames, so that each costs what has changed.
struct Watched {
    terminal: Terminal<CrosstermBackend<Bytes>>,
    bytes: Bytes,
}

impl Watched {
    fn new((width, height): (u16, u16)) -> Self {
        let bytes = Bytes::default();
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, width, height)) };
        let backend = CrosstermBackend::new(bytes.clone());
        Self { terminal: Terminal::with_options(backend, options).unwrap(), bytes }
    }

    /// Draws a frame of which nothing may reach the terminal but text and azpat's own sequences.
    fn draw(&mut self, state: &State) {
        self.terminal.draw(|frame| super::draw(frame, state)).unwrap();
        let drawn = String::from_utf8(self.bytes.0.take()).unwrap();
        let text = without_own(&drawn);
        assert!(!text.contains('\n'), "{text:?}");
        assert_inert(&text);
    }
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

fn change(text: &str) -> Entry {
    Entry {
        at: now(),
        action: Action::Revoke,
        id: None,
        name: Untrusted::new(text),
        organization: pat(1).organization,
        outcome: Outcome::Failed,
        detail: Some(text.to_owned()),
    }
}

/// A failure with all of them in each of its fields.
fn failure(texts: &[String]) -> Failure {
    let all = texts.join("a");
    Failure::new(FailureKind::Service, all.as_str(), all.as_str()).hint(all)
}

fn id(number: usize) -> AuthorizationId {
    AuthorizationId(uuid::Uuid::from_u128(u128::try_from(number).unwrap()))
}

fn known(number: usize, text: &str) -> Known {
    let id = AccountId { tenant: uuid::Uuid::nil(), oid: id(number).0 };
    let (username, name) = (Untrusted::new(text), Untrusted::new(text));
    Known {
        identity: Some(Identity { id, username, name }),
        way: Way::Browser,
        tenants: Vec::new(),
        organizations: Vec::new(),
        kept: Kept::Keyring,
        signed_out: None,
    }
}

/// Connected, and nothing known yet.
fn empty(size: (u16, u16)) -> State {
    let account = Account {
        id: "1".to_owned(),
        name: Untrusted::new("Ada"),
        mail: Untrusted::new("ada@example.org"),
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
    state.size = size;
    state
}

/// Tokens with these names.
fn with_tokens(size: (u16, u16), texts: &[String]) -> State {
    let mut state = empty(size);
    state.inventory.begin_pass();
    for (number, text) in (1_i32..).zip(texts) {
        let pat =
            pat(u128::from(number.unsigned_abs())).named(text).scoped(&format!("vso.code {text}"));
        state.inventory.add(pat.ends_in(TimeDelta::hours(number.into())));
    }
    let moment = state.moment();
    state.tally = Tally::of(state.inventory.pats().iter(), moment);
    state.table.rebuild(&state.inventory, moment);
    state
}

/// The accounts, of which each has to sign in again, and why.
fn sign_out(state: &mut State, texts: &[String]) {
    let Session::Connected(connection) = &mut state.session else { unreachable!() };
    connection.accounts = (0..).zip(texts).map(|(at, text)| known(at, text)).collect();
    for (account, text) in connection.accounts.iter_mut().zip(texts) {
        account.signed_out = Some(failure(std::slice::from_ref(text)));
    }
}

#[test]
fn ten_thousand_hostile_names_in_rows_reach_no_terminal() {
    let mut watched = Watched::new(SIZE);
    for texts in texts(10_000).chunks(IN_ROWS) {
        let mut state = with_tokens(SIZE, texts);
        watched.draw(&state);
        state.table.filter = texts.join("a").as_str().into();
        watched.draw(&state);
    }
}

/// In the warning, in the pane, and before a token is revoked; as what was typed, and as who is
/// signed in.
#[test]
fn ten_thousand_hostile_names_alone_reach_no_terminal() {
    let mut watched = Watched::new(NARROW);
    for text in texts(10_000) {
        let mut state = with_tokens(NARROW, std::slice::from_ref(&text));
        state.detail.is_open = true;
        let Session::Connected(connection) = &mut state.session else { unreachable!() };
        let account = connection.account.as_mut().unwrap();
        account.mail = Untrusted::new(text.as_str());
        state.table.filter = text.as_str().into();
        let mut confirm = Confirm::new(Question::Revoke { id: id(1) }, Some(text.clone()));
        confirm.typed.as_mut().unwrap().1 = text.as_str().into();
        state.mode = Mode::Confirm(confirm);
        watched.draw(&state);
    }
}

/// As a notice, above the list, beside an organization, and where a log cannot be read.
#[test]
fn ten_thousand_hostile_messages_reach_no_terminal() {
    let mut watched = Watched::new(SIZE);
    for texts in texts(10_000).chunks(IN_A_LINE) {
        let mut state = empty(SIZE);
        let failure = failure(texts);
        state.notices.fail(&failure);
        state.listing.results.insert(pat(1).organization, Err(failure.clone()));
        state.mode = Mode::Organizations(Cursor::default());
        watched.draw(&state);
        sign_out(&mut state, texts);
        state.mode = Mode::Log(Changes { log: Some(Err(failure)), ..Changes::default() });
        watched.draw(&state);
    }
}

/// The calls, the accounts, and the log of changes, which others could have written into.
#[test]
fn ten_thousand_hostile_rows_reach_no_terminal() {
    let (mut wide, mut narrow) = (Watched::new(SIZE), Watched::new(NARROW));
    for texts in texts(10_000).chunks(IN_ROWS) {
        let mut state = empty(SIZE);
        sign_out(&mut state, texts);
        state.mode = Mode::Accounts(Cursor::default());
        wide.draw(&state);
        let mut state = empty(SIZE);
        state.traffic.calls.extend(texts.iter().map(|text| call(text)));
        state.mode = Mode::Calls(Cursor::default());
        wide.draw(&state);
        let mut state = empty(NARROW);
        let entries: Vec<_> = texts.iter().map(|text| change(text)).collect();
        let lines = entries.len();
        let log = Log { entries, lines, torn: vec![1], misfit: None, hash: String::new() };
        let mut changes = Changes { log: Some(Ok(log)), cursor: Cursor::default() };
        for at in 0..lines {
            // What stands below the rows is about the selected one.
            changes.cursor.select(at, lines, lines);
            state.mode = Mode::Log(changes.clone());
            narrow.draw(&state);
        }
    }
}

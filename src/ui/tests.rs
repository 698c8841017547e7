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
const SIZE: (u16, u16) = (240, 20);

/// How many texts stand in each place of a frame: in rows of their own, or in one line.
const TOGETHER: usize = 8;

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
    fn new() -> Self {
        let bytes = Bytes::default();
        let options =
            TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, SIZE.0, SIZE.1)) };
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

/// A failure in which all of them stand.
fn failure(texts: &[String]) -> Failure {
    let (what, rest) = texts.split_at(texts.len() / 3);
    let (why, hint) = rest.split_at(rest.len() / 2);
    let [what, why, hint] = [what, why, hint].map(|texts| texts.join("a"));
    Failure::new(FailureKind::Service, what, why).hint(hint)
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
fn empty() -> State {
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
    state.size = SIZE;
    state
}

/// Tokens with these names: in the rows, in the warning, in the pane, and before one is revoked;
/// also as what was typed, and as who is signed in.
fn draw_tokens(watched: &mut Watched, texts: &[String]) {
    let mut state = empty();
    state.inventory.begin_pass();
    for (number, text) in (1_i32..).zip(texts) {
        let pat =
            pat(u128::from(number.unsigned_abs())).named(text).scoped(&format!("vso.code {text}"));
        state.inventory.add(pat.ends_in(TimeDelta::hours(number.into())));
    }
    let moment = state.moment();
    state.tally = Tally::of(state.inventory.pats().iter(), moment);
    state.table.rebuild(&state.inventory, moment);
    watched.draw(&state);
    state.detail.is_open = true;
    // What stands alone on a screen costs a frame each: every fourth has to do.
    for (row, text) in texts.iter().enumerate().step_by(4) {
        state.table.cursor.select(row, texts.len(), texts.len());
        state.table.filter = text.as_str().into();
        let Session::Connected(connection) = &mut state.session else { unreachable!() };
        let account = connection.account.as_mut().unwrap();
        account.mail = Untrusted::new(text.as_str());
        let ids = vec![id(row + 1)];
        let confirm = Confirm::new(Question::Revoke { ids }, Some(text.clone()));
        state.mode = Mode::Confirm(confirm);
        watched.draw(&state);
    }
}

/// The log of changes, which others could have written into.
fn draw_changes(watched: &mut Watched, state: &mut State, texts: &[String]) {
    let entries = texts.iter().map(|text| change(text)).collect::<Vec<_>>();
    let lines = entries.len();
    for entries in [entries.clone(), entries.into_iter().rev().collect()] {
        let log = Log { entries, lines, torn: vec![1], misfit: None, hash: String::new() };
        state.mode = Mode::Log(Changes { log: Some(Ok(log)), cursor: Cursor::default() });
        watched.draw(state);
    }
    state.mode = Mode::Log(Changes { log: Some(Err(failure(texts))), ..Changes::default() });
    watched.draw(state);
}

/// Messages, and all else that stands on the screen without a token.
fn draw_messages(watched: &mut Watched, texts: &[String]) {
    let mut state = empty();
    state.notices.fail(&failure(texts));
    watched.draw(&state);
    state.notices.dismiss();
    state.listing.results.insert(pat(1).organization, Err(failure(texts)));
    state.mode = Mode::Organizations(Cursor::default());
    watched.draw(&state);
    state.listing.results.clear();
    state.traffic.calls.extend(texts.iter().map(|text| call(text)));
    state.mode = Mode::Calls(Cursor::default());
    watched.draw(&state);
    draw_changes(watched, &mut state, texts);
    let Session::Connected(connection) = &mut state.session else { unreachable!() };
    connection.accounts.extend((0..).zip(texts).map(|(at, text)| known(at, text)));
    connection.accounts[0].signed_out = Some(failure(texts));
    state.mode = Mode::Accounts(Cursor::default());
    watched.draw(&state);
}

#[test]
fn ten_thousand_hostile_texts_reach_no_terminal() {
    let mut watched = Watched::new();
    for texts in texts(10_000).chunks(TOGETHER) {
        draw_tokens(&mut watched, texts);
    }
}

#[test]
fn ten_thousand_hostile_messages_reach_no_terminal() {
    let mut watched = Watched::new();
    for texts in texts(10_000).chunks(TOGETHER) {
        draw_messages(&mut watched, texts);
    }
}

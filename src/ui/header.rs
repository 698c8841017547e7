//! The first line: who, where, how many, how old, and what runs.

use ratatui::text::{Line, Span};

use super::{
    accounts,
    ink::Ink,
    piece::{Piece, Sides},
    text::{self, count, plural},
    theme::Role,
};
use crate::{
    pat::warning::Warning,
    state::{State, session::Session, view::View},
    when,
};

pub(super) fn line(state: &State, ink: Ink, width: usize) -> Line<'static> {
    let room = width.saturating_sub(2);
    let sides = Sides { left: left(state, ink), right: right(state, ink), gap: (3, 3) }.fit(room);
    let mut spans = vec![Span::raw(" ")];
    let mut end = 0;
    for (at, piece) in sides.placed(room) {
        spans.push(Span::raw(" ".repeat(at.saturating_sub(end))));
        spans.extend(piece.line.spans.iter().cloned());
        end = at + piece.width();
    }
    text::cut_line(Line::from(spans), width, ink.glyphs.ellipsis)
}

fn left(state: &State, ink: Ink) -> Vec<Piece> {
    let mut pieces = vec![Piece::new(0, vec![ink.span(Role::Strong, "azpat")])];
    let Some(connection) = state.session.connection() else { return pieces };
    if connection.is_test_service {
        let badge = ink.style(Role::TestService).patch(ink.style(Role::Selection));
        pieces.push(Piece::new(0, vec![Span::styled(" TEST SERVICE ", badge)]));
    }
    pieces.extend(account(state, ink).map(|span| Piece::new(2, vec![span])));
    let names = connection.organizations.iter().map(|(organization, _)| organization.as_str());
    let all = names.clone().collect::<Vec<_>>().join(", ");
    let short = match connection.organizations.len() {
        0 => "no organization".to_owned(),
        1 => all.clone(),
        more => format!("{more} organizations"),
    };
    let organizations = if text::width(&all) <= 40 && !all.is_empty() { &all } else { &short };
    pieces.push(Piece::new(3, vec![ink.span(Role::Text, organizations)]));
    // Who can read along, and on whose word: worth a look, and the first to give way.
    let proxy = connection.route.proxy.as_ref().map(|proxy| format!("via proxy {proxy}"));
    let ca = connection.route.ca.map(|variable| format!("CA from {variable}"));
    for text in proxy.into_iter().chain(ca) {
        pieces.push(Piece::new(9, vec![ink.span(Role::Dim, &ink.cut(&text, 50))]));
    }
    pieces
}

/// Who is signed in: whose tokens these are is never a question.
fn account(state: &State, ink: Ink) -> Option<Span<'static>> {
    let accounts = state.session.accounts();
    let profile = state.session.connection()?.account.as_ref();
    let text = match accounts {
        [] => ink.data(profile?.shown()),
        [known] => accounts::name(state, ink, known),
        many => plural(many.len(), "account"),
    };
    let is_out = accounts.iter().any(|known| known.signed_out.is_some());
    let (mark, role) = if is_out { ("! ", Role::Strong) } else { ("", Role::Dim) };
    Some(ink.span(role, &format!("{mark}{}", ink.cut(&text, 40))))
}

fn right(state: &State, ink: Ink) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if !state.inventory.is_empty() {
        pieces.extend(counts(state, ink));
    }
    pieces.extend(activity(state, ink));
    if let Some(age) = age(state, ink) {
        pieces.push(age);
    }
    pieces
}

/// How many tokens, and how many of them want attention.
fn counts(state: &State, ink: Ink) -> Vec<Piece> {
    let critical = state.tally.warnings().find(|(warning, _)| *warning == Warning::Critical);
    let critical = critical.map_or(0, |(_, count)| count);
    let expiring = state.tally.view(View::Expiring).saturating_sub(critical);
    let global = state.tally.view(View::Global);
    let mut pieces =
        vec![Piece::new(5, vec![ink.span(Role::Text, &plural(state.inventory.len(), "token"))])];
    let mut add = |rank, number, role, word: &str| {
        if number > 0 {
            pieces
                .push(Piece::new(rank, vec![ink.span(role, &format!("{} {word}", count(number)))]));
        }
    };
    add(2, critical, Role::Critical, "critical");
    add(6, expiring, Role::Text, "expiring");
    add(7, global, Role::Text, "global");
    pieces
}

/// What runs or waits; a spinner stands only where somebody waits for an answer.
fn activity(state: &State, ink: Ink) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut add = |text: String| {
        let spans = vec![ink.span(Role::Accent, ink.spinner()), ink.span(Role::Text, &text)];
        pieces.push(Piece::new(1, spans));
    };
    if state.listing.running.is_some() {
        add(format!(" listing, {} so far", count(state.inventory.len())));
    } else if state.session == Session::Connecting && !state.inventory.is_empty() {
        add(" connecting".to_owned());
    }
    let counts = state.works.counts();
    if counts.running > 0 {
        let all = counts.done + counts.failed + counts.running + counts.scheduled;
        let done = if counts.done > 0 {
            format!(" {} of {} done", count(counts.done), count(all))
        } else {
            format!(" {} running", plural(counts.running, "change"))
        };
        add(done);
    }
    if counts.scheduled > 0 {
        let text = format!("{} not sent yet", plural(counts.scheduled, "change"));
        let glyph = ink.span(Role::Warning, ink.glyphs.expiring);
        pieces.push(Piece::new(4, vec![glyph, Span::raw(" "), ink.span(Role::Text, &text)]));
    }
    if let Some(until) = state.clipboard.secret_until {
        let text = format!("clipboard cleared in {}", when::countdown(until - state.clock.local));
        pieces.push(Piece::new(1, vec![ink.span(Role::Text, &text)]));
    }
    if let Some((until, why)) = &state.traffic.delay
        && *until > state.clock.local
    {
        // Rounded up: nothing waits "0 s".
        let seconds = ((*until - state.clock.local).num_milliseconds() + 999).div_euclid(1000);
        let text = format!("waits {seconds} s: {}", ink.cut(why, 40));
        pieces.push(Piece::new(2, vec![ink.span(Role::Text, &text)]));
    }
    pieces
}

/// How old the list is, and whether it can be relied on.
fn age(state: &State, ink: Ink) -> Option<Piece> {
    let fresh = state.listing.fresh.map(|fresh| when::age(state.clock.local - fresh));
    let is_stale = state.listing.is_stale() || matches!(state.session, Session::Failed(_));
    let (rank, role, text) = match fresh {
        Some(age) if is_stale => (1, Role::Strong, format!("! out of date, read {age}")),
        Some(age) => (4, Role::Dim, format!("read {age}")),
        None if state.listing.is_stale() => (1, Role::Strong, "! not all could be read".to_owned()),
        None => return None,
    };
    Some(Piece::new(rank, vec![ink.span(role, &text)]))
}

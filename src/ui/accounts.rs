//! The accounts: one line each, and everything about the selected one below.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    dialog::{self, Place},
    ink::Ink,
    layout::{dialogs, screen},
    put,
    text::{self, wrap},
    theme::Role,
};
use crate::{
    identity::{Identity, Kept, Known, Way},
    operations::Account,
    pat::Organization,
    state::{State, cursor::Cursor},
};

const WIDTH: usize = 76;
/// The widest label of the facts, with its gap.
const LABEL: usize = 8;

/// The dialog is as high as it may be, so that it does not jump while one moves in it.
fn place(area: Rect) -> Place {
    let height = area.height.saturating_sub(4).clamp(7, 12);
    dialog::place(area, (WIDTH, height.into()))
}

/// A third for the list; what it is about needs the rest.
fn rows(place: Place) -> usize {
    usize::from(place.inner.height / 3).max(1)
}

/// How many accounts fit.
pub fn visible_rows(state: &State) -> usize {
    rows(place(dialogs(screen(state))))
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink, cursor: Cursor) {
    let place = place(area);
    let (inner, height) = (place.inner, rows(place));
    let accounts = state.session.accounts();
    dialog::frame(buffer, place, ink, "Accounts");
    if accounts.is_empty() {
        let account = state.session.connection().and_then(|connection| connection.account.as_ref());
        let text = if let Some(account) = account {
            // As in the demonstration: a token was given, and no session came with it.
            let who = ink.data(account.shown());
            format!(
                "{who} is signed in with an access token that azpat was given. No session belongs to it."
            )
        } else if state.setting.can_sign_in {
            "Nobody is signed in. a signs in with the browser.".to_owned()
        } else {
            "Nobody is signed in. Run `az login`, or put the id of an app registration of your \
             own into `client_id`; then start azpat again."
                .to_owned()
        };
        for (at, line) in wrap(&text, inner.width.into()).iter().enumerate() {
            put(buffer, inner, at, ink.span(Role::Text, line));
        }
        return;
    }
    let mut cursor = cursor;
    cursor.fit(accounts.len(), height);
    let window = cursor.window(accounts.len(), height);
    let shown = accounts.iter().enumerate().skip(window.start).take(window.len());
    let mut line = 0;
    for (at, known) in shown {
        let row = row(state, ink, known, at == cursor.selected());
        put(buffer, inner, line, text::cut_line(row, inner.width.into(), ink.glyphs.ellipsis));
        line += 1;
    }
    let Some(known) = accounts.get(cursor.selected()) else { return };
    let facts = facts(ink, known, inner.width.into());
    // The empty line is the first thing that a small screen does without.
    line += usize::from(line + 1 + facts.len() <= inner.height.into());
    for (at, fact) in facts.into_iter().enumerate() {
        put(buffer, inner, line + at, fact);
    }
}

/// What the account is called.
pub(super) fn name(state: &State, ink: Ink, known: &Known) -> String {
    let profile = state.session.connection().and_then(|connection| connection.account.as_ref());
    let name = known.identity.as_ref().map(Identity::shown);
    let name = name.filter(|name| !name.raw().is_empty());
    // Whoever `az` or the environment stands for is known by the profile only. Of several accounts
    // nobody knows whose it is.
    let is_alone = state.session.accounts().len() == 1;
    let name = name.or_else(|| profile.filter(|_| is_alone).map(Account::shown));
    match (name.map(|name| ink.data(name)), &known.identity) {
        (Some(name), _) if !name.is_empty() => name,
        (_, Some(identity)) => format!("account {}", identity.id.oid),
        (_, None) => format!("account of {}", known.way),
    }
}

fn row(state: &State, ink: Ink, known: &Known, is_selected: bool) -> Line<'static> {
    let (role, glyph, word) = match known.signed_out {
        None => (Role::Ok, ink.glyphs.done, "signed in"),
        Some(_) => (Role::Critical, ink.glyphs.failed, "sign in again"),
    };
    let name = ink.cut(&name(state, ink, known), 48);
    let name_role = if is_selected { Role::Strong } else { Role::Text };
    Line::from(vec![
        ink.span(Role::Accent, if is_selected { ink.glyphs.selection } else { " " }),
        Span::raw(" "),
        ink.span(role, glyph),
        Span::raw(" "),
        ink.span(name_role, &name),
        ink.span(Role::Dim, ink.glyphs.separator),
        ink.span(if known.signed_out.is_some() { role } else { Role::Dim }, word),
    ])
}

fn facts(ink: Ink, known: &Known, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut fact = |label: &str, text: &str| {
        let wrapped = wrap(&ink.own(text), width.saturating_sub(LABEL));
        for (at, line) in wrapped.iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            let label = text::pad(label.to_owned(), LABEL, false);
            lines.push(Line::from(vec![ink.span(Role::Dim, &label), ink.span(Role::Text, line)]));
        }
    };
    if let Some(why) = &known.signed_out {
        let hint = why.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        fact("Why", &format!("{}{hint}", why.why));
    }
    fact("Serves", &organizations(known));
    fact("Kept", &kept(&known.kept, known.way));
    // A session of azpat's own says nothing here that is not said already.
    if known.way != Way::Kept {
        fact("With", &known.way.to_string());
    }
    let tenants: Vec<_> = known.tenants.iter().map(ToString::to_string).collect();
    if !tenants.is_empty() {
        fact("Tenant", &tenants.join(", "));
    }
    lines
}

fn organizations(known: &Known) -> String {
    if known.organizations.is_empty() {
        return "no organization yet".to_owned();
    }
    let names: Vec<_> = known.organizations.iter().map(Organization::as_str).collect();
    names.join(", ")
}

/// Where the session is between two runs.
fn kept(kept: &Kept, way: Way) -> String {
    match kept {
        Kept::Keyring => "in the keyring".to_owned(),
        Kept::File(path) => format!("in {}", text::shown(&path.to_string_lossy(), 400)),
        Kept::Memory(why) => format!("only until azpat ends: {}", why.why),
        Kept::Elsewhere if way == Way::Environment => format!("in {way}"),
        Kept::Elsewhere if way == Way::AzureCli => format!("by {way}"),
        Kept::Elsewhere => "not by azpat".to_owned(),
    }
}

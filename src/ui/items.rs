//! What was begun and not ended, one row each, and below them what exists of the selected one and
//! how it goes on.

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
    text::{self, pad, plural, wrap},
    theme::Role,
};
use crate::{
    journal::{Item, ItemId},
    operations::resume::{Finding, Verdict, Way, told, verb},
    state::State,
    text::Untrusted,
    when,
};

const WIDTH: usize = 100;
/// Narrower than this, a row has a name only; all else stands below the rows.
const WIDE: usize = 70;
/// `rotate` or `create`, and its gap.
const VERB: usize = 8;
/// `Tue 24 Nov 09:12` and its gap.
const TIME: usize = 18;
/// The longest word for what exists.
const WORD: usize = 19;

/// What the dialog is for, where it is empty.
const PURPOSE: &str = "What azpat begins and cannot end, as in a crash, stands here.";

/// What is said where there is no row.
fn nothing(state: &State) -> (Role, String) {
    match &state.items.found {
        Some(Err(failure)) => (Role::Critical, failure.to_string()),
        _ if state.items.reading.is_some() => (Role::Dim, "Looking what there is…".to_owned()),
        _ => (Role::Dim, "Nothing is left open.".to_owned()),
    }
}

/// The frame, how many rows fit, and the lines below them.
fn layout(state: &State, ink: Ink, area: Rect) -> (Place, usize, Vec<Line<'static>>) {
    let width = WIDTH.min(usize::from(area.width).saturating_sub(4)).max(1);
    let open = state.items.open();
    let Some(selected) = state.items.selected().or(open.first()) else {
        let (role, text) = nothing(state);
        let width = width.min(60);
        let mut lines = said(ink, role, &text, width);
        lines.push(Line::default());
        lines.extend(said(ink, Role::Dim, PURPOSE, width));
        return (dialog::place(area, (width, lines.len())), 0, lines);
    };
    // As high for each of them, so that it does not jump while one moves in it.
    let below = open.iter().map(|finding| about(state, ink, finding, width).len()).max();
    let below = below.unwrap_or_default();
    let place = dialog::place(area, (width, open.len() + 1 + below));
    let height = usize::from(place.inner.height);
    let rows = open.len().min(height.saturating_sub(below + 1).max(1));
    (place, rows, about(state, ink, selected, width))
}

/// How many items fit.
pub fn visible_rows(state: &State) -> usize {
    layout(state, Ink::of(state), dialogs(screen(state))).1
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink) {
    let (place, height, below) = layout(state, ink, area);
    let open = state.items.open();
    let title = match open.len() {
        0 => "Open items".to_owned(),
        len => format!("Begun and not ended: {}", plural(len, "item")),
    };
    dialog::frame(buffer, place, ink, &title);
    let width = usize::from(place.inner.width);
    let mut cursor = state.items.cursor;
    cursor.fit(open.len(), height);
    let window = cursor.window(open.len(), height);
    for (line, at) in window.enumerate() {
        let Some(finding) = open.get(at) else { break };
        let row = row(state, ink, finding, width, at == cursor.selected());
        put(buffer, place.inner, line, text::cut_line(row, width, ink.glyphs.ellipsis));
    }
    let room = usize::from(place.inner.height).saturating_sub(height);
    let gap = usize::from(height > 0 && room > below.len());
    for (at, line) in below.into_iter().enumerate() {
        put(buffer, place.inner, height + gap + at, line);
    }
}

/// What exists, in a few words.
fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Nothing | Verdict::Done => "over",
        Verdict::NotYet => "nothing so far",
        Verdict::Orphan(_) => "secret is lost",
        Verdict::PerhapsDelivered(_) => "perhaps in place",
        Verdict::OldStillLives(_) => "old one still lives",
        Verdict::NewIsOver => "new one is over",
        Verdict::Ambiguous(_) => "not certain which",
        Verdict::Unknown(_) => "not known",
    }
}

fn row(
    state: &State,
    ink: Ink,
    finding: &Finding,
    width: usize,
    is_selected: bool,
) -> Line<'static> {
    let Item { id, since, intent, .. } = &finding.item;
    let ending = state.items.ending.as_ref();
    let is_ending = ending.is_some_and(|ending| ending.finding.item.id == *id);
    let (role, glyph) = if is_ending {
        (Role::Accent, ink.spinner())
    } else {
        (Role::Warning, ink.glyphs.expiring)
    };
    let name = ink.data(&Untrusted::new(intent.name.as_str()));
    let name_role = if is_selected { Role::Strong } else { Role::Text };
    let mut spans = vec![
        ink.span(Role::Accent, if is_selected { ink.glyphs.selection } else { " " }),
        Span::raw(" "),
        ink.span(role, glyph),
        Span::raw(" "),
        ink.span(Role::Text, &pad(verb(&finding.item).to_owned(), VERB, false)),
    ];
    if width < WIDE {
        spans.push(ink.span(name_role, &name));
        return Line::from(spans);
    }
    let rest = width.saturating_sub(4 + VERB + TIME + WORD);
    let place_width = rest * 2 / 5;
    let column =
        |text: &str, width: usize| pad(ink.cut(text, width.saturating_sub(2)), width, false);
    let time = when::past(*since, state.clock.local, state.setting.zone);
    spans.extend([
        ink.span(name_role, &column(&name, rest - place_width)),
        ink.span(Role::Text, &column(intent.organization.as_str(), place_width)),
        ink.span(Role::Dim, &pad(time, TIME, false)),
        ink.span(Role::Warning, word(&finding.verdict)),
    ]);
    Line::from(spans)
}

/// What exists of it, how it goes on, and what it is.
fn about(state: &State, ink: Ink, finding: &Finding, width: usize) -> Vec<Line<'static>> {
    let Item { id, since, intent, .. } = &finding.item;
    let name = ink.data(&Untrusted::new(intent.name.as_str()));
    let what = [
        format!("{} {}", verb(&finding.item), ink.cut(&name, 60)),
        intent.organization.to_string(),
        format!("begun {}", when::full(*since, state.setting.zone)),
        format!("item {id}"),
    ];
    [
        (Role::Text, format!("{} {}", ink.glyphs.expiring, told(finding))),
        (Role::Strong, next(finding).to_owned()),
        (Role::Dim, what.join(ink.glyphs.separator)),
    ]
    .into_iter()
    .flat_map(|(role, text)| said(ink, role, &text, width))
    .collect()
}

fn said(ink: Ink, role: Role, text: &str, width: usize) -> Vec<Line<'static>> {
    let lines = wrap(&ink.own(text), width);
    lines.iter().map(|line| Line::from(ink.span(role, line))).collect()
}

/// What the question about an item says: what is revoked, and what stays.
pub(super) fn asked(
    state: &State,
    ink: Ink,
    item: ItemId,
    way: Way,
    again: bool,
) -> Vec<(Role, String)> {
    let Some(finding) = state.items.open().iter().find(|finding| finding.item.id == item) else {
        return vec![(Role::Text, "It has ended meanwhile.".to_owned())];
    };
    let intent = &finding.item.intent;
    let name = ink.cut(&ink.data(&Untrusted::new(intent.name.as_str())), 132);
    let old = intent.old.map_or_else(String::new, |id| id.to_string());
    let new = finding.verdict.new_token().map_or_else(String::new, |new| new.id.to_string());
    let mut said = vec![
        (Role::Strong, name),
        (Role::Text, format!("{} in {}", verb(&finding.item), intent.organization)),
    ];
    let text = match way {
        Way::Finish if intent.old.is_some() => {
            format!("The old token is revoked: id {old}. The new one stays: id {new}.")
        }
        Way::Finish => format!("The new token stays: id {new}. Nothing is revoked."),
        Way::RollBack if again => format!(
            "The token whose secret is lost is revoked: id {new}. When that is sure, one more is \
             made with the same name, scopes and end."
        ),
        Way::RollBack if intent.old.is_some() => {
            format!("The new token is revoked: id {new}. The old one stays: id {old}.")
        }
        Way::RollBack => format!("The new token is revoked: id {new}."),
        Way::Leave => "Nothing is revoked, and azpat shows this no more.".to_owned(),
    };
    said.push((Role::Text, text));
    let revokes = way == Way::RollBack || way == Way::Finish && intent.old.is_some();
    if revokes {
        let text = "Whatever uses a revoked token stops at once.";
        said.push((Role::Strong, text.to_owned()));
    }
    said
}

/// How it goes on, in the words of the keys.
fn next(finding: &Finding) -> &'static str {
    let has_old = finding.item.intent.old.is_some();
    match &finding.verdict {
        Verdict::Nothing | Verdict::Done => "Nothing is left to do.",
        Verdict::NotYet => "Look again in ten minutes.",
        Verdict::Orphan(_) => "Nobody can use it: roll back revokes it; again also makes another.",
        Verdict::PerhapsDelivered(_) if has_old => {
            "Look there. If it works, finish revokes the old token; if not, roll back revokes the \
             new one."
        }
        Verdict::PerhapsDelivered(_) => {
            "Look there. If it works, finish ends this; if not, roll back revokes it."
        }
        Verdict::OldStillLives(_) => "Finish revokes the old token; roll back revokes the new one.",
        Verdict::NewIsOver => "Leave it, then rotate the old token again.",
        Verdict::Ambiguous(_) => "Close this and revoke those that nobody needs; then leave it.",
        Verdict::Unknown(_) => "Look again when the service can be reached.",
    }
}

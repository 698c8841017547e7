//! The last lines: what has happened, else the keys that do something now.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use super::{
    ink::Ink,
    piece::{Piece, Sides},
    text::wrap,
    theme::Role,
};
use crate::{
    action::{Action, BINDINGS, Binding},
    state::{
        State,
        notices::{Notice, Severity},
    },
};

/// Between two keys.
const GAP: &str = "   ";

/// A message takes as many lines as it needs, up to three; keys always one.
pub(super) fn height(state: &State, ink: Ink, area: Rect) -> u16 {
    let most = if area.height < 10 { 1 } else { 3 };
    let wanted = lines(state, ink, usize::from(area.width)).len();
    u16::try_from(wanted).unwrap_or(1).clamp(1, most)
}

pub(super) fn lines(state: &State, ink: Ink, width: usize) -> Vec<Line<'static>> {
    match state.notices.current() {
        Some(notice) => message(ink, notice, state.notices.waiting(), width),
        None => vec![keys(state, ink, width)],
    }
}

fn message(ink: Ink, notice: &Notice, waiting: usize, width: usize) -> Vec<Line<'static>> {
    let (role, glyph, word) = match notice.severity {
        Severity::Done => (Role::Ok, ink.glyphs.done, ""),
        Severity::Warning => (Role::Warning, ink.glyphs.expiring, "careful: "),
        Severity::Error => (Role::Critical, ink.glyphs.failed, ""),
    };
    let mut text = format!("{word}{}", notice.text);
    for addition in
        notice.hint.iter().cloned().chain((waiting > 0).then(|| format!("+{waiting} more")))
    {
        text.push_str(ink.glyphs.separator);
        text.push_str(&addition);
    }
    let wrapped = wrap(&ink.own(&text), width.saturating_sub(4));
    let lines = wrapped.iter().enumerate().map(|(at, line)| {
        let mark = if at == 0 { glyph } else { " " };
        Line::from(vec![
            Span::raw(" "),
            ink.span(role, mark),
            Span::raw(" "),
            ink.span(Role::Text, line),
        ])
    });
    lines.collect()
}

fn keys(state: &State, ink: Ink, width: usize) -> Line<'static> {
    let hints = hints(state);
    let piece = |(binding, rank): (&&'static Binding, u8)| {
        // The way to all the others stays the longest.
        let rank = if binding.action == Action::Help { 0 } else { rank };
        Piece::new(rank, hint(ink, binding))
    };
    let left = hints.iter().zip(1..).map(piece).collect();
    let sides = Sides { left, right: Vec::new(), gap: (GAP.len(), 0) };
    let mut spans = vec![Span::raw(" ")];
    for (at, piece) in sides.fit(width.saturating_sub(2)).left.into_iter().enumerate() {
        if at > 0 {
            spans.push(Span::raw(GAP));
        }
        spans.extend(piece.line.spans);
    }
    Line::from(spans)
}

/// The bindings of the footer that do something now, by their place in it.
pub(super) fn hints(state: &State) -> Vec<&'static Binding> {
    let layers = state.layers();
    let mut hints: Vec<_> = BINDINGS
        .iter()
        .filter(|binding| binding.hint.is_some() && layers.contains(&binding.layer))
        .filter(|binding| state.is_enabled(&binding.action))
        .collect();
    hints.sort_by_key(|binding| binding.hint);
    hints
}

fn hint(ink: Ink, binding: &Binding) -> Vec<Span<'static>> {
    let key = binding.keys.first().copied().unwrap_or_default();
    vec![
        ink.span(Role::Strong, &label(ink, key)),
        Span::raw(" "),
        ink.span(Role::Dim, binding.name),
    ]
}

/// How a key is called on the screen.
pub(super) fn label(ink: Ink, key: &str) -> String {
    let glyphs = ink.glyphs;
    match key {
        "up" => glyphs.key_up.to_owned(),
        "down" => glyphs.key_down.to_owned(),
        "left" => glyphs.left.to_owned(),
        "right" => glyphs.right.to_owned(),
        "pageup" => "PgUp".to_owned(),
        "pagedown" => "PgDn".to_owned(),
        "backtab" => "Shift-Tab".to_owned(),
        key => match (key.strip_prefix("C-"), key.chars().nth(1)) {
            (Some(rest), _) => format!("Ctrl-{rest}"),
            (None, Some(_)) => capitalised(key),
            (None, None) => key.to_owned(),
        },
    }
}

fn capitalised(key: &str) -> String {
    let mut chars = key.chars();
    chars
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + chars.as_str())
        .unwrap_or_default()
}

//! The warning strip: at most two lines, none when there is nothing to say. What could not be read
//! comes first, then what ends next.

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use super::{
    accounts,
    ink::Ink,
    piece::{Piece, Sides},
    text,
    theme::Role,
};
use crate::{
    failure::{Failure, FailureKind},
    operations::Completeness,
    pat::{Status, warning::Warning},
    state::{State, session::Session},
    when,
};

/// The rank of what is good to know and not urgent.
const WEAK: u8 = 9;

pub(super) fn height(state: &State, ink: Ink, area: Rect) -> u16 {
    u16::try_from(lines(state, ink, area).len()).unwrap_or(0)
}

pub(super) fn lines(state: &State, ink: Ink, area: Rect) -> Vec<Line<'static>> {
    let most = match area.height {
        ..8 => 0,
        8..16 => 1,
        _ => 2,
    };
    let width = usize::from(area.width).saturating_sub(2);
    let mut lines: Vec<_> = trouble(state, ink, width).into_iter().collect();
    lines.truncate(most);
    let left = most - lines.len();
    lines.extend(flow(ink, warnings(state, ink), width, left));
    lines
}

/// What could not be read, or not wholly: the list below is not all there is.
fn trouble(state: &State, ink: Ink, width: usize) -> Option<Line<'static>> {
    if let Some(line) = signed_out(state, ink, width) {
        return Some(line);
    }
    let mut failed: Vec<_> = state.listing.failures().collect();
    // What has one cure for all comes first.
    failed.sort_unstable_by_key(|(organization, failure)| {
        (failure.kind != FailureKind::SignIn, organization.as_str())
    });
    let (failure, more): (&Failure, usize) = match (&state.session, failed.first()) {
        (Session::Failed(failure), _) => (failure, failed.len()),
        (_, Some((_, failure))) => (failure, failed.len() - 1),
        _ => return incomplete(state, ink, width),
    };
    let mut said = String::new();
    if more > 0 {
        said = format!("{} failed too", text::plural(more, "other list"));
    }
    let hint = match failure.kind {
        FailureKind::SignIn if state.session.connection().is_some() => "A signs in again",
        _ => failure.hint.as_deref().unwrap_or(""),
    };
    Some(tale(ink, &failure.to_string(), &[hint, &said], width))
}

/// An account that has to sign in again, with the key.
fn signed_out(state: &State, ink: Ink, width: usize) -> Option<Line<'static>> {
    let mut out = state.session.accounts().iter().filter_map(|known| {
        let why = known.signed_out.as_ref()?;
        Some((ink.cut(&accounts::name(state, ink, known), 40), why))
    });
    let (name, why) = out.next()?;
    let others = match out.count() {
        0 => String::new(),
        others => format!(
            "so {} {}",
            if others == 1 { "has" } else { "have" },
            text::plural(others, "other")
        ),
    };
    // The key comes before the reason: of a long line its end is cut.
    let text = format!("{name} has to sign in again (A): {}", why.why);
    Some(tale(ink, &text, &[&others], width))
}

fn incomplete(state: &State, ink: Ink, width: usize) -> Option<Line<'static>> {
    let first = state.listing.incomplete().min_by_key(|organization| organization.as_str())?;
    let Some(Ok(Completeness::Incomplete(why))) = state.listing.results.get(first) else {
        return None;
    };
    let others = state.listing.incomplete().count() - 1;
    let others = match others {
        0 => String::new(),
        others => format!(" and {}", text::plural(others, "other")),
    };
    let text = format!("the list of {first}{others} may not be complete: {why}");
    Some(tale(ink, &text, &["r reads it again"], width))
}

/// One sentence of trouble with its additions; they go before it is cut.
fn tale(ink: Ink, text: &str, additions: &[&str], width: usize) -> Line<'static> {
    let glyph = vec![ink.span(Role::Critical, ink.glyphs.failed), ink.span(Role::Text, " ")];
    let text = [glyph, vec![ink.span(Role::Text, text)]].concat();
    let mut pieces = vec![Piece::new(0, text)];
    for (addition, rank) in additions.iter().filter(|text| !text.is_empty()).zip(1..) {
        pieces.push(Piece::new(rank, vec![ink.span(Role::Dim, addition)]));
    }
    joined(ink, pieces, width)
}

/// The token that ends next, by name, and how many others want attention.
fn warnings(state: &State, ink: Ink) -> Vec<Piece> {
    let now = state.now();
    let soonest = state.tally.soonest().and_then(|id| state.inventory.get(id));
    let soonest = soonest.map(|pat| (pat, state.status(pat)));
    let soonest = soonest.filter(|(_, status)| *status != Status::Active);
    let mut pieces = Vec::new();
    if let Some((pat, status)) = soonest {
        let name = ink.cut(&ink.data(&pat.name), 40);
        pieces.push(Piece::new(
            0,
            vec![
                ink.status(pat, status),
                Span::raw(" "),
                ink.span(Role::Strong, &name),
                ink.span(
                    Role::Text,
                    &format!(" ends {}", when::end(pat.valid_to, now, state.setting.zone)),
                ),
            ],
        ));
    }
    for (warning, count) in state.tally.warnings() {
        // What has ended already can harm nobody; the view bar counts it.
        let is_said = match warning {
            Warning::Critical => soonest.is_some() && count == 1,
            Warning::Expiring => {
                count == 1 && soonest.is_some_and(|(_, status)| status == Status::Expiring)
            }
            Warning::Expired => true,
            Warning::Global | Warning::FullAccess => false,
        };
        if !is_said {
            let (rank, role) = match warning {
                Warning::Critical => (1, Role::Critical),
                Warning::Global => (2, Role::Text),
                Warning::Expiring => (3, Role::Text),
                Warning::FullAccess | Warning::Expired => (WEAK, Role::Dim),
            };
            let mut spans = vec![ink.span(role, &warning.summary(count, now))];
            if warning == Warning::Global {
                let glyph = [ink.span(Role::Warning, ink.glyphs.global), Span::raw(" ")];
                spans.splice(0..0, glyph);
            }
            pieces.push(Piece::new(rank, spans));
        }
    }
    pieces
}

/// The pieces in as many lines as they need, at most `most`; the last one drops what is too much.
fn flow(ink: Ink, pieces: Vec<Piece>, width: usize, most: usize) -> Vec<Line<'static>> {
    let gap = text::width(ink.glyphs.separator);
    let (mut lines, mut line, mut used) = (Vec::new(), Vec::new(), 0);
    for piece in pieces {
        let wanted = piece.width() + if line.is_empty() { 0 } else { gap };
        // What is only good to know opens no line of its own.
        if used + wanted > width && piece.rank >= WEAK {
            continue;
        }
        if used + wanted > width && !line.is_empty() && lines.len() + 1 < most {
            lines.push(joined(ink, std::mem::take(&mut line), width));
            used = 0;
        }
        used += wanted;
        line.push(piece);
    }
    if !line.is_empty() && lines.len() < most {
        lines.push(joined(ink, line, width));
    }
    lines
}

/// The pieces that fit, with separators between them.
fn joined(ink: Ink, pieces: Vec<Piece>, width: usize) -> Line<'static> {
    let gap = text::width(ink.glyphs.separator);
    let sides = Sides { left: pieces, right: Vec::new(), gap: (gap, 0) }.fit(width);
    let mut spans = vec![Span::raw(" ")];
    for (at, piece) in sides.left.into_iter().enumerate() {
        if at > 0 {
            spans.push(ink.span(Role::Dim, ink.glyphs.separator));
        }
        spans.extend(piece.line.spans);
    }
    text::cut_line(Line::from(spans), width + 1, ink.glyphs.ellipsis)
}

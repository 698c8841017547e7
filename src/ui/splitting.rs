//! A global token and its successors, one row for each organization, and what comes next.

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
    text::{self, pad, wrap},
    theme::Role,
};
use crate::{
    operations::split::Progress,
    pat::Organization,
    state::{State, splitting::Splitting},
    when,
};

const WIDTH: usize = 72;
/// The longest name of an organization that is shown whole.
const NAME: usize = 24;

/// The frame, how many rows fit, and what stands above and below them.
struct Layout {
    place: Place,
    rows: usize,
    above: Vec<Line<'static>>,
    below: Vec<Line<'static>>,
}

impl Layout {
    fn new(state: &State, ink: Ink, area: Rect, splitting: &Splitting) -> Self {
        let width = WIDTH.min(usize::from(area.width).saturating_sub(4)).max(1);
        let room = usize::from(area.height).saturating_sub(2);
        let len = splitting.split.parts().len();
        let (mut above, mut below) =
            (about(state, ink, splitting, width), next(ink, splitting, width));
        // A low screen does without what is only good to know; rows and what comes next stay.
        if above.len() + len + below.len() > room {
            above.truncate(1);
        }
        if above.len() + 1 + below.len() > room {
            above.clear();
        }
        below.truncate(room.saturating_sub(1));
        let rows = len.min(room.saturating_sub(above.len() + below.len()).max(1));
        let place = dialog::place(area, (width, above.len() + rows + below.len()));
        Self { place, rows, above, below }
    }
}

/// How many organizations fit.
pub fn visible_rows(state: &State) -> usize {
    let area = dialogs(screen(state));
    let splitting = state.splitting.as_ref();
    splitting.map_or(1, |it| Layout::new(state, Ink::of(state), area, it).rows)
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink) {
    let Some(splitting) = &state.splitting else { return };
    let Layout { place, rows, above, below } = Layout::new(state, ink, area, splitting);
    let name = ink.cut(&ink.data(&splitting.split.old().name), 40);
    dialog::frame(buffer, place, ink, &format!("Replace {name}"));
    let width = usize::from(place.inner.width);
    let parts = splitting.split.parts();
    let mut cursor = splitting.cursor;
    cursor.fit(parts.len(), rows);
    let window = cursor.window(parts.len(), rows);
    let rows = window.filter_map(|at| row(state, ink, splitting, at));
    let rows = rows.map(|row| text::cut_line(row, width, ink.glyphs.ellipsis));
    let lines = above.into_iter().chain(rows).chain(below);
    for (at, line) in lines.enumerate() {
        put(buffer, place.inner, at, line);
    }
}

/// The token, and what becomes of it.
fn about(state: &State, ink: Ink, splitting: &Splitting, width: usize) -> Vec<Line<'static>> {
    let old = splitting.split.old();
    let separator = ink.glyphs.separator;
    let ends = when::end(old.valid_to, state.now(), state.setting.zone);
    let scopes = ink.cut(&ink.scopes(old), width * 2);
    let texts = [
        (Role::Strong, format!("id …{}{separator}ends {ends}", old.id.tail())),
        (Role::Text, scopes),
        (
            Role::Dim,
            "It works in all organizations. Each gets a token of its own in its place; you take \
             the secrets one after the other. This one is revoked after that, not before."
                .to_owned(),
        ),
    ];
    let lines = texts.into_iter().flat_map(|(role, text)| said(ink, role, &text, width));
    lines.chain([Line::default()]).collect()
}

fn said(ink: Ink, role: Role, text: &str, width: usize) -> Vec<Line<'static>> {
    wrap(&ink.own(text), width).iter().map(|line| Line::from(ink.span(role, line))).collect()
}

/// What comes next, with its key.
fn next(ink: Ink, splitting: &Splitting, width: usize) -> Vec<Line<'static>> {
    let parts = splitting.split.parts();
    let wanting = parts.iter().filter(|part| splitting.wants(part)).count();
    let (role, text) = match splitting.selected().filter(|part| splitting.wants(part)) {
        Some(part) => {
            let organization = name(ink, &part.new.organization);
            (Role::Text, format!("Enter makes the token for {organization}; {wanting} to make."))
        }
        None if splitting.is_complete() => {
            (Role::Ok, "Nothing is missing: x revokes the global one, and asks first.".to_owned())
        }
        None => (Role::Text, format!("{wanting} to make before the global one can go.")),
    };
    let mut lines = vec![Line::default()];
    lines.extend(said(ink, role, &text, width));
    lines
}

fn name(ink: Ink, organization: &Organization) -> String {
    ink.cut(organization.as_str(), NAME)
}

fn row(state: &State, ink: Ink, splitting: &Splitting, at: usize) -> Option<Line<'static>> {
    let part = splitting.split.parts().get(at)?;
    let is_selected = at == splitting.cursor.selected();
    let glyphs = ink.glyphs;
    let (role, glyph, words) = match part.progress {
        Progress::Delivered => (Role::Ok, glyphs.done, "its token is in its place".to_owned()),
        Progress::Known(id) => {
            let made =
                state.inventory.get(id).map(|pat| when::day(pat.valid_from, state.setting.zone));
            let made = made.map(|day| format!(" since {day}")).unwrap_or_default();
            (Role::Ok, glyphs.done, format!("has one{made}: id …{}", id.tail()))
        }
        Progress::Missing if splitting.is_left_out(part) => {
            (Role::Dim, glyphs.revoked, "goes without".to_owned())
        }
        Progress::Missing => (Role::Accent, glyphs.to_come, "to be made".to_owned()),
    };
    let longest =
        splitting.split.parts().iter().map(|it| text::width(it.new.organization.as_str()));
    let column = longest.max().unwrap_or_default().min(NAME);
    let organization = pad(name(ink, &part.new.organization), column, false);
    let name_role = if is_selected { Role::Strong } else { Role::Text };
    Some(Line::from(vec![
        ink.span(Role::Accent, if is_selected { glyphs.selection } else { " " }),
        Span::raw(" "),
        ink.span(role, glyph),
        Span::raw(" "),
        ink.span(name_role, &organization),
        Span::raw("  "),
        ink.span(Role::Dim, &ink.own(&words)),
    ]))
}

//! The secret's way to the places that use it: which there are, what would be done, what was done.
//! Never the secret.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    dialog::{self, Place},
    ink::Ink,
    layout::{dialogs, screen},
    put, scroll,
    secret::Sheet,
    text::{self, wrap},
    theme::Role,
};
use crate::{
    config::SinkKind,
    failure::Failure,
    sink::{Delivered, Shown},
    state::{
        State,
        custody::{
            Held, Page,
            delivering::{Step, UnderWay},
        },
    },
};

const WIDTH: usize = 66;
/// The longest name that is shown whole.
const NAME: usize = 24;

/// The text and, below it, the keys.
struct Content {
    lines: Vec<Line<'static>>,
    keys: Vec<Line<'static>>,
    place: Place,
}

impl Content {
    /// How many lines of the text fit.
    fn height(&self) -> usize {
        usize::from(self.place.inner.height).saturating_sub(self.keys.len()).max(1)
    }
}

/// How many lines there are, and how many of them fit.
pub fn extent(state: &State) -> (usize, usize) {
    match &state.custody.held {
        Some(held) if matches!(held.page, Page::Deliver) => {
            let content = content(state, held, Ink::of(state), dialogs(screen(state)));
            (content.lines.len(), content.height())
        }
        _ => (0, 0),
    }
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, held: &Held, ink: Ink) {
    let content = content(state, held, ink, area);
    let height = content.height();
    let Content { lines, keys, place } = content;
    let name = ink.cut(&ink.data(&held.creation.pat.name), 32);
    dialog::frame(buffer, place, ink, &format!("{name}: deliver to"));
    let text = Rect { height: u16::try_from(height).unwrap_or(u16::MAX), ..place.inner };
    let text = text.intersection(place.inner);
    if let Step::Choosing = held.delivering.step {
        let mut cursor = held.delivering.cursor;
        cursor.fit(lines.len(), height);
        let window = cursor.window(lines.len(), height);
        for (at, line) in lines.into_iter().skip(window.start).take(window.len()).enumerate() {
            put(buffer, text, at, line);
        }
    } else {
        let mut scroll = held.delivering.scroll;
        scroll.fit(lines.len(), height);
        scroll::draw(buffer, text, lines, scroll);
        if let Some(sign) = scroll::sign(ink, scroll) {
            dialog::note(buffer, place, ink, &sign);
        }
    }
    let below = usize::from(place.inner.height).saturating_sub(keys.len());
    for (at, line) in keys.into_iter().enumerate() {
        put(buffer, place.inner, below + at, line);
    }
}

fn content(state: &State, held: &Held, ink: Ink, area: Rect) -> Content {
    let width = WIDTH.min(usize::from(area.width).saturating_sub(4)).max(1);
    let (mut sheet, mut below) = (Sheet::new(ink, width), Sheet::new(ink, width));
    below.air();
    match &held.delivering.step {
        Step::Choosing => {
            choices(state, held, &mut sheet);
            below.keys(&[("Enter", "shows what would be done"), ("Esc", "back")]);
        }
        Step::Planning { sink, .. } => {
            busy(&mut sheet, &format!("looking at {}", text::inert(sink)));
            sheet.say(false, Role::Dim, "Nothing is changed yet.");
        }
        Step::Planned { plan, .. } => {
            planned(&mut sheet, plan);
            below.keys(&[("Enter", "delivers"), ("Esc", "another place")]);
        }
        Step::UnderWay(under_way) => {
            going(&mut sheet, under_way);
            sheet.say(false, Role::Dim, "The secret stays here as well.");
        }
        Step::Done { delivered, tested } => {
            done(&mut sheet, delivered, tested.as_deref());
            below.keys(&[("Enter", "back to the secret")]);
        }
        Step::Failed { failure, target } => {
            failed(&mut sheet, failure, target.as_deref());
            below.keys(&[("Enter", "another place"), ("Esc", "back to the secret")]);
        }
    }
    let lines = sheet.into_lines();
    let mut keys = below.into_lines();
    let place = dialog::place(area, (width, lines.len() + keys.len()));
    // Air is the first thing that a small screen does without.
    if lines.len() + keys.len() > place.inner.height.into() {
        keys.retain(|line| text::line_width(line) > 0);
    }
    Content { lines, keys, place }
}

fn choices(state: &State, held: &Held, sheet: &mut Sheet) {
    let (ink, sinks) = (sheet.ink, &state.custody.sinks);
    let names = sinks.iter().map(|choice| text::width(&choice.name)).max().unwrap_or_default();
    let names = names.min(NAME);
    for (at, choice) in sinks.iter().enumerate() {
        let is_selected = at == held.delivering.cursor.selected();
        let name = ink.cut(&text::inert(&choice.name), names);
        let role = if is_selected { Role::Strong } else { Role::Text };
        let line = Line::from(vec![
            ink.span(Role::Accent, if is_selected { ink.glyphs.selection } else { " " }),
            Span::raw(" "),
            ink.span(role, &text::pad(name, names + 2, false)),
            ink.span(Role::Dim, &ink.own(what(choice.kind))),
        ]);
        sheet.line(text::cut_line(line, sheet.width, ink.glyphs.ellipsis));
    }
    if sinks.is_empty() {
        sheet.say(true, Role::Text, "No place is known yet: azpat is not connected.");
    }
}

/// Whose place it is.
fn what(kind: SinkKind) -> &'static str {
    match kind {
        SinkKind::Stdout => "standard output",
        SinkKind::Clipboard => "the clipboard",
        SinkKind::Keyring => "the keyring of this system",
        SinkKind::Git => "git's credential helper",
        SinkKind::Npmrc => "npm, in .npmrc",
        SinkKind::Maven => "Maven, in settings.xml",
        SinkKind::Nuget => "NuGet, in NuGet.Config",
        SinkKind::Pip => "pip, in pip.conf",
        SinkKind::Pypirc => "twine, in .pypirc",
        SinkKind::Netrc => "curl and git, in .netrc",
        SinkKind::Env => "a file of variables",
        SinkKind::Command => "a program of yours",
    }
}

fn busy(sheet: &mut Sheet, text: &str) {
    sheet.marked(Role::Accent, sheet.ink.spinner(), text);
}

fn planned(sheet: &mut Sheet, plan: &Shown) {
    sheet.say(true, Role::Strong, &plan.target);
    for (sign, line) in &plan.difference {
        let role = match sign {
            '+' => Role::Ok,
            '-' => Role::Critical,
            _ => Role::Dim,
        };
        let wrapped = wrap(&text::inert(line), sheet.width.saturating_sub(2));
        for (at, line) in wrapped.iter().enumerate() {
            let sign = if at == 0 { *sign } else { ' ' };
            let line = sheet.ink.span(role, &format!("{sign} {line}"));
            sheet.line(Line::from(line));
        }
    }
    for note in &plan.notes {
        sheet.marked(Role::Warning, sheet.ink.glyphs.expiring, note);
    }
}

fn going(sheet: &mut Sheet, under_way: &UnderWay) {
    let UnderWay { target, is_there, tested, .. } = under_way;
    let done = sheet.ink.glyphs.done;
    if !is_there {
        return busy(sheet, &format!("delivering to {target}"));
    }
    sheet.marked(Role::Ok, done, &format!("delivered to {target}"));
    match tested {
        Some(tested) => sheet.marked(Role::Ok, done, tested),
        None => busy(sheet, "trying it"),
    }
}

fn done(sheet: &mut Sheet, delivered: &Delivered, tested: Option<&str>) {
    let done = sheet.ink.glyphs.done;
    sheet.marked(Role::Ok, done, &format!("delivered to {}", delivered.target));
    if let Some(tested) = tested {
        sheet.marked(Role::Ok, done, tested);
    }
    for note in &delivered.notes {
        sheet.say(true, Role::Dim, note);
    }
}

fn failed(sheet: &mut Sheet, failure: &Failure, target: Option<&str>) {
    let glyph = sheet.ink.glyphs.failed;
    let text = match target {
        Some(target) => format!("the secret is in {target}, but azpat {failure}"),
        None => format!("azpat {failure}"),
    };
    sheet.marked(Role::Critical, glyph, &text);
    if let Some(hint) = &failure.hint {
        sheet.say(true, Role::Text, hint);
    }
    sheet.say(true, Role::Dim, "The secret is still here.");
}

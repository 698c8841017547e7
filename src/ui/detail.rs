//! The detail pane: everything about the selected token, each scope in words. It scrolls.

use std::collections::HashSet;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    ink::Ink,
    layout::{Regions, screen},
    progress, put,
    text::{self, wrap},
    theme::Role,
};
use crate::{
    pat::{
        Pat, Target,
        scope::{self, Risk},
        warning::Warning,
    },
    state::{State, work::Work},
    when,
};

/// Columns of the labels.
const LABEL: usize = 8;

/// Columns for text in a pane: one stays empty at the left, one at the right.
pub(super) fn text_width(pane: u16) -> usize {
    usize::from(pane).saturating_sub(2)
}

/// How many lines the content of the pane has at the width that it has now.
pub fn height(state: &State) -> u16 {
    let pane = Regions::of(state, screen(state)).detail;
    if pane.height == 0 {
        return 0;
    }
    let lines = lines(state, Ink::of(state), text_width(pane.width)).len();
    u16::try_from(lines).unwrap_or(u16::MAX)
}

pub(super) fn draw(buffer: &mut Buffer, state: &State, ink: Ink, area: Rect) {
    let lines = lines(state, ink, text_width(area.width));
    let height = usize::from(area.height);
    let offset = usize::from(state.detail.offset).min(lines.len().saturating_sub(height));
    let below = lines.len().saturating_sub(offset + height);
    for (at, line) in lines.into_iter().skip(offset).take(height).enumerate() {
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
        put(buffer, inner, at, line);
    }
    let edge = Rect { x: area.right().saturating_sub(1), width: 1.min(area.width), ..area };
    if offset > 0 {
        put(buffer, edge, 0, Line::from(ink.span(Role::Accent, ink.glyphs.up)));
    }
    if below > 0 {
        let last = height.saturating_sub(1);
        put(buffer, edge, last, Line::from(ink.span(Role::Accent, ink.glyphs.down)));
    }
}

pub(super) fn lines(state: &State, ink: Ink, width: usize) -> Vec<Line<'static>> {
    let Some(pat) = state.selected() else {
        return vec![Line::from(ink.span(Role::Dim, "no token is selected"))];
    };
    let mut page = Page { ink, width, lines: Vec::new() };
    title(&mut page, state, pat);
    if let Some(work) = state.works.get(pat.id) {
        let role = if matches!(work, Work::Failed { .. }) { Role::Critical } else { Role::Strong };
        for text in progress::long(state, work) {
            page.text(role, &text);
        }
    }
    for warning in Warning::of(pat, state.now(), state.setting.preferences.thresholds) {
        let (role, glyph) = match warning {
            Warning::Critical => (Role::Critical, ink.glyphs.critical),
            Warning::Expiring => (Role::Warning, ink.glyphs.expiring),
            Warning::Global => (Role::Warning, ink.glyphs.global),
            Warning::FullAccess => (Role::Warning, "!!"),
            Warning::Expired => (Role::Dead, ink.glyphs.expired),
        };
        page.text(role, &format!("{glyph} {}", warning.sentence(pat, state.now())));
    }
    page.lines.push(Line::default());
    dates(&mut page, state, pat);
    scopes(&mut page, pat);
    places(&mut page, state, pat);
    page.lines
}

fn title(page: &mut Page, state: &State, pat: &Pat) {
    let ink = page.ink;
    page.text(Role::Strong, &ink.data(&pat.name));
    if let Some(note) = mixed_scripts(pat.name.raw()) {
        page.text(Role::Warning, note);
    }
    let status = state.status(pat);
    let end = when::end(pat.valid_to, state.now(), state.setting.zone);
    let verb = if pat.valid_to > state.now() { "ends" } else { "ended" };
    let text = format!("{}{}{verb} {end}", status.as_str(), ink.glyphs.separator);
    page.text(Role::Text, &text);
}

fn dates(page: &mut Page, state: &State, pat: &Pat) {
    let zone = state.setting.zone;
    page.field("Ends", &when::full(pat.valid_to, zone));
    page.field("Created", &when::full(pat.valid_from, zone));
    let life = pat.valid_to - pat.valid_from;
    let left = pat.valid_to - state.now();
    let left = if state.status(pat).is_alive() {
        format!(", {} left", when::span(left))
    } else {
        String::new()
    };
    page.field("Lives", &format!("{}{left}", when::span(life)));
    page.field("Listed", pat.listed.as_str());
}

/// Each scope with its risk and what it is for. Ids that nobody knows stay as they are.
fn scopes(page: &mut Page, pat: &Pat) {
    let ink = page.ink;
    let mut label = "Can";
    let (mut seen, mut is_empty) = (HashSet::new(), true);
    for id in scope::ids(&pat.scope).filter(|id| seen.insert(*id)) {
        is_empty = false;
        if let Some(scope) = scope::find(id) {
            let role = match scope.risk {
                Risk::Low | Risk::Medium => Role::Text,
                Risk::High => Role::Strong,
                Risk::Critical => Role::Critical,
            };
            page.field_in(role, label, &format!("{}, {} risk", scope.words(), scope.risk.as_str()));
            page.field_in(Role::Dim, "", &scope.description);
        } else {
            page.field(label, &text::shown(id, 200));
            page.field_in(Role::Dim, "", "a scope that this version does not know");
        }
        label = "";
    }
    if is_empty {
        page.field(label, "nothing");
    }
    page.field_in(Role::Dim, "Scope", &ink.own(&text::shown(&pat.scope, 2000)));
}

/// Where it is valid and how it is called there.
fn places(page: &mut Page, state: &State, pat: &Pat) {
    match &pat.target {
        Target::Global => {
            page.field("Where", "all organizations");
            page.field_in(Role::Dim, "", &format!("listed by {}", pat.organization));
        }
        Target::Organizations(ids) => {
            let mut label = "Where";
            for id in ids {
                match state.session.organization(*id) {
                    Some(organization) => page.field(label, organization.as_str()),
                    None => page.field(label, &format!("listed by {}", pat.organization)),
                }
                page.field_in(Role::Dim, "", &id.to_string());
                label = "";
            }
        }
    }
    page.field("Id", &pat.id.to_string());
}

/// Lines in the making.
struct Page {
    ink: Ink,
    width: usize,
    lines: Vec<Line<'static>>,
}

impl Page {
    fn text(&mut self, role: Role, text: &str) {
        for line in wrap(&self.ink.own(text), self.width) {
            self.lines.push(Line::from(self.ink.span(role, &line)));
        }
    }

    fn field(&mut self, label: &str, text: &str) {
        self.field_in(Role::Text, label, text);
    }

    fn field_in(&mut self, role: Role, label: &str, text: &str) {
        let ink = self.ink;
        let mut label = text::pad(label.to_owned(), LABEL, false);
        for line in wrap(&ink.own(text), self.width.saturating_sub(LABEL)) {
            let spans = vec![ink.span(Role::Dim, &label), Span::raw(line)];
            let mut line = Line::from(spans);
            if let Some(value) = line.spans.last_mut() {
                value.style = ink.style(role);
            }
            self.lines.push(line);
            label = " ".repeat(LABEL);
        }
    }
}

/// A name of Latin letters with look-alikes from another script is a trap.
pub(super) fn mixed_scripts(name: &str) -> Option<&'static str> {
    let has = |from: char, to: char| name.chars().any(|c| (from..=to).contains(&c));
    let has_latin = name.chars().any(|c| c.is_ascii_alphabetic());
    if has_latin && has('\u{400}', '\u{52F}') {
        Some("! this name mixes Latin and Cyrillic letters")
    } else if has_latin && has('\u{370}', '\u{3FF}') {
        Some("! this name mixes Latin and Greek letters")
    } else {
        None
    }
}

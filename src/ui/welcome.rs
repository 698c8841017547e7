//! What stands on the screen before there is a list: how to set azpat up, that it connects, or why
//! it could not. It scrolls where it is longer than the screen.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    ink::Ink,
    layout::{Regions, screen},
    put, scroll,
    text::{self, wrap},
    theme::Role,
};
use crate::{
    failure::{Failure, FailureKind},
    state::{
        State,
        session::{PERMIT, REGISTER, Session},
    },
};

/// How many lines there are, and how many of them fit.
pub fn extent(state: &State) -> (usize, usize) {
    let area = Regions::of(state, screen(state)).rows;
    let lines = fitting(state, Ink::of(state), area);
    (lines.len(), height(&lines, area))
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, state: &State, ink: Ink) {
    let lines = fitting(state, ink, area);
    let height = height(&lines, area);
    let mut scroll = state.welcome;
    scroll.fit(lines.len(), height);
    let shown = Rect { height: u16::try_from(height).unwrap_or(area.height), ..area };
    scroll::draw(buffer, shown, lines, scroll);
    if let Some(sign) = scroll::sign(ink, scroll) {
        let margin = " ".repeat(margin(area));
        let line = Line::from(vec![Span::raw(margin), ink.span(Role::Accent, &sign)]);
        put(buffer, area, height, line);
    }
}

/// Where it is longer than the screen, the last line says so.
fn height(lines: &[Line<'_>], area: Rect) -> usize {
    let height = usize::from(area.height);
    if lines.len() > height { height.saturating_sub(1) } else { height }
}

fn margin(area: Rect) -> usize {
    if area.width >= 70 { 8 } else { 2 }
}

/// Air is the first thing that a small screen does without.
fn fitting(state: &State, ink: Ink, area: Rect) -> Vec<Line<'static>> {
    let mut lines = lines(state, ink, area);
    if lines.len() > area.height.into() {
        lines.retain(|line| !line.to_string().trim().is_empty());
    }
    lines
}

fn lines(state: &State, ink: Ink, area: Rect) -> Vec<Line<'static>> {
    let margin = margin(area);
    let room = usize::from(area.width).saturating_sub(2 * margin).max(1);
    let mut words = match &state.session {
        Session::Missing => missing(),
        Session::Connecting => vec![(Role::Dim, format!("{} connecting…", ink.spinner()))],
        Session::Failed(failure) => failed(state, ink, failure),
        Session::Connected(_) => Vec::new(),
    };
    if state.wants_app() {
        let path = state.setting.config.as_ref();
        let path = path.map(|path| text::shown(&path.to_string_lossy(), 400));
        words.extend(registration(path.as_deref()));
    }
    let mut lines = vec![Line::default()];
    for (role, text) in words {
        // A step's second line begins under its first word.
        let indent = text.len() - text.trim_start_matches([' ', '1', '2', '3', '4']).len();
        for (at, line) in
            wrap(&ink.own(text.trim_start()), room.saturating_sub(indent)).iter().enumerate()
        {
            let start = if at == 0 { text.len() - text.trim_start().len() } else { indent };
            let mut line = Line::from(ink.span(role, line));
            line.spans.insert(0, " ".repeat(margin + start).into());
            lines.push(line);
        }
    }
    lines
}

fn missing() -> Vec<(Role, String)> {
    [
        (Role::Strong, "azpat is not set up yet."),
        (Role::Dim, "d shows example data until then, q leaves."),
        (Role::Text, ""),
        (Role::Text, "With the Azure CLI: sign in there, then press r."),
        (Role::Strong, "   az login"),
        (Role::Text, ""),
    ]
    .map(|(role, text)| (role, text.to_owned()))
    .to_vec()
}

/// How to sign in without the Azure CLI.
fn registration(path: Option<&str>) -> Vec<(Role, String)> {
    let path = path.unwrap_or("config.json in azpat's configuration folder");
    let manifest = "Platform \"Mobile and desktop applications\", redirect URI http://localhost";
    let permissions = "API permissions: Azure DevOps, delegated vso.profile, vso.pats, \
                       vso.pats_manage";
    let commands = "The Azure CLI does 1, 2 and vso.profile of 3 (y copies both lines); the first \
                    prints APP_ID. vso.pats and vso.pats_manage are added in the portal.";
    [
        (Role::Text, "Without it: register an app of your own, once, at portal.azure.com."),
        (Role::Text, "1  Microsoft Entra ID, App registrations, New registration"),
        (Role::Text, &format!("2  {manifest}")),
        (Role::Text, &format!("3  {permissions}")),
        (Role::Text, "4  Back in the shell (q), give the Application (client) ID to"),
        (Role::Strong, "   azpat init"),
        (Role::Text, &format!("   which checks each answer and writes {path}")),
        (Role::Text, ""),
        (Role::Text, commands),
        (Role::Strong, &format!("   {REGISTER}")),
        (Role::Strong, &format!("   {PERMIT}")),
    ]
    .map(|(role, text)| (role, text.to_owned()))
    .to_vec()
}

fn failed(state: &State, ink: Ink, failure: &Failure) -> Vec<(Role, String)> {
    let is_left = failure.kind == FailureKind::Cancelled;
    let mut lines = if is_left {
        vec![(Role::Strong, "Nobody is signed in.".to_owned())]
    } else {
        vec![(Role::Strong, format!("{} {failure}", ink.glyphs.failed))]
    };
    lines.extend(failure.hint.clone().map(|hint| (Role::Text, hint)));
    if failure.kind == FailureKind::SignIn {
        let skipped = state.sign_in.skipped.iter();
        lines.extend(skipped.map(|(way, why)| (Role::Dim, format!("not with {way}: {}", why.why))));
    }
    lines.push((Role::Text, String::new()));
    let keys = if state.setting.can_sign_in && (is_left || failure.kind == FailureKind::SignIn) {
        "b signs in with the browser, c with a code on any device, r tries again, d shows example \
         data, @ the calls, q leaves."
    } else {
        "r tries again, d shows example data, @ the calls, q leaves."
    };
    lines.push((Role::Dim, keys.to_owned()));
    if state.wants_app() {
        lines.push((Role::Text, String::new()));
    }
    lines
}

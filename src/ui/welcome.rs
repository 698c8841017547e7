//! What stands on the screen before there is a list: how to set azpat up, that it connects, or why
//! it could not.

use ratatui::text::Line;

use super::{
    ink::Ink,
    text::{self, wrap},
    theme::Role,
};
use crate::{
    failure::Failure,
    state::{State, session::Session},
};

pub(super) fn lines(state: &State, ink: Ink, width: usize) -> Vec<Line<'static>> {
    let margin = if width >= 70 { 8 } else { 2 };
    let room = width.saturating_sub(2 * margin).max(1);
    let words = match &state.session {
        Session::Missing { path } => {
            let path = path.as_ref().map(|path| text::shown(&path.to_string_lossy(), 400));
            missing(path.as_deref())
        }
        Session::Connecting => vec![(Role::Dim, format!("{} connecting…", ink.spinner()))],
        Session::Failed(failure) => failed(ink, failure),
        Session::Connected(_) => Vec::new(),
    };
    let mut lines = vec![Line::default()];
    for (role, text) in words {
        // A step's second line begins under its first word.
        let indent = text.len() - text.trim_start_matches([' ', '1', '2', '3']).len();
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

fn missing(path: Option<&str>) -> Vec<(Role, String)> {
    let path = path.unwrap_or("config.json in azpat's configuration folder");
    [
        (Role::Strong, "azpat is not set up yet."),
        (Role::Text, ""),
        (Role::Text, "1  Say which organization is yours. Write this"),
        (Role::Strong, "   { \"organization\": \"NAME\" }"),
        (Role::Text, "   into this file; NAME as in https://dev.azure.com/NAME"),
        (Role::Strong, &format!("   {path}")),
        (Role::Text, ""),
        (Role::Text, "2  Sign in with the Azure CLI"),
        (Role::Strong, "   az login"),
        (Role::Text, "   or put an access token into the variable AZPAT_ACCESS_TOKEN."),
        (Role::Text, ""),
        (Role::Text, "3  Start azpat again."),
        (Role::Text, ""),
        (Role::Dim, "d shows example data until then, q leaves."),
    ]
    .map(|(role, text)| (role, text.to_owned()))
    .to_vec()
}

fn failed(ink: Ink, failure: &Failure) -> Vec<(Role, String)> {
    let mut lines = vec![(Role::Strong, format!("{} {failure}", ink.glyphs.failed))];
    lines.extend(failure.hint.clone().map(|hint| (Role::Text, hint)));
    lines.push((Role::Text, String::new()));
    lines.push((
        Role::Dim,
        "r tries again, d shows example data, @ the calls, q leaves.".to_owned(),
    ));
    lines
}

//! What stands on the screen before there is a list: how to set azpat up, that it connects, or why
//! it could not.

use ratatui::text::Line;

use super::{
    ink::Ink,
    text::{self, wrap},
    theme::Role,
};
use crate::{
    failure::{Failure, FailureKind},
    state::{
        State,
        session::{REGISTER, Session},
    },
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
        Session::Failed(failure) => failed(state, ink, failure),
        Session::Connected(_) => Vec::new(),
    };
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

fn missing(path: Option<&str>) -> Vec<(Role, String)> {
    let path = path.unwrap_or("config.json in azpat's configuration folder");
    let manifest = "Platform \"Mobile and desktop applications\", redirect URI http://localhost";
    let permissions = "API permissions: Azure DevOps, delegated vso.pats, vso.pats_manage, \
                       vso.profile";
    [
        (Role::Strong, "azpat is not set up yet."),
        (Role::Text, ""),
        (Role::Text, "With the Azure CLI: sign in there, then press r."),
        (Role::Strong, "   az login"),
        (Role::Text, ""),
        (Role::Text, "Without it: register an app of your own, once, at portal.azure.com."),
        (Role::Text, "1  Microsoft Entra ID, App registrations, New registration"),
        (Role::Text, &format!("2  {manifest}")),
        (Role::Text, &format!("3  {permissions}")),
        (Role::Text, &format!("4  Put the Application (client) ID into {path}")),
        (Role::Strong, "   { \"client_id\": \"ID\" }"),
        (Role::Text, "   and start azpat again."),
        (Role::Text, ""),
        (Role::Text, "One command does 1 and 2 (y copies it):"),
        (Role::Strong, &format!("   {REGISTER}")),
        (Role::Text, ""),
        (Role::Dim, "d shows example data until then, q leaves."),
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
    lines
}

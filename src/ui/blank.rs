//! What stands in place of the rows when there are none: why, and what to press.

use ratatui::text::Line;

use super::{ink::Ink, text, theme::Role};
use crate::state::{State, view::View};

pub(super) fn lines(state: &State, ink: Ink, width: usize) -> Vec<Line<'static>> {
    let (why, next) = words(state);
    let mut lines = vec![Line::default()];
    for (role, text) in [(Role::Text, why), (Role::Dim, next)] {
        let wrapped = text::wrap(&text, width.saturating_sub(6));
        lines.extend(wrapped.iter().map(|line| {
            let mut line = Line::from(ink.span(role, line));
            line.spans.insert(0, "     ".into());
            line
        }));
    }
    lines
}

fn words(state: &State) -> (String, String) {
    let filter = state.table.filter.value();
    let is_listing = state.listing.running.is_some();
    if state.inventory.is_empty() && is_listing {
        return ("Reading the lists…".into(), "The first tokens appear as they arrive.".into());
    }
    if state.table.is_scanning() {
        return ("Searching…".into(), String::new());
    }
    if !filter.is_empty() && state.tally.view(state.table.view) > 0 {
        let filter = text::cut(&text::shown(filter, 200), 40, "…");
        return match state.table.view {
            View::All => (format!("No token matches {filter}"), "Esc clears the filter.".into()),
            view => (
                format!("No token of the view {} matches {filter}", view.title()),
                "Esc clears the filter, 1 looks in all tokens.".into(),
            ),
        };
    }
    if state.inventory.is_empty() && state.listing.is_stale() {
        return (
            "The list could not be read; the reason stands above.".into(),
            "r tries again, @ shows the calls to the service.".into(),
        );
    }
    if state.inventory.is_empty() {
        return nothing_at_all(state);
    }
    of_view(state)
}

fn nothing_at_all(state: &State) -> (String, String) {
    let connection = state.session.connection();
    let first = connection.and_then(|connection| connection.organizations.first());
    match (connection, first, state.listing.ended) {
        (Some(connection), Some((organization, _)), Some(_)) => (
            "There are no tokens yet.".into(),
            format!(
                "New ones are made at https://{}/{organization}/_usersSettings/tokens; r reads the \
                 list again.",
                connection.host
            ),
        ),
        (Some(_), None, _) => (
            "You are a member of no organization that azpat can find.".into(),
            "Name one with `organization` in the configuration, then start azpat again.".into(),
        ),
        _ => ("Nothing was read yet.".into(), "r reads the lists.".into()),
    }
}

fn of_view(state: &State) -> (String, String) {
    let days = state.setting.preferences.thresholds.warn.num_days();
    let why = match state.table.view {
        View::All => "There are no tokens.".to_owned(),
        View::Expiring => format!("No token ends within {}.", text::plural(to_count(days), "day")),
        View::Global => "No living token works in all organizations. That is good.".to_owned(),
        View::Expired => "No token has ended.".to_owned(),
        View::Revoked => "No token was revoked.".to_owned(),
    };
    (why, "1 shows all tokens.".to_owned())
}

fn to_count(days: i64) -> usize {
    usize::try_from(days).unwrap_or(0)
}

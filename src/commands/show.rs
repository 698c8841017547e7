//! `azpat show`: everything about one token.

use chrono::{DateTime, Utc};

use super::{
    Exit, output,
    record::{self, Record},
    session::Session,
};
use crate::{
    cli::{self, Format},
    config::Config,
    failure::Failure,
    pat::{Pat, Target, Thresholds, scope, warning::Warning},
    text,
    when::{self, Zone},
};

pub(super) async fn run(what: &cli::Show, config: &Config) -> Result<Exit, Failure> {
    let session = Session::open(config).await?;
    let listing = session.listing().await?;
    let now = session.now();
    let thresholds = config.preferences.thresholds;
    let pat = listing.one(&what.id, now)?;
    let record = Record::new(pat, now, thresholds);
    output::result(&match what.format {
        Format::Table => details(pat, now, thresholds),
        Format::Json => record::json(&record)?,
        Format::Csv => record::csv(&[record])?,
    })?;
    Ok(Exit::DONE)
}

/// One fact per line.
pub(super) fn details(pat: &Pat, now: DateTime<Utc>, thresholds: Thresholds) -> String {
    let status = pat.status(now, thresholds);
    let span = when::span(pat.valid_to - now);
    let left = if pat.valid_to > now { format!("in {span}") } else { format!("{span} ago") };
    let mut facts = vec![
        ("name", pat.name.to_string()),
        ("status", status.as_str().to_owned()),
        ("ends", format!("{}, {left}", when::full(pat.valid_to, Zone::Local))),
        ("created", when::full(pat.valid_from, Zone::Local)),
        ("organization", pat.organization.to_string()),
        ("valid in", valid_in(pat)),
    ];
    facts.extend(scope::ids(&pat.scope).map(|id| ("scope", scope_in_words(id))));
    facts.push(("id", pat.id.to_string()));
    // That it ends is said above; the sentences about it name keys of the screen.
    let warnings = Warning::of(pat, now, thresholds).into_iter();
    let warnings = warnings.filter(|it| matches!(it, Warning::Global | Warning::FullAccess));
    facts.extend(warnings.map(|warning| ("warning", warning.sentence(pat, now))));
    let lines: Vec<_> = facts.iter().map(|(label, fact)| format!("{label:<14}{fact}\n")).collect();
    lines.concat()
}

fn valid_in(pat: &Pat) -> String {
    match &pat.target {
        Target::Global => "all organizations (global)".to_owned(),
        Target::Organizations(ids) => match ids.len() {
            0 | 1 => "this organization".to_owned(),
            count => format!("{count} organizations"),
        },
    }
}

fn scope_in_words(id: &str) -> String {
    let shown = text::visible(id);
    match scope::find(id) {
        Some(scope) => {
            let risk = scope.risk.as_str();
            format!("{} ({shown}, {risk} risk): {}", scope.words(), scope.description)
        }
        None => format!("{shown} (not known to azpat)"),
    }
}

//! `azpat log`: what azpat changed, from the log on this computer. Asks nobody and needs no
//! sign-in.

use serde::Serialize;

use super::{
    Exit, output, record, session,
    table::{self, Column},
};
use crate::{
    audit::{Entry, Log},
    cli::{self, TableOrJson},
    config::{Config, Source},
    failure::{Failure, FailureKind},
    pat::date,
    when::{self, Zone},
};

const COLUMNS: [Column; 6] = [
    Column { title: "WHEN", least: 16, dispensable: 0 },
    Column { title: "DID", least: 7, dispensable: 0 },
    Column { title: "TOKEN", least: 12, dispensable: 0 },
    Column { title: "ORGANIZATION", least: 12, dispensable: 2 },
    Column { title: "OUTCOME", least: 24, dispensable: 1 },
    Column { title: "ID", least: usize::MAX, dispensable: 0 },
];

pub(super) async fn run(what: &cli::Log, config: &Config) -> Result<Exit, Failure> {
    if let Source::Demo { .. } = config.source {
        output::message("the example service begins anew each time, so that its log is empty");
        return Ok(Exit::DONE);
    }
    let log = session::records().audit()?.read().await?;
    if what.verify {
        return verify(&log);
    }
    match what.format {
        TableOrJson::Json => {
            let rows: Vec<_> = log.entries.iter().map(Row::new).collect();
            output::result(&record::json(&rows)?)?;
        }
        TableOrJson::Table if log.entries.is_empty() => {
            output::message("nothing was changed yet");
        }
        TableOrJson::Table => {
            let rows: Vec<_> = log.entries.iter().map(cells).collect();
            output::result(&table::render(COLUMNS, &rows, output::width()))?;
        }
    }
    tell_damage(&log);
    Ok(Exit::DONE)
}

fn verify(log: &Log) -> Result<Exit, Failure> {
    if let Some(why) = log.unfit() {
        return Err(Failure::new(FailureKind::Service, "verify the log", why)
            .hint("it was changed by something else than azpat; what stands before it fits"));
    }
    tell_damage(log);
    output::result(&format!("{} lines, each as it was written; {}\n", log.lines, log.hash))?;
    Ok(Exit::DONE)
}

/// What cannot be shown.
fn tell_damage(log: &Log) {
    for line in &log.torn {
        output::message(format!("line {line} is incomplete, as after a crash"));
    }
    if let Some((line, _)) = log.misfit {
        output::message(format!("line {line} does not fit; `azpat log --verify` says why"));
    }
}

fn cells(entry: &Entry) -> [String; 6] {
    [
        when::full(entry.at, Zone::Local),
        entry.action.as_str().to_owned(),
        entry.name.to_string(),
        entry.organization.to_string(),
        entry.result(),
        entry.id.map(|id| id.to_string()).unwrap_or_default(),
    ]
}

/// An entry in a machine's words.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    at: String,
    action: &'static str,
    /// `null`: none was made, or none is known.
    authorization_id: Option<String>,
    display_name: &'a str,
    organization: &'a str,
    outcome: &'static str,
    detail: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn new(entry: &'a Entry) -> Self {
        Self {
            at: date::format(entry.at),
            action: entry.action.as_str(),
            authorization_id: entry.id.map(|id| id.to_string()),
            display_name: entry.name.raw(),
            organization: entry.organization.as_str(),
            outcome: entry.outcome.as_str(),
            detail: entry.detail.as_deref(),
        }
    }
}

//! `azpat list`: the tokens, those that end soonest first.

use std::cmp::Reverse;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Exit, output,
    record::{self, Record},
    session::Session,
    table::{self, Column},
    together,
};
use crate::{
    cli::{self, Format, StatusFilter},
    config::Config,
    failure::Failure,
    pat::{Pat, Status, Thresholds, scope},
    text,
    when::{self, Zone},
};

const COLUMNS: [Column; 7] = [
    Column { title: "NAME", least: 12, dispensable: 0 },
    Column { title: "STATUS", least: 8, dispensable: 1 },
    Column { title: "LEFT", least: 6, dispensable: 0 },
    Column { title: "ENDS", least: 15, dispensable: 3 },
    Column { title: "SCOPES", least: 12, dispensable: 4 },
    Column { title: "ORGANIZATION", least: 12, dispensable: 2 },
    Column { title: "ID", least: usize::MAX, dispensable: 0 },
];

pub(super) async fn run(what: &cli::List, config: &Config) -> Result<Exit, Failure> {
    let session = Session::open(config).await?;
    let listing = session.listing().await?;
    let now = session.now();
    let thresholds = thresholds(config.preferences.thresholds, what.within);
    let filter = what.status.or(what.within.map(|_| StatusFilter::Expiring));
    let status = |pat: &Pat| pat.status(now, thresholds);
    let mut pats: Vec<_> =
        listing.pats.iter().filter(|pat| is_wanted(filter, pat, status(pat))).collect();
    pats.sort_by_key(|pat| order(pat, status(pat)));

    let records = || pats.iter().map(|pat| Record::new(pat, now, thresholds)).collect::<Vec<_>>();
    match what.format {
        Format::Table if pats.is_empty() => output::message("there are no such tokens"),
        Format::Table => {
            output::result(&table(&pats, now, thresholds, output::width()))?;
        }
        Format::Json => output::result(&record::json(&records())?)?,
        Format::Csv => output::result(&record::csv(&records())?)?,
    }
    listing.failures.iter().for_each(output::failure);
    Ok(together(listing.read, &listing.failures))
}

/// The tokens as lines for people.
pub(super) fn table(
    pats: &[&Pat],
    now: DateTime<Utc>,
    thresholds: Thresholds,
    width: Option<usize>,
) -> String {
    let row = |pat: &&Pat| row(pat, pat.status(now, thresholds), now);
    let rows: Vec<_> = pats.iter().map(row).collect();
    table::render(COLUMNS, &rows, width)
}

fn thresholds(configured: Thresholds, within: Option<TimeDelta>) -> Thresholds {
    let warn = within.unwrap_or(configured.warn);
    Thresholds { warn, critical: configured.critical.min(warn) }
}

fn is_wanted(filter: Option<StatusFilter>, pat: &Pat, status: Status) -> bool {
    match filter {
        None => status != Status::Revoked,
        Some(StatusFilter::All) => true,
        Some(StatusFilter::Active) => status.is_alive(),
        Some(StatusFilter::Expiring) => matches!(status, Status::Critical | Status::Expiring),
        Some(StatusFilter::Expired) => status == Status::Expired,
        Some(StatusFilter::Revoked) => status == Status::Revoked,
        Some(StatusFilter::Global) => status.is_alive() && pat.is_global(),
    }
}

/// Usable tokens by their end; after them those that are over, the latest first.
fn order(pat: &Pat, status: Status) -> impl Ord + use<> {
    let since = if status.is_alive() { None } else { Some(Reverse(pat.valid_to)) };
    let group = if status.is_alive() { Status::Critical } else { status };
    (group, since, pat.valid_to, pat.id)
}

fn row(pat: &Pat, status: Status, now: DateTime<Utc>) -> [String; 7] {
    let left = if status.is_alive() { when::left(pat.valid_to - now) } else { String::new() };
    [
        pat.name.to_string(),
        status.as_str().to_owned(),
        left,
        when::end(pat.valid_to, now, Zone::Local),
        text::visible(&scope::words(&pat.scope)).into_owned(),
        if pat.is_global() { "global".to_owned() } else { pat.organization.to_string() },
        pat.id.to_string(),
    ]
}

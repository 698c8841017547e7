//! `azpat extend`: moves the end of one token. Never shortens it, and says when the service gave
//! less than was asked.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Exit, find, output,
    record::{self, Extended, Record},
    session::Session,
    until,
};
use crate::{
    cli::{self, Format},
    config::Config,
    failure::{Failure, FailureKind},
    operations::{Confirmation, Extension, edit},
    pat::{Pat, change::Change, date, limit::Wish, warning::Warning},
    when::{self, Zone},
};

pub(super) async fn run(what: &cli::Extend, config: &Config) -> Result<Exit, Failure> {
    let session = Session::open(config).await?;
    let listing = session.listing().await?;
    let now = session.now();
    let pat = listing.one(&what.id, now)?;
    let to = until::end(what.by, what.to, now, config.preferences.extend_by);
    check(pat, to, now)?;
    if pat.is_global() {
        output::message(format!("{} {}", pat.name, Warning::Global.sentence(pat, now)));
    }
    let extended = |pat, granted: Option<DateTime<Utc>>| Extended {
        token: Record::new(pat, now, config.preferences.thresholds),
        requested: date::format(to),
        granted: granted.map(date::format),
        dry_run: what.dry_run,
    };
    session.tell_limits(&Wish::change(pat, &Change::end(to))).await;
    if what.dry_run {
        let sentence = format!("would extend {}: to {}", find::named(pat), day(to));
        return write(what.format, &extended(pat, None), &sentence);
    }
    let extension = session.desk.extend(pat, to).await?;
    if extension.is_shortened() {
        output::message(shortened(&extension));
    }
    for field in &extension.altered {
        let altered = edit::altered(&extension.pat, *field, Zone::Local);
        output::message(format!("{}: {altered}", find::named(pat)));
    }
    let extended = extended(&extension.pat, Some(extension.granted()));
    write(what.format, &extended, &sentence(pat, &extension))
}

/// Refuses what could not or should not work, so that nothing is sent.
fn check(pat: &Pat, to: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Failure> {
    let attempt = format!("extend {}", find::named(pat));
    find::alive(pat, now, &attempt)?;
    until::check(to, now, &attempt)?;
    if to <= pat.valid_to {
        let why = format!("{} is no later than its present end, {}", day(to), day(pat.valid_to));
        return Err(Failure::new(FailureKind::Refused, attempt, why)
            .hint("ask for a later end; azpat never shortens a token"));
    }
    Ok(())
}

fn day(date: DateTime<Utc>) -> String {
    when::full(date, Zone::Local)
}

fn shortened(extension: &Extension) -> String {
    let pat = &extension.pat;
    // The service rounds both dates, and 60 days must not read as 59.
    let life = when::span(extension.granted() - pat.valid_from + TimeDelta::minutes(1));
    format!(
        "{} was extended to {} only, not to {}: a policy of {} or its tenant allows {life}, counted \
         from the creation on {}",
        pat.name,
        day(extension.granted()),
        day(extension.requested),
        pat.organization,
        when::day(pat.valid_from, Zone::Local),
    )
}

fn sentence(before: &Pat, extension: &Extension) -> String {
    let lost = match extension.confirmation {
        Confirmation::Answered => "",
        Confirmation::ReadBack => " (the answer was lost; the token was read again)",
    };
    let (was, is) = (day(before.valid_to), day(extension.granted()));
    format!("extended {}: ends {is}, was {was}{lost}", find::named(&extension.pat))
}

fn write(format: Format, extended: &Extended<'_>, sentence: &str) -> Result<Exit, Failure> {
    output::result(&match format {
        Format::Table => format!("{sentence}\n"),
        Format::Json => record::json(extended)?,
        Format::Csv => record::csv_extended(extended)?,
    })?;
    Ok(Exit::DONE)
}

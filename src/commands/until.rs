//! The end that a command line asks for.

use chrono::{DateTime, Local, Months, NaiveTime, TimeDelta, Utc};

use crate::{
    cli::Until,
    failure::{Failure, FailureKind},
    when::{self, Zone},
};

/// An end as it was asked for: a date, a span from now, or what is usual.
pub(super) fn end(
    by: Option<TimeDelta>,
    to: Option<Until>,
    now: DateTime<Utc>,
    usual: TimeDelta,
) -> DateTime<Utc> {
    match to {
        Some(Until::Time(time)) => time,
        Some(Until::Day(day)) => {
            let last = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
            let last = day.and_time(last);
            // A clock that is set forward at midnight does not know this second.
            let local = last.and_local_timezone(Local).latest();
            local.map_or_else(|| last.and_utc(), |local| local.to_utc())
        }
        None => now + by.unwrap_or(usual),
    }
}

/// Refuses an end that no token can have, so that nothing is sent.
pub(super) fn check(to: DateTime<Utc>, now: DateTime<Utc>, attempt: &str) -> Result<(), Failure> {
    let refused = |why| Failure::new(FailureKind::Usage, attempt, why);
    let end = when::full(to, Zone::Local);
    if to <= now {
        return Err(refused(format!("{end} is over already")));
    }
    if now.checked_add_months(Months::new(12)).is_some_and(|year| to > year) {
        let why = format!("{end} is more than a year away, which is never granted");
        return Err(refused(why).hint("choose an earlier end"));
    }
    Ok(())
}

//! Times in words: what is left, how old, which day. One way to say each, used by every screen
//! and every table.

use chrono::{
    DateTime, Datelike as _, FixedOffset, Local, NaiveDateTime, Offset as _, TimeDelta,
    TimeZone as _, Utc,
};

/// In which zone dates are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// The zone of this computer, with its daylight saving time.
    #[default]
    Local,
    Fixed(FixedOffset),
}

impl Zone {
    pub fn utc() -> Self {
        Self::Fixed(Utc.fix())
    }

    pub fn at(self, date: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self {
            Self::Local => date.with_timezone(&Local).fixed_offset(),
            Self::Fixed(offset) => date.with_timezone(&offset),
        }
    }

    /// The instant of a time on the wall here. Where the clocks were turned it takes the earlier
    /// one of two, and the next hour of none.
    pub fn instant(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        let resolve = |local: &NaiveDateTime| match self {
            Self::Local => Local.from_local_datetime(local).earliest().map(|date| date.to_utc()),
            Self::Fixed(offset) => {
                offset.from_local_datetime(local).earliest().map(|date| date.to_utc())
            }
        };
        resolve(&local).or_else(|| resolve(&(local + TimeDelta::hours(1))))
    }
}

/// `Tue 24 Nov 09:12`: fixed width, for the table of this and next year.
pub fn short(date: DateTime<Utc>, zone: Zone) -> String {
    zone.at(date).format("%a %d %b %H:%M").to_string()
}

/// `Tue 24 Nov 09:12`, and of another year `Mon 24 Nov 2025`: for what may be long ago.
pub fn past(date: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> String {
    let is_of_this_year = zone.at(date).year() == zone.at(now).year();
    if is_of_this_year { short(date, zone) } else { day(date, zone) }
}

/// `09:12`, of today.
pub fn time(date: DateTime<Utc>, zone: Zone) -> String {
    zone.at(date).format("%H:%M").to_string()
}

/// `Tue 24 Nov 2026`.
pub fn day(date: DateTime<Utc>, zone: Zone) -> String {
    zone.at(date).format("%a %d %b %Y").to_string()
}

/// `Tue 24 Nov 2026 09:12 (08:12 UTC)`; the UTC day is named where it is another one.
pub fn full(date: DateTime<Utc>, zone: Zone) -> String {
    let local = zone.at(date);
    let utc = if local.date_naive() == date.date_naive() { "%H:%M" } else { "%a %d %b %H:%M" };
    format!("{} ({} UTC)", local.format("%a %d %b %Y %H:%M"), date.format(utc))
}

/// The table's "left" column: `41 d`, `5 h`, `40 min`, `now`.
pub fn left(left: TimeDelta) -> String {
    match left {
        left if left >= TimeDelta::days(1) => format!("{} d", left.num_days()),
        left if left >= TimeDelta::hours(1) => format!("{} h", left.num_hours()),
        left if left >= TimeDelta::minutes(1) => format!("{} min", left.num_minutes()),
        _ => "now".to_owned(),
    }
}

/// A span in words: `12 days`, `1 hour`, `40 minutes`, `8 seconds`.
pub fn span(span: TimeDelta) -> String {
    let (count, unit) = match span.abs() {
        span if span >= TimeDelta::days(1) => (span.num_days(), "day"),
        span if span >= TimeDelta::hours(1) => (span.num_hours(), "hour"),
        span if span >= TimeDelta::minutes(1) => (span.num_minutes(), "minute"),
        span => (span.num_seconds(), "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// A wait of some minutes, second by second: `14:31`.
pub fn countdown(left: TimeDelta) -> String {
    // Rounded up: what is not over has a second left.
    let seconds = (left.num_milliseconds() + 999).div_euclid(1000).max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// How old the data is. Coarse on purpose: it changes once a minute, so an idle screen is still.
pub fn age(age: TimeDelta) -> String {
    if age < TimeDelta::minutes(1) { "just now".to_owned() } else { format!("{} ago", span(age)) }
}

/// An end in words: `today 17:40`, `tomorrow 09:12`, else the day.
pub fn end(date: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> String {
    let (local, today) = (zone.at(date), zone.at(now).date_naive());
    match (local.date_naive() - today).num_days() {
        0 => local.format("today %H:%M").to_string(),
        1 => local.format("tomorrow %H:%M").to_string(),
        _ => day(date, zone),
    }
}

#[cfg(test)]
mod tests;

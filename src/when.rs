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
mod tests {
    use super::*;
    use crate::pat::date::parse;

    #[test]
    fn what_is_left_has_one_unit() {
        assert_eq!(left(TimeDelta::hours(49)), "2 d");
        assert_eq!(left(TimeDelta::minutes(119)), "1 h");
        assert_eq!(left(TimeDelta::seconds(3599)), "59 min");
        assert_eq!(left(TimeDelta::seconds(59)), "now");
    }

    #[test]
    fn spans_know_one_and_many() {
        assert_eq!(span(TimeDelta::hours(24)), "1 day");
        assert_eq!(span(TimeDelta::seconds(-8)), "8 seconds");
        assert_eq!(age(TimeDelta::seconds(59)), "just now");
        assert_eq!(age(TimeDelta::seconds(61)), "1 minute ago");
    }

    #[test]
    fn a_countdown_ends_with_its_last_second() {
        assert_eq!(countdown(TimeDelta::milliseconds(870_001)), "14:31");
        assert_eq!(countdown(TimeDelta::milliseconds(1)), "0:01");
        assert_eq!(countdown(TimeDelta::seconds(-5)), "0:00");
    }

    #[test]
    fn check_77_dates_name_their_weekday_and_the_other_day_in_utc() {
        let east = Zone::Fixed(FixedOffset::east_opt(3600).unwrap());
        let date = parse("2026-11-24T08:12:00Z").unwrap();
        assert_eq!(short(date, east), "Tue 24 Nov 09:12");
        assert_eq!(full(date, east), "Tue 24 Nov 2026 09:12 (08:12 UTC)");
        let late = parse("2026-11-24T23:30:00Z").unwrap();
        assert_eq!(full(late, east), "Wed 25 Nov 2026 00:30 (Tue 24 Nov 23:30 UTC)");
        let new_year = parse("2026-12-31T23:30:00Z").unwrap();
        assert_eq!(past(date, late, east), "Tue 24 Nov 09:12");
        assert_eq!(past(date, new_year, east), "Tue 24 Nov 2026");
        assert_eq!(end(late, date, east), "tomorrow 00:30");
        assert_eq!(end(date, date, east), "today 09:12");
    }
}

//! Times in words, one by one.

#[cfg(unix)]
mod zones;

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

//! How the service keeps and writes instants: in steps of SQL Server's `datetime` (1/300 s), with up to seven
//! fractional digits whose trailing zeros are cut. It reads no clock.

use chrono::{DateTime, NaiveDateTime, Utc};

/// The instant as the service would store it, rounded to the nearest 1/300 of a second.
pub(super) fn stored(at: DateTime<Utc>) -> DateTime<Utc> {
    let nanos = u64::from(at.timestamp_subsec_nanos().min(999_999_999));
    let ticks = (nanos * 300 + 500_000_000) / 1_000_000_000;
    let (carry, ticks) = if ticks == 300 { (1, 0) } else { (0, ticks) };
    let hundreds = (ticks * 10_000_000 + 150) / 300;
    let nanos = u32::try_from(hundreds * 100).unwrap_or(0);
    DateTime::from_timestamp(at.timestamp() + carry, nanos).unwrap_or(at)
}

/// The way a date stands in an answer: `2020-12-01T23:46:23.32Z`.
pub(super) fn written(at: DateTime<Utc>) -> String {
    let hundreds = at.timestamp_subsec_nanos().min(999_999_999) / 100;
    let seconds = at.format("%Y-%m-%dT%H:%M:%S");
    if hundreds == 0 {
        return format!("{seconds}Z");
    }
    let fraction = format!("{hundreds:07}");
    format!("{seconds}.{}Z", fraction.trim_end_matches('0'))
}

/// Reads RFC 3339; a date without a zone counts as UTC, as in the service's sibling interfaces.
pub(super) fn read(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .or_else(|_| text.parse::<NaiveDateTime>().map(|at| at.and_utc()))
        .ok()
}

/// The form of the `Date` header.
pub(super) fn http(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) -> String {
        written(stored(read(text).unwrap()))
    }

    #[test]
    fn dates_are_rounded_like_the_published_examples() {
        for (sent, returned) in [
            ("2020-12-01T23:46:23.319Z", "2020-12-01T23:46:23.32Z"),
            ("2020-10-24T03:04:19.1466667Z", "2020-10-24T03:04:19.1466667Z"),
            ("2020-11-02T22:56:52.1033333Z", "2020-11-02T22:56:52.1033333Z"),
            ("2020-10-24T03:04:57.52Z", "2020-10-24T03:04:57.52Z"),
            ("2020-10-24T03:04:57Z", "2020-10-24T03:04:57Z"),
            ("2020-12-31T23:59:59.999Z", "2021-01-01T00:00:00Z"),
        ] {
            assert_eq!(round_trip(sent), returned);
        }
    }

    #[test]
    fn a_missing_zone_is_utc_and_an_offset_is_honoured() {
        assert_eq!(round_trip("2026-01-02T03:04:05"), "2026-01-02T03:04:05Z");
        assert_eq!(round_trip("2026-01-02T03:04:05+02:00"), "2026-01-02T01:04:05Z");
        assert_eq!(read("tomorrow"), None);
    }

    #[test]
    fn the_date_header_follows_rfc_7231() {
        let at = read("1994-11-06T08:49:37Z").unwrap();
        assert_eq!(http(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}

//! Dates as the service writes them: 0 to 7 fraction digits, with a zone or without one.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};

/// Reads a date of the service. Without a zone it is taken as UTC.
pub fn parse(text: &str) -> Result<DateTime<Utc>, chrono::ParseError> {
    DateTime::parse_from_rfc3339(text)
        .map(|date| date.to_utc())
        .or_else(|error| text.parse::<NaiveDateTime>().map(|date| date.and_utc()).or(Err(error)))
}

/// Writes a date as the service takes it: UTC, milliseconds, `Z`.
pub fn format(date: DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(format(parse(text).unwrap()), expected, "{text}");
    }

    #[test]
    fn check_77_every_form_of_the_service_is_read() {
        check("2020-11-23T04:03:55.8033333Z", "2020-11-23T04:03:55.803Z");
        check("2020-12-01T23:46:23.32Z", "2020-12-01T23:46:23.320Z");
        check("2020-12-01T23:46:23Z", "2020-12-01T23:46:23.000Z");
        check("2014-05-12T22:23:07.727+00:00", "2014-05-12T22:23:07.727Z");
        check("2014-05-12T22:23:07+02:00", "2014-05-12T20:23:07.000Z");
        check("2018-07-19T00:00:00", "2018-07-19T00:00:00.000Z");
        check("2020-11-10T18:20:40.5033333", "2020-11-10T18:20:40.503Z");
        check("0001-01-01T00:00:00", "0001-01-01T00:00:00.000Z");
        check("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "tomorrow", "2020-13-01T00:00:00Z", "1606104235"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}

//! How long to wait before the next attempt: what the service asks for, else a random back-off.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, header};

/// What `Retry-After` asks for. Seconds or an HTTP date; a time in the past is no wait, and what
/// makes no sense is as if it were absent.
pub(super) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Some(pause) = seconds(text) {
        return Some(pause);
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?.to_utc();
    Some((until - now).to_std().unwrap_or_default())
}

/// By how much the service slows this caller down at present (`X-RateLimit-Delay`).
pub(super) fn delay(headers: &HeaderMap) -> Option<Duration> {
    seconds(headers.get("x-ratelimit-delay")?.to_str().ok()?.trim())
}

/// A random wait that doubles with each attempt, so that many callers do not come back at once.
pub(super) fn back_off(base: Duration, attempt: u32) -> Duration {
    let most = base.saturating_mul(2_u32.saturating_pow(attempt)).min(Duration::from_secs(10));
    most.mul_f64(fastrand::f64())
}

/// Digits with a fraction, nothing else: no sign, no exponent, no infinity.
fn seconds(text: &str) -> Option<Duration> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let seconds = text.parse::<f64>().ok().filter(|_| is_plain)?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pat::date;

    #[test]
    fn retry_after_has_many_forms() {
        let now = date::parse("2026-11-24T09:12:00Z").unwrap();
        let check = |text: &str, expected: Option<u64>| {
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, text.parse().unwrap())]);
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{text}");
        };
        check("0", Some(0));
        check("17", Some(17));
        check(" 2 ", Some(2));
        check("Tue, 24 Nov 2026 09:12:30 GMT", Some(30));
        check("Tue, 24 Nov 2026 09:11:30 GMT", Some(0));
        check("-5", None);
        check("soon", None);
        check("inf", None);
        check("1e9", None);
        check("", None);
        check("99999999999", Some(99_999_999_999));
        assert_eq!(seconds(&"9".repeat(400)), Some(Duration::MAX));
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn back_off_grows_and_stays_bounded() {
        for attempt in 0..40 {
            let most = Duration::from_millis(200).saturating_mul(1 << attempt.min(16));
            assert!(
                back_off(Duration::from_millis(200), attempt) <= most.min(Duration::from_secs(10))
            );
        }
    }
}

//! The only place that reads the system's clocks. Everything else is told the time.

use std::time::Instant;

use chrono::{DateTime, Utc};

/// The wall clock, in UTC.
#[expect(clippy::disallowed_methods, reason = "this is the edge through which time enters")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The monotonic clock, for measuring how long something took.
#[expect(clippy::disallowed_methods, reason = "this is the edge through which time enters")]
pub fn monotonic() -> Instant {
    Instant::now()
}

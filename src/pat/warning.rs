//! Warnings as rules over tokens: each knows when it applies, what to say about one token, and
//! what to say about many. List, detail pane and warning strip cannot say different things.

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};

use super::{Pat, Status, Thresholds};
use crate::when;

/// The day on which global tokens stop working everywhere.
pub fn global_stop() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 12, 1, 0, 0, 0).single().unwrap_or_default()
}

/// One rule. The order is that of the warning strip: the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Warning {
    Critical,
    Expiring,
    Global,
    FullAccess,
    Expired,
}

impl Warning {
    pub const ALL: [Self; 5] =
        [Self::Critical, Self::Expiring, Self::Global, Self::FullAccess, Self::Expired];

    /// Whether the rule applies to a token that has this status now.
    pub fn applies(self, pat: &Pat, status: Status) -> bool {
        match self {
            Self::Critical => status == Status::Critical,
            Self::Expiring => status == Status::Expiring,
            Self::Expired => status == Status::Expired,
            Self::Global => status.is_alive() && pat.is_global(),
            Self::FullAccess => status.is_alive() && pat.is_full_access(),
        }
    }

    /// All warnings about one token, the most urgent first.
    pub fn of(pat: &Pat, now: DateTime<Utc>, thresholds: Thresholds) -> Vec<Self> {
        let status = pat.status(now, thresholds);
        Self::ALL.into_iter().filter(|warning| warning.applies(pat, status)).collect()
    }

    /// A whole sentence about this token, with what to do.
    pub fn sentence(self, pat: &Pat, now: DateTime<Utc>) -> String {
        match self {
            Self::Critical | Self::Expiring => {
                format!("ends in {}: + extends it", when::span(pat.valid_to - now))
            }
            Self::Expired => {
                "has ended and cannot be extended any more: make a new token".to_owned()
            }
            Self::Global if now < global_stop() => format!(
                "works in all organizations; such tokens stop working on 2026-12-01, {}: \
                 replace it by one token per organization",
                in_days(now)
            ),
            Self::Global => "worked in all organizations; such tokens stopped working on \
                             2026-12-01: replace it by one token per organization"
                .to_owned(),
            Self::FullAccess => {
                "may do everything that you may: a token with fewer scopes is safer".to_owned()
            }
        }
    }

    /// A fragment about `count` tokens, with the count.
    pub fn summary(self, count: usize, now: DateTime<Utc>) -> String {
        let (tokens, end, have) =
            if count == 1 { ("token", "ends", "has") } else { ("tokens", "end", "have") };
        match self {
            Self::Critical => format!("{count} {tokens} {end} very soon"),
            Self::Expiring => format!("{count} {end} soon"),
            Self::Expired => format!("{count} {have} ended"),
            Self::Global if now < global_stop() => {
                let stop = if count == 1 { "stops" } else { "stop" };
                format!("{count} global {tokens} {stop} working on 2026-12-01, {}", in_days(now))
            }
            Self::Global => format!("{count} global {tokens} stopped working on 2026-12-01"),
            Self::FullAccess => format!("{count} with full access"),
        }
    }
}

/// "in 7 days", "tomorrow" or "today": the days left until global tokens stop.
fn in_days(now: DateTime<Utc>) -> String {
    let left = global_stop().date_naive() - now.date_naive();
    match left {
        left if left <= TimeDelta::zero() => "today".to_owned(),
        left if left == TimeDelta::days(1) => "tomorrow".to_owned(),
        left => format!("in {} days", left.num_days()),
    }
}

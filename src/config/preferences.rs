//! The settings that the screen and the commands use while they run.

use chrono::TimeDelta;

use crate::pat::Thresholds;

/// How azpat warns, refreshes, extends and revokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    pub thresholds: Thresholds,
    /// How often the list is read again by itself; `None` = never.
    pub refresh_every: Option<TimeDelta>,
    /// What extending offers first.
    pub extend_by: TimeDelta,
    /// How long a confirmed revocation can be taken back before it is sent.
    pub revoke_grace: TimeDelta,
    /// How long a copied secret stays on the clipboard.
    pub clipboard_clear: TimeDelta,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::default(),
            refresh_every: Some(TimeDelta::minutes(5)),
            extend_by: TimeDelta::days(30),
            revoke_grace: TimeDelta::seconds(8),
            clipboard_clear: TimeDelta::seconds(45),
        }
    }
}

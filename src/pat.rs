//! What a personal access token (PAT) is, in the service's own terms. Plain data and rules: no
//! network, no screen, no clock.

pub mod change;
pub mod date;
#[cfg(test)]
pub(crate) mod fixture;
pub mod inventory;
pub mod limit;
pub mod name;
pub mod preset;
pub mod scope;
pub mod warning;

use std::{fmt, str::FromStr, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::text::Untrusted;

/// The service's key of one PAT (`authorizationId`). Names are not unique, this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AuthorizationId(pub Uuid);

impl AuthorizationId {
    /// The last eight digits, enough for a person to tell two tokens apart.
    pub fn tail(self) -> String {
        let text = self.0.simple().to_string();
        text.chars().skip(24).collect()
    }
}

impl fmt::Display for AuthorizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for AuthorizationId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::try_parse(text.trim()).map(Self)
    }
}

/// The name of an Azure DevOps organization, checked: it becomes a part of an address.
/// Two names that differ only in case are the same organization.
#[derive(Clone, Eq)]
pub struct Organization(Arc<str>);

/// Why a text cannot be the name of an organization.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no organization name: 1 to 50 letters, digits or hyphens, as in https://dev.azure.com/NAME"
)]
pub struct InvalidOrganization(Untrusted);

impl Organization {
    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Organization {
    type Err = InvalidOrganization;

    fn from_str(text: &str) -> Result<Self, InvalidOrganization> {
        let fits = (1..=50).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits { Ok(Self(text.into())) } else { Err(InvalidOrganization(Untrusted::new(text))) }
    }
}

impl PartialEq for Organization {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl std::hash::Hash for Organization {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

impl fmt::Debug for Organization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Organization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Which of the service's three filtered lists a PAT came from. The API has no status field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listed {
    Active,
    Expired,
    Revoked,
}

impl Listed {
    pub const ALL: [Self; 3] = [Self::Active, Self::Expired, Self::Revoked];

    /// The value of `displayFilterOption`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// Where a PAT is valid (`targetAccounts`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `null`: every organization of its owner. The service stops these on 2026-12-01.
    Global,
    /// The ids of the organizations, usually one.
    Organizations(Box<[Uuid]>),
}

/// One personal access token as the service describes it. Its secret is never part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pat {
    pub id: AuthorizationId,
    /// The organization in whose list it stood; calls about it go there.
    pub organization: Organization,
    pub name: Untrusted,
    /// Scope ids separated by blanks, verbatim. Shared, since many tokens have the same.
    pub scope: Arc<str>,
    pub target: Target,
    pub valid_from: DateTime<Utc>,
    pub valid_to: DateTime<Utc>,
    pub listed: Listed,
}

/// How long before its end a PAT counts as expiring and as critical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    pub warn: TimeDelta,
    pub critical: TimeDelta,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { warn: TimeDelta::days(14), critical: TimeDelta::days(3) }
    }
}

/// What a PAT is at a given time, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    Critical,
    Expiring,
    Active,
    Expired,
    Revoked,
}

impl Status {
    pub const ALL: [Self; 5] =
        [Self::Critical, Self::Expiring, Self::Active, Self::Expired, Self::Revoked];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Expiring => "expiring",
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// Whether the token still opens anything.
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Critical | Self::Expiring | Self::Active)
    }
}

impl Pat {
    /// The list it came from, corrected by the clock: a listed-as-active token may have ended since.
    pub fn status(&self, now: DateTime<Utc>, thresholds: Thresholds) -> Status {
        if self.listed == Listed::Revoked {
            return Status::Revoked;
        }
        let left = self.valid_to - now;
        if self.listed == Listed::Expired || left <= TimeDelta::zero() {
            Status::Expired
        } else if left <= thresholds.critical {
            Status::Critical
        } else if left <= thresholds.warn {
            Status::Expiring
        } else {
            Status::Active
        }
    }

    /// Whole days until the end, rounded down; negative once it is over.
    pub fn days_left(&self, now: DateTime<Utc>) -> i64 {
        (self.valid_to - now).num_seconds().div_euclid(86_400)
    }

    /// How much of its life is gone, from 0 to 1.
    pub fn life_gone(&self, now: DateTime<Utc>) -> f64 {
        let whole = (self.valid_to - self.valid_from).num_seconds();
        if whole <= 0 {
            return 1.0;
        }
        let gone = (now - self.valid_from).num_seconds().clamp(0, whole);
        #[expect(clippy::cast_precision_loss, reason = "seconds of a token's life fit a double")]
        let share = gone as f64 / whole as f64;
        share
    }

    pub fn is_global(&self) -> bool {
        self.target == Target::Global
    }

    pub fn is_full_access(&self) -> bool {
        scope::ids(&self.scope).any(|id| id == scope::FULL_ACCESS)
    }
}

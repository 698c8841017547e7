//! Tokens for tests: one line each.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{AuthorizationId, Listed, Pat, Target, date};
use crate::text::Untrusted;

/// The time at which all fixtures play.
pub(crate) fn now() -> DateTime<Utc> {
    date::parse("2026-11-24T12:00:00Z").unwrap_or_default()
}

/// A token of contoso that lives 91 days, of which 41 are left.
pub(crate) fn pat(number: u128) -> Pat {
    pat_in("contoso", number)
}

pub(crate) fn pat_in(organization: &str, number: u128) -> Pat {
    let organization = organization.parse().unwrap_or_else(|_| unreachable!("a valid name"));
    Pat {
        id: AuthorizationId(Uuid::from_u128(number)),
        organization,
        name: Untrusted::new(format!("token-{number}")),
        scope: "vso.code_write".into(),
        target: Target::Organizations(Box::new([Uuid::from_u128(0xC0)])),
        valid_from: now() - TimeDelta::days(50),
        valid_to: now() + TimeDelta::days(41),
        listed: Listed::Active,
    }
}

impl Pat {
    #[must_use]
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.name = Untrusted::new(name);
        self
    }

    #[must_use]
    pub(crate) fn listed(mut self, listed: Listed) -> Self {
        self.listed = listed;
        self
    }

    #[must_use]
    pub(crate) fn ends_in(mut self, left: TimeDelta) -> Self {
        self.valid_to = now() + left;
        self
    }

    #[must_use]
    pub(crate) fn scoped(mut self, scope: &str) -> Self {
        self.scope = scope.into();
        self
    }

    #[must_use]
    pub(crate) fn global(mut self) -> Self {
        self.target = Target::Global;
        self
    }
}

//! What a rotation orders: a token like the old one, which then takes its place.

use chrono::{DateTime, TimeDelta, Utc};

use super::{NewPat, handover::Order};
use crate::{
    failure::{Failure, FailureKind},
    pat::{Pat, Status, Thresholds},
    text,
};

/// The service gives no token a longer life.
pub(super) const LONGEST: TimeDelta = TimeDelta::days(365);

/// Orders a successor: the same name and scopes in the same organization, and, unless another end
/// is asked for, a life as long as the old one's.
pub fn order(
    old: &Pat,
    to: Option<DateTime<Utc>>,
    sinks: Vec<String>,
    now: DateTime<Utc>,
) -> Result<Order, Failure> {
    check(old, now)?;
    let new = NewPat {
        organization: old.organization.clone(),
        name: old.name.raw().to_owned(),
        scope: old.scope.to_string(),
        valid_to: to.unwrap_or(now + life(old)),
    };
    if new.valid_to <= now {
        let why = "the end that was asked for is over already";
        return Err(Failure::new(FailureKind::Usage, attempt(old), why));
    }
    Ok(Order { new, old: Some(old.clone()), sinks })
}

/// How long its successor lives unless somebody chooses otherwise.
pub fn life(old: &Pat) -> TimeDelta {
    (old.valid_to - old.valid_from).min(LONGEST)
}

/// Refuses what could not take its place.
fn check(old: &Pat, now: DateTime<Utc>) -> Result<(), Failure> {
    let refused = |why| Failure::new(FailureKind::Refused, attempt(old), why);
    match old.status(now, Thresholds::default()) {
        Status::Revoked => return Err(refused("it is revoked").hint("create a new token like it")),
        Status::Expired => return Err(refused("it has ended").hint("create a new token like it")),
        Status::Critical | Status::Expiring | Status::Active => {}
    }
    if old.is_global() {
        return Err(refused("it is global, and new tokens are for one organization each")
            .hint("`azpat split` makes one for each organization and then revokes it"));
    }
    Ok(())
}

fn attempt(old: &Pat) -> String {
    let name = text::cut(old.name.raw(), 60);
    format!("rotate {name} (id …{}) in {}", old.id.tail(), old.organization)
}

//! Which names, scopes and ends a token may have, by the rules of the service and of its administrators. Pure; a
//! refusal is a value of `patTokenError`.

use std::collections::HashSet;
use std::sync::LazyLock;

use chrono::{DateTime, Months, TimeDelta, Utc};
use serde::Deserialize;

use super::date;
use super::settings::{LifespanMode, Policies};

/// A value of `patTokenError`.
pub(super) type Problem = &'static str;

/// Longest name in characters. The real limit is not published.
const LONGEST_NAME: usize = 256;

/// Days that a token lives if nobody says how long, as in the web form.
const DEFAULT_DAYS: i64 = 30;

/// What a token needs nobody's permission for, even where only packages are allowed.
const PACKAGING: [&str; 3] = ["vso.packaging", "vso.packaging_write", "vso.packaging_manage"];

/// The catalogue, as far as the service cares.
#[derive(Deserialize)]
pub(super) struct Scope {
    pub(super) id: String,
    status: String,
}

/// The scopes that a token may have; the rest of the catalogue is for Entra only.
pub(super) static SCOPES: LazyLock<Vec<Scope>> = LazyLock::new(|| {
    let catalogue: Vec<Scope> =
        serde_json::from_str(include_str!("../../assets/scopes.json")).unwrap_or_default();
    catalogue.into_iter().filter(|scope| scope.status != "entra_only").collect()
});

static SCOPE_IDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| SCOPES.iter().map(|scope| scope.id.as_str()).collect());

/// Whether a token may be called that.
pub(super) fn check_name(name: &str) -> Result<(), Problem> {
    if name.trim().is_empty() {
        Err("displayNameRequired")
    } else if name.chars().any(char::is_control) || name.chars().count() > LONGEST_NAME {
        Err("invalidDisplayName")
    } else {
        Ok(())
    }
}

/// Whether anybody may make a token with these scopes here.
pub(super) fn check_creation(policies: &Policies, scope: &str) -> Result<(), Problem> {
    let packaging = || scope.split_whitespace().all(|id| PACKAGING.contains(&id));
    if policies.creation_restricted || (policies.packaging_only && !packaging()) {
        Err("disablePatCreationPolicyViolation")
    } else {
        Ok(())
    }
}

/// Whether a token may have these scopes.
pub(super) fn check_scope(policies: &Policies, scope: &str) -> Result<(), Problem> {
    let mut ids = scope.split_whitespace().peekable();
    if ids.peek().is_none() || ids.any(|id| !SCOPE_IDS.contains(id)) {
        Err("invalidScope")
    } else if policies.full_scope_restricted && scope.split_whitespace().any(|id| id == "app_token")
    {
        Err("fullScopePatPolicyViolation")
    } else {
        Ok(())
    }
}

/// Whether a token may be, or become, valid in all organizations.
pub(super) fn check_reach(policies: &Policies, all_organizations: bool) -> Result<(), Problem> {
    if all_organizations && policies.global_blocked {
        Err("globalPATCreationBlocked")
    } else {
        Ok(())
    }
}

/// The end that a token born at `born` gets. The lifespan policy counts from its birth, the cap of one year from now.
pub(super) fn end(
    policies: &Policies,
    asked: Option<&str>,
    born: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Problem> {
    let asked = match asked {
        Some(text) => date::read(text).ok_or("invalidValidTo")?,
        None => after(now, DEFAULT_DAYS),
    };
    let year = now.checked_add_months(Months::new(12)).unwrap_or(now);
    if asked <= now || asked > year {
        return Err("invalidValidTo");
    }
    let latest = policies.lifespan_days.map(|days| after(born, days.into()));
    match latest {
        Some(latest) if asked > latest => match policies.lifespan_mode {
            LifespanMode::Clamp => Ok(date::stored(latest)),
            LifespanMode::Refuse => Err("patLifespanPolicyViolation"),
        },
        _ => Ok(date::stored(asked)),
    }
}

fn after(at: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    TimeDelta::try_days(days)
        .and_then(|span| at.checked_add_signed(span))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The nearest value that version 7.1 of the interface has; four are newer.
pub(super) fn in_7_1(problem: &str) -> &str {
    match problem {
        "disablePatCreationPolicyViolation" | "globalPATCreationBlocked" => "accessDenied",
        "failedToReadOrgPolicy" => "failedToReadTenantPolicy",
        "expiredPatCannotBeExtended" => "failedToUpdateAccessToken",
        other => other,
    }
}

/// The sentence that version 7.2 adds.
pub(super) fn sentence(problem: &str) -> Option<&'static str> {
    Some(match problem {
        "none" => return None,
        "displayNameRequired" => "A display name is required.",
        "invalidDisplayName" => "The display name is not valid.",
        "invalidScope" => "The scope is not valid.",
        "invalidValidTo" => "The expiration date must be in the future and at most one year away.",
        "authorizationNotFound" => "The personal access token was not found.",
        "tokenNotFound" => "The personal access token has been revoked.",
        "invalidAuthorizationId" => "An authorization id is required.",
        "expiredPatCannotBeExtended" => "An expired personal access token cannot be extended.",
        "globalPATCreationBlocked" => "Global personal access tokens can no longer be created.",
        "globalPatPolicyViolation" => {
            "Your administrator has restricted global personal access tokens."
        }
        "fullScopePatPolicyViolation" => {
            "Your administrator has restricted full-scoped personal access tokens."
        }
        "patLifespanPolicyViolation" => {
            "The lifespan is longer than the maximum set by your administrator."
        }
        "disablePatCreationPolicyViolation" => {
            "The creation of personal access tokens is restricted in this organization."
        }
        _ => "The personal access token could not be created or changed.",
    })
}

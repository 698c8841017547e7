//! Creates a token, and finds out what became of it when the answer is lost. The service makes one
//! more token of each request and tells its secret once, so nothing is ever sent a second time.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::sleep;

use super::{Completeness, Creation, NewPat, Page, list::whole};
use crate::{
    azure::{Client, Effect, Filtered, Problem, Scopes},
    clock,
    failure::{Failure, FailureKind},
    pat::{AuthorizationId, Listed, Pat, scope},
};

/// How far a token's beginning may be from when it was asked for.
const SLACK: TimeDelta = TimeDelta::minutes(5);

/// Creates a token. What exists before is read first: a lost answer can only be made good by what
/// is new.
pub async fn create(client: &Client, new: &NewPat) -> Result<Creation, Failure> {
    let before: HashSet<AuthorizationId> =
        namesakes(client, new).await?.into_iter().map(|pat| pat.id).collect();
    let asked = clock::now() + client.skew();
    match client.create(new).await {
        Ok((pat, secret)) => Ok(Creation { pat, secret, requested: new.valid_to }),
        Err(Problem { failure, effect: Effect::Unknown }) => {
            Err(look(client, new, &before, asked, failure).await)
        }
        Err(problem) => Err(problem.failure),
    }
}

/// Looks for what the lost request may have made, a few times: the service may still be at it.
async fn look(
    client: &Client,
    new: &NewPat,
    before: &HashSet<AuthorizationId>,
    asked: DateTime<Utc>,
    lost: Failure,
) -> Failure {
    for pause in client.limits().looks {
        sleep(pause).await;
        let now = match namesakes(client, new).await {
            Ok(now) => now,
            Err(failure) => {
                let why = format!("the list cannot be read: {}", failure.why);
                return unknown(lost, &why);
            }
        };
        let is_ours = |pat: &&Pat| {
            !before.contains(&pat.id)
                && (pat.valid_from - asked).abs() <= SLACK
                && ids(&pat.scope) == ids(&new.scope)
        };
        let ours: Vec<_> = now.iter().filter(is_ours).collect();
        match ours.as_slice() {
            [] => {}
            [pat] => {
                return Failure {
                    kind: FailureKind::Unconfirmed,
                    why: format!(
                        "{}; it was created (id {}), but its secret is lost for good",
                        lost.why, pat.id
                    ),
                    hint: Some(format!("`azpat revoke {}`, then create it again", pat.id)),
                    ..lost
                };
            }
            several => {
                let ids: Vec<_> = several.iter().map(|pat| pat.id.to_string()).collect();
                let why =
                    format!("several that look like it are new since then: {}", ids.join(", "));
                return unknown(lost, &why);
            }
        }
    }
    Failure {
        why: format!("{}; it was not created", lost.why),
        hint: Some("try again".to_owned()),
        ..lost
    }
}

fn unknown(lost: Failure, why: &str) -> Failure {
    Failure {
        kind: FailureKind::Unconfirmed,
        why: format!("{}; whether it was created is not known: {why}", lost.why),
        hint: Some("look at `azpat list` before trying again".to_owned()),
        ..lost
    }
}

/// The active tokens of that name.
async fn namesakes(client: &Client, new: &NewPat) -> Result<Vec<Pat>, Failure> {
    let list = Filtered { organization: &new.organization, listed: Listed::Active };
    let found = Mutex::new(Vec::new());
    let note = |page: Page| {
        let named = page.pats.into_iter().filter(|pat| pat.name.raw() == new.name);
        found.lock().unwrap_or_else(PoisonError::into_inner).extend(named);
    };
    match whole(client, list, &Scopes::default(), &note).await? {
        Completeness::Complete => Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner)),
        Completeness::Incomplete(why) => Err(Failure::new(
            FailureKind::Service,
            format!("read the tokens of {}", new.organization),
            why.to_string(),
        )),
    }
}

/// The service may give scopes back in another order.
fn ids(scope: &str) -> BTreeSet<&str> {
    scope::ids(scope).collect()
}

//! Creates a token, and finds out what became of it when the answer is lost. The service makes one
//! more token of each request and tells its secret once, so nothing is ever sent a second time.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::sleep;

use super::{Completeness, Creation, Desk, NewPat, Page, list::whole};
use crate::{
    azure::{Client, Effect, Filtered, Problem, Scopes},
    clock,
    failure::{Failure, FailureKind},
    pat::{AuthorizationId, Listed, Pat, scope},
};

/// How far the service's clocks may be from each other. This computer's clock counts for nothing.
const SLACK: TimeDelta = TimeDelta::minutes(5);

/// What there was before a creation was sent. A lost answer can only be made good by what is new.
#[derive(Clone, Debug)]
pub(super) struct Before {
    /// By the service's clock.
    pub(super) at: DateTime<Utc>,
    /// The tokens of that name.
    pub(super) ids: BTreeSet<AuthorizationId>,
    /// What other orders of this computer have made, by now.
    pub(super) elsewhere: BTreeSet<AuthorizationId>,
}

impl Before {
    /// Whether a creation that was sent then may have made this token.
    pub(super) fn may_have_made(&self, new: &NewPat, pat: &Pat) -> bool {
        pat.name.raw() == new.name
            && !self.ids.contains(&pat.id)
            && !self.elsewhere.contains(&pat.id)
            && pat.valid_from >= self.at - SLACK
            && ids(&pat.scope) == ids(&new.scope)
    }
}

/// What a creation that failed made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Nothing,
    /// A token whose secret nobody has.
    Orphan(AuthorizationId),
    Unclear,
}

/// A creation that failed.
#[derive(Clone, Debug)]
pub(super) struct Miss {
    pub(super) failure: Failure,
    pub(super) fate: Fate,
}

/// Reads what there is.
pub(super) async fn before(client: &Client, new: &NewPat) -> Result<Before, Failure> {
    let ids = namesakes(client, new).await?.into_iter().map(|pat| pat.id).collect();
    // The answers have just told how far the clocks are apart.
    Ok(Before { at: clock::now() + client.skew(), ids, elsewhere: BTreeSet::new() })
}

/// Sends the creation, once.
pub(super) async fn send(desk: &Desk, new: &NewPat, before: Before) -> Result<Creation, Miss> {
    match desk.client.create(new).await {
        Ok((pat, secret)) => Ok(Creation { pat, secret, requested: new.valid_to }),
        Err(Problem { failure, effect: Effect::Unknown }) => {
            Err(look(desk, new, before, failure).await)
        }
        Err(problem) => Err(Miss { failure: problem.failure, fate: Fate::Nothing }),
    }
}

/// Looks for what the lost request may have made, a few times: the service may still be at it.
async fn look(desk: &Desk, new: &NewPat, mut before: Before, lost: Failure) -> Miss {
    for pause in desk.client.limits().looks {
        sleep(pause).await;
        let now = match namesakes(&desk.client, new).await {
            Ok(now) => now,
            Err(failure) => {
                let why = format!("the list cannot be read: {}", failure.why);
                return unclear(lost, &why);
            }
        };
        before.elsewhere = desk.records.created().await;
        let ours: Vec<_> = now.iter().filter(|pat| before.may_have_made(new, pat)).collect();
        match ours.as_slice() {
            [] => {}
            [pat] => {
                let why = format!(
                    "{}; it was created (id {}), but its secret is lost for good",
                    lost.why, pat.id
                );
                let failure = Failure { kind: FailureKind::Unconfirmed, why, ..lost };
                return Miss { failure, fate: Fate::Orphan(pat.id) };
            }
            several => {
                let ids: Vec<_> = several.iter().map(|pat| pat.id.to_string()).collect();
                let why =
                    format!("several that look like it are new since then: {}", ids.join(", "));
                return unclear(lost, &why);
            }
        }
    }
    let failure = Failure {
        why: format!("{}; it was not created", lost.why),
        hint: Some("try again".to_owned()),
        ..lost
    };
    Miss { failure, fate: Fate::Nothing }
}

fn unclear(lost: Failure, why: &str) -> Miss {
    let why = format!("{}; whether it was created is not known: {why}", lost.why);
    Miss { failure: Failure { kind: FailureKind::Unconfirmed, why, ..lost }, fate: Fate::Unclear }
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

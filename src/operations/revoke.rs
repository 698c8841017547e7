//! Revokes a token, and finds out what became of it when the answer is lost.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::time::sleep;

use super::{Confirmation, Page, Revocation, list::whole};
use crate::{
    azure::{Client, Effect, Filtered, Problem, Scopes},
    failure::{Failure, FailureKind},
    pat::{Listed, Pat},
};

/// Revokes a token. Nothing but the service's word, or its own lists, counts as revoked.
pub async fn revoke(client: &Client, pat: &Pat) -> Result<Revocation, Failure> {
    let client = client.as_one();
    match client.delete(pat).await {
        Ok(()) => Ok(Revocation { id: pat.id, confirmation: Confirmation::Answered }),
        Err(Problem { failure, effect: Effect::None }) => Err(failure),
        Err(problem) => look(&client, pat, problem).await,
    }
}

/// Looks whether a token that the service says it revoked is out of the lists of living ones, a
/// few times: they may lag behind.
pub(super) async fn verify(client: &Client, pat: &Pat) -> Result<(), Failure> {
    for pause in client.limits().looks {
        sleep(pause).await;
        match find(client, pat).await? {
            Found::Revoked | Found::Nowhere => return Ok(()),
            Found::Alive => {}
        }
    }
    let attempt = format!("revoke {} in {}", pat.name, pat.organization);
    let why = "the service said that it was, but its lists still show it alive";
    Err(Failure::new(FailureKind::Unconfirmed, attempt, why).hint("reload and look for it again"))
}

/// In which lists a look found the token.
enum Found {
    Revoked,
    /// Still in the list of active or expired tokens.
    Alive,
    Nowhere,
}

/// Looks into the lists a few times: the service may still be at it.
async fn look(client: &Client, pat: &Pat, lost: Problem) -> Result<Revocation, Failure> {
    let mut found = Found::Nowhere;
    for pause in client.limits().looks {
        sleep(pause).await;
        found = match find(client, pat).await {
            Ok(Found::Revoked) => {
                return Ok(Revocation { id: pat.id, confirmation: Confirmation::ReadBack });
            }
            Ok(found) => found,
            Err(failure) => return Err(unconfirmed(lost.failure, &failure.why)),
        };
    }
    let failure = lost.failure;
    Err(match (found, lost.effect) {
        (Found::Alive, _) => Failure {
            kind: match failure.kind {
                FailureKind::NotFound => FailureKind::Service,
                kind => kind,
            },
            why: format!("not revoked: {}; the token is still in the list", failure.why),
            hint: Some("try again".to_owned()),
            ..failure
        },
        (_, Effect::Missing) => Failure {
            why: format!("{}; it is in none of the lists", failure.why),
            hint: Some("reload the list".to_owned()),
            ..failure
        },
        _ => unconfirmed(failure, "it is in none of the lists"),
    })
}

fn unconfirmed(lost: Failure, why: &str) -> Failure {
    Failure {
        kind: FailureKind::Unconfirmed,
        why: format!("{}; whether it was revoked is not known: {why}", lost.why),
        hint: Some("reload and look for it before trying again".to_owned()),
        ..lost
    }
}

/// The list of revoked tokens comes last: a token that is revoked between two looks leaves the
/// others before it gets in there, and is not overlooked.
async fn find(client: &Client, pat: &Pat) -> Result<Found, Failure> {
    for listed in [Listed::Active, Listed::Expired] {
        if is_in(client, pat, listed).await? {
            return Ok(Found::Alive);
        }
    }
    let is_revoked = is_in(client, pat, Listed::Revoked).await?;
    Ok(if is_revoked { Found::Revoked } else { Found::Nowhere })
}

async fn is_in(client: &Client, pat: &Pat, listed: Listed) -> Result<bool, Failure> {
    let list = Filtered { organization: &pat.organization, listed };
    let is_found = AtomicBool::new(false);
    let note = |page: Page| {
        let is_here = page.pats.iter().any(|listed| listed.id == pat.id);
        is_found.fetch_or(is_here, Ordering::Relaxed);
    };
    whole(client, list, &Scopes::default(), &note).await?;
    Ok(is_found.into_inner())
}

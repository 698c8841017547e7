//! Moves the end of a token, and finds out what became of it when the answer is lost.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::sleep;

use super::{Confirmation, Extension};
use crate::{
    azure::{Client, Effect, Problem},
    failure::{Failure, FailureKind},
    pat::Pat,
    when::{self, Zone},
};

/// Extends a token to an end. Only the end is sent, so nothing else can change.
pub async fn extend(client: &Client, pat: &Pat, to: DateTime<Utc>) -> Result<Extension, Failure> {
    match client.update(pat, to).await {
        Ok(pat) => Ok(Extension { pat, requested: to, confirmation: Confirmation::Answered }),
        Err(Problem { failure, effect: Effect::None }) => Err(failure),
        Err(problem) => read_back(client, pat, to, problem).await,
    }
}

/// Reads the token until it shows the change, a few times: the service may still be at it.
async fn read_back(
    client: &Client,
    pat: &Pat,
    to: DateTime<Utc>,
    lost: Problem,
) -> Result<Extension, Failure> {
    let mut now = None;
    for pause in client.limits().looks {
        sleep(pause).await;
        match client.read(pat).await {
            Ok(read) if read.valid_to != pat.valid_to || is_near(read.valid_to, to) => {
                let confirmation = Confirmation::ReadBack;
                return Ok(Extension { pat: read, requested: to, confirmation });
            }
            Ok(read) => now = Some(read),
            // Both say that there is no such token.
            Err(Problem { effect: Effect::Missing, .. }) if lost.effect == Effect::Missing => {
                return Err(lost.failure);
            }
            Err(problem) => return Err(unconfirmed(lost.failure, &problem.failure)),
        }
    }
    let end = now.map_or(pat.valid_to, |now| now.valid_to);
    let end = when::day(end, Zone::utc());
    let hint = match lost.effect {
        Effect::Missing => "reload the list: it may have been revoked meanwhile",
        Effect::None | Effect::Unknown => "try again",
    };
    Err(Failure {
        why: format!("not extended: {}; the token still ends {end}", lost.failure.why),
        hint: Some(hint.to_owned()),
        ..lost.failure
    })
}

fn unconfirmed(lost: Failure, unread: &Failure) -> Failure {
    Failure {
        kind: FailureKind::Unconfirmed,
        why: format!(
            "{}; whether it was extended is not known, since it cannot be read: {}",
            lost.why, unread.why
        ),
        hint: Some("reload and look at its end before trying again".to_owned()),
        ..lost
    }
}

/// The service rounds dates to 1/300 s.
fn is_near(a: DateTime<Utc>, b: DateTime<Utc>) -> bool {
    (a - b).abs() <= TimeDelta::seconds(1)
}

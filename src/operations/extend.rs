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
        Err(Problem { failure, effect: Effect::Unknown }) => {
            read_back(client, pat, to, failure).await
        }
        Err(problem) => Err(problem.failure),
    }
}

/// Reads the token until it shows the change, a few times: the service may still be at it.
async fn read_back(
    client: &Client,
    pat: &Pat,
    to: DateTime<Utc>,
    lost: Failure,
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
            Err(problem) => {
                return Err(Failure {
                    kind: FailureKind::Unconfirmed,
                    why: format!(
                        "{}; whether it was extended is not known, since it cannot be read: {}",
                        lost.why, problem.failure.why
                    ),
                    hint: Some("reload and look at its end before trying again".to_owned()),
                    ..lost
                });
            }
        }
    }
    let end = now.map_or(pat.valid_to, |now| now.valid_to);
    let end = when::day(end, Zone::utc());
    Err(Failure {
        why: format!("not extended: {}; the token still ends {end}", lost.why),
        hint: Some("try again".to_owned()),
        ..lost
    })
}

/// The service rounds dates to 1/300 s.
fn is_near(a: DateTime<Utc>, b: DateTime<Utc>) -> bool {
    (a - b).abs() <= TimeDelta::seconds(1)
}

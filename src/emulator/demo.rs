//! The content of the demonstration: hand-made tokens whose ages are relative to now, so that it always looks alive.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::date;
use super::ledger::{Contents, Organization, Owner, Token};
use super::world::id;

/// Ids come from this, so that they are the same in every demonstration.
const SEED: u64 = 2026;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    owner: Owner,
    organizations: Vec<Home>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Home {
    id: uuid::Uuid,
    name: String,
    tokens: Vec<Part>,
}

/// A token; `created` and `ends_in` are spans such as `-91d` and `1d 3h`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    name: String,
    scope: String,
    created: String,
    ends_in: String,
    #[serde(default)]
    global: bool,
    #[serde(default)]
    revoked: bool,
}

/// The tokens as they stand at this moment.
pub(super) fn contents(now: DateTime<Utc>) -> Result<Contents, String> {
    let script: Script = serde_json::from_str(include_str!("../../assets/demo.json"))
        .map_err(|error| error.to_string())?;
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut organizations = Vec::new();
    let mut tokens = Vec::new();
    for (home, organization) in script.organizations.into_iter().enumerate() {
        organizations.push(Organization { id: organization.id, name: organization.name });
        for part in organization.tokens {
            tokens.push(Token {
                id: id(&mut random),
                valid_from: at(now - jitter(&mut random), &part.created)?,
                valid_to: at(now + jitter(&mut random), &part.ends_in)?,
                name: part.name,
                scope: part.scope,
                home,
                global: part.global,
                revoked: part.revoked,
                digest: None,
            });
        }
    }
    Ok(Contents { owner: script.owner, organizations, tokens })
}

/// Up to half an hour, so that not all tokens begin and end at the same minute.
fn jitter(random: &mut fastrand::Rng) -> TimeDelta {
    TimeDelta::milliseconds(random.i64(0..30 * 60 * 1000))
}

fn at(now: DateTime<Utc>, span: &str) -> Result<DateTime<Utc>, String> {
    let (sign, length) = span.strip_prefix('-').map_or((1, span), |length| (-1, length));
    let length = humantime::parse_duration(length).map_err(|error| format!("{span:?}: {error}"))?;
    let length = TimeDelta::from_std(length).map_err(|error| format!("{span:?}: {error}"))?;
    Ok(date::stored(now + length * sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::emulator::ledger::Status;

    #[test]
    fn the_demonstration_shows_every_kind_of_token() {
        let now = clock::now();
        let tokens = contents(now).unwrap().tokens;
        let count = |status| tokens.iter().filter(|token| token.status(now) == status).count();
        assert_eq!((tokens.len(), count(Status::Expired), count(Status::Revoked)), (62, 9, 7));
        assert_eq!(tokens.iter().filter(|token| token.global).count(), 4);
        let ends_within = |days| {
            let limit = now + TimeDelta::days(days);
            let soon =
                |token: &&Token| token.status(now) == Status::Active && token.valid_to < limit;
            tokens.iter().filter(soon).count()
        };
        assert_eq!((ends_within(1), ends_within(3), ends_within(14)), (1, 2, 6));
        assert!(
            tokens.iter().all(|token| token.valid_from < now && token.valid_from < token.valid_to)
        );
        let year = |token: &Token| token.valid_to - token.valid_from <= TimeDelta::days(366);
        assert!(tokens.iter().all(year), "no token lives longer than the service allows");
    }

    #[test]
    fn its_ids_are_always_the_same() {
        let ids = || {
            contents(clock::now())
                .unwrap()
                .tokens
                .into_iter()
                .map(|token| token.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(), ids());
    }
}

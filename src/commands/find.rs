//! Which token the user means: by its id, or by a name that leaves no doubt.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::{
    failure::{Failure, FailureKind},
    pat::{AuthorizationId, Listed, Pat, Status, Thresholds},
    when,
};

/// The tokens that `wanted` may mean; the right answer is one.
///
/// A name may be typed as it is or as azpat shows it. Exactly this case comes before any case, and
/// usable tokens come before those that have ended, since a successor often has the name of the
/// token that it replaced.
pub(super) fn candidates<'a>(pats: &'a [Pat], wanted: &str, now: DateTime<Utc>) -> Vec<&'a Pat> {
    if let Ok(id) = wanted.parse::<AuthorizationId>() {
        return pats.iter().filter(|pat| pat.id == id).collect();
    }
    let exact = |name: &str| name == wanted;
    let any_case = |name: &str| name.to_lowercase() == wanted.to_lowercase();
    let named = |fits: &dyn Fn(&str) -> bool| -> Vec<&'a Pat> {
        pats.iter().filter(|pat| fits(pat.name.raw()) || fits(&pat.name.visible())).collect()
    };
    let mut found = named(&exact);
    if found.is_empty() {
        found = named(&any_case);
    }
    let is_usable = |pat: &&Pat| pat.listed == Listed::Active && pat.valid_to > now;
    if found.iter().any(is_usable) {
        found.retain(is_usable);
    }
    found
}

/// Whether this is an id and not a name.
pub(super) fn is_id(wanted: &str) -> bool {
    wanted.parse::<AuthorizationId>().is_ok()
}

/// Says which tokens it could be, so that the user can choose an id.
pub(super) fn ambiguous(attempt: String, candidates: &[&Pat]) -> Failure {
    let mut why = "several tokens have that name:".to_owned();
    for pat in candidates {
        let ends = when::day(pat.valid_to, when::Zone::Local);
        // Writing to a String cannot fail.
        write!(why, "\n  {}  {}  {}  ends {ends}", pat.id, pat.organization, pat.name).ok();
    }
    Failure::new(FailureKind::NotFound, attempt, why).hint("give the id instead of the name")
}

/// Refuses a token that nothing can be changed of any more.
pub(super) fn alive(pat: &Pat, now: DateTime<Utc>, attempt: &str) -> Result<(), Failure> {
    let why = match pat.status(now, Thresholds::default()) {
        Status::Revoked => "it is revoked".to_owned(),
        Status::Expired => {
            format!("it has ended on {}", when::full(pat.valid_to, when::Zone::Local))
        }
        Status::Critical | Status::Expiring | Status::Active => return Ok(()),
    };
    let over = "make a new token like it (azpat clone); nobody can bring this one back";
    Err(Failure::new(FailureKind::Refused, attempt, why).hint(over))
}

/// A token in a sentence.
pub(super) fn named(pat: &Pat) -> String {
    format!("{} (id {}) in {}", pat.name, pat.id, pat.organization)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;
    use crate::{clock, pat::Target, text::Untrusted};

    fn pat(id: u128, name: &str, listed: Listed) -> Pat {
        let now = clock::now();
        let ends = if listed == Listed::Expired { -1 } else { 9 };
        Pat {
            id: AuthorizationId(Uuid::from_u128(id)),
            organization: "contoso".parse().unwrap(),
            name: Untrusted::new(name),
            scope: "vso.code".into(),
            target: Target::Global,
            valid_from: now - TimeDelta::days(30),
            valid_to: now + TimeDelta::days(ends),
            listed,
        }
    }

    #[test]
    fn a_name_means_the_token_without_doubt() {
        use Listed::{Active, Expired, Revoked};
        let pats = [
            pat(1, "release-bot", Active),
            pat(2, "Release-Bot", Active),
            pat(3, "nightly", Revoked),
            pat(4, "nightly", Active),
            pat(5, "twin", Active),
            pat(6, "twin", Active),
            pat(7, "old", Expired),
            pat(8, "OLD", Revoked),
            pat(9, "pad ", Active),
            pat(10, "00000000-0000-0000-0000-000000000001", Active),
        ];
        let check = |wanted: &str, expected: &[u128]| {
            let found: Vec<_> = candidates(&pats, wanted, clock::now())
                .iter()
                .map(|pat| pat.id.0.as_u128())
                .collect();
            assert_eq!(found, expected, "{wanted}");
        };
        check("release-bot", &[1]);
        check("Release-Bot", &[2]);
        check("RELEASE-BOT", &[1, 2]);
        check("nightly", &[4]);
        check("NIGHTLY", &[4]);
        check("twin", &[5, 6]);
        check("old", &[7]);
        check("Old", &[7, 8]);
        check("pad·", &[9]);
        check("pad ", &[9]);
        check("pad", &[]);
        check("release", &[]);
        check("", &[]);
        check("00000000-0000-0000-0000-000000000002", &[2]);
        check("00000000000000000000000000000001", &[1]);
        check("00000000-0000-0000-0000-0000000000ff", &[]);
    }
}

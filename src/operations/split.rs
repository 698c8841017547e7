//! A global token and its successors, one for each organization: which are still to be made, and
//! that the global one goes only when every one of them is in its place.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Desk, NewPat, Revocation, Tell, rotate};
use crate::{
    failure::{Failure, FailureKind},
    journal::Item,
    pat::{AuthorizationId, Organization, Pat, Status, Thresholds, scope},
    text,
};

/// What every successor gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Scope ids with blanks between them, as the service wants them.
    pub scope: String,
    pub valid_to: DateTime<Utc>,
}

/// How far the successor of one organization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Missing,
    /// It was made before: the same name and scopes, since the global one.
    Known(AuthorizationId),
    /// Its secret is in its place.
    Delivered,
}

/// A successor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub new: NewPat,
    pub progress: Progress,
}

/// A global token with its successors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    old: Pat,
    parts: Vec<Part>,
}

impl Split {
    /// Plans one successor for each of these organizations, without those that have one already.
    pub fn plan(
        old: &Pat,
        organizations: &[Organization],
        wanted: &Wanted,
        existing: &[Pat],
        now: DateTime<Utc>,
    ) -> Result<Self, Failure> {
        check(old, now)?;
        let mut parts: Vec<Part> = Vec::new();
        for organization in organizations {
            if parts.iter().any(|part| part.new.organization == *organization) {
                continue;
            }
            let new = NewPat {
                organization: organization.clone(),
                name: old.name.raw().to_owned(),
                scope: wanted.scope.clone(),
                valid_to: wanted.valid_to,
            };
            let known = existing.iter().find(|pat| succeeds(pat, old, &new, now));
            let progress = known.map_or(Progress::Missing, |pat| Progress::Known(pat.id));
            parts.push(Part { new, progress });
        }
        if parts.is_empty() {
            return Err(Failure::new(
                FailureKind::NotFound,
                attempt(old),
                "no organization is named",
            ));
        }
        Ok(Self { old: old.clone(), parts })
    }

    /// Refuses while something of the same name is begun and not ended: nobody may have its secret.
    pub fn check_left(&self, left: &[Item]) -> Result<(), Failure> {
        let is_about = |item: &&Item| {
            let Item { intent, .. } = item;
            let is_of = |part: &Part| {
                part.new.organization == intent.organization && part.new.name == intent.name
            };
            intent.old == Some(self.old.id) || self.parts.iter().any(is_of)
        };
        let Some(item) = left.iter().find(is_about) else { return Ok(()) };
        let why = format!(
            "an earlier one has not ended (item {} in {})",
            item.id, item.intent.organization
        );
        Err(Failure::new(FailureKind::Refused, self.attempt(), why)
            .hint("`azpat resume` says what exists and how to go on"))
    }

    /// The global token.
    pub fn old(&self) -> &Pat {
        &self.old
    }

    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Those that are still to be made.
    pub fn missing(&self) -> impl Iterator<Item = &NewPat> {
        let missing = self.parts.iter().filter(|part| part.progress == Progress::Missing);
        missing.map(|part| &part.new)
    }

    /// The secret of this organization's successor is in its place.
    pub fn delivered(&mut self, organization: &Organization) {
        for part in &mut self.parts {
            if part.new.organization == *organization {
                part.progress = Progress::Delivered;
            }
        }
    }

    /// Another one is to be made for this organization, whatever there is.
    pub fn reopen(&mut self, organization: &Organization) {
        for part in &mut self.parts {
            if part.new.organization == *organization {
                part.progress = Progress::Missing;
            }
        }
    }

    /// What is being tried, in words.
    pub fn attempt(&self) -> String {
        attempt(&self.old)
    }
}

impl Desk {
    /// Revokes the global token, and sees for itself that it is revoked. Refuses while a successor
    /// is missing.
    pub async fn retire(&self, split: &Split, tell: Tell<'_>) -> Result<Revocation, Failure> {
        if let Some(new) = split.missing().next() {
            let why = format!("{} has no successor of it yet", new.organization);
            return Err(Failure::new(FailureKind::Refused, split.attempt(), why));
        }
        self.revoke_surely(&split.old, tell).await
    }
}

/// How long its successors live, unless asked otherwise: as long as it does.
pub fn life(old: &Pat) -> TimeDelta {
    (old.valid_to - old.valid_from).min(rotate::LONGEST)
}

fn check(old: &Pat, now: DateTime<Utc>) -> Result<(), Failure> {
    let refused = |why| Failure::new(FailureKind::Refused, attempt(old), why);
    match old.status(now, Thresholds::default()) {
        Status::Revoked => return Err(refused("it is revoked").hint("create new tokens like it")),
        Status::Expired => return Err(refused("it has ended").hint("create new tokens like it")),
        Status::Critical | Status::Expiring | Status::Active => {}
    }
    if !old.is_global() {
        return Err(refused("it is for one organization already")
            .hint("`azpat rotate` puts a new token into its place"));
    }
    Ok(())
}

/// Whether a token is a successor that was made before.
fn succeeds(pat: &Pat, old: &Pat, new: &NewPat, now: DateTime<Utc>) -> bool {
    let ids = |text: &'_ str| {
        let mut ids: Vec<String> = scope::ids(text).map(ToOwned::to_owned).collect();
        ids.sort();
        ids
    };
    pat.id != old.id
        && !pat.is_global()
        && pat.organization == new.organization
        && pat.name.raw() == new.name
        && pat.valid_from > old.valid_from
        && pat.status(now, Thresholds::default()).is_alive()
        && ids(&pat.scope) == ids(&new.scope)
}

fn attempt(old: &Pat) -> String {
    format!("split {} (id …{})", text::cut(old.name.raw(), 60), old.id.tail())
}

//! The operations that azpat offers, for the screen's worker and the headless commands alike:
//! what they take, what they tell. How each is carried out stands in its own file.

mod create;
mod desk;
pub mod edit;
pub mod extend;
pub mod handover;
pub mod list;
pub mod membership;
mod records;
pub mod replace;
pub mod resume;
pub mod revoke;
pub mod rotate;
pub mod split;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::{
    desk::Desk,
    handover::{Delivery, Handover, Order, Step, Tell},
    records::Records,
};

use crate::{
    pat::{
        AuthorizationId, Listed, Organization, Pat,
        change::{Change, Field},
        limit::Wish,
    },
    secret::PatSecret,
};

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The profile's id; organizations are found by it.
    pub id: String,
    pub name: crate::text::Untrusted,
    pub mail: crate::text::Untrusted,
}

impl Account {
    /// What people know it by.
    pub fn shown(&self) -> &crate::text::Untrusted {
        if self.mail.raw().is_empty() { &self.name } else { &self.mail }
    }
}

/// One page of one organization's list, as it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub organization: Organization,
    pub listed: Listed,
    pub pats: Vec<Pat>,
    /// How many entries could not be read (no usable id or date); they are counted, not guessed.
    pub unreadable: usize,
}

/// Whether a listing saw everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    Complete,
    Incomplete(Incomplete),
}

/// Why a listing ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    #[error("the service repeated a page")]
    RepeatedPage,
    #[error("the service had more than 1,000 pages")]
    TooManyPages,
    #[error("some entries could not be read")]
    UnreadableEntries,
}

/// How the truth about a write is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// The service answered the write itself.
    Answered,
    /// The answer was lost; the token was read again and shows the change.
    ReadBack,
}

/// A PAT that is to be made, in one organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPat {
    pub organization: Organization,
    pub name: String,
    /// Scope ids with blanks between them, as the service wants them.
    pub scope: String,
    pub valid_to: DateTime<Utc>,
}

impl NewPat {
    /// What it asks for, as far as limits are about it.
    pub fn wish(&self, now: DateTime<Utc>) -> Wish<'_> {
        Wish {
            organization: &self.organization,
            scope: &self.scope,
            life: Some(self.valid_to - now),
            is_new: true,
        }
    }
}

/// A PAT that was made. Its secret is nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation {
    pub pat: Pat,
    pub secret: PatSecret,
    pub requested: DateTime<Utc>,
}

impl Creation {
    /// Whether the service gave a shorter life than was asked for. It rounds dates.
    pub fn is_shortened(&self) -> bool {
        self.pat.valid_to < self.requested - TimeDelta::seconds(1)
    }
}

/// A PAT whose end was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The token as it is now.
    pub pat: Pat,
    pub requested: DateTime<Utc>,
    /// What else changed, although nobody asked.
    pub altered: Vec<Field>,
    pub confirmation: Confirmation,
}

impl Extension {
    pub fn granted(&self) -> DateTime<Utc> {
        self.pat.valid_to
    }

    /// Whether the service gave less than was asked. It rounds dates, so a minute does not count.
    pub fn is_shortened(&self) -> bool {
        self.requested - self.granted() > TimeDelta::minutes(1)
    }
}

/// A PAT that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub before: Pat,
    /// The token as it is now.
    pub pat: Pat,
    /// What was asked for.
    pub change: Change,
    pub confirmation: Confirmation,
}

/// A PAT that is confirmed to be revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    pub id: AuthorizationId,
    pub confirmation: Confirmation,
}

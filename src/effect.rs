//! Work that the state wants done outside. Plain data: the worker decides how.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::{
    desktop::Clipboard,
    identity::{self, AccountId, Tenant},
    journal::ItemId,
    operations::{Creation, NewPat, resume::Way},
    pat::{Organization, Pat, change::Change},
    secret::PatSecret,
};

/// Names one order, so that its answer finds its place and a late one is recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderId(pub u64);

/// How to sign in, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignIn {
    /// A way that asks a person, although another may do; `None`: as configured.
    pub way: Option<identity::Way>,
    /// `None`: the configured tenant.
    pub tenant: Option<Tenant>,
    /// The account that is to sign in again; `None`: whoever comes.
    pub account: Option<AccountId>,
    /// The name of an account that is not known yet.
    pub username: Option<String>,
}

/// One work order. Each ends in exactly one final event, unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Sign in, find the accounts and their organizations. While a person is waited for, it tells
    /// `SignInStepped`. Ends in `Connected`, or without a word when another connection takes its
    /// place or it is left.
    Connect { order: OrderId, wanted: SignIn },
    /// Give up the connection that is being made. No event.
    LeaveSignIn,
    /// Forget every copy of the account's session. Ends in `SignedOut`.
    SignOut { account: AccountId },
    /// Leave the configured service for the embedded one with example data. Ends as `Connect` does.
    ConnectDemo { order: OrderId },
    /// Pages arrive as `PageListed`, organizations as `OrganizationListed`; ends in `Listed`.
    List { order: OrderId, organizations: Vec<Organization> },
    /// Tells `Stepped`; ends in `Created`. Sent once, whatever happens.
    Create { order: OrderId, new: Box<NewPat> },
    /// Make a token that is to take the place of this one, which lives on. `to`: its end, if it is
    /// not to live as long as the old one. Tells `Stepped`; ends in `Created`.
    Rotate { order: OrderId, old: Box<Pat>, to: Option<DateTime<Utc>> },
    /// Ends in `Edited`.
    Edit { order: OrderId, pat: Box<Pat>, change: Box<Change> },
    /// Write the secret into a file that does not exist yet. Ends in `SecretSaved`.
    SaveSecret { order: OrderId, path: PathBuf, secret: PatSecret },
    /// Find out what would be done to a sink, and keep that plan. Ends in `DeliveryPlanned`.
    PlanDelivery { order: OrderId, sink: String, pat: Box<Pat> },
    /// Carry out the plan that was kept. Tells `DeliveryStepped`; ends in `Delivered`.
    Deliver { order: OrderId, sink: String, creation: Box<Creation> },
    /// Its owner lets the secret go, although it is nowhere else. Ends in `SecretLeft`.
    LeaveSecret,
    /// Ends in `Extended`.
    Extend { order: OrderId, pat: Box<Pat>, to: DateTime<Utc> },
    /// Tells `Stepped` of a rotated token; ends in `Revoked`.
    Revoke { order: OrderId, pat: Box<Pat> },
    /// Look at what was begun and not ended, and what exists of it. Ends in `ItemsRead`.
    ReadItems { order: OrderId },
    /// End such an item. Tells `Stepped`; ends in `WentOn`.
    GoOn { order: OrderId, item: ItemId, way: Way },
    /// Read the log of changes. Ends in `LogRead`.
    ReadLog,
    /// `what` completes "copied …". Ends in `Copied`.
    Copy { way: Clipboard, what: &'static str, text: String },
    /// Ends in `SecretCopied`.
    CopySecret { way: Clipboard, secret: PatSecret },
    /// Clear the clipboard if it still holds the secret. Ends in `ClipboardCleared`.
    ClearClipboard { way: Clipboard },
    /// Ends in `PageOpened`.
    OpenPage { url: String },
    /// Give the terminal back and stop until the shell continues us. No event.
    Suspend,
    /// End the program. No event.
    Quit,
}

/// Ordered work orders of one update. Dropping them loses what the user asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Effects(Vec<Effect>);

impl Effects {
    pub fn none() -> Self {
        Self::default()
    }

    pub fn extend(&mut self, effects: Self) {
        self.0.extend(effects.0);
    }
}

impl From<Effect> for Effects {
    fn from(effect: Effect) -> Self {
        Self(vec![effect])
    }
}

impl From<Option<Effect>> for Effects {
    fn from(effect: Option<Effect>) -> Self {
        Self(effect.into_iter().collect())
    }
}

impl FromIterator<Effect> for Effects {
    fn from_iter<I: IntoIterator<Item = Effect>>(effects: I) -> Self {
        Self(effects.into_iter().collect())
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

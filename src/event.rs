//! What happened outside. Names are past tense.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{
    audit::Log,
    azure::{Call, Route},
    desktop::Clipboard,
    effect::OrderId,
    failure::Failure,
    identity::{AccountId, Known, Step},
    operations::{
        self, Account, Completeness, Creation, Edit, Extension, Page, Revocation, resume::Finding,
    },
    pat::{Organization, limit::Limits},
    sink,
};

/// A fact, told by the terminal, the clock or the worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The wall clock of this computer.
    Ticked {
        now: DateTime<Utc>,
    },
    Resized {
        width: u16,
        height: u16,
    },
    /// The terminal is not looked at any more: another window is.
    FocusLost,
    /// While a person signs in.
    SignInStepped {
        order: OrderId,
        step: Step,
    },
    Connected {
        order: OrderId,
        result: Box<Result<Connection, Failure>>,
    },
    /// The account's session was forgotten. In words what stays behind at Entra, or the failure.
    SignedOut {
        account: AccountId,
        result: Result<String, Failure>,
    },
    /// The accounts changed: one signed in, out, or has to sign in again.
    AccountsRead(Vec<Known>),
    PageListed {
        order: OrderId,
        page: Page,
    },
    OrganizationListed {
        order: OrderId,
        organization: Organization,
        result: Result<Completeness, Failure>,
    },
    /// The end of a listing: nothing more comes of this order.
    Listed {
        order: OrderId,
    },
    /// With the secret, which exists nowhere else.
    Created {
        order: OrderId,
        result: Box<Result<Creation, Failure>>,
    },
    Edited {
        order: OrderId,
        result: Box<Result<Edit, Failure>>,
    },
    /// The secret was let go, and whether that could be written down.
    SecretLeft(Result<(), Failure>),
    SecretSaved {
        order: OrderId,
        result: Result<PathBuf, Failure>,
    },
    /// The places that a secret can be delivered to.
    SinksFound(Vec<sink::Choice>),
    DeliveryPlanned {
        order: OrderId,
        result: Result<sink::Shown, Failure>,
    },
    DeliveryStepped {
        order: OrderId,
        step: operations::Step,
    },
    /// And tried from there.
    Delivered {
        order: OrderId,
        result: Result<sink::Delivered, Failure>,
    },
    Extended {
        order: OrderId,
        result: Box<Result<Extension, Failure>>,
    },
    Revoked {
        order: OrderId,
        result: Result<Revocation, Failure>,
    },
    /// A token on its way into place, or out of it, took a step.
    Stepped {
        order: OrderId,
        step: operations::Step,
    },
    /// Creations or rotations were begun and not ended.
    LeftBehind,
    /// Those, and what exists of them.
    ItemsRead {
        order: OrderId,
        result: Result<Vec<Finding>, Failure>,
    },
    /// One of them was ended. With what was revoked for that.
    WentOn {
        order: OrderId,
        result: Result<Option<Revocation>, Failure>,
    },
    /// What is remembered of what organizations refused or shortened.
    LimitsRead(Result<Limits, Failure>),
    /// The log of changes, or why it cannot be read.
    LogRead(Result<Log, Failure>),
    /// What was done could not be written into the log on this computer.
    Unrecorded(Failure),
    Called(Call),
    /// A request waits until then, because the service asked for it or did not answer.
    Delayed {
        until: DateTime<Utc>,
        why: String,
    },
    /// How far the service's clock is ahead of this computer's.
    SkewMeasured(TimeDelta),
    Copied {
        what: &'static str,
        result: Result<(), Failure>,
    },
    SecretCopied {
        way: Clipboard,
        result: Result<(), Failure>,
    },
    /// As far as that could be done.
    ClipboardCleared,
    /// A task died of a defect.
    Panicked,
    PageOpened {
        url: String,
        result: Result<(), Failure>,
    },
}

/// Whom azpat talks to, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// `None`: the profile could not be read, which listing does not need.
    pub account: Option<Account>,
    pub accounts: Vec<Known>,
    /// The organizations whose tokens are listed, with their ids where they are known.
    pub organizations: Vec<(Organization, Option<Uuid>)>,
    pub host: String,
    /// What stands between this computer and the host.
    pub route: Route,
    /// The service runs on this computer; nothing that happens is real.
    pub is_test_service: bool,
}
